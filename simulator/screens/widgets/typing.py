"""The box in which an answer is typed instead of spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from simulator.screens.actions import bindings, keys_of

OWN_ACTIONS = ("send", "leave_box", "new_line")
"""The actions whose keys the box keeps to itself."""


class TypingBox(TextArea):
    """A text box that gives its text when it is sent.

    Args:
        keys: the user's own keys, action name to keys.
        id: the widget's id.
    """

    DEFAULT_CSS = """
    TypingBox { height: 5; padding: 0 1; border: round $border-blurred;
        background: $background; }
    TypingBox:focus { border: round $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(*OWN_ACTIONS)]

    class Sent(Message):
        """The answer was given in writing."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The box was left without an answer; its draft is kept."""

    def __init__(self, keys: Mapping[str, str], id: str | None = None) -> None:
        super().__init__(
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            id=id,
            placeholder="Type your answer here.",
        )
        self._own_keys = frozenset(key for name in OWN_ACTIONS for key in keys_of(name, keys))

    async def _on_key(self, event: events.Key) -> None:
        """Keep the keys of the box's own actions from being written into the text."""
        if event.key in self._own_keys:
            event.prevent_default()

    def action_send(self) -> None:
        """Give the text as the answer."""
        text = self.text.strip()
        if text:
            self.post_message(self.Sent(text))
            self.clear()

    def action_leave_box(self) -> None:
        """Leave the box."""
        self.post_message(self.Left())

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")
