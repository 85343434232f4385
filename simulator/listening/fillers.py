"""Filled pauses in the sound itself: Whisper writes no "um" and "uh", but its encoder hears them.

A linear probe on the encoder's output tells filled pauses from the rest, position by position (20 ms). It was
trained by `scripts/train_fillers.py` on synthetic voices with fillers put in at known times; recordings of people
were used for testing only. A probe fits one model: with another Whisper there is no search.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.domain.words import Filler, Word
from simulator.listening.recognizer_look import RATE_HZ, Sound
from simulator.listening.recognizer_model import TICK_S, Whisper
from simulator.listening.recognizer_voice import VoiceTrack

SURE = 0.75
"""Probability that a filler must reach. With it, 12 of the 15 fillers on three recordings of people are found and
one cough besides (precision 0.92, recall 0.80), and on held-out synthetic voices precision 0.98 at recall 0.92."""

EDGE = 0.45
"""Down to this probability a filler goes on (0.6 of `SURE`)."""

SHORTEST_S = 0.12
"""Filled pauses last 0.15 s and more; the probe's smoothing takes a little off."""

GAP_TICKS = 2
"""A dip under `EDGE` of up to two positions is no end."""

SMOOTHING_TICKS = 2
"""The encoder's output is averaged over two positions on either side, as in the training."""

WINDOW_S = 12.0
"""Sound that is searched at once: the length that the probe was trained on (9 to 16 s)."""

OVERLAP_S = 1.0
"""Windows overlap by more than a filler's length, so that none is cut in two."""

WEIGHTS = Path(__file__).parent / "weights" / "fillers.json"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Probe:
    """A linear probe of the encoder's output.

    Attributes:
        weights: one for each of the encoder's dimensions.
        bias: added.
    """

    weights: Floats
    bias: float

    def probability(self, hidden: Floats) -> Floats:
        """Give a probability for each row of the encoder's output."""
        probability: Floats = (1.0 / (1.0 + np.exp(-(hidden @ self.weights + self.bias)))).astype(np.float32)
        return probability


class FillerFinder:
    """Finds filled pauses.

    Args:
        whisper: the model.
        name: its name; see `fits`.
    """

    def __init__(self, whisper: Whisper) -> None:
        self._whisper = whisper
        kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
        self._filler, self._um = (
            Probe(np.asarray(kept[key]["weights"], np.float32), float(kept[key]["bias"])) for key in ("filler", "um")
        )

    @staticmethod
    def fits(name: str) -> bool:
        """Tell whether there is a probe for the model of this name."""
        return bool(json.loads(WEIGHTS.read_text(encoding="utf-8"))["model"] == name)

    def search(self, samples: Sound, voice: Sequence[float], start_s: float = 0.0) -> Iterator[tuple[Filler, ...]]:
        """Search sound window by window.

        Args:
            samples: float32, mono, 16 kHz.
            voice: probability of voice for each 32 ms of it.
            start_s: when it begins on the caller's clock.

        Yields:
            the fillers of a window, none of them twice.
        """
        track = VoiceTrack.of(voice)
        total_s = len(samples) / RATE_HZ
        begin_s, last_s = 0.0, -1.0
        while begin_s < total_s:
            first_s = track.first_s(begin_s)
            if first_s is None:
                return
            begin_s = max(begin_s, first_s - OVERLAP_S)
            window = samples[int(begin_s * RATE_HZ) : int((begin_s + WINDOW_S) * RATE_HZ)]
            found = []
            for filler in self._in_window(window):
                begin, end = start_s + begin_s + filler.start_s, start_s + begin_s + filler.end_s
                if begin < last_s:
                    continue
                last_s = end
                found.append(Filler(filler.text, round(begin, 3), round(end, 3), filler.probability))
            yield tuple(found)
            begin_s += WINDOW_S - OVERLAP_S

    def _in_window(self, window: Sound) -> list[Filler]:
        if len(window) < int(0.2 * RATE_HZ):
            return []
        hidden = smoothed(self._whisper.hidden(window), SMOOTHING_TICKS)
        probability = smoothed(self._filler.probability(hidden)[:, None], SMOOTHING_TICKS)[:, 0]
        found = []
        for begin, end in runs(probability):
            sure = float(np.sort(probability[begin:end])[-max(1, (end - begin) // 2) :].mean())
            um = float(self._um.probability(hidden[(begin + end) // 2 : end].mean(axis=0, keepdims=True))[0])
            found.append(Filler("um" if um >= 0.5 else "uh", begin * TICK_S, end * TICK_S, round(sure, 3)))
        return found


def smoothed(rows: Floats, ticks: int) -> Floats:
    """Give the mean of each row and `ticks` rows on either side, as far as there are any."""
    sums = np.vstack([np.zeros((1, rows.shape[1]), np.float64), np.cumsum(rows, axis=0, dtype=np.float64)])
    at = np.arange(len(rows))
    low, high = np.maximum(0, at - ticks), np.minimum(len(rows), at + ticks + 1)
    means: Floats = ((sums[high] - sums[low]) / (high - low)[:, None]).astype(np.float32)
    return means


def runs(probability: Floats) -> list[tuple[int, int]]:
    """Give the stretches over `EDGE` that reach `SURE` and last long enough, (first, last + 1)."""
    found: list[tuple[int, int]] = []
    over = np.flatnonzero(probability >= EDGE)
    if not len(over):
        return found
    for part in np.split(over, np.flatnonzero(np.diff(over) > GAP_TICKS + 1) + 1):
        begin, end = int(part[0]), int(part[-1]) + 1
        if float(probability[begin:end].max()) >= SURE and (end - begin) * TICK_S >= SHORTEST_S:
            found.append((begin, end))
    return found


def without_fillers(words: Sequence[Word], fillers: Sequence[Filler]) -> tuple[Word, ...]:
    """Give words with times that leave out the fillers: an alignment counts them to the words beside them."""
    kept = []
    for word in words:
        start_s, end_s = word.start_s, word.end_s
        for filler in fillers:
            if filler.end_s <= start_s or filler.start_s >= end_s:
                continue
            before_s, after_s = filler.start_s - start_s, end_s - filler.end_s
            if after_s >= before_s and after_s > 0.05:
                start_s = filler.end_s
            elif before_s > 0.05:
                end_s = filler.start_s
        kept.append(Word(word.text, round(start_s, 3), round(end_s, 3), word.probability))
    return tuple(kept)
