from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.hearing import TurnHints
from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import words_of
from simulator.listening.closing import shipped_model
from simulator.listening.endofturn import (
    ASKED_FOR_S,
    HARD_LIMIT_S,
    INVITE_S,
    INVITE_SILENT_S,
    SHORTEST_S,
    UNSURE_S,
    End,
    EndOfTurn,
    Invite,
    Wait,
)

STORY = (
    "In March we lost a database at the clinic and I was on call. I called the vendor and I restored the backup "
    "myself. It took nine hours. So that's what I learned from it, and since then I test every backup each month."
)

LONG_STORY = " ".join(
    [*["We looked at the logs of the pumps, and I wrote to the ward about each of them."] * 20, STORY]
)
"""The same after two minutes."""


def paused(text: str, score: float, *, initial: bool, speech_s: float = 20.0, **hints: float) -> EndOfTurn:
    """Give a detector at a pause at 100 s, after these words."""
    detector = EndOfTurn(0.0, TurnHints(initial=initial, **hints), shipped_model())
    detector.voice_started(100.0 - speech_s)
    detector.voice_stopped(100.0)
    detector.score(score)
    detector.words(words_of(text, 0, 0))
    return detector


def test_a_finished_reply_ends_after_a_short_silence():
    detector = paused(STORY, 0.98, initial=False)
    assert detector.decide(101.5) == End(AnswerEnd.END_OF_TURN)


def test_no_pause_ends_a_turn_before_the_shortest_silence():
    assert isinstance(paused(STORY, 0.99, initial=False, complete=1.0).decide(100.0 + SHORTEST_S - 0.05), Wait)


def test_an_initial_answer_that_has_just_begun_survives_a_pause_of_three_seconds():
    assert isinstance(paused("In March we lost a database.", 0.98, initial=True, speech_s=4.0).decide(103.0), Wait)


def test_an_open_clause_survives_a_pause_of_four_seconds():
    assert isinstance(paused("I called the vendor and", 0.9, initial=False).decide(104.0), Wait)


def test_an_answer_in_the_band_ends_sooner_than_one_that_is_short_of_it():
    assert (
        paused(LONG_STORY, 0.98, initial=True, speech_s=150.0).wait_s()
        < paused(LONG_STORY, 0.98, initial=True, speech_s=40.0).wait_s()
    )


def test_a_story_that_has_all_it_wants_ends_sooner():
    told = paused(LONG_STORY, 0.98, initial=True, speech_s=150.0, complete=1.0)
    assert told.wait_s() < paused(LONG_STORY, 0.98, initial=True, speech_s=150.0, complete=0.0).wait_s()


def test_saying_so_ends_the_turn():
    detector = paused("We moved it to Oslo. That's it.", 0.1, initial=True)
    assert detector.decide(100.7) == End(AnswerEnd.SAID_DONE)


def test_let_me_think_buys_time():
    detector = paused("Let me think.", 0.98, initial=True)
    assert isinstance(detector.decide(100.0 + ASKED_FOR_S - 1), Wait)


def test_seven_seconds_of_silence_in_an_open_clause_bring_one_invitation():
    detector = paused("I called the vendor and", 0.1, initial=True)
    assert detector.decide(100.0 + INVITE_S) == Invite()
    assert isinstance(detector.decide(100.0 + INVITE_S + 0.1), Wait)


def test_who_has_said_nothing_is_given_longer_before_the_invitation():
    detector = EndOfTurn(0.0, TurnHints(), shipped_model())
    assert isinstance(detector.decide(INVITE_S + 1), Wait)
    assert detector.decide(INVITE_SILENT_S) == Invite()


def test_silence_while_the_interviewer_invites_does_not_count():
    detector = paused("I called the vendor and", 0.1, initial=True)
    detector.decide(107.0)
    detector.disregard_until(113.0)
    assert isinstance(detector.decide(114.0), Wait)


def test_every_answer_ends_at_the_hard_limit():
    assert paused("I called the vendor and", 0.01, initial=True).decide(100.0 + HARD_LIMIT_S) == End(
        AnswerEnd.END_OF_TURN
    )


def test_words_that_are_still_missing_are_waited_for():
    detector = paused(STORY, 0.98, initial=False)
    detector.words(words_of(STORY, 0, 0), current=False)
    assert isinstance(detector.decide(101.5), Wait)


def test_who_pauses_long_is_given_longer():
    calm = paused(STORY, 0.98, initial=False, speech_s=60.0)
    slow = paused(STORY, 0.98, initial=False, speech_s=60.0, typical_pause_s=3.0)
    assert slow.wait_s() > calm.wait_s()


def test_time_spoken_is_counted():
    detector = paused(STORY, 0.5, initial=True, speech_s=12.5)
    assert detector.speech_s == 12.5


@given(
    text=st.sampled_from([STORY, "I called the vendor.", "so we, um", "I don't know.", ""]),
    score=st.floats(0, 1),
    initial=st.booleans(),
    complete=st.floats(0, 1),
    pause_s=st.floats(0, 10),
)
def test_the_wait_is_always_between_the_shortest_and_the_hard_limit(
    text: str, score: float, initial: bool, complete: float, pause_s: float
):
    detector = paused(text, score, initial=initial, complete=complete, typical_pause_s=pause_s)
    assert SHORTEST_S <= detector.wait_s() <= HARD_LIMIT_S


@given(score=st.floats(0, 1), complete=st.floats(0, 1))
def test_a_finished_clause_is_never_waited_on_for_much_longer_than_a_thinking_pause(score: float, complete: float):
    detector = paused(STORY, 0.6 + 0.4 * score, initial=True, complete=complete)
    assert detector.wait_s() <= UNSURE_S
