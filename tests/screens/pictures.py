"""Draws the pictures of the screens that stand in docs/images."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.screen import Screen

from simulator.cli.sessions import shelves_of
from simulator.domain.state import replay
from simulator.domain.vocabulary import Phase
from simulator.screens.app import InterviewApp
from simulator.screens.drill import DrillScreen
from simulator.screens.library import LibraryScreen
from simulator.screens.review import ReviewScreen
from simulator.screens.start import StartScreen
from simulator.screens.summary import SummaryScreen
from tests.screens.events import session
from tests.screens.kept import BEGUN, desk_of, drill_events, keep, library_at, long_session, player_of
from tests.screens.offers import OFFER
from tests.screens.scripted import ScriptedController, ScriptedFolder, ScriptedSession
from tests.screens.staging import SMALL, WIDE, live_on_screen, on_screen
from tests.sessions.made import a_story, a_view

SIZES = {"small": SMALL, "wide": WIDE}
THEMES = ("dark", "light")
WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
FONTS = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def picture(app: InterviewApp) -> str:
    """Give the terminal as SVG; fonts are the viewer's own, so that nothing is fetched."""
    svg = WEB_FONT.sub("", app.export_screenshot(title="interview"))
    return svg.replace("Fira Code, monospace", FONTS)


async def draw_live(size: tuple[int, int], theme: str) -> str:
    """Draw the live screen in the middle of a reply."""
    async with live_on_screen(ScriptedController(session()), size, theme=f"interview-{theme}") as stage:
        return picture(stage.app)


async def draw(make: Callable[[], Screen[Any]], size: tuple[int, int], theme: str) -> str:
    """Draw a screen that has no session behind it."""
    async with on_screen(make, size, theme=f"interview-{theme}") as (app, pilot):
        await app.workers.wait_for_complete()
        await pilot.pause()
        return picture(app)


async def draw_kept(size: tuple[int, int], theme: str) -> AsyncIterator[tuple[str, str]]:
    """Draw the screens that show kept sessions: review and library."""
    with TemporaryDirectory() as folder:
        library = library_at(Path(folder))
        for day, events in enumerate((a_story(), a_view(), a_story(initial_s=150.0), long_session())):
            keep(library.root, events, BEGUN + timedelta(days=day), sound=day == 3)
        newest = library.find()
        library.note(newest, "Say the number of consumers earlier.", 60.0)
        library.update()
        player = player_of(newest)
        made: dict[str, Callable[[], Screen[Any]]] = {
            "review": lambda: ReviewScreen(desk_of(library, newest), player, 100.0),
            "library": lambda: LibraryScreen(shelves_of(library)),
        }
        for name, make in made.items():
            async with on_screen(make, size, theme=f"interview-{theme}") as (app, pilot):
                await app.workers.wait_for_complete()
                await pilot.press(*("e" if name == "review" else ""))
                await pilot.pause()
                await pilot.pause()
                yield name, picture(app)
        player.close()


async def draw_drill(size: tuple[int, int], theme: str) -> str:
    """Draw the drill while an attempt's figures are looked at."""
    controller = ScriptedController(drill_events())
    async with on_screen(
        lambda: DrillScreen(lambda: ScriptedSession(controller)), size, theme=f"interview-{theme}"
    ) as (app, pilot):
        while controller.state.phase is not Phase.REVIEWING or not app.screen.has_class("-reviewing"):
            await pilot.pause()
        await pilot.pause()
        return picture(app)


async def draw_all() -> AsyncIterator[tuple[str, str]]:
    """Draw every picture: its file's name, and the SVG."""
    state = replay(session(complete=True))
    others: dict[str, Callable[[], Screen[Any]]] = {
        "start": lambda: StartScreen(lambda: OFFER),
        "summary": lambda: SummaryScreen(state, ScriptedFolder.path),
    }
    for size_name, size in SIZES.items():
        for theme in THEMES:
            yield f"live-{size_name}-{theme}.svg", await draw_live(size, theme)
            for name, make in others.items():
                yield f"{name}-{size_name}-{theme}.svg", await draw(make, size, theme)
            yield f"drill-{size_name}-{theme}.svg", await draw_drill(size, theme)
            async for name, svg in draw_kept(size, theme):
                yield f"{name}-{size_name}-{theme}.svg", svg
