"""How figures of delivery are shown."""

from __future__ import annotations

import json
import re
from pathlib import Path

from simulator.domain.delivery import FILLER_RECALL, RECALL_TRUSTED, at_least

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "recognition.json"


def test_the_recall_of_fillers_is_the_benchmark_s() -> None:
    rows = json.loads(RESULT.read_text(encoding="utf-8"))["rows"]
    (ours,) = [row["ours"] for row in rows if row["what"].startswith("fillers found in the sound")]
    measured = float(re.findall(r"[\d.]+", ours)[1])
    assert abs(measured - FILLER_RECALL) < 0.05
    assert (measured < RECALL_TRUSTED) == (FILLER_RECALL < RECALL_TRUSTED)


def test_a_count_of_fillers_is_a_lower_bound_while_many_are_missed() -> None:
    assert at_least("3") == ("at least 3" if FILLER_RECALL < RECALL_TRUSTED else "3")
