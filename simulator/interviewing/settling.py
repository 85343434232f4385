"""When replies settle a facet: the vocabulary's rule, applied to the replies as they most likely were.

A judge is not always sure. What a reply was is therefore taken as a distribution over its kinds: the
judge's confidence for the kind that it named, the rest spread over what such a reply is when it is
something else. The rule is followed over all sequences of kinds at once, and a facet is settled when it
is more likely than not that the true kinds meet it. With a sure judge this is the rule itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.domain.limits import outcome_of
from simulator.domain.state import AnswerState, ProbeRecord
from simulator.domain.vocabulary import LIMITS_AT_ONCE, Outcome, Reply

UNCERTAIN_WORDS_BELOW = 0.5
"""Mean word probability under which the words that show a judgement count as uncertain: more likely misheard
than not, in the recognizer's own estimate."""

SETTLED_ABOVE = 0.6
"""Probability that the rule is met from which a facet is settled: clearly more likely than not."""

LEFT_ABOVE = 0.05
"""The same from the second reply on, where the last one brought nothing fresh: most facets have shown their limit by
then, and to ask on where one may have is badgering, the worse fault. With simulated candidates, and replies judged as
the embedded judge judges threads that it was not trained on (right four times in five), this and `TAKEN_FOR_FRESH`
leave 0.6 probes a thread on settled facets where one bar for all leaves 1.65, at outcomes that are right as often."""

SURE = 0.95
"""Confidence from which a judgement is taken at its word: replies all judged so are read by the rule alone."""

UNSURE_BELOW = 0.4
"""Confidence under which any reply may stand for a fresh one beside another that is."""

TAKEN_FOR_FRESH = frozenset({Reply.EVADED, Reply.CONTRADICTED, Reply.NO_MORE, Reply.NOT_MINE})
"""What a fresh reply is taken for by a judge that errs: nine in ten of its mistakes on fresh ones. Judged less than
surely, such a reply may stand for a fresh one when a fresh one follows it, for limits are seldom left again."""

FRESH_ENOUGH = 0.5
"""Confidence of the fresh reply that follows: more likely right than wrong."""

MOST_PROBES = 4
"""Judged probes on a facet after which it is settled as what it most likely is: an interview has an end, and a
facet that holds or has a limit shows it in two to three."""

SUREST = 0.99
"""No judge is surer than this: a reply that fits nothing said before must be able to be a slip."""

STARTS_FRESH, STAYS_FRESH = 0.6, 0.6
"""How often the first reply on a facet is fresh, and how often a fresh one is followed by another: near what simulated
candidates do (0.68, 0.62)."""

LIMIT_STAYS, LEAVES_FOR_FRESH = 0.8, 0.06
"""How often a limit reply is followed by one of its kind, and by a fresh one. Simulated candidates never leave a
limit; people do when they are asked from another side."""

_LIMITS = tuple(reply for reply in Reply if reply is not Reply.FRESH)

MISTAKEN: Mapping[Reply, Mapping[Reply, float]] = {
    Reply.FRESH: {
        Reply.CONTRADICTED: 3,
        Reply.NOT_MINE: 2,
        Reply.EVADED: 3,
        Reply.VAGUE: 1,
        Reply.NO_MORE: 1,
        Reply.UNKNOWN: 1,
    },
    Reply.VAGUE: {
        Reply.EVADED: 4,
        Reply.NO_MORE: 3,
        Reply.FRESH: 1,
        Reply.UNKNOWN: 1,
        Reply.NOT_MINE: 1,
        Reply.CONTRADICTED: 1,
    },
    Reply.UNKNOWN: {
        Reply.NOT_MINE: 3,
        Reply.VAGUE: 2,
        Reply.NO_MORE: 1,
        Reply.EVADED: 1,
        Reply.FRESH: 1,
        Reply.CONTRADICTED: 1,
    },
    Reply.NOT_MINE: {
        Reply.FRESH: 3,
        Reply.UNKNOWN: 2,
        Reply.CONTRADICTED: 2,
        Reply.EVADED: 2,
        Reply.VAGUE: 1,
        Reply.NO_MORE: 1,
    },
    Reply.NO_MORE: {
        Reply.EVADED: 2,
        Reply.FRESH: 2,
        Reply.VAGUE: 2,
        Reply.CONTRADICTED: 2,
        Reply.UNKNOWN: 1,
        Reply.NOT_MINE: 1,
    },
    Reply.EVADED: {
        Reply.FRESH: 3,
        Reply.VAGUE: 2,
        Reply.NOT_MINE: 1,
        Reply.NO_MORE: 1,
        Reply.CONTRADICTED: 1,
        Reply.UNKNOWN: 1,
    },
    Reply.CONTRADICTED: {
        Reply.FRESH: 5,
        Reply.NOT_MINE: 2,
        Reply.EVADED: 1,
        Reply.NO_MORE: 1,
        Reply.VAGUE: 0.5,
        Reply.UNKNOWN: 0.5,
    },
}
"""What a reply that is judged as one kind is when it is another, as weights: from the confusion tables of the
embedded judge (docs/judge.md), smoothed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the replies on a facet amount to.

    Attributes:
        outcome: how the facet is settled, None while it is not.
        rule: the rule that settled it, in words ("" while it is not settled).
        confirm: whether the newest reply is doubtful and has to be asked for again, plainly.
        probability: how likely it is that the facet is settled.
    """

    outcome: Outcome | None
    rule: str
    confirm: bool
    probability: float


def _word_probability(probe: ProbeRecord, answers: Mapping[str, AnswerState]) -> float:
    """Give the mean probability of the words that show the judgement of a reply, 1 where they are not known."""
    probabilities = [
        word.probability
        for e in probe.evidence
        if e.first_word is not None and e.last_word is not None and e.answer is not None and e.answer in answers
        for word in answers[e.answer].words[e.first_word : e.last_word + 1]
    ]
    return sum(probabilities) / len(probabilities) if probabilities else 1.0


def words_uncertain(probe: ProbeRecord, answers: Mapping[str, AnswerState]) -> bool:
    """Tell whether the words that show the judgement of a reply were recognized uncertainly."""
    return _word_probability(probe, answers) < UNCERTAIN_WORDS_BELOW


def kinds_of(reply: Reply, confidence: float) -> dict[Reply, float]:
    """Give what a reply was, as probabilities, by what it was judged to be and how surely."""
    sure = min(max(confidence, 1 / len(Reply)), SUREST)
    weights = MISTAKEN[reply]
    total = sum(weights.values())
    return {reply: sure, **{other: (1 - sure) * weight / total for other, weight in weights.items()}}


def _next(after: Reply | None, kind: Reply) -> float:
    """Give how likely a kind of reply is after another (or as the first one on a facet)."""
    if after is None:
        return STARTS_FRESH if kind is Reply.FRESH else (1 - STARTS_FRESH) / len(_LIMITS)
    if after is Reply.FRESH:
        return STAYS_FRESH if kind is Reply.FRESH else (1 - STAYS_FRESH) / len(_LIMITS)
    if kind is after:
        return LIMIT_STAYS
    if kind is Reply.FRESH:
        return LEAVES_FOR_FRESH
    return (1 - LIMIT_STAYS - LEAVES_FOR_FRESH) / (len(_LIMITS) - 1)


def _settles(before: Reply | None, kind: Reply, fresh_needed: int) -> Outcome | None:
    """Give the outcome that a reply brings after the one before, by the vocabulary's rule."""
    replies = (kind,) if before is None else (before, kind)
    return outcome_of(replies, fresh_needed)


def read_replies(probes: Sequence[ProbeRecord], answers: Mapping[str, AnswerState], fresh_needed: int = 2) -> Reading:
    """Give what the replies to the ordinary probes on one facet amount to.

    Args:
        probes: the facet's probes, oldest first; unanswered ones are passed over.
        answers: the session's answers.
        fresh_needed: `fresh` replies in a row that hold the facet.
    """
    judged: list[tuple[Reply, float]] = []
    newest: ProbeRecord | None = None
    for probe in probes:
        if isinstance(probe.reply, Reply):
            # Words that were misheard are no ground for being sure of what they show.
            unsure = _word_probability(probe, answers) if words_uncertain(probe, answers) else 1.0
            judged.append((probe.reply, probe.confidence * unsure))
            newest = probe
    if newest is None:
        return Reading(None, "", False, 0.0)
    outcomes, open_kinds = _follow(judged, fresh_needed)
    settled = sum(outcomes.values())
    kinds = tuple(reply for reply, _ in judged)
    outcome = max(outcomes, key=lambda each: outcomes[each])
    if settled > SETTLED_ABOVE and _shown(outcome, judged, fresh_needed):
        return Reading(outcome, _rule(kinds, outcome, fresh_needed, settled), False, settled)
    doubted = newest.reply is not Reply.FRESH and any(confidence < SURE for _, confidence in judged)
    if len(judged) >= MOST_PROBES or (len(judged) > 1 and doubted and settled > LEFT_ABOVE):
        if not _shown(Outcome.HELD, judged, fresh_needed):
            outcomes.pop(Outcome.HELD, None)
        outcome = _likeliest(kinds, outcomes, open_kinds)
        return Reading(outcome, f"what {len(judged)} replies ({', '.join(kinds)}) most likely are", False, settled)
    doubtful = newest.reply in LIMITS_AT_ONCE or words_uncertain(newest, answers)
    return Reading(None, "", doubtful and not newest.confirms, settled)


def _likeliest(kinds: Sequence[Reply], outcomes: Mapping[Outcome, float], open_kinds: Mapping[Reply, float]) -> Outcome:
    """Give what a facet that is left amounts to: the likeliest of what its replies were judged to be."""
    shares = defaultdict(float, outcomes)
    for kind, share in open_kinds.items():
        shares[_as_outcome(kind)] += share
    return max({_as_outcome(kind) for kind in kinds}, key=lambda each: (shares[each], each))


def _as_outcome(kind: Reply) -> Outcome:
    return Outcome.HELD if kind is Reply.FRESH else Outcome(kind.value)


def _shown(outcome: Outcome, judged: Sequence[tuple[Reply, float]], fresh_needed: int) -> bool:
    """Tell whether there are words that show an outcome: replies that were judged to be of its kind.

    What holds is shown by as many fresh replies as are needed, of which those that were judged otherwise,
    and may have been fresh, make up all but one.
    """
    kinds = [reply for reply, _ in judged]
    if outcome is not Outcome.HELD:
        return Reply(outcome.value) in kinds
    plainly = any(reply is Reply.FRESH and confidence >= FRESH_ENOUGH for reply, confidence in judged)
    mistaken = TAKEN_FOR_FRESH if plainly else frozenset()
    unsure = sum(
        reply is not Reply.FRESH and confidence < (SURE if reply in mistaken else UNSURE_BELOW)
        for reply, confidence in judged
    )
    return kinds.count(Reply.FRESH) + min(unsure, fresh_needed - 1) >= fresh_needed


def _follow(
    judged: Sequence[tuple[Reply, float]], fresh_needed: int
) -> tuple[defaultdict[Outcome, float], dict[Reply, float]]:
    """Follow the rule over all sequences of kinds that the replies may have been.

    Gives how likely each outcome is by now, and, where none has come about, how likely each kind of the
    newest reply is.
    """
    ways: dict[tuple[Reply | None, Outcome | None], float] = {(None, None): 1.0}
    for reply, confidence in judged:
        kinds = kinds_of(reply, confidence)
        after: defaultdict[tuple[Reply | None, Outcome | None], float] = defaultdict(float)
        for (before, outcome), share in ways.items():
            for kind, likely in kinds.items():
                reached = outcome or _settles(before, kind, fresh_needed)
                after[kind, reached] += share * _next(before, kind) * likely
        total = sum(after.values())
        ways = {way: share / total for way, share in after.items()}
    outcomes: defaultdict[Outcome, float] = defaultdict(float)
    open_kinds: defaultdict[Reply, float] = defaultdict(float)
    for (newest, outcome), share in ways.items():
        if outcome is not None:
            outcomes[outcome] += share
        elif newest is not None:
            open_kinds[newest] += share
    return outcomes, open_kinds


def _rule(kinds: Sequence[Reply], outcome: Outcome, fresh_needed: int, probability: float) -> str:
    """Say which rule settled a facet."""
    if outcome_of(kinds, fresh_needed) is not outcome:
        return f"what the replies ({', '.join(kinds)}) most likely amount to, at {probability:.0%}"
    if outcome is Outcome.HELD:
        return "two fresh replies in a row" if fresh_needed > 1 else "a fresh reply to what was already supported"
    if kinds[-1] in LIMITS_AT_ONCE:
        return f"one reply of the kind {outcome}"
    return f"two replies of the kind {outcome} in a row"
