"""The words of the domain: every name that code, data and screens share.

The names and their meanings are those of the project's vocabulary (`docs/vocabulary.md`); each enum
member's value is the name as it stands in data files, journals and on screens.
"""

from __future__ import annotations

from enum import StrEnum


class ThreadKind(StrEnum):
    """What a question asks for."""

    STORY = "story"
    """A real experience (a behavioural question)."""
    VIEW = "view"
    """A considered opinion (a mission question)."""


class Facet(StrEnum):
    """A side of a thread that a probe can be aimed at."""

    CONTEXT = "context"
    """When, where, who, what was at stake."""
    TASK = "task"
    """What had to be achieved, and the candidate's charge in it."""
    OWN_ROLE = "own_role"
    """What the candidate did, as against what the team did."""
    DECISION = "decision"
    """The hardest call the candidate made, and why."""
    ALTERNATIVES = "alternatives"
    """The other options or the other side's position, and its reasons."""
    OBSTACLE = "obstacle"
    """What was hard: tension, ambiguity, values in conflict, missing information."""
    RESULT = "result"
    """The outcome and the impact, measured where it can be."""
    FAULT = "fault"
    """The candidate's own part in what went wrong; consequences owned."""
    HINDSIGHT = "hindsight"
    """What the candidate would do differently."""
    LEARNING = "learning"
    """What was learned, and where it was used since."""

    POSITION = "position"
    """A considered view on a concrete topic."""
    GROUNDS = "grounds"
    """The reasons; what is known first-hand, what is inferred, what is read."""
    TENSION = "tension"
    """The trade-offs, and how the candidate would steer between them."""
    UNCERTAINTY = "uncertainty"
    """Where the candidate is unsure, said plainly."""
    COUNTERARGUMENT = "counterargument"
    """The strongest argument against, met on its merits."""
    UPDATE = "update"
    """What would change the candidate's mind, or what once did."""
    FIT = "fit"
    """A specific reason for this company's approach, or a reasoned disagreement with it."""
    QUESTION = "question"
    """A real question back to the interviewer, not answerable from public sources."""


STORY_FACETS: tuple[Facet, ...] = (
    Facet.CONTEXT,
    Facet.TASK,
    Facet.OWN_ROLE,
    Facet.DECISION,
    Facet.ALTERNATIVES,
    Facet.OBSTACLE,
    Facet.RESULT,
    Facet.FAULT,
    Facet.HINDSIGHT,
    Facet.LEARNING,
)
"""The ten facets of a story thread."""

VIEW_FACETS: tuple[Facet, ...] = (
    Facet.POSITION,
    Facet.GROUNDS,
    Facet.TENSION,
    Facet.UNCERTAINTY,
    Facet.COUNTERARGUMENT,
    Facet.UPDATE,
    Facet.FIT,
    Facet.QUESTION,
)
"""The eight facets of a view thread."""

FACETS: dict[ThreadKind, tuple[Facet, ...]] = {
    ThreadKind.STORY: STORY_FACETS,
    ThreadKind.VIEW: VIEW_FACETS,
}
"""The facets of each kind of thread."""


class FacetState(StrEnum):
    """How far a facet has got."""

    UNHEARD = "unheard"
    """Nothing said."""
    CLAIMED = "claimed"
    """Said in general terms."""
    SUPPORTED = "supported"
    """First-hand, with at least one particular that could be checked."""


class Reply(StrEnum):
    """What a reply to a probe amounts to."""

    FRESH = "fresh"
    """New, specific, first-hand detail that answers the probe."""
    VAGUE = "vague"
    """Answers the probe, but in general terms."""
    UNKNOWN = "unknown"
    """Doesn't know, doesn't remember, was not there; names nobody else as the owner."""
    NOT_MINE = "not_mine"
    """The part asked about had another owner, or only "the team"."""
    NO_MORE = "no_more"
    """Repeats what was said before."""
    EVADED = "evaded"
    """Talks about something else."""
    CONTRADICTED = "contradicted"
    """Conflicts with what was said before."""


class Outcome(StrEnum):
    """How a facet was settled: held, or a limit of some kind."""

    HELD = "held"
    """Fresh detail each time it was asked for."""
    UNKNOWN = "unknown"
    NOT_MINE = "not_mine"
    NO_MORE = "no_more"
    EVADED = "evaded"
    CONTRADICTED = "contradicted"
    VAGUE = "vague"


LIMITS_AT_ONCE: frozenset[Reply] = frozenset({Reply.UNKNOWN, Reply.NOT_MINE, Reply.CONTRADICTED})
"""Replies of which one settles a facet."""

LIMITS_IN_PAIRS: frozenset[Reply] = frozenset({Reply.NO_MORE, Reply.EVADED, Reply.VAGUE})
"""Replies of which two in a row settle a facet."""


class PushbackReply(StrEnum):
    """What a reply to a pushback amounts to."""

    HOLDS = "holds"
    """Meets the argument on its merits and keeps the position."""
    UPDATES = "updates"
    """Meets the argument on its merits and gives up part of what was claimed, saying why."""
    CAPITULATES = "capitulates"
    """Changes or drops the position without meeting the argument."""
    DISMISSES = "dismisses"
    """Keeps the position without meeting the argument, or gets defensive."""
    DEFLECTS = "deflects"
    """Takes no position."""


class Pushback(StrEnum):
    """The two kinds of pushback."""

    REASONED = "reasoned"
    """Argues against the position with a real counter-argument."""
    EMPTY = "empty"
    """Doubts it with no argument at all ("are you sure?")."""


class Signal(StrEnum):
    """What the rubric looks for in an answer."""

    PERSONAL_ACTION = "personal_action"
    DECISION_RATIONALE = "decision_rationale"
    BOTH_SIDES = "both_sides"
    MEASURED_RESULT = "measured_result"
    SPECIFIC_DETAIL = "specific_detail"
    REAL_TENSION = "real_tension"
    OWNS_FAULT = "owns_fault"
    ADMITS_UNKNOWN = "admits_unknown"
    WOULD_CHANGE = "would_change"
    APPLIED_LEARNING = "applied_learning"
    CALIBRATED_VIEW = "calibrated_view"
    NAMES_SOURCES = "names_sources"
    CONCRETE_TOPIC = "concrete_topic"
    NAMES_TRADEOFF = "names_tradeoff"
    SPECIFIC_FIT = "specific_fit"
    GENUINE_QUESTION = "genuine_question"

    TEAM_ONLY = "team_only"
    TOO_CLEAN = "too_clean"
    NO_RESULT = "no_result"
    GENERIC_ENTHUSIASM = "generic_enthusiasm"
    VAGUE_PRINCIPLE = "vague_principle"
    INTEREST_ONLY = "interest_only"
    RECITES_MISSION = "recites_mission"
    NO_VIEW = "no_view"
    OVER_HEDGED = "over_hedged"
    OVERCLAIMED = "overclaimed"
    BLAMES_OTHERS = "blames_others"
    RAMBLING = "rambling"


GOOD_SIGNALS: frozenset[Signal] = frozenset(list(Signal)[:16])
"""Signals that speak for the candidate."""

BAD_SIGNALS: frozenset[Signal] = frozenset(list(Signal)[16:])
"""Signals that speak against the candidate."""


class Role(StrEnum):
    """What a sentence does in an answer."""

    SITUATION = "situation"
    TASK = "task"
    ACTION = "action"
    RESULT = "result"
    REFLECTION = "reflection"
    VIEW = "view"
    OTHER = "other"


class Agent(StrEnum):
    """Who acts in a sentence."""

    SELF = "self"
    TEAM = "team"
    OTHER = "other"
    NONE = "none"


class Mode(StrEnum):
    """What a session practises."""

    ROUND = "round"
    """The whole round: questions of both kinds, and the candidate's own questions."""
    QUESTION = "question"
    """One question and its follow-ups."""
    PUSHBACK = "pushback"
    """Only views and pushes."""
    UNKNOWN = "unknown"
    """Questions past the edge of what was said, until the candidate says "I don't know" plainly."""
    DEPTH = "depth"
    """One example, every facet, to the bottom."""
    DRILL = "drill"
    """Timing practice: initial answers only, no follow-ups."""
    IMPORT = "import"
    """A recording made elsewhere."""


class Phase(StrEnum):
    """Whose turn it is."""

    PREPARING = "preparing"
    SPEAKING = "speaking"
    """The interviewer speaks."""
    LISTENING = "listening"
    """The candidate speaks, or is waited for."""
    THINKING = "thinking"
    """The answer is being judged and the next move chosen."""
    REVIEWING = "reviewing"
    """The candidate looks at an attempt's figures (a drill), and chooses to try again or go on."""
    PAUSED = "paused"
    CLOSED = "closed"


class AnswerEnd(StrEnum):
    """Why an answer ended."""

    END_OF_TURN = "end_of_turn"
    """The pause, the words and the story said so."""
    KEY = "key"
    SAID_DONE = "said_done"
    """The candidate said so ("I'm done")."""
    TYPED = "typed"
    SOURCE_ENDED = "source_ended"
    """The recording that stands in for the microphone is over."""
    SKIPPED = "skipped"
    CLOSED = "closed"
    """The session was closed while the candidate spoke."""
    INTERRUPTED = "interrupted"
    """The program stopped in mid-answer (a crash); found when the session was opened again."""


class ThreadClose(StrEnum):
    """Why a thread was closed."""

    LIMIT = "limit"
    """Every facet that the question tests is settled."""
    TIME = "time"
    """The time that the session gives a thread was over."""
    SKIPPED = "skipped"
    CLOSED = "closed"
    """The session was closed in mid-thread."""
    ANSWERED = "answered"
    """Nothing is probed here (a drill, an import, the candidate's own questions)."""


class SessionClose(StrEnum):
    """Why a session was closed."""

    COMPLETE = "complete"
    TIME = "time"
    QUIT = "quit"
    SOURCE_ENDED = "source_ended"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


def facets_of(kind: ThreadKind) -> tuple[Facet, ...]:
    """Give the facets of a kind of thread, in the vocabulary's order."""
    return FACETS[kind]
