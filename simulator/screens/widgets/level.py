"""The input level, as a bar and a word."""

from __future__ import annotations

from textual.content import Content

from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Phase
from simulator.screens.widgets.line import Line

FLOOR_DBFS = -60.0
"""The meter's left end: below it there is only the room's noise."""
QUIET_DBFS = -45.0
"""Speech recognition suffers below about this level (root mean square)."""
LOUD_DBFS = -9.0
"""Root mean square above which peaks are near to clipping."""
CELLS = 16


def level_word(state: SessionState) -> str:
    """Give the level in a word.

    Args:
        state: the session.
    """
    if state.clipping:
        return "clipping"
    if state.level_dbfs <= FLOOR_DBFS:
        return "silent"
    if state.level_dbfs < QUIET_DBFS:
        return "quiet"
    return "loud" if state.level_dbfs > LOUD_DBFS else "good"


def level_line(state: SessionState, *, typing: bool) -> Content:
    """Give the microphone's line: a bar and a word, or why nothing is listened to.

    Args:
        state: the session.
        typing: whether the answer is being typed.
    """
    head = ("Microphone ", "$quiet")
    if any(lost.direction == "input" for lost in state.lost):
        return Content.assemble(head, ("lost", "bold $error"))
    if state.typed or typing:
        return Content.assemble(head, ("off while you type", "$faint"))
    if state.phase is Phase.PREPARING:
        return Content.assemble(head, ("not open yet", "$faint"))
    if state.phase is Phase.PAUSED:
        return Content.assemble(head, ("off while paused", "$faint"))
    if state.phase is Phase.SPEAKING and state.half_duplex:
        return Content.assemble(head, ("off while the interviewer speaks", "$faint"))
    share = (max(FLOOR_DBFS, min(0.0, state.level_dbfs)) - FLOOR_DBFS) / -FLOOR_DBFS
    lit = round(share * CELLS)
    word = level_word(state)
    style = "$error" if word == "clipping" else "$warning" if word in {"quiet", "loud"} else "$success"
    return Content.assemble(head, ("▮" * lit, style), ("▯" * (CELLS - lit), "$line"), " ", (word, "$quiet"))


class LevelMeter(Line):
    """The microphone's level."""

    DEFAULT_CSS = """
    LevelMeter { height: 1; padding: 0 1; }
    """

    def show_level(self, state: SessionState, *, typing: bool) -> None:
        """Show the level."""
        self.put(level_line(state, typing=typing))
