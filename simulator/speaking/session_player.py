"""Plays a stored session: from any moment, at any speed without changing the pitch, with an exact position."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction

import av
import av.filter
import av.filter.context
import numpy as np
import sounddevice as sd
from numpy.typing import NDArray

from simulator.domain.errors import DeviceError

RATE_HZ = 16_000
"""Rate of the recordings."""

BLOCK = 160
"""Samples a block: 10 ms, so that a jump is heard with the next block."""

AHEAD_S = 0.25
"""How much sound is made ahead of the device: enough for a busy machine, thrown away at a jump."""

PIECE_S = 0.1
"""How much of the recording is read at a time."""

SPEEDS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)
"""The speeds there are to choose from."""

Read = Callable[[float, float], NDArray[np.int16]]
"""Gives the session's sound from one second to another: int16, mono, `RATE_HZ`."""


def stretched(pieces: Iterator[NDArray[np.int16]], speed: float) -> Iterator[NDArray[np.int16]]:
    """Give sound at another speed with its pitch kept (FFmpeg's `atempo`, through PyAV).

    Args:
        pieces: int16, mono, `RATE_HZ`.
        speed: 0.5 to 2.
    """
    if speed == 1.0:
        yield from pieces
        return
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE_HZ, format="s16", layout="mono", time_base=Fraction(1, RATE_HZ))
    tempo = graph.add("atempo", f"{speed}")
    sink = graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    at = 0
    for piece in pieces:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE_HZ
        frame.pts = at
        at += len(piece)
        source.push(frame)
        yield from _pulled(sink)
    source.push(None)  # gives out what the filter has kept to itself
    yield from _pulled(sink)


def _pulled(sink: av.filter.context.FilterContext) -> Iterator[NDArray[np.int16]]:
    """Give what a filter has ready."""
    while True:
        try:
            out = sink.pull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
        assert isinstance(out, av.AudioFrame)
        yield out.to_ndarray().reshape(-1)


class SessionPlayer:
    """Plays a session's sound to a loudspeaker, or silently by the clock where there is none.

    A thread of its own ("session-player") makes the sound a little ahead; `close` ends it. Methods may be
    called from any thread.

    Args:
        read: gives the sound.
        duration_s: its length, seconds.
        device: the loudspeaker, by name or number; "" follows the system's default.
    """

    def __init__(self, read: Read, duration_s: float, device: str = "") -> None:
        self._read = read
        self.duration_s = duration_s
        self._lock = threading.Condition()
        self._queue: deque[tuple[NDArray[np.int16], float]] = deque()
        self._position_s = 0.0
        self._speed = 1.0
        self._playing = False
        self._generation = 0
        self._closed = False
        self.problem: DeviceError | None = None
        """Why nothing is heard, if so."""
        self._stream: sd.OutputStream | None = None
        try:
            self._stream = self._open(device)
        except DeviceError as error:
            self.problem = error
        self._thread = threading.Thread(target=self._make, name="session-player", daemon=True)
        self._thread.start()
        self._clock: threading.Thread | None = None
        if self._stream is None:
            self._clock = threading.Thread(target=self._tick, name="session-player-clock", daemon=True)
            self._clock.start()

    def _open(self, device: str) -> sd.OutputStream:
        wanted: int | str | None = int(device) if device.isdecimal() else device or None
        try:
            stream = sd.OutputStream(
                device=wanted,
                samplerate=RATE_HZ,
                channels=1,
                dtype="int16",
                blocksize=BLOCK,
                latency="low",
                callback=self._fill,
            )
            stream.start()
        except (sd.PortAudioError, ValueError) as error:
            raise DeviceError(
                "There is no loudspeaker to play the session on.", "`interview doctor` lists the devices."
            ) from error
        return stream

    # What a screen sees and does.

    @property
    def position_s(self) -> float:
        """The moment of the session that is being heard."""
        return self._position_s

    @property
    def playing(self) -> bool:
        """Whether it plays."""
        return self._playing

    @property
    def speed(self) -> float:
        """How fast it plays."""
        return self._speed

    def play(self) -> None:
        """Go on from where it stands; from the beginning at the end."""
        if self._position_s >= self.duration_s:
            self.seek(0.0)
        with self._lock:
            self._playing = True
            self._lock.notify_all()

    def pause(self) -> None:
        """Stop where it stands."""
        self._playing = False

    def seek(self, position_s: float) -> None:
        """Jump to a moment; what is heard next is from there."""
        with self._lock:
            self._position_s = min(max(0.0, position_s), self.duration_s)
            self._anew()

    def set_speed(self, speed: float) -> None:
        """Play faster or slower from here on, with the pitch kept (0.75 to 2)."""
        with self._lock:
            self._speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])
            self._anew()

    def close(self) -> None:
        """End the stream and the threads."""
        with self._lock:
            self._closed = True
            self._playing = False
            self._lock.notify_all()
        if self._stream is not None:
            self._stream.abort()
            self._stream.close()
        self._thread.join(1.0)
        if self._clock is not None:
            self._clock.join(1.0)

    def _anew(self) -> None:
        self._queue.clear()
        self._generation += 1
        self._lock.notify_all()

    # The making of sound, ahead of the device.

    def _make(self) -> None:
        while not self._closed:
            with self._lock:
                generation, at_s, speed = self._generation, self._position_s, self._speed
            self._make_from(generation, at_s, speed)
            with self._lock:
                while not self._closed and self._generation == generation:
                    self._lock.wait()

    def _pieces(self, from_s: float) -> Iterator[NDArray[np.int16]]:
        at_s = from_s
        while at_s < self.duration_s:
            piece = self._read(at_s, min(at_s + PIECE_S, self.duration_s))
            if not len(piece):
                return
            yield piece
            at_s += len(piece) / RATE_HZ

    def _make_from(self, generation: int, at_s: float, speed: float) -> None:
        rest = np.zeros(0, np.int16)
        for made in stretched(self._pieces(at_s), speed):
            rest = np.concatenate([rest, made])
            while len(rest) >= BLOCK:
                at_s += BLOCK / RATE_HZ * speed
                if not self._put(generation, rest[:BLOCK], at_s):
                    return
                rest = rest[BLOCK:]
        # What is left is shorter than a block.
        self._put(generation, np.pad(rest, (0, BLOCK - len(rest))), self.duration_s)

    def _put(self, generation: int, block: NDArray[np.int16], until_s: float) -> bool:
        with self._lock:
            self._lock.wait_for(
                lambda: self._closed or self._generation != generation or len(self._queue) < AHEAD_S * RATE_HZ / BLOCK
            )
            if self._closed or self._generation != generation:
                return False
            self._queue.append((block, until_s))
            return True

    def _next(self) -> NDArray[np.int16] | None:
        with self._lock:
            if not self._playing or not self._queue:
                return None
            block, self._position_s = self._queue.popleft()
            if self._position_s >= self.duration_s:
                self._playing = False
            self._lock.notify_all()
            return block

    def _fill(self, out: NDArray[np.int16], frames: int, at: object, status: object) -> None:
        """Give the device its next block (called by PortAudio)."""
        del frames, at, status
        block = self._next()
        out[:, 0] = 0 if block is None else block

    def _tick(self) -> None:
        """Let time go by where there is no device to do it."""
        due = time.monotonic()
        while not self._closed:
            if not self._playing:
                with self._lock:
                    self._lock.wait_for(lambda: self._playing or self._closed)
                due = time.monotonic()
            due += BLOCK / RATE_HZ
            self._next()
            time.sleep(max(0.0, due - time.monotonic()))
