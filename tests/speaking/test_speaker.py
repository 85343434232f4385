from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound
from simulator.rehearsal.parts import Mouth
from simulator.speaking.playback import resume_at
from simulator.speaking.player import SilentPlayer
from simulator.speaking.sentences import sentences
from simulator.speaking.speaker import Speaker

TEXT = "What did you decide? And why did you decide it that way?"
RATE_HZ = 16_000


class Clock:
    """Time that goes by only where somebody waits for it."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.stop_at_s = float("inf")
        self.held_s: tuple[float, float] | None = None
        self.speaker: Speaker | None = None

    def __call__(self) -> float:
        return self.now_s

    async def wait(self, seconds: float) -> None:
        self.now_s += seconds
        if self.held_s is not None and self.speaker is not None:
            if self.held_s[0] <= self.now_s < self.held_s[1]:
                self.speaker.hold()
            elif self.now_s >= self.held_s[1]:
                self.speaker.go_on()
        if self.now_s >= self.stop_at_s and self.speaker is not None:
            self.speaker.stop()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


class ToneVoice:
    """A second of tone for each sentence; counts what it made."""

    engine = "tone"

    def __init__(self, fails_from: int = 99) -> None:
        self.made: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self._fails_from = fails_from

    def synthesize(self, text: str) -> Iterator[Sound]:
        for sentence in sentences(text):
            self.gate.wait(5)
            if len(self.made) >= self._fails_from:
                raise ModelError("No voice is left.")
            self.made.append(sentence)
            tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)
            yield Sound(tone.astype("<i2").tobytes(), RATE_HZ)

    def close(self) -> None:
        """Nothing to end."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def voice() -> ToneVoice:
    return ToneVoice()


@pytest.fixture
def track() -> list[tuple[NDArray[np.int16], float]]:
    return []


@pytest.fixture
def speaker(clock: Clock, voice: ToneVoice, track: list[tuple[NDArray[np.int16], float]]) -> Iterator[Speaker]:
    player = SilentPlayer(clock, clock.wait, recording=lambda samples, at_s: track.append((samples, at_s)))
    clock.speaker = Speaker(voice, player)
    yield clock.speaker
    clock.speaker.close()


def nothing() -> None:
    """Nobody wants to know that it began."""


async def test_an_utterance_takes_as_long_as_its_sound(speaker: Speaker) -> None:
    spoken = await speaker.say(TEXT, nothing)
    assert spoken.complete
    assert spoken.heard == TEXT
    assert (spoken.started_at_s, spoken.ended_at_s) == pytest.approx((100.0, 102.0))


async def test_the_beginning_is_told_once_and_in_the_event_loop(speaker: Speaker) -> None:
    told: list[str] = []
    await speaker.say(TEXT, lambda: told.append(threading.current_thread().name))
    assert told == [threading.current_thread().name]


async def test_a_stop_ends_it_and_only_the_words_played_count_as_heard(speaker: Speaker, clock: Clock) -> None:
    clock.stop_at_s = 101.5
    spoken = await speaker.say(TEXT, nothing)
    assert not spoken.complete
    assert spoken.heard.startswith("What did you decide? And why")
    assert not spoken.heard.endswith("way?")


async def test_what_is_held_goes_on_from_the_word_that_was_cut(
    speaker: Speaker, clock: Clock, track: list[tuple[NDArray[np.int16], float]]
) -> None:
    clock.held_s = (100.5, 104.0)
    spoken = await speaker.say(TEXT, nothing)
    assert (spoken.heard, spoken.complete) == (TEXT, True)
    assert spoken.ended_at_s == pytest.approx(102.0 + 3.5, abs=1.0)
    assert not any(100.75 < at_s < 103.95 for _, at_s in track)


async def test_a_stop_while_it_is_held_knows_what_had_been_heard(speaker: Speaker, clock: Clock) -> None:
    clock.held_s, clock.stop_at_s = (100.5, 104.0), 101.5
    spoken = await speaker.say(TEXT, nothing)
    assert (spoken.heard, spoken.complete) == ("What did", False)


def test_a_sound_goes_on_from_the_quietest_place_shortly_before_the_cut() -> None:
    sound = np.full(3 * RATE_HZ, 3000, np.int16)
    sound[int(1.60 * RATE_HZ) : int(1.66 * RATE_HZ)] = 10
    assert resume_at(sound, 2 * RATE_HZ, RATE_HZ) / RATE_HZ == pytest.approx(1.63, abs=0.02)


def test_a_sound_that_had_hardly_begun_goes_on_from_its_beginning() -> None:
    assert resume_at(np.full(RATE_HZ, 3000, np.int16), RATE_HZ // 2, RATE_HZ) == 0


async def test_the_record_has_every_sample_in_its_place(
    speaker: Speaker, track: list[tuple[NDArray[np.int16], float]]
) -> None:
    await speaker.say(TEXT, nothing)
    assert sum(len(samples) for samples, _ in track) == 2 * RATE_HZ
    ends = [at_s + len(samples) / RATE_HZ for samples, at_s in track]
    assert [at_s for _, at_s in track[1:]] == pytest.approx(ends[:-1])


async def test_a_prepared_sentence_is_not_made_again(speaker: Speaker, voice: ToneVoice) -> None:
    speaker.prepare(TEXT)
    await speaker.say(TEXT, nothing)
    assert voice.made == sentences(TEXT)


async def test_a_question_that_is_repeated_begins_with_the_sound_it_had(speaker: Speaker, voice: ToneVoice) -> None:
    await speaker.say(TEXT, nothing)
    await speaker.say(TEXT, nothing)
    assert voice.made.count(sentences(TEXT)[0]) == 1


async def test_a_preparation_that_has_not_begun_gives_way_to_a_later_one(speaker: Speaker, voice: ToneVoice) -> None:
    voice.gate.clear()
    for text in ("One is being made.", "Two is stale.", "Three is wanted."):
        speaker.prepare(text)
    voice.gate.set()
    await speaker.say("Three is wanted.", nothing)
    assert voice.made == ["One is being made.", "Three is wanted."]


async def test_words_whose_preparation_was_dropped_are_said_all_the_same(speaker: Speaker, voice: ToneVoice) -> None:
    voice.gate.clear()
    speaker.prepare("One is being made.")
    speaker.prepare("Two is dropped.")
    saying = asyncio.ensure_future(speaker.say("Two is dropped.", nothing))
    await asyncio.sleep(0)
    speaker.prepare("Three comes between.")
    voice.gate.set()
    assert (await saying).heard == "Two is dropped."


async def test_a_stop_before_the_first_sound_gives_nothing_heard(speaker: Speaker, voice: ToneVoice) -> None:
    voice.gate.clear()
    saying = asyncio.ensure_future(speaker.say(TEXT, nothing))
    await asyncio.sleep(0)
    speaker.stop()
    spoken = await saying
    voice.gate.set()
    assert (spoken.heard, spoken.complete) == ("", False)


async def test_two_utterances_do_not_mix(speaker: Speaker) -> None:
    one, other = await asyncio.gather(speaker.say("One thing.", nothing), speaker.say("Another thing.", nothing))
    assert one.ended_at_s <= other.started_at_s


async def test_a_voice_that_fails_for_good_is_told() -> None:
    clock = Clock()
    speaker = Speaker(ToneVoice(fails_from=0), SilentPlayer(clock, clock.wait))
    with pytest.raises(ModelError, match="No voice is left"):
        await speaker.say(TEXT, nothing)
    speaker.close()


async def test_nothing_to_say_takes_no_time(speaker: Speaker) -> None:
    spoken = await speaker.say("", nothing)
    assert (spoken.heard, spoken.complete, spoken.ended_at_s) == ("", True, 100.0)


def test_a_speaker_is_what_the_conductor_calls_a_mouth(speaker: Speaker) -> None:
    mouth: Mouth = speaker
    mouth.prepare("")
