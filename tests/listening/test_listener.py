from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator.domain import hearing as hr
from simulator.domain.vocabulary import AnswerEnd
from simulator.listening.decoding import decode_whole
from simulator.listening.echo import EchoMode
from simulator.listening.listener import Listener
from simulator.listening.recognizer_messages import Setup
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.listening.smart_turn import SmartTurn
from simulator.listening.sources import FileSource, ScriptedSource, Source
from simulator.models.store import model_path

SOUND = Path(__file__).parent / "sound"
LONGEST_S = 120.0
"""How long anything is waited for before a test fails."""


class Room:
    """A listener on a fast source with the real models; keeps everything that was heard and recorded."""

    def __init__(self, source: Source) -> None:
        self.recorded: list[np.ndarray] = []
        self.heard: list[hr.Hearing] = []
        self._news: queue.Queue[hr.Hearing] = queue.Queue()
        recognizer = ProcessRecognizer(Setup(model_path("whisper-base"), live=False, fillers=False, second_look=False))
        self.ears = Listener(
            source,
            recognizer,
            recording=lambda block, _at: self.recorded.append(block),
            echo=EchoMode.HALF_DUPLEX,
            smart_turn=SmartTurn(model_path("smart-turn-v3.2")),
        )
        self.ears.start(self._news.put)

    def until(self, wanted: Callable[[hr.Hearing], bool]) -> hr.Hearing:
        """Wait for something heard."""
        while True:
            heard = self._news.get(timeout=LONGEST_S)
            self.heard.append(heard)
            if wanted(heard):
                return heard

    def turn(self, answer: str, *, initial: bool = False) -> hr.TurnEnded:
        """Open a turn and give its end."""
        self.ears.begin_turn(answer, hr.TurnHints(initial=initial))
        return self.end()

    def end(self) -> hr.TurnEnded:
        """Wait for the end of the turn."""
        ended = self.until(lambda heard: isinstance(heard, hr.TurnEnded))
        assert isinstance(ended, hr.TurnEnded)
        return ended

    def words(self, answer: str) -> str:
        """Give an answer's confirmed words, without punctuation, in lower case."""
        said = [w.text for h in self.heard if isinstance(h, hr.Confirmed) and h.answer == answer for w in h.words]
        return " ".join("".join(c for c in word.lower() if c.isalnum() or c == "'") for word in said)


@pytest.fixture
def room() -> Iterator[Callable[[Source], Room]]:
    """Open rooms; they are closed after the test."""
    rooms: list[Room] = []

    def make(source: Source) -> Room:
        rooms.append(Room(source))
        return rooms[-1]

    yield make
    for each in rooms:
        each.ears.stop()


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return decode_whole(SOUND / "jfk.flac")


def test_a_recording_is_heard_to_its_end(room: Callable[[Source], Room]):
    here = room(FileSource(SOUND / "jfk.flac", fast=True))
    ended = here.turn("a1", initial=True)
    assert ended.reason is AnswerEnd.SOURCE_ENDED
    assert here.words("a1").startswith("and so my fellow americans")
    assert here.words("a1").endswith("not what your country can do for you ask what you can do for your country")
    assert sum(isinstance(heard, hr.SourceEnded) for heard in here.heard) == 1
    assert 5.0 < ended.speech_s < 11.0


def test_after_the_end_of_a_recording_a_turn_ends_at_once(room: Callable[[Source], Room]):
    here = room(FileSource(SOUND / "jfk.flac", fast=True))
    here.turn("a1", initial=True)
    assert here.turn("a2").reason is AnswerEnd.SOURCE_ENDED


def test_pauses_inside_an_answer_do_not_end_it_and_silence_after_it_does(
    room: Callable[[Source], Room], speech: np.ndarray
):
    source = ScriptedSource(fast=True)
    here = room(source)
    source.say_samples(speech, after_s=1.0)
    ended = here.turn("a1")
    assert ended.reason is AnswerEnd.END_OF_TURN
    assert here.words("a1").endswith("what you can do for your country")
    assert ended.decided_at_s > 11.0


def test_no_word_is_lost_between_two_answers(room: Callable[[Source], Room], speech: np.ndarray):
    source = ScriptedSource(fast=True)
    here = room(source)
    source.say_samples(speech, after_s=0.5)
    here.turn("a1")
    here.ears.interviewer_speaks(True)
    here.ears.interviewer_speaks(False)
    source.say_samples(speech)
    here.turn("a2")
    assert here.words("a2").startswith("and so my fellow americans")


def test_a_key_ends_the_turn_with_all_that_was_said(room: Callable[[Source], Room], speech: np.ndarray):
    source = ScriptedSource(fast=True)
    here = room(source)
    source.say_samples(speech[: int(2.2 * 16_000)])
    here.ears.begin_turn("a1", hr.TurnHints())
    here.until(lambda heard: isinstance(heard, hr.VoiceStopped))
    here.ears.end_turn(AnswerEnd.KEY)
    assert here.end().reason is AnswerEnd.KEY
    assert "and so my fellow" in here.words("a1")


def test_a_turn_in_which_nothing_was_said_ends_by_the_key_at_once(room: Callable[[Source], Room]):
    here = room(ScriptedSource(fast=True))
    here.ears.begin_turn("a1", hr.TurnHints())
    here.ears.end_turn(AnswerEnd.SKIPPED)
    ended = here.end()
    assert (ended.reason, ended.speech_s) == (AnswerEnd.SKIPPED, 0.0)


def test_silence_brings_an_invitation_and_no_words(room: Callable[[Source], Room]):
    source = ScriptedSource(fast=True)
    here = room(source)
    source.say_samples(np.zeros(16_000, np.float32))
    here.ears.begin_turn("a1", hr.TurnHints())
    wanted = here.until(lambda heard: isinstance(heard, hr.InvitationWanted))
    assert isinstance(wanted, hr.InvitationWanted)
    assert wanted.at_s == pytest.approx(15.0, abs=0.5)
    assert here.words("a1") == ""


def test_everything_is_recorded_and_the_recording_is_the_clock(room: Callable[[Source], Room], speech: np.ndarray):
    source = ScriptedSource(fast=True)
    here = room(source)
    here.ears.advance(1.0)
    source.say_samples(speech)
    here.turn("a1")
    here.ears.stop()
    recorded = np.concatenate(here.recorded)
    assert len(recorded) / 16_000 == pytest.approx(here.ears.position_s)
    at = int(np.argmax(np.correlate(recorded[: 16_000 * 13].astype(np.float32), speech[:16_000], "valid")))
    heard = recorded[at : at + len(speech)].astype(np.float32) / 32767
    assert np.corrcoef(heard, speech[: len(heard)])[0, 1] > 0.99


def test_while_muted_nothing_is_recognized_but_the_recording_goes_on(
    room: Callable[[Source], Room], speech: np.ndarray
):
    source = ScriptedSource(fast=True)
    here = room(source)
    here.ears.mute(True)
    here.ears.begin_turn("a1", hr.TurnHints())
    source.say_samples(speech)
    here.until(lambda _heard: here.ears.position_s > 11.0)
    here.ears.end_turn(AnswerEnd.TYPED)
    assert here.end().reason is AnswerEnd.TYPED
    assert here.words("a1") == ""
    assert np.concatenate(here.recorded).any()


def test_a_pause_stops_the_clock(room: Callable[[Source], Room]):
    here = room(ScriptedSource(fast=True))
    here.ears.pause()
    here.ears.begin_turn("a1", hr.TurnHints())
    here.ears.end_turn(AnswerEnd.KEY)
    here.end()
    here.ears.advance(1.0)
    here.ears.begin_turn("a2", hr.TurnHints())
    here.ears.end_turn(AnswerEnd.KEY)
    here.end()
    assert here.ears.position_s == 0.0


def test_stopping_in_mid_answer_tells_its_last_words(room: Callable[[Source], Room], speech: np.ndarray):
    source = ScriptedSource(fast=True)
    here = room(source)
    source.say_samples(speech[: int(2.2 * 16_000)])
    here.ears.begin_turn("a1", hr.TurnHints())
    here.until(lambda heard: isinstance(heard, hr.VoiceStopped))
    here.ears.stop()
    while not here._news.empty():
        here.heard.append(here._news.get())
    assert "and so my fellow" in here.words("a1")
