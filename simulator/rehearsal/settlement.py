"""How the replies of a recorded or stored thread settle its facets, by the rule that a running interview follows."""

from __future__ import annotations

from simulator.domain import events as ev
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, Reply
from simulator.interviewing.settling import read_replies


def settled_by(
    state: SessionState, thread: str, facet: Facet, at_s: float, *, short: bool = False
) -> ev.FacetSettled | None:
    """Give how the replies so far settle a facet, or None while they don't, or it is settled already.

    Args:
        state: the session's state.
        thread: the thread.
        facet: the facet.
        at_s: the event's time.
        short: whether one fresh reply is enough where the initial answer had supported the facet: when there is
            no time, or nothing more was asked.
    """
    told = state.threads[thread]
    progress = told.facets.get(facet)
    if progress is not None and progress.outcome is not None:
        return None
    supported = progress is not None and progress.opening is FacetState.SUPPORTED
    probes = told.probes_on(facet)
    reading = read_replies(probes, state.answers, 1 if short and supported else 2)
    if reading.outcome is None:
        return None
    shown = Reply.FRESH.value if reading.outcome is Outcome.HELD else reading.outcome.value
    evidence = tuple(each for probe in probes if probe.reply == shown for each in probe.evidence)
    return ev.FacetSettled(
        at_s=at_s,
        thread=thread,
        facet=facet,
        outcome=reading.outcome,
        evidence=evidence or probes[-1].evidence,
        reason=f"settled by {reading.rule}",
    )
