"""Dialogs that ask for words, or for a choice with a reason."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Select, Static


class Entry(ModalScreen[str | None]):
    """Asks for one line; gives it, or None where the user left.

    Args:
        title: what is asked for.
        hint: stands in the empty box.
        value: what the box begins with.
    """

    DEFAULT_CSS = """
    Entry { align: center middle; background: $background 60%; }
    Entry > Vertical { width: 64; max-width: 90%; height: auto; padding: 1 2; background: $surface;
        border: round $border; }
    Entry .title { text-style: bold; color: $accent; margin-bottom: 1; }
    Entry .keys { color: $faint; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, title: str, hint: str, value: str = "") -> None:
        super().__init__()
        self._texts = (title, hint, value)

    def compose(self) -> ComposeResult:
        """Give title and box."""
        title, hint, value = self._texts
        with Vertical():
            yield Static(title, classes="title", markup=False)
            yield Input(value=value, placeholder=hint)
            yield Static("Enter: take it · Escape: leave", classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give the line."""
        self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Leave."""
        self.dismiss(None)


class Choose(ModalScreen[tuple[str, str] | None]):
    """Asks for one of several values and a reason; gives both, or None where the user left.

    Args:
        title: what is asked.
        choices: (word, value) pairs.
        hint: stands in the empty box for the reason.
    """

    DEFAULT_CSS = """
    Choose { align: center middle; background: $background 60%; }
    Choose > Vertical { width: 64; max-width: 90%; height: auto; padding: 1 2; background: $surface;
        border: round $border; }
    Choose .title { text-style: bold; color: $accent; margin-bottom: 1; }
    Choose .keys { color: $faint; margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel")]

    def __init__(self, title: str, choices: tuple[tuple[str, str], ...], hint: str) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._hint = hint

    def compose(self) -> ComposeResult:
        """Give title, list and box."""
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield Select(self._choices, prompt="What should it be?")
            yield Input(placeholder=self._hint)
            yield Static("Tab: next · Enter in the reason: take it · Escape: leave", classes="keys")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give value and reason, once both are there."""
        value = self.query_one(Select).value
        if value is Select.NULL or not isinstance(value, str):
            self.notify("Choose what it should be first.", severity="warning")
        elif not event.value.strip():
            self.notify("Say why in a few words.", severity="warning")
        else:
            self.dismiss((value, event.value.strip()))

    def action_cancel(self) -> None:
        """Leave."""
        self.dismiss(None)
