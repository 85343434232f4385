from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from simulator.domain.errors import BadInputError
from simulator.domain.speech import Sound
from simulator.listening.decoding import decode, decode_whole
from simulator.listening.sources import BLOCK, Block, Ended, FileSource, ScriptedSource

RATE_HZ = 16_000


def write(path: Path, codec: str, samples: np.ndarray, rate_hz: int = 48_000) -> Path:
    """Write mono samples with a codec."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate_hz, layout="mono")
        frame = av.AudioFrame.from_ndarray((samples * 32767).astype(np.int16)[None, :], format="s16", layout="mono")
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate_hz, frame_size=stream.codec_context.frame_size or None
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(part))
        file.mux(stream.encode(None))
    return path


def tone(seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate_hz)) / rate_hz)


def blocks(source: FileSource | ScriptedSource, count: int) -> list[Block]:
    """Read so many blocks, whatever else comes between."""
    got: list[Block] = []
    while len(got) < count:
        item = source.read(1.0)
        assert item is not None
        if isinstance(item, Block):
            got.append(item)
    return got


def ticking() -> Iterator[float]:
    now = 0.0
    while True:
        yield now
        now += 0.004


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "mp3"), ("a.m4a", "aac"), ("a.ogg", "libopus")],
)
def test_every_usual_format_is_read(tmp_path: Path, name: str, codec: str):
    samples = decode_whole(write(tmp_path / name, codec, tone(1.0)))
    assert len(samples) / RATE_HZ == pytest.approx(1.0, abs=0.1)
    assert np.sqrt(np.mean(samples[4000:12000] ** 2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.1)


@pytest.mark.parametrize("rate_hz", [8_000, 44_100, 192_000])
def test_every_rate_is_brought_to_16_khz(tmp_path: Path, rate_hz: int):
    samples = decode_whole(write(tmp_path / "a.wav", "pcm_s16le", tone(1.0, rate_hz), rate_hz))
    spectrum = np.abs(np.fft.rfft(samples[:RATE_HZ]))
    assert int(spectrum.argmax()) == pytest.approx(440, abs=2)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(BadInputError, match=r"nowhere\.wav"):
        decode(tmp_path / "nowhere.wav")


@pytest.mark.parametrize("content", [b"", b"not sound at all", bytes(1000)])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(BadInputError):
        decode(path)


def test_a_folder_is_refused(tmp_path: Path):
    with pytest.raises(BadInputError):
        decode(tmp_path)


def test_a_recording_without_a_sample_is_refused(tmp_path: Path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
    with pytest.raises(BadInputError):
        decode(tmp_path / "a.wav")


def test_a_recording_over_the_limit_is_refused(tmp_path: Path):
    path = write(tmp_path / "a.wav", "pcm_s16le", tone(3.0))
    with pytest.raises(BadInputError, match="hours"):
        decode(path, longest_s=2.0)


def test_a_cut_off_recording_gives_what_is_there(tmp_path: Path):
    path = write(tmp_path / "a.flac", "flac", tone(4.0))
    path.write_bytes(path.read_bytes()[:-2000])
    assert 1.0 < len(decode_whole(path)) / RATE_HZ <= 4.0


def test_a_released_recording_is_delivered_in_order(tmp_path: Path):
    source = FileSource(write(tmp_path / "a.wav", "pcm_s16le", tone(0.5)), fast=True)
    source.release()
    got = blocks(source, 50)
    assert np.concatenate([b.samples for b in got]) == pytest.approx(
        decode_whole(tmp_path / "a.wav")[: 50 * BLOCK], abs=1e-6
    )
    assert [b.position_s for b in got] == pytest.approx([i * 0.01 for i in range(50)])


def test_a_recording_waits_while_it_is_held(tmp_path: Path):
    source = FileSource(write(tmp_path / "a.wav", "pcm_s16le", tone(0.5)), fast=True)
    source.advance(0.2)
    assert all(not b.samples.any() for b in blocks(source, 20))
    assert source.read(0.0) is None
    source.release()
    assert blocks(source, 1)[0].samples.any()


def test_the_end_of_a_recording_is_told_once_and_silence_follows(tmp_path: Path):
    sound = np.concatenate([tone(4.0), np.zeros(48_000)])
    source = FileSource(write(tmp_path / "a.wav", "pcm_s16le", sound), fast=True)
    source.release()
    items = [source.read(1.0) for _ in range(700)]
    assert items.count(Ended()) == 1
    assert isinstance(items[-1], Block)
    assert not items[-1].samples.any()


def test_real_speed_follows_the_clock(tmp_path: Path):
    clock = ticking()
    source = FileSource(write(tmp_path / "a.wav", "pcm_s16le", tone(0.5)), clock=lambda: next(clock))
    source.release()
    assert source.read(0.0) is None
    assert isinstance(source.read(1.0), Block)


def test_time_stands_still_in_a_fast_script_until_something_is_said():
    source = ScriptedSource(fast=True)
    source.release()
    assert source.read(0.0) is None
    source.say(Sound((np.full(8_000, 3000, np.int16)).tobytes(), 8_000), after_s=0.1)
    got = blocks(source, 120)
    assert not np.concatenate([b.samples for b in got[:10]]).any()
    assert np.concatenate([b.samples for b in got[12:100]]).mean() == pytest.approx(3000 / 32768, rel=0.01)
    assert not got[-1].samples.any()


def test_a_polite_script_holds_its_tongue_while_it_is_held():
    source = ScriptedSource(fast=True)
    source.release()
    source.say_samples(np.ones(3200, np.float32) / 2)
    blocks(source, 5)
    source.hold()
    source.advance(0.05)
    assert not np.concatenate([b.samples for b in blocks(source, 5)]).any()
    source.release()
    assert blocks(source, 1)[0].samples.any()


def test_a_closed_source_gives_nothing():
    source = ScriptedSource(fast=True)
    source.close()
    assert source.read(0.1) is None
