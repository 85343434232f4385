"""A stored session opens as it was, and one that was cut off opens too."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.state import replay
from simulator.domain.vocabulary import SessionClose
from simulator.domain.words import Word
from simulator.sessions.folder import SessionFolder, SessionLock
from simulator.sessions.loading import append_events, load_session
from tests.sessions.conftest import Keep
from tests.sessions.made import a_story, a_story_until


def test_a_whole_session_opens_as_it_ended(keep: Keep) -> None:
    loaded = load_session(keep())
    assert loaded.state == replay(loaded.events)
    assert loaded.state.closed is SessionClose.COMPLETE
    assert not loaded.interrupted


def test_a_session_without_an_end_is_interrupted(keep: Keep) -> None:
    assert load_session(keep(a_story_until(ev.WordsConfirmed))).interrupted


def test_a_running_session_is_not_interrupted(keep: Keep) -> None:
    folder = keep(a_story_until(ev.WordsConfirmed))
    with SessionLock(folder):
        loaded = load_session(folder)
    assert loaded.live
    assert not loaded.interrupted


def test_opening_changes_nothing(keep: Keep) -> None:
    folder = keep(a_story_until(ev.WordsConfirmed))
    before = folder.journal.read_bytes()
    load_session(folder)
    assert folder.journal.read_bytes() == before


def test_a_note_is_added_to_a_stored_session(keep: Keep) -> None:
    folder = keep()
    append_events(folder, [ev.NoteAdded(note="n1", text="Say the number first.", moment_s=30.0)])
    assert [note.text for note in load_session(folder).state.notes] == ["Say the number first."]


def test_nothing_is_added_to_a_running_session(keep: Keep) -> None:
    folder = keep()
    with SessionLock(folder), pytest.raises(BadInputError):
        append_events(folder, [ev.SessionRenamed(title="x")])


def test_a_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        load_session(SessionFolder(tmp_path / "gone"))


def test_words_of_two_answers_in_turn_stay_apart(keep: Keep) -> None:
    words = [
        ev.WordsConfirmed(at_s=float(n), answer=f"a{n % 3 // 2 + 1}", words=(Word(f"w{n}", n, n + 0.5),))
        for n in range(300, 312)
    ]
    folder = keep([*a_story(), *words])
    loaded = load_session(folder)
    assert loaded.state == replay(loaded.events)
