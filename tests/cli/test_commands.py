"""Commands as a user types them: what they print, their exit statuses, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.cli.main import COMMANDS

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command with folders of its own."""

    def command(*words: str, typed: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "simulator", *words],
            input=typed,
            env={
                **os.environ,
                "INTERVIEW_DATA_DIR": str(tmp_path / "data"),
                "INTERVIEW_CONFIG_DIR": str(tmp_path / "config"),
                "INTERVIEW_LOG_DIR": str(tmp_path / "log"),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return command


ANSWER = '{"type": "answer", "text": "I stopped the crane at the port in March 2021, because it had failed twice."}\n'
END = '{"type": "end"}\n'


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in ("start", "demo", "drill", "review", "doctor"))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0 and "usage: interview " + name in done.stdout


def test_a_typed_session_is_listed_shown_searched_and_deleted(run: Run) -> None:
    run("start", "--jsonl", "--question", "ownership", typed=ANSWER + END)
    listed = json.loads(run("sessions", "list", "--json").stdout)
    assert listed["total"] == 1
    session = listed["sessions"][0]["figures"]["session"]
    shown = json.loads(run("sessions", "show", session, "--json").stdout)
    assert shown["threads"]
    assert "crane" in run("search", "crane").stdout
    run("sessions", "rename", session, "Port cranes")
    run("sessions", "tag", session, "keep", "port")
    assert "Port cranes [keep, port]" in run("sessions", "list").stdout
    assert run("sessions", "delete", session).returncode == 1
    assert run("sessions", "delete", session, "--yes").returncode == 0
    assert "No sessions" in run("sessions", "list").stdout


def test_a_session_goes_out_and_comes_in_as_one_file(run: Run, tmp_path: Path) -> None:
    run("start", "--jsonl", "--question", "ownership", typed=ANSWER + END)
    file = run("sessions", "export", "last", "-o", str(tmp_path)).stdout.strip()
    run("sessions", "delete", "last", "--yes")
    assert run("sessions", "import", file).returncode == 0
    assert "crane" in run("review", "last", "--plain").stdout


def test_a_report_is_written_in_every_form(run: Run, tmp_path: Path) -> None:
    run("start", "--jsonl", "--question", "ownership", typed=ANSWER + END)
    for name in ("r.html", "r.md", "r.json"):
        assert run("report", "last", "-o", str(tmp_path / name)).returncode == 0
        assert "crane" in (tmp_path / name).read_text(encoding="utf-8")


def test_judging_again_by_the_same_engine_changes_nothing(run: Run) -> None:
    run("start", "--jsonl", "--question", "ownership", typed=ANSWER + END)
    done = json.loads(run("judge", "last", "--engine", "embedded", "--json").stdout)
    assert done["changes"] == []


def test_a_drill_shows_the_attempts_at_a_question_under_one_another(run: Run) -> None:
    said = "I stopped the crane in March 2021, because it had failed twice.\n"
    done = run("drill", "--typed", "--plain", "--count", "1", typed=said + "a\n" + said + "q\n")
    assert done.returncode == 0
    assert "attempt 1:" in done.stdout and "attempt 2:" in done.stdout


def test_a_plain_typed_interview_asks_a_follow_up(run: Run) -> None:
    said = "I stopped the crane in March 2021, because it had failed twice.\n"
    done = run("start", "--typed", "--plain", "--question", "ownership", typed=said + "q\n")
    assert done.stdout.count("Interviewer: ") >= 4
    assert "What to work on" in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("start", "--pack", "nowhere.toml", "--jsonl"), 3, "nowhere.toml"),
        (("start", "--question", "no-such", "--jsonl"), 3, "no-such"),
        (("start", "--plain", "--from", "nowhere.wav"), 3, "nowhere.wav"),
        (("start", "--fast"), 2, "--from"),
        (("sessions", "show", "last"), 3, "no session"),
        (("report", "xyz"), 3, "session"),
        (("review", "last"), 3, "session"),
        (("import", "nowhere.mp3"), 3, "nowhere.mp3"),
        (("calibrate", "/nowhere"), 3, "nowhere"),
        (("drill", "--count", "0"), 2, "--count"),
        (("search", "..."), 2, "word"),
    ],
)
def test_what_cannot_be_done_gets_one_sentence_and_a_status(
    run: Run, words: tuple[str, ...], status: int, says: str
) -> None:
    done = run(*words)
    assert done.returncode == status, done.stderr
    assert says.lower() in done.stderr.lower()
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_malformed_pack_is_refused_with_file_and_line(run: Run, tmp_path: Path) -> None:
    pack = tmp_path / "mine.toml"
    pack.write_text('name = "mine"\n\n[[questions]]\nid = "one"\nkind = "tale"\ntext = "Tell me."\n', encoding="utf-8")
    done = run("packs", str(pack))
    assert done.returncode == 3
    assert "mine.toml" in done.stderr and "5" in done.stderr and "story" in done.stderr


def test_a_broken_settings_file_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[voice]\nprofle = 'x'\n", encoding="utf-8")
    done = run("start", "--jsonl")
    assert done.returncode == 3 and "voice.profle" in done.stderr


def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    done = run("start", "--jsonl", INTERVIEW_DATA_DIR=str(blocked))
    assert done.returncode == 7 and "Traceback" not in done.stderr


def test_rubbish_on_standard_input_is_passed_over_with_a_sentence(run: Run) -> None:
    done = run("start", "--jsonl", "--question", "ownership", typed="not json\n[1]\n" + ANSWER + END)
    assert done.returncode == 0
    assert done.stderr.count("was not understood") == 2
    assert '"answer_ended"' in done.stdout


def test_no_microphone_is_one_sentence_with_its_status(run: Run) -> None:
    done = run("start", "--plain", PULSE_SERVER="unix:/nowhere")
    assert done.returncode == 4, done.stderr
    assert "microphone" in done.stderr and "Traceback" not in done.stderr
