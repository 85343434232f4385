"""The recognizer's process: takes sound, looks when a look is due, and spends idle time on second looks."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np

from simulator.domain.hearing import Confirmed, FillersFound, Partial, RecognizerChanged, Revised
from simulator.domain.words import Word
from simulator.listening.activity import FRAME
from simulator.listening.fillers import FillerFinder
from simulator.listening.recognizer import Finished
from simulator.listening.recognizer_look import Looker
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
from simulator.listening.recognizer_model import Whisper
from simulator.listening.recognizer_stream import AnswerStream
from simulator.listening.recognizer_voice import VoiceTrack
from simulator.listening.second_look import afterwards

SILENCE_S = 0.5
"""After so much silence what is there is looked at with full care and confirmed."""

IDLE_AFTER_S = 1.5
"""In an open answer, idle work is done only after so much silence: a step of it takes up to a second."""


def run(connection: Connection, setup: Setup) -> None:
    """Be the recognizer's process until told to close or until the program is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        worker = Worker(connection, setup)
    except Exception as error:  # whatever it is, the program is told why there is no recognizer
        connection.send(Failed(f"{type(error).__name__}: {error}"))
        return
    try:
        worker.run()
    except (EOFError, BrokenPipeError, ConnectionError):
        return


class Inbox:
    """Takes orders off the connection as they come, so that the program never waits to give one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._orders: deque[Order] = deque()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="recognizer-inbox", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        order: Order = Close()
        while True:
            try:
                order = self._connection.recv()
            except (EOFError, OSError):
                order = Close()
            with self._changed:
                self._orders.append(order)
                self._changed.notify()
            if isinstance(order, Close):
                return

    def take(self, timeout_s: float) -> Order | None:
        """Give the next order; None if none comes within the time."""
        with self._changed:
            if not self._orders:
                self._changed.wait(timeout_s)
            return self._orders.popleft() if self._orders else None

    @property
    def waiting(self) -> bool:
        """Whether an order waits."""
        return bool(self._orders)


class Worker:
    """Does what the orders say.

    Args:
        connection: to the program.
        setup: how to work.
    """

    def __init__(self, connection: Connection, setup: Setup) -> None:
        self._connection = connection
        self._setup = setup
        self._looker = self._open_looker()
        self._finder = (
            FillerFinder(self._looker)
            if setup.fillers and isinstance(self._looker, Whisper) and FillerFinder.fits(setup.name)
            else None
        )
        self._voice = VoiceTrack()
        self._inbox = Inbox(connection)
        self._answer: str | None = None
        self._stream: AnswerStream | None = None
        self._kept: list[np.ndarray[tuple[int], np.dtype[np.int16]]] = []
        self._loose = np.zeros(0, np.float32)
        self._taken = 0
        self._idle: deque[tuple[str, Iterator[Revised | FillersFound | None]]] = deque()
        self._partial: tuple[Word, ...] = ()

    def _open_looker(self) -> Looker:
        setup = self._setup
        if setup.server is None:
            return self._local()
        from simulator.listening.remote import FallbackLooker, RemoteLooker  # openai takes most of a second to import

        remote = RemoteLooker(setup.server, setup.language)
        return FallbackLooker(remote, self._local, lambda e, why: self._tell(RecognizerChanged(e, why)))

    def _local(self) -> Whisper:
        setup = self._setup
        return Whisper(setup.model, setup.compute_type, setup.threads, setup.language, setup.name)

    def run(self) -> None:
        """Work until told to close."""
        self._tell(Ready(self._looker.engine))
        while True:
            order = self._inbox.take(self._patience_s())
            match order:
                case Close():
                    return
                case Begin():
                    self._finish(known=False)
                    self._begin(order)
                case Feed():
                    self._feed(order)
                case Pause():
                    self._conclude()
                case Finish():
                    self._finish(order.known)
                case None:
                    self._idle_step()
            if self._setup.live and not self._inbox.waiting:
                self._look_if_due()

    def _patience_s(self) -> float:
        return 0.0 if self._idle and self._may_idle() else 60.0

    def _may_idle(self) -> bool:
        stream = self._stream
        return stream is None or stream.silence_s >= IDLE_AFTER_S

    def _begin(self, order: Begin) -> None:
        self._answer = order.answer
        self._stream = AnswerStream(self._looker, self._voice, order.start_s, order.confirmed, self._setup.rhythm)
        self._kept = []
        self._loose = np.zeros(0, np.float32)
        self._partial = ()

    def _feed(self, order: Feed) -> None:
        stream = self._stream
        samples = np.frombuffer(order.pcm, np.int16)
        self._taken += len(samples)
        if stream is not None:
            self._kept.append(samples)
            self._loose = np.concatenate([self._loose, samples.astype(np.float32) / 32768.0])
            if self._setup.live:
                self._pour(len(self._loose))
            while len(self._loose) >= FRAME:
                self._pour(FRAME)
                self._look_if_due()
        self._tell(Taken(self._taken))

    def _pour(self, samples: int) -> None:
        """Hand sound on; unless it is live, in whole frames, so that looks fall where they fall however it came."""
        if self._stream is not None:
            self._stream.feed(self._loose[:samples])
            self._loose = self._loose[samples:]

    def _look_if_due(self) -> None:
        stream = self._stream
        if stream is None:
            return
        if stream.silence_s >= SILENCE_S and stream.unconcluded:
            self._conclude()
        elif stream.update_due:
            began = time.perf_counter()
            words = stream.update()
            if self._setup.live:
                stream.spent(time.perf_counter() - began)
            self._tell_words(words)

    def _conclude(self, *, hurried: bool = False) -> None:
        if self._stream is not None:
            self._pour(len(self._loose))
            self._tell_words(self._stream.conclude(hurried=hurried))

    def _finish(self, known: bool) -> None:
        answer, stream = self._answer, self._stream
        if answer is None or stream is None:
            return
        if not known:
            self._conclude(hurried=self._setup.live)
            self._tell(Finished(answer))
        sound = np.concatenate(self._kept) if self._kept else np.zeros(0, np.int16)
        self._answer, self._stream, self._kept = None, None, []
        work = afterwards(
            self._looker,
            answer,
            sound,
            stream.start_s,
            tuple(stream.words.confirmed),
            tuple(stream.voice),
            self._looker.engine if self._setup.second_look else "",
            self._finder,
        )
        self._idle.append((answer, work))

    def _idle_step(self) -> None:
        if not self._idle or not self._may_idle():
            return
        answer, work = self._idle[0]
        for report in work:
            if report is not None:
                self._tell(report)
            if self._inbox.waiting:
                return
        self._idle.popleft()
        self._tell(Settled(answer))

    def _tell_words(self, words: tuple[Word, ...]) -> None:
        if self._answer is None or self._stream is None:
            return
        if words:
            self._tell(Confirmed(self._answer, words))
        partial = self._stream.words.partial
        if partial != self._partial or words:
            self._partial = partial
            self._tell(Partial(self._answer, partial))

    def _tell(self, report: Report) -> None:
        self._connection.send(report)
