"""How long it takes to begin: `--help`, the first paint, the first spoken word; and what a session costs.

    python -m benchmarks.startup [--session-minutes N] [--replay-minutes N]

The first spoken word is taken from the journal of a session on a recording (`--from`), faster than real time, so
that no loudspeaker is needed: the moment at which the player begins to play the question's opening words.
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
from pathlib import Path

import numpy as np

from benchmarks.common import Row, publish
from simulator.listening.decoding import decode_whole

ROOT = Path(__file__).parents[1]
SPEECH = ROOT / "tests" / "listening" / "sound" / "free_speech.flac"
INTERVIEW = [str(Path(sys.executable).with_name("interview"))]
RATE_HZ = 16_000
RUNS = 5


def cold() -> bool:
    """Empty the system's file cache, where this user may; tells whether it could."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def help_s() -> float:
    """Give the seconds that `interview --help` takes."""
    begun = time.perf_counter()
    subprocess.run([*INTERVIEW, "--help"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def first_paint_s(data: Path) -> float:
    """Give the seconds from the command to the first screenful of the start screen, on a real terminal device."""
    begun = time.perf_counter()
    child, terminal = pty.fork()
    if child == 0:
        os.environ.update(INTERVIEW_DATA_DIR=str(data), TERM="xterm-256color", COLUMNS="120", LINES="40")
        os.execv(INTERVIEW[0], INTERVIEW)
    seen = b""
    try:
        while time.perf_counter() - begun < 30:
            if select.select([terminal], [], [], 0.05)[0]:
                seen += os.read(terminal, 65536)
                if re.search(rb"Interview|interview", seen) and len(seen) > 2000:
                    return time.perf_counter() - begun
        raise TimeoutError("nothing was painted")
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
        env={**os.environ, "INTERVIEW_DATA_DIR": str(data)},
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
        env={**os.environ, "INTERVIEW_DATA_DIR": str(data)},
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


def main() -> None:
    """Measure, and publish."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--session-minutes", type=float, default=10.0)
    options.add_argument("--replay-minutes", type=float, default=60.0)
    given = options.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        help_s()
        warm = statistics.median(help_s() for _ in range(RUNS)) * 1000
        rows.append(Row("`--help`, warm, ms (median of 5)", f"{warm:.0f}", "100", warm <= 100))
        if cold():
            chilly = [cold() and help_s() for _ in range(3)]
            rows.append(Row("`--help`, cold, ms (median of 3)", f"{statistics.median(chilly) * 1000:.0f}"))
        first_paint_s(data)
        paint = statistics.median(first_paint_s(data) for _ in range(RUNS)) * 1000
        rows.append(Row("first paint, warm, ms (median of 5)", f"{paint:.0f}", "500", paint <= 500))
        if cold():
            chilly = [cold() and first_paint_s(data) for _ in range(3)]
            rows.append(Row("first paint, cold, ms (median of 3)", f"{statistics.median(chilly) * 1000:.0f}"))
        word = statistics.median(first_word_s(data) for _ in range(3))
        rows.append(Row("command to the first spoken word, s (median of 3)", f"{word:.1f}", "3", word <= 3))
        for minutes, name in ((given.session_minutes, "a session"), (given.replay_minutes, "a long session")):
            if minutes <= 0:
                continue
            shutil.rmtree(data / "sessions", ignore_errors=True)
            memory, used = replay(minutes, data)
            third = max(1, len(memory) // 3)
            early, late = statistics.median(memory[third : 2 * third]), statistics.median(memory[2 * third :])
            peak, growth = max(memory), late - early
            rows.append(
                Row(f"peak memory, {name} of {minutes:g} minutes of speech, MB", f"{peak:.0f}", "900", peak <= 900)
            )
            rows.append(Row("… growth from its second to its last third, MB", f"{growth:+.0f}", "flat", growth <= 20))
            rows.append(Row("… processor time a minute of speech, s", f"{used / minutes:.1f}"))
    publish("startup", "Beginning, and what a session costs", "python -m benchmarks.startup", rows)


if __name__ == "__main__":
    main()
