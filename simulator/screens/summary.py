"""The end of a session: what was found out, on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from simulator.domain.state import SessionState
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen


class SummaryScreen(BaseScreen[None]):
    """A session's summary; closing it ends the program.

    Args:
        state: the session's last state.
        kept_in: the session's folder.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("close")]

    def __init__(self, state: SessionState, kept_in: Path | None) -> None:
        super().__init__()
        self._state = state
        self._kept_in = kept_in

    def compose_body(self) -> ComposeResult:
        """Give the summary as text."""
        from simulator.sessions.summary import summarize, summary_text

        with VerticalScroll():
            yield Static(Content(summary_text(summarize(self._state))))
            yield Static(Content(f"The session is kept in {self._kept_in}"))

    def action_close(self) -> None:
        """Leave the program."""
        self.app.exit(0)
