"""The summary says what the record shows, with the words that show it, and what to work on."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from simulator.domain import events as ev
from simulator.domain.delivery import Length
from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import Facet, FacetState, Outcome, PushbackReply, Signal
from simulator.sessions.advice import MOST, OWN_PART_LATE_S, advise
from simulator.sessions.summary import summarize, summary_json, summary_text
from tests.sessions.made import a_story, a_story_until


def of(**figures: float) -> SessionState:
    return replay(a_story(**figures))


def about(state: SessionState) -> list[str]:
    return [advice.about for advice in advise(state)]


def correct(state: SessionState, target: str, was: str, now: str, **where: object) -> SessionState:
    event = ev.JudgementCorrected(target=target, thread="t1", was=was, now=now, reason="I was there", **where)
    return replay([event], state)


def test_each_tested_facet_has_its_state_outcome_and_words() -> None:
    facets = {facet.facet: facet for facet in summarize(of()).threads[0].facets}
    assert list(facets) == [Facet.OWN_ROLE, Facet.DECISION, Facet.FAULT]
    assert facets[Facet.OWN_ROLE].outcome is Outcome.HELD
    assert facets[Facet.OWN_ROLE].probes == 2
    assert facets[Facet.DECISION].outcome is None
    assert facets[Facet.DECISION].state is FacetState.SUPPORTED
    assert facets[Facet.FAULT].evidence[0].quote == "Things could have gone better,"


def test_what_was_left_unsettled_is_said() -> None:
    assert "unsettled: decision" in summary_text(summarize(of()))


def test_the_initial_answer_is_held_against_the_band() -> None:
    lengths = {150.0: Length.WITHIN, 120.0: Length.WITHIN, 119.0: Length.SHORT, 181.0: Length.LONG}
    for seconds, length in lengths.items():
        initial = summarize(of(initial_s=seconds)).threads[0].initial
        assert initial is not None
        assert initial.length is length


def test_a_pushback_given_way_to_without_an_argument_comes_first() -> None:
    first = advise(of())[0]
    assert first.about == "pushback capitulates"
    assert "mere doubt" in first.text
    assert first.evidence


def test_every_judgement_to_work_on_shows_the_words() -> None:
    judged = [advice for advice in advise(of()) if advice.about in {*Facet, *Signal}]
    assert judged
    assert all(advice.evidence for advice in judged)


def test_an_honest_unknown_is_nothing_to_work_on() -> None:
    state = correct(of(), "outcome", "vague", "unknown", facet=Facet.FAULT)
    assert Facet.FAULT not in about(state)


def test_a_corrected_limit_counts_no_more_and_is_marked() -> None:
    state = correct(of(), "outcome", "vague", "held", facet=Facet.FAULT)
    fault = summarize(state).threads[0].facets[2]
    assert fault.outcome is Outcome.HELD
    assert fault.corrected
    assert Facet.FAULT not in about(state)


def test_a_signal_that_was_taken_away_counts_no_more() -> None:
    assert Signal.TOO_CLEAN in about(of())
    assert Signal.TOO_CLEAN not in about(correct(of(), "signal", "too_clean", "", answer="a1"))


def test_a_reply_that_was_corrected_counts_as_corrected() -> None:
    state = correct(of(), "reply", "capitulates", "updates", answer="a6", facet=Facet.DECISION)
    assert summarize(state).threads[0].pushbacks[0].reply is PushbackReply.UPDATES
    assert "pushback capitulates" not in about(state)


@pytest.mark.parametrize(("pace", "said"), [(99.0, "slow"), (100.0, ""), (150.0, ""), (190.0, ""), (191.0, "fast")])
def test_pace_is_flagged_under_100_and_over_190(pace: float, said: str) -> None:
    found = [advice.text for advice in advise(of(pace_wpm=pace)) if advice.about == "pace"]
    assert [said in text for text in found] == ([True] if said else [])


def test_fillers_are_flagged_from_12_a_minute_and_as_a_lower_bound() -> None:
    assert "fillers" not in about(of(fillers_pm=11.0))
    found = [advice.text for advice in advise(of(fillers_pm=12.0)) if advice.about == "fillers"]
    assert found
    assert found[0].startswith("At least 12")


def test_the_rate_of_a_few_seconds_is_not_worth_a_word() -> None:
    assert "pace" not in about(of(initial_s=30.0, pace_wpm=250.0))


def test_an_own_part_that_begins_late_is_said() -> None:
    assert OWN_PART_LATE_S < 60.0
    assert "own_part" in about(of())


def test_no_more_than_a_handful_is_to_be_worked_on() -> None:
    state = of(initial_s=300.0, pace_wpm=250.0, fillers_pm=20.0)
    assert len(advise(state)) <= MOST
    assert len(set(about(state))) == len(about(state))


def test_a_session_that_was_cut_off_has_a_summary() -> None:
    state = replay(a_story_until(ev.WordsConfirmed))
    assert "still open" in summary_text(summarize(state))


def test_an_empty_session_has_a_summary() -> None:
    assert "No question was asked." in summary_text(summarize(SessionState()))


def test_lines_are_as_wide_as_asked() -> None:
    assert max(map(len, summary_text(summarize(of()), 60).splitlines())) <= 60


def test_json_holds_the_same() -> None:
    data = json.loads(summary_json(summarize(of())))
    assert data["threads"][0]["facets"][0]["outcome"] == "held"
    assert data["work_on"][0]["about"] == "pushback capitulates"


def test_typed_answers_have_no_pace_and_no_fillers() -> None:
    state = replace(of(pace_wpm=16.0, fillers_pm=20.0), typed=True)
    initial = summarize(state).threads[0].initial
    assert initial is not None
    assert (initial.pace_wpm, initial.fillers_pm, initial.longest_pause_s) == (None, None, None)
    assert not {"pace", "fillers"} & set(about(state))
    assert "6 answers, typed" in summary_text(summarize(state))
