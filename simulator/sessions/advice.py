"""What to work on, and why: pure rules from a session's record to a few sentences with their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simulator.domain.delivery import (
    FILLERS_FLAGGED_PM,
    PACE_FLAGGED_WPM,
    PACE_QUIET_WPM,
    Length,
    at_least,
    length_of,
)
from simulator.domain.state import AnswerState, SessionState, ThreadState
from simulator.domain.vocabulary import (
    BAD_SIGNALS,
    Facet,
    Outcome,
    Pushback,
    PushbackReply,
    Signal,
    ThreadKind,
)
from simulator.domain.words import Evidence
from simulator.sessions.wording import clock, short

MOST = 6
"""Pieces of advice in a summary; more than a handful is not worked on."""

OWN_PART_LATE_S = 54.0
"""Seconds after which the candidate's own part begins late: guides advise 30 % of the words for situation and task,
which is this much of the longest wanted answer (180 s)."""

SPEECH_NEEDED_S = 60.0
"""Least time spoken before rates a minute are worth a word."""

UNKNOWN_MANY = 3
"""Facets of one story that ended in "I don't know" from which the example itself is the thing to look at."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to work on.

    Attributes:
        about: what it is about: a facet, a signal or a figure of delivery, as the vocabulary names it.
        text: what was seen and what to do, in one or two sentences.
        evidence: the candidate's words that show it.
        thread: the thread that it was seen in; None if in the session as a whole.
        weight: how much it matters, for the order; 0 to 100.
    """

    about: str
    text: str
    evidence: tuple[Evidence, ...] = ()
    thread: str | None = None
    weight: int = 0


PREPARE: dict[Facet, str] = {
    Facet.CONTEXT: "say in two sentences when and where it was, who was there and what was at stake",
    Facet.TASK: "say in one sentence what had to be achieved and what you were charged with",
    Facet.OWN_ROLE: "write down what you yourself did, act by act, each with the verb that you would sign",
    Facet.DECISION: "name the hardest call that was yours, what you knew when you made it, and why you made it",
    Facet.ALTERNATIVES: "set out the other side's reasons so that they would agree with your account",
    Facet.OBSTACLE: "name what pulled in two directions or what you did not know, and what it cost",
    Facet.RESULT: "find one number, date or fact about the outcome that somebody could check",
    Facet.FAULT: "say what you got wrong, in one plain sentence, and what followed from it",
    Facet.HINDSIGHT: "pick the one step that you would take differently, and say from which moment on",
    Facet.LEARNING: "name a later occasion on which you used what you learned",
    Facet.POSITION: "say in one sentence what you think on a definite topic",
    Facet.GROUNDS: "say what you have seen yourself, what you infer and what you have read",
    Facet.TENSION: "name the trade-off, and which side you would give up how much of",
    Facet.UNCERTAINTY: "say plainly which part you are unsure of",
    Facet.COUNTERARGUMENT: "put the strongest argument against your view in its own terms, then answer that one",
    Facet.UPDATE: "say what you would have to see to change your mind, or what once did it",
    Facet.FIT: "give a reason that would not fit any other company, or where you disagree and why",
    Facet.QUESTION: "bring a question that public sources do not answer and whose answer would matter to you",
}
"""What to have ready for each facet, so that a probe into it finds something."""

TELLING: tuple[Facet, ...] = (
    Facet.OWN_ROLE,
    Facet.DECISION,
    Facet.FAULT,
    Facet.HINDSIGHT,
    Facet.COUNTERARGUMENT,
    Facet.GROUNDS,
)
"""Facets that tell most about the candidate; advice on them comes first."""

AGAINST: dict[Signal, tuple[int, str]] = {
    Signal.TEAM_ONLY: (85, "your own part cannot be told from the team's; say what you did, and name who did the rest"),
    Signal.BLAMES_OTHERS: (84, "what went wrong is put on others; say which part of it was yours"),
    Signal.TOO_CLEAN: (
        78,
        "you were right, the choice was plain and it worked; say what was given up or who disagreed, "
        "or take an example that was harder",
    ),
    Signal.NO_VIEW: (76, "no position is taken; say what you think, and how sure you are of it"),
    Signal.OVER_HEDGED: (72, "the hedges leave no view standing; say it once plainly, then what you are unsure of"),
    Signal.OVERCLAIMED: (72, "nobody could be that certain; say what it rests on and what would change it"),
    Signal.RECITES_MISSION: (70, "this is the company's mission said back; say what you make of it"),
    Signal.GENERIC_ENTHUSIASM: (68, "anybody could say this; put a definite topic and a reason in its place"),
    Signal.VAGUE_PRINCIPLE: (68, "nobody would disagree with this; say what it would cost to hold to it"),
    Signal.INTEREST_ONLY: (
        66,
        "there is no view of what the technology implies; say what worries you about it, and why",
    ),
    Signal.NO_RESULT: (64, "the story stops before its outcome; end on what came of it, with a number if there is one"),
    Signal.RAMBLING: (55, "the point is lost on the way; decide on one line through the story and leave the rest out"),
}
"""Bad signals: how much each matters, and what to do about it."""

_LIMITS: dict[Outcome, tuple[int, str]] = {
    Outcome.CONTRADICTED: (95, "two of your accounts do not fit together"),
    Outcome.EVADED: (82, "you were asked twice and both times spoke of something else"),
    Outcome.NOT_MINE: (74, "that part belonged to somebody else"),
    Outcome.VAGUE: (72, "asked twice, the answer stayed general"),
    Outcome.NO_MORE: (52, "asked again, nothing new came"),
}
"""Limits: how much each kind matters, and what happened. An honest `unknown` is no fault, so it is not here."""

_PUSHED: dict[PushbackReply, tuple[int, str]] = {
    PushbackReply.CAPITULATES: (
        90,
        "you changed your position without meeting the argument; say first what is right in it, then decide",
    ),
    PushbackReply.DISMISSES: (
        80,
        "you kept your position without meeting the argument; answer the argument itself, once, calmly",
    ),
    PushbackReply.DEFLECTS: (70, "you took no position; say where you stand, even if loosely"),
}


def advise(state: SessionState) -> tuple[Advice, ...]:
    """Give what to work on, what matters most first, at most `MOST` pieces, no two about the same thing.

    Judgements that the user corrected count as corrected.
    """
    found = [
        advice
        for thread in state.threads.values()
        for advice in (*_limits(thread), *_unknowns(thread), *_signals(thread), *_pushbacks(thread))
    ]
    found += [*_lengths(state), *_own_parts(state), *_pace(state), *_fillers(state)]
    return _first_of_each(sorted(found, key=lambda advice: -advice.weight))[:MOST]


def _first_of_each(found: Iterable[Advice]) -> tuple[Advice, ...]:
    first: dict[str, Advice] = {}
    for advice in found:
        first.setdefault(advice.about, advice)
    return tuple(first.values())


def _limits(thread: ThreadState) -> Iterator[Advice]:
    for facet, progress in thread.facets.items():
        if progress.outcome not in _LIMITS:
            continue
        weight, what = _LIMITS[progress.outcome]
        what_to_do = (
            f"get the order of events and the figures straight, then {PREPARE[facet]}"
            if progress.outcome is Outcome.CONTRADICTED
            else "take an example in which it was yours, or say what you did about it"
            if progress.outcome is Outcome.NOT_MINE
            else PREPARE[facet]
        )
        yield Advice(
            about=facet,
            text=f"{facet} in {short(thread.text)}: {what}. Before the next time, {what_to_do}.",
            evidence=progress.outcome_evidence or progress.evidence,
            thread=thread.thread,
            weight=weight + (4 if facet in TELLING else 0),
        )


def _unknowns(thread: ThreadState) -> Iterator[Advice]:
    unknown = [facet for facet, progress in thread.facets.items() if progress.outcome is Outcome.UNKNOWN]
    if thread.kind is ThreadKind.STORY and len(unknown) >= UNKNOWN_MANY:
        yield Advice(
            about="unknown",
            text=(
                f"{short(thread.text)}: saying that you do not know was right, but {len(unknown)} sides of this "
                f"example ended there ({', '.join(unknown)}). Look them up, or take an example that you know deeper."
            ),
            evidence=tuple(e for facet in unknown for e in thread.facets[facet].outcome_evidence[:1]),
            thread=thread.thread,
            weight=60,
        )


def _signals(thread: ThreadState) -> Iterator[Advice]:
    for record in thread.signals:
        if record.signal in BAD_SIGNALS:
            weight, text = AGAINST[record.signal]
            yield Advice(
                about=record.signal,
                text=f"{record.signal} in {short(thread.text)}: {text}.",
                evidence=record.evidence,
                thread=thread.thread,
                weight=weight,
            )


def _pushbacks(thread: ThreadState) -> Iterator[Advice]:
    for probe in thread.probes:
        if probe.pushback is None or not isinstance(probe.reply, PushbackReply) or probe.reply not in _PUSHED:
            continue
        weight, text = _PUSHED[probe.reply]
        if probe.reply is PushbackReply.CAPITULATES and probe.pushback is Pushback.EMPTY:
            weight, text = (
                93,
                ("you gave way to a mere doubt, with no argument made; if you still think so, say so and say why"),
            )
        yield Advice(
            about=f"pushback {probe.reply}",
            text=f"{probe.reply} under pushback in {short(thread.text)}: {text}.",
            evidence=probe.evidence,
            thread=thread.thread,
            weight=weight,
        )


def initial_answers(state: SessionState) -> tuple[AnswerState, ...]:
    """Give the initial answers whose length is known, oldest first."""
    return tuple(answer for answer in state.answers.values() if answer.initial and length_s(answer) > 0)


def length_s(answer: AnswerState) -> float:
    """Give an answer's length in seconds: as measured, else as it ended; 0 while unknown."""
    return answer.delivery.duration_s if answer.delivery is not None else answer.duration_s


def _lengths(state: SessionState) -> Iterator[Advice]:
    low, high = state.band_s
    answers = initial_answers(state)
    for length, weight, what in (
        (Length.LONG, 62, "ran over {edge}; stop after the result, the rest is asked for"),
        (Length.SHORT, 58, "ended before {edge}; say what the situation was, what you did and what came of it"),
    ):
        off = [answer for answer in answers if length_of(length_s(answer), state.band_s) is length]
        if off:
            times = ", ".join(clock(length_s(answer)) for answer in off)
            edge = clock(high if length is Length.LONG else low)
            who = f"{len(off)} of {len(answers)} initial answers" if len(answers) > 1 else "The initial answer"
            yield Advice(
                about=f"length {length}",
                text=f"{who} ({times}) {what.format(edge=edge)}.",
                thread=off[0].thread if len(off) == 1 else None,
                weight=weight,
            )


def _own_parts(state: SessionState) -> Iterator[Advice]:
    for answer in initial_answers(state):
        delivery, thread = answer.delivery, state.threads[answer.thread]
        if delivery is None or thread.kind is not ThreadKind.STORY:
            continue
        if delivery.front_loaded:
            yield Advice(
                about="front_loaded",
                text=(
                    f"{short(thread.text)}: everything was poured into the initial answer. "
                    "Give the situation and your part; keep lessons and details for the follow-ups."
                ),
                thread=thread.thread,
                weight=50,
            )
        if delivery.own_part_at_s is not None and delivery.own_part_at_s > OWN_PART_LATE_S:
            yield Advice(
                about="own_part",
                text=(
                    f"{short(thread.text)}: your own part began after {clock(delivery.own_part_at_s)}. "
                    f"Get to it within {clock(OWN_PART_LATE_S)}."
                ),
                thread=thread.thread,
                weight=48,
            )


def spoken(state: SessionState) -> tuple[AnswerState, ...]:
    """Give the answers that were spoken and measured; none in a session that was typed."""
    if state.typed:
        return ()
    return tuple(
        answer
        for answer in state.answers.values()
        if answer.delivery is not None and answer.delivery.pace_wpm is not None
    )


def mean_pace_wpm(answers: Sequence[AnswerState]) -> float | None:
    """Give the pace over all the time spoken, words a minute; None where too little was spoken to tell."""
    paces = [(a.delivery.pace_wpm, a.speech_s) for a in answers if a.delivery is not None and a.delivery.pace_wpm]
    speech_s = sum(each for _, each in paces)
    return sum(pace * each for pace, each in paces) / speech_s if speech_s >= SPEECH_NEEDED_S else None


def mean_fillers_pm(answers: Sequence[AnswerState]) -> float | None:
    """Give the fillers a minute over all answers (a lower bound); None where too little was spoken to tell."""
    deliveries = [a.delivery for a in answers if a.delivery is not None and a.delivery.fillers_pm is not None]
    duration_s = sum(d.duration_s for d in deliveries)
    return 60 * sum(d.fillers for d in deliveries) / duration_s if duration_s >= SPEECH_NEEDED_S else None


def _pace(state: SessionState) -> Iterator[Advice]:
    pace = mean_pace_wpm(spoken(state))
    low, high = PACE_FLAGGED_WPM
    if pace is None or low <= pace <= high:
        return
    how = "slow" if pace < low else "fast"
    usual = f"{PACE_QUIET_WPM[0]:.0f} to {PACE_QUIET_WPM[1]:.0f}"
    yield Advice(
        about="pace",
        text=f"You spoke at {pace:.0f} words a minute, which is {how}; {usual} is what nobody remarks on.",
        weight=40,
    )


def _fillers(state: SessionState) -> Iterator[Advice]:
    rate = mean_fillers_pm(spoken(state))
    if rate is not None and rate >= FILLERS_FLAGGED_PM:
        bound = at_least(f"{rate:.0f}")
        yield Advice(
            about="fillers",
            text=f"{bound[0].upper()}{bound[1:]} fillers a minute; from {FILLERS_FLAGGED_PM:.0f} listeners notice. "
            "Let a pause stand in their place.",
            weight=40,
        )
