"""Recordings: sound written as it comes into a WAV file that is readable after a crash, and read by the slice."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.domain.errors import BadInputError, StorageError

RATE_HZ = 16_000
"""Samples a second, mono, 16 bits: the one rate inside the program."""

JITTER_S = 0.02
"""Positions that differ by less than this from the end of what is written are taken to follow it directly: two
device blocks of 10 ms, the unevenness of positions that a player or a callback reports."""

_HEADER = struct.Struct("<4sL4s4sLHHLLHH4sL")
_FLUSH_SAMPLES = RATE_HZ // 4
_HEADER_SAMPLES = RATE_HZ // 2
_SILENCE = bytes(2 * RATE_HZ)


def _header(data_bytes: int) -> bytes:
    return _HEADER.pack(
        b"RIFF", 36 + data_bytes, b"WAVE", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16, b"data", data_bytes
    )


class Recording:
    """Writes one side of a session: 16 kHz, mono, 16-bit WAV.

    What is given goes to the file after at most a quarter of a second of sound, and the header is right
    at least every half second of sound, so that a crash loses less than a second and any player opens the
    file. An existing recording is gone on with. Belongs to one thread at a time.

    Args:
        path: the file; made with owner-only permissions if it is not there.

    Raises:
        StorageError: the file cannot be opened for writing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failed = False
        self._closed = False
        self._pending = bytearray()
        self._since_header = 0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            size = os.fstat(self._file).st_size
            self._data_bytes = max(0, size - _HEADER.size) // 2 * 2
            self._patch_header()
            os.ftruncate(self._file, _HEADER.size + self._data_bytes)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError as error:
            raise _storage_error(path, error) from error

    @property
    def position_s(self) -> float:
        """Length of what has been given so far, seconds."""
        return (self._data_bytes + len(self._pending)) / 2 / RATE_HZ

    def write(self, samples: NDArray[np.int16], position_s: float | None = None) -> None:
        """Add samples at a position; a gap before it becomes silence, what overlaps the written sound is left out.

        Args:
            samples: shape (n,), 16-bit.
            position_s: where they belong, seconds since the session began; None puts them at the end.

        Raises:
            StorageError: the disk is full or gone. Raised once: later samples are taken as soon as there is
                room again (with silence for what was lost), and until then passed over.
        """
        if position_s is not None:
            gap = round((position_s - self.position_s) * RATE_HZ)
            if gap > JITTER_S * RATE_HZ:
                self._pad(gap)
            elif gap < -JITTER_S * RATE_HZ:
                samples = samples[-gap:]
        self._pending += samples.astype("<i2", copy=False).tobytes()
        if len(self._pending) >= 2 * _FLUSH_SAMPLES:
            self._flush()

    def _pad(self, samples: int) -> None:
        missing = 2 * samples
        while missing > 0:
            piece = _SILENCE[:missing]
            self._pending += piece
            missing -= len(piece)
            self._flush()
            if self._failed:
                return

    def _flush(self) -> None:
        pending, self._pending = bytes(self._pending), bytearray()
        try:
            written = 0
            while written < len(pending):
                written += os.write(self._file, pending[written:])
            self._data_bytes += len(pending)
            self._since_header += len(pending) // 2
            if self._since_header >= _HEADER_SAMPLES:
                self._patch_header()
            self._failed = False
        except OSError as error:
            self._go_back()
            if not self._failed:
                self._failed = True
                raise _storage_error(self._path, error) from error

    def _go_back(self) -> None:
        """Take the file back to its last whole piece after a write that failed."""
        try:
            os.ftruncate(self._file, _HEADER.size + self._data_bytes)
            os.lseek(self._file, 0, os.SEEK_END)
        except OSError:
            self._failed = True  # the disk itself is gone; the caller raises what happened first

    def _patch_header(self) -> None:
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, _header(self._data_bytes))
        os.lseek(self._file, 0, os.SEEK_END)
        self._since_header = 0

    def flush(self) -> None:
        """Write out all that was given, header included.

        Raises:
            StorageError: as for `write`.
        """
        self._flush()
        if not self._failed:
            self._patch_header()

    def close(self) -> None:
        """Write out all that was given, bring it to the disk and close the file; closing twice is allowed.

        Raises:
            StorageError: as for `write`.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.flush()
            os.fsync(self._file)
        except OSError as error:
            raise _storage_error(self._path, error) from error
        finally:
            os.close(self._file)


def _storage_error(path: Path, error: OSError) -> StorageError:
    why = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else str(error.strerror)
    return StorageError(
        f"The recording {path} cannot be written: {why}.",
        "Free some space; the session goes on and what was recorded so far is kept.",
    )


def recorded_s(path: Path) -> float:
    """Give the length of a recording in seconds, by the sound in it and not by its header; 0 if there is none."""
    try:
        return max(0, path.stat().st_size - _HEADER.size) // 2 / RATE_HZ
    except OSError:
        return 0.0


def read_sound(path: Path, start_s: float = 0.0, end_s: float | None = None) -> NDArray[np.int16]:
    """Read a slice of a recording, also of one that a crash has cut off.

    Args:
        path: a file that `Recording` wrote.
        start_s: from where, seconds.
        end_s: to where, seconds; None reads to the end. What lies beyond the sound is left out.

    Returns:
        16-bit samples at `RATE_HZ`, shape (n,).

    Raises:
        BadInputError: the file is not there or is no recording of this program's.
    """
    first = max(0, round(start_s * RATE_HZ))
    count = -1 if end_s is None else max(0, round(end_s * RATE_HZ) - first)
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size or head[: _HEADER.size - 4][8:] != _header(0)[8 : _HEADER.size - 4]:
                raise BadInputError(
                    f"The file {path} is no recording of this program's.", "Import it with `interview import`."
                )
            file.seek(2 * first, os.SEEK_CUR)
            content = file.read() if count < 0 else file.read(2 * count)
    except OSError as error:
        raise BadInputError(
            f"The recording {path} cannot be read: {error.strerror}.", "Check the session's folder."
        ) from error
    return np.frombuffer(content[: len(content) // 2 * 2], dtype="<i2").astype(np.int16)
