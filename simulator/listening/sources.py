"""Where sound comes from: the source protocol, and sources that are a recording or a script."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import soxr

from simulator.domain.speech import Sound
from simulator.listening.decoding import RATE_HZ, Samples, decode

BLOCK = 160
"""Samples in a block: 10 ms at 16 kHz, which is also the echo canceller's frame."""

BLOCK_S = BLOCK / RATE_HZ

LOOK_AHEAD_S = 3.0
"""How far a recording is read ahead, to know that nothing but silence is left of it."""

QUIET_PEAK = 0.003
"""A block under this peak (-50 dBFS) is taken for silence when the end of a recording is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """10 ms of sound.

    Attributes:
        samples: float32, mono, 16 kHz, shape (160,), -1 to 1.
        position_s: seconds of sound that the source delivered before this block.
    """

    samples: Samples
    position_s: float


@dataclass(frozen=True, slots=True)
class Lost:
    """The device vanished or delivers nothing but digital silence; silent blocks go on meanwhile."""

    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """The device works again; `gap_s` seconds were filled with silence."""

    gap_s: float


@dataclass(frozen=True, slots=True)
class Ended:
    """The recording is over; said once, silence goes on."""


Delivery = Block | Lost | Resumed | Ended
"""What a source gives."""


class Source(Protocol):
    """Delivers 16 kHz mono sound in blocks of 10 ms; its running position is the session's clock."""

    @property
    def name(self) -> str:
        """The device or file, as the screen shows it."""

    @property
    def fast(self) -> bool:
        """Whether sound comes as quickly as it is read, rather than at the speed of real time."""

    @property
    def waits(self) -> bool:
        """Whether the candidate's sound waits while it is held: nothing is said over the interviewer's voice."""

    @property
    def overflows(self) -> int:
        """How often sound was lost because it was not read in time."""

    def read(self, timeout_s: float) -> Delivery | None:
        """Give what comes next, or None if nothing came within the time.

        Raises:
            DeviceError: the device cannot be opened at all.
        """

    def hold(self) -> None:
        """It is not the candidate's turn: a source that can wait delivers silence from now on."""

    def release(self) -> None:
        """It is the candidate's turn."""

    def advance(self, seconds: float) -> None:
        """Let time pass while held, where time does not pass by itself (a fast source)."""

    def close(self) -> None:
        """Let go of the device or file; `read` gives None from then on."""


class _PacedSource(ABC):
    """A source that makes its own time: at the speed of a clock, or as fast as it is read.

    Args:
        name: as the screen shows it.
        fast: whether to run ahead of the clock.
        waits: whether the candidate's sound waits while it is held.
        clock: monotonic seconds.
    """

    def __init__(self, name: str, fast: bool, waits: bool, clock: Callable[[], float]) -> None:
        self.name = name
        self.fast = fast
        self.waits = waits
        self.overflows = 0
        self._clock = clock
        self._began_s: float | None = None
        self._delivered = 0
        self._credit = 0
        self._held = waits
        self._closed = False
        self._changed = threading.Condition()

    @abstractmethod
    def _ended(self) -> bool:
        """Tell, once, that there will be nothing but silence from here on."""

    @abstractmethod
    def _waits(self) -> bool:
        """Tell whether a fast source, though released, waits for something to say."""

    @abstractmethod
    def _next(self) -> Samples | None:
        """Give the next block of the candidate's sound; None for silence."""

    def read(self, timeout_s: float) -> Delivery | None:
        """Give what comes next, or None if nothing came within the time."""
        deadline = self._clock() + timeout_s
        with self._changed:
            while not self._closed:
                if self._ended():
                    return Ended()
                wait_s = self._due_in_s()
                if wait_s <= 0:
                    return self._deliver()
                left_s = deadline - self._clock()
                if left_s <= 0:
                    return None
                self._changed.wait(min(wait_s, left_s))
        return None

    def _due_in_s(self) -> float:
        """Give how long until the next block is due; endless where only somebody else can bring it about."""
        if self.fast:
            stopped = self._credit == 0 and (self._held or self._waits())
            return threading.TIMEOUT_MAX if stopped else 0.0
        if self._began_s is None:
            self._began_s = self._clock()
        return self._began_s + (self._delivered + BLOCK) / RATE_HZ - self._clock()

    def _deliver(self) -> Block:
        samples = None
        if self._held or (self.fast and self._waits()):
            self._credit = max(0, self._credit - 1)
        else:
            samples = self._next()
        block = Block(np.zeros(BLOCK, np.float32) if samples is None else samples, self._delivered / RATE_HZ)
        self._delivered += BLOCK
        return block

    def hold(self) -> None:
        """Deliver silence; in fast mode nothing but what `advance` asks for."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        """Deliver the candidate's sound."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Let a fast source deliver so much silence while held; time passes by itself in real speed."""
        if self.fast:
            with self._changed:
                self._credit += round(seconds / BLOCK_S)
                self._changed.notify_all()

    def close(self) -> None:
        """End it; `read` gives None from then on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class FileSource(_PacedSource):
    """A recording in the microphone's place; it waits while it is not the candidate's turn.

    Args:
        path: a file that PyAV can decode (WAV, FLAC, MP3, M4A, OGG and more).
        fast: whether to deliver it as fast as it is read.
        clock: monotonic seconds.

    Raises:
        BadInputError: the file is missing, unreadable, holds no sound, or is too long.
    """

    def __init__(self, path: Path, *, fast: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(path.name, fast, True, clock)
        self._decoded: Iterator[Samples] | None = decode(path)
        self._rest = np.zeros(0, np.float32)
        self._ahead: deque[Samples] = deque()
        self._told_end = False
        self._read_ahead()

    def _read_ahead(self) -> None:
        while self._decoded is not None and len(self._ahead) * BLOCK_S < LOOK_AHEAD_S:
            more = next(self._decoded, None)
            if more is None:
                self._decoded = None
                more = np.zeros(-len(self._rest) % BLOCK, np.float32)
            self._rest = np.concatenate([self._rest, more])
            whole = len(self._rest) // BLOCK
            self._ahead.extend(self._rest[: whole * BLOCK].reshape(whole, BLOCK))
            self._rest = self._rest[whole * BLOCK :]

    def _over(self) -> bool:
        return self._decoded is None and all(float(np.abs(block).max()) < QUIET_PEAK for block in self._ahead)

    def _ended(self) -> bool:
        if self._told_end or not self._over():
            return False
        self._told_end = True
        return True

    def _waits(self) -> bool:
        return False

    def _next(self) -> Samples | None:
        if not self._ahead:
            return None
        block = self._ahead.popleft()
        self._read_ahead()
        return block


class ScriptedSource(_PacedSource):
    """A candidate whose speech is put in piece by piece: for the demonstration and for tests.

    In fast mode time stands still from the beginning of a turn until something is said, so that whoever
    makes the speech may take their time; after it silence follows by itself.

    Args:
        name: as the screen shows it.
        fast: whether to deliver as fast as it is read.
        polite: whether to hold one's tongue while it is not the candidate's turn.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        name: str = "script",
        *,
        fast: bool = False,
        polite: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(name, fast, polite, clock)
        self._queue: deque[Samples] = deque()
        self._said_this_turn = False

    def say(self, sound: Sound, after_s: float = 0.0) -> None:
        """Queue speech.

        Args:
            sound: what the candidate says, any rate.
            after_s: silence before it, after what is queued already.
        """
        samples = np.frombuffer(sound.samples, np.int16).astype(np.float32) / np.float32(32768)
        if sound.rate_hz != RATE_HZ:
            samples = soxr.resample(samples, sound.rate_hz, RATE_HZ)
        self.say_samples(samples, after_s)

    def say_samples(self, samples: npt.NDArray[np.float32], after_s: float = 0.0) -> None:
        """Queue speech that is 16 kHz mono already, after so much silence."""
        whole = np.concatenate([np.zeros(round(after_s * RATE_HZ), np.float32), samples.astype(np.float32)])
        whole = np.concatenate([whole, np.zeros(-len(whole) % BLOCK, np.float32)])
        with self._changed:
            self._queue.extend(whole.reshape(-1, BLOCK))
            self._said_this_turn = True
            self._changed.notify_all()

    def hold(self) -> None:
        """Hold one's tongue, if polite."""
        with self._changed:
            self._held = self.waits
            self._said_this_turn = bool(self._queue)

    def _ended(self) -> bool:
        return False

    def _waits(self) -> bool:
        return not self._said_this_turn

    def _next(self) -> Samples | None:
        return self._queue.popleft() if self._queue else None
