"""The library lists, finds, changes and deletes sessions; its index can go at any time."""

from __future__ import annotations

import random
import sqlite3
from datetime import date, datetime
from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, UsageError
from simulator.domain.vocabulary import Facet, Outcome, Reply
from simulator.sessions.folder import SessionFolder, SessionLock
from simulator.sessions.journal import JournalWriter
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from simulator.sessions.searching import Filters
from tests.sessions.conftest import Keep
from tests.sessions.made import OPENING, a_story, a_view


def ids(library: Library, filters: Filters | None = None) -> list[str]:
    return [listed.id for listed in library.page(filters).sessions]


def test_sessions_are_listed_newest_first_with_their_figures(keep: Keep, library: Library) -> None:
    old, new = keep(), keep()
    library.update()
    page = library.page()
    assert [listed.id for listed in page.sessions] == [new.id, old.id]
    assert page.total == 2
    thread = page.sessions[0].figures.threads[0]
    assert thread.facets[Facet.FAULT].outcome is Outcome.VAGUE
    assert thread.initial is not None
    assert thread.initial.duration_s == 200.0


def test_a_page_is_a_part_of_the_list(keep: Keep, library: Library) -> None:
    folders = [keep() for _ in range(5)]
    library.update()
    page = library.page(limit=2, offset=2)
    assert [listed.id for listed in page.sessions] == [folders[2].id, folders[1].id]
    assert page.total == 5


def test_an_update_reads_only_what_has_changed(keep: Keep, library: Library) -> None:
    first = keep()
    assert library.update().read == 1
    keep()
    assert library.update().read == 1
    library.rename(first, "The tram story")
    assert library.update().read == 1
    assert library.update().read == 0


def test_a_session_that_is_gone_leaves_the_list(keep: Keep, library: Library) -> None:
    folder = keep()
    library.update()
    folder.journal.unlink()
    assert library.update().removed == 1
    assert ids(library) == []


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        (Filters(), {"story", "view"}),
        (Filters(question="ownership"), {"story"}),
        (Filters(pack="openai-behavioral-mission"), {"story", "view"}),
        (Filters(pack="general"), set()),
        (Filters(limits=(Outcome.VAGUE,)), {"story"}),
        (Filters(limits=(Outcome.EVADED, Outcome.UNKNOWN)), {"view"}),
        (Filters(engine="embedded"), {"story"}),
        (Filters(engine="llama"), {"view"}),
        (Filters(since=date(2026, 11, 2)), {"view"}),
        (Filters(until=date(2026, 11, 1)), {"story"}),
        (Filters(since=date(2026, 11, 1), until=date(2026, 11, 2)), {"story", "view"}),
        (Filters(tag="trams"), {"story"}),
        (Filters(text="drained zebra"), set()),
        (Filters(text="drain customers"), {"story"}),
        (Filters(mode="drill"), set()),
    ],
)
def test_filters_let_through_what_fits(keep: Keep, library: Library, filters: Filters, fits: set[str]) -> None:
    names = {keep().id: "story", keep(a_view()).id: "view"}
    library.tag(library.find("20261101"), ["trams"])
    library.update()
    found = {names[name] for name in ids(library, filters)}
    assert found == fits
    assert library.page(filters).total == len(fits)


def test_words_are_found_where_they_were_said(keep: Keep, library: Library) -> None:
    folder = keep()
    library.update()
    (hit,) = library.search("forty customers")
    word = load_session(folder).state.answers["a1"].words[OPENING.split().index("forty")]
    assert (hit.session, hit.answer, hit.speaker) == (folder.id, "a1", "candidate")
    assert hit.start_s == pytest.approx(word.start_s, abs=0.01)
    assert [hit.snippet[begin:end] for begin, end in hit.marks] == ["forty", "customers"]


def test_the_interviewers_words_are_found_too(keep: Keep, library: Library) -> None:
    keep()
    library.update()
    (hit,) = library.search('"acted as an owner"')
    assert (hit.speaker, hit.start_s) == ("interviewer", 4.0)


def test_other_forms_of_a_word_are_found(keep: Keep, library: Library) -> None:
    keep()
    library.update()
    assert library.search("customer")
    assert library.search("cust*")
    assert not library.search("custom queue*ing nothing")


def test_a_phrase_is_found_only_as_it_was_said(keep: Keep, library: Library) -> None:
    keep()
    library.update()
    assert library.search('"two hours"')
    assert not library.search('"hours two"')


@pytest.mark.parametrize("words", ["", "  ", '"', "*", "()"])
def test_a_search_for_no_word_is_refused(library: Library, words: str) -> None:
    with pytest.raises(UsageError):
        library.search(words)


@pytest.mark.parametrize("words", ["AND", "a OR b NOT", "text:x", "x^2", "NEAR(a b)", "'; DROP TABLE said; --", "-a"])
def test_no_word_is_taken_as_a_command(keep: Keep, library: Library, words: str) -> None:
    keep()
    library.update()
    library.search(words)


def test_hits_of_the_newest_session_come_first(keep: Keep, library: Library) -> None:
    folders = [keep() for _ in range(3)]
    library.update()
    assert [hit.session for hit in library.search("customers")] == [folder.id for folder in reversed(folders)]
    assert [hit.session for hit in library.search("customers", session=folders[0].id)] == [folders[0].id]


def test_a_note_is_found(keep: Keep, library: Library) -> None:
    folder = keep()
    library.note(folder, "Name the migraine number first", 30.0)
    library.update()
    (hit,) = library.search("migraine")
    assert (hit.speaker, hit.start_s) == ("note", 30.0)


def test_the_index_can_be_deleted_and_made_anew(keep: Keep, library: Library) -> None:
    keep(), keep(a_view())
    library.update()
    before = library.page(), library.search("customers")
    library.index.remove()
    told: list[tuple[int, int]] = []
    library.rebuild(lambda done, total: told.append((done, total)))
    assert (library.page(), library.search("customers")) == before
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("content", [b"rubbish " * 1000, b""])
def test_a_broken_index_is_made_anew(keep: Keep, library: Library, content: bytes) -> None:
    keep()
    library.index.path.write_bytes(content)
    assert library.update().read == 1


def test_an_index_of_a_newer_version_is_made_anew(keep: Keep, library: Library) -> None:
    keep()
    library.update()
    with sqlite3.connect(library.index.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert library.update().read == 1


def test_the_index_is_the_owners_alone(keep: Keep, library: Library) -> None:
    keep()
    library.update()
    assert library.index.path.stat().st_mode & 0o777 == 0o600


def test_two_sessions_of_one_second_are_both_found(library: Library) -> None:
    rng, now = random.Random(1), datetime(2026, 1, 1)
    for _ in range(2):
        folder = SessionFolder.create(library.root, now, rng)
        writer = JournalWriter(folder.journal)
        for event in a_story():
            writer.write(event)
        writer.close()
    library.update()
    assert len({hit.session for hit in library.search("customers")}) == 2


def test_title_tags_and_notes_are_kept_in_the_journal(keep: Keep, library: Library) -> None:
    folder = keep()
    library.rename(folder, "  The   tram story ")
    library.tag(folder, ["trams", " trams", "", "again"])
    first = library.note(folder, "One")
    second = library.note(folder, "Two", 12.0)
    library.note(folder, "", note=first)
    library.keep(folder, "a1")
    state = load_session(folder).state
    assert (state.title, state.tags) == ("The tram story", ("trams", "again"))
    assert [(note.note, note.text) for note in state.notes] == [(second, "Two")]
    assert state.answers["a1"].keeper


def test_a_new_note_takes_no_id_of_a_deleted_one(keep: Keep, library: Library) -> None:
    folder = keep()
    first = library.note(folder, "One")
    library.note(folder, "", note=first)
    assert library.note(folder, "Two") != first


def test_a_correction_counts_everywhere(keep: Keep, library: Library) -> None:
    folder = keep()
    library.update()
    library.correct(
        folder,
        ev.JudgementCorrected(
            target="outcome", thread="t1", was="vague", now="held", reason="I named the bug", facet=Facet.FAULT
        ),
    )
    library.update()
    (listed,) = library.page().sessions
    assert listed.figures.threads[0].facets[Facet.FAULT].outcome is Outcome.HELD
    assert library.page(Filters(limits=(Outcome.VAGUE,))).total == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "mood", "now": "good"},
        {"target": "outcome", "facet": Facet.FAULT, "now": "holds"},
        {"target": "facet", "facet": Facet.CONTEXT, "now": "supported"},
        {"target": "reply", "answer": "a1", "now": "fresh"},
        {"target": "reply", "answer": "a6", "now": "fresh"},
        {"target": "signal", "answer": "a99", "now": "too_clean"},
        {"target": "facet", "facet": Facet.FAULT, "now": "supported", "thread": "t9"},
    ],
)
def test_a_correction_of_what_is_not_there_is_refused(keep: Keep, library: Library, wrong: dict[str, object]) -> None:
    folder = keep()
    with pytest.raises(UsageError):
        library.correct(folder, ev.JudgementCorrected(**{"thread": "t1", "was": "", "reason": "", **wrong}))
    assert load_session(folder).state.corrections == ()


def test_the_reply_to_a_probe_can_be_corrected(keep: Keep, library: Library) -> None:
    folder = keep()
    library.correct(
        folder, ev.JudgementCorrected(target="reply", thread="t1", was="vague", now="fresh", reason="", answer="a4")
    )
    assert load_session(folder).state.threads["t1"].probes[2].reply is Reply.FRESH


def test_a_deleted_session_leaves_nothing_behind(keep: Keep, library: Library, tmp_path: Path) -> None:
    keep()
    rare = [*a_story(), ev.NoteAdded(note="n1", text="xylophone"), ev.SessionTagged(tags=("quagga",))]
    folder = keep(rare)
    folder.candidate.write_bytes(b"sound")
    library.update()
    assert library.search("xylophone")
    library.delete(folder)
    assert not folder.path.exists()
    assert not library.search("xylophone")
    left = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    for word in (b"xylophon", b"quagga", folder.id.encode()):
        assert word not in left


def test_a_running_session_is_not_deleted(keep: Keep, library: Library) -> None:
    folder = keep()
    with SessionLock(folder), pytest.raises(BadInputError):
        library.delete(folder)
    assert folder.journal.exists()


def test_a_deletion_that_was_cut_off_is_finished(keep: Keep, library: Library) -> None:
    folder = keep()
    folder.path.rename(folder.path.with_name(".leaving-" + folder.id))
    library.update()
    assert list(library.root.iterdir()) == []


def test_old_sessions_are_offered_oldest_first(keep: Keep, library: Library) -> None:
    folders = [keep() for _ in range(4)]
    now = datetime(2026, 11, 5, 12)
    assert library.expired(0, now) == ()
    assert library.expired(2, now) == tuple(folders[:3])


def test_disk_use_is_the_sum_of_the_files(keep: Keep, library: Library) -> None:
    small, large = keep(), keep()
    large.candidate.write_bytes(bytes(100_000))
    library.update()
    use = library.disk_use()
    assert [name for name, _ in use.sessions] == [large.id, small.id]
    assert use.total_bytes == sum(file.stat().st_size for file in library.root.rglob("*.*") if file.is_file()) + (
        use.index_bytes
    )
