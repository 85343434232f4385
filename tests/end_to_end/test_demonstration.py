"""The demonstration, as somebody runs it who has just cloned the project; nothing in it is faked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import SessionClose, ThreadClose
from simulator.rehearsal.candidate import load_truths
from simulator.sessions.folder import list_sessions
from simulator.sessions.journal import read_journal

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> SessionState:
    """The demonstration's session, read from its journal."""
    data = tmp_path_factory.mktemp("data")
    subprocess.run(
        [sys.executable, "-m", "simulator", "demo", "--fast", "--plain"],
        env={**os.environ, "INTERVIEW_DATA_DIR": str(data)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=800,
    )
    (folder,) = list_sessions(data / "sessions")
    return replay(read_journal(folder.journal).events)


def test_the_demonstration_comes_to_its_end(state: SessionState) -> None:
    assert state.closed is SessionClose.COMPLETE


def test_the_thread_ends_because_its_limit_was_found(state: SessionState) -> None:
    thread = state.threads["t1"]
    assert thread.closed is ThreadClose.LIMIT
    assert all(thread.facets[facet].outcome is not None for facet in thread.tests)


def test_the_recognizer_hears_what_the_candidate_says(state: SessionState) -> None:
    truth = load_truths(ROOT / "prompts" / "demo" / "candidate.jsonl")[0]
    said = set(truth.opening.lower().split())
    heard = state.answers["a1"].text.lower().split()
    assert len(heard) > 0.8 * len(truth.opening.split())
    assert sum(word in said for word in heard) > 0.75 * len(heard)


def test_every_follow_up_gives_its_reason_and_is_one_question(state: SessionState) -> None:
    probes = state.threads["t1"].probes
    assert len(probes) >= 4
    assert all(probe.reason and probe.text.count("?") == 1 for probe in probes)
    assert len({probe.text for probe in probes}) == len(probes)


def test_judgements_carry_the_words_that_show_them(state: SessionState) -> None:
    for probe in state.threads["t1"].probes:
        assert probe.evidence
        for evidence in probe.evidence:
            assert evidence.answer is not None
            assert evidence.quote in state.answers[evidence.answer].text


def test_follow_ups_take_up_what_was_said(state: SessionState) -> None:
    said = {word.lower().strip(".,?!") for answer in state.answers.values() for word in answer.text.split()}
    telling = {word for word in said if len(word) > 6}
    probes = [{word.lower().strip(".,?!'\"") for word in p.text.split()} for p in state.threads["t1"].probes]
    assert any(words & telling for words in probes)
