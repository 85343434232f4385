"""The journal: a session's events on disk, one JSON object a line, in order."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from simulator.domain.errors import BadInputError, StorageError
from simulator.domain.events import Event

SYNC_EVERY_S = 1.0
"""Written lines are safe from a crash of the program at once, and from a power cut after at most this."""


class ProblemKind(StrEnum):
    """What is wrong with a line of a journal."""

    TORN = "torn"
    """The last line is incomplete: the program was stopped while it wrote."""
    UNREADABLE = "unreadable"
    """The line is no event as this version knows it."""
    UNKNOWN_TYPE = "unknown_type"
    """An event of a type that this version doesn't know; a newer version wrote it."""


@dataclass(frozen=True, slots=True)
class JournalProblem:
    """A line that was left out, and why; never what it says.

    Attributes:
        line: number of the line, from 1.
        kind: what is wrong with it.
        message: the same in a sentence.
    """

    line: int
    kind: ProblemKind
    message: str


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal file holds: its events in order, and what had to be left out."""

    events: tuple[Event, ...]
    problems: tuple[JournalProblem, ...] = ()


@cache
def event_adapter() -> TypeAdapter[Event]:
    """Give the adapter that knows every event by its `type`; built once, when it is first needed."""
    return TypeAdapter(Annotated[Event, Field(discriminator="type")])


def encode(event: Event) -> str:
    """Give an event as a line of JSON without the line's end, `type` first."""
    data = event_adapter().dump_python(event, mode="json")
    return json.dumps({"type": data.pop("type"), **data}, ensure_ascii=False, separators=(",", ":"))


def decode(line: str | bytes) -> Event:
    """Read an event from a line of JSON.

    Raises:
        BadInputError: the line is no event; says which key is wrong, never what it holds.
    """
    try:
        return event_adapter().validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] == "union_tag_invalid":
            raise BadInputError(
                "The line is an event of a type that this version does not know.",
                "docs/events.md lists the types; update the program if a newer one wrote it.",
            ) from None
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        what = first["msg"] if first["type"] != "json_invalid" else "it is no JSON"
        raise BadInputError(
            f"The line is no event: {where}: {what}.", "docs/events.md says what each event looks like."
        ) from None


def _type_of(line: bytes) -> object:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data.get("type") if isinstance(data, dict) else None


def _known_types() -> frozenset[str]:
    return frozenset(event_adapter().json_schema()["discriminator"]["mapping"])


def _problem(number: int, line: bytes, *, torn: bool) -> JournalProblem:
    kind_of = _type_of(line)
    if kind_of is None and torn:
        return JournalProblem(number, ProblemKind.TORN, f"Line {number} is incomplete and was left out.")
    if isinstance(kind_of, str) and kind_of not in _known_types():
        return JournalProblem(
            number, ProblemKind.UNKNOWN_TYPE, f"Line {number} is an event that this version does not know."
        )
    return JournalProblem(number, ProblemKind.UNREADABLE, f"Line {number} is no event and was left out.")


def _lines(content: bytes) -> Iterator[tuple[int, bytes, bool]]:
    """Give (number, line, whether it lacks its end) for each line that is not empty."""
    lines = content.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield number, line, number == len(lines)


def parse_journal(content: bytes) -> Journal:
    """Read the events of a journal, and say what had to be left out; nothing in it is fatal."""
    validate = event_adapter().validate_json
    events: list[Event] = []
    problems: list[JournalProblem] = []
    for number, line, torn in _lines(content):
        try:
            events.append(validate(line))
        except ValidationError:
            problems.append(_problem(number, line, torn=torn))
    return Journal(tuple(events), tuple(problems))


def read_journal(path: Path) -> Journal:
    """Read a journal file.

    Raises:
        BadInputError: the file is not there or cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInputError(
            f"The journal {path} cannot be read: {error.strerror}.", "Check the session's folder."
        ) from error
    return parse_journal(content)


def _whole_length(path: Path) -> int:
    """Give the length of a journal up to its last whole line, in bytes; ends a last line that lacks only its end."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return 0
    whole = content.rfind(b"\n") + 1
    if whole == len(content) or _type_of(content[whole:]) is None:
        return whole
    with path.open("ab") as file:
        file.write(b"\n")
    return len(content) + 1


class JournalWriter:
    """Appends events to a journal; each is with the operating system when `write` returns.

    A torn last line of an earlier crash is cut off first. A thread of its own brings the file to the
    disk at most once in `SYNC_EVERY_S`, so that a slow disk never holds up the session; it ends with
    `close`.

    Args:
        path: the file; made with owner-only permissions if it is not there.
        monotonic: the clock that spaces the syncs, seconds.

    Raises:
        StorageError: the file cannot be opened for writing.
    """

    def __init__(self, path: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._monotonic = monotonic
        try:
            self._length = _whole_length(path)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            os.ftruncate(self._file, self._length)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            raise _storage_error(path, error) from error
        self._sync_thread = ThreadPoolExecutor(1, thread_name_prefix="journal-sync")
        self._syncing: Future[None] | None = None
        self._synced_at = monotonic()
        self._closed = False

    def write(self, event: Event) -> None:
        """Append an event; one that is not journaled is passed over.

        Raises:
            StorageError: the disk is full or gone; the journal keeps every event before this one.
        """
        if not event.JOURNALED:
            return
        line = (encode(event) + "\n").encode("utf-8", errors="replace")
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            os.ftruncate(self._file, self._length)
            os.lseek(self._file, self._length, os.SEEK_SET)
            raise _storage_error(self._path, error) from error
        self._length += len(line)
        self._sync_sometimes()

    def _sync_sometimes(self) -> None:
        now = self._monotonic()
        if now - self._synced_at >= SYNC_EVERY_S and (self._syncing is None or self._syncing.done()):
            self._synced_at = now
            self._syncing = self._sync_thread.submit(os.fsync, self._file)

    def close(self) -> None:
        """Bring everything to the disk and close the file; closing twice is allowed."""
        if self._closed:
            return
        self._closed = True
        self._sync_thread.shutdown()
        try:
            os.fsync(self._file)
        except OSError as error:
            raise _storage_error(self._path, error) from error
        finally:
            os.close(self._file)


def _storage_error(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The journal {path} cannot be written: {error.strerror}.",
        "Free some space or unlock the folder; everything before this is kept.",
    )
