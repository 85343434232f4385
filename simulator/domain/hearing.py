"""What the listening room tells the conductor, and what it is told; none of it is journaled as it stands.

All times are seconds since the session began, which is also the position in the recording of the
candidate's sound: the two are one clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import Filler, Word


@dataclass(frozen=True, slots=True)
class TurnHints:
    """What the story tells the end-of-turn detector.

    Attributes:
        initial: whether this is a thread's initial answer (long pauses are normal) or a reply.
        band_s: the wanted length of an initial answer, seconds.
        complete: 0 (the question still wants a lot) to 1 (all that it wants has been said).
        typical_pause_s: this speaker's own typical inner pause so far, seconds; 0 if unknown.
    """

    initial: bool = True
    band_s: tuple[float, float] = (120.0, 180.0)
    complete: float = 0.0
    typical_pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Partial:
    """Words that may still change: everything after the confirmed ones."""

    answer: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Words added to the answer that will not change."""

    answer: str
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Revised:
    """A second look at a whole answer, made while nothing else was to do."""

    answer: str
    words: tuple[Word, ...]
    engine: str


@dataclass(frozen=True, slots=True)
class FillersFound:
    """Filled pauses found in an answer's sound."""

    answer: str
    fillers: tuple[Filler, ...]


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The candidate began (or went on) to speak: whatever was prepared for the last pause is stale."""

    answer: str
    at_s: float
    generation: int


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """A stretch of the candidate's voice is over; the next move may be prepared under this generation."""

    answer: str
    start_s: float
    end_s: float
    generation: int


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The candidate's turn is over and all its words have been confirmed.

    `decided_at_s` is when the end was decided, `at_s` when the last words were there.
    """

    answer: str
    at_s: float
    decided_at_s: float
    reason: AnswerEnd
    generation: int
    speech_s: float


@dataclass(frozen=True, slots=True)
class InvitationWanted:
    """The candidate has been silent for long in an unfinished answer; wanted at most once an answer."""

    answer: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Interjection:
    """Something is said while the interviewer speaks: the interviewer holds until it is known whether it is meant."""

    at_s: float


@dataclass(frozen=True, slots=True)
class InterjectionOver:
    """It was not meant (a cough, "mhm"): the interviewer goes on."""

    at_s: float


@dataclass(frozen=True, slots=True)
class BargeIn:
    """The candidate began to speak while the interviewer did, and meant it (no "mhm")."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Level:
    """Input level over the last tenth of a second, dBFS; overflows counted since the start."""

    level_dbfs: float
    peak_dbfs: float
    clipping: bool
    overflows: int


@dataclass(frozen=True, slots=True)
class SourceLost:
    """The microphone vanished or delivers nothing but digital silence."""

    device: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceResumed:
    """The microphone works again; `gap_s` seconds were lost and are silence in the recording."""

    device: str
    gap_s: float


@dataclass(frozen=True, slots=True)
class SourceEnded:
    """The recording that stands in for the microphone is over."""

    at_s: float


@dataclass(frozen=True, slots=True)
class RecognizerChanged:
    """Another recognizer took over (a crash survived, a server that failed); nothing said is lost."""

    engine: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListeningFailed:
    """Something in listening failed: a sentence, what to do, and the exit status that fits it.

    While `fatal` is false the session goes on (without the recording, for example).
    """

    message: str
    hint: str
    status: int
    fatal: bool = False


Hearing = (
    Partial
    | Confirmed
    | Revised
    | FillersFound
    | VoiceStarted
    | VoiceStopped
    | TurnEnded
    | InvitationWanted
    | Interjection
    | InterjectionOver
    | BargeIn
    | Level
    | SourceLost
    | SourceResumed
    | SourceEnded
    | RecognizerChanged
    | ListeningFailed
)
"""Anything that listening tells."""
