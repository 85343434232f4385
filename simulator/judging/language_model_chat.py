"""One question to an OpenAI-compatible server, answered as a checked object; survives servers that answer otherwise."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from simulator.domain.errors import ServerError
from simulator.judging.language_model_dialect import NO_KEY, Dialect, Shape, is_loopback, quieten, server_error

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion

ANSWER_TOKENS = 400
"""Limit on an answer: three quotes, a clause of reason and the label take 60 to 200 tokens."""

REPAIR_TOKENS = 1200
"""Limit on the second try: a reasoning model may have used up the first one before it began to answer."""

SHOWN_BACK_CHARS = 600
"""How much of an unusable answer is shown back to the model that gave it."""

T = TypeVar("T", bound=BaseModel)


class Message(TypedDict):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


class UnusableAnswerError(ServerError):
    """The server answered twice, and neither answer could be used."""


class Chat:
    """Asks one server, and learns from its refusals how it wants to be asked.

    Safe to be used by several threads: the dialect is replaced whole, and a race costs one more refusal.

    Args:
        base_url: the server's address (most end in /v1).
        model: the model's name there.
        key: the key; "" where none is needed. Sent to that server only, never kept or logged.
        timeout_s: how long to wait for the server.
    """

    def __init__(self, base_url: str, model: str, key: str, timeout_s: float) -> None:
        self._base_url = base_url
        self._model = model
        self._key = key
        self._timeout_s = timeout_s
        self._client: OpenAI | None = None
        self._opening = threading.Lock()
        self._dialect = Dialect()

    def ask(self, messages: Sequence[Message], answer: type[T], problem: Callable[[T], str]) -> T:
        """Ask, check, and ask once more with the problem told where the answer cannot be used.

        Args:
            messages: the conversation, the question last.
            answer: what the answer must be; its JSON schema goes to the server.
            problem: says what is wrong with an answer of the right form; "" if nothing.

        Raises:
            UnusableAnswerError: the second answer could not be used either.
            ServerError: the server cannot be reached, refuses the key, or fails.
        """
        said, finish = self._complete(messages, answer, ANSWER_TOKENS)
        found = _read(said, finish, answer, problem)
        if isinstance(found, str):
            again: list[Message] = [*messages]
            if said.strip():
                again.append({"role": "assistant", "content": said.strip()[:SHOWN_BACK_CHARS]})
                again.append({"role": "user", "content": f"That cannot be used: {found} Answer again: only the JSON."})
            said, finish = self._complete(again, answer, REPAIR_TOKENS)
            found = _read(said, finish, answer, problem)
        if isinstance(found, str):
            raise UnusableAnswerError(
                f"The language model {self._model} gives answers that cannot be used.",
                "The embedded engine judges instead; a larger model may do better.",
            )
        return found

    def check(self) -> None:
        """Make sure that the server answers and takes the key.

        Raises:
            ServerError: it does not.
        """
        import openai

        try:
            self._connect().models.list()
        except openai.NotFoundError:
            return  # It answers; not every server lists its models.
        except (openai.OpenAIError, ValueError) as error:
            raise server_error(error, self._base_url, self._timeout_s) from None

    def close(self) -> None:
        """End the connections; the next question opens new ones."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _connect(self) -> OpenAI:
        import openai

        with self._opening:
            if self._client is None:
                quieten()
                self._client = openai.OpenAI(
                    base_url=self._base_url,
                    api_key=self._key or NO_KEY,
                    timeout=self._timeout_s,
                    max_retries=1,
                    http_client=openai.DefaultHttpxClient(trust_env=False) if is_loopback(self._base_url) else None,
                )
            return self._client

    def _complete(self, messages: Sequence[Message], answer: type[BaseModel], tokens: int) -> tuple[str, str]:
        """Give the answer's text and the reason why it ended, in whatever dialect the server takes."""
        import openai

        dialect: Dialect | None = self._dialect
        while dialect is not None:
            try:
                completion = self._send(dialect, messages, answer, tokens)
            except (openai.BadRequestError, openai.UnprocessableEntityError, openai.InternalServerError) as error:
                # Some servers answer 500 to a response_format that they do not know.
                dialect = dialect.after_refusal(str(error))
                if dialect is None:
                    raise server_error(error, self._base_url, self._timeout_s) from None
            except (openai.OpenAIError, ValueError) as error:
                raise server_error(error, self._base_url, self._timeout_s) from None
            else:
                self._dialect = dialect
                return _text(completion)
        raise ServerError(f"The language-model server at {self._base_url} refuses every form of the question.")

    def _send(
        self, dialect: Dialect, messages: Sequence[Message], answer: type[BaseModel], tokens: int
    ) -> ChatCompletion:
        schema = answer.model_json_schema()
        asked: list[Any] = [*messages]
        extra: dict[str, Any] = dict(dialect.parameters(tokens, 0.0))
        extra[dialect.limit] = tokens
        match dialect.shape:
            case Shape.SCHEMA:
                wanted = {"name": answer.__name__, "strict": True, "schema": schema}
                extra["response_format"] = {"type": "json_schema", "json_schema": wanted}
            case Shape.OBJECT | Shape.PLAIN:
                if dialect.shape is Shape.OBJECT:
                    extra["response_format"] = {"type": "json_object"}
                told = f"Answer with one JSON object, nothing else. Its schema: {json.dumps(schema)}"
                asked[0] = {**asked[0], "content": f"{asked[0]['content']}\n\n{told}"}
        completion: ChatCompletion = self._connect().chat.completions.create(
            model=self._model, messages=asked, stream=False, **extra
        )
        return completion


def _text(completion: ChatCompletion) -> tuple[str, str]:
    """Give a completion's text and finish reason; servers leave out what the library's types promise."""
    choices = getattr(completion, "choices", None)
    if not choices:
        return "", "none"
    message = getattr(choices[0], "message", None)
    content = getattr(message, "content", None)
    return (content if isinstance(content, str) else ""), str(choices[0].finish_reason)


def _objects(text: str) -> Iterator[object]:
    """Give the JSON objects that stand in a text, first to last."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    while at >= 0:
        try:
            found, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            end = at + 1
        else:
            yield found
        at = text.find("{", end)


def _read(text: str, finish: str, answer: type[T], problem: Callable[[T], str]) -> T | str:
    """Give the answer that a text holds, or what is wrong with it in a sentence."""
    wrong = "it holds no complete JSON object."
    if finish == "length":
        wrong = "it was cut off before it was complete. Be much briefer."
    for found in _objects(re.sub(r"<think>.*?(</think>|$)", "", text, flags=re.DOTALL)):
        try:
            read = answer.model_validate(found)
        except ValidationError as error:
            first = error.errors()[0]
            wrong = f"{'.'.join(map(str, first['loc'])) or 'the object'}: {first['msg']}."
            continue
        said = problem(read)
        if not said:
            return read
        wrong = said
    return wrong
