"""Which of the candidate's phrases fit a probe on a facet: what was just said, what shows the facet, what recurs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from simulator.domain.vocabulary import STORY_FACETS, Facet
from simulator.interviewing.cues import OPENED
from simulator.interviewing.phrases import Phrase, Slot, clean, phrases_in, sentences

JUST_SAID, SHOWS_IT, SPEAKS_OF_IT, ELSEWHERE = 1.0, 0.9, 0.8, 0.5
"""How well a phrase fits by where it stands: in the reply that is followed up, in the words that show the
facet, in a sentence that speaks of it, anywhere else in the thread."""

CARRIES_ITSELF = frozenset({Slot.DID, Slot.CALL, Slot.WE, Slot.THEY, Slot.CLAIM, Slot.PERSON})
"""Phrases that fit a probe on any facet, wherever they stand: an act, a claim, a person. A thing has to
recur to be taken up from elsewhere; a number never is."""

RECURS = 2
"""How often a thing is named in a thread before it counts as one of the story's own."""


def _named(phrase: Phrase, counts: Mapping[str, int]) -> int:
    """Give how often a thing's head noun was said in the thread."""
    return counts[phrase.text.split()[-1].lower()]


def _storys_own(phrase: Phrase, counts: Mapping[str, int]) -> bool:
    """Tell whether a thing is named so often, or so fully, that it can be taken up from anywhere in the thread."""
    return _named(phrase, counts) >= (RECURS + 1 if len(phrase.text.split()) > 2 else 2 * RECURS)


def _strong(phrase: Phrase, counts: Mapping[str, int]) -> bool:
    """Tell whether a thing says enough to be taken up: several words, or one that recurs."""
    return phrase.slot is not Slot.THING or len(phrase.text.split()) > 2 or _named(phrase, counts) >= RECURS


def phrases_for(
    facet: Facet, followed: str, evidence: Sequence[str], answers: Sequence[str], question: str
) -> list[Phrase]:
    """Give the phrases that a probe on a facet may take up, the most fitting and telling first.

    Args:
        facet: what the probe is aimed at.
        followed: the reply that is followed up, "" where the probe turns to another facet.
        evidence: the words that show the facet so far.
        answers: the candidate's answers in the thread, oldest first.
        question: the thread's question, whose own words are not worth taking up.
    """
    counts = Counter(re.findall(r"[\w'-]+", " ".join(answers).lower()))
    asked = question.lower()
    found: dict[str, Phrase] = {}

    def add(phrases: Iterable[Phrase], fit: float) -> None:
        for phrase in phrases:
            key = phrase.text.lower()
            if key not in found and key not in asked and _strong(phrase, counts):
                found[key] = replace(phrase, weight=phrase.weight * fit)

    add(phrases_in(followed), JUST_SAID)
    for quote in evidence:
        add(phrases_in(quote), SHOWS_IT)
    opened = OPENED.get(facet)
    for answer in reversed(answers):
        if opened is not None:
            for sentence in sentences(clean(answer)):
                if opened.search(sentence):
                    add(phrases_in(sentence), SPEAKS_OF_IT)
    for answer in reversed(answers):
        every = phrases_in(answer)
        add((p for p in every if p.slot in CARRIES_ITSELF), ELSEWHERE)
        if facet in STORY_FACETS:
            # In a view the things are those of its examples, not what the view is about.
            add((p for p in every if p.slot is Slot.THING and _storys_own(p, counts)), ELSEWHERE)
    return sorted(found.values(), key=lambda p: -p.weight)
