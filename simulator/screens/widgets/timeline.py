"""An answer's timeline in text: speech and pauses, fillers, what the sentences do, and the wanted band."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from simulator.domain.state import AnswerState
from simulator.domain.vocabulary import Role
from simulator.screens.widgets.words import clock, place_in_band

ROLE_LETTERS: dict[Role, str] = {
    Role.SITUATION: "S",
    Role.TASK: "T",
    Role.ACTION: "A",
    Role.RESULT: "R",
    Role.REFLECTION: "F",
    Role.VIEW: "V",
    Role.OTHER: "·",
}
"""The letter of a sentence's role."""

KEY = "█ speech  · pause  ^ filler   S situation T task A action R result F reflection V view"


def span_of(answer: AnswerState, band_s: tuple[float, float]) -> float:
    """Give the seconds that a timeline shows: the answer, and for an initial one at least the whole band."""
    return max(answer.duration_s, band_s[1] * 1.1 if answer.initial else 0.0, 1.0)


def rows_of(answer: AnswerState, span_s: float, width: int) -> tuple[str, str, str]:
    """Give the speech row, the filler row and the role row, each of a width in characters.

    Args:
        answer: an ended answer.
        span_s: seconds over the whole width.
        width: characters.
    """
    begin_s = answer.words[0].start_s if answer.words else answer.at_s

    def cell(at_s: float) -> int:
        return min(width - 1, max(0, int((at_s - begin_s) / span_s * width)))

    ended = cell(begin_s + answer.duration_s)
    stretches = answer.voice or ((begin_s, begin_s + answer.duration_s),)
    speech = ["·" if i <= ended else " " for i in range(width)]
    for start_s, end_s in stretches:
        for i in range(cell(start_s), min(ended, cell(end_s)) + 1):
            speech[i] = "█"
    fillers = [" "] * width
    for filler in answer.fillers:
        fillers[cell(filler.start_s)] = "^"
    roles = [" "] * width
    for sentence in answer.sentences:
        if sentence.last_word < len(answer.words):
            first, last = answer.words[sentence.first_word], answer.words[sentence.last_word]
            for i in range(cell(first.start_s), cell(last.end_s) + 1):
                roles[i] = ROLE_LETTERS[sentence.role]
    return "".join(speech), "".join(fillers), "".join(roles)


class Timeline(Static):
    """Shows one answer's timeline."""

    def show_answer(self, answer: AnswerState, band_s: tuple[float, float], position_s: float) -> None:
        """Show an answer, with the moment that is being heard.

        Args:
            answer: an ended answer.
            band_s: the wanted length of an initial answer, seconds.
            position_s: the moment, seconds since the session began.
        """
        width = max(20, (self.content_size.width or self.app.size.width) - 2)
        span_s = span_of(answer, band_s)
        begin_s = answer.words[0].start_s if answer.words else answer.at_s
        speech, fillers, roles = rows_of(answer, span_s, width)
        ruler = [" "] * width
        if answer.initial:
            low, high = (min(width - 1, int(edge / span_s * width)) for edge in band_s)
            ruler[low:high] = ["═"] * (high - low)
            ruler[low], ruler[high] = "╞", "╡"
        now = int((position_s - begin_s) / span_s * width)
        if 0 <= now < width:
            ruler[now] = "▲"
        d = answer.delivery
        parts = [clock(answer.duration_s)]
        if answer.initial:
            parts.append(place_in_band(answer.duration_s, band_s))
        if d is not None and d.pace_wpm is not None:
            parts.append(f"{d.pace_wpm:.0f} words a minute")
        if d is not None:
            parts.append(f"at least {d.fillers} fillers")
        if d is not None and d.longest_pause_s is not None:
            parts.append(f"longest pause {d.longest_pause_s:.1f} s")
        self.update(
            Content.assemble(
                ("Initial answer " if answer.initial else "Reply ", "bold $primary"),
                (" · ".join(parts) + "\n", "$quiet"),
                (speech + "\n", "$primary"),
                (fillers + "\n", "$warning"),
                (roles + "\n", "$said"),
                ("".join(ruler) + "\n", "$band"),
                (KEY[:width], "$faint"),
            )
        )
