"""The program on a terminal: themes, keys, signals, and the way a screen is opened and left."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from simulator.domain.errors import BadInputError, ExitStatus, SimulatorError
from simulator.screens.actions import ACTIONS, bindings, keymap
from simulator.screens.base import TALL_ROWS, WIDE_COLUMNS, BaseScreen
from simulator.screens.controller import Opener
from simulator.screens.terminal import own_terminal
from simulator.screens.theme import DARK, THEMES, fallback

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.screens.live import LiveScreen

CLOSING_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Signals that close the program in order; what was said is kept."""


class InterviewApp(App[int]):
    """The program's application: shows a first screen, and ends with an exit status.

    Args:
        settings: the user's settings; theme and keys are taken from them. None: the first screen gives them after
            the first paint (`take_settings`).
        first: makes the first screen.
        signals: whether Ctrl-C, SIGTERM and SIGHUP are handled here.
        theme: the theme until there are settings; one that does not exist is passed over.

    Raises:
        BadInputError: the setting `screen.keys` or `screen.theme` names what does not exist.
    """

    TITLE = "Interview"
    CSS = "SearchIcon { display: none; }"
    # Textual declares these two as variables of the instance, so they can't be ClassVar here.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE_COLUMNS, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (TALL_ROWS, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("other_theme", "interrupt")]

    def __init__(
        self, settings: Settings | None, first: Callable[[], Screen[Any]], *, signals: bool = False, theme: str = ""
    ) -> None:
        super().__init__()
        self._settings = settings
        self._first = first
        self._signals = signals
        self._close_task: asyncio.Task[None] | None = None
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else DARK.name
        if settings is not None:
            self.take_settings(settings)

    @property
    def settings(self) -> Settings:
        """The user's settings; the defaults until the first screen has given them."""
        if self._settings is None:
            from simulator.config.settings import Settings

            return Settings()
        return self._settings

    def take_settings(self, settings: Settings) -> None:
        """Take theme and keys from the user's settings.

        Raises:
            BadInputError: the setting `screen.keys` or `screen.theme` names what does not exist.
        """
        self._settings = settings
        self.set_keymap(keymap(settings.screen.keys))
        self.theme = self._theme_name(settings.screen.theme)

    def _theme_name(self, wanted: str) -> str:
        if wanted and wanted not in self.available_themes:
            raise BadInputError(
                f"The setting screen.theme names an unknown theme, {wanted}.",
                f"There are: {', '.join(sorted(self.available_themes))}.",
            )
        return wanted or DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the meaningful colours for themes that are not the program's own."""
        return fallback(dark=self.current_theme.dark)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Offer the actions of the current screen in the command palette."""
        if isinstance(screen, BaseScreen):
            for name in screen.shown_actions():
                owner = next((each for each in (screen, self) if hasattr(each, f"action_{name}")), None)
                if owner is not None:
                    action = ACTIONS[name]
                    yield SystemCommand(
                        action.label, action.tooltip, partial(self.call_later, self.run_action, name, owner)
                    )
        yield SystemCommand("Change theme", "Choose among all themes.", self.action_change_theme)

    def on_mount(self) -> None:
        """Show the first screen, and take charge of the signals."""
        if self._signals:
            loop = asyncio.get_running_loop()
            for number in CLOSING_SIGNALS:
                try:
                    loop.add_signal_handler(number, self.close_in_order, self.status_of(number))
                except NotImplementedError:  # Windows has no loop signal handlers
                    signal.signal(
                        number,
                        lambda got, _: loop.call_soon_threadsafe(self.close_in_order, self.status_of(got)),
                    )
        self.push_screen(self._first())

    @staticmethod
    def status_of(number: int) -> ExitStatus:
        """Give the exit status that belongs to a signal."""
        return ExitStatus.INTERRUPTED if number == signal.SIGINT else ExitStatus.TERMINATED

    def action_interrupt(self) -> None:
        """Close in order, as Ctrl-C does; at once the second time."""
        self.close_in_order(ExitStatus.INTERRUPTED)

    def close_in_order(self, status: ExitStatus) -> None:
        """Let every screen finish what it has under way, then leave with a status; the second call leaves at once."""
        if self._close_task is not None:
            self._close_task.cancel()
            self.exit(int(status))
            return
        self._close_task = asyncio.get_running_loop().create_task(self._close(status), name="closing")

    async def _close(self, status: ExitStatus) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, BaseScreen):
                await screen.close_in_order()
        self.exit(int(status))

    def action_other_theme(self) -> None:
        """Go to the next of the program's own themes."""
        names = [theme.name for theme in THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]


def run_app(app: App[int]) -> int:
    """Run an application on the terminal, and give its exit status.

    Raises:
        UsageError: there is no terminal.
        SimulatorError: the screen failed; what was said is kept.
    """
    from simulator.config.paths import log_dir

    log = log_dir() / "screen.log"
    with own_terminal(log):
        status = app.run()
    if status is None and app.return_code:
        raise SimulatorError("The screen failed.", f"What was said is kept; the log is {log}.")
    return int(ExitStatus.OK) if status is None else status


def run_interview(
    opened: Opener, settings: Settings | None, *, load: Callable[[], Settings] | None = None, theme: str = ""
) -> int:
    """Run a session on the live screen, show its summary, and give the exit status.

    The session is opened after the first paint, off the loop. At the end, one line on standard output
    says where it lies.

    Args:
        opened: opens the session.
        settings: the user's settings; None has them loaded after the first paint.
        load: loads the settings, in that case.
        theme: the theme until there are settings.

    Raises:
        SimulatorError: the session could not be opened or gone on with; what was said is kept.
    """
    from simulator.screens.live import LiveScreen

    return run_live(lambda: LiveScreen(opened, load), settings, theme)


def run_live(made: Callable[[], LiveScreen], settings: Settings | None, theme: str = "") -> int:
    """Run a session on the screen that `made` gives; the rest as in `run_interview`."""
    live = made()
    status = run_app(InterviewApp(settings, lambda: live, signals=True, theme=theme))
    if live.kept_in is not None:
        with contextlib.suppress(BrokenPipeError):
            print(f"The session is kept in {live.kept_in}", flush=True)
    if live.failure is not None:
        raise live.failure
    return status
