"""Where the key of a language-model server comes from: the environment, else the system's keyring; never a file."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from simulator.config.settings import LanguageModelSettings

SERVICE = "interview-simulator"
"""The name under which a key lies in the keyring; the user name there is the server's address."""

OPENAI_HOST = "api.openai.com"
"""The one server that the usual variable `OPENAI_API_KEY` is sent to."""


def language_model_key(settings: LanguageModelSettings) -> str:
    """Give the key for the configured server; "" where there is none.

    The variable that `key_env` names is looked at first, then the keyring. `OPENAI_API_KEY` is used for
    OpenAI's own address only, so that no other server ever sees it.
    """
    key = os.environ.get(settings.key_env, "").strip()
    if not key and urlsplit(settings.base_url).hostname == OPENAI_HOST:
        key = os.environ.get("OPENAI_API_KEY", "").strip()
    return key or _from_keyring(settings.base_url)


def _from_keyring(base_url: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return (keyring.get_password(SERVICE, base_url) or "").strip()
    except (KeyringError, OSError):
        # A machine without a keyring has no key in it.
        return ""
