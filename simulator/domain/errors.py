"""Errors that a user may meet: each says what is wrong and what to do, and carries an exit status."""

from __future__ import annotations

from enum import IntEnum


class ExitStatus(IntEnum):
    """The exit statuses of the command, as `docs/exit-status.md` lists them."""

    OK = 0
    FAILED = 1
    """Something went wrong that has no status of its own."""
    USAGE = 2
    """The command's words are off."""
    BAD_INPUT = 3
    """A file, pack or session cannot be used as it is."""
    NO_DEVICE = 4
    """No microphone or no speakers, or PortAudio is missing."""
    NO_MODEL = 5
    """A model or voice is missing and cannot be fetched, or does not match its hash."""
    NO_SERVER = 6
    """A configured server cannot be reached or refuses the key."""
    NO_SPACE = 7
    """The disk is full or the folder cannot be written."""
    INTERRUPTED = 130
    """Ctrl-C; the session is kept."""
    TERMINATED = 143
    """SIGTERM; the session is kept."""


class SimulatorError(Exception):
    """What is wrong in one clear sentence, and a hint that says what to do.

    Args:
        message: one sentence that names the thing that is wrong.
        hint: one sentence that says what to do about it.
    """

    status: ExitStatus = ExitStatus.FAILED

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(SimulatorError):
    """The command's words are off."""

    status = ExitStatus.USAGE


class BadInputError(SimulatorError):
    """A file, pack or session cannot be used as it is."""

    status = ExitStatus.BAD_INPUT


class DeviceError(SimulatorError):
    """A sound device is missing, vanished or delivers nothing."""

    status = ExitStatus.NO_DEVICE


class ModelError(SimulatorError):
    """A model or voice is missing, cannot be fetched or does not match its hash."""

    status = ExitStatus.NO_MODEL


class ServerError(SimulatorError):
    """A configured server cannot be reached, is too slow or answers rubbish."""

    status = ExitStatus.NO_SERVER


class StorageError(SimulatorError):
    """A folder cannot be written or the disk is full."""

    status = ExitStatus.NO_SPACE
