"""A player without a device: a sentence takes its time on a given clock and goes into the record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from simulator.domain.speech import Sound, Spoken
from simulator.speaking.playback import (
    TRACK_RATE_HZ,
    Clock,
    Feed,
    Stretch,
    Track,
    at_rate,
    heard,
    resume_at,
    unless_stopped,
)


class SilentPlayer:
    """Plays to nobody: takes a sound's time on a given clock, keeps the record, and can be stopped like a real one.

    Args:
        now_s: the session's clock.
        wait: lets that many seconds of the session's time go by: `asyncio.sleep` in real time; a faster
            session's own way of moving its clock otherwise.
        recording: takes what was "played", for the interviewer's track.
    """

    SLICE_S = 0.1
    """How finely a stop is noticed, and how much is given to the recording at a time."""

    def __init__(
        self, now_s: Clock, wait: Callable[[float], Awaitable[None]], *, recording: Track | None = None
    ) -> None:
        self._now_s = now_s
        self._wait = wait
        self._recording = recording
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._held = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="player-feed")

    async def play(self, sounds: Iterator[Sound], text: str, on_start: Callable[[], None]) -> Spoken:
        """Let the utterance's time go by."""
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        feed = Feed(self._pool, sounds, text, self._stopped)
        started_s: float | None = None
        stretches: list[Stretch] = []
        while (fed := await feed.next()) is not None:
            if started_s is None:
                started_s = self._now_s()
                on_start()
            sound, stretch = fed
            stretches.append(stretch)
            await self._pass(at_rate(sound, TRACK_RATE_HZ), stretch)
        self._held = False
        ended_s = self._now_s()
        return Spoken(
            heard(stretches), not self._stopped.is_set(), ended_s if started_s is None else started_s, ended_s
        )

    async def _pass(self, samples: NDArray[np.int16], stretch: Stretch) -> None:
        step = round(self.SLICE_S * TRACK_RATE_HZ)
        begun_s = self._now_s()
        at = 0
        while at < len(samples):
            if self._held:
                if not await self._until(self._now_s() + self.SLICE_S):
                    return
                if not self._held:
                    at = resume_at(samples, at, TRACK_RATE_HZ)
                    begun_s = self._now_s() - at / TRACK_RATE_HZ
                continue
            piece = samples[at : at + step]
            if self._recording is not None:
                self._recording(piece, begun_s + at / TRACK_RATE_HZ)
            at += len(piece)
            # Towards a point in time and not by a length, so that the waits' overshoots do not add up.
            if not await self._until(begun_s + at / TRACK_RATE_HZ):
                return
            stretch.played(at / len(samples))

    async def _until(self, at_s: float) -> bool:
        """Let time go by until then; tells whether it did before a stop."""
        waiting = asyncio.ensure_future(self._wait(max(0.0, at_s - self._now_s())))
        if not await unless_stopped(waiting, self._stopped):
            waiting.cancel()
            return False
        return True

    def hold(self) -> None:
        """Wait after the slice that is being played."""
        self._held = True

    def go_on(self) -> None:
        """Go on with the word that was cut."""
        self._held = False

    def stop(self) -> None:
        """End the utterance."""
        self._held = False
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)

    def close(self) -> None:
        """End the player's thread."""
        self.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)
