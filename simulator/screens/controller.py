"""What a live screen needs of a running session, as protocols: screens import nothing that conducts one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from simulator.domain.events import Event
    from simulator.domain.state import SessionState

Listener: TypeAlias = "Callable[[Event, SessionState], None]"
"""Takes an event and the state after it; called in the loop that runs the session."""


class Controller(Protocol):
    """A running session: its state, its events, and what the candidate can ask of it."""

    @property
    def state(self) -> SessionState:
        """The state after the newest event."""

    @property
    def now_s(self) -> float:
        """The session's clock, seconds since it began; stands still while paused."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have every event told to a listener; gives the way to stop that."""

    async def run(self) -> None:
        """Run the whole session; returns when it is closed and kept.

        Raises:
            SimulatorError: it cannot be gone on with; what was said is kept.
        """

    def done(self) -> None:
        """End the answer now, or cut the interviewer short."""

    def repeat(self) -> None:
        """Say the last question again."""

    def skip(self) -> None:
        """Leave this thread."""

    def again(self) -> None:
        """Try the same question once more (a drill)."""

    def next_question(self) -> None:
        """Go on to the next question (a drill)."""

    def pause(self) -> None:
        """Pause, or go on."""

    def type_answer(self, text: str) -> None:
        """Give the answer in writing, and end it."""

    def set_typing(self, typing: bool) -> None:
        """Don't listen to the microphone while the candidate types."""

    def quit(self) -> None:
        """Close the session and keep it."""


class Folder(Protocol):
    """Where a session is kept."""

    @property
    def path(self) -> Path:
        """The folder."""


class OpenSession(AbstractContextManager["OpenSession"], Protocol):
    """A session that is ready to run; leaving the context closes its files and devices."""

    @property
    def conductor(self) -> Controller:
        """The running session."""

    @property
    def folder(self) -> Folder:
        """Where it is kept."""


Opener = Callable[[], OpenSession]
"""Opens a session; may take long and is called off the loop, after the first paint."""
