"""Ears and mouth for a spoken session: microphone or file, recognizer, voice, player, recordings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.config.keys import find_key
from simulator.config.settings import Settings
from simulator.domain.errors import StorageError
from simulator.domain.speech import Voice
from simulator.domain.state import SessionState
from simulator.listening.echo import EchoMode, echo_mode
from simulator.listening.listener import Listener
from simulator.listening.microphone import MicrophoneSource
from simulator.listening.recognizer_messages import Server, Setup
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.listening.smart_turn import SmartTurn
from simulator.listening.sources import BLOCK_S, FileSource, Source
from simulator.models.store import model_path
from simulator.rehearsal.compose import Body, Options
from simulator.rehearsal.notices import Notices
from simulator.sessions.folder import SessionFolder
from simulator.sessions.recording import Recording
from simulator.speaking.playback import Player
from simulator.speaking.silent_player import SilentPlayer
from simulator.speaking.speaker import Speaker
from simulator.speaking.voices import open_voice


@dataclass(frozen=True, slots=True)
class Devices:
    """What a spoken session hears and plays with.

    Attributes:
        source: where the candidate's sound comes from.
        echo: how the interviewer's voice is kept out of it.
        output: loudspeaker, by name or number; "" follows the system's default; None plays to nobody.
    """

    source: Source
    echo: EchoMode
    output: str | None


class GuardedTrack:
    """One side's recording, whose failure is told once and does not end the session.

    The events are kept all the same, so nothing that was said is lost but its sound.
    """

    def __init__(self, recording: Recording, notices: Notices) -> None:
        self._recording = recording
        self._notices = notices

    def __call__(self, samples: NDArray[np.int16], position_s: float) -> None:
        """Write a block at its place."""
        try:
            self._recording.write(samples, position_s)
        except StorageError as error:
            self._notices.add(error.message, error.hint)


def spoken_body(
    options: Options,
    settings: Settings,
    folder: SessionFolder,
    state: SessionState,
    closing: ExitStack,
    notices: Notices,
    voice: Voice | None = None,
) -> Body:
    """Give the ears and the mouth of a spoken session; without a voice, the one that the options ask for is opened.

    Raises:
        BadInputError: the recording that stands in for the microphone cannot be read.
        DeviceError: there is no microphone.
        ModelError: a needed model is missing.
    """
    output = options.output or settings.sound.output
    if options.recording is not None:
        source: Source = FileSource(options.recording, fast=options.fast)
        devices = Devices(source, EchoMode.HALF_DUPLEX, None if options.fast else output)
    else:
        source = MicrophoneSource(options.input or settings.sound.input)
        devices = Devices(source, echo_mode(settings.sound.echo), output)
    return body_on(devices, options, settings, folder, state, closing, notices, voice)


def body_on(
    devices: Devices,
    options: Options,
    settings: Settings,
    folder: SessionFolder,
    state: SessionState,
    closing: ExitStack,
    notices: Notices,
    voice: Voice | None = None,
) -> Body:
    """Give ears and mouth on given devices; both sides are recorded into the session's folder."""
    if voice is None:
        # First of all: the opening words wait for the voice, and nothing waits for the recognizer until then.
        voice = open_voice(options.voice, settings, notices.add)
        closing.callback(voice.close)
    tracks = [Recording(folder.candidate), Recording(folder.interviewer)]
    for track in tracks:
        closing.callback(track.close)
    candidate, interviewer = (GuardedTrack(track, notices) for track in tracks)
    recognizer = ProcessRecognizer(
        Setup(
            model=model_path(f"whisper-{settings.recognizer.model}"),
            name=f"whisper-{settings.recognizer.model}",
            compute_type=settings.recognizer.compute_type,
            language=settings.recognizer.language,
            live=not devices.source.fast,
            server=recognizer_server(settings),
        )
    )
    closing.callback(recognizer.close)
    listener = Listener(
        devices.source,
        recognizer,
        recording=candidate,
        echo=devices.echo,
        smart_turn=SmartTurn(model_path("smart-turn-v3.2")),
        start_s=state.at_s,
    )
    player = player_on(devices, listener, interviewer, notices)
    return Body(
        ears=listener,
        mouth=Speaker(voice, player),
        engines={"recognizer": recognizer.engine, "voice": voice.engine},
        half_duplex=devices.echo is EchoMode.HALF_DUPLEX,
    )


def recognizer_server(settings: Settings) -> Server | None:
    """Give the server that the user has configured to recognize speech, or None: then it is done here."""
    address = settings.recognizer.base_url
    if not address:
        return None
    key = find_key(settings.language_model.key_env, address)
    return Server(address, settings.recognizer.remote_model, key)


def player_on(
    devices: Devices, listener: Listener, track: Callable[[NDArray[np.int16], float], None], notices: Notices
) -> Player:
    """Give the player for some devices: a loudspeaker's, or one that plays to nobody."""

    def now_s() -> float:
        return listener.position_s

    if devices.output is None:
        wait = time_of(listener) if devices.source.fast else asyncio.sleep
        return SilentPlayer(now_s, wait, recording=track)
    from simulator.listening.devices import reinitialize
    from simulator.speaking.device_player import DevicePlayer

    return DevicePlayer(
        devices.output, now_s, on_block=listener.reference, recording=track, notify=notices.add, restart=reinitialize
    )


def time_of(listener: Listener) -> Callable[[float], Awaitable[None]]:
    """Give the way to let a fast session's time go by: its clock is moved, and waited for."""

    async def pass_time(seconds: float) -> None:
        until_s = listener.position_s + seconds
        listener.advance(seconds)
        while listener.position_s < until_s - BLOCK_S / 2:  # noqa: ASYNC110 - the clock is another thread's
            await asyncio.sleep(0.001)

    return pass_time
