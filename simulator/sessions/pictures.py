"""Pictures of a session as SVG: an answer's timeline, its pace, a thread's depth, progress over time; pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element, SubElement

from simulator.domain.delivery import PACE_FLAGGED_WPM, PACE_QUIET_WPM, PAUSE_REPORTED_S, fillers_told
from simulator.domain.state import AnswerState, FacetProgress, ThreadState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, Role
from simulator.domain.words import fillers_of
from simulator.sessions.progress import (
    LETTERS,
    LETTERS_TOLD,
    Limits,
    Measure,
    ProgressReport,
    PushbackResults,
    Series,
    value_text,
)
from simulator.sessions.transcript import stretches_of
from simulator.sessions.wording import clock

_Scale = Callable[[float], float]

WIDTH = 720
"""Width of a picture in its own units; the page scales it."""

PACE_WINDOW_S = 15.0
"""Seconds over which the pace at a moment is taken: about forty words, so that single words do not show."""

ROLE_MARKS: dict[Role, str] = {
    Role.SITUATION: "S",
    Role.TASK: "T",
    Role.ACTION: "A",
    Role.RESULT: "R",
    Role.REFLECTION: "F",
    Role.VIEW: "V",
    Role.OTHER: "–",
}
"""The letter that stands in a role's stretch."""

_STATE_STEPS = {FacetState.UNHEARD: 0, FacetState.CLAIMED: 1, FacetState.SUPPORTED: 2}


def picture(height: float, label: str, kind: str) -> Element:
    """Give an empty picture, read aloud as its label.

    Args:
        height: in units of which the width has `WIDTH`.
        label: what it shows, in a sentence.
        kind: its class.
    """
    return Element(
        "svg",
        {
            "viewBox": f"0 0 {WIDTH} {height:g}",
            "role": "img",
            "aria-label": label,
            "class": f"picture {kind}",
            "xmlns": "http://www.w3.org/2000/svg",
        },
    )


def _add(parent: Element, tag: str, text: str | None = None, /, **attributes: float | str) -> Element:
    given = {
        name.rstrip("_").replace("_", "-"): f"{value:.1f}".rstrip("0").rstrip(".")
        if isinstance(value, float)
        else str(value)
        for name, value in attributes.items()
    }
    element = SubElement(parent, tag, given)
    element.text = text
    return element


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def _titled(element: Element, title: str) -> None:
    SubElement(element, "title").text = title


def timeline(answer: AnswerState, band_s: tuple[float, float]) -> Element:
    """Draw an answer: stretches of speech, pauses, fillers, what the sentences do, and the wanted band.

    Args:
        answer: its words, voice, fillers and sentences.
        band_s: the wanted length, seconds.
    """
    words = answer.record
    begin_s = words[0].start_s if words else answer.at_s
    duration_s = max((words[-1].end_s - begin_s) if words else 0.0, 1.0)
    whole_s = max(duration_s, band_s[1]) * 1.04 if answer.initial else duration_s * 1.02

    def x(at_s: float) -> float:
        return WIDTH * min(max((at_s - begin_s) / whole_s, 0.0), 1.0)

    svg = picture(88, _timeline_label(answer, duration_s, band_s), "timeline")
    if answer.initial:
        low, high = band_s
        left, right = x(begin_s + low), x(begin_s + high)
        _titled(_add(svg, "rect", x=left, y=0.0, width=right - left, height=72.0, class_="band"), "wanted length")
        _add(
            svg,
            "text",
            f"{clock(low)}–{clock(high)}",
            x=(left + right) / 2,
            y=10.0,
            class_="note",
            text_anchor="middle",
        )
    stretches = stretches_of(answer)
    for start_s, end_s in stretches:
        bar = _add(
            svg, "rect", x=x(start_s), y=16.0, width=max(x(end_s) - x(start_s), 0.8), height=16.0, class_="speech"
        )
        _titled(bar, f"speech, {clock(start_s - begin_s)} to {clock(end_s - begin_s)}")
    for (_, end_s), (start_s, _) in pairwise(stretches):
        if start_s - end_s >= PAUSE_REPORTED_S:
            middle = (x(end_s) + x(start_s)) / 2
            _add(svg, "line", x1=x(end_s), y1=24.0, x2=x(start_s), y2=24.0, class_="pause")
            _add(svg, "text", f"{start_s - end_s:.1f} s", x=middle, y=14.0, class_="note", text_anchor="middle")
    for filler in fillers_of(answer.record, answer.fillers):
        at = x(filler.start_s)
        mark = _add(svg, "path", d=f"M{at - 3:.1f} 34h6l-3 6z", class_="filler")
        _titled(mark, f"{filler.text} at {clock(filler.start_s - begin_s)}")
    _roles(svg, answer, x)
    _axis(svg, whole_s, lambda at_s: x(begin_s + at_s))
    return svg


def _timeline_label(answer: AnswerState, duration_s: float, band_s: tuple[float, float]) -> str:
    stretches = stretches_of(answer)
    pauses = [b[0] - a[1] for a, b in pairwise(stretches) if b[0] - a[1] >= PAUSE_REPORTED_S]
    band = f", wanted {clock(band_s[0])} to {clock(band_s[1])}" if answer.initial else ""
    return (
        f"Timeline of {clock(duration_s)}{band}: {len(pauses)} pauses over {PAUSE_REPORTED_S} seconds, "
        f"{fillers_told(len(fillers_of(answer.record, answer.fillers)))}."
    )


def _roles(svg: Element, answer: AnswerState, x: _Scale) -> None:
    """Draw what the sentences do; sentences point into the words as first recognized, whose times hold."""
    for sentence in answer.sentences:
        last = min(sentence.last_word, len(answer.words) - 1)
        if sentence.first_word > last:
            continue
        left, right = x(answer.words[sentence.first_word].start_s), x(answer.words[last].end_s)
        bar = _add(
            svg, "rect", x=left, y=44.0, width=max(right - left - 1, 0.8), height=18.0, class_=f"role {sentence.role}"
        )
        _titled(bar, f"{sentence.role} ({sentence.agent})")
        if right - left > 12:
            _add(
                svg,
                "text",
                ROLE_MARKS[sentence.role],
                x=(left + right) / 2,
                y=57.0,
                class_="role-mark",
                text_anchor="middle",
            )


def _axis(svg: Element, whole_s: float, x: _Scale) -> None:
    step = next(s for s in (10, 30, 60, 300, 600, 1800, 36000) if whole_s / s <= 8)
    _add(svg, "line", x1=0.0, y1=72.0, x2=float(WIDTH), y2=72.0, class_="axis")
    for number in range(int(whole_s // step) + 1):
        at = x(number * step)
        _add(svg, "line", x1=at, y1=72.0, x2=at, y2=76.0, class_="axis")
        if at < WIDTH - 14:
            _add(svg, "text", clock(number * step), x=at + 1, y=86.0, class_="note")


def pace_points(answer: AnswerState) -> tuple[tuple[float, float], ...]:
    """Give the pace through an answer as (seconds since its start, words a minute of the time spoken)."""
    words = answer.record
    if not words or words[-1].end_s - words[0].start_s < 2 * PACE_WINDOW_S:
        return ()
    begin_s, end_s = words[0].start_s, words[-1].end_s
    stretches = stretches_of(answer)
    points = []
    for number in range(int((end_s - begin_s - PACE_WINDOW_S) // 5) + 1):
        start_s = begin_s + 5 * number
        stop_s = start_s + PACE_WINDOW_S
        said = sum(1 for word in words if start_s <= (word.start_s + word.end_s) / 2 < stop_s)
        spoken_s = sum(max(0.0, min(end, stop_s) - max(start, start_s)) for start, end in stretches)
        if spoken_s >= PACE_WINDOW_S / 3:
            points.append((start_s + PACE_WINDOW_S / 2 - begin_s, 60 * said / spoken_s))
    return tuple(points)


def pace(answer: AnswerState) -> Element | None:
    """Draw the pace through an answer against the quiet band; None where the answer is too short to show one."""
    points = pace_points(answer)
    if len(points) < 2:
        return None
    low, high = PACE_QUIET_WPM
    values = [value for _, value in points]
    bottom, top = min(PACE_FLAGGED_WPM[0] - 10, *values), max(PACE_FLAGGED_WPM[1] + 10, *values)
    whole_s = points[-1][0] + PACE_WINDOW_S / 2

    def y(value: float) -> float:
        return 8 + 76 * (top - value) / (top - bottom)

    label = f"Pace between {min(values):.0f} and {max(values):.0f} words a minute; {low:.0f} to {high:.0f} is usual."
    svg = picture(100, label, "pace")
    _add(svg, "rect", x=0.0, y=y(high), width=float(WIDTH), height=y(low) - y(high), class_="band")
    for value in (low, high):
        _add(svg, "text", f"{value:.0f}", x=2.0, y=y(value) - 2, class_="note")
    path = " ".join(f"{WIDTH * at_s / whole_s:.1f},{y(value):.1f}" for at_s, value in points)
    _add(svg, "polyline", points=path, class_="line")
    _add(svg, "text", "words a minute", x=float(WIDTH - 2), y=98.0, class_="note", text_anchor="end")
    return svg


def depth(thread: ThreadState) -> Element:
    """Draw how far each tested facet got: after the initial answer, at the end, and how it was settled."""
    row = 24
    facets = list(thread.facets.items())
    svg = picture(row * len(facets) + 22, _depth_label(facets), "depth")
    left, step = 150.0, 110.0
    for number, name in enumerate(FacetState):
        _add(svg, "text", name, x=left + step * number, y=12.0, class_="note", text_anchor="middle")
    for number, (facet, progress) in enumerate(facets):
        y = 22.0 + row * number + row / 2
        opening, now = (_STATE_STEPS[state] for state in (progress.opening, progress.state))
        _add(svg, "text", facet, x=0.0, y=y + 4, class_="name")
        _add(svg, "line", x1=left, y1=y, x2=left + 2 * step, y2=y, class_="rail")
        if now != opening:
            _add(svg, "line", x1=left + step * opening, y1=y, x2=left + step * now, y2=y, class_="way")
        _add(svg, "circle", cx=left + step * opening, cy=y, r=4.0, class_="opening")
        _add(svg, "circle", cx=left + step * now, cy=y, r=7.0, class_=f"now {progress.state}")
        probes = len(thread.probes_on(facet))
        for each in range(probes):
            _add(svg, "rect", x=left + 2 * step + 26 + 9 * each, y=y - 4, width=6.0, height=8.0, class_="probe")
        held = progress.outcome is Outcome.HELD
        word = "held" if held else f"limit: {progress.outcome}" if progress.outcome else "not settled"
        kind = "held" if held else "limit" if progress.outcome else "open"
        _add(svg, "text", word, x=left + 2 * step + 110, y=y + 4, class_=f"outcome {kind}")
    return svg


def _depth_label(facets: Iterable[tuple[Facet, FacetProgress]]) -> str:
    return "Depth map. " + " ".join(
        f"{facet}: {progress.state}, {progress.outcome or 'not settled'}." for facet, progress in facets
    )


def multiple(series: Series) -> Element:
    """Draw one small multiple: a measure over the sessions, with its usual range."""
    values = [point.value for point in series.points]
    usual = series.usual or (min(values), max(values))
    share = series.measure in {Measure.HELD, Measure.MET}
    bottom, top = (0.0, 1.0) if share else (min(*values, usual[0]), max(*values, usual[1]))
    top = top if top > bottom else bottom + 1
    name = f"{series.measure} {series.kind}{' ' + series.facet if series.facet else ''}"
    ends = f"{value_text(series.measure, values[0])} to {value_text(series.measure, values[-1])}"
    svg = picture(150, f"{name}, {len(values)} sessions, {ends}, by {series.engine}.", "multiple")

    def y(value: float) -> float:
        return 40 + 80 * (top - value) / (top - bottom)

    def x(number: int) -> float:
        return 20 + (WIDTH - 160) * (number / (len(values) - 1) if len(values) > 1 else 0.5)

    _add(svg, "text", name, x=0.0, y=20.0, class_="name")
    _add(svg, "text", series.engine, x=float(WIDTH), y=20.0, class_="note", text_anchor="end")
    if series.usual:
        _add(svg, "rect", x=0.0, y=y(usual[1]), width=WIDTH - 120.0, height=y(usual[0]) - y(usual[1]), class_="band")
    _add(svg, "line", x1=0.0, y1=y(bottom), x2=WIDTH - 120.0, y2=y(bottom), class_="axis")
    if len(values) > 1:
        path = " ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in enumerate(values))
        _add(svg, "polyline", points=path, class_="line")
    for number, value in enumerate(values):
        dot = _add(svg, "circle", cx=x(number), cy=y(value), r=4.0, class_="dot")
        _titled(dot, f"{series.points[number].started_at[:10]}: {value_text(series.measure, value)}")
    at = min(max(y(values[-1]) + 6, 20.0), 140.0)
    _add(svg, "text", value_text(series.measure, values[-1]), x=WIDTH - 110.0, y=at, class_="value")
    return svg


def history(limits: Sequence[Limits], pushbacks: Sequence[PushbackResults]) -> Element:
    """Draw how one engine judged facets to be settled and pushbacks to be met, session by session, oldest first.

    Args:
        limits: of one engine, at least one.
        pushbacks: of the same engine.
    """
    engine, row, step = limits[0].engine, 26, 16
    rows = len(limits) + len(pushbacks)
    told = "; ".join(f"{each.facet}: {_counted(each)}" for each in limits)
    svg = picture(row * (rows + 1) + 46, f"How facets were settled, oldest first, by {engine}. {told}.", "history")
    _add(svg, "text", "limits, oldest first", x=0.0, y=20.0, class_="name")
    _add(svg, "text", engine, x=float(WIDTH), y=20.0, class_="note", text_anchor="end")
    most = (WIDTH - 230) // step
    for number, facet in enumerate(limits):
        y = 50.0 + row * number
        _add(svg, "text", facet.facet, x=0.0, y=y, class_="note")
        letters = [(each.started_at[:10], letter) for each in facet.history for letter in each.letters][-most:]
        for place, (date, letter) in enumerate(letters):
            kind = "held" if letter == LETTERS[Outcome.HELD] else "open" if letter == LETTERS[None] else "limit"
            mark = _add(
                svg, "text", letter, x=230.0 + step * place, y=y, class_=f"outcome {kind}", text_anchor="middle"
            )
            _titled(mark, f"{date}: {next((each for each, mine in LETTERS.items() if mine == letter), None) or 'open'}")
    for number, pushed in enumerate(pushbacks, len(limits)):
        y = 50.0 + row * number
        _add(svg, "text", f"pushback, {pushed.pushback}", x=0.0, y=y, class_="note")
        replies = ", ".join(f"{reply} {times}" for reply, times in pushed.replies.items())
        _add(svg, "text", replies, x=224.0, y=y, class_="note")
    _add(svg, "text", LETTERS_TOLD, x=0.0, y=50.0 + row * rows, class_="note")
    return svg


def _counted(limits: Limits) -> str:
    parts = [f"{outcome} {times}" for outcome, times in limits.outcomes.items()]
    return ", ".join([*parts, f"not settled {limits.unsettled}"] if limits.unsettled else parts)


def histories(progress: ProgressReport) -> list[Element]:
    """Draw the outcomes of all facets, a picture an engine."""
    engines = dict.fromkeys(each.engine for each in progress.limits)
    return [
        history(
            [each for each in progress.limits if each.engine == engine],
            [each for each in progress.pushbacks if each.engine == engine],
        )
        for engine in engines
    ]


def small_multiples(series: Sequence[Series]) -> list[Element]:
    """Draw all the series that have values."""
    return [multiple(each) for each in series if each.points and all(math.isfinite(p.value) for p in each.points)]
