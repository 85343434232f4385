"""The parts that a session is made of, as the conductor sees them: ears, mouth, interviewer, wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from simulator.domain import events as ev
from simulator.domain.hearing import Hearing, TurnHints
from simulator.domain.judgements import Judge
from simulator.domain.moves import Probe, Say
from simulator.domain.speech import Spoken
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import AnswerEnd
from simulator.rehearsal.deliberation import Measure, Policy
from simulator.rehearsal.notices import Notices

Sink = Callable[[ev.Event], None]
"""Takes every event as it happens (the journal, a printer)."""


class Ears(Protocol):
    """Sound in, words out; also the session's clock."""

    @property
    def position_s(self) -> float:
        """Seconds since the session began; stands still while paused."""

    def start(self, post: Callable[[Hearing], None]) -> None:
        """Begin to listen; `post` may be called from another thread."""

    def begin_turn(self, answer: str, hints: TurnHints) -> None:
        """From now on the candidate's words belong to this answer."""

    def hint(self, hints: TurnHints) -> None:
        """Tell what has become of the story, for the end of the turn."""

    def end_turn(self, reason: AnswerEnd) -> None:
        """End the turn; `TurnEnded` follows when the last words are there."""

    def interviewer_speaks(self, speaking: bool) -> None:
        """Tell whether the interviewer speaks."""

    def mute(self, muted: bool) -> None:
        """Don't recognize (while the candidate types); the recording goes on."""

    def pause(self) -> None:
        """Stop the clock, the recording and the recognition."""

    def resume(self) -> None:
        """Go on after a pause."""

    def stop(self) -> None:
        """Finish what is under way (second looks) within a few seconds, and end; blocks."""


class Mouth(Protocol):
    """Words in, sound out."""

    def prepare(self, text: str) -> None:
        """Make the first sentence's sound ahead of time; an earlier preparation may be dropped."""

    async def say(self, text: str, on_start: Callable[[], None]) -> Spoken:
        """Say it, and give what was really heard; `on_start` is called with the first sample."""

    async def chime(self) -> None:
        """Give a short soft tone, after what is being said."""

    def hold(self) -> None:
        """Be silent at once, and wait in the middle of the sentence."""

    def go_on(self) -> None:
        """Go on after `hold`, from the beginning of the word that was cut."""

    def stop(self) -> None:
        """Be silent at once; the running `say` returns."""

    def close(self) -> None:
        """End the voice's process and the device's stream."""


class Wording(Protocol):
    """A language model that words follow-ups; the policy stays what it is."""

    @property
    def engine(self) -> str:
        """Name of the model, as the record shows it."""

    async def warm(self, state: SessionState) -> None:
        """Let the server read the conversation so far, while the candidate still speaks."""

    async def word(self, probe: Probe, state: SessionState) -> str | None:
        """Give the probe in the model's words, checked; None where they fail the checks."""

    async def close(self) -> None:
        """End the connection."""


class Interviewer(Policy, Protocol):
    """The interviewer: its opening words and its policy."""

    def opening(self) -> tuple[Say, ...]:
        """Give the opening words."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a conductor wires together."""

    judge: Judge
    interviewer: Interviewer
    ears: Ears
    mouth: Mouth
    measure: Measure
    wording: Wording | None = None
    sinks: tuple[Sink, ...] = ()
    notices: Notices = field(default_factory=Notices)
