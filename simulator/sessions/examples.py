"""The candidate's real experiences across sessions: proposed by likeness, confirmed by the user, how deep each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.domain.delivery import Length, length_of
from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import STORY_FACETS, Facet, FacetState, Mode, Outcome, ThreadKind
from simulator.sessions.figures import SessionFigures, ThreadFigures
from simulator.sessions.wording import count

if TYPE_CHECKING:  # a listing need not load numpy
    import numpy as np
    from numpy.typing import NDArray

ALIKE = 0.55
"""Likeness (cosine) from which two tellings are proposed as one experience. Measured on the project's labelled
candidates: an opening and the same person's follow-ups 0.58 to 0.78, different experiences 0.51 at most; between 30
unrelated answers 99 % lie under 0.53. The user confirms in any case."""

IN_DEPTH: tuple[Facet, ...] = (Facet.OWN_ROLE, Facet.DECISION, Facet.HINDSIGHT, Facet.RESULT)
"""What has to have held for an example to be known in depth: what exactly you did, the hardest decision, what you would
do differently, the impact (the round's own guide)."""

AIM = 5
"""Examples known in depth that are worth more than fifteen summaries (the round's own guide)."""


@dataclass(frozen=True, slots=True, order=True)
class Telling:
    """A story thread in a session, where an experience was told."""

    session: str
    thread: str


@dataclass(frozen=True, slots=True)
class Example:
    """An experience, with its tellings as the user confirmed them, oldest first."""

    id: str
    name: str
    tellings: tuple[Telling, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """What the user has confirmed and turned down.

    Attributes:
        examples: confirmed, in the order of their making.
        apart: pairs of tellings that the user said are not the same experience.
        passed: tellings that the user said are no example.
    """

    examples: tuple[Example, ...] = ()
    apart: frozenset[tuple[Telling, Telling]] = frozenset()
    passed: frozenset[Telling] = frozenset()

    def of(self, telling: Telling) -> Example | None:
        """Give the example that a telling belongs to, or None."""
        return next((example for example in self.examples if telling in example.tellings), None)

    def named(self, example: str) -> Example:
        """Give the example with an id or a name.

        Raises:
            BadInputError: there is none.
        """
        for each in self.examples:
            if example in {each.id, each.name}:
                return each
        raise BadInputError(f"There is no example {example!r}.", "`interview examples` lists those there are.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tellings that seem to be of one experience.

    Attributes:
        tellings: those that belong to no example yet, oldest first.
        example: id of the example that they would join, or None for a new one.
        likeness: the least likeness that the proposal rests on; None for a telling that is like no other.
    """

    tellings: tuple[Telling, ...]
    example: str | None
    likeness: float | None


def story_tellings(sessions: Iterable[SessionFigures]) -> tuple[Telling, ...]:
    """Give every story thread in which something was told, oldest first."""
    return tuple(
        Telling(session.session, thread.thread)
        for session in sorted(sessions, key=lambda each: each.session)
        if session.mode is not Mode.UNKNOWN
        for thread in session.threads
        if thread.kind is ThreadKind.STORY and thread.initial is not None and thread.initial.words
    )


def propose(vectors: Mapping[Telling, NDArray[np.float32]], known: Examples) -> tuple[Proposal, ...]:
    """Find tellings of the same experience among those that belong to no example yet.

    A telling joins the example it is most like, if it is alike to at least one of its tellings and the user has not
    said that it is another; what is left is put together where it is alike.

    Args:
        vectors: what was told, as vectors of length one, by telling: those of the examples, too.
        known: what the user has confirmed and turned down.
    """

    def likeness(one: Telling, other: Telling) -> float:
        apart = (min(one, other), max(one, other)) in known.apart
        return -1.0 if apart else float(vectors[one] @ vectors[other])

    joins: dict[str | None, dict[Telling, float]] = defaultdict(dict)
    groups: list[dict[Telling, float]] = []
    for telling in sorted(vectors):
        if telling in known.passed or known.of(telling) is not None:
            continue
        best, example = max(
            (
                (max((likeness(telling, t) for t in example.tellings if t in vectors), default=-1.0), example.id)
                for example in known.examples
                if all((min(telling, t), max(telling, t)) not in known.apart for t in example.tellings)
            ),
            default=(-1.0, ""),
        )
        if best >= ALIKE:
            joins[example][telling] = best
            continue
        group = max(groups, key=lambda each: max(likeness(telling, t) for t in each), default=None)
        near = max((likeness(telling, t) for t in group), default=-1.0) if group else -1.0
        if group is not None and near >= ALIKE and all(likeness(telling, t) >= 0 for t in group):
            group[telling] = near
        else:
            groups.append({telling: 1.0})
    found = [Proposal(tuple(found), example, min(found.values())) for example, found in joins.items()]
    found += [Proposal(tuple(group), None, min(group.values()) if len(group) > 1 else None) for group in groups]
    return tuple(found)


# What the user says.


def confirm(known: Examples, proposal: Proposal, name: str = "") -> Examples:
    """Take a proposal: the tellings join their example, or make a new one under a name.

    Raises:
        BadInputError: a new example has no name, or there is one of that name.
    """
    if proposal.example is None:
        clean = " ".join(name.split())
        if not clean or any(example.name == clean for example in known.examples):
            raise BadInputError("A new example needs a name of its own.", "Name it in a few words.")
        numbers = [int(example.id[1:]) for example in known.examples]
        made = Example(f"e{max(numbers, default=0) + 1}", clean, tuple(sorted(proposal.tellings)))
        return replace(known, examples=(*known.examples, made), passed=known.passed - set(proposal.tellings))
    joined = known.named(proposal.example)
    grown = replace(joined, tellings=tuple(sorted({*joined.tellings, *proposal.tellings})))
    return replace(
        known,
        examples=tuple(grown if example is joined else example for example in known.examples),
        passed=known.passed - set(proposal.tellings),
    )


def reject(known: Examples, proposal: Proposal) -> Examples:
    """Turn a proposal down: the tellings are not the same experience; a single one is no example."""
    others = known.named(proposal.example).tellings if proposal.example else proposal.tellings
    pairs = {(min(a, b), max(a, b)) for a in proposal.tellings for b in others if a != b}
    alone = set(proposal.tellings) if proposal.likeness is None else set()
    return replace(known, apart=known.apart | pairs, passed=known.passed | alone)


def rename_example(known: Examples, example: str, name: str) -> Examples:
    """Give an example another name.

    Raises:
        BadInputError: there is no such example, or the name is taken or empty.
    """
    old, clean = known.named(example), " ".join(name.split())
    if not clean or any(each.name == clean for each in known.examples if each is not old):
        raise BadInputError("An example needs a name of its own.", "Name it in a few words.")
    return replace(known, examples=tuple(replace(each, name=clean) if each is old else each for each in known.examples))


def remove_telling(known: Examples, telling: Telling) -> Examples:
    """Take a telling out of its example; an example without tellings goes."""
    kept = (
        replace(example, tellings=tuple(each for each in example.tellings if each != telling))
        for example in known.examples
    )
    return replace(known, examples=tuple(example for example in kept if example.tellings))


def forget_session(known: Examples, session: str) -> Examples:
    """Take out everything about a session that is deleted."""
    kept = (
        replace(example, tellings=tuple(each for each in example.tellings if each.session != session))
        for example in known.examples
    )
    return Examples(
        examples=tuple(example for example in kept if example.tellings),
        apart=frozenset(pair for pair in known.apart if all(each.session != session for each in pair)),
        passed=frozenset(each for each in known.passed if each.session != session),
    )


# How deep each is.


@dataclass(frozen=True, slots=True)
class FacetDepth:
    """How far a facet of an example has got over all sessions: best state, latest outcome and where that was."""

    state: FacetState = FacetState.UNHEARD
    outcome: Outcome | None = None
    settled_in: Telling | None = None


@dataclass(frozen=True, slots=True)
class ExampleDepth:
    """How far an example is known.

    Attributes:
        example: the example.
        facets: the ten facets of a story.
        questions: (pack, question id) that it was told for, with how often, most often first.
        best: the best telling: one marked as a keeper, else the most that was supported at once, within the band,
            newest.
    """

    example: Example
    facets: Mapping[Facet, FacetDepth]
    questions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    best: Telling | None = None

    @property
    def held(self) -> tuple[Facet, ...]:
        """Facets that held."""
        return tuple(facet for facet, depth in self.facets.items() if depth.outcome is Outcome.HELD)

    @property
    def unsettled(self) -> tuple[Facet, ...]:
        """Facets that no session has settled."""
        return tuple(facet for facet, depth in self.facets.items() if depth.outcome is None)

    @property
    def lacking(self) -> tuple[Facet, ...]:
        """What has yet to hold for the example to be known in depth."""
        return tuple(facet for facet in IN_DEPTH if self.facets[facet].outcome is not Outcome.HELD)

    @property
    def in_depth(self) -> bool:
        """Whether it is known in depth."""
        return not self.lacking


def depth_of(example: Example, sessions: Iterable[SessionFigures]) -> ExampleDepth:
    """Give how far an example is known over all its tellings.

    Args:
        example: the example.
        sessions: figures of at least the sessions that it was told in; a telling whose session is not there is
            passed over.
    """
    told = _told(example, sessions)
    facets: dict[Facet, FacetDepth] = {facet: FacetDepth() for facet in STORY_FACETS}
    questions: dict[tuple[str, str], int] = defaultdict(int)
    order = list(FacetState)
    for telling, session, thread in told:
        questions[session.pack, thread.question] += 1
        for facet, progress in thread.facets.items():
            before = facets.get(facet, FacetDepth())
            state = max(before.state, progress.state, key=order.index)
            if progress.outcome is not None:
                facets[facet] = FacetDepth(state, progress.outcome, telling)
            else:
                facets[facet] = replace(before, state=state)
    often = dict(sorted(questions.items(), key=lambda item: -item[1]))
    return ExampleDepth(example, facets, often, _best(told))


Told = tuple[Telling, SessionFigures, ThreadFigures]


def _told(example: Example, sessions: Iterable[SessionFigures]) -> list[Told]:
    by_id = {session.session: session for session in sessions}
    told = []
    for telling in sorted(example.tellings):
        session = by_id.get(telling.session)
        thread = next((t for t in session.threads if t.thread == telling.thread), None) if session else None
        if session is not None and thread is not None:
            told.append((telling, session, thread))
    return told


def _best(told: Sequence[Told]) -> Telling | None:
    def worth(each: Told) -> tuple[bool, int, bool, str]:
        telling, session, thread = each
        initial = thread.initial
        supported = sum(progress.opening is FacetState.SUPPORTED for progress in thread.facets.values())
        within = initial is not None and length_of(initial.duration_s, session.band_s) is Length.WITHIN
        return (initial is not None and initial.keeper, supported, within, telling.session)

    return max(told, key=worth)[0] if told else None


def settled_before(known: Examples, sessions: Sequence[SessionFigures]) -> dict[str, dict[Facet, Outcome]]:
    """Give the facets that earlier sessions have settled, by question id, for the interviewer's plan.

    A question stands for the example that was told for it last; what is settled of that example counts, whatever
    question it was told for.

    Args:
        known: the examples.
        sessions: the figures of the sessions so far.
    """
    settled: dict[str, dict[Facet, Outcome]] = {}
    newest: dict[str, str] = {}
    for example in known.examples:
        depth = depth_of(example, sessions)
        outcomes = {facet: each.outcome for facet, each in depth.facets.items() if each.outcome is not None}
        for telling, _, thread in _told(example, sessions):
            if outcomes and telling.session >= newest.get(thread.question, ""):
                newest[thread.question] = telling.session
                settled[thread.question] = outcomes
    return settled


def examples_text(depths: Sequence[ExampleDepth]) -> str:
    """Give the examples as plain text, how far each is, and how far the aim."""
    known = sum(depth.in_depth for depth in depths)
    lines = [f"{known} of {AIM} examples known in depth."]
    for depth in depths:
        state = "in depth" if depth.in_depth else f"lacks {', '.join(depth.lacking)}"
        lines += ["", f"{depth.example.id}  {depth.example.name}: {state}"]
        told = count(len(depth.example.tellings), "telling")
        lines.append(f"    {told}, {len(depth.held)} of {len(depth.facets)} facets held")
        if depth.unsettled:
            lines.append(f"    unsettled: {', '.join(depth.unsettled)}")
        if depth.questions:
            lines.append(f"    told for: {', '.join(question for _, question in depth.questions)}")
        if depth.best is not None:
            lines.append(f"    best telling: {depth.best.session}, {depth.best.thread}")
    return "\n".join(lines)
