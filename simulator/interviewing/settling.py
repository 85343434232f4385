"""When replies settle a facet: doubtful ones confirmed first, then the vocabulary's rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simulator.domain.limits import outcome_of
from simulator.domain.state import AnswerState, ProbeRecord
from simulator.domain.vocabulary import LIMITS_AT_ONCE, Outcome, Reply

UNCERTAIN_WORDS_BELOW = 0.5
"""Mean word probability under which the words that show a judgement count as uncertain: more likely misheard
than not, in the recognizer's own estimate."""

MIXED_AFTER = 3
"""Limit replies in a row, not two alike side by side, after which the kind that most of them share is the limit.

The vocabulary asks for two of a kind in a row; replies that are judged vague, then repeated, then vague
again say plainly enough that nothing more comes, and to ask on would be badgering."""

MOST_PROBES = 6
"""Judged probes on a facet after which it is settled whatever came: an interview has an end."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the replies on a facet amount to.

    Attributes:
        outcome: how the facet is settled, None while it is not.
        rule: the rule that settled it, in words ("" while it is not settled).
        confirm: whether the newest reply is doubtful and has to be asked for again.
        replies: the replies that count, oldest first.
    """

    outcome: Outcome | None
    rule: str
    confirm: bool
    replies: tuple[Reply, ...]


def words_uncertain(probe: ProbeRecord, answers: Mapping[str, AnswerState]) -> bool:
    """Tell whether the words that show the judgement of a reply were recognized uncertainly."""
    probabilities = [
        word.probability
        for e in probe.evidence
        if e.first_word is not None and e.last_word is not None and e.answer is not None and e.answer in answers
        for word in answers[e.answer].words[e.first_word : e.last_word + 1]
    ]
    return bool(probabilities) and sum(probabilities) / len(probabilities) < UNCERTAIN_WORDS_BELOW


def doubtful(probe: ProbeRecord, answers: Mapping[str, AnswerState]) -> bool:
    """Tell whether a judged reply has to be confirmed before it counts.

    One doubtful reply in two cases: where a single reply would be the limit and the judge was unsure of
    it, and where the words were uncertain. Limits that need two replies confirm themselves.
    """
    if probe.confirms:
        return False
    return (probe.reply in LIMITS_AT_ONCE and probe.ambiguous) or words_uncertain(probe, answers)


def read_replies(probes: Sequence[ProbeRecord], answers: Mapping[str, AnswerState], fresh_needed: int = 2) -> Reading:
    """Give what the replies to the ordinary probes on one facet amount to.

    A doubtful reply counts once the next one has confirmed it (came out the same). Where the next one
    differs, the surer of two one-reply limits counts; otherwise the doubtful one is left out.

    Args:
        probes: the facet's probes, oldest first; unanswered ones are passed over.
        answers: the session's answers.
        fresh_needed: `fresh` replies in a row that hold the facet.
    """
    judged = [p for p in probes if isinstance(p.reply, Reply)]
    counted: list[ProbeRecord] = []
    outvoted: ProbeRecord | None = None
    for i, probe in enumerate(judged):
        if probe is outvoted:
            continue
        if not doubtful(probe, answers):
            counted.append(probe)
        elif i + 1 == len(judged):
            return Reading(None, "", True, _kinds(counted))
        elif judged[i + 1].reply is probe.reply:
            counted.append(probe)
        elif {probe.reply, judged[i + 1].reply} <= LIMITS_AT_ONCE and probe.confidence > judged[i + 1].confidence:
            counted.append(probe)
            outvoted = judged[i + 1]
    replies = _kinds(counted)
    outcome = outcome_of(replies, fresh_needed)
    if outcome is not None:
        return Reading(outcome, _rule(replies, outcome, fresh_needed), False, replies)
    return _long_run(counted, replies)


def _kinds(probes: Sequence[ProbeRecord]) -> tuple[Reply, ...]:
    return tuple(p.reply for p in probes if isinstance(p.reply, Reply))


def _rule(replies: Sequence[Reply], outcome: Outcome, fresh_needed: int) -> str:
    if outcome is Outcome.HELD:
        return "two fresh replies in a row" if fresh_needed > 1 else "a fresh reply to what was already supported"
    if replies[-1] in LIMITS_AT_ONCE:
        return f"one reply of the kind {outcome}"
    return f"two replies of the kind {outcome} in a row"


def _long_run(counted: Sequence[ProbeRecord], replies: Sequence[Reply]) -> Reading:
    """Settle what the rule leaves open after long enough: mixed limits, and a facet that was asked often."""
    dry: list[ProbeRecord] = []
    for probe in reversed(counted):
        if probe.reply is Reply.FRESH:
            break
        dry.append(probe)
    run = dry if len(dry) >= MIXED_AFTER else list(counted) if len(counted) >= MOST_PROBES else []
    if not run:
        return Reading(None, "", False, tuple(replies))
    votes: Counter[Reply] = Counter()
    surest: dict[Reply, float] = {}
    for probe in run:
        if isinstance(probe.reply, Reply):
            votes[probe.reply] += 1
            surest[probe.reply] = max(surest.get(probe.reply, 0.0), probe.confidence)
    kind = max(votes, key=lambda reply: (votes[reply], surest[reply]))
    outcome = Outcome.HELD if kind is Reply.FRESH else Outcome(kind.value)
    return Reading(outcome, f"{len(run)} replies, most of them {kind}", False, tuple(replies))
