"""The program on a real (pseudo) terminal: noise kept away, signals obeyed, nothing heavy loaded before the paint."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.domain.errors import UsageError
from simulator.screens.terminal import own_terminal, real_streams

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import os, sys
from simulator.config.settings import Settings
from simulator.screens.app import run_interview

def opened():
    from tests.screens.events import session
    from tests.screens.scripted import ScriptedController, ScriptedSession
    os.write(2, b"noise of a library")
    os.write(1, b"noise of a library")
    return ScriptedSession(ScriptedController(session()))

sys.exit(run_interview(opened, Settings()))
"""

HEAVY = (
    "numpy",
    "openai",
    "onnxruntime",
    "faster_whisper",
    "ctranslate2",
    "sounddevice",
    "av",
    "livekit",
    "sqlite3",
    "plotext",
)


class Terminal:
    """A program on a terminal of 80 columns and 24 rows."""

    def __init__(self, program: str, folder: Path) -> None:
        import fcntl
        import struct
        import termios

        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.log = folder / "screen.log"
        self.seen = ""
        environment = {
            **os.environ,
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT),
            "INTERVIEW_LOG_DIR": str(folder),
            "INTERVIEW_CONFIG_DIR": str(folder),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", program], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=folder
        )
        os.close(slave)

    def read_until(self, text: str) -> None:
        """Read what is drawn until a text appears; a program that ends without it fails."""
        while text not in self.seen:
            self.seen += self._read()

    def end(self) -> int:
        """Read to the program's end, and give its exit status."""
        try:
            while True:
                self.seen += self._read()
        except EOFError:
            return self.process.wait()

    def close(self) -> None:
        """Leave nothing behind."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self) -> str:
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the other end has gone
            data = b""
        if not data:
            raise EOFError(self.seen[-2000:])
        return data.decode(errors="replace")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    running = Terminal(PROGRAM, tmp_path)
    yield running
    running.close()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_closes_in_order_and_says_where_the_session_lies(
    terminal: Terminal, number: signal.Signals, status: int
) -> None:
    terminal.read_until("listening")
    terminal.process.send_signal(number)
    assert terminal.end() == status
    assert "The session is kept in /home/you" in terminal.seen
    assert "noise of a library" not in terminal.seen
    assert terminal.log.read_text().count("noise of a library") == 2


def test_the_screen_needs_a_terminal(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "INTERVIEW_LOG_DIR": str(tmp_path)},
    )
    assert result.returncode != 0
    assert "The screen needs a terminal." in result.stderr


def test_streams_are_put_back_as_they_were(tmp_path: Path) -> None:
    before = (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__)
    with pytest.raises(UsageError), own_terminal(tmp_path / "screen.log"):
        pass
    with real_streams():
        assert sys.stderr.fileno() > 2
    assert (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__) == before


def test_the_screens_load_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "import simulator.screens.app, simulator.screens.live, simulator.screens.start, simulator.screens.summary\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def test_the_live_screen_is_drawn_without_a_text_editor_or_a_session() -> None:
    program = (
        "import sys\n"
        "import simulator.screens.app, simulator.screens.live\n"
        "loaded = ('textual.widgets._text_area', 'simulator.rehearsal', 'simulator.sessions', 'pydantic')\n"
        "print([name for name in loaded if name in sys.modules])\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


START = """
import sys
from simulator.screens.start import run_start

def settings():
    # The first frame is on the terminal: what was loaded for it?
    later = ("pydantic", "simulator.domain.events", "simulator.rehearsal", "simulator.sessions", "tomllib")
    loaded = [name for name in later if name in sys.modules]
    from simulator.config.settings import Settings
    from simulator.domain.errors import SimulatorError
    raise SimulatorError(f"loaded before the first paint: {loaded}")

try:
    run_start(lambda: None, settings)
except Exception as error:
    sys.exit(str(error))
"""


def test_the_start_screen_is_painted_before_settings_and_sessions_are_loaded(tmp_path: Path) -> None:
    terminal = Terminal(START, tmp_path)
    try:
        assert terminal.end() == 1
        assert "loaded before the first paint: []" in terminal.seen
        assert terminal.seen.index("the interviewer chooses") < terminal.seen.index("loaded before")
    finally:
        terminal.close()


def test_the_live_screen_is_painted_before_settings_are_checked_and_says_what_is_wrong_with_them(
    tmp_path: Path,
) -> None:
    program = """
import sys
from simulator.screens.app import run_interview

def settings():
    assert "pydantic" not in sys.modules
    from simulator.config.settings import load_settings
    return load_settings()

try:
    run_interview(lambda: None, None, load=settings)
except Exception as error:
    sys.exit(error.status)
"""
    (tmp_path / "settings.toml").write_text("[screen]\ntheme = 'no such theme'\n")
    terminal = Terminal(program, tmp_path)
    try:
        terminal.read_until("no such theme")
        assert "preparing" in terminal.seen
        os.write(terminal._master, b"q")
        assert terminal.end() == 3
    finally:
        terminal.close()
