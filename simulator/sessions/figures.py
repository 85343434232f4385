"""The figures of a session that lists, progress and examples are made of; small, and kept in the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from simulator.domain.errors import BadInputError
from simulator.domain.state import AnswerState, SessionState, ThreadState
from simulator.domain.vocabulary import (
    Facet,
    FacetState,
    Mode,
    Outcome,
    Pushback,
    PushbackReply,
    Reply,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
)
from simulator.sessions.advice import length_s

HEARD_S = 0.002
"""An imported answer that begins with its own first word, to the rounding of times, had no question before it."""


@dataclass(frozen=True, slots=True)
class FacetFigures:
    """How far a facet got in a thread: state after the initial answer and at the end, outcome, probes asked."""

    state: FacetState
    opening: FacetState
    outcome: Outcome | None
    probes: int


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """An answer's figures; units as in `DeliveryMeasured`.

    Attributes:
        answer: the answer's id.
        initial: whether it is a thread's initial answer.
        words: how many.
        wait_s: from the end of the interviewer's turn to the first word, seconds; None if typed or empty, and in an
            imported recording where no question was heard before it.
        duration_s: first to last word, seconds; 0 if unknown.
        speech_s: time spent speaking, seconds.
        pace_wpm: words a minute over the time spoken.
        fillers: how many, at least.
        fillers_pm: fillers a minute.
        pause_share: share of the duration in pauses.
        longest_pause_s: seconds.
        own_part_at_s: until the candidate's own action begins, seconds.
        front_loaded: whether everything was poured into it.
        keeper: whether the user marked it as one to keep.
    """

    answer: str
    initial: bool
    words: int
    wait_s: float | None
    duration_s: float
    speech_s: float
    pace_wpm: float | None
    fillers: int
    fillers_pm: float | None
    pause_share: float | None
    longest_pause_s: float | None
    own_part_at_s: float | None
    front_loaded: bool
    keeper: bool


@dataclass(frozen=True, slots=True)
class ReplyFigures:
    """What a reply to a probe or pushback was judged to be, and by whom.

    `said_after_s` is how long an "I don't know" took to be said, from the reply's first word; None for other
    replies and where the place of the words is not known.
    """

    answer: str
    facet: Facet
    pushback: Pushback | None
    reply: Reply | PushbackReply
    engine: str
    said_after_s: float | None


@dataclass(frozen=True, slots=True)
class ThreadFigures:
    """A thread's figures."""

    thread: str
    question: str
    kind: ThreadKind
    text: str
    closed: ThreadClose | None
    facets: dict[Facet, FacetFigures]
    answers: tuple[AnswerFigures, ...]
    replies: tuple[ReplyFigures, ...]
    signals: tuple[Signal, ...]

    @property
    def initial(self) -> AnswerFigures | None:
        """The initial answer, or None if there was none."""
        return next((answer for answer in self.answers if answer.initial), None)


@dataclass(frozen=True, slots=True)
class SessionFigures:
    """A session's figures. `judge` and `recognizer` are the engines that made them, with their versions."""

    session: str
    started_at: str
    mode: Mode
    pack: str
    typed: bool
    title: str
    tags: tuple[str, ...]
    duration_s: float
    band_s: tuple[float, float]
    closed: SessionClose | None
    judge: str
    recognizer: str
    corrections: int
    threads: tuple[ThreadFigures, ...]


def figures_of(state: SessionState) -> SessionFigures:
    """Give a session's figures; judgements that the user corrected count as corrected."""
    return SessionFigures(
        session=state.session,
        started_at=state.started_at,
        mode=state.mode,
        pack=state.pack,
        typed=state.typed,
        title=state.title,
        tags=state.tags,
        duration_s=state.at_s,
        band_s=state.band_s,
        closed=state.closed,
        judge=judge_of(state),
        recognizer=state.engines.get("recognizer", ""),
        corrections=len(state.corrections),
        threads=tuple(_thread(state, thread) for thread in state.threads.values()),
    )


def judge_of(state: SessionState) -> str:
    """Give the engine that judged: as each judgement names it, else as the session began."""
    named = {p.judged_by for t in state.threads.values() for p in t.probes if p.judged_by not in {"", "user"}}
    named |= {s.engine for t in state.threads.values() for s in t.signals if s.engine not in {"", "user"}}
    return " + ".join(sorted(named)) or state.engines.get("judge", "")


def _thread(state: SessionState, thread: ThreadState) -> ThreadFigures:
    return ThreadFigures(
        thread=thread.thread,
        question=thread.question,
        kind=thread.kind,
        text=thread.text,
        closed=thread.closed,
        facets={
            facet: FacetFigures(p.state, p.opening, p.outcome, len(thread.probes_on(facet)))
            for facet, p in thread.facets.items()
        },
        answers=tuple(
            _answer(state.answers[answer], typed=state.typed, imported=state.mode is Mode.IMPORT)
            for answer in thread.answers
        ),
        replies=_replies(state, thread),
        signals=tuple(record.signal for record in thread.signals),
    )


def _answer(answer: AnswerState, *, typed: bool, imported: bool) -> AnswerFigures:
    delivery = answer.delivery
    wait_s = max(0.0, answer.words[0].start_s - answer.at_s) if answer.words else 0.0
    return AnswerFigures(
        answer=answer.answer,
        initial=answer.initial,
        words=len(answer.words),
        wait_s=wait_s if answer.words and not typed and (wait_s >= HEARD_S or not imported) else None,
        duration_s=length_s(answer),
        speech_s=answer.speech_s,
        pace_wpm=delivery.pace_wpm if delivery else None,
        fillers=delivery.fillers if delivery else len(answer.fillers),
        fillers_pm=delivery.fillers_pm if delivery else None,
        pause_share=delivery.pause_share if delivery else None,
        longest_pause_s=delivery.longest_pause_s if delivery else None,
        own_part_at_s=delivery.own_part_at_s if delivery else None,
        front_loaded=delivery.front_loaded if delivery else False,
        keeper=answer.keeper,
    )


def _replies(state: SessionState, thread: ThreadState) -> tuple[ReplyFigures, ...]:
    found = []
    for probe in thread.probes:
        if probe.reply is None or probe.answer is None:
            continue
        said_after_s = None
        answer = state.answers.get(probe.answer)
        if probe.reply is Reply.UNKNOWN and answer is not None and answer.words:
            moments = [e.start_s for e in probe.evidence if e.start_s is not None and e.answer == probe.answer]
            said_after_s = max(0.0, min(moments) - answer.words[0].start_s) if moments else None
        found.append(
            ReplyFigures(probe.answer, probe.facet, probe.pushback, probe.reply, probe.judged_by, said_after_s)
        )
    return tuple(found)


@cache
def _adapter() -> TypeAdapter[SessionFigures]:
    return TypeAdapter(SessionFigures)


def figures_json(figures: SessionFigures) -> str:
    """Give the figures as JSON, as the index keeps them."""
    return _adapter().dump_json(figures).decode()


def figures_from_json(text: str | bytes) -> SessionFigures:
    """Read figures as the index keeps them.

    Raises:
        BadInputError: another version wrote them; the index is then made anew.
    """
    try:
        return _adapter().validate_json(text)
    except ValidationError:
        raise BadInputError("The library's index is of another version.", "`interview sessions rebuild`.") from None
