"""Times the review of long sessions: a key's way to the sound and to the screen, and the mark's lag behind the word.

`python -m benchmarks.review`; the review runs in a terminal of its own, with real keys. Sound goes to the default
loudspeaker where there is one (see scripts/virtual_audio.sh); without one the same blocks go by the clock.
"""

from __future__ import annotations

import argparse
import bisect
import contextlib
import fcntl
import json
import os
import pty
import random
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.common import Row, publish
from benchmarks.synthetic import Teller, keep_session, made_session
from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.vocabulary import Mode, SessionClose, ThreadKind, facets_of
from simulator.rehearsal.reviewing import Passage, reader, sound_of
from simulator.screens.app import InterviewApp, run_app
from simulator.screens.review import Desk, ReviewScreen
from simulator.sessions.folder import SessionFolder
from simulator.sessions.loading import load_session
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.speaking.session_player import SessionPlayer

MINUTES = 45.0
STEPS_A_S = 10
"""The sound's samples count tenths of a second, so that any block says where in the session it is from."""

GOAL_MS = 50.0
NEAR_S = 1.1
"""A place this near is the one that was jumped to: the screen shows whole seconds."""

SHOWN = re.compile(rb"(\d+):(\d\d) of")
ROUNDS = 20
KEYS = {"5 s on": b"\x1b[C", "5 s back": b"\x1b[D", "next answer": b"n", "next evidence": b"e"}

Log = list[tuple[float, float]]
"""(moment on the clock, place in the session), both seconds."""


class WatchedPlayer(SessionPlayer):
    """A player that notes when the loudspeaker took which part of the sound."""

    def __init__(self, folder: SessionFolder, duration_s: float) -> None:
        self.heard: Log = []
        self.reached: Log = []
        self.sought: Log = []
        super().__init__(reader(folder), duration_s)

    def seek(self, position_s: float) -> None:
        """Jump, and note where to."""
        self.sought.append((time.monotonic(), position_s))
        super().seek(position_s)

    def _next(self) -> NDArray[np.int16] | None:
        block = super()._next()
        if block is not None:
            now = time.monotonic()
            self.heard.append((now, float(np.median(block)) / STEPS_A_S))
            self.reached.append((now, self.position_s))
        return block


class WatchedReview(ReviewScreen):
    """A review that notes when which word was marked."""

    marked: Log

    def _mark(self, index: int, word: int | None) -> None:
        super()._mark(index, word)
        row: Passage = self._rows[index]
        if word is not None:
            self.marked.append((time.monotonic(), row.words[word].start_s))


def show(path: Path, log: Path) -> None:
    """Show a session's review in this terminal, and write down what was heard and marked when."""
    folder = SessionFolder(path)
    player = WatchedPlayer(folder, sound_of(folder)[0])
    screen = WatchedReview(Desk(lambda: load_session(folder).state, *[lambda *_: None] * 3), player)
    screen.marked = []
    run_app(InterviewApp(Settings(), lambda: screen, signals=True))
    device = "the default loudspeaker" if player.problem is None else "no loudspeaker, by the clock"
    logs = {"heard": player.heard, "reached": player.reached, "sought": player.sought, "marked": screen.marked}
    log.write_text(json.dumps({**logs, "device": device}))


def monologue(minutes: float) -> list[ev.Event]:
    """Give a session of one answer, as an import of a recording has it."""
    teller = Teller(random.Random(3))
    teller.tell(ev.SessionStarted(session="", started_at="", mode=Mode.IMPORT))
    tests = facets_of(ThreadKind.STORY)
    asked = ev.QuestionAsked(thread="t1", question="imported", kind=ThreadKind.STORY, text="(none)", tests=tests)
    teller.tell(asked)
    teller.answer("t1", 60 * minutes, initial=True)
    teller.tell(ev.SessionClosed(reason=SessionClose.COMPLETE))
    return teller.events


def kept(root: Path, events: list[ev.Event]) -> SessionFolder:
    """Keep a session whose sound says where it is from."""
    folder = keep_session(root, datetime(2026, 11, 1, 10), random.Random(5), events)
    recording = Recording(folder.candidate)
    for step in range(int(events[-1].at_s * STEPS_A_S)):
        recording.write(np.full(RATE_HZ // STEPS_A_S, step, np.int16))
    recording.close()
    return folder


class Terminal:
    """A review in a terminal of 140 by 40, and what it has shown when."""

    def __init__(self, folder: SessionFolder, log: Path) -> None:
        self.shown: Log = []
        self._rest = b""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
        command = [sys.executable, "-m", "benchmarks.review", "--show", str(folder.path), "--log", str(log)]
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        self._process = subprocess.Popen(command, stdin=theirs, stdout=theirs, env=environment, close_fds=True)
        os.close(theirs)
        self.follow(60.0, until_shown=True)

    def press(self, key: bytes) -> float:
        """Press a key, and give the moment."""
        now = time.monotonic()
        os.write(self._ours, key)
        return now

    def follow(self, seconds: float, *, until_shown: bool = False) -> None:
        """Take in what the terminal shows for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not (until_shown and self.shown):
            if not select.select([self._ours], [], [], left)[0]:
                return
            self._rest = self._rest[-20:] + os.read(self._ours, 65536)
            now = time.monotonic()
            for minutes, rest in SHOWN.findall(self._rest):
                self.shown.append((now, 60 * int(minutes) + int(rest)))
            self._rest = SHOWN.sub(b"", self._rest)

    def close(self) -> None:
        """Leave the review."""
        self.press(b"\x1b")
        with contextlib.suppress(OSError):  # the terminal's other end is gone
            self.follow(10.0)
        self._process.wait(20.0)
        os.close(self._ours)


def after(log: Log, moment: float, target_s: float) -> float | None:
    """Give the milliseconds from a key until its place is there; None where it was there before, or never came."""
    at = bisect.bisect_right(log, (moment, float("inf")))
    if at and abs(log[at - 1][1] - target_s) < NEAR_S:
        return None
    return next((1000 * (time_s - moment) for time_s, place in log[at:] if abs(place - target_s) < NEAR_S), None)


def lags_of(reached: Log, marked: Log) -> list[float]:
    """Give the milliseconds of sound between each word's beginning and its mark; words that were jumped to left out."""
    found = []
    for (before_s, _), (marked_s, start_s) in pairwise(marked):
        at = bisect.bisect_right(reached, (marked_s, float("inf"))) - 1
        lag_s = reached[at][1] - start_s
        if marked_s - before_s < 1.0 and 0 <= lag_s < 1.0:
            found.append(1000 * lag_s)
    return found


def row(what: str, taken: list[float], goal_ms: float | None, note: str = "") -> Row:
    """Give a line of the table: median, 95th percentile, largest."""
    ordered = sorted(taken)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    ours = f"p50 {statistics.median(ordered):.0f}, p95 {p95:.0f}, largest {ordered[-1]:.0f}"
    goal = "" if goal_ms is None else f"p95 {goal_ms:.0f}"
    return Row(what, ours, goal, None if goal_ms is None else p95 <= goal_ms, note=note)


def measured(name: str, folder: SessionFolder, keys: dict[str, bytes]) -> tuple[list[Row], str]:
    """Go through a session with the keys while it plays, at three speeds."""
    log = folder.path / "log.json"
    terminal = Terminal(folder, log)
    pressed: dict[str, list[float]] = {key: [] for key in keys}
    terminal.press(b" ")
    terminal.follow(6.0)
    for number in range(ROUNDS):
        if number in {ROUNDS // 3, 2 * ROUNDS // 3}:
            terminal.press(b"+")
            terminal.follow(0.5)
        for key, code in keys.items():
            pressed[key].append(terminal.press(code))
            terminal.follow(0.25)
    terminal.close()
    found = json.loads(log.read_text())
    heard: Log = [(a, b) for a, b in found["heard"]]
    sought: Log = [(a, b) for a, b in found["sought"]]
    rows = []
    for key, moments in pressed.items():
        jumps = [(m, sought[at][1]) for m in moments if (at := bisect.bisect(sought, (m, 0.0))) < len(sought)]
        sound = [each for m, target_s in jumps if (each := after(heard, m, target_s)) is not None]
        screen = [each for m, target_s in jumps if (each := after(terminal.shown, m, target_s)) is not None]
        note = f"{len(sound)} of {len(moments)} presses; the others jumped by less than a second"
        rows.append(row(f"{name}: {key}, key to the sound at the loudspeaker, ms", sound, GOAL_MS, note))
        rows.append(row(f"{name}: {key}, key to the place on the screen, ms", screen, GOAL_MS))
    lags = lags_of([(a, b) for a, b in found["reached"]], [(a, b) for a, b in found["marked"]])
    rows.append(row(f"{name}: a word's first sound to its mark, ms", lags, None, f"{len(lags)} words"))
    return rows, str(found["device"])


def main() -> None:
    """Measure, and publish."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--log", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.show is not None:
        show(given.show, given.log)
        return
    with tempfile.TemporaryDirectory() as place:
        talk = kept(Path(place) / "talk", made_session(random.Random(5), MINUTES))
        alone = kept(Path(place) / "alone", monologue(MINUTES))
        rows, device = measured("an interview of 45 minutes", talk, KEYS)
        more, _ = measured("one answer of 45 minutes", alone, dict(list(KEYS.items())[:2]))
    publish(
        "review",
        "Review: scrubbing and the word being spoken",
        "python -m benchmarks.review",
        [*rows, *more],
        notes=f"Keys pressed while it plays, at 1, 1.25 and 1.5 times the speed, in a terminal of 140 by 40; sound: "
        f"{device}. Load average while measuring: {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores; priority "
        f"{os.nice(0)}.",
    )


if __name__ == "__main__":
    main()
