"""A text that is drawn again only when it has changed, and laid out again only when its size may have."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Line(Static):
    """A text that is often brought up to date and seldom changes.

    Args:
        classes: CSS classes.
        id: the widget's id.
        fixed: whether the size never follows the text (a height of one row, a width from the layout).
    """

    def __init__(self, *, classes: str | None = None, id: str | None = None, fixed: bool = True) -> None:
        super().__init__(classes=classes, id=id, markup=False)
        self._shown = Content("")
        self._fixed = fixed

    def put(self, content: Content) -> None:
        """Show a text."""
        if content.is_same(self._shown):
            return
        self._shown = content
        self.update(content, layout=not self._fixed)
