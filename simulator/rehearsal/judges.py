"""Opening a judge by name, for commands that judge outside a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simulator.config.settings import load_settings
from simulator.domain.errors import UsageError
from simulator.domain.judgements import Judge
from simulator.judging.choice import CombinedJudge
from simulator.judging.embedded import EmbeddedJudge
from simulator.judging.language_model import LanguageModelJudge
from simulator.rehearsal.keys import language_model_key
from simulator.rehearsal.language_model import found_language_model, make_judge


def open_model_judge() -> LanguageModelJudge:
    """Give the configured (or locally served) language model as a judge; the caller closes it.

    Raises:
        UsageError: there is no language model.
    """
    found = found_language_model(load_settings().language_model)
    if found is None:
        raise UsageError(
            "There is no language model to judge.",
            "Set language_model.base_url and model, or run `interview local-model start`.",
        )
    return LanguageModelJudge(found, language_model_key(found), EmbeddedJudge.load())


@contextmanager
def open_judge(engine: str) -> Iterator[Judge]:
    """Give a judge, and close it afterwards.

    Args:
        engine: "configured" (as in an interview), "embedded", or "model".

    Raises:
        UsageError: a model is asked for, and there is none.
        ServerError: the model's server cannot be reached.
    """
    if engine == "model":
        model = open_model_judge()
        try:
            model.check()
            yield model
        finally:
            model.close()
        return
    embedded = EmbeddedJudge.load()
    judge = make_judge(load_settings().language_model, embedded) if engine == "configured" else embedded
    try:
        yield judge
    finally:
        if isinstance(judge, CombinedJudge):
            judge.close()
