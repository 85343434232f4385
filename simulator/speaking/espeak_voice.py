"""espeak-ng called directly: a plain voice that is there in 20 ms, for when nothing else speaks."""

from __future__ import annotations

import re
import shutil
import subprocess

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound
from simulator.speaking.decode import decode
from simulator.speaking.profiles import EspeakEngine

WORDS_PM = 175
"""espeak-ng's own default, words a minute."""

PITCH = 50
"""espeak-ng's own default height, 0 to 99."""

LIMIT_S = 5.0
"""A sentence takes 10 to 20 ms; what takes this long hangs."""


class EspeakVoice:
    """Speaks with espeak-ng, or espeak where that is what is there.

    Raises:
        ModelError: neither is installed.
    """

    def __init__(self, choice: EspeakEngine) -> None:
        program = shutil.which("espeak-ng") or shutil.which("espeak")
        if program is None:
            raise ModelError(
                "espeak-ng is not installed.",
                "Install it (`sudo apt-get install espeak-ng`, `brew install espeak-ng`).",
            )
        self._choice = choice
        self._command = [
            program,
            "-v",
            choice.voice,
            "-s",
            str(round(WORDS_PM * choice.pace)),
            "-p",
            str(min(99, round(PITCH * choice.pitch))),
            "--stdin",
            "--stdout",
        ]
        self._name = f"espeak-ng {_version(program)} {choice.voice}"

    @property
    def name(self) -> str:
        """Engine, version and voice."""
        return self._name

    def speak(self, sentence: str) -> Sound:
        """Give the sound of one sentence."""
        try:
            done = subprocess.run(
                self._command, input=sentence.encode(), capture_output=True, timeout=LIMIT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ModelError(f"espeak-ng failed: {error}.", "Try another voice profile.") from error
        if done.returncode != 0:
            why = done.stderr.decode(errors="replace").strip().rstrip(".") or f"status {done.returncode}"
            raise ModelError(f"espeak-ng failed: {why}.", "`espeak-ng --voices` lists its voices.")
        return decode(done.stdout, "espeak-ng")

    def close(self) -> None:
        """Nothing runs between sentences."""


def _version(program: str) -> str:
    try:
        said = subprocess.run([program, "--version"], capture_output=True, timeout=LIMIT_S, check=False).stdout
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"{program} cannot be run: {error}.", "Install espeak-ng again.") from error
    found = re.search(r"\d+(?:\.\d+)+", said.decode(errors="replace"))
    return found.group() if found else "of unknown version"
