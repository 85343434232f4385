"""Progress is drawn from the sessions' own figures, one line an engine."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.domain import events as ev
from simulator.domain.state import replay
from simulator.domain.vocabulary import Facet, Outcome, Pushback, ThreadKind
from simulator.sessions.figures import SessionFigures, figures_from_json, figures_json, figures_of
from simulator.sessions.progress import Measure, Series, progress_json, progress_of, progress_text, sparkline
from tests.sessions.made import a_story, a_view


def figures(name: str, told: list[ev.Event], **changes: object) -> SessionFigures:
    return replace(figures_of(replay(told)), session=name, started_at=f"2026-11-{name}T09:00:00", **changes)


MADE = [figures("01", a_story(initial_s=200.0)), figures("02", a_story(initial_s=150.0)), figures("03", a_view())]


def of(measure: Measure, sessions: list[SessionFigures] | None = None) -> list[Series]:
    return [series for series in progress_of(sessions or MADE).series if series.measure is measure]


def test_figures_come_back_from_the_index_as_they_were() -> None:
    for each in MADE:
        assert figures_from_json(figures_json(each)) == each


def test_every_value_is_the_sessions_own() -> None:
    (story,) = [series for series in of(Measure.LENGTH) if series.kind is ThreadKind.STORY]
    assert [(point.session, point.value) for point in story.points] == [("01", 200.0), ("02", 150.0)]
    assert story.usual == (120.0, 180.0)


def test_the_share_that_held_is_of_what_was_settled() -> None:
    whole = next(series for series in of(Measure.HELD) if series.facet is None)
    assert [point.value for point in whole.points] == [0.5, 0.5]
    assert {series.facet for series in of(Measure.HELD)} == {
        None,
        Facet.OWN_ROLE,
        Facet.FAULT,
        Facet.UPDATE,
        Facet.UNCERTAINTY,
    }


def test_pace_is_over_the_time_spoken() -> None:
    sessions = [figures("01", a_story(pace_wpm=100.0))]
    assert [series.points[0].value for series in of(Measure.PACE, sessions)] == [100.0]


def test_the_time_to_answer_runs_from_the_end_of_the_question() -> None:
    assert of(Measure.WAIT)[0].points[0].value == pytest.approx(0.5)


def test_the_time_to_admit_not_knowing_runs_from_the_first_word() -> None:
    (series,) = of(Measure.UNKNOWN_AFTER)
    assert series.kind is ThreadKind.VIEW
    assert series.points[0].value == pytest.approx(0.0)


def test_engines_and_versions_are_never_one_line() -> None:
    sessions = [MADE[0], replace(MADE[1], judge="embedded 2", recognizer="whisper-small")]
    for measure in (Measure.HELD, Measure.LENGTH, Measure.PACE):
        engines = [(series.facet, series.engine) for series in of(measure, sessions)]
        assert len(engines) == len(set(engines))
        assert all(len(series.points) == 1 for series in of(measure, sessions))


def test_typed_answers_have_no_delivery() -> None:
    sessions = [replace(MADE[0], typed=True)]
    assert not of(Measure.LENGTH, sessions)
    assert of(Measure.HELD, sessions)


def test_a_session_judged_by_two_engines_says_so() -> None:
    extra = ev.SignalFound(
        thread="t1", answer="a1", signal=next(iter(replay(a_story()).threads["t1"].signals)).signal, engine="llama 3 8b"
    )
    assert figures("01", [*a_story(), extra]).judge == "embedded 1 + llama 3 8b"


def test_limits_are_counted_by_facet_and_engine() -> None:
    limits = {(each.engine, each.facet): each for each in progress_of(MADE).limits}
    assert limits["embedded 1", Facet.FAULT].outcomes == {Outcome.VAGUE: 2}
    assert limits["embedded 1", Facet.DECISION].unsettled == 2
    assert limits["llama 3 8b", Facet.UPDATE].outcomes == {Outcome.EVADED: 1}


def test_replies_to_pushbacks_are_counted() -> None:
    results = {(each.engine, each.pushback): each.replies for each in progress_of(MADE).pushbacks}
    assert results == {
        ("embedded 1", Pushback.EMPTY): {"capitulates": 2},
        ("llama 3 8b", Pushback.REASONED): {"holds": 1},
    }


def test_the_order_of_the_sessions_does_not_matter() -> None:
    assert progress_of(MADE[::-1]) == progress_of(MADE)


def test_nothing_is_made_of_nothing() -> None:
    assert progress_text(progress_of([])) == "0 sessions"


def test_text_and_json_hold_every_series() -> None:
    progress = progress_of(MADE)
    assert len(json.loads(progress_json(progress))["series"]) == len(progress.series)
    text = progress_text(progress)
    assert all(series.engine in text for series in progress.series)


@settings(deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
def test_a_line_of_text_has_a_mark_for_each_value(values: list[float]) -> None:
    assert len(sparkline(values)) == min(len(values), 24)
