"""When a facet is settled: the vocabulary's rule, as a function of the replies so far."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.domain.vocabulary import LIMITS_AT_ONCE, LIMITS_IN_PAIRS, Outcome, Reply


def outcome_of(replies: Sequence[Reply], fresh_needed: int = 2) -> Outcome | None:
    """Give how the replies to the probes on one facet settle it, or None while they don't.

    Two `fresh` replies in a row hold it; one `unknown`, `not_mine` or `contradicted` is its limit at
    once; two `no_more`, `evaded` or `vague` in a row of the same kind are its limit.

    Args:
        replies: the replies on this facet, oldest first, ambiguous ones already confirmed.
        fresh_needed: how many `fresh` replies in a row hold the facet. The vocabulary lets one be
            enough where the initial answer had already supported the facet; whether to use that is
            the policy's choice (it does when time is short).
    """
    if not replies:
        return None
    last = replies[-1]
    if last in LIMITS_AT_ONCE:
        return Outcome(last.value)
    if last is Reply.FRESH:
        recent = replies[-fresh_needed:]
        return Outcome.HELD if len(recent) == fresh_needed and set(recent) == {Reply.FRESH} else None
    if last in LIMITS_IN_PAIRS and len(replies) > 1 and replies[-2] is last:
        return Outcome(last.value)
    return None
