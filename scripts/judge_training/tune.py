"""Chooses thresholds and temperatures on judgements of rows that the weights had not seen; keeps those judgements."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from judge_training.train import FACETS, PUSHES, REPLIES, ROOT, SIGNALS, STATES
from simulator.judging.calibration import Prediction, read_labelled

DEV = ROOT / "data" / "judge" / "dev"


def threshold(logits: np.ndarray, true: np.ndarray) -> tuple[float, float]:
    """Give the logit from which a signal is found, and its F1 there.

    F1 is smoothed over neighbouring thresholds, since few rows carry a signal and its exact best point is chance.
    """
    grid = np.linspace(-3.5, 2.5, 61)
    scores = np.array([2 * (true & (logits > t)).sum() / max(1, true.sum() + (logits > t).sum()) for t in grid])
    kernel = np.exp(-0.5 * (np.arange(-6, 7) / 3.0) ** 2)
    smooth = np.convolve(scores, kernel / kernel.sum(), mode="same")
    best = int(smooth[4:-4].argmax()) + 4
    return float(grid[best]), float(scores[best])


def fold_f1(logits: np.ndarray, true: np.ndarray, folds: int = 4) -> float:
    """Give a signal's F1 where each fold's threshold was chosen on the other folds."""
    said = np.zeros(len(true), dtype=bool)
    for fold in range(folds):
        held = np.arange(len(true)) % folds == fold
        cut, _ = threshold(logits[~held], true[~held])
        said[held] = logits[held] > cut
    return float(2 * (true & said).sum() / max(1, true.sum() + said.sum()))


def temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Give what logits are divided by so that their probabilities are as right as they are sure."""

    def loss(t: float) -> float:
        scaled = logits / t
        scaled = scaled - scaled.max(axis=-1, keepdims=True)
        return float(-(scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=-1))).mean())

    grid = np.linspace(0.4, 3.0, 53)
    return float(grid[int(np.argmin([loss(t) for t in grid]))])


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pairs", type=Path, help="logits of held-out replies and pushbacks")
    options.add_argument("answers", type=Path, help="logits of held-out answers")
    options.add_argument("out", type=Path, help="thresholds and temperatures")
    options.add_argument("--predictions", type=Path, help="where the held-out judgements are kept")
    given = options.parse_args()
    labelled = read_labelled(DEV)
    pairs, answers = np.load(given.pairs), np.load(given.answers)
    replies = np.array([REPLIES.index(r.label) for r in labelled.replies])
    pushes = np.array([PUSHES.index(p.label) for p in labelled.pushbacks])
    states, cut, found = [], {}, {}
    for row, logits in zip(labelled.answers, answers["facets"], strict=True):
        for facet, state in row.facets.items():
            states.append((logits[FACETS.index(facet)], STATES.index(state)))
    for i, name in enumerate(SIGNALS):
        true = np.array([name in row.signals for row in labelled.answers])
        kinds = {row.kind.value for row in labelled.answers if name in row.signals}
        open_to = np.array([row.kind.value in kinds for row in labelled.answers])
        logit, _ = threshold(answers["signals"][open_to, i], true[open_to])
        cut[name] = float(1 / (1 + np.exp(-logit)))
        found[name] = fold_f1(answers["signals"][open_to, i], true[open_to])
    print("signals, thresholds chosen on other folds:", round(float(np.mean(list(found.values()))), 3))
    tuned = {
        "thresholds": cut,
        "temperatures": {
            "reply": temperature(pairs["reply"], replies),
            "pushback": temperature(pairs["pushback"], pushes[: len(pairs["pushback"])]),
            "facet": temperature(np.stack([x for x, _ in states]), np.array([t for _, t in states])),
        },
    }
    given.out.write_text(json.dumps(tuned, indent=1), encoding="utf-8")
    print(tuned["temperatures"])
    if given.predictions:
        said = [
            Prediction(file="replies", id=r.id, label=REPLIES[int(x.argmax())])
            for r, x in zip(labelled.replies, pairs["reply"], strict=True)
        ]
        said += [
            Prediction(file="pushbacks", id=p.id, label=PUSHES[int(x.argmax())])
            for p, x in zip(labelled.pushbacks, pairs["pushback"], strict=False)
        ]
        for n, row in enumerate(labelled.answers):
            signals = {}
            for i, name in enumerate(SIGNALS):
                others = np.array([m % 4 != n % 4 for m in range(len(labelled.answers))])
                true = np.array([name in r.signals for r in labelled.answers])
                kinds = {r.kind for r in labelled.answers if name in r.signals}
                logit, _ = threshold(answers["signals"][others, i], true[others])
                if row.kind in kinds and answers["signals"][n, i] > logit:
                    signals[name] = ()
            facets = {f: STATES[int(answers["facets"][n, FACETS.index(f)].argmax())] for f in row.facets}
            said.append(Prediction(file="answers", id=row.id, signals=signals, facets=facets))
        given.predictions.parent.mkdir(parents=True, exist_ok=True)
        given.predictions.write_text("".join(p.model_dump_json() + "\n" for p in said), encoding="utf-8")


if __name__ == "__main__":
    main()
