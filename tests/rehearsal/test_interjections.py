"""What becomes of an utterance that the candidate speaks over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.hearing import BargeIn, Hearing, Interjection, InterjectionOver, TurnHints
from simulator.domain.speech import Sound
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import AnswerEnd, Mode, Phase
from simulator.rehearsal.compose import Body, Options, Staging, open_rehearsal
from simulator.rehearsal.notices import Notices
from simulator.sessions.folder import SessionFolder
from simulator.speaking.player import SilentPlayer
from simulator.speaking.sentences import sentences
from simulator.speaking.speaker import Speaker

RATE_HZ = 16_000
Script = list[tuple[float, Hearing]]


class VirtualEars:
    """Posts what a script says at its time of the first utterance; the clock moves as the player waits."""

    def __init__(self, script: Script) -> None:
        self.position_s = 0.0
        self._script = script
        self._post: Callable[[Hearing], None] = lambda _: None

    async def wait(self, seconds: float) -> None:
        self.position_s += seconds
        while self._script and self.position_s >= self._script[0][0]:
            self._post(self._script.pop(0)[1])
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def start(self, post: Callable[[Hearing], None]) -> None:
        self._post = post

    def begin_turn(self, answer: str, hints: TurnHints) -> None: ...
    def hint(self, hints: TurnHints) -> None: ...
    def end_turn(self, reason: AnswerEnd) -> None: ...
    def interviewer_speaks(self, speaking: bool) -> None: ...
    def mute(self, muted: bool) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...


class Tone:
    """A voice of two seconds of tone a sentence."""

    engine = "tone"

    def synthesize(self, text: str) -> Iterator[Sound]:
        tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE_HZ) / RATE_HZ)
        for _ in sentences(text):
            yield Sound(tone.astype("<i2").tobytes(), RATE_HZ)

    def close(self) -> None: ...


async def utterance(root: Path, script: Script) -> tuple[float, ev.SpeechEnded, str]:
    """Run a session while a script is heard; give when its first utterance ended, how, and its text."""
    ears = VirtualEars(script)
    ended: list[ev.SpeechEnded] = []
    text: list[str] = []

    def body(_o: Options, _s: Settings, _f: SessionFolder, _st: SessionState, _c: ExitStack, _n: Notices) -> Body:
        return Body(ears, Speaker(Tone(), SilentPlayer(lambda: ears.position_s, ears.wait)), {})

    options = Options(mode=Mode.DRILL, pack="openai-behavioral-mission", questions=("ownership",), minutes=0, root=root)
    with open_rehearsal(options, Settings(), Staging(body)) as rehearsal:

        def listen(event: ev.Event, _: SessionState) -> None:
            if isinstance(event, ev.SpeechStarted):
                text.append(event.text)
            if isinstance(event, ev.SpeechEnded):
                ended.append(event)
            if isinstance(event, ev.PhaseChanged) and event.phase is Phase.LISTENING:
                rehearsal.conductor.quit()

        rehearsal.conductor.subscribe(listen)
        await rehearsal.conductor.run()
    return ended[0].at_s, ended[0], text[0]


async def test_an_utterance_that_was_held_up_by_a_cough_is_heard_whole(tmp_path: Path) -> None:
    undisturbed_s, _, _ = await utterance(tmp_path / "one", [])
    at_s, ended, text = await utterance(tmp_path / "two", [(0.5, Interjection(0.4)), (2.5, InterjectionOver(2.5))])
    assert (ended.heard, ended.complete) == (text, True)
    assert at_s == pytest.approx(undisturbed_s + 2.0, abs=1.0)


async def test_of_an_utterance_that_was_interrupted_the_record_has_what_was_heard(tmp_path: Path) -> None:
    at_s, ended, text = await utterance(tmp_path, [(1.0, Interjection(0.9)), (2.5, BargeIn(0.9))])
    assert not ended.complete
    assert ended.heard
    assert text.startswith(ended.heard)
    assert len(ended.heard) < len(text)
    assert at_s == pytest.approx(2.5, abs=0.3)
