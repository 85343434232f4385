from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("file", "groups"), [("requirements.txt", "--no-dev"), ("requirements-dev.txt", "--all-groups")]
)
def test_the_requirements_for_pip_are_those_of_the_lock(file: str, groups: str) -> None:
    command = [sys.executable, "-m", "uv", "export", "--quiet", "--frozen", "--offline", groups, "--all-extras"]
    exported = subprocess.run(
        [*command, "--no-emit-project", "--no-header", "--no-annotate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert (ROOT / file).read_text() == exported, "run scripts/lock"


def test_the_lock_is_that_of_the_project() -> None:
    command = [sys.executable, "-m", "uv", "lock", "--check", "--offline"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
