"""Lay texts out as rows of tokens for the encoder, and tell which tokens stand for what.

Used by the trainer and by the engine alike, so that what was learned is what is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from simulator.domain.vocabulary import Facet, ThreadKind
from simulator.judging.features import content, pair_features, relevance
from simulator.judging.text import Plain, plain

Vector = npt.NDArray[np.float32]

PAIR_TOKENS = 192
"""Longest row for a reply: what one core reads in about 30 ms."""

REPLY_TOKENS = 112
"""Most tokens of a reply that are read; of a longer one the first half and the last."""

ASKED_TOKENS = 44
"""Most tokens of a probe or pushback that are read."""

WINDOW_TOKENS = 224
"""Tokens of an answer in one window."""

WINDOW_MARGIN = 12
"""Tokens at each side of a window that are read again in its neighbour, so that no token lacks its context."""

QUESTION_TOKENS = 20
"""Most tokens of the question in front of each window of an answer."""

CHUNK_WORDS = 14
"""Words of a piece of what was said before; pieces are chosen whole."""

FACET_WORDS: dict[Facet, str] = {
    Facet.CONTEXT: "context when where who stakes",
    Facet.TASK: "task goal charge",
    Facet.OWN_ROLE: "own role what you did",
    Facet.DECISION: "decision call and why",
    Facet.ALTERNATIVES: "alternatives other options other side",
    Facet.OBSTACLE: "obstacle what was hard",
    Facet.RESULT: "result outcome impact",
    Facet.FAULT: "fault own part in what went wrong",
    Facet.HINDSIGHT: "hindsight do differently",
    Facet.LEARNING: "learning lesson used since",
    Facet.POSITION: "position view on a topic",
    Facet.GROUNDS: "grounds reasons sources",
    Facet.TENSION: "tension trade off",
    Facet.UNCERTAINTY: "uncertainty where unsure",
    Facet.COUNTERARGUMENT: "counterargument strongest argument against",
    Facet.UPDATE: "update what would change your mind",
    Facet.FIT: "fit why this company",
    Facet.QUESTION: "question back to the interviewer",
}
"""What the encoder reads in front of a probe."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a plain text and, for each, the index of the plain word that it belongs to."""

    ids: tuple[int, ...]
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """A reply with what was asked and what was said before, as one row of tokens.

    Attributes:
        ids: token ids, special tokens included.
        types: 0 for what was asked and the reply, 1 for what was said before.
        segments: per token 0 special, 1 asked, 2 reply, 3 before.
        words: per token the index of the word of the reply or of before (as split at white space) that it
            came from, -1 elsewhere.
        features: what code counted.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    segments: tuple[int, ...]
    words: tuple[int, ...]
    features: Vector


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of an answer as a row of tokens.

    Attributes:
        ids: token ids: the question, then the piece.
        types: 0 for the question, 1 for the answer.
        owned: positions of the tokens that this window answers for.
        words: for each owned token the index of the word of the text that it came from.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    owned: tuple[int, ...]
    words: tuple[int, ...]


class Layout:
    """Lays texts out as rows of tokens."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self._start = tokenizer.token_to_id("[CLS]") or 0
        self._end = tokenizer.token_to_id("[SEP]") or 0

    def tokens(self, text: Plain) -> Tokens:
        """Give the tokens of a plain text."""
        encoded = self._tokenizer.encode(list(text.words), is_pretokenized=True, add_special_tokens=False)
        return Tokens(tuple(encoded.ids), tuple(0 if i is None else i for i in encoded.word_ids))

    def reply(self, facet: Facet, probe: str, reply: str, before: str) -> PairRow:
        """Lay out a reply to a probe."""
        asked = plain(f"{FACET_WORDS[facet]} {probe}")
        return self._pair(asked, plain(probe), plain(reply), plain(before))

    def pushback(self, view: str, pushback: str, reply: str) -> PairRow:
        """Lay out a reply to a pushback."""
        return self._pair(plain(f"pushback {pushback}"), plain(pushback), plain(reply), plain(view))

    def _pair(self, asked: Plain, probe: Plain, reply: Plain, before: Plain) -> PairRow:
        asked_ids = self.tokens(asked).ids[:ASKED_TOKENS]
        said = self.tokens(reply)
        keep: Sequence[int] = range(len(said.ids))
        if len(said.ids) > REPLY_TOKENS:
            half = REPLY_TOKENS // 2
            keep = [*range(half), *range(len(said.ids) - half, len(said.ids))]
        ids: list[int] = [self._start, *asked_ids, self._end]
        segments = [0, *[1] * len(asked_ids), 0]
        words = [-1] * len(ids)
        for position in keep:
            ids.append(said.ids[position])
            segments.append(2)
            words.append(reply.origin[said.words[position]])
        ids.append(self._end)
        segments.append(0)
        words.append(-1)
        first = len(ids)
        old = self.tokens(before)
        for position in self._relevant(old, before, (*reply.words, *probe.words), PAIR_TOKENS - len(ids) - 1):
            ids.append(old.ids[position])
            segments.append(3)
            words.append(before.origin[old.words[position]])
        ids.append(self._end)
        segments.append(0)
        words.append(-1)
        types = [0] * first + [1] * (len(ids) - first)
        features = pair_features(reply.words, before.words, probe.words)
        return PairRow(tuple(ids), tuple(types), tuple(segments), tuple(words), features)

    def _relevant(self, tokens: Tokens, text: Plain, reply: Sequence[str], budget: int) -> list[int]:
        """Choose the tokens of what was said before that have most to do with the reply, in order."""
        if len(tokens.ids) <= budget:
            return list(range(len(tokens.ids)))
        chunks = [range(i, min(i + CHUNK_WORDS, len(text.words))) for i in range(0, len(text.words), CHUNK_WORDS)]
        counts = Counter(s for chunk in chunks for s in set(content(text.words[chunk.start : chunk.stop])))
        weight = {s: math.log(1 + len(chunks) / n) for s, n in counts.items()}
        scored = [relevance(text.words[c.start : c.stop], reply, weight) for c in chunks]
        near = [
            s + 0.4 * max(scored[max(i - 1, 0) : i] + scored[i + 1 : i + 2], default=0) for i, s in enumerate(scored)
        ]
        lengths = Counter(word // CHUNK_WORDS for word in tokens.words)
        chosen: set[int] = set()
        for index in sorted(range(len(chunks)), key=lambda i: (-near[i], i)):
            if lengths[index] <= budget:
                budget -= lengths[index]
                chosen.add(index)
        return [p for p, word in enumerate(tokens.words) if word // CHUNK_WORDS in chosen]

    def answer(self, kind: ThreadKind, question: str, text: str) -> tuple[Window, ...]:
        """Lay out an answer as windows; together they own each of its tokens once."""
        asked = self.tokens(plain(f"{kind.value} {question}")).ids[:QUESTION_TOKENS]
        said = plain(text)
        tokens = self.tokens(said)
        count = len(tokens.ids)
        windows: list[Window] = []
        pieces = max(1, math.ceil(count / WINDOW_TOKENS))
        head = [self._start, *asked, self._end]
        for index in range(pieces):
            first, last = count * index // pieces, count * (index + 1) // pieces
            low, high = max(0, first - WINDOW_MARGIN), min(count, last + WINDOW_MARGIN)
            ids = (*head, *tokens.ids[low:high], self._end)
            types = (*[0] * len(head), *[1] * (high - low + 1))
            owned = tuple(len(head) + p - low for p in range(first, last))
            words = tuple(said.origin[tokens.words[p]] for p in range(first, last))
            windows.append(Window(ids, types, owned, words))
        return tuple(windows)
