"""Holds a language model to the candidate's own words: a quote counts only if it stands in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST_QUOTES = 4
"""More quotes than this show no more; a model that copies the whole text is cut short here."""

SEGMENT_WORDS = 3
"""Fewest words for which a piece of a quote with an ellipsis is looked for by itself."""

_WORD = re.compile(r"\S+")
_BORDER = re.compile(r"^\W+|\W+$")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'"})


def _words(text: str) -> list[tuple[str, int, int]]:
    """Give a text's words without case and outer punctuation, each with its place."""
    found = []
    for match in _WORD.finditer(text):
        word = _BORDER.sub("", match.group().translate(_APOSTROPHES).lower())
        if word:
            found.append((word, match.start(), match.end()))
    return found


def verbatim(quote: str, text: str) -> str | None:
    """Give the place of a text that a quote was taken from, exactly as it stands there, or None.

    Letter case, white space, the form of apostrophes and punctuation around words are forgiven. Where
    words were left out with an ellipsis, the first piece of three words or more that stands in the
    text is given.
    """
    places = _words(text)
    pieces = [quote] if "..." not in quote and "…" not in quote else re.split(r"\.\.\.|…", quote)
    for piece in pieces:
        wanted = [word for word, _, _ in _words(piece)]
        if not wanted or (len(pieces) > 1 and len(wanted) < SEGMENT_WORDS):
            continue
        for first in range(len(places) - len(wanted) + 1):
            run = places[first : first + len(wanted)]
            if [word for word, _, _ in run] == wanted:
                return text[run[0][1] : run[-1][2]]
    return None


def verbatim_all(quotes: Iterable[str], text: str) -> tuple[str, ...]:
    """Give those of the quotes that stand in the text, as they stand there, each once."""
    found = (verbatim(quote, text) for quote in quotes)
    return tuple(dict.fromkeys(quote for quote in found if quote))[:MOST_QUOTES]
