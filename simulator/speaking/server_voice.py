"""A voice of an OpenAI-compatible server: POST /audio/speech."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.domain.errors import ServerError, SimulatorError
from simulator.domain.speech import Sound
from simulator.speaking.decode import decode
from simulator.speaking.profiles import ServerEngine

if TYPE_CHECKING:
    from openai import OpenAI

HINT = "Check the address, model and voice in the voice profile; `interview doctor` says more."


class ServerVoice:
    """Speaks through a server.

    Args:
        choice: address, model, voice.
        key_of: gives the key by the name of an environment variable and the address, "" if there is none.
    """

    def __init__(self, choice: ServerEngine, key_of: Callable[[str, str], str]) -> None:
        self._choice = choice
        self._key = key_of(choice.key_env, choice.base_url)
        self._client: OpenAI | None = None

    @property
    def name(self) -> str:
        """Address, model and voice."""
        return f"{self._choice.base_url} {self._choice.model} {self._choice.voice}"

    def speak(self, sentence: str) -> Sound:
        """Give the sound of one sentence.

        Raises:
            ServerError: the server cannot be reached, refuses the key, is too slow or gives no sound.
        """
        # Importing openai takes most of a second, so it happens here, on the voice's own thread.
        import openai

        if self._client is None:
            self._client = openai.OpenAI(
                api_key=self._key or "none",
                base_url=self._choice.base_url,
                timeout=self._choice.timeout_s,
                max_retries=0,
            )
        try:
            with self._client.audio.speech.with_streaming_response.create(
                model=self._choice.model,
                voice=self._choice.voice,
                input=sentence,
                response_format="wav",
                speed=self._choice.pace,
            ) as response:
                content = response.read()
        except openai.AuthenticationError as error:
            raise ServerError(
                f"The voice server {self._choice.base_url} refuses the key.", f"Set {self._choice.key_env}."
            ) from error
        except openai.APITimeoutError as error:
            raise ServerError(
                f"The voice server {self._choice.base_url} gave nothing within {self._choice.timeout_s:g} s.", HINT
            ) from error
        except openai.APIStatusError as error:
            raise ServerError(
                f"The voice server {self._choice.base_url} answers with status {error.status_code}.", HINT
            ) from error
        except openai.APIError as error:
            raise ServerError(f"The voice server {self._choice.base_url} cannot be reached.", HINT) from error
        try:
            return decode(content, f"The voice server {self._choice.base_url}")
        except SimulatorError as error:
            raise ServerError(error.message, HINT) from error

    def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            self._client.close()
