"""The examples' screen: how far each experience is known, and proposals confirmed and rejected."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from simulator.cli.examples import cabinet_of
from simulator.screens.app import InterviewApp
from simulator.screens.examples import ExamplesScreen
from simulator.sessions.library import Library
from tests.screens.kept import BEGUN, keep, library_at
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text
from tests.sessions.made import a_story, told


@pytest.fixture
def library(tmp_path: Path) -> Library:
    keep(tmp_path / "sessions", a_story(), BEGUN, sound=False)
    keep(tmp_path / "sessions", told("My sister's bakery lost its flour supplier."), BEGUN + timedelta(1), sound=False)
    library = library_at(tmp_path)
    library.update()
    return library


@pytest.mark.parametrize("theme", ["interview-dark", "interview-light"])
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_confirmed_example_shows_its_depth_and_a_rejected_one_goes(
    library: Library, size: tuple[int, int], theme: str
) -> None:
    async with on_screen(lambda: ExamplesScreen(cabinet_of(library)), size, theme=theme) as (app, pilot):

        async def settled() -> str:
            await app.workers.wait_for_complete()
            await pilot.pause()
            return screen_text(app)

        assert "2 proposals to look at" in await settled()
        await pilot.press("c")
        await pilot.pause()
        app.screen.query_one(Input).value = "The queue"
        await pilot.press("enter")
        text = await settled()
        assert "□□□□□ 0 of 5 known in depth · 1 proposal" in text
        assert "1 of 4 held" in text and "The queue" in text
        await pilot.press("down", "x")
        text = await settled()
        assert "proposal" not in text
        await pilot.press("up")
        text = await settled()
        assert "■ own_role" in text and "unsettled" in text and "told for  ownership" in text
    known = library.examples()
    assert [example.name for example in known.examples] == ["The queue"]
    assert len(known.passed) == 1


async def test_an_example_is_given_another_name(library: Library) -> None:
    app: InterviewApp
    async with on_screen(lambda: ExamplesScreen(cabinet_of(library)), WIDE) as (app, pilot):
        for key, name in (("c", "The queue"), ("r", "The stuck queue")):
            await app.workers.wait_for_complete()
            await pilot.press(key)
            await pilot.pause()
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.press("home")
        assert "The stuck queue" in screen_text(app)
    assert library.examples().examples[0].name == "The stuck queue"


async def test_without_a_story_it_says_where_examples_come_from(tmp_path: Path) -> None:
    library = library_at(tmp_path)
    library.update()
    async with on_screen(lambda: ExamplesScreen(cabinet_of(library)), SMALL) as (app, pilot):
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "No story has been told yet" in screen_text(app)
