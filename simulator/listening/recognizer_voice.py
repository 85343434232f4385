"""Where the voice is in the sound of an answer: the recognizer's own guard against silence, and its places to cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simulator.domain.words import Word
from simulator.listening.activity import FRAME_S, RATE_HZ, VoiceDetector

VOICE_P = 0.5
"""A frame is voice at this probability (Silero's own default)."""

SOFT_P = 0.3
"""Voice may have begun, or may go on, at this probability."""


NEAR_S = 0.15
"""How near to a word there must be voice, or it is taken as invented."""

GAP_FRAMES = 6
"""A stretch without voice that is longer than this (0.2 s) is no part of a word; closures are shorter."""


class VoiceTrack:
    """The probability of voice for every 32 ms frame of a stretch of sound; times are seconds since its beginning.

    The sound may come in pieces of any length: the track is the same.
    """

    def __init__(self) -> None:
        self.clear()

    @classmethod
    def of(cls, probabilities: Sequence[float]) -> VoiceTrack:
        """Give the track of sound whose probabilities are known."""
        track = cls()
        for probability in probabilities:
            track._take(probability)
        return track

    def clear(self) -> None:
        """Forget the sound; the next sample is at 0 s."""
        self._detector = VoiceDetector()
        self._samples = 0
        self._last_s: float | None = None
        self.probabilities: list[float] = []
        self._voiced = [0]

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take more sound (float32, mono, 16 kHz)."""
        self._samples += len(samples)
        for frame in self._detector.feed(samples, self._samples / RATE_HZ):
            self._take(frame.probability)

    def _take(self, probability: float) -> None:
        voiced = probability >= VOICE_P
        self.probabilities.append(probability)
        self._voiced.append(self._voiced[-1] + voiced)
        if voiced:
            self._last_s = len(self.probabilities) * FRAME_S

    @property
    def last_s(self) -> float | None:
        """End of the last voiced frame, or None if there was none."""
        return self._last_s

    def voiced_s(self, start_s: float, end_s: float) -> float:
        """Give how much of a stretch is voice, seconds."""
        frames = len(self.probabilities)
        first = min(frames, int(max(0.0, start_s) / FRAME_S))
        last = min(frames, math.ceil(max(0.0, end_s) / FRAME_S))
        return FRAME_S * max(0, self._voiced[last] - self._voiced[first])

    def first_s(self, since_s: float) -> float | None:
        """Give the start of the first frame from `since_s` on that may be voice, or None if there is none."""
        for index in range(int(since_s / FRAME_S), len(self.probabilities)):
            if self.probabilities[index] >= SOFT_P:
                return index * FRAME_S
        return None

    def pause(self, from_s: float, to_s: float) -> tuple[float, float] | None:
        """Give the longest stretch without voice inside a range, or None if all of it is voice."""
        first = max(0, int(from_s / FRAME_S))
        best: tuple[int, int] | None = None
        run = 0
        for index in range(first, min(int(to_s / FRAME_S), len(self.probabilities))):
            run = 0 if self.probabilities[index] >= SOFT_P else run + 1
            if run and (best is None or run > best[1] - best[0]):
                best = (index + 1 - run, index + 1)
        return None if best is None else (best[0] * FRAME_S, best[1] * FRAME_S)

    def snapped(self, start_s: float, end_s: float) -> tuple[float, float]:
        """Give a word's times without the silence that an alignment has counted to it.

        Cross-attention spreads words over the pauses around them; the longest stretch of voice inside is kept.
        A word with no voice in it is given as it is.
        """
        first, last = int(start_s / FRAME_S), min(int(np.ceil(end_s / FRAME_S)), len(self.probabilities))
        best: tuple[int, int] | None = None
        begin: int | None = None
        gap = 0
        for index in range(first, last + 1):
            voiced = index < last and self.probabilities[index] >= SOFT_P
            if voiced:
                begin = index if begin is None else begin
                gap = 0
                continue
            gap += 1
            if begin is not None and (gap > GAP_FRAMES or index == last):
                run = (begin, index + 1 - gap)
                if best is None or run[1] - run[0] > best[1] - best[0]:
                    best = run
                begin = None
        if best is None:
            return start_s, end_s
        return max(start_s, best[0] * FRAME_S), min(end_s, best[1] * FRAME_S)

    def heard(self, words: Sequence[Word], start_s: float) -> tuple[Word, ...]:
        """Give the words that have voice where they should be, without the pauses around them.

        Args:
            words: on the caller's clock.
            start_s: when the track begins on the caller's clock.
        """
        kept = []
        for word in words:
            begin_s, end_s = word.start_s - start_s, word.end_s - start_s
            if self.voiced_s(begin_s - NEAR_S, end_s + NEAR_S) <= 0.0:
                continue
            begin_s, end_s = self.snapped(begin_s, end_s)
            kept.append(replace(word, start_s=round(start_s + begin_s, 3), end_s=round(start_s + end_s, 3)))
        return tuple(kept)
