"""The drill's screen: figures between two attempts, once more, and on to the next question."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.vocabulary import Mode, Phase
from simulator.rehearsal.compose import Options, open_rehearsal
from simulator.rehearsal.drilling import attempts
from simulator.screens.drill import AttemptPanel, DrillScreen
from simulator.screens.widgets.transcript import Transcript
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from tests.screens.kept import drill_events
from tests.screens.scripted import ScriptedController, ScriptedSession
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text

SAID = "I stopped the crane in March 2021, because it had failed twice. It cut faults from nine to one."


@pytest.mark.parametrize("theme", ["interview-dark", "interview-light"])
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_an_attempt_s_figures_stand_in_the_transcript_s_place(size: tuple[int, int], theme: str) -> None:
    controller = ScriptedController(drill_events())
    async with on_screen(lambda: DrillScreen(lambda: ScriptedSession(controller)), size, theme=theme) as (app, pilot):
        await pilot.pause(0.1)
        text = screen_text(app)
        for words in (
            "Attempt 2",
            "2:07  in the band of 2:00 to 3:00",
            "advice 60%",
            "own part",
            "at least 5: um",
            "landed",
            "At this question",
        ):
            assert words in text
        rows = [line.split() for line in text.splitlines() if line.split()[1:3] == ["2:07", "in"]]
        assert [row[0] for row in rows] == ["1", "2"]
        footer = text.splitlines()[-1]
        assert "Again" in footer and "Next" in footer and "Repeat" not in footer


async def test_every_figure_is_that_of_the_attempt() -> None:
    controller = ScriptedController(drill_events())
    async with on_screen(lambda: DrillScreen(lambda: ScriptedSession(controller)), WIDE) as (app, pilot):
        await pilot.pause(0.1)
        text = screen_text(app)
        last = attempts(controller.state)[-1]
        for role, share in last.shares.items():
            assert share == 0 or any(role.value in line and f"{share:.0%}" in line for line in text.splitlines())
        assert f"begins after {last.own_part_at_s:.0f} s" in text
        assert f"{last.pace_wpm:.0f} words a minute" in text


async def test_again_asks_the_same_question_and_next_goes_on(tmp_path: Path) -> None:
    options = Options(
        mode=Mode.DRILL,
        pack="openai-behavioral-mission",
        questions=("ownership", "disagreement"),
        minutes=0,
        typed=True,
        root=tmp_path / "sessions",
    )
    screen = DrillScreen(lambda: open_rehearsal(options, Settings()))
    async with on_screen(lambda: screen, WIDE) as (app, pilot):

        async def until(phase: Phase, threads: int) -> None:
            while screen.drawn.phase is not phase or len(screen.drawn.threads) != threads:
                await pilot.pause(0.05)
            await pilot.pause()

        async def answer() -> None:
            screen.query_one("TypingBox").text = SAID  # type: ignore[attr-defined]
            await pilot.press("enter")

        await until(Phase.LISTENING, 1)
        assert screen.query_one(Transcript).display
        await answer()
        await until(Phase.REVIEWING, 1)
        assert screen.query_one(AttemptPanel).has_focus and "Attempt 1" in screen_text(app)
        await pilot.press("a")
        await until(Phase.LISTENING, 2)
        await answer()
        await until(Phase.REVIEWING, 2)
        assert "Attempt 2" in screen_text(app) and "At this question" in screen_text(app)
        await pilot.press("n")
        await until(Phase.LISTENING, 3)
        await answer()
        await until(Phase.REVIEWING, 3)
        await pilot.press("n")
        while screen.drawn.closed is None:
            await pilot.pause(0.05)
    kept = load_session(Library(tmp_path / "sessions", tmp_path / "i", tmp_path / "e").find())
    asked = [event.question for event in kept.events if isinstance(event, ev.QuestionAsked)]
    assert asked == ["ownership", "ownership", "disagreement"]
    assert kept.state.mode is Mode.DRILL
