"""Voices and a clock for the tests of the speaking room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from simulator.config.settings import Settings
from simulator.speaking.piper_voice import PiperVoice
from simulator.speaking.profiles import PiperEngine, Profile
from simulator.speaking.voices import ProfileVoice, open_voice

Notices = list[tuple[str, str]]


@pytest.fixture(scope="session")
def piper() -> Iterator[PiperVoice]:
    """The real neural engine, loaded once."""
    engine = PiperVoice(PiperEngine(engine="piper"))
    yield engine
    engine.close()


@pytest.fixture
def notices() -> Notices:
    return []


@pytest.fixture
def voice_of(notices: Notices) -> Iterator[Callable[..., ProfileVoice]]:
    """Open a voice from the tables of its engines; closed after the test."""
    opened: list[ProfileVoice] = []

    def make(*engines: dict[str, str | float]) -> ProfileVoice:
        profile = Profile.model_validate({"name": "test", "engines": engines})
        voice = open_voice(profile, Settings(), lambda text, hint: notices.append((text, hint)))
        opened.append(voice)
        return voice

    yield make
    for voice in opened:
        voice.close()
