from __future__ import annotations

import asyncio
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.domain.errors import DeviceError, ExitStatus
from simulator.domain.speech import Sound
from simulator.speaking.player import DevicePlayer

RATE_HZ = 22_050
HEARD_HZ = 16_000
TEXT = "One two three four."


def tone(seconds: float, note_hz: float = 440.0) -> Sound:
    samples = 16_000 * np.sin(2 * np.pi * note_hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)
    return Sound(samples.astype("<i2").tobytes(), RATE_HZ)


class Loudspeaker:
    """What the virtual loudspeaker plays, heard at its monitor."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [
                "parecord",
                "--device=speakers.monitor",
                "--raw",
                "--latency-msec=10",
                "--channels=1",
                f"--rate={HEARD_HZ}",
                "--format=s16le",
            ],
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._out = self._process.stdout
        self._out.read(HEARD_HZ // 5)  # it is listening from here on
        self._read = bytearray()
        # The pipe holds two seconds only.
        self._reading = threading.Thread(target=self._drain, name="loudspeaker")
        self._reading.start()

    def _drain(self) -> None:
        while more := self._out.read(HEARD_HZ // 10):
            self._read += more

    def heard(self) -> NDArray[np.int16]:
        """End the listening, and give what was heard."""
        self._process.terminate()
        self._process.wait()
        self._reading.join()
        self._out.close()
        rest = bytes(self._read)
        return np.frombuffer(rest[: len(rest) // 2 * 2], "<i2")


def loud_s(samples: NDArray[np.int16]) -> tuple[float, float]:
    """Give from when to when something is heard, seconds."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 500)
    return (float(loud[0]) / HEARD_HZ, float(loud[-1]) / HEARD_HZ) if len(loud) else (0.0, 0.0)


@pytest.fixture
def player_of(virtual_audio: object) -> Iterator[Callable[..., DevicePlayer]]:
    opened: list[DevicePlayer] = []

    def make(**options: object) -> DevicePlayer:
        player = DevicePlayer("", time.monotonic, **options)  # type: ignore[arg-type]
        opened.append(player)
        return player

    yield make
    for player in opened:
        player.close()


def nothing() -> None:
    """Nobody wants to know that it began."""


async def test_an_utterance_comes_out_of_the_loudspeaker_whole(player_of: Callable[..., DevicePlayer]) -> None:
    player = player_of()
    loudspeaker = Loudspeaker()
    spoken = await player.play(iter([tone(0.7), tone(0.5, 660)]), "One two. Three four.", nothing)
    begin_s, end_s = loud_s(loudspeaker.heard())
    assert end_s - begin_s == pytest.approx(1.2, abs=0.15)
    assert spoken.complete
    assert spoken.heard == "One two. Three four."
    assert spoken.ended_at_s - spoken.started_at_s == pytest.approx(1.2, abs=0.3)


async def test_a_stop_is_silent_soon_and_knows_what_was_heard(player_of: Callable[..., DevicePlayer]) -> None:
    player = player_of()
    loudspeaker = Loudspeaker()
    begun = asyncio.Event()
    playing = asyncio.ensure_future(player.play(iter([tone(4.0)]), TEXT, begun.set))
    await begun.wait()
    asyncio.get_running_loop().call_later(1.0, player.stop)
    spoken = await playing
    begin_s, end_s = loud_s(loudspeaker.heard())
    assert end_s - begin_s < 2.5
    assert not spoken.complete
    assert spoken.heard in {"One", "One two"}


async def test_what_is_held_is_silent_and_then_goes_on_a_little_before_the_cut(
    player_of: Callable[..., DevicePlayer],
) -> None:
    track: list[tuple[NDArray[np.int16], float]] = []
    player = player_of(recording=lambda samples, at_s: track.append((samples, at_s)))
    loudspeaker = Loudspeaker()
    begun = asyncio.Event()
    playing = asyncio.ensure_future(player.play(iter([tone(2.0)]), TEXT, begun.set))
    await begun.wait()
    asyncio.get_running_loop().call_later(1.2, player.hold)
    asyncio.get_running_loop().call_later(2.2, player.go_on)
    spoken = await playing
    samples = loudspeaker.heard()
    begin_s, end_s = loud_s(samples)
    levels = np.abs(samples[: len(samples) // 160 * 160].astype(np.int32)).reshape(-1, 160).max(axis=1)
    silent_s = float((levels[int(begin_s * 100) + 1 : int(end_s * 100)] < 500).sum()) / 100
    assert (spoken.heard, spoken.complete) == (TEXT, True)
    assert 0.8 < silent_s < 1.4
    again_s = end_s - begin_s - silent_s - 2.0
    assert 0.1 < again_s < 1.0
    gaps = [later - (at_s + len(s) / HEARD_HZ) for (s, at_s), (_, later) in pairwise(track)]
    assert max(gaps) == pytest.approx(silent_s, abs=0.3)


async def test_the_recording_and_the_echo_canceller_get_what_was_played(
    player_of: Callable[..., DevicePlayer],
) -> None:
    track: list[tuple[NDArray[np.int16], float]] = []
    blocks: queue.SimpleQueue[tuple[NDArray[np.int16], int]] = queue.SimpleQueue()
    player = player_of(
        recording=lambda samples, at_s: track.append((samples, at_s)),
        on_block=lambda samples, rate_hz: blocks.put((samples, rate_hz)),
    )
    spoken = await player.play(iter([tone(0.6)]), TEXT, nothing)
    player.close()
    recorded = np.concatenate([samples for samples, _ in track])
    assert len(recorded) / HEARD_HZ == pytest.approx(0.6, abs=0.01)
    assert track[0][1] == pytest.approx(spoken.started_at_s, abs=0.1)
    spectrum = np.abs(np.fft.rfft(recorded))
    assert np.argmax(spectrum) * HEARD_HZ / len(recorded) == pytest.approx(440, abs=3)
    reference = [blocks.get() for _ in range(blocks.qsize())]
    loud = sum(len(samples) / rate_hz for samples, rate_hz in reference if np.abs(samples).max() > 1000)
    assert loud == pytest.approx(0.6, abs=0.05)


async def test_the_next_utterance_follows_a_stop_at_once(player_of: Callable[..., DevicePlayer]) -> None:
    player = player_of()
    playing = asyncio.ensure_future(player.play(iter([tone(4.0)]), TEXT, player.stop))
    assert not (await playing).complete
    assert (await player.play(iter([tone(0.2)]), "Two.", nothing)).heard == "Two."


async def test_a_loudspeaker_that_goes_is_told_and_the_rest_is_played_when_it_is_back(
    player_of: Callable[..., DevicePlayer],
) -> None:
    told: list[str] = []
    player = player_of(notify=lambda text, hint: told.append(text))
    player._stream.abort()  # as a device that is unplugged: the callback is never called again
    spoken = await player.play(iter([tone(0.5)]), TEXT, nothing)
    assert told == ["The loudspeaker has gone.", "The loudspeaker is back."]
    assert (spoken.heard, spoken.complete) == (TEXT, True)


def test_a_loudspeaker_that_does_not_exist_is_told_with_what_to_do(virtual_audio: object) -> None:
    with pytest.raises(DeviceError, match="named 'gramophone'") as caught:
        DevicePlayer("gramophone", time.monotonic)
    assert caught.value.status is ExitStatus.NO_DEVICE
    assert "--output" in caught.value.hint
