"""Text for the voice: cut into sentences, and told by the share of sound how much of it was heard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

AUDIBLE = 200
"""Sample value (of 32,767; -44 dBFS) under which the edges of a sentence's sound count as silence: engines pad
with zeros or with a faint noise far below it."""

_END = re.compile(r"([.!?…][\"'”’)\]]*) (?=[\"'“‘(\[]?[A-Z0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|a\.m|p\.m)|\b[A-Z])\.$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def sentences(text: str) -> list[str]:
    """Cut a text into sentences; abbreviations and initials end none. White space is made even."""
    found: list[str] = []
    even = " ".join(_CONTROL.sub(" ", text).split())
    ends = [match.end(1) for match in _END.finditer(even)]
    for begin, end in pairwise([0, *ends, len(even)]):
        piece = even[begin:end].strip()
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += " " + piece
        elif piece:
            found.append(piece)
    return found


def audible_span(samples: NDArray[np.int16]) -> tuple[int, int]:
    """Give where the sound in some samples begins and ends, as indices; (0, n) if it is never loud enough to tell."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > AUDIBLE)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(samples))


def words_heard(sentence: str, share: float) -> str:
    """Give the whole words of a sentence that had been said when this share (0 to 1) of its sound had been played.

    A word's length in letters stands for its length in time.
    """
    words = sentence.split()
    total = sum(_length(word) for word in words)
    said = 0
    heard: list[str] = []
    for word in words:
        said += _length(word)
        if said > share * total + 1e-9:
            break
        heard.append(word)
    return " ".join(heard)


def _length(word: str) -> int:
    return len(word) + 1


def heard_of(parts: Iterator[tuple[str, float]]) -> str:
    """Join what was heard of several sentences.

    Args:
        parts: sentence and share of its sound that was played, in order.
    """
    return " ".join(filter(None, (words_heard(sentence, share) for sentence, share in parts)))
