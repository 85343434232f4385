"""What a recognizer is: sound of one answer after the other in, words that come and are confirmed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simulator.domain.hearing import Confirmed, FillersFound, Partial, RecognizerChanged, Revised

RATE_HZ = 16_000
"""The rate of all sound inside, mono."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything that was said in an answer has been confirmed; nothing but a second look follows for it."""

    answer: str


Result = Partial | Confirmed | Finished | Revised | FillersFound | RecognizerChanged
"""Anything that a recognizer gives."""


class Recognizer(Protocol):
    """Turns the sound of answers into words.

    The calls `begin`, `feed`, `pause` and `finish` come in this order, from one thread. None of them waits for
    recognition. The sound of an answer is one unbroken stretch that begins at `start_s` of the session's clock.
    """

    @property
    def engine(self) -> str:
        """Name of what recognizes, as the record shows it."""

    @property
    def backlog_s(self) -> float:
        """Sound that was fed and not yet taken in, seconds; who feeds faster than real time waits while it is long."""

    @property
    def busy(self) -> bool:
        """Whether anything is under way: an answer to be finished, a second look, a search for fillers."""

    def begin(self, answer: str, start_s: float) -> None:
        """Begin an answer; one that was not finished is finished first.

        Args:
            answer: the answer's id.
            start_s: when the sound that is fed next begins, seconds since the session began.
        """

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take sound of the answer: float32, -1 to 1, mono, 16 kHz, of any length. Without an answer it is ignored."""

    def pause(self) -> None:
        """Take it that the voice has paused: what is there is looked at with full care and confirmed."""

    def finish(self) -> None:
        """End the answer: the rest is confirmed, then `Finished` follows."""

    def poll(self) -> list[Result]:
        """Give what has come since the last call, oldest first; never waits."""

    def close(self) -> None:
        """End at once; results that are under way are lost."""
