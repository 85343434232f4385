"""The part of benchmarks.turns that runs whole sessions on virtual devices: the end of an answer, a key's press."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.turns_live import RATE_HZ, ROOT, Cable, spoken
from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain import hearing as hr
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Phase
from simulator.listening.decoding import decode_whole
from simulator.rehearsal.compose import Body, Options, Rehearsal, Staging, open_rehearsal
from simulator.rehearsal.notices import Notices
from simulator.rehearsal.parts import Ears
from simulator.rehearsal.spoken import spoken_body
from simulator.sessions.folder import SessionFolder

BREATH_S = 0.6
"""How long the candidate takes before an answer."""

LONGEST_S = 20.0
"""How long the interviewer's answer is waited for."""

SIZE = (40, 120)
"""Rows and columns of the terminal in which keys are pressed."""

HELP = b"Hear the last"
"""Words of the help screen that no other screen shows."""


class Watched:
    """Ears that note when the end of a turn was decided."""

    def __init__(self, ears: Ears, decided: list[float]) -> None:
        self._ears = ears
        self._decided = decided

    def __getattr__(self, name: str) -> object:
        return getattr(self._ears, name)

    def start(self, post: Callable[[hr.Hearing], None]) -> None:
        """Begin to listen."""

        def watch(heard: hr.Hearing) -> None:
            if isinstance(heard, hr.TurnEnded):
                self._decided.append(heard.decided_at_s)
            post(heard)

        self._ears.start(watch)


@dataclass(frozen=True)
class Turns:
    """How the interviewer answered finished answers, seconds.

    Attributes:
        first_sound_s: from the last sample of the candidate's to the interviewer's first.
        computing_s: of that, after the end of the turn was decided.
        cut: how many answers were cut in on.
    """

    first_sound_s: tuple[float, ...]
    computing_s: tuple[float, ...]
    cut: int


def answers(count: int) -> list[str]:
    """Give a short initial answer and replies, from the labelled ones."""

    def rows(name: str) -> list[dict[str, object]]:
        text = (ROOT / "data/judge/dev" / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    firsts = [" ".join(s["text"] for s in row["sentences"]) for row in rows("answers.jsonl")]  # type: ignore[attr-defined]
    replies = [str(row["reply"]) for row in rows("replies.jsonl")]
    return [min(firsts, key=len), *sorted(replies, key=len)[5 : 5 + count - 1]]


async def sit(count: int) -> Turns:
    """Sit a session on the default devices, with so many answers."""
    sounds = spoken(tuple(answers(count)))
    decided: list[float] = []
    started: list[float] = []
    first_sound_s: list[float] = []
    cut = 0

    def body(o: Options, s: Settings, f: SessionFolder, st: SessionState, c: ExitStack, n: Notices) -> Body:
        made = spoken_body(o, s, f, st, c, n)
        return replace(made, ears=Watched(made.ears, decided))

    with tempfile.TemporaryDirectory() as root, Cable() as cable, ExitStack() as closing:
        options = Options(pack="openai-behavioral-mission", minutes=0, root=Path(root), questions=("ownership",))
        rehearsal: Rehearsal = closing.enter_context(open_rehearsal(options, Settings(), Staging(body)))
        conductor = rehearsal.conductor
        sayings: asyncio.Queue[asyncio.Task[float]] = asyncio.Queue()
        waiting = list(sounds)

        async def answer() -> float:
            await asyncio.sleep(BREATH_S)
            return await cable.say(waiting.pop(0))

        def follow(event: ev.Event, state: SessionState) -> None:
            if isinstance(event, ev.SpeechStarted) and len(started) < len(decided):
                started.append(event.at_s)
            if isinstance(event, ev.AnswerStarted) and len(state.answers) <= count:
                sayings.put_nowait(asyncio.get_running_loop().create_task(answer()))
            if isinstance(event, ev.PhaseChanged) and event.phase is Phase.LISTENING and len(state.answers) > count:
                conductor.quit()

        conductor.subscribe(follow)
        running = asyncio.get_running_loop().create_task(conductor.run())
        for sound in sounds:
            began = await (await sayings.get())
            ended = began + len(sound) / RATE_HZ
            await asyncio.sleep(max(0.0, ended - cable.now()))
            until = time.monotonic() + LONGEST_S
            while time.monotonic() < until:
                loud = cable.loud(began + 0.3)
                if len(loud):
                    cut += bool(loud[0] < ended)
                    first_sound_s.append(float(loud[0] - ended))
                    break
                await asyncio.sleep(0.2)
            cable.heard.clear()
        await running
    computing = [begun - end for begun, end in zip(started, decided, strict=False)]
    whole = [s for s in first_sound_s if s > 0]
    return Turns(tuple(whole), tuple(computing), cut)


def keys(presses: int) -> list[float]:
    """Give how long a key's press took to be seen, in seconds, while a person's speech is being recognized."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "INTERVIEW_DATA_DIR": f"{home}/data",
            "INTERVIEW_CONFIG_DIR": f"{home}/config",
            "TERM": "xterm-256color",
        }
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        program = subprocess.Popen(
            [sys.executable, "-m", "simulator", "start", "--question", "ownership", "--minutes", "0"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
        )
        os.close(theirs)
        try:
            return _press(ours, presses)
        finally:
            program.terminate()
            while program.poll() is None:
                _drain(ours, 0.1)  # who writes to a full terminal does not end
            os.close(ours)


def _press(terminal: int, presses: int) -> list[float]:
    _see(terminal, b"listening", 40)
    took = []
    with Cable() as cable:
        speech = decode_whole(ROOT / "tests/listening/sound/free_speech.flac")
        cable.put(np.tile(speech, 3))
        _drain(terminal, 3.0)
        for _ in range(presses):
            began = time.perf_counter()
            os.write(terminal, b"?")
            if _see(terminal, HELP, 2):
                took.append(time.perf_counter() - began)
            _drain(terminal, 0.2)
            os.write(terminal, b"\x1b")
            _drain(terminal, 0.4)
    return took


def _see(terminal: int, wanted: bytes, limit_s: float) -> bool:
    """Read the screen's output until something is in it."""
    seen, until = b"", time.monotonic() + limit_s
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.05)[0]:
            seen = (seen + _read(terminal))[-200_000:]
            if wanted in seen:
                return True
    return False


def _drain(terminal: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            _read(terminal)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        time.sleep(0.05)  # the other side is closed
        return b""
