"""Voices and a clock for the tests of the speaking room."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.config.settings import Settings
from simulator.listening.devices import reinitialize
from simulator.speaking.piper_voice import PiperVoice
from simulator.speaking.profiles import PiperEngine, Profile
from simulator.speaking.voices import ProfileVoice, open_voice

ROOT = Path(__file__).parents[2]
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


@pytest.fixture(scope="module")
def virtual_audio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A virtual microphone and loudspeaker as the default devices; PortAudio sees them from here on."""
    script = ROOT / "scripts" / "virtual_audio.sh"
    folder = tmp_path_factory.mktemp("audio")
    said = subprocess.run([script, "start", folder], capture_output=True, text=True, check=True).stdout
    with pytest.MonkeyPatch.context() as environment:
        for assignment in shlex.split(said.removeprefix("export ")):
            name, _, value = assignment.partition("=")
            environment.setenv(name, value)
        try:
            reinitialize()
            yield
        finally:
            subprocess.run([script, "stop", folder], check=True)
    reinitialize()
