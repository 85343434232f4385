"""Sound files that engines and servers give, made into plain samples."""

from __future__ import annotations

import io
import struct

import numpy as np

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound

SHORTEST_S = 0.03
"""Less sound than this is none: a 44-byte file is a header alone, which pyttsx3 sometimes leaves."""


def decode(content: bytes, source: str) -> Sound:
    """Make a sound file's content into mono 16-bit samples.

    WAV whose header gives no true length (espeak-ng and servers that stream) is read to its end. Other
    formats go through PyAV.

    Args:
        content: the file's content.
        source: who made it, for the error.

    Raises:
        ModelError: it holds no sound.
    """
    sound = _wav(content) or _any(content)
    if sound is None or sound.duration_s < SHORTEST_S or not np.frombuffer(sound.samples, "<i2").any():
        raise ModelError(f"{source} gave no sound.", "Try another voice profile; `interview doctor` lists them.")
    return sound


def _wav(content: bytes) -> Sound | None:
    """Read PCM of 16 bits from a RIFF file; None if it is something else."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        return None
    at, form = 12, None
    while at + 8 <= len(content):
        kind, size = content[at : at + 4], struct.unpack_from("<L", content, at + 4)[0]
        body = at + 8
        if kind == b"fmt " and body + 16 <= len(content):
            form = struct.unpack_from("<HHLLHH", content, body)
        elif kind == b"data" and form is not None:
            code, channels, rate_hz, _, _, bits = form
            if code != 1 or bits != 16 or not channels or not rate_hz:
                return None
            frame = 2 * channels
            data = content[body : body + size]
            samples = np.frombuffer(data[: len(data) // frame * frame], "<i2").reshape(-1, channels)
            mono = samples[:, 0] if channels == 1 else samples.astype(np.int32).mean(axis=1).astype("<i2")
            return Sound(mono.tobytes(), rate_hz)
        at = body + size + size % 2
    return None


def _any(content: bytes) -> Sound | None:
    import av
    from av.error import FFmpegError

    try:
        with av.open(io.BytesIO(content)) as container:
            if not container.streams.audio:
                return None
            rate_hz = container.streams.audio[0].rate
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
            pieces = [
                piece.to_ndarray().astype("<i2").tobytes()
                for frame in [*container.decode(audio=0), None]
                for piece in resampler.resample(frame)
            ]
    except (FFmpegError, ValueError):
        return None
    return Sound(b"".join(pieces), rate_hz)
