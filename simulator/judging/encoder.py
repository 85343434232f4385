"""The encoder that ships with the program: rows of token ids in, a vector for each token out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from simulator.domain.errors import ModelError

Array = npt.NDArray[np.float32]


class Encoder:
    """MiniLM-L6, trained further for the judge; int8, on the processor.

    Args:
        path: the ONNX file.
        threads: processor threads that one call may use.

    Raises:
        ModelError: the file is missing or no model.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own untyped errors
            raise ModelError(
                f"The judge's weights cannot be loaded from {path}.",
                "Install the program again; its files are damaged.",
            ) from error

    def __call__(self, rows: Sequence[Sequence[int]], types: Sequence[Sequence[int]]) -> list[Array]:
        """Give for each row its token vectors, (tokens, width)."""
        longest = max(len(row) for row in rows)
        ids = np.zeros((len(rows), longest), dtype=np.int64)
        kinds = np.zeros_like(ids)
        mask = np.zeros_like(ids)
        for index, (row, kind) in enumerate(zip(rows, types, strict=True)):
            ids[index, : len(row)] = row
            kinds[index, : len(row)] = kind
            mask[index, : len(row)] = 1
        (vectors,) = self._session.run(None, {"ids": ids, "types": kinds, "mask": mask})
        return [np.asarray(vectors[i, : len(row)], dtype=np.float32) for i, row in enumerate(rows)]
