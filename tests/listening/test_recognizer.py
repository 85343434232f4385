"""The recognizer's process on recordings of people."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import ModelError
from simulator.domain.hearing import Confirmed, Partial, RecognizerChanged, Revised
from simulator.listening.recognizer import Finished, Result
from simulator.listening.recognizer_messages import Setup
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.models.store import model_path
from tests.listening.recognition import (
    RATE_HZ,
    Samples,
    confirmed,
    differences,
    recognize,
    recording,
    results_until,
    texts,
    wait_until,
    words_of_text,
)

JFK = words_of_text(
    "and so my fellow americans ask not what your country can do for you ask what you can do for your country"
)


@pytest.fixture(scope="module")
def recognizer() -> Iterator[ProcessRecognizer]:
    recognizer = ProcessRecognizer(Setup(model=model_path("whisper-base"), live=False, second_look=False))
    yield recognizer
    recognizer.close()


@pytest.fixture(scope="module")
def jfk() -> Samples:
    return recording("jfk.flac")


def quiet(seconds: float, level: float = 0.0, seed: int = 1) -> Samples:
    noise = np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ))
    return (level * noise).astype(np.float32)


@pytest.fixture(scope="module")
def heard(recognizer: ProcessRecognizer, jfk: Samples) -> list[Result]:
    """What comes of the recording, begun at 100 s of the session."""
    return recognize(recognizer, "a1", jfk, start_s=100.0)


def test_what_a_person_says_is_confirmed(heard: list[Result]) -> None:
    assert differences(texts(confirmed(heard, "a1")), JFK) <= 2


def test_words_are_seen_before_they_are_confirmed(heard: list[Result]) -> None:
    first = next(r for r in heard if isinstance(r, Confirmed | Partial))
    assert isinstance(first, Partial)
    assert first.words


def test_times_of_words_are_in_order_and_within_the_sound(heard: list[Result], jfk: Samples) -> None:
    times = [time for word in confirmed(heard, "a1") for time in (word.start_s, word.end_s)]
    assert times == sorted(times)
    assert times[0] >= 100.0
    assert times[-1] <= 100.0 + len(jfk) / RATE_HZ + 0.05


def test_the_same_recording_gives_the_same_words_twice(
    recognizer: ProcessRecognizer, heard: list[Result], jfk: Samples
) -> None:
    again = recognize(recognizer, "again", jfk, start_s=100.0)
    assert texts(confirmed(again, "again")) == texts(confirmed(heard, "a1"))


def test_blocks_of_another_size_change_nothing(
    recognizer: ProcessRecognizer, heard: list[Result], jfk: Samples
) -> None:
    large = recognize(recognizer, "large", jfk, start_s=100.0, block=1777)
    assert texts(confirmed(large, "large")) == texts(confirmed(heard, "a1"))


@pytest.mark.parametrize("level", [0.0, 0.001, 0.05])
def test_silence_and_noise_give_no_words(recognizer: ProcessRecognizer, level: float) -> None:
    assert confirmed(recognize(recognizer, f"n{level}", quiet(12.0, level)), f"n{level}") == []


def test_a_hum_gives_no_words(recognizer: ProcessRecognizer) -> None:
    time_s = np.arange(8 * RATE_HZ) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * f * time_s) / n for n, f in enumerate((110, 220, 440, 660), 1)) * 0.1
    assert confirmed(recognize(recognizer, "hum", hum.astype(np.float32)), "hum") == []


def test_no_word_is_lost_between_two_answers(recognizer: ProcessRecognizer, jfk: Samples) -> None:
    cut = int(5.2 * RATE_HZ)  # between "ask not" and "what your country"
    first, second = jfk[:cut], jfk[cut:]
    words = confirmed(recognize(recognizer, "first", first), "first")
    words += confirmed(recognize(recognizer, "second", second, start_s=cut / RATE_HZ), "second")
    assert differences(texts(words), JFK) <= 3


def test_an_answer_that_was_not_finished_is_finished_when_the_next_begins(
    recognizer: ProcessRecognizer, jfk: Samples
) -> None:
    recognizer.begin("left open", 0.0)
    recognizer.feed(jfk[: 3 * RATE_HZ])
    recognizer.begin("next", 3.0)
    results = results_until(recognizer, lambda got: Finished("left open") in got)
    recognizer.finish()
    results_until(recognizer, lambda got: Finished("next") in got)
    assert {"fellow", "americans"} <= set(texts(confirmed(results, "left open")))


def test_sound_without_an_answer_is_ignored(recognizer: ProcessRecognizer, jfk: Samples) -> None:
    recognizer.feed(jfk)
    assert recognizer.backlog_s == 0.0


def test_a_long_silence_before_the_voice_costs_no_word(recognizer: ProcessRecognizer, jfk: Samples) -> None:
    sound = np.concatenate([quiet(20.0, 0.0005), jfk])
    words = confirmed(recognize(recognizer, "late", sound), "late")
    assert differences(texts(words), JFK) <= 2
    assert words[0].start_s >= 19.5


def test_a_process_that_is_killed_in_mid_answer_loses_nothing(recognizer: ProcessRecognizer, jfk: Samples) -> None:
    def kill(index: int) -> None:
        if index == 600:
            wait_until(lambda: recognizer.backlog_s == 0.0)
            os.kill(recognizer.pid or 0, signal.SIGKILL)

    results = recognize(recognizer, "killed", jfk, on_block=kill)
    assert [r for r in results if isinstance(r, RecognizerChanged)]
    assert differences(texts(confirmed(results, "killed")), JFK) <= 3


def test_after_an_answer_comes_a_second_look_at_it() -> None:
    recognizer = ProcessRecognizer(Setup(model=model_path("whisper-base"), live=False))
    sound = recording("free_speech.flac")
    results = recognize(recognizer, "a1", sound)
    results += results_until(recognizer, lambda _: not recognizer.busy) + recognizer.poll()
    recognizer.close()
    (revised,) = [r for r in results if isinstance(r, Revised)]
    said = words_of_text("so this is the sick corpus hopefully the recording levels are okay i have a cold")
    heard = texts(list(revised.words))
    assert differences([t for t in heard if t in said][: len(said)], said) <= 3


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    recognizer = ProcessRecognizer(Setup(model=tmp_path / "nothing"))
    with pytest.raises(ModelError, match="nothing"):
        recognizer.wait_ready(60.0)
    recognizer.close()


def test_closing_twice_is_no_harm() -> None:
    recognizer = ProcessRecognizer(Setup(model=model_path("whisper-base")))
    recognizer.close()
    recognizer.close()
