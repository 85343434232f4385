"""The mouth: words in, sound out; prepares the first sentence while the candidate still pauses."""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor

import numpy as np

from simulator.domain.errors import SimulatorError
from simulator.domain.speech import Sound, Spoken, Voice
from simulator.speaking.playback import Player
from simulator.speaking.sentences import sentences

KEPT = 8
"""How many first sentences are kept: candidates for the next move come and go, and questions are repeated."""

CHIME_S, CHIME_HZ, CHIME_DBFS, CHIME_FADE_S = 0.15, 660.0, -26.0, 0.02
"""The tone at the band's edges: long enough to be noticed, far under speech (about -20 dBFS), so that it disturbs no
thought and the recognizer hears no voice in it."""

CHIME_RATE_HZ = 22_050
"""A rate that loudspeakers take as they take the voices'."""


class Speaker:
    """Speaks with a voice through a player.

    Owns both, and a thread ("voice") on which sentences are made ahead of time.

    Args:
        voice: makes the sound.
        player: plays it.
    """

    def __init__(self, voice: Voice, player: Player) -> None:
        self._voice = voice
        self._player = player
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="voice")
        self._firsts: OrderedDict[str, Future[Sound]] = OrderedDict()
        self._lock = threading.Lock()
        self._turn = asyncio.Lock()

    @property
    def engine(self) -> str:
        """Name and version of the engine and voice that speak."""
        return self._voice.engine

    def prepare(self, text: str) -> None:
        """Make the first sentence's sound ahead of time; an earlier preparation that has not begun is dropped."""
        first = next(iter(sentences(text)), "")
        if first:
            self._first(first)

    def _first(self, sentence: str) -> Future[Sound]:
        """Give the sound of a sentence, made or to be made; the same one is not made twice."""
        with self._lock:
            made = self._firsts.get(sentence)
            if made is not None and not made.cancelled() and not (made.done() and made.exception() is not None):
                self._firsts.move_to_end(sentence)
                return made
            for stale in self._firsts.values():
                stale.cancel()
            made = self._pool.submit(_one_sound, self._voice, sentence)
            self._firsts[sentence] = made
            while len(self._firsts) > KEPT:
                self._firsts.popitem(last=False)
            return made

    def _sounds(self, text: str) -> Iterator[Sound]:
        first, *rest = sentences(text)
        made = self._first(first)
        try:
            yield made.result()
        except CancelledError:
            # A later preparation took its turn away; the words are wanted all the same.
            yield from self._voice.synthesize(first)
        if rest:
            yield from self._voice.synthesize(" ".join(rest))

    async def say(self, text: str, on_start: Callable[[], None]) -> Spoken:
        """Say it after what is being said already, and give what was really heard.

        Raises:
            DeviceError: the loudspeaker vanished.
            ModelError: no engine of the voice can speak.
            ServerError: likewise, where the last one is a server.
        """
        async with self._turn:
            return await self._player.play(self._sounds(text) if sentences(text) else iter(()), text, on_start)

    async def chime(self) -> None:
        """Give a short soft tone, after what is being said.

        Raises:
            DeviceError: the loudspeaker vanished.
        """
        async with self._turn:
            await self._player.play(iter([chime()]), "Tone.", lambda: None)

    def hold(self) -> None:
        """Be silent at once, and wait in the middle of the sentence."""
        self._player.hold()

    def go_on(self) -> None:
        """Go on after `hold`, from the beginning of the word that was cut."""
        self._player.go_on()

    def stop(self) -> None:
        """Be silent at once; the running `say` returns."""
        self._player.stop()

    def close(self) -> None:
        """End the voice's process, the device's stream and the thread."""
        self._player.close()
        self._voice.close()
        self._pool.shutdown(wait=False, cancel_futures=True)


def chime() -> Sound:
    """Give the tone that marks the edges of the wanted length: quiet, and without a click at either end."""
    seconds = np.arange(round(CHIME_S * CHIME_RATE_HZ)) / CHIME_RATE_HZ
    fade = np.clip(np.minimum(seconds, CHIME_S - seconds) / CHIME_FADE_S, 0.0, 1.0)
    peak = 10 ** (CHIME_DBFS / 20) * 32767
    tone = peak * fade * np.sin(2 * np.pi * CHIME_HZ * seconds)
    return Sound(tone.astype("<i2").tobytes(), CHIME_RATE_HZ)


def _one_sound(voice: Voice, sentence: str) -> Sound:
    """Give the sound of a text that is one sentence.

    Raises:
        SimulatorError: the voice gave none.
    """
    for sound in voice.synthesize(sentence):
        return sound
    raise SimulatorError("The voice gave no sound.", "Try another voice profile.")
