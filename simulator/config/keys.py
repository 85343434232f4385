"""Where the key of a server comes from: the environment, else the system's keyring; never a file of ours."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

SERVICE = "interview-simulator"
"""The name under which a key lies in the keyring; the user name there is the server's address."""

OPENAI_VARIABLE = "OPENAI_API_KEY"
OPENAI_HOST = "api.openai.com"
"""The one server that the usual variable is sent to, so that a copied profile never hands the key to another."""


def find_key(variable: str, base_url: str) -> str:
    """Give the key for a server; "" where there is none.

    Args:
        variable: the environment variable that is looked at first.
        base_url: the server's address, under which the keyring is asked.
    """
    key = ""
    if variable != OPENAI_VARIABLE or urlsplit(base_url).hostname == OPENAI_HOST:
        key = os.environ.get(variable, "").strip()
    return key or _from_keyring(base_url)


def _from_keyring(base_url: str) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        return (keyring.get_password(SERVICE, base_url) or "").strip()
    except (KeyringError, OSError):
        # A machine without a keyring has no key in it.
        return ""
