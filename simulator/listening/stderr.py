"""Keeps what PortAudio and ALSA print away from the screen, which is drawn through the same file descriptor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

from simulator.domain.errors import StorageError


def quiet_stderr(log_path: Path) -> TextIO:
    """Point file descriptor 2 at a log, and give a copy of what it was for the screen.

    Call it before PortAudio is loaded. The copy is a text stream that the caller owns.

    Raises:
        StorageError: the log cannot be opened.
    """
    try:
        log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise StorageError(f"The log {log_path} cannot be written: {error.strerror}.", "Free or unlock it.") from error
    screen = os.dup(2)
    os.dup2(log, 2)
    os.close(log)
    return os.fdopen(screen, "w", encoding="utf-8", errors="replace", buffering=1)
