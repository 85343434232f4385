"""The interviewer's wordings, read from `prompts/probes`: by facet, angle and what the last reply was."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.config.paths import config_dir, shipped
from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import Facet
from simulator.interviewing.phrases import Slot

SLOT = re.compile(r"\{(\w+)\}")


class When(StrEnum):
    """What a facet's last reply was, as far as it matters for the angle of the next probe."""

    FIRST = "first"
    """It has not been probed yet."""
    AFTER_FRESH = "after_fresh"
    AFTER_VAGUE = "after_vague"
    AFTER_NO_MORE = "after_no_more"
    AFTER_EVADED = "after_evaded"
    EDGE = "edge"
    """Past the edge of what was said, where "I don't know" is practised."""


@dataclass(frozen=True)
class Wording:
    """One wording of a probe, with slots for the candidate's phrases.

    Attributes:
        template: the words, with `{slot}` where a phrase goes.
        slots: the slots in it.
    """

    template: str
    slots: tuple[Slot, ...]

    def fill(self, phrases: Mapping[Slot, str]) -> str:
        """Give the words with the phrases in their slots, a capital at their head."""
        text = SLOT.sub(lambda match: phrases[Slot(match.group(1))], self.template)
        return re.sub(r"(^|[.?!]\s+|^\")([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches words that were made from this wording, whatever stood in its slots."""
        parts = SLOT.split(self.template)
        source = "".join(r".{1,120}?" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        return re.compile(source, re.IGNORECASE)

    def made(self, text: str) -> bool:
        """Tell whether a text (perhaps with a sentence before it) was made from this wording."""
        return self.pattern.search(text) is not None


@dataclass(frozen=True)
class Angle:
    """A side from which a facet is approached."""

    name: str
    about: str
    when: frozenset[When]
    wordings: tuple[Wording, ...]


@dataclass(frozen=True)
class Wordings:
    """All of the interviewer's wordings.

    Attributes:
        angles: facet to its angles.
        acknowledge: what came before to neutral sentences.
        lead_ins: sentences before a question that asks again.
        move_on: sentences between two questions.
        empty: pushbacks with no argument.
        decision: reasoned pushbacks on a decision, for any story.
        another: what asks the candidate for another question of their own.
    """

    angles: Mapping[Facet, tuple[Angle, ...]]
    acknowledge: Mapping[str, tuple[str, ...]]
    lead_ins: tuple[str, ...]
    move_on: tuple[str, ...]
    empty: tuple[str, ...]
    decision: tuple[str, ...]
    another: tuple[str, ...]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _AngleTable(_Table):
    name: str
    about: str
    when: tuple[When, ...] = Field(min_length=1)
    wordings: tuple[str, ...] = Field(min_length=1)


class _FacetFile(_Table):
    facet: Facet
    angle: tuple[_AngleTable, ...] = Field(min_length=1)


class _LeadInTable(_Table):
    lead_in: tuple[str, ...] = Field(min_length=1)


class _WordingsTable(_Table):
    wordings: tuple[str, ...] = Field(min_length=1)


class _PushbackTable(_Table):
    empty: tuple[str, ...] = Field(min_length=1)
    decision: tuple[str, ...] = Field(min_length=1)


class _GeneralFile(_Table):
    acknowledge: dict[str, tuple[str, ...]]
    confirm: _LeadInTable
    move_on: _WordingsTable
    pushback: _PushbackTable
    another: _WordingsTable


def prompt_file(folder: str, name: str) -> Path:
    """Give a file of the prompts: the user's own where there is one, else the one that ships."""
    own = config_dir() / "prompts" / folder / name
    return own if own.is_file() else shipped("prompts") / folder / name


def parse(file: Path) -> dict[str, object]:
    """Read a TOML file of the prompts.

    Raises:
        BadInputError: it cannot be read or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"The wordings in {file} cannot be read: {error}.", "Mend or remove that file.") from error


def wording(template: str) -> Wording:
    """Make a wording of its template.

    Raises:
        ValueError: it has a slot that does not exist.
    """
    return Wording(template, tuple(Slot(name) for name in SLOT.findall(template)))


def _facet_file(facet: Facet) -> tuple[Angle, ...]:
    file = prompt_file("probes", f"{facet}.toml")
    try:
        table = _FacetFile.model_validate(parse(file))
        return tuple(
            Angle(a.name, a.about, frozenset(a.when), tuple(wording(text) for text in a.wordings)) for a in table.angle
        )
    except (ValidationError, ValueError) as error:
        raise BadInputError(
            f"The wordings in {file} are malformed: {_first(error)}.", "docs/interviewer.md shows the format."
        ) from error


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        details = error.errors()[0]
        return f"{'.'.join(str(part) for part in details['loc'])}: {details['msg']}"
    return str(error)


@lru_cache(maxsize=1)
def load_wordings() -> Wordings:
    """Read all wordings, once.

    Raises:
        BadInputError: a file of them is missing or malformed.
    """
    file = prompt_file("probes", "general.toml")
    try:
        general = _GeneralFile.model_validate(parse(file))
    except ValidationError as error:
        raise BadInputError(
            f"The wordings in {file} are malformed: {_first(error)}.", "docs/interviewer.md shows the format."
        ) from error
    return Wordings(
        angles={facet: _facet_file(facet) for facet in Facet},
        acknowledge=general.acknowledge,
        lead_ins=general.confirm.lead_in,
        move_on=general.move_on.wordings,
        empty=general.pushback.empty,
        decision=general.pushback.decision,
        another=general.another.wordings,
    )
