from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_strictly(tmp_path: Path, content: str) -> str:
    (tmp_path / "test_it.py").write_text(content)
    command = [sys.executable, "-m", "pytest", "-p", "tests.strict_skips", "-p", "no:cacheprovider", "-c", "/dev/null"]
    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize(
    "content",
    [
        "import pytest\n\ndef test_a():\n    pytest.skip('not installed')\n",
        "import pytest\n\n@pytest.mark.skip(reason='not installed')\ndef test_a():\n    pass\n",
        "import pytest\n\n@pytest.fixture\ndef f():\n    pytest.skip('not installed')\n\ndef test_a(f):\n    pass\n",
    ],
)
def test_a_skipped_test_fails_and_says_why(tmp_path: Path, content: str) -> None:
    said = run_strictly(tmp_path, content)
    assert "Skipped, which counts as a failure: not installed" in said
    assert "1 failed" in said or "1 error" in said


def test_a_skipped_module_fails(tmp_path: Path) -> None:
    said = run_strictly(tmp_path, "import pytest\n\npytest.importorskip('no_such_module')\n")
    assert "which counts as a failure" in said
    assert "1 error" in said


def test_what_another_platform_has_may_be_skipped(tmp_path: Path) -> None:
    assert "1 skipped" in run_strictly(
        tmp_path, "import pytest\n\ndef test_a():\n    pytest.skip('platform: Windows only')\n"
    )


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    assert "1 xfailed" in run_strictly(
        tmp_path, "import pytest\n\n@pytest.mark.xfail\ndef test_a():\n    raise ValueError\n"
    )
