"""A session that plays a list of events in place of devices and a judge, and keeps what was asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType

from simulator.domain import events as ev
from simulator.domain.errors import SimulatorError
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import Phase, SessionClose
from simulator.screens.controller import Listener


class ScriptedController:
    """Folds the events that it is given; `asked` lists what the screen asked for, in order."""

    def __init__(self, events: Iterable[ev.Event], failure: SimulatorError | None = None) -> None:
        self.state = SessionState()
        self.asked: list[str] = []
        self._events = tuple(events)
        self._failure = failure
        self._listeners: list[Listener] = []
        self._closed = asyncio.Event()
        self.now_s = 0.0

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener every event."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def emit(self, *events: ev.Event) -> None:
        """Let events happen."""
        for event in events:
            self.state = apply(self.state, event)
            self.now_s = max(self.now_s, event.at_s)
            for listener in tuple(self._listeners):
                listener(event, self.state)
            if isinstance(event, ev.SessionClosed):
                self._closed.set()

    async def run(self) -> None:
        """Let the script's events happen, then wait for the close."""
        self.emit(*self._events)
        if self._failure is not None:
            raise self._failure
        await self._closed.wait()

    def done(self) -> None:
        """Note it."""
        self.asked.append("done")

    def repeat(self) -> None:
        """Note it."""
        self.asked.append("repeat")

    def skip(self) -> None:
        """Note it."""
        self.asked.append("skip")

    def pause(self) -> None:
        """Note it, and change the phase."""
        self.asked.append("pause")
        paused = self.state.phase is Phase.PAUSED
        self.emit(ev.PhaseChanged(phase=Phase.LISTENING if paused else Phase.PAUSED, at_s=self.now_s))

    def type_answer(self, text: str) -> None:
        """Note it."""
        self.asked.append(f"type_answer {text}")

    def set_typing(self, typing: bool) -> None:
        """Note it."""
        self.asked.append(f"set_typing {typing}")

    def quit(self) -> None:
        """Note it, and close."""
        self.asked.append("quit")
        self.emit(ev.SessionClosed(reason=SessionClose.QUIT, at_s=self.now_s))


class ScriptedFolder:
    """A folder that is only named."""

    path = Path("/home/you/.local/share/interview-simulator/sessions/2026-11-20-1015-quiet-harbour")


class ScriptedSession:
    """An open session around a scripted controller."""

    folder = ScriptedFolder()

    def __init__(self, conductor: ScriptedController) -> None:
        self.conductor = conductor
        self.left = False

    def __enter__(self) -> ScriptedSession:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.left = True
