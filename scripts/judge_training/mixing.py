"""Makes more answers out of few: puts labelled replies into them, and tells which labels still hold."""

from __future__ import annotations

import random
from dataclasses import replace

from judge_training.data import AnswerRow, ReplyRow, Variation
from simulator.domain.vocabulary import STORY_FACETS, Facet, Reply, Signal

S = Signal

BRINGS: dict[Facet, tuple[Signal, ...]] = {
    Facet.CONTEXT: (S.SPECIFIC_DETAIL,),
    Facet.TASK: (S.SPECIFIC_DETAIL,),
    Facet.OWN_ROLE: (S.PERSONAL_ACTION, S.SPECIFIC_DETAIL),
    Facet.DECISION: (S.DECISION_RATIONALE,),
    Facet.ALTERNATIVES: (S.BOTH_SIDES,),
    Facet.RESULT: (S.MEASURED_RESULT, S.SPECIFIC_DETAIL),
    Facet.FAULT: (S.OWNS_FAULT,),
    Facet.HINDSIGHT: (S.WOULD_CHANGE,),
    Facet.LEARNING: (S.APPLIED_LEARNING,),
    Facet.GROUNDS: (S.SPECIFIC_DETAIL,),
    Facet.TENSION: (S.NAMES_TRADEOFF,),
    Facet.UNCERTAINTY: (S.ADMITS_UNKNOWN,),
    Facet.COUNTERARGUMENT: (S.BOTH_SIDES,),
    Facet.FIT: (S.SPECIFIC_FIT,),
    Facet.QUESTION: (S.GENUINE_QUESTION,),
}
"""Signals that a fresh reply at a facet brings into an answer."""

TAKES: dict[Facet, tuple[Signal, ...]] = {
    Facet.OWN_ROLE: (S.TEAM_ONLY,),
    Facet.DECISION: (S.TEAM_ONLY,),
    Facet.RESULT: (S.NO_RESULT,),
    Facet.FAULT: (S.TOO_CLEAN, S.BLAMES_OTHERS),
    Facet.HINDSIGHT: (S.TOO_CLEAN,),
}
"""Signals that a fresh reply at a facet takes out of an answer."""

KEPT = frozenset(
    {
        S.PERSONAL_ACTION, S.DECISION_RATIONALE, S.BOTH_SIDES, S.MEASURED_RESULT, S.SPECIFIC_DETAIL, S.OWNS_FAULT,
        S.ADMITS_UNKNOWN, S.WOULD_CHANGE, S.APPLIED_LEARNING, S.CONCRETE_TOPIC, S.NAMES_TRADEOFF, S.SPECIFIC_FIT,
        S.GENUINE_QUESTION, S.NAMES_SOURCES, S.RECITES_MISSION, S.OVERCLAIMED, S.GENERIC_ENTHUSIASM,
    }
)  # fmt: skip
"""Signals that an answer keeps whatever is added to it."""

ABSENT: dict[Facet, tuple[Signal, ...]] = {
    Facet.CONTEXT: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.OWNS_FAULT, S.BOTH_SIDES, S.TEAM_ONLY),
    Facet.TASK: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.OWNS_FAULT, S.BOTH_SIDES),
    Facet.OWN_ROLE: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.BLAMES_OTHERS, S.BOTH_SIDES),
    Facet.DECISION: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.BLAMES_OTHERS),
    Facet.ALTERNATIVES: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.OWNS_FAULT),
    Facet.OBSTACLE: (S.WOULD_CHANGE, S.APPLIED_LEARNING),
    Facet.RESULT: (S.WOULD_CHANGE, S.APPLIED_LEARNING, S.BOTH_SIDES),
    Facet.FAULT: (S.APPLIED_LEARNING, S.BOTH_SIDES),
    Facet.HINDSIGHT: (S.APPLIED_LEARNING, S.BOTH_SIDES),
    Facet.LEARNING: (S.BOTH_SIDES, S.TEAM_ONLY),
    Facet.POSITION: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.GROUNDS: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.TENSION: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.UNCERTAINTY: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.COUNTERARGUMENT: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.UPDATE: (S.SPECIFIC_FIT, S.GENUINE_QUESTION, S.RECITES_MISSION),
    Facet.FIT: (S.GENUINE_QUESTION,),
    Facet.QUESTION: (S.SPECIFIC_FIT, S.RECITES_MISSION),
}
"""Signals that a fresh reply at a facet does not bring, so that their absence from the answer still holds."""


class Mixer:
    """Puts replies into answers."""

    def __init__(self, replies: list[ReplyRow], rng: random.Random) -> None:
        self._rng = rng
        self._vary = Variation(rng)
        usable = [r for r in replies if r.label in (Reply.FRESH, Reply.VAGUE)]
        self._story = [r for r in usable if r.facet in STORY_FACETS]
        self._view = [r for r in usable if r.facet not in STORY_FACETS]

    def mixed(self, row: AnswerRow) -> AnswerRow:
        """Give the answer, sometimes with one or two replies to other questions put in.

        In the row that is given `unsure` holds the signals whose label no longer surely holds, and the sentences that
        were put in have the role "".
        """
        sentences = [(self._vary.text(text), role, agent) for text, role, agent in row.sentences]
        row = replace(row, sentences=tuple(sentences))
        if self._rng.random() > 0.6:
            return row
        for _ in range(self._rng.choice((1, 1, 2))):
            reply = self._rng.choice(self._story if row.kind == "story" else self._view)
            if reply.label == Reply.VAGUE and reply.facet.value in row.facets and self._rng.random() < 0.3:
                continue
            row = self._with(row, reply)
        return row

    def _with(self, row: AnswerRow, reply: ReplyRow) -> AnswerRow:
        at = self._rng.randrange(1, len(row.sentences) + 1)
        text = self._vary.text(reply.reply)
        sentences = (*row.sentences[:at], (text, "", ""), *row.sentences[at:])
        facets, signals, unsure = dict(row.facets), set(row.signals or ()), set(row.unsure)
        name = reply.facet.value
        was = facets.get(name, "unheard")
        if reply.label == Reply.FRESH:
            facets[name] = "supported"
            signals |= {s.value for s in BRINGS.get(reply.facet, ())}
            taken = {s.value for s in TAKES.get(reply.facet, ())}
            sure = {s.value for s in (*BRINGS.get(reply.facet, ()), *ABSENT.get(reply.facet, ()))}
        else:
            facets[name] = "claimed" if was == "unheard" else was
            taken, sure = (
                set(),
                {s.value for s in (S.SPECIFIC_DETAIL, S.MEASURED_RESULT, S.APPLIED_LEARNING, S.SPECIFIC_FIT)},
            )
        kept = {s.value for s in KEPT} & signals
        unsure = {s.value for s in Signal} - (kept | (sure - unsure))
        # Other facets may have been touched by the reply too: what had been heard stays heard, the rest is left open.
        facets = {f: s for f, s in facets.items() if f == name or s == "supported" or self._rng.random() < 0.5}
        return replace(
            row,
            sentences=sentences,
            facets=facets,
            signals=frozenset(signals - taken),
            unsure=frozenset(unsure - taken),
        )
