"""`interview doctor`: checks what an interview needs, and says what to do about each thing that is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from simulator import __version__
from simulator.config.paths import cache_dir, config_dir, data_dir, log_dir
from simulator.config.settings import Settings, load_settings
from simulator.domain.errors import DeviceError, ExitStatus, SimulatorError, StorageError
from simulator.models.manifest import manifest
from simulator.models.store import is_fetched, model_path

FREE_SPACE = 1_000_000_000
"""Bytes that should be free for sessions: an hour of both sides' sound is 230 MB."""

PACKAGES = ("faster-whisper", "ctranslate2", "onnxruntime", "sounddevice", "livekit", "textual", "pyttsx3", "openai")
EXTRAS = ("piper-tts", "xllamacpp")

RECORD_S = 2.0
"""Length of the test recording: long enough to say a few words, short enough to be waited for."""

RATE_HZ = 16_000
"""Rate of the test recording."""

_NOTHING = np.zeros(0, np.float32)


class State(StrEnum):
    """How a thing was found; the word is what is printed."""

    OK = "ok"
    NOTE = "note"
    """Something could be better; an interview works."""
    WRONG = "wrong"
    """An interview needs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: what kind of thing: program, folders, models, voices, sound, language model.
        thing: which one.
        state: how it was found.
        found: what was found, a sentence.
        advice: what to do, a sentence; "" where nothing need be done.
        status: the exit status that it leads to where it is wrong.
    """

    part: str
    thing: str
    state: State
    found: str
    advice: str = ""
    status: ExitStatus = ExitStatus.OK


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--no-sound", action="store_true", help="don't record and play")
    parser.add_argument("--input", default="", metavar="DEVICE", help="microphone to try, by name or number")
    parser.add_argument("--output", default="", metavar="DEVICE", help="loudspeaker to try, by name or number")
    parser.add_argument("--voice", default="", metavar="NAME", help="voice profile to try")


def run(options: argparse.Namespace) -> int:
    """Look at everything, and give the status of the first thing that is wrong."""
    findings: list[Finding] = []
    part = ""
    for finding in _findings(options):
        findings.append(finding)
        if not options.json:
            if finding.part != part:
                part = finding.part
                print(f"{part[0].upper()}{part[1:]}")
            print(f"  {finding.state.value:<6}{finding.thing}: {finding.found}", flush=True)
            if finding.advice:
                print(f"        {finding.advice}", flush=True)
    wrong = [finding for finding in findings if finding.state is State.WRONG]
    if options.json:
        print(json.dumps({"ok": not wrong, "findings": [asdict(finding) for finding in findings]}, indent=2))
    elif wrong:
        count = len(wrong)
        print(f"{count} thing{'s' if count > 1 else ''} must be put right: {', '.join(each.thing for each in wrong)}.")
    else:
        print("All that an interview needs is there.")
    return int(wrong[0].status if wrong else ExitStatus.OK)


def _findings(options: argparse.Namespace) -> Iterator[Finding]:
    yield from _program()
    settings = Settings()
    try:
        settings = load_settings()
        yield Finding("program", "settings", State.OK, "they can be read.")
    except SimulatorError as error:
        yield _wrong("program", "settings", error)
    yield from _folders()
    yield from _models()
    yield from _voices(options.voice or settings.voice.profile)
    yield from _language_model(settings)
    yield from _sound(options, settings)


def _wrong(part: str, thing: str, error: SimulatorError, state: State = State.WRONG) -> Finding:
    return Finding(part, thing, state, error.message, error.hint, error.status)


def _program() -> Iterator[Finding]:
    where = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield Finding("program", "interview-simulator", State.OK, f"version {__version__} on {where}.")
    found = []
    for package in (*PACKAGES, *EXTRAS):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            if package in PACKAGES:
                yield Finding(
                    "program",
                    package,
                    State.WRONG,
                    "it is not installed.",
                    "Install the program again.",
                    ExitStatus.FAILED,
                )
    yield Finding("program", "packages", State.OK, f"{', '.join(found)}.")


def _folders() -> Iterator[Finding]:
    for thing, folder in (
        ("settings", config_dir()),
        ("sessions", data_dir()),
        ("models", cache_dir()),
        ("logs", log_dir()),
    ):
        yield _folder(thing, folder)


def _folder(thing: str, folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"interview")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Finding(
            "folders",
            thing,
            State.WRONG,
            f"{folder} cannot be written: {error.strerror}.",
            "Give yourself the right to write there, or set INTERVIEW_CONFIG_DIR, INTERVIEW_DATA_DIR, "
            "INTERVIEW_CACHE_DIR or INTERVIEW_LOG_DIR to another folder.",
            ExitStatus.NO_SPACE,
        )
    if free < FREE_SPACE:
        return Finding(
            "folders",
            thing,
            State.NOTE,
            f"{folder} has only {free / 1e6:.0f} MB free.",
            "An hour of an interview's sound takes 230 MB: make room.",
        )
    return Finding("folders", thing, State.OK, f"{folder}, {free / 1e9:.1f} GB free.")


def _models() -> Iterator[Finding]:
    for model in manifest().values():
        if not model.wanted and not is_fetched(model.name):
            continue
        try:
            model_path(model.name)
            yield Finding("models", model.name, State.OK, f"it is here and whole, for {model.purpose}.")
        except SimulatorError as error:
            yield _wrong("models", model.name, error, State.WRONG if model.wanted else State.NOTE)


def _voices(name: str) -> Iterator[Finding]:
    """Let each engine of the profile say a word; one that speaks is enough."""
    from simulator.speaking.profiles import load_profile
    from simulator.speaking.voices import open_engine

    try:
        profile = load_profile(name)
    except SimulatorError as error:
        yield _wrong("voices", name, error)
        return
    failures: list[Finding] = []
    spoke = False
    for choice in profile.engines:
        try:
            engine = open_engine(choice)
            try:
                sound = engine.speak("Ready.")
            finally:
                engine.close()
            thing = f"{profile.name}, {choice.engine}"
            yield Finding("voices", thing, State.OK, f"{engine.name} speaks ({sound.duration_s:.1f} s of sound).")
            spoke = True
        except SimulatorError as error:
            failures.append(_wrong("voices", f"{profile.name}, {choice.engine}", error, State.NOTE))
    yield from failures
    if not spoke:
        yield Finding(
            "voices",
            profile.name,
            State.WRONG,
            "none of its engines can speak.",
            "Install piper-tts or espeak-ng, or choose another profile with --voice.",
            ExitStatus.NO_MODEL,
        )


def _language_model(settings: Settings) -> Iterator[Finding]:
    chosen = settings.language_model
    if not chosen.base_url:
        yield Finding("language model", "address", State.OK, "none is set; the built-in engine does everything.")
        return
    import openai

    from simulator.config.keys import find_key

    client = openai.OpenAI(
        api_key=find_key(chosen.key_env, chosen.base_url) or "none",
        base_url=chosen.base_url,
        timeout=min(chosen.timeout_s, 5.0),
        max_retries=0,
    )
    try:
        models = [model.id for model in client.models.list().data]
    except openai.AuthenticationError:
        advice = f"Set {chosen.key_env} or put the key into the keyring."
        yield Finding(
            "language model", chosen.base_url, State.WRONG, "it refuses the key.", advice, ExitStatus.NO_SERVER
        )
        return
    except openai.APIError as error:
        yield Finding(
            "language model",
            chosen.base_url,
            State.WRONG,
            f"it does not answer as it must ({type(error).__name__}).",
            "Start the server, mend language_model.base_url in the settings, or empty it.",
            ExitStatus.NO_SERVER,
        )
        return
    finally:
        client.close()
    if chosen.model and chosen.model not in models:
        known = ", ".join(models[:5]) or "none"
        yield Finding(
            "language model", chosen.model, State.NOTE, f"{chosen.base_url} does not list it.", f"It lists: {known}."
        )
    else:
        yield Finding("language model", chosen.base_url, State.OK, f"it answers, with {len(models)} model(s).")


def _sound(options: argparse.Namespace, settings: Settings) -> Iterator[Finding]:
    from simulator.listening.devices import list_inputs, list_outputs, resolve_input, resolve_output

    with _quiet() as screen:
        chosen: dict[str, str] = {}
        for thing, listing, resolve, wanted in (
            ("microphone", list_inputs, resolve_input, options.input or settings.sound.input),
            ("loudspeaker", list_outputs, resolve_output, options.output or settings.sound.output),
        ):
            try:
                for device in listing():
                    default = ", the default" if device.default else ""
                    found = f"{device.name} ({device.host}, {device.rate_hz / 1000:g} kHz{default})."
                    yield Finding("sound", f"{thing} {device.number}", State.OK, found)
                yield Finding("sound", f"chosen {thing}", State.OK, f"{resolve(wanted).name}.")
                chosen[thing] = wanted
            except DeviceError as error:
                yield _wrong("sound", thing, error)
        if options.no_sound:
            return
        recorded = _NOTHING
        try:
            if "microphone" in chosen:
                print(f"Say a few words ({RECORD_S:.0f} s) ...", file=screen, flush=True)
                recorded = _record(chosen["microphone"])
                yield _level(recorded)
        except DeviceError as error:
            yield _wrong("sound", "microphone, recording", error)
        try:
            if "loudspeaker" in chosen:
                yield _play(chosen["loudspeaker"], recorded)
        except DeviceError as error:
            yield _wrong("sound", "loudspeaker, playing", error)


@contextmanager
def _quiet() -> Iterator[TextIO]:
    """Keep what the sound libraries print out of the findings; gives the stream to write to meanwhile."""
    from simulator.listening.stderr import quiet_stderr

    try:
        screen = quiet_stderr(log_dir() / "sound.log")
    except StorageError:
        # The folder is among the findings already; the rest is worth knowing all the same.
        yield sys.stderr
        return
    try:
        yield screen
    finally:
        os.dup2(screen.fileno(), 2)
        screen.close()


def _record(wanted: str) -> NDArray[np.float32]:
    """Record `RECORD_S` seconds: float32 mono at 16 kHz, less where the device delivers less."""
    from simulator.listening.microphone import MicrophoneSource
    from simulator.listening.sources import Block

    source = MicrophoneSource(wanted)
    blocks: list[NDArray[np.float32]] = []
    until = time.monotonic() + RECORD_S + 1.0
    try:
        while sum(map(len, blocks)) < RECORD_S * RATE_HZ and time.monotonic() < until:
            item = source.read(0.2)
            if isinstance(item, Block):
                blocks.append(item.samples)
    finally:
        source.close()
    return np.concatenate(blocks) if blocks else _NOTHING


def _level(recorded: NDArray[np.float32]) -> Finding:
    from simulator.listening.levels import judge_level

    report = judge_level(recorded)
    found = f"recorded {len(recorded) / RATE_HZ:.1f} s: {report.verdict.replace('_', ' ')}, speech at "
    found += f"{report.speech_dbfs:.0f}, noise at {report.noise_dbfs:.0f}, peak at {report.peak_dbfs:.0f} dBFS."
    if report.verdict == "silent":
        return Finding("sound", "microphone, recording", State.WRONG, found, report.advice, ExitStatus.NO_DEVICE)
    state = State.OK if report.good else State.NOTE
    return Finding("sound", "microphone, recording", state, found, report.advice)


def _play(wanted: str, recorded: NDArray[np.float32]) -> Finding:
    """Play a chime, then what was recorded."""
    from simulator.domain.speech import Sound
    from simulator.speaking.device_player import DevicePlayer

    sounds = [Sound((32_767 * piece).astype("<i2").tobytes(), RATE_HZ) for piece in (_chime(), recorded) if len(piece)]
    player = DevicePlayer(wanted, time.monotonic)
    try:
        spoken = asyncio.run(player.play(iter(sounds), "", lambda: None))
        found = f"played a chime and what was recorded, {spoken.ended_at_s - spoken.started_at_s:.1f} s, "
        found += f"latency {1000 * player.latency_s:.0f} ms. If you did not hear it, turn it up or choose another."
    finally:
        player.close()
    return Finding("sound", "loudspeaker, playing", State.OK, found)


def _chime() -> NDArray[np.float32]:
    """Give two soft notes, 0.5 s."""
    at_s = np.arange(RATE_HZ // 4, dtype=np.float32) / RATE_HZ
    fade = np.minimum(1, np.minimum(at_s, at_s[::-1]) / 0.05)
    return np.concatenate([0.2 * fade * np.sin(2 * np.pi * note_hz * at_s) for note_hz in (440, 660)]).astype(
        np.float32
    )
