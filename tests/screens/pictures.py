"""Draws the pictures of the screens that stand in docs/images."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

from textual.screen import Screen

from simulator.domain.state import replay
from simulator.screens.app import InterviewApp
from simulator.screens.start import StartScreen
from simulator.screens.summary import SummaryScreen
from tests.screens.events import session
from tests.screens.offers import OFFER
from tests.screens.scripted import ScriptedController, ScriptedFolder
from tests.screens.staging import SMALL, WIDE, live_on_screen, on_screen

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
