"""Filled pauses found in the sound of a person, and the words' times without them."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.domain.words import Filler, Word
from simulator.listening.fillers import FillerFinder, without_fillers
from simulator.listening.recognizer_model import Whisper
from simulator.listening.recognizer_voice import VoiceTrack
from simulator.models.store import model_path
from tests.listening.recognition import Samples, recording

KNOWN_S = ((3.32, 3.78), (6.52, 7.11), (11.80, 12.18), (14.57, 15.16), (19.82, 20.25), (20.71, 20.90))
"""The fillers of `free_speech.flac`, aligned by hand."""


@pytest.fixture(scope="module")
def finder() -> FillerFinder:
    return FillerFinder(Whisper(model_path("whisper-base")))


def search(finder: FillerFinder, sound: Samples, start_s: float = 0.0) -> list[Filler]:
    track = VoiceTrack()
    track.feed(sound)
    return [filler for found in finder.search(sound, track.probabilities, start_s) for filler in found]


def test_most_of_the_fillers_of_a_person_are_found_and_few_others(finder: FillerFinder) -> None:
    found = search(finder, recording("free_speech.flac"))
    real = [f for f in found if any(f.start_s < end and f.end_s > start for start, end in KNOWN_S)]
    assert len(real) >= 4
    assert len(found) - len(real) <= 1


def test_um_and_uh_are_told_apart(finder: FillerFinder) -> None:
    found = search(finder, recording("free_speech.flac"))
    by_place = {round(f.start_s): f.text for f in found}
    assert by_place[15] == "um"
    assert by_place[20] == "uh"


def test_a_speech_without_fillers_has_none(finder: FillerFinder) -> None:
    assert search(finder, recording("jfk.flac")) == []


def test_silence_has_none(finder: FillerFinder) -> None:
    assert search(finder, np.zeros(80_000, np.float32)) == []


def test_times_are_on_the_callers_clock(finder: FillerFinder) -> None:
    sound = recording("free_speech.flac")
    here, there = search(finder, sound), search(finder, sound, 60.0)
    assert [f.start_s for f in there] == pytest.approx([f.start_s + 60.0 for f in here], abs=0.002)


def test_a_filler_at_the_beginning_of_a_word_is_taken_off_it() -> None:
    (word,) = without_fillers([Word("And", 17.8, 20.0)], [Filler("uh", 17.8, 18.3)])
    assert (word.start_s, word.end_s) == (18.3, 20.0)


def test_a_filler_at_the_end_of_a_word_is_taken_off_it() -> None:
    (word,) = without_fillers([Word("corpus.", 1.0, 2.2)], [Filler("um", 1.6, 2.2)])
    assert (word.start_s, word.end_s) == (1.0, 1.6)


def test_a_model_without_a_probe_is_known() -> None:
    assert FillerFinder.fits("whisper-base")
    assert not FillerFinder.fits("whisper-small")
