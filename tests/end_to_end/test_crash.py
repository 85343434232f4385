"""What is left of a session after the program was killed: everything that was an event, and the sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.domain.vocabulary import SessionClose
from simulator.sessions.folder import list_sessions
from simulator.sessions.loading import load_session

SPEECH = Path(__file__).parents[1] / "listening" / "sound" / "free_speech.flac"

pytestmark = pytest.mark.timeout(600)


def test_a_killed_session_opens_with_its_events_and_its_sound(tmp_path: Path) -> None:
    environment = {**os.environ, "INTERVIEW_DATA_DIR": str(tmp_path)}
    words = ["start", "--plain", "--fast", "--question", "ownership", "--from", str(SPEECH)]
    program = subprocess.Popen(
        [sys.executable, "-m", "simulator", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert program.stdout is not None
    for line in program.stdout:
        if line.startswith("You: "):
            program.kill()
            break
    program.wait(30)
    (folder,) = list_sessions(tmp_path / "sessions")
    loaded = load_session(folder)
    assert loaded.interrupted
    assert loaded.state.answers["a1"].words
    assert folder.candidate.stat().st_size > 16_000 * 2 * 5
    shown = subprocess.run(
        [sys.executable, "-m", "simulator", "sessions", "show", "last"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "interrupted" in shown.stdout and "--resume" in shown.stdout


def test_an_interrupted_session_goes_on(tmp_path: Path) -> None:
    environment = {**os.environ, "INTERVIEW_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "simulator", "start", "--jsonl", "--question", "ownership"]
    answer = '{"type": "answer", "text": "I stopped the crane in March 2021, because it had failed twice."}\n'
    first = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert first.stdin is not None and first.stdout is not None
    first.stdin.write(answer)
    first.stdin.flush()
    for line in first.stdout:
        if '"probe_asked"' in line:
            first.kill()
            break
    first.wait(30)
    (folder,) = list_sessions(tmp_path / "sessions")
    asked = len(load_session(folder).state.threads["t1"].probes)
    subprocess.run(
        [*command, "--resume", folder.id],
        input=answer + '{"type": "end"}\n',
        env=environment,
        stdout=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=120,
    )
    state = load_session(folder).state
    assert state.closed is SessionClose.QUIT
    assert sum(len(thread.probes) for thread in state.threads.values()) >= asked
    assert len(state.answers) >= 2
