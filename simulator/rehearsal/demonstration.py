"""The demonstration: a simulated candidate answers in a second voice, through everything that is real."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from dataclasses import replace
from functools import partial

from simulator.config.paths import shipped
from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.errors import DeviceError
from simulator.domain.speech import Sound, Voice
from simulator.domain.state import SessionState
from simulator.interviewing.packs import load_pack
from simulator.listening.echo import EchoMode
from simulator.listening.sources import ScriptedSource
from simulator.rehearsal.candidate import SimulatedCandidate, load_truths
from simulator.rehearsal.compose import Body, Options, Rehearsal, Staging
from simulator.rehearsal.notices import Notices
from simulator.rehearsal.spoken import Devices, body_on
from simulator.sessions.folder import SessionFolder
from simulator.speaking.voices import open_voice

BREATH_S = 0.7
"""How long the simulated candidate takes before it speaks: about a person's pause before a considered answer."""


class Demonstration:
    """A session with a simulated candidate in the candidate's chair.

    Args:
        fast: faster than real time; nothing is played.
        candidate: the candidate; None takes the one that comes with the program.
    """

    def __init__(self, *, fast: bool, candidate: SimulatedCandidate | None = None) -> None:
        self._fast = fast
        self._candidate = candidate or SimulatedCandidate(
            load_truths(shipped("prompts") / "demo" / "candidate.jsonl")[0]
        )
        self._source = ScriptedSource("simulated candidate", fast=fast)
        self._voice: Voice | None = None

    def staging(self, pack: str) -> Staging:
        """Give what makes a session of it: its question within a pack's opening and closing words, ears, mouth."""
        question = self._candidate.truth.as_question()
        return Staging(self._body, self._seat, replace(load_pack(pack), questions=(question,), core=frozenset()))

    def _body(
        self,
        options: Options,
        settings: Settings,
        folder: SessionFolder,
        state: SessionState,
        closing: ExitStack,
        notices: Notices,
    ) -> Body:
        """Give ears that hear the simulated candidate, and a mouth that plays where there is a loudspeaker."""
        self._voice = open_voice("candidate", settings, notices.add)
        closing.callback(self._voice.close)
        make = partial(
            body_on,
            options=options,
            settings=settings,
            folder=folder,
            state=state,
            closing=closing,
            notices=notices,
        )
        if self._fast:
            return make(Devices(self._source, EchoMode.HEADPHONES, None))
        try:
            return make(Devices(self._source, EchoMode.HEADPHONES, options.output or settings.sound.output))
        except DeviceError as error:
            notices.add(f"{error.message} The demonstration goes on without sound.", error.hint)
            return make(Devices(self._source, EchoMode.HEADPHONES, None))

    def _seat(self, rehearsal: Rehearsal) -> None:
        rehearsal.conductor.subscribe(self._follow)

    def _follow(self, event: ev.Event, state: SessionState) -> None:
        if not isinstance(event, ev.AnswerStarted):
            return
        words = self._candidate.reply(state)
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._say, args=(words, loop), name="simulated-candidate", daemon=True).start()

    def _say(self, words: str, loop: asyncio.AbstractEventLoop) -> None:
        assert self._voice is not None
        sounds = list(self._voice.synthesize(words))
        if sounds and not loop.is_closed():
            whole = Sound(b"".join(sound.samples for sound in sounds), sounds[0].rate_hz)
            self._source.say(whole, BREATH_S)
