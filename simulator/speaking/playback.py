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

FARTHEST_BACK_S, LEAST_BACK_S = 0.8, 0.15
"""How far before a cut a sound goes on after it: at least the sounds that were lost in the cut, at most two words."""

GAP_S = 0.04
"""The length of a gap between two words."""


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

    def hold(self) -> None:
        """Be silent at once, and wait where the sound was cut; also before it has begun. Ends with the utterance."""

    def go_on(self) -> None:
        """Go on after `hold`, from the beginning of the word that was cut."""

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


def resume_at(samples: NDArray[np.int16], at: int, rate_hz: int) -> int:
    """Give the sample from which a sound that was cut at a sample is to be played again, so that it is understood.

    That is the quietest place, most likely between two words, a little before the cut.

    Args:
        samples: the sound.
        at: where it was cut.
        rate_hz: samples a second.
    """
    earliest, latest = at - round(FARTHEST_BACK_S * rate_hz), at - round(LEAST_BACK_S * rate_hz)
    if earliest <= 0:
        return 0
    size = round(GAP_S * rate_hz)
    energy = np.concatenate([[0.0], np.cumsum(samples[earliest : latest + size].astype(np.float64) ** 2)])
    return earliest + int(np.argmin(energy[size:] - energy[:-size])) + size // 2


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
