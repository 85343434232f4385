"""From hypotheses that change to words that don't: agreement of two looks, joined to what is confirmed already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simulator.domain.words import Word

OVERLAP_WORDS = 6
"""How many of the last confirmed words are looked for in a new hypothesis."""

LETTERS_A_WORD = 5.0
"""Letters that are alike and count as one word."""

UNMATCHED = 1.0
"""What it costs, in words, when the two texts do not end in the same letter: else short words would be swallowed."""

NOT_LIKE = -0.5
"""What a place gets before which nothing is alike: words are left out only where they match or the times say so."""

SECONDS_A_MATCH = 0.4
"""How far, in seconds, a seam may move for one more word that matches."""


def plain(text: str) -> str:
    """Give a word without punctuation and letter case: what two hypotheses are compared by."""
    return "".join(c for c in text.lower() if c.isalnum())


def unconfirmed(hypothesis: Sequence[Word], confirmed: Sequence[Word]) -> tuple[Word, ...]:
    """Give the words of a hypothesis that follow the confirmed ones.

    The hypothesis may begin before the last confirmed word, with it, or after it. Of all places in it the one
    is taken where the words before it are most like the last confirmed ones and the times fit best.
    """
    if not confirmed:
        return tuple(hypothesis)
    end_s = confirmed[-1].end_s
    tail = [plain(word.text) for word in confirmed[-OVERLAP_WORDS:]]
    likes = likeness([plain(word.text) for word in hypothesis], tail)
    best, best_score = 0, -float("inf")
    for place in range(len(hypothesis) + 1):
        before_s = hypothesis[place - 1].end_s if place else min(end_s, hypothesis[0].start_s if hypothesis else end_s)
        after_s = hypothesis[place].start_s if place < len(hypothesis) else max(end_s, before_s)
        # The seam should lie between the word before and the word after.
        off_s = max(0.0, before_s - end_s) + max(0.0, end_s - after_s)
        score = likes[place] - off_s / SECONDS_A_MATCH
        if score > best_score:
            best, best_score = place, score
    return tuple(hypothesis[best:])


def likeness(texts: Sequence[str], tail: Sequence[str]) -> list[float]:
    """Give, for each place in a text, how many words before it are like the end of another text.

    Compared letter by letter (a local alignment), so that "all right" is like "alright".

    Args:
        texts: the words of the text; the places are before the first, between them, and after the last.
        tail: the words of the other text.
    """
    other = "".join(tail)
    row = [0] * (len(other) + 1)
    likes = [0.0]
    for word in texts:
        matched = False
        for letter in word:
            above = row[0]
            matched = bool(other) and letter == other[-1] and row[-2] + 1 >= row[-1] - 1
            for j, their in enumerate(other, 1):
                above, row[j] = row[j], max(0, above + (1 if letter == their else -1), row[j] - 1, row[j - 1] - 1)
        like = row[-1] / LETTERS_A_WORD - (0.0 if matched else UNMATCHED)
        likes.append(max(like, NOT_LIKE))
    return likes


@dataclass(slots=True)
class Agreement:
    """Rules of when a word counts as confirmed.

    Attributes:
        margin_s: words that end nearer to the end of the sound than this wait for the next look.
        sure: a word that is followed by `sure_after_s` of sound is confirmed at once with at least this probability.
        sure_after_s: see `sure`.

    In one trial on six recordings of people (4 minutes, simulated time with the computing counted) these bring a
    word's confirmation from 1.5 s and 3.6 s (median, 90 %) to 1.1 s and 1.7 s, at about the same word error rate (7.4
    and 7.7 %).
    """

    margin_s: float = 0.25
    sure: float = 0.85
    sure_after_s: float = 0.35


class WordStream:
    """The words of one answer: confirmed ones, which never change, and the ones after them, which may.

    Args:
        rules: when a word counts as confirmed.
        confirmed: words that an earlier recognizer has confirmed.
    """

    def __init__(self, rules: Agreement | None = None, confirmed: Sequence[Word] = ()) -> None:
        self.rules = rules or Agreement()
        self.confirmed: list[Word] = list(confirmed)
        self.partial: tuple[Word, ...] = ()
        self._last: tuple[Word, ...] = ()

    @property
    def end_s(self) -> float:
        """End of the last confirmed word, or minus infinity."""
        return self.confirmed[-1].end_s if self.confirmed else -float("inf")

    def offer(self, hypothesis: Sequence[Word], heard_s: float) -> tuple[Word, ...]:
        """Take a hypothesis that may still change, and give the words that it confirms.

        Args:
            hypothesis: words of a look that began at or before the last confirmed word.
            heard_s: end of the sound that was looked at.
        """
        new = unconfirmed(hypothesis, self.confirmed)
        last = unconfirmed(self._last, self.confirmed)
        agreed = 0
        for ours, theirs in zip(new, last, strict=False):
            if plain(ours.text) != plain(theirs.text) or ours.end_s > heard_s - self.rules.margin_s:
                break
            agreed += 1
        while agreed < len(new):
            word = new[agreed]
            if word.probability < self.rules.sure or word.end_s > heard_s - self.rules.sure_after_s:
                break
            agreed += 1
        added = self._confirm(new[:agreed])
        self._last = self.partial = tuple(new[agreed:])
        return added

    def conclude(self, hypothesis: Sequence[Word]) -> tuple[Word, ...]:
        """Take a hypothesis of everything that was said up to a pause: all of it is confirmed."""
        added = self._confirm(unconfirmed(hypothesis, self.confirmed))
        self._last = self.partial = ()
        return added

    def _confirm(self, words: Sequence[Word]) -> tuple[Word, ...]:
        added = []
        for word in words:
            after_s = self.confirmed[-1].end_s if self.confirmed else word.start_s
            start_s = max(word.start_s, after_s)
            kept = replace(word, start_s=start_s, end_s=max(word.end_s, start_s))
            self.confirmed.append(kept)
            added.append(kept)
        return tuple(added)
