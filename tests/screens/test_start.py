"""The start screen: what can be chosen, and the choice that comes out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select

from simulator.config.settings import LanguageModelSettings, ScreenSettings, Settings
from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import Mode
from simulator.screens.app import InterviewApp
from simulator.screens.start import Choice, Offer, Recent, StartScreen, Wish, how_it_goes
from tests.screens.offers import OFFER
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text


@asynccontextmanager
async def start(
    load: Callable[[], Offer] = lambda: OFFER, size: tuple[int, int] = SMALL
) -> AsyncIterator[tuple[StartScreen, Pilot[int]]]:
    screen = StartScreen(load)
    async with on_screen(lambda: screen, size) as (app, pilot):
        await app.workers.wait_for_complete()
        await pilot.pause()
        yield screen, pilot


async def test_enter_starts_with_what_the_settings_say() -> None:
    async with start() as (screen, pilot):
        await pilot.press("enter")
    assert screen.choice == Choice(
        Wish.START, pack="openai-behavioral-mission", minutes=40.0, voice="interviewer", mode=Mode.ROUND
    )


async def test_everything_that_is_chosen_comes_out() -> None:
    async with start() as (screen, pilot):
        screen.query_one("#pack", Select).value = "general-behavioural"
        await pilot.pause()
        screen.query_one("#question", Select).value = "deadline"
        screen.query_one("#mode", Select).value = "depth"
        screen.query_one("#input", Select).value = "USB Microphone"
        screen.query_one("#answers", Select).value = "typed"
        screen.query_one("#minutes", Input).value = "12.5"
        await pilot.press("ctrl+s")
    assert screen.choice == Choice(
        Wish.START,
        mode=Mode.DEPTH,
        pack="general-behavioural",
        question="deadline",
        minutes=12.5,
        voice="interviewer",
        input="USB Microphone",
        typed=True,
    )


async def test_another_pack_offers_its_own_questions() -> None:
    async with start() as (screen, pilot):
        screen.query_one("#pack", Select).value = "general-behavioural"
        await pilot.pause()
        select = screen.query_one("#question", Select)
        select.value = "deadline"
        with pytest.raises(Exception, match="disagreement"):
            select.value = "disagreement"
        select.value = ""


async def test_the_demo_can_be_chosen() -> None:
    async with start() as (screen, pilot):
        await pilot.press("ctrl+d")
    assert screen.choice is not None
    assert screen.choice.wish is Wish.DEMO


@pytest.mark.parametrize(("down", "wish"), [(0, Wish.OPEN), (1, Wish.RESUME)])
async def test_an_earlier_session_is_opened_or_resumed(down: int, wish: Wish) -> None:
    async with start() as (screen, pilot):
        recent = screen.query_one("#recent", OptionList)
        recent.focus()
        recent.highlighted = 0
        await pilot.press(*["down"] * down, "enter")
    assert screen.choice is not None
    assert (screen.choice.wish, screen.choice.session) == (wish, OFFER.recent[down].session)


async def test_leaving_gives_no_choice() -> None:
    async with start() as (screen, pilot):
        await pilot.press("escape")
    assert screen.choice is None


async def test_what_is_wrong_with_the_offer_is_said_and_the_form_still_works() -> None:
    def failing() -> Offer:
        raise BadInputError("The pack mine.toml has no questions.", "Add one.")

    async with start(failing, WIDE) as (screen, pilot):
        assert "The pack mine.toml has no questions. Add one." in " ".join(screen_text(screen.program).split())
        await pilot.press("enter")
    assert screen.choice is not None
    assert screen.choice.pack == ""


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_whole_form_fits(size: tuple[int, int]) -> None:
    async with start(size=size) as (screen, _):
        text = screen_text(screen.program)
        for words in ("Practise", "Loudspeaker", "Answers", "Start", "Demo", "0 for no limit", "stays on this machine"):
            assert words in text


async def test_what_is_painted_first_stands_where_the_form_will() -> None:
    painted: list[str] = []

    def loading() -> Settings:
        painted.append(screen_text(screen.program))
        return Settings()

    screen = StartScreen(lambda: OFFER, loading)
    app = InterviewApp(None, lambda: screen)
    async with app.run_test(size=SMALL) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        then = screen_text(app)
    for name in (
        "Practise     round",
        "Question     the interviewer",
        "Microphone   the system's",
        "Answers      spoken",
    ):
        assert name in painted[0]
        assert name in then


async def test_what_is_wanted_before_the_form_stands_is_done_when_it_does() -> None:
    def loading() -> Settings:
        screen.app.call_from_thread(screen.action_begin)
        return Settings()

    screen = StartScreen(lambda: OFFER, loading)
    app = InterviewApp(None, lambda: screen)
    async with app.run_test(size=SMALL) as pilot:
        while screen.choice is None:
            await pilot.pause()
    assert (screen.choice.wish, screen.choice.minutes) == (Wish.START, 40.0)


async def test_earlier_sessions_that_changed_are_listed_behind_those_that_are_known() -> None:
    newest = replace(OFFER.recent[0], session="new", title="The crane")
    known: list[int] = []

    def newer(_: Callable[[int, int], None]) -> tuple[Recent, ...]:
        known.append(screen.query_one("#recent", OptionList).option_count)
        return (newest, *OFFER.recent)

    screen = StartScreen(lambda: OFFER, newer=newer)
    async with on_screen(lambda: screen, SMALL) as (app, pilot):
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "The crane" in screen_text(app)
        recent = screen.query_one("#recent", OptionList)
        recent.focus()
        recent.highlighted = 0
        await pilot.press("enter")
    assert known == [3]
    assert screen.choice is not None and screen.choice.session == "new"


async def test_leaving_ends_the_look_for_changes() -> None:
    told, over = list[int](), threading.Event()

    def newer(progress: Callable[[int, int], None]) -> tuple[Recent, ...]:
        screen.app.call_from_thread(screen.action_begin)
        screen._left.wait()
        try:
            for done in range(100):
                progress(done, 100)
                told.append(done)
        finally:
            over.set()
        return ()

    screen = StartScreen(lambda: OFFER, newer=newer)
    async with on_screen(lambda: screen, SMALL) as (_, pilot):
        while screen.choice is None:
            await pilot.pause()
    await asyncio.to_thread(over.wait)
    assert told == []


async def test_wrong_settings_end_the_program_and_are_told() -> None:
    screen = StartScreen(lambda: OFFER, lambda: Settings(screen=ScreenSettings(theme="no such theme")))
    app = InterviewApp(None, lambda: screen)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
    assert screen.failure is not None
    assert "no such theme" in screen.failure.message
    assert app.return_value == int(screen.failure.status)


def test_the_screen_says_where_words_go_when_a_server_is_set() -> None:
    remote = Settings(language_model=LanguageModelSettings(base_url="http://10.0.0.2:8080/v1"))
    assert how_it_goes(remote)[-1] == "What you say goes to http://10.0.0.2:8080/v1."
