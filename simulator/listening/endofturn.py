"""When the candidate's turn is over: sound, words, story and this speaker's own pauses, fed by time. Pure.

The worst fault is to cut in on somebody who is thinking, so the silence that is waited for grows steeply as the
end becomes less likely: half a second where everything says "finished", several seconds where something does not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.domain.hearing import TurnHints
from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import Word
from simulator.listening.phrases import asks_for_time, finished_p, says_done

SHORTEST_S = 0.48
"""The least silence that ends a turn. The interviewer's first sound is wanted 0.8 s after the last word (p50);
the last words' confirmation and the next move take the rest."""

SAID_DONE_S = 0.6
"""Silence after "that's it": enough to hear whether the sentence goes on."""

UNSURE_S = 4.5
"""Silence that is waited for when it may or may not be the end: thinking pauses of up to 4 s are common."""

UNFINISHED_S = 14.0
"""Silence that ends an answer whose last clause is unfinished (twice the invitation's 7 s)."""

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
    """

    def __init__(self, at_s: float, hints: TurnHints) -> None:
        self.hints = hints
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

    def end_p(self) -> float:
        """Give how likely the turn is over at this pause, 0 to 1, from the sound, the words and the story."""
        sound = 0.5 if self._score is None else min(0.98, max(0.02, self._score))
        words = min(0.95, max(0.02, finished_p(self._words)))
        return 1 / (1 + math.exp(-(0.8 * _logit(sound) + 1.3 * _logit(words) + self._story())))

    def _story(self) -> float:
        """Give the story's say as log odds: how far the answer has got."""
        if not self.hints.initial:
            # A reply is over when its point is made: a few sentences.
            return -0.6 + min(1.2, self.speech_s / 12.0) + 1.5 * self.hints.complete
        low_s, high_s = self.hints.band_s
        length = min(1.5, self.speech_s / low_s) if low_s > 0 else 1.0
        late = 1.0 if high_s > 0 and self.speech_s > high_s else 0.0
        return -2.2 + 1.6 * length + late + 2.0 * self.hints.complete

    def wait_s(self) -> float:
        """Give the silence that ends the turn as things stand, seconds."""
        if not self._spoke:
            return NOTHING_SAID_S
        if self._words and says_done(self._words):
            return SAID_DONE_S
        if self._words and asks_for_time(self._words):
            return PATIENCE_S
        if self._words and finished_p(self._words) < 0.2:
            return UNFINISHED_S
        p = self.end_p()
        if p >= SURE_P:
            return SHORTEST_S
        if p >= LIKELY_P:
            share = (SURE_P - p) / (SURE_P - LIKELY_P)
            wait_s = SHORTEST_S + share * (UNSURE_S - SHORTEST_S)
        else:
            share = (LIKELY_P - p) / LIKELY_P
            wait_s = UNSURE_S + share * (UNFINISHED_S - UNSURE_S)
        return max(wait_s, min(2.0 * self._own_pause_s(), UNSURE_S))

    def _own_pause_s(self) -> float:
        """Give this speaker's long inner pause: the longer of the session's typical one and this answer's."""
        own = sorted(self._pauses)
        return max(self.hints.typical_pause_s, own[int(0.8 * len(own))] if own else 0.0)

    def decide(self, now_s: float) -> Decision:
        """Give what to do at `now_s`."""
        silence_s = self.silence_s(now_s)
        wait_s = self.wait_s()
        if self.speaking or silence_s == 0.0:
            return Wait(wait_s)
        if not self._current and silence_s < LATE_WORDS_S:
            return Wait(wait_s)
        if silence_s >= min(wait_s, HARD_LIMIT_S if self._spoke else NOTHING_SAID_S):
            said_done = bool(self._words) and says_done(self._words)
            return End(AnswerEnd.SAID_DONE if said_done else AnswerEnd.END_OF_TURN)
        if not self._invited and silence_s >= (INVITE_S if self._spoke else INVITE_SILENT_S) and wait_s < PATIENCE_S:
            self._invited = True
            return Invite()
        if not self._invited and not self._spoke and silence_s >= INVITE_SILENT_S:
            self._invited = True
            return Invite()
        return Wait(wait_s)


SURE_P = 0.9
"""From this probability on the shortest silence is enough."""

LIKELY_P = 0.5
"""Under this probability the answer counts as unfinished."""


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
