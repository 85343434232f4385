"""What code can count about a reply: novelty, numbers and dates that conflict, owners, hedges; in plain words.

The features stand beside the encoder's vectors as input of the heads. All are computed from `Plain`
words, so they do not move with case, punctuation, fillers or repetition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulator.judging import lexicons

Vector = npt.NDArray[np.float32]

_NUMBER_WORDS = lexicons.ONES | lexicons.TENS
_NUMERAL = re.compile(r"^(\d+(?:\.\d+)?)(?:st|nd|rd|th|s|k|m|%)?$")

_YOU = frozenset({"you", "your", "you're", "you'd", "you've"})


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Give a crude stem, enough to see that "decided" and "decide" are the same word."""
    word = word.removesuffix("'s")
    for suffix in ("ingly", "edly", "ings", "ing", "ied", "ies", "ed", "es", "ly", "s", "e"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word


def content(words: Sequence[str]) -> list[str]:
    """Give the stems of the words that carry content."""
    return [stem(w) for w in words if w not in lexicons.STOP and len(w) > 1]


def numbers(words: Sequence[str]) -> list[tuple[float, str]]:
    """Give the numbers that are said, each with the stem of the word after it (what it counts).

    "two hundred and sixty ampoules", "26 minutes", "nineteen percent", "the eighteenth" are numbers; "one" alone is
    none (it is a pronoun more often than not).
    """
    found: list[tuple[float, str]] = []
    index = 0
    while index < len(words):
        value, used = _number_at(words, index)
        if used:
            after = next((stem(w) for w in words[index + used : index + used + 3] if w not in lexicons.STOP), "")
            found.append((value, after))
            index += used
        else:
            index += 1
    return found


def _number_at(words: Sequence[str], index: int) -> tuple[float, int]:
    match = _NUMERAL.match(words[index])
    if match:
        value = float(match.group(1))
        scale = lexicons.SCALES.get(words[index + 1], 1) if index + 1 < len(words) else 1
        return value * scale, 1 if scale == 1 else 2
    if words[index] in lexicons.ORDINALS and words[index] not in {"first", "second"}:
        return float(lexicons.ORDINALS[words[index]]), 1
    total, current, used = 0.0, 0.0, 0
    for word in words[index:]:
        if word in _NUMBER_WORDS:
            current += _NUMBER_WORDS[word]
        elif word in lexicons.SCALES and (used or word != "thousand"):
            current = max(current, 1.0) * lexicons.SCALES[word]
            if lexicons.SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word == "and" and used and index + used + 1 < len(words) and words[index + used + 1] in _NUMBER_WORDS:
            pass
        else:
            break
        used += 1
    if used == 0 or (used == 1 and words[index] in {"one", "zero", "hundred", "million", "billion"}):
        return 0.0, 0
    return total + current, used


def _conflicts(mine: Sequence[tuple[float, str]], before: Sequence[tuple[float, str]]) -> tuple[int, int, int, int]:
    """Count numbers of the reply that are: shared, new, same thing counted otherwise, same thing counted the same."""
    values = {v for v, _ in before}
    counted: dict[str, set[float]] = {}
    for value, unit in before:
        counted.setdefault(unit, set()).add(value)
    shared = sum(v in values for v, _ in mine)
    conflict = sum(bool(u) and u in counted and v not in counted[u] for v, u in mine)
    agree = sum(bool(u) and v in counted.get(u, set()) for v, u in mine)
    return shared, len(mine) - shared, conflict, agree


def _named(words: Sequence[str], names: frozenset[str]) -> set[str]:
    return set(words) & names


def _share(words: Sequence[str], lexicon: frozenset[str]) -> float:
    return sum(w in lexicon for w in words) / max(len(words), 1)


def _phrases(words: Sequence[str], phrases: Sequence[str]) -> int:
    text = f" {' '.join(words)} "
    return sum(f" {p} " in text for p in phrases)


def _ngrams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def _overlap(mine: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    return len(mine & other) / max(len(mine), 1)


def pair_features(reply: Sequence[str], before: Sequence[str], asked: Sequence[str]) -> Vector:
    """Give what can be counted about a reply.

    Args:
        reply: the reply's plain words.
        before: the plain words said before it (for a pushback: the view).
        asked: the plain words of the probe (for a pushback: the argument).

    Returns:
        A vector of `FEATURES` numbers, roughly between 0 and 3 each.
    """
    mine, old, question = content(reply), content(before), content(asked)
    mine_set, old_set, question_set = set(mine), set(old), set(question)
    new = mine_set - old_set
    shared, fresh, conflict, agree = _conflicts(numbers(reply), numbers(before))
    dated = []
    for names in (lexicons.DAYS, lexicons.MONTHS, lexicons.SEASONS, lexicons.TIMES):
        here, there = _named(reply, names), _named(before, names)
        dated += [float(bool(here - there and there)), float(bool(here & there)), float(bool(here - there))]
    parts = [content(reply[: len(reply) // 2]), content(reply[len(reply) // 2 :])]
    values = [
        np.log1p(len(reply)) / 2,
        len(new) / max(len(mine_set), 1),
        np.log1p(len(new)),
        len(mine_set & old_set) / max(len(old_set), 1),
        np.log1p(len(mine_set & old_set)),
        len(mine_set & question_set) / max(len(question_set), 1),
        len((mine_set & question_set) - old_set) / max(len(question_set), 1),
        *[len(set(p) - old_set) / max(len(set(p)), 1) for p in parts],
        _overlap(_ngrams(reply, 2), _ngrams(before, 2)),
        _overlap(_ngrams(reply, 3), _ngrams(before, 3)),
        _overlap(_ngrams(mine, 2), _ngrams(old, 2)),
        np.log1p(shared),
        np.log1p(fresh),
        np.log1p(conflict),
        np.log1p(agree),
        *dated,
        10 * _share(reply, lexicons.SELF),
        10 * _share(reply, lexicons.WE),
        10 * _share(reply, lexicons.OTHERS),
        10 * _share(reply, lexicons.NEGATIONS),
        10 * _share(reply, lexicons.HEDGES),
        5 * _share(reply, lexicons.GENERIC),
        10 * _share(reply, lexicons.UNKNOWN_WORDS),
        10 * _share(reply, _YOU),
        np.log1p(_phrases(reply, lexicons.UNKNOWN_PHRASES)),
        np.log1p(_phrases(reply, lexicons.OWNER_PHRASES)),
        np.log1p(_phrases(reply, lexicons.AGAIN_PHRASES)),
        np.log1p(_phrases(reply, lexicons.ARGUING_PHRASES)),
        len(set(reply)) / max(len(reply), 1),
        np.log1p(sum(len(w) > 7 for w in reply)) / 2,
    ]
    return np.asarray(values, dtype=np.float32)


FEATURES = len(pair_features(("a",), ("b",), ("c",)))
"""How many features `pair_features` gives."""


def relevance(chunk: Sequence[str], reply: Sequence[str], weight: dict[str, float]) -> float:
    """Give how much a piece of what was said before has to do with a reply, by the content words they share.

    Args:
        chunk: plain words of the piece.
        reply: plain words of the reply and of the probe.
        weight: weight of each stem (rarer ones count more).
    """
    said = set(content(chunk))
    return sum(weight.get(s, 1.0) for s in said & set(content(reply))) / (1.0 + 0.1 * len(said))
