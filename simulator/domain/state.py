"""A session's state: a fold over its events, the same live, in review and in a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Any, TypeVar

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.limits import outcome_of
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
from simulator.domain.words import Evidence, Filler, Word, text_of

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the user's, about a moment of the session (seconds since it began) or about the whole."""

    note: str
    text: str
    moment_s: float | None


@dataclass(frozen=True, slots=True)
class ProbeRecord:
    """A probe (or pushback) and what came back.

    `answer` and `reply` are None until the candidate has answered and the reply has been judged.
    """

    at_s: float
    facet: Facet
    text: str
    pushback: Pushback | None
    reason: str
    angle: str
    confirms: bool
    engine: str
    answer: str | None = None
    reply: Reply | PushbackReply | None = None
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    ambiguous: bool = False
    judged_by: str = ""


@dataclass(frozen=True, slots=True)
class FacetProgress:
    """How far a facet has got: its state, the words that show it, and its outcome once settled."""

    state: FacetState = FacetState.UNHEARD
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    opening: FacetState = FacetState.UNHEARD
    """The state after the initial answer."""
    outcome: Outcome | None = None
    outcome_evidence: tuple[Evidence, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SignalRecord:
    """A signal found in an answer."""

    signal: Signal
    answer: str
    evidence: tuple[Evidence, ...]
    confidence: float
    engine: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer was delivered; attributes as in `DeliveryMeasured`."""

    duration_s: float
    pace_wpm: float | None
    fillers: int
    fillers_pm: float | None
    pause_share: float | None
    longest_pause_s: float | None
    shares: Mapping[str, float]
    own_part_at_s: float | None
    front_loaded: bool


@dataclass(frozen=True, slots=True)
class AnswerState:
    """An answer: its words, how it ended, what was judged about it."""

    answer: str
    thread: str
    initial: bool
    at_s: float
    words: tuple[Word, ...] = ()
    partial: tuple[Word, ...] = ()
    fillers: tuple[Filler, ...] = ()
    voice: tuple[tuple[float, float], ...] = ()
    """Stretches of voice, (start, end) in seconds since the session began."""
    ended: AnswerEnd | None = None
    ended_at_s: float | None = None
    duration_s: float = 0.0
    speech_s: float = 0.0
    revised: tuple[Word, ...] = ()
    """A second look at the whole answer, once there is one; evidence points into `words`."""
    sentences: tuple[SentenceJudgement, ...] = ()
    delivery: Delivery | None = None
    keeper: bool = False

    @property
    def text(self) -> str:
        """The words as confirmed while the session ran, as running text: what was judged."""
        return text_of(self.words)

    @property
    def record(self) -> tuple[Word, ...]:
        """The words that the record keeps: the second look where there is one, else the confirmed words."""
        return self.revised or self.words


@dataclass(frozen=True, slots=True)
class ThreadState:
    """A thread: its question, its probes in order, its facets, its answers' ids."""

    thread: str
    question: str
    kind: ThreadKind
    text: str
    tests: tuple[Facet, ...]
    topic: str
    at_s: float
    facets: Mapping[Facet, FacetProgress]
    probes: tuple[ProbeRecord, ...] = ()
    answers: tuple[str, ...] = ()
    signals: tuple[SignalRecord, ...] = ()
    closed: ThreadClose | None = None
    closed_at_s: float | None = None

    def probes_on(self, facet: Facet) -> tuple[ProbeRecord, ...]:
        """Give the ordinary probes on a facet, oldest first (pushbacks are no probes of it)."""
        return tuple(p for p in self.probes if p.facet is facet and p.pushback is None)

    @property
    def unsettled(self) -> tuple[Facet, ...]:
        """The tested facets that are not settled, in the question's order."""
        return tuple(f for f in self.tests if self.facets[f].outcome is None)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something that the interviewer said: `heard` is what was really played, None while unknown."""

    at_s: float
    text: str
    purpose: str
    thread: str | None = None
    heard: str | None = None


@dataclass(frozen=True, slots=True)
class SessionState:
    """Everything known about a session at a moment."""

    session: str = ""
    started_at: str = ""
    mode: Mode = Mode.ROUND
    pack: str = ""
    minutes: float = 0.0
    briefing: str = ""
    band_s: tuple[float, float] = (120.0, 180.0)
    engines: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    half_duplex: bool = True
    typed: bool = False
    seed: int = 0
    title: str = ""
    tags: tuple[str, ...] = ()
    phase: Phase = Phase.PREPARING
    at_s: float = 0.0
    threads: Mapping[str, ThreadState] = field(default_factory=lambda: MappingProxyType({}))
    answers: Mapping[str, AnswerState] = field(default_factory=lambda: MappingProxyType({}))
    utterances: tuple[Utterance, ...] = ()
    speaking: str = ""
    """What the interviewer is saying now ("" if nothing)."""
    notices: tuple[ev.NoticeGiven, ...] = ()
    lost: tuple[ev.DeviceLost, ...] = ()
    """Devices that are lost now."""
    gaps: tuple[ev.DeviceResumed, ...] = ()
    notes: tuple[Note, ...] = ()
    corrections: tuple[ev.JudgementCorrected, ...] = ()
    level_dbfs: float = -120.0
    peak_dbfs: float = -120.0
    clipping: bool = False
    closed: SessionClose | None = None

    @property
    def thread(self) -> ThreadState | None:
        """The newest thread that is open, or None."""
        last = _last(self.threads)
        return last if last is not None and last.closed is None else None

    @property
    def answer(self) -> AnswerState | None:
        """The answer that is being given, or None."""
        last = _last(self.answers)
        return last if last is not None and last.ended is None else None

    @property
    def prompt(self) -> str:
        """What the candidate has been asked last: the newest probe or question."""
        last = _last(self.threads)
        if last is None:
            return ""
        return last.probes[-1].text if last.probes else last.text

    def said_before(self, thread: str, answer: str | None = None) -> str:
        """Give the candidate's words in a thread, up to but without the given answer."""
        parts = []
        for each in self.threads[thread].answers:
            if each == answer:
                break
            parts.append(self.answers[each].text)
        return " ".join(part for part in parts if part)


def _last(mapping: Mapping[K, V]) -> V | None:
    values = tuple(mapping.values())
    return values[-1] if values else None


def _with(mapping: Mapping[K, V], key: K, value: V) -> Mapping[K, V]:
    return MappingProxyType({**mapping, key: value})


def _edit_thread(state: SessionState, thread: str, /, **changes: Any) -> SessionState:
    if thread not in state.threads:
        return state
    return replace(state, threads=_with(state.threads, thread, replace(state.threads[thread], **changes)))


def _edit_answer(state: SessionState, answer: str, /, **changes: Any) -> SessionState:
    if answer not in state.answers:
        return state
    return replace(state, answers=_with(state.answers, answer, replace(state.answers[answer], **changes)))


def _edit_facet(state: SessionState, thread: str, facet: Facet, /, **changes: Any) -> SessionState:
    if thread not in state.threads:
        return state
    facets = state.threads[thread].facets
    progress = replace(facets.get(facet, FacetProgress()), **changes)
    return _edit_thread(state, thread, facets=_with(facets, facet, progress))


def _session_started(state: SessionState, e: ev.SessionStarted) -> SessionState:
    return replace(
        state,
        session=e.session,
        started_at=e.started_at,
        mode=e.mode,
        pack=e.pack,
        minutes=e.minutes,
        briefing=e.briefing,
        band_s=e.band_s,
        engines=MappingProxyType(dict(e.engines)),
        half_duplex=e.half_duplex,
        typed=e.typed,
        seed=e.seed,
    )


def _engine_changed(state: SessionState, e: ev.EngineChanged) -> SessionState:
    return replace(state, engines=_with(state.engines, e.part, e.engine))


def _phase_changed(state: SessionState, e: ev.PhaseChanged) -> SessionState:
    return replace(state, phase=e.phase)


def _interviewer_said(state: SessionState, e: ev.InterviewerSaid) -> SessionState:
    return replace(state, utterances=(*state.utterances, Utterance(e.at_s, e.text, e.purpose, e.thread)))


def _question_asked(state: SessionState, e: ev.QuestionAsked) -> SessionState:
    thread = ThreadState(
        thread=e.thread,
        question=e.question,
        kind=e.kind,
        text=e.text,
        tests=e.tests,
        topic=e.topic,
        at_s=e.at_s,
        facets=MappingProxyType({facet: FacetProgress() for facet in e.tests}),
    )
    return replace(
        state,
        threads=_with(state.threads, e.thread, thread),
        utterances=(*state.utterances, Utterance(e.at_s, e.text, "question", e.thread)),
    )


def _probe_asked(state: SessionState, e: ev.ProbeAsked) -> SessionState:
    if e.thread not in state.threads:
        return state
    record = ProbeRecord(e.at_s, e.facet, e.text, e.pushback, e.reason, e.angle, e.confirms, e.engine)
    state = _edit_thread(state, e.thread, probes=(*state.threads[e.thread].probes, record))
    purpose = "pushback" if e.pushback else "probe"
    return replace(state, utterances=(*state.utterances, Utterance(e.at_s, e.text, purpose, e.thread)))


def _speech_started(state: SessionState, e: ev.SpeechStarted) -> SessionState:
    return replace(state, speaking=e.text)


def _speech_ended(state: SessionState, e: ev.SpeechEnded) -> SessionState:
    utterances = state.utterances
    if utterances and utterances[-1].heard is None:
        utterances = (*utterances[:-1], replace(utterances[-1], heard=e.heard))
    return replace(state, speaking="", utterances=utterances)


def _answer_started(state: SessionState, e: ev.AnswerStarted) -> SessionState:
    if e.thread not in state.threads:
        return state
    answer = AnswerState(answer=e.answer, thread=e.thread, initial=e.initial, at_s=e.at_s)
    thread = state.threads[e.thread]
    probes = thread.probes
    if probes and probes[-1].answer is None:
        probes = (*probes[:-1], replace(probes[-1], answer=e.answer))
    state = _edit_thread(state, e.thread, answers=(*thread.answers, e.answer), probes=probes)
    return replace(state, answers=_with(state.answers, e.answer, answer))


def _words_partial(state: SessionState, e: ev.WordsPartial) -> SessionState:
    return _edit_answer(state, e.answer, partial=e.words)


def _words_confirmed(state: SessionState, e: ev.WordsConfirmed) -> SessionState:
    if e.answer not in state.answers:
        return state
    return _edit_answer(state, e.answer, words=(*state.answers[e.answer].words, *e.words), partial=())


def _words_revised(state: SessionState, e: ev.WordsRevised) -> SessionState:
    return _edit_answer(state, e.answer, revised=e.words)


def _fillers_heard(state: SessionState, e: ev.FillersHeard) -> SessionState:
    return _edit_answer(state, e.answer, fillers=e.fillers)


def _voice_active(state: SessionState, e: ev.VoiceActive) -> SessionState:
    if e.answer not in state.answers:
        return state
    return _edit_answer(state, e.answer, voice=(*state.answers[e.answer].voice, (e.start_s, e.end_s)))


def _answer_ended(state: SessionState, e: ev.AnswerEnded) -> SessionState:
    return _edit_answer(
        state, e.answer, ended=e.reason, ended_at_s=e.at_s, duration_s=e.duration_s, speech_s=e.speech_s, partial=()
    )


def _sentences_judged(state: SessionState, e: ev.SentencesJudged) -> SessionState:
    return _edit_answer(state, e.answer, sentences=e.sentences)


def _reply_judged(state: SessionState, e: ev.ReplyJudged) -> SessionState:
    if e.thread not in state.threads:
        return state
    probes = tuple(
        replace(
            p,
            reply=e.reply,
            evidence=e.evidence,
            confidence=e.confidence,
            ambiguous=e.ambiguous,
            judged_by=e.engine,
        )
        if p.answer == e.answer
        else p
        for p in state.threads[e.thread].probes
    )
    return _edit_thread(state, e.thread, probes=probes)


def _facet_judged(state: SessionState, e: ev.FacetJudged) -> SessionState:
    changes: dict[str, Any] = {"state": e.state, "evidence": e.evidence, "confidence": e.confidence}
    if e.thread in state.threads and not state.threads[e.thread].probes:
        changes["opening"] = e.state
    return _edit_facet(state, e.thread, e.facet, **changes)


def _facet_settled(state: SessionState, e: ev.FacetSettled) -> SessionState:
    return _edit_facet(state, e.thread, e.facet, outcome=e.outcome, outcome_evidence=e.evidence, reason=e.reason)


def _signal_found(state: SessionState, e: ev.SignalFound) -> SessionState:
    if e.thread not in state.threads:
        return state
    record = SignalRecord(e.signal, e.answer, e.evidence, e.confidence, e.engine)
    return _edit_thread(state, e.thread, signals=(*state.threads[e.thread].signals, record))


def _delivery_measured(state: SessionState, e: ev.DeliveryMeasured) -> SessionState:
    delivery = Delivery(
        e.duration_s,
        e.pace_wpm,
        e.fillers,
        e.fillers_pm,
        e.pause_share,
        e.longest_pause_s,
        MappingProxyType(dict(e.shares)),
        e.own_part_at_s,
        e.front_loaded,
    )
    return _edit_answer(state, e.answer, delivery=delivery)


def _thread_closed(state: SessionState, e: ev.ThreadClosed) -> SessionState:
    return _edit_thread(state, e.thread, closed=e.reason, closed_at_s=e.at_s)


def _device_lost(state: SessionState, e: ev.DeviceLost) -> SessionState:
    others = tuple(d for d in state.lost if d.direction != e.direction)
    return replace(state, lost=(*others, e))


def _device_resumed(state: SessionState, e: ev.DeviceResumed) -> SessionState:
    others = tuple(d for d in state.lost if d.direction != e.direction)
    return replace(state, lost=others, gaps=(*state.gaps, e))


def _level_measured(state: SessionState, e: ev.LevelMeasured) -> SessionState:
    return replace(state, level_dbfs=e.level_dbfs, peak_dbfs=e.peak_dbfs, clipping=e.clipping)


def _notice_given(state: SessionState, e: ev.NoticeGiven) -> SessionState:
    return replace(state, notices=(*state.notices, e))


def _note_added(state: SessionState, e: ev.NoteAdded) -> SessionState:
    notes = tuple(n for n in state.notes if n.note != e.note)
    if e.text:
        notes = (*notes, Note(e.note, e.text, e.moment_s))
    return replace(state, notes=notes)


def _keeper_marked(state: SessionState, e: ev.KeeperMarked) -> SessionState:
    return _edit_answer(state, e.answer, keeper=e.keep)


def _session_renamed(state: SessionState, e: ev.SessionRenamed) -> SessionState:
    return replace(state, title=e.title)


def _session_tagged(state: SessionState, e: ev.SessionTagged) -> SessionState:
    return replace(state, tags=e.tags)


def _judgement_corrected(state: SessionState, e: ev.JudgementCorrected) -> SessionState:
    state = replace(state, corrections=(*state.corrections, e))
    thread = state.threads.get(e.thread)
    if thread is None:
        return state
    try:
        return _with_correction(state, thread, e)
    except ValueError:  # a value of a newer version, or of a journal edited by hand: the judgement stays as it was
        return state


def _with_correction(state: SessionState, thread: ThreadState, e: ev.JudgementCorrected) -> SessionState:
    if e.target == "facet" and e.facet is not None:
        return _edit_facet(state, e.thread, e.facet, state=FacetState(e.now))
    if e.target == "outcome" and e.facet is not None:
        return _edit_facet(state, e.thread, e.facet, outcome=Outcome(e.now) if e.now else None)
    if e.target == "signal":
        kept = tuple(s for s in thread.signals if not (s.answer == e.answer and s.signal == e.was))
        if e.now and e.answer is not None:
            kept = (*kept, SignalRecord(Signal(e.now), e.answer, (), 1.0, "user"))
        return _edit_thread(state, e.thread, signals=kept)
    if e.target == "reply":
        probes = tuple(
            replace(p, reply=PushbackReply(e.now) if p.pushback else Reply(e.now), judged_by="user", confidence=1.0)
            if p.answer == e.answer
            else p
            for p in thread.probes
        )
        return _resettled(_edit_thread(state, e.thread, probes=probes), e)
    return state


def _resettled(state: SessionState, e: ev.JudgementCorrected) -> SessionState:
    """Settle a facet anew, by the vocabulary's rule, after a reply on it was corrected; what the user settled stays."""
    thread = state.threads[e.thread]
    probe = next((p for p in thread.probes if p.answer == e.answer), None)
    if probe is None or probe.pushback is not None or probe.facet not in thread.facets:
        return state
    if any(c.target == "outcome" and (c.thread, c.facet) == (e.thread, probe.facet) for c in state.corrections):
        return state
    progress, probes = thread.facets[probe.facet], thread.probes_on(probe.facet)
    replies = [Reply(p.reply) for p in probes if p.reply is not None]
    needed = 1 if progress.opening is FacetState.SUPPORTED else 2
    settled = (outcome_of(replies[:number], needed) for number in range(1, len(replies) + 1))
    outcome = next((each for each in settled if each is not None), None)
    if outcome is progress.outcome:
        return state
    shown = Reply.FRESH.value if outcome is Outcome.HELD else outcome
    evidence = tuple(each for p in probes if p.reply == shown for each in p.evidence)
    reason = "by a reply as you corrected it" if outcome is not None else ""
    return _edit_facet(state, e.thread, probe.facet, outcome=outcome, outcome_evidence=evidence, reason=reason)


def _session_resumed(state: SessionState, _: ev.SessionResumed) -> SessionState:
    return replace(state, closed=None)


def _session_closed(state: SessionState, e: ev.SessionClosed) -> SessionState:
    return replace(state, closed=e.reason, phase=Phase.CLOSED, speaking="")


_FOLDS: Mapping[type[ev.EventBase], Callable[[SessionState, Any], SessionState]] = {
    ev.SessionStarted: _session_started,
    ev.EngineChanged: _engine_changed,
    ev.PhaseChanged: _phase_changed,
    ev.InterviewerSaid: _interviewer_said,
    ev.QuestionAsked: _question_asked,
    ev.ProbeAsked: _probe_asked,
    ev.SpeechStarted: _speech_started,
    ev.SpeechEnded: _speech_ended,
    ev.AnswerStarted: _answer_started,
    ev.WordsPartial: _words_partial,
    ev.WordsConfirmed: _words_confirmed,
    ev.WordsRevised: _words_revised,
    ev.FillersHeard: _fillers_heard,
    ev.VoiceActive: _voice_active,
    ev.AnswerEnded: _answer_ended,
    ev.SentencesJudged: _sentences_judged,
    ev.ReplyJudged: _reply_judged,
    ev.FacetJudged: _facet_judged,
    ev.FacetSettled: _facet_settled,
    ev.SignalFound: _signal_found,
    ev.DeliveryMeasured: _delivery_measured,
    ev.ThreadClosed: _thread_closed,
    ev.DeviceLost: _device_lost,
    ev.DeviceResumed: _device_resumed,
    ev.LevelMeasured: _level_measured,
    ev.NoticeGiven: _notice_given,
    ev.NoteAdded: _note_added,
    ev.KeeperMarked: _keeper_marked,
    ev.SessionRenamed: _session_renamed,
    ev.SessionTagged: _session_tagged,
    ev.JudgementCorrected: _judgement_corrected,
    ev.SessionResumed: _session_resumed,
    ev.SessionClosed: _session_closed,
}


def apply(state: SessionState, event: ev.Event) -> SessionState:
    """Give the state after one more event. An event about an unknown thread or answer changes nothing."""
    return replace(_FOLDS[type(event)](state, event), at_s=max(state.at_s, event.at_s))


def replay(events: Iterable[ev.Event], state: SessionState | None = None) -> SessionState:
    """Give the state after all the events, from the beginning or from a given state."""
    return reduce(apply, events, state or SessionState())
