"""The program's themes: readable, switched by a key, and never needed to understand a screen."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from simulator.domain.errors import BadInputError
from simulator.screens.app import InterviewApp
from simulator.screens.live import LiveScreen
from simulator.screens.theme import CONTRAST, MEANINGS, THEMES
from tests.screens.events import session
from tests.screens.scripted import ScriptedController, ScriptedSession
from tests.screens.staging import live_on_screen, settings

READABLE = 4.5
"""Contrast ratio of text on its ground (WCAG 2.2, level AA)."""
WELL_READABLE = 7.0
"""The same, level AAA."""
NOT_TEXT = {"line", "on-turn"}
TURNS = [name for name in MEANINGS if name.startswith("turn-")]


def ratio(one: str, other: str) -> float:
    """Give the contrast ratio of two colours, as WCAG defines it."""

    def luminance(colour: str) -> float:
        parts = [part / 255 for part in Color.parse(colour).rgb]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_text_colour_can_be_read_on_every_ground(theme: Theme) -> None:
    texts = {name: theme.variables[name] for name in MEANINGS if name not in NOT_TEXT}
    texts |= {
        name: str(getattr(theme, name)) for name in ("primary", "accent", "success", "warning", "error", "foreground")
    }
    least = WELL_READABLE if theme is CONTRAST else READABLE
    grounds = (str(theme.background), str(theme.surface))
    poor = {name: colour for name, colour in texts.items() if any(ratio(colour, ground) < least for ground in grounds)}
    assert poor == {}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_the_word_for_whose_turn_it_is_can_be_read_on_its_chip(theme: Theme) -> None:
    assert all(ratio(theme.variables["on-turn"], theme.variables[turn]) >= READABLE for turn in TURNS)


async def test_a_key_goes_through_the_programs_themes() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        seen = [stage.app.theme]
        for _ in THEMES:
            await stage.pilot.press("f2")
            seen.append(stage.app.theme)
        assert seen == ["interview-dark", "interview-light", "interview-contrast", "interview-dark"]


async def test_a_theme_that_is_not_the_programs_own_works_too() -> None:
    async with live_on_screen(ScriptedController(session()), theme="nord") as stage:
        assert "● listening" in stage.text()


def test_an_unknown_theme_is_refused_by_name() -> None:
    with pytest.raises(BadInputError, match="mauve"):
        InterviewApp(settings(theme="mauve"), lambda: LiveScreen(lambda: ScriptedSession(ScriptedController([]))))


async def test_without_colour_the_screen_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        coloured = stage.text()
    monkeypatch.setenv("NO_COLOR", "1")
    async with live_on_screen(ScriptedController(session())) as stage:
        assert stage.app.no_color
        assert stage.text() == coloured
