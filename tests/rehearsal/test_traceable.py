"""Every figure of review, drill, library and examples is worked out again here from the bare events."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.synthetic import keep_session, made_session
from simulator.cli.sessions import row
from simulator.domain import events as ev
from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import FacetState, Mode, Outcome, Role, ThreadKind
from simulator.domain.words import Word
from simulator.rehearsal.drilling import PACE_STEP_S, attempts
from simulator.rehearsal.reviewing import findings, paragraphs, passages
from simulator.screens.drill import figures_of as attempt_figures
from simulator.screens.examples import example_line
from simulator.screens.widgets.timeline import figures_of, rows_of, span_of
from simulator.screens.widgets.words import clock
from simulator.sessions.examples import IN_DEPTH, Proposal, confirm, depth_of, story_tellings
from simulator.sessions.figures import figures_of as session_figures
from simulator.sessions.library import Library
from simulator.sessions.pictures import pace_points

Made = tuple[list[ev.Event], SessionState]


@pytest.fixture(scope="module", params=[1, 2, 3])
def made(request: pytest.FixtureRequest) -> Made:
    events = made_session(random.Random(request.param), 8.0)
    return events, replay(events)


def revised(events: list[ev.Event]) -> dict[str, tuple[Word, ...]]:
    return {e.answer: e.words for e in events if isinstance(e, ev.WordsRevised)}


def voices(events: list[ev.Event]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for event in events:
        if isinstance(event, ev.VoiceActive):
            found.setdefault(event.answer, []).append((event.start_s, event.end_s))
    return found


# Review.


def test_the_transcript_has_every_word_once_with_its_times(made: Made) -> None:
    events, state = made
    shown = [word for passage in paragraphs(passages(state)) for word in passage.words]
    assert shown == [word for words in revised(events).values() for word in words]


def test_the_transcript_s_times_are_the_first_word_s_or_the_question_s(made: Made) -> None:
    events, state = made
    asked = [e.at_s for e in events if isinstance(e, ev.InterviewerSaid | ev.QuestionAsked | ev.ProbeAsked)]
    said = [words[0].start_s for words in revised(events).values()]
    assert [passage.start_s for passage in passages(state)] == sorted(asked + said)


def test_a_judgement_s_moment_is_when_its_first_words_were_said(made: Made) -> None:
    events, state = made
    words = {e.answer: e.words for e in events if isinstance(e, ev.WordsRevised)}
    for finding in findings(state):
        for evidence in finding.evidence:
            assert evidence.answer is not None and evidence.first_word is not None
            assert evidence.start_s == words[evidence.answer][evidence.first_word].start_s
        assert finding.start_s == next((e.start_s for e in finding.evidence), None)


def test_judgements_are_those_that_were_made(made: Made) -> None:
    events, state = made
    shown = Counter((f.target, f.thread, f.answer, f.value) for f in findings(state))
    judged: Counter[tuple[str, str, str | None, str]] = Counter()
    judged.update(("reply", e.thread, e.answer, e.reply) for e in events if isinstance(e, ev.ReplyJudged))
    judged.update(("facet", e.thread, None, e.state) for e in events if isinstance(e, ev.FacetJudged))
    judged.update(("outcome", e.thread, None, e.outcome) for e in events if isinstance(e, ev.FacetSettled))
    judged.update(("signal", e.thread, e.answer, e.signal) for e in events if isinstance(e, ev.SignalFound))
    assert shown == judged


def test_the_timeline_s_figures_are_the_measured_ones(made: Made) -> None:
    events, state = made
    measured = {e.answer: e for e in events if isinstance(e, ev.DeliveryMeasured)}
    ended = {e.answer: e for e in events if isinstance(e, ev.AnswerEnded)}
    for answer in state.answers.values():
        delivery, shown = measured[answer.answer], " · ".join(figures_of(answer, state.band_s))
        assert shown.startswith(clock(ended[answer.answer].duration_s))
        assert f"{delivery.pace_wpm:.0f} wpm" in shown
        assert (f"{delivery.fillers} filler" if delivery.fillers else "no fillers found") in shown
        assert f"max pause {delivery.longest_pause_s:.1f} s" in shown


def test_the_timeline_s_marks_stand_at_their_moments(made: Made) -> None:
    events, state = made
    heard = {e.answer: e.fillers for e in events if isinstance(e, ev.FillersHeard)}
    width = 400
    for name, answer in state.answers.items():
        span_s = span_of(answer, state.band_s)
        fillers, speech, runs = rows_of(answer, span_s, width)
        begun_s = revised(events)[name][0].start_s
        assert {i for i, mark in enumerate(fillers) if mark == "▾"} == {
            int((filler.start_s - begun_s) / span_s * width) for filler in heard[name]
        }
        for start_s, _ in voices(events)[name]:
            assert speech[int((start_s - begun_s) / span_s * width)] == "━"
        told = {e.answer: e.sentences for e in events if isinstance(e, ev.SentencesJudged)}[name]
        assert {role for role, _ in runs} <= {sentence.role for sentence in told}


def test_the_pace_of_a_picture_is_the_words_over_the_time_spoken(made: Made) -> None:
    events, state = made
    for name, answer in state.answers.items():
        words, voice = revised(events)[name], voices(events)[name]
        for middle_s, value in pace_points(answer):
            start_s = words[0].start_s + middle_s - 7.5
            said = sum(start_s <= (word.start_s + word.end_s) / 2 < start_s + 15 for word in words)
            spoken_s = sum(max(0.0, min(b, start_s + 15) - max(a, start_s)) for a, b in voice)
            assert value == pytest.approx(60 * said / spoken_s)


# Drill.


def test_an_attempt_s_figures_are_those_of_the_events(made: Made) -> None:
    events, state = made
    measured = {e.answer: e for e in events if isinstance(e, ev.DeliveryMeasured)}
    ended = {e.answer: e for e in events if isinstance(e, ev.AnswerEnded)}
    heard = {e.answer: e.fillers for e in events if isinstance(e, ev.FillersHeard)}
    low, high = state.band_s
    made_of = {attempt.answer: attempt for attempt in attempts(state)}
    assert set(made_of) == {e.answer for e in events if isinstance(e, ev.AnswerStarted) and e.initial}
    for name, attempt in made_of.items():
        delivery, words, length = measured[name], revised(events)[name], ended[name].duration_s
        begun_s = words[0].start_s
        assert attempt.duration_s == length
        assert attempt.over_band_s == (length - low if length < low else length - high if length > high else 0)
        assert {role: share for role, share in attempt.shares.items() if share} == {
            Role(role): share for role, share in delivery.shares.items()
        }
        assert (attempt.pace_wpm, attempt.own_part_at_s) == (delivery.pace_wpm, delivery.own_part_at_s)
        assert attempt.fillers == tuple((round(f.start_s - begun_s, 1), f.text) for f in heard[name])
        assert len(attempt.fillers) == delivery.fillers
        assert attempt.pauses == tuple(
            (round(a - begun_s, 1), round(b - a, 1))
            for (_, a), (b, _) in pairwise(voices(events)[name])
            if b - a >= 2.5
        )
        assert attempt.ending == " ".join(word.text for word in words[-12:])
        assert attempt.words == len(words)


def test_an_attempt_s_pace_over_time_is_words_over_the_time_spoken(made: Made) -> None:
    events, state = made
    for attempt in attempts(state):
        words, voice = revised(events)[attempt.answer], voices(events)[attempt.answer]
        for number, pace in enumerate(attempt.paces_wpm):
            start_s = words[0].start_s + number * PACE_STEP_S
            stop_s = min(start_s + PACE_STEP_S, words[-1].end_s)
            said = sum(start_s <= word.start_s < stop_s for word in words)
            spoken_s = sum(max(0.0, min(b, stop_s) - max(a, start_s)) for a, b in voice)
            assert pace == (round(60 * said / spoken_s, 1) if spoken_s >= 2.0 else 0.0)


def test_an_attempt_s_lines_show_its_figures(made: Made) -> None:
    _, state = made
    for attempt in attempts(state):
        shown = dict(attempt_figures(attempt))
        assert f"{attempt.own_part_at_s:.0f} s" in shown["own part"]
        assert f"{attempt.pace_wpm:.0f} words a minute" in shown["pace"]
        assert all(clock(at) in shown["fillers"] for at, _ in attempt.fillers)
        assert str(len(attempt.fillers) or "none found") in shown["fillers"]
        assert all(f"{length:.1f} s at {clock(at)}" in shown["pauses"] for at, length in attempt.pauses)


# Library and examples.


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "sessions", tmp_path / "library.sqlite3", tmp_path / "examples.json")


def test_a_session_s_row_and_what_is_found_in_it_are_the_events(made: Made, library: Library) -> None:
    events, _ = made
    folder = keep_session(library.root, datetime(2026, 11, 1, 10), random.Random(1), events)
    library.update()
    (listed,) = library.page().sessions
    outcomes = [e.outcome for e in events if isinstance(e, ev.FacetSettled)]
    held = outcomes.count(Outcome.HELD)
    end_s = int(max(event.at_s for event in events))
    assert row(listed)[:5] == [
        folder.id,
        "2026-11-01 10:00",
        f"{end_s // 60}:{end_s % 60:02}",
        Mode.ROUND.value,
        f"{held} held, {len(outcomes) - held} limit{'s' * (len(outcomes) - held != 1)}",
    ]
    starts = {round(word.start_s, 2) for words in revised(events).values() for word in words if "rolled" in word.text}
    hits = library.search("rolled", 1000)
    assert hits
    assert {round(hit.start_s, 2) for hit in hits if hit.speaker == "candidate"} <= starts


def test_an_example_s_depth_is_the_outcomes_of_its_threads(made: Made, library: Library) -> None:
    events, state = made
    figures = session_figures(state)
    tellings = story_tellings([figures])
    kinds = {e.thread: e.kind for e in events if isinstance(e, ev.QuestionAsked)}
    assert [t.thread for t in tellings] == [name for name, kind in kinds.items() if kind is ThreadKind.STORY]
    known = confirm(library.examples(), Proposal(tellings, None, None), "all of them")
    depth = depth_of(known.examples[0], [figures])
    threads = [telling.thread for telling in tellings]
    order = list(FacetState)
    for facet, shown in depth.facets.items():
        settled = [e.outcome for e in events if isinstance(e, ev.FacetSettled) and e.facet is facet]
        mine = [e for e in events if isinstance(e, ev.FacetJudged) and e.facet is facet and e.thread in threads]
        assert shown.outcome == (settled[-1] if settled else None)
        assert shown.state == max((e.state for e in mine), key=order.index, default=FacetState.UNHEARD)
    asked = Counter(e.question for e in events if isinstance(e, ev.QuestionAsked) and e.kind is ThreadKind.STORY)
    assert Counter({question: times for (_, question), times in depth.questions.items()}) == asked
    deep = sum(depth.facets[facet].outcome is Outcome.HELD for facet in IN_DEPTH)
    state_shown = "in depth" if deep == len(IN_DEPTH) else f"{deep} of {len(IN_DEPTH)} held"
    assert f"{state_shown} · {len(tellings)} telling" in example_line(depth, 60).plain
