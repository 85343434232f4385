"""What passes between the recognizer's process and the program: small picklable messages, in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from simulator.domain.hearing import Confirmed, FillersFound, Partial, RecognizerChanged, Revised
from simulator.domain.words import Word
from simulator.listening.recognizer import Finished
from simulator.listening.recognizer_rhythm import Rhythm


@dataclass(frozen=True, slots=True)
class Server:
    """An OpenAI-compatible server with `/audio/transcriptions`.

    Attributes:
        base_url: its address, with `/v1` where the server wants it.
        model: the model's name there.
        key: the key, or "".
        timeout_s: a look that takes longer has failed; the candidate is speaking meanwhile.
    """

    base_url: str
    model: str = "whisper-1"
    key: str = field(default="", repr=False)
    timeout_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Setup:
    """How a recognizer's process is to work.

    Attributes:
        model: folder of a CTranslate2 Whisper model.
        name: the model's name, for the record.
        compute_type: CTranslate2's; "" picks int8 on a processor, float16 on a GPU.
        language: a code such as "en".
        threads: processor threads of a look.
        live: whether sound comes in real time: then looks are skipped rather than queued. Else every look is made
            where its turn is, and the same sound gives the same words whatever the machine's speed.
        fillers: whether filled pauses are searched for after an answer.
        second_look: whether an answer is looked at again after its end.
        rhythm: when to look.
        server: an OpenAI-compatible server that recognizes instead, as long as it does.
    """

    model: Path
    name: str = "whisper-base"
    compute_type: str = ""
    language: str = "en"
    threads: int = 1
    live: bool = True
    fillers: bool = True
    second_look: bool = True
    rhythm: Rhythm = field(default_factory=Rhythm)
    server: Server | None = None


@dataclass(frozen=True, slots=True)
class Begin:
    """An answer begins; `confirmed` are the words that an earlier process has confirmed in it."""

    answer: str
    start_s: float
    confirmed: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """Sound: 16-bit samples, little-endian, mono, 16 kHz."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """The voice has paused."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The answer is over. With `known`, all its words are confirmed and known: only the second look is wanted."""

    known: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The process is to end."""


Order = Begin | Feed | Pause | Finish | Close
"""Anything that the process is told."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    engine: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The process cannot work: what is wrong, without any of the candidate's words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """So many samples have been taken in since the process began."""

    samples: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing more comes for this answer."""

    answer: str


Report = Ready | Failed | Taken | Settled | Partial | Confirmed | Finished | Revised | FillersFound | RecognizerChanged
"""Anything that the process tells."""
