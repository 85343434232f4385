"""The transcript while it grows: who said what, confirmed words apart from those that may still change."""

from __future__ import annotations

from collections.abc import Iterator

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from simulator.domain.state import AnswerState, SessionState, Utterance
from simulator.domain.words import text_of
from simulator.screens.widgets.prompt import ASIDES
from simulator.screens.widgets.words import clock

Turn = Utterance | AnswerState


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


class Transcript(VerticalScroll, can_focus=True):
    """Everything said so far; stays at the newest words until the user scrolls."""

    DEFAULT_CSS = """
    Transcript { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    Transcript > Static { height: auto; margin-bottom: 1; }
    Transcript > .candidate { padding: 0 1; border-left: wide $primary; }
    Transcript > .interviewer { padding: 0 1; border-left: wide $line; }
    """

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._blocks: dict[str, tuple[Turn, Static]] = {}

    def follow(self) -> None:
        """Stay at the newest words once they don't fit any more; Textual's anchor pushes short text to the bottom."""
        overflows = self.max_scroll_y > 0
        if overflows != self.is_anchored:
            self.anchor(overflows)
            if not overflows:
                self.scroll_home(animate=False)

    def show_turns(self, state: SessionState) -> None:
        """Bring the transcript up to the state: only what has changed is drawn again."""
        fresh: list[Static] = []
        for key, turn in turns(state):
            known = self._blocks.get(key)
            if known is None:
                kind = "interviewer" if isinstance(turn, Utterance) else "candidate"
                block = Static(turn_text(turn), classes=kind, markup=False)
                fresh.append(block)
                self._blocks[key] = (turn, block)
            elif known[0] is not turn:
                known[1].update(turn_text(turn))
                self._blocks[key] = (turn, known[1])
        if fresh:
            self.mount_all(fresh)
