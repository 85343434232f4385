"""The drill: initial answers against the clock, each followed by its figures, beside the attempts before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from simulator.domain.vocabulary import Phase
from simulator.screens.actions import bindings
from simulator.screens.live import LiveScreen
from simulator.screens.widgets.transcript import Transcript

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.domain.state import SessionState
    from simulator.screens.controller import Opener


class AttemptPanel(Static):
    """The last attempt's figures, and all attempts at the same question under one another."""

    DEFAULT_CSS = """
    AttemptPanel { height: 1fr; padding: 1 2; display: none; overflow-y: auto; }
    """

    def show_attempt(self, state: SessionState) -> None:
        """Show the newest attempt of a session."""
        from simulator.rehearsal.drilling import attempt_lines, attempts, comparison_lines

        made = attempts(state)
        if not made:
            self.update(Content.assemble(("Nothing was said.", "$quiet")))
            return
        last = made[-1]
        same = tuple(each for each in made if each.question == last.question)
        parts: list[tuple[str, str] | Content | str] = [(f"Attempt {last.number}\n", "bold $primary")]
        for line in attempt_lines(last, state.band_s):
            parts += [(line[:12], "$quiet"), (line[12:] + "\n", "$said")]
        if len(same) > 1:
            parts.append(("\nAt this question\n", "bold $primary"))
            parts += [(line + "\n", "$said") for line in comparison_lines(same, state.band_s)]
        self.update(Content.assemble(*parts))


class DrillScreen(LiveScreen):
    """A drill while it runs: the live screen, and between two attempts their figures in the transcript's place."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("again", "next_question")]

    def on_mount(self) -> None:
        """Put the figures' panel beside the transcript."""
        self.query_one("#main").mount(AttemptPanel(), after=self.query_one(Transcript))

    def _turn_to(self, state: SessionState) -> None:
        super()._turn_to(state)
        reviewing = state.phase is Phase.REVIEWING
        panel = self.query_one(AttemptPanel)
        if reviewing:
            panel.show_attempt(state)
        panel.display = reviewing
        self.query_one(Transcript).display = not reviewing
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what fits: again and next between attempts, the rest while one runs."""
        reviewing = self.drawn.phase is Phase.REVIEWING
        if action in {"again", "next_question"}:
            return reviewing
        if action in {"done", "repeat", "skip", "type"}:
            return not reviewing
        return super().check_action(action, parameters)

    def action_again(self) -> None:
        """Try the same question once more."""
        if self._controller is not None:
            self._controller.again()

    def action_next_question(self) -> None:
        """Go on to the next question."""
        if self._controller is not None:
            self._controller.next_question()


def run_drill(opened: Opener, settings: Settings) -> int:
    """Run a drill on its screen, and give the exit status; errors as in `run_interview`."""
    from simulator.screens.app import run_live

    return run_live(_make(opened), settings)


def _make(opened: Opener) -> Callable[[], LiveScreen]:
    return lambda: DrillScreen(opened)
