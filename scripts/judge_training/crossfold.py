"""Cross-validates on the development data: goes on from weights that never saw it, fold by fold, and tests on the rest."""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from judge_training.network import Encoder, Network
from judge_training.train import (
    PUSHES,
    REPLIES,
    SIZES,
    Data,
    Trainer,
    lay_push,
    lay_reply,
    macro_f1,
    predict_answers,
    predict_pairs,
    train,
)
from simulator.judging.encoding import Layout
from simulator.judging.features import FEATURES


def parts(groups: list[str], folds: int, seed: int) -> list[list[int]]:
    """Split rows into folds, rows that share a group in the same fold."""
    names = sorted(set(groups))
    random.Random(seed).shuffle(names)
    where = {name: i % folds for i, name in enumerate(names)}
    return [[i for i, g in enumerate(groups) if where[g] == fold] for fold in range(folds)]


class Mixed(Data):
    """Development rows to learn from, with as many others again, so that those are not forgotten."""

    def __init__(self, dev: Data, ours: Data, replies: list[int], pushes: list[int], answers: list[int], rng) -> None:
        self.probes = dev.probes
        self.candidates = rng.sample(ours.candidates, min(8, len(ours.candidates)))
        self.replies = [dev.replies[i] for i in replies] + rng.sample(ours.replies, min(len(ours.replies), 300))
        self.pushes = [dev.pushes[i] for i in pushes] + rng.sample(ours.pushes, min(len(ours.pushes), 200))
        self.answers = [dev.answers[i] for i in answers] + rng.sample(ours.answers, min(len(ours.answers), 60))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("network", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--encoder", type=Path, default=Path.home() / ".cache/interview-simulator/models/minilm-l6-fp32")
    options.add_argument("--folds", type=int, default=4)
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--lr", type=float, default=6e-5)
    options.add_argument("--all", action="store_true", help="no folds: go on with all rows, for what ships")
    options.add_argument("--only", type=int, help="one fold only")
    given = options.parse_args()
    torch.set_num_threads(2)
    given.out.mkdir(parents=True, exist_ok=True)
    layout = Layout(Tokenizer.from_file(str(given.encoder / "tokenizer.json")))
    dev, ours = Data(ours=False), Data(dev=False)
    saved = torch.load(given.network, weights_only=False)
    splits = {
        "replies": parts([r.group for r in dev.replies], given.folds, 0),
        "pushes": parts([r.group for r in dev.pushes], given.folds, 0),
        "answers": parts([r.group for r in dev.answers], given.folds, 0),
    }
    logits = {
        "reply": np.zeros((len(dev.replies), 7), np.float32),
        "pushback": np.zeros((len(dev.pushes), 5), np.float32),
        "facets": np.zeros((len(dev.answers), SIZES["facets"], 3), np.float32),
        "signals": np.zeros((len(dev.answers), SIZES["signals"]), np.float32),
    }
    for fold in range(1 if given.all else given.folds):
        if given.only is not None and fold != given.only:
            continue
        held = {k: [] if given.all else v[fold] for k, v in splits.items()}
        rng = random.Random(fold)
        torch.manual_seed(fold)
        learn = {
            "replies": [i for i in range(len(dev.replies)) if i not in set(held["replies"])],
            "pushes": [i for i in range(len(dev.pushes)) if i not in set(held["pushes"])],
            "answers": [i for i in range(len(dev.answers)) if i not in set(held["answers"])],
        }
        data = Mixed(dev, ours, learn["replies"], learn["pushes"], learn["answers"], rng)
        network = Network(Encoder.pretrained(given.encoder), FEATURES, SIZES)
        network.load_state_dict(saved["state"])
        steps = math.ceil(given.epochs * ((len(data.replies) * 1.1 + 130) / 16 + len(data.pushes) / 16 + len(data.answers) / 4))
        trainer = Trainer(network, layout, saved["standard"], given.lr, steps, 1, fold)
        for group in trainer.optimizer.param_groups[-1:]:
            group["initial_lr"] = group["lr"] = 3e-4
        trainer.schedule.base_lrs[-1] = 3e-4
        train(trainer, data, given.epochs, lambda t: print(t, flush=True), ("reply", "pushback", "answer"))
        torch.save({"state": network.state_dict(), "standard": saved["standard"]}, given.out / f"network{'' if given.all else fold}.pt")
        if given.all:
            continue
        logits["reply"][held["replies"]] = predict_pairs(trainer, [lay_reply(layout, dev.replies[i]) for i in held["replies"]], "reply")
        logits["pushback"][held["pushes"]] = predict_pairs(trainer, [lay_push(layout, dev.pushes[i]) for i in held["pushes"]], "pushback")
        facets, signals, _, _ = predict_answers(trainer, [dev.answers[i] for i in held["answers"]])
        logits["facets"][held["answers"]], logits["signals"][held["answers"]] = facets, signals
        for name, rows, labels, key in (("reply", dev.replies, REPLIES, "replies"), ("pushback", dev.pushes, PUSHES, "pushes")):
            truth = [labels.index(rows[i].label) for i in held[key]]
            print(f"fold {fold} {name} f1 {macro_f1(truth, logits[name][held[key]].argmax(1).tolist(), len(labels)):.3f}", flush=True)
        np.savez(given.out / "cv_logits.npz", **logits)


if __name__ == "__main__":
    main()
