"""The two sides of a recorded conversation, where each speaks on a channel of its own."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from simulator.listening.decoding import RATE_HZ, decode_whole
from simulator.listening.recognizer_voice import VOICE_P, VoiceTrack

ALIKE = 0.5
"""Correlation of two channels above which they carry the same sound: a mono recording saved as stereo has about 1, two
people on channels of their own have about 0, and a room's two microphones lie between."""

TALKS_S = 2.0
"""A channel with less voice than this has nobody on it."""

Samples = npt.NDArray[np.float32]


def decode_sides(path: Path) -> tuple[Samples, ...]:
    """Give a recording as one side (mono, mixed) or as two where two people are on separate channels.

    Args:
        path: a sound or video file.

    Returns:
        float32, 16 kHz; two arrays of the same length if the channels are two people.

    Raises:
        BadInputError: the file is missing, unreadable, holds no sound, or is too long.
    """
    whole = decode_whole(path)
    with av.open(str(path)) as container:
        stereo = container.streams.audio[0].codec_context.channels == 2
    if not stereo:
        return (whole,)
    left, right = _stereo(path)
    if _correlation(left, right) > ALIKE or min(_voiced_s(left), _voiced_s(right)) < TALKS_S:
        return (whole,)
    return left, right


def _stereo(path: Path) -> tuple[Samples, Samples]:
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
    pieces = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            pieces += [piece.to_ndarray() for piece in resampler.resample(frame)]
        pieces += [piece.to_ndarray() for piece in resampler.resample(None)]
    both = np.concatenate(pieces, axis=1).astype(np.float32)
    return both[0], both[1]


def _correlation(left: Samples, right: Samples) -> float:
    scale = float(np.sqrt((left @ left) * (right @ right)))
    return float(left @ right) / scale if scale > 0 else 0.0


def _voiced_s(samples: Samples) -> float:
    return sum(end - start for start, end in voice_stretches(samples))


def voice_stretches(samples: Samples, shortest_pause_s: float = 0.5) -> tuple[tuple[float, float], ...]:
    """Give the stretches of voice in a side, (start, end) in seconds; shorter pauses than given don't part them."""
    track = VoiceTrack()
    track.feed(samples)
    frame_s = 512 / RATE_HZ
    stretches: list[tuple[float, float]] = []
    for index, probability in enumerate(track.probabilities):
        if probability < VOICE_P:
            continue
        start, end = index * frame_s, (index + 1) * frame_s
        if stretches and start - stretches[-1][1] < shortest_pause_s:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return tuple(stretches)
