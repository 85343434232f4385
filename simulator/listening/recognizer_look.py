"""What a look at a stretch of sound gives, whoever looks, and the guards against what was never said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.domain.words import Word
from simulator.listening.wordstream import plain

RATE_HZ = 16_000
WINDOW_S = 30.0
"""The most sound that a look can take."""

PAD_S = 2.0
"""Silence after the sound: with less, Whisper loops or ends early (10.4 % words wrong with 30 s, 12.1 % with 2 s,
19 % with 1 s, 23 % with 0.5 s of padding, measured on segments cut at short pauses)."""

NO_SPEECH = 0.6
POOR = -1.0
"""Whisper's own rule: no speech where it says so with 0.6 and the words' mean log probability is under -1."""

LONGEST_LOOP = 14
"""Tokens of a phrase that is looked for as a loop."""

NO_LENGTH_S = 0.03
"""A word shorter than this has no sound of its own."""

Sound = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What is heard in a stretch of sound.

    Attributes:
        words: with times in seconds on the caller's clock.
        tokens: the text's tokens, where there are any.
        no_speech: probability that there is no speech.
        mean_log_probability: of a token.
        looped: whether the hypothesis repeated itself and was cut before the second repetition.
    """

    words: tuple[Word, ...] = ()
    tokens: tuple[int, ...] = ()
    no_speech: float = 0.0
    mean_log_probability: float = 0.0
    looped: bool = False

    @property
    def silent(self) -> bool:
        """Whether it is to be taken for no speech: the model says so and the words are poor."""
        return self.no_speech > NO_SPEECH and self.mean_log_probability < POOR


class Looker(Protocol):
    """Looks at sound and gives words."""

    @property
    def engine(self) -> str:
        """Name of what recognizes."""

    def look(self, samples: Sound, start_s: float = 0.0, *, beam: int = 1, pad_s: float = PAD_S) -> Look:
        """Recognize a stretch of sound of at most 30 s.

        Args:
            samples: float32, mono, 16 kHz.
            start_s: when it begins on the caller's clock.
            beam: hypotheses that are kept while decoding.
            pad_s: silence that is put after it.
        """


def cut_loop(tokens: list[int]) -> list[int]:
    """Give the tokens up to where a phrase begins to repeat itself for good, or all of them.

    A phrase said three times over is a loop (a pair of tokens four times, a single token six times): people do
    say "words, words, words, words", but not a sentence three times.
    """
    for begin in range(len(tokens)):
        for size in range(1, LONGEST_LOOP + 1):
            times = 6 if size == 1 else 4 if size == 2 else 3
            if begin + size * times > len(tokens):
                break
            phrase = tokens[begin : begin + size]
            if all(tokens[begin + i * size : begin + (i + 1) * size] == phrase for i in range(1, times)):
                return tokens[: begin + size]
    return tokens


def echoed(words: Sequence[Word]) -> int:
    """Give how many words at the end only say again the words before them, with no sound of their own.

    After a short padding Whisper may write a sentence twice; words of one of the two have no length then.
    """
    texts = [plain(word.text) for word in words]
    for size in range(len(words) // 2, 0, -1):
        if texts[-size:] == texts[-2 * size : -size] and any(
            word.end_s - word.start_s < NO_LENGTH_S for word in words[-2 * size :]
        ):
            return size
    return 0
