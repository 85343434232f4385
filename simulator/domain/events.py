"""Everything that happens in a session, one frozen type each: the only record of it.

Every event has a `type` (its name in the journal) and `at_s`, seconds since the session began.
Events whose `JOURNALED` is false are shown live and not kept: what they say is superseded by a kept one.
Evidence, times and words are those of `simulator.domain.words`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from simulator.domain.judgements import SentenceJudgement
from simulator.domain.vocabulary import (
    AnswerEnd,
    Facet,
    FacetState,
    Mode,
    Outcome,
    Phase,
    Pushback,
    PushbackReply,
    Reply,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
)
from simulator.domain.words import Evidence, Filler, Word


@dataclass(frozen=True, kw_only=True)
class EventBase:
    """What every event has."""

    JOURNALED: ClassVar[bool] = True
    at_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SessionStarted(EventBase):
    """The session began.

    Attributes:
        session: the session's id (its folder's name).
        started_at: wall-clock start, ISO 8601 with offset.
        mode: what is practised.
        pack: the pack's name.
        minutes: the session's time, minutes; 0 if unlimited.
        briefing: what other rounds have covered, as given.
        band_s: the wanted length of an initial answer, seconds (low, high).
        engines: part (judge, words, recognizer, voice, candidate) to engine name and version.
        half_duplex: whether the microphone is ignored while the interviewer speaks.
        typed: whether answers are typed.
        seed: what the choice among equal questions and wordings was drawn from.
    """

    type: Literal["session_started"] = "session_started"
    session: str
    started_at: str
    mode: Mode = Mode.ROUND
    pack: str = ""
    minutes: float = 0.0
    briefing: str = ""
    band_s: tuple[float, float] = (120.0, 180.0)
    engines: Mapping[str, str] = field(default_factory=dict)
    half_duplex: bool = True
    typed: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class EngineChanged(EventBase):
    """A part of the program is now done by another engine (a fall-back, or a better one)."""

    type: Literal["engine_changed"] = "engine_changed"
    part: str
    engine: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PhaseChanged(EventBase):
    """It is somebody else's turn now."""

    type: Literal["phase_changed"] = "phase_changed"
    phase: Phase


@dataclass(frozen=True, kw_only=True)
class InterviewerSaid(EventBase):
    """The interviewer said something that is no question or probe.

    `purpose` is one of: opening, acknowledgement, invitation (to go on), closing, reply (to the
    candidate's own question), repeat.
    """

    type: Literal["interviewer_said"] = "interviewer_said"
    text: str
    purpose: str
    thread: str | None = None


@dataclass(frozen=True, kw_only=True)
class QuestionAsked(EventBase):
    """A thread was opened with a question.

    `question` is the question's id in its pack; `tests` are the facets that it tests; `topic` is the view
    topic that the pack gives it, if any.
    """

    type: Literal["question_asked"] = "question_asked"
    thread: str
    question: str
    kind: ThreadKind
    text: str
    tests: tuple[Facet, ...]
    topic: str = ""


@dataclass(frozen=True, kw_only=True)
class ProbeAsked(EventBase):
    """A follow-up was asked.

    Attributes:
        thread: the thread's id.
        facet: the facet it is aimed at.
        text: the words.
        pushback: the kind of pushback, or None for an ordinary probe.
        reason: why this facet and this angle, in a sentence ("asked because own_role was only claimed: …").
        angle: the name of the angle that the facet is approached from.
        confirms: whether it repeats the last probe in plain words because the reply was ambiguous.
        engine: who worded it.
    """

    type: Literal["probe_asked"] = "probe_asked"
    thread: str
    facet: Facet
    text: str
    pushback: Pushback | None = None
    reason: str = ""
    angle: str = ""
    confirms: bool = False
    engine: str = "templates"


@dataclass(frozen=True, kw_only=True)
class SpeechStarted(EventBase):
    """The player began to play words of the interviewer."""

    type: Literal["speech_started"] = "speech_started"
    speech: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SpeechEnded(EventBase):
    """The player stopped: `heard` are the words that were really played."""

    type: Literal["speech_ended"] = "speech_ended"
    speech: str
    heard: str
    complete: bool


@dataclass(frozen=True, kw_only=True)
class AnswerStarted(EventBase):
    """The candidate's turn began. `initial` tells a thread's initial answer from a reply."""

    type: Literal["answer_started"] = "answer_started"
    answer: str
    thread: str
    initial: bool


@dataclass(frozen=True, kw_only=True)
class WordsPartial(EventBase):
    """Words that the recognizer may still change: all that follow the confirmed ones."""

    JOURNALED: ClassVar[bool] = False
    type: Literal["words_partial"] = "words_partial"
    answer: str
    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class WordsConfirmed(EventBase):
    """Words that were added to an answer and will not change while the session runs."""

    type: Literal["words_confirmed"] = "words_confirmed"
    answer: str
    words: tuple[Word, ...]


@dataclass(frozen=True, kw_only=True)
class WordsRevised(EventBase):
    """A second look at a whole answer: what the record keeps from here on."""

    type: Literal["words_revised"] = "words_revised"
    answer: str
    words: tuple[Word, ...]
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class FillersHeard(EventBase):
    """Filled pauses that were found in an answer."""

    type: Literal["fillers_heard"] = "fillers_heard"
    answer: str
    fillers: tuple[Filler, ...]


@dataclass(frozen=True, kw_only=True)
class VoiceActive(EventBase):
    """A stretch of the candidate's voice, as voice activity saw it; times in seconds since the session began."""

    type: Literal["voice_active"] = "voice_active"
    answer: str
    start_s: float
    end_s: float


@dataclass(frozen=True, kw_only=True)
class AnswerEnded(EventBase):
    """The candidate's turn ended.

    Attributes:
        answer: the answer's id.
        reason: why.
        duration_s: from the first to the last word (typed: as given), seconds.
        speech_s: time spent speaking, seconds.
    """

    type: Literal["answer_ended"] = "answer_ended"
    answer: str
    reason: AnswerEnd
    duration_s: float = 0.0
    speech_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SentencesJudged(EventBase):
    """What the sentences of an answer do and who acts in them."""

    type: Literal["sentences_judged"] = "sentences_judged"
    thread: str
    answer: str
    sentences: tuple[SentenceJudgement, ...]
    engine: str


@dataclass(frozen=True, kw_only=True)
class ReplyJudged(EventBase):
    """A reply was judged. `reply` is a `PushbackReply` where `pushback` is set, else a `Reply`."""

    type: Literal["reply_judged"] = "reply_judged"
    thread: str
    answer: str
    facet: Facet
    reply: Reply | PushbackReply
    pushback: Pushback | None = None
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    ambiguous: bool = False
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class FacetJudged(EventBase):
    """How far a facet has got in the thread so far."""

    type: Literal["facet_judged"] = "facet_judged"
    thread: str
    facet: Facet
    state: FacetState
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class FacetSettled(EventBase):
    """A facet was settled: it held, or its limit was found."""

    type: Literal["facet_settled"] = "facet_settled"
    thread: str
    facet: Facet
    outcome: Outcome
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SignalFound(EventBase):
    """A signal was found in an answer."""

    type: Literal["signal_found"] = "signal_found"
    thread: str
    answer: str
    signal: Signal
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 1.0
    engine: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryMeasured(EventBase):
    """How an answer was delivered.

    Attributes:
        thread: the thread's id.
        answer: the answer's id.
        duration_s: first to last word, seconds.
        pace_wpm: words a minute over the time spoken; None for typed answers.
        fillers: how many filled pauses were found (a lower bound).
        fillers_pm: fillers a minute of duration; None for typed answers.
        pause_share: share of the duration in pauses, 0 to 1; None for typed answers.
        longest_pause_s: seconds; None for typed answers.
        shares: role to share of the words, 0 to 1.
        own_part_at_s: seconds from the answer's start until the candidate's own action begins; None if never.
        front_loaded: whether everything was poured into this initial answer.
    """

    type: Literal["delivery_measured"] = "delivery_measured"
    thread: str
    answer: str
    duration_s: float
    pace_wpm: float | None = None
    fillers: int = 0
    fillers_pm: float | None = None
    pause_share: float | None = None
    longest_pause_s: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    own_part_at_s: float | None = None
    front_loaded: bool = False


@dataclass(frozen=True, kw_only=True)
class ThreadClosed(EventBase):
    """A thread was closed."""

    type: Literal["thread_closed"] = "thread_closed"
    thread: str
    reason: ThreadClose


@dataclass(frozen=True, kw_only=True)
class DeviceLost(EventBase):
    """A sound device vanished or delivers nothing. `direction` is "input" or "output"."""

    type: Literal["device_lost"] = "device_lost"
    direction: str
    device: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DeviceResumed(EventBase):
    """A sound device works again; `gap_s` seconds are missing from the recording (filled with silence)."""

    type: Literal["device_resumed"] = "device_resumed"
    direction: str
    device: str
    gap_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LevelMeasured(EventBase):
    """The input level, for the meter: root mean square and peak of the last tenth of a second, dBFS."""

    JOURNALED: ClassVar[bool] = False
    type: Literal["level_measured"] = "level_measured"
    level_dbfs: float
    peak_dbfs: float
    clipping: bool = False
    overflows: int = 0


@dataclass(frozen=True, kw_only=True)
class NoticeGiven(EventBase):
    """Something that the user should know, said once: what happened, and what to do."""

    type: Literal["notice_given"] = "notice_given"
    text: str
    hint: str = ""
    level: str = "warning"


@dataclass(frozen=True, kw_only=True)
class NoteAdded(EventBase):
    """The user wrote a note. `moment_s` is the moment in the session that it is about; `note` is its id.

    An empty text deletes the note with that id; the same id again replaces it.
    """

    type: Literal["note_added"] = "note_added"
    note: str
    text: str
    moment_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class KeeperMarked(EventBase):
    """The user marked an answer as one to keep (or took the mark back)."""

    type: Literal["keeper_marked"] = "keeper_marked"
    answer: str
    keep: bool = True


@dataclass(frozen=True, kw_only=True)
class SessionRenamed(EventBase):
    """The user gave the session a title."""

    type: Literal["session_renamed"] = "session_renamed"
    title: str


@dataclass(frozen=True, kw_only=True)
class SessionTagged(EventBase):
    """The user set the session's tags (all of them)."""

    type: Literal["session_tagged"] = "session_tagged"
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class JudgementCorrected(EventBase):
    """The user overruled a judgement, with a reason; it counts from here on.

    Attributes:
        target: "reply", "facet", "outcome" or "signal".
        thread: the thread's id.
        was: the value as judged ("" for a signal that was not found).
        now: the value as corrected ("" takes a signal away).
        reason: the user's words.
        answer: the answer (replies and signals).
        facet: the facet (replies, facets and outcomes).
    """

    type: Literal["judgement_corrected"] = "judgement_corrected"
    target: str
    thread: str
    was: str
    now: str
    reason: str
    answer: str | None = None
    facet: Facet | None = None


@dataclass(frozen=True, kw_only=True)
class SessionResumed(EventBase):
    """A session that had been interrupted goes on."""

    type: Literal["session_resumed"] = "session_resumed"
    started_at: str


@dataclass(frozen=True, kw_only=True)
class SessionClosed(EventBase):
    """The session ended."""

    type: Literal["session_closed"] = "session_closed"
    reason: SessionClose


Event = (
    SessionStarted
    | EngineChanged
    | PhaseChanged
    | InterviewerSaid
    | QuestionAsked
    | ProbeAsked
    | SpeechStarted
    | SpeechEnded
    | AnswerStarted
    | WordsPartial
    | WordsConfirmed
    | WordsRevised
    | FillersHeard
    | VoiceActive
    | AnswerEnded
    | SentencesJudged
    | ReplyJudged
    | FacetJudged
    | FacetSettled
    | SignalFound
    | DeliveryMeasured
    | ThreadClosed
    | DeviceLost
    | DeviceResumed
    | LevelMeasured
    | NoticeGiven
    | NoteAdded
    | KeeperMarked
    | SessionRenamed
    | SessionTagged
    | JudgementCorrected
    | SessionResumed
    | SessionClosed
)
"""Any event."""
