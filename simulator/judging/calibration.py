"""How far can a judge be trusted? Judge a labelled folder, and compare what it says with the labels.

A labelled folder holds JSON-lines files, in itself or in a folder `more` inside: `replies*.jsonl`,
`pushbacks*.jsonl`, `answers*.jsonl`, and the compact `threads_*.jsonl` and `pushes_*.jsonl`, in which
several replies share one text. `data/judge/README.md` describes the formats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.domain.errors import BadInputError
from simulator.domain.judgements import AnswerContext, Judge, PushbackContext, ReplyContext
from simulator.domain.vocabulary import (
    Agent,
    Facet,
    FacetState,
    PushbackReply,
    Reply,
    Role,
    Signal,
    ThreadKind,
)


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


RowT = TypeVar("RowT", bound=_Row)


class LabelledReply(_Row):
    """A reply to a probe, with its label."""

    id: str
    kind: ThreadKind
    question: str
    before: str
    facet: Facet
    probe: str
    reply: str
    label: Reply


class LabelledPushback(_Row):
    """A reply to a pushback, with its label."""

    id: str
    question: str
    view: str
    pushback: str
    reply: str
    label: PushbackReply


class LabelledSentence(_Row):
    """A sentence of an answer: what it does and who acts."""

    text: str
    role: Role
    agent: Agent


class LabelledAnswer(_Row):
    """An initial answer, with its labels."""

    id: str
    kind: ThreadKind
    question: str
    sentences: tuple[LabelledSentence, ...]
    facets: dict[Facet, FacetState]
    signals: frozenset[Signal]

    @property
    def text(self) -> str:
        """The sentences, joined by single spaces."""
        return " ".join(s.text for s in self.sentences)


class _Item(_Row):
    facet: Facet
    probe: str
    reply: str
    label: Reply


class _Thread(_Row):
    id: str
    kind: ThreadKind
    question: str
    before: str
    items: tuple[_Item, ...]


class _Pushed(_Row):
    reply: str
    label: PushbackReply


class _Push(_Row):
    id: str
    question: str
    view: str
    pushback: str
    replies: tuple[_Pushed, ...]


@dataclass(frozen=True, slots=True)
class Labelled:
    """All labelled rows of a folder."""

    replies: tuple[LabelledReply, ...]
    pushbacks: tuple[LabelledPushback, ...]
    answers: tuple[LabelledAnswer, ...]


class Prediction(BaseModel):
    """What a judge said of one row, in the form that the calibration tool reads.

    Attributes:
        file: which kind of row.
        id: the row's id.
        label: the kind of reply (replies and pushbacks).
        evidence: the words that show it (replies and pushbacks).
        signals: each signal found, with the words that show it (answers).
        facets: each facet's state (answers).
        roles: each labelled sentence's role and agent, in order, as "role/agent" (answers); empty where the
            judge cut the text into other sentences.
        confidence: of the label.
        engine: who judged.
    """

    model_config = ConfigDict(frozen=True)

    file: Literal["replies", "pushbacks", "answers"]
    id: str
    label: str | None = None
    evidence: tuple[str, ...] = ()
    signals: dict[Signal, tuple[str, ...]] = {}
    facets: dict[Facet, FacetState] = {}
    roles: tuple[str, ...] = ()
    confidence: float = 1.0
    engine: str = ""


def _rows(folder: Path, patterns: Sequence[str], kind: type[RowT]) -> list[RowT]:
    found: list[RowT] = []
    paths = [p for where in (folder, folder / "more") for pattern in patterns for p in sorted(where.glob(pattern))]
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"The file {path} cannot be read.", "Check that it is a UTF-8 text file.") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found.append(kind.model_validate_json(line))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"]) or "the line"
                raise BadInputError(
                    f"{path}, line {number}: {where}: {first['msg']}.", "Mend the line, or take the file away."
                ) from error
    return found


def read_labelled(folder: Path) -> Labelled:
    """Read a labelled folder.

    Raises:
        BadInputError: the folder is missing or holds no labelled row, or a line is malformed (says where).
    """
    if not folder.is_dir():
        raise BadInputError(f"There is no folder {folder}.", "Give a folder with labelled JSON-lines files.")
    replies = _rows(folder, ("replies*.jsonl",), LabelledReply)
    for thread in _rows(folder, ("threads_*.jsonl",), _Thread):
        replies += [
            LabelledReply(
                id=f"{thread.id}-{n}", kind=thread.kind, question=thread.question, before=thread.before,
                facet=item.facet, probe=item.probe, reply=item.reply, label=item.label,
            )
            for n, item in enumerate(thread.items, start=1)
        ]  # fmt: skip
    pushbacks = _rows(folder, ("pushbacks*.jsonl",), LabelledPushback)
    for push in _rows(folder, ("pushes_*.jsonl",), _Push):
        pushbacks += [
            LabelledPushback(
                id=f"{push.id}-{n}", question=push.question, view=push.view, pushback=push.pushback,
                reply=item.reply, label=item.label,
            )
            for n, item in enumerate(push.replies, start=1)
        ]  # fmt: skip
    answers = _rows(folder, ("answers*.jsonl",), LabelledAnswer)
    if not (replies or pushbacks or answers):
        raise BadInputError(
            f"The folder {folder} holds no labelled rows.",
            "It should hold replies.jsonl, pushbacks.jsonl or answers.jsonl.",
        )
    return Labelled(tuple(replies), tuple(pushbacks), tuple(answers))


def calibrate(folder: Path, judge: Judge) -> Iterator[Prediction]:
    """Judge every row of a labelled folder, one after another.

    Raises:
        BadInputError: the folder cannot be used (before the first row is judged).
    """
    labelled = read_labelled(folder)
    return _judged(labelled, judge)


def _judged(labelled: Labelled, judge: Judge) -> Iterator[Prediction]:
    for row in labelled.replies:
        reply = judge.judge_reply(ReplyContext(row.kind, row.question, row.before, row.facet, row.probe, row.reply))
        yield Prediction(
            file="replies", id=row.id, label=reply.reply.value, evidence=reply.evidence,
            confidence=reply.confidence, engine=reply.engine,
        )  # fmt: skip
    for push in labelled.pushbacks:
        pushed = judge.judge_pushback(PushbackContext(push.question, push.view, push.pushback, push.reply))
        yield Prediction(
            file="pushbacks", id=push.id, label=pushed.reply.value, evidence=pushed.evidence,
            confidence=pushed.confidence, engine=pushed.engine,
        )  # fmt: skip
    for answer in labelled.answers:
        judged = judge.judge_answer(AnswerContext(answer.kind, answer.question, answer.text))
        cut = [s.text for s in judged.sentences] == [" ".join(s.text.split()) for s in answer.sentences]
        yield Prediction(
            file="answers", id=answer.id,
            signals={s.signal: s.evidence for s in judged.signals},
            facets={f.facet: f.state for f in judged.facets},
            roles=tuple(f"{s.role.value}/{s.agent.value}" for s in judged.sentences) if cut else (),
            engine=judged.engine,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a judge agrees with the labels on one question.

    Attributes:
        name: replies, pushbacks, facets, roles or agents.
        labels: the labels, in the vocabulary's order.
        confusion: (true, said) to how many; "" where nothing was said.
    """

    name: str
    labels: tuple[str, ...]
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        """How many were labelled."""
        return self.confusion.total()

    @property
    def accuracy(self) -> float:
        """Share of rows with the right label, 0 to 1."""
        return sum(n for (true, said), n in self.confusion.items() if true == said) / max(self.rows, 1)

    def f1(self, label: str) -> float | None:
        """Give a label's F1, or None where it was neither true nor said."""
        true = sum(n for (t, _), n in self.confusion.items() if t == label)
        said = sum(n for (_, s), n in self.confusion.items() if s == label)
        return 2 * self.confusion[label, label] / (true + said) if true + said else None

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the labels that occur."""
        scores = [f for label in self.labels if (f := self.f1(label)) is not None]
        return sum(scores) / len(scores) if scores else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """How far a judge agrees with a labelled folder.

    Attributes:
        parts: agreement on replies, pushbacks, facets, roles and agents, those that the folder has rows for.
        signals: F1, how often true and how often found, of each signal.
        answers: how many answers were labelled.
        quotes: how many quotes were given.
        verbatim: how many of them stand in the text that was judged.
    """

    parts: tuple[Agreement, ...]
    signals: dict[Signal, tuple[float, int, int]]
    answers: int
    quotes: int
    verbatim: int

    @property
    def signals_macro_f1(self) -> float:
        """Mean F1 over the signals that occur in the labels."""
        scores = [f1 for f1, true, _ in self.signals.values() if true]
        return sum(scores) / len(scores) if scores else 0.0

    def table(self) -> str:
        """Give the report as text: a line for each part, then its confusions."""
        lines = [f"{'':10} {'rows':>6} {'accuracy':>9} {'macro F1':>9}"]
        lines += [f"{p.name:10} {p.rows:6} {p.accuracy:9.3f} {p.macro_f1:9.3f}" for p in self.parts]
        if self.answers:
            lines.append(f"{'signals':10} {self.answers:6} {'':9} {self.signals_macro_f1:9.3f}")
        if self.quotes:
            lines.append(f"{'evidence':10} {self.quotes:6} {self.verbatim / self.quotes:9.3f} verbatim")
        for part in self.parts:
            width = max(len(label) for label in part.labels) + 1
            lines += ["", f"{part.name}: true label by row, judged by column"]
            lines.append(" " * (width + 2) + " ".join(f"{label[:7]:>7}" for label in part.labels) + "      F1")
            for true in part.labels:
                score = part.f1(true)
                counts = " ".join(f"{part.confusion[true, said]:7}" for said in part.labels)
                lines.append(f"  {true:{width}}{counts} {'' if score is None else f'{score:7.2f}'}")
        if self.signals:
            lines += ["", f"{'signal':20} {'F1':>5} {'true':>5} {'found':>6}"]
            lines += [f"{s.value:20} {f1:5.2f} {true:5} {found:6}" for s, (f1, true, found) in self.signals.items()]
        return "\n".join(lines)


def agreement(folder: Path, predictions: Iterable[Prediction]) -> Report:
    """Compare predictions with the labels of a folder.

    Raises:
        BadInputError: the folder cannot be used.
    """
    labelled = read_labelled(folder)
    said = {(p.file, p.id): p for p in predictions}
    replies = Agreement("replies", tuple(r.value for r in Reply))
    pushbacks = Agreement("pushbacks", tuple(r.value for r in PushbackReply))
    facets = Agreement("facets", tuple(s.value for s in FacetState))
    roles = Agreement("roles", tuple(r.value for r in Role))
    agents = Agreement("agents", tuple(a.value for a in Agent))
    quotes: list[bool] = []

    def quoted(evidence: Iterable[str], text: str) -> None:
        whole = _squash(text)
        quotes.extend(_squash(q) in whole for q in evidence)

    for row in labelled.replies:
        prediction = said.get(("replies", row.id))
        replies.confusion[row.label.value, (prediction and prediction.label) or ""] += 1
        quoted(prediction.evidence if prediction else (), f"{row.reply} {row.before}")
    for push in labelled.pushbacks:
        prediction = said.get(("pushbacks", push.id))
        pushbacks.confusion[push.label.value, (prediction and prediction.label) or ""] += 1
        quoted(prediction.evidence if prediction else (), f"{push.reply} {push.view}")
    true_found = {s: (Counter[bool](), Counter[bool](), Counter[bool]()) for s in Signal}
    for answer in labelled.answers:
        prediction = said.get(("answers", answer.id)) or Prediction(file="answers", id=answer.id)
        for facet, state in answer.facets.items():
            judged = prediction.facets.get(facet)
            facets.confusion[state.value, judged.value if judged else ""] += 1
        for sentence, words in zip(answer.sentences, prediction.roles, strict=False):
            role, agent = words.split("/")
            roles.confusion[sentence.role.value, role] += 1
            agents.confusion[sentence.agent.value, agent] += 1
        for signal, (both, true, found) in true_found.items():
            both[signal in answer.signals and signal in prediction.signals] += 1
            true[signal in answer.signals] += 1
            found[signal in prediction.signals] += 1
        for evidence in prediction.signals.values():
            quoted(evidence, answer.text)
    signals = {
        s: (2 * both[True] / max(true[True] + found[True], 1), true[True], found[True])
        for s, (both, true, found) in true_found.items()
        if true[True] + found[True]
    }
    parts = tuple(p for p in (replies, pushbacks, facets, roles, agents) if p.rows)
    return Report(parts, signals, len(labelled.answers), len(quotes), sum(quotes))


def _squash(text: str) -> str:
    return " ".join(text.lower().split())
