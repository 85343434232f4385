"""Sessions made from events, for every test of this room."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.sessions.folder import SessionFolder
from simulator.sessions.journal import JournalWriter
from simulator.sessions.library import Library
from tests.sessions.made import a_story

Keep = Callable[..., SessionFolder]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Give a function that keeps events as a stored session, each a day after the one before."""
    rng = random.Random(7)
    begun = datetime(2026, 11, 1, 9, 0, 0)
    count = 0

    def keep(events: Sequence[ev.Event] | None = None, root: Path | None = None) -> SessionFolder:
        nonlocal count
        now = begun + timedelta(days=count)
        count += 1
        folder = SessionFolder.create(root or tmp_path / "sessions", now, rng)
        writer = JournalWriter(folder.journal)
        for event in a_story() if events is None else events:
            if isinstance(event, ev.SessionStarted):
                event = replace(event, session=folder.id, started_at=now.astimezone().isoformat())
            writer.write(event)
        writer.close()
        return folder

    return keep


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Give a library over the sessions that `keep` keeps."""
    return Library(tmp_path / "sessions", tmp_path / "library.sqlite3", tmp_path / "examples.json")
