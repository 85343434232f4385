from __future__ import annotations

import json
import os
from pathlib import Path

from tests.setup.conftest import Run

NOWHERE = "http://127.0.0.1:9"


def offline(tmp_path: Path) -> dict[str, str]:
    return {
        "INTERVIEW_CACHE_DIR": str(tmp_path / "cache"),
        "HF_ENDPOINT": NOWHERE,
        "PIP_INDEX_URL": NOWHERE,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
    }


def test_setup_says_what_each_model_is_for_its_size_and_its_licence(run: Run) -> None:
    done = run("setup")
    assert done.returncode == 0, done.stderr
    assert "whisper-base: here already. For writing down what you say (148 MB, MIT)." in done.stdout


def test_the_list_shows_every_model_and_fetches_none(run: Run, tmp_path: Path) -> None:
    done = run("setup", "--list", **offline(tmp_path))
    assert done.returncode == 0
    assert "smollm2-135m" in done.stdout
    assert "not here" in done.stdout
    assert not (tmp_path / "cache").exists()


def test_json_has_a_row_for_each_model(run: Run) -> None:
    rows = {row["name"]: row for row in json.loads(run("setup", "--json").stdout)}
    assert rows["whisper-base"]["present"]
    assert rows["whisper-base"]["licence"] == "MIT"
    assert rows["whisper-base"]["bytes"] > 100_000_000


def test_without_a_network_each_missing_model_is_named_and_the_status_says_so(run: Run, tmp_path: Path) -> None:
    done = run("setup", "smart-turn-v3.2", **offline(tmp_path))
    assert done.returncode == 5
    assert "smart-turn-v3.2: missing" in done.stdout
    assert "the hub cannot be reached" in done.stderr
    assert "interview setup smart-turn-v3.2" in done.stderr


def test_an_unknown_model_is_refused(run: Run) -> None:
    done = run("setup", "nonsense")
    assert done.returncode == 5
    assert "There is no model named 'nonsense'." in done.stderr
