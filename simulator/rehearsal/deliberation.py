"""From an answer to the interviewer's next move: judge, settle, choose; pure apart from the judge's model.

The same function serves the live turn, its preparation at a first pause (on words that may still
grow, thrown away if they do), a typed session and the judging of a stored session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from simulator.domain import events as ev
from simulator.domain.judgements import AnswerContext, AnswerJudgement, Judge, PushbackContext, ReplyContext
from simulator.domain.moves import Move, Settled
from simulator.domain.state import AnswerState, Delivery, ProbeRecord, SessionState, ThreadState, apply
from simulator.domain.vocabulary import AnswerEnd, Facet, FacetState, Mode, Reply, Signal
from simulator.domain.words import Evidence, Word, locate

AMBIGUOUS_BELOW = 0.5
"""Confidence under which a judged reply counts as ambiguous: more likely wrong than right."""


SHOWN_BY: Mapping[Facet, frozenset[Signal]] = {
    Facet.OWN_ROLE: frozenset({Signal.PERSONAL_ACTION}),
    Facet.DECISION: frozenset({Signal.DECISION_RATIONALE, Signal.PERSONAL_ACTION}),
    Facet.ALTERNATIVES: frozenset({Signal.BOTH_SIDES}),
    Facet.OBSTACLE: frozenset({Signal.REAL_TENSION}),
    Facet.RESULT: frozenset({Signal.MEASURED_RESULT}),
    Facet.FAULT: frozenset({Signal.OWNS_FAULT}),
    Facet.HINDSIGHT: frozenset({Signal.WOULD_CHANGE}),
    Facet.LEARNING: frozenset({Signal.APPLIED_LEARNING}),
    Facet.POSITION: frozenset({Signal.CALIBRATED_VIEW, Signal.CONCRETE_TOPIC}),
    Facet.GROUNDS: frozenset({Signal.NAMES_SOURCES}),
    Facet.TENSION: frozenset({Signal.NAMES_TRADEOFF}),
    Facet.UNCERTAINTY: frozenset({Signal.CALIBRATED_VIEW, Signal.NAMES_SOURCES}),
    Facet.COUNTERARGUMENT: frozenset({Signal.BOTH_SIDES}),
    Facet.UPDATE: frozenset({Signal.CALIBRATED_VIEW}),
    Facet.FIT: frozenset({Signal.SPECIFIC_FIT}),
    Facet.QUESTION: frozenset({Signal.GENUINE_QUESTION}),
}
"""The signals that a reply to a probe on a facet can show. Whatever else the judge finds in a few sentences is taken
from an initial answer's rubric, which they are not."""


class Policy(Protocol):
    """The part of the interviewer that deliberation needs."""

    def settled(self, state: SessionState) -> tuple[Settled, ...]:
        """Give the facets that the newest judged reply settles."""

    def next_move(self, state: SessionState, now_s: float) -> Move:
        """Give what to do next."""


Measure = Callable[[AnswerState], Delivery]
"""How delivery is measured: an ended answer in, the figures out."""


@dataclass(frozen=True, slots=True)
class Deliberation:
    """What an answer amounts to, as events, the state after them, and the next move.

    `text` is the answer's text that was judged: a preparation holds only while the text is the same.
    """

    answer: str
    text: str
    events: tuple[ev.Event, ...]
    state: SessionState
    move: Move


def _find(quotes: Iterable[str], state: SessionState, thread: ThreadState, answer: AnswerState) -> tuple[Evidence, ...]:
    """Locate quotes in an answer, or else in an earlier one of the thread (contradictions quote those)."""
    found = []
    for quote in quotes:
        place = locate(quote, answer.words, answer.answer)
        if place.first_word is None:
            for earlier in thread.answers:
                other = locate(quote, state.answers[earlier].words, earlier)
                if other.first_word is not None:
                    place = other
                    break
        found.append(place)
    return tuple(found)


def answer_events(
    judgement: AnswerJudgement, state: SessionState, answer: AnswerState, at_s: float, *, facets: bool
) -> list[ev.Event]:
    """Put a judged answer into events: its sentences, its signals and, for an initial answer, the facets.

    Args:
        judgement: what the judge made of it.
        state: the session's state, which holds the answer.
        answer: the answer.
        at_s: the events' time.
        facets: whether the facets' states are taken over (an initial answer) or left to the replies.
    """
    thread = state.threads[answer.thread]
    events: list[ev.Event] = [
        ev.SentencesJudged(
            at_s=at_s,
            thread=thread.thread,
            answer=answer.answer,
            sentences=judgement.sentences,
            engine=judgement.engine,
        )
    ]
    if facets:
        events += [
            ev.FacetJudged(
                at_s=at_s,
                thread=thread.thread,
                facet=facet.facet,
                state=facet.state,
                evidence=_find(facet.evidence, state, thread, answer),
                confidence=facet.confidence,
                engine=facet.engine or judgement.engine,
            )
            for facet in judgement.facets
            if facet.facet in thread.facets
        ]
    known = {signal.signal for signal in thread.signals if signal.answer == answer.answer}
    events += [
        ev.SignalFound(
            at_s=at_s,
            thread=thread.thread,
            answer=answer.answer,
            signal=signal.signal,
            evidence=_find(signal.evidence, state, thread, answer),
            confidence=signal.confidence,
            engine=signal.engine or judgement.engine,
        )
        for signal in judgement.signals
        if signal.signal not in known
    ]
    return events


def _reply_events(
    judge: Judge, state: SessionState, thread: ThreadState, probe: ProbeRecord, answer: AnswerState, at_s: float
) -> list[ev.Event]:
    before = state.said_before(thread.thread, answer.answer)
    if probe.pushback is not None:
        pushed = judge.judge_pushback(
            PushbackContext(question=thread.text, view=before, pushback=probe.text, reply=answer.text)
        )
        return [
            ev.ReplyJudged(
                at_s=at_s,
                thread=thread.thread,
                answer=answer.answer,
                facet=probe.facet,
                reply=pushed.reply,
                pushback=probe.pushback,
                evidence=_find(pushed.evidence, state, thread, answer),
                confidence=pushed.confidence,
                ambiguous=pushed.confidence < AMBIGUOUS_BELOW,
                engine=pushed.engine,
            )
        ]
    judged = judge.judge_reply(
        ReplyContext(
            kind=thread.kind,
            question=thread.text,
            before=before,
            facet=probe.facet,
            probe=probe.text,
            reply=answer.text,
        )
    )
    evidence = _find(judged.evidence, state, thread, answer)
    events: list[ev.Event] = [
        ev.ReplyJudged(
            at_s=at_s,
            thread=thread.thread,
            answer=answer.answer,
            facet=probe.facet,
            reply=judged.reply,
            evidence=evidence,
            confidence=judged.confidence,
            ambiguous=judged.confidence < AMBIGUOUS_BELOW,
            engine=judged.engine,
        )
    ]
    had = thread.facets[probe.facet].state if probe.facet in thread.facets else FacetState.UNHEARD
    reached = had
    if judged.reply is Reply.FRESH:
        reached = FacetState.SUPPORTED
    elif judged.reply is Reply.VAGUE and had is FacetState.UNHEARD:
        reached = FacetState.CLAIMED
    if reached is not had:
        events.append(
            ev.FacetJudged(
                at_s=at_s,
                thread=thread.thread,
                facet=probe.facet,
                state=reached,
                evidence=evidence,
                confidence=judged.confidence,
                engine=judged.engine,
            )
        )
    return events


def judge_answer(judge: Judge, state: SessionState, answer_id: str, measure: Measure, at_s: float) -> list[ev.Event]:
    """Judge an ended answer: its facets and signals if it is an initial one, the reply if it follows a probe.

    Args:
        judge: the engine.
        state: the state after `AnswerEnded`.
        answer_id: the answer.
        measure: how delivery is measured.
        at_s: the events' time.
    """
    answer = state.answers[answer_id]
    thread = state.threads[answer.thread]
    probe = next((p for p in thread.probes if p.answer == answer_id), None)
    if not answer.words:
        return []
    if probe is not None:
        return _reply_events(judge, state, thread, probe, answer, at_s)
    judgement = judge.judge_answer(AnswerContext(kind=thread.kind, question=thread.text, text=answer.text))
    events = answer_events(judgement, state, answer, at_s, facets=True)
    return [*events, delivery_of(replace(answer, sentences=judgement.sentences), measure, at_s)]


def reflect(judge: Judge, state: SessionState, answer_id: str, measure: Measure, at_s: float) -> list[ev.Event]:
    """Judge what a reply's own words show (signals, sentences, delivery); done while the interviewer speaks.

    The next move does not wait for it: a reply's kind decides that alone. A fresh reply can show what its probe
    was after and specific detail; one that does not know can show that this was admitted; others show no signal.
    """
    answer = state.answers[answer_id]
    if answer.initial or not answer.words:
        return []
    thread = state.threads[answer.thread]
    judgement = judge.judge_answer(AnswerContext(kind=thread.kind, question=thread.text, text=answer.text))
    wanted = _signals_of(thread, answer_id)
    judgement = replace(judgement, signals=tuple(s for s in judgement.signals if s.signal in wanted))
    events = answer_events(judgement, state, answer, at_s, facets=False)
    return [*events, delivery_of(replace(answer, sentences=judgement.sentences), measure, at_s)]


def _signals_of(thread: ThreadState, answer_id: str) -> frozenset[Signal]:
    probe = next((p for p in thread.probes if p.answer == answer_id and p.pushback is None), None)
    if probe is None:
        return frozenset()
    if probe.reply is Reply.UNKNOWN:
        return frozenset({Signal.ADMITS_UNKNOWN})
    if probe.reply is Reply.FRESH:
        return SHOWN_BY.get(probe.facet, frozenset()) | {Signal.SPECIFIC_DETAIL}
    return frozenset()


def delivery_of(answer: AnswerState, measure: Measure, at_s: float) -> ev.DeliveryMeasured:
    """Measure the delivery of an answer whose sentences have been judged."""
    d = measure(answer)
    return ev.DeliveryMeasured(
        at_s=at_s,
        thread=answer.thread,
        answer=answer.answer,
        duration_s=d.duration_s,
        pace_wpm=d.pace_wpm,
        fillers=d.fillers,
        fillers_pm=d.fillers_pm,
        pause_share=d.pause_share,
        longest_pause_s=d.longest_pause_s,
        shares=dict(d.shares),
        own_part_at_s=d.own_part_at_s,
        front_loaded=d.front_loaded,
    )


def deliberate(
    judge: Judge, policy: Policy, state: SessionState, answer_id: str, measure: Measure, now_s: float
) -> Deliberation:
    """Judge an ended answer, settle what it settles and choose the next move.

    Args:
        judge: the engine that judges.
        policy: the interviewer.
        state: the session's state after the answer's `AnswerEnded`.
        answer_id: the answer.
        measure: how delivery is measured.
        now_s: seconds since the session began.
    """
    events: list[ev.Event] = []

    def add(more: Iterable[ev.Event]) -> None:
        nonlocal state
        for event in more:
            events.append(event)
            state = apply(state, event)

    add(judge_answer(judge, state, answer_id, measure, now_s))
    thread = state.threads[state.answers[answer_id].thread]
    if state.mode is not Mode.DRILL:
        add(
            ev.FacetSettled(
                at_s=now_s,
                thread=thread.thread,
                facet=settled.facet,
                outcome=settled.outcome,
                evidence=settled.evidence,
                reason=settled.reason,
            )
            for settled in policy.settled(state)
        )
    return Deliberation(answer_id, state.answers[answer_id].text, tuple(events), state, policy.next_move(state, now_s))


def foresee(state: SessionState, answer_id: str, words: tuple[Word, ...], now_s: float) -> SessionState:
    """Give the state as it would be if the answer ended now with these words (confirmed and partial)."""
    answer = replace(state.answers[answer_id], words=words, partial=())
    imagined = replace(state, answers={**state.answers, answer_id: answer})
    duration_s = words[-1].end_s - words[0].start_s if words else 0.0
    end = ev.AnswerEnded(at_s=now_s, answer=answer_id, reason=AnswerEnd.END_OF_TURN, duration_s=duration_s)
    return apply(imagined, end)
