"""What every benchmark shares: the machine, the result file, the table in docs/benchmarks.md.

A benchmark makes `Row`s and calls `publish`. `python -m benchmarks.common` writes docs/benchmarks.md anew
from all result files.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "numpy", "textual", "livekit", "piper-tts", "openai")


@dataclass(frozen=True)
class Row:
    """One line of a result's table.

    Attributes:
        what: what was measured, with its unit ("word error rate, streaming", "start-up, cold, ms").
        ours: our figure, as it is to be shown.
        goal: the goal, or "".
        met: whether the goal is met; None where there is none.
        peers: a peer's name to its figure, measured in the same run.
        note: anything that a reader must know to judge the figure.
    """

    what: str
    ours: str
    goal: str = ""
    met: bool | None = None
    peers: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def machine() -> dict[str, str]:
    """Describe the machine and the versions that a result was measured with."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "processor": f"{model}, {os.cpu_count()} cores",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "date": date.today().isoformat(),
        **versions,
    }


def publish(name: str, title: str, command: str, rows: Sequence[Row], *, notes: str = "", data: object = None) -> None:
    """Write a result's JSON file, print its table, and bring docs/benchmarks.md up to date.

    Args:
        name: the result file's stem.
        title: heading of its section.
        command: the command that made it.
        rows: the table.
        notes: a paragraph under the table.
        data: raw figures to keep in the JSON file beside the table.
    """
    RESULTS.mkdir(exist_ok=True)
    result = {
        "title": title,
        "command": command,
        "machine": machine(),
        "rows": [asdict(row) for row in rows],
        "notes": notes,
        "data": data,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(section(result))
    write_document()


def published(name: str) -> dict[str, list[dict[str, Any]]]:
    """Give the raw figures that a result file keeps beside its table (`data`); empty where there are none."""
    file = RESULTS / f"{name}.json"
    data = json.loads(file.read_text(encoding="utf-8"))["data"] if file.exists() else None
    return data if isinstance(data, dict) else {}


def section(result: Mapping[str, object]) -> str:
    """Give a result as a section of Markdown."""
    rows = result["rows"]
    assert isinstance(rows, list)
    peers = list(dict.fromkeys(peer for row in rows for peer in row["peers"]))
    head = ["what", "ours", "goal", "met", *peers, "note"]
    lines = [f"## {result['title']}", "", f"`{result['command']}`", ""]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        met = {True: "yes", False: "no", None: ""}[row["met"]]
        cells = [row["what"], row["ours"], row["goal"], met, *(row["peers"].get(p, "") for p in peers), row["note"]]
        lines.append("| " + " | ".join(cells) + " |")
    about = result["machine"]
    assert isinstance(about, dict)
    lines += ["", *([str(result["notes"]), ""] if result["notes"] else [])]
    lines += ["Measured on: " + "; ".join(f"{key} {value}" for key, value in about.items()) + ".", ""]
    return "\n".join(lines)


def write_document() -> None:
    """Write docs/benchmarks.md from all result files."""
    sections = [section(json.loads(file.read_text(encoding="utf-8"))) for file in sorted(RESULTS.glob("*.json"))]
    head = "# Benchmarks\n\nEach section is made by the command under its heading, on the machine named below it.\n\n"
    DOCUMENT.write_text(head + "\n".join(sections), encoding="utf-8")


if __name__ == "__main__":
    write_document()
