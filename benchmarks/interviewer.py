"""Does the interviewer find where a story ends, and no further? `python -m benchmarks.interviewer [FILE …]`.

Simulated candidates whose limits are known sit one thread each, judged by the embedded judge. The same candidates
are asked by simpler interviewers in the same run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks.common import Row, publish
from simulator.domain import events as ev
from simulator.domain.judgements import Judge, ReplyContext, ReplyJudgement
from simulator.domain.limits import outcome_of
from simulator.domain.moves import Ask, CloseThread, Move, Plan, Probe, Settled
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import (
    LIMITS_AT_ONCE,
    AnswerEnd,
    Facet,
    Outcome,
    Reply,
    ThreadClose,
)
from simulator.domain.words import words_of
from simulator.interviewing.interviewer import Interviewer
from simulator.interviewing.packs import Pack
from simulator.judging.delivery import measure_delivery
from simulator.judging.embedded import EmbeddedJudge
from simulator.rehearsal.candidate import FacetTruth, SimulatedCandidate, Truth, load_truths
from simulator.rehearsal.deliberation import Policy, deliberate

ROOT = Path(__file__).parents[1]
CANDIDATES = (ROOT / "data" / "judge" / "dev" / "candidates.jsonl",)
TEMPLATES = ROOT / "data" / "judge" / "probes.json"

DONT_KNOW = re.compile(r"\b(?:don't|do not|didn't) (?:know|remember|recall)|no idea|not sure\b", re.IGNORECASE)

MOST_MOVES = 200
"""Moves in a thread after which an interviewer that has not ended is at fault."""


class ListensForDontKnow:
    """A judge to whom everything is fresh but "I don't know"."""

    def __init__(self, judge: Judge) -> None:
        self.judge_answer = judge.judge_answer
        self.judge_pushback = judge.judge_pushback

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply by its words for not knowing."""
        kind = Reply.UNKNOWN if DONT_KNOW.search(context.reply) else Reply.FRESH
        return ReplyJudgement(kind, 1.0, (context.reply,), "words")


@dataclass
class Simple:
    """An interviewer that asks about the facets in order or at random, as often as it is told.

    Attributes:
        truth: whose thread it is.
        most: probes on a facet after which it goes elsewhere.
        by_rule: whether it also goes elsewhere when the replies settle the facet.
        randomly: whether the facets are taken at random.
    """

    truth: Truth
    most: int
    by_rule: bool = False
    randomly: bool = False

    def settled(self, state: SessionState) -> tuple[Settled, ...]:
        """Give what the newest reply settles: by the rule, or as the kind of the last reply."""
        thread = state.threads["t1"]
        if not thread.probes:
            return ()
        probe = thread.probes[-1]
        replies = [Reply(p.reply) for p in thread.probes_on(probe.facet) if p.reply is not None]
        outcome = outcome_of(replies) if self.by_rule or len(replies) >= self.most else None
        if outcome is None and len(replies) >= self.most:
            outcome = Outcome.HELD if replies[-1] is Reply.FRESH else Outcome(replies[-1].value)
        return () if outcome is None else (Settled(probe.facet, outcome, probe.evidence, ""),)

    def next_move(self, state: SessionState, now_s: float) -> Move:
        """Give the next question."""
        del now_s
        if "t1" not in state.threads:
            return Ask(self.truth.as_question())
        thread = state.threads["t1"]
        left = thread.unsettled
        if not left:
            return CloseThread(ThreadClose.LIMIT)
        facet = random.Random(len(thread.probes)).choice(left) if self.randomly else left[0]
        wordings = json.loads(TEMPLATES.read_text(encoding="utf-8"))[facet]
        return Probe(facet, wordings[len(thread.probes_on(facet)) % len(wordings)], "")


@dataclass
class Tally:
    """What came of the threads of one interviewer."""

    facets: int = 0
    right: int = 0
    settled: int = 0
    fewest: int = 0
    probes: int = 0
    badgering: int = 0
    threads: int = 0
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    def figures(self) -> tuple[str, str, str, str]:
        """Give outcome accuracy, efficiency, probes on settled facets a thread, probes a thread."""
        return (
            f"{self.right / self.facets:.2f}",
            f"{self.fewest / self.probes:.2f}",
            f"{self.badgering / self.threads:.2f}",
            f"{self.probes / self.threads:.1f}",
        )


def fewest(truth: FacetTruth) -> int:
    """Give the fewest probes that can settle a facet rightly."""
    if truth.limit.kind is Outcome.HELD:
        return 2
    return len(truth.levels) + (1 if Reply(truth.limit.kind.value) in LIMITS_AT_ONCE else 2)


def true_kind(truth: Truth, facet: Facet, turn: int) -> Reply:
    """Give the kind that a candidate's reply to the given probe on a facet (from 0) truly is."""
    told = truth.facets.get(facet)
    if told is None:
        return Reply.EVADED
    held = told.limit.kind is Outcome.HELD
    return Reply.FRESH if turn < len(told.levels) or held else Reply(told.limit.kind.value)


def sit(truth: Truth, policy: Policy, judge: Judge, tally: Tally) -> None:
    """Run one thread to its end and count."""
    candidate = SimulatedCandidate(truth)
    state = apply(SessionState(), ev.SessionStarted(session="bench", started_at=""))
    kinds: dict[Facet, list[Reply]] = {}
    move = policy.next_move(state, 0.0)
    for turn in range(MOST_MOVES):
        match move:
            case Ask(question=q):
                asked: ev.Event = ev.QuestionAsked(
                    thread="t1", question=q.id, kind=q.kind, text=q.text, tests=q.tests, topic=q.topic
                )
            case Probe(facet=facet, text=text, pushback=pushback):
                tally.probes += 1
                if pushback is None:
                    told = kinds.setdefault(facet, [])
                    tally.badgering += outcome_of(told) is not None
                    told.append(true_kind(truth, facet, len(told)))
                asked = ev.ProbeAsked(
                    thread="t1",
                    facet=facet,
                    text=text,
                    pushback=pushback,
                    reason=move.reason,
                    angle=move.angle,
                    confirms=move.confirms,
                )
            case _:
                break
        state = apply(state, asked)
        name = f"a{turn + 1}"
        for event in (
            ev.AnswerStarted(answer=name, thread="t1", initial=turn == 0),
            ev.WordsConfirmed(answer=name, words=words_of(candidate.reply(state))),
            ev.AnswerEnded(answer=name, reason=AnswerEnd.TYPED),
        ):
            state = apply(state, event)
        done = deliberate(judge, policy, state, name, measure_delivery, 0.0)
        state, move = done.state, done.move
    else:
        raise RuntimeError(f"{truth.id}: the thread does not end")
    _count(truth, state, tally)


def _count(truth: Truth, state: SessionState, tally: Tally) -> None:
    tally.threads += 1
    for facet, told in truth.facets.items():
        outcome = state.threads["t1"].facets[facet].outcome
        tally.facets += 1
        tally.right += outcome is told.limit.kind
        tally.settled += outcome is not None
        tally.fewest += fewest(told) if outcome is not None else 0
        tally.confusion[told.limit.kind, outcome or "not settled"] += 1


def ours(truth: Truth) -> Policy:
    """Give the interviewer that ships."""
    question = replace(truth.as_question(), tests=tuple(truth.facets))
    return Interviewer(Pack("bench", (question,)), Plan(minutes=0.0))


def main() -> None:
    """Measure, print and publish."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("candidates", nargs="*", type=Path, default=CANDIDATES)
    given = options.parse_args()
    truths = [truth for file in given.candidates for truth in load_truths(file)]
    judge = EmbeddedJudge.load()
    interviewers = {
        "ours": (ours, judge),
        "two fixed follow-ups a facet": (partial(Simple, most=2), judge),
        "random facet, by the rule": (partial(Simple, most=3, by_rule=True, randomly=True), judge),
        'listens for "don\'t know"': (partial(Simple, most=2, by_rule=True), ListensForDontKnow(judge)),
    }
    tallies: dict[str, Tally] = {}
    for name, (make, with_judge) in interviewers.items():
        tallies[name] = Tally()
        for truth in truths:
            sit(truth, make(truth), with_judge, tallies[name])
    command = "python -m benchmarks.interviewer"
    if given.candidates is not CANDIDATES:
        command += "".join(f" {file}" for file in given.candidates)
    publish(
        "interviewer",
        "The interviewer, with the embedded judge",
        command,
        list(_rows(tallies)),
        notes=f"{len(truths)} simulated candidates (data/judge/README.md), one thread each. What the judge was "
        "trained on, it judges better than it would judge others.",
        data={name: {f"{true}, {got}": n for (true, got), n in t.confusion.items()} for name, t in tallies.items()},
    )


def _rows(tallies: dict[str, Tally]) -> Iterable[Row]:
    own, *others = tallies
    what = (
        ("facets settled with their true outcome", "0.85", lambda t: t.right / t.facets >= 0.85),
        ("fewest probes that could do / probes asked", "0.80", lambda t: t.fewest / t.probes >= 0.80),
        ("probes on facets that were settled by then, a thread", "0", lambda t: t.badgering == 0),
        ("probes a thread", "", None),
    )
    figures: dict[str, Sequence[str]] = {name: tally.figures() for name, tally in tallies.items()}
    for i, (name, goal, met) in enumerate(what):
        reached = met(tallies[own]) if met is not None else None
        yield Row(name, figures[own][i], goal, reached, {other: figures[other][i] for other in others})


if __name__ == "__main__":
    main()
