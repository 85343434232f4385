"""What the speaking room gives and takes: sound as plain arrays of samples, and what was really played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound.

    Attributes:
        samples: 16-bit signed little-endian PCM bytes.
        rate_hz: samples a second.
    """

    samples: bytes
    rate_hz: int

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / 2 / self.rate_hz


@dataclass(frozen=True, slots=True)
class Spoken:
    """What became of an utterance.

    Attributes:
        heard: the words that were really played (whole words, judged by the share of sound played).
        complete: whether all of it was played.
        started_at_s: when the first sample was played, seconds since the session began.
        ended_at_s: when the last sample was played.
    """

    heard: str
    complete: bool
    started_at_s: float
    ended_at_s: float


class Voice(Protocol):
    """Words in, sound out."""

    @property
    def engine(self) -> str:
        """Name and version of the engine and voice, as the record shows it."""

    def synthesize(self, text: str) -> Iterator[Sound]:
        """Give the sound of a text sentence by sentence, so that the first can be played while the next is made.

        Raises:
            ModelError: the engine or voice is missing or gave nothing within its time limit.
            ServerError: a voice server cannot be reached or answers rubbish.
        """

    def close(self) -> None:
        """End the engine's process, if it has one."""
