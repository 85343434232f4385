"""A session's folder is the owner's alone, holds no keys, and is found by part of its id."""

from __future__ import annotations

import random
import subprocess
import sys
import textwrap
from datetime import datetime
from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.folder import SessionFolder, SessionLock, find_session, is_held, list_sessions
from simulator.sessions.journal import JournalWriter

NOW = datetime(2026, 11, 24, 15, 30, 12)


def make(root: Path, now: datetime = NOW, seed: int = 0) -> SessionFolder:
    folder = SessionFolder.create(root, now, random.Random(seed))
    writer = JournalWriter(folder.journal)
    writer.write(ev.SessionStarted(session=folder.id, started_at=now.isoformat()))
    writer.close()
    return folder


def test_an_id_says_when_the_session_began(tmp_path: Path) -> None:
    assert make(tmp_path).id.startswith("20261124-153012-")


def test_two_sessions_of_one_second_get_two_folders(tmp_path: Path) -> None:
    assert make(tmp_path).id != make(tmp_path).id


def test_folder_and_files_are_the_owners_alone(tmp_path: Path) -> None:
    folder = make(tmp_path / "sessions")
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert folder.about_file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "sessions").stat().st_mode & 0o777 == 0o700


def test_what_it_was_run_with_is_kept_without_keys(tmp_path: Path) -> None:
    about = {
        "versions": {"program": "0.1.0"},
        "settings": {
            "language_model": {
                "base_url": "https://me:hidden@example.org/v1",
                "api_key": "hidden",
                "key_env": "INTERVIEW_API_KEY",
                "model": None,
            }
        },
    }
    folder = SessionFolder.create(tmp_path, NOW, random.Random(0), about)
    assert "hidden" not in folder.about_file.read_text()
    assert folder.about()["settings"] == {
        "language_model": {"base_url": "https://example.org/v1", "key_env": "INTERVIEW_API_KEY"}
    }


def test_a_folder_that_cannot_be_made_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        SessionFolder.create(tmp_path / "file" / "sessions", NOW, random.Random(0))


def test_sessions_are_listed_newest_first(tmp_path: Path) -> None:
    old, new = make(tmp_path), make(tmp_path, datetime(2026, 12, 1))
    (tmp_path / "something else").mkdir()
    assert list_sessions(tmp_path) == (new, old)


def test_last_is_the_newest(tmp_path: Path) -> None:
    make(tmp_path)
    new = make(tmp_path, datetime(2026, 12, 1))
    assert find_session(tmp_path, "last") == new


def test_a_session_is_found_by_the_beginning_and_by_the_end_of_its_id(tmp_path: Path) -> None:
    old = make(tmp_path)
    make(tmp_path, datetime(2026, 12, 1), seed=1)
    assert find_session(tmp_path, "202611") == old
    assert find_session(tmp_path, old.id[-4:]) == old


def test_a_beginning_that_two_share_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    make(tmp_path, datetime(2026, 12, 1))
    with pytest.raises(BadInputError, match="2 sessions fit"):
        find_session(tmp_path, "2026")


@pytest.mark.parametrize("name", ["nothing", "", "../etc"])
def test_what_fits_no_session_is_refused(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    with pytest.raises(BadInputError):
        find_session(tmp_path, name)


def test_without_sessions_the_hint_says_how_to_begin_one(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="interview start"):
        find_session(tmp_path / "none", "last")


def test_a_folder_without_a_journal_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        SessionFolder.open(tmp_path)


def test_a_held_session_is_refused_to_a_second_holder(tmp_path: Path) -> None:
    folder = make(tmp_path)
    with SessionLock(folder):
        assert is_held(folder)
        with pytest.raises(BadInputError, match="running in another process"):
            SessionLock(folder)
    assert not is_held(folder)


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path)
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from simulator.sessions.folder import SessionFolder, SessionLock
        lock = SessionLock(SessionFolder(Path({str(folder.path)!r})))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    subprocess.run([sys.executable, "-c", script], check=False)
    assert not is_held(folder)
