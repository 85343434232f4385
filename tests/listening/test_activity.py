from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.listening.activity import Frame, Started, Stopped, Stretches, VoiceDetector
from simulator.listening.decoding import decode_whole
from simulator.listening.levels import judge_level
from simulator.listening.microphone import mix
from simulator.listening.overhearing import is_hum
from simulator.listening.smart_turn import SmartTurn
from simulator.models.store import model_path

SOUND = Path(__file__).parent / "sound"


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return decode_whole(SOUND / "jfk.flac")


def stretches(samples: np.ndarray, block: int) -> list[tuple[float, float]]:
    """Give the stretches of voice in sound that comes in blocks."""
    detector, found = VoiceDetector(), []
    track = Stretches()
    for begin in range(0, len(samples), block):
        for frame in detector.feed(samples[begin : begin + block], min(begin + block, len(samples)) / 16_000):
            change = track.feed(frame)
            if isinstance(change, Stopped):
                found.append((round(change.start_s, 3), round(change.end_s, 3)))
    return found


def test_voice_is_found_where_it_is(speech: np.ndarray):
    found = stretches(np.concatenate([np.zeros(16_000, np.float32), speech, np.zeros(16_000, np.float32)]), 160)
    assert found[0][0] == pytest.approx(1.3, abs=0.2)
    assert 3 <= len(found) <= 8


def test_the_blocks_do_not_matter(speech: np.ndarray):
    assert stretches(speech, 160) == stretches(speech, 5000)


def test_silence_and_noise_are_no_voice():
    noise = np.random.default_rng(1).normal(0, 0.02, 16_000 * 20).astype(np.float32)
    assert stretches(np.zeros(16_000 * 20, np.float32), 160) == []
    assert stretches(noise, 160) == []


def test_one_frame_is_no_voice():
    track = Stretches()
    assert [track.feed(Frame(0.032 * i, p)) for i, p in enumerate((0, 0.9, 0, 0))] == [None] * 4


def test_a_short_gap_does_not_end_a_stretch():
    track = Stretches()
    probabilities = (0.9, 0.9, 0.1, 0.1, 0.1, 0.9, *(0.0,) * 8)
    changes = [track.feed(Frame(0.032 * (i + 1), p)) for i, p in enumerate(probabilities)]
    assert [type(change) for change in changes if change] == [Started, Stopped]


def test_a_speech_that_is_over_sounds_more_complete_than_one_that_is_cut(speech: np.ndarray):
    model = SmartTurn(model_path("smart-turn-v3.2"))
    quiet = np.zeros(3200, np.float32)
    whole = model.score(np.concatenate([speech[: int(10.6 * 16_000)], quiet]))
    cut = model.score(np.concatenate([speech[: int(3.9 * 16_000)], quiet]))
    assert whole > 0.6
    assert cut < whole


@pytest.mark.parametrize(("gain", "verdict"), [(0.0, "silent"), (0.003, "too_low"), (0.5, "good"), (8.0, "clipping")])
def test_the_input_is_judged_before_the_interview(speech: np.ndarray, gain: float, verdict: str):
    report = judge_level(np.clip(speech * gain, -1, 1))
    assert report.verdict == verdict
    assert bool(report.advice) is not report.good


def test_many_channels_with_one_microphone_keep_its_level():
    voice = np.random.default_rng(2).normal(0, 0.1, 480).astype(np.float32)
    data = np.zeros((480, 8), np.float32)
    data[:, 3] = voice
    assert mix(data) == pytest.approx(voice)


def test_a_hum_is_told_from_a_word(speech: np.ndarray):
    t = np.arange(6400) / 16_000
    hum = sum(np.sin(2 * np.pi * 120 * k * t) / k**2 for k in range(1, 5)).astype(np.float32)
    assert is_hum(hum)
    assert not is_hum(speech[int(0.4 * 16_000) : int(0.9 * 16_000)])
