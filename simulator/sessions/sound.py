"""The sound of a session for a report: both voices mixed, as Opus in a WebM container."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator

import av
import numpy as np
from numpy.typing import NDArray

from simulator.domain.errors import SimulatorError
from simulator.sessions.folder import SessionFolder
from simulator.sessions.recording import RATE_HZ, read_sound, recorded_s

BIT_RATE = 20_000
"""Bits a second: clear speech, 9 MB an hour."""

PIECE_S = 60.0
"""Seconds that are read and encoded at a time, so that memory does not grow with the session."""

Progress = Callable[[float, float], None]
"""Told how many seconds are done, and of how many."""


def has_sound(folder: SessionFolder) -> bool:
    """Tell whether anything was recorded."""
    return max(recorded_s(folder.candidate), recorded_s(folder.interviewer)) > 0


def mixed(folder: SessionFolder, start_s: float, end_s: float) -> NDArray[np.int16]:
    """Give both voices of a stretch of the session, mixed; the one that ends first is followed by silence.

    Args:
        folder: the session.
        start_s: from where, seconds since the session began.
        end_s: to where.

    Returns:
        16-bit samples at 16 kHz, shape (n,).
    """
    voices = [
        read_sound(path, start_s, end_s).astype(np.int32)
        for path in (folder.candidate, folder.interviewer)
        if recorded_s(path) > start_s
    ]
    mix = np.zeros(max((len(voice) for voice in voices), default=0), np.int32)
    for voice in voices:
        mix[: len(voice)] += voice
    return np.clip(mix, -32768, 32767).astype(np.int16)


def opus(folder: SessionFolder, progress: Progress | None = None) -> bytes:
    """Give the session's sound as a WebM file with Opus in it.

    Args:
        folder: the session.
        progress: told how far the encoding is.

    Raises:
        SimulatorError: the sound cannot be encoded.
    """
    out = io.BytesIO()
    try:
        with av.open(out, "w", format="webm") as container:
            stream = container.add_stream("libopus", rate=48_000, layout="mono")
            stream.bit_rate = BIT_RATE
            stream.options = {"application": "voip", "compression_level": "5", "frame_duration": "60"}
            resampler = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=2880)
            for piece in _pieces(folder, progress):
                frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="mono")
                frame.rate = RATE_HZ
                for resampled in resampler.resample(frame):
                    container.mux(stream.encode(resampled))
            for resampled in resampler.resample(None):
                container.mux(stream.encode(resampled))
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise SimulatorError(
            f"The session's sound cannot be encoded: {error.strerror}.", "Make the report with --no-audio."
        ) from error
    return out.getvalue()


def _pieces(folder: SessionFolder, progress: Progress | None) -> Iterator[NDArray[np.int16]]:
    whole_s = max(recorded_s(folder.candidate), recorded_s(folder.interviewer))
    start_s = 0.0
    while start_s < whole_s:
        piece = mixed(folder, start_s, start_s + PIECE_S)
        if piece.size:
            yield piece
        start_s += PIECE_S
        if progress is not None:
            progress(min(start_s, whole_s), whole_s)


def base64_text(sound: bytes) -> str:
    """Give bytes as the text that a page carries them in."""
    return base64.b64encode(sound).decode("ascii")
