"""The library's screen: finding, opening, renaming, tagging and deleting kept sessions."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import DataTable, Input

from simulator.cli.sessions import PAGE, shelves_of
from simulator.screens.app import InterviewApp
from simulator.screens.library import LibraryScreen
from simulator.sessions.library import Library
from tests.screens.kept import BEGUN, keep, library_at
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text
from tests.sessions.made import a_story, a_view, told


@dataclass
class Shown:
    """A library on a terminal."""

    app: InterviewApp
    pilot: Pilot[int]
    screen: LibraryScreen

    async def look_for(self, words: str) -> None:
        """Write into the search box, and take it."""
        await self.pilot.press("slash")
        self.screen.query_one(Input).value = words
        await self.pilot.press("enter")
        await self.pilot.pause()

    async def write(self, text: str) -> None:
        """Write into the dialog that is open, and take it."""
        await self.pilot.pause()
        self.app.screen.query_one(Input).value = text
        await self.pilot.press("enter")
        await self.pilot.pause()

    def rows(self) -> int:
        """Give how many sessions are listed."""
        return self.screen.query_one(DataTable).row_count

    def text(self) -> str:
        """Give what stands on the terminal."""
        return screen_text(self.app)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    keep(tmp_path / "sessions", a_story(), BEGUN - timedelta(days=2), sound=False)
    keep(tmp_path / "sessions", a_view(), BEGUN - timedelta(days=1), sound=False)
    keep(tmp_path / "sessions", a_story(), BEGUN, sound=True)
    library = library_at(tmp_path)
    library.update()
    return library


@asynccontextmanager
async def shown(library: Library, size: tuple[int, int] = WIDE, theme: str = "interview-dark") -> AsyncIterator[Shown]:
    screen = LibraryScreen(shelves_of(library))
    async with on_screen(lambda: screen, size, theme=theme) as (app, pilot):
        await pilot.pause()
        yield Shown(app, pilot, screen)


@pytest.mark.parametrize("theme", ["interview-dark", "interview-light"])
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_sessions_stand_newest_first_with_what_the_selected_one_came_to(
    library: Library, size: tuple[int, int], theme: str
) -> None:
    async with shown(library, size, theme) as on:
        text = on.text()
        assert "3 sessions" in text
        assert text.index("2026-11-20") < text.index("2026-11-19") < text.index("2026-11-18")
        assert "ownership: 1 held, fault vague" in text
        footer = text.splitlines()[-1]
        assert all(word in footer for word in ("Open", "Find", "Rename", "Tags", "Delete", "Close", "Help"))


async def test_looking_for_words_leaves_the_sessions_in_which_they_were_said(library: Library) -> None:
    async with shown(library) as on:
        await on.look_for("evaluations")
        assert on.rows() == 1
        assert "1 session with evaluations" in on.text()


async def test_opening_after_a_search_goes_to_the_moment(library: Library) -> None:
    async with shown(library) as on:
        await on.look_for('"drain script"')
        assert "candidate: I wrote the drain script" in on.text()
        await on.pilot.press("enter")
    assert on.screen.chosen is not None
    session, at_s = on.screen.chosen
    (hit,) = library.search('"drain script"', 1, session)
    assert at_s == hit.start_s > 0


async def test_filters_and_words_go_together(library: Library) -> None:
    async with shown(library) as on:
        await on.look_for("limit:evaded")
        assert on.rows() == 1
        await on.look_for("since:2026-11-20 drain")
        assert on.rows() == 1
        await on.look_for("question:ownership until:2026-11-18")
        assert on.rows() == 1


async def test_a_filter_that_cannot_be_is_said_and_changes_nothing(library: Library) -> None:
    async with shown(library) as on:
        await on.look_for("since:yesterday")
        assert on.rows() == 3
        assert any("2026-11-01" in each.message for each in on.app._notifications)


async def test_a_session_is_renamed_and_tagged(library: Library) -> None:
    async with shown(library) as on:
        await on.pilot.press("r")
        await on.write("Crane at the port")
        await on.pilot.press("t")
        await on.write("keep, port")
        assert "Crane at the port [keep, port]" in on.text()
    state = library.load().state
    assert (state.title, state.tags) == ("Crane at the port", ("keep", "port"))


async def test_deleting_asks_first_and_leaves_nothing(library: Library) -> None:
    path = library.find().path
    async with shown(library) as on:
        await on.pilot.press("d")
        await on.pilot.pause()
        await on.pilot.press("n")
        await on.pilot.pause()
        assert path.exists()
        await on.pilot.press("d")
        await on.pilot.pause()
        await on.pilot.press("y")
        await on.pilot.pause()
        assert on.rows() == 2
    assert not path.exists()
    assert not list(path.parent.glob(f"*{path.name}*"))


async def test_an_empty_library_says_how_to_begin(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.update()
    async with shown(library, SMALL) as on:
        assert "`interview start`" in on.text()
        await on.pilot.press("enter", "d", "r")
        assert on.screen.chosen is None


async def test_more_is_fetched_at_the_end_of_the_list(tmp_path: Path) -> None:
    for day in range(PAGE + 5):
        keep(tmp_path / "sessions", told("I stopped the crane."), BEGUN - timedelta(days=day), sound=False)
    library = library_at(tmp_path)
    library.update()
    async with shown(library, SMALL) as on:
        assert on.rows() == PAGE
        await on.pilot.press("ctrl+end")
        await on.pilot.pause()
        assert on.rows() == PAGE + 5


async def test_what_changed_behind_the_library_is_shown_after_what_it_knew(library: Library) -> None:
    gone, (kept, *_) = library.find(), library.page().sessions[1:]
    new = keep(library.root, a_view(), BEGUN + timedelta(days=1), sound=False)
    library.rename(library.find(kept.id), "Renamed elsewhere")
    shutil.rmtree(gone.path)
    known: list[tuple[str, ...]] = []
    shelves = shelves_of(library)

    def refresh(progress: Callable[[int, int], None]) -> bool:
        known.append(tuple(row.session for row in screen._rows))
        return shelves.refresh(progress)

    screen = LibraryScreen(replace(shelves, refresh=refresh))
    async with on_screen(lambda: screen, WIDE) as (app, pilot):
        await app.workers.wait_for_complete()
        while "Renamed elsewhere" not in screen_text(app):
            await pilot.pause()
        listed = tuple(row.session for row in screen._rows)
        text = screen_text(app)
    assert known == [(gone.id, kept.id, library.page().sessions[-1].id)]
    assert listed[0] == new.id and gone.id not in listed and len(listed) == 3
    assert "looking for changes" not in text


async def test_the_cursor_stays_on_its_session_when_changes_are_found(library: Library) -> None:
    chosen = library.page().sessions[1].id
    shelves = shelves_of(library)

    def refresh(progress: Callable[[int, int], None]) -> bool:
        screen.app.call_from_thread(screen.query_one(DataTable).move_cursor, row=1)
        keep(library.root, a_view(), BEGUN + timedelta(days=1), sound=False)
        return shelves.refresh(progress)

    screen = LibraryScreen(replace(shelves, refresh=refresh))
    async with on_screen(lambda: screen, WIDE) as (app, pilot):
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("enter")
    assert screen.chosen is not None and screen.chosen[0] == chosen


async def test_leaving_ends_the_reading_of_changes(library: Library) -> None:
    shelves = shelves_of(library)
    told, over = list[int](), threading.Event()

    def refresh(progress: Callable[[int, int], None]) -> bool:
        screen.app.call_from_thread(screen.action_close)
        screen._left.wait()
        try:
            for done in range(100):
                progress(done, 100)
                told.append(done)
        finally:
            over.set()
        return True

    screen = LibraryScreen(replace(shelves, refresh=refresh))
    async with on_screen(lambda: screen, WIDE) as (app, pilot):
        while app.return_value is None:
            await pilot.pause()
    await asyncio.to_thread(over.wait)
    assert told == []


async def test_what_is_found_after_the_library_was_left_is_let_go(library: Library) -> None:
    shelves = shelves_of(library)
    loop, over = asyncio.get_running_loop(), threading.Event()

    def refresh(_: Callable[[int, int], None]) -> bool:
        loop.call_soon_threadsafe(screen.app.pop_screen)
        over.set()
        return True

    screen = LibraryScreen(replace(shelves, refresh=refresh))
    async with on_screen(Screen, WIDE) as (app, pilot):
        app.push_screen(screen)
        await asyncio.to_thread(over.wait)
        await pilot.pause()
    assert not app.return_code


async def test_escape_leaves_the_box_first(library: Library) -> None:
    async with shown(library) as on:
        await on.pilot.press("slash", "escape")
        assert on.app.return_value is None and on.screen.query_one(DataTable).has_focus
        await on.pilot.press("escape")
    assert on.app.return_value == 0 and on.screen.chosen is None
