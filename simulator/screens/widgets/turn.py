"""The line at the top of the live screen: whose turn it is, which question, how long."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content

from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Phase
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import TURN_MARKS, TURN_WORDS, clock


def turn_hint(state: SessionState, *, typing: bool, pause_key: str, closing: bool) -> str:
    """Say in a few words what the turn means for the candidate.

    Args:
        state: the session.
        typing: whether the answer is being typed.
        pause_key: the key that goes on after a pause, as shown.
        closing: whether the session has been asked to close.
    """
    if closing and state.closed is None:
        return "closing, the last words are being kept"
    match state.phase:
        case Phase.PREPARING:
            return "one moment"
        case Phase.SPEAKING:
            return "microphone off" if state.half_duplex and not state.typed else ""
        case Phase.LISTENING:
            return "your turn, type" if typing or state.typed else "your turn"
        case Phase.PAUSED:
            return f"{pause_key} goes on"
        case _:
            return ""


class TurnLine(Horizontal):
    """Whose turn it is, with a mark and a word; the question's number and the session's clock."""

    DEFAULT_CSS = """
    TurnLine { height: 1; background: $surface; }
    TurnLine > .chip { width: auto; padding: 0 1; text-style: bold; color: $on-turn; background: $turn-paused; }
    TurnLine > .hint { width: 1fr; padding: 0 1; color: $quiet; }
    TurnLine > .where { width: auto; padding: 0 1; color: $quiet; }
    TurnLine.-speaking > .chip { background: $turn-speaking; }
    TurnLine.-listening > .chip { background: $turn-listening; }
    TurnLine.-thinking > .chip { background: $turn-thinking; }
    """

    def compose(self) -> ComposeResult:
        """Give the chip, the hint, and the place on the right."""
        yield Line(classes="chip", fixed=False)
        yield Line(classes="hint")
        yield Line(classes="where", fixed=False)

    def show_turn(self, state: SessionState, hint: str) -> None:
        """Show whose turn it is."""
        for phase in Phase:
            self.set_class(state.phase is phase, f"-{phase.value}")
        self.query_one(".chip", Line).put(Content(f"{TURN_MARKS[state.phase]} {TURN_WORDS[state.phase]}"))
        self.query_one(".hint", Line).put(Content(hint))

    def show_clock(self, state: SessionState, now_s: float) -> None:
        """Show the question's number and the time."""
        parts = []
        if self.app.size.width >= 100 and state.pack:
            parts.append(state.pack)
        if state.threads:
            parts.append(f"question {len(state.threads)}")
        time = clock(now_s)
        parts.append(f"{time} of {clock(state.minutes * 60)}" if state.minutes else time)
        self.query_one(".where", Line).put(Content(" · ".join(parts)))
