"""The drill: initial answers against the clock, each followed by its figures, beside the attempts before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content

from simulator.domain.delivery import STAR_SHARES, at_least
from simulator.domain.vocabulary import Phase, Role
from simulator.screens.actions import bindings
from simulator.screens.live import LiveScreen
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.timer import band_bar
from simulator.screens.widgets.transcript import Transcript
from simulator.screens.widgets.words import clock, place_in_band, shortened

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.domain.state import SessionState
    from simulator.rehearsal.drilling import Attempt
    from simulator.screens.controller import Opener


LABEL_CELLS = 12
"""Width of the names before an attempt's figures."""

BAR_CELLS = 24
"""Width of a bar of a hundred percent."""

STEPS = "▁▂▃▄▅▆▇█"
"""Heights of a pace, from none to `FASTEST_WPM`."""

FASTEST_WPM = 240.0
"""The pace that is drawn full: well above the quickest that a listener follows with ease (about 180 a minute)."""


def share_line(role: Role, share: float, advice: float | None) -> Content:
    """Give a role's share of the words as a bar with the advised share marked, and in figures.

    Args:
        role: the role.
        share: 0 to 1.
        advice: the advised share, if there is one.
    """
    full = round(share * BAR_CELLS)
    mark = round(advice * BAR_CELLS) - 1 if advice is not None else None
    bar = "".join(("┃" if i == mark else "━" if i < full else " ") for i in range(BAR_CELLS))
    advised = f"  advice {advice:.0%}" if advice is not None else ""
    return Content.assemble(
        (f"{role.value:<{LABEL_CELLS}}", "$quiet"), (bar, "$primary"), (f" {share:>4.0%}", "$said"), (advised, "$faint")
    )


def pace_steps(paces_wpm: tuple[float, ...]) -> str:
    """Give a pace over time as steps, one a stretch."""
    return "".join(STEPS[min(7, max(0, round(pace / FASTEST_WPM * 7)))] for pace in paces_wpm)


def attempt_content(last: Attempt, same: tuple[Attempt, ...], band_s: tuple[float, float], width: int) -> Content:
    """Give an attempt's figures, and all attempts at the same question under one another.

    Args:
        last: the newest attempt.
        same: the attempts at its question, in order.
        band_s: the wanted length, seconds.
        width: cells.
    """
    lines = [Content.assemble((f"Attempt {last.number}", "bold $primary"), (f"  {last.question}", "$quiet"))]
    if last.typed:
        lines.append(Content.styled(f"typed, {last.words} words, not timed", "$quiet"))
    else:
        lines += [length_line(last, band_s), band_bar(last.duration_s, band_s, min(width, 60))]
    advised = {role: STAR_SHARES.get(role) for role in last.shares}
    lines += [share_line(role, s, advised[role]) for role, s in last.shares.items() if s > 0 or advised[role]]
    for name, text in figures_of(last):
        lines.append(Content.assemble((f"{name:<{LABEL_CELLS}}", "$quiet"), (shortened(text, width - 13), "$said")))
    if len(same) > 1:
        lines += [Content(""), Content.styled("At this question", "bold $primary")]
        head = f"{'':<3}{'time':<7}{'band':<7}{'action':<8}{'own part':<10}{'pace':<6}{'fillers':<13}ending"
        lines.append(Content.styled(head, "$faint"))
        lines += [Content.styled(row_of(each), "bold $said" if each is last else "$quiet") for each in same]
    return Content("\n").join(lines)


def length_line(attempt: Attempt, band_s: tuple[float, float]) -> Content:
    """Give an attempt's length and its place against the band."""
    low, high = band_s
    by = f" by {clock(abs(attempt.over_band_s))}" if attempt.over_band_s else ""
    place = f"{place_in_band(attempt.duration_s, band_s)} of {clock(low)} to {clock(high)}{by}"
    return Content.assemble((clock(attempt.duration_s), "bold $said"), (f"  {place}", "$warning" if by else "$band"))


def figures_of(attempt: Attempt) -> list[tuple[str, str]]:
    """Give the rest of an attempt's figures, each with its name."""
    own = f"begins after {attempt.own_part_at_s:.0f} s" if attempt.own_part_at_s is not None else "was not heard"
    found = [("own part", own + ("; everything was poured in at once" if attempt.front_loaded else ""))]
    if attempt.pace_wpm is not None:
        steps = pace_steps(attempt.paces_wpm)
        spread = f", {min(attempt.paces_wpm):.0f} to {max(attempt.paces_wpm):.0f}" if attempt.paces_wpm else ""
        found.append(("pace", f"{attempt.pace_wpm:.0f} words a minute  {steps}  by quarter minutes{spread}"))
    if not attempt.typed:
        pauses = ", ".join(f"{length:.1f} s at {clock(at)}" for at, length in attempt.pauses)
        found.append(("pauses", pauses or "none over 2.5 s"))
        moments = ", ".join(f"{text} {clock(at)}" for at, text in attempt.fillers)
        found.append(("fillers", at_least(str(len(attempt.fillers))) + f": {moments}" if moments else "none found"))
    landed = "landed" if attempt.landed else "trailed off"
    found.append(("ending", f"{landed}: “… {attempt.ending}”"))
    return found


def row_of(attempt: Attempt) -> str:
    """Give an attempt as a row of the comparison."""
    place = "in" if attempt.over_band_s == 0 else "under" if attempt.over_band_s < 0 else "over"
    own = f"{attempt.own_part_at_s:.0f} s" if attempt.own_part_at_s is not None else "never"
    pace = f"{attempt.pace_wpm:.0f}" if attempt.pace_wpm is not None else "–"
    time, place = ("typed", "–") if attempt.typed else (clock(attempt.duration_s), place)
    fillers = "–" if attempt.typed else at_least(str(len(attempt.fillers))) if attempt.fillers else "none found"
    return (
        f"{attempt.number:<3}{time:<7}{place:<7}{attempt.shares.get(Role.ACTION, 0.0):<8.0%}{own:<10}{pace:<6}"
        f"{fillers:<13}{'landed' if attempt.landed else 'trailed off'}"
    )


class AttemptPanel(VerticalScroll, can_focus=True):
    """The last attempt's figures, and all attempts at the same question under one another."""

    DEFAULT_CSS = """
    AttemptPanel { height: 1fr; padding: 0 1; display: none; scrollbar-size-vertical: 1; }
    AttemptPanel > Line { height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Give the figures."""
        yield Line(fixed=False)

    def show_attempt(self, state: SessionState) -> None:
        """Show the newest attempt of a session."""
        from simulator.rehearsal.drilling import attempts

        made = attempts(state)
        if not made:
            self.query_one(Line).put(Content.styled("Nothing was said.", "$quiet"))
            return
        last = made[-1]
        same = tuple(each for each in made if each.question == last.question)
        self.query_one(Line).put(attempt_content(last, same, state.band_s, max(40, self.app.size.width - 5)))
        self.scroll_home(animate=False)


class DrillScreen(LiveScreen):
    """A drill while it runs: the live screen, and between two attempts their figures in the transcript's place."""

    DEFAULT_CSS = """
    DrillScreen.-tall AttemptPanel { padding: 1 2; }
    DrillScreen.-reviewing #side, DrillScreen.-reviewing #gauges, DrillScreen.-reviewing Transcript { display: none; }
    DrillScreen.-reviewing AttemptPanel { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("again", "next_question")]

    def on_mount(self) -> None:
        """Put the figures' panel beside the transcript."""
        self.query_one("#main").mount(AttemptPanel(), after=self.query_one(Transcript))

    def _turn_to(self, state: SessionState) -> None:
        super()._turn_to(state)
        reviewing = state.phase is Phase.REVIEWING
        was = self.has_class("-reviewing")
        self.set_class(reviewing, "-reviewing")
        if reviewing:
            self._close_box()
            self.query_one(AttemptPanel).show_attempt(state)
            self.query_one(AttemptPanel).focus()
        elif was and not self._typing:
            self.query_one(Transcript).focus()
        self.refresh_bindings()

    def _draw(self) -> None:
        super()._draw()
        if self.has_class("-reviewing"):
            # What the second look and the judge find a moment later belongs to the attempt, too.
            for panel in self.query(AttemptPanel):  # gone while the program leaves
                panel.show_attempt(self.drawn)

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
