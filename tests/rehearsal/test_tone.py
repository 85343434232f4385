"""The soft tone of a drill: heard where an answer passes the edges of the wanted length, and only there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.hearing import Confirmed, Hearing, Level, TurnEnded, TurnHints
from simulator.domain.speech import Sound
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import AnswerEnd, Mode, Phase
from simulator.domain.words import words_of
from simulator.rehearsal.compose import Body, Options, Staging, open_rehearsal
from simulator.rehearsal.notices import Notices
from simulator.sessions.folder import SessionFolder
from simulator.speaking.player import SilentPlayer
from simulator.speaking.speaker import Speaker

TEXT = "I stopped the crane in March because it had failed twice, and it cut the faults from nine to one."


class VirtualEars:
    """A candidate who speaks for a given time, ten levels a second, on a clock that moves as it is listened to."""

    def __init__(self, answer_s: float) -> None:
        self.position_s = 0.0
        self.began_s = 0.0
        self._answer_s = answer_s
        self._post: Callable[[Hearing], None] = lambda _: None
        self._speaking: asyncio.Task[None] | None = None

    def start(self, post: Callable[[Hearing], None]) -> None:
        self._post = post

    def begin_turn(self, answer: str, hints: TurnHints) -> None:
        del hints
        self.began_s = self.position_s
        self._speaking = asyncio.get_running_loop().create_task(self._speak(answer))

    async def _speak(self, answer: str) -> None:
        self._post(Confirmed(answer, words_of(TEXT, self.began_s, self._answer_s)))
        for number in range(round(self._answer_s * 10)):
            self.position_s = max(self.position_s, self.began_s + number / 10)
            self._post(Level(-21.0, -9.0, False, 0))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            # Time goes by as the tone sounds, not as its samples are made.
            await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "chime"))
        end_s = self.began_s + self._answer_s
        self._post(TurnEnded(answer, end_s, end_s, AnswerEnd.END_OF_TURN, 0, self._answer_s))

    async def wait(self, seconds: float) -> None:
        self.position_s += seconds
        await asyncio.sleep(0)

    def hint(self, hints: TurnHints) -> None: ...
    def end_turn(self, reason: AnswerEnd) -> None: ...
    def interviewer_speaks(self, speaking: bool) -> None: ...
    def mute(self, muted: bool) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...


class Silence:
    """A voice that says nothing, so that every sound there is is the tone."""

    engine = "silence"

    def synthesize(self, text: str) -> Iterator[Sound]:
        del text
        yield Sound(bytes(3200), 16_000)

    def close(self) -> None: ...


async def tones(root: Path, answer_s: float, **options: object) -> list[float]:
    """Run one attempt of a drill; give when tones were heard, seconds from the answer's first word."""
    ears = VirtualEars(answer_s)
    heard: list[tuple[float, float]] = []

    def track(samples: NDArray[np.int16], position_s: float) -> None:
        heard.append((position_s, float(np.abs(samples).max())))

    def body(_o: Options, _s: Settings, _f: SessionFolder, _st: SessionState, _c: ExitStack, _n: Notices) -> Body:
        return Body(ears, Speaker(Silence(), SilentPlayer(lambda: ears.position_s, ears.wait, recording=track)), {})

    chosen = Options(
        mode=Mode.DRILL,
        pack="openai-behavioral-mission",
        questions=("ownership",),
        minutes=0,
        root=root,
        **options,  # type: ignore[arg-type]
    )
    with open_rehearsal(chosen, Settings(), Staging(body)) as rehearsal:

        def listen(event: ev.Event, _: SessionState) -> None:
            if isinstance(event, ev.PhaseChanged) and event.phase is Phase.REVIEWING:
                rehearsal.conductor.quit()

        rehearsal.conductor.subscribe(listen)
        await rehearsal.conductor.run()
    starts: list[float] = []
    for at_s, peak in heard:
        if peak > 0 and (not starts or at_s - ears.began_s - starts[-1] > 1.0):
            starts.append(at_s - ears.began_s)
    assert all(peak <= 32767 * 10 ** (-26 / 20) for _, peak in heard)
    return starts


async def test_a_tone_is_heard_at_each_edge_of_the_band(tmp_path: Path) -> None:
    assert await tones(tmp_path, 200.0, tone=True) == pytest.approx([120.0, 180.0], abs=0.3)


async def test_an_answer_that_ends_between_the_edges_hears_one(tmp_path: Path) -> None:
    assert await tones(tmp_path, 150.0, tone=True) == pytest.approx([120.0], abs=0.3)


async def test_the_band_that_was_asked_for_counts(tmp_path: Path) -> None:
    assert await tones(tmp_path, 70.0, tone=True, band_s=(30.0, 60.0)) == pytest.approx([30.0, 60.0], abs=0.3)


async def test_without_the_wish_there_is_none(tmp_path: Path) -> None:
    assert await tones(tmp_path, 200.0) == []
