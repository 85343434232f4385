"""A session by typing, as another program drives it: through the command, on the real judge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.domain.state import replay
from simulator.rehearsal.candidate import SimulatedCandidate, Truth, load_truths
from simulator.sessions.folder import list_sessions
from simulator.sessions.journal import decode, read_journal

CANDIDATES = Path(__file__).parents[2] / "data" / "judge" / "dev" / "candidates.jsonl"
Line = dict[str, object]


def interview(truth: Truth, folder: Path) -> list[Line]:
    """Sit one thread with a simulated candidate over JSON lines, and give everything that was printed."""
    question = truth.as_question()
    pack = folder / "pack.toml"
    pack.write_text(
        f'name = "test"\n\n[[questions]]\nid = "{question.id}"\nkind = "{question.kind}"\n'
        f"text = {json.dumps(question.text)}\ntests = {json.dumps([str(f) for f in question.tests])}\n",
        encoding="utf-8",
    )
    program = subprocess.Popen(
        [sys.executable, "-m", "simulator", "start", "--jsonl", "--pack", str(pack), "--minutes", "600"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "INTERVIEW_DATA_DIR": str(folder)},
    )
    assert program.stdin is not None and program.stdout is not None
    candidate, lines, events = SimulatedCandidate(truth), [], []
    for printed in program.stdout:
        line = json.loads(printed)
        lines.append(line)
        events.append(decode(printed))
        if line["type"] in {"question_asked", "probe_asked"}:
            said = candidate.reply(replay(events))
            program.stdin.write(json.dumps({"type": "answer", "text": said}) + "\n")
            program.stdin.flush()
        if line["type"] == "thread_closed":
            program.stdin.write('{"type": "end"}\n')
            program.stdin.flush()
    assert program.wait(30) == 0
    return lines


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Line], Path]:
    folder = tmp_path_factory.mktemp("typed")
    return interview(load_truths(CANDIDATES)[0], folder), folder


def test_a_thread_ends_because_every_facet_was_settled(printed: tuple[list[Line], Path]) -> None:
    lines, _ = printed
    settled = {line["facet"] for line in lines if line["type"] == "facet_settled"}
    asked = next(line for line in lines if line["type"] == "question_asked")
    assert settled == set(asked["tests"])  # type: ignore[call-overload]
    closed = next(line for line in lines if line["type"] == "thread_closed")
    assert closed["reason"] == "limit"


def test_no_facet_is_asked_about_after_it_was_settled(printed: tuple[list[Line], Path]) -> None:
    lines, _ = printed
    settled: set[object] = set()
    for line in lines:
        if line["type"] == "facet_settled":
            settled.add(line["facet"])
        if line["type"] == "probe_asked" and line["pushback"] is None:
            assert line["facet"] not in settled


def test_what_is_printed_is_what_is_kept(printed: tuple[list[Line], Path]) -> None:
    lines, folder = printed
    (session,) = list_sessions(folder / "sessions")
    assert [decode(json.dumps(line)) for line in lines] == list(read_journal(session.journal).events)


def test_every_judged_reply_quotes_the_candidate(printed: tuple[list[Line], Path]) -> None:
    lines, folder = printed
    (session,) = list_sessions(folder / "sessions")
    state = replay(read_journal(session.journal).events)
    said = " ".join(answer.text for answer in state.answers.values())
    for line in lines:
        if line["type"] == "reply_judged":
            assert line["evidence"]
            for evidence in line["evidence"]:  # type: ignore[attr-defined]
                assert evidence["quote"] in said


def test_answers_that_come_all_at_once_are_taken_in_turn(tmp_path: Path) -> None:
    said = ["I moved the old billing jobs to one queue.", "I wrote the new retry rule myself.", "We lost two invoices."]
    given = [json.dumps({"type": "answer", "text": text}) for text in said] + ['{"type": "end"}']
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "start", "--jsonl", "--question", "ownership"],
        input="\n".join(given) + "\n",
        capture_output=True,
        text=True,
        env={**os.environ, "INTERVIEW_DATA_DIR": str(tmp_path)},
        check=True,
    )
    answers = replay([decode(line) for line in done.stdout.splitlines()]).answers.values()
    assert [answer.text for answer in answers][: len(said)] == said
