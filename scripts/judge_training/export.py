"""Writes a trained network as what ships: an int8 ONNX encoder, the heads in numpy, the card that describes them."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic

from judge_training.network import Encoder, Network
from judge_training.train import REPLIES, SIGNALS, SIZES, Data
from simulator.judging.features import FEATURES


class _Plain(torch.nn.Module):
    """The encoder with its inputs in the order and under the names that the program uses."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(ids, types, mask)


def export_encoder(network: Network, path: Path) -> None:
    """Write a network's encoder as int8 ONNX."""
    network.eval().float()
    sample = torch.randint(1000, 2000, (2, 12))
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "encoder.onnx"
        torch.onnx.export(
            _Plain(network.encoder),
            (sample, torch.zeros_like(sample), torch.ones_like(sample)),
            str(whole),
            input_names=["ids", "types", "mask"],
            output_names=["vectors"],
            dynamic_axes={n: {0: "rows", 1: "tokens"} for n in ("ids", "types", "mask", "vectors")},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, path, weight_type=QuantType.QInt8, per_channel=True)


def load(path: Path, encoder: Path) -> tuple[Network, tuple]:
    """Read a network that was trained, and the mean and spread of its features."""
    network = Network(Encoder.pretrained(encoder), FEATURES, SIZES)
    saved = torch.load(path, weights_only=False)
    network.load_state_dict(saved["state"])
    return network, saved["standard"]


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("pairs", type=Path, help="network that judges replies and pushbacks")
    options.add_argument("answers", type=Path, help="network that judges answers")
    options.add_argument("folder", type=Path)
    options.add_argument(
        "--encoder", type=Path, default=Path.home() / ".cache/interview-simulator/models/minilm-l6-fp32"
    )
    options.add_argument("--version", default="1")
    options.add_argument("--thresholds", type=Path, help="JSON of thresholds and temperatures")
    given = options.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    pairs, standard = load(given.pairs, given.encoder)
    answers, whole = load(given.answers, given.encoder)
    export_encoder(pairs, given.folder / "replies.onnx")
    export_encoder(answers, given.folder / "answers.onnx")
    heads = {k: v for k, v in pairs.state_dict().items() if k.startswith(("reply.", "pushback."))}
    heads |= {k: v for k, v in answers.state_dict().items() if k.startswith("answer.")}
    tuned = json.loads(given.thresholds.read_text()) if given.thresholds else {}
    heads["reply.outer.bias"] = heads["reply.outer.bias"] + torch.tensor(tuned.get("reply_bias", [0.0] * len(REPLIES)))
    states = torch.tensor(tuned.get("facet_bias", [0.0, 0.0, 0.0]) * SIZES["facets"])
    heads["answer.mean.bias"] = heads["answer.mean.bias"] + F.pad(states, (0, SIZES["signals"]))
    stored = {k: v.numpy().astype(np.float16) for k, v in heads.items()}
    for name, value in zip(("pair.mean", "pair.scale"), standard[:2], strict=True):
        stored[f"standard.{name}"] = np.asarray(value, dtype=np.float32)
    for name, value in zip(("answer.mean", "answer.scale"), whole[2:], strict=True):
        stored[f"standard.{name}"] = np.asarray(value, dtype=np.float32)
    np.savez(given.folder / "heads.npz", **stored)
    shutil.copy(given.encoder / "tokenizer.json", given.folder / "tokenizer.json")
    rows = Data().answers
    card = {
        "version": given.version,
        "thresholds": tuned.get("thresholds") or dict.fromkeys(SIGNALS, 0.4),
        "kinds": {s: sorted({a.kind for a in rows if s in (a.signals or ())}) or ["story", "view"] for s in SIGNALS},
        "temperatures": tuned.get("temperatures") or {"reply": 1.0, "pushback": 1.0, "facet": 1.0},
    }
    (given.folder / "judge.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
