"""A virtual microphone and loudspeaker, for whole interviews run as a user runs them."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sound_devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment in which the default devices are virtual ones."""
    script = ROOT / "scripts" / "virtual_audio.sh"
    folder = tmp_path_factory.mktemp("audio")
    said = subprocess.run([script, "start", folder], capture_output=True, text=True, check=True).stdout
    environment = dict(os.environ)
    for assignment in shlex.split(said.removeprefix("export ")):
        name, _, value = assignment.partition("=")
        environment[name] = value
    yield environment
    subprocess.run([script, "stop", folder], check=True)
