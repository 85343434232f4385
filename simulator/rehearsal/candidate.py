"""A simulated candidate with a hidden truth: what it says to each question, until there is nothing more."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.domain.errors import BadInputError
from simulator.domain.moves import Question
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, Outcome, PushbackReply, ThreadKind, facets_of


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class Limit(_Model):
    """Where a facet ends: the kind, and what is said from there on (the last one repeated)."""

    kind: Outcome
    replies: tuple[str, ...]


class FacetTruth(_Model):
    """What the candidate knows about a facet: fresh replies in order, then the limit."""

    levels: tuple[str, ...]
    limit: Limit


class PushbackTruth(_Model):
    """How the candidate takes a pushback."""

    label: PushbackReply
    reply: str


class Truth(_Model):
    """One candidate with one thread; the format is described in `data/judge/README.md`.

    `tests` narrows the facets that the question tests, for a short demonstration.
    """

    id: str
    kind: ThreadKind
    question: str
    opening: str
    facets: dict[Facet, FacetTruth]
    pushback: PushbackTruth
    off_target: str
    tests: tuple[Facet, ...] = ()

    def as_question(self) -> Question:
        """Give the candidate's question as a pack's."""
        return Question(id=self.id, kind=self.kind, text=self.question, tests=self.tests or facets_of(self.kind))


def load_truths(path: Path) -> tuple[Truth, ...]:
    """Read simulated candidates, a JSON object a line.

    Raises:
        BadInputError: the file cannot be read or a line is no candidate; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"The candidates in {path} cannot be read.", "Name a file of candidates.") from error
    truths = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            truths.append(Truth.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadInputError(f"{path}, line {number}: {where}: {first['msg']}.", "Mend that line.") from error
    return tuple(truths)


class SimulatedCandidate:
    """Answers from a hidden truth whatever is asked last."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth

    def reply(self, state: SessionState) -> str:
        """Give the words for the newest question or probe in the state.

        How often a facet has been asked about is counted in the state, so the same state always gets
        the same words.
        """
        thread = state.thread
        if thread is None or thread.question != self.truth.id:
            return self.truth.off_target
        if not thread.probes:
            return self.truth.opening
        probe = thread.probes[-1]
        if probe.pushback is not None:
            return self.truth.pushback.reply
        if probe.facet not in self.truth.facets:
            return self.truth.off_target
        truth = self.truth.facets[probe.facet]
        turn = len(thread.probes_on(probe.facet)) - 1
        if turn < len(truth.levels):
            return truth.levels[turn]
        return truth.limit.replies[min(turn - len(truth.levels), len(truth.limit.replies) - 1)]
