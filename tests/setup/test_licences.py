from __future__ import annotations

import re
from pathlib import Path

from simulator.models.manifest import manifest

ROOT = Path(__file__).parents[2]
WRITTEN = (ROOT / "THIRD_PARTY_LICENSES.md").read_text(encoding="utf-8")


def test_every_package_is_listed_with_its_licence() -> None:
    required = re.findall(
        r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    named = [name for name in required if not name.startswith("pyobjc-framework-")]
    assert [
        name for name in named if not re.search(rf"^\| {re.escape(name)} \| [^|?]+ \|$", WRITTEN, re.MULTILINE)
    ] == []


def test_every_model_is_listed_with_its_licence() -> None:
    assert [model.title for model in manifest().values() if f"| {model.licence} |" not in WRITTEN] == []
    assert [model.title for model in manifest().values() if f"| {model.title} |" not in WRITTEN] == []
