"""A session driven without sound or judge: the interviewer's moves, answers and judgements given by a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.domain import events as ev
from simulator.domain.moves import Ask, CloseSession, CloseThread, Move, Plan, Probe, Question, Say
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import (
    AnswerEnd,
    Facet,
    FacetState,
    Mode,
    PushbackReply,
    Reply,
    Signal,
    ThreadKind,
    facets_of,
)
from simulator.domain.words import Word, locate, words_of
from simulator.interviewing.interviewer import Interviewer
from simulator.interviewing.packs import Pack

CANDIDATES = Path(__file__).parents[2] / "data" / "judge" / "dev" / "candidates.jsonl"

AMBIGUOUS_BELOW = 0.5


@dataclass(frozen=True)
class Said:
    """An answer with its judgement: what a candidate and a judge together give."""

    text: str
    reply: Reply | PushbackReply | None = None
    confidence: float = 1.0
    facets: dict[Facet, FacetState] = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()
    quotes: dict[Facet, str] = field(default_factory=dict)
    word_probability: float = 1.0
    takes_s: float = 30.0


Answering = Callable[[Ask | Probe, SessionState], Said]


@dataclass
class Sitting:
    """Runs an interviewer to the end of its session; keeps the moves and the state."""

    interviewer: Interviewer
    plan: Plan
    answering: Answering
    state: SessionState = field(default_factory=SessionState)
    moves: list[Move] = field(default_factory=list)
    events: list[ev.Event] = field(default_factory=list)
    now_s: float = 0.0

    def emit(self, event: ev.Event) -> None:
        self.events.append(event)
        self.state = apply(self.state, event)

    def run(self, most_moves: int = 2000) -> Sitting:
        started = ev.SessionStarted(session="s", started_at="", mode=self.plan.mode, minutes=self.plan.minutes)
        self.emit(started)
        for _ in range(most_moves):
            move = self.interviewer.next_move(self.state, self.now_s)
            assert move == self.interviewer.next_move(self.state, self.now_s)
            self.moves.append(move)
            if isinstance(move, CloseSession):
                self.emit(ev.SessionClosed(at_s=self.now_s, reason=move.reason))
                return self
            self.perform(move)
        raise AssertionError("the session does not end")

    def perform(self, move: Move) -> None:
        thread = self.state.thread
        match move:
            case Say():
                name = thread.thread if thread is not None else None
                self.emit(ev.InterviewerSaid(at_s=self.now_s, text=move.text, purpose=move.purpose, thread=name))
            case Ask():
                q = move.question
                name = f"t{len(self.state.threads) + 1}"
                self.emit(
                    ev.QuestionAsked(
                        at_s=self.now_s,
                        thread=name,
                        question=q.id,
                        kind=q.kind,
                        text=q.text,
                        tests=q.tests,
                        topic=q.topic,
                    )
                )
                self.answer(move, name)
            case Probe():
                assert thread is not None
                self.emit(
                    ev.ProbeAsked(
                        at_s=self.now_s,
                        thread=thread.thread,
                        facet=move.facet,
                        text=move.text,
                        pushback=move.pushback,
                        reason=move.reason,
                        angle=move.angle,
                        confirms=move.confirms,
                    )
                )
                self.answer(move, thread.thread)
            case CloseThread():
                assert thread is not None
                self.emit(ev.ThreadClosed(at_s=self.now_s, thread=thread.thread, reason=move.reason))

    def answer(self, move: Ask | Probe, thread: str) -> None:
        said = self.answering(move, self.state)
        answer = f"a{len(self.state.answers) + 1}"
        self.emit(ev.AnswerStarted(at_s=self.now_s, answer=answer, thread=thread, initial=isinstance(move, Ask)))
        words = tuple(Word(w.text, w.start_s, w.end_s, said.word_probability) for w in words_of(said.text))
        if words:
            self.emit(ev.WordsConfirmed(at_s=self.now_s, answer=answer, words=words))
        self.now_s += said.takes_s
        self.emit(ev.AnswerEnded(at_s=self.now_s, answer=answer, reason=AnswerEnd.TYPED))
        for facet, state in said.facets.items():
            quote = said.quotes.get(facet, "")
            evidence = (locate(quote, words, answer),) if quote else ()
            self.emit(ev.FacetJudged(at_s=self.now_s, thread=thread, facet=facet, state=state, evidence=evidence))
        for signal in said.signals:
            self.emit(ev.SignalFound(at_s=self.now_s, thread=thread, answer=answer, signal=signal))
        if isinstance(move, Probe) and said.reply is not None and words:
            evidence = (locate(said.text, words, answer),)
            self.emit(
                ev.ReplyJudged(
                    at_s=self.now_s,
                    thread=thread,
                    answer=answer,
                    facet=move.facet,
                    reply=said.reply,
                    pushback=move.pushback,
                    evidence=evidence,
                    confidence=said.confidence,
                    ambiguous=said.confidence < AMBIGUOUS_BELOW,
                )
            )
            for settled in self.interviewer.settled(self.state):
                self.emit(
                    ev.FacetSettled(
                        at_s=self.now_s,
                        thread=thread,
                        facet=settled.facet,
                        outcome=settled.outcome,
                        evidence=settled.evidence,
                        reason=settled.reason,
                    )
                )

    # What tests ask.

    @property
    def probes(self) -> list[Probe]:
        return [m for m in self.moves if isinstance(m, Probe)]

    @property
    def questions(self) -> list[Question]:
        return [m.question for m in self.moves if isinstance(m, Ask)]

    @property
    def closings(self) -> list[CloseThread]:
        return [m for m in self.moves if isinstance(m, CloseThread)]


def sit(pack: Pack, plan: Plan, answering: Answering) -> Sitting:
    """Run a whole session."""
    return Sitting(Interviewer(pack, plan), plan, answering).run()


def question(kind: ThreadKind = ThreadKind.STORY, name: str = "q", tests: Iterable[Facet] = ()) -> Question:
    text = "Tell me about a time when something failed." if kind is ThreadKind.STORY else "What do you think of it?"
    return Question(name, kind, text, tuple(tests) or facets_of(kind))


def pack_of(*questions: Question) -> Pack:
    return Pack("test", questions)


class Truth:
    """A simulated candidate with a judge that knows the truth."""

    def __init__(self, row: dict) -> None:
        self.row = row
        self.asked: dict[Facet, int] = {}

    def __call__(self, move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask):
            return Said(self.row["opening"], takes_s=150)
        if move.pushback is not None:
            return Said(self.row["pushback"]["reply"], PushbackReply(self.row["pushback"]["label"]))
        if move.facet.value not in self.row["facets"]:
            return Said(self.row["off_target"], Reply.EVADED)
        truth = self.row["facets"][move.facet.value]
        turn = self.asked.get(move.facet, 0)
        self.asked[move.facet] = turn + 1
        if turn < len(truth["levels"]):
            return Said(truth["levels"][turn], Reply.FRESH)
        limit = truth["limit"]
        text = limit["replies"][min(turn - len(truth["levels"]), len(limit["replies"]) - 1)]
        return Said(text, Reply.FRESH if limit["kind"] == "held" else Reply(limit["kind"]))

    @property
    def pack(self) -> Pack:
        kind = ThreadKind(self.row["kind"])
        return Pack("candidate", (Question(self.row["id"], kind, self.row["question"], facets_of(kind)),))

    def fewest(self) -> int:
        """Probes that could do: two for a facet that holds, else its levels and one or two limit replies."""
        probes = 0
        for truth in self.row["facets"].values():
            limit, levels = truth["limit"]["kind"], len(truth["levels"])
            at_once = limit in {"unknown", "not_mine", "contradicted"}
            probes += 2 if limit == "held" else levels + (1 if at_once else 2)
        return probes


def candidates() -> list[dict]:
    return [json.loads(line) for line in CANDIDATES.read_text(encoding="utf-8").splitlines() if line.strip()]


def always(reply: Reply, text: str = "We moved it to the new cluster, and Tomasz checked the 31 decks.") -> Answering:
    """A candidate who gives the same kind of reply to everything (another text each time)."""

    def answering(move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask):
            return Said(text, takes_s=150)
        words = f"{text} That was point {len(state.answers)}."
        return Said(words, PushbackReply.HOLDS if move.pushback else reply)

    return answering


ROUND = Plan(mode=Mode.ROUND, minutes=600)
