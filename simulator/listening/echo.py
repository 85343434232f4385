"""Keeps the interviewer's voice out of the candidate's sound: WebRTC's echo canceller, and the choice of a mode."""

from __future__ import annotations

import importlib.util
import threading
from collections import deque
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import soxr

RATE_HZ = 16_000
BLOCK = 160
"""Samples in the canceller's frame: 10 ms, as WebRTC demands."""

PREFILL = 2
"""Reference blocks that are waited for before the first is used, so that a late callback makes no hole."""

LONGEST_QUEUE = 100
"""Reference blocks that may wait (1 s); older ones are of no use to the canceller and are dropped."""

DELAY_MS = 60
"""A first guess at the way from the player's callback to the microphone's block; the canceller finds the true one."""

Samples = npt.NDArray[np.float32]


class EchoMode(StrEnum):
    """How the interviewer's voice is kept out of the microphone."""

    HALF_DUPLEX = "half_duplex"
    """Nothing is heard while the interviewer speaks, nor for a short time after."""
    CANCEL = "cancel"
    """The echo is cancelled; the candidate may interrupt."""
    HEADPHONES = "headphones"
    """There is no echo; the candidate may interrupt."""


def echo_mode(setting: str) -> EchoMode:
    """Give the mode for a setting; "auto" cancels where the canceller is installed."""
    if setting == "auto":
        found = importlib.util.find_spec("livekit") is not None
        return EchoMode.CANCEL if found else EchoMode.HALF_DUPLEX
    return EchoMode(setting)


class EchoCanceller:
    """Takes what the loudspeaker plays out of what the microphone hears.

    `reference` may be called from the player's thread; everything else belongs to one thread.
    """

    def __init__(self) -> None:
        from livekit.rtc import AudioProcessingModule

        self._module = AudioProcessingModule(echo_cancellation=True, high_pass_filter=True)
        self._module.set_stream_delay_ms(DELAY_MS)
        self._incoming: deque[tuple[Samples, int]] = deque(maxlen=LONGEST_QUEUE)
        self._blocks: deque[Samples] = deque(maxlen=LONGEST_QUEUE)
        self._rest = np.zeros(0, np.float32)
        self._rate_hz = RATE_HZ
        self._resampler: soxr.ResampleStream | None = None
        self._flowing = False
        self._lock = threading.Lock()

    def reference(self, samples: npt.NDArray[np.generic], rate_hz: int) -> None:
        """Take what is being played, int16 or float32 mono."""
        if samples.dtype == np.int16:
            samples = samples.astype(np.float32) / np.float32(32768)
        with self._lock:
            self._incoming.append((samples.reshape(-1).astype(np.float32), rate_hz))

    def clean(self, block: Samples) -> Samples:
        """Give a 10 ms block of the microphone's sound without the echo."""
        self._module_reverse(self._next_reference())
        frame = _frame(block)
        self._module.process_stream(frame)
        return np.frombuffer(frame.data, np.int16).astype(np.float32) / np.float32(32768)

    def _module_reverse(self, blocks: list[Samples]) -> None:
        for block in blocks:
            self._module.process_reverse_stream(_frame(block))

    def _next_reference(self) -> list[Samples]:
        self._arrange()
        if not self._flowing and len(self._blocks) < PREFILL:
            return [np.zeros(BLOCK, np.float32)]
        self._flowing = bool(self._blocks)
        if not self._blocks:
            return [np.zeros(BLOCK, np.float32)]
        # Two at a time while more than a burst is waiting: the player's clock may be the faster one.
        return [self._blocks.popleft() for _ in range(2 if len(self._blocks) > 4 * PREFILL else 1)]

    def _arrange(self) -> None:
        with self._lock:
            incoming = list(self._incoming)
            self._incoming.clear()
        for samples, rate_hz in incoming:
            if rate_hz != self._rate_hz:
                self._rate_hz = rate_hz
                self._resampler = soxr.ResampleStream(rate_hz, RATE_HZ, 1, dtype="float32", quality="QQ")
            if self._rate_hz != RATE_HZ and self._resampler is not None:
                samples = self._resampler.resample_chunk(samples)
            self._rest = np.concatenate([self._rest, samples])
        whole = len(self._rest) // BLOCK
        self._blocks.extend(self._rest[: whole * BLOCK].reshape(whole, BLOCK))
        self._rest = self._rest[whole * BLOCK :]


def _frame(block: Samples):  # type: ignore[no-untyped-def]  # livekit brings no types that mypy can follow
    from livekit.rtc import AudioFrame

    data = (np.clip(block, -1, 1) * 32767).astype(np.int16).tobytes()
    return AudioFrame(data, RATE_HZ, 1, BLOCK)
