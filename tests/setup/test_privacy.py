"""The libraries that the program stands on report to nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_loading_a_model_leaves_no_usage_events_to_be_sent(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache")}
    code = "from simulator.judging.embedded import EmbeddedJudge; EmbeddedJudge.load()"
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
