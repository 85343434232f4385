"""The scripts, in a copy of the committed project whose environment is this one's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts as they stand, and what they look at."""
    folder = tmp_path_factory.mktemp("checkout with a space")
    files = ("scripts", "simulator", "voices", "prompts", "pyproject.toml", "uv.lock")
    for name in (*files, "README.md", "LICENSE", "THIRD_PARTY_LICENSES.md"):
        subprocess.run(["cp", "-R", str(ROOT / name), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def made(checkout: Path) -> subprocess.CompletedProcess[str]:
    """The first run of scripts/interview."""
    return interview(checkout, "--version")


def interview(
    checkout: Path, *words: str, cwd: Path = Path("/"), script: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script or checkout / "scripts" / "interview", *words],
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_first_run_makes_the_environment_and_runs_the_command(
    checkout: Path, made: subprocess.CompletedProcess[str]
) -> None:
    assert made.returncode == 0, made.stderr
    assert "Making the virtual environment" in made.stderr
    assert made.stdout.startswith("interview ")
    assert (checkout / ".venv" / "bin" / "interview").exists()


def test_a_later_run_makes_nothing(checkout: Path, made: subprocess.CompletedProcess[str]) -> None:
    again = interview(checkout, "--version")
    assert (again.stdout, again.stderr) == (made.stdout, "")


def test_the_first_run_leaves_nothing_to_compile(checkout: Path, made: subprocess.CompletedProcess[str]) -> None:
    (textual,) = (checkout / ".venv").rglob("site-packages/textual/app.py")
    assert list(textual.parent.glob("__pycache__/app.*.pyc"))


def test_a_later_run_starts_no_tool_but_the_command(
    checkout: Path, made: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    called = tmp_path / "called"
    for tool in ("uv", "pip", "python", "python3", "dpkg-query", "apt-get", "sudo", "curl"):
        stub = tmp_path / "bin" / tool
        stub.parent.mkdir(exist_ok=True)
        stub.write_text(f'#!/bin/sh\necho "$0 $*" >>"{called}"\nexit 1\n')
        stub.chmod(0o755)
    interview(checkout, "--version")
    again = interview(checkout, "--version", PATH=f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert again.stdout == made.stdout
    assert not called.exists(), called.read_text()


def test_it_works_through_a_link_and_from_anywhere(
    checkout: Path, made: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "one").symlink_to(checkout / "scripts" / "interview")
    (tmp_path / "two").symlink_to("links/one")
    again = interview(checkout, "--version", cwd=tmp_path, script=tmp_path / "two")
    assert (again.stdout, again.stderr) == (made.stdout, "")


def test_the_commands_exit_status_is_passed_on(checkout: Path, made: subprocess.CompletedProcess[str]) -> None:
    assert interview(checkout, "setup", "nonsense").returncode == 5


def test_a_changed_lock_makes_the_environment_again(checkout: Path, made: subprocess.CompletedProcess[str]) -> None:
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("\n")
    assert "Making the virtual environment" in interview(checkout, "--version").stderr


def test_nothing_is_made_where_it_is_not_wanted(checkout: Path, made: subprocess.CompletedProcess[str]) -> None:
    with (checkout / "uv.lock").open("a") as lock:
        lock.write("\n")
    assert interview(checkout, "--version", INTERVIEW_NO_SETUP="1").stderr == ""


def test_missing_models_do_not_keep_the_command_from_running(
    checkout: Path, made: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    nowhere = {
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "PIP_INDEX_URL": "http://127.0.0.1:9",
        "PIP_CONFIG_FILE": os.devnull,
    }
    again = interview(
        checkout,
        "--version",
        INTERVIEW_CACHE_DIR=str(tmp_path / "cache"),
        PIP_RETRIES="0",
        **nowhere,
    )
    assert again.returncode == 0
    assert again.stdout == made.stdout
    assert "Some models are missing" in again.stderr
    assert "interview setup whisper-base" in again.stderr


def test_ci_calls_the_tests_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ['exec "$(dirname "${BASH_SOURCE[0]}")/../scripts/test"']
