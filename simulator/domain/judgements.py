"""What the judge is asked and what it answers; the interface that both engines fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from simulator.domain.vocabulary import (
    Agent,
    Facet,
    FacetState,
    PushbackReply,
    Reply,
    Role,
    Signal,
    ThreadKind,
)


@dataclass(frozen=True, slots=True)
class AnswerContext:
    """An initial answer (or a whole monologue) to be judged.

    Attributes:
        kind: story or view.
        question: the interviewer's question as asked.
        text: the candidate's words.
    """

    kind: ThreadKind
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """A reply to a probe, with all that the candidate said before it in the thread.

    Attributes:
        kind: story or view.
        question: the thread's question.
        before: the candidate's words so far in the thread, oldest first, joined by spaces.
        facet: what the probe was aimed at.
        probe: the probe as asked.
        reply: the candidate's words.
    """

    kind: ThreadKind
    question: str
    before: str
    facet: Facet
    probe: str
    reply: str


@dataclass(frozen=True, slots=True)
class PushbackContext:
    """A reply to a pushback.

    Attributes:
        question: the thread's question.
        view: the position (or decision) that was pushed on, in the candidate's words.
        pushback: the interviewer's argument, or the bare doubt.
        reply: the candidate's words.
    """

    question: str
    view: str
    pushback: str
    reply: str


@dataclass(frozen=True, slots=True)
class ReplyJudgement:
    """What a reply to a probe amounts to.

    Attributes:
        reply: the kind of reply.
        confidence: probability of that kind, 0 to 1.
        evidence: verbatim quotes from the reply (or, for a contradiction or repetition, also from before).
        engine: name and version of the engine that judged.
        probabilities: probability of every kind, where the engine gives them.
    """

    reply: Reply
    confidence: float
    evidence: tuple[str, ...]
    engine: str
    probabilities: Mapping[Reply, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PushbackJudgement:
    """What a reply to a pushback amounts to; attributes as in `ReplyJudgement`."""

    reply: PushbackReply
    confidence: float
    evidence: tuple[str, ...]
    engine: str
    probabilities: Mapping[PushbackReply, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetJudgement:
    """How far a facet got in what was said, with the words that show it (none if unheard).

    `engine` is named where it is another one than the whole judgement's.
    """

    facet: Facet
    state: FacetState
    confidence: float
    evidence: tuple[str, ...]
    engine: str = ""


@dataclass(frozen=True, slots=True)
class SignalJudgement:
    """A signal that was found, with the words that show it; `engine` as in `FacetJudgement`."""

    signal: Signal
    confidence: float
    evidence: tuple[str, ...]
    engine: str = ""


@dataclass(frozen=True, slots=True)
class SentenceJudgement:
    """A sentence of an answer: what it does and who acts in it.

    Attributes:
        text: the sentence, verbatim.
        first_word: index of its first word in the answer's text split at white space.
        last_word: index of its last word (inclusive).
        role: what it does.
        agent: who acts.
    """

    text: str
    first_word: int
    last_word: int
    role: Role
    agent: Agent


@dataclass(frozen=True, slots=True)
class AnswerJudgement:
    """Everything judged about one answer: every facet of its kind, the signals found, its sentences."""

    facets: tuple[FacetJudgement, ...]
    signals: tuple[SignalJudgement, ...]
    sentences: tuple[SentenceJudgement, ...]
    engine: str


class Judge(Protocol):
    """Words in, judgements out. Pure apart from the engine's own model: same input, same judgement."""

    @property
    def engine(self) -> str:
        """Name and version of the engine, as the record shows it."""

    def judge_answer(self, context: AnswerContext) -> AnswerJudgement:
        """Judge an initial answer."""

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply to a probe."""

    def judge_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Judge a reply to a pushback."""
