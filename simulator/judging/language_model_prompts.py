"""What a language model is told when it judges: rules, examples, one question; the candidate's words fenced as data."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.config.paths import config_dir, shipped
from simulator.domain.errors import BadInputError
from simulator.domain.judgements import AnswerContext, PushbackContext, ReplyContext
from simulator.domain.vocabulary import Facet, Signal, ThreadKind
from simulator.judging.language_model_chat import Message

FILES = (
    "judge_system.md",
    "judge_reply.md",
    "judge_pushback.md",
    "judge_facet.md",
    "judge_signal.md",
    "judge_criteria.toml",
    "judge_examples.json",
)
"""The files of the prompts; a user's own, in the settings folder under prompts/llm, come first."""

FIRST_WORDS = 800
LAST_WORDS = 1200
"""How much of a long thread is shown: its beginning, where the story was told, and what was said last."""

Certainty = Literal["high", "medium", "low"]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplyAnswer(_Answer):
    """A model's judgement of a reply; quotes first, so that the label follows from them."""

    evidence: list[str]
    before_evidence: list[str]
    why: str
    label: Literal["fresh", "vague", "unknown", "not_mine", "no_more", "evaded", "contradicted"]
    certainty: Certainty


class PushbackAnswer(_Answer):
    """A model's judgement of a reply to a pushback."""

    evidence: list[str]
    why: str
    label: Literal["holds", "updates", "capitulates", "dismisses", "deflects"]
    certainty: Certainty


class FacetAnswer(_Answer):
    """A model's judgement of one facet of an answer."""

    evidence: list[str]
    why: str
    state: Literal["unheard", "claimed", "supported"]
    certainty: Certainty


class SignalAnswer(_Answer):
    """A model's judgement of one signal in an answer."""

    evidence: list[str]
    why: str
    present: bool
    certainty: Certainty


class _ReplyExample(_Answer):
    id: str
    kind: ThreadKind
    question: str
    before: str
    facet: Facet
    probe: str
    reply: str
    answer: ReplyAnswer


class _PushbackExample(_Answer):
    id: str
    question: str
    view: str
    pushback: str
    reply: str
    answer: PushbackAnswer


class _FacetExample(_Answer):
    facet: Facet
    answer: FacetAnswer


class _SignalExample(_Answer):
    signal: Signal
    answer: SignalAnswer


class _AnswerExample(_Answer):
    id: str
    kind: ThreadKind
    question: str
    text: str
    facets: list[_FacetExample]
    signals: list[_SignalExample]


class _Examples(_Answer):
    replies: list[_ReplyExample]
    pushbacks: list[_PushbackExample]
    answers: list[_AnswerExample]


class _Criteria(_Answer):
    facets: dict[ThreadKind, dict[Facet, str]]
    signals: dict[Literal["story", "view", "both"], dict[Signal, str]]


@dataclass(frozen=True, slots=True)
class Prompts:
    """The prompts as loaded; every conversation begins with a part that never changes, for the server's cache.

    Attributes:
        texts: the Markdown files, by name.
        criteria: what each facet and signal means.
        examples: judged examples from the development data.
        version: six hexadecimal digits that change when any of the files does.
    """

    texts: Mapping[str, str]
    criteria: _Criteria
    examples: _Examples
    version: str

    def signals(self, kind: ThreadKind) -> tuple[Signal, ...]:
        """Give the signals that an answer of this kind is searched for, in the vocabulary's order."""
        known = {**self.criteria.signals["both"], **self.criteria.signals[kind.value]}
        return tuple(signal for signal in Signal if signal in known)

    def meaning(self, kind: ThreadKind, facet: Facet) -> str:
        """Give in a phrase what a full account of a facet gives."""
        return self.criteria.facets[kind].get(facet, facet.value)

    @property
    def example_texts(self) -> frozenset[str]:
        """The texts of the examples, which must not be used to measure the model."""
        return frozenset(
            [e.before for e in self.examples.replies]
            + [e.view for e in self.examples.pushbacks]
            + [e.text for e in self.examples.answers]
        )

    def reply(self, context: ReplyContext, mark: str) -> list[Message]:
        """Ask what a reply to a probe amounts to.

        Args:
            context: the reply and what came before it.
            mark: the fence's random mark, which the candidate cannot have known.
        """
        messages = [self._system("judge_reply.md")]
        for n, e in enumerate(self.examples.replies):
            shown = ReplyContext(e.kind, e.question, e.before, e.facet, e.probe, e.reply)
            messages += _turn(self._reply_question(shown, f"example{n}"), e.answer)
        return [*messages, {"role": "user", "content": self._reply_question(context, mark)}]

    def pushback(self, context: PushbackContext, mark: str) -> list[Message]:
        """Ask what a reply to a pushback amounts to; arguments as in `reply`."""
        messages = [self._system("judge_pushback.md")]
        for n, e in enumerate(self.examples.pushbacks):
            shown = PushbackContext(e.question, e.view, e.pushback, e.reply)
            messages += _turn(_pushback_question(shown, f"example{n}"), e.answer)
        return [*messages, {"role": "user", "content": _pushback_question(context, mark)}]

    def facet(self, context: AnswerContext, facet: Facet, mark: str) -> list[Message]:
        """Ask how far one facet of an answer gets; arguments as in `reply`."""
        messages = [self._system("judge_facet.md")]
        for e in self.examples.answers:
            shown = _answer_block(AnswerContext(e.kind, e.question, e.text), f"example {e.id}")
            for each in e.facets:
                asked = self._side(e.kind, each.facet)
                messages += _turn(f"{shown}{asked}", each.answer)
                shown = ""
        block = _answer_block(context, mark)
        return [*messages, {"role": "user", "content": f"{block}{self._side(context.kind, facet)}"}]

    def signal(self, context: AnswerContext, signal: Signal, mark: str) -> list[Message]:
        """Ask whether one signal is in an answer; arguments as in `reply`."""
        messages = [self._system("judge_signal.md")]
        for e in self.examples.answers:
            shown = _answer_block(AnswerContext(e.kind, e.question, e.text), f"example {e.id}")
            for each in e.signals:
                asked = self._thing(e.kind, each.signal)
                messages += _turn(f"{shown}{asked}", each.answer)
                shown = ""
        block = _answer_block(context, mark)
        return [*messages, {"role": "user", "content": f"{block}{self._thing(context.kind, signal)}"}]

    def _system(self, question: str) -> Message:
        return {"role": "system", "content": f"{self.texts['judge_system.md']}\n{self.texts[question]}".strip()}

    def _side(self, kind: ThreadKind, facet: Facet) -> str:
        return f"Side of the ANSWER above: {facet.value}, that is: {self.meaning(kind, facet)}."

    def _thing(self, kind: ThreadKind, signal: Signal) -> str:
        known = {**self.criteria.signals["both"], **self.criteria.signals[kind.value]}
        return f"Is this present in the ANSWER above? {signal.value}: {known.get(signal, signal.value)}."

    def _reply_question(self, context: ReplyContext, mark: str) -> str:
        meaning = self.meaning(context.kind, context.facet)
        return (
            fenced("QUESTION", context.question, mark)
            + fenced("BEFORE", shortened(context.before), mark)
            + fenced("PROBE", context.probe, mark)
            + fenced("REPLY", context.reply, mark)
            + f"The PROBE was aimed at: {context.facet.value}, that is: {meaning}. What does the REPLY amount to?"
        )


def _pushback_question(context: PushbackContext, mark: str) -> str:
    return (
        fenced("QUESTION", context.question, mark)
        + fenced("VIEW", shortened(context.view), mark)
        + fenced("PUSHBACK", context.pushback, mark)
        + fenced("REPLY", context.reply, mark)
        + "How is the PUSHBACK taken in the REPLY?"
    )


def _answer_block(context: AnswerContext, mark: str) -> str:
    return fenced("QUESTION", context.question, mark) + fenced("ANSWER", shortened(context.text), mark)


def _turn(question: str, answer: BaseModel) -> list[Message]:
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer.model_dump_json()}]


def fenced(name: str, text: str, mark: str) -> str:
    """Put a text between two lines that carry a mark; the mark itself is taken out of the text."""
    return f"--- {name} {mark} ---\n{text.replace(mark, '').strip()}\n--- end of {name} {mark} ---\n"


def shortened(text: str) -> str:
    """Give a long text's first and last words, so that it fits into a small model's context."""
    words = text.split()
    if len(words) <= FIRST_WORDS + LAST_WORDS:
        return text
    return f"{' '.join(words[:FIRST_WORDS])} [...] {' '.join(words[-LAST_WORDS:])}"


def _file(name: str, folders: Sequence[Path]) -> Path:
    return next((folder / name for folder in folders if (folder / name).is_file()), folders[-1] / name)


@lru_cache(maxsize=4)
def load_prompts(folders: tuple[Path, ...] = ()) -> Prompts:
    """Read the judging prompts.

    Args:
        folders: where to look, first to last; empty takes the user's own and then the shipped ones.

    Raises:
        BadInputError: a file is missing or not as it must be; says which.
    """
    places = folders or (config_dir() / "prompts" / "llm", shipped("prompts") / "llm")
    texts: dict[str, str] = {}
    for name in FILES:
        path = _file(name, places)
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"The prompt {path} cannot be read.", "Restore it, or remove your own copy.") from error
    version = hashlib.sha256("\0".join(texts[name] for name in FILES).encode()).hexdigest()[:6]
    try:
        criteria = _Criteria.model_validate(tomllib.loads(texts["judge_criteria.toml"]))
        examples = _Examples.model_validate_json(texts["judge_examples.json"])
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        where = str(error).splitlines()[0]
        raise BadInputError(
            f"The judging prompts are not as they must be: {where}.", "Restore the files in prompts/llm."
        ) from error
    return Prompts(texts, criteria, examples, version)
