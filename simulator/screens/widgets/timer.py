"""The answer's timer against the wanted band: a bar with the band drawn, and the same in words."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from simulator.domain.state import AnswerState, SessionState
from simulator.domain.vocabulary import AnswerEnd
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import clock, place_in_band

SCALE = 4 / 3
"""The bar ends a third beyond the band's upper edge (240 s for a band of 120 to 180 s), or at the answer's length."""


def elapsed_s(answer: AnswerState, now_s: float) -> float:
    """Give how long an answer has run, seconds, from its first word; a typed one from its beginning.

    Args:
        answer: the answer.
        now_s: the session's clock, seconds.
    """
    if answer.ended is not None:
        return answer.duration_s
    words = answer.words or answer.partial
    return max(0.0, now_s - words[0].start_s) if words else 0.0


def band_bar(seconds: float, band_s: tuple[float, float], width: int) -> Content:
    """Give the bar: what has run is heavy, the band is double between two posts, the rest is thin.

    Args:
        seconds: the answer's length so far.
        band_s: the wanted length, seconds (low, high).
        width: cells.
    """
    full_s = max(band_s[1] * SCALE, seconds, 1.0)
    low, high = (min(width - 1, round(edge / full_s * width)) for edge in band_s)
    run = min(width, round(seconds / full_s * width))
    parts: list[tuple[str, str]] = []
    for cell in range(width):
        inside = low <= cell <= high
        if cell in {low, high}:
            parts.append(("┃", "bold $band"))
        elif cell < run:
            parts.append(("━", "bold $band" if inside else "bold $primary"))
        else:
            parts.append(("═", "$band") if inside else ("─", "$line"))
    return Content.assemble(*parts)


def scale_line(seconds: float, band_s: tuple[float, float], width: int) -> Content:
    """Give the times under the bar: its beginning and the band's edges.

    Args:
        seconds: the answer's length so far.
        band_s: the wanted length, seconds (low, high).
        width: cells.
    """
    full_s = max(band_s[1] * SCALE, seconds, 1.0)
    line = [" "] * width
    for edge in (0.0, *band_s):
        label = clock(edge)
        at = max(0, min(width - len(label), round(edge / full_s * width) - len(label) // 2))
        line[at : at + len(label)] = label
    return Content("".join(line))


def band_words(seconds: float, band_s: tuple[float, float]) -> Content:
    """Give an initial answer's length in words: under, in or over the band, and how far from its next edge.

    Args:
        seconds: its length so far.
        band_s: the wanted length, seconds (low, high).
    """
    low, high = band_s
    place = place_in_band(seconds, band_s)
    if seconds < low:
        rest, style = f"{clock(low - seconds)} to go", "$quiet"
    elif seconds <= high:
        rest, style = f"{clock(high - seconds)} left", "bold $band"
    else:
        rest, style = f"by {clock(seconds - high)}", "bold $warning"
    return Content.assemble(
        ("Answer ", "$quiet"), (clock(seconds), "bold $said"), "  ", (place, style), (f", {rest}", "$quiet")
    )


def length_words(answer: AnswerState, now_s: float, band_s: tuple[float, float]) -> str:
    """Give an initial answer's length and its place in a few words; a typed one has no length."""
    if answer.ended is AnswerEnd.TYPED:
        return "initial typed"
    seconds = elapsed_s(answer, now_s)
    return f"initial {clock(seconds)}, {place_in_band(seconds, band_s)}"


def timer_words(
    answer: AnswerState | None, initial: AnswerState | None, now_s: float, band_s: tuple[float, float]
) -> Content:
    """Give the running answer's length in words; beside a reply stands how long the initial answer was.

    Args:
        answer: the answer being given or just given; None before the first.
        initial: the thread's initial answer; None before it.
        now_s: the session's clock, seconds.
        band_s: the wanted length, seconds (low, high).
    """
    if answer is None:
        low, high = band_s
        return Content.assemble(("Answer 0:00", "$quiet"), (f"  band {clock(low)} to {clock(high)}", "$faint"))
    if answer.ended is AnswerEnd.TYPED:
        return Content.assemble(("Answer typed", "$quiet"), (f"  {len(answer.words)} words, not timed", "$faint"))
    seconds = elapsed_s(answer, now_s)
    if answer.initial or initial is None:
        return band_words(seconds, band_s)
    return Content.assemble(
        ("Reply ", "$quiet"), (clock(seconds), "bold $said"), (f"  {length_words(initial, now_s, band_s)}", "$faint")
    )


class AnswerTimer(Vertical):
    """The answer's length in words and as a bar."""

    DEFAULT_CSS = """
    AnswerTimer { height: auto; padding: 0 1; }
    AnswerTimer > Line { height: 1; }
    AnswerTimer.-typed > .bar, AnswerTimer.-typed > .scale { visibility: hidden; }
    AnswerTimer > .scale { color: $quiet; display: none; }
    """

    def compose(self) -> ComposeResult:
        """Give the words, the bar and its scale."""
        yield Line(classes="words")
        yield Line(classes="bar")
        yield Line(classes="scale")

    def show_time(self, state: SessionState, now_s: float) -> None:
        """Show how long the running answer is, and the initial answer's length on the bar.

        A session of typed answers has no lengths.

        Args:
            state: the session.
            now_s: the session's clock, seconds.
        """
        answer, initial = answers_now(state)
        self.set_class(state.typed, "-typed")
        if state.typed:
            self.query_one(".words", Line).put(Content.styled("Typed answers are not timed", "$faint"))
            return
        seconds = elapsed_s(initial, now_s) if initial is not None else 0.0
        width = max(10, self.content_size.width)
        self.query_one(".words", Line).put(timer_words(answer, initial, now_s, state.band_s))
        self.query_one(".bar", Line).put(band_bar(seconds, state.band_s, width))
        self.query_one(".scale", Line).put(scale_line(seconds, state.band_s, width))


def answers_now(state: SessionState) -> tuple[AnswerState | None, AnswerState | None]:
    """Give the newest answer of the newest thread, and that thread's initial answer (the same while it is given)."""
    thread = next(reversed(list(state.threads.values())), None)
    if thread is None or not thread.answers:
        return None, None
    initial = next((state.answers[each] for each in thread.answers if state.answers[each].initial), None)
    return state.answers[thread.answers[-1]], initial
