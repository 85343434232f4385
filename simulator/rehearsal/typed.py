"""A session without sound: ears that read, and a mouth that only shows its words."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulator.domain.hearing import Confirmed, Hearing, SourceEnded, TurnEnded, TurnHints
from simulator.domain.speech import Spoken
from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import words_of


class TypedEars:
    """Ears for typed answers: an answer that comes before its turn waits for it.

    Args:
        clock: gives seconds; the session's clock begins at the first call.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._paused_at: float | None = None
        self._waiting: deque[tuple[str, float]] = deque()
        self._answer: str | None = None
        self._over = False
        self._post: Callable[[Hearing], None] = lambda _: None

    @property
    def position_s(self) -> float:
        """Seconds since the session began, pauses left out."""
        return (self._paused_at if self._paused_at is not None else self._clock()) - self._begun

    def give(self, text: str, duration_s: float = 0.0) -> None:
        """Take a typed answer, for the open turn or the next one.

        Args:
            text: the words.
            duration_s: how long they took to say; 0 if unknown.
        """
        self._waiting.append((text, duration_s))
        self._deliver()

    def over(self) -> None:
        """No more answers will come: the session closes when it wants one after those that wait."""
        self._over = True
        if not self._waiting:
            self._end(AnswerEnd.SOURCE_ENDED, 0.0)
            self._post(SourceEnded(self.position_s))

    def start(self, post: Callable[[Hearing], None]) -> None:
        """Begin."""
        self._post = post

    def begin_turn(self, answer: str, hints: TurnHints) -> None:  # noqa: ARG002 - typed turns end by themselves
        """Open a turn."""
        self._answer = answer
        self._deliver()
        if self._over:
            self.over()

    @property
    def waiting(self) -> bool:
        """Whether an answer waits for its turn."""
        return bool(self._waiting)

    def _deliver(self) -> None:
        if self._answer is None or not self._waiting:
            return
        text, duration_s = self._waiting.popleft()
        words = words_of(text, self.position_s, duration_s)
        if words:
            self._post(Confirmed(self._answer, words))
        self._end(AnswerEnd.TYPED, duration_s)

    def _end(self, reason: AnswerEnd, speech_s: float) -> None:
        if self._answer is not None:
            now = self.position_s
            self._post(TurnEnded(self._answer, now, now, reason, 0, speech_s))
            self._answer = None

    def end_turn(self, reason: AnswerEnd) -> None:
        """End the open turn, if any."""
        self._end(reason, 0.0)

    def hint(self, hints: TurnHints) -> None:
        """Nothing to hint at: the candidate says when an answer is over."""

    def interviewer_speaks(self, speaking: bool) -> None:
        """Nothing to keep out."""

    def mute(self, muted: bool) -> None:
        """Nothing to mute."""

    def pause(self) -> None:
        """Stop the clock."""
        self._paused_at = self._clock()

    def resume(self) -> None:
        """Let the clock go on."""
        if self._paused_at is not None:
            self._begun += self._clock() - self._paused_at
            self._paused_at = None

    def stop(self) -> None:
        """Nothing is under way."""


class SilentMouth:
    """A mouth for screens and programs: the words count as heard as soon as they are shown."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s

    def prepare(self, text: str) -> None:
        """Nothing to prepare."""

    async def say(self, text: str, on_start: Callable[[], None]) -> Spoken:
        """Show it."""
        on_start()
        now = self._now_s()
        return Spoken(heard=text, complete=True, started_at_s=now, ended_at_s=now)

    async def chime(self) -> None:
        """Nothing to be heard."""

    def hold(self) -> None:
        """Nothing to hold."""

    def go_on(self) -> None:
        """Nothing is held."""

    def stop(self) -> None:
        """Nothing to stop."""

    def close(self) -> None:
        """Nothing to close."""
