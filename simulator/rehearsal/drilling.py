"""What an attempt at a two-to-three-minute answer shows: where the time went, and how it ended; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.domain.delivery import PAUSE_REPORTED_S, STAR_SHARES, at_least, fillers_told
from simulator.domain.state import AnswerState, SessionState
from simulator.domain.vocabulary import AnswerEnd, Role
from simulator.domain.words import fillers_of, is_filler
from simulator.sessions.transcript import stretches_of

PACE_STEP_S = 15.0
"""The pace is given for each stretch of so many seconds: about forty words, so that single words do not show."""

SPOKEN_NEEDED_S = 2.0
"""Seconds that must have been spoken in a stretch for it to have a pace: a few words say nothing of one."""

_DANGLING = re.compile(
    r"\b(and|but|so|because|or|um|uh|yeah|you know|i guess|i don't know|something like that|anyway|that's it|"
    r"and stuff|whatever)[\s.,!?…-]*$",
    re.IGNORECASE,
)
"""How an answer sounds that trails off: a conjunction or a shrug at its end."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a question.

    Attributes:
        answer: the answer's id.
        question: the question's id.
        number: which attempt at this question it is, from 1.
        duration_s: its length, seconds.
        over_band_s: how far outside the wanted band it is: negative if too short, 0 if inside.
        shares: share of the words in each role, 0 to 1.
        own_part_at_s: seconds until the candidate's own part begins; None if it never does.
        front_loaded: whether everything was poured in at once.
        pace_wpm: words a minute over the time spoken; None for typed answers.
        paces_wpm: the pace of each `PACE_STEP_S` in order.
        pauses: (start, length) of the pauses that are worth a report, seconds from the answer's start.
        fillers: (moment from the answer's start, text) of each filled pause that was found.
        landed: whether the ending came down on a result or a reflection; False if it trailed off.
        ending: the last words.
        words: how many words it has.
        typed: whether it was typed, and so not timed.
    """

    answer: str
    question: str
    number: int
    duration_s: float
    over_band_s: float
    shares: Mapping[Role, float]
    own_part_at_s: float | None
    front_loaded: bool
    pace_wpm: float | None
    paces_wpm: tuple[float, ...]
    pauses: tuple[tuple[float, float], ...]
    fillers: tuple[tuple[float, str], ...]
    landed: bool
    ending: str
    words: int = 0
    typed: bool = False


def attempts(state: SessionState) -> tuple[Attempt, ...]:
    """Give the ended initial answers of a session, each with its number among those at the same question."""
    counts: dict[str, int] = {}
    found = []
    for answer in state.answers.values():
        if not answer.initial or answer.ended is None or not answer.words:
            continue
        question = state.threads[answer.thread].question
        counts[question] = counts.get(question, 0) + 1
        found.append(attempt_of(answer, question, counts[question], state.band_s))
    return tuple(found)


def attempt_of(answer: AnswerState, question: str, number: int, band_s: tuple[float, float]) -> Attempt:
    """Give what an ended answer shows as an attempt."""
    begin_s = answer.words[0].start_s
    low, high = band_s
    delivery = answer.delivery
    duration_s = answer.duration_s
    words = answer.record
    return Attempt(
        answer=answer.answer,
        question=question,
        number=number,
        duration_s=duration_s,
        over_band_s=min(0.0, duration_s - low) + max(0.0, duration_s - high),
        shares={role: delivery.shares.get(role.value, 0.0) for role in Role} if delivery is not None else {},
        own_part_at_s=delivery.own_part_at_s if delivery is not None else None,
        front_loaded=delivery.front_loaded if delivery is not None else False,
        pace_wpm=delivery.pace_wpm if delivery is not None else None,
        paces_wpm=tuple(_paces(answer, begin_s)) if delivery is not None and delivery.pace_wpm is not None else (),
        pauses=tuple(
            (round(end - begin_s, 1), round(later - end, 1))
            for (_, end), (later, _) in zip(answer.voice, answer.voice[1:], strict=False)
            if later - end >= PAUSE_REPORTED_S
        ),
        fillers=tuple((round(f.start_s - begin_s, 1), f.text) for f in fillers_of(words, answer.fillers)),
        landed=lands(answer),
        ending=" ".join(word.text for word in words[-12:]),
        words=len(words),
        typed=answer.ended is AnswerEnd.TYPED,
    )


def _paces(answer: AnswerState, begin_s: float) -> Iterator[float]:
    """Give the pace of each stretch over the time spoken in it, as the pace of the whole is; 0 where all was silent."""
    words = answer.record
    end_s = words[-1].end_s
    voice = stretches_of(answer)
    at_s = begin_s
    while end_s - at_s >= PACE_STEP_S / 2:
        until_s = min(at_s + PACE_STEP_S, end_s)
        count = sum(at_s <= word.start_s < until_s and not is_filler(word) for word in words)
        spoken_s = sum(max(0.0, min(stop, until_s) - max(start, at_s)) for start, stop in voice)
        yield round(60.0 * count / spoken_s, 1) if spoken_s >= SPOKEN_NEEDED_S else 0.0
        at_s += PACE_STEP_S


def lands(answer: AnswerState) -> bool:
    """Tell whether an answer's ending lands: on a result, a reflection or a view, and not on a shrug."""
    if _DANGLING.search(answer.text):
        return False
    if not answer.sentences:
        return True
    return answer.sentences[-1].role in {Role.RESULT, Role.REFLECTION, Role.VIEW}


def attempt_lines(attempt: Attempt, band_s: tuple[float, float]) -> list[str]:
    """Give an attempt's figures as lines of text, for a screen or a terminal."""
    low, high = band_s
    place = "in" if attempt.over_band_s == 0 else "under" if attempt.over_band_s < 0 else "over"
    off = f" by {abs(attempt.over_band_s):.0f} s" if attempt.over_band_s else ""
    lines = [f"time        {attempt.duration_s:.0f} s, {place} the band of {low:.0f} to {high:.0f} s{off}"]
    told = [(role, share) for role, share in attempt.shares.items() if share > 0 or role in STAR_SHARES]
    lines.append(
        "where to    "
        + ", ".join(
            f"{role.value} {share:.0%}" + (f" (advice {STAR_SHARES[role]:.0%})" if role in STAR_SHARES else "")
            for role, share in told
        )
    )
    own = f"after {attempt.own_part_at_s:.0f} s" if attempt.own_part_at_s is not None else "was not heard"
    lines.append(f"own part    {own}" + ("; everything was poured in at once" if attempt.front_loaded else ""))
    if attempt.pace_wpm is not None:
        lines.append(
            f"pace        {attempt.pace_wpm:.0f} words a minute; by quarter minutes "
            + " ".join(f"{pace:.0f}" for pace in attempt.paces_wpm)
        )
        lines.append(
            "pauses      "
            + (", ".join(f"{length:.1f} s at {at:.0f} s" for at, length in attempt.pauses) or "none over 2.5 s")
        )
    moments = ", ".join(f"{text} at {at:.0f} s" for at, text in attempt.fillers)
    lines.append("fillers     " + (f"{at_least(str(len(attempt.fillers)))}: {moments}" if moments else "none found"))
    lines.append(f"ending      {'landed' if attempt.landed else 'trailed off'}: “… {attempt.ending}”")
    return lines


def comparison_lines(same: tuple[Attempt, ...], band_s: tuple[float, float]) -> list[str]:
    """Give the attempts at one question under one another, a line each."""
    low, high = band_s
    lines = []
    for each in same:
        place = "in" if each.over_band_s == 0 else "under" if each.over_band_s < 0 else "over"
        action = each.shares.get(Role.ACTION, 0.0)
        own = f"{each.own_part_at_s:.0f} s" if each.own_part_at_s is not None else "never"
        pace = f"{each.pace_wpm:.0f} wpm" if each.pace_wpm is not None else "typed"
        ended = "landed" if each.landed else "trailed off"
        lines.append(
            f"attempt {each.number}: {each.duration_s:.0f} s, {place} {low:.0f}-{high:.0f} · action {action:.0%} · "
            f"own part {own} · {pace} · {fillers_told(len(each.fillers))} · {ended}"
        )
    return lines
