"""The language-model engine: one narrow question a call, quotes checked, and the embedded engine where it fails."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from typing import TypeVar

from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import ServerError
from simulator.domain.judgements import (
    AnswerContext,
    AnswerJudgement,
    FacetJudgement,
    Judge,
    PushbackContext,
    PushbackJudgement,
    ReplyContext,
    ReplyJudgement,
    SignalJudgement,
)
from simulator.domain.vocabulary import Facet, FacetState, PushbackReply, Reply, Signal, facets_of
from simulator.judging.language_model_chat import Chat, UnusableAnswerError
from simulator.judging.language_model_prompts import (
    Certainty,
    FacetAnswer,
    Prompts,
    PushbackAnswer,
    ReplyAnswer,
    SignalAnswer,
    load_prompts,
)
from simulator.judging.language_model_quotes import verbatim_all

AT_ONCE = 8
"""Questions asked at the same time; a server with fewer places queues them."""

CONFIDENCE: dict[Certainty, float] = {"high": 0.9, "medium": 0.7, "low": 0.45}
"""What a model's own word for its certainty counts for. Ours: `low` must fall under the 0.5 below which a
reply is asked about once more, and no model's word for itself is worth more than 0.9."""

NO_QUOTE = "no quote in evidence stands word for word in the {}. Copy words exactly as they stand there."

logger = logging.getLogger(__name__)

T = TypeVar("T")


class LanguageModelJudge:
    """Judges through an OpenAI-compatible server; what the server cannot judge, the embedded engine does.

    A judgement waits for the server no longer than the setting `timeout_s` in all, and after the first
    failed connection the rest of the judgement is the embedded engine's.

    Args:
        settings: address, model and time limit.
        key: the key; "" where none is needed.
        embedded: the engine that judges where the server fails.
        rng: makes the fences' marks; None takes the system's, which nobody can foresee.
        prompts: the prompts; None takes the user's own or the shipped ones.
    """

    def __init__(
        self,
        settings: LanguageModelSettings,
        key: str,
        embedded: Judge,
        *,
        rng: random.Random | None = None,
        prompts: Prompts | None = None,
    ) -> None:
        self.embedded = embedded
        self.model = settings.model
        self.base_url = settings.base_url
        self.prompts = prompts or load_prompts()
        self._timeout_s = settings.timeout_s
        self._rng = rng or random.SystemRandom()
        self._chat = Chat(settings.base_url, settings.model, key, settings.timeout_s)
        self._asking = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="language-model")

    @property
    def engine(self) -> str:
        """Name of the model and version of the prompts."""
        return f"language model {self.model} (prompts {self.prompts.version})"

    # The judge: the model's word, or else the embedded engine's.

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply to a probe."""
        (judged,) = self._gather([lambda: self.ask_reply(context)])
        return judged or self.embedded.judge_reply(context)

    def judge_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Judge a reply to a pushback."""
        (judged,) = self._gather([lambda: self.ask_pushback(context)])
        return judged or self.embedded.judge_pushback(context)

    def judge_answer(self, context: AnswerContext) -> AnswerJudgement:
        """Judge an answer's facets and signals; its sentences are the embedded engine's."""
        return self.judge_parts(context, facets=True, signals=True)

    def judge_parts(self, context: AnswerContext, *, facets: bool, signals: bool) -> AnswerJudgement:
        """Judge an answer, its facets or its signals or both by the model and all else by the embedded engine.

        Each facet and signal names the engine that judged it.
        """
        base = self.embedded.judge_answer(context)
        sides = facets_of(context.kind) if facets else ()
        things = self.prompts.signals(context.kind) if signals else ()
        # One mark for all questions on an answer: the server then reads the answer once.
        mark = self._mark()
        questions: list[Callable[[], FacetJudgement | SignalJudgement | bool]] = [
            *(partial(self.ask_facet, context, facet, mark) for facet in sides),
            *(partial(self.ask_signal, context, signal, mark) for signal in things),
        ]
        judged = self._gather(questions)
        own_facets = {found.facet: found for found in judged if isinstance(found, FacetJudgement)}
        asked = {thing: found for thing, found in zip(things, judged[len(sides) :], strict=True) if found is not None}
        kept = [replace(s, engine=base.engine) for s in base.signals if s.signal not in asked]
        found_signals = [s for s in asked.values() if isinstance(s, SignalJudgement)]
        order = list(Signal)
        return replace(
            base,
            facets=tuple(own_facets.get(f.facet, replace(f, engine=base.engine)) for f in base.facets),
            signals=tuple(sorted([*kept, *found_signals], key=lambda s: order.index(s.signal))),
        )

    # The model alone.

    def ask_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Have the model judge a reply.

        Raises:
            ServerError: the server fails, or (`UnusableAnswerError`) the model does.
        """

        def problem(answer: ReplyAnswer) -> str:
            return "" if verbatim_all(answer.evidence, context.reply) else NO_QUOTE.format("REPLY")

        answer = self._chat.ask(self.prompts.reply(context, self._mark()), ReplyAnswer, problem)
        before = verbatim_all(answer.before_evidence, context.before)
        label = Reply(answer.label)
        return ReplyJudgement(
            reply=label,
            confidence=CONFIDENCE[answer.certainty],
            evidence=verbatim_all(answer.evidence, context.reply)
            + (before if label in {Reply.CONTRADICTED, Reply.NO_MORE} else ()),
            engine=self.engine,
        )

    def ask_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Have the model judge a reply to a pushback; raises as `ask_reply`."""

        def problem(answer: PushbackAnswer) -> str:
            return "" if verbatim_all(answer.evidence, context.reply) else NO_QUOTE.format("REPLY")

        answer = self._chat.ask(self.prompts.pushback(context, self._mark()), PushbackAnswer, problem)
        return PushbackJudgement(
            reply=PushbackReply(answer.label),
            confidence=CONFIDENCE[answer.certainty],
            evidence=verbatim_all(answer.evidence, context.reply),
            engine=self.engine,
        )

    def ask_facet(self, context: AnswerContext, facet: Facet, mark: str = "") -> FacetJudgement:
        """Have the model judge one facet of an answer; raises as `ask_reply`."""

        def problem(answer: FacetAnswer) -> str:
            shown = answer.state == "unheard" or verbatim_all(answer.evidence, context.text)
            return "" if shown else NO_QUOTE.format("ANSWER")

        answer = self._chat.ask(self.prompts.facet(context, facet, mark or self._mark()), FacetAnswer, problem)
        state = FacetState(answer.state)
        quotes = () if state is FacetState.UNHEARD else verbatim_all(answer.evidence, context.text)
        return FacetJudgement(facet, state, CONFIDENCE[answer.certainty], quotes, self.engine)

    def ask_signal(self, context: AnswerContext, signal: Signal, mark: str = "") -> SignalJudgement | bool:
        """Have the model look for one signal in an answer: what shows it, or False; raises as `ask_reply`."""

        def problem(answer: SignalAnswer) -> str:
            shown = not answer.present or verbatim_all(answer.evidence, context.text)
            return "" if shown else NO_QUOTE.format("ANSWER")

        answer = self._chat.ask(self.prompts.signal(context, signal, mark or self._mark()), SignalAnswer, problem)
        if not answer.present:
            return False
        quotes = verbatim_all(answer.evidence, context.text)
        return SignalJudgement(signal, CONFIDENCE[answer.certainty], quotes, self.engine)

    def check(self) -> None:
        """Make sure that the server answers and takes the key.

        Raises:
            ServerError: it does not.
        """
        self._chat.check()

    def close(self) -> None:
        """Give up what is being asked, and end the connections."""
        self._asking.shutdown(wait=False, cancel_futures=True)
        self._chat.close()

    def _mark(self) -> str:
        return f"{self._rng.getrandbits(64):016x}"

    def _gather(self, questions: Sequence[Callable[[], T]]) -> list[T | None]:
        """Ask questions side by side within the time limit; None stands where the model gave no usable answer."""
        asked = [self._asking.submit(_usable, question) for question in questions]
        finished, late = wait(asked, timeout=self._timeout_s, return_when=FIRST_EXCEPTION)
        failure = next((error for future in finished if (error := future.exception()) is not None), None)
        if late:
            for future in late:
                future.cancel()
            self._chat.close()
        if failure is not None or late:
            reason = failure.message if isinstance(failure, ServerError) else "The language model is too slow."
            logger.warning("%s The embedded engine judges instead.", reason)
        return [future.result() if future in finished and future.exception() is None else None for future in asked]


def _usable(question: Callable[[], T]) -> T | None:
    """Ask a question; None where the model's answers cannot be used, which says nothing about the next question."""
    try:
        return question()
    except UnusableAnswerError as error:
        logger.info("%s", error.message)
        return None
