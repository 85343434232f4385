"""The language model that a session uses: the configured one, or the one served on this machine; and what it does."""

from __future__ import annotations

from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import BadInputError
from simulator.domain.judgements import Judge
from simulator.models.local_server import active_server
from simulator.rehearsal.keys import language_model_key
from simulator.rehearsal.parts import Wording


def found_language_model(settings: LanguageModelSettings) -> LanguageModelSettings | None:
    """Give the settings of the language model that is there, or None.

    A configured address comes first; without one, the server that `interview local-model start` has
    started is used.

    Raises:
        BadInputError: an address is configured, and no model's name.
    """
    if settings.base_url:
        if not settings.model:
            raise BadInputError(
                "The setting language_model.base_url is there, but language_model.model is not.",
                "Set the model's name as the server knows it.",
            )
        return settings
    server = active_server()
    if server is None:
        return None
    return settings.model_copy(update={"base_url": server.base_url, "model": server.model})


def make_wording(settings: LanguageModelSettings) -> Wording | None:
    """Give the model that words follow-ups, or None where the templates do.

    Raises:
        BadInputError: settings or prompts are not as they must be.
    """
    found = found_language_model(settings) if settings.words else None
    if found is None:
        return None
    from simulator.rehearsal.wording import LanguageModelWording

    return LanguageModelWording(found, language_model_key(found))


def make_judge(settings: LanguageModelSettings, embedded: Judge) -> Judge:
    """Give the judge that the settings ask for: the embedded engine, or both, each for what it judges better.

    Raises:
        BadInputError: settings or prompts are not as they must be.
    """
    found = found_language_model(settings) if settings.judge != "embedded" else None
    if found is None:
        return embedded
    from simulator.judging.choice import choose_judge

    return choose_judge(found, language_model_key(found), embedded)
