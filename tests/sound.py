"""A virtual microphone and loudspeaker, for whatever is tested on real devices."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.listening.devices import reinitialize

SCRIPT = Path(__file__).parents[1] / "scripts" / "virtual_audio.sh"


@pytest.fixture(scope="module")
def sound_devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment variables under which a virtual microphone and loudspeaker are the default devices."""
    folder = tmp_path_factory.mktemp("audio")
    said = subprocess.run([SCRIPT, "start", folder], capture_output=True, text=True, check=True).stdout
    try:
        yield dict(word.split("=", 1) for word in shlex.split(said.removeprefix("export ")))
    finally:
        subprocess.run([SCRIPT, "stop", folder], check=True)


@pytest.fixture(scope="module")
def virtual_audio(sound_devices: dict[str, str]) -> Iterator[None]:
    """The virtual devices as this process's own: PortAudio sees them while the module's tests run."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in sound_devices.items():
            environment.setenv(name, value)
        reinitialize()
        yield
    reinitialize()
