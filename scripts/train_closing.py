"""Trains the word model of an answer's last sentence from data/judge: python -m scripts.train_closing (3 minutes).

A logistic regression over the features of `simulator.listening.closing`, in a fixed order, so the same data gives the
same weights. What the last sentence has to be told from is the other sentences, and sentences that are cut where a
clause ends, since people pause there too. Prints the area under the curve on the texts of data/judge/dev, which are
left out.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import numpy as np

from simulator.listening.closing import WEIGHTS, features, shape

DATA = Path(__file__).resolve().parents[1] / "data" / "judge"
LEAST = 6
"""A feature is kept that occurs so often."""

SMALLEST = 0.02
"""Weights under this are left out of the file."""

STEPS, RATE, RIDGE = 250, 0.03, 2e-3
"""The ridge is the one with the largest area on data/judge/dev, of eight from 1e-5 to 1.6e-2: without it the weights
learn the training texts by heart (area 1.00 there, 0.72 on others)."""

SHORTEST_CLAUSE = 3
"""Words in a clause that somebody may pause after."""

CLAUSES_KEPT = 0.4
"""Share of the clauses in initial answers that are used: they are many."""

_CLAUSE_END = re.compile(r"(?<=[,;:—])\s+")


class Place(Enum):
    """Where in an answer somebody pauses."""

    CLAUSE = auto()
    SENTENCE = auto()
    ANSWER = auto()


@dataclass(frozen=True)
class Example:
    """A place in an answer at which somebody might pause.

    Attributes:
        initial: whether the answer is an initial one.
        held_out: whether its text is left out of the training.
        found: features of its last sentence, or of what has been said of it.
        dense: its shape.
        place: whether it is the end of the answer, of a sentence, or of a clause.
    """

    initial: bool
    held_out: bool
    found: frozenset[str]
    dense: tuple[float, ...]
    place: Place


def sentences(text: str) -> list[str]:
    """Split a text as the program does."""
    return [s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if s]


def texts(folder: Path) -> Iterator[tuple[bool, list[str]]]:
    """Give every initial answer (True) and every reply (False) as its sentences."""
    for path in sorted(folder.glob("*.jsonl")):
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
    """Give every place of every text."""
    rng = random.Random(1)
    made = []
    for held_out, folder in ((False, DATA), (True, DATA / "dev")):
        for initial, parts in texts(folder):
            said = 0
            for index, part in enumerate(parts):
                before = " ".join(parts[max(0, index - 2) : index])

                def add(words: str, place: Place) -> None:
                    found, length = features(f"{before} {words}")  # noqa: B023 - called within the turn of the loop
                    count = said + len(words.split())  # noqa: B023
                    made.append(Example(initial, held_out, found, shape(count, length, initial), place))  # noqa: B023

                clauses = _CLAUSE_END.split(part)
                for count in range(1, len(clauses)):
                    clause = " ".join(clauses[:count]).rstrip(" ,;:—") + "."
                    if len(clause.split()) >= SHORTEST_CLAUSE and (not initial or rng.random() < CLAUSES_KEPT):
                        add(clause, Place.CLAUSE)
                add(part, Place.ANSWER if index == len(parts) - 1 else Place.SENTENCE)
                said += len(part.split())
    return made


class Regression:
    """The model and how it is trained: by Adam on all examples at once, each kind of place weighing the same."""

    def __init__(self, rows: Sequence[Example]) -> None:
        counts = Counter(feature for row in rows if not row.held_out for feature in row.found)
        self.names = sorted(feature for feature, count in counts.items() if count >= LEAST)
        places = {name: place for place, name in enumerate(self.names)}
        wide = [sorted(places[f] for f in row.found if f in places) for row in rows]
        self._row = np.repeat(np.arange(len(rows)), [len(found) for found in wide])
        self._feature = np.array([place for found in wide for place in found], dtype=np.int64)
        blank = (0.0, 0.0, 0.0, 0.0)
        self._dense = np.array([(*r.dense, *blank) if r.initial else (*blank, *r.dense) for r in rows])
        self.truth = np.array([row.place is Place.ANSWER for row in rows], float)
        kinds = Counter((row.initial, row.held_out, row.place) for row in rows)
        self.weight = np.array([1 / kinds[row.initial, row.held_out, row.place] for row in rows])
        self._trained = np.array([0.0 if row.held_out else 1.0 for row in rows]) * self.weight
        self._trained /= self._trained.sum()
        self.words, self.shapes = np.zeros(len(self.names)), np.zeros(8)

    def scores(self) -> np.ndarray:
        """Give the log odds of all rows."""
        return np.bincount(self._row, self.words[self._feature], len(self.truth)) + self._dense @ self.shapes

    def train(self) -> None:
        """Find the weights."""
        moves = [Adam(self.words), Adam(self.shapes)]
        for _ in range(STEPS):
            off = self._trained * (1 / (1 + np.exp(-self.scores())) - self.truth)
            wide = np.bincount(self._feature, off[self._row], len(self.names)) + RIDGE * self.words
            for move, slope in zip(moves, (wide, self._dense.T @ off), strict=True):
                move(slope)


class Adam:
    """Moves weights, in place, against a slope."""

    def __init__(self, weights: np.ndarray) -> None:
        self._weights = weights
        self._mean, self._power = np.zeros_like(weights), np.zeros_like(weights)
        self._steps = 0

    def __call__(self, slope: np.ndarray) -> None:
        """Take one step."""
        self._steps += 1
        self._mean = 0.9 * self._mean + 0.1 * slope
        self._power = 0.99 * self._power + 0.01 * slope**2
        mean, power = self._mean / (1 - 0.9**self._steps), self._power / (1 - 0.99**self._steps)
        self._weights -= RATE * mean / (np.sqrt(power) + 1e-9)


def area(scores: np.ndarray, truth: np.ndarray, weight: np.ndarray) -> float:
    """Give the area under the curve."""
    order = np.argsort(scores)
    truth, weight = truth[order], weight[order]
    before = np.cumsum(weight * (1 - truth))
    return float((weight * truth * before).sum() / ((weight * truth).sum() * (weight * (1 - truth)).sum()))


def main() -> None:
    """Train, tell how well texts that were left out are told apart, write the weights."""
    rows = examples()
    model = Regression(rows)
    model.train()
    scores = model.scores()
    for name, initial in (("initial answers", True), ("replies", False)):
        chosen = np.array([row.initial is initial and row.held_out for row in rows])
        found = area(scores[chosen], model.truth[chosen], model.weight[chosen])
        print(f"{name}: {int(chosen.sum())} places, area {found:.3f}")
    kept = {n: round(float(w), 2) for n, w in zip(model.names, model.words, strict=True) if abs(w) >= SMALLEST}
    weights = {
        "words": kept,
        "initial": [round(float(w), 3) for w in model.shapes[:4]],
        "reply": [round(float(w), 3) for w in model.shapes[4:]],
    }
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(json.dumps(weights, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(kept)} words kept in {WEIGHTS} ({WEIGHTS.stat().st_size // 1000} kB)")


if __name__ == "__main__":
    main()
