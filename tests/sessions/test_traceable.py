"""Every figure that lists, summaries and progress show is recomputed here from the bare events."""

from __future__ import annotations

import random
from collections import Counter
from statistics import median

import pytest

from benchmarks.synthetic import made_session
from simulator.domain import events as ev
from simulator.domain.state import replay
from simulator.domain.vocabulary import Facet, Outcome, ThreadKind
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


def of_kind(events: list[ev.Event], kind: ThreadKind, facet: Facet | None = None) -> list[ev.Event]:
    """Give the events of the threads of a kind, and of a facet where one is given."""
    kinds = {e.thread: e.kind for e in events if isinstance(e, ev.QuestionAsked)}
    threads = {e.answer: e.thread for e in events if isinstance(e, ev.AnswerStarted)}

    def thread_of(event: ev.Event) -> str | None:
        return getattr(event, "thread", None) or threads.get(getattr(event, "answer", ""))

    mine = [e for e in events if kinds.get(thread_of(e) or "") is kind]
    return [e for e in mine if facet is None or getattr(e, "facet", facet) is facet]


def waits(events: list[ev.Event]) -> list[float]:
    """Give the seconds from each initial answer's turn to its first word."""
    begun = {e.answer: e.at_s for e in events if isinstance(e, ev.AnswerStarted) and e.initial}
    first: dict[str, float] = {}
    for event in events:
        if isinstance(event, ev.WordsConfirmed):
            first.setdefault(event.answer, event.words[0].start_s)
    return [max(0.0, first[answer] - at_s) for answer, at_s in begun.items()]


def unknown_after(events: list[ev.Event]) -> list[float]:
    """Give the seconds from each reply's first word to the words that say that something is not known."""
    first: dict[str, float] = {}
    for event in events:
        if isinstance(event, ev.WordsConfirmed):
            first.setdefault(event.answer, event.words[0].start_s)
    return [
        max(0.0, min(each.start_s or 0.0 for each in e.evidence) - first[e.answer])
        for e in events
        if isinstance(e, ev.ReplyJudged) and e.reply == "unknown"
    ]


def recomputed(measure: Measure, events: list[ev.Event]) -> float:
    """Work a measure out from the events of the threads that it is of."""
    measured = list(deliveries(events).values())
    speech = {e.answer: e.speech_s for e in events if isinstance(e, ev.AnswerEnded)}
    initial = {e.answer for e in events if isinstance(e, ev.AnswerStarted) and e.initial}
    pushed = [e.reply for e in events if isinstance(e, ev.ReplyJudged) and e.pushback is not None]
    settled = [e.outcome for e in events if isinstance(e, ev.FacetSettled)]
    match measure:
        case Measure.HELD:
            return settled.count(Outcome.HELD) / len(settled)
        case Measure.MET:
            return sum(reply in {"holds", "updates"} for reply in pushed) / len(pushed)
        case Measure.WAIT:
            return median(waits(events))
        case Measure.LENGTH:
            return median(d.duration_s for d in measured if d.answer in initial)
        case Measure.PACE:
            return sum((d.pace_wpm or 0.0) * speech[d.answer] for d in measured) / sum(speech.values())
        case Measure.FILLERS:
            return 60 * sum(d.fillers for d in measured) / sum(d.duration_s for d in measured)
        case Measure.PAUSES:
            return max(d.longest_pause_s or 0.0 for d in measured)
        case Measure.UNKNOWN_AFTER:
            return median(unknown_after(events))


def test_every_value_of_the_progress_is_worked_out_again_from_the_events(made: Made) -> None:
    events, figures, _ = made
    series = progress_of([figures]).series
    assert {each.measure for each in series} >= set(Measure) - {Measure.UNKNOWN_AFTER}
    for each in series:
        own = of_kind(events, each.kind, each.facet)
        assert each.points[0].value == pytest.approx(recomputed(each.measure, own)), each


def test_the_letters_of_a_facet_are_its_threads_outcomes_in_order(made: Made) -> None:
    events, figures, _ = made
    settled = {(e.thread, e.facet): e.outcome for e in events if isinstance(e, ev.FacetSettled)}
    tests = {e.thread: e.tests for e in events if isinstance(e, ev.QuestionAsked)}
    for limits in progress_of([figures]).limits:
        threads = [thread for thread, facets in tests.items() if limits.facet in facets]
        outcomes = [settled.get((thread, limits.facet)) for thread in threads]
        names = ["held", "unknown", "not_mine", "no_more", "evaded", "contradicted", "vague", "None"]
        assert limits.letters == "".join("Humnecv·"[names.index(str(outcome))] for outcome in outcomes)


def test_replies_to_pushbacks_are_the_judged_ones_counted(made: Made) -> None:
    events, figures, _ = made
    judged = Counter(e.reply for e in events if isinstance(e, ev.ReplyJudged) and e.pushback is not None)
    (results,) = progress_of([figures]).pushbacks
    assert results.replies == dict(judged)


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
