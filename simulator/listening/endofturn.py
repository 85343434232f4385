"""When the candidate's turn is over: sound, words, story and this speaker's own pauses, fed by time. Pure.

At a pause the detector has a probability that the answer is over, and knows how long thinking pauses last. It waits
until the risk that the candidate would still go on has fallen to what is allowed: half a second where everything says
"finished", four seconds where it may be a pause between two thoughts, longer where the clause is open.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.domain.hearing import TurnHints
from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import Word
from simulator.listening.closing import ClosingModel
from simulator.listening.phrases import asks_for_time, finished_p, only_admits, plain, says_done

SHORTEST_S = 0.48
"""The least silence that ends a turn. The interviewer's first sound is wanted 0.8 s after the last word (p50);
the last words' confirmation and the next move take the rest."""

PAUSES_S = (0.5, 0.6, 1.0, 1.5, 2.0, 3.0, 4.0)
LONGER = (1.0, 0.95, 0.73, 0.52, 0.37, 0.15, 0.01)
"""Share of mid-answer pauses of half a second and over that last longer than so many seconds. Free speech is shorter
(143, 48, 25 and 13 pauses over 0.5, 1.0, 1.5, 2.0 s in 17 minutes); people who think in an interview take up to 4."""

RISK_INITIAL = 0.02
"""Share of the pauses in an initial answer on which the turn may be ended wrongly: the measured goal."""

RISK_REPLY = 0.08
"""The same for replies, which are short and asked back about anyway; waiting long after each would weigh more."""

UNSURE_S = 4.2
"""The longest wait after a finished clause: thinking pauses of up to 4 s are common."""

OPEN_S = 8.0
"""Silence that ends an answer that sounds unfinished, though its words could be an end."""

UNFINISHED_S = 14.0
"""Silence that ends an answer whose last clause is unfinished (twice the invitation's 7 s)."""

OPEN_P = 0.2
"""Words less finished than this leave the clause open."""

SAID_DONE_S = 0.6
"""Silence after "that's it": enough to hear whether the sentence goes on."""

INVITE_S = 7.0
"""Silence in an unfinished answer after which the interviewer invites to go on, once."""

INVITE_SILENT_S = 15.0
"""The same where nothing has been said yet: a good example takes time to find."""

PATIENCE_S = 25.0
"""Silence that "let me think" buys."""

HARD_LIMIT_S = 30.0
"""Silence that ends any answer in which something was said, whatever it sounded like."""

LATE_WORDS_S = 3.0
"""Silence after which words that are still missing are no longer waited for."""

NOTHING_SAID_S = 90.0
"""Silence that ends a turn in which nothing was said at all."""

LONG_PAUSE_S = 1.5
"""A speaker whose own long pauses (80th percentile) are longer than this is given proportionally more time."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet; `until_s` of silence are waited for as things stand."""

    until_s: float


@dataclass(frozen=True, slots=True)
class Invite:
    """Silent for long in an unfinished answer: the interviewer should invite to go on (given once)."""


@dataclass(frozen=True, slots=True)
class End:
    """The turn is over."""

    reason: AnswerEnd


Decision = Wait | Invite | End
"""What the detector says of a moment."""


class EndOfTurn:
    """Decides when a turn is over. All times are seconds on one clock, given by the caller.

    Args:
        at_s: when the turn began.
        hints: what the story says so far.
        closing: the word model of an answer's last sentence.
    """

    def __init__(self, at_s: float, hints: TurnHints, closing: ClosingModel) -> None:
        self.hints = hints
        self._closing = closing
        self.speech_s = 0.0
        self._quiet_from_s = at_s
        self._voice_since_s: float | None = None
        self._spoke = False
        self._score: float | None = None
        self._words: Sequence[Word] = ()
        self._current = True
        self._pauses: list[float] = []
        self._invited = False

    @property
    def speaking(self) -> bool:
        """Whether there is voice at the moment."""
        return self._voice_since_s is not None

    @property
    def spoke(self) -> bool:
        """Whether there was voice in this turn."""
        return self._spoke

    def silence_s(self, now_s: float) -> float:
        """Give how long it has been silent; 0 while there is voice."""
        return 0.0 if self.speaking else max(0.0, now_s - self._quiet_from_s)

    def hint(self, hints: TurnHints) -> None:
        """Take what has become of the story."""
        self.hints = hints

    def voice_started(self, at_s: float) -> None:
        """The candidate speaks from `at_s` on."""
        if self._spoke and not self.speaking:
            self._pauses.append(max(0.0, at_s - self._quiet_from_s))
        self._voice_since_s = at_s
        self._spoke = True
        self._score = None

    def voice_stopped(self, at_s: float) -> None:
        """The candidate's voice ended at `at_s`."""
        if self._voice_since_s is not None:
            self.speech_s += max(0.0, at_s - self._voice_since_s)
        self._voice_since_s = None
        self._quiet_from_s = max(self._quiet_from_s, at_s)

    def disregard_until(self, at_s: float) -> None:
        """Count silence from `at_s` on only: the interviewer spoke until then."""
        self._quiet_from_s = max(self._quiet_from_s, at_s)

    def score(self, probability: float) -> None:
        """Take the end-of-turn score of the sound up to this pause, 0 to 1."""
        self._score = probability

    def words(self, words: Sequence[Word], *, current: bool = True) -> None:
        """Take all words of the turn so far, confirmed and partial.

        Args:
            words: in order.
            current: whether the recognizer has looked at everything that was said; if not, the last words may
                still be missing.
        """
        self._words = words
        self._current = current

    def clause_p(self) -> float:
        """Give how likely the last clause is finished, 0 to 1, from its sound and its words."""
        sound = 0.0 if self._score is None else 0.6 * _logit(min(0.98, max(0.02, self._score)))
        words = _logit(min(0.95, max(0.02, finished_p(self._words)))) if self._words else 0.0
        return _sigmoid(1.2 + sound + words)

    def end_p(self) -> float:
        """Give how likely the turn is over at this pause, 0 to 1: a finished clause that sounds like the last."""
        hints = self.hints
        odds = 0.8 * self._closing.log_odds(plain(self._words[-60:]), len(self._words), hints.initial)
        if self._score is not None:
            # Free speech falls at the end of a turn more than at the end of a sentence.
            odds += 0.5 * (_logit(min(0.98, max(0.02, self._score))) - 1.0)
        if hints.initial:
            low_s, high_s = hints.band_s
            odds += 0.7 * (self.speech_s >= low_s) + 0.8 * (self.speech_s >= high_s)
            odds += 2.0 * (hints.complete - 0.5)
        elif only_admits(self._words):
            odds += 3.0
        else:
            odds += 0.7
        return _sigmoid(odds) * self.clause_p()

    def wait_s(self) -> float:
        """Give the silence that ends the turn as things stand, seconds."""
        if not self._spoke:
            return NOTHING_SAID_S
        if self._words:
            if says_done(self._words):
                return SAID_DONE_S
            if asks_for_time(self._words):
                return PATIENCE_S
            if finished_p(self._words) < OPEN_P:
                return UNFINISHED_S
        clause = self.clause_p()
        if clause < 0.5:
            return OPEN_S - (OPEN_S - UNSURE_S) * clause / 0.5
        risk = RISK_INITIAL if self.hints.initial else RISK_REPLY
        wait_s = _pause_s(risk / max(1e-6, 1.0 - self.end_p()))
        return min(UNSURE_S, max(SHORTEST_S, wait_s * max(1.0, self._own_pause_s() / LONG_PAUSE_S)))

    def _own_pause_s(self) -> float:
        """Give this speaker's long inner pause: the longer of the session's typical one and this answer's."""
        own = sorted(self._pauses)
        return max(self.hints.typical_pause_s, own[int(0.8 * len(own))] if own else 0.0)

    def decide(self, now_s: float) -> Decision:
        """Give what to do at `now_s`."""
        wait_s = self.wait_s()
        silence_s = self.silence_s(now_s)
        if self.speaking or silence_s == 0.0:
            return Wait(wait_s)
        if not self._current and silence_s < LATE_WORDS_S:
            return Wait(wait_s)
        if silence_s >= (min(wait_s, HARD_LIMIT_S) if self._spoke else NOTHING_SAID_S):
            done = bool(self._words) and says_done(self._words)
            return End(AnswerEnd.SAID_DONE if done else AnswerEnd.END_OF_TURN)
        asked_for_time = bool(self._words) and asks_for_time(self._words)
        invite_s = INVITE_S if self._spoke else INVITE_SILENT_S
        if not self._invited and not asked_for_time and silence_s >= invite_s:
            self._invited = True
            return Invite()
        return Wait(wait_s)


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def _pause_s(longer: float) -> float:
    """Give the length that only so large a share of pauses goes beyond (log-linear between the known ones)."""
    if longer >= LONGER[0]:
        return SHORTEST_S
    if longer <= LONGER[-1]:
        return PAUSES_S[-1]
    right = bisect_left([-share for share in LONGER], -longer)
    high, low = math.log(LONGER[right - 1]), math.log(LONGER[right])
    share = (high - math.log(longer)) / (high - low)
    return PAUSES_S[right - 1] + share * (PAUSES_S[right] - PAUSES_S[right - 1])
