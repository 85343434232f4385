"""The depth map: how far each facet of the thread has got, with a mark and a word."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from simulator.domain.state import ThreadState
from simulator.domain.vocabulary import Facet
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import facet_mark

NAME_CELLS = 16
"""The longest facet's name has 15 letters."""


def current_facet(thread: ThreadState) -> Facet | None:
    """Give the facet that the newest probe is aimed at, while its reply has not been judged."""
    if thread.closed is None and thread.probes and thread.probes[-1].reply is None:
        return thread.probes[-1].facet
    return None


def depth_lines(thread: ThreadState) -> Iterator[Content]:
    """Give a line a facet: the tested ones in the question's order, then others that were heard of.

    Args:
        thread: the thread.
    """
    now = current_facet(thread)
    others = [facet for facet in thread.facets if facet not in thread.tests]
    for facet in (*thread.tests, *others):
        mark, word, colour = facet_mark(thread.facets[facet])
        probed = facet is now
        name_style = "bold $accent" if probed else "$quiet" if facet in others else "$said"
        yield Content.assemble(
            ("▸" if probed else " ", "bold $accent"),
            (f"{mark} ", f"bold ${colour}"),
            (f"{facet.value:<{NAME_CELLS}}", name_style),
            (word, f"${colour}"),
        )


class DepthMap(Line):
    """Facets by state."""

    DEFAULT_CSS = """
    DepthMap { height: auto; }
    """

    def __init__(self) -> None:
        super().__init__(fixed=False)

    def show_depth(self, thread: ThreadState | None) -> None:
        """Show how far each facet of a thread has got."""
        if thread is None:
            self.put(Content.assemble(("Depth", "bold $primary"), ("\nno question has been asked yet", "$faint")))
            return
        settled = len(thread.tests) - len(thread.unsettled)
        head = Content.assemble(("Depth", "bold $primary"), (f"  {settled} of {len(thread.tests)} settled", "$quiet"))
        self.put(Content("\n").join([head, *depth_lines(thread)]))
