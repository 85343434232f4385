"""Sound devices: listing and choosing them, and trying the input before an interview."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from simulator.domain.errors import DeviceError
from simulator.listening.levels import LevelReport, judge_level

LOWEST_HZ, HIGHEST_HZ = 8_000, 192_000
"""Rates that are taken; anything else a driver states is a mistake, and 48 kHz is tried instead."""

_RATE_HZ = 48_000

_starting = threading.Lock()


@dataclass(frozen=True, slots=True)
class Device:
    """A sound device.

    Attributes:
        number: PortAudio's.
        name: as the system calls it.
        host: the sound system it belongs to (ALSA, Core Audio, WASAPI).
        channels: inputs or outputs it has, whichever was asked for.
        rate_hz: the rate that it prefers.
        default: whether it is the system's default.
    """

    number: int
    name: str
    host: str
    channels: int
    rate_hz: float
    default: bool


def portaudio() -> ModuleType:
    """Load PortAudio through sounddevice.

    Raises:
        DeviceError: the PortAudio library is missing.
    """
    try:
        import sounddevice
    except OSError as error:
        raise DeviceError(
            "The PortAudio library is missing.",
            "On Debian or Ubuntu: sudo apt-get install libportaudio2. Or answer in writing: interview start --typed.",
        ) from error
    module: ModuleType = sounddevice
    return module


def reinitialize() -> None:
    """Start PortAudio afresh, so that it sees devices that have come since. Every open stream of the program dies."""
    sounddevice = portaudio()
    with _starting:
        try:
            sounddevice._terminate()
        except sounddevice.PortAudioError:
            pass  # it had not been started, which is all that is wanted
        sounddevice._initialize()


def list_inputs() -> tuple[Device, ...]:
    """Give all microphones.

    Raises:
        DeviceError: PortAudio is missing or does not answer.
    """
    return _list("input")


def list_outputs() -> tuple[Device, ...]:
    """Give all loudspeakers.

    Raises:
        DeviceError: PortAudio is missing or does not answer.
    """
    return _list("output")


def resolve_input(wanted: str) -> Device:
    """Give the microphone with a number, a name, or a part of one; "" gives the system's default.

    Raises:
        DeviceError: there is none, or several fit.
    """
    return _resolve(list_inputs(), wanted, "microphone")


def resolve_output(wanted: str) -> Device:
    """Give the loudspeaker with a number, a name, or a part of one; "" gives the system's default.

    Raises:
        DeviceError: there is none, or several fit.
    """
    return _resolve(list_outputs(), wanted, "loudspeaker")


def describe(device: Device) -> str:
    """Give a device as one line of a listing."""
    mark = "*" if device.default else " "
    channels = f"{device.channels} channel{'s' if device.channels != 1 else ''}"
    return f"{mark} {device.number:>3}  {device.name}  ({device.host}, {channels}, {device.rate_hz / 1000:g} kHz)"


def probe_input(seconds: float = 3.0, wanted: str = "") -> LevelReport:
    """Listen for some seconds while somebody speaks, and say whether the input is fit.

    Raises:
        DeviceError: there is no such microphone or it cannot be opened.
    """
    from simulator.listening.microphone import MicrophoneSource
    from simulator.listening.sources import BLOCK_S, Block

    source = MicrophoneSource(wanted)
    try:
        heard: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
        misses = 0
        while len(heard) * BLOCK_S < seconds and misses < seconds * 10:
            item = source.read(0.2)
            if isinstance(item, Block):
                heard.append(item.samples)
            else:
                misses += 1
    finally:
        source.close()
    return judge_level(np.concatenate(heard) if heard else np.zeros(0, np.float32))


def _list(direction: str) -> tuple[Device, ...]:
    sounddevice = portaudio()
    try:
        hosts = [host["name"] for host in sounddevice.query_hostapis()]
        default = sounddevice.default.device[0 if direction == "input" else 1]
        devices = sounddevice.query_devices()
    except sounddevice.PortAudioError as error:
        raise DeviceError("The sound system does not answer.", "Restart it, or plug the device in again.") from error
    found = []
    for number, raw in enumerate(devices):
        channels = int(raw[f"max_{direction}_channels"])
        if channels == 0:
            continue
        rate_hz = float(raw["default_samplerate"])
        if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
            rate_hz = _RATE_HZ
        found.append(Device(number, raw["name"], hosts[raw["hostapi"]], channels, rate_hz, number == default))
    return tuple(found)


def _resolve(devices: tuple[Device, ...], wanted: str, kind: str) -> Device:
    if not devices:
        raise DeviceError(
            f"There is no {kind}.",
            "Plug one in. Without one: interview demo, or interview start --typed.",
        )
    wanted = wanted.strip()
    if not wanted:
        return next((device for device in devices if device.default), devices[0])
    if wanted.isdigit():
        for device in devices:
            if device.number == int(wanted):
                return device
        raise DeviceError(f"There is no {kind} with the number {wanted}.", "Run: interview doctor")
    exact = [device for device in devices if device.name == wanted]
    part = exact or [device for device in devices if wanted.lower() in device.name.lower()]
    if not part:
        raise DeviceError(f"There is no {kind} called {wanted}.", "Run: interview doctor")
    if len({device.name for device in part}) > 1:
        names = ", ".join(device.name for device in part)
        raise DeviceError(f"Several {kind}s fit {wanted}: {names}.", "Give more of the name, or the number.")
    return part[0]
