"""When the candidate's turn is over: sound, words, story and this speaker's own pauses, fed by time. Pure.

At a pause the detector has the odds that the answer is over. Thinking pauses have all lengths from half a second to
four: their logarithm is about uniform, so the risk that one of them ends only later falls as one over the time that
has gone by. Weighing that risk against the candidate's waiting gives the rule: wait in proportion to the odds against
the end, half a second where everything says "finished", four where it may be a pause between two thoughts.
"""

from __future__ import annotations

import math
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

PATIENCE_S_PER_ODDS = 8.0
"""Seconds of waiting where the end is as likely as not. Smaller is quicker and cuts in more often; chosen for at most
2 % of cut-ins on pauses of 0.6 to 4 s (docs/turns.md has the curve)."""

UNSURE_S = 4.2
"""The longest wait after a finished clause: thinking pauses of up to 4 s are common."""

OPEN_S = 6.0
"""The longest wait after words that sound unfinished, though they could be an end (the recognizer's comma)."""

UNFINISHED_S = 14.0
"""Silence that ends an answer whose last clause is unfinished (twice the invitation's 7 s)."""

OPEN_P = 0.08
"""Words less finished than this (a conjunction, a filler) leave the clause open."""

SAID_DONE_S = 0.6
"""Silence after "that's it": enough to hear whether the sentence goes on."""

INVITE_S = 7.0
"""Silence in an unfinished answer after which the interviewer invites to go on, once."""

INVITE_SILENT_S = 15.0
"""The same where nothing has been said yet: a good example takes time to find."""

ASKED_FOR_S = 25.0
"""Silence that "let me think" buys."""

HARD_LIMIT_S = 30.0
"""Silence that ends any answer in which something was said, whatever it sounded like."""

LATE_WORDS_S = 3.0
"""Silence after which words that are still missing are no longer waited for."""

NOTHING_SAID_S = 90.0
"""Silence that ends a turn in which nothing was said at all."""

TELLING_WORDS, TELLING_REPLY_WORDS = 300, 80
"""Words beyond which an answer's or reply's length says nothing more: nine in ten are over by then, and who talks on
for longer may do so for any time."""

USUAL_PAUSES_S = (0.6, 1.0, 1.6, 2.5, 4.0)
"""Thinking pauses before a speaker's own are known; they count beside them."""

THINKING_S = 0.6
"""Shorter pauses belong to speaking: they say nothing of how long somebody thinks."""

TYPICAL_S = 0.5
"""The median of all inner pauses, short ones included, in free speech."""

USUAL_S, LEAST_SCALE, MOST_SCALE = 2.5, 0.5, 1.5
"""The 80th percentile of the usual pauses, and how much less or more than usual a speaker is waited for."""


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
        patience_s: seconds of waiting where the end is as likely as not.
    """

    def __init__(
        self, at_s: float, hints: TurnHints, closing: ClosingModel, *, patience_s: float = PATIENCE_S_PER_ODDS
    ) -> None:
        self.hints = hints
        self._closing = closing
        self._patience_s = patience_s
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

    def end_log_odds(self) -> float:
        """Give the log odds that the turn is over at this pause.

        The weights are a logistic regression's on the pauses of data/judge/dev (spoken by a synthetic voice), rounded.
        That of the sound is taken from people's speech instead, cautiously: a synthetic voice falls at every full stop.
        """
        hints = self.hints
        length = min(len(self._words), TELLING_WORDS if hints.initial else TELLING_REPLY_WORDS)
        odds = self._closing.log_odds(plain(self._words[-60:]), length, hints.initial)
        odds = 0.7 * odds - 0.6 if hints.initial else 0.55 * odds - 0.5
        finished = finished_p(self._words)
        if finished >= 0.6:
            odds += 0.9
        elif finished < 0.2:
            odds -= 1.2
        if self._score is not None:
            odds += (0.12 if hints.initial else 0.22) * _logit(min(0.98, max(0.02, self._score)))
        if hints.initial:
            low_s, high_s = hints.band_s
            odds += 0.5 * (self.speech_s >= low_s) + 0.3 * (self.speech_s >= high_s) + 0.7 * hints.complete
        elif only_admits(self._words):
            odds += 3.0
        return odds

    def wait_s(self) -> float:
        """Give the silence that ends the turn as things stand, seconds."""
        if not self._spoke:
            return NOTHING_SAID_S
        if self._words:
            if says_done(self._words):
                return SAID_DONE_S
            if asks_for_time(self._words):
                return ASKED_FOR_S
            if finished_p(self._words) < OPEN_P:
                return UNFINISHED_S
        wait_s = self._patience_s * math.exp(-self.end_log_odds()) * self._own_scale()
        longest_s = UNSURE_S if finished_p(self._words) >= 0.2 else OPEN_S
        return min(longest_s, max(SHORTEST_S, wait_s))

    def _own_scale(self) -> float:
        """Give how much longer than usual this speaker thinks, from the pauses of this answer and of those before."""
        usual = [pause * _within(self.hints.typical_pause_s / TYPICAL_S) for pause in USUAL_PAUSES_S]
        pauses = sorted([*(pause for pause in self._pauses if pause >= THINKING_S), *usual])
        return _within(pauses[int(0.8 * (len(pauses) - 1))] / USUAL_S)

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


def _within(scale: float) -> float:
    """Give a scale within its bounds; 1 where nothing is known (0)."""
    return min(MOST_SCALE, max(LEAST_SCALE, scale)) if scale > 0 else 1.0
