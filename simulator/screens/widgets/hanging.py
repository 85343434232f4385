"""Lines that keep their indent where they wrap, for quotes under what they show."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.css.styles import RulesMap
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual

NARROWEST = 10
"""Cells that a line has beside its indent, however narrow the screen."""


class Hanging(Visual):
    """Texts below each other, each with an indent in cells that its further rows keep.

    Args:
        lines: indent and text, in order.
    """

    def __init__(self, lines: Sequence[tuple[int, Content]]) -> None:
        self._lines = lines

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Take all the width there is."""
        del rules
        return container_width

    def get_minimal_width(self, rules: RulesMap) -> int:
        """Give the least width."""
        del rules
        return NARROWEST

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Give the rows that all lines take at a width."""
        return sum(text.get_height(rules, self._beside(indent, width)) for indent, text in self._lines)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        """Draw the lines."""
        strips: list[Strip] = []
        for indent, text in self._lines:
            margin = Strip.blank(indent, style.rich_style)
            rows = text.render_strips(self._beside(indent, width), None, style, options)
            strips += [Strip.join([margin, row]) for row in rows] if indent else rows
        return strips if height is None else strips[:height]

    @staticmethod
    def _beside(indent: int, width: int) -> int:
        return max(NARROWEST, width - indent)
