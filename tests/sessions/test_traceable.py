"""Every figure that lists, summaries and progress show is recomputed here from the bare events."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from benchmarks.synthetic import made_session
from simulator.domain import events as ev
from simulator.domain.state import replay
from simulator.domain.vocabulary import Outcome, ThreadKind
from simulator.sessions.figures import SessionFigures, figures_of
from simulator.sessions.progress import Measure, progress_of
from simulator.sessions.summary import Summary, summarize

Made = tuple[list[ev.Event], SessionFigures, Summary]


@pytest.fixture(scope="module", params=[1, 2])
def made(request: pytest.FixtureRequest) -> Made:
    events = made_session(random.Random(request.param), 8.0)
    state = replay(events)
    return events, figures_of(state), summarize(state)


def deliveries(events: list[ev.Event]) -> dict[str, ev.DeliveryMeasured]:
    return {event.answer: event for event in events if isinstance(event, ev.DeliveryMeasured)}


def test_outcomes_are_those_that_were_settled(made: Made) -> None:
    events, figures, summary = made
    settled = {(e.thread, e.facet): e.outcome for e in events if isinstance(e, ev.FacetSettled)}
    shown = {
        (t.thread, facet): each.outcome for t in figures.threads for facet, each in t.facets.items() if each.outcome
    }
    listed = {(t.thread, f.facet): f.outcome for t in summary.threads for f in t.facets if f.outcome}
    assert shown == settled
    assert listed == settled


def test_probes_are_those_that_were_asked(made: Made) -> None:
    events, figures, summary = made
    asked = Counter((e.thread, e.facet) for e in events if isinstance(e, ev.ProbeAsked) and e.pushback is None)
    assert {(t.thread, f): each.probes for t in figures.threads for f, each in t.facets.items()} == dict(asked)
    assert {(t.thread, f.facet): f.probes for t in summary.threads for f in t.facets} == dict(asked)


def test_states_are_those_that_were_judged_last(made: Made) -> None:
    events, figures, _ = made
    judged = {(e.thread, e.facet): e.state for e in events if isinstance(e, ev.FacetJudged)}
    assert {(t.thread, f): each.state for t in figures.threads for f, each in t.facets.items()} == judged


def test_answers_have_the_figures_that_were_measured(made: Made) -> None:
    events, figures, summary = made
    measured = deliveries(events)
    words = Counter[str]()
    for event in events:
        if isinstance(event, ev.WordsConfirmed):
            words[event.answer] += len(event.words)
    for answer in (a for t in (*figures.threads, *summary.threads) for a in t.answers):
        delivery = measured[answer.answer]
        assert answer.words == words[answer.answer]
        assert (answer.duration_s, answer.pace_wpm, answer.fillers, answer.longest_pause_s) == (
            delivery.duration_s,
            delivery.pace_wpm,
            delivery.fillers,
            delivery.longest_pause_s,
        )


def test_replies_are_those_that_were_judged(made: Made) -> None:
    events, figures, _ = made
    judged = [(e.answer, e.facet, e.reply, e.pushback) for e in events if isinstance(e, ev.ReplyJudged)]
    shown = [(r.answer, r.facet, r.reply, r.pushback) for t in figures.threads for r in t.replies]
    assert shown == judged


def test_the_wait_is_from_the_turns_begin_to_the_first_word(made: Made) -> None:
    events, figures, _ = made
    begun = {e.answer: e.at_s for e in events if isinstance(e, ev.AnswerStarted)}
    first: dict[str, float] = {}
    for event in events:
        if isinstance(event, ev.WordsConfirmed):
            first.setdefault(event.answer, event.words[0].start_s)
    for answer in (a for t in figures.threads for a in t.answers):
        assert answer.wait_s == pytest.approx(max(0.0, first[answer.answer] - begun[answer.answer]))


def test_delivery_of_the_session_is_the_answers_together(made: Made) -> None:
    events, _, summary = made
    measured = deliveries(events)
    speech = {e.answer: e.speech_s for e in events if isinstance(e, ev.AnswerEnded)}
    initial = {e.answer for e in events if isinstance(e, ev.AnswerStarted) and e.initial}
    spoken_s = sum(speech.values())
    pace = sum((measured[a].pace_wpm or 0.0) * speech[a] for a in measured) / spoken_s
    fillers = sum(d.fillers for d in measured.values())
    shown = summary.delivery
    assert shown.answers == len(measured)
    assert shown.speech_s == pytest.approx(spoken_s)
    assert shown.pace_wpm == pytest.approx(pace)
    assert shown.fillers == fillers
    assert shown.fillers_pm == pytest.approx(60 * fillers / sum(d.duration_s for d in measured.values()))
    assert shown.longest_pause_s == max(d.longest_pause_s or 0.0 for d in measured.values())
    assert shown.initial_timed == len(initial)
    assert shown.initial_within_band == sum(120 <= measured[a].duration_s <= 180 for a in initial)


def test_progress_is_the_shares_of_what_was_settled_and_met(made: Made) -> None:
    events, figures, _ = made
    kinds = {e.thread: e.kind for e in events if isinstance(e, ev.QuestionAsked)}
    for series in progress_of([figures]).series:
        if series.measure is Measure.HELD:
            settled = [
                e.outcome
                for e in events
                if isinstance(e, ev.FacetSettled) and kinds[e.thread] is series.kind and series.facet in {None, e.facet}
            ]
            wanted = settled.count(Outcome.HELD) / len(settled)
        elif series.measure is Measure.MET:
            replies = [
                e.reply
                for e in events
                if isinstance(e, ev.ReplyJudged) and e.pushback is not None and kinds[e.thread] is series.kind
            ]
            wanted = sum(reply in {"holds", "updates"} for reply in replies) / len(replies)
        else:
            continue
        assert series.points[0].value == pytest.approx(wanted)


def test_limits_over_all_sessions_are_the_settled_events_counted(made: Made) -> None:
    events, figures, _ = made
    counted = Counter((e.facet, e.outcome) for e in events if isinstance(e, ev.FacetSettled))
    shown = {(row.facet, outcome): n for row in progress_of([figures]).limits for outcome, n in row.outcomes.items()}
    assert shown == dict(counted)


def test_signals_are_those_that_were_found(made: Made) -> None:
    events, figures, summary = made
    found = Counter((e.thread, e.signal) for e in events if isinstance(e, ev.SignalFound))
    assert Counter((t.thread, signal) for t in figures.threads for signal in t.signals) == found
    assert Counter((t.thread, s.signal) for t in summary.threads for s in t.signals) == found


def test_threads_are_the_questions_asked(made: Made) -> None:
    events, figures, _ = made
    asked = [(e.thread, e.question, e.kind) for e in events if isinstance(e, ev.QuestionAsked)]
    assert [(t.thread, t.question, t.kind) for t in figures.threads] == asked
    assert {kind for _, _, kind in asked} <= set(ThreadKind)
