"""Piper: a neural voice on this machine, in a process of its own that is kept warm."""

from __future__ import annotations

import importlib.util
from importlib.metadata import version
from pathlib import Path

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound
from simulator.models.store import model_path
from simulator.speaking.child import Child
from simulator.speaking.profiles import PiperEngine

WORKER = Path(__file__).with_name("piper_worker.py")

START_S = 45.0
"""Loading takes 1 to 3 s; on a machine that is busy with other things it was seen to take over 20 s."""

ANSWER_S = 15.0
"""A sentence takes 0.1 to 1 s; a plainer voice in mid-sentence is worse than one that comes late."""


class PiperVoice:
    """Speaks with Piper. Its process begins to load when this is made; the first sentence waits for it.

    Raises:
        ModelError: piper-tts is not installed, or the voice's files are missing or damaged.
    """

    def __init__(self, choice: PiperEngine) -> None:
        if importlib.util.find_spec("piper") is None:
            raise ModelError(
                "Piper is not installed.", "Install the extra: `pip install 'interview-simulator[piper]'`."
            )
        model = _voice_file(choice.model)
        self._choice = choice
        self._name = f"piper-tts {version('piper-tts')} {model.stem}"
        self._child = Child("Piper", WORKER, [str(model)], start_s=START_S, answer_s=ANSWER_S)

    @property
    def name(self) -> str:
        """Engine, version and voice."""
        return self._name

    def speak(self, sentence: str) -> Sound:
        """Give the sound of one sentence.

        A higher or lower voice is the same samples at another rate, made slower or faster before, so that
        the pace stays.
        """
        pitch = self._choice.pitch
        # Double brackets hold phonemes in Piper's own notation; words never mean that.
        text = sentence.replace("[[", "[ [")
        sound = self._child.ask({"text": text, "pace": self._choice.pace / pitch, "speaker": self._choice.speaker})
        if not sound.samples:
            raise ModelError("Piper gave no sound.", "Try another voice profile.")
        return Sound(sound.samples, round(sound.rate_hz * pitch))

    def close(self) -> None:
        """End Piper's process."""
        self._child.close()


def _voice_file(model: str) -> Path:
    if model.endswith(".onnx"):
        file = Path(model).expanduser()
        if not file.is_file() or not file.with_name(file.name + ".json").is_file():
            raise ModelError(f"The voice {file} is not there.", "It needs its .onnx file and its .onnx.json beside it.")
        return file
    return next(model_path(model).glob("*.onnx"))
