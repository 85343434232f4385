"""Opening a stored session, and adding to it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from simulator.domain import events as ev
from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import SessionClose
from simulator.domain.words import Word
from simulator.sessions.folder import SessionFolder, SessionLock, is_held
from simulator.sessions.journal import JournalProblem, JournalWriter, read_journal


@dataclass(frozen=True, slots=True)
class LoadedSession:
    """A stored session.

    Attributes:
        folder: where it lies.
        state: the fold over its events.
        events: its events in order.
        problems: lines of the journal that had to be left out.
        live: whether a process is running it now.
    """

    folder: SessionFolder
    state: SessionState
    events: tuple[ev.Event, ...]
    problems: tuple[JournalProblem, ...] = ()
    live: bool = False

    @property
    def interrupted(self) -> bool:
        """Whether it was cut off (a crash): it has no end, and nothing runs it; it can be resumed."""
        return self.state.closed is SessionClose.INTERRUPTED or (self.state.closed is None and not self.live)


def load_session(folder: SessionFolder) -> LoadedSession:
    """Open a stored session; nothing in its folder is changed.

    Raises:
        BadInputError: there is no journal, or it cannot be read.
    """
    journal = read_journal(folder.journal)
    return LoadedSession(folder, replay(_joined(journal.events)), journal.events, journal.problems, is_held(folder))


def _joined(events: Iterable[ev.Event]) -> Iterator[ev.Event]:
    """Give the same session in fewer events: half of a journal are words confirmed one after the other.

    The fold over them is the same and takes half the time.
    """
    words: list[Word] = []
    last: ev.WordsConfirmed | None = None
    for event in events:
        if last is not None and not (isinstance(event, ev.WordsConfirmed) and event.answer == last.answer):
            yield replace(last, words=tuple(words))
            words, last = [], None
        if isinstance(event, ev.WordsConfirmed):
            words += event.words
            last = event if last is None else replace(event, at_s=max(event.at_s, last.at_s))
        else:
            yield event
    if last is not None:
        yield replace(last, words=tuple(words))


def append_events(folder: SessionFolder, events: Iterable[ev.Event]) -> None:
    """Add events to a stored session's journal (a note, a correction, a title).

    Raises:
        BadInputError: a live process holds the session, or there is none.
        StorageError: the journal cannot be written.
    """
    SessionFolder.open(folder.path)
    with SessionLock(folder):
        write_events(folder, events)


def write_events(folder: SessionFolder, events: Iterable[ev.Event]) -> None:
    """Add events to the journal of a session that the caller holds.

    Raises:
        StorageError: the journal cannot be written.
    """
    writer = JournalWriter(folder.journal)
    try:
        for event in events:
            writer.write(event)
    finally:
        writer.close()
