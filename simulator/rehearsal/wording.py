"""Follow-ups in a language model's words: the policy says what to ask, the model how, the checks whether it is said."""

from __future__ import annotations

import asyncio
import importlib
import logging
import random
import re
from typing import TYPE_CHECKING, Any

from simulator.config.paths import config_dir, shipped
from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import BadInputError
from simulator.domain.moves import Probe
from simulator.domain.state import SessionState, ThreadState
from simulator.domain.vocabulary import Facet, facets_of
from simulator.interviewing.cues import FACET_CUES
from simulator.interviewing.phrasing import check_words
from simulator.judging.language_model_dialect import NO_KEY, Dialect, Shape, is_loopback, quieten, server_error
from simulator.judging.language_model_prompts import fenced, load_prompts

if TYPE_CHECKING:
    from openai import AsyncOpenAI

WORDS_TOKENS = 60
"""Limit on the words of a probe: 30 words are about 45 tokens."""

TEMPERATURE = 0.3
"""Low, so that the model keeps to what was said; not 0, so that a second probe on a facet is not the first again."""

NEW_WORDS = 12
"""How many new words make it worth letting the server read on: about four seconds of speech."""

LATE_S = 1.0
"""A wording given up after so long was late (the conductor waits 1.2 s); one given up earlier was merely outdated."""

PATIENCE = 3
"""After so many failures in a row the model is left out, so that a dead server does not delay every probe."""

AGAIN = 4
"""While it is left out, every so many probes it is tried again."""

NAMES = re.compile(r"\d[\d.,]*\b|(?<=[a-z,] )[A-Z][a-z]+")
"""Numbers, and words that are names because they stand capitalized in mid-sentence."""

ABOUT_THEM = re.compile(r"\bthe (?:candidate|interviewee|interviewer|speaker)\b", re.IGNORECASE)

EMPTY_WORDS = re.compile(
    "what|which|where|when|whose|that|this|there|their|have|been|were|would|could|should|does|about|"
    "with|from|your|yourself|they|them|then|than|into|some|other|more|most"
)
"""Words of a question that say nothing about its subject."""

logger = logging.getLogger(__name__)


class LanguageModelWording:
    """Words probes through an OpenAI-compatible server.

    Everything that a request shares with the one before it stands at its beginning (rules, then the
    conversation in order), so that a server with a prompt cache reads only what is new. Pushbacks keep
    the pack's words: their arguments are true to a source, and a model's version might not be.

    Args:
        settings: address, model and time limit.
        key: the key; "" where none is needed.
        rng: makes the mark that fences the conversation; None takes the system's, which nobody can foresee.

    Raises:
        BadInputError: the prompt is missing.
    """

    def __init__(self, settings: LanguageModelSettings, key: str, rng: random.Random | None = None) -> None:
        self._settings = settings
        self._key = key
        self._mark = f"{(rng or random.SystemRandom()).getrandbits(32):08x}"
        self._rules = _rules()
        self._meanings = load_prompts()
        self._client: AsyncOpenAI | None = None
        self._dialect = Dialect(shape=Shape.PLAIN)
        self._warming: asyncio.Task[str] | None = None
        self._read = ("", 0)
        self._failures = 0
        self._skipped = 0

    @property
    def engine(self) -> str:
        """Name of the model, as the record shows it."""
        return f"language model {self._settings.model}"

    async def warm(self, state: SessionState) -> None:
        """Let the server read the conversation so far.

        May be called as often as words come: it does nothing while the server is still reading, or
        where too little is new to be worth a request.
        """
        thread = state.thread
        if thread is None or self._warming is not None:
            return
        read = (thread.thread, len(self._conversation(state, thread).split()))
        if read[0] == self._read[0] and read[1] - self._read[1] < NEW_WORDS:
            return
        self._warming = asyncio.create_task(self._ask(self._messages(state, thread, ""), 1), name="warming")
        try:
            await self._warming
            self._read = read
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                self._warming.cancel()
                raise
        finally:
            self._warming = None

    async def word(self, probe: Probe, state: SessionState) -> str | None:
        """Give the probe in the model's words; None where they fail the checks or the server fails."""
        thread = state.thread
        if thread is None or probe.pushback is not None or self._left_out():
            return None
        if self._warming is not None:
            # What the server has read of it stays in its cache.
            self._warming.cancel()
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            task = f"Side: {probe.facet.value}. Meant: {probe.text} You:"
            said = await self._ask(self._messages(state, thread, task), WORDS_TOKENS)
        except asyncio.CancelledError:
            if loop.time() - began_s >= LATE_S:
                self._failures += 1
            raise
        if not said:
            self._failures += 1
            return None
        self._failures = 0
        words = _cleaned(said)
        # A small model says the prompt's examples after it.
        asked = [*(utterance.text for utterance in state.utterances), *re.findall(r"You: (.+\?)", self._rules)]
        heard = " ".join(state.answers[answer].text for answer in thread.answers)
        problems = check_words(words, probe.facet, asked) + ungrounded(words, probe.facet, f"{thread.text} {heard}")
        if problems:
            logger.info("the language model's wording was not used: %s", "; ".join(problems))
            return None
        return words

    async def close(self) -> None:
        """End the connection."""
        if self._warming is not None:
            self._warming.cancel()
        if self._client is not None:
            await self._client.close()

    def _left_out(self) -> bool:
        if self._failures < PATIENCE:
            return False
        self._skipped += 1
        return self._skipped % AGAIN != 0

    # What the model is told.

    def _messages(self, state: SessionState, thread: ThreadState, task: str) -> list[dict[str, str]]:
        sides = "\n".join(f"- {f.value}: {self._meanings.meaning(thread.kind, f)}" for f in facets_of(thread.kind))
        conversation = self._conversation(state, thread)
        return [
            {"role": "system", "content": f"{self._rules}\n\nThe sides of this subject:\n{sides}"},
            {"role": "user", "content": f"{conversation}\n{task}" if task else conversation},
        ]

    def _conversation(self, state: SessionState, thread: ThreadState) -> str:
        lines = [f"Interviewer: {thread.text}"]
        asked = {probe.answer: probe for probe in thread.probes}
        for answer in thread.answers:
            if answer in asked:
                lines.append(f"Interviewer: {asked[answer].text}")
            lines.append(f"Candidate: {state.answers[answer].text}")
        if None in asked:
            lines.append(f"Interviewer: {asked[None].text}")
        return fenced("CONVERSATION", "\n".join(lines), self._mark)

    # The server.

    async def _ask(self, messages: list[dict[str, str]], tokens: int) -> str:
        """Give the model's words up to the end of the first question, "" where the server fails."""
        # The library takes most of a second to import, which the loop must not wait for.
        openai = await asyncio.to_thread(importlib.import_module, "openai")
        dialect: Dialect | None = self._dialect
        while dialect is not None:
            try:
                said = await self._stream(dialect, messages, tokens)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                dialect = dialect.after_refusal(str(error))
                if dialect is None:
                    self._log(error)
            except (openai.OpenAIError, ValueError) as error:
                self._log(error)
                return ""
            else:
                self._dialect = dialect
                return said
        return ""

    async def _stream(self, dialect: Dialect, messages: list[Any], tokens: int) -> str:
        said = ""
        limits: dict[str, Any] = {**dialect.parameters(tokens, TEMPERATURE), dialect.limit: tokens}
        stream = await self._connect().chat.completions.create(
            model=self._settings.model, messages=messages, stream=True, **limits
        )
        async with stream:
            async for chunk in stream:
                if chunk.choices and isinstance(delta := chunk.choices[0].delta.content, str):
                    said += delta
                if "?" in said:
                    break
        return said

    def _connect(self) -> AsyncOpenAI:
        if self._client is None:
            import openai

            quieten()
            local = is_loopback(self._settings.base_url)
            self._client = openai.AsyncOpenAI(
                base_url=self._settings.base_url,
                api_key=self._key or NO_KEY,
                timeout=self._settings.timeout_s,
                max_retries=0,
                http_client=openai.DefaultAsyncHttpxClient(trust_env=False) if local else None,
            )
        return self._client

    def _log(self, error: Exception) -> None:
        logger.warning("%s", server_error(error, self._settings.base_url, self._settings.timeout_s).message)


def ungrounded(words: str, facet: Facet, heard: str) -> list[str]:
    """Give what shows that a model's question is not about what was said; nothing if it is.

    A template cannot go wrong in these ways, so `check_words` does not look for them.

    Args:
        words: the question.
        facet: what it is aimed at.
        heard: the thread's question and all that the candidate said.
    """
    known = heard.casefold()
    problems = []
    if any(name.casefold() not in known for name in NAMES.findall(words)):
        problems.append("it has a name or number that was not said")
    if ABOUT_THEM.search(words):
        problems.append("it speaks about the candidate instead of to them")
    content = {word for word in re.findall(r"[a-z']{4,}", words.casefold()) if not EMPTY_WORDS.fullmatch(word)}
    if FACET_CUES[facet].search(words) is None and not any(word in known for word in content):
        problems.append("it takes up nothing that was said")
    return problems


def _cleaned(said: str) -> str:
    """Give the words without a speaker's name, quotation marks or line breaks around them."""
    words = " ".join(said.partition("?")[0].split()) + "?" if "?" in said else " ".join(said.split())
    words = re.sub(r"^\W*(?:interviewer|you)\s*:\s*", "", words, flags=re.IGNORECASE)
    return words.strip("\"'“”‘’ ")


def _rules() -> str:
    for folder in (config_dir() / "prompts" / "llm", shipped("prompts") / "llm"):
        path = folder / "wording.md"
        if path.is_file():
            return path.read_text(encoding="utf-8").strip()
    raise BadInputError("The prompt prompts/llm/wording.md is missing.", "Restore it.")
