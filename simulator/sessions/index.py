"""The library's index: SQLite tables over the session folders; deletable at any time, and made anew from them."""

from __future__ import annotations

import json
import os
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from simulator.domain.errors import BadInputError, StorageError
from simulator.domain.state import SessionState
from simulator.domain.words import Word, text_of
from simulator.sessions.figures import SessionFigures, figures_from_json, figures_json, figures_of
from simulator.sessions.folder import SessionFolder, journal_stamps
from simulator.sessions.index_schema import migrate
from simulator.sessions.loading import LoadedSession, load_session

SAID_PER_SESSION = 10_000
"""Most rows of things said that a session can have; numbers of later ones would run into the next session's."""

BATCH = 50
"""Sessions that are written in one transaction while many are read."""

CANDIDATE, INTERVIEWER, NOTE = "candidate", "interviewer", "note"
"""Who said a thing; the user's notes are found as well."""

Progress = Callable[[int, int], None]
"""Told how many sessions are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update of the index did: sessions read, sessions that were gone, folders that could not be read."""

    read: int
    removed: int
    unreadable: tuple[str, ...] = ()


class _NewerVersionError(sqlite3.DatabaseError):
    sqlite_errorcode = sqlite3.SQLITE_SCHEMA


class Index:
    """The index over the session folders under one root.

    Each call opens the file anew, so an index may be used from any thread; SQLite keeps writers apart.

    Args:
        root: the folder that holds a folder a session.
        path: the index's file; made when it is first needed.
    """

    def __init__(self, root: Path, path: Path) -> None:
        self.root = root
        self.path = path

    @contextmanager
    def connect(self) -> Iterator[sqlite3.Connection]:
        """Open the index, brought to this version; commits at the end, or takes everything back on an error.

        An index that is broken or of a newer version is removed and made anew, empty: `update` fills it.

        Raises:
            StorageError: it cannot be written.
        """
        try:
            db = self._open()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise StorageError("The library's index is in use for long.", "Try again in a moment.") from error
            self.remove()
            db = self._opened_anew()
        except OSError as error:
            raise StorageError(
                f"The library's index {self.path} cannot be written: {error.strerror}.",
                "Set INTERVIEW_DATA_DIR to a folder that can be written.",
            ) from error
        try:
            with db:
                yield db
        except sqlite3.OperationalError as error:
            raise StorageError(
                f"The library's index {self.path} cannot be used: {error}.", "Free some space, or remove the file."
            ) from error
        finally:
            db.close()

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
        db = sqlite3.connect(self.path, timeout=10.0)
        try:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA secure_delete = ON")
            if not migrate(db):
                raise _NewerVersionError
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _opened_anew(self) -> sqlite3.Connection:
        try:
            return self._open()
        except (sqlite3.Error, OSError) as error:
            raise StorageError(
                f"The library's index {self.path} cannot be made: {error}.", "Free some space or unlock the folder."
            ) from error

    def remove(self) -> None:
        """Remove the index's files; nothing of the sessions is lost."""
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def update(self, progress: Progress | None = None, only: Sequence[str] | None = None) -> Updated:
        """Read the sessions whose journals have changed since they were last read, and drop those that are gone.

        Args:
            progress: told how many of the changed sessions are done; what it raises ends the update, and what was
                read until then is found again by the next one.
            only: ids of the sessions to look at; None looks at all, which takes a while where there are thousands.

        Raises:
            StorageError: the index cannot be written.
        """
        there = journal_stamps(self.root, only)
        with self.connect() as db:
            rows = db.execute("SELECT id, mtime_ns, size FROM sessions")
            if only is not None:
                some = "SELECT id, mtime_ns, size FROM sessions WHERE id IN (SELECT value FROM json_each(?))"
                rows = db.execute(some, (json.dumps(list(only)),))
            known = {name: (mtime_ns, size) for name, mtime_ns, size in rows}
        gone = known.keys() - there.keys()
        changed = sorted(name for name, stamp in there.items() if known.get(name) != stamp)
        if gone:
            with self.connect() as db:
                for name in gone:
                    _forget(db, name)
        unreadable: list[str] = []
        for start in range(0, len(changed), BATCH):
            with self.connect() as db:
                for done, name in enumerate(changed[start : start + BATCH], start + 1):
                    try:
                        loaded = load_session(SessionFolder(self.root / name))
                    except BadInputError:
                        unreadable.append(name)
                    else:
                        _store(db, loaded, there[name])
                    if progress is not None:
                        progress(done, len(changed))
        return Updated(len(changed) - len(unreadable), len(gone), tuple(unreadable))

    def rebuild(self, progress: Progress | None = None) -> Updated:
        """Make the index anew from the folders.

        Args:
            progress: told how many sessions are done.
        """
        self.remove()
        return self.update(progress)

    def forget(self, session: str) -> None:
        """Drop a session's rows so that nothing of them is left in the file."""
        with self.connect() as db:
            _forget(db, session)
            db.execute("INSERT INTO words (words) VALUES ('optimize')")
        with self.connect() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def figures(self, sessions: Sequence[str] | None = None) -> tuple[SessionFigures, ...]:
        """Give the figures of sessions, oldest first.

        Args:
            sessions: ids; None gives all.
        """
        with self.connect() as db:
            if sessions is None:
                rows = db.execute("SELECT figures FROM sessions ORDER BY key")
            else:
                # As one JSON value, because SQLite takes only so many values one by one.
                rows = db.execute(
                    "SELECT figures FROM sessions WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key",
                    (json.dumps(list(sessions)),),
                )
            return tuple(figures_from_json(text) for (text,) in rows)


def _forget(db: sqlite3.Connection, session: str) -> None:
    row = db.execute("SELECT key FROM sessions WHERE id = ?", (session,)).fetchone()
    if row is None:
        return
    (key,) = row
    db.execute("DELETE FROM said WHERE id BETWEEN ? AND ?", _said_rows(key))
    for table in ("tags", "threads", "judgements", "vectors"):
        db.execute(f"DELETE FROM {table} WHERE session = ?", (key,))
    db.execute("DELETE FROM sessions WHERE key = ?", (key,))


def _said_rows(key: int) -> tuple[int, int]:
    return key * SAID_PER_SESSION, key * SAID_PER_SESSION + SAID_PER_SESSION - 1


def _key(db: sqlite3.Connection, session: str) -> int:
    """Give a session's key: the second in which it began as its id says, or the next one that is free."""
    key = int(datetime.strptime(session[:15], "%Y%m%d-%H%M%S").timestamp())
    while db.execute("SELECT 1 FROM sessions WHERE key = ?", (key,)).fetchone() is not None:
        key += 1
    return key


def _store(db: sqlite3.Connection, loaded: LoadedSession, stamp: tuple[int, int]) -> None:
    state, name = loaded.state, loaded.folder.id
    _forget(db, name)
    key = _key(db, name)
    # A journal that was cut off at its very beginning does not name its session; its folder does.
    figures = replace(figures_of(state), session=loaded.folder.id)
    db.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            key,
            name,
            *stamp,
            state.started_at,
            state.title,
            state.mode,
            state.pack,
            figures.judge,
            state.at_s,
            state.closed,
            len(loaded.problems),
            figures_json(figures),
        ),
    )
    db.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", [(key, tag) for tag in state.tags])
    for thread in figures.threads:
        db.execute(
            "INSERT INTO threads VALUES (?, ?, ?, ?, ?, ?)",
            (key, thread.thread, thread.question, thread.kind, thread.text, thread.closed),
        )
        rows: list[tuple[int, str, str, str | None, str | None, str, str]] = []
        for facet, progress in thread.facets.items():
            rows.append((key, thread.thread, "facet", facet, None, progress.state, figures.judge))
            if progress.outcome is not None:
                rows.append((key, thread.thread, "outcome", facet, None, progress.outcome, figures.judge))
        for reply in thread.replies:
            target = "pushback" if reply.pushback else "reply"
            rows.append((key, thread.thread, target, reply.facet, reply.answer, reply.reply, reply.engine))
        for record in state.threads[thread.thread].signals:
            rows.append((key, thread.thread, "signal", None, record.answer, record.signal, record.engine))
        db.executemany("INSERT INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    first, last = _said_rows(key)
    for number, said in enumerate(_said(state), first):
        if number > last:
            break
        db.execute("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *said))


Said = tuple[str, str | None, str | None, float, str, bytes]


def _said(state: SessionState) -> Iterator[Said]:
    """Give everything said, in no particular order: (speaker, answer, thread, at_s, text, times)."""
    for utterance in state.utterances:
        yield INTERVIEWER, None, utterance.thread, utterance.at_s, utterance.text, b""
    for answer in state.answers.values():
        words = answer.record
        if words:
            yield CANDIDATE, answer.answer, answer.thread, words[0].start_s, text_of(words), times_of(words)
    for note in state.notes:
        yield NOTE, None, None, note.moment_s or 0.0, note.text, b""


def times_of(words: Sequence[Word]) -> bytes:
    """Give the words' starts as steps of hundredths of a second from one to the next, 16 bits each."""
    steps = array("H")
    before = round(words[0].start_s * 100)
    for word in words:
        start = round(word.start_s * 100)
        steps.append(min(max(start - before, 0), 0xFFFF))
        before = max(start, before)
    return steps.tobytes()


def start_of(word: int, times: bytes, first_s: float) -> float:
    """Give a word's start in seconds since the session began.

    Args:
        word: its index.
        times: as `times_of` gives them.
        first_s: start of the first word, seconds.
    """
    steps = array("H")
    steps.frombytes(times)
    return first_s + sum(steps[: word + 1]) / 100
