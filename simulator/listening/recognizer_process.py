"""The recognizer in a process of its own: fed without waiting, restarted when it dies, nothing said is lost."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

import numpy as np
import numpy.typing as npt

from simulator.domain.errors import ModelError
from simulator.domain.hearing import Confirmed, FillersFound, Partial, RecognizerChanged, Revised
from simulator.domain.words import Word
from simulator.listening.recognizer import RATE_HZ, Finished, Result
from simulator.listening.recognizer_messages import (
    Begin,
    Close,
    Failed,
    Feed,
    Finish,
    Order,
    Pause,
    Ready,
    Report,
    Settled,
    Setup,
    Taken,
)

BLOCK = RATE_HZ // 20
"""Samples that are sent at once when more are there than that; fewer go as they come."""

RESTARTS = 3
"""So many crashes in `RESTARTS_WITHIN_S` are survived; after more the recognizer is given up."""

RESTARTS_WITHIN_S = 60.0

HANGS_AFTER_S = 60.0
"""A process that owes the end of an answer and has said nothing for so long hangs, and is started again."""


@dataclass(slots=True)
class _Kept:
    """What is kept of an answer until nothing more comes for it, so that a new process can begin where one died."""

    answer: str
    start_s: float
    sound: list[bytes] = field(default_factory=list)
    confirmed: list[Word] = field(default_factory=list)
    over: bool = False
    finished: bool = False


class ProcessRecognizer:
    """Whisper in a process of its own. Satisfies `Recognizer`.

    The process is started at once and loads its model while the program goes on; sound may be fed before that.
    The sound of an answer is kept (16 bit, 2 MB a minute) until its second look is over.

    Args:
        setup: the model and how to work.
    """

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._engine = setup.name
        self._results: deque[Result] = deque()
        self._answers: dict[str, _Kept] = {}
        self._open: _Kept | None = None
        self._outbox: deque[Order] = deque()
        self._changed = threading.Condition()
        self._fed = 0
        self._taken = 0
        self._crashes: deque[float] = deque(maxlen=RESTARTS)
        self._finishing_since: float | None = None
        self._told_at = time.monotonic()
        self._ready = threading.Event()
        self._closing = False
        self._given_up = ""
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        # Imported by name in the child only: the model's libraries do not belong into the program's process.
        self._process = context.Process(target=_run, args=(theirs, self._setup), name="recognizer", daemon=True)
        self._process.start()
        theirs.close()
        self._connection = ours
        self._sender = threading.Thread(target=self._send, args=(ours,), name="recognizer-send", daemon=True)
        self._receiver = threading.Thread(target=self._receive, args=(ours,), name="recognizer-receive", daemon=True)
        self._sender.start()
        self._receiver.start()

    @property
    def engine(self) -> str:
        """Name of what recognizes, as the record shows it."""
        return self._engine

    @property
    def backlog_s(self) -> float:
        """Sound that was fed and not yet taken in, seconds."""
        return max(0, self._fed - self._taken) / RATE_HZ

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        with self._changed:
            return not self._given_up and any(kept.over for kept in self._answers.values())

    @property
    def pid(self) -> int | None:
        """Id of the process that recognizes."""
        return self._process.pid

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the model is loaded; tells whether it is.

        Raises:
            ModelError: the model cannot be used.
        """
        ready = self._ready.wait(timeout_s)
        if self._given_up:
            raise ModelError(f"The recognizer cannot work: {self._given_up}.", "Run `interview doctor`.")
        return ready

    def begin(self, answer: str, start_s: float) -> None:
        """Begin an answer."""
        self.finish()
        with self._changed:
            self._open = self._answers[answer] = _Kept(answer, start_s)
            self._order(Begin(answer, start_s))

    def feed(self, samples: npt.NDArray[np.float32]) -> None:
        """Take sound of the answer."""
        pcm = np.clip(np.round(samples * 32768.0), -32768, 32767).astype(np.int16).tobytes()
        with self._changed:
            if self._open is None:
                return
            self._open.sound.append(pcm)
            self._fed += len(samples)
            last = self._outbox[-1] if self._outbox else None
            if isinstance(last, Feed) and len(last.pcm) < 2 * BLOCK:
                self._outbox[-1] = Feed(last.pcm + pcm)
            else:
                self._order(Feed(pcm))

    def pause(self) -> None:
        """Take it that the voice has paused."""
        with self._changed:
            if self._open is not None:
                self._order(Pause())

    def finish(self) -> None:
        """End the answer."""
        with self._changed:
            if self._open is None:
                return
            self._open.over = True
            self._open = None
            self._finishing_since = time.monotonic()
            self._order(Finish())

    def poll(self) -> list[Result]:
        """Give what has come since the last call."""
        with self._changed:
            since = self._finishing_since
            if (
                since is not None
                and time.monotonic() - max(since, self._told_at) > HANGS_AFTER_S
                and self._ready.is_set()
            ):
                self._finishing_since = None
                self._process.kill()
            results = list(self._results)
            self._results.clear()
        return results

    def close(self) -> None:
        """End the process; results that are under way are lost. Again is no harm."""
        with self._changed:
            if self._closing:
                return
            self._closing = True
            self._outbox.clear()
            self._order(Close())
        self._sender.join(1.0)
        self._process.join(1.0)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._receiver.join(1.0)
        self._connection.close()

    def _order(self, order: Order) -> None:
        self._outbox.append(order)
        self._changed.notify_all()

    def _send(self, connection: Connection) -> None:
        """Send the orders one after the other; ends with the connection."""
        while True:
            with self._changed:
                while not self._outbox and connection is self._connection:
                    self._changed.wait()
                if connection is not self._connection:
                    return
                order = self._outbox.popleft()
            try:
                connection.send(order)
            except OSError:
                return  # The receiver sees the end of the process too, and sees to what follows.
            if isinstance(order, Close):
                return

    def _receive(self, connection: Connection) -> None:
        """Take the reports as they come; when the process dies, see to a new one."""
        while True:
            try:
                report: Report = connection.recv()
            except (EOFError, OSError):
                break
            with self._changed:
                self._take(report)
        with self._changed:
            if self._closing or self._given_up:
                return
            self._restart()

    def _take(self, report: Report) -> None:
        self._told_at = time.monotonic()
        match report:
            case Ready():
                self._engine = report.engine
                self._ready.set()
            case Failed():
                self._give_up(report.reason)
            case Taken():
                self._taken = report.samples
            case Settled():
                self._answers.pop(report.answer, None)
            case Confirmed():
                kept = self._answers.get(report.answer)
                if kept is not None:
                    kept.confirmed.extend(report.words)
                self._results.append(report)
            case Finished():
                kept = self._answers.get(report.answer)
                if kept is not None:
                    kept.finished = True
                self._finishing_since = None
                self._results.append(report)
            case RecognizerChanged():
                self._engine = report.engine
                self._results.append(report)
            case Partial() | Revised() | FillersFound():
                self._results.append(report)

    def _restart(self) -> None:
        """Start a new process and give it again all that is not over."""
        now = time.monotonic()
        if len(self._crashes) == RESTARTS and now - self._crashes[0] < RESTARTS_WITHIN_S:
            self._give_up("it ended again and again")
            return
        self._crashes.append(now)
        self._connection.close()
        self._outbox.clear()
        self._fed = self._taken = 0
        for kept in self._answers.values():
            self._outbox.append(Begin(kept.answer, kept.start_s, tuple(kept.confirmed)))
            self._outbox.extend(Feed(pcm) for pcm in _joined(kept.sound))
            self._fed += sum(map(len, kept.sound)) // 2
            if kept.over:
                self._outbox.append(Finish(known=kept.finished))
        self._finishing_since = now if any(k.over and not k.finished for k in self._answers.values()) else None
        self._results.append(RecognizerChanged(self._engine, "The recognizer was restarted; nothing said is lost."))
        self._ready.clear()
        self._start()
        self._changed.notify_all()

    def _give_up(self, reason: str) -> None:
        """Go on without a recognizer: open answers end with the words that are known."""
        self._given_up = reason
        self._ready.set()
        self._results.append(RecognizerChanged("none", f"Speech is not recognized any more: {reason}."))
        self._results.extend(Finished(k.answer) for k in self._answers.values() if k.over and not k.finished)
        self._answers.clear()
        self._outbox.clear()


def _joined(sound: list[bytes], seconds: float = 1.0) -> list[bytes]:
    """Give the same sound in pieces of about a second."""
    whole = b"".join(sound)
    size = int(2 * RATE_HZ * seconds)
    return [whole[i : i + size] for i in range(0, len(whole), size)]


ONEDNN_KEPT = 16
"""Compiled kernels that oneDNN keeps, one for each shape of its input, where it would keep 1024. Every look is of
another length, so that they are hardly ever used again. All kept, they took some 75 MB a minute of speech; with so
few, the process stays as it is, and takes the same processor time (measured on looks of 1 to 8 s)."""


def _run(connection: Connection, setup: Setup) -> None:
    # Read by oneDNN when it is loaded, so it is said before the import.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(ONEDNN_KEPT))
    from simulator.listening.recognizer_worker import run

    run(connection, setup)
