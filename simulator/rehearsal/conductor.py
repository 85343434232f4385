"""The conductor of a running session: one asyncio loop that wires ears, judge, interviewer and mouth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from simulator.domain import events as ev
from simulator.domain import hearing as hr
from simulator.domain.errors import ExitStatus, SimulatorError
from simulator.domain.moves import Ask, CloseSession, CloseThread, Move, Plan, Probe, Question, Say
from simulator.domain.speech import Spoken
from simulator.domain.state import AnswerState, SessionState, ThreadState, apply
from simulator.domain.vocabulary import AnswerEnd, Facet, FacetState, Mode, Phase, SessionClose, ThreadClose
from simulator.domain.words import Word, words_of
from simulator.rehearsal.deliberation import Deliberation, deliberate, delivery_of, foresee, reflect
from simulator.rehearsal.parts import Parts

WORDING_LIMIT_S = 1.2
"""How long after the end of an answer a language model's words may begin; else the template speaks."""

INVITATIONS = ("Take your time.", "Please go on when you are ready.", "I am listening, go on.")
"""What the interviewer says, once an answer, after a long silence in mid-answer."""

logger = logging.getLogger(__name__)

Subscriber = Callable[[ev.Event, SessionState], None]


class Conductor:
    """Runs one session from its opening to its close.

    Intents (`done`, `skip`, `quit` and the rest) come from a screen or a signal handler and must be
    called in the loop that runs `run`. Everything that happens goes out as events: to the sinks first
    (the journal), then to the subscribers (screens).

    Args:
        parts: ears, mouth, judge, interviewer and the rest.
        plan: what the session is about.
        started: the first event.
        state: the state of an interrupted session that goes on, else None.
        unattended: whether nobody chooses between the attempts of a drill: the next question follows at once.
        tone: whether a soft tone marks the moments at which an initial answer passes the edges of the wanted length.
    """

    def __init__(
        self,
        parts: Parts,
        plan: Plan,
        started: ev.SessionStarted,
        state: SessionState | None = None,
        *,
        unattended: bool = False,
        tone: bool = False,
    ) -> None:
        self.state = state or SessionState()
        self._parts = parts
        self._plan = plan
        self._started = started
        self._resumed = state is not None
        self._unattended = unattended
        self._tone = tone
        self._edges: tuple[float, ...] = ()
        self._subscribers: list[Subscriber] = []
        self._judging = ThreadPoolExecutor(1, thread_name_prefix="judging")
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn: asyncio.Future[hr.TurnEnded] | None = None
        self._preparation: asyncio.Task[Deliberation] | None = None
        self._prepared_words: dict[tuple[str, Facet], str] = {}
        self._silent = False
        self._source_over = False
        self._closing: SessionClose | None = None
        self._failure: SimulatorError | None = None
        self._skipping = False
        self._repeating = False
        self._choosing: asyncio.Future[None] | None = None
        self._speeches = 0
        self._running = asyncio.Event()
        self._running.set()

    # What a screen sees and does.

    @property
    def now_s(self) -> float:
        """The session's clock, seconds since it began."""
        return self._parts.ears.position_s

    def subscribe(self, listener: Subscriber) -> Callable[[], None]:
        """Have every event told to `listener` together with the state after it; gives the way to stop that."""
        self._subscribers.append(listener)
        return lambda: self._subscribers.remove(listener)

    def done(self) -> None:
        """End the candidate's answer now, or cut the interviewer short."""
        if self.state.phase is Phase.SPEAKING:
            self._parts.mouth.stop()
        elif self._turn is not None:
            self._parts.ears.end_turn(AnswerEnd.KEY)

    def repeat(self) -> None:
        """Say the last question again."""
        if self.state.phase is Phase.LISTENING and self.state.prompt:
            self._background(self._aside(self.state.prompt, "repeat"), "repeat")

    def skip(self) -> None:
        """Leave this thread and go to the next question."""
        self._skipping = True
        self._cut_short(AnswerEnd.SKIPPED)

    def again(self) -> None:
        """Try the same question once more (a drill), now or after this attempt."""
        self._repeating = True
        self._go_on()

    def next_question(self) -> None:
        """Go on to the next question (a drill)."""
        self._go_on()

    def _go_on(self) -> None:
        if self._choosing is not None and not self._choosing.done():
            self._choosing.set_result(None)

    def pause(self) -> None:
        """Pause, or go on."""
        if self._running.is_set():
            self._running.clear()
            self._parts.mouth.stop()
            self._parts.ears.pause()
            self._emit(ev.PhaseChanged(phase=Phase.PAUSED))
        else:
            self._parts.ears.resume()
            self._running.set()
            self._emit(ev.PhaseChanged(phase=Phase.LISTENING if self._turn is not None else Phase.THINKING))

    def set_typing(self, typing: bool) -> None:
        """Don't listen to the microphone while the candidate types."""
        self._parts.ears.mute(typing)

    def type_answer(self, text: str, duration_s: float = 0.0) -> None:
        """Give the answer in writing, and end it.

        Args:
            text: the words.
            duration_s: how long they took or would take to say; 0 if unknown.
        """
        answer = self.state.answer
        if answer is None or self._turn is None or self._turn.done():
            return
        now = self.now_s
        words = words_of(text, now, duration_s)
        if words:
            self._emit(ev.WordsConfirmed(answer=answer.answer, words=words))
        self._turn.set_result(hr.TurnEnded(answer.answer, now, now, AnswerEnd.TYPED, -1, duration_s))

    def quit(self, reason: SessionClose = SessionClose.QUIT) -> None:
        """Close the session and keep it."""
        self._closing = self._closing or reason
        self._cut_short(AnswerEnd.CLOSED)

    def _cut_short(self, reason: AnswerEnd) -> None:
        if not self._running.is_set():
            self.pause()
        self._parts.mouth.stop()
        self._go_on()
        if self._turn is not None and not self._turn.done():
            answer = self.state.answer
            name = answer.answer if answer is not None else ""
            self._turn.set_result(hr.TurnEnded(name, self.now_s, self.now_s, reason, -1, 0.0))

    # The session.

    async def run(self) -> None:
        """Run the whole session.

        Raises:
            SimulatorError: something that cannot be gone on with (a full disk); what was said is kept.
        """
        loop = asyncio.get_running_loop()
        self._parts.ears.start(lambda heard: _post(loop, self._hear, heard))
        try:
            if self._resumed:
                self._emit(ev.SessionResumed(started_at=self._started.started_at))
            else:
                self._emit(self._started)
            self._parts.notices.attach(self.notice, loop)
            if not self._resumed:
                for say in self._parts.interviewer.opening():
                    await self._perform(say)
            move: Move | None = self._next()
            while move is not None:
                move = await self._perform(move)
        finally:
            await self._end()
        if self._failure is not None:
            raise self._failure

    def _next(self) -> Move:
        if self._closing is not None:
            return CloseThread(ThreadClose.CLOSED) if self.state.thread else CloseSession(self._closing)
        if self._skipping:
            self._skipping = False
            if self.state.thread is not None:
                return CloseThread(ThreadClose.SKIPPED)
        return self._parts.interviewer.next_move(self.state, self.now_s)

    async def _perform(self, move: Move) -> Move | None:
        if self._closing is not None and isinstance(move, Ask | Probe | Say):
            return self._next()
        match move:
            case Say():
                thread = self.state.thread
                self._emit(
                    ev.InterviewerSaid(
                        text=move.text, purpose=move.purpose, thread=thread.thread if thread is not None else None
                    )
                )
                await self._speak(move.text)
                return self._next()
            case Ask():
                question = move.question
                self._emit(
                    ev.QuestionAsked(
                        thread=f"t{len(self.state.threads) + 1}",
                        question=question.id,
                        kind=question.kind,
                        text=question.text,
                        tests=question.tests,
                        topic=question.topic,
                    )
                )
                await self._speak(question.text)
                return await self._answer(initial=True)
            case Probe():
                await self._probe(move)
                return await self._answer(initial=False)
            case CloseThread():
                thread = self.state.thread
                if thread is not None:
                    self._emit(ev.ThreadClosed(thread=thread.thread, reason=move.reason))
                    if self._plan.mode is Mode.DRILL and move.reason is ThreadClose.ANSWERED:
                        return await self._between_attempts(thread)
                return self._next()
            case CloseSession():
                self._closing = move.reason
                return None

    async def _between_attempts(self, thread: ThreadState) -> Move:
        """Wait until the candidate has looked at the attempt's figures and says how to go on."""
        self._choosing = asyncio.get_running_loop().create_future()
        self._emit(ev.PhaseChanged(phase=Phase.REVIEWING))
        if not self._repeating and self._closing is None and not self._unattended:
            await self._choosing
        self._choosing = None
        if self._repeating and self._closing is None:
            self._repeating = False
            return Ask(Question(thread.question, thread.kind, thread.text, thread.tests, thread.topic))
        return self._next()

    async def _probe(self, move: Probe) -> None:
        thread = self.state.thread
        if thread is None:
            return
        text, engine = move.text, "templates"
        if self._parts.wording is not None:
            own = self._prepared_words.pop((thread.thread, move.facet), None)
            if own is None:
                own = await self._within(self._parts.wording.word(move, self.state), WORDING_LIMIT_S)
            if own is not None:
                text, engine = own, self._parts.wording.engine
        self._emit(
            ev.ProbeAsked(
                thread=thread.thread,
                facet=move.facet,
                text=text,
                pushback=move.pushback,
                reason=move.reason,
                angle=move.angle,
                confirms=move.confirms,
                engine=engine,
            )
        )
        await self._speak(text)

    async def _answer(self, *, initial: bool) -> Move:
        thread = self.state.thread
        if thread is None or self._closing is not None or self._skipping:
            return self._next()
        if self._source_over:
            self._closing = SessionClose.SOURCE_ENDED
            return self._next()
        answer = f"a{len(self.state.answers) + 1}"
        self._emit(ev.AnswerStarted(answer=answer, thread=thread.thread, initial=initial))
        self._turn = asyncio.get_running_loop().create_future()
        self._silent = False
        self._edges = self.state.band_s if initial and self._tone else ()
        self._emit(ev.PhaseChanged(phase=Phase.LISTENING))
        self._parts.ears.begin_turn(answer, self._hints())
        end = await self._turn
        self._turn = None
        self._edges = ()
        if end.reason in {AnswerEnd.TYPED, AnswerEnd.SKIPPED, AnswerEnd.CLOSED}:
            self._parts.ears.end_turn(end.reason)
        said = self.state.answers[answer].words
        duration_s = said[-1].end_s - said[0].start_s if said else 0.0
        self._emit(
            ev.AnswerEnded(answer=answer, reason=end.reason, duration_s=duration_s, speech_s=end.speech_s or duration_s)
        )
        self._emit(ev.PhaseChanged(phase=Phase.THINKING))
        return await self._decide(answer)

    async def _decide(self, answer: str) -> Move:
        deliberation = await self._prepared(answer)
        if deliberation is None:
            deliberation = await self._deliberate(self.state, answer)
        now = self.now_s
        for event in deliberation.events:
            self._emit(replace(event, at_s=now))
        self._background(self._reflect(answer), "reflect")
        if self._closing is not None or self._skipping:
            return self._next()
        return deliberation.move

    async def _end(self) -> None:
        self._cancel_preparation()
        self._parts.mouth.stop()
        await self._settle_tasks()
        await asyncio.to_thread(self._parts.ears.stop)
        await asyncio.sleep(0)  # lets what the ears posted last be heard
        await self._settle_tasks()
        if self._parts.wording is not None:
            await self._parts.wording.close()
        self._parts.mouth.close()
        self._judging.shutdown()
        if self.state.closed is None:
            self._emit(ev.SessionClosed(reason=self._closing or SessionClose.FAILED))

    # Listening.

    def _hints(self) -> hr.TurnHints:
        thread = self.state.thread
        answer = self.state.answer
        if thread is None or answer is None:
            return hr.TurnHints(band_s=self.state.band_s)
        pauses = sorted(
            later[0] - earlier[1]
            for each in self.state.answers.values()
            for earlier, later in zip(each.voice, each.voice[1:], strict=False)
            if later[0] > earlier[1]
        )
        heard = [f for f in thread.tests if thread.facets[f].state is not FacetState.UNHEARD]
        return hr.TurnHints(
            initial=answer.initial,
            band_s=self.state.band_s,
            complete=len(heard) / len(thread.tests) if thread.tests else 0.0,
            typical_pause_s=pauses[len(pauses) // 2] if pauses else 0.0,
        )

    def _hear(self, heard: hr.Hearing) -> None:
        match heard:
            case hr.Level():
                self._emit(
                    ev.LevelMeasured(
                        level_dbfs=heard.level_dbfs,
                        peak_dbfs=heard.peak_dbfs,
                        clipping=heard.clipping,
                        overflows=heard.overflows,
                    )
                )
                self._mark_edge()
            case hr.Partial() if self._is_open(heard.answer):
                self._emit(ev.WordsPartial(answer=heard.answer, words=heard.words))
                self._prepare()
            case hr.Confirmed() if self._is_open(heard.answer):
                self._emit(ev.WordsConfirmed(answer=heard.answer, words=heard.words))
                if self._parts.wording is not None:
                    self._background(self._parts.wording.warm(self.state), "warming")
                self._prepare()
            case hr.VoiceStarted():
                self._silent = False
                self._cancel_preparation()
            case hr.VoiceStopped():
                self._emit(ev.VoiceActive(answer=heard.answer, start_s=heard.start_s, end_s=heard.end_s))
                self._silent = True
                self._prepare()
            case hr.TurnEnded() if self._is_open(heard.answer):
                if self._turn is not None and not self._turn.done():
                    self._turn.set_result(heard)
            case hr.InvitationWanted():
                which = len(self.state.utterances) % len(INVITATIONS)
                self._background(self._aside(INVITATIONS[which], "invitation"), "invitation")
            case hr.Interjection():
                self._parts.mouth.hold()
            case hr.InterjectionOver():
                self._parts.mouth.go_on()
            case hr.BargeIn():
                self._parts.mouth.stop()
            case hr.Revised():
                self._emit(ev.WordsRevised(answer=heard.answer, words=heard.words, engine=heard.engine))
            case hr.FillersFound():
                self._emit(ev.FillersHeard(answer=heard.answer, fillers=heard.fillers))
                self._measure_again(heard.answer)
            case hr.SourceLost():
                self._emit(ev.DeviceLost(direction="input", device=heard.device, reason=heard.reason))
            case hr.SourceResumed():
                self._emit(ev.DeviceResumed(direction="input", device=heard.device, gap_s=heard.gap_s))
            case hr.SourceEnded():
                self._source_over = True
            case hr.ListeningFailed():
                self._emit(ev.NoticeGiven(text=heard.message, hint=heard.hint))
                if heard.fatal:
                    self._failure = SimulatorError(heard.message, heard.hint)
                    self._failure.status = ExitStatus(heard.status)
                    self.quit(SessionClose.FAILED)
            case hr.RecognizerChanged():
                self._emit(ev.EngineChanged(part="recognizer", engine=heard.engine, reason=heard.reason))
                self._emit(ev.NoticeGiven(text=heard.reason))

    def _mark_edge(self) -> None:
        """Let a soft tone be heard where the answer passes the next edge of the wanted length."""
        answer = self.state.answer
        said = (answer.words or answer.partial) if answer is not None else ()
        if self._edges and said and self.now_s - said[0].start_s >= self._edges[0]:
            self._edges = self._edges[1:]
            self._background(self._parts.mouth.chime(), "chime")

    def _is_open(self, answer: str) -> bool:
        """Tell whether an answer is the one being given; what comes late for another is stale."""
        return self.state.answer is not None and self.state.answer.answer == answer

    def _measure_again(self, answer_id: str) -> None:
        answer = self.state.answers.get(answer_id)
        if answer is not None and answer.delivery is not None:
            self._emit(delivery_of(answer, self._parts.measure, self.now_s))

    # Thinking.

    async def _deliberate(self, state: SessionState, answer: str) -> Deliberation:
        return await asyncio.get_running_loop().run_in_executor(
            self._judging,
            deliberate,
            self._parts.judge,
            self._parts.interviewer,
            state,
            answer,
            self._parts.measure,
            self.now_s,
        )

    def _prepare(self) -> None:
        """Prepare the next move on the words so far, while the candidate is silent."""
        answer = self.state.answer
        if answer is None or self._turn is None or not self._silent:
            return
        words = (*answer.words, *answer.partial)
        if not words:
            return
        self._cancel_preparation()
        self._preparation = asyncio.get_running_loop().create_task(self._preparing(answer, words), name="preparation")

    async def _preparing(self, answer: AnswerState, words: tuple[Word, ...]) -> Deliberation:
        imagined = foresee(self.state, answer.answer, words, self.now_s)
        deliberation = await self._deliberate(imagined, answer.answer)
        self._parts.ears.hint(self._hints_after(deliberation))
        move = deliberation.move
        if isinstance(move, Probe):
            text = move.text
            if self._parts.wording is not None:
                own = await self._within(self._parts.wording.word(move, deliberation.state), WORDING_LIMIT_S)
                if own is not None:
                    text = own
                    self._prepared_words = {(answer.thread, move.facet): own}
            self._parts.mouth.prepare(text)
        return deliberation

    def _hints_after(self, deliberation: Deliberation) -> hr.TurnHints:
        thread = deliberation.state.threads[deliberation.state.answers[deliberation.answer].thread]
        heard = [f for f in thread.tests if thread.facets[f].state is not FacetState.UNHEARD]
        return replace(self._hints(), complete=len(heard) / len(thread.tests) if thread.tests else 0.0)

    async def _prepared(self, answer: str) -> Deliberation | None:
        """Give the preparation if it was made on exactly the words that the answer ended with."""
        task, self._preparation = self._preparation, None
        if task is None:
            return None
        try:
            prepared = await task
        except (asyncio.CancelledError, SimulatorError):
            return None
        same = prepared.answer == answer and prepared.text == self.state.answers[answer].text
        return prepared if same else None

    def _cancel_preparation(self) -> None:
        if self._preparation is not None:
            self._preparation.cancel()
            self._preparation = None

    async def _reflect(self, answer: str) -> None:
        """Judge what a reply's own words show, while the interviewer speaks."""
        events = await asyncio.get_running_loop().run_in_executor(
            self._judging, reflect, self._parts.judge, self.state, answer, self._parts.measure, self.now_s
        )
        self._emit_all(events)
        if self._parts.wording is not None:
            await self._parts.wording.warm(self.state)

    # Speaking.

    async def _speak(self, text: str) -> None:
        await self._running.wait()
        if self._closing is not None or self._skipping:
            return
        self._emit(ev.PhaseChanged(phase=Phase.SPEAKING))
        await self._utter(text)

    async def _aside(self, text: str, purpose: str) -> None:
        """Say something in the candidate's turn, and give the turn back."""
        thread = self.state.thread
        self._emit(ev.InterviewerSaid(text=text, purpose=purpose, thread=thread.thread if thread is not None else None))
        self._emit(ev.PhaseChanged(phase=Phase.SPEAKING))
        await self._utter(text)
        if self._turn is not None:
            self._emit(ev.PhaseChanged(phase=Phase.LISTENING))

    async def _utter(self, text: str) -> Spoken:
        self._speeches += 1
        speech = f"s{self._speeches}"
        self._parts.ears.interviewer_speaks(True)
        try:
            spoken = await self._parts.mouth.say(text, lambda: self._emit(ev.SpeechStarted(speech=speech, text=text)))
        except SimulatorError as error:
            self._emit(ev.NoticeGiven(text=error.message, hint=error.hint))
            spoken = Spoken("", False, self.now_s, self.now_s)
        finally:
            self._parts.ears.interviewer_speaks(False)
        self._emit(ev.SpeechEnded(speech=speech, heard=spoken.heard, complete=spoken.complete))
        return spoken

    # Machinery.

    def _emit(self, event: ev.Event) -> None:
        event = replace(event, at_s=round(max(self.now_s, self.state.at_s), 3))
        self.state = apply(self.state, event)
        for sink in self._parts.sinks:
            sink(event)
        for subscriber in tuple(self._subscribers):
            subscriber(event, self.state)

    def _emit_all(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            self._emit(event)

    def notice(self, text: str, hint: str = "") -> None:
        """Tell the user something, once; for parts that have no event of their own."""
        self._emit(ev.NoticeGiven(text=text, hint=hint))

    def _background(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The words of an error may hold the candidate's, so only its kind reaches the log.
            logger.error("background task %s failed: %s", task.get_name(), type(error).__name__)

    async def _settle_tasks(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=10)

    async def _within(self, work: Coroutine[Any, Any, str | None], limit_s: float) -> str | None:
        try:
            return await asyncio.wait_for(work, limit_s)
        except (TimeoutError, SimulatorError):
            return None


def _post(loop: asyncio.AbstractEventLoop, hear: Callable[[hr.Hearing], None], heard: hr.Hearing) -> None:
    """Hand what was heard to the loop; after its end there is nobody left to tell."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(hear, heard)
