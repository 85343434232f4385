"""A voice that is begun before the rest of the program is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simulator.config.settings import Settings
from simulator.domain.errors import BadInputError
from simulator.rehearsal.ahead import begin_voice
from simulator.rehearsal.compose import Options, Staging, open_rehearsal

ROOT = Path(__file__).parents[2]


def test_it_ends_with_a_session_that_cannot_be_opened(tmp_path: Path) -> None:
    ahead = begin_voice("", Settings())
    with pytest.raises(BadInputError):
        open_rehearsal(Options(pack="no such pack", root=tmp_path), Settings(), Staging(ahead=ahead))
    with pytest.raises(Exception, match="closed"):
        next(ahead.voice.synthesize("Are you there?"))


def test_it_waits_for_no_recognizer_no_judge_and_no_session() -> None:
    program = (
        "import sys\n"
        "import simulator.rehearsal.ahead\n"
        "later = ('onnxruntime', 'faster_whisper', 'simulator.judging', 'simulator.listening', 'simulator.sessions',"
        " 'simulator.domain.events', 'simulator.rehearsal.conductor')\n"
        "print([name for name in later if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
