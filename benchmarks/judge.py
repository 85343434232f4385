"""How well does the embedded judge judge, and how fast? Against a keyword listener and frozen sentence vectors.

    python -m benchmarks.judge [--folder FOLDER]

Without a folder: what weights that had not seen the development rows said of them (kept by `scripts/train_judge`),
against baselines that are fitted in this run on the same training rows. With a folder: the shipped weights, live, on
labelled rows that nobody trained on. The time is always that of the shipped weights, on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from benchmarks.common import Row, publish
from simulator.domain.judgements import AnswerContext, ReplyContext
from simulator.domain.vocabulary import FacetState, PushbackReply, Reply, Signal
from simulator.judging.calibration import Labelled, Prediction, Report, agreement, calibrate, read_labelled
from simulator.judging.embedded import EmbeddedJudge
from simulator.models.store import model_path

ROOT = Path(__file__).resolve().parents[1]
TRAINING = ROOT / "data" / "judge"
HELD_OUT = TRAINING / "dev"
KEPT = ROOT / "benchmarks" / "results" / "judge_heldout.jsonl"

Array = npt.NDArray[np.float32]


class Vectors:
    """Frozen MiniLM: the mean of a text's token vectors, length 1."""

    def __init__(self) -> None:
        folder = model_path("minilm-l6-int8")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(256)
        self._known: dict[str, Array] = {}

    def __call__(self, text: str) -> Array:
        """Give a text's vector."""
        if text not in self._known:
            ids = np.asarray([self._tokenizer.encode(text).ids], dtype=np.int64)
            given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
            names = {i.name for i in self._session.get_inputs()}
            tokens = self._session.run(None, {k: v for k, v in given.items() if k in names})[0]
            mean = np.asarray(tokens, dtype=np.float32).reshape(-1, np.asarray(tokens).shape[-1]).mean(axis=0)
            self._known[text] = mean / np.linalg.norm(mean)
        return self._known[text]


def pair(vectors: Vectors, asked: str, reply: str, before: str) -> Array:
    """Give what the baseline sees of a reply: its vector, and how it stands to what was asked and said."""
    a, r, b = vectors(asked), vectors(reply), vectors(before)
    return np.concatenate([r, r * a, r * b, np.abs(r - b)])


def logistic(rows: Array, labels: Sequence[int], count: int, steps: int = 400) -> Array:
    """Fit a multinomial logistic regression by gradient descent; gives weights (columns + 1, count)."""
    x = np.concatenate([rows, np.ones((len(rows), 1), dtype=np.float32)], axis=1)
    target = np.eye(count, dtype=np.float32)[np.asarray(labels)]
    weights = np.zeros((x.shape[1], count), dtype=np.float32)
    moment = np.zeros_like(weights)
    for _ in range(steps):
        logits = x @ weights
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        moment = 0.9 * moment + x.T @ (share - target) / len(x) + 1e-4 * weights
        weights -= 4.0 * moment
    return weights


def frozen(train: Labelled, test: Labelled) -> list[Prediction]:
    """Judge with frozen sentence vectors and a logistic regression fitted on the training rows."""
    vectors = Vectors()
    said: list[Prediction] = []
    kinds = list(Reply)
    rows = np.stack([pair(vectors, r.probe, r.reply, r.before) for r in train.replies])
    weights = logistic(rows, [kinds.index(r.label) for r in train.replies], len(kinds))
    for row in test.replies:
        logits = np.append(pair(vectors, row.probe, row.reply, row.before), 1.0) @ weights
        said.append(Prediction(file="replies", id=row.id, label=kinds[int(logits.argmax())].value))
    pushed = list(PushbackReply)
    rows = np.stack([pair(vectors, p.pushback, p.reply, p.view) for p in train.pushbacks])
    weights = logistic(rows, [pushed.index(p.label) for p in train.pushbacks], len(pushed))
    for push in test.pushbacks:
        logits = np.append(pair(vectors, push.pushback, push.reply, push.view), 1.0) @ weights
        said.append(Prediction(file="pushbacks", id=push.id, label=pushed[int(logits.argmax())].value))
    whole = np.stack([vectors(a.text) for a in train.answers])
    tested = np.stack([np.append(vectors(a.text), 1.0) for a in test.answers])
    found = {s: tested @ logistic(whole, [int(s in a.signals) for a in train.answers], 2) for s in Signal}
    states = list(FacetState)
    judged = {}
    for facet in {f for a in test.answers for f in a.facets}:
        chosen = [i for i, a in enumerate(train.answers) if facet in a.facets]
        labels = [states.index(train.answers[i].facets[facet]) for i in chosen]
        judged[facet] = tested @ logistic(whole[chosen], labels, len(states))
    for n, answer in enumerate(test.answers):
        said.append(
            Prediction(
                file="answers",
                id=answer.id,
                signals={s: () for s in Signal if found[s][n].argmax() == 1},
                facets={f: states[int(judged[f][n].argmax())] for f in answer.facets},
            )
        )
    return said


def keywords(test: Labelled) -> list[Prediction]:
    """Judge as a listener for stock phrases would."""

    def first(text: str, phrases: Iterable[tuple[str, str]], otherwise: str) -> str:
        return next((label for words, label in phrases if words in text.lower()), otherwise)

    replies = (
        ("don't know", "unknown"),
        ("don't remember", "unknown"),
        ("not sure", "unknown"),
        ("as i said", "no_more"),
    )
    replies += (("the team", "not_mine"), ("we decided", "not_mine"), ("in general", "vague"), ("always", "vague"))
    pushes = (("you're right", "capitulates"), ("because", "holds"), ("fair point", "updates"), ("depends", "deflects"))
    said = [Prediction(file="replies", id=r.id, label=first(r.reply, replies, "fresh")) for r in test.replies]
    said += [Prediction(file="pushbacks", id=p.id, label=first(p.reply, pushes, "dismisses")) for p in test.pushbacks]
    words = {
        Signal.PERSONAL_ACTION: "i decided", Signal.ADMITS_UNKNOWN: "don't know", Signal.OWNS_FAULT: "my mistake",
        Signal.WOULD_CHANGE: "differently", Signal.APPLIED_LEARNING: "learned", Signal.GENUINE_QUESTION: "?",
        Signal.TEAM_ONLY: "we decided", Signal.RECITES_MISSION: "mission", Signal.MEASURED_RESULT: "percent",
    }  # fmt: skip
    for answer in test.answers:
        text = answer.text.lower()
        signals: dict[Signal, tuple[str, ...]] = {s: () for s, w in words.items() if w in text}
        said.append(
            Prediction(
                file="answers", id=answer.id, signals=signals, facets=dict.fromkeys(answer.facets, FacetState.UNHEARD)
            )
        )
    return said


def times_ms(judge: EmbeddedJudge, test: Labelled) -> tuple[list[float], list[float]]:
    """Give the time to judge each reply and each answer, milliseconds of one core."""
    replies, answers = [], []
    for row in test.replies:
        context = ReplyContext(row.kind, row.question, row.before, row.facet, row.probe, row.reply)
        begun = time.process_time()
        judge.judge_reply(context)
        replies.append((time.process_time() - begun) * 1000)
    for answer in test.answers:
        begun = time.process_time()
        judge.judge_answer(AnswerContext(answer.kind, answer.question, answer.text))
        answers.append((time.process_time() - begun) * 1000)
    return replies, answers


def figures(report: Report) -> dict[str, str]:
    """Give a report's four figures, as they are shown."""
    parts = {p.name: p for p in report.parts}
    return {
        "replies, macro F1": f"{parts['replies'].macro_f1:.3f}" if "replies" in parts else "",
        "pushbacks, macro F1": f"{parts['pushbacks'].macro_f1:.3f}" if "pushbacks" in parts else "",
        "signals, macro F1": f"{report.signals_macro_f1:.3f}" if report.answers else "",
        "facet states, accuracy": f"{parts['facets'].accuracy:.3f}" if "facets" in parts else "",
    }


def main() -> None:
    """Run the benchmark and publish its table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--folder", type=Path, help="labelled rows that nobody trained on")
    given = options.parse_args()
    judge = EmbeddedJudge.load(threads=1)
    folder = given.folder or HELD_OUT
    test, train = read_labelled(folder), read_labelled(TRAINING)
    if given.folder:
        said = list(calibrate(folder, judge))
    else:
        said = [Prediction.model_validate_json(line) for line in KEPT.read_text(encoding="utf-8").splitlines()]
    ours, vectors, words = (agreement(folder, p) for p in (said, frozen(train, test), keywords(test)))
    quotes = ours if given.folder else agreement(folder, calibrate(folder, judge))
    peers = {"frozen MiniLM, logistic regression": figures(vectors), "keyword listener": figures(words)}
    goals = {"replies, macro F1": 0.85, "pushbacks, macro F1": 0.80, "signals, macro F1": 0.80}
    goals["facet states, accuracy"] = 0.80
    if given.folder:
        goals = {what: goal - 0.05 for what, goal in goals.items()}
    rows = [
        Row(what, got, f"{goals[what]:.2f}", float(got) >= goals[what], {n: p[what] for n, p in peers.items()})
        for what, got in figures(ours).items()
        if got
    ]
    share = quotes.verbatim / max(quotes.quotes, 1)
    rows.append(Row("evidence verbatim, share of quotes", f"{share:.3f}", "1.00", share == 1.0))
    replies, answers = times_ms(judge, test)
    p95 = float(np.percentile(replies, 95)) if replies else 0.0
    rows.append(Row("a reply judged, p95, one core, ms", f"{p95:.0f}", "60", p95 <= 60))
    if answers:
        rows.append(Row("an initial answer judged, p95, one core, ms", f"{float(np.percentile(answers, 95)):.0f}"))
    command = "python -m benchmarks.judge" + (f" --folder {given.folder.name}" if given.folder else "")
    notes = (
        "Live judgements of the shipped weights."
        if given.folder
        else "Ours: development rows judged by weights that had not seen them; scripts/train_judge keeps them."
    )
    publish(
        "judge" if not given.folder else "judge_folder",
        "The embedded judge",
        command,
        rows,
        notes=notes,
        data=ours.table(),
    )


if __name__ == "__main__":
    main()
