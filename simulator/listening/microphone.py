"""The microphone: a device's sound as 10 ms blocks at 16 kHz, through unplugging, silence and return."""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from collections.abc import Callable
from types import ModuleType

import numpy as np
import numpy.typing as npt
import soxr

from simulator.domain.errors import DeviceError
from simulator.listening.decoding import RATE_HZ, Samples
from simulator.listening.devices import Device, portaudio, reinitialize, resolve_input
from simulator.listening.sources import BLOCK, BLOCK_S, Block, Delivery, Lost, Resumed

CALLBACKS = 500
"""Callbacks (10 ms each) that may wait to be read; more are counted as overflow and left out."""

LOST_AFTER_S = 1.2
"""A device that has not called back for so long has vanished (noticed within 2 s is wanted)."""

SILENT_AFTER_S = 1.5
"""A device that delivers exact zeros for so long is muted or gone: a removed one under PulseAudio goes on so.
A real converter's noise is never exactly zero."""

GATED_STRETCHES = 4
"""A device that has fallen into exact zeros and come back so often has a noise gate: its zeros mean nothing."""

RETRY_S = 1.0
"""How often a lost device is looked for."""

REINITIALIZE_AFTER = 2
"""Attempts after which PortAudio is started afresh, since it keeps its device list until then."""

logger = logging.getLogger(__name__)


class MicrophoneSource:
    """A microphone, opened once and reopened when it was lost.

    While it is lost silent blocks follow at the clock's pace, so that the session's clock keeps up.

    Args:
        device: name (or a part of it) or number; "" follows the system's default.
        clock: monotonic seconds.

    Raises:
        DeviceError: there is no such microphone, it cannot be opened, or PortAudio is missing.
    """

    fast = False
    waits = False

    def __init__(self, device: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        self._wanted = device
        self._clock = clock
        self._sounddevice: ModuleType = portaudio()
        self._queue: queue.SimpleQueue[npt.NDArray[np.float32]] = queue.SimpleQueue()
        self._stream: object | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._ready: deque[Samples] = deque()
        self._rest = np.zeros(0, np.float32)
        self._blocks = 0
        self._dropped = 0
        self._filled_drops = 0
        self._status_overflows = 0
        self._heard_at_s = clock()
        self._zeros_s = 0.0
        self._zero_stretches = 0
        self._lost_since_s: float | None = None
        self._filled = 0
        self._stream_alive = False
        self._attempts = 0
        self._attempted_at_s = 0.0
        self._began = False
        self._closed = False
        self.device: Device = resolve_input(device)
        self._open()

    @property
    def name(self) -> str:
        """The device's name."""
        return self.device.name

    @property
    def overflows(self) -> int:
        """How often sound was lost because it was not read in time."""
        return self._status_overflows + self._dropped

    def hold(self) -> None:
        """Nothing: a microphone hears what there is."""

    def release(self) -> None:
        """Nothing: a microphone hears what there is."""

    def advance(self, seconds: float) -> None:
        """Nothing: time passes by itself."""

    # The stream.

    def _open(self) -> None:
        self.device = resolve_input(self._wanted)
        rate_hz = round(self.device.rate_hz)
        refused: Exception | None = None
        for channels in dict.fromkeys((1, min(2, self.device.channels), self.device.channels)):
            try:
                stream = self._sounddevice.InputStream(
                    device=self.device.number,
                    channels=channels,
                    samplerate=rate_hz,
                    blocksize=max(1, rate_hz // 100),
                    latency="low",
                    dtype="float32",
                    callback=self._called,
                )
                stream.start()
            except self._sounddevice.PortAudioError as error:
                refused = error
                continue
            self._stream = stream
            self._stream_alive = True
            self._resampler = None
            if rate_hz != RATE_HZ:
                self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="HQ")
            self._heard_at_s = self._clock()
            self._zeros_s = 0.0
            return
        raise DeviceError(
            f"The microphone {self.device.name} cannot be opened.",
            "Close other programs that use it, allow the terminal to use it, or choose another one.",
        ) from refused

    def _called(self, data: npt.NDArray[np.float32], _frames: int, _time: object, status: object) -> None:
        """PortAudio's callback, on its thread: copy, count, return."""
        if status and getattr(status, "input_overflow", False):
            self._status_overflows += 1
        if self._queue.qsize() >= CALLBACKS:
            self._dropped += 1
            return
        self._queue.put(data.copy())

    def _shut(self) -> None:
        stream, self._stream = self._stream, None
        self._stream_alive = False
        if stream is not None:
            try:
                stream.abort()  # type: ignore[attr-defined]  # stop() hangs when a source delivers nothing
                stream.close()  # type: ignore[attr-defined]
            except self._sounddevice.PortAudioError:
                logger.info("the input stream was gone before it was closed")

    # Reading.

    def read(self, timeout_s: float) -> Delivery | None:
        """Give what comes next, or None if nothing came within the time."""
        if self._closed:
            return None
        if not self._began:
            # What was captured between opening and the first read belongs to nobody.
            self._began = True
            self._drain()
            self._heard_at_s = self._clock()
        if not self._ready:
            self._wait_for_sound(timeout_s)
        now_s = self._clock()
        if self._lost_since_s is None:
            lost = self._lost(now_s)
            if lost is not None:
                return lost
            return self._give(self._ready.popleft()) if self._ready else None
        return self._read_lost(now_s)

    def _read_lost(self, now_s: float) -> Delivery | None:
        """Keep time with silence while the device is lost, and look for it."""
        lost_since_s = self._lost_since_s if self._lost_since_s is not None else now_s
        if self._ready and self._zeros_s == 0.0:
            self._lost_since_s = None
            self._attempts = 0
            return Resumed(round(self._filled * BLOCK_S, 2))
        if self._ready:
            # Digital silence from a device that is muted: as good as our own, and at the device's pace.
            self._ready.popleft()
        if self._zeros_s > 0.0 and self._stream_alive and now_s - self._heard_at_s < LOST_AFTER_S:
            self._retry(now_s)
        elif now_s - self._attempted_at_s >= RETRY_S:
            self._reopen(now_s)
        if self._filled * BLOCK_S < now_s - lost_since_s:
            self._filled += 1
            return self._give(np.zeros(BLOCK, np.float32))
        return None

    def _retry(self, now_s: float) -> None:
        """Look now and then whether a silent device's name is there to be opened again."""
        if now_s - self._attempted_at_s >= 2 * RETRY_S:
            self._reopen(now_s)

    def _reopen(self, now_s: float) -> None:
        self._attempted_at_s = now_s
        self._attempts += 1
        self._shut()
        self._drain()
        self._ready.clear()
        if self._attempts > REINITIALIZE_AFTER:
            reinitialize()
        try:
            self._open()
        except DeviceError:
            logger.info("the microphone is not back yet")

    def _wait_for_sound(self, timeout_s: float) -> None:
        deadline_s = self._clock() + timeout_s
        while not self._ready:
            try:
                data = self._queue.get(timeout=max(0.0, min(timeout_s, deadline_s - self._clock())))
            except queue.Empty:
                return
            self._take(data)
            if self._clock() >= deadline_s:
                return

    def _take(self, data: npt.NDArray[np.float32]) -> None:
        """Bring a callback's sound to mono and 16 kHz, and cut it into blocks."""
        self._heard_at_s = self._clock()
        if np.any(data):
            if self._zeros_s > 0.3:
                self._zero_stretches += 1
            self._zeros_s = 0.0
        else:
            self._zeros_s += len(data) / self.device.rate_hz
        mono = mix(data)
        if self._filled_drops < self._dropped:
            missing = self._dropped - self._filled_drops
            self._filled_drops = self._dropped
            mono = np.concatenate([np.zeros(missing * len(mono), np.float32), mono])
        if self._resampler is not None:
            mono = self._resampler.resample_chunk(mono)
        self._rest = np.concatenate([self._rest, mono])
        whole = len(self._rest) // BLOCK
        self._ready.extend(self._rest[: whole * BLOCK].reshape(whole, BLOCK))
        self._rest = self._rest[whole * BLOCK :]

    def _drain(self) -> None:
        while not self._queue.empty():
            self._queue.get_nowait()
        self._rest = np.zeros(0, np.float32)

    def _lost(self, now_s: float) -> Lost | None:
        reason = ""
        # Sound that waits to be read was heard: a reader that is late is no sign of a device that is gone.
        if not self._ready and now_s - self._heard_at_s > LOST_AFTER_S:
            reason = "it delivers nothing any more"
            since_s = self._heard_at_s
        elif self._zeros_s > SILENT_AFTER_S and self._zero_stretches < GATED_STRETCHES:
            reason = "it delivers nothing but digital silence; it may be muted or unplugged"
            since_s = now_s
        if not reason:
            return None
        self._lost_since_s = since_s
        self._filled = 0
        self._attempts = 0
        self._attempted_at_s = now_s
        return Lost(reason)

    def _give(self, samples: Samples) -> Block:
        block = Block(samples, self._blocks * BLOCK_S)
        self._blocks += 1
        return block

    def close(self) -> None:
        """Let go of the device."""
        self._closed = True
        self._shut()


def mix(data: npt.NDArray[np.float32]) -> Samples:
    """Give many channels, shape (frames, channels), as one: the mean of those that carry something.

    An interface with eight inputs and one microphone would otherwise be eight times too quiet.
    """
    if data.shape[1] == 1:
        return data[:, 0]
    power = np.mean(data**2, axis=0)
    # 20 dB under the loudest channel is crosstalk or the noise of an open input.
    carrying = power >= max(float(power.max()) * 0.01, 1e-12)
    mixed: Samples = data[:, carrying].mean(axis=1) if carrying.any() else data[:, 0]
    return mixed
