"""A question with two answers, over any screen."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from simulator.screens.actions import bindings


class Question(ModalScreen[bool]):
    """Asks, and gives True for yes.

    Args:
        title: the question.
        text: what follows from yes, in a sentence.
        yes: the word on the button for yes.
        no: the word on the button for no, which has the focus.
    """

    DEFAULT_CSS = """
    Question { align: center middle; background: $background 60%; }
    Question > Vertical { width: 56; max-width: 90%; height: auto; padding: 1 2;
        background: $surface; border: round $border; }
    Question .title { text-style: bold; color: $accent; }
    Question .text { margin: 1 0; color: $said; }
    Question Horizontal { height: auto; align-horizontal: right; }
    Question Button { margin-left: 2; min-width: 14; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("confirm", "refuse")]
    AUTO_FOCUS = "#no"

    def __init__(self, title: str, text: str, *, yes: str, no: str) -> None:
        super().__init__()
        self._texts = (title, text, yes, no)

    def compose(self) -> ComposeResult:
        """Give the question and its two buttons."""
        title, text, yes, no = self._texts
        with Vertical():
            yield Static(title, classes="title", markup=False)
            yield Static(text, classes="text", markup=False)
            with Horizontal():
                yield Button(f"{yes} (y)", id="yes", variant="error", compact=True)
                yield Button(f"{no} (n)", id="no", variant="primary", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Give the answer."""
        self.dismiss(event.button.id == "yes")

    def action_confirm(self) -> None:
        """Answer yes."""
        self.dismiss(True)

    def action_refuse(self) -> None:
        """Answer no."""
        self.dismiss(False)
