"""What an engine offers to the voice: one sentence in, one sound out."""

from __future__ import annotations

from typing import Protocol

from simulator.domain.speech import Sound


class Engine(Protocol):
    """Speaks single sentences; used by one thread at a time, closed from any."""

    @property
    def name(self) -> str:
        """Engine, version and voice, as the record shows it."""

    def speak(self, sentence: str) -> Sound:
        """Give the sound of one sentence.

        Raises:
            ModelError: the engine is missing, too slow or gave no sound.
            ServerError: a voice server cannot be reached or answers rubbish.
        """

    def close(self) -> None:
        """End what the engine runs; may be called more than once."""
