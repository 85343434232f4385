"""Keeps the terminal for the screen: what libraries write to the standard streams goes to a log instead.

PortAudio, ALSA and speech engines write to file descriptors 1 and 2 from native code, and Textual draws
through descriptor 2 on POSIX systems. So the screen gets a descriptor of its own, and 1 and 2 point at the
log before any such library is loaded. Windows' console is drawn through its own interface and needs none of this.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from simulator.domain.errors import StorageError, UsageError


@contextmanager
def own_terminal(log: Path) -> Iterator[None]:
    """Draw on a descriptor of the screen's own while descriptors 1 and 2 point at a log.

    Args:
        log: the file that takes what is written to the standard streams; its folder is made.

    Raises:
        UsageError: neither standard output nor standard error is a terminal, or standard input is none.
        StorageError: the log cannot be written.
    """
    if sys.platform == "win32":
        yield
        return
    terminal = next((number for number in (2, 1) if os.isatty(number)), None)
    if terminal is None or not os.isatty(0):
        raise UsageError("The screen needs a terminal.", "Use --plain, --typed --plain or --jsonl instead.")
    try:
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise StorageError(
            f"The log {log} cannot be written: {error.strerror}.", "Free or unlock its folder."
        ) from error
    sys.stdout.flush()
    sys.stderr.flush()
    kept = {number: os.dup(number) for number in (1, 2)}
    before = sys.__stdout__, sys.__stderr__
    with os.fdopen(os.dup(terminal), "w", encoding="utf-8", errors="replace") as screen:
        # Textual's driver draws on __stderr__, and asks __stdout__ for the terminal's size.
        sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
        try:
            for number in kept:
                os.dup2(target, number)
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, copy in kept.items():
                os.dup2(copy, number)
                os.close(copy)
            os.close(target)
            sys.__stdout__, sys.__stderr__ = before  # type: ignore[misc]


@contextmanager
def real_streams() -> Iterator[None]:
    """Give `sys.stdout` and `sys.stderr` real descriptors while a session opens and runs.

    Textual puts objects without a descriptor in their place, and starting a process of
    `multiprocessing` fails on those.
    """
    with (
        os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace") as out,
        os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace") as error,
        redirect_stdout(out),
        redirect_stderr(error),
    ):
        yield
