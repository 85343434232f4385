"""Taking in a recording made elsewhere: transcribed, put into turns, judged, kept like any other session."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, StorageError
from simulator.domain.judgements import Judge
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import Mode, SessionClose, ThreadClose
from simulator.domain.words import Filler, Word
from simulator.listening.channels import decode_sides, voice_stretches
from simulator.listening.decoding import RATE_HZ
from simulator.listening.fillers import WINDOW_S, FillerFinder, without_fillers
from simulator.listening.recognizer_model import Whisper
from simulator.listening.recognizer_voice import VoiceTrack
from simulator.listening.second_look import transcribe
from simulator.models.store import model_path
from simulator.rehearsal.asking import Asking
from simulator.rehearsal.conversation import Asked, Turn, conversation, turns_of
from simulator.rehearsal.deliberation import Measure, judge_answer, reflect
from simulator.rehearsal.exampling import VECTORS
from simulator.rehearsal.settlement import settled_by
from simulator.sessions.folder import SessionFolder, SessionLock, is_held, list_sessions
from simulator.sessions.journal import JournalWriter
from simulator.sessions.likeness import TextVectors
from simulator.sessions.recording import Recording

TRANSCRIPT = "import.jsonl"
"""What has been transcribed so far, a piece a line; it is there while an import is unfinished."""

Told = Callable[[str, float, float], None]
"""Told what is being done, how far it is and how far it will go, in seconds of sound."""


def judged(
    events: Sequence[ev.Event],
    judge: Judge,
    measure: Measure,
    told: Callable[[float], None] = lambda _: None,
) -> Iterator[ev.Event]:
    """Give the events with every answer judged after its end, what that settles, and every thread closed.

    Args:
        events: of the conversation.
        judge: the engine.
        measure: how delivery is measured.
        told: told up to where it is judged, seconds.
    """
    state = SessionState()

    def add(event: ev.Event) -> ev.Event:
        nonlocal state
        state = apply(state, event)
        return event

    def close(at_s: float) -> Iterator[ev.Event]:
        thread = state.thread
        if thread is None:
            return
        for facet in thread.unsettled:
            if thread.probes_on(facet):
                settled = settled_by(state, thread.thread, facet, at_s, short=True)
                if settled is not None:
                    yield add(settled)
        reason = ThreadClose.ANSWERED if state.threads[thread.thread].unsettled else ThreadClose.LIMIT
        yield add(ev.ThreadClosed(at_s=at_s, thread=thread.thread, reason=reason))

    for event in events:
        if isinstance(event, ev.QuestionAsked):
            yield from close(event.at_s)
        yield add(event)
        if isinstance(event, ev.AnswerEnded):
            for made in judge_answer(judge, state, event.answer, measure, event.at_s):
                yield add(made)
            for made in reflect(judge, state, event.answer, measure, event.at_s):
                yield add(made)
            thread = state.threads[state.answers[event.answer].thread]
            for probe in thread.probes:
                if probe.answer == event.answer and probe.pushback is None:
                    settled = settled_by(state, thread.thread, probe.facet, event.at_s)
                    if settled is not None:
                        yield add(settled)
            told(event.at_s)
    yield from close(state.at_s)


class Import:
    """One recording on its way into the library; what is done is kept, and a later run goes on from there.

    Args:
        path: the recording.
        root: the folder that holds a folder a session.
        asked: what the user says about it.
        model: name of the recognizer's model.

    Raises:
        BadInputError: the file is missing, unreadable, empty or too long.
    """

    def __init__(self, path: Path, root: Path, asked: Asked, model: str = "base") -> None:
        self._path = path
        self._asked = asked
        self._model = model
        self._sides = decode_sides(path)
        self._digest = _digest(path)
        self._folder = self._unfinished(root) or self._new(root)

    @property
    def folder(self) -> SessionFolder:
        """The session's folder."""
        return self._folder

    @property
    def duration_s(self) -> float:
        """Length of the recording, seconds."""
        return len(self._sides[0]) / RATE_HZ

    def _new(self, root: Path) -> SessionFolder:
        made = datetime.fromtimestamp(self._path.stat().st_mtime).astimezone()
        about = {"import": {"file": self._path.name, "digest": self._digest}}
        folder = SessionFolder.create(root, made, random.Random(), about)
        (folder.path / TRANSCRIPT).touch(mode=0o600)
        return folder

    def _unfinished(self, root: Path) -> SessionFolder | None:
        for folder in _folders(root):
            about = folder.about().get("import")
            if isinstance(about, dict) and about.get("digest") == self._digest:
                if (folder.path / TRANSCRIPT).exists():
                    return folder
                if folder.journal.exists():
                    raise BadInputError(
                        f"{self._path.name} has been imported already, as {folder.id}.",
                        f"`interview review {folder.id}` opens it.",
                    )
        return None

    def run(self, judge: Callable[[], Judge], measure: Measure, told: Told) -> SessionFolder:
        """Transcribe, judge and keep the recording.

        Args:
            judge: loads the judge, when the words are there.
            measure: how delivery is measured.
            told: told how far it is.

        Raises:
            ModelError: the recognizer's model is missing.
            StorageError: the disk is full.
        """
        with SessionLock(self._folder):
            said = [self._transcribed(side, told) for side in range(len(self._sides))]
            candidate = 0 if len(said) == 1 else int(len(said[1]) > len(said[0]))
            if not said[candidate]:
                self.discard()
                raise BadInputError(f"No speech was found in {self._path.name}.", "Check that it is the right file.")
            fillers = self._fillers(candidate, told)
            said[candidate] = without_fillers(said[candidate], fillers)
            turns = (Turn(True, said[0]),) if len(said) == 1 else turns_of(said[1 - candidate], said[candidate])
            self._keep_sound(candidate)
            told("Judging", 0.0, self.duration_s)
            asking = Asking(TextVectors(model_path(VECTORS)))
            heard = conversation(turns, voice_stretches(self._sides[candidate]), self._asked, asking, fillers)
            loaded = judge()
            so_far = partial(self._told_judging, told)
            self._keep_events(judged(heard, loaded, measure, so_far), loaded.engine)
            (self._folder.path / TRANSCRIPT).unlink()
        return self._folder

    def _told_judging(self, told: Told, at_s: float) -> None:
        told("Judging", at_s, self.duration_s)

    @cached_property
    def _whisper(self) -> Whisper:
        name = f"whisper-{self._model}"
        return Whisper(model_path(name), threads=2, name=name)

    def _voice(self, side: int) -> VoiceTrack:
        track = VoiceTrack()
        track.feed(self._sides[side])
        return track

    def _done(self) -> list[dict[str, Any]]:
        """Give what earlier runs have done, a piece each; the line that was being written when one stopped left out."""
        done = []
        for line in (self._folder.path / TRANSCRIPT).read_text(encoding="utf-8").splitlines():
            try:
                done.append(json.loads(line))
            except ValueError:
                continue
        return done

    def _keep_piece(self, piece: dict[str, Any]) -> None:
        with (self._folder.path / TRANSCRIPT).open("a", encoding="utf-8") as out:
            out.write("\n" + json.dumps(piece, ensure_ascii=False) + "\n")

    def _transcribed(self, side: int, told: Told) -> tuple[Word, ...]:
        """Give a side's words: those of an earlier run, and the rest transcribed now."""
        words: list[Word] = []
        done_s = 0.0
        for piece in self._done():
            if piece["side"] == side:
                done_s = piece["done_s"]
                words += [Word(**word) for word in piece["words"]]
        if done_s >= self.duration_s:
            return tuple(words)
        what = "Transcribing" if len(self._sides) == 1 else f"Transcribing side {side + 1} of 2"
        voice = self._voice(side).probabilities
        pieces = transcribe(self._whisper, self._sides[side], voice, from_s=done_s)
        for until_s, found in chain(pieces, [(self.duration_s, ())]):
            words += found
            self._keep_piece({"side": side, "done_s": until_s, "words": [asdict(word) for word in found]})
            told(what, until_s, self.duration_s)
        return tuple(words)

    def _fillers(self, candidate: int, told: Told) -> tuple[Filler, ...]:
        """Give the filled pauses in the candidate's sound; none where the recognizer cannot hear them."""
        kept = next((piece for piece in self._done() if piece["side"] == "fillers"), None)
        if kept is not None:
            return tuple(Filler(**filler) for filler in kept["fillers"])
        if not FillerFinder.fits(self._whisper.engine.split()[0]):
            return ()
        found: list[Filler] = []
        search = FillerFinder(self._whisper).search(self._sides[candidate], self._voice(candidate).probabilities)
        for number, some in enumerate(search, 1):
            found += some
            told("Listening for fillers", min(number * WINDOW_S, self.duration_s), self.duration_s)
        self._keep_piece({"side": "fillers", "fillers": [asdict(filler) for filler in found]})
        return tuple(found)

    def _keep_sound(self, candidate: int) -> None:
        tracks = {self._folder.candidate: self._sides[candidate]}
        if len(self._sides) == 2:
            tracks[self._folder.interviewer] = self._sides[1 - candidate]
        for path, samples in tracks.items():
            path.unlink(missing_ok=True)
            recording = Recording(path)
            try:
                recording.write(_int16(samples), 0.0)
            finally:
                recording.close()

    def _keep_events(self, events: Iterable[ev.Event], judge: str) -> None:
        self._folder.journal.unlink(missing_ok=True)
        started = ev.SessionStarted(
            session=self._folder.id,
            started_at=datetime.fromtimestamp(self._path.stat().st_mtime).astimezone().isoformat(timespec="seconds"),
            mode=Mode.IMPORT,
            pack=self._asked.pack,
            engines={"judge": judge, "recognizer": self._whisper.engine},
        )
        journal = JournalWriter(self._folder.journal)
        try:
            journal.write(started)
            journal.write(ev.SessionRenamed(title=self._path.stem))
            for event in events:
                journal.write(replace(event, at_s=round(event.at_s, 3)))
            journal.write(ev.SessionClosed(at_s=round(self.duration_s, 3), reason=SessionClose.COMPLETE))
        finally:
            journal.close()

    def discard(self) -> None:
        """Leave nothing of it in the library."""
        shutil.rmtree(self._folder.path, ignore_errors=True)


def discard_unfinished(root: Path) -> int:
    """Remove what interrupted imports have left, and give how many there were; one that runs now is left alone.

    Raises:
        StorageError: a folder cannot be removed.
    """
    removed = 0
    for transcript in sorted(root.glob(f"*/{TRANSCRIPT}")):
        folder = SessionFolder(transcript.parent)
        if is_held(folder):
            continue
        try:
            shutil.rmtree(folder.path)
        except OSError as error:
            raise StorageError(f"{folder.path} cannot be removed: {error.strerror}.", "Unlock that folder.") from error
        removed += 1
    return removed


def _folders(root: Path) -> Iterator[SessionFolder]:
    yield from list_sessions(root)
    if root.is_dir():
        yield from (SessionFolder(path.parent) for path in root.glob(f"*/{TRANSCRIPT}"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _int16(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    return (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
