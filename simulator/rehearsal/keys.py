"""The key of the configured language model."""

from __future__ import annotations

from simulator.config.keys import OPENAI_VARIABLE, find_key
from simulator.config.settings import LanguageModelSettings


def language_model_key(settings: LanguageModelSettings) -> str:
    """Give the key for the configured server; "" where there is none.

    The variable that `key_env` names is looked at first, then the keyring, then, for OpenAI's own address only,
    `OPENAI_API_KEY`.
    """
    return find_key(settings.key_env, settings.base_url) or find_key(OPENAI_VARIABLE, settings.base_url)
