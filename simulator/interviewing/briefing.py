"""What other rounds have covered, read from the briefing's words: facets and questions that come last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from simulator.domain.moves import Question
from simulator.domain.vocabulary import Facet

THEMES: dict[str, tuple[str, ...]] = {
    "ownership": ("own", "owner", "owned", "ownership", "accountab", "initiative", "took charge"),
    "disagreement": (
        "disagree",
        "conflict",
        "collaborat",
        "dispute",
        "argument with",
        "difficult colleague",
        "teamwork",
    ),
    "failure": ("fail", "failure", "failed", "went wrong", "mistake"),
    "ambiguity": ("ambigu", "uncertain", "incomplete information", "unclear"),
    "ethics": ("ethic", "moral", "integrity", "values", "right thing"),
    "changing one's mind": (
        "changed mind",
        "change of mind",
        "changed your mind",
        "changed their mind",
        "chang.* mind",
        "updating",
    ),
    "safety": ("safety", "alignment", "agi", "existential", "x-risk"),
    "motivation": ("motivation", "why us", "why here", "why openai", "why this company", "why do you want", "fit\\b"),
    "leadership": ("leadership", "led a", "leading", "manag"),
    "feedback": ("feedback", "criticism"),
    "deadline": ("deadline", "pressure", "prioriti"),
    "governance": ("governance", "regulat", "policy"),
    "deployment": ("deploy", "release", "launch"),
}
"""Themes that briefings and questions speak of, by the stems that show them."""

FACETS: dict[Facet, tuple[str, ...]] = {
    Facet.CONTEXT: ("context", "background", "situation"),
    Facet.TASK: ("task", "assignment", "goals? of"),
    Facet.OWN_ROLE: (
        "own role",
        "own part",
        "personal contribution",
        "individual contribution",
        "what (?:she|he|they|i) did",
    ),
    Facet.DECISION: ("decision", "deciding", "judge?ment calls?"),
    Facet.ALTERNATIVES: ("alternatives", "other options", "trade-?offs considered"),
    Facet.OBSTACLE: ("obstacle", "challenges", "difficult(?:y|ies)"),
    Facet.RESULT: ("results?\\b", "impact", "outcomes?", "metrics"),
    Facet.FAULT: ("own mistakes?", "fault", "mistakes?\\b"),
    Facet.HINDSIGHT: ("hindsight", "do(?:ne)? differently"),
    Facet.LEARNING: ("learn", "lessons?"),
    Facet.POSITION: ("position\\b", "views? on"),
    Facet.GROUNDS: ("evidence", "grounds", "reasons for"),
    Facet.TENSION: ("trade-?offs", "tensions?"),
    Facet.UNCERTAINTY: ("uncertaint", "calibration"),
    Facet.COUNTERARGUMENT: ("counter-?arguments?", "objections"),
    Facet.UPDATE: ("changed? (?:his|her|their|my|your) mind", "updating"),
    Facet.FIT: ("motivation", "why (?:us|here|this company|openai)", "company fit", "culture fit"),
    Facet.QUESTION: ("candidate's questions", "own questions", "questions for us"),
}
"""How briefings speak of facets."""

NOT_COVERED = re.compile(
    r"\b(?:not|n't|never|except|apart from|other than|nobody|nothing|no one|still open|still to|yet to|left out|"
    r"didn't get to|skipped|missing|without|remains?|focus on|please (?:ask|cover|go))\b",
    re.IGNORECASE,
)
"""Words that turn a part of a briefing into the opposite: what it names was not covered."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What other rounds have covered."""

    facets: frozenset[Facet]
    themes: frozenset[str]


def _found(stems: Iterable[str], text: str) -> bool:
    return any(re.search(rf"\b{stem}", text, re.IGNORECASE) for stem in stems)


def read_briefing(briefing: str) -> Covered:
    """Give the facets and themes that a briefing says were covered; what it says was not covered is left out."""
    facets: set[Facet] = set()
    themes: set[str] = set()
    for part in re.split(r"[.;\n]|,?\s+but\s+|,\s+(?=not\b)", briefing):
        if not part.strip() or NOT_COVERED.search(part):
            continue
        facets |= {facet for facet, stems in FACETS.items() if _found(stems, part)}
        themes |= {theme for theme, stems in THEMES.items() if _found(stems, part)}
    return Covered(frozenset(facets), frozenset(themes))


def is_covered(question: Question, covered: Covered, own_themes: Iterable[str] = ()) -> bool:
    """Tell whether a question is about a theme that was covered.

    Args:
        question: the question.
        covered: what was covered.
        own_themes: words that the pack gives for what the question is about.
    """
    if not covered.themes:
        return False
    about = " ".join([question.id.replace("-", " "), question.text, question.topic.replace("-", " "), *own_themes])
    return any(_found(THEMES[theme], about) or theme in own_themes for theme in covered.themes)
