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


def said_by_folds(logits: np.ndarray, true: np.ndarray, open_to: np.ndarray, folds: int = 4) -> np.ndarray:
    """Say for each row whether a signal is found, each fold's threshold chosen on the other folds.

    `open_to` are the rows of the kinds of thread in which the signal can occur.
    """
    said = np.zeros(len(true), dtype=bool)
    for fold in range(folds):
        held = np.arange(len(true)) % folds == fold
        cut, _ = threshold(logits[~held & open_to], true[~held & open_to])
        said[held] = logits[held] > cut
    return said & open_to


def bias(logits: np.ndarray) -> np.ndarray:
    """Give what is added to logits so that kinds are said more nearly as often as they occur: equally, in these rows.

    Training rows hold more fresh replies than others. Seven tenths of the full correction, since a real thread holds
    more of them too.
    """
    share = np.exp(logits - logits.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    weight = np.ones(share.shape[1])
    for _ in range(100):
        now = share * weight
        weight = weight / (now / now.sum(axis=1, keepdims=True)).mean(axis=0) / share.shape[1]
    return 0.7 * (np.log(weight) - np.log(weight).mean())


def state_bias(logits: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Give what is added to the logits of `unheard`, `claimed` and `supported` so that states are right, rare ones too.

    The development rows hold fewer facets that were only claimed than the training rows do.
    """
    grid = [(a, b, 0.0) for a in np.arange(-0.4, 0.61, 0.2) for b in np.arange(-1.4, 0.61, 0.2)]
    scores = []
    for each in grid:
        said = (logits + np.array(each)).argmax(axis=1)
        f1 = [2 * ((truth == c) & (said == c)).sum() / max(1, (truth == c).sum() + (said == c).sum()) for c in range(3)]
        scores.append((truth == said).mean() + np.mean(f1))
    best = np.array(grid)[np.array(scores) >= max(scores) - 0.008]
    return best.mean(axis=0)


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
    added = bias(pairs["reply"])
    reply_logits, push_logits = pairs["reply"] + added, pairs["pushback"][: len(labelled.pushbacks)]
    replies = np.array([REPLIES.index(r.label) for r in labelled.replies])
    pushes = np.array([PUSHES.index(p.label) for p in labelled.pushbacks])
    states, cut, found, kinds_of, said_at = [], {}, {}, {}, {}
    for row, logits in zip(labelled.answers, answers["facets"], strict=True):
        for facet, state in row.facets.items():
            states.append((logits[FACETS.index(facet)], STATES.index(state)))
    for i, name in enumerate(SIGNALS):
        true = np.array([name in row.signals for row in labelled.answers])
        kinds = {row.kind.value for row in labelled.answers if name in row.signals}
        open_to = np.array([row.kind.value in kinds for row in labelled.answers])
        logit, _ = threshold(answers["signals"][open_to, i], true[open_to])
        cut[name] = float(1 / (1 + np.exp(-logit)))
        said_at[name] = said_by_folds(answers["signals"][:, i], true, open_to)
        kinds_of[name] = kinds
        found[name] = float(2 * (true & said_at[name]).sum() / max(1, true.sum() + said_at[name].sum()))
    print("signals, thresholds chosen on other folds:", round(float(np.mean(list(found.values()))), 3))
    state_logits, true_states = np.stack([x for x, _ in states]), np.array([t for _, t in states])
    facet_added = state_bias(state_logits, true_states)
    tuned = {
        "thresholds": cut,
        "reply_bias": added.tolist(),
        "facet_bias": facet_added.tolist(),
        "temperatures": {
            "reply": temperature(reply_logits, replies),
            "pushback": temperature(push_logits, pushes),
            "facet": temperature(state_logits + facet_added, true_states),
        },
    }
    given.out.write_text(json.dumps(tuned, indent=1), encoding="utf-8")
    print(tuned["temperatures"])
    if given.predictions:
        said = [
            Prediction(file="replies", id=r.id, label=REPLIES[int(x.argmax())])
            for r, x in zip(labelled.replies, reply_logits, strict=True)
        ]
        said += [
            Prediction(file="pushbacks", id=p.id, label=PUSHES[int(x.argmax())])
            for p, x in zip(labelled.pushbacks, push_logits, strict=True)
        ]
        for n, row in enumerate(labelled.answers):
            signals = {name: () for name in SIGNALS if row.kind.value in kinds_of[name] and said_at[name][n]}
            facets = {
                f: STATES[int((answers["facets"][n, FACETS.index(f)] + facet_added).argmax())] for f in row.facets
            }
            said.append(Prediction(file="answers", id=row.id, signals=signals, facets=facets))
        given.predictions.parent.mkdir(parents=True, exist_ok=True)
        given.predictions.write_text("".join(p.model_dump_json() + "\n" for p in said), encoding="utf-8")


if __name__ == "__main__":
    main()
