"""What the user should know, said in one place: a lost device, a fall-back, a hint."""

from __future__ import annotations

from textual.content import Content

from simulator.domain.events import DeviceLost
from simulator.domain.state import SessionState
from simulator.screens.widgets.line import Line

SHOWN_S = 20.0
"""How long a notice stays, seconds on the session's clock: time to read two sentences twice while talking."""


def notice_line(state: SessionState, now_s: float) -> Content | None:
    """Give the notice that is due, or None: a lost device as long as it is lost, else the newest notice.

    Args:
        state: the session.
        now_s: the session's clock, seconds.
    """
    if state.lost:
        return _lost_line(state.lost[-1])
    if state.notices and now_s - state.notices[-1].at_s <= SHOWN_S:
        notice = state.notices[-1]
        mark, colour = ("i ", "$primary") if notice.level == "info" else ("! ", "$warning")
        return Content.assemble((mark, f"bold {colour}"), (f"{notice.text} ", colour), (notice.hint, "$quiet"))
    return None


def _lost_line(lost: DeviceLost) -> Content:
    heard = lost.direction == "input"
    what = "Microphone" if heard else "Loudspeaker"
    name = f" ({lost.device})" if lost.device else ""
    advice = "Plug it in again, or type." if heard else "Plug it in again; the words stand above."
    return Content.assemble(
        ("! ", "bold $error"), (f"{what} lost{name}: {lost.reason.rstrip('.')}. ", "$error"), (advice, "$quiet")
    )


class Notices(Line):
    """The notice that is due."""

    DEFAULT_CSS = """
    Notices { height: auto; max-height: 3; padding: 0 1; display: none; }
    """

    def __init__(self) -> None:
        super().__init__(fixed=False)

    def show_notice(self, state: SessionState, now_s: float) -> None:
        """Show the notice that is due, or nothing."""
        line = notice_line(state, now_s)
        if line is not None:
            self.put(line)
        self.display = line is not None
