"""The streaming recognition of one answer: when to look, at how much of the sound, and what to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulator.domain.words import Word
from simulator.listening.recognizer_look import PAD_S, RATE_HZ, Look, Looker
from simulator.listening.recognizer_rhythm import Rhythm
from simulator.listening.recognizer_voice import VoiceTrack
from simulator.listening.wordstream import WordStream

LEAST_VOICE_S = 0.1
"""With less voice than this there is nothing to recognize."""


HURRIED_CONTEXT_S = 1.5
"""Confirmed sound that a hurried look goes back: with the words that are open it makes 3 to 5 s, about 0.2 s of work
where a usual full look takes 0.5 s."""

MOST_S = 26.0
"""Sound without a confirmed word that a look still goes back, so that a slow machine loses no word; Whisper sees 30."""

CUT_WITHIN_S = 1.5
"""How far from where it is wanted a cut may lie, to fall into a pause."""


class AnswerStream:
    """Turns the sound of one answer into words.

    All times inside are seconds since the answer began; the words that it gives are on the session's clock.

    Args:
        looker: what looks.
        voice: a voice track, which is cleared.
        start_s: when the answer's sound begins on the session's clock.
        confirmed: words that are confirmed already (after a crash), on the session's clock.
        rhythm: when to look.
    """

    def __init__(
        self,
        looker: Looker,
        voice: VoiceTrack,
        start_s: float,
        confirmed: Sequence[Word] = (),
        rhythm: Rhythm | None = None,
    ) -> None:
        self._looker = looker
        self._voice = voice
        self._voice.clear()
        self._rhythm = rhythm or Rhythm()
        self.start_s = start_s
        self.words = WordStream(self._rhythm.agreement, confirmed)
        self._sound = np.zeros(0, np.float32)
        self._base_s = 0.0
        self._window_s = max(0.0, confirmed[-1].end_s - start_s) if confirmed else 0.0
        self._looked_s = self._concluded_s = self._window_s
        self._cost_s = 0.0

    @property
    def heard_s(self) -> float:
        """Length of the sound so far, seconds since the answer began."""
        return self._base_s + len(self._sound) / RATE_HZ

    @property
    def silence_s(self) -> float:
        """How long there has been no voice, seconds; all of the answer if there never was."""
        return self.heard_s - (self._voice.last_s or 0.0)

    @property
    def voice(self) -> Sequence[float]:
        """The probability of voice for each 32 ms of the answer."""
        return self._voice.probabilities

    def spent(self, cost_s: float) -> None:
        """Take note of what a look cost, seconds: dear ones become rarer."""
        self._cost_s = cost_s if not self._cost_s else 0.7 * self._cost_s + 0.3 * cost_s

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take more sound."""
        self._voice.feed(samples)
        self._sound = np.concatenate([self._sound, samples])
        longest_s = self._rhythm.window_s + self._rhythm.keep_s
        if self.heard_s - self._base_s > 2 * longest_s and not self.unconcluded:
            # A long silence: nothing in it will be looked at.
            self._window_s = max(self._window_s, self.heard_s - longest_s)
            self._drop()

    @property
    def update_due(self) -> bool:
        """Whether there is enough new voice for a look."""
        interval_s = max(self._rhythm.update_s, self._cost_s / self._rhythm.share)
        return (
            self.heard_s - self._looked_s >= interval_s
            and self._voice.voiced_s(self._looked_s - 0.3, self.heard_s) >= LEAST_VOICE_S
        )

    @property
    def unconcluded(self) -> bool:
        """Whether there is voice that no full look has confirmed."""
        return self._voice.voiced_s(self._concluded_s, self.heard_s) >= LEAST_VOICE_S

    def update(self) -> tuple[Word, ...]:
        """Look at what is there, and give the words that this confirms."""
        self._looked_s = self.heard_s
        self._advance()
        look = self._look(self.heard_s, beam=1)
        if look is None:
            return ()
        return self.words.offer(look.words, self.start_s + self.heard_s)

    def conclude(self, *, hurried: bool = False) -> tuple[Word, ...]:
        """Look with full care at all that is not confirmed yet, and confirm it.

        Args:
            hurried: whether somebody waits for the words: then with less context, in about half the time.
        """
        last_s = self._voice.last_s
        self._looked_s = self.heard_s
        if last_s is None or not self.unconcluded:
            self.words.partial = ()
            return ()
        self._advance()
        if hurried:
            self._begin_at(max(self.words.end_s - self.start_s, self._concluded_s) - HURRIED_CONTEXT_S)
        end_s = min(self.heard_s, last_s + self._rhythm.tail_s)
        look = self._look(end_s, beam=self._rhythm.beam)
        if look is not None and look.looped:
            look = self._look(end_s, beam=self._rhythm.beam, pad_s=10.0) or look
        added = self.words.conclude(look.words if look is not None else ())
        self._concluded_s = end_s
        self._begin_at(end_s - self._rhythm.keep_s)
        return added

    def _advance(self) -> None:
        """Let the window begin as late as it may: shortly before voice, and not too long ago."""
        first_s = self._voice.first_s(self._window_s)
        if first_s is not None:
            self._window_s = max(self._window_s, first_s - self._rhythm.preroll_s)
        if self.heard_s - self._window_s > self._rhythm.window_s:
            self._begin_at(self.heard_s - self._rhythm.window_s * self._rhythm.cut_to)
        self._drop()

    def _drop(self) -> None:
        """Forget the sound before the window, a second and more at a time."""
        drop = int((self._window_s - self._base_s) * RATE_HZ)
        if drop > RATE_HZ:
            self._sound = self._sound[drop:]
            self._base_s += drop / RATE_HZ

    def _begin_at(self, wanted_s: float) -> None:
        """Let the window begin about there: in a pause, else at a word's border, after no word that isn't confirmed."""
        confirmed_s = max(self.words.end_s - self.start_s, self._concluded_s)
        latest_s = min(wanted_s + CUT_WITHIN_S, confirmed_s + 0.1)
        if self.heard_s - latest_s > MOST_S:
            # Nothing has been confirmed for long (music, noise): what is older than the window is given up.
            latest_s = wanted_s
        pause = self._voice.pause(max(self._window_s, wanted_s - CUT_WITHIN_S), latest_s)
        if pause is not None and pause[1] - pause[0] >= 0.09:
            self._window_s = max(self._window_s, (pause[0] + pause[1]) / 2)
            return
        borders = [w.end_s - self.start_s for w in self.words.confirmed if w.end_s - self.start_s <= latest_s]
        border_s = min(borders, key=lambda s: abs(s - wanted_s)) if borders else latest_s
        self._window_s = max(self._window_s, border_s)

    def _look(self, end_s: float, beam: int, pad_s: float = PAD_S) -> Look | None:
        begin = int((self._window_s - self._base_s) * RATE_HZ)
        end = int((end_s - self._base_s) * RATE_HZ)
        look = self._looker.look(self._sound[begin:end], self.start_s + self._window_s, beam=beam, pad_s=pad_s)
        return None if look.silent else replace(look, words=self._voice.heard(look.words, self.start_s))
