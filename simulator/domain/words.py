"""Words with their times, the evidence that points at them, and the plain text they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """One word as recognized (or typed).

    Attributes:
        text: the word with its punctuation, no surrounding space.
        start_s: start in seconds since the session began; 0 for typed words.
        end_s: end in seconds since the session began.
        probability: the recognizer's, 0 to 1; 1 for typed words.
    """

    text: str
    start_s: float = 0.0
    end_s: float = 0.0
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The candidate's own words that show a judgement.

    Attributes:
        quote: the words, verbatim as they stand in the answer's text (single spaces).
        answer: id of the answer that they were said in.
        first_word: index of the first word in the answer, or None where the place is not known.
        last_word: index of the last word (inclusive).
        start_s: start of the first word in seconds since the session began.
        end_s: end of the last word.
    """

    quote: str
    answer: str | None = None
    first_word: int | None = None
    last_word: int | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Filler:
    """A filled pause ("um", "uh") found in the sound or in the words.

    Attributes:
        text: "um", "uh" or another filler as written.
        start_s: start in seconds since the session began.
        end_s: end in seconds since the session began.
        probability: how sure the detector is, 0 to 1.
        source: "sound" or "words".
    """

    text: str
    start_s: float
    end_s: float
    probability: float = 1.0
    source: str = "sound"


FILLED_PAUSES = frozenset({"um", "uh", "uhm", "umm", "er", "erm", "hm", "hmm", "mm", "mhm", "ah", "eh", "uhh"})
"""Sounds that a transcriber may write for a filled pause."""

SAME_FILLER_S = 0.3
"""A filler in the words and one in the sound this close are one."""


def is_filler(word: Word) -> bool:
    """Tell whether a word is a filled pause, as written."""
    return word.text.lower().strip(".,;:!?…-–—\"'") in FILLED_PAUSES


def fillers_of(words: Iterable[Word], heard: Iterable[Filler]) -> tuple[Filler, ...]:
    """Give the filled pauses in the words and in the sound, each once, by time."""
    sound = tuple(heard)
    written = [
        Filler(w.text.strip(".,;:!?…-–—\"'"), w.start_s, w.end_s, w.probability, "words")
        for w in words
        if is_filler(w)
        and not any(abs((f.start_s + f.end_s) / 2 - (w.start_s + w.end_s) / 2) <= SAME_FILLER_S for f in sound)
    ]
    return tuple(sorted([*sound, *written], key=lambda each: each.start_s))


def text_of(words: Iterable[Word]) -> str:
    """Give the words as running text, single spaces between them."""
    return " ".join(word.text for word in words)


def words_of(text: str, start_s: float = 0.0, duration_s: float = 0.0) -> tuple[Word, ...]:
    """Split typed text into words, spread evenly over a duration where one is given.

    Args:
        text: the answer as typed.
        start_s: when it began, seconds since the session began.
        duration_s: how long it would take to say; 0 puts all words at `start_s`.
    """
    parts = text.split()
    step = duration_s / len(parts) if parts else 0.0
    return tuple(Word(part, start_s + i * step, start_s + (i + 1) * step) for i, part in enumerate(parts))


def locate(quote: str, words: Sequence[Word], answer: str | None = None) -> Evidence:
    """Find a quote in an answer's words, and give it with its place and times.

    A quote that does not stand on word borders is widened to them. A quote that cannot be found is
    given without a place.

    Args:
        quote: words as they stand in `text_of(words)`, letter case and white space apart.
        words: the answer's words.
        answer: the answer's id.
    """
    wanted = " ".join(quote.lower().split())
    text = text_of(words)
    at = text.lower().find(wanted) if wanted else -1
    if at < 0:
        return Evidence(quote=quote, answer=answer)
    first = text.count(" ", 0, at)
    last = text.count(" ", 0, at + len(wanted))
    return Evidence(
        quote=text_of(words[first : last + 1]),
        answer=answer,
        first_word=first,
        last_word=last,
        start_s=words[first].start_s,
        end_s=words[last].end_s,
    )
