"""The transcript while it grows: who said what, confirmed words apart from those that may still change."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from simulator.domain.state import AnswerState, SessionState, Utterance
from simulator.domain.words import text_of
from simulator.screens.widgets.prompt import ASIDES
from simulator.screens.widgets.words import clock

Turn = Utterance | AnswerState

BAR_CELLS = 2
"""Width of the bar that tells the speakers apart, with the space after it."""


def turns(state: SessionState) -> Iterator[tuple[str, Turn]]:
    """Give what was said in order, each with a key that stays the same while it grows.

    Args:
        state: the session.
    """
    spoken: list[tuple[float, int, str, Turn]] = [
        (each.at_s, 0, f"u{number}", each) for number, each in enumerate(state.utterances) if each.purpose not in ASIDES
    ]
    answers: list[tuple[float, int, str, Turn]] = [(each.at_s, 1, each.answer, each) for each in state.answers.values()]
    for _, _, key, turn in sorted([*spoken, *answers], key=lambda each: each[:2]):
        yield key, turn


def turn_text(turn: Turn) -> Content:
    """Give a turn as it stands on the screen.

    Words that may still change are dim and italic and end in "…"; a turn cut off by the candidate's
    key or voice shows what was really heard.

    Args:
        turn: an utterance of the interviewer's, or an answer.
    """
    if isinstance(turn, Utterance):
        return Content.assemble(
            ("Interviewer", "bold $accent"), (f"  {clock(turn.at_s)}\n", "$faint"), (turn.text, "$quiet")
        )
    head = Content.assemble(("You", "bold $primary"), (f"  {clock(turn.at_s)}\n", "$faint"))
    confirmed = text_of(turn.words)
    partial = text_of(turn.partial)
    if not confirmed and not partial:
        waiting = "…" if turn.ended is None else "(nothing was said)"
        return head + Content.assemble((waiting, "italic $faint"))
    body = Content.assemble((confirmed, "$said"))
    if partial:
        body = body + Content.assemble(" " if confirmed else "", (f"{partial} …", "italic $partial"))
    return head + body


class Transcript(ScrollView, can_focus=True):
    """Everything said so far; stays at the newest words until the user scrolls.

    It draws its lines itself and wraps only turns that have changed: words arrive ten times a second, and
    a layout of the whole screen for each of them would take a processor core from the recognizer.
    """

    DEFAULT_CSS = """
    Transcript { height: 1fr; padding: 0 1; background: $background; overflow-x: hidden; overflow-y: auto;
                 scrollbar-gutter: stable; scrollbar-size-vertical: 1; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._spoken: dict[str, Turn] = {}
        self._wrapped: dict[str, list[Strip]] = {}
        self._lines: list[Strip] = []
        self._at_end = True

    def show_turns(self, state: SessionState) -> None:
        """Bring the transcript up to the state."""
        for key, turn in turns(state):
            if self._spoken.get(key) is not turn:
                self._spoken[key] = turn
                self._wrapped.pop(key, None)
        self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw a line of the visible part."""
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        ground = self.visual_style.rich_style
        line = self._lines[at] if at < len(self._lines) else Strip.blank(width, ground)
        return line.extend_cell_length(width, ground)

    def notify_style_update(self) -> None:
        """Draw everything anew in another theme."""
        super().notify_style_update()
        self._wrapped.clear()
        self._lay_out()

    def on_resize(self) -> None:
        """Wrap anew, and stay at the end."""
        self._wrapped.clear()
        self._lay_out()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Notice whether the user has left the end, or come back to it."""
        super().watch_scroll_y(old_value, new_value)
        self._at_end = round(new_value) >= self.max_scroll_y

    def _lay_out(self) -> None:
        if not self.is_attached:
            return
        width = self.scrollable_content_region.width
        self._lines = []
        for key, turn in self._spoken.items():
            if key not in self._wrapped:
                self._wrapped[key] = self._wrap(turn, width)
            self._lines += self._wrapped[key]
        at_end = self._at_end
        self.virtual_size = Size(width, len(self._lines))
        if at_end:
            self.scroll_end(animate=False, immediate=True, x_axis=False)
        self.refresh()

    def _wrap(self, turn: Turn, width: int) -> list[Strip]:
        colour = "$line" if isinstance(turn, Utterance) else "$primary"
        bar = Visual.to_strips(self, Content.styled("▎ ", colour), BAR_CELLS, 1, self.visual_style)
        text = Visual.to_strips(self, turn_text(turn), max(10, width - BAR_CELLS - 1), None, self.visual_style)
        return [Strip.join([*bar, line]) for line in text] + [Strip.blank(width, self.visual_style.rich_style)]
