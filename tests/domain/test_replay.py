"""The fold gives the same state live, from the journal, and in whatever pieces it is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.state import SessionState, apply, replay
from simulator.domain.vocabulary import (
    Agent,
    Facet,
    FacetState,
    Outcome,
    PushbackReply,
    Reply,
    Role,
    SessionClose,
    Signal,
    ThreadKind,
    facets_of,
)
from simulator.domain.words import Evidence, Filler, Word
from simulator.sessions.journal import decode, encode, parse_journal

KINDS: tuple[type[ev.EventBase], ...] = get_args(ev.Event)

times = st.floats(0, 4000, allow_nan=False)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
threads, answers = st.sampled_from(["t1", "t2"]), st.sampled_from(["a1", "a2", "a3"])
words = st.builds(Word, texts, times, times, st.floats(0, 1))
evidence = st.builds(
    Evidence,
    texts,
    st.none() | answers,
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 99),
    st.none() | times,
    st.none() | times,
)
sentences = st.builds(
    SentenceJudgement, texts, st.integers(0, 99), st.integers(0, 99), st.sampled_from(Role), st.sampled_from(Agent)
)

BY_NAME: Mapping[str, st.SearchStrategy[object]] = {
    "thread": threads,
    "answer": answers,
    "at_s": st.just(0.0),
    "words": st.lists(words, max_size=4).map(tuple),
    "evidence": st.lists(evidence, max_size=2).map(tuple),
    "sentences": st.lists(sentences, max_size=3).map(tuple),
    "fillers": st.lists(st.builds(Filler, texts, times, times), max_size=3).map(tuple),
    "tests": st.lists(st.sampled_from(Facet), unique=True, max_size=4).map(tuple),
    "tags": st.lists(texts, max_size=3).map(tuple),
    "note": st.sampled_from(["n1", "n2"]),
    "direction": st.sampled_from(["input", "output"]),
}
"""Values by the name of their key, so that events speak of the same few threads and answers."""


def of_kind(kind: type[ev.EventBase]) -> st.SearchStrategy[ev.Event]:
    hints = get_type_hints(kind)
    given: dict[str, st.SearchStrategy[object]] = {}
    for field in fields(kind):
        hint = hints[field.name]
        if field.name == "type":
            continue
        if field.name in BY_NAME and not (kind is ev.DeliveryMeasured and field.name == "fillers"):
            given[field.name] = BY_NAME[field.name]
        elif hint is float:
            given[field.name] = times
        elif hint is str:
            given[field.name] = texts
        else:
            given[field.name] = st.from_type(hint)
    if kind is ev.DeliveryMeasured:
        given |= {name: st.none() | times for name in ("pace_wpm", "fillers_pm", "pause_share", "longest_pause_s")}
        given |= {"shares": st.dictionaries(texts, times, max_size=3), "own_part_at_s": st.none() | times}
    if kind is ev.SessionStarted:
        given |= {"band_s": st.tuples(times, times), "engines": st.dictionaries(texts, texts, max_size=3)}
    if kind is ev.InterviewerSaid:
        given["thread"] = st.none() | threads
    if kind is ev.NoteAdded:
        given["moment_s"] = st.none() | times
    return st.builds(kind, **given)


def corrections() -> st.SearchStrategy[ev.Event]:
    values = {"facet": FacetState, "outcome": Outcome, "signal": Signal}
    kinds = [
        st.builds(
            ev.JudgementCorrected,
            target=st.just(target),
            thread=threads,
            was=st.sampled_from(kind),
            now=st.sampled_from(kind),
            reason=texts,
            answer=answers,
            facet=st.sampled_from(Facet),
        )
        for target, kind in values.items()
    ]
    return st.one_of(kinds)


OPENING = [
    ev.QuestionAsked(thread=name, question="q", kind=kind, text="Tell me.", tests=facets_of(kind))
    for name, kind in (("t1", ThreadKind.STORY), ("t2", ThreadKind.VIEW))
] + [ev.AnswerStarted(answer=name, thread="t1", initial=name == "a1") for name in ("a1", "a2")]

any_event = st.one_of([of_kind(kind) for kind in KINDS if kind is not ev.JudgementCorrected] + [corrections()])


@st.composite
def sessions(draw: st.DrawFn) -> list[ev.Event]:
    """A session as a live run tells it: events of every kind, times that do not go back, an end."""
    middle = draw(st.lists(any_event, max_size=25))
    told = [*OPENING, *middle, ev.SessionClosed(reason=SessionClose.COMPLETE)]
    at, timed = 0.0, []
    for event, step in zip(told, draw(st.lists(st.floats(0, 60), min_size=len(told), max_size=len(told))), strict=True):
        at += step
        timed.append(replace(event, at_s=at))
    return timed


def kept(state: SessionState) -> SessionState:
    """What of a state the journal is answerable for: all but the meter and the words that are still open."""
    calm = {name: replace(answer, partial=()) for name, answer in state.answers.items()}
    return replace(state, answers=calm, level_dbfs=-120.0, peak_dbfs=-120.0, clipping=False)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_event_comes_back_from_its_line(kind: type[ev.EventBase]) -> None:
    @settings(max_examples=25, deadline=None, database=None)
    @given(corrections() if kind is ev.JudgementCorrected else of_kind(kind))
    def check(event: ev.Event) -> None:
        assert decode(encode(event)) == event
        assert "\n" not in encode(event)

    check()


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_a_replay_of_the_journal_gives_the_state_of_the_live_run(told: list[ev.Event]) -> None:
    live = replay(told)
    journal = "".join(encode(event) + "\n" for event in told if event.JOURNALED)
    read = parse_journal(journal.encode())
    assert read.problems == ()
    assert replay(read.events) == kept(live)


@settings(max_examples=50, deadline=None)
@given(sessions(), st.data())
def test_a_fold_can_be_gone_on_with_anywhere(told: list[ev.Event], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(told)))
    assert replay(told[cut:], replay(told[:cut])) == replay(told)


@settings(max_examples=50, deadline=None)
@given(any_event)
def test_an_event_about_nothing_known_leaves_threads_and_answers_alone(event: ev.Event) -> None:
    state = apply(SessionState(), event)
    if not isinstance(event, ev.QuestionAsked):
        assert not state.threads
    assert not state.answers


@settings(max_examples=50, deadline=None)
@given(sessions(), any_event)
def test_a_fold_changes_no_earlier_state(told: list[ev.Event], event: ev.Event) -> None:
    before = replay(told)
    same = replay(told)
    apply(before, event)
    assert before == same


def test_a_reply_that_was_corrected_is_of_the_right_kind() -> None:
    asked = [
        *OPENING,
        ev.ProbeAsked(thread="t1", facet=Facet.FAULT, text="What was your part?"),
        ev.AnswerStarted(answer="a3", thread="t1", initial=False),
        ev.ReplyJudged(thread="t1", answer="a3", facet=Facet.FAULT, reply=Reply.VAGUE),
        ev.JudgementCorrected(target="reply", thread="t1", was="vague", now="fresh", reason="it is", answer="a3"),
    ]
    assert replay(asked).threads["t1"].probes[-1].reply is Reply.FRESH
    assert PushbackReply.HOLDS not in {probe.reply for probe in replay(asked).threads["t1"].probes}


def test_a_correction_to_an_unknown_value_changes_no_judgement() -> None:
    odd = ev.JudgementCorrected(
        target="facet", thread="t1", was="claimed", now="heard of", reason="", facet=Facet.FAULT
    )
    assert replay([*OPENING, odd]).threads == replay(OPENING).threads
