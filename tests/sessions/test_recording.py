"""A recording is readable at any moment, keeps its clock, and survives a full disk."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import textwrap
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.recording import RATE_HZ, Recording, read_sound, recorded_s

TONE = (8000 * np.sin(np.arange(RATE_HZ) * 2 * np.pi * 220 / RATE_HZ)).astype(np.int16)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)


def test_what_was_recorded_is_read_back(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE[:5000])
    recording.write(TONE[5000:])
    recording.close()
    assert np.array_equal(read_sound(tmp_path / "a.wav"), TONE)


def test_any_player_reads_it(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE)
    recording.close()
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        assert file.readframes(RATE_HZ) == TONE.tobytes()


def test_a_gap_becomes_silence(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE, 2.5)
    recording.close()
    sound = read_sound(tmp_path / "a.wav")
    assert not sound[: int(2.5 * RATE_HZ)].any()
    assert np.array_equal(sound[int(2.5 * RATE_HZ) :], TONE)


def test_what_overlaps_the_written_sound_is_left_out(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE)
    recording.write(TONE, 0.5)
    assert recording.position_s == 1.5
    recording.close()


def test_the_unevenness_of_a_clock_does_not_cut_the_sound(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE, 0.0)
    recording.write(TONE, 1.004)
    recording.write(TONE, 1.996)
    recording.close()
    assert np.array_equal(read_sound(tmp_path / "a.wav"), np.concatenate([TONE] * 3))


def test_a_slice_is_read_alone(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "a.wav")
    recording.write(TONE)
    recording.close()
    assert np.array_equal(read_sound(tmp_path / "a.wav", 0.25, 0.5), TONE[4000:8000])
    assert read_sound(tmp_path / "a.wav", 5.0, 6.0).size == 0


def test_a_recording_is_gone_on_with(tmp_path: Path) -> None:
    for _ in range(2):
        recording = Recording(tmp_path / "a.wav")
        recording.write(TONE)
        recording.close()
    assert np.array_equal(read_sound(tmp_path / "a.wav"), np.concatenate([TONE, TONE]))


def test_it_is_the_owners_alone(tmp_path: Path) -> None:
    Recording(tmp_path / "a.wav").close()
    assert (tmp_path / "a.wav").stat().st_mode & 0o777 == 0o600


def test_kill_loses_less_than_a_second(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    script = textwrap.dedent(f"""
        import os, signal
        import numpy as np
        from pathlib import Path
        from simulator.sessions.recording import Recording
        recording = Recording(Path({str(path)!r}))
        for n in range(1000):
            recording.write(np.full(160, n, np.int16))
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    subprocess.run([sys.executable, "-c", script], check=False)
    assert recorded_s(path) > 9.0
    assert np.array_equal(read_sound(path)[::160], np.arange(len(read_sound(path)) // 160))
    with wave.open(str(path)) as file:
        assert file.getnframes() > 9.0 * RATE_HZ


def test_a_full_disk_is_said_once_and_what_is_there_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    recording = Recording(path)
    with room_for(44 + 3 * TONE.nbytes):
        for _ in range(3):
            recording.write(TONE)
        with pytest.raises(StorageError):
            recording.write(TONE)
        recording.write(TONE)
    assert np.array_equal(read_sound(path), np.concatenate([TONE] * 3))
    recording.close()


def test_when_there_is_room_again_the_clock_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    recording = Recording(path)
    recording.write(TONE, 0.0)
    with room_for(44 + TONE.nbytes), pytest.raises(StorageError):
        recording.write(TONE, 1.0)
    recording.write(TONE, 2.0)
    recording.close()
    sound = read_sound(path)
    assert not sound[RATE_HZ : 2 * RATE_HZ].any()
    assert np.array_equal(sound[2 * RATE_HZ :], TONE)


def test_a_file_that_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"hello" * 100)
    with pytest.raises(BadInputError, match="no recording"):
        read_sound(tmp_path / "a.wav")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        read_sound(tmp_path / "none.wav")
    assert recorded_s(tmp_path / "none.wav") == 0.0
