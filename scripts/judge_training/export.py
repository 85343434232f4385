"""Writes a trained network as what ships: an int8 ONNX encoder, the heads in numpy, the card that describes them."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from judge_training.network import Encoder, Network
from judge_training.train import SIGNALS, SIZES, Data
from simulator.judging.features import FEATURES


class _Plain(torch.nn.Module):
    """The encoder with its inputs in the order and under the names that the program uses."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(ids, types, mask)


def export(network: Network, standard, folder: Path, tokenizer: Path, card: dict) -> None:
    """Write all files of the judge."""
    folder.mkdir(parents=True, exist_ok=True)
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
        quantize_dynamic(whole, folder / "encoder.onnx", weight_type=QuantType.QInt8, per_channel=True)
    heads = {k: v.numpy().astype(np.float16) for k, v in network.state_dict().items() if not k.startswith("encoder.")}
    for name, value in zip(("pair.mean", "pair.scale", "answer.mean", "answer.scale"), standard, strict=True):
        heads[f"standard.{name}"] = np.asarray(value, dtype=np.float32)
    np.savez(folder / "heads.npz", **heads)
    shutil.copy(tokenizer, folder / "tokenizer.json")
    (folder / "judge.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("network", type=Path)
    options.add_argument("folder", type=Path)
    options.add_argument(
        "--encoder", type=Path, default=Path.home() / ".cache/interview-simulator/models/minilm-l6-fp32"
    )
    options.add_argument("--version", default="1")
    options.add_argument("--thresholds", type=Path, help="JSON of thresholds and temperatures")
    given = options.parse_args()
    network = Network(Encoder.pretrained(given.encoder), FEATURES, SIZES)
    saved = torch.load(given.network, weights_only=False)
    network.load_state_dict(saved["state"])
    kinds = {
        s: sorted({a.kind for a in Data().answers if s in (a.signals or ())}) or ["story", "view"] for s in SIGNALS
    }
    tuned = json.loads(given.thresholds.read_text()) if given.thresholds else {}
    card = {
        "version": given.version,
        "thresholds": tuned.get("thresholds") or dict.fromkeys(SIGNALS, 0.4),
        "kinds": kinds,
        "temperatures": tuned.get("temperatures") or {"reply": 1.0, "pushback": 1.0, "facet": 1.0},
    }
    export(network, saved["standard"], given.folder, given.encoder / "tokenizer.json", card)


if __name__ == "__main__":
    main()
