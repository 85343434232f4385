"""A recognizer behind an OpenAI-compatible address, and the local one that takes over when it fails."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Callable

import numpy as np
import openai

from simulator.domain.errors import ServerError
from simulator.domain.words import Word
from simulator.listening.recognizer_look import PAD_S, RATE_HZ, Look, Looker, Sound
from simulator.listening.recognizer_messages import Server


class RemoteLooker:
    """Looks at sound by asking a server.

    Word times are asked for; a server that gives none gets them spread over the sound by the words' lengths.
    """

    def __init__(self, server: Server, language: str = "en") -> None:
        self._server = server
        self._language = language
        self._client = openai.OpenAI(
            base_url=server.base_url, api_key=server.key or "none", timeout=server.timeout_s, max_retries=0
        )
        self._gives_times = True
        self.engine = f"{server.model} at {server.base_url}"

    def look(self, samples: Sound, start_s: float = 0.0) -> Look:
        """Recognize a stretch of sound.

        Raises:
            ServerError: the server cannot be reached, is too slow, refuses, or answers rubbish.
        """
        try:
            return self._ask(samples, start_s)
        except openai.APIStatusError as error:
            if not self._gives_times or error.status_code not in {400, 422}:
                raise self._failure(f"answers with status {error.status_code}") from error
        except openai.APITimeoutError as error:
            raise self._failure(f"did not answer within {self._server.timeout_s:g} s") from error
        except openai.OpenAIError as error:
            raise self._failure("cannot be reached") from error
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            raise self._failure("answers something that is no transcription") from error
        self._gives_times = False
        return self.look(samples, start_s)

    def _failure(self, what: str) -> ServerError:
        return ServerError(
            f"The recognizer at {self._server.base_url} {what}.", "Check `recognizer.base_url` and the key."
        )

    def _ask(self, samples: Sound, start_s: float) -> Look:
        sound = ("sound.wav", wav(samples), "audio/wav")
        create = self._client.audio.transcriptions.create
        if not self._gives_times:
            plain = create(file=sound, model=self._server.model, language=self._language, response_format="json")
            return Look(words=spread(plain.text, start_s, len(samples) / RATE_HZ))
        answer = create(
            file=sound,
            model=self._server.model,
            language=self._language,
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
        )
        segments = answer.segments or []
        mean = min((s.avg_logprob for s in segments), default=0.0)
        no_speech = max((s.no_speech_prob for s in segments), default=0.0)
        if answer.words:
            probability = round(math.exp(min(0.0, mean)), 3)
            words = tuple(
                Word(w.word.strip(), round(start_s + w.start, 3), round(start_s + w.end, 3), probability)
                for w in answer.words
                if w.word.strip()
            )
        else:
            words = spread(answer.text, start_s, len(samples) / RATE_HZ)
        return Look(words=words, no_speech=no_speech, mean_log_probability=mean)


class FallbackLooker:
    """Looks through a server, and through the local model from its first failure on. Satisfies `Looker`.

    What is confirmed stays; the look that failed is made again locally, so no word is lost.

    Args:
        remote: asks the server.
        local: loads the local model; called at the first failure.
        tell: told the local engine and the reason.
    """

    def __init__(self, remote: RemoteLooker, local: Callable[[], Looker], tell: Callable[[str, str], None]) -> None:
        self._remote = remote
        self._load = local
        self._local: Looker | None = None
        self._tell = tell

    @property
    def engine(self) -> str:
        """Name of what recognizes now."""
        return self._remote.engine if self._local is None else self._local.engine

    def look(self, samples: Sound, start_s: float = 0.0, *, beam: int = 1, pad_s: float = PAD_S) -> Look:
        """Recognize a stretch of sound."""
        if self._local is None:
            try:
                return self._remote.look(samples, start_s)
            except ServerError as error:
                self._local = self._load()
                self._tell(self._local.engine, f"{error.message} The recognizer on this machine took over.")
        return self._local.look(samples, start_s, beam=beam, pad_s=pad_s)


def wav(samples: Sound) -> bytes:
    """Give sound (float32, mono, 16 kHz) as a WAV file of 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(np.clip(np.round(samples * 32768.0), -32768, 32767).astype("<i2").tobytes())
    return file.getvalue()


def spread(text: str, start_s: float, length_s: float) -> tuple[Word, ...]:
    """Give a text's words with times that share out a stretch of sound by the words' lengths."""
    parts = text.split()
    letters = sum(len(part) + 1 for part in parts)
    words = []
    done = 0
    for part in parts:
        begin = start_s + length_s * done / letters
        done += len(part) + 1
        words.append(Word(part, round(begin, 3), round(start_s + length_s * done / letters, 3), 0.5))
    return tuple(words)
