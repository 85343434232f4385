"""The system's own voice through pyttsx3, in a child process that writes files under a time limit."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from simulator.domain.speech import Sound
from simulator.speaking.child import Child
from simulator.speaking.decode import decode
from simulator.speaking.profiles import SystemEngine

WORKER = Path(__file__).with_name("system_worker.py")

WORDS_PM = 175
"""Words a minute at pace 1.0: espeak-ng's own default, and near what SAPI and NSSpeech speak by default."""

ANSWER_S = 5.0
"""A sentence takes 10 to 13 ms through espeak-ng; what takes this long hangs."""


class SystemVoice:
    """Speaks with pyttsx3.

    Raises:
        ModelError: its process cannot be started.
    """

    def __init__(self, choice: SystemEngine) -> None:
        self._choice = choice
        self._name = " ".join(filter(None, ("pyttsx3", version("pyttsx3"), choice.voice)))
        self._child = Child("The system's voice (pyttsx3)", WORKER, [choice.voice], start_s=10.0, answer_s=ANSWER_S)

    @property
    def name(self) -> str:
        """Engine, version and voice."""
        return self._name

    def speak(self, sentence: str) -> Sound:
        """Give the sound of one sentence."""
        file = self._child.ask({"text": sentence, "words_pm": WORDS_PM * self._choice.pace})
        return decode(file.samples, "pyttsx3")

    def close(self) -> None:
        """End pyttsx3's process."""
        self._child.close()
