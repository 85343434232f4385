"""The end-of-turn score from the sound: Smart Turn on the last eight seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from faster_whisper.feature_extractor import FeatureExtractor

from simulator.domain.errors import ModelError

RATE_HZ = 16_000
WINDOW_S = 8.0
"""What the model sees: the last 8 s, with zeros before a shorter sound."""

FRAMES = 800
"""Mel frames of 10 ms in the window."""


class SmartTurn:
    """Smart Turn v3.2: how complete a turn sounds, 0 to 1; about 30 ms on one thread.

    Args:
        folder: where the model lies.

    Raises:
        ModelError: the model is missing or no ONNX model.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "smart-turn-v3.2-cpu.onnx"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no base class
            raise ModelError(
                f"The end-of-turn model {path.name} is missing or damaged.", "Run: interview setup"
            ) from error
        self._features = FeatureExtractor(feature_size=80, chunk_length=int(WINDOW_S))

    def score(self, samples: npt.NDArray[np.float32]) -> float:
        """Give the probability that the turn is complete.

        Args:
            samples: the sound up to now, float32 mono 16 kHz; only the last 8 s are looked at.
        """
        wanted = int(WINDOW_S * RATE_HZ)
        window = np.zeros(wanted, np.float32)
        kept = samples[-wanted:]
        if len(kept):
            window[-len(kept) :] = kept
        # The model was trained on windows of zero mean and unit variance, the zeros before the sound included.
        window = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        features = self._features(window, padding=0)[:, :FRAMES].astype(np.float32)
        output = self._session.run(None, {"input_features": features[None, :, :]})[0]
        return float(np.ravel(output)[0])
