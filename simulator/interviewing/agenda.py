"""What a session has time for: which question comes next, how long a thread may take, which facet is next."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.domain.moves import Plan, Question
from simulator.domain.state import SessionState, ThreadState
from simulator.domain.vocabulary import Facet, FacetState, Mode, Signal, ThreadClose, ThreadKind, facets_of
from simulator.interviewing.briefing import Covered, is_covered
from simulator.interviewing.cues import OPENED
from simulator.interviewing.packs import CLOSING_ID, Pack

THREAD_S = 540.0
"""Time planned for a thread: two to three minutes of initial answer (the round's own guide), and ten to
fifteen replies of half a minute."""

LEAST_THREAD_S = 240.0
"""A thread with less than this left for it is not opened: the initial answer alone takes up to three minutes."""

CLOSING_SHARE, CLOSING_MOST_S = 0.12, 300.0
"""Time kept for the candidate's own questions: an eighth of the session, five minutes at most."""

PROBE_S = 40.0
"""Time that a probe and its reply are expected to take: ten seconds of question, half a minute of reply."""

TELLING: dict[Facet, float] = {
    Facet.OWN_ROLE: 10,
    Facet.DECISION: 9,
    Facet.FAULT: 8,
    Facet.HINDSIGHT: 7,
    Facet.ALTERNATIVES: 6,
    Facet.OBSTACLE: 5,
    Facet.RESULT: 4,
    Facet.LEARNING: 3,
    Facet.TASK: 2,
    Facet.CONTEXT: 1,
    Facet.POSITION: 12,
    Facet.GROUNDS: 9,
    Facet.COUNTERARGUMENT: 7,
    Facet.TENSION: 6,
    Facet.UNCERTAINTY: 5,
    Facet.UPDATE: 4,
    Facet.FIT: 3,
    Facet.QUESTION: 0,
}
"""How much a facet tells about the candidate, 0 to 12: the order in which equal ones are probed."""

LEAST_SUPPORTED = {FacetState.CLAIMED: 1.5, FacetState.UNHEARD: 1.0, FacetState.SUPPORTED: 0.0}
"""What a facet's state adds: a claim is to be tested, a gap to be filled, what is supported can wait."""

OPENED_JUST_NOW = 2.5
"""What it adds that the last answer opened the facet: following it beats an order of one's own."""

SURELY_CLEAN = 0.3
"""Confidence in `too_clean` from which more is probed than the question tests: below it the rubric shows the signal,
but two facets are too many to ask for on a guess."""

TOO_CLEAN = frozenset({Facet.ALTERNATIVES, Facet.OBSTACLE})
"""What a story that is too clean is probed at, harder: what was given up and who disagreed, and what was hard."""

COMES_LAST = 100.0
"""What covered and earlier settled facets lose: they come after all others."""

EDGE: dict[ThreadKind, tuple[Facet, ...]] = {
    ThreadKind.STORY: (Facet.RESULT, Facet.ALTERNATIVES, Facet.DECISION, Facet.OBSTACLE, Facet.CONTEXT),
    ThreadKind.VIEW: (Facet.GROUNDS, Facet.COUNTERARGUMENT, Facet.UPDATE, Facet.FIT),
}
"""Facets with wordings past the edge of what was said, where "I don't know" is practised."""

PUSHED: dict[ThreadKind, tuple[Facet, ...]] = {
    ThreadKind.STORY: (Facet.DECISION, Facet.ALTERNATIVES),
    ThreadKind.VIEW: (Facet.POSITION, Facet.COUNTERARGUMENT),
}
"""What is probed besides the pushes where pushes are what is practised."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The facet to probe next, and why it, in words."""

    facet: Facet
    why: str


class Agenda:
    """The order and the time of a session; everything is derived from the state and the plan.

    Args:
        pack: the questions.
        plan: what the session is about.
        covered: what other rounds have covered.
    """

    def __init__(self, pack: Pack, plan: Plan, covered: Covered) -> None:
        self._pack = pack
        self._plan = plan
        self._covered = covered
        self._queue = self._order()

    # Questions.

    def _order(self) -> tuple[Question, ...]:
        plan, pack = self._plan, self._pack
        if plan.only:
            chosen = [pack.question(each) for each in plan.only]
        else:
            themes = dict(pack.themes)
            shuffled = random.Random(f"{plan.seed}:questions").sample(list(pack.questions), len(pack.questions))
            shuffled.sort(
                key=lambda q: (
                    is_covered(q, self._covered, themes.get(q.id, ())),
                    bool(plan.settled_before.get(q.id)),
                    q.id not in pack.core,
                )
            )
            chosen = self._mixed(shuffled)
        return tuple(self._as_asked(question) for question in chosen)

    def _mixed(self, questions: Sequence[Question]) -> list[Question]:
        """Mix stories and views as the mode wants them."""
        stories = [q for q in questions if q.kind is ThreadKind.STORY]
        views = [q for q in questions if q.kind is ThreadKind.VIEW]
        match self._plan.mode:
            case Mode.PUSHBACK:
                return views or stories
            case Mode.DEPTH:
                return stories or views
            case Mode.DRILL | Mode.QUESTION:
                return list(questions)
            case _:
                # Half of the round is behaviour and half is views, in turns, a story first.
                mixed: list[Question] = []
                while stories or views:
                    mixed += stories[:1] + views[:1]
                    stories, views = stories[1:], views[1:]
                return mixed

    def _as_asked(self, question: Question) -> Question:
        """Give a question with the facets that the mode tests."""
        facets = {Mode.PUSHBACK: PUSHED, Mode.UNKNOWN: EDGE}.get(self._plan.mode)
        tests = question.tests
        if facets is not None:
            tests = facets[question.kind]
        elif self._plan.mode is Mode.DEPTH:
            tests = facets_of(question.kind)
        return Question(question.id, question.kind, question.text, tests, question.topic)

    def next_question(self, state: SessionState, now_s: float) -> Question | None:
        """Give the question to open the next thread with, None when there is none or no time for one."""
        asked = self.asked(state)
        if self._plan.mode in {Mode.QUESTION, Mode.DEPTH} and asked:
            return None
        left = [q for q in self._queue if q.id not in asked]
        if not left or (asked and self.left_s(now_s) < LEAST_THREAD_S):
            return None
        return left[0]

    @staticmethod
    def asked(state: SessionState) -> list[str]:
        """Give the ids of the questions that were asked and not lost in a crash before they were answered."""
        return [
            t.question
            for t in state.threads.values()
            if t.question != CLOSING_ID and not (t.closed is ThreadClose.CLOSED and not t.answers)
        ]

    # Time.

    @property
    def closing_s(self) -> float:
        """Seconds kept for the candidate's own questions."""
        if self._plan.mode is not Mode.ROUND:
            return 0.0
        return min(CLOSING_MOST_S, CLOSING_SHARE * 60 * self._plan.minutes)

    def left_s(self, now_s: float) -> float:
        """Seconds left for threads."""
        if not self._plan.minutes:
            return float("inf")
        return 60 * self._plan.minutes - self.closing_s - now_s

    def thread_left_s(self, state: SessionState, thread: ThreadState, now_s: float) -> float:
        """Seconds left for a thread: the time that was left when it began, shared among the threads to come."""
        if not self._plan.minutes:
            return float("inf")
        had = self.left_s(thread.at_s)
        to_come = len([q for q in self._queue if q.id not in self.asked(state)])
        if self._plan.mode in {Mode.QUESTION, Mode.DEPTH}:
            to_come = 0
        shares = max(1, min(1 + to_come, round(had / THREAD_S)))
        return thread.at_s + had / shares - now_s

    # Facets.

    def wanted(self, thread: ThreadState) -> tuple[Facet, ...]:
        """Give the facets to settle in a thread: those that its question tests, and more where it is too clean."""
        extra = () if self._plan.mode in {Mode.PUSHBACK, Mode.UNKNOWN} or not too_clean(thread) else tuple(TOO_CLEAN)
        return tuple(dict.fromkeys((*thread.tests, *sorted(extra))))

    def unsettled(self, thread: ThreadState) -> tuple[Facet, ...]:
        """Give the wanted facets that are not settled."""
        return tuple(f for f in self.wanted(thread) if f not in thread.facets or thread.facets[f].outcome is None)

    def choose(self, thread: ThreadState, among: Sequence[Facet], last_words: str) -> Choice:
        """Choose the facet to probe next.

        Args:
            thread: the thread.
            among: facets that may be probed; not empty.
            last_words: what the candidate said last.
        """
        clean = too_clean(thread)
        earlier = self._plan.settled_before.get(thread.question, {})
        ranked: list[tuple[float, Facet, str]] = []
        for facet in among:
            progress = thread.facets.get(facet)
            state = progress.state if progress is not None else FacetState.UNHEARD
            score = TELLING[facet] + LEAST_SUPPORTED[state]
            why = f"{facet} was {_how_far(state)}"
            opened = OPENED[facet].search(last_words) if facet in OPENED else None
            if opened is not None:
                score += OPENED_JUST_NOW
                why = f'the last answer opened {facet} ("{opened.group(0).lower()}"), and it was {_how_far(state)}'
            if clean and facet in TOO_CLEAN:
                score += TELLING[Facet.OWN_ROLE]
                why = f"the story is too clean, so {facet} is probed: it was {_how_far(state)}"
            if facet in self._covered.facets:
                score -= COMES_LAST
                why += "; other rounds covered it, so it comes late"
            if facet in earlier:
                score -= COMES_LAST
                why += "; an earlier session settled it, so it comes late"
            ranked.append((score, facet, why))
        # A stable order among equals: the vocabulary's.
        _, facet, why = max(ranked, key=lambda each: each[0])
        return Choice(facet, why)


def _how_far(state: FacetState) -> str:
    return {
        FacetState.UNHEARD: "not heard yet",
        FacetState.CLAIMED: "only claimed",
        FacetState.SUPPORTED: "supported so far and not probed",
    }[state]


def too_clean(thread: ThreadState) -> bool:
    """Tell whether a story sounds too clean: the judge says so with some confidence, and no fault was owned."""
    if thread.kind is not ThreadKind.STORY:
        return False
    found = {signal.signal: signal.confidence for signal in thread.signals}
    return found.get(Signal.TOO_CLEAN, 0.0) >= SURELY_CLEAN and Signal.OWNS_FAULT not in found
