"""The voice of a profile: the first engine that speaks, and the next one when it stops doing so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

from simulator.config.keys import find_key
from simulator.config.settings import Settings
from simulator.domain.errors import ModelError, SimulatorError
from simulator.domain.speech import Sound
from simulator.speaking.engine import Engine
from simulator.speaking.profiles import EngineChoice, EspeakEngine, PiperEngine, Profile, ServerEngine, load_profile
from simulator.speaking.sentences import sentences

Notify = Callable[[str, str], None]
"""Tells the user something once: what happened, and what to do."""

KeyOf = Callable[[str, str], str]
"""Gives the key of a server by the name of its environment variable and its address, "" if there is none."""


def open_engine(choice: EngineChoice, key_of: KeyOf = find_key) -> Engine:
    """Make one engine ready.

    Raises:
        ModelError: it is not installed, or its files are missing.
    """
    # Imported here, so that an engine that is not used costs nothing.
    if isinstance(choice, PiperEngine):
        from simulator.speaking.piper_voice import PiperVoice

        return PiperVoice(choice)
    if isinstance(choice, ServerEngine):
        from simulator.speaking.server_voice import ServerVoice

        return ServerVoice(choice, key_of)
    if isinstance(choice, EspeakEngine):
        from simulator.speaking.espeak_voice import EspeakVoice

        return EspeakVoice(choice)
    from simulator.speaking.system_voice import SystemVoice

    return SystemVoice(choice)


class ProfileVoice:
    """A voice that falls back in its profile's order, for good, and says so once for each step.

    Args:
        profile: the engines to try.
        notify: told when another engine takes over; may be called from the voice's thread.
        key_of: where servers' keys come from.

    Raises:
        ModelError: no engine of the profile is there.
    """

    def __init__(self, profile: Profile, notify: Notify, key_of: KeyOf) -> None:
        self._profile = profile
        self._notify = notify
        self._key_of = key_of
        self._left = list(profile.engines)
        self._lock = threading.Lock()
        self._closed = False
        self._engine = self._open_next(None)

    @property
    def engine(self) -> str:
        """Name and version of the engine and voice that speak now."""
        return self._engine.name

    def synthesize(self, text: str) -> Iterator[Sound]:
        """Give the sound of a text, one for each of its `sentences`.

        A sentence that an engine fails at is spoken by the next one.
        """
        for sentence in sentences(text):
            yield self._speak(sentence)

    def _speak(self, sentence: str) -> Sound:
        with self._lock:
            while True:
                if self._closed:
                    raise ModelError("The voice has been closed.", "Start the program again.")
                try:
                    return self._engine.speak(sentence)
                except SimulatorError as error:
                    if self._closed:
                        raise
                    self._engine.close()
                    self._engine = self._open_next(error)

    def _open_next(self, failure: SimulatorError | None) -> Engine:
        """Open the next engine that can be opened, and tell the first thing that was wrong with those before it."""
        while self._left:
            try:
                engine = open_engine(self._left.pop(0), self._key_of)
            except SimulatorError as error:
                failure = failure or error
                continue
            if failure is not None:
                self._notify(f"{failure.message} The voice is now {engine.name}.", failure.hint)
            return engine
        why = f" {failure.message}" if failure is not None else ""
        hint = failure.hint if failure is not None else ""
        raise ModelError(f"No engine of the voice profile {self._profile.name!r} can speak.{why}", hint)

    def close(self) -> None:
        """End the engine's process; a sentence under way fails."""
        self._closed = True
        self._engine.close()


def open_voice(
    profile: str | Profile,
    settings: Settings,
    notify: Notify,
    *,
    key_of: KeyOf = find_key,
) -> ProfileVoice:
    """Open a voice; engines with a process of their own begin to load at once.

    Args:
        profile: a profile, its name, or its file; "" takes the settings' one.
        settings: the user's settings.
        notify: told once for each engine that had to be passed over.
        key_of: where voice servers' keys come from.

    Raises:
        BadInputError: the profile is malformed or there is none of that name.
        ModelError: no engine of the profile is there.
    """
    if isinstance(profile, str):
        profile = load_profile(profile or settings.voice.profile)
    return ProfileVoice(profile, notify, key_of)
