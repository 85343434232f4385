"""Runs the command as a user would: in a process of its own, with folders of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `interview WORDS`; keywords are environment variables."""

    def interview(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {f"INTERVIEW_{kind}_DIR": str(tmp_path / kind.lower()) for kind in ("CONFIG", "DATA", "LOG")}
        return subprocess.run(
            [sys.executable, "-m", "simulator", *words],
            env={**os.environ, **own, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    return interview
