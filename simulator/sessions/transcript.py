"""A session as a conversation: who said what, when, with the evidence in its place; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.domain.state import AnswerState, SessionState, ThreadState
from simulator.domain.vocabulary import Pushback
from simulator.domain.words import Evidence, Word, text_of

NEAR_S = 0.05
"""Seconds by which the second look's word times may differ from the first's and still be the same word's border."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said by one side.

    Attributes:
        speaker: "interviewer" or "candidate".
        at_s: when it began, seconds since the session began.
        text: the words; the interviewer's as they were really heard.
        purpose: for the interviewer: question, probe, pushback, or as in `InterviewerSaid`; else "".
        thread: the thread.
        answer: the answer's id, for the candidate.
        reason: why a probe was asked.
        facet: what a probe was aimed at.
        reply: what the answer was judged to be, for replies.
        cut: whether the interviewer was cut short.
    """

    speaker: str
    at_s: float
    text: str
    purpose: str = ""
    thread: str | None = None
    answer: str | None = None
    reason: str = ""
    facet: str = ""
    reply: str = ""
    pushback: Pushback | None = None
    cut: bool = False


def turns_of(state: SessionState) -> tuple[Turn, ...]:
    """Give everything that was said, in the order in which it began."""
    probes = {
        (thread.thread, probe.at_s, probe.text): probe for thread in state.threads.values() for probe in thread.probes
    }
    replies = {probe.answer: probe for thread in state.threads.values() for probe in thread.probes if probe.answer}
    turns = []
    for said in state.utterances:
        probe = probes.get((said.thread or "", said.at_s, said.text))
        turns.append(
            Turn(
                "interviewer",
                said.at_s,
                said.text if said.heard is None else said.heard,
                said.purpose,
                said.thread,
                reason=probe.reason if probe else "",
                facet=probe.facet if probe else "",
                pushback=probe.pushback if probe else None,
                cut=said.heard is not None and said.heard != said.text,
            )
        )
    for answer in state.answers.values():
        judged = replies.get(answer.answer)
        turns.append(
            Turn(
                "candidate",
                answer.at_s,
                text_of(answer.record),
                "",
                answer.thread,
                answer.answer,
                reply=judged.reply or "" if judged else "",
                facet=judged.facet if judged else "",
                pushback=judged.pushback if judged else None,
            )
        )
    return tuple(sorted(turns, key=lambda turn: turn.at_s))


def place_of(evidence: Evidence, answer: AnswerState) -> tuple[int, int] | None:
    """Give where evidence stands in the words that the record keeps, as (first, last) index; None if it can't be told.

    Evidence points into the words as first recognized; where a second look has replaced them, its times do.
    """
    if evidence.first_word is None or evidence.last_word is None or not answer.record:
        return None
    if not answer.revised:
        last = min(evidence.last_word, len(answer.words) - 1)
        return (evidence.first_word, last) if evidence.first_word <= last else None
    if evidence.start_s is None or evidence.end_s is None or evidence.end_s <= evidence.start_s:
        return None
    inside = [
        number
        for number, word in enumerate(answer.revised)
        if word.end_s > evidence.start_s + NEAR_S and word.start_s < evidence.end_s - NEAR_S
    ]
    return (inside[0], inside[-1]) if inside else None


def evidence_in(thread: ThreadState) -> Iterator[Evidence]:
    """Give all evidence that a thread's judgements rest on."""
    for progress in thread.facets.values():
        yield from progress.evidence
        yield from progress.outcome_evidence
    for record in thread.signals:
        yield from record.evidence
    for probe in thread.probes:
        yield from probe.evidence


def stretches_of(answer: AnswerState, gap_s: float = 0.3) -> tuple[tuple[float, float], ...]:
    """Give the stretches of voice in an answer: as heard, else as its words lie.

    Args:
        answer: the answer.
        gap_s: gaps between words up to this are no pause.
    """
    return answer.voice or _joined(answer.record, gap_s)


def _joined(words: Sequence[Word], gap_s: float) -> tuple[tuple[float, float], ...]:
    stretches: list[tuple[float, float]] = []
    for word in words:
        if word.end_s <= word.start_s:
            continue
        if stretches and word.start_s - stretches[-1][1] <= gap_s:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], word.end_s))
        else:
            stretches.append((word.start_s, word.end_s))
    return tuple(stretches)
