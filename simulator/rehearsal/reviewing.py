"""What a review of a session shows, as plain rows; the word at a moment, and the moments to jump to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.domain.errors import BadInputError
from simulator.domain.state import SessionState
from simulator.domain.words import Evidence, Word
from simulator.sessions.folder import SessionFolder
from simulator.sessions.recording import RATE_HZ, read_sound, recorded_s

PARAGRAPH_WORDS = 60
"""From so many words on a paragraph ends with the sentence: eight lines or so, as in a printed interview."""

LONGEST_PARAGRAPH = 100
"""A paragraph ends here where no sentence does: recognizers can go on for minutes without a full stop."""

SHORTEST_PARAGRAPH = 20
"""The last paragraph of an answer is not shorter: two lines stay with those before."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the transcript that one person says.

    Attributes:
        speaker: "interviewer" or "candidate".
        start_s: its beginning, seconds since the session began.
        words: the candidate's words with their times; empty for the interviewer.
        text: the words as running text.
        thread: the thread it belongs to, if any.
        answer: the answer, for the candidate's passages.
        purpose: what the interviewer's words are for (question, probe, pushback, opening, …).
        continued: whether it goes on with the answer of the passage before; see `paragraphs`.
    """

    speaker: str
    start_s: float
    words: tuple[Word, ...]
    text: str
    thread: str | None
    answer: str | None = None
    purpose: str = ""
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A judgement with its evidence: what can be selected, heard and contested.

    Attributes:
        target: "reply", "facet", "outcome" or "signal".
        thread: the thread's id.
        name: the facet or signal.
        value: as judged.
        evidence: the words that show it.
        answer: the answer it is about (replies and signals).
        confidence: the engine's.
        engine: who judged ("user" where it was corrected).
        reason: why it was judged so, where that was said.
    """

    target: str
    thread: str
    name: str
    value: str
    evidence: tuple[Evidence, ...]
    answer: str | None = None
    confidence: float = 1.0
    engine: str = ""
    reason: str = ""

    @property
    def start_s(self) -> float | None:
        """When the first of its evidence was said."""
        return next((e.start_s for e in self.evidence if e.start_s is not None), None)


def passages(state: SessionState) -> tuple[Passage, ...]:
    """Give the whole transcript in the order of time."""
    found = [
        Passage(
            "interviewer", u.at_s, (), u.text if u.heard is None else (u.heard or u.text), u.thread, None, u.purpose
        )
        for u in state.utterances
    ]
    for answer in state.answers.values():
        words = answer.record
        if words:
            start_s = words[0].start_s or answer.at_s
            text = " ".join(word.text for word in words)
            found.append(Passage("candidate", start_s, words, text, answer.thread, answer.answer))
    return tuple(sorted(found, key=lambda each: each.start_s))


def paragraphs(rows: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Give the transcript with long answers in paragraphs: easier to read, and quick to draw word by word."""
    return tuple(paragraph for row in rows for paragraph in _parted(row))


def _parted(row: Passage) -> Iterator[Passage]:
    first = 0
    for end, word in enumerate(row.words, 1):
        full = end - first >= PARAGRAPH_WORDS and word.text.endswith((".", "?", "!"))
        if len(row.words) - end >= SHORTEST_PARAGRAPH and (full or end - first >= LONGEST_PARAGRAPH):
            yield _part(row, first, end)
            first = end
    yield _part(row, first, len(row.words)) if first else row


def _part(row: Passage, first: int, end: int) -> Passage:
    words = row.words[first:end]
    text = " ".join(word.text for word in words)
    return replace(row, start_s=words[0].start_s, words=words, text=text, continued=first > 0)


def findings(state: SessionState) -> tuple[Finding, ...]:
    """Give every judgement of a session, thread by thread: replies, facets with their outcomes, signals."""
    return tuple(_findings(state))


def _findings(state: SessionState) -> Iterator[Finding]:
    for thread in state.threads.values():
        for facet in thread.tests:
            progress = thread.facets[facet]
            yield Finding(
                "facet", thread.thread, facet.value, progress.state.value, progress.evidence, None, progress.confidence
            )
            if progress.outcome is not None:
                yield Finding(
                    "outcome",
                    thread.thread,
                    facet.value,
                    progress.outcome.value,
                    progress.outcome_evidence,
                    reason=progress.reason,
                )
        for probe in thread.probes:
            if probe.reply is not None:
                yield Finding(
                    "reply",
                    thread.thread,
                    probe.facet.value,
                    probe.reply.value,
                    probe.evidence,
                    probe.answer,
                    probe.confidence,
                    probe.judged_by,
                )
        for signal in thread.signals:
            yield Finding(
                "signal",
                thread.thread,
                signal.signal.value,
                signal.signal.value,
                signal.evidence,
                signal.answer,
                signal.confidence,
                signal.engine,
            )


def word_at(words: tuple[Word, ...], position_s: float) -> int | None:
    """Give the index of the word that is being said at a moment, or None before the first and after the last."""
    if not words or position_s < words[0].start_s or position_s > words[-1].end_s:
        return None
    return bisect_right([word.start_s for word in words], position_s) - 1


def passage_at(rows: tuple[Passage, ...], position_s: float) -> int | None:
    """Give the index of the passage at a moment, or None before the first."""
    index = bisect_right([row.start_s for row in rows], position_s) - 1
    return index if index >= 0 else None


def answer_starts(rows: tuple[Passage, ...]) -> tuple[float, ...]:
    """Give the moments at which the candidate begins to answer."""
    return tuple(row.start_s for row in rows if row.speaker == "candidate" and not row.continued)


def beside(moments: tuple[float, ...], position_s: float, step: int) -> float | None:
    """Give the next (`step` 1) or previous (-1) of some moments, or None if there is none.

    Within a second after a moment, the previous one is the one before it: so that one can go back twice.
    """
    if step > 0:
        return next((m for m in moments if m > position_s + 0.05), None)
    return next((m for m in reversed(moments) if m < position_s - 1.0), None)


def found_words(rows: tuple[Passage, ...], words: str) -> tuple[float, ...]:
    """Give the moments at which some words are said, letter case apart, by either side; the last may be a beginning.

    The interviewer's words have no times of their own: they are found where the passage begins.
    """
    wanted = [_bare(word) for word in words.split()]
    moments: list[float] = []
    for row in rows:
        said = [_bare(word) for word in row.text.split()] if not row.words else [_bare(w.text) for w in row.words]
        for at in range(len(said) - len(wanted) + 1):
            last = at + len(wanted) - 1
            if wanted and said[at:last] == wanted[:-1] and said[last].startswith(wanted[-1]):
                moments.append(row.words[at].start_s if row.words else row.start_s)
    return tuple(dict.fromkeys(moments))


def _bare(word: str) -> str:
    return word.lower().replace("’", "'").strip(".,;:!?…\"'()“”")


def sound_of(folder: SessionFolder) -> tuple[float, bool]:
    """Give the length of a session's sound, seconds, and whether there is any."""
    length_s = max(recorded_s(folder.candidate), recorded_s(folder.interviewer))
    return length_s, length_s > 0


def reader(folder: SessionFolder) -> _Mix:
    """Give the way to read both sides of a session as one sound; a side that cannot be read is silent."""
    return _Mix(folder)


def broken_sides(folder: SessionFolder) -> tuple[str, ...]:
    """Give whose recordings are there and cannot be read: "candidate", "interviewer"."""
    sides = {"candidate": folder.candidate, "interviewer": folder.interviewer}
    return tuple(side for side, path in sides.items() if path.exists() and not _readable(path))


def _readable(path: Path) -> bool:
    try:
        read_sound(path, 0.0, 0.0)
    except BadInputError:
        return recorded_s(path) == 0
    return True


class _Mix:
    """Both tracks of a session added up; a callable from (start, end) in seconds to int16 samples."""

    def __init__(self, folder: SessionFolder) -> None:
        broken = broken_sides(folder)
        sides = {"candidate": folder.candidate, "interviewer": folder.interviewer}
        self._tracks = [path for side, path in sides.items() if recorded_s(path) > 0 and side not in broken]

    def __call__(self, start_s: float, end_s: float) -> NDArray[np.int16]:
        length = round((end_s - start_s) * RATE_HZ)
        mixed = np.zeros(length, np.int32)
        for path in self._tracks:
            samples = read_sound(path, start_s, end_s)[:length]
            mixed[: len(samples)] += samples
        return np.clip(mixed, -32768, 32767).astype(np.int16)
