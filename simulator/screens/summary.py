"""The end of a session on one screen: what to work on, what each thread came to, delivery, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from simulator.domain.state import FacetProgress, SessionState
from simulator.domain.vocabulary import Mode, Outcome
from simulator.domain.words import Evidence
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen
from simulator.screens.widgets.hanging import Hanging
from simulator.screens.widgets.timer import band_bar
from simulator.screens.widgets.words import clock, facet_mark
from simulator.sessions.summary import (
    FacetSummary,
    Summary,
    ThreadSummary,
    closed_line,
    delivery_lines,
    initial_line,
    quote_line,
    summarize,
)

BAR_CELLS = 44
"""Width of a thread's timing bar: fits the narrowest screen beside its scroll bar."""


def head_line(summary: Summary) -> Content:
    """Give the session's title, length and end in a line.

    Args:
        summary: what the session came to.
    """
    ended = "still open" if summary.closed is None else f"closed: {summary.closed}"
    title = summary.title or "Summary"
    parts = [summary.mode.value, clock(summary.duration_s), ended]
    return Content.assemble((title, "bold $accent"), (f"  {' · '.join(parts)}", "$quiet"))


def quote(evidence: Evidence) -> tuple[int, Content]:
    """Give the candidate's words as an indented line, with their moment."""
    return 2, Content.styled(quote_line(evidence), "italic $quiet")


def facet_lines(facet: FacetSummary) -> Iterator[tuple[int, Content]]:
    """Give a facet's line (mark, name, how far it got, how it was settled) and the words that show it.

    Args:
        facet: the facet.
    """
    mark, _, colour = facet_mark(FacetProgress(state=facet.state, outcome=facet.outcome))
    if facet.outcome is None:
        outcome = "not settled"
    elif facet.outcome is Outcome.HELD:
        outcome = "held"
    else:
        outcome = f"limit: {facet.outcome}"
    mine = " (corrected by you)" if facet.corrected else ""
    line = Content.assemble(
        (f"{mark} ", f"bold ${colour}"),
        (f"{facet.facet:<16}", "$said"),
        (f"{facet.state:<11}", "$quiet"),
        (outcome + mine, f"${colour}"),
    )
    yield 0, line
    for evidence in facet.evidence[:1]:
        yield quote(evidence)


def signal_lines(thread: ThreadSummary) -> Iterator[tuple[int, Content]]:
    """Give what spoke for and against the candidate, with the words that show it.

    Args:
        thread: the thread.
    """
    for good, word, colour in ((True, "+ for", "$facet-held"), (False, "− against", "$warning")):
        for signal in thread.signals:
            if signal.good is good:
                yield 0, Content.assemble((f"{word:<10}", colour), (signal.signal.value, "$said"))
                if signal.evidence:
                    yield quote(signal.evidence[0])
    for push in thread.pushbacks:
        reply = f"{push.kind}: {push.reply or 'not answered'}"
        yield 0, Content.assemble((f"{'› push':<10}", "$primary"), (reply, "$said"))
        if push.evidence:
            yield quote(push.evidence[0])


class SummaryScreen(BaseScreen[None]):
    """A session's summary; closing it ends the program.

    Args:
        state: the session's last state.
        kept_in: the session's folder.
    """

    DEFAULT_CSS = """
    SummaryScreen > .head { height: 1; background: $surface; padding: 0 1; }
    SummaryScreen > #desk { height: 1fr; layout: vertical; overflow-y: auto; scrollbar-size-vertical: 1; }
    SummaryScreen .title { color: $primary; text-style: bold; height: 1; margin-top: 1; }
    SummaryScreen #desk Static { height: auto; padding-right: 1; }
    SummaryScreen #threads { height: auto; padding: 0 1; }
    SummaryScreen #side { height: auto; padding: 0 1; }
    SummaryScreen .question { color: $said; text-style: bold; margin-top: 1; }
    SummaryScreen .why { color: $quiet; }
    SummaryScreen .signals { margin: 1 0; }
    SummaryScreen .bar { margin-bottom: 1; }
    SummaryScreen .advice { margin-bottom: 1; }
    SummaryScreen .kept { color: $quiet; margin-bottom: 1; }
    SummaryScreen.-wide > #desk { layout: horizontal; overflow-y: hidden; }
    SummaryScreen #threads { scrollbar-size-vertical: 1; }
    SummaryScreen.-wide #threads { width: 1fr; height: 1fr; overflow-y: auto; padding: 0 2; }
    SummaryScreen.-wide #side { width: 50; height: 1fr; overflow-y: auto; padding: 0 2; border-right: vkey $line; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("close", "help")]
    AUTO_FOCUS = "#desk"

    def __init__(self, state: SessionState, kept_in: Path | None) -> None:
        super().__init__()
        self._summary = summarize(state)
        self._kept_in = kept_in

    def compose_body(self) -> ComposeResult:
        """Give what to work on and delivery beside, or before, the threads."""
        summary = self._summary
        yield Static(head_line(summary), classes="head")
        with VerticalScroll(id="desk"):
            with Vertical(id="side"):
                yield Static("What to work on", classes="title")
                if not summary.work_on:
                    yield Static("Nothing that the record shows.")
                for number, advice in enumerate(summary.work_on, 1):
                    text = Content.assemble((f"{number}. ", "bold $accent"), (advice.text, "$said"))
                    lines = [(0, text), *map(quote, advice.evidence[:2])]
                    yield Static(Hanging(lines), classes="advice")
                yield Static("Delivery", classes="title")
                yield Static(Content("\n").join(Content(line) for line in delivery_lines(summary)))
                yield Static("Kept", classes="title")
                yield Static(Content(str(self._kept_in or "")), classes="kept")
            with Vertical(id="threads"):
                if not summary.threads:
                    yield Static("No question was asked.", classes="question")
                for number, thread in enumerate(summary.threads, 1):
                    yield from self._thread(number, thread)

    def _thread(self, number: int, thread: ThreadSummary) -> ComposeResult:
        summary = self._summary
        yield Static(Content(f"{number}. {thread.text}"), classes="question")
        yield Static(Content(f"{thread.kind} · {closed_line(thread)}"), classes="why")
        if thread.initial is not None:
            yield Static(Content(initial_line(thread.initial, summary.band_s)), classes="why")
            if thread.initial.length is not None:
                yield Static(band_bar(thread.initial.duration_s, summary.band_s, BAR_CELLS), classes="bar")
        lines: list[tuple[int, Content]] = []
        if summary.mode is not Mode.DRILL:
            for facet in thread.facets:
                lines += facet_lines(facet)
        yield Static(Hanging(lines))
        yield Static(Hanging(list(signal_lines(thread))), classes="signals")

    def action_close(self) -> None:
        """Leave the program."""
        self.app.exit(0)
