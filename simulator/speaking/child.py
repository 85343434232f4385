"""A voice engine's child process: a sentence in, a sound out, each under a time limit."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound


class Child:
    """Owns one engine's process, which is started at once, kept warm and started again when it dies or hangs.

    The process reads a JSON object a line. It answers with a line `{"rate_hz": …, "bytes": …}` and that
    many bytes of 16-bit mono samples, or with `{"error": "…"}`. When it is ready to be asked it says
    `{"ready": true}`. It ends when its standard input does, so that it cannot outlive this one.

    Args:
        name: the engine, for errors.
        script: the Python file that it runs.
        arguments: the script's arguments.
        start_s: how long it may take to be ready.
        answer_s: how long a sentence may take.
    """

    def __init__(
        self, name: str, script: Path, arguments: Sequence[str], *, start_s: float = 20.0, answer_s: float = 8.0
    ) -> None:
        self._name = name
        self._command = [sys.executable, "-P", str(script), *arguments]
        self._start_s = start_s
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._ready = False
        self._closed = False
        self._process = self._launch()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def _launch(self) -> subprocess.Popen[bytes]:
        self._ready = False
        try:
            # A session of its own keeps Ctrl-C in the terminal from it: the owner decides when it ends.
            return subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise ModelError(f"{self._name} cannot be started: {error.strerror}.", "Try another voice.") from error

    def ask(self, request: Mapping[str, str | float]) -> Sound:
        """Give the sound of one request; a process that died or hangs is replaced, and asked once more if it had died.

        Raises:
            ModelError: the engine cannot be started, is too slow or cannot do it.
        """
        with self._lock:
            if self._closed:
                raise ModelError(f"{self._name} has been closed.", "Start the program again.")
            try:
                return self._ask(request)
            except _Died:
                self._process = self._restart()
            try:
                return self._ask(request)
            except _Died as error:
                raise ModelError(
                    f"{self._name} stopped working.", "Try another voice; `interview doctor` says more."
                ) from error

    def _restart(self) -> subprocess.Popen[bytes]:
        _end(self._process)
        return self._launch()

    def _ask(self, request: Mapping[str, str | float]) -> Sound:
        if not self._ready:
            self._expect(self._start_s)
            self._ready = True
        stdin = self._process.stdin
        if stdin is None:
            raise _Died
        try:
            stdin.write(json.dumps(dict(request)).encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise _Died from error
        return self._expect(self._answer_s)

    def _expect(self, limit_s: float) -> Sound:
        """Read one answer; the empty sound stands for "ready"."""
        late = threading.Event()

        def give_up() -> None:
            late.set()
            self._process.kill()

        watchdog = threading.Timer(limit_s, give_up)
        watchdog.name = f"{self._name}-watchdog"
        watchdog.daemon = True
        watchdog.start()
        try:
            return _read_answer(self._process.stdout, self._name)
        except _Died:
            if late.is_set():
                self._process = self._restart()
                raise ModelError(
                    f"{self._name} gave nothing within {limit_s:g} s.", "Try another voice profile."
                ) from None
            raise
        finally:
            watchdog.cancel()

    def close(self) -> None:
        """End the process; may be called from another thread and more than once."""
        self._closed = True
        _end(self._process)


class _Died(Exception):
    """The process is gone."""


def _read_answer(stdout: IO[bytes] | None, name: str) -> Sound:
    if stdout is None:
        raise _Died
    try:
        line = stdout.readline()
        head = json.loads(line)
        if "error" in head:
            raise ModelError(f"{name} cannot speak: {str(head['error']).rstrip('.')}.", "Try another voice profile.")
        if head.get("ready"):
            return Sound(b"", 1)
        size, rate_hz = int(head["bytes"]), int(head["rate_hz"])
        samples = stdout.read(size)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _Died from error
    if len(samples) != size:
        raise _Died
    return Sound(samples, rate_hz)


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):
        process.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=2)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            # What could not be written to a dead process is of no use to anybody.
            with contextlib.suppress(OSError):
                pipe.close()
