"""How long it takes to begin: `--help`, the first paint, the first spoken word; and what a session costs.

    python -m benchmarks.startup [--parts beginning session long] [--session-minutes N] [--long-minutes N]

Parts that are not run keep the figures of their last run. The first spoken word is taken from the journal of a session
on a recording (`--from`), faster than real time, so that no loudspeaker is needed: the moment at which the player
begins to play the opening words.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.common import Row, publish, published
from simulator.listening.decoding import decode_whole

ROOT = Path(__file__).parents[1]
SPEECH = ROOT / "tests" / "listening" / "sound" / "free_speech.flac"
INTERVIEW = [str(Path(sys.executable).with_name("interview"))]
RATE_HZ = 16_000
RUNS = 9
COLD_RUNS = 3
PARTS = ("beginning", "session", "long")

EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("Interview")

Empty().run()
"""
"""The least that a program with a Textual screen can be: what Python and Textual take of a first paint."""


def environment(data: Path) -> dict[str, str]:
    """Give the environment of a program that is measured: its own data, and bytecode kept as by default."""
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**given, "INTERVIEW_DATA_DIR": str(data)}


def cold() -> bool:
    """Empty the system's file cache, where this user may; tells whether it could."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def help_s(data: Path) -> float:
    """Give the seconds that `interview --help` takes."""
    begun = time.perf_counter()
    subprocess.run([*INTERVIEW, "--help"], stdout=subprocess.DEVNULL, check=True, env=environment(data))
    return time.perf_counter() - begun


def paint_s(command: Sequence[str], painted: bytes, data: Path) -> float:
    """Give the seconds from a command to a text on its screen, on a real terminal device of 120 columns and 40 rows.

    Args:
        command: the program and its arguments.
        painted: a text that no control sequence comes between.
        data: the program's data folder.
    """
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        about = {**environment(data), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
        os.execve(command[0], list(command), about)
    seen = b""
    try:
        while time.perf_counter() - begun < 30:
            if select.select([terminal], [], [], 0.05)[0]:
                seen += os.read(terminal, 65536)
                if painted in seen:
                    return time.perf_counter() - begun
        raise TimeoutError(f"{painted!r} was not painted")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(terminal)


def first_word_s(data: Path) -> float:
    """Give the seconds from the command to the first sample of the opening words."""
    shutil.rmtree(data / "sessions", ignore_errors=True)
    begun = time.perf_counter()
    program = subprocess.Popen(
        [*INTERVIEW, "start", "--plain", "--fast", "--from", str(SPEECH)],
        env=environment(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    try:
        while time.perf_counter() - begun < 60:
            for journal in data.glob("sessions/*/events.jsonl"):
                if b'"speech_started"' in journal.read_bytes():
                    return time.perf_counter() - begun
            time.sleep(0.005)
        raise TimeoutError("nothing was said")
    finally:
        program.kill()
        program.wait()


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        found.append(each)
        waiting += children.get(each, [])
    return found


def _private_mb(pids: list[int]) -> float:
    """Give the memory of processes together, shared pages counted once (proportional set size)."""
    total = 0.0
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024  # type: ignore[index]
    return total


def _processor_s(pids: list[int]) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:13]) / ticks
    return total


def replay(minutes: float, data: Path) -> tuple[list[float], float]:
    """Give the memory over a session on so many minutes of speech, MB a sample, and its processor seconds.

    The speech is the project's own recording over and over, in one answer.
    """
    speech = decode_whole(SPEECH)
    file = data / "long.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        for _ in range(int(minutes * 60 * RATE_HZ / len(speech)) + 1):
            out.writeframes((np.clip(speech, -1, 1) * 32767).astype(np.int16).tobytes())
    program = subprocess.Popen(
        [*INTERVIEW, "start", "--plain", "--fast", "--from", str(file)],
        env=environment(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    memory: list[float] = []
    used = 0.0
    over = threading.Event()
    threading.Thread(target=lambda: (program.wait(), over.set()), daemon=True).start()
    while not over.wait(1.0):
        pids = _tree(program.pid)
        memory.append(_private_mb(pids))
        used = max(used, _processor_s(pids))
    return memory, used


def in_ms(what: str, taken: Sequence[float], goal_ms: float | None = None, note: str = "") -> Row:
    """Give a row with the median of some times, and their range."""
    middle = statistics.median(taken) * 1000
    note = f"{min(taken) * 1000:.0f} to {max(taken) * 1000:.0f} in {len(taken)} runs" + (f"; {note}" if note else "")
    met = middle <= goal_ms if goal_ms is not None else None
    return Row(f"{what}, ms", f"{middle:.0f}", f"{goal_ms:.0f}" if goal_ms is not None else "", met, note=note)


def beginning(data: Path) -> list[Row]:
    """Measure what happens between a command and what one sees and hears first."""
    (data / "empty.py").write_text(EMPTY, encoding="utf-8")
    python = str(Path(sys.executable))
    recorded = [*INTERVIEW, "start", "--fast", "--from", str(SPEECH)]
    measured: list[tuple[str, Callable[[], float], float | None, str]] = [
        ("`--help`", lambda: help_s(data), 100, ""),
        ("an empty Textual program", lambda: paint_s([python, str(data / "empty.py")], b"Interview", data), None, ""),
        ("first paint of `interview`", lambda: paint_s(INTERVIEW, b"Earlier sessions", data), 500, ""),
        ("first paint of `interview start`", lambda: paint_s(recorded, b"preparing", data), 500, ""),
        (
            "`interview` until its form can be used",
            lambda: paint_s(INTERVIEW, b"What you say stays", data),
            None,
            "settings checked, lists made",
        ),
    ]
    rows = []
    for what, measure, goal_ms, note in measured:
        measure()  # not counted: it leaves what the system and Python keep of a program that has run before
        rows.append(in_ms(f"{what}, warm", [measure() for _ in range(RUNS)], goal_ms, note))
        if cold():
            rows.append(in_ms("… cold", [cold() and measure() for _ in range(COLD_RUNS)], goal_ms))
    words = [first_word_s(data) for _ in range(COLD_RUNS)]
    word_s = statistics.median(words)
    note = f"{min(words):.1f} to {max(words):.1f} in {len(words)} runs"
    rows.append(Row("command to the first spoken word, s", f"{word_s:.1f}", "3", word_s <= 3, note=note))
    return rows


def session(name: str, minutes: float, data: Path) -> list[Row]:
    """Measure what a session on so many minutes of speech costs."""
    memory, used = replay(minutes, data)
    third = max(1, len(memory) // 3)
    early, late = statistics.median(memory[third : 2 * third]), statistics.median(memory[2 * third :])
    peak, growth = max(memory), late - early
    what = "program, recognizer and voice together, shared pages counted once"
    return [
        Row(f"peak memory, {name} of {minutes:g} minutes of speech, MB", f"{peak:.0f}", "900", peak <= 900, note=what),
        Row("… growth from its second to its last third, MB", f"{growth:+.0f}", "flat", growth <= 20),
        Row("… processor time a minute of speech, s", f"{used / minutes:.1f}"),
    ]


def main() -> None:
    """Measure, and publish."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options.add_argument("--session-minutes", type=float, default=10.0)
    options.add_argument("--long-minutes", type=float, default=60.0)
    given = options.parse_args()
    kept = published("startup")
    with tempfile.TemporaryDirectory() as folder:
        parts: dict[str, Callable[[Path], list[Row]]] = {
            "beginning": beginning,
            "session": lambda data: session("a session", given.session_minutes, data),
            "long": lambda data: session("a long session", given.long_minutes, data),
        }
        for part in given.parts:
            data = Path(folder) / part
            data.mkdir()
            kept[part] = [asdict(row) for row in parts[part](data)]
    rows = [Row(**row) for part in PARTS for row in kept.get(part, ())]
    publish(
        "startup",
        "Beginning, and what a session costs",
        "python -m benchmarks.startup",
        rows,
        notes="Medians. Python's bytecode is there, as `scripts/interview` and pip leave it; cold means that the "
        f"system's file cache was emptied before. Load average at the end: {os.getloadavg()[0]:.1f}; priority "
        f"{os.nice(0)}.",
        data=kept,
    )


if __name__ == "__main__":
    main()
