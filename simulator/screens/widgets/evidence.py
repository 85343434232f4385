"""Evidence as it is found: which facet or signal, and the candidate's words that show it.

While the session runs only what was found is shown, without a verdict: signals that speak against the
candidate wait for the summary, as a real interviewer's would.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from simulator.domain.state import SessionState, ThreadState
from simulator.domain.vocabulary import GOOD_SIGNALS, FacetState
from simulator.domain.words import Evidence
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import clock, shortened

QUOTE_CHARACTERS = 110
"""Longest quote shown; the whole of it stands in the transcript."""

NAMES = 3
"""Most names beside a quote; how many more there are is said as a number."""


@dataclass(frozen=True, slots=True)
class Found:
    """Words of the candidate's and everything that they show."""

    at_s: float
    names: tuple[str, ...]
    quote: str


def found(state: SessionState, thread: ThreadState) -> tuple[Found, ...]:
    """Give what was found in a thread, newest words first, one entry a quote.

    Args:
        state: the session.
        thread: the thread.
    """
    quotes: dict[str, tuple[float, list[str]]] = {}

    def add(name: str, evidence: Evidence) -> None:
        answer = state.answers.get(evidence.answer or "")
        at_s = evidence.start_s or (answer.at_s if answer is not None else thread.at_s)
        names = quotes.setdefault(evidence.quote, (at_s, []))[1]
        if name not in names:
            names.append(name)

    for facet in thread.facets:
        progress = thread.facets[facet]
        if progress.state is not FacetState.UNHEARD:
            for evidence in progress.evidence:
                add(facet.value, evidence)
    for record in thread.signals:
        if record.signal in GOOD_SIGNALS:
            for evidence in record.evidence:
                add(record.signal.value, evidence)
    entries = [Found(at_s, tuple(names), quote) for quote, (at_s, names) in quotes.items() if quote]
    return tuple(sorted(entries, key=lambda entry: -entry.at_s))


class EvidencePanel(VerticalScroll, can_focus=True):
    """What was found in this thread, newest first."""

    DEFAULT_CSS = """
    EvidencePanel { height: 1fr; scrollbar-size-vertical: 1; }
    EvidencePanel > Line { height: auto; padding-right: 1; }
    """

    def compose(self) -> ComposeResult:
        """Give the heading and the entries."""
        yield Line(classes="found", fixed=False)

    def show_found(self, state: SessionState, thread: ThreadState | None) -> None:
        """Show what was found."""
        lines = [Content.assemble(("Evidence", "bold $primary"))]
        entries = found(state, thread) if thread is not None else ()
        if not entries:
            lines.append(Content.assemble(("nothing found yet", "$faint")))
        for entry in entries:
            more = f" +{len(entry.names) - NAMES}" if len(entry.names) > NAMES else ""
            names = " · ".join(entry.names[:NAMES]) + more
            lines.append(Content.assemble((f"{clock(entry.at_s)} ", "$faint"), (names, "$facet-supported")))
            lines.append(Content.assemble((f"“{shortened(entry.quote, QUOTE_CHARACTERS)}”", "italic $quiet")))
        self.query_one(".found", Line).put(Content("\n").join(lines))
