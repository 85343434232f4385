from __future__ import annotations

import subprocess
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import DeviceError
from simulator.listening.decoding import decode_whole
from simulator.listening.devices import list_inputs, resolve_input
from simulator.listening.echo import EchoCanceller, echo_mode
from simulator.listening.microphone import MicrophoneSource
from simulator.listening.sources import BLOCK_S, Block, Delivery, Lost, Resumed

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def microphone(virtual_audio: None) -> Iterator[MicrophoneSource]:
    source = MicrophoneSource()
    yield source
    source.close()


def read_until(source: MicrophoneSource, enough: Callable[[Delivery], bool], longest_s: float = 20.0) -> list[Delivery]:
    """Read until something comes; counts time by the blocks that were delivered."""
    got: list[Delivery] = []
    while sum(isinstance(item, Block) for item in got) * BLOCK_S < longest_s:
        item = source.read(0.5)
        if item is not None:
            got.append(item)
            if enough(item):
                return got
    raise AssertionError("it did not come")


def sound_of(items: list[Delivery]) -> np.ndarray:
    return np.concatenate([item.samples for item in items if isinstance(item, Block)])


def test_what_is_played_into_the_microphone_is_captured(microphone: MicrophoneSource, tmp_path: Path):
    speech = decode_whole(SOUND / "jfk.flac")[: 16_000 * 3]
    path = tmp_path / "said.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((speech * 32767).astype(np.int16).tobytes())
    player = subprocess.Popen(["paplay", "--device=mic_cable", "--latency-msec=20", path])
    count = 0

    def enough(item: Delivery) -> bool:
        nonlocal count
        count += isinstance(item, Block)
        return count * BLOCK_S >= 5.0

    heard = sound_of(read_until(microphone, enough))
    player.wait()
    matches = [best_match(heard, speech[at : at + 4000]) for at in range(4000, len(speech) - 4000, 4000)]
    # Piece by piece, since a busy machine may lose a block between the player and the microphone.
    assert np.median(matches) > 0.9


def best_match(heard: np.ndarray, piece: np.ndarray) -> float:
    """Give the best normalized correlation of a piece of sound with any place in what was heard."""
    products = np.correlate(heard, piece, "valid")
    energy = np.convolve(heard**2, np.ones(len(piece)), "valid") * np.sum(piece**2)
    return float(np.max(products / np.sqrt(np.maximum(energy, 1e-9))))


def test_a_late_reader_loses_no_microphone_and_no_sound(virtual_audio: None):
    now_s = 0.0
    source = MicrophoneSource(clock=lambda: now_s)
    try:
        read_until(source, lambda item: isinstance(item, Block))
        rate_hz = round(source.device.rate_hz)
        # Two seconds at once, as a device brings them to a program that was held up.
        source._called(np.full((2 * rate_hz, 1), 0.1, np.float32), 2 * rate_hz, None, None)
        read_until(source, lambda item: isinstance(item, Block) and bool(np.abs(item.samples).mean() > 0.05))
        now_s = 5.0
        late = [source.read(0.5) for _ in range(150)]
    finally:
        source.close()
    assert all(isinstance(item, Block) for item in late)


def test_an_unplugged_microphone_is_noticed_and_resumed(microphone: MicrophoneSource):
    read_until(microphone, lambda item: isinstance(item, Block))
    subprocess.run(["pactl", "unload-module", "module-remap-source"], check=True)
    lost = read_until(microphone, lambda item: isinstance(item, Lost))
    # What is still in the buffers, and two seconds.
    assert sum(isinstance(item, Block) for item in lost) * BLOCK_S < 2.5
    subprocess.run(
        ["pactl", "load-module", "module-remap-source", "source_name=mic", "master=mic_cable.monitor"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    subprocess.run(["pactl", "set-default-source", "mic"], check=True)
    gap = read_until(microphone, lambda item: isinstance(item, Resumed))
    resumed = gap[-1]
    assert isinstance(resumed, Resumed)
    assert not sound_of(gap).any()
    assert resumed.gap_s == pytest.approx(len(sound_of(gap)) / 16_000, abs=0.05)


def test_a_change_of_the_default_microphone_is_followed(microphone: MicrophoneSource):
    sine = subprocess.run(
        ["pactl", "load-module", "module-sine-source", "source_name=whistle", "frequency=440"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    try:
        read_until(microphone, lambda item: isinstance(item, Block))
        subprocess.run(["pactl", "set-default-source", "whistle"], check=True)
        heard = read_until(microphone, lambda item: isinstance(item, Block) and float(np.abs(item.samples).max()) > 0.3)
        whistle = sound_of([*heard[-1:], *(microphone.read(0.5) for _ in range(50))])
        assert np.argmax(np.abs(np.fft.rfft(whistle))) * 16_000 / len(whistle) == pytest.approx(440, abs=10)
    finally:
        subprocess.run(["pactl", "set-default-source", "mic"], check=True)
        subprocess.run(["pactl", "unload-module", sine], check=True)


def test_a_microphone_is_found_by_number_and_by_part_of_its_name(virtual_audio: None):
    first = list_inputs()[0]
    assert resolve_input(str(first.number)) == first
    assert resolve_input("default").name == "default"


def test_a_microphone_that_is_not_there_is_an_error_with_a_hint(virtual_audio: None):
    with pytest.raises(DeviceError) as caught:
        MicrophoneSource("no such microphone")
    assert "no such microphone" in caught.value.message
    assert caught.value.hint


def test_the_echo_is_cancelled_and_the_candidate_is_not():
    canceller = EchoCanceller()
    speech = decode_whole(SOUND / "jfk.flac")
    played = np.concatenate([speech, speech])[: 16_000 * 16]
    echo = 0.4 * np.concatenate([np.zeros(16 * 40, np.float32), played])[: len(played)]
    near = decode_whole(SOUND / "free_speech.flac")[16_000 * 2 : 16_000 * 5]
    heard = echo.copy()
    heard[-len(near) :] += near
    cleaned = []
    for begin in range(0, len(heard) - 159, 160):
        canceller.reference(played[begin : begin + 160], 16_000)
        cleaned.append(canceller.clean(heard[begin : begin + 160].astype(np.float32)))
    clean = np.concatenate(cleaned)
    alone = slice(16_000 * 8, 16_000 * 12)
    assert np.sqrt(np.mean(clean[alone] ** 2)) < 0.1 * np.sqrt(np.mean(heard[alone] ** 2))
    assert np.sqrt(np.mean(clean[-len(near) :] ** 2)) > 0.2 * np.sqrt(np.mean(near**2))


def test_the_echo_is_cancelled_unless_the_setting_says_otherwise():
    assert echo_mode("auto") == "cancel"
    assert echo_mode("half_duplex") == "half_duplex"
