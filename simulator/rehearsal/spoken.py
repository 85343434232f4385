"""Ears and mouth for a spoken session: microphone or file, recognizer, voice, player, recordings."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.config.settings import Settings
from simulator.domain.errors import StorageError
from simulator.domain.state import SessionState
from simulator.listening.echo import EchoMode
from simulator.listening.sources import FileSource, MicrophoneSource, Source
from simulator.rehearsal.compose import Body, Notices, Options
from simulator.sessions.folder import SessionFolder
from simulator.sessions.recording import Recording


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


@dataclass(frozen=True, slots=True)
class Devices:
    """What a spoken session hears and plays with."""

    source: Source
    echo: EchoMode
    silent: bool
    """Whether nothing is played (no loudspeaker, or faster than real time)."""


def spoken_body(
    options: Options,
    settings: Settings,
    folder: SessionFolder,
    state: SessionState,
    closing: ExitStack,
    notices: Notices,
) -> Body:
    """Give the ears and the mouth of a spoken session.

    Raises:
        DeviceError: there is no microphone.
        ModelError: a needed model is missing.
    """
    if options.recording is not None:
        source: Source = FileSource(options.recording, fast=options.fast)
        devices = Devices(source, EchoMode.HALF_DUPLEX, silent=options.fast)
    else:
        source = MicrophoneSource(options.input or settings.sound.input)
        devices = Devices(source, echo_mode(settings), silent=False)
    return body_on(devices, options, settings, folder, state, closing, notices)


def echo_mode(settings: Settings) -> EchoMode:
    """Give how the interviewer's voice is kept out of the microphone: cancelled, unless the user says otherwise."""
    return EchoMode.CANCEL if settings.sound.echo == "auto" else EchoMode(settings.sound.echo)
