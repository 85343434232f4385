"""The live screen: an interview while it runs. It renders the session's state and passes on what the user wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from simulator.domain.errors import SimulatorError
from simulator.domain.state import SessionState, ThreadState
from simulator.domain.vocabulary import Phase
from simulator.screens.actions import bindings
from simulator.screens.base import TALL_ROWS, BaseScreen
from simulator.screens.controller import Controller, Opener, OpenSession
from simulator.screens.terminal import real_streams
from simulator.screens.widgets.depth import DepthMap
from simulator.screens.widgets.evidence import EvidencePanel
from simulator.screens.widgets.level import LevelMeter
from simulator.screens.widgets.notices import Notices
from simulator.screens.widgets.prompt import Prompt
from simulator.screens.widgets.timer import AnswerTimer
from simulator.screens.widgets.transcript import Transcript
from simulator.screens.widgets.turn import TurnLine, turn_hint

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.screens.widgets.typing import TypingBox

DRAW_S = 1 / 15
"""Shortest time between two drawings, seconds: the first event is drawn at once, a burst of them together."""
TICK_S = 0.2
"""How often the clocks are drawn while nothing else happens, seconds."""


class LiveScreen(BaseScreen[None]):
    """An interview while it runs.

    Args:
        opened: opens the session; called off the loop after the first paint.
        settings: loads the user's settings, likewise; None where the application has them already.

    Attributes:
        kept_in: the session's folder, once it is open.
        failure: what ended the session, if it was an error.
        drawn: the state that stands on the screen.
    """

    DEFAULT_CSS = """
    LiveScreen > #desk { height: 1fr; }
    LiveScreen #main { width: 1fr; }
    LiveScreen #gauges { height: auto; background: $surface; }
    LiveScreen #side { width: 33; padding: 0 0 0 1; border-left: vkey $line; }
    LiveScreen #side EvidencePanel { margin-top: 1; }
    LiveScreen.-wide #side { width: 44; padding: 0 1 0 2; }
    LiveScreen.-tall #side { padding: 1 0 0 1; }
    LiveScreen.-wide.-tall #side { padding: 1 1 0 2; }
    LiveScreen.-tall Prompt { padding: 1 2; max-height: 14; }
    LiveScreen.-tall Prompt > .asked { margin-top: 1; }
    LiveScreen.-tall Transcript { padding: 1 2 0 2; }
    LiveScreen.-tall #gauges { padding: 1 1; }
    LiveScreen.-tall AnswerTimer { margin-bottom: 1; }
    LiveScreen.-tall AnswerTimer > .scale { display: block; }
    LiveScreen.-tall TypingBox { height: 8; }
    LiveScreen.-tall Notices { padding: 0 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("done", "repeat", "skip", "pause", "type", "leave", "help")]
    AUTO_FOCUS = "Transcript"

    def __init__(self, opened: Opener, settings: Callable[[], Settings] | None = None) -> None:
        super().__init__()
        self._settings = settings
        self.kept_in: Path | None = None
        self.failure: SimulatorError | None = None
        self._opened = opened
        self._controller: Controller | None = None
        self.drawn = SessionState()
        self._left = False
        self._changed = asyncio.Event()
        self._box: TypingBox | None = None
        self._typing = False
        self._ending = False
        self._over = asyncio.Event()

    def compose_body(self) -> ComposeResult:
        """Give the turn line, the conversation with its gauges, and depth and evidence beside them."""
        yield TurnLine()
        with Horizontal(id="desk"):
            with Vertical(id="main"):
                yield Prompt()
                yield Transcript()
                with Vertical(id="gauges"):
                    yield AnswerTimer()
                    yield LevelMeter()
                yield Notices()
            with Vertical(id="side"):
                yield DepthMap()
                yield EvidencePanel()

    def on_mount(self) -> None:
        """Draw the empty desk, then open the session."""
        self._draw_turn()
        self._draw_thread()
        self._tick()
        self.set_interval(TICK_S, self._tick)
        self.run_worker(self._drawing(), name="drawing", group="drawing", exclusive=True)
        self.after_first_paint(self._begin)

    def _begin(self) -> None:
        self.run_worker(self._session(), name="session", group="session", exclusive=True)

    # The session.

    async def _session(self) -> None:
        """Open the session, run it, close it, and go on to its summary."""
        try:
            if self._settings is not None:
                self.program.take_settings(await asyncio.to_thread(self._settings))
            with real_streams():
                session = await asyncio.to_thread(self._opened)
                with session:
                    await self._run(session)
        except SimulatorError as error:
            self.failure = error
        finally:
            self._over.set()
        if not self._left:
            self._conclude()

    async def _run(self, session: OpenSession) -> None:
        self.kept_in = session.folder.path
        controller = session.conductor
        self._controller = controller
        if self._ending:
            controller.quit()
        unsubscribe = controller.subscribe(lambda _event, _state: self._changed.set())
        self._changed.set()
        try:
            await controller.run()
        finally:
            unsubscribe()
            self._draw()

    def _conclude(self) -> None:
        """Go on to the summary, or to what went wrong."""
        if self.failure is not None:
            from simulator.screens.failure import FailureScreen

            self.app.push_screen(FailureScreen(self.failure, self.kept_in))
            return
        from simulator.screens.summary import SummaryScreen

        self.app.push_screen(SummaryScreen(self.drawn, self.kept_in))

    async def close_in_order(self) -> None:
        """Close the session and wait until everything that was said is kept."""
        self._left = True
        self._quit()
        await self._over.wait()

    def _quit(self) -> None:
        self._ending = True
        if self._controller is not None and not self._over.is_set():
            self._controller.quit()
        self._draw_turn()

    # Drawing.

    async def _drawing(self) -> None:
        """Draw when something has changed, a burst of changes at once."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._draw()
            await asyncio.sleep(DRAW_S)

    def _draw(self) -> None:
        if self._controller is None or not self.is_attached:
            return
        before, state = self.drawn, self._controller.state
        self.drawn = state
        if state.phase is not before.phase:
            self._turn_to(state)
        if state.utterances is not before.utterances or state.answers is not before.answers:
            self.query_one(Transcript).show_turns(state)
        if state.threads is not before.threads or state.utterances is not before.utterances:
            self._draw_thread()
        self.query_one(LevelMeter).show_level(state, typing=self._typing)
        self._tick()

    def _draw_thread(self) -> None:
        state = self.drawn
        thread = newest_thread(state)
        self.query_one(Prompt).show_asked(state, short=self.size.height < TALL_ROWS)
        self.query_one(DepthMap).show_depth(thread)
        self.query_one(EvidencePanel).show_found(state, thread)

    def _draw_turn(self) -> None:
        hint = turn_hint(self.drawn, typing=self._typing, pause_key=self.shown_key("pause"), closing=self._ending)
        self.query_one(TurnLine).show_turn(self.drawn, hint)

    def _tick(self) -> None:
        """Draw what follows the clock."""
        state = self.drawn
        now_s = self._controller.now_s if self._controller is not None else 0.0
        self.query_one(TurnLine).show_clock(state, now_s)
        self.query_one(AnswerTimer).show_time(state, now_s)
        self.query_one(Notices).show_notice(state, now_s)

    def _turn_to(self, state: SessionState) -> None:
        """Follow a change of turn: a typed session has its box open in the candidate's turn."""
        if state.typed and state.phase is Phase.LISTENING and not self._typing:
            self._open_box()
        self._draw_turn()

    def on_resize(self, event: events.Resize) -> None:
        """Draw again what depends on the size."""
        super().on_resize(event)
        self.call_after_refresh(self._draw_thread)

    # What the user wants.

    def action_done(self) -> None:
        """End the answer now, or cut the interviewer short."""
        if self._controller is not None:
            self._controller.done()

    def action_repeat(self) -> None:
        """Hear the last question again."""
        if self._controller is not None:
            self._controller.repeat()

    def action_skip(self) -> None:
        """Leave this question."""
        if self._controller is not None:
            self._controller.skip()

    def action_pause(self) -> None:
        """Pause, or go on."""
        if self._controller is not None:
            self._controller.pause()

    def action_type(self) -> None:
        """Type this answer instead."""
        self._open_box()

    def action_leave(self) -> None:
        """Ask whether the interview is to end."""
        from simulator.screens.dialogs import Question

        self.app.push_screen(
            Question(
                "End the interview?",
                "What was said is kept, and the summary follows.",
                yes="End it",
                no="Go on",
            ),
            lambda sure: self._quit() if sure else None,
        )

    def on_typing_box_sent(self, message: TypingBox.Sent) -> None:
        """Give the typed answer."""
        if self._controller is not None:
            self._controller.type_answer(message.text)
        if not self.drawn.typed:
            self._close_box()

    def on_typing_box_left(self) -> None:
        """Answer aloud again; in a typed session only the keys of the screen are to work again."""
        if self.drawn.typed:
            self.query_one(Transcript).focus()
        else:
            self._close_box()

    def _open_box(self) -> None:
        """Show the text box; it is made when it is first wanted, since a text editor's modules load slowly."""
        if self._box is None:
            from simulator.screens.widgets.typing import TypingBox

            self._box = TypingBox(self.program.settings.screen.keys)
            self.query_one("#main").mount(self._box, before="#gauges")
        self._box.display = True
        self._box.focus()
        self._set_typing(True)

    def _close_box(self) -> None:
        if self._box is not None:
            self._box.display = False
        self.query_one(Transcript).focus()
        self._set_typing(False)

    def _set_typing(self, typing: bool) -> None:
        if typing != self._typing:
            self._typing = typing
            if self._controller is not None:
                self._controller.set_typing(typing)
            self._draw_turn()
            self.query_one(LevelMeter).show_level(self.drawn, typing=typing)


def newest_thread(state: SessionState) -> ThreadState | None:
    """Give the thread that is open, or the last one."""
    return next(reversed(list(state.threads.values())), None)
