"""The player of stored sessions: speed without change of pitch, exact positions, an end."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.speaking.session_player import RATE_HZ, SPEEDS, SessionPlayer, stretched

LENGTH_S = 4.0


def tone(start_s: float, end_s: float) -> NDArray[np.int16]:
    at = np.arange(round(start_s * RATE_HZ), round(end_s * RATE_HZ)) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


@pytest.mark.parametrize("speed", SPEEDS)
def test_speed_changes_the_length_and_not_the_pitch(speed: float) -> None:
    sound = np.concatenate(list(stretched(iter([tone(i / 10, (i + 1) / 10) for i in range(40)]), speed)))
    assert len(sound) / RATE_HZ == pytest.approx(LENGTH_S / speed, abs=0.1)
    middle = sound[len(sound) // 4 : len(sound) // 4 + 8000].astype(float)
    heard_hz = np.argmax(np.abs(np.fft.rfft(middle * np.hanning(8000)))) * RATE_HZ / 8000
    assert heard_hz == pytest.approx(440, abs=4)


def test_a_jump_is_exact_and_stays_inside_the_session() -> None:
    player = SessionPlayer(tone, LENGTH_S, "no such loudspeaker")
    try:
        for wanted_s, reached_s in ((1.25, 1.25), (-3.0, 0.0), (99.0, LENGTH_S)):
            player.seek(wanted_s)
            assert player.position_s == reached_s
        assert player.problem is not None
    finally:
        player.close()


def test_closing_ends_both_threads_while_it_plays_and_while_it_stands() -> None:
    for playing in (True, False):
        player = SessionPlayer(tone, LENGTH_S, "no such loudspeaker")
        if playing:
            player.play()
        player.close()
        assert not [each for each in threading.enumerate() if each.name.startswith("session-player")]
