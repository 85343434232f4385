"""The library: every session in a list, found by words and filters, opened, renamed, deleted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Input, Static

from simulator.domain.errors import SimulatorError
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen, LeftError
from simulator.screens.dialogs import Question
from simulator.screens.dialogs_text import Entry
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import shortened
from simulator.sessions.wording import count

if TYPE_CHECKING:
    from simulator.config.settings import Settings


@dataclass(frozen=True, slots=True)
class Row:
    """A session in the list: its id, its cells, its title and its tags."""

    session: str
    cells: tuple[str, ...]
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What is shown of the selected session.

    Attributes:
        lines: (name, text) pairs.
        at_s: where to open it, seconds: at the first of the words that were looked for.
    """

    lines: tuple[tuple[str, str], ...] = ()
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the screen needs of the library.

    Attributes:
        rows: gives the sessions that fit some words and filters ("" gives all) from a place on, newest first, and how
            many there are.
        about: tells about a session, for some words and filters.
        rename: gives a session a title.
        tag: sets a session's tags.
        delete: deletes a session, its sound and all traces of it.
        refresh: looks through all sessions for what has changed since the library last saw them, telling how many of
            how many are done, and gives whether anything has; takes long, and is called off the loop.
    """

    rows: Callable[[str, int], tuple[tuple[Row, ...], int]]
    about: Callable[[str, str], About]
    rename: Callable[[str, str], None]
    tag: Callable[[str, tuple[str, ...]], None]
    delete: Callable[[str], None]
    refresh: Callable[[Callable[[int, int], None]], bool]


TOLD_EVERY = 20
"""Sessions from one word on how far the reading is to the next."""

COLUMNS = ("when", "length", "mode", "limits", "title")

HINT = "words, “these together”, mode:drill limit:vague tag:x since:2026-11-01 question:id"


class LibraryScreen(BaseScreen[None]):
    """The sessions there are: at first as the library knows them, then with what has changed.

    Args:
        shelves: the library.
        words: what is looked for at first.

    Attributes:
        words: what is looked for.
        chosen: id of the session to open, and the moment; None where the user left.
    """

    DEFAULT_CSS = """
    LibraryScreen > #head { height: 1; background: $surface; padding: 0 1; }
    LibraryScreen > Input { height: 3; border: round $border-blurred; background: $background; }
    LibraryScreen > Input:focus { border: round $border; }
    LibraryScreen > DataTable { height: 1fr; background: $background; scrollbar-size-vertical: 1; }
    LibraryScreen > DataTable > .datatable--header { background: $surface; color: $primary; text-style: bold; }
    LibraryScreen > DataTable > .datatable--odd-row { background: $background; }
    LibraryScreen > DataTable > .datatable--even-row { background: $background; }
    LibraryScreen > #about { height: 6; background: $surface; padding: 0 1; }
    LibraryScreen.-tall > #about { height: 10; padding: 1 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("open", "find", "rename", "tag", "delete", "close", "help")]
    AUTO_FOCUS = "DataTable"

    def __init__(self, shelves: Shelves, words: str = "") -> None:
        super().__init__()
        self._shelves = shelves
        self._rows: tuple[Row, ...] = ()
        self._total = 0
        self.words = words
        self._about = About()
        self._reading = ""
        self._left = threading.Event()
        self.chosen: tuple[str, float] | None = None

    def compose_body(self) -> ComposeResult:
        """Give head, search box, list, and what the selected session is."""
        yield Static(id="head", markup=False)
        yield Input(value=self.words, placeholder=HINT)
        yield DataTable(cursor_type="row")
        yield Line(id="about")

    def on_mount(self) -> None:
        """Show all sessions, then look for changes."""
        self.query_one(DataTable).add_columns(*COLUMNS)
        self._show(self.words)
        self.after_first_paint(self._look_for_changes)

    def on_unmount(self) -> None:
        """End the look for changes."""
        self._left.set()

    def _look_for_changes(self) -> None:
        self.run_worker(self._looking(), name="changes", group="changes", exclusive=True)

    async def _looking(self) -> None:
        loop = asyncio.get_running_loop()

        def tell(done: int, total: int) -> None:
            if self._left.is_set():
                raise LeftError
            if done == total or done % TOLD_EVERY == 0:
                loop.call_soon_threadsafe(self._tell_reading, done, total)

        self._reading = "looking for changes"
        try:
            changed = await asyncio.to_thread(self._shelves.refresh, tell)
        except LeftError:
            return
        except SimulatorError as error:
            changed = False
            self.notify(str(error), severity="warning")
        self._reading = ""
        if self._left.is_set() or not self.stands:
            return
        if changed:
            self._show(self.words, self.query_one(DataTable).cursor_row, self._selected())
        else:
            self._tell_head()
            self._tell()

    def _tell_reading(self, done: int, total: int) -> None:
        if self.stands and self._reading:
            self._reading = f"reading {done} of {total} changed"
            self._tell_head()

    def on_resize(self, event: events.Resize) -> None:
        """Cut what is told about the selected session at the new width."""
        super().on_resize(event)
        self.call_after_refresh(self._tell)

    def _show(self, words: str, at: int = 0, session: str = "") -> None:
        """Show the sessions that fit, with the cursor on one of them.

        Args:
            words: what is looked for.
            at: row of the cursor.
            session: the session that the cursor is to stay on; the row is taken where it is not among them.
        """
        try:
            rows, self._total = self._shelves.rows(words, 0)
            while words == self.words and len(rows) < len(self._rows) and len(rows) < self._total:
                more, self._total = self._shelves.rows(words, len(rows))
                if not more:
                    break
                rows += more
        except SimulatorError as error:
            self.notify(str(error), severity="warning")
            return
        self._rows = rows
        self.words = words
        at = next((number for number, row in enumerate(rows) if row.session == session), at)
        table = self.query_one(DataTable)
        table.clear()
        for row in self._rows:
            table.add_row(*map(Text, row.cells), key=row.session)
        table.move_cursor(row=min(at, max(0, len(self._rows) - 1)))
        self._tell_head()
        self._tell()

    def _tell_head(self) -> None:
        what = count(self._total, "session") + (f" with {self.words}" if self.words else "")
        reading = f" · {self._reading}" if self._reading else ""
        self.query_one("#head", Static).update(
            Content.assemble(("Library ", "bold $primary"), (what, "$quiet"), (reading, "$faint"))
        )

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Tell about the selected session; at the end of the list, fetch more."""
        if event.cursor_row == len(self._rows) - 1 and len(self._rows) < self._total:
            more, self._total = self._shelves.rows(self.words, len(self._rows))
            self._rows += more
            for row in more:
                self.query_one(DataTable).add_row(*map(Text, row.cells), key=row.session)
        self._tell()

    def _tell(self) -> None:
        session = self._selected()
        self._about = self._shelves.about(session, self.words) if session else About()
        width = max(20, self.size.width - 16)
        lines = [
            Content.assemble((f"{name:<11}", "$quiet"), (shortened(text, width), "$said"))
            for name, text in self._about.lines
        ]
        empty = "Nothing fits." if self.words else "No session yet: `interview start` begins one."
        if self._reading:
            empty = "The sessions are being read."
        self.query_one("#about", Line).put(Content("\n").join(lines) if lines else Content.styled(empty, "$quiet"))

    def _row(self) -> Row | None:
        at = self.query_one(DataTable).cursor_row
        return self._rows[at] if 0 <= at < len(self._rows) else None

    def _selected(self) -> str:
        row = self._row()
        return row.session if row is not None else ""

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
        session = self._selected()
        if session:
            self.chosen = (session, self._about.at_s)
            self._left.set()
            self.app.exit(0)

    def action_rename(self) -> None:
        """Ask for a title."""
        row = self._row()
        if row is not None:
            self.app.push_screen(
                Entry(f"Title of {row.session}", "A few words", row.title), lambda title: self._rename(row, title)
            )

    def _rename(self, row: Row, title: str | None) -> None:
        if title is not None:
            self._do(lambda: self._shelves.rename(row.session, title))

    def action_tag(self) -> None:
        """Ask for tags."""
        row = self._row()
        if row is not None:
            entry = Entry(f"Tags of {row.session}", "Words, commas between them", ", ".join(row.tags))
            self.app.push_screen(entry, lambda tags: self._tag(row, tags))

    def _tag(self, row: Row, tags: str | None) -> None:
        if tags is not None:
            wanted = tuple(tag.strip() for tag in tags.split(",") if tag.strip())
            self._do(lambda: self._shelves.tag(row.session, wanted))

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
        if self.attempt(work):
            self._show(self.words, self.query_one(DataTable).cursor_row)

    def action_close(self) -> None:
        """Leave the box; leave the library from the list."""
        if self.query_one(Input).has_focus:
            self.query_one(DataTable).focus()
        else:
            self._left.set()
            self.app.exit(0)


def run_library(shelves: Shelves, settings: Settings, words: str = "") -> tuple[str, float, str] | None:
    """Show the library, and give the session to open, the moment and what was looked for; None where the user left."""
    from simulator.screens.app import InterviewApp, run_app

    screen = LibraryScreen(shelves, words)
    run_app(InterviewApp(settings, lambda: screen, signals=True))
    return (*screen.chosen, screen.words) if screen.chosen is not None else None
