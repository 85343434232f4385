"""What went wrong, in one clear sentence, and what to do about it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from simulator.domain.errors import SimulatorError
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen


class FailureScreen(BaseScreen[None]):
    """Shows an error with its hint; closing it ends the program with the error's status.

    Args:
        error: what went wrong.
        kept_in: the session's folder, if there is one.
    """

    DEFAULT_CSS = """
    FailureScreen { align: center middle; }
    FailureScreen > Vertical { width: 72; max-width: 94%; height: auto; padding: 1 2;
        border: round $error; background: $surface; }
    FailureScreen Static { height: auto; margin-bottom: 1; }
    FailureScreen .title { color: $error; text-style: bold; }
    FailureScreen .kept { color: $quiet; margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("close", "help")]

    def __init__(self, error: SimulatorError, kept_in: Path | None) -> None:
        super().__init__()
        self._error = error
        self._kept_in = kept_in

    def compose_body(self) -> ComposeResult:
        """Give the message, the hint, and where the session lies."""
        with Vertical():
            yield Static(Content(f"✗ {self._error.message}"), classes="title")
            if self._error.hint:
                yield Static(Content(self._error.hint), classes="hint")
            kept = f"What was said is kept in {self._kept_in}" if self._kept_in else "No session was begun."
            yield Static(Content(kept), classes="kept")

    def action_close(self) -> None:
        """Leave the program."""
        self.app.exit(int(self._error.status))
