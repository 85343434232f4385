"""The user's sessions as one library: listing, searching, renaming, tagging, noting, deleting, keeping in bounds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.config.paths import data_dir, sessions_dir
from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, StorageError, UsageError
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, PushbackReply, Reply, Signal
from simulator.sessions import searching
from simulator.sessions.examples import (
    ExampleDepth,
    Examples,
    Proposal,
    depth_of,
    forget_session,
    propose,
    settled_before,
    story_tellings,
)
from simulator.sessions.examples_file import load_examples, save_examples
from simulator.sessions.figures import SessionFigures
from simulator.sessions.folder import SessionFolder, SessionLock, find_session, journal_stamps, list_sessions
from simulator.sessions.index import Index, Progress, Updated
from simulator.sessions.loading import LoadedSession, append_events, load_session

if TYPE_CHECKING:
    from simulator.sessions.tellings import Embed

LEAVING = ".leaving-"
"""Beginning of the name of a folder that is being deleted; what a crash leaves of one is removed later."""


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Space that the library takes, bytes: of the sessions by id, largest first, and of the index."""

    sessions: tuple[tuple[str, int], ...]
    index_bytes: int

    @property
    def total_bytes(self) -> int:
        """All of it."""
        return sum(size for _, size in self.sessions) + self.index_bytes


class Library:
    """The sessions under one folder, and the index over them.

    Args:
        root: the folder that holds a folder a session.
        index_path: the index's file.
        examples_path: the file of the candidate's examples.
    """

    def __init__(self, root: Path, index_path: Path, examples_path: Path) -> None:
        self.root = root
        self.index = Index(root, index_path)
        self.examples_path = examples_path

    @classmethod
    def of_user(cls) -> Library:
        """Give the library in the user's data folder."""
        return cls(sessions_dir(), data_dir() / "library.sqlite3", data_dir() / "examples.json")

    # Finding.

    def find(self, name: str = "last") -> SessionFolder:
        """Find a session by id, part of one, or "last".

        Raises:
            BadInputError: there is none, or more than one.
        """
        if journal_stamps(self.root, (name,)):
            return SessionFolder(self.root / name)  # a whole id needs no look at thousands of others
        return find_session(self.root, name)

    def load(self, name: str = "last") -> LoadedSession:
        """Open a session by id, part of one, or "last".

        Raises:
            BadInputError: there is none, or it cannot be read.
        """
        return load_session(self.find(name))

    def update(self, progress: Progress | None = None) -> Updated:
        """Bring the index up to date with the folders, and finish deletions that were cut off."""
        for left in self.root.glob(f"{LEAVING}*"):
            shutil.rmtree(left, ignore_errors=True)
        return self.index.update(progress)

    def update_one(self, folder: SessionFolder) -> None:
        """Bring the index up to date with one session that was just changed."""
        self.index.update(only=(folder.id,))

    def rebuild(self, progress: Progress | None = None) -> Updated:
        """Make the index anew from the folders."""
        return self.index.rebuild(progress)

    def page(self, filters: searching.Filters | None = None, limit: int = 50, offset: int = 0) -> searching.Page:
        """Give a page of sessions, newest first, from the index as it is now."""
        return searching.list_page(self.index, filters, limit, offset)

    def search(self, words: str, limit: int = 50, session: str | None = None) -> tuple[searching.Hit, ...]:
        """Find where words were said, newest session first, in the index as it is now."""
        return searching.search(self.index, words, limit, session)

    def figures(self, sessions: Sequence[str] | None = None) -> tuple[SessionFigures, ...]:
        """Give the figures of sessions (of all if none are named), oldest first."""
        return self.index.figures(sessions)

    # The candidate's experiences.

    def examples(self) -> Examples:
        """Give the examples as the user has confirmed them.

        Raises:
            BadInputError: their file cannot be read.
        """
        return load_examples(self.examples_path)

    def save_examples(self, known: Examples) -> None:
        """Keep what the user has confirmed or turned down.

        Raises:
            StorageError: their file cannot be written.
        """
        save_examples(self.examples_path, known)

    def proposals(self, embed: Embed, engine: str) -> tuple[Proposal, ...]:
        """Find tellings of the same experience that the user has not spoken of yet, in the index as it is now.

        Args:
            embed: gives vectors of length one for texts, shape (n, d); asked only for what is new.
            engine: its name and version.
        """
        from simulator.sessions.tellings import vectors_of  # brings numpy

        return propose(vectors_of(self.index, story_tellings(self.figures()), embed, engine), self.examples())

    def depths(self) -> tuple[ExampleDepth, ...]:
        """Give how far each example is known, in the index as it is now."""
        figures = self.figures()
        return tuple(depth_of(example, figures) for example in self.examples().examples)

    def settled_before(self) -> dict[str, dict[Facet, Outcome]]:
        """Give the facets that earlier sessions have settled, by question id, for the interviewer's plan."""
        known = self.examples()
        return settled_before(known, self.figures()) if known.examples else {}

    # What the user adds.

    def rename(self, session: SessionFolder, title: str) -> None:
        """Give a session a title; an empty one takes it away.

        Raises:
            BadInputError: a live process holds the session.
        """
        self._add(session, ev.SessionRenamed(title=" ".join(title.split())))

    def tag(self, session: SessionFolder, tags: Sequence[str]) -> None:
        """Set a session's tags, all of them.

        Raises:
            BadInputError: a live process holds the session.
        """
        clean = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        self._add(session, ev.SessionTagged(tags=clean))

    def note(self, session: SessionFolder, text: str, moment_s: float | None = None, note: str = "") -> str:
        """Write a note, and give its id.

        Args:
            session: the session.
            text: the note; an empty one deletes the note with that id.
            moment_s: the moment it is about, seconds since the session began; None for the whole session.
            note: id of the note that it replaces; empty for a new one.

        Raises:
            BadInputError: a live process holds the session.
        """
        if not note:
            taken = {each.note for each in load_session(session).events if isinstance(each, ev.NoteAdded)}
            note = next(name for name in (f"n{number}" for number in range(1, len(taken) + 2)) if name not in taken)
        self._add(session, ev.NoteAdded(note=note, text=text.strip(), moment_s=moment_s))
        return note

    def keep(self, session: SessionFolder, answer: str, keep: bool = True) -> None:
        """Mark an answer as one to keep, or take the mark back.

        Raises:
            BadInputError: there is no such answer, or a live process holds the session.
        """
        if answer not in load_session(session).state.answers:
            raise BadInputError(
                f"There is no answer {answer!r} in {session.id}.", "`interview sessions show` has them."
            )
        self._add(session, ev.KeeperMarked(answer=answer, keep=keep))

    def correct(self, session: SessionFolder, correction: ev.JudgementCorrected) -> None:
        """Overrule a judgement; it counts from then on.

        Raises:
            UsageError: the correction names no judgement there is, or no value of its kind.
            BadInputError: a live process holds the session.
        """
        check_correction(load_session(session).state, correction)
        self._add(session, correction)

    def _add(self, session: SessionFolder, event: ev.Event) -> None:
        append_events(session, [event])

    # What the user removes.

    def delete(self, session: SessionFolder) -> None:
        """Delete a session: its folder with all sound, its rows in the index, its tellings in the examples.

        Raises:
            BadInputError: a live process holds it.
            StorageError: the folder cannot be removed.
        """
        leaving = session.path.with_name(LEAVING + session.id)
        with SessionLock(session):
            try:
                session.path.rename(leaving)
            except OSError as error:
                raise StorageError(
                    f"The session {session.id} cannot be deleted: {error.strerror}.", "Unlock its folder."
                ) from error
        try:
            shutil.rmtree(leaving)
        except OSError as error:
            raise StorageError(
                f"Parts of the session {session.id} are still in {leaving}: {error.strerror}.", "Remove that folder."
            ) from error
        self.index.forget(session.id)
        known = load_examples(self.examples_path)
        left = forget_session(known, session.id)
        if left != known:
            save_examples(self.examples_path, left)

    def expired(self, retention_days: int, now: datetime) -> tuple[SessionFolder, ...]:
        """Give the sessions that are older than the retention setting, oldest first; they are only offered.

        Args:
            retention_days: 0 keeps all.
            now: local time.
        """
        if retention_days <= 0:
            return ()
        edge = f"{now - timedelta(days=retention_days):%Y%m%d-%H%M%S}"
        return tuple(session for session in reversed(list_sessions(self.root)) if session.id < edge)

    def disk_use(self) -> DiskUse:
        """Give the space that sessions and index take."""
        sizes = [(session.id, session.size_bytes()) for session in list_sessions(self.root)]
        path = self.index.path
        index = [path.with_name(path.name + suffix) for suffix in ("", "-wal", "-shm")]
        return DiskUse(
            tuple(sorted(sizes, key=lambda each: -each[1])),
            sum(file.stat().st_size for file in index if file.exists()),
        )


def check_correction(state: SessionState, correction: ev.JudgementCorrected) -> None:
    """Make sure that a correction names a judgement there is and a value of its kind.

    Raises:
        UsageError: it does not; says what would do.
    """
    thread = state.threads.get(correction.thread)
    if thread is None:
        raise UsageError(f"There is no thread {correction.thread!r}.", f"There are: {', '.join(state.threads)}.")
    probe = next((p for p in thread.probes if p.answer is not None and p.answer == correction.answer), None)
    values: type[Reply | PushbackReply | FacetState | Outcome | Signal]
    match correction.target:
        case "reply":
            if probe is None or probe.reply is None:
                raise UsageError(f"There is no judged reply {correction.answer!r}.", "Name the answer to a probe.")
            values = PushbackReply if probe.pushback else Reply
        case "facet" | "outcome":
            _check_facet(correction.facet, tuple(thread.facets))
            values = FacetState if correction.target == "facet" else Outcome
        case "signal":
            if correction.answer not in thread.answers:
                raise UsageError(
                    f"There is no answer {correction.answer!r} in {thread.thread}.", "Name one of its own."
                )
            values = Signal
        case _:
            raise UsageError(f"There is no judgement {correction.target!r}.", "reply, facet, outcome or signal.")
    may_be_empty = correction.target in {"outcome", "signal"}
    if correction.now not in {member.value for member in values} and not (may_be_empty and not correction.now):
        raise UsageError(
            f"{correction.now!r} is no {correction.target}.", f"One of: {', '.join(member.value for member in values)}."
        )


def _check_facet(facet: Facet | None, tested: Sequence[Facet]) -> None:
    if facet not in tested:
        raise UsageError(f"The thread does not test {facet or 'no facet'}.", f"It tests: {', '.join(tested)}.")
