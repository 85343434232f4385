"""The registry of actions: one place for keys, footer and help."""

from __future__ import annotations

import pytest
from textual.binding import Binding

from simulator.domain.errors import BadInputError
from simulator.screens.actions import ACTIONS, keymap, keys_of
from simulator.screens.live import LiveScreen
from simulator.screens.start import StartScreen
from simulator.screens.summary import SummaryScreen
from tests.screens.events import session
from tests.screens.scripted import ScriptedController
from tests.screens.staging import live_on_screen

HELP_TEXT_CHARACTERS = 54
"""What fits beside the keys in the help on 80 columns."""


@pytest.mark.parametrize("screen", [LiveScreen, StartScreen, SummaryScreen])
def test_every_binding_of_a_screen_comes_from_the_registry(screen: type) -> None:
    for binding in screen.BINDINGS:
        assert isinstance(binding, Binding)
        assert binding.id is not None
        action = ACTIONS[binding.id]
        assert (binding.key, binding.description, binding.tooltip) == (action.keys, action.label, action.tooltip)
        assert callable(getattr(screen, f"action_{binding.id}"))


@pytest.mark.parametrize("screen", [LiveScreen, StartScreen, SummaryScreen])
def test_no_two_actions_of_a_screen_share_a_key(screen: type) -> None:
    keys = [key for binding in screen.BINDINGS for key in keys_of(binding.id, {})]
    assert len(keys) == len(set(keys))


def test_what_an_action_does_fits_into_the_help() -> None:
    assert [name for name, action in ACTIONS.items() if len(action.tooltip) > HELP_TEXT_CHARACTERS] == []


def test_a_key_for_an_unknown_action_is_refused_by_name() -> None:
    with pytest.raises(BadInputError, match="dance"):
        keymap({"dance": "d"})


def test_an_action_cannot_be_left_without_a_key() -> None:
    with pytest.raises(BadInputError, match="done"):
        keymap({"done": " "})


async def test_a_remapped_key_does_what_the_old_one_did() -> None:
    async with live_on_screen(ScriptedController(session()), keys={"skip": "n"}) as stage:
        await stage.pilot.press("s", "n")
        assert stage.controller.asked == ["skip"]


async def test_the_footer_shows_the_remapped_key() -> None:
    async with live_on_screen(ScriptedController(session()), keys={"skip": "n"}) as stage:
        assert "n Skip" in stage.text()


async def test_the_help_shows_the_remapped_key() -> None:
    async with live_on_screen(ScriptedController(session()), keys={"skip": "n"}) as stage:
        await stage.pilot.press("question_mark")
        await stage.pilot.pause()
        line = next(line for line in stage.text().splitlines() if "Leave this question" in line)
        assert " n " in line


async def test_the_command_palette_runs_an_action_of_the_screen() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("ctrl+p")
        await stage.pilot.press(*"repeat")
        while "Hear the last question again." not in stage.text() or "Leave this question" in stage.text():
            await stage.pilot.pause()
        await stage.pilot.press("enter")
        await stage.pilot.pause()
        assert stage.controller.asked == ["repeat"]
