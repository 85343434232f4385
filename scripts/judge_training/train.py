"""Trains the judge's network; `python -m judge_training.train --help` says how."""

from __future__ import annotations

import argparse
import json
import math
import random
import time
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from judge_training.data import (
    AnswerRow,
    PushRow,
    ReplyRow,
    Variation,
    answers_in,
    candidate_rows,
    pushes_in,
    read,
    replies_in,
)
from judge_training.mixing import Mixer
from judge_training.network import Encoder, Network
from simulator.domain.vocabulary import Agent, Facet, PushbackReply, Reply, Role, Signal, ThreadKind
from simulator.judging.encoding import Layout, PairRow
from simulator.judging.features import FEATURES, pair_features
from simulator.judging.text import plain

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data" / "judge"
REPLIES, PUSHES = [r.value for r in Reply], [r.value for r in PushbackReply]
FACETS, SIGNALS = [f.value for f in Facet], [s.value for s in Signal]
ROLES, AGENTS = [r.value for r in Role], [a.value for a in Agent]
STATES = ["unheard", "claimed", "supported"]
SIZES = {
    "reply": len(REPLIES),
    "pushback": len(PUSHES),
    "facets": len(FACETS),
    "signals": len(SIGNALS),
    "roles": len(ROLES),
    "agents": len(AGENTS),
}


class Data:
    """All labelled rows, in the parts that training and testing take."""

    def __init__(self, ours: bool = True, dev: bool = True) -> None:
        self.probes = json.loads((DATA / "probes.json").read_text(encoding="utf-8"))
        for path in sorted((ROOT / "prompts" / "probes").glob("*.toml")):
            given = tomllib.loads(path.read_text(encoding="utf-8"))
            if "facet" in given:
                plain_words = [w for angle in given["angle"] for w in angle["wordings"] if "{" not in w]
                self.probes[given["facet"]] = [*self.probes[given["facet"]], *plain_words]
        folders = ([DATA] if ours else []) + ([DATA / "dev", DATA / "dev" / "more"] if dev else [])

        def files(*patterns: str) -> list[Path]:
            return [p for f in folders for pattern in patterns for p in sorted(f.glob(pattern))]

        self.replies = replies_in(files("replies*.jsonl", "threads_*.jsonl"))
        self.pushes = pushes_in(files("pushbacks*.jsonl", "pushes_*.jsonl"))
        self.answers = answers_in(files("answers*.jsonl"))
        self.candidates = [row for p in files("candidates*.jsonl") for row in read(p)]
        for row in self.candidates:
            self.pushes.append(
                PushRow(
                    _view(row), "Are you sure? Many people who know this well would put it the other way round.",
                    row["pushback"]["reply"], row["pushback"]["label"], row["opening"],
                )
            )  # fmt: skip


Standard = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Mean and spread of the counted features of replies, then of answers."""


def _view(row: dict) -> str:
    return " ".join(row["opening"].split()[:90])


def standard_of(data: Data) -> Standard:
    """Give mean and spread of the counted features: of replies and pushbacks, and of answers."""
    rows = [pair_features(plain(r.reply).words, plain(r.before).words, plain(r.probe).words) for r in data.replies]
    rows += [pair_features(plain(r.reply).words, plain(r.view).words, plain(r.pushback).words) for r in data.pushes]
    texts = [pair_features(plain(r.text).words, (), plain(r.question).words) for r in data.answers]
    pairs, whole = np.stack(rows), np.stack(texts)
    return pairs.mean(0), pairs.std(0) + 0.05, whole.mean(0), whole.std(0) + 0.05


def collate(rows: list[PairRow]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Pad rows to one batch: ids, types, mask, segments, features."""
    longest = max(len(r.ids) for r in rows)
    ids, types, mask, segments = (torch.zeros(len(rows), longest, dtype=torch.long) for _ in range(4))
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids[i, :n], types[i, :n] = torch.tensor(row.ids), torch.tensor(row.types)
        mask[i, :n], segments[i, :n] = 1, torch.tensor(row.segments)
    return ids, types, mask, segments, torch.tensor(np.stack([r.features for r in rows]))


class Trainer:
    """Owns network, optimizer and schedule."""

    def __init__(
        self,
        network: Network,
        layout: Layout,
        standard: Standard,
        lr: float,
        steps: int,
        frozen: int,
        seed: int,
        heads_lr: float = 1e-3,
    ) -> None:
        self.network, self.layout = network, layout
        mean, scale, amean, ascale = (torch.tensor(x, dtype=torch.float32) for x in standard)
        self.mean, self.scale, self.amean, self.ascale = mean, scale, amean, ascale
        self.rng = random.Random(seed)
        encoder = network.encoder
        encoder.words.weight.requires_grad_(False)
        if frozen:
            for part in (encoder.positions, encoder.norm, *encoder.layers[:frozen]):
                part.requires_grad_(False)
        groups = []
        layers = len(encoder.layers)
        for i, layer in enumerate(encoder.layers):
            if i >= frozen:
                groups.append({"params": list(layer.parameters()), "lr": lr * 0.85 ** (layers - 1 - i)})
        low = [
            p for part in (encoder.positions, encoder.types, encoder.norm) for p in part.parameters() if p.requires_grad
        ]
        groups.append({"params": low, "lr": lr * 0.85**layers})
        heads = [p for part in (network.reply, network.pushback, network.answer) for p in part.parameters()]
        groups.append({"params": heads, "lr": heads_lr})
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda s: min(1.0, (s + 1) / (0.06 * steps + 1)) * max(0.02, 1 - s / steps)
        )

    def encode(self, ids: Tensor, types: Tensor, mask: Tensor) -> Tensor:
        """Give token vectors, computed in bfloat16."""
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return self.network.encoder(ids, types, mask)

    def pair_logits(self, rows: list[PairRow], head: str) -> Tensor:
        """Give logits of laid-out rows by the head `reply` or `pushback`."""
        ids, types, mask, segments, features = collate(rows)
        features = ((features - self.mean) / self.scale).clamp(-4, 4)
        return getattr(self.network, head)(self.encode(ids, types, mask), segments, features)

    def answer_vectors(self, rows: list[AnswerRow]) -> list[tuple[Tensor, list[int], Tensor]]:
        """Give for each answer its token vectors, the word each came from, and its features."""
        windows, owner = [], []
        for i, row in enumerate(rows):
            for w in self.layout.answer(ThreadKind(row.kind), row.question, row.text):
                windows.append(w)
                owner.append(i)
        longest = max(len(w.ids) for w in windows)
        ids, types, mask = (torch.zeros(len(windows), longest, dtype=torch.long) for _ in range(3))
        for i, w in enumerate(windows):
            ids[i, : len(w.ids)], types[i, : len(w.ids)], mask[i, : len(w.ids)] = (
                torch.tensor(w.ids),
                torch.tensor(w.types),
                1,
            )
        x = self.encode(ids, types, mask)
        found = []
        for i, row in enumerate(rows):
            mine = [(x[j, list(w.owned)], w.words) for j, w in enumerate(windows) if owner[j] == i]
            f = torch.tensor(pair_features(plain(row.text).words, (), plain(row.question).words))
            f = ((f - self.amean) / self.ascale).clamp(-4, 4)
            found.append((torch.cat([v for v, _ in mine]), [word for _, ws in mine for word in ws], f))
        return found

    def answer_loss(self, rows: list[AnswerRow]) -> Tensor:
        """Give the mean loss over answers: facets, signals, roles and agents, where their labels are known."""
        total = torch.zeros(())
        for row, (x, words, features) in zip(rows, self.answer_vectors(rows), strict=True):
            facets, signals = self.network.answer(x, features)
            chosen = [FACETS.index(f) for f in row.facets]
            target = torch.tensor([STATES.index(row.facets[FACETS[i]]) for i in chosen])
            total = total + 1.5 * F.cross_entropy(facets[chosen], target, label_smoothing=0.05)
            if row.signals is None:
                continue
            want = torch.tensor([float(s in row.signals) for s in SIGNALS])
            known = torch.tensor([float(s not in row.unsure) for s in SIGNALS])
            each = F.binary_cross_entropy_with_logits(signals, want * 0.94 + 0.03, reduction="none")
            total = total + 4.0 * (each * known).sum() / len(SIGNALS)
            given = [i for i, (_, role, _) in enumerate(row.sentences) if role]
            where = spans(row, words)
            role, agent = self.network.answer.sentences(x, [where[i] for i in given])
            ok = torch.tensor([ROLES.index(row.sentences[i][1]) for i in given])
            who = torch.tensor([AGENTS.index(row.sentences[i][2]) for i in given])
            total = total + 0.5 * F.cross_entropy(role, ok) + 0.5 * F.cross_entropy(agent, who)
        return total / len(rows)

    def step(self, loss: Tensor) -> float:
        """Take one step of the optimizer; gives the loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        return float(loss.detach())


def spans(row: AnswerRow, words: list[int]) -> list[Tensor]:
    """Give the positions of each sentence's tokens."""
    edges, at = [], 0
    for text, _, _ in row.sentences:
        n = len(text.split())
        edges.append((at, at + n))
        at += n
    w = torch.tensor(words)
    return [((w >= a) & (w < b)).nonzero().flatten() for a, b in edges]


def batches(lengths: list[int], size: int, rng: random.Random) -> list[list[int]]:
    """Give shuffled batches of rows of about the same length."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.random() * 24)
    made = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(made)
    return made


def as_answer(row: ReplyRow) -> AnswerRow | None:
    """Let a reply stand in for an answer of which one facet's state is known."""
    state = {"fresh": "supported", "vague": "claimed"}.get(row.label)
    if state is None:
        return None
    story = row.facet in list(Facet)[:10]
    return AnswerRow(
        "story" if story else "view",
        row.probe,
        ((row.reply, "other", "none"),),
        {row.facet.value: state},
        None,
        row.group,
    )


def epoch_rows(data: Data, rng: random.Random) -> tuple[list[ReplyRow], list[PushRow], list[AnswerRow]]:
    """Make one epoch's rows."""
    vary = Variation(rng)
    rows = data.replies + list(candidate_rows(data.candidates, data.probes, rng))
    rows = [r for r in rows if rng.random() < r.weight]
    made = vary.evaded(rows, 0.12) + vary.repeated(rows, 0.05)
    replies = [vary.reply(r) for r in rows + made]
    pushes = [replace(p, reply=vary.text(p.reply)) for p in data.pushes]
    weak = [a for r in rows if rng.random() < 0.06 and (a := as_answer(r))]
    mixer = Mixer(rows, rng)
    return replies, pushes, [mixer.mixed(a) for a in data.answers] + weak


def lay_reply(layout: Layout, r: ReplyRow) -> PairRow:
    """Lay out a labelled reply."""
    return layout.reply(r.facet, r.probe, r.reply, r.before)


def lay_push(layout: Layout, p: PushRow) -> PairRow:
    """Lay out a labelled reply to a pushback."""
    return layout.pushback(p.view, p.pushback, p.reply)


def train(trainer: Trainer, data: Data, epochs: int, log, tasks: tuple[str, ...], check=None) -> None:
    """Train for some epochs."""
    layout, network = trainer.layout, trainer.network
    step = 0
    for epoch in range(epochs):
        network.train()
        begun = time.monotonic()
        replies, pushes, answers = epoch_rows(data, trainer.rng)
        jobs: list[tuple[str, list, Tensor | None]] = []
        if "reply" in tasks:
            laid = [lay_reply(layout, r) for r in replies]
            for b in batches([len(x.ids) for x in laid], 16, trainer.rng):
                jobs.append(("reply", [laid[i] for i in b], torch.tensor([REPLIES.index(replies[i].label) for i in b])))
        if "pushback" in tasks:
            laid = [lay_push(layout, p) for p in pushes]
            for b in batches([len(x.ids) for x in laid], 16, trainer.rng):
                jobs.append(
                    ("pushback", [laid[i] for i in b], torch.tensor([PUSHES.index(pushes[i].label) for i in b]))
                )
        if "answer" in tasks:
            for b in batches([len(a.text.split()) for a in answers], 4, trainer.rng):
                jobs.append(("answer", [answers[i] for i in b], None))
        trainer.rng.shuffle(jobs)
        losses: dict[str, list[float]] = {}
        for n, (task, rows, target) in enumerate(jobs):
            if target is not None:
                loss = F.cross_entropy(trainer.pair_logits(rows, task), target, label_smoothing=0.08)
            else:
                loss = trainer.answer_loss(rows)
            losses.setdefault(task, []).append(trainer.step(loss))
            step += 1
            if n % 50 == 49:
                log(
                    f"  epoch {epoch} {n + 1}/{len(jobs)} {time.monotonic() - begun:.0f}s "
                    + " ".join(f"{k} {np.mean(v[-30:]):.3f}" for k, v in losses.items())
                )
        log(
            f"epoch {epoch} {time.monotonic() - begun:.0f}s rows {len(replies)} {len(pushes)} {len(answers)} "
            + " ".join(f"{k} {np.mean(v):.3f}" for k, v in losses.items())
        )
        if check:
            check(epoch)


@torch.no_grad()
def predict_pairs(trainer: Trainer, rows: list[PairRow], head: str) -> np.ndarray:
    """Give logits of laid-out rows."""
    trainer.network.eval()
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    out = np.zeros((len(rows), len(REPLIES if head == "reply" else PUSHES)), dtype=np.float32)
    for i in range(0, len(order), 32):
        part = order[i : i + 32]
        out[part] = trainer.pair_logits([rows[j] for j in part], head).float().numpy()
    return out


@torch.no_grad()
def predict_answers(
    trainer: Trainer, rows: list[AnswerRow]
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Give facet logits, signal logits, and each answer's role and agent logits."""
    trainer.network.eval()
    facets, signals, roles, agents = [], [], [], []
    for i in range(0, len(rows), 6):
        part = rows[i : i + 6]
        for row, (x, words, f) in zip(part, trainer.answer_vectors(part), strict=True):
            a, b = trainer.network.answer(x, f)
            r, g = trainer.network.answer.sentences(x, spans(row, words))
            facets.append(a.numpy())
            signals.append(b.numpy())
            roles.append(r.numpy())
            agents.append(g.numpy())
    return np.stack(facets), np.stack(signals), roles, agents


def macro_f1(truth: list[int], said: list[int], count: int) -> float:
    """Give macro F1 over the classes that occur."""
    scores = []
    for c in range(count):
        n = sum(t == c for t in truth) + sum(s == c for s in said)
        if n:
            scores.append(2 * sum(t == s == c for t, s in zip(truth, said, strict=True)) / n)
    return float(np.mean(scores))


def report(trainer: Trainer, test: Data, log, tasks) -> dict:
    """Judge the test rows, log the scores, give the logits."""
    layout = trainer.layout
    kept = {}
    if "reply" in tasks and test.replies:
        logits = predict_pairs(trainer, [lay_reply(layout, r) for r in test.replies], "reply")
        truth = [REPLIES.index(r.label) for r in test.replies]
        said = logits.argmax(1).tolist()
        confusion = np.zeros((7, 7), dtype=int)
        for t, s in zip(truth, said, strict=True):
            confusion[t, s] += 1
        log(f"  replies   acc {np.mean(np.array(truth) == said):.3f} f1 {macro_f1(truth, said, 7):.3f}")
        log(
            "\n".join(
                "     " + f"{n:13}" + " ".join(f"{v:4}" for v in row) for n, row in zip(REPLIES, confusion, strict=True)
            )
        )
        kept["reply"] = logits
    if "pushback" in tasks and test.pushes:
        logits = predict_pairs(trainer, [lay_push(layout, p) for p in test.pushes], "pushback")
        truth = [PUSHES.index(p.label) for p in test.pushes]
        said = logits.argmax(1).tolist()
        confusion = np.zeros((5, 5), dtype=int)
        for t, s in zip(truth, said, strict=True):
            confusion[t, s] += 1
        log(f"  pushbacks acc {np.mean(np.array(truth) == said):.3f} f1 {macro_f1(truth, said, 5):.3f}")
        log(
            "\n".join(
                "     " + f"{n:13}" + " ".join(f"{v:4}" for v in row) for n, row in zip(PUSHES, confusion, strict=True)
            )
        )
        kept["pushback"] = logits
    if "answer" in tasks and test.answers:
        facets, signals, roles, agents = predict_answers(trainer, test.answers)
        right = total = 0
        for row, f in zip(test.answers, facets, strict=True):
            for name, state in row.facets.items():
                right += STATES[f[FACETS.index(name)].argmax()] == state
                total += 1
        scores = []
        for i, s in enumerate(SIGNALS):
            t = np.array([s in (a.signals or ()) for a in test.answers])
            p = signals[:, i] > -0.5
            scores.append(2 * (t & p).sum() / max(1, t.sum() + p.sum()))
        rr = np.mean(
            [
                ROLES[x.argmax()] == s[1]
                for a, r in zip(test.answers, roles, strict=True)
                for s, x in zip(a.sentences, r, strict=True)
            ]
        )
        gg = np.mean(
            [
                AGENTS[x.argmax()] == s[2]
                for a, r in zip(test.answers, agents, strict=True)
                for s, x in zip(a.sentences, r, strict=True)
            ]
        )
        log(f"  facets acc {right / total:.3f} signals f1 {np.mean(scores):.3f} roles {rr:.3f} agents {gg:.3f}")
        log("     " + " ".join(f"{s}={v:.2f}" for s, v in zip(SIGNALS, scores, strict=True)))
        kept |= {"facets": facets, "signals": signals}
    return kept


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--encoder", type=Path, default=Path.home() / ".cache/interview-simulator/models/minilm-l6-fp32"
    )
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--epochs", type=int, default=6)
    options.add_argument("--schedule", type=int, help="epochs that the learning rate's fall is laid out for")
    options.add_argument("--lr", type=float, default=2e-4)
    options.add_argument("--frozen", type=int, default=0)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--dev", action="store_true", help="train on the development data too")
    options.add_argument("--tasks", default="reply,pushback,answer")
    options.add_argument("--start", type=Path, help="weights to go on from")
    options.add_argument("--check-every", type=int, default=1)
    options.add_argument("--threads", type=int, default=2)
    given = options.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    tasks = tuple(given.tasks.split(","))
    layout = Layout(Tokenizer.from_file(str(given.encoder / "tokenizer.json")))
    data, test = Data(dev=given.dev), Data(ours=False)
    given.out.mkdir(parents=True, exist_ok=True)

    def log(text: str) -> None:
        print(text, flush=True)

    standard = standard_of(data)
    network = Network(Encoder.pretrained(given.encoder), FEATURES, SIZES)
    if given.start:
        saved = torch.load(given.start, weights_only=False)
        network.load_state_dict(saved["state"])
        standard = saved["standard"]
    replies, pushes, answers = epoch_rows(data, random.Random(1))
    per = (
        len(replies) / 16 * ("reply" in tasks)
        + len(pushes) / 16 * ("pushback" in tasks)
        + len(answers) / 4 * ("answer" in tasks)
    )
    steps = math.ceil(per * (given.schedule or given.epochs))
    log(f"rows: replies {len(replies)} pushes {len(pushes)} answers {len(answers)}; {steps} steps")
    trainer = Trainer(network, layout, standard, given.lr, steps, given.frozen, given.seed)

    def check(epoch: int) -> None:
        torch.save({"state": network.state_dict(), "standard": standard}, given.out / "network.pt")
        if not given.dev and (epoch % given.check_every == given.check_every - 1 or epoch == given.epochs - 1):
            kept = report(trainer, test, log, tasks)
            np.savez(given.out / "dev_logits.npz", **{k: np.asarray(v) for k, v in kept.items()})

    train(trainer, data, given.epochs, log, tasks, check)


if __name__ == "__main__":
    main()
