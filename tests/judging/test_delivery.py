from __future__ import annotations

import pytest

from simulator.domain.judgements import SentenceJudgement
from simulator.domain.state import AnswerState
from simulator.domain.vocabulary import Agent, AnswerEnd, Role
from simulator.domain.words import Filler, Word, fillers_of, words_of
from simulator.judging.delivery import (
    is_front_loaded,
    measure_delivery,
    own_part_at_s,
    pauses_of,
    shares_of,
)


def spoken(**changes: object) -> AnswerState:
    words = words_of("I moved the region to Frankfurt and told um the harbour staff", start_s=10.0, duration_s=6.0)
    given: dict[str, object] = {
        "answer": "a1", "thread": "t1", "initial": True, "at_s": 10.0, "words": words, "ended": AnswerEnd.END_OF_TURN,
        "duration_s": 6.0, "speech_s": 4.0, "voice": ((10.0, 12.0), (14.0, 16.0)),
    }  # fmt: skip
    return AnswerState(**{**given, **changes})  # type: ignore[arg-type]


def sentence(text: str, first: int, role: Role, agent: Agent) -> SentenceJudgement:
    return SentenceJudgement(text, first, first + len(text.split()) - 1, role, agent)


def test_pace_counts_words_over_the_time_spoken_without_fillers():
    assert measure_delivery(spoken()).pace_wpm == pytest.approx(11 * 60 / 4)


def test_pauses_are_the_silence_between_stretches_of_voice():
    delivery = measure_delivery(spoken())
    assert delivery.longest_pause_s == pytest.approx(2.0)
    assert delivery.pause_share == pytest.approx(2.0 / 6.0)


def test_pauses_fall_back_to_gaps_between_words():
    words = (Word("so", 0.0, 0.4), Word("then", 3.0, 3.2))
    assert pauses_of(words, ()) == pytest.approx((2.6,))


def test_a_typed_answer_has_no_pace_and_no_pauses():
    delivery = measure_delivery(spoken(ended=AnswerEnd.TYPED, voice=()))
    assert (delivery.pace_wpm, delivery.fillers_pm, delivery.pause_share, delivery.longest_pause_s) == (None,) * 4


def test_a_filler_in_the_words_and_in_the_sound_is_one():
    words = (Word("um,", 1.0, 1.3), Word("so", 1.4, 1.6), Word("uh", 5.0, 5.2))
    assert len(fillers_of(words, (Filler("um", 1.05, 1.3), Filler("uh", 8.0, 8.2)))) == 3


def test_shares_are_shares_of_the_words():
    judged = (sentence("It was spring", 0, Role.SITUATION, Agent.NONE), sentence("I left", 3, Role.ACTION, Agent.SELF))
    assert shares_of(judged) == pytest.approx({"situation": 0.6, "action": 0.4})


def test_the_own_part_begins_with_the_candidates_first_action():
    words = words_of("It was spring I left", start_s=5.0, duration_s=5.0)
    judged = (sentence("It was spring", 0, Role.SITUATION, Agent.NONE), sentence("I left", 3, Role.ACTION, Agent.SELF))
    assert own_part_at_s(judged, words) == pytest.approx(3.0)


def test_an_answer_in_which_only_others_act_has_no_own_part():
    judged = (sentence("They left", 0, Role.ACTION, Agent.TEAM),)
    assert own_part_at_s(judged, words_of("They left")) is None


def test_a_long_answer_that_tells_everything_is_front_loaded():
    shares = {"situation": 0.3, "action": 0.3, "result": 0.2, "reflection": 0.2}
    assert is_front_loaded(shares, 200.0)
    assert not is_front_loaded(shares, 170.0)


def test_a_long_answer_that_leaves_the_rest_for_later_is_not_front_loaded():
    assert not is_front_loaded({"situation": 0.7, "action": 0.3}, 200.0)


def test_an_answer_without_words_can_be_measured():
    assert measure_delivery(spoken(words=(), voice=(), duration_s=0.0, speech_s=0.0)).duration_s == 0.0
