"""Sound files as 16 kHz mono samples: whatever PyAV can read, decoded piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
import numpy.typing as npt

from simulator.domain.errors import BadInputError

RATE_HZ = 16_000
"""The one rate inside the program."""

LONGEST_S = 4 * 3600.0
"""Recordings over four hours are refused: no interview lasts so long, and a wrong file is caught early."""

SUFFIXES = (".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".mp4", ".mkv", ".webm")
"""File endings that recordings usually have; what counts is what is inside."""

Samples = npt.NDArray[np.float32]

_HINT = "Give a WAV, FLAC, MP3, M4A or OGG file with speech in it."


def duration_of(path: Path) -> float | None:
    """Give a recording's length in seconds as its header states it; None where it doesn't.

    Raises:
        BadInputError: the file is missing, unreadable or holds no sound.
    """
    with _open(path) as container:
        stream = container.streams.audio[0]
        if stream.duration is not None and stream.time_base is not None:
            return float(stream.duration * stream.time_base)
        return container.duration / av.time_base if container.duration is not None else None


def decode(path: Path, longest_s: float = LONGEST_S) -> Iterator[Samples]:
    """Give a recording's sound, float32 mono 16 kHz, in pieces as they are decoded.

    What is wrong with the file shows when this is called, but for damage further inside: sound up to there
    is given, and the rest is left out.

    Args:
        path: the file.
        longest_s: the length that is refused, seconds.

    Raises:
        BadInputError: the file is missing, unreadable, holds no sound, or is too long.
    """
    stated_s = duration_of(path)
    if stated_s is not None and stated_s > longest_s:
        raise BadInputError(
            f"{path.name} is {stated_s / 3600:.1f} hours long; the most that is taken is {longest_s / 3600:.0f} hours.",
            "Cut it into pieces.",
        )
    pieces = _pieces(path, longest_s)
    first = next(pieces, None)
    if first is None:
        raise BadInputError(f"{path.name} holds no sound.", _HINT)
    return _chain(first, pieces)


def decode_whole(path: Path, longest_s: float = LONGEST_S) -> Samples:
    """Give all of a recording's sound at once, float32 mono 16 kHz.

    Raises:
        BadInputError: as `decode`.
    """
    return np.concatenate(list(decode(path, longest_s)))


def _open(path: Path) -> av.container.InputContainer:
    if not path.exists():
        raise BadInputError(f"There is no file {path}.", "Check its name.")
    if not path.is_file():
        raise BadInputError(f"{path} is not a file.", _HINT)
    if path.stat().st_size == 0:
        raise BadInputError(f"{path.name} is empty.", _HINT)
    try:
        container = av.open(str(path), mode="r")
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise BadInputError(f"{path.name} is not a sound file that can be read.", _HINT) from error
    if not container.streams.audio:
        container.close()
        raise BadInputError(f"{path.name} holds no sound.", _HINT)
    return container


def _pieces(path: Path, longest_s: float) -> Iterator[Samples]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    given = 0
    with _open(path) as container:
        try:
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    given += piece.samples
                    if given > longest_s * RATE_HZ:
                        raise BadInputError(
                            f"{path.name} is longer than {longest_s / 3600:.0f} hours.", "Cut it into pieces."
                        )
                    yield piece.to_ndarray().reshape(-1).astype(np.float32)
        except av.error.FFmpegError as error:
            if given == 0:
                raise BadInputError(f"{path.name} is not a sound file that can be read.", _HINT) from error
        for piece in resampler.resample(None):
            yield piece.to_ndarray().reshape(-1).astype(np.float32)


def _chain(first: Samples, rest: Iterator[Samples]) -> Iterator[Samples]:
    yield first
    yield from rest
