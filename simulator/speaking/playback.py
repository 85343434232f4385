"""What every player has: its interface, the feed of sounds, the account of what was really played."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import soxr
from numpy.typing import NDArray

from simulator.domain.speech import Sound, Spoken
from simulator.speaking.sentences import audible_span, heard_of, sentences

TRACK_RATE_HZ = 16_000
"""Rate of the interviewer's recording: the one rate inside the program."""

Track = Callable[[NDArray[np.int16], float], None]
"""Takes what was played: 16-bit mono samples at `TRACK_RATE_HZ`, and their place in seconds since the session began."""

Clock = Callable[[], float]
"""The session's clock, seconds since it began."""


class Player(Protocol):
    """Plays one utterance at a time."""

    async def play(self, sounds: Iterator[Sound], text: str, on_start: Callable[[], None]) -> Spoken:
        """Play an utterance, and give what was really heard of it.

        Args:
            sounds: one sound for each of the text's `sentences`, in order; taken on the player's own
                thread, so that the next one may be made while one is played.
            text: the words.
            on_start: called in the event loop with the first sample.

        Raises:
            DeviceError: the device vanished and did not come back.
            ModelError: `sounds` raised it.
            ServerError: likewise.
        """

    def stop(self) -> None:
        """Be silent at once; the running `play` returns. May be called from any thread."""

    def close(self) -> None:
        """End the device's stream and the player's threads."""


@dataclass(slots=True)
class Stretch:
    """One sentence on its way through a player.

    Attributes:
        sentence: its words.
        audible: first and last audible sample of its sound, at its own rate.
        length: samples of its sound.
        share: share of the audible sound that has been played, 0 to 1.
    """

    sentence: str
    audible: tuple[int, int]
    length: int
    share: float = 0.0

    def played(self, fraction: float) -> None:
        """Note that this fraction of the whole sound, silence included, has been played."""
        begin, end = self.audible
        if fraction >= 1.0 or end <= begin:
            self.share = min(1.0, max(0.0, fraction))
        else:
            self.share = min(1.0, max(0.0, (fraction * self.length - begin) / (end - begin)))


def stretch_of(sound: Sound, sentence: str) -> Stretch:
    """Make the account of one sentence's sound."""
    samples = np.frombuffer(sound.samples, "<i2")
    return Stretch(sentence, audible_span(samples), len(samples))


def heard(stretches: list[Stretch]) -> str:
    """Give the words that were really played."""
    return heard_of((stretch.sentence, stretch.share) for stretch in stretches)


def at_rate(sound: Sound, rate_hz: int) -> NDArray[np.int16]:
    """Give a sound's samples at another rate."""
    samples = np.frombuffer(sound.samples, "<i2")
    if sound.rate_hz == rate_hz:
        return samples
    converted: NDArray[np.int16] = soxr.resample(samples, sound.rate_hz, rate_hz)
    return converted


class Feed:
    """Takes an utterance's sounds one by one on a thread of its own, so that synthesis never blocks the event loop."""

    def __init__(self, pool: ThreadPoolExecutor, sounds: Iterator[Sound], text: str, stopped: asyncio.Event) -> None:
        self._pool = pool
        self._sounds = sounds
        self._sentences = iter(sentences(text))
        self._stopped = stopped

    async def next(self) -> tuple[Sound, Stretch] | None:
        """Give the next sound and its account; None after the last one, or as soon as the player is stopped.

        Raises:
            ModelError: the voice cannot go on.
            ServerError: likewise.
        """
        made = asyncio.get_running_loop().run_in_executor(self._pool, lambda: next(self._sounds, None))
        if not await unless_stopped(made, self._stopped):
            made.add_done_callback(_forget)
            return None
        sound = made.result()
        return (sound, stretch_of(sound, next(self._sentences, ""))) if sound is not None else None


async def unless_stopped(wanted: asyncio.Future[Sound | None] | asyncio.Task[None], stopped: asyncio.Event) -> bool:
    """Wait for something or for the stop, whatever comes first; tells whether the first has come."""
    stopping = asyncio.ensure_future(stopped.wait())
    try:
        await asyncio.wait({wanted, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopping.cancel()
    return wanted.done() and not stopped.is_set()


def _forget(made: asyncio.Future[Sound | None]) -> None:
    """Take note of the failure of a sound that nobody wants any more."""
    if not made.cancelled():
        made.exception()
