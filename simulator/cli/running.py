"""Runs a session for a command: as JSON lines, line by line, or on the live screen."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.errors import ExitStatus
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import AnswerEnd, Mode, Phase, SessionClose
from simulator.domain.words import text_of
from simulator.rehearsal.ahead import Ahead
from simulator.rehearsal.compose import Options, Rehearsal, Staging, open_rehearsal
from simulator.rehearsal.conductor import Conductor
from simulator.rehearsal.drilling import attempt_lines, attempts, comparison_lines
from simulator.rehearsal.typed import TypedEars
from simulator.sessions.journal import encode

Printer = Callable[[str], None]


def show(line: str) -> None:
    """Print a line at once, so that a reader at the other end of a pipe has it."""
    print(line, flush=True)


class _Answer(BaseModel):
    """A typed answer: `{"type": "answer", "text": "…", "duration_s": 12.5}`."""

    model_config = ConfigDict(extra="ignore")
    text: str
    duration_s: float = Field(default=0.0, ge=0)


_ANSWER = TypeAdapter(_Answer)


def staging_of(options: Options, ahead: Ahead | None = None) -> Staging:
    """Give the staging of an ordinary session; the libraries of a spoken one are loaded only now.

    Args:
        options: what the command asks for.
        ahead: the voice, if it was begun before.
    """
    if options.typed:
        return Staging()
    from simulator.rehearsal.spoken import spoken_body

    body = spoken_body if ahead is None else partial(spoken_body, voice=ahead.voice)
    return Staging(body, ahead=ahead)


def _signals(conductor: Conductor) -> list[int]:
    """Have Ctrl-C and SIGTERM close the session in order; gives a list that a caught signal is put into."""
    caught: list[int] = []

    def closing(number: int) -> None:
        caught.append(number)
        conductor.quit(SessionClose.QUIT)

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, closing, number)
        except NotImplementedError:  # Windows has no loop signal handlers
            signal.signal(number, lambda got, _: loop.call_soon_threadsafe(closing, got))
    return caught


def _status(caught: list[int]) -> int:
    if not caught:
        return int(ExitStatus.OK)
    return int(ExitStatus.TERMINATED if caught[0] == signal.SIGTERM else ExitStatus.INTERRUPTED)


def _lines(handle: Callable[[str], None], over: Callable[[], None]) -> None:
    """Read standard input on a thread that nobody waits for: a blocking read cannot be cancelled."""
    loop = asyncio.get_running_loop()

    def tell(what: Callable[..., None], *words: str) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(what, *words)

    def read() -> None:
        for line in sys.stdin:
            tell(handle, line)
        tell(over)

    threading.Thread(target=read, name="standard-input", daemon=True).start()


async def _in_turn(lines: asyncio.Queue[str | None], conductor: Conductor, handle: Callable[[str], None]) -> None:
    """Handle lines one at a time, each when the session waits for one: what a pipe holds comes all at once."""
    turned = asyncio.Event()

    def follow(event: ev.Event, _: SessionState) -> None:
        if isinstance(event, ev.PhaseChanged):
            turned.set()

    conductor.subscribe(follow)
    while (line := await lines.get()) is not None:
        while conductor.state.phase not in {Phase.LISTENING, Phase.REVIEWING, Phase.PAUSED}:
            turned.clear()
            await turned.wait()
        turned.clear()
        handle(line)
        await turned.wait()


def _run(rehearsal: Rehearsal, work: Coroutine[Any, Any, int]) -> int:
    with rehearsal:
        return asyncio.run(work)


def run_jsonl(options: Options, settings: Settings) -> int:
    """Run a typed session for another program: events to standard output, answers from standard input."""

    def write(event: ev.Event) -> None:
        if event.JOURNALED:
            show(encode(event))

    rehearsal = open_rehearsal(options, settings, Staging(sinks=(write,)))
    ears = rehearsal.ears
    assert isinstance(ears, TypedEars)

    def handle(line: str) -> None:
        if not line.strip():
            return
        try:
            kind = json.loads(line).get("type")
            if kind == "answer":
                answer = _ANSWER.validate_json(line)
                ears.give(answer.text, answer.duration_s)
            elif kind == "end" and ears.waiting:
                ears.over()
            elif kind == "end":
                rehearsal.conductor.quit(SessionClose.QUIT)
            else:
                raise ValueError(kind)
        except (ValueError, AttributeError, ValidationError):
            print(
                'interview: that line was not understood. Send {"type": "answer", "text": "…"} or {"type": "end"}.',
                file=sys.stderr,
            )

    async def work() -> int:
        caught = _signals(rehearsal.conductor)
        _lines(handle, ears.over)
        await rehearsal.conductor.run()
        return _status(caught)

    return _run(rehearsal, work())


class PlainPrinter:
    """Tells a session line by line, for a terminal without a screen, a screen reader or a log file."""

    def __init__(self, write: Printer, *, typed: bool) -> None:
        self._write = write
        self._typed = typed

    def __call__(self, event: ev.Event, state: SessionState) -> None:
        """Print what an event means to somebody who follows the interview."""
        match event:
            case ev.InterviewerSaid() | ev.QuestionAsked() | ev.ProbeAsked():
                self._write(f"Interviewer: {event.text}")
            case ev.PhaseChanged(phase=Phase.LISTENING):
                self._write("[type your answer, then Enter]" if self._typed else "[listening]")
            case ev.PhaseChanged(phase=Phase.PAUSED):
                self._write("[paused]")
            case ev.AnswerEnded() if not self._typed:
                answer = state.answers[event.answer]
                self._write(f"You: {text_of(answer.words)}" if answer.words else "You: (nothing heard)")
                if answer.initial and event.reason is not AnswerEnd.SKIPPED:
                    low, high = state.band_s
                    place = "under" if event.duration_s < low else "over" if event.duration_s > high else "in"
                    self._write(f"[{event.duration_s:.0f} s, {place} the band of {low:.0f} to {high:.0f} s]")
            case ev.PhaseChanged(phase=Phase.REVIEWING):
                made = attempts(state)
                for line in attempt_lines(made[-1], state.band_s) if made else ():
                    self._write(f"  {line}")
                same = tuple(each for each in made if each.question == made[-1].question)
                for line in comparison_lines(same, state.band_s) if len(same) > 1 else ():
                    self._write(f"  {line}")
                self._write("[Enter: next question · a: again · q: quit]")
            case ev.FacetSettled():
                self._write(f"[settled: {event.facet}, {event.outcome}]")
            case ev.NoticeGiven():
                self._write(f"[note: {event.text} {event.hint}]".replace(" ]", "]"))
            case ev.DeviceLost():
                self._write(f"[{event.direction} lost: {event.reason}]")
            case ev.DeviceResumed():
                self._write(f"[{event.direction} works again]")
            case ev.ThreadClosed():
                self._write(f"[this question is closed: {event.reason}]")
            case _:
                pass


PLAIN_KEYS = "Enter: done answering · r: repeat · s: skip · p: pause or go on · q: quit (the session is kept)"


def run_plain(options: Options, settings: Settings, staging: Staging | None = None, ahead: Ahead | None = None) -> int:
    """Run a session line by line, and print its summary.

    Args:
        options: what the command asks for.
        settings: the user's settings.
        staging: what it is made with; None makes an ordinary session, which the user can steer.
        ahead: the voice of an ordinary session, if it was begun before.
    """
    rehearsal = open_rehearsal(options, settings, staging or staging_of(options, ahead))
    conductor, ears = rehearsal.conductor, rehearsal.ears
    conductor.subscribe(PlainPrinter(show, typed=options.typed))

    def handle(line: str) -> None:
        words = line.strip()
        if conductor.state.phase is Phase.REVIEWING and words in {"", "a"}:
            (conductor.again if words else conductor.next_question)()
            return
        actions = {"r": conductor.repeat, "s": conductor.skip, "p": conductor.pause, "q": conductor.quit}
        if words in actions:
            actions[words]()
        elif not isinstance(ears, TypedEars):
            conductor.done()
        elif words:
            ears.give(words)

    def over() -> None:
        if isinstance(ears, TypedEars):
            ears.over()

    async def work() -> int:
        caught = _signals(conductor)
        if staging is not None:
            await conductor.run()
            return _status(caught)
        show(f"[{PLAIN_KEYS}]")
        if sys.stdin.isatty():
            _lines(handle, over)
            await conductor.run()
            return _status(caught)
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        _lines(queue.put_nowait, lambda: queue.put_nowait(None))
        taking = asyncio.create_task(_in_turn(queue, conductor, handle), name="standard-input")
        taking.add_done_callback(lambda _: over())
        await conductor.run()
        taking.cancel()
        return _status(caught)

    status = _run(rehearsal, work())
    if conductor.state.mode is not Mode.DRILL:
        from simulator.sessions.summary import summarize, summary_text

        show("")
        show(summary_text(summarize(conductor.state)))
    show(f"The session is kept in {rehearsal.folder.path}")
    return status


def run_screen(options: Options, settings: Settings, staging: Staging | None = None) -> int:
    """Run a session on the live screen, or a drill on its own; arguments as in `run_plain`."""

    def opened() -> Rehearsal:
        return open_rehearsal(options, settings, staging or staging_of(options))

    if options.mode is Mode.DRILL:
        from simulator.screens.drill import run_drill

        return run_drill(opened, settings)
    from simulator.screens.app import run_interview

    return run_interview(opened, settings)
