from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from simulator.domain import hearing as hr
from simulator.domain.words import words_of
from simulator.listening.activity import VoiceDetector
from simulator.listening.decoding import decode_whole
from simulator.listening.echo import EchoCanceller
from simulator.listening.overhearing import OVERHEARD, Overhearing
from simulator.listening.recognizer import Result

SOUND = Path(__file__).parent / "sound"
RATE_HZ = 16_000
BLOCK = 160
ECHO_MS = 40

Samples = npt.NDArray[np.float32]


class Recognizer:
    """A recognizer that has been told what it will hear; it has always looked at everything."""

    engine = "told"
    backlog_s = 0.0
    busy = False

    def __init__(self) -> None:
        self.fed: list[Samples] = []
        self.begun: list[tuple[str, float]] = []

    def begin(self, answer: str, start_s: float) -> None:
        self.begun.append((answer, start_s))

    def feed(self, samples: Samples) -> None:
        self.fed.append(samples)

    def pause(self) -> None: ...
    def finish(self) -> None: ...
    def close(self) -> None: ...

    def poll(self) -> list[Result]:
        return []


class Room:
    """The real canceller and voice activity, an interviewer who speaks without end, and whoever speaks over that."""

    def __init__(self) -> None:
        self.recognizer = Recognizer()
        self.found: list[tuple[float, hr.Hearing]] = []
        self._voice = VoiceDetector()
        self._canceller = EchoCanceller()
        self._heard: list[Samples] = []
        self._overhearing = Overhearing(self.recognizer, self._since, cancels=True)
        self._overhearing.utterance()
        self._interviewer = np.tile(decode_whole(SOUND / "jfk.flac"), 4)
        self.now_s = 0.0
        self._words = ""

    def _since(self, from_s: float) -> Samples:
        return np.concatenate(self._heard)[max(0, round(from_s * RATE_HZ)) :]

    def recognizes(self, text: str) -> None:
        """Say what the recognizer makes of the next interjection."""
        self._words = text

    def goes_on(self, seconds: float, near: Samples | None = None) -> Room:
        """Let time go by, in which the candidate may speak; the interviewer is silent while somebody is heard."""
        for at in range(0, round(seconds * RATE_HZ), BLOCK):
            begin = round(self.now_s * RATE_HZ)
            held = self.found and isinstance(self.found[-1][1], hr.Interjection | hr.BargeIn)
            played = np.zeros(BLOCK, np.float32) if held else self._interviewer[begin : begin + BLOCK]
            raw = np.zeros(BLOCK, np.float32)
            if begin >= ECHO_MS * 16 and not held:
                raw += 0.5 * self._interviewer[begin - ECHO_MS * 16 : begin - ECHO_MS * 16 + BLOCK]
            if near is not None and at < len(near) - BLOCK:
                raw += near[at : at + BLOCK]
            self._canceller.reference(played, RATE_HZ)
            clean = self._canceller.clean(raw)
            self.now_s += BLOCK / RATE_HZ
            self._heard.append(clean)
            self._overhearing.feed(clean, raw)
            for frame in self._voice.feed(clean, self.now_s):
                found = self._overhearing.attend(frame, None)
                if found is not None:
                    self.found.append((self.now_s, found))
                    if isinstance(found, hr.Interjection) and self._words:
                        self._overhearing.take(hr.Confirmed(OVERHEARD, words_of(self._words, self.now_s, 0.3)))
        return self

    @property
    def kinds(self) -> list[type]:
        return [type(found) for _, found in self.found]


@pytest.fixture
def room() -> Room:
    return Room().goes_on(5.0)


@pytest.fixture(scope="module")
def speech() -> Samples:
    return decode_whole(SOUND / "meeting.flac")[: 4 * RATE_HZ]


def test_the_interviewer_s_own_voice_is_not_an_interjection(room: Room):
    assert room.goes_on(30.0).found == []


def test_who_speaks_over_the_interviewer_makes_it_hold_and_takes_the_turn(room: Room, speech: Samples):
    loud = np.flatnonzero(np.abs(speech) > 0.05)[0]
    room.goes_on(3.0, speech[loud:])
    assert room.kinds == [hr.Interjection, hr.BargeIn]
    assert room.found[0][0] - 5.0 < 0.3


def test_the_recognizer_is_given_what_was_said_from_its_beginning(room: Room, speech: Samples):
    loud = np.flatnonzero(np.abs(speech) > 0.05)[0]
    room.goes_on(0.6, speech[loud:])
    assert room.recognizer.begun[0][0] == OVERHEARD
    assert room.recognizer.begun[0][1] < 5.05
    assert sum(len(s) for s in room.recognizer.fed) / RATE_HZ == pytest.approx(
        room.now_s - room.recognizer.begun[0][1], abs=0.02
    )


def test_a_short_word_that_takes_no_turn_lets_the_interviewer_go_on(room: Room, speech: Samples):
    loud = np.flatnonzero(np.abs(speech) > 0.05)[0]
    room.recognizes("Okay.")
    room.goes_on(2.5, speech[loud : loud + RATE_HZ // 2])
    assert room.kinds == [hr.Interjection, hr.InterjectionOver]
