"""What somebody who asks in a recording is after: a new story or view, a follow-up on a facet, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.domain.vocabulary import Facet, Pushback, ThreadKind
from simulator.interviewing.packs import list_packs, read_pack
from simulator.interviewing.wordings import SLOT, load_wordings

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Gives a vector of length one for each text, shape (n, d)."""

OPENS = re.compile(
    r"\b(?:tell (?:me|us) about|describe|give (?:me|us) an example|(?:can|could) you (?:think of|share|tell)|"
    r"have you ever|talk (?:me|us) (?:through|about)|walk (?:me|us) through) "
    r"(?:a|an|one|some|something|how you|working|any)\b"
    r"|\ba (?:time|situation|project|decision|mistake|commitment) (?:when|where|that|you|in which)\b"
    r"|\byour (?:view|perspective|opinion|take|position) (?:on|of|about)\b"
    r"|\bwhat do you (?:think of|make of)|\bwhy (?:do you want|here|this company|us)\b",
    re.IGNORECASE,
)
"""How questions that open a thread begin. Together with likeness to the packs' questions this finds 88 of 100 opening
questions in `data/judge` and takes 4 of 100 follow-ups there for one."""

ASKS = re.compile(
    r"\?|^(?:and |so |but |okay,? |right,? )*(?:what|why|how|who|whom|whose|which|when|where|did|do|does|was|were|"
    r"is|are|could|can|would|will|have|has|had|tell|describe|explain|give|walk|talk|say|take|help|put)\b",
    re.IGNORECASE,
)
"""Whether a sentence asks for anything, for recognizers that write no question mark."""

NEAREST = 20
"""Wordings of a facet that are compared with a follow-up. Measured on the follow-ups in `data/judge`, which were
written by hand for their stories: the facet is right for 53 of 100, out of ten or eight (with one wording, 37)."""

DOUBT_LIKE = 0.75
"""Likeness to one of the interviewer's bare doubts ("Are you sure?") from which a follow-up is one."""

_SENTENCE = re.compile(r"(?<=[.?!])\s+")


class Asking:
    """Reads the words of somebody who asks.

    Args:
        embed: gives vectors of texts.

    Raises:
        BadInputError: a file of the interviewer's wordings is malformed.
    """

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        wordings = load_wordings()
        pairs = [
            (facet, SLOT.sub("that", each.template))
            for facet, angles in wordings.angles.items()
            for angle in angles
            for each in angle.wordings
        ]
        vectors = embed([text for _, text in pairs])
        facets = np.array([facet.value for facet, _ in pairs])
        self._wordings = {facet: vectors[facets == facet.value] for facet in wordings.angles}
        self._doubts = embed(wordings.empty)
        packs = [read_pack(pack.file) for pack in list_packs() if not pack.problem]
        questions = [question for pack in packs for question in pack.questions]
        self._questions = embed([question.text for question in questions])
        self._kinds = tuple(question.kind for question in questions)

    def opening(self, text: str) -> int | None:
        """Give where the question that opens a thread begins in what was said, in characters; None if none does."""
        at = 0
        for sentence in _SENTENCE.split(text):
            if OPENS.search(sentence) or self._like_a_question(sentence):
                return at
            at = text.find(sentence, at) + len(sentence)
            at += len(text[at:]) - len(text[at:].lstrip())
        return None

    def _like_a_question(self, sentence: str) -> bool:
        if not ASKS.search(sentence):
            return False
        (vector,) = self._embed([sentence])
        nearest = max(float((vectors @ vector).max()) for vectors in self._wordings.values())
        return float((self._questions @ vector).max()) > nearest

    def kind(self, question: str) -> ThreadKind:
        """Give what a question asks for: what the likest question of the packs does.

        Right for 97 of 100 questions in `data/judge` that are in no pack.
        """
        (vector,) = self._embed([question])
        return self._kinds[int(np.argmax(self._questions @ vector))]

    def asks(self, text: str) -> bool:
        """Tell whether anything is asked in what was said."""
        return any(ASKS.search(sentence) for sentence in _SENTENCE.split(text))

    def facet(self, text: str, tests: Sequence[Facet]) -> Facet:
        """Give the facet that a follow-up is most likely after, by the interviewer's own wordings for each.

        Args:
            text: what was said; its last sentence counts.
            tests: the facets to choose from, at least one.
        """
        (vector,) = self._embed([_SENTENCE.split(text.strip())[-1]])

        def likeness(facet: Facet) -> float:
            return float(np.sort(self._wordings[facet] @ vector)[-NEAREST:].mean())

        return max(tests, key=likeness)

    def pushback(self, text: str) -> Pushback | None:
        """Tell whether a follow-up is a bare doubt; an argument against a view is not told from other follow-ups."""
        (vector,) = self._embed([_SENTENCE.split(text.strip())[-1]])
        return Pushback.EMPTY if float((self._doubts @ vector).max()) >= DOUBT_LIKE else None
