"""Vectors of longer texts from a small sentence encoder, to find tellings of the same experience."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from simulator.domain.errors import ModelError

WINDOW_TOKENS = 128
"""Tokens that are encoded at a time: what the encoder was trained on; longer texts are the mean of their windows."""

BATCH_WINDOWS = 16

_CLS, _SEP = 101, 102
_WIDTH = 384


class TextVectors:
    """Gives a vector for each text, of length one, so that a product of two is their likeness (cosine).

    Args:
        folder: the folder of the model "minilm-l6-int8".
        threads: processor threads.

    Raises:
        ModelError: the model's files are not there or not readable.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        except Exception as error:  # both libraries raise a bare Exception for a broken file
            raise ModelError(f"The model in {folder} cannot be used.", "`interview setup` fetches it again.") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._inputs = {each.name for each in self._model.get_inputs()}

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Give the vectors, shape (len(texts), 384)."""
        windows: list[list[int]] = []
        owners: list[int] = []
        for number, text in enumerate(texts):
            ids = self._tokenizer.encode(text, add_special_tokens=False).ids
            for start in range(0, max(1, len(ids)), WINDOW_TOKENS - 2):
                windows.append([_CLS, *ids[start : start + WINDOW_TOKENS - 2], _SEP])
                owners.append(number)
        sums = np.zeros((len(texts), _WIDTH), np.float32)
        for start in range(0, len(windows), BATCH_WINDOWS):
            vectors = self._encode(windows[start : start + BATCH_WINDOWS])
            np.add.at(sums, owners[start : start + BATCH_WINDOWS], vectors)
        return _unit(sums)

    def _encode(self, windows: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        longest = max(map(len, windows))
        ids = np.zeros((len(windows), longest), np.int64)
        mask = np.zeros((len(windows), longest), np.int64)
        for row, window in enumerate(windows):
            ids[row, : len(window)] = window
            mask[row, : len(window)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        states = np.asarray(self._model.run(None, {k: v for k, v in given.items() if k in self._inputs})[0])
        means = (states * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        return _unit(means.astype(np.float32))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
