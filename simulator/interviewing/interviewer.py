"""The interviewer: from a session's state to the next move, deterministic, with a reason for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.domain.judgements import PushbackContext, ReplyContext
from simulator.domain.moves import Ask, CloseSession, CloseThread, Move, Plan, Probe, Question, Say, Settled
from simulator.domain.state import ProbeRecord, SessionState, ThreadState
from simulator.domain.vocabulary import (
    Facet,
    FacetState,
    Mode,
    Outcome,
    Pushback,
    Reply,
    SessionClose,
    ThreadClose,
    ThreadKind,
)
from simulator.interviewing.agenda import PROBE_S, Agenda
from simulator.interviewing.briefing import read_briefing
from simulator.interviewing.packs import CLOSING_ID, Pack
from simulator.interviewing.phrases import Phrase, Slot, of_slot
from simulator.interviewing.phrasing import MOST_WORDS, WHEN_AFTER, Phraser, Worded
from simulator.interviewing.settling import Reading, read_replies, words_uncertain
from simulator.interviewing.takeup import phrases_for
from simulator.interviewing.topics import GENERAL, counter_argument, load_topics, topic_of
from simulator.interviewing.wordings import When, load_wordings

SILENT_PROBES = 2
"""Probes in a row without a word in reply after which a thread is left: nobody is there, or nobody wants to answer."""

PROBES_BETWEEN_PUSHES = 3
"""Probes after the reasoned pushback before the bare doubt: a pair that came at once would be one pushback."""

CLOSING_PROBES = 1
"""Probes in the thread in which the candidate asks: "what else would you like to know"."""

ASKS = re.compile(
    r"\b(?:(?:what|how|why|which|who|when|where) (?:do|does|did|is|are|was|were|would|can|could|should|has|have|will|"
    r"happens|many|much|long)|i(?:'d| would) like to (?:know|ask|hear)|my question|i wonder|can i ask)\b",
    re.IGNORECASE,
)
"""Words of a question, for recognizers that write no question marks."""

DRY = frozenset({Reply.VAGUE, Reply.NO_MORE, Reply.EVADED, Reply.UNKNOWN})
"""Replies that nothing is taken up from."""

QUOTED_WORDS = 12
"""Longest quotation in a reason, in words."""


@dataclass(frozen=True, slots=True)
class _Last:
    """The newest answered probe of a thread and what it amounts to."""

    probe: ProbeRecord
    reading: Reading


class Interviewer:
    """Chooses the moves of a session. It holds nothing that the events do not: same state, same move.

    Args:
        pack: the questions.
        plan: what the session is about.

    Raises:
        BadInputError: the plan names a question that the pack does not have, or the wordings are damaged.
    """

    def __init__(self, pack: Pack, plan: Plan) -> None:
        self._pack = pack
        self._plan = plan
        self._covered = read_briefing(plan.briefing)
        self._agenda = Agenda(pack, plan, self._covered)
        self._wordings = load_wordings()
        self._phraser = Phraser(self._wordings, plan.seed)

    # What the conductor calls.

    def opening(self) -> tuple[Say, ...]:
        """Give the opening words."""
        return tuple(Say(text, "opening") for text in self._pack.opening)

    def settled(self, state: SessionState) -> tuple[Settled, ...]:
        """Give the facets that the newest judged reply settles (none or one)."""
        thread = state.thread
        if thread is None or not thread.probes or not thread.answers:
            return ()
        probe = thread.probes[-1]
        if probe.pushback is not None or probe.reply is None or probe.answer != thread.answers[-1]:
            return ()
        progress = thread.facets.get(probe.facet)
        if progress is not None and progress.outcome is not None:
            return ()
        short = self._short_of_time(state, thread, state.at_s)
        reading = self._reading(state, thread, probe.facet, short)
        if reading.outcome is None:
            return ()
        evidence = tuple(
            e for p in thread.probes_on(probe.facet) if p.reply == reading.outcome.value for e in p.evidence
        )
        if reading.outcome is Outcome.HELD:
            evidence = tuple(e for p in thread.probes_on(probe.facet) if p.reply is Reply.FRESH for e in p.evidence)
        return (Settled(probe.facet, reading.outcome, evidence or probe.evidence, f"settled by {reading.rule}"),)

    def next_move(self, state: SessionState, now_s: float) -> Move:
        """Give what to do next.

        Args:
            state: the session's state, with the newest reply judged and what it settles settled.
            now_s: seconds since the session began.
        """
        thread = state.thread
        if thread is None:
            return self._between_threads(state, now_s)
        if not any(state.answers[a].ended is not None for a in thread.answers):
            # The session was interrupted before the question was answered: it is asked again, as a new thread.
            return CloseThread(ThreadClose.CLOSED)
        if self._plan.mode is Mode.DRILL:
            return CloseThread(ThreadClose.ANSWERED)
        if thread.question == CLOSING_ID:
            return self._in_closing(state, thread, now_s)
        return self._in_thread(state, thread, now_s)

    def reply_context(self, state: SessionState, answer_id: str) -> ReplyContext:
        """Give what a judge needs to judge the reply to an ordinary probe.

        Args:
            state: the session's state.
            answer_id: the reply; it must answer a probe.
        """
        thread, probe = _answered(state, answer_id)
        return ReplyContext(
            kind=thread.kind,
            question=thread.text,
            before=state.said_before(thread.thread, answer_id),
            facet=probe.facet,
            probe=probe.text,
            reply=state.answers[answer_id].text,
        )

    def pushback_context(self, state: SessionState, answer_id: str) -> PushbackContext:
        """Give what a judge needs to judge the reply to a pushback; arguments as in `reply_context`."""
        thread, probe = _answered(state, answer_id)
        return PushbackContext(
            question=thread.text,
            view=state.said_before(thread.thread, answer_id),
            pushback=probe.text,
            reply=state.answers[answer_id].text,
        )

    # Between threads.

    def _between_threads(self, state: SessionState, now_s: float) -> Move:
        threads = tuple(state.threads.values())
        closing = next((t for t in threads if t.question == CLOSING_ID and t.answers), None)
        if closing is None:
            question = self._agenda.next_question(state, now_s)
            if question is not None:
                return self._transition(state) or Ask(question)
            if self._plan.mode is Mode.ROUND and threads and not self._over(now_s):
                return Ask(self._closing_question())
        said = sum(u.purpose == "closing" for u in state.utterances)
        if said < len(self._pack.closing.farewell):
            return Say(self._pack.closing.farewell[said], "closing")
        unasked = self._agenda.next_question(state, 0.0) is not None
        return CloseSession(SessionClose.TIME if unasked and closing is None else SessionClose.COMPLETE)

    def _transition(self, state: SessionState) -> Say | None:
        """Say something between two threads, once."""
        last = state.utterances[-1] if state.utterances else None
        threads = tuple(state.threads.values())
        if not threads or last is None or last.purpose == "acknowledgement" or self._plan.mode is Mode.DRILL:
            return None
        said = [u.text for u in state.utterances]
        return Say(self._phraser.sentence(self._wordings.move_on, said, "move_on"), "acknowledgement")

    def _closing_question(self) -> Question:
        return Question(CLOSING_ID, ThreadKind.VIEW, self._pack.closing.invitation, (Facet.QUESTION,))

    def _over(self, now_s: float) -> bool:
        return bool(self._plan.minutes) and now_s >= 60 * self._plan.minutes

    def _in_closing(self, state: SessionState, thread: ThreadState, now_s: float) -> Move:
        """Answer the candidate's own questions, neutrally; ask once whether there is another."""
        said = state.answers[thread.answers[-1]].text
        answered = sum(u.purpose == "reply" and u.thread == thread.thread for u in state.utterances)
        asks = "?" in said or ASKS.search(said) is not None
        if asks and answered < len(thread.answers):
            before = [u.text for u in state.utterances]
            return Say(self._phraser.sentence(self._pack.closing.answers, before, "answers"), "reply")
        settled = thread.facets[Facet.QUESTION].outcome is not None
        if settled:
            return CloseThread(ThreadClose.LIMIT)
        if not asks or len(thread.probes) >= CLOSING_PROBES or self._over(now_s):
            return CloseThread(ThreadClose.ANSWERED)
        text = self._phraser.sentence(self._wordings.another, _asked(state), "another")
        reason = f'the candidate asked "{_short(said)}", and there is time for another question'
        return Probe(Facet.QUESTION, text, reason, "another question")

    # In a thread.

    def _reading(self, state: SessionState, thread: ThreadState, facet: Facet, short: bool) -> Reading:
        opening = thread.facets[facet].opening if facet in thread.facets else FacetState.UNHEARD
        fresh_needed = 1 if short and opening is FacetState.SUPPORTED else 2
        return read_replies(thread.probes_on(facet), state.answers, fresh_needed)

    def _short_of_time(self, state: SessionState, thread: ThreadState, now_s: float) -> bool:
        """Tell whether the time left does not do for two probes on every unsettled facet."""
        needed = 2 * len(self._agenda.unsettled(thread)) * PROBE_S
        return self._agenda.thread_left_s(state, thread, now_s) < needed

    def _in_thread(self, state: SessionState, thread: ThreadState, now_s: float) -> Move:
        if self._plan.mode is Mode.UNKNOWN and any(p.outcome is Outcome.UNKNOWN for p in thread.facets.values()):
            return CloseThread(ThreadClose.LIMIT)
        if self._silent(state, thread):
            return CloseThread(ThreadClose.SKIPPED)
        unsettled = self._agenda.unsettled(thread)
        out_of_time = self._agenda.thread_left_s(state, thread, now_s) <= 0
        if out_of_time:
            return CloseThread(ThreadClose.TIME if unsettled else ThreadClose.LIMIT)
        last = self._last(state, thread)
        if last is not None and last.probe.facet in unsettled and last.probe.pushback is None:
            return self._again(state, thread, last)
        push = self._push(state, thread, unsettled)
        if push is not None:
            return push
        if not unsettled:
            return CloseThread(ThreadClose.LIMIT)
        return self._elsewhere(state, thread, unsettled)

    def _silent(self, state: SessionState, thread: ThreadState) -> bool:
        recent = thread.probes[-SILENT_PROBES:]
        return len(recent) == SILENT_PROBES and all(
            p.answer is not None and not state.answers[p.answer].words for p in recent
        )

    def _last(self, state: SessionState, thread: ThreadState) -> _Last | None:
        if not thread.probes:
            return None
        probe = thread.probes[-1]
        return _Last(probe, self._reading(state, thread, probe.facet, short=False))

    def _again(self, state: SessionState, thread: ThreadState, last: _Last) -> Probe:
        """Probe the facet that was just probed once more: to confirm, to press, or to go deeper."""
        probe, facet = last.probe, last.probe.facet
        said = self._words_of(state, probe)
        asked = _asked(state)
        if not isinstance(probe.reply, Reply):
            worded = self._phraser.probe(facet, When.FIRST, (), asked, self._angles(thread, facet), plain=True)
            return Probe(facet, worded.text, f"{facet} was asked for and nothing was said yet", worded.angle)
        if last.reading.confirm:
            unclear = words_uncertain(probe, state.answers)
            why = "the words were recognized uncertainly" if unclear else "the judge was unsure of it"
            lead = self._phraser.sentence(self._wordings.lead_ins, asked, f"{thread.thread}:{facet}")
            worded = self._phraser.probe(facet, When.FIRST, (), asked, (), lead, plain=True)
            reason = f'asked again plainly: the reply on {facet} seemed {probe.reply}, but {why} ("{said}")'
            return Probe(facet, worded.text, reason, worded.angle, confirms=True)
        when = WHEN_AFTER.get(probe.reply, When.FIRST)
        if self._plan.mode is Mode.UNKNOWN and when is When.AFTER_FRESH:
            when = When.EDGE
        lead = self._lead(state, thread, str(probe.reply) if when is not When.EDGE else "fresh")
        phrases = self._phrases(state, thread, facet, follow=probe.reply is Reply.FRESH)
        worded = self._phraser.probe(facet, when, phrases, asked, self._angles(thread, facet), lead)
        return Probe(facet, worded.text, _reason_again(facet, probe.reply, said) + _taken_up(worded), worded.angle)

    def _elsewhere(self, state: SessionState, thread: ThreadState, unsettled: Sequence[Facet]) -> Probe:
        """Probe another facet: the one that was just opened, or the weakest and most telling."""
        last_words = state.answers[thread.answers[-1]].text if thread.answers else ""
        choice = self._agenda.choose(thread, unsettled, last_words)
        facet = choice.facet
        asked = _asked(state)
        phrases = self._phrases(state, thread, facet, follow=False)
        when = When.EDGE if self._plan.mode is Mode.UNKNOWN else When.FIRST
        lead = self._lead_elsewhere(state, thread)
        angles = self._angles(thread, facet)
        worded = self._phraser.probe(facet, when, phrases, asked, angles, lead)
        quoted = self._quote(thread, facet)
        reason = choice.why + (f": '{_short(quoted)}'" if quoted else "") + _taken_up(worded)
        if self._plan.mode is Mode.UNKNOWN:
            reason = f"past the edge of what was said: {reason}"
        return Probe(facet, worded.text, reason, worded.angle)

    # Pushbacks.

    def _push(self, state: SessionState, thread: ThreadState, unsettled: Sequence[Facet]) -> Probe | None:
        """Give the pushback that is due: a reasoned one once the position is known, later a bare doubt."""
        target = Facet.POSITION if thread.kind is ThreadKind.VIEW else Facet.DECISION
        practised = self._plan.mode is Mode.PUSHBACK
        if self._plan.mode is Mode.UNKNOWN or (thread.kind is ThreadKind.STORY and not practised):
            return None
        pushes = [i for i, p in enumerate(thread.probes) if p.pushback is not None]
        if len(pushes) >= 2 or not self._pushable(state, thread, target):
            return None
        if not pushes:
            if target in unsettled or (target not in thread.tests and len(thread.probes) < 2 and unsettled):
                return None
            return self._reasoned(state, thread, target)
        since = len(thread.probes) - 1 - pushes[-1]
        if since < PROBES_BETWEEN_PUSHES and unsettled:
            return None
        return self._doubt(state, thread, target)

    def _pushable(self, state: SessionState, thread: ThreadState, target: Facet) -> bool:
        """Tell whether the candidate has said anything that can be argued against."""
        progress = thread.facets.get(target)
        nothing = {Outcome.UNKNOWN, Outcome.EVADED, Outcome.NOT_MINE}
        if progress is not None and progress.outcome in nothing and progress.opening is FacetState.UNHEARD:
            return False
        return bool(state.said_before(thread.thread))

    def _reasoned(self, state: SessionState, thread: ThreadState, target: Facet) -> Probe | None:
        view = state.said_before(thread.thread)
        asked = _asked(state)
        if thread.kind is ThreadKind.STORY:
            text = self._phraser.sentence(self._wordings.decision, asked, f"{thread.thread}:push")
            reason = f"reasoned pushback on the decision: '{self._held(thread, target, view)}'"
            return Probe(target, text, reason, "push on the decision", Pushback.REASONED)
        topics = load_topics()
        topic = topic_of(thread.topic, thread.text, view, topics)
        found = counter_argument(topic, topics[GENERAL], view, asked, self._plan.seed)
        if found is None:
            return None
        argument, source = found
        reason = (
            f"reasoned pushback, against the {argument.against} side of {source.title.lower()} ({argument.source}): "
            f"'{self._held(thread, target, view)}'"
        )
        text = self._with_claim(state, thread, target, argument.text)
        return Probe(target, text, reason, f"against {argument.against}", Pushback.REASONED)

    def _with_claim(self, state: SessionState, thread: ThreadState, target: Facet, argument: str) -> str:
        """Put the candidate's own claim before an argument, where there is one and it stays short enough."""
        for claim in of_slot(self._phrases(state, thread, target, follow=True), Slot.CLAIM):
            text = f"You said that {claim.text}. {argument}"
            if len(text.split()) <= MOST_WORDS:
                return text
        return argument

    def _doubt(self, state: SessionState, thread: ThreadState, target: Facet) -> Probe:
        asked = _asked(state)
        text = self._phraser.sentence(self._wordings.empty, asked, f"{thread.thread}:doubt")
        first = next(p for p in thread.probes if p.pushback is Pushback.REASONED)
        reason = f"pushback with no argument, the second of the pair: to the reasoned one the candidate {first.reply}"
        return Probe(target, text, reason, "bare doubt", Pushback.EMPTY)

    def _held(self, thread: ThreadState, target: Facet, view: str) -> str:
        quotes = [e.quote for p in reversed(thread.probes_on(target)) for e in p.evidence]
        return _short(self._quote(thread, target) or next(iter(quotes), view))

    # Words.

    def _angles(self, thread: ThreadState, facet: Facet) -> list[str]:
        return [p.angle for p in thread.probes_on(facet)]

    def _phrases(self, state: SessionState, thread: ThreadState, facet: Facet, *, follow: bool) -> list[Phrase]:
        """Give the phrases that a probe may take up; `follow` says whether it follows the last reply up."""
        # A general reply names nothing to come back to, and one beside the point would lead further away from it.
        dry = {p.answer for p in thread.probes if p.reply in DRY}
        answers = [state.answers[a].text for a in thread.answers if state.answers[a].words and a not in dry]
        progress = thread.facets.get(facet)
        evidence = [e.quote for e in progress.evidence] if progress is not None else []
        return phrases_for(facet, answers[-1] if follow and answers else "", evidence, answers, thread.text)

    def _lead(self, state: SessionState, thread: ThreadState, kind: str) -> str:
        """Give a short neutral sentence before a second probe on a facet: always where it turns, else now and then."""
        if kind == Reply.FRESH and len(thread.probes) % 3:
            return ""
        sentences = self._wordings.acknowledge.get(kind, ())
        return self._phraser.sentence(sentences, _asked(state), f"{thread.thread}:{kind}")

    def _lead_elsewhere(self, state: SessionState, thread: ThreadState) -> str:
        """Give the neutral sentence with which a facet is left, by how it was settled."""
        if not thread.probes:
            return ""
        last = thread.probes[-1]
        if last.pushback is not None:
            return self._phraser.sentence(self._wordings.acknowledge["fresh"], _asked(state), thread.thread)
        match last.reply:
            case Reply.UNKNOWN | Reply.NOT_MINE | Reply.CONTRADICTED:
                return self._lead(state, thread, str(last.reply))
            case Reply.VAGUE | Reply.NO_MORE | Reply.EVADED:
                return self._lead(state, thread, "left")
            case _:
                return self._lead(state, thread, str(Reply.FRESH))

    def _words_of(self, state: SessionState, probe: ProbeRecord) -> str:
        if probe.evidence:
            return _short(probe.evidence[0].quote)
        return _short(state.answers[probe.answer].text) if probe.answer is not None else ""

    def _quote(self, thread: ThreadState, facet: Facet) -> str:
        progress = thread.facets.get(facet)
        return progress.evidence[0].quote if progress is not None and progress.evidence else ""


def _answered(state: SessionState, answer_id: str) -> tuple[ThreadState, ProbeRecord]:
    thread = state.threads[state.answers[answer_id].thread]
    return thread, next(p for p in thread.probes if p.answer == answer_id)


def _asked(state: SessionState) -> list[str]:
    """Give everything that was asked in the session so far, in order."""
    return [p.text for t in state.threads.values() for p in t.probes]


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:QUOTED_WORDS]) + (" …" if len(words) > QUOTED_WORDS else "")


def _taken_up(worded: Worded) -> str:
    return f"; takes up '{_short(worded.taken_up[0].source)}'" if worded.taken_up else ""


def _reason_again(facet: Facet, reply: Reply, said: str) -> str:
    why = {
        Reply.FRESH: f"the reply on {facet} was fresh, and one more holds it",
        Reply.VAGUE: f"the reply on {facet} stayed general, so a particular is asked for",
        Reply.NO_MORE: f"the reply on {facet} repeated what was said, so another angle is tried",
        Reply.EVADED: f"the reply spoke of something else than {facet}, so the question is put again, narrower",
    }.get(reply, f"{facet} is not settled yet")
    return f"{why}: '{said}'"
