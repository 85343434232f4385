"""The embedded judge: a small encoder with trained heads, on the processor, without a network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError
from tokenizers import Tokenizer

from simulator.domain.errors import ModelError
from simulator.domain.judgements import (
    AnswerContext,
    AnswerJudgement,
    FacetJudgement,
    PushbackContext,
    PushbackJudgement,
    ReplyContext,
    ReplyJudgement,
    SentenceJudgement,
    SignalJudgement,
)
from simulator.domain.vocabulary import (
    FACETS,
    Agent,
    Facet,
    FacetState,
    PushbackReply,
    Reply,
    Role,
    Signal,
    ThreadKind,
)
from simulator.judging.encoder import Encoder
from simulator.judging.encoding import Layout, PairRow
from simulator.judging.features import pair_features
from simulator.judging.heads import AnswerHead, Array, PairHead, Standard, sigmoid, softmax
from simulator.judging.text import Clause, clauses, plain, quote, sentences

WEIGHTS = Path(__file__).resolve().parent / "weights"

REPLIES = tuple(Reply)
PUSHBACKS = tuple(PushbackReply)
ALL_FACETS = tuple(Facet)
SIGNALS = tuple(Signal)
STATES = tuple(FacetState)
ROLES = tuple(Role)
AGENTS = tuple(Agent)

SECOND_QUOTE = 0.6
"""A second clause is quoted too where it weighs at least this share of the first."""

LIKE_BEFORE = frozenset({Reply.NO_MORE, Reply.CONTRADICTED})
"""Replies whose evidence is also what had been said before."""


class _Card(BaseModel):
    """What `judge.json` says of the weights beside it.

    Attributes:
        version: of the weights; part of the engine's name in every record.
        thresholds: for each signal the probability from which it is found.
        kinds: for each signal the kinds of thread that it can occur in.
        temperatures: what logits are divided by so that probabilities mean what they say.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    thresholds: dict[Signal, float]
    kinds: dict[Signal, list[ThreadKind]]
    temperatures: dict[str, float]


class EmbeddedJudge:
    """Judges replies, pushbacks and answers with the encoder and heads that ship with the program."""

    def __init__(
        self, replies: Encoder, answers: Encoder, layout: Layout, weights: dict[str, Array], card: _Card
    ) -> None:
        self._read_reply = replies
        self._read_answer = answers
        self._layout = layout
        self._card = card
        self._pairs = Standard(weights["standard.pair.mean"], weights["standard.pair.scale"])
        self._answers = Standard(weights["standard.answer.mean"], weights["standard.answer.scale"])
        self._reply = PairHead(weights, "reply")
        self._pushback = PairHead(weights, "pushback")
        self._answer = AnswerHead(weights, len(ALL_FACETS))

    @classmethod
    def load(cls, folder: Path = WEIGHTS, threads: int = 1) -> EmbeddedJudge:
        """Load the judge from a folder with what `scripts/train_judge` writes.

        Raises:
            ModelError: a file is missing or damaged.
        """
        try:
            card = _Card.model_validate_json((folder / "judge.json").read_text(encoding="utf-8"))
            with np.load(folder / "heads.npz") as stored:
                weights = {name: np.asarray(stored[name], dtype=np.float32) for name in stored.files}
            tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, json.JSONDecodeError, ValidationError) as error:
            raise ModelError(
                f"The judge's weights cannot be read from {folder}.",
                "Install the program again; its files are damaged.",
            ) from error
        replies, answers = (Encoder(folder / f"{name}.onnx", threads) for name in ("replies", "answers"))
        return cls(replies, answers, Layout(tokenizer), weights, card)

    @property
    def engine(self) -> str:
        """Name and version of the engine."""
        return f"embedded-{self._card.version}"

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply to a probe. Silence is taken for an evasion, of which nothing is sure."""
        row = self._layout.reply(context.facet, context.probe, context.reply, context.before)
        if not plain(context.reply).words:
            return ReplyJudgement(Reply.EVADED, 1 / len(REPLIES), (), self.engine)
        logits, weight = self._judge_pair(row, self._reply)
        share = softmax(logits / self._card.temperatures["reply"])
        best = int(share.argmax())
        label = REPLIES[best]
        evidence = _quotes(context.reply, row, weight, 2)
        if label in LIKE_BEFORE:
            evidence += _quotes(context.before, row, weight, 3)[:1]
        return ReplyJudgement(
            reply=label,
            confidence=float(share[best]),
            evidence=evidence,
            engine=self.engine,
            probabilities={r: float(p) for r, p in zip(REPLIES, share, strict=True)},
        )

    def judge_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Judge a reply to a pushback. Silence takes no position."""
        row = self._layout.pushback(context.view, context.pushback, context.reply)
        if not plain(context.reply).words:
            return PushbackJudgement(PushbackReply.DEFLECTS, 1 / len(PUSHBACKS), (), self.engine)
        logits, weight = self._judge_pair(row, self._pushback)
        share = softmax(logits / self._card.temperatures["pushback"])
        best = int(share.argmax())
        return PushbackJudgement(
            reply=PUSHBACKS[best],
            confidence=float(share[best]),
            evidence=_quotes(context.reply, row, weight, 2),
            engine=self.engine,
            probabilities={r: float(p) for r, p in zip(PUSHBACKS, share, strict=True)},
        )

    def _judge_pair(self, row: PairRow, head: PairHead) -> tuple[Array, Array]:
        (vectors,) = self._read_reply([row.ids], [row.types])
        return head(vectors, np.asarray(row.segments, dtype=np.float32), self._pairs(row.features))

    def judge_answer(self, context: AnswerContext) -> AnswerJudgement:
        """Judge an initial answer. Of silence every facet is unheard and nothing is found."""
        said = plain(context.text)
        if not said.words:
            unheard = tuple(FacetJudgement(f, FacetState.UNHEARD, 1.0, ()) for f in FACETS[context.kind])
            return AnswerJudgement(unheard, (), (), self.engine)
        windows = self._layout.answer(context.kind, context.question, context.text)
        read = self._read_answer([w.ids for w in windows], [w.types for w in windows])
        vectors = np.concatenate([v[list(w.owned)] for v, w in zip(read, windows, strict=True)])
        words = np.asarray([word for w in windows for word in w.words], dtype=np.intp)
        features = self._answers(pair_features(said.words, (), plain(context.question).words))
        facet_logits, signal_logits, weight = self._answer(vectors, features)
        pieces = clauses(context.text)
        facets = []
        for facet in FACETS[context.kind]:
            index = ALL_FACETS.index(facet)
            share = softmax(facet_logits[index] / self._card.temperatures["facet"])
            state = STATES[int(share.argmax())]
            shown = () if state is FacetState.UNHEARD else _heaviest(context.text, pieces, words, weight[index])
            facets.append(FacetJudgement(facet, state, float(share.max()), shown))
        signals = []
        for index, (signal, probability) in enumerate(zip(SIGNALS, sigmoid(signal_logits), strict=True)):
            if context.kind in self._card.kinds[signal] and probability >= self._card.thresholds[signal]:
                shown = _heaviest(context.text, pieces, words, weight[len(ALL_FACETS) + index])
                signals.append(SignalJudgement(signal, float(probability), shown))
        return AnswerJudgement(
            tuple(facets), tuple(signals), self._sentences(context.text, vectors, words), self.engine
        )

    def _sentences(self, text: str, vectors: Array, words: npt.NDArray[np.intp]) -> tuple[SentenceJudgement, ...]:
        cut = sentences(text)
        spans = [np.flatnonzero((words >= c.first) & (words <= c.last)) for c in cut]
        roles, agents = self._answer.sentences(vectors, spans)
        return tuple(
            SentenceJudgement(quote(text, c), c.first, c.last, ROLES[int(r.argmax())], AGENTS[int(a.argmax())])
            for c, r, a in zip(cut, roles, agents, strict=True)
        )


def _quotes(text: str, row: PairRow, weight: Array, segment: int) -> tuple[str, ...]:
    chosen = np.asarray(row.segments) == segment
    words = np.asarray(row.words, dtype=np.intp)[chosen]
    return _heaviest(text, clauses(text), words, weight[chosen])


def _heaviest(text: str, pieces: Sequence[Clause], words: npt.NDArray[np.intp], weight: Array) -> tuple[str, ...]:
    """Give the clause whose words weigh most, verbatim, and a second one that weighs nearly as much.

    Args:
        text: the text judged.
        pieces: its clauses.
        words: for each token the index of its word in the text.
        weight: how much each token weighed.
    """
    if not pieces or not len(words):
        return ()
    scores = [
        float(weight[(words >= c.first) & (words <= c.last)].sum()) / (c.last - c.first + 4) ** 0.5 for c in pieces
    ]
    order = sorted(range(len(pieces)), key=lambda i: -scores[i])
    chosen = order[:1] + [i for i in order[1:2] if scores[i] >= SECOND_QUOTE * scores[order[0]]]
    return tuple(quote(text, pieces[i]) for i in sorted(chosen))
