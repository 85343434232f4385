"""Progress over time: small multiples of limits, lengths, pace and fillers, one for each engine and question kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import ItemGrid, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from simulator.domain.delivery import at_least
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.config.settings import Settings
    from simulator.sessions.progress import Limits, ProgressReport, PushbackResults, Series


MOST_LETTERS = 16
"""Outcomes of a facet that are shown in a row: the newest."""


class _Plot(Protocol):
    """What is used of plotext's figure."""

    def __getattr__(self, name: str) -> Any: ...


class ProgressScreen(BaseScreen[None]):
    """All the series that there are, whole kinds of questions first.

    Args:
        progress: the figures.
    """

    DEFAULT_CSS = """
    ProgressScreen > #head { height: 1; background: $surface; padding: 0 1; }
    ProgressScreen VerticalScroll { scrollbar-size-vertical: 1; }
    ProgressScreen ItemGrid { grid-gutter: 1 2; height: auto; padding: 0 1; }
    ProgressScreen .multiple { height: auto; }
    ProgressScreen .multiple > .title { height: 2; padding: 0 1; }
    ProgressScreen .multiple > PlotextPlot { height: 9; background: $background; }
    ProgressScreen .text { padding: 1 1 0 1; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("close", "help")]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, progress: ProgressReport) -> None:
        super().__init__()
        self._progress = progress

    def compose_body(self) -> ComposeResult:
        """Give the head and the small multiples."""
        from textual_plotext import PlotextPlot

        series = sorted(self._progress.series, key=lambda each: each.facet is not None)
        count = len({point.session for each in series for point in each.points})
        yield Static(
            Content.assemble(
                ("Progress ", "bold $primary"),
                (f"{count} sessions · figures of different engines are never one line", "$quiet"),
            ),
            id="head",
        )
        with VerticalScroll():
            if not series:
                yield Static("There is nothing to show yet: `interview start` begins a session.", classes="text")
            with ItemGrid(min_column_width=44):
                for each in series:
                    plot = PlotextPlot()
                    draw(plot.plt, each)
                    with Vertical(classes="multiple"):
                        yield Static(title_of(each), classes="title")
                        yield plot
            if self._progress.limits:
                yield Static(limits_content(self._progress.limits, self._progress.pushbacks), classes="text")

    def action_close(self) -> None:
        """Leave."""
        self.app.exit(0)


def draw(plot: _Plot, series: Series) -> None:
    """Draw one series: its values in the order of the sessions from nought up, and the usual range as lines."""
    values = [point.value for point in series.points]
    top = 1.0 if series.unit == "share" else max([*values, *(series.usual or ())]) * 1.1 or 1.0
    plot.plot(list(range(1, len(values) + 1)), values, marker="braille")
    plot.scatter(list(range(1, len(values) + 1)), values, marker="●")
    for edge in series.usual or ():
        plot.hline(edge, "orange")
    plot.ylim(0, top)
    steps = [0.0, *(series.usual or (top / 2,)), top]
    plot.yticks(steps, [f"{step:.1f}" if top < 10 else f"{step:.0f}" for step in steps])
    plot.xticks(ticks_of(len(values)))


def title_of(series: Series) -> Content:
    """Give what a series shows with its newest value and unit, and the engine that made its figures."""
    from simulator.sessions.progress import Measure

    facet = f" {series.facet}" if series.facet is not None else ""
    name = series.measure.value.replace("_", " ")
    newest = series.points[-1].value
    value = f"{newest:.1f}" if newest < 10 else f"{newest:.0f}"
    value = f"{newest:.0%}" if series.unit == "share" else f"{value} {series.unit}"
    if series.measure is Measure.FILLERS:
        value = at_least(value)
    return Content.assemble(
        (f"{name}{facet}", "bold $primary"),
        (f"  {value} now\n", "$said"),
        (f"{series.kind} · {series.engine}", "$faint"),
    )


def limits_content(limits: Sequence[Limits], pushbacks: Sequence[PushbackResults]) -> Content:
    """Give how each facet was settled, a letter a thread from the oldest on, and how often; an engine after the other.

    Args:
        limits: the facets, by engine.
        pushbacks: what came back to each kind of pushback, by engine.
    """
    from simulator.sessions.progress import LETTERS_TOLD

    lines = [Content.assemble(("Limits, oldest first", "bold $primary"), (f"  {LETTERS_TOLD}", "$faint"))]
    for engine in dict.fromkeys(each.engine for each in limits):
        lines.append(Content.styled(f"  {engine}", "$accent"))
        for each in limits:
            if each.engine == engine:
                told = [f"{outcome.value} {times}" for outcome, times in each.outcomes.items()]
                told += [f"not settled {each.unsettled}"] if each.unsettled else []
                letters = [
                    (letter, letter_style(letter)) for letter in each.letters[-MOST_LETTERS:].ljust(MOST_LETTERS)
                ]
                name = (f"  {each.facet.value:<17}", "$said")
                lines.append(Content.assemble(name, *letters, (f"  {', '.join(told)}", "$quiet")))
        for pushed in pushbacks:
            if pushed.engine == engine:
                told = [f"{reply} {times}" for reply, times in pushed.replies.items()]
                name = (f"  {f'pushback, {pushed.pushback}':<{17 + MOST_LETTERS}}", "$said")
                lines.append(Content.assemble(name, (f"  {', '.join(told)}", "$quiet")))
    return Content("\n").join(lines)


def letter_style(letter: str) -> str:
    """Give the colour of an outcome's letter; the letter says the same."""
    return "$facet-held" if letter == "H" else "$faint" if letter == "·" else "$facet-limit"


def ticks_of(count: int) -> Sequence[int]:
    """Give the sessions that are numbered under a series: at most six."""
    step = max(1, -(-count // 6))
    return list(range(1, count + 1, step))


def run_progress(progress: ProgressReport, settings: Settings) -> int:
    """Show the progress screen, and give the exit status."""
    from simulator.screens.app import InterviewApp, run_app

    return run_app(InterviewApp(settings, lambda: ProgressScreen(progress), signals=True))
