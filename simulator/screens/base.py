"""What every screen of the program shares: layout classes by size, a footer, and one sentence when it is too small."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer, Static

from simulator.domain.errors import SimulatorError

if TYPE_CHECKING:
    from simulator.screens.app import InterviewApp

SMALLEST = (70, 20)
"""Columns and rows below which a screen says that it is too small instead of cutting things off."""

WIDE_COLUMNS = 100
TALL_ROWS = 32
"""Columns and rows from which a screen has room to breathe."""

Result = TypeVar("Result")


class LeftError(Exception):
    """A screen was left while something was under way for it on another thread; ends that."""


class TooSmall(Static):
    """Covers a screen that does not fit."""

    DEFAULT_CSS = """
    TooSmall { display: none; width: 1fr; height: 1fr; background: $background; color: $warning;
               content-align: center middle; text-align: center; padding: 0 1; }
    """


class BaseScreen(Screen[Result]):
    """A screen with the program's footer and layout classes.

    Subclasses give their widgets in `compose_body`, and their bindings end with "help". A screen of 100
    columns and more has the class `-wide`, of 32 rows and more `-tall`.
    """

    DEFAULT_CSS = """
    BaseScreen { background: $background; color: $foreground; }
    BaseScreen.-too-small > * { display: none; }
    BaseScreen.-too-small > TooSmall { display: block; }
    """
    FOOTER: ClassVar[bool] = True

    def compose_body(self) -> ComposeResult:
        """Give the screen's widgets, without the footer."""
        yield from ()

    def compose(self) -> ComposeResult:
        """Give the screen's widgets, its footer, and what covers it when it is too small."""
        yield TooSmall()
        yield from self.compose_body()
        if self.FOOTER:
            yield Footer(show_command_palette=False)

    def on_resize(self, event: events.Resize) -> None:
        """Cover or uncover the screen as it fits."""
        columns, rows = event.size
        small = columns < SMALLEST[0] or rows < SMALLEST[1]
        self.set_class(small, "-too-small")
        if small:
            self.query_one(TooSmall).update(
                f"The window has {columns} columns and {rows} rows; it needs {SMALLEST[0]} and {SMALLEST[1]}. "
                "Make it larger, or use --plain."
            )

    def action_help(self) -> None:
        """Show every key of this screen."""
        from simulator.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.shown_actions(), self.program.settings.screen.keys))

    @property
    def program(self) -> InterviewApp:
        """The application that shows this screen."""
        from simulator.screens.app import InterviewApp

        assert isinstance(self.app, InterviewApp)
        return self.app

    def attempt(self, work: Callable[[], None]) -> bool:
        """Do something; gives whether it succeeded. What went wrong is said in a notice."""
        try:
            work()
        except SimulatorError as error:
            self.notify(str(error), severity="error")
            return False
        return True

    def shown_actions(self) -> tuple[str, ...]:
        """Give the names of the actions that this screen offers now, in the order of their bindings."""
        names: list[str] = []
        for active in self.active_bindings.values():
            name = active.binding.id
            if name is not None and name not in names:
                names.append(name)
        return tuple(names)

    def shown_key(self, name: str) -> str:
        """Give the first key of an action as the footer writes it, remapped by the user or not.

        Args:
            name: the action's name.
        """
        active = next((each.binding for each in self.active_bindings.values() if each.binding.id == name), None)
        return self.app.get_key_display(active) if active is not None else ""

    def after_first_paint(self, work: Callable[[], Awaitable[None] | None]) -> None:
        """Do something once the screen stands on the terminal.

        A refresh alone does not say so: while the application starts, screens are refreshed and not painted. What
        the application is called to do later, it does when it has started.

        Args:
            work: what to do, in the screen's own turn.
        """
        self.app.call_later(self.call_after_refresh, work)

    @property
    def stands(self) -> bool:
        """Whether the screen can still be drawn on: what comes late, after it was left, finds no widgets any more."""
        return self.is_attached and self in self.app.screen_stack

    async def close_in_order(self) -> None:
        """Finish what the screen has under way before the program leaves; nothing by default."""
