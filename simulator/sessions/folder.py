"""The folder of a session: its journal, its sound, and what it was run with; readable by its owner only."""

from __future__ import annotations

import os
import random
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import tomli_w

from simulator.domain.errors import BadInputError, StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

JOURNAL = "events.jsonl"
CANDIDATE = "candidate.wav"
INTERVIEWER = "interviewer.wav"
ABOUT = "session.toml"
LOCK = "lock"

SESSION_ID = r"\d{8}-\d{6}-[a-z0-9]{4}"
"""What a session's id looks like."""

_ID = re.compile(SESSION_ID)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_SECRET = re.compile(r"(^|_)(key|keys|token|password|passwd|secret|authorization)$")


@dataclass(frozen=True, slots=True)
class SessionFolder:
    """A session's folder on disk; its name is the session's id."""

    path: Path

    @property
    def id(self) -> str:
        """The session's id, which sorts by its beginning: 20261124-153012-k3f9."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """The events."""
        return self.path / JOURNAL

    @property
    def candidate(self) -> Path:
        """The candidate's sound."""
        return self.path / CANDIDATE

    @property
    def interviewer(self) -> Path:
        """The interviewer's sound."""
        return self.path / INTERVIEWER

    @property
    def about_file(self) -> Path:
        """What the session was run with."""
        return self.path / ABOUT

    @classmethod
    def create(
        cls, root: Path, now: datetime, rng: random.Random, about: Mapping[str, object] | None = None
    ) -> SessionFolder:
        """Make a new session's folder.

        Args:
            root: the folder that holds a folder a session; made if it is not there.
            now: the session's beginning, local time.
            rng: for the last letters of the id.
            about: what the session is run with (versions, models, settings), as tables for session.toml;
                keys and passwords in it are left out.

        Raises:
            StorageError: the folder cannot be made.
        """
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            while True:
                suffix = "".join(rng.choices(_LETTERS, k=4))
                path = root / f"{now:%Y%m%d-%H%M%S}-{suffix}"
                try:
                    path.mkdir(mode=0o700)
                    break
                except FileExistsError:
                    continue
        except OSError as error:
            raise StorageError(
                f"A session cannot be kept under {root}: {error.strerror}.",
                "Free some space, or set INTERVIEW_DATA_DIR to a folder that can be written.",
            ) from error
        folder = cls(path)
        folder.write_about(about or {})
        return folder

    @classmethod
    def open(cls, path: Path) -> SessionFolder:
        """Open a session's folder.

        Raises:
            BadInputError: there is no journal in it.
        """
        folder = cls(path)
        if not folder.journal.is_file():
            raise BadInputError(f"{path} holds no session.", "`interview sessions` lists the sessions there are.")
        return folder

    def write_about(self, about: Mapping[str, object]) -> None:
        """Write session.toml, without keys and passwords.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            file = os.open(self.about_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as out:
                out.write(tomli_w.dumps(_without_secrets(about)))
        except OSError as error:
            raise StorageError(
                f"The file {self.about_file} cannot be written: {error.strerror}.", "Free some space."
            ) from error

    def about(self) -> Mapping[str, object]:
        """Give what the session was run with; empty where the file is missing or broken."""
        try:
            return tomllib.loads(self.about_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    def size_bytes(self) -> int:
        """Give the space that the session takes on disk."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def _without_secrets(table: Mapping[str, object]) -> dict[str, object]:
    return {key: _clean(value) for key, value in table.items() if not _SECRET.search(key.lower()) and value is not None}


def _clean(value: object) -> object:
    if isinstance(value, Mapping):
        return _without_secrets(value)
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value if each is not None]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, str) and "://" in value:
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))
    return value


class SessionLock:
    """Holds a session for this process; the system lets go of it when the process ends, in whatever way.

    Use it as a context manager, or `close` it.

    Raises:
        BadInputError: a live process holds the session.
        StorageError: the lock file cannot be made.
    """

    def __init__(self, folder: SessionFolder) -> None:
        self._folder = folder
        try:
            self._file: int | None = os.open(folder.path / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(
                f"The session {folder.id} cannot be locked: {error.strerror}.", "Check the folder's permissions."
            ) from error
        try:
            _lock(self._file)
        except OSError:
            os.close(self._file)
            self._file = None
            raise BadInputError(
                f"The session {folder.id} is running in another process.", "End it there first."
            ) from None

    def check(self, folder: SessionFolder) -> None:
        """Make sure that it is this session that is held.

        Raises:
            BadInputError: it is another one, or none any more.
        """
        if self._file is None or self._folder != folder:
            raise BadInputError(f"The session {folder.id} is not held.", "Open it again.")

    def close(self) -> None:
        """Let go of the session; closing twice is allowed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> SessionLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


if sys.platform == "win32":

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_held(folder: SessionFolder) -> bool:
    """Tell whether a live process (this one included) holds the session."""
    if not (folder.path / LOCK).exists():
        return False
    try:
        SessionLock(folder).close()
    except BadInputError:
        return True
    return False


def journal_stamps(root: Path, only: Iterable[str] | None = None) -> dict[str, tuple[int, int]]:
    """Give each session under a folder with its journal's time of change (ns) and size (bytes), newest first.

    Args:
        root: the folder that holds a folder a session.
        only: ids of the sessions to look at; None looks at all.

    Raises:
        StorageError: there is something else than a folder, or one that cannot be read.
    """
    try:
        there = (entry.name for entry in os.scandir(root)) if only is None else only
        names = sorted((name for name in there if _ID.fullmatch(name)), reverse=True)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(
            f"The sessions under {root} cannot be read: {error.strerror}.",
            "Set INTERVIEW_DATA_DIR to a folder that can be read and written.",
        ) from error
    found, begin = {}, str(root)
    for name in names:
        try:
            stat = os.stat(f"{begin}{os.sep}{name}{os.sep}{JOURNAL}")  # noqa: PTH116 - ten thousand paths are slow
        except OSError:
            continue
        found[name] = (stat.st_mtime_ns, stat.st_size)
    return found


def list_sessions(root: Path) -> tuple[SessionFolder, ...]:
    """Give the sessions under a folder, newest first; an empty tuple where there is no such folder."""
    return tuple(SessionFolder(root / name) for name in journal_stamps(root))


def find_session(root: Path, name: str = "last") -> SessionFolder:
    """Find a session by its id, by the beginning or the last letters of one if no other has them, or "last".

    Args:
        root: the folder that holds a folder a session.
        name: id, part of an id, or "last" for the newest.

    Raises:
        BadInputError: there is none, or more than one; says which.
    """
    sessions = list_sessions(root)
    if not sessions:
        raise BadInputError("There are no sessions yet.", "`interview start` begins one.")
    if name == "last":
        return sessions[0]
    exact = [session for session in sessions if session.id == name]
    found = exact or [session for session in sessions if session.id.startswith(name) or session.id.endswith(f"-{name}")]
    if not found or not name:
        raise BadInputError(f"There is no session {name!r}.", "`interview sessions` lists the sessions there are.")
    if len(found) > 1:
        some = ", ".join(session.id for session in found[:5])
        raise BadInputError(f"{len(found)} sessions fit {name!r}: {some}.", "Give more of the id.")
    return found[0]
