"""The journal keeps every event, survives a torn line and newer versions."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, StorageError
from simulator.domain.vocabulary import Facet, Pushback, PushbackReply, Reply
from simulator.domain.words import Evidence, Word
from simulator.sessions.journal import JournalWriter, ProblemKind, decode, encode, parse_journal, read_journal

CONFIRMED = ev.WordsConfirmed(at_s=1.5, answer="a1", words=(Word("I", 1.0, 1.2, 0.9), Word("decided.", 1.2, 1.5)))


def test_a_line_begins_with_its_type() -> None:
    assert encode(CONFIRMED).startswith('{"type":"words_confirmed",')


def test_a_reply_to_a_pushback_comes_back_as_one() -> None:
    event = ev.ReplyJudged(
        thread="t1",
        answer="a1",
        facet=Facet.POSITION,
        reply=PushbackReply.HOLDS,
        pushback=Pushback.EMPTY,
        evidence=(Evidence("I hold", "a1", 0, 1, 1.0, 2.0),),
    )
    assert decode(encode(event)) == event


def test_every_reply_keeps_its_kind() -> None:
    for reply in (*Reply, *PushbackReply):
        event = ev.ReplyJudged(thread="t1", answer="a1", facet=Facet.FAULT, reply=reply)
        back = decode(encode(event))
        assert isinstance(back, ev.ReplyJudged)
        assert back.reply is reply


def test_a_line_that_is_no_event_is_refused_without_saying_what_it_holds() -> None:
    with pytest.raises(BadInputError) as refused:
        decode('{"type": "words_confirmed", "answer": ["something private"]}')
    assert "answer" in str(refused.value)
    assert "private" not in str(refused.value)


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(BadInputError, match="no JSON"):
        decode("hello")


def test_a_type_of_a_newer_version_is_refused_by_name_of_the_problem() -> None:
    with pytest.raises(BadInputError, match="does not know"):
        decode('{"type": "mood_measured"}')


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "events.jsonl")
    events = [ev.AnswerStarted(answer="a1", thread="t1", initial=True), CONFIRMED]
    for event in events:
        writer.write(event)
    writer.close()
    assert read_journal(tmp_path / "events.jsonl").events == tuple(events)


def test_events_for_the_screen_alone_are_not_kept(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "events.jsonl")
    writer.write(ev.LevelMeasured(level_dbfs=-30, peak_dbfs=-20))
    writer.close()
    assert read_journal(tmp_path / "events.jsonl").events == ()


def test_the_journal_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    JournalWriter(tmp_path / "events.jsonl").close()
    assert (tmp_path / "events.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_torn_last_line_is_left_out_and_said() -> None:
    journal = parse_journal((encode(CONFIRMED) + "\n" + encode(CONFIRMED)[:40]).encode())
    assert journal.events == (CONFIRMED,)
    assert [problem.kind for problem in journal.problems] == [ProblemKind.TORN]
    assert journal.problems[0].line == 2


def test_a_last_line_that_lacks_only_its_end_is_kept() -> None:
    assert parse_journal(encode(CONFIRMED).encode()).events == (CONFIRMED,)


def test_an_unknown_type_is_reported_and_the_rest_is_read() -> None:
    journal = parse_journal(('{"type":"mood_measured","at_s":1}\n' + encode(CONFIRMED) + "\n").encode())
    assert journal.events == (CONFIRMED,)
    assert [problem.kind for problem in journal.problems] == [ProblemKind.UNKNOWN_TYPE]


def test_a_key_of_a_newer_version_is_passed_over() -> None:
    line = json.dumps({**json.loads(encode(CONFIRMED)), "mood": "calm"})
    assert parse_journal(line.encode()).events == (CONFIRMED,)


def test_rubbish_in_the_middle_is_reported_and_the_rest_is_read() -> None:
    journal = parse_journal(b"\xff\xfe rubbish\n" + encode(CONFIRMED).encode() + b"\n")
    assert journal.events == (CONFIRMED,)
    assert [problem.kind for problem in journal.problems] == [ProblemKind.UNREADABLE]


def test_going_on_cuts_a_torn_line_off_first(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(encode(CONFIRMED) + "\n" + encode(CONFIRMED)[:40])
    writer = JournalWriter(path)
    writer.write(ev.SessionRenamed(title="Again"))
    writer.close()
    journal = read_journal(path)
    assert journal.events == (CONFIRMED, ev.SessionRenamed(title="Again"))
    assert journal.problems == ()


def test_going_on_keeps_a_last_line_that_lacks_only_its_end(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text(encode(CONFIRMED))
    writer = JournalWriter(path)
    writer.write(ev.SessionRenamed(title="Again"))
    writer.close()
    assert read_journal(path).events == (CONFIRMED, ev.SessionRenamed(title="Again"))


def test_kill_loses_no_event_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from simulator.domain import events as ev
        from simulator.sessions.journal import JournalWriter
        writer = JournalWriter(Path({str(path)!r}))
        for n in range(100):
            writer.write(ev.SessionRenamed(at_s=float(n), title="x"))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    subprocess.run([sys.executable, "-c", script], check=False)
    assert [event.at_s for event in read_journal(path).events] == list(range(100))


def test_a_failed_write_leaves_the_events_before_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    writer = JournalWriter(path)
    writer.write(CONFIRMED)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        with pytest.raises(StorageError):
            writer.write(CONFIRMED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    writer.write(ev.SessionRenamed(title="Room again"))
    writer.close()
    assert read_journal(path).events == (CONFIRMED, ev.SessionRenamed(title="Room again"))
