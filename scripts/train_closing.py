"""Trains the word model of an answer's last sentence from data/judge: python -m scripts.train_closing (2 minutes).

A logistic regression over the features of `simulator.listening.closing`, by AdaGrad in a fixed order, so the same
data gives the same weights. Prints the area under the curve on texts that were left out (five folds by text).
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.listening.closing import WEIGHTS, features, shape

DATA = Path(__file__).resolve().parents[1] / "data" / "judge"
FOLDS = 5
LEAST = 5
"""A feature is kept that occurs so often."""

SMALLEST = 0.04
"""Weights under this are left out of the file."""

EPOCHS, RATE, RIDGE = 8, 0.15, 3e-3


@dataclass(frozen=True)
class Example:
    """A sentence in an answer: its features, and whether it is the last."""

    initial: bool
    text: int
    found: frozenset[str]
    dense: tuple[float, ...]
    last: bool


def sentences(text: str) -> list[str]:
    """Split a text as the program does."""
    return [s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if s]


def texts() -> Iterator[tuple[bool, list[str]]]:
    """Give every initial answer (True) and every reply (False) as its sentences."""
    # data/judge/dev is left out: benchmarks/turns.py measures on it.
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "sentences" in row:
                yield True, [s["text"] for s in row["sentences"]]
            if "opening" in row:
                yield True, sentences(row["opening"])
                for facet in row["facets"].values():
                    for reply in (*facet["levels"], *facet["limit"]["replies"]):
                        yield False, sentences(reply)
                yield False, sentences(row["pushback"]["reply"])
            if "label" in row and "reply" in row:
                yield False, sentences(row["reply"])
            for item in row.get("items", ()):
                yield False, sentences(item.get("reply") or "")


def examples() -> list[Example]:
    """Give every sentence of every text, in a fixed shuffled order of texts."""
    whole = [text for text in texts() if text[1]]
    random.Random(3).shuffle(whole)
    made = []
    for number, (initial, parts) in enumerate(whole):
        said = 0
        for index, part in enumerate(parts):
            said += len(part.split())
            found, length = features(" ".join(parts[max(0, index - 1) : index + 1]))
            dense = shape(said, length, initial)
            made.append(Example(initial, number, found, dense, index == len(parts) - 1))
    return made


class Regression:
    """The model while it is trained."""

    def __init__(self, rows: Sequence[Example]) -> None:
        counts = Counter(feature for row in rows for feature in row.found)
        self.names = sorted(feature for feature, count in counts.items() if count >= LEAST)
        places = {name: place for place, name in enumerate(self.names)}
        self.rows = rows
        self.wide = [np.array(sorted(places[f] for f in row.found if f in places), dtype=np.int64) for row in rows]
        blank = (0.0, 0.0, 0.0, 0.0)
        self.dense = np.array([(*r.dense, *blank) if r.initial else (*blank, *r.dense) for r in rows])
        self.truth = np.array([row.last for row in rows], float)

    def train(self, chosen: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Give the weights (of words, of shape) trained on the chosen rows."""
        words, shapes = np.zeros(len(self.names)), np.zeros(8)
        word_steps, shape_steps = np.ones(len(self.names)), np.ones(8)
        order, rng = list(chosen), random.Random(0)
        for _ in range(EPOCHS):
            rng.shuffle(order)
            for row in order:
                places = self.wide[row]
                z = words[places].sum() + shapes @ self.dense[row]
                off = 1 / (1 + np.exp(-z)) - self.truth[row]
                slope = off + RIDGE * words[places]
                word_steps[places] += slope * slope
                words[places] -= RATE * slope / np.sqrt(word_steps[places])
                slope = off * self.dense[row]
                shape_steps += slope * slope
                shapes -= 2 * RATE * slope / np.sqrt(shape_steps)
        return words, shapes

    def scores(self, words: np.ndarray, shapes: np.ndarray, chosen: Sequence[int]) -> np.ndarray:
        """Give the log odds of the chosen rows."""
        return np.array([words[self.wide[row]].sum() + shapes @ self.dense[row] for row in chosen])


def area(scores: np.ndarray, truth: np.ndarray) -> float:
    """Give the area under the curve."""
    ranks = np.argsort(np.argsort(scores))
    ends = truth.sum()
    return float((ranks[truth == 1].sum() - ends * (ends - 1) / 2) / (ends * (len(truth) - ends)))


def main() -> None:
    """Cross-validate, train on everything, write the weights."""
    rows = examples()
    model = Regression(rows)
    out = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = [i for i, row in enumerate(rows) if row.text % FOLDS == fold]
        kept = [i for i, row in enumerate(rows) if row.text % FOLDS != fold]
        out[held] = model.scores(*model.train(kept), held)
    for name, initial in (("initial answers", True), ("replies", False)):
        chosen = np.array([row.initial is initial for row in rows])
        print(f"{name}: {int(chosen.sum())} sentences, area {area(out[chosen], model.truth[chosen]):.3f}")
    words, shapes = model.train(range(len(rows)))
    kept_words = {n: round(float(w), 2) for n, w in zip(model.names, words, strict=True) if abs(w) >= SMALLEST}
    weights = {
        "words": kept_words,
        "initial": [round(float(w), 3) for w in shapes[:4]],
        "reply": [round(float(w), 3) for w in shapes[4:]],
    }
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(json.dumps(weights, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(kept_words)} words kept in {WEIGHTS} ({WEIGHTS.stat().st_size // 1000} kB)")


if __name__ == "__main__":
    main()
