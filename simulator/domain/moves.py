"""What the interviewer can do next, and what it is told; the interface between policy and conductor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.domain.vocabulary import (
    Facet,
    Mode,
    Outcome,
    Pushback,
    SessionClose,
    ThreadClose,
    ThreadKind,
)
from simulator.domain.words import Evidence


@dataclass(frozen=True, slots=True)
class Question:
    """An opening question of a pack.

    Attributes:
        id: unique in the pack.
        kind: story or view.
        text: as spoken.
        tests: the facets it tests, most telling first is not required.
        topic: for views, the topic whose counter-arguments fit ("" if none).
    """

    id: str
    kind: ThreadKind
    text: str
    tests: tuple[Facet, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the session is about, fixed at its start.

    Attributes:
        mode: what is practised.
        minutes: the session's time; 0 if unlimited.
        briefing: what other rounds have covered, in the user's words.
        settled_before: facets that earlier sessions have settled, by question id.
        only: ids of the questions to ask, in order; empty lets the policy choose.
        seed: for the choice among equal questions and wordings.
    """

    mode: Mode = Mode.ROUND
    minutes: float = 40.0
    briefing: str = ""
    settled_before: Mapping[str, Mapping[Facet, Outcome]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A facet that the last reply has settled."""

    facet: Facet
    outcome: Outcome
    evidence: tuple[Evidence, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Say:
    """Say something that wants no answer. `purpose` as in `InterviewerSaid`."""

    text: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Open a thread."""

    question: Question


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask a follow-up.

    Attributes:
        facet: the facet it is aimed at.
        text: the template's words, ready to be spoken.
        pushback: the kind of pushback, or None.
        reason: why this facet, in a sentence.
        angle: from which side.
        confirms: whether it asks again because the last reply was ambiguous.
    """

    facet: Facet
    text: str
    reason: str
    angle: str = ""
    pushback: Pushback | None = None
    confirms: bool = False


@dataclass(frozen=True, slots=True)
class CloseThread:
    """Close the open thread."""

    reason: ThreadClose


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Close the session."""

    reason: SessionClose


Move = Say | Ask | Probe | CloseThread | CloseSession
"""What the interviewer does next."""
