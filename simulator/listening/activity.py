"""Voice activity: Silero frame by frame on a stream, and the stretches of voice that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import faster_whisper
import numpy as np
import numpy.typing as npt
import onnxruntime

from simulator.domain.errors import ModelError

RATE_HZ = 16_000
FRAME = 512
"""Samples in a frame of Silero."""

FRAME_S = FRAME / RATE_HZ
CONTEXT = 64
"""Samples of the frame before that Silero sees again."""

RESET_S = 20.0
"""After so much sound without voice the state is forgotten: its confidence sinks on endless streams."""

START_P = 0.5
"""Voice begins at this probability (Silero's own default)."""

STOP_P = 0.35
"""Voice goes on down to this probability (Silero's own default: 0.15 less)."""

START_FRAMES = 2
"""Frames in a row at `START_P` that begin a stretch: one alone (32 ms) is a click or a breath."""

STOP_S = 0.2
"""Silence that ends a stretch: shorter gaps are closures inside words (pipecat's default as well)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of voice activity.

    Attributes:
        end_s: the frame's end on the caller's clock.
        probability: that there is voice in it.
    """

    end_s: float
    probability: float


class VoiceDetector:
    """Silero on a stream: feed blocks of any length, get a probability for every 32 ms.

    Raises:
        ModelError: the model inside faster-whisper is missing.
    """

    def __init__(self) -> None:
        path = Path(faster_whisper.__file__).parent / "assets" / "silero_vad_v6.onnx"
        if not path.exists():
            raise ModelError(
                "The voice activity model inside faster-whisper is missing.", "Install faster-whisper again."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._rest = np.zeros(0, np.float32)
        self.reset()

    def reset(self) -> None:
        """Forget the state; sound that is waiting for its frame to fill stays."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._quiet = 0

    def feed(self, samples: npt.NDArray[np.float32], end_s: float) -> list[Frame]:
        """Take sound (float32, mono, 16 kHz) that ends at `end_s`, and give the frames that it completes."""
        self._rest = np.concatenate([self._rest, samples])
        frames = []
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            seen = np.concatenate([self._context, frame])[None, :]
            output, self._h, self._c = self._session.run(None, {"input": seen, "h": self._h, "c": self._c})
            self._context = frame[-CONTEXT:]
            probability = float(np.ravel(output)[0])
            frames.append(Frame(end_s - len(self._rest) / RATE_HZ, probability))
            self._quiet = 0 if probability >= STOP_P else self._quiet + 1
            if self._quiet * FRAME_S >= RESET_S:
                self.reset()
        return frames


@dataclass(frozen=True, slots=True)
class Started:
    """A stretch of voice began at `at_s`."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stretch of voice from `start_s` to `end_s` is over."""

    start_s: float
    end_s: float


class Stretches:
    """Makes stretches of voice from frames: hysteresis, and gaps under 0.2 s closed. Pure."""

    def __init__(self) -> None:
        self.speaking = False
        self.last_voice_s = 0.0
        self.start_s = 0.0
        self._run = 0

    def clear(self) -> None:
        """Forget the stretch that is open."""
        self.speaking = False
        self._run = 0

    def feed(self, frame: Frame) -> Started | Stopped | None:
        """Take a frame, and tell whether a stretch begins or ends with it."""
        if self.speaking:
            if frame.probability >= STOP_P:
                self.last_voice_s = frame.end_s
            elif frame.end_s - self.last_voice_s >= STOP_S:
                self.speaking = False
                self._run = 0
                return Stopped(self.start_s, self.last_voice_s)
            return None
        self._run = self._run + 1 if frame.probability >= START_P else 0
        if self._run < START_FRAMES:
            return None
        self.speaking = True
        self.start_s = frame.end_s - START_FRAMES * FRAME_S
        self.last_voice_s = frame.end_s
        return Started(self.start_s)
