"""Prints the folders of the models that a set-up fetches, one a line: what scripts/interview looks for."""

from __future__ import annotations

from simulator.models.store import models_dir, wanted_models

if __name__ == "__main__":
    for model in wanted_models():
        print(models_dir() / model.name)
