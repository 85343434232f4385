from __future__ import annotations

import io
import struct
import wave
from itertools import pairwise

import av
import numpy as np
import pytest

from simulator.domain.errors import ModelError
from simulator.speaking.decode import decode

RATE_HZ = 22_050
TONE = (8000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)).astype("<i2")


def wav(samples: np.ndarray[tuple[int, ...], np.dtype[np.int16]], channels: int = 1, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return out.getvalue()


def encoded(container: str, codec: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(TONE.reshape(1, -1), format="s16", layout="mono")
        frame.rate = RATE_HZ
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    return out.getvalue()


def test_a_wav_is_read_as_it_is() -> None:
    sound = decode(wav(TONE), "A voice")
    assert (sound.rate_hz, sound.samples) == (RATE_HZ, TONE.tobytes())


def test_a_wav_whose_header_gives_no_true_length_is_read_to_its_end() -> None:
    streamed = wav(TONE)[:40] + struct.pack("<L", 0xFFFFFFFF) + TONE.tobytes()
    assert decode(streamed, "A voice").samples == TONE.tobytes()


def test_two_channels_become_one() -> None:
    stereo = np.stack([TONE, TONE], axis=1)
    assert decode(wav(stereo, channels=2), "A voice").samples == TONE.tobytes()


@pytest.mark.parametrize(("container", "codec"), [("mp3", "libmp3lame"), ("flac", "flac")])
def test_other_formats_are_read_too(container: str, codec: str) -> None:
    sound = decode(encoded(container, codec), "A voice")
    assert sound.duration_s == pytest.approx(1.0, abs=0.1)
    crossings = sum(a < 0 <= b for a, b in pairwise(np.frombuffer(sound.samples, "<i2")))
    assert crossings / sound.duration_s == pytest.approx(440, abs=45)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a sound", wav(TONE[:0]), wav(TONE[:100]), wav(np.zeros(RATE_HZ, np.int16)), wav(TONE)[:30]],
    ids=["empty", "text", "header alone", "too short", "all zeros", "cut off in its header"],
)
def test_what_holds_no_sound_is_refused_with_the_voices_name(content: bytes) -> None:
    with pytest.raises(ModelError, match=r"A voice gave no sound\."):
        decode(content, "A voice")
