"""Taking in a recording made elsewhere: transcribed, put into turns, judged, kept like any other session."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.judgements import Judge
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import AnswerEnd, Facet, Mode, SessionClose, ThreadClose, ThreadKind, facets_of
from simulator.domain.words import Word, text_of
from simulator.interviewing.briefing import read_briefing
from simulator.listening.channels import decode_sides, voice_stretches
from simulator.listening.decoding import RATE_HZ
from simulator.listening.second_look import transcribe_file
from simulator.models.store import model_path
from simulator.rehearsal.deliberation import Measure, judge_answer, reflect
from simulator.sessions.folder import SessionFolder, SessionLock, list_sessions
from simulator.sessions.journal import JournalWriter
from simulator.sessions.recording import Recording

TRANSCRIPT = "import.jsonl"
"""What has been transcribed so far, a piece a line; it is there while an import is unfinished."""

BACKCHANNEL_WORDS = 3
"""A turn of so few words while the other goes on ("mhm, okay") is no turn."""

VIEW_CUES = ("your view", "your perspective", "do you think", "your opinion", "why do you want", "do you believe")
"""What a question holds that asks for a view; without one it is taken to ask for a story."""

Told = Callable[[str, float, float], None]
"""Told what is being done, how far it is and how far it will go, in seconds of sound."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says about a recording.

    Attributes:
        question: the question that it answers; "" if unknown.
        kind: what the question asks for; None guesses by the question's words.
        tests: the facets that the question tests; empty takes all of the kind.
        pack: name of the pack that the question is from.
        id: the question's id in the pack.
    """

    question: str = ""
    kind: ThreadKind | None = None
    tests: tuple[Facet, ...] = ()
    pack: str = ""
    id: str = "imported"


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one person speaks."""

    candidate: bool
    words: tuple[Word, ...]


def turns_of(asker: Sequence[Word], candidate: Sequence[Word]) -> tuple[Turn, ...]:
    """Put the words of two people into turns, in the order of time; a few words put in by the other are no turn.

    Args:
        asker: words of the one who asks, by time.
        candidate: words of the one who answers, by time.
    """
    tagged = sorted(
        [(w.start_s, False, w) for w in asker] + [(w.start_s, True, w) for w in candidate], key=lambda each: each[:2]
    )
    runs: list[tuple[bool, list[Word]]] = []
    for _, is_candidate, word in tagged:
        if runs and runs[-1][0] is is_candidate:
            runs[-1][1].append(word)
        else:
            runs.append((is_candidate, [word]))
    joined: list[tuple[bool, list[Word]]] = []
    for number, (is_candidate, words) in enumerate(runs):
        between = 0 < number < len(runs) - 1
        if between and len(words) <= BACKCHANNEL_WORDS and not text_of(words).endswith("?"):
            continue
        if joined and joined[-1][0] is is_candidate:
            joined[-1][1].extend(words)
        else:
            joined.append((is_candidate, words))
    return tuple(Turn(is_candidate, tuple(words)) for is_candidate, words in joined)


def kind_of(question: str) -> ThreadKind:
    """Guess what a question asks for by its words."""
    said = question.lower()
    return ThreadKind.VIEW if any(cue in said for cue in VIEW_CUES) else ThreadKind.STORY


def conversation(turns: Iterable[Turn], voice: Sequence[tuple[float, float]], asked: Asked) -> Iterator[ev.Event]:
    """Give the events of a recorded conversation, up to its last answer's end; nothing is judged yet.

    A turn of the asker that goes for a facet of the open thread is a probe on it; any other opens a thread.

    Args:
        turns: the turns in order.
        voice: stretches of the candidate's voice, seconds.
        asked: what the user says about the recording.
    """
    threads = answers = 0
    tests: tuple[Facet, ...] = ()
    initial = True
    for turn in turns:
        at_s, end_s = turn.words[0].start_s, turn.words[-1].end_s
        text = text_of(turn.words)
        if not turn.candidate:
            facet = next((f for f in sorted(read_briefing(text).facets) if f in tests), None)
            if facet is not None:
                yield ev.ProbeAsked(
                    at_s=at_s, thread=f"t{threads}", facet=facet, text=text, reason="as recorded", engine="recording"
                )
                initial = False
                continue
            threads += 1
            kind = asked.kind if threads == 1 and asked.kind is not None else kind_of(text)
            tests = facets_of(kind)
            initial = True
            yield _question(f"t{threads}", at_s, text, kind, tests, asked if threads == 1 else Asked())
            continue
        if threads == 0:
            threads = 1
            question = asked.question or "(the question was not recorded)"
            kind = asked.kind or kind_of(question)
            tests = asked.tests or facets_of(kind)
            yield _question("t1", at_s, question, kind, tests, asked)
        answers += 1
        answer = f"a{answers}"
        stretches = [(max(s, at_s), min(e, end_s)) for s, e in voice if s < end_s and e > at_s]
        yield ev.AnswerStarted(at_s=at_s, answer=answer, thread=f"t{threads}", initial=initial)
        yield ev.WordsConfirmed(at_s=at_s, answer=answer, words=turn.words)
        for start, end in stretches:
            yield ev.VoiceActive(at_s=end, answer=answer, start_s=round(start, 3), end_s=round(end, 3))
        yield ev.AnswerEnded(
            at_s=end_s,
            answer=answer,
            reason=AnswerEnd.SOURCE_ENDED,
            duration_s=round(end_s - at_s, 3),
            speech_s=round(sum(e - s for s, e in stretches), 3),
        )
        initial = False


def _question(
    thread: str, at_s: float, text: str, kind: ThreadKind, tests: tuple[Facet, ...], asked: Asked
) -> ev.QuestionAsked:
    return ev.QuestionAsked(at_s=at_s, thread=thread, question=asked.id, kind=kind, text=text, tests=tests)


def judged(events: Iterable[ev.Event], judge: Judge, measure: Measure) -> Iterator[ev.Event]:
    """Give the events with every answer judged after its end, and every thread closed."""
    state = SessionState()
    for event in events:
        if isinstance(event, ev.QuestionAsked) and state.thread is not None:
            closed = ev.ThreadClosed(at_s=event.at_s, thread=state.thread.thread, reason=ThreadClose.ANSWERED)
            state = apply(state, closed)
            yield closed
        state = apply(state, event)
        yield event
        if isinstance(event, ev.AnswerEnded):
            for made in (
                *judge_answer(judge, state, event.answer, measure, event.at_s),
                *reflect(judge, state, event.answer, measure, event.at_s),
            ):
                state = apply(state, made)
                yield made
    if state.thread is not None:
        yield ev.ThreadClosed(at_s=state.at_s, thread=state.thread.thread, reason=ThreadClose.ANSWERED)


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
            turns = (Turn(True, said[0]),) if len(said) == 1 else turns_of(said[1 - candidate], said[candidate])
            if not said[candidate]:
                self.discard()
                raise BadInputError(f"No speech was found in {self._path.name}.", "Check that it is the right file.")
            self._keep_sound(candidate)
            told("Judging", 0.0, self.duration_s)
            voice = voice_stretches(self._sides[candidate])
            events = judged(conversation(turns, voice, self._asked), judge(), measure)
            self._keep_events(events)
            (self._folder.path / TRANSCRIPT).unlink()
        return self._folder

    def _transcribed(self, side: int, told: Told) -> tuple[Word, ...]:
        """Give a side's words: those of an earlier run, and the rest transcribed now."""
        file = self._folder.path / TRANSCRIPT
        words: list[Word] = []
        done_s = 0.0
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                piece = json.loads(line)
            except ValueError:
                continue  # the line that was being written when an earlier run was stopped
            if piece["side"] == side:
                done_s = piece["done_s"]
                words += [Word(**word) for word in piece["words"]]
        if done_s >= self.duration_s:
            return tuple(words)
        with file.open("a", encoding="utf-8") as out:
            for until_s, found in transcribe_file(
                self._sides[side], model_path(f"whisper-{self._model}"), from_s=done_s
            ):
                words += found
                piece = {"side": side, "done_s": until_s, "words": [asdict(word) for word in found]}
                out.write(json.dumps(piece, ensure_ascii=False) + "\n")
                out.flush()
                told("Transcribing", until_s + side * self.duration_s, len(self._sides) * self.duration_s)
        return tuple(words)

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

    def _keep_events(self, events: Iterable[ev.Event]) -> None:
        self._folder.journal.unlink(missing_ok=True)
        started = ev.SessionStarted(
            session=self._folder.id,
            started_at=datetime.fromtimestamp(self._path.stat().st_mtime).astimezone().isoformat(timespec="seconds"),
            mode=Mode.IMPORT,
            pack=self._asked.pack,
            engines={"judge": "embedded", "recognizer": f"whisper-{self._model}"},
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


def _folders(root: Path) -> Iterator[SessionFolder]:
    yield from list_sessions(root)
    if root.is_dir():
        yield from (SessionFolder(path.parent) for path in root.glob(f"*/{TRANSCRIPT}"))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _int16(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
    return (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
