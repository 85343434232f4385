"""Hears what is said over the interviewer's voice: its level, its words, and whether it takes the turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.domain import hearing as hr
from simulator.domain.words import Word
from simulator.listening.activity import FRAME_S, Frame
from simulator.listening.interjection import QUIET_S, Interjection, Overheard, Verdict
from simulator.listening.levels import dbfs
from simulator.listening.recognizer import RATE_HZ, Recognizer, Result

OVERHEARD = "overheard"
"""What the recognizer calls what is said over the interviewer's voice, before it is known whether it is meant."""

PREROLL_S = 0.3
"""Sound from before it that the recognizer is given: what is left of the interviewer's voice is not to be heard."""

FRAME_BLOCKS = 3
"""Blocks of 10 ms whose level stands for a frame of 32 ms."""

SETTLED_S, AUDIBLE_DBFS = 3.0, -50.0
"""So much of the interviewer's speech, audible in the microphone, and the canceller has found the echo's way (it took
less than 2 s in simulated rooms). Before that nobody can interrupt: up to 0.2 s of an echo pass for a voice."""

HUM_HZ = 900.0
HUM_SHARE = 0.03
"""A nasal murmur has its energy under 0.5 kHz; every spoken sentence has vowels with formants above."""

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """What the recognizer makes of the candidate's open turn, where there is one.

    Attributes:
        fed_s: sound that it has been fed, seconds.
        words: the turn's words so far.
    """

    fed_s: float
    words: Sequence[Word]


@dataclass(slots=True)
class _Aside:
    """What the recognizer is doing about an interjection."""

    feeding: bool = False
    fed_s: float = 0.0
    paused_at_fed_s: float | None = None
    words: list[Word] = field(default_factory=list)
    partial: tuple[Word, ...] = ()


class Overhearing:
    """Attends to one utterance of the interviewer's after the other. Lives on the listening thread.

    Args:
        recognizer: finds the words; in an open turn it is fed by the listener, else from here.
        since: gives the sound (after the canceller) from a time to now.
        cancels: whether an echo canceller is at work.
    """

    def __init__(self, recognizer: Recognizer, since: Callable[[float], Samples], cancels: bool) -> None:
        self._recognizer = recognizer
        self._since = since
        self._cancels = cancels
        self._interjection = Interjection(self._hums)
        self._aside = _Aside()
        self._levels: deque[tuple[float, float]] = deque(maxlen=FRAME_BLOCKS)
        self._echo_s = 0.0

    def utterance(self) -> bool:
        """Note that an utterance of the interviewer's begins or is over; tells whether one was held until now."""
        held = self._interjection.held
        self._interjection = Interjection(self._hums)
        self._stop()
        return held

    def feed(self, clean: Samples, raw: Samples) -> None:
        """Take a block, after and before the canceller."""
        self._levels.append((float(np.mean(clean**2)), float(np.mean(raw**2))))
        if self._aside.feeding:
            self._recognizer.feed(clean)
            self._aside.fed_s += len(clean) / RATE_HZ

    def attend(self, frame: Frame, turn: OpenTurn | None) -> hr.Interjection | hr.InterjectionOver | hr.BargeIn | None:
        """Take a frame of voice activity, and tell what it amounts to, if anything.

        Args:
            frame: of the sound after the canceller.
            turn: the candidate's turn, if the interviewer speaks within one.
        """
        kept, whole = (sum(powers) / len(self._levels) for powers in zip(*self._levels, strict=True))
        level_dbfs = dbfs(kept**0.5)
        kept_db = level_dbfs - dbfs(whole**0.5) if self._cancels else None
        if dbfs(whole**0.5) > AUDIBLE_DBFS:
            self._echo_s += FRAME_S
        if self._cancels and self._echo_s < SETTLED_S:
            return None
        interjection = self._interjection
        if interjection.started_s is not None:
            self._tell_words(interjection, frame.end_s, turn)
        verdict = interjection.hear(Overheard(frame, level_dbfs, kept_db))
        at_s = interjection.started_s
        if verdict is None or at_s is None:
            return None
        match verdict:
            case Verdict.HOLD:
                self._begin(frame.end_s, at_s, turn)
                return hr.Interjection(at_s)
            case Verdict.GO_ON:
                self._stop()
                return hr.InterjectionOver(frame.end_s)
            case Verdict.MEANT:
                self._stop()
                return hr.BargeIn(at_s)

    def take(self, result: Result) -> None:
        """Take what the recognizer makes of an interjection."""
        match result:
            case hr.Confirmed():
                self._aside.words.extend(result.words)
                self._aside.partial = ()
            case hr.Partial():
                self._aside.partial = result.words
            case _:
                pass  # a second look at it is of no use to anybody

    def _hums(self, since_s: float) -> bool:
        return is_hum(self._since(since_s))

    def _begin(self, now_s: float, at_s: float, turn: OpenTurn | None) -> None:
        self._stop()
        self._aside = _Aside()
        if turn is None:
            sound = self._since(at_s - PREROLL_S)
            self._aside.feeding = True
            self._aside.fed_s = len(sound) / RATE_HZ
            self._recognizer.begin(OVERHEARD, now_s - self._aside.fed_s)
            self._recognizer.feed(sound)

    def _stop(self) -> None:
        if self._aside.feeding:
            self._aside.feeding = False
            self._recognizer.finish()

    def _tell_words(self, interjection: Interjection, now_s: float, turn: OpenTurn | None) -> None:
        """Give the words so far to whoever decides on them; have them looked at with care once it is over."""
        aside = self._aside
        said, fed_s = [*aside.words, *aside.partial], aside.fed_s
        if turn is not None and interjection.started_s is not None:
            fed_s = turn.fed_s
            said = [word for word in turn.words if word.start_s >= interjection.started_s - PREROLL_S]
        if interjection.silence_s(now_s) < QUIET_S:
            aside.paused_at_fed_s = None
        elif interjection.held and aside.paused_at_fed_s is None:
            aside.paused_at_fed_s = fed_s
            self._recognizer.pause()
        paused_at_s = aside.paused_at_fed_s
        looked = paused_at_s is not None and fed_s - self._recognizer.backlog_s > paused_at_s + 0.005
        interjection.words(said, current=looked)


def is_hum(samples: Samples) -> bool:
    """Tell whether a stretch of voice is only a hum ("mhm"): nothing above the nasal murmur."""
    if len(samples) == 0:
        return False
    power = np.abs(np.fft.rfft(samples)) ** 2
    above = power[round(HUM_HZ * len(samples) / RATE_HZ) :].sum()
    return bool(above < HUM_SHARE * power.sum())
