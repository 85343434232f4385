"""Puts a screen on a terminal of a fixed size, with a scripted session behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from simulator.config.settings import ScreenSettings, Settings
from simulator.screens.app import InterviewApp
from simulator.screens.live import LiveScreen
from tests.screens.scripted import ScriptedController, ScriptedSession

SMALL = (80, 24)
WIDE = (140, 40)


@dataclass
class Stage:
    """A live screen on a terminal, the controller behind it, and the keys to press."""

    app: InterviewApp
    pilot: Pilot[int]
    controller: ScriptedController
    session: ScriptedSession
    live: LiveScreen

    async def settle(self) -> None:
        """Wait until the screen shows the newest state and has nothing left to do."""
        await self.pilot.pause()
        while self.live.drawn is not self.controller.state:
            await self.pilot.pause()
        await self.pilot.pause()

    def text(self) -> str:
        """Give what stands on the terminal."""
        return screen_text(self.app)


def screen_text(app: InterviewApp) -> str:
    """Give what stands on the terminal, a line a row, without colours."""
    width, height = app.size
    lines = []
    for strip in app.screen._compositor.render_strips():
        lines.append("".join(segment.text for segment in strip).rstrip()[:width])
    return "\n".join(lines[:height])


def settings(**screen: Any) -> Settings:
    """Give settings with the screen's section as given."""
    return Settings(screen=ScreenSettings(**screen))


@asynccontextmanager
async def on_screen(
    make: Callable[[], Screen[Any]], size: tuple[int, int] = SMALL, **screen: Any
) -> AsyncIterator[tuple[InterviewApp, Pilot[int]]]:
    """Show a screen on a terminal of a size, with settings for the screen."""
    app = InterviewApp(settings(**screen), make)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


@asynccontextmanager
async def live_on_screen(
    controller: ScriptedController, size: tuple[int, int] = SMALL, **screen: Any
) -> AsyncIterator[Stage]:
    """Show a live screen with a scripted session on a terminal of a size."""
    session = ScriptedSession(controller)
    live = LiveScreen(lambda: session)
    async with on_screen(lambda: live, size, **screen) as (app, pilot):
        stage = Stage(app, pilot, controller, session, live)
        await stage.settle()
        yield stage
