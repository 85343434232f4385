"""Progress over time: pure series of figures by question kind and facet, never across engines or versions."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from statistics import median

from simulator.domain.delivery import FILLERS_QUIET_PM, PACE_QUIET_WPM, at_least
from simulator.domain.vocabulary import Facet, Outcome, Pushback, Reply, ThreadKind
from simulator.sessions.figures import AnswerFigures, SessionFigures, ThreadFigures
from simulator.sessions.wording import clock, count


class Measure(StrEnum):
    """What a series is of; one value a session."""

    HELD = "held"
    """Share of the settled facets that held."""
    WAIT = "time_to_answer"
    """Median seconds from the end of the question to the first word of an initial answer."""
    LENGTH = "length"
    """Median seconds of the initial answers."""
    PACE = "pace"
    """Words a minute over all the time spoken."""
    FILLERS = "fillers"
    """Fillers a minute over all answers, at least."""
    PAUSES = "longest_pause"
    """Longest pause, seconds."""
    MET = "pushback_met"
    """Share of the pushbacks whose argument was met on its merits (`holds`, `updates`)."""
    UNKNOWN_AFTER = "unknown_after"
    """Median seconds that an "I don't know" took to be said."""


UNITS: Mapping[Measure, str] = {
    Measure.HELD: "share",
    Measure.WAIT: "s",
    Measure.LENGTH: "s",
    Measure.PACE: "words a minute",
    Measure.FILLERS: "a minute",
    Measure.PAUSES: "s",
    Measure.MET: "share",
    Measure.UNKNOWN_AFTER: "s",
}
"""The unit of each measure."""

JUDGED = frozenset({Measure.HELD, Measure.MET, Measure.UNKNOWN_AFTER})
"""Measures that the judge makes; the others are the recognizer's."""


@dataclass(frozen=True, slots=True)
class Point:
    """A session's value."""

    session: str
    started_at: str
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Values of one measure, of one kind of question or one facet, made by one engine, oldest first.

    Attributes:
        measure: what it is of.
        kind: the kind of question.
        facet: the facet, where the measure is of one.
        engine: the engine, with its version, that made all the values.
        unit: of the values.
        usual: the range that is wanted or unremarked, if there is one.
        points: the values.
    """

    measure: Measure
    kind: ThreadKind
    facet: Facet | None
    engine: str
    unit: str
    usual: tuple[float, float] | None
    points: tuple[Point, ...]


LETTERS: Mapping[Outcome | None, str] = {
    Outcome.HELD: "H",
    Outcome.UNKNOWN: "u",
    Outcome.NOT_MINE: "m",
    Outcome.NO_MORE: "n",
    Outcome.EVADED: "e",
    Outcome.CONTRADICTED: "c",
    Outcome.VAGUE: "v",
    None: "·",
}
"""A letter for each outcome, to show many in a row; a dot for none."""

LETTERS_TOLD = "H held, u unknown, m not_mine, n no_more, e evaded, c contradicted, v vague, · not settled"


@dataclass(frozen=True, slots=True)
class Settlings:
    """How a facet was settled in one session: a letter a thread, in the threads' order."""

    session: str
    started_at: str
    letters: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How a facet was settled, as one engine judged it: how often each way, and session by session, oldest first."""

    engine: str
    facet: Facet
    outcomes: Mapping[Outcome, int]
    unsettled: int
    history: tuple[Settlings, ...] = ()

    @property
    def letters(self) -> str:
        """The letters of all sessions in a row, oldest first."""
        return "".join(each.letters for each in self.history)


@dataclass(frozen=True, slots=True)
class PushbackResults:
    """How often each reply came to a kind of pushback, as one engine judged it; all sessions together.

    `history` are the replies themselves, oldest first.
    """

    engine: str
    pushback: Pushback
    replies: Mapping[str, int]
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """All that is known over time."""

    sessions: int
    series: tuple[Series, ...]
    limits: tuple[Limits, ...]
    pushbacks: tuple[PushbackResults, ...]


def progress_of(sessions: Sequence[SessionFigures]) -> ProgressReport:
    """Give the progress over sessions; judgements that the user corrected count as corrected.

    Args:
        sessions: their figures, in any order.
    """
    ordered = sorted(sessions, key=lambda each: each.session)
    return ProgressReport(len(ordered), _series(ordered), _limits(ordered), _pushbacks(ordered))


Key = tuple[Measure, ThreadKind, Facet | None, str]


def _series(ordered: Sequence[SessionFigures]) -> tuple[Series, ...]:
    points: dict[Key, list[Point]] = defaultdict(list)
    bands: dict[Key, tuple[float, float]] = {}
    for session in ordered:
        for measure, kind, facet, value in _values(session):
            key = (measure, kind, facet, session.judge if measure in JUDGED else session.recognizer)
            points[key].append(Point(session.session, session.started_at, value))
            if measure is Measure.LENGTH:
                bands[key] = session.band_s
    usual = {Measure.PACE: PACE_QUIET_WPM, Measure.FILLERS: (0.0, FILLERS_QUIET_PM)}
    return tuple(
        Series(measure, kind, facet, engine, UNITS[measure], bands.get(key, usual.get(measure)), tuple(points[key]))
        for key in sorted(points, key=_place)
        for measure, kind, facet, engine in (key,)
    )


def _place(key: Key) -> tuple[int, int, int, str]:
    """Give where a series stands among the others: in the order of the names' own lists."""
    measure, kind, facet, engine = key
    return (
        list(Measure).index(measure),
        list(ThreadKind).index(kind),
        -1 if facet is None else list(Facet).index(facet),
        engine,
    )


Value = tuple[Measure, ThreadKind, Facet | None, float]


def _values(session: SessionFigures) -> Iterator[Value]:
    for kind in ThreadKind:
        threads = [thread for thread in session.threads if thread.kind is kind]
        yield from _judged(kind, threads)
        if not session.typed:
            yield from _delivered(kind, threads)


def _judged(kind: ThreadKind, threads: Sequence[ThreadFigures]) -> Iterator[Value]:
    settled = [(f, p.outcome) for thread in threads for f, p in thread.facets.items() if p.outcome is not None]
    if settled:
        yield Measure.HELD, kind, None, _share(outcome is Outcome.HELD for _, outcome in settled)
    for facet in dict(settled):
        yield Measure.HELD, kind, facet, _share(outcome is Outcome.HELD for f, outcome in settled if f is facet)
    pushed = [reply.reply for thread in threads for reply in thread.replies if reply.pushback is not None]
    if pushed:
        yield Measure.MET, kind, None, _share(reply in {"holds", "updates"} for reply in pushed)
    after = [
        r.said_after_s for t in threads for r in t.replies if r.reply is Reply.UNKNOWN and r.said_after_s is not None
    ]
    if after:
        yield Measure.UNKNOWN_AFTER, kind, None, median(after)


def _delivered(kind: ThreadKind, threads: Sequence[ThreadFigures]) -> Iterator[Value]:
    answers = [answer for thread in threads for answer in thread.answers]
    initial = [answer for answer in answers if answer.initial and answer.duration_s > 0]
    waits = [answer.wait_s for answer in initial if answer.wait_s is not None]
    if waits:
        yield Measure.WAIT, kind, None, median(waits)
    if initial:
        yield Measure.LENGTH, kind, None, median(answer.duration_s for answer in initial)
    pace = pace_of(answers)
    if pace is not None:
        yield Measure.PACE, kind, None, pace
    counted = [answer for answer in answers if answer.fillers_pm is not None and answer.duration_s > 0]
    if counted:
        fillers = sum(answer.fillers for answer in counted)
        yield Measure.FILLERS, kind, None, 60 * fillers / sum(answer.duration_s for answer in counted)
    pauses = [answer.longest_pause_s for answer in answers if answer.longest_pause_s is not None]
    if pauses:
        yield Measure.PAUSES, kind, None, max(pauses)


def pace_of(answers: Iterable[AnswerFigures]) -> float | None:
    """Give the pace over all the time spoken, words a minute; None if nothing was spoken."""
    spoken = [(answer.pace_wpm, answer.speech_s) for answer in answers if answer.pace_wpm is not None]
    speech_s = sum(each for _, each in spoken)
    return sum(pace * each for pace, each in spoken) / speech_s if speech_s > 0 else None


def _share(flags: Iterable[bool]) -> float:
    given = list(flags)
    return sum(given) / len(given)


def _limits(ordered: Sequence[SessionFigures]) -> tuple[Limits, ...]:
    outcomes: dict[tuple[str, Facet], Counter[Outcome | None]] = defaultdict(Counter)
    history: dict[tuple[str, Facet], list[Settlings]] = defaultdict(list)
    for session in ordered:
        letters: dict[Facet, str] = defaultdict(str)
        for thread in session.threads:
            for facet, progress in thread.facets.items():
                outcomes[session.judge, facet][progress.outcome] += 1
                letters[facet] += LETTERS[progress.outcome]
        for facet, told in letters.items():
            history[session.judge, facet].append(Settlings(session.session, session.started_at, told))
    keys = sorted(outcomes, key=lambda key: (key[0], list(Facet).index(key[1])))
    return tuple(
        Limits(
            *key,
            {each: outcomes[key][each] for each in Outcome if outcomes[key][each]},
            outcomes[key][None],
            tuple(history[key]),
        )
        for key in keys
    )


def _pushbacks(ordered: Sequence[SessionFigures]) -> tuple[PushbackResults, ...]:
    replies: dict[tuple[str, Pushback], list[str]] = defaultdict(list)
    for session in ordered:
        for thread in session.threads:
            for reply in thread.replies:
                if reply.pushback is not None:
                    replies[session.judge, reply.pushback].append(reply.reply)
    return tuple(PushbackResults(*key, dict(Counter(told)), tuple(told)) for key, told in sorted(replies.items()))


def progress_json(progress: ProgressReport) -> str:
    """Give the progress as JSON, keys as the attributes."""
    return json.dumps(asdict(progress), ensure_ascii=False, indent=2)


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float], most: int = 24) -> str:
    """Draw values in one line of text, the newest to the right, at most so many; level where all are the same."""
    shown = values[-most:]
    low, high = min(shown), max(shown)
    return "".join(_BARS[round((v - low) / (high - low) * 7)] if high > low else _BARS[3] for v in shown)


def value_text(measure: Measure, value: float) -> str:
    """Give a value with its unit, short."""
    match measure:
        case Measure.HELD | Measure.MET:
            return f"{value:.0%}"
        case Measure.LENGTH:
            return clock(value)
        case Measure.WAIT | Measure.PAUSES | Measure.UNKNOWN_AFTER:
            return f"{value:.1f} s"
        case Measure.PACE:
            return f"{value:.0f} wpm"
        case Measure.FILLERS:
            return at_least(f"{value:.1f}/min")


def progress_text(progress: ProgressReport) -> str:
    """Give the progress as plain text: a line a series, then limits by facet and replies to pushbacks."""
    lines = [count(progress.sessions, "session")]
    for series in progress.series:
        values = [point.value for point in series.points]
        name = f"{series.measure} {series.kind}{' ' + series.facet if series.facet else ''}"
        now, first = value_text(series.measure, values[-1]), value_text(series.measure, values[0])
        change = f"{first} → {now}" if len(values) > 1 else now
        lines.append(
            f"{name:<32} {change:<22} {sparkline(values):<24} [{series.engine}, {count(len(values), 'session')}]"
        )
    if progress.limits:
        lines += ["", f"Outcomes by facet, oldest first ({LETTERS_TOLD})"]
    for limits in progress.limits:
        parts = [f"{outcome} {number}" for outcome, number in limits.outcomes.items()]
        parts += [f"unsettled {limits.unsettled}"] if limits.unsettled else []
        lines.append(f"{limits.facet:<16} {limits.letters[-24:]:<24} {', '.join(parts)} [{limits.engine}]")
    if progress.pushbacks:
        lines += ["", "Replies to pushbacks"]
    for results in progress.pushbacks:
        parts = [f"{reply} {number}" for reply, number in results.replies.items()]
        lines.append(f"{results.pushback:<16} {', '.join(parts)} [{results.engine}]")
    return "\n".join(lines)
