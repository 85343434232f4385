"""The summary screen: limits with the words that show them, timing, advice, and where the session lies."""

from __future__ import annotations

import pytest

from simulator.domain.state import SessionState, replay
from simulator.screens.summary import SummaryScreen
from tests.screens.events import session
from tests.screens.scripted import ScriptedFolder
from tests.screens.staging import on_screen, screen_text


async def text_of(state: SessionState, size: tuple[int, int] = (140, 80)) -> str:
    """Give what stands on a terminal high enough for all of it."""
    async with on_screen(lambda: SummaryScreen(state, ScriptedFolder.path), size) as (app, _):
        return screen_text(app)


@pytest.fixture(scope="module")
def state() -> SessionState:
    return replay(session(complete=True))


async def test_every_limit_stands_with_the_words_that_show_it(state: SessionState) -> None:
    lines = [" ".join(line.split()) for line in (await text_of(state, (90, 120))).splitlines()]
    at = next(number for number, line in enumerate(lines) if "◆ result claimed limit: unknown" in line)
    assert "“I don't know that exactly. It was the estimate” (3:40)" in lines[at + 1]


async def test_what_speaks_for_and_against_is_told_apart_by_words(state: SessionState) -> None:
    text = await text_of(state)
    assert "+ for     owns_fault" in text
    assert "− against team_only" in text


async def test_pushbacks_timing_delivery_and_folder_are_shown(state: SessionState) -> None:
    text = await text_of(state)
    for words in ("reasoned: updates", "within 2:00 to 3:00", "Delivery", "What to work on", "interview-simulator"):
        assert words in text


async def test_a_session_without_a_question_says_so() -> None:
    assert "No question was asked." in await text_of(replay(session()[:2]))


async def test_closing_the_summary_ends_the_program_well(state: SessionState) -> None:
    async with on_screen(lambda: SummaryScreen(state, ScriptedFolder.path)) as (app, pilot):
        await pilot.press("escape")
    assert app.return_value == 0
