"""Averages the weights of networks that went on from the same start: one network that judges as steadily as several."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Run from the command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("out", type=Path)
    options.add_argument("networks", type=Path, nargs="+", help="the first counts as much as all others together")
    given = options.parse_args()
    saved = [torch.load(path, weights_only=False) for path in given.networks]
    others = max(len(saved) - 1, 1)
    shares = [1.0] if len(saved) == 1 else [0.5, *[0.5 / others] * others]
    state = {
        name: sum(share * each["state"][name] for share, each in zip(shares, saved, strict=True))
        for name in saved[0]["state"]
    }
    given.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"state": state, "standard": saved[0]["standard"]}, given.out)


if __name__ == "__main__":
    main()
