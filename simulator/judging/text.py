"""Cut a transcript into words, clauses and what is left when all that must not count is taken out.

A judgement must not move with letter case, punctuation, fillers, repetition, flattery or an
instruction to the judge, so the encoder is shown the `Plain` form of a text, from which these are gone.
Each plain word remembers which word of the text it came from, so that evidence is quoted verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from simulator.domain.words import FILLED_PAUSES
from simulator.judging.lexicons import OPENERS, SAYS_NOTHING

FILLER_PHRASES: tuple[tuple[str, ...], ...] = (("you", "know"), ("i", "mean"))
"""Phrases that fill a pause. Kept where they open a question or a comparison ("you know what I mean")."""

PADDING: tuple[tuple[str, ...], ...] = tuple(
    tuple(phrase.split())
    for phrase in (
        "let me think about that for a second",
        "let me think for a second",
        "let me think for a moment",
        "let me think about it",
        "give me a second",
        "that's how it was",
        "that's how it went",
        "that's what happened",
        "how shall i put it",
        "how do i say this",
        "where was i",
        "so yeah",
    )
)
"""Phrases that say nothing and only take time; left out wherever they stand, with or without punctuation."""

LONGEST_CLAUSE = 32
"""Words. A run without sentence marks is cut at natural places so that no clause is longer."""

LONGEST_PADDING = 14
"""Words. A sentence of at most so many, all of which say nothing, is padding."""

SHORTEST_CLAUSE = 6
"""Words. No cut at a natural place leaves a shorter piece than this."""

REPEATED_RUN = 5
"""Words. A run of at least so many that has been said before in the same text, word for word, is dropped."""

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*$")
_PIECES = re.compile(r"[a-z0-9]+(?:[.'][a-z0-9]+)*")
_THOUSANDS = re.compile(r"(?<=\d)[,  ](?=\d{3}(?!\d))")
_SYMBOLS = {"%": " percent ", "$": " dollars ", "€": " euros ", "£": " pounds ", "&": " and ", "’": "'", "‘": "'"}

_TO_THE_JUDGE = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override)\b.{0,40}
        \b(?:rubric|instructions?|prompts?|rules|criteria|guidelines|scoring)\b
    | \b(?:mark|rate|score|grade|label|judge|classify|record|count)[ ]
        (?:me|this|it|my[ ](?:answer|reply|response))\b.{0,24}
        \b(?:strong|strongly|high|highly|fresh|supported|held|full|perfect|excellent|top|pass|passed|best|hire
            |outstanding)\b
    | \bgive[ ](?:me|this|my[ ]answer)[ ](?:a[ ]|an[ ]|the[ ]|full[ ]|top[ ])*
        (?:top|full|highest|high|perfect|best|maximum|strong)\b.{0,12}\b(?:marks?|scores?|rating|grade|points)\b
    | \b(?:you[ ]are|you're|as)[ ](?:a|an|the)[ ](?:ai|judge|evaluator|grader|language[ ]model|scoring)\b
    | \bsystem[ ](?:prompt|message|override)\b
    | \bnote[ ]to[ ]the[ ](?:judge|grader|evaluator|scorer)\b
    """,
    re.VERBOSE,
)
"""An instruction to whoever judges; the clause that holds one is no part of what is judged."""

_FLATTERY = re.compile(
    r"""
    \b(?:what|that's|that[ ]is|such|this[ ]is|really|it's)[ ](?:a[ ]|an[ ]|really[ ]|very[ ]|such[ ])*
        (?:great|good|excellent|fantastic|wonderful|brilliant|lovely|amazing|superb|insightful|thoughtful|interesting)
        (?:[ ]and[ ]\w+)?[ ]question\b
    | ^(?:great|good|excellent|wonderful|brilliant|fantastic|lovely)[ ]question\b
    | \b(?:best|great|fantastic|wonderful|brilliant|amazing|excellent|kind|sharp|thoughtful)[ ]
        (?:interviewer|interview|questions)\b
    | \b(?:thank[ ]you|thanks)(?:[ ]\w+){0,3}[ ]for[ ]
        (?:asking|that[ ]question|the[ ]question|this[ ]interview|your[ ]time)\b
    | \bi[ ](?:really[ ]|truly[ ]|very[ ]much[ ])?(?:appreciate|admire|enjoy|love)[ ]
        (?:you|your|the[ ]way[ ]you|how[ ]you|talking[ ](?:to|with)[ ]you)\b.{0,30}
        \b(?:questions?|interview\w*|ask|asked|asking|listen|listening|manner|style|you)\b
    """,
    re.VERBOSE,
)
"""Praise of the interviewer or thanks for the question; a short clause that holds it is left out likewise."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence or a natural piece of one: words `first` to `last` (inclusive) of a text split at white space."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without what must not count.

    Attributes:
        words: lower-case words without punctuation.
        origin: for each of them the index of the word that it came from, in the text split at white space.
    """

    words: tuple[str, ...]
    origin: tuple[int, ...]


def clauses(text: str) -> tuple[Clause, ...]:
    """Cut a text at its sentence ends and, where a run is longer than `LONGEST_CLAUSE`, at natural places.

    Works without any punctuation: a recognizer may give none.
    """
    words = text.split()
    found: list[Clause] = []
    first = 0
    for index, word in enumerate(words):
        if _SENTENCE_END.search(word) or index == len(words) - 1:
            found += _cut(words, first, index)
            first = index + 1
    return tuple(found)


def sentences(text: str) -> tuple[Clause, ...]:
    """Cut a text at its sentence ends only; a run without any is cut as `clauses` does."""
    words = text.split()
    found: list[Clause] = []
    first = 0
    for index, word in enumerate(words):
        if _SENTENCE_END.search(word) or index == len(words) - 1:
            if index - first >= 2 * LONGEST_CLAUSE:
                found += _cut(words, first, index)
            else:
                found.append(Clause(first, index))
            first = index + 1
    return tuple(found)


def _cut(words: Sequence[str], first: int, last: int) -> list[Clause]:
    if last - first < LONGEST_CLAUSE:
        return [Clause(first, last)]
    middle = (first + last) // 2
    best, best_cost = middle, float("inf")
    for index in range(first + SHORTEST_CLAUSE, last - SHORTEST_CLAUSE + 2):
        previous, word = words[index - 1], words[index].lower().strip(",;:'\"")
        natural = 0.0 if previous.endswith((",", ";", ":", "—", "–")) else 4.0
        natural += 0.0 if word in OPENERS else 6.0
        cost = natural + abs(index - middle) * 0.5
        if cost < best_cost:
            best, best_cost = index, cost
    return _cut(words, first, best - 1) + _cut(words, best, last)


def quote(text: str, clause: Clause) -> str:
    """Give a clause's words verbatim, single spaces between them."""
    return " ".join(text.split()[clause.first : clause.last + 1])


def _pieces(word: str) -> list[str]:
    lowered = _THOUSANDS.sub("", word.lower())
    for symbol, spelled in _SYMBOLS.items():
        lowered = lowered.replace(symbol, spelled)
    return _PIECES.findall(lowered)


def _not_counting(text: str) -> set[int]:
    """Give the indices of words in clauses that say nothing, address the judge or flatter the interviewer."""
    dropped: set[int] = set()
    for clause in clauses(text):
        words = text.split()[clause.first : clause.last + 1]
        run = " ".join(" ".join(_pieces(w)) for w in words).strip()
        if (
            _TO_THE_JUDGE.search(run)
            or (_FLATTERY.search(run) and len(run.split()) <= LONGEST_CLAUSE // 2)
            or _is_padding(run.replace("you know", "you").split(), words[-1])
        ):
            dropped.update(range(clause.first, clause.last + 1))
    return dropped


def _is_padding(pieces: list[str], last: str) -> bool:
    """Tell whether a sentence says nothing. A question never does: it may be the candidate's own."""
    return len(pieces) <= LONGEST_PADDING and "?" not in last and SAYS_NOTHING.issuperset(pieces)


@lru_cache(maxsize=512)
def plain(text: str) -> Plain:
    """Take out of a text what must not count: case, punctuation, fillers, stutters, repetition, flattery, orders.

    A text of which nothing would be left is kept but for case and punctuation.
    """
    dropped = _not_counting(text)
    every: list[tuple[str, int]] = []
    kept: list[tuple[str, int]] = []
    for index, word in enumerate(text.split()):
        for piece in _pieces(word):
            every.append((piece, index))
            if piece not in FILLED_PAUSES and index not in dropped:
                kept.append((piece, index))
    kept = _without_repetition(_without_phrases(kept)) or every
    return Plain(tuple(word for word, _ in kept), tuple(index for _, index in kept))


def _without_phrases(words: list[tuple[str, int]]) -> list[tuple[str, int]]:
    kept: list[tuple[str, int]] = []
    index = 0
    while index < len(words):
        pair = tuple(word for word, _ in words[index : index + 2])
        padding = next((p for p in PADDING if tuple(word for word, _ in words[index : index + len(p)]) == p), None)
        after = words[index + 2][0] if index + 2 < len(words) else ""
        before = words[index - 1][0] if index else ""
        if padding is not None:
            index += len(padding)
        elif (
            pair in FILLER_PHRASES and after not in {"what", "how", "that", "it"} and before not in {"do", "what", "if"}
        ):
            index += 2
        else:
            kept.append(words[index])
            index += 1
    return kept


def _without_repetition(words: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Drop stutters ("the the", "I was I was") and runs that have been said before, word for word."""
    kept: list[tuple[str, int]] = []
    seen: dict[tuple[str, ...], int] = {}
    index = 0
    while index < len(words):
        for size in (4, 3, 2, 1):
            run = [w for w, _ in words[index : index + size]]
            if len(run) == size and len(kept) >= size and [w for w, _ in kept[-size:]] == run and not run[0].isdigit():
                index += size
                break
        else:
            key = tuple(w for w, _ in words[index : index + REPEATED_RUN])
            start = seen.get(key)
            if start is not None and len(key) == REPEATED_RUN:
                length = 0
                while (
                    index + length < len(words)
                    and start + length < len(kept)
                    and kept[start + length][0] == words[index + length][0]
                ):
                    length += 1
                index += length
                continue
            kept.append(words[index])
            index += 1
            if len(kept) >= REPEATED_RUN:
                tail = tuple(w for w, _ in kept[-REPEATED_RUN:])
                seen.setdefault(tail, len(kept) - REPEATED_RUN)
    return kept
