"""Goes on from weights that never saw the development data: with all of it to ship, or fold by fold to test."""

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
    epoch_rows,
    lay_push,
    lay_reply,
    macro_f1,
    predict_answers,
    predict_pairs,
    train,
)
from simulator.judging.encoding import Layout
from simulator.judging.features import FEATURES


def parts(groups: list[str], folds: int) -> list[list[int]]:
    """Split rows into folds, rows that share a text in the same fold."""
    names = sorted(set(groups))
    random.Random(0).shuffle(names)
    where = {name: i % folds for i, name in enumerate(names)}
    return [[i for i, g in enumerate(groups) if where[g] == fold] for fold in range(folds)]


class Mixed(Data):
    """Development rows to learn from, with some of the others again, so that those are not forgotten."""

    def __init__(self, dev: Data, ours: Data, held: dict[str, set[int]], again: int, rng: random.Random) -> None:
        def some(rows: list, count: int) -> list:
            return rng.sample(rows, min(count, len(rows)))

        self.probes = dev.probes
        self.candidates = some(ours.candidates, again // 40)
        self.replies = [r for i, r in enumerate(dev.replies) if i not in held["replies"]] + some(ours.replies, again)
        self.pushes = [p for i, p in enumerate(dev.pushes) if i not in held["pushes"]] + some(
            ours.pushes, again * 2 // 3
        )
        self.answers = [a for i, a in enumerate(dev.answers) if i not in held["answers"]] + ours.answers


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("network", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument(
        "--encoder", type=Path, default=Path.home() / ".cache/interview-simulator/models/minilm-l6-fp32"
    )
    options.add_argument("--folds", type=int, default=3)
    options.add_argument("--epochs", type=int, default=2)
    options.add_argument("--lr", type=float, default=1e-4)
    options.add_argument("--tasks", default="reply,pushback,answer")
    options.add_argument("--again", type=int, default=250, help="how many of the other replies are shown again")
    options.add_argument("--all", action="store_true", help="no folds: with all rows")
    options.add_argument("--threads", type=int, default=2)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    given.out.mkdir(parents=True, exist_ok=True)
    tasks = tuple(given.tasks.split(","))
    layout = Layout(Tokenizer.from_file(str(given.encoder / "tokenizer.json")))
    dev, ours = Data(ours=False), Data(dev=False)
    saved = torch.load(given.network, weights_only=False)
    folds = {
        "replies": parts([r.group for r in dev.replies], given.folds),
        "pushes": parts([p.group for p in dev.pushes], given.folds),
        "answers": parts([a.group for a in dev.answers], given.folds),
    }
    logits = {
        "reply": np.zeros((len(dev.replies), len(REPLIES)), np.float32),
        "pushback": np.zeros((len(dev.pushes), len(PUSHES)), np.float32),
        "facets": np.zeros((len(dev.answers), SIZES["facets"], 3), np.float32),
        "signals": np.zeros((len(dev.answers), SIZES["signals"]), np.float32),
    }
    for fold in range(1 if given.all else given.folds):
        held = {name: set() if given.all else set(rows[fold]) for name, rows in folds.items()}
        torch.manual_seed(fold)
        data = Mixed(dev, ours, held, given.again, random.Random(fold))
        network = Network(Encoder.pretrained(given.encoder), FEATURES, SIZES)
        network.load_state_dict(saved["state"])
        counts = [len(rows) for rows in epoch_rows(data, random.Random(fold))]
        sizes = zip(("reply", "pushback", "answer"), counts, (16, 16, 4), strict=True)
        steps = math.ceil(given.epochs * sum(n / size for task, n, size in sizes if task in tasks))
        trainer = Trainer(network, layout, saved["standard"], given.lr, steps, 2, fold, heads_lr=3e-4)
        train(trainer, data, given.epochs, lambda text: print(text, flush=True), tasks)
        torch.save(
            {"state": network.state_dict(), "standard": saved["standard"]},
            given.out / ("network.pt" if given.all else f"network{fold}.pt"),
        )
        if given.all:
            continue
        for name, rows, lay, labels, key in (
            ("reply", dev.replies, lay_reply, REPLIES, "replies"),
            ("pushback", dev.pushes, lay_push, PUSHES, "pushes"),
        ):
            if name in tasks:
                chosen = sorted(held[key])
                logits[name][chosen] = predict_pairs(trainer, [lay(layout, rows[i]) for i in chosen], name)
                truth = [labels.index(rows[i].label) for i in chosen]
                said = logits[name][chosen].argmax(1).tolist()
                print(f"fold {fold} {name} f1 {macro_f1(truth, said, len(labels)):.3f}", flush=True)
        if "answer" in tasks:
            chosen = sorted(held["answers"])
            facets, signals, _, _ = predict_answers(trainer, [dev.answers[i] for i in chosen])
            logits["facets"][chosen], logits["signals"][chosen] = facets, signals
        np.savez(given.out / "dev_logits.npz", **logits)


if __name__ == "__main__":
    main()
