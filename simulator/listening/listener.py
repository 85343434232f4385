"""The listening room's one door: sound in, words and turns out, on a thread of its own."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from simulator.domain import hearing as hr
from simulator.domain.errors import SimulatorError
from simulator.domain.vocabulary import AnswerEnd
from simulator.domain.words import Word
from simulator.listening.activity import Frame, Started, Stopped, Stretches, VoiceDetector
from simulator.listening.answer_parts import Parts
from simulator.listening.closing import shipped_model
from simulator.listening.echo import EchoCanceller, EchoMode
from simulator.listening.endofturn import End, EndOfTurn, Invite
from simulator.listening.levels import CLIPPED, dbfs
from simulator.listening.overhearing import OVERHEARD, OpenTurn, Overhearing
from simulator.listening.recognizer import Finished, Recognizer
from simulator.listening.smart_turn import WINDOW_S, SmartTurn
from simulator.listening.sources import BLOCK, BLOCK_S, Block, Ended, Lost, Resumed, Source

PREROLL_S = 1.0
"""Sound from before the voice that the recognizer is given: Silero notices soft beginnings late."""

HANG_OVER_S = 0.25
"""How long nothing is heard after the interviewer fell silent, in half duplex: the room's echo dies in it."""

PAUSE_SURE_S = 0.3
PAUSE_S = 0.5
"""Silence after which the words so far are looked at with full care: sooner where the sound says "finished",
else later, because a look that is cut at a short pause costs words (4 points at 0.3 s, measured)."""

MOST_BACKLOG_S = 1.0
"""How far a fast source may run ahead of the recognizer."""

STUCK_S = 15.0
"""A fast source no longer waits for a recognizer that has taken nothing in for so long."""

FINISH_LIMIT_S = 10.0
"""How long the last words are waited for before the turn ends without them (a server that hangs)."""

STOP_LIMIT_S = 10.0
"""How long second looks and filler searches may take when the session ends."""

LEVEL_S = 0.1
"""How often the level is told."""

Samples = npt.NDArray[np.float32]
Recording = Callable[[npt.NDArray[np.int16], float], None]
"""Takes a block of the candidate's sound and its position in seconds."""


@dataclass(slots=True)
class _Turn:
    """One turn of the candidate's."""

    answer: str
    detector: EndOfTurn
    earliest_s: float
    """Sound before this is somebody else's or another answer's."""
    feeding: bool = False
    confirmed: list[Word] = field(default_factory=list)
    partial: tuple[Word, ...] = ()
    scored: float | None = None
    concluded: bool = True
    """Whether the recognizer has been asked to confirm all that was said up to this pause."""
    fed_s: float = 0.0
    concluded_at_fed_s: float = 0.0
    ending: AnswerEnd | None = None
    decided_at_s: float = 0.0
    decided_at_clock_s: float = 0.0
    went_on: bool = False
    """Whether the candidate spoke again after the end had been decided."""


class Listener:
    """Hears the candidate: writes the recording, finds words and the end of turns, and keeps the session's clock.

    Its thread is called "listening"; it is started by `start` and ended by `stop`. What it hears goes to the
    callback that `start` is given, from that thread. The other methods may be called from any thread.

    Args:
        source: where sound comes from; it is closed by `stop`.
        recognizer: words from sound; it is closed by `stop`.
        recording: takes every block (int16) with its position, also while the interviewer speaks.
        echo: how the interviewer's voice is kept out.
        smart_turn: the end-of-turn model, or None to do without.
        start_s: where the session's clock begins (a session that is resumed).
        clock: monotonic seconds, for time limits on what other processes do.

    Raises:
        ModelError: the voice activity model is missing.
    """

    def __init__(
        self,
        source: Source,
        recognizer: Recognizer,
        *,
        recording: Recording,
        echo: EchoMode,
        smart_turn: SmartTurn | None = None,
        start_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._recognizer = recognizer
        self._recording: Recording | None = recording
        self._echo = EchoMode.HEADPHONES if source.waits else echo
        self._canceller = EchoCanceller() if self._echo is EchoMode.CANCEL else None
        self._smart_turn = smart_turn
        self._closing = shipped_model()
        self._clock = clock
        self._start_s = start_s
        self._blocks = 0
        self._detector = VoiceDetector()
        self._stretches = Stretches()
        self._parts: dict[str, Parts] = {}
        self._history: deque[Samples] = deque(maxlen=round(WINDOW_S / BLOCK_S))
        self._turn: _Turn | None = None
        self._generation = 0
        self._speaking = False
        self._deaf_until_s = start_s
        self._heard_from_s = start_s
        self._barged_in = False
        self._barged_in_at_s: float | None = None
        self._overhearing = Overhearing(recognizer, self._since, self._canceller is not None)
        self._muted = False
        self._paused = False
        self._source_over = False
        self._backlog_s = 0.0
        self._backlog_since_s = 0.0
        self._level: list[Samples] = []
        self._level_told_s = -1.0
        self._commands: queue.Queue[Callable[[], None]] = queue.Queue(maxsize=1000)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._post: Callable[[hr.Hearing], None] = _nobody

    # Called by the conductor, from any thread.

    @property
    def position_s(self) -> float:
        """Seconds since the session began; stands still while paused."""
        return self._start_s + self._blocks * BLOCK_S

    def start(self, post: Callable[[hr.Hearing], None]) -> None:
        """Begin to listen; `post` is called from the listening thread."""
        self._post = post
        self._thread = threading.Thread(target=self._run, name="listening", daemon=True)
        self._thread.start()

    def begin_turn(self, answer: str, hints: hr.TurnHints) -> None:
        """From now on, and from a second ago where it was the candidate's voice, words belong to this answer."""
        self._commands.put(lambda: self._begin(answer, hints))

    def hint(self, hints: hr.TurnHints) -> None:
        """Tell what has become of the story."""
        self._commands.put(lambda: self._hint(hints))

    def end_turn(self, reason: AnswerEnd) -> None:
        """End the turn; `TurnEnded` follows when the last words are there."""
        self._commands.put(lambda: self._end(reason))

    def interviewer_speaks(self, speaking: bool) -> None:
        """Tell whether the interviewer speaks."""
        self._commands.put(lambda: self._interviewer(speaking))

    def reference(self, samples: npt.NDArray[np.generic], rate_hz: int) -> None:
        """Take what the player plays (int16 or float32, mono), for the echo canceller."""
        if self._canceller is not None:
            self._canceller.reference(samples, rate_hz)

    def advance(self, seconds: float) -> None:
        """Let time pass while it is not the candidate's turn, where the source is a fast one."""
        self._source.advance(seconds)

    def mute(self, muted: bool) -> None:
        """Don't recognize, and don't end the turn (the candidate types); recording and clock go on."""
        self._commands.put(lambda: self._mute(muted))

    def pause(self) -> None:
        """Stop the clock, the recording and the recognition."""
        self._commands.put(lambda: self._pause(True))

    def resume(self) -> None:
        """Go on after a pause."""
        self._commands.put(lambda: self._pause(False))

    def stop(self) -> None:
        """Finish what is under way (at most about 10 s), tell it, and let go of source and recognizer; blocks."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        else:
            self._close()

    # Everything below runs on the listening thread.

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._obey()
                self._take_results()
                if self._ahead():
                    self._stopping.wait(0.002)
                    continue
                self._take(self._source.read(0.02))
            self._wind_up()
        except SimulatorError as error:
            self._post(hr.ListeningFailed(error.message, error.hint, int(error.status), fatal=True))
        finally:
            self._close()

    def _close(self) -> None:
        self._source.close()
        self._recognizer.close()

    def _wind_up(self) -> None:
        """Let what is under way come to its end."""
        self._obey()
        if self._turn is not None and self._turn.feeding and self._turn.ending is None:
            self._recognizer.finish()
        deadline_s = self._clock() + STOP_LIMIT_S
        while self._recognizer.busy and self._clock() < deadline_s:
            self._take_results()
            threading.Event().wait(0.01)
        self._take_results()

    def _obey(self) -> None:
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return
            command()

    def _ahead(self) -> bool:
        """Tell whether a fast source has to wait for the recognizer, so that turns end as they would in real time."""
        turn = self._turn
        if not self._source.fast or turn is None or not turn.feeding:
            return False
        backlog_s = self._recognizer.backlog_s
        if backlog_s != self._backlog_s:
            self._backlog_s, self._backlog_since_s = backlog_s, self._clock()
        pausing = turn.concluded and not turn.detector.speaking and turn.fed_s > turn.concluded_at_fed_s
        behind = backlog_s > MOST_BACKLOG_S or (pausing and backlog_s > 0)
        return behind and self._clock() - self._backlog_since_s < STUCK_S

    def _current(self, turn: _Turn) -> bool:
        """Tell whether the recognizer has confirmed all that was said: sound fed after the pause has been taken in."""
        if not turn.feeding:
            return True
        return turn.concluded and turn.fed_s - self._recognizer.backlog_s > turn.concluded_at_fed_s + BLOCK_S / 2

    def _take(self, item: Block | Lost | Resumed | Ended | None) -> None:
        match item:
            case Block():
                if not self._paused:
                    self._hear(item.samples)
            case Lost():
                self._post(hr.SourceLost(self._source.name, item.reason))
            case Resumed():
                self._post(hr.SourceResumed(self._source.name, item.gap_s))
            case Ended():
                self._source_over = True
                self._post(hr.SourceEnded(self.position_s))

    # Commands.

    def _begin(self, answer: str, hints: hr.TurnHints) -> None:
        now_s = self.position_s
        detector = EndOfTurn(now_s, hints, self._closing)
        earliest_s = max(self._heard_from_s, now_s - PREROLL_S)
        if self._barged_in_at_s is not None:
            earliest_s = max(self._heard_from_s, min(earliest_s, self._barged_in_at_s - PREROLL_S / 2))
            self._barged_in_at_s = None
        if self._stretches.speaking:
            earliest_s = max(self._heard_from_s, min(earliest_s, self._stretches.start_s - PREROLL_S / 2))
        self._turn = _Turn(answer, detector, earliest_s)
        self._generation += 1
        if self._stretches.speaking:
            self._voice_started(self._turn, self._stretches.start_s)
        elif self._stretches.last_voice_s > earliest_s:
            self._voice_started(self._turn, self._stretches.start_s)
            self._voice_stopped(self._turn, self._stretches.start_s, self._stretches.last_voice_s)
        self._let_source()

    def _hint(self, hints: hr.TurnHints) -> None:
        if self._turn is not None:
            self._turn.detector.hint(hints)

    def _end(self, reason: AnswerEnd) -> None:
        turn = self._turn
        if turn is None:
            return
        if turn.ending is not None:
            turn.ending = reason
            turn.went_on = False
            return
        turn.ending = reason
        turn.decided_at_s = self.position_s
        turn.decided_at_clock_s = self._clock()
        self._source.hold()
        if turn.feeding:
            self._recognizer.finish()
        else:
            self._turn_over(turn)

    def _interviewer(self, speaking: bool) -> None:
        self._speaking = speaking
        self._barged_in = False
        now_s = self.position_s
        if self._overhearing.utterance():
            self._post(hr.InterjectionOver(now_s))
        if speaking:
            self._barged_in_at_s = None
        else:
            if self._echo is EchoMode.HALF_DUPLEX:
                self._deaf_until_s = now_s + HANG_OVER_S
                self._heard_from_s = self._deaf_until_s
            if self._turn is not None:
                self._turn.detector.disregard_until(now_s)
        self._let_source()

    def _mute(self, muted: bool) -> None:
        self._muted = muted
        if not muted and self._turn is not None:
            self._turn.detector.disregard_until(self.position_s)

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        self._let_source()

    def _let_source(self) -> None:
        """Let the source deliver the candidate's sound exactly while it is the candidate's turn."""
        turn = self._turn
        if turn is not None and turn.ending is None and not self._speaking and not self._paused:
            self._source.release()
        else:
            self._source.hold()

    # Sound.

    def _hear(self, samples: Samples) -> None:
        self._record(samples)
        self._blocks += 1
        self._measure(samples)
        clean = self._canceller.clean(samples) if self._canceller is not None else samples
        sound = np.zeros(BLOCK, np.float32) if self._deaf() else clean
        self._history.append(sound)
        self._overhearing.feed(sound, samples)
        turn = self._turn
        if turn is not None and turn.feeding and turn.ending is None:
            self._recognizer.feed(sound)
            turn.fed_s += BLOCK_S
        for frame in self._detector.feed(sound, self.position_s):
            self._attend(frame)

    def _deaf(self) -> bool:
        half_duplex = self._echo is EchoMode.HALF_DUPLEX
        return self._muted or (half_duplex and (self._speaking or self.position_s <= self._deaf_until_s))

    def _record(self, samples: Samples) -> None:
        if self._recording is None:
            return
        try:
            self._recording((np.clip(samples, -1, 1) * 32767).astype(np.int16), self.position_s)
        except SimulatorError as error:
            # The interview goes on without its sound; the words are still in the journal.
            self._recording = None
            self._post(hr.ListeningFailed(error.message, error.hint, int(error.status)))

    def _measure(self, samples: Samples) -> None:
        self._level.append(samples)
        if len(self._level) * BLOCK_S < LEVEL_S:
            return
        sound = np.concatenate(self._level)
        self._level.clear()
        now_s = self._clock()
        if now_s - self._level_told_s < 0.9 * LEVEL_S:
            return  # a fast source would flood the screen
        self._level_told_s = now_s
        peak = float(np.abs(sound).max())
        clipping = int(np.count_nonzero(np.abs(sound) >= CLIPPED)) >= 3
        level = dbfs(float(np.sqrt(np.mean(sound**2))))
        self._post(hr.Level(round(level, 1), round(dbfs(peak), 1), clipping, self._source.overflows))

    def _attend(self, frame: Frame) -> None:
        change = self._stretches.feed(frame)
        turn = self._turn
        if self._speaking and self._echo is not EchoMode.HALF_DUPLEX:
            self._overhear(frame)
        if turn is None or (self._speaking and self._echo is not EchoMode.HEADPHONES and not self._barged_in):
            return
        match change:
            case Started():
                if turn.ending is not None:
                    turn.went_on = turn.ending is AnswerEnd.END_OF_TURN
                else:
                    self._voice_started(turn, change.at_s)
            case Stopped() if turn.ending is None:
                self._voice_stopped(turn, change.start_s, change.end_s)
            case _:
                pass
        self._consider(turn)

    def _overhear(self, frame: Frame) -> None:
        turn = self._turn
        feeding = turn is not None and turn.feeding and turn.ending is None
        found = self._overhearing.attend(
            frame, OpenTurn(turn.fed_s, (*turn.confirmed, *turn.partial)) if turn is not None and feeding else None
        )
        if isinstance(found, hr.BargeIn):
            self._barged_in = True
            self._barged_in_at_s = found.at_s
        if found is not None:
            self._post(found)

    def _voice_started(self, turn: _Turn, at_s: float) -> None:
        self._generation += 1
        turn.detector.voice_started(at_s)
        turn.scored = None
        turn.concluded = False
        if not turn.feeding:
            self._feed_from(turn, max(turn.earliest_s, at_s - PREROLL_S))
        self._post(hr.VoiceStarted(turn.answer, at_s, self._generation))

    def _voice_stopped(self, turn: _Turn, start_s: float, end_s: float) -> None:
        turn.detector.voice_stopped(end_s)
        if self._smart_turn is not None:
            turn.scored = self._smart_turn.score(self._since(turn.earliest_s))
            turn.detector.score(turn.scored)
        self._post(hr.VoiceStopped(turn.answer, start_s, end_s, self._generation))

    def _feed_from(self, turn: _Turn, from_s: float) -> None:
        sound = self._since(from_s)
        self._recognizer.begin(turn.answer, self.position_s - len(sound) / (BLOCK / BLOCK_S))
        self._recognizer.feed(sound)
        turn.fed_s = turn.concluded_at_fed_s = len(sound) * BLOCK_S / BLOCK
        turn.feeding = True

    def _since(self, from_s: float) -> Samples:
        """Give the sound that is still kept from `from_s` to now."""
        blocks = min(len(self._history), max(0, round((self.position_s - from_s) / BLOCK_S)))
        if blocks == 0:
            return np.zeros(0, np.float32)
        return np.concatenate(list(self._history)[-blocks:])

    def _consider(self, turn: _Turn) -> None:
        """Decide whether the turn goes on."""
        detector = turn.detector
        if turn.ending is not None or self._muted or self._speaking:
            return
        now_s = self.position_s
        silence_s = detector.silence_s(now_s)
        if turn.feeding and not turn.concluded and not detector.speaking:
            sure = turn.scored is not None and turn.scored >= 0.5
            if silence_s >= (PAUSE_SURE_S if sure else PAUSE_S):
                turn.concluded = True
                turn.concluded_at_fed_s = turn.fed_s
                self._recognizer.pause()
                return
        if self._source_over and not detector.speaking and silence_s >= PAUSE_S:
            self._end(AnswerEnd.SOURCE_ENDED)
            return
        detector.words((*turn.confirmed, *turn.partial), current=self._current(turn))
        match detector.decide(now_s):
            case End(reason):
                self._end(reason)
            case Invite():
                self._post(hr.InvitationWanted(turn.answer, now_s))
            case _:
                pass

    # Words.

    def _take_results(self) -> None:
        for result in self._recognizer.poll():
            turn = self._turn
            if not isinstance(result, hr.RecognizerChanged) and result.answer == OVERHEARD:
                self._overhearing.take(result)
                continue
            match result:
                case Finished():
                    if turn is not None and turn.ending is not None and turn.answer == result.answer:
                        self._turn_over(turn)
                    continue
                case hr.Confirmed() if turn is not None and turn.answer == result.answer:
                    turn.confirmed.extend(result.words)
                    turn.partial = ()
                case hr.Partial() if turn is not None and turn.answer == result.answer:
                    turn.partial = result.words
                case hr.Revised() if result.answer in self._parts:
                    result = self._parts[result.answer].revised(result)
                case hr.FillersFound() if result.answer in self._parts:
                    result = self._parts[result.answer].found(result)
                case _:
                    pass
            self._post(result)
        turn = self._turn
        if turn is not None and turn.ending is not None and self._clock() - turn.decided_at_clock_s > FINISH_LIMIT_S:
            self._turn_over(turn)

    def _turn_over(self, turn: _Turn) -> None:
        if turn.went_on and turn.ending is AnswerEnd.END_OF_TURN:
            self._go_on(turn)
            return
        if turn.answer in self._parts:
            self._parts[turn.answer].part_ended(tuple(turn.confirmed), turn.decided_at_s)
        self._turn = None
        self._heard_from_s = turn.decided_at_s
        self._generation += 1
        self._post(
            hr.TurnEnded(
                turn.answer,
                self.position_s,
                turn.decided_at_s,
                turn.ending or AnswerEnd.END_OF_TURN,
                self._generation,
                round(turn.detector.speech_s, 3),
            )
        )

    def _go_on(self, turn: _Turn) -> None:
        """Take the end back: the candidate went on before anything had come of it."""
        parts = self._parts.setdefault(turn.answer, Parts())
        parts.part_ended(tuple(turn.confirmed), turn.decided_at_s)
        turn.ending = None
        turn.went_on = False
        turn.feeding = False
        turn.earliest_s = turn.decided_at_s
        self._let_source()
        start_s, end_s = self._stretches.start_s, self._stretches.last_voice_s
        self._voice_started(turn, start_s)
        if not self._stretches.speaking:
            self._voice_stopped(turn, start_s, end_s)


def _nobody(_heard: hr.Hearing) -> None:
    """Hear nothing: the listener has not been started."""
