"""Topics of views: what a view is about, and reasoned counter-arguments against what was said."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.config.paths import config_dir, shipped
from simulator.domain.errors import BadInputError
from simulator.interviewing.wordings import parse, prompt_file

GENERAL = "general"
"""The topic whose arguments fit any view."""

LEAST_EVIDENCE = 4.0
"""Weight of a topic's words in an answer from which the answer is about it: one term of its own, or two that
others share (as the topics' files weigh them)."""

QUESTION_WEIGHT = 2.0
"""How much a topic's word counts in the question, as against one in the answer."""


@dataclass(frozen=True)
class Argument:
    """A counter-argument.

    Attributes:
        text: the words, one question in them.
        against: whom it argues against ("optimist", "sceptic", …).
        cues: stems in a view that show that the candidate holds what the argument is against.
        source: where the argument, or the fact in it, comes from.
    """

    text: str
    against: str
    cues: tuple[str, ...]
    source: str

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(r"\b(?:" + "|".join(self.cues) + r")", re.IGNORECASE)

    def meets(self, view: str) -> float:
        """Give how much of a view is what this argument is against: the words of its different cues, not denied."""
        if not self.cues:
            return 0.0
        found = {m.group(0).lower() for m in self._pattern.finditer(view) if not _denied(view, m.start())}
        return float(sum(len(cue.split()) for cue in found))


DENIAL = re.compile(r"\b(?:not|no|never|nor|without|hardly|\w+n't)\b(?:\s+\w+){0,3}\s+$", re.IGNORECASE)
"""A denial at most three words before: "never once did looking inside help" is not for looking inside."""


def _denied(view: str, at: int) -> bool:
    return DENIAL.search(view[max(0, at - 60) : at]) is not None


@dataclass(frozen=True)
class Topic:
    """A topic.

    Attributes:
        name: its name in packs.
        title: for people.
        words: stem to its weight as evidence that an answer is about the topic.
        arguments: against every side.
    """

    name: str
    title: str
    words: Mapping[str, float]
    arguments: tuple[Argument, ...]

    def weight(self, text: str) -> float:
        """Give how much a text speaks of the topic: the weights of the different words found in it."""
        return sum(w for stem, w in self.words.items() if re.search(rf"\b{stem}", text, re.IGNORECASE))


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ArgumentTable(_Table):
    text: str
    against: str
    cues: tuple[str, ...] = ()
    source: str = Field(min_length=1)


class _TopicFile(_Table):
    topic: str
    title: str = ""
    words: dict[str, float] = Field(default_factory=dict)
    argument: tuple[_ArgumentTable, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def load_topics() -> Mapping[str, Topic]:
    """Read all topics, once; the user's own come first.

    Raises:
        BadInputError: a file of them is malformed.
    """
    names = {
        file.stem
        for folder in (config_dir() / "prompts" / "topics", shipped("prompts") / "topics")
        if folder.is_dir()
        for file in folder.glob("*.toml")
    }
    return {name: _read(name) for name in sorted(names)}


def _read(name: str) -> Topic:
    file = prompt_file("topics", f"{name}.toml")
    try:
        table = _TopicFile.model_validate(parse(file))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInputError(
            f"The topic {file} is malformed at {where}: {first['msg']}.", "docs/interviewer.md shows the format."
        ) from error
    arguments = tuple(Argument(a.text, a.against, a.cues, a.source) for a in table.argument)
    return Topic(name, table.title or name, table.words, arguments)


def topic_of(given: str, question: str, view: str, topics: Mapping[str, Topic]) -> Topic:
    """Give the topic of a view: the question's where the answer does not clearly speak of another.

    Args:
        given: the topic that the pack gives the question, "" if none.
        question: the question as asked.
        view: the candidate's words.
        topics: all topics.
    """
    weights = {
        name: topic.weight(view) + QUESTION_WEIGHT * topic.weight(question)
        for name, topic in topics.items()
        if name != GENERAL
    }
    if given in topics:
        weights[given] = weights.get(given, 0.0) + 2 * LEAST_EVIDENCE
    best = max(weights, key=lambda name: (weights[name], name), default="")
    return topics[best] if best and weights[best] >= LEAST_EVIDENCE else topics[GENERAL]


def counter_argument(
    topic: Topic, general: Topic, view: str, asked: Collection[str], seed: int
) -> tuple[Argument, Topic] | None:
    """Choose an argument against what was said, not yet used; the topic's own before the general ones.

    An argument whose cues stand in the view argues against it. Where none of the topic's does, one of the
    general ones may; where those don't either, the topic's arguments without cues (they fit any view) serve.

    Args:
        topic: what the view is about.
        general: the topic that fits any view.
        view: the candidate's words.
        asked: everything asked in the session so far.
        seed: for the choice among equals.
    """

    def unused(each: Topic) -> list[Argument]:
        left = [a for a in each.arguments if not any(a.text in text for text in asked)]
        return random.Random(f"{seed}:{each.name}").sample(left, len(left))

    def best(arguments: Sequence[Argument]) -> Argument | None:
        met = [a for a in arguments if a.meets(view)]
        return max(met, key=lambda a: a.meets(view), default=None)

    for each in (topic, general):
        found = best(unused(each))
        if found is not None:
            return found, each
    for each in (topic, general):
        for argument in unused(each):
            if not argument.cues:
                return argument, each
    return None
