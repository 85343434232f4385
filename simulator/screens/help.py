"""The keys of a screen, from the registry of actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from simulator.screens.actions import ACTIONS, bindings


class HelpScreen(ModalScreen[None]):
    """Lists actions with their keys and what they do.

    Args:
        actions: names of the actions, in order.
        keys: the user's own keys, action name to keys.
    """

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll { width: 76; max-width: 96%; height: auto; max-height: 90%; padding: 1 2;
                                  background: $surface; border: round $border; border-title-color: $accent; }
    HelpScreen > VerticalScroll { scrollbar-size-vertical: 1; }
    HelpScreen Static { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("close", "help")]

    def __init__(self, actions: Sequence[str], keys: dict[str, str]) -> None:
        super().__init__()
        self._actions = actions
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Give the list, grouped."""
        lines: list[Content] = []
        group = ""
        shown = [ACTIONS[name] for name in ACTIONS if name in self._actions]
        for action in shown:
            if action.group != group:
                group = action.group
                lines += [Content(""), Content.styled(group, "bold $primary")]
            keys = [
                self.app.get_key_display(Binding(key.strip(), action.name))
                for key in self._keys.get(action.name, action.keys).split(",")
            ]
            lines.append(Content.assemble((f"{' or '.join(keys):<16}", "bold $accent"), (action.tooltip, "$said")))
        lines += [
            Content(""),
            Content.styled("Tab goes from part to part, arrows scroll, ^p finds commands.", "$quiet"),
            Content.styled("Keys can be changed in the settings file, section [screen.keys].", "$quiet"),
        ]
        with VerticalScroll() as box:
            box.border_title = "Keys"
            yield Static(Content("\n").join(lines[1:]))

    def action_close(self) -> None:
        """Go back."""
        self.dismiss()

    def action_help(self) -> None:
        """Go back."""
        self.dismiss()
