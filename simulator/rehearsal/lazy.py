"""A judge that loads in the background, so that the first question need not wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from simulator.domain.judgements import (
    AnswerContext,
    AnswerJudgement,
    Judge,
    PushbackContext,
    PushbackJudgement,
    ReplyContext,
    ReplyJudgement,
)


class LazyJudge:
    """Loads a judge on a thread of its own; whoever wants a judgement before it is there waits.

    Args:
        load: makes the judge; what it raises is raised by the first judgement.
    """

    def __init__(self, load: Callable[[], Judge]) -> None:
        pool = ThreadPoolExecutor(1, thread_name_prefix="judge-loading")
        self._judge = pool.submit(load)
        pool.shutdown(wait=False)

    @property
    def engine(self) -> str:
        """Name and version of the loaded engine."""
        return self._judge.result().engine

    def judge_answer(self, context: AnswerContext) -> AnswerJudgement:
        """Judge an initial answer."""
        return self._judge.result().judge_answer(context)

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply to a probe."""
        return self._judge.result().judge_reply(context)

    def judge_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Judge a reply to a pushback."""
        return self._judge.result().judge_pushback(context)
