"""Whether an answer's last sentence sounds like its last: a small word model trained on whole answers and replies."""

from __future__ import annotations

import itertools
import json
import math
import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.domain.errors import ModelError

WEIGHTS = Path(__file__).resolve().parent / "weights" / "closing.json"

SHORT = 4
"""A last sentence of fewer words is read together with the one before it ("So. Yeah, that.")."""

LEAST_WORDS = 10
"""Shorter answers count as this long: "I don't know." is a whole reply, and too rare in the data to be learned."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[a-z']+")


def features(text: str) -> tuple[frozenset[str], int]:
    """Give the last sentence's features and its length in words.

    The features are its words and pairs of words, how it begins (`^`) and how it ends (`$`).

    Args:
        text: the answer so far, or its last few sentences.
    """
    sentences = [s for s in _SENTENCE_END.split(text.lower().replace("’", "'").strip()) if s]
    last = sentences[-1] if sentences else ""
    if len(last.split()) < SHORT and len(sentences) > 1:
        last = f"{sentences[-2]} {last}"
    words = _WORD.findall(last)
    found = {f"w {word}" for word in words} | {f"w {a} {b}" for a, b in itertools.pairwise(words)}
    if words:
        found |= {f"^ {' '.join(words[:n])}" for n in (1, 2, 3)} | {f"$ {' '.join(words[-n:])}" for n in (1, 2)}
    return frozenset(found), len(words)


def shape(words_so_far: int, last_words: int, initial: bool) -> tuple[float, ...]:
    """Give the dense features: constant, length so far, its square, and length of the last sentence, in logs.

    Lengths are against the usual ones: 200 words of an initial answer, 40 of a reply, 15 of a sentence.
    """
    so_far = math.log(max(LEAST_WORDS, words_so_far) / (200 if initial else 40))
    last = math.log(max(1, last_words) / 15)
    return (1.0, so_far, last, so_far * so_far)


class ClosingModel(BaseModel):
    """Log odds that a sentence is an answer's last.

    Attributes:
        words: weight of each feature that `features` gives.
        initial: weights of what `shape` gives, for initial answers.
        reply: the same, for replies.
    """

    model_config = ConfigDict(frozen=True)

    words: dict[str, float]
    initial: tuple[float, float, float, float]
    reply: tuple[float, float, float, float]

    def log_odds(self, text: str, words_so_far: int, initial: bool) -> float:
        """Give the log odds that the answer ends with the last sentence of `text`."""
        found, length = features(text)
        dense = self.initial if initial else self.reply
        wide = sum(self.words.get(feature, 0.0) for feature in found)
        return wide + sum(w * x for w, x in zip(dense, shape(words_so_far, length, initial), strict=True))


@cache
def shipped_model() -> ClosingModel:
    """Give the model that comes with the program.

    Raises:
        ModelError: its file is missing or damaged.
    """
    try:
        return ClosingModel.model_validate(json.loads(WEIGHTS.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise ModelError(f"The weights {WEIGHTS.name} are missing or damaged.", "Install the program again.") from error
