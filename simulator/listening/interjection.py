"""Whether the candidate, heard while the interviewer speaks, means to take the turn; fed with time. Pure.

Sound that is not the interviewer's echo makes the interviewer hold at once; what follows says whether it was meant.
So nobody is talked over for as long as it takes to tell "okay" from a word that means it, and a cough costs a short
pause instead of the question.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulator.domain.words import Word
from simulator.listening.activity import FRAME_S, START_P, STOP_P, Frame
from simulator.listening.phrases import is_backchannel, plain

LEVEL_DBFS, LOUD_DBFS = -45.0, -40.0
"""What the canceller leaves of a frame is voice only above the first level, and surely somebody's above the second:
of 139 s of the interviewer's speech in three simulated rooms, 99 % of the frames were left at less than -50 dBFS."""

KEPT_DB, MOSTLY_KEPT_DB = -15.0, -12.0
"""How much of a frame the canceller leaves: less than -25 dB of an echo (99 % of the frames), -5 dB of the candidate's
voice at the median, though talking at the same time hides much of it from Silero."""

LIKELY_P, POSSIBLE_P, SEEN_P, HINTED_P = 0.4, 0.3, 0.1, 0.08
"""Silero's probability of voice in such frames; its usual 0.5 finds half of the beginnings 0.1 s later."""

HUM_LIMIT_S = 0.5
"""A beginning that is only a hum ("mhm") holds nothing up until it is longer than that."""

MEANT_S = 1.2
"""Voice that is meant whatever its words: "yeah, okay, I see" is over by then."""

TOLD_S, HALF_TOLD_S = 0.35, 0.9
"""Voice from which the words may tell: what a recognizer makes of less is a guess. Until it has looked at everything
with care, its guess at a short one ("Eyes, eyes" for "I see") is not to be trusted either."""

QUIET_S = 0.25
"""Silence after which a short interjection is over."""

WORDS_LIMIT_S = 0.8
"""Silence after which its words are no longer waited for; a look takes about 0.3 s."""

GRACE_S = 0.4
"""After the interviewer goes on nothing counts for so long: 0.1 s of the echo passes a canceller that has just heard
somebody else."""

_INVENTED = re.compile(r"(?:thank you|thanks|you|bye|thank you for watching|thanks for watching)[.! ]*")
"""What Whisper makes of a cough or a hum."""


@dataclass(frozen=True, slots=True)
class Overheard:
    """A frame of what is heard while the interviewer speaks.

    Attributes:
        frame: its end, and Silero's probability of voice after the canceller.
        level_dbfs: its level after the canceller.
        kept_db: that level against the one before the canceller; None where there is no canceller.
    """

    frame: Frame
    level_dbfs: float
    kept_db: float | None


class Verdict(StrEnum):
    """What is to be done."""

    HOLD = "hold"
    """Somebody speaks: the interviewer waits."""
    MEANT = "meant"
    """The candidate takes the turn."""
    GO_ON = "go_on"
    """It was nothing, or "mhm": the interviewer goes on."""


class Interjection:
    """Follows what is heard over one utterance of the interviewer's. All times are seconds on the caller's clock.

    Args:
        hum: tells whether all that was heard since a time is a hum.
    """

    def __init__(self, hum: Callable[[float], bool]) -> None:
        self._hum = hum
        self._recent: deque[Overheard] = deque(maxlen=4)
        self._humming_since_s: float | None = None
        self._last_voice_s = 0.0
        self._words: Sequence[Word] = ()
        self._looked = False
        self._meant = False
        self._went_on_s = -GRACE_S
        self.started_s: float | None = None
        """When the newest interjection began; None while there was none."""
        self.held = False
        """Whether the interviewer waits for its end."""

    @property
    def voice_s(self) -> float:
        """From the first to the last voice of the newest interjection, seconds."""
        return 0.0 if self.started_s is None else self._last_voice_s - self.started_s

    def silence_s(self, now_s: float) -> float:
        """Give how long it has been silent since, seconds."""
        return now_s - self._last_voice_s

    def words(self, words: Sequence[Word], *, current: bool) -> None:
        """Take what the recognizer has made of the interjection so far.

        Args:
            words: in order.
            current: whether it has looked at everything that was said.
        """
        self._words = words
        self._looked = current

    def hear(self, heard: Overheard) -> Verdict | None:
        """Take a frame, and tell what is to be done with it, if anything."""
        self._recent.append(heard)
        if self._meant:
            return None
        now_s = heard.frame.end_s
        if self.held:
            if heard.frame.probability >= STOP_P:
                self._last_voice_s = now_s
            return self._judge(now_s)
        began_s = _beginning(tuple(self._recent)) if now_s - self._went_on_s > GRACE_S else None
        if began_s is not None and not self._only_hums(began_s, now_s):
            self.started_s, self._last_voice_s = began_s, now_s
            self._words, self._looked = (), False
            self.held = True
            return Verdict.HOLD
        # The words of an interjection may come after the interviewer went on.
        return self._take_turn() if self._tells() else None

    def _only_hums(self, began_s: float, now_s: float) -> bool:
        since_s = self._humming_since_s
        if since_s is None or now_s - since_s > 2 * HUM_LIMIT_S:
            since_s = began_s
        self._humming_since_s = since_s
        return now_s - since_s < HUM_LIMIT_S and self._hum(since_s)

    def _judge(self, now_s: float) -> Verdict | None:
        if self._tells() or (self.voice_s >= MEANT_S and self.started_s is not None and not self._hum(self.started_s)):
            return self._take_turn()
        wait_s = QUIET_S if self._looked or self.voice_s < TOLD_S else WORDS_LIMIT_S
        if self.silence_s(now_s) >= wait_s:
            self.held = False
            self._went_on_s = now_s
            self._humming_since_s = None
            self._recent.clear()
            return Verdict.GO_ON
        return None

    def _take_turn(self) -> Verdict:
        self._meant = True
        self.held = False
        return Verdict.MEANT

    def _tells(self) -> bool:
        """Tell whether the words claim the turn."""
        if not self._words or self.voice_s < (TOLD_S if self._looked else HALF_TOLD_S) or is_backchannel(self._words):
            return False
        return _INVENTED.fullmatch(plain(self._words)) is None


def _beginning(recent: Sequence[Overheard]) -> float | None:
    """Give when voice that is nobody's echo began, if it did in the last four frames."""
    near = [_is_near(heard) for heard in recent]
    sure = [_is_surely_near(heard) for heard in recent]
    if sum(near) >= 3 or sum(sure[-2:]) == 2:
        first = near.index(True) if True in near else len(near) - 2
        return recent[first].frame.end_s - FRAME_S
    return None


def _is_near(heard: Overheard) -> bool:
    p = heard.frame.probability
    if heard.kept_db is None:
        return p >= POSSIBLE_P and heard.level_dbfs > LEVEL_DBFS
    return p >= POSSIBLE_P or (p >= HINTED_P and heard.kept_db > KEPT_DB and heard.level_dbfs > LEVEL_DBFS)


def _is_surely_near(heard: Overheard) -> bool:
    p = heard.frame.probability
    if heard.kept_db is None:
        return p >= START_P
    if p >= LIKELY_P and heard.level_dbfs > LEVEL_DBFS:
        return True
    return p >= SEEN_P and heard.kept_db > MOSTLY_KEPT_DB and heard.level_dbfs > LOUD_DBFS
