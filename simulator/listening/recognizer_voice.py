"""Where the voice is in a stream of sound: Silero frame by frame, as the recognizer's own guard against silence."""

from __future__ import annotations

from pathlib import Path

import faster_whisper
import numpy as np
import numpy.typing as npt
import onnxruntime

RATE_HZ = 16_000
FRAME = 512
"""Samples in a frame of Silero (32 ms)."""

FRAME_S = FRAME / RATE_HZ
CONTEXT = 64
"""Samples of the frame before that Silero sees again."""

RESET_S = 30.0
"""After so much sound without voice the model's state is forgotten: its confidence sinks on endless streams."""


class VoiceTrack:
    """The probability of voice for every 32 ms frame of a stream; the frames' times start at 0.

    The sound may come in pieces of any length: the track is the same.
    """

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        path = Path(faster_whisper.__file__).parent / "assets" / "silero_vad_v6.onnx"
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.clear()

    def clear(self) -> None:
        """Forget the stream; the next sample is at 0 s."""
        self.probabilities: list[float] = []
        self._rest = np.zeros(0, np.float32)
        self._forget()

    def _forget(self) -> None:
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)
        self._quiet = 0

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take more sound (float32, mono, 16 kHz)."""
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= FRAME:
            frame, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            joined = np.concatenate([self._context, frame])[None, :]
            output, self._h, self._c = self._session.run(None, {"input": joined, "h": self._h, "c": self._c})
            self._context = frame[-CONTEXT:]
            probability = float(np.ravel(output)[0])
            self.probabilities.append(probability)
            self._quiet = 0 if probability >= 0.3 else self._quiet + 1
            if self._quiet * FRAME_S > RESET_S:
                self._forget()

    def voiced_s(self, start_s: float, end_s: float, threshold: float = 0.5) -> float:
        """Give how much of a stretch is voice, seconds."""
        first, last = int(max(0.0, start_s) / FRAME_S), int(np.ceil(max(0.0, end_s) / FRAME_S))
        return FRAME_S * sum(p >= threshold for p in self.probabilities[first:last])

    def last_voice_s(self, threshold: float = 0.5, since_s: float = 0.0) -> float | None:
        """Give the end of the last voiced frame after `since_s`, or None if there is none."""
        first = int(since_s / FRAME_S)
        for index in range(len(self.probabilities) - 1, first - 1, -1):
            if self.probabilities[index] >= threshold:
                return (index + 1) * FRAME_S
        return None

    def first_voice_s(self, threshold: float = 0.5, since_s: float = 0.0) -> float | None:
        """Give the start of the first voiced frame from `since_s` on, or None if there is none."""
        for index in range(int(since_s / FRAME_S), len(self.probabilities)):
            if self.probabilities[index] >= threshold:
                return index * FRAME_S
        return None
