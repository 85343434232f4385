"""An answer's timeline in text: fillers, speech and pauses, what the sentences do, and the wanted band."""

from __future__ import annotations

from itertools import groupby

from textual.content import Content

from simulator.domain.delivery import fillers_told
from simulator.domain.state import AnswerState
from simulator.domain.vocabulary import AnswerEnd, Role
from simulator.domain.words import fillers_of
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import clock, place_in_band

ROLE_COLOURS: dict[Role, str] = {
    Role.SITUATION: "$quiet",
    Role.TASK: "$accent",
    Role.ACTION: "$primary",
    Role.RESULT: "$facet-held",
    Role.REFLECTION: "$facet-limit",
    Role.VIEW: "$primary",
    Role.OTHER: "$faint",
}
"""The colour of a sentence's role; its name says the same."""

KEY = "━ speech  · pause  ▾ filler"

SPEECH, PAUSE, FILLER, NOW = "━", "·", "▾", "┃"


def span_of(answer: AnswerState, band_s: tuple[float, float]) -> float:
    """Give the seconds that a timeline shows: the answer, and for an initial one at least the whole band."""
    return max(answer.duration_s, band_s[1] * 1.1 if answer.initial else 0.0, 1.0)


def rows_of(answer: AnswerState, span_s: float, width: int) -> tuple[str, str, tuple[tuple[Role, int], ...]]:
    """Give the filler row and the speech row, and the roles with the cells that each runs for.

    Args:
        answer: an ended answer.
        span_s: seconds over the whole width.
        width: characters.
    """
    begin_s = begin_of(answer)

    def cell(at_s: float) -> int:
        return min(width - 1, max(0, int((at_s - begin_s) / span_s * width)))

    ended = cell(begin_s + answer.duration_s)
    stretches = answer.voice or ((begin_s, begin_s + answer.duration_s),)
    # A pause shows only where it takes a cell of its own; where voice and pause share one, the voice is seen.
    speech = [PAUSE if i <= ended else " " for i in range(width)]
    for start_s, end_s in stretches:
        for i in range(cell(start_s), min(ended, cell(end_s)) + 1):
            speech[i] = SPEECH
    fillers = [" "] * width
    for filler in fillers_of(answer.record, answer.fillers):
        fillers[cell(filler.start_s)] = FILLER
    roles: list[Role | None] = [None] * (ended + 1)
    for sentence in answer.sentences:
        if sentence.first_word < len(answer.words):
            for i in range(cell(answer.words[sentence.first_word].start_s), ended + 1):
                roles[i] = sentence.role
    runs = [(role, len(list(cells))) for role, cells in groupby(roles)]
    return "".join(fillers), "".join(speech), tuple((role or Role.OTHER, cells) for role, cells in runs)


def begin_of(answer: AnswerState) -> float:
    """Give when an answer's first word was said, seconds since the session began."""
    return answer.words[0].start_s if answer.words else answer.at_s


def role_row(runs: tuple[tuple[Role, int], ...]) -> Content:
    """Give the roles with their names where they fit, else their first letter; a post begins each."""
    parts = []
    for role, cells in runs:
        name = role.value if len(role.value) < cells else role.value[: max(0, cells - 1)]
        parts.append(((f"▏{name}" if cells else "").ljust(cells)[:cells], ROLE_COLOURS[role]))
    return Content.assemble(*parts)


def scale_row(answer: AnswerState, band_s: tuple[float, float], span_s: float, width: int) -> Content:
    """Give the times: the beginning with the key, and the band between its edges for an initial answer.

    Args:
        answer: an ended answer.
        band_s: the wanted length of an initial answer, seconds.
        span_s: seconds over the whole width.
        width: characters.
    """
    row = list(f"0:00  {KEY}".ljust(width)[:width])
    if not answer.initial:
        return Content.styled("".join(row), "$faint")
    low, high = (min(width - 1, int(edge / span_s * width)) for edge in band_s)
    start, end = f"{clock(band_s[0])} ", f" {clock(band_s[1])}"
    head = "".join(row[: max(0, low - len(start))])
    if len(head.rstrip()) < len("".join(row).rstrip()):
        head = "0:00".ljust(len(head))[: len(head)]
    return Content.assemble(
        (head, "$faint"),
        (start + "╞" + "═" * max(0, high - low - 1) + "╡" + end, "$band"),
    )


class Timeline(Line):
    """Shows one answer's timeline, five rows high."""

    DEFAULT_CSS = """
    Timeline { height: 5; background: $surface; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._of: tuple[AnswerState, tuple[float, float], int] | None = None
        self._rows: tuple[Content, ...] = ()

    def show_answer(self, answer: AnswerState, band_s: tuple[float, float], position_s: float) -> None:
        """Show an answer, with the moment that is being heard; the rest is worked out once for each answer.

        Args:
            answer: an ended answer.
            band_s: the wanted length of an initial answer, seconds.
            position_s: the moment, seconds since the session began.
        """
        head = Content.assemble(("Answer " if answer.initial else "Reply ", "bold $primary"))
        width = max(20, self.content_size.width or self.app.size.width - 2)
        if answer.ended is AnswerEnd.TYPED:
            typed = Content.styled(f"typed, {len(answer.words)} words, not timed", "$quiet")
            self.put(head + typed)
            return
        span_s = span_of(answer, band_s)
        if self._of is None or self._of[0] is not answer or self._of[1:] != (band_s, width):
            fillers, speech, runs = rows_of(answer, span_s, width)
            figures = Content.styled(" · ".join(figures_of(answer, band_s)), "$quiet")
            scale = scale_row(answer, band_s, span_s, width)
            parts = (head + figures, Content.styled(fillers, "$warning"), Content.styled(speech, "bold $primary"))
            self._of, self._rows = (answer, band_s, width), (*parts, role_row(runs), scale)
        now = int((position_s - begin_of(answer)) / span_s * width)
        rows = [_with_now(row, now, width) if place in {1, 2} else row for place, row in enumerate(self._rows)]
        self.put(Content("\n").join(row.truncate(width) for row in rows))


def figures_of(answer: AnswerState, band_s: tuple[float, float]) -> list[str]:
    """Give an answer's figures in a few words each."""
    parts = [clock(answer.duration_s)]
    if answer.initial:
        parts[0] += f", {place_in_band(answer.duration_s, band_s)}"
    delivery = answer.delivery
    if delivery is not None:
        if delivery.pace_wpm is not None:
            parts.append(f"{delivery.pace_wpm:.0f} wpm")
        parts.append(fillers_told(delivery.fillers))
        if delivery.longest_pause_s is not None:
            parts.append(f"max pause {delivery.longest_pause_s:.1f} s")
    return parts


def _with_now(row: Content, now: int, width: int) -> Content:
    """Put the mark of the moment that is being heard into a row."""
    if not 0 <= now < width:
        return row
    return Content.assemble(row[:now], (NOW, "bold $accent"), row[now + 1 :])
