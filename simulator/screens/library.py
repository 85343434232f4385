"""The library: every session in a list, found by words and filters, opened, renamed, deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from simulator.domain.errors import SimulatorError
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen
from simulator.screens.dialogs import Question
from simulator.screens.dialogs_text import Entry

if TYPE_CHECKING:
    from simulator.config.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """A session in the list: its id and its cells."""

    session: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the screen needs of the library.

    Attributes:
        lines: gives the sessions in which some words were said ("" gives all), newest first, and how many there are.
        rename: gives a session a title.
        delete: deletes a session, its sound and all traces of it.
    """

    lines: Callable[[str], tuple[tuple[Line, ...], int]]
    rename: Callable[[str, str], None]
    delete: Callable[[str], None]


COLUMNS = ("when", "length", "mode", "limits", "title")


class LibraryScreen(BaseScreen[None]):
    """The sessions there are.

    Args:
        shelves: the library.

    Attributes:
        chosen: id of the session to open; "" where the user left.
    """

    DEFAULT_CSS = """
    LibraryScreen > #head { height: 1; background: $surface; padding: 0 1; }
    LibraryScreen > Input { height: 3; border: round $border-blurred; }
    LibraryScreen > Input:focus { border: round $border; }
    LibraryScreen > DataTable { height: 1fr; background: $background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("open", "find", "rename", "delete", "close", "help")]
    AUTO_FOCUS = "DataTable"

    def __init__(self, shelves: Shelves) -> None:
        super().__init__()
        self._shelves = shelves
        self._lines: tuple[Line, ...] = ()
        self.chosen = ""

    def compose_body(self) -> ComposeResult:
        """Give head, search box and list."""
        yield Static(id="head")
        yield Input(placeholder='words that were said, "these together", begin* (press / to come here)')
        yield DataTable(cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        """Show all sessions."""
        self.query_one(DataTable).add_columns(*COLUMNS)
        self._show("")

    def _show(self, words: str) -> None:
        try:
            self._lines, total = self._shelves.lines(words)
        except SimulatorError as error:
            self.notify(error.message, severity="warning")
            return
        table = self.query_one(DataTable)
        table.clear()
        for line in self._lines:
            table.add_row(*line.cells, key=line.session)
        what = f"{total} sessions" if not words else f"{total} sessions with “{words}”"
        self.query_one("#head", Static).update(Content.assemble(("Library ", "bold $primary"), (what, "$quiet")))

    def _selected(self) -> str:
        row = self.query_one(DataTable).cursor_row
        return self._lines[row].session if 0 <= row < len(self._lines) else ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Look for words."""
        self._show(event.value.strip())
        self.query_one(DataTable).focus()

    def on_data_table_row_selected(self, _: DataTable.RowSelected) -> None:
        """Open the selected session."""
        self.action_open()

    def action_find(self) -> None:
        """Go to the search box."""
        self.query_one(Input).focus()

    def action_open(self) -> None:
        """Open the selected session."""
        self.chosen = self._selected()
        if self.chosen:
            self.app.exit(0)

    def action_rename(self) -> None:
        """Ask for a title."""
        session = self._selected()
        if session:
            self.app.push_screen(
                Entry(f"Title of {session}", "A few words"), lambda title: self._rename(session, title)
            )

    def _rename(self, session: str, title: str | None) -> None:
        if title:
            self._do(lambda: self._shelves.rename(session, title))

    def action_delete(self) -> None:
        """Ask whether the selected session is to be deleted."""
        session = self._selected()
        if not session:
            return
        self.app.push_screen(
            Question(
                f"Delete {session}?",
                "Its words, its sound and all traces of it go; this cannot be undone.",
                yes="Delete it",
                no="Keep it",
            ),
            lambda sure: self._do(lambda: self._shelves.delete(session)) if sure else None,
        )

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except SimulatorError as error:
            self.notify(str(error), severity="error")
            return
        self._show(self.query_one(Input).value.strip())

    def action_close(self) -> None:
        """Leave."""
        self.app.exit(0)


def run_library(shelves: Shelves, settings: Settings) -> str:
    """Show the library, and give the id of the session to open, or "" where the user left."""
    from simulator.screens.app import InterviewApp, run_app

    screen = LibraryScreen(shelves)
    run_app(InterviewApp(settings, lambda: screen, signals=True))
    return screen.chosen
