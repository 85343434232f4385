"""How a server wants to be asked: OpenAI-compatible servers differ in what they accept, and refuse the rest."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from simulator.domain.errors import ServerError

NO_KEY = "none"
"""What is sent as the key where there is none: servers on one's own machine want none, the library wants something."""


class SlowServerError(ServerError):
    """The server is there, but did not answer in time."""


class Shape(StrEnum):
    """How a structured answer is asked for, strictest first."""

    SCHEMA = "json_schema"
    """The server holds its model to the schema."""
    OBJECT = "json_object"
    """The server holds its model to some JSON object."""
    PLAIN = "plain"
    """Nothing is promised: the object is looked for in the text."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server has been found to accept.

    Attributes:
        shape: how a structured answer is asked for.
        limit: the name of the limit on an answer's tokens; newer models of some servers refuse `max_tokens`.
        tempered: whether a temperature may be given; reasoning models refuse it.
    """

    shape: Shape = Shape.SCHEMA
    limit: str = "max_tokens"
    tempered: bool = True

    def after_refusal(self, words: str) -> Dialect | None:
        """Give what to try next when the server refused a request as malformed, or None if there is nothing left.

        Args:
            words: the server's own words.
        """
        if self.limit == "max_tokens" and "max_completion_tokens" in words:
            return replace(self, limit="max_completion_tokens")
        if self.tempered and "temperature" in words:
            return replace(self, tempered=False)
        if self.shape is Shape.SCHEMA:
            return replace(self, shape=Shape.OBJECT)
        if self.shape is Shape.OBJECT:
            return replace(self, shape=Shape.PLAIN)
        return None

    def parameters(self, tokens: int, temperature: float) -> Mapping[str, float]:
        """Give the request's parameters that differ between servers.

        Args:
            tokens: the limit on the answer's tokens.
            temperature: the temperature wished for.
        """
        limit = {self.limit: float(tokens)}
        return {**limit, "temperature": temperature} if self.tempered else limit


def quieten() -> None:
    """Keep the library from logging what it sends: at the level DEBUG that is what the candidate said."""
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def is_loopback(base_url: str) -> bool:
    """Tell whether an address is on this machine; such a server is never asked through a proxy."""
    host = urlsplit(base_url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def server_error(error: Exception, base_url: str, timeout_s: float) -> ServerError:
    """Translate an exception of the openai library into one sentence and what to do.

    The exception's own words are left out: they may hold what was sent, and that is the candidate's.

    Args:
        error: the library's exception.
        base_url: the server's address.
        timeout_s: how long was waited.
    """
    import openai

    match error:
        case openai.APITimeoutError():
            return SlowServerError(
                f"The language-model server at {base_url} did not answer within {timeout_s:g} s.",
                "Raise language_model.timeout_s, or use a faster server or a smaller model.",
            )
        case openai.APIConnectionError():
            return ServerError(
                f"The language-model server at {base_url} cannot be reached.",
                "Start it, or mend language_model.base_url in the settings.",
            )
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return ServerError(
                f"The language-model server at {base_url} refuses the key.",
                "Put the right key into the environment variable or the keyring (docs/language-models.md).",
            )
        case openai.NotFoundError():
            return ServerError(
                f"The language-model server at {base_url} does not know this model or path.",
                "Mend language_model.model and language_model.base_url (most addresses end in /v1).",
            )
        case openai.RateLimitError():
            return ServerError(
                f"The language-model server at {base_url} takes no more questions for now.",
                "Wait, or look at the account's limits.",
            )
        case openai.APIStatusError():
            return ServerError(
                f"The language-model server at {base_url} answered with the error {error.status_code}.",
                "Look at the server's own log.",
            )
    return ServerError(f"The language-model server at {base_url} gave an answer that cannot be read.", "Try another.")
