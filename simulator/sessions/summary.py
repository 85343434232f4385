"""The summary at a session's end: threads with their limits, timing, delivery, what to work on; pure."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from simulator.domain.delivery import PAUSE_REPORTED_S, Length, fillers_told, length_of
from simulator.domain.state import AnswerState, FacetProgress, SessionState, ThreadState
from simulator.domain.vocabulary import (
    GOOD_SIGNALS,
    Facet,
    FacetState,
    Mode,
    Outcome,
    Pushback,
    PushbackReply,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
)
from simulator.domain.words import Evidence
from simulator.sessions.advice import (
    Advice,
    advise,
    initial_answers,
    length_s,
    mean_fillers_pm,
    mean_pace_wpm,
    spoken,
)
from simulator.sessions.figures import judge_of
from simulator.sessions.wording import clock, count, cut

MARKS: dict[FacetState, str] = {FacetState.UNHEARD: "·", FacetState.CLAIMED: "◐", FacetState.SUPPORTED: "●"}
"""A mark for each facet state, always shown beside the word."""


@dataclass(frozen=True, slots=True)
class FacetSummary:
    """How far a facet got: its state after the initial answer and now, its outcome, and the words that show it.

    `corrected` says whether the user overruled a judgement on it.
    """

    facet: Facet
    opening: FacetState
    state: FacetState
    outcome: Outcome | None
    probes: int
    evidence: tuple[Evidence, ...]
    reason: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class SignalSummary:
    """A signal that was found in a thread, whether it speaks for the candidate, and the words that show it."""

    signal: Signal
    good: bool
    answer: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PushbackSummary:
    """A pushback and what came back."""

    facet: Facet
    kind: Pushback
    text: str
    reply: PushbackReply | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """An answer's timing and delivery; units as in `DeliveryMeasured`.

    `length` is set for initial answers whose length is known.
    """

    answer: str
    initial: bool
    start_s: float
    duration_s: float
    length: Length | None
    words: int
    pace_wpm: float | None
    fillers: int
    fillers_pm: float | None
    pause_share: float | None
    longest_pause_s: float | None
    shares: dict[str, float]
    own_part_at_s: float | None
    front_loaded: bool
    keeper: bool


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A thread: its question, why it closed, its facets, signals, pushbacks and answers."""

    thread: str
    question: str
    kind: ThreadKind
    text: str
    start_s: float
    closed: ThreadClose | None
    facets: tuple[FacetSummary, ...]
    signals: tuple[SignalSummary, ...]
    pushbacks: tuple[PushbackSummary, ...]
    answers: tuple[AnswerSummary, ...]

    @property
    def initial(self) -> AnswerSummary | None:
        """The initial answer, or None if there was none."""
        return next((answer for answer in self.answers if answer.initial), None)

    @property
    def unsettled(self) -> tuple[Facet, ...]:
        """The tested facets that were left unsettled."""
        return tuple(facet.facet for facet in self.facets if facet.outcome is None)


@dataclass(frozen=True, slots=True)
class DeliverySummary:
    """Delivery over the whole session; None where too little was spoken to tell. Fillers are a lower bound."""

    answers: int
    speech_s: float
    pace_wpm: float | None
    fillers: int
    fillers_pm: float | None
    longest_pause_s: float | None
    initial_within_band: int
    initial_timed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session came to."""

    session: str
    title: str
    started_at: str
    mode: Mode
    pack: str
    duration_s: float
    band_s: tuple[float, float]
    closed: SessionClose | None
    engines: dict[str, str]
    typed: bool
    threads: tuple[ThreadSummary, ...]
    delivery: DeliverySummary
    work_on: tuple[Advice, ...]
    corrections: int


def summarize(state: SessionState) -> Summary:
    """Give a session's summary; judgements that the user corrected count as corrected."""
    return Summary(
        session=state.session,
        title=state.title,
        started_at=state.started_at,
        mode=state.mode,
        pack=state.pack,
        duration_s=state.at_s,
        band_s=state.band_s,
        closed=state.closed,
        engines={**state.engines, "judge": judge_of(state)},
        typed=state.typed,
        threads=tuple(_thread(state, thread) for thread in state.threads.values()),
        delivery=_delivery(state),
        work_on=advise(state),
        corrections=len(state.corrections),
    )


def _thread(state: SessionState, thread: ThreadState) -> ThreadSummary:
    corrected = {c.facet for c in state.corrections if c.thread == thread.thread and c.facet is not None}
    return ThreadSummary(
        thread=thread.thread,
        question=thread.question,
        kind=thread.kind,
        text=thread.text,
        start_s=thread.at_s,
        closed=thread.closed,
        facets=tuple(
            _facet(thread, facet, progress, corrected=facet in corrected) for facet, progress in thread.facets.items()
        ),
        signals=tuple(
            SignalSummary(record.signal, record.signal in GOOD_SIGNALS, record.answer, record.evidence)
            for record in thread.signals
        ),
        pushbacks=tuple(
            PushbackSummary(
                facet=probe.facet,
                kind=probe.pushback,
                text=probe.text,
                reply=probe.reply if isinstance(probe.reply, PushbackReply) else None,
                evidence=probe.evidence,
            )
            for probe in thread.probes
            if probe.pushback is not None
        ),
        answers=tuple(summarize_answer(state, state.answers[answer]) for answer in thread.answers),
    )


def _facet(thread: ThreadState, facet: Facet, progress: FacetProgress, *, corrected: bool) -> FacetSummary:
    return FacetSummary(
        facet=facet,
        opening=progress.opening,
        state=progress.state,
        outcome=progress.outcome,
        probes=len(thread.probes_on(facet)),
        evidence=progress.outcome_evidence or progress.evidence,
        reason=progress.reason,
        corrected=corrected,
    )


def summarize_answer(state: SessionState, answer: AnswerState) -> AnswerSummary:
    """Give an answer's timing and delivery; of a typed one only what writing shows."""
    delivery, duration_s = answer.delivery, length_s(answer)
    if delivery is not None and state.typed:
        delivery = replace(
            delivery, pace_wpm=None, fillers_pm=None, pause_share=None, longest_pause_s=None, own_part_at_s=None
        )
    return AnswerSummary(
        answer=answer.answer,
        initial=answer.initial,
        start_s=answer.words[0].start_s if answer.words else answer.at_s,
        duration_s=duration_s,
        length=length_of(duration_s, state.band_s) if answer.initial and duration_s > 0 else None,
        words=len(answer.words),
        pace_wpm=delivery.pace_wpm if delivery else None,
        fillers=delivery.fillers if delivery else len(answer.fillers),
        fillers_pm=delivery.fillers_pm if delivery else None,
        pause_share=delivery.pause_share if delivery else None,
        longest_pause_s=delivery.longest_pause_s if delivery else None,
        shares=dict(delivery.shares) if delivery else {},
        own_part_at_s=delivery.own_part_at_s if delivery else None,
        front_loaded=delivery.front_loaded if delivery else False,
        keeper=answer.keeper,
    )


def _delivery(state: SessionState) -> DeliverySummary:
    answers, initial = spoken(state), initial_answers(state)
    pauses = [a.delivery.longest_pause_s for a in answers if a.delivery and a.delivery.longest_pause_s is not None]
    return DeliverySummary(
        answers=sum(1 for answer in state.answers.values() if answer.words),
        speech_s=sum(answer.speech_s for answer in answers),
        pace_wpm=mean_pace_wpm(answers),
        fillers=sum(a.delivery.fillers for a in answers if a.delivery),
        fillers_pm=mean_fillers_pm(answers),
        longest_pause_s=max(pauses, default=None),
        initial_within_band=sum(1 for a in initial if length_of(length_s(a), state.band_s) is Length.WITHIN),
        initial_timed=len(initial),
    )


def summary_json(summary: Summary) -> str:
    """Give the summary as JSON, keys as the attributes."""
    return json.dumps(asdict(summary), ensure_ascii=False, indent=2)


def summary_text(summary: Summary, width: int = 80) -> str:
    """Give the summary as plain text for a terminal or a screen reader.

    Args:
        summary: what a session came to.
        width: columns; lines are wrapped at words.
    """
    lines: list[str] = []
    for indent, line in _text_lines(summary):
        first, rest = " " * indent, " " * (indent + 2)
        lines += textwrap.wrap(line, max(width, 40), initial_indent=first, subsequent_indent=rest) if line else [""]
    return "\n".join(lines)


Lines = Iterator[tuple[int, str]]


def _text_lines(summary: Summary) -> Lines:
    title = f"{summary.title} · " if summary.title else ""
    pack = f" · {summary.pack}" if summary.pack else ""
    ended = "still open" if summary.closed is None else f"closed: {summary.closed}"
    yield 0, f"{title}Session {summary.session}"
    yield 0, f"{summary.started_at} · {summary.mode}{pack} · {clock(summary.duration_s)} · {ended}"
    if not summary.threads:
        yield 0, ""
        yield 0, "No question was asked."
    for number, thread in enumerate(summary.threads, 1):
        yield 0, ""
        yield from _thread_lines(number, thread, summary)
    yield 0, ""
    yield 0, "Delivery"
    for line in delivery_lines(summary):
        yield 2, line
    yield 0, ""
    yield 0, "What to work on"
    if not summary.work_on:
        yield 2, "Nothing that the record shows."
    for number, advice in enumerate(summary.work_on, 1):
        yield 2, f"{number}. {advice.text}"
        for evidence in advice.evidence[:2]:
            yield 5, quote_line(evidence)


def _thread_lines(number: int, thread: ThreadSummary, summary: Summary) -> Lines:
    yield 0, f"{number}. {thread.text}"
    yield 3, f"{thread.kind} · {closed_line(thread)}"
    if thread.initial is not None:
        yield 3, initial_line(thread.initial, summary.band_s)
    if summary.mode is not Mode.DRILL:
        for facet in thread.facets:
            yield 3, facet_line(facet)
            for evidence in facet.evidence[:1]:
                yield 5, quote_line(evidence)
    for good, word in ((True, "For"), (False, "Against")):
        for signal in thread.signals:
            if signal.good is good:
                quote = f": {quote_line(signal.evidence[0])}" if signal.evidence else ""
                yield 3, f"{word} {signal.signal}{quote}"
    for push in thread.pushbacks:
        quote = f": {quote_line(push.evidence[0])}" if push.evidence else ""
        yield 3, f"Pushback {push.kind} {push.reply or 'not answered'}{quote}"


def closed_line(thread: ThreadSummary) -> str:
    """Say why a thread closed, and what was left unsettled."""
    if thread.closed is ThreadClose.LIMIT:
        return "limit found: every facet that it tests is settled"
    why = "still open" if thread.closed is None else f"closed: {thread.closed}"
    left = thread.unsettled
    return f"{why}; unsettled: {', '.join(left)}" if left and thread.closed is not ThreadClose.ANSWERED else why


def initial_line(answer: AnswerSummary, band_s: tuple[float, float]) -> str:
    """Say how the initial answer was timed and delivered."""
    low, high = (clock(edge) for edge in band_s)
    if answer.length is None:
        return f"Initial answer: {count(answer.words, 'word')}, not timed"
    place = {Length.SHORT: "short of", Length.WITHIN: "within", Length.LONG: "over"}[answer.length]
    parts = [f"Initial answer {clock(answer.duration_s)}, {place} {low} to {high}"]
    if answer.pace_wpm is not None:
        parts.append(f"{answer.pace_wpm:.0f} words a minute")
    if answer.fillers_pm is not None:
        parts.append(fillers_told(answer.fillers))
    if answer.longest_pause_s is not None and answer.longest_pause_s >= PAUSE_REPORTED_S:
        parts.append(f"longest pause {answer.longest_pause_s:.1f} s")
    if answer.own_part_at_s is not None:
        parts.append(f"own part from {clock(answer.own_part_at_s)}")
    return " · ".join(parts)


def facet_line(facet: FacetSummary) -> str:
    """Say how far a facet got and how it was settled."""
    outcome = "held" if facet.outcome is Outcome.HELD else f"limit: {facet.outcome}" if facet.outcome else "not settled"
    mine = " (corrected by you)" if facet.corrected else ""
    return f"{MARKS[facet.state]} {facet.facet:<15} {facet.state:<10} {outcome}, {count(facet.probes, 'probe')}{mine}"


def quote_line(evidence: Evidence) -> str:
    """Give a quote with its moment."""
    at = f" ({clock(evidence.start_s)})" if evidence.start_s is not None and evidence.first_word is not None else ""
    return f"“{cut(evidence.quote)}”{at}"


def delivery_lines(summary: Summary) -> Sequence[str]:
    """Say how the session was delivered, a sentence a line."""
    delivery = summary.delivery
    answers = count(delivery.answers, "answer")
    lines = [f"{answers}, typed" if summary.typed else f"{answers}, {clock(delivery.speech_s)} spoken"]
    if delivery.initial_timed:
        low, high = (clock(edge) for edge in summary.band_s)
        lines.append(
            f"Initial answers within {low} to {high}: {delivery.initial_within_band} of {delivery.initial_timed}"
        )
    if delivery.pace_wpm is not None:
        lines.append(f"Pace {delivery.pace_wpm:.0f} words a minute of speech (120 to 170 is unremarked)")
    if delivery.fillers_pm is not None:
        found = fillers_told(delivery.fillers)
        lines.append(f"{found[0].upper()}{found[1:]}, {delivery.fillers_pm:.1f} a minute (up to 5 is unremarked)")
    if delivery.longest_pause_s is not None and delivery.longest_pause_s >= PAUSE_REPORTED_S:
        lines.append(f"Longest pause {delivery.longest_pause_s:.1f} s")
    return lines
