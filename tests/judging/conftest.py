"""The judge that ships, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.judging.embedded import EmbeddedJudge

DATA = Path(__file__).resolve().parents[2] / "data" / "judge" / "dev"


@pytest.fixture(scope="session")
def judge() -> EmbeddedJudge:
    return EmbeddedJudge.load()


@pytest.fixture(scope="session")
def labelled_folder() -> Path:
    return DATA
