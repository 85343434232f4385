"""How loud the input is: the meter's figures, and the advice before an interview."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FLOOR_DBFS = -120.0
"""What digital silence is shown as."""

CLIPPED = 0.999
"""A sample at or over this is at the end of the scale."""

TOO_LOW_DBFS = -45.0
"""Speech under this level (root mean square of its louder part) is too low: recognizers lose words in noise."""

TOO_LOUD_PEAK_DBFS = -1.0
"""Peaks over this leave no room; the next loud word clips."""

NOISY_DB = 12.0
"""Speech less than this above the noise floor is hard to tell from it (Silero and Whisper both degrade)."""


def dbfs(amplitude: float) -> float:
    """Give an amplitude (1 is full scale) in dBFS, at least -120."""
    return max(FLOOR_DBFS, 20 * math.log10(amplitude)) if amplitude > 0 else FLOOR_DBFS


@dataclass(frozen=True, slots=True)
class LevelReport:
    """What a short recording of the input says.

    Attributes:
        verdict: "good", "silent", "too_low", "too_loud", "clipping" or "noisy".
        speech_dbfs: level of the louder part (95th percentile of 50 ms), dBFS.
        noise_dbfs: level of the quieter part (10th percentile), dBFS.
        peak_dbfs: highest sample, dBFS.
        advice: what to do, a sentence; "" where all is good.
    """

    verdict: str
    speech_dbfs: float
    noise_dbfs: float
    peak_dbfs: float
    advice: str

    @property
    def good(self) -> bool:
        """Whether nothing need be done."""
        return self.verdict == "good"


def judge_level(samples: npt.NDArray[np.float32], rate_hz: int = 16_000) -> LevelReport:
    """Say whether the input is too loud, too low, clipping, silent or noisy, and what to do.

    Args:
        samples: a few seconds in which somebody speaks, float32 mono, -1 to 1.
        rate_hz: samples a second.
    """
    size = rate_hz // 20
    whole = len(samples) // size
    if whole == 0 or not np.any(samples):
        return LevelReport(
            "silent",
            FLOOR_DBFS,
            FLOOR_DBFS,
            FLOOR_DBFS,
            "No sound arrives: unmute the microphone, allow the terminal to use it, or choose another one.",
        )
    levels = np.sqrt(np.mean(samples[: whole * size].reshape(whole, size) ** 2, axis=1))
    speech = dbfs(float(np.percentile(levels, 95)))
    noise = dbfs(float(np.percentile(levels, 10)))
    peak = dbfs(float(np.abs(samples).max()))
    clipped = int(np.count_nonzero(np.abs(samples) >= CLIPPED))
    if clipped >= 10:
        verdict, advice = "clipping", "The input clips: turn the microphone's gain down or move away from it."
    elif peak > TOO_LOUD_PEAK_DBFS:
        verdict, advice = "too_loud", "The input is close to its limit: turn the microphone's gain down a little."
    elif speech < TOO_LOW_DBFS:
        verdict, advice = "too_low", "The input is low: turn the microphone's gain up or move closer to it."
    elif speech - noise < NOISY_DB and noise > TOO_LOW_DBFS:
        verdict, advice = "noisy", "The background is loud: find a quieter place or use a headset."
    else:
        verdict, advice = "good", ""
    return LevelReport(verdict, round(speech, 1), round(noise, 1), round(peak, 1), advice)
