"""The words of a probe: wordings filled with the candidate's phrases, and the checks that any words must pass."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from simulator.domain.vocabulary import Facet, Pushback, Reply
from simulator.interviewing.cues import FACET_CUES, TELLING
from simulator.interviewing.phrases import Phrase, Slot, of_slot
from simulator.interviewing.wordings import Angle, When, Wording, Wordings

MOST_WORDS = 30
"""Longest question that is easily followed when heard, in words."""

ALIKE = 0.6
"""Share of common words from which two probes sound like the same one again."""

WORTH_TAKING_UP = 0.35
"""Weight of a phrase from which a wording that takes it up comes before the plain ones."""

SAME_SHAPE, SAME_SHAPE_MOST, SAME_SHAPE_WITHIN = 0.4, 2, 3
"""What a wording loses for each of the last three questions that begin like it; with two, it comes after the plain
ones: a thread must not sound like a form."""

DOUBLE_LEAD = re.compile(r"(?:Let me|I would like|I am|Leaving|Setting|Staying|Stay with|Before the rest)\b")
"""Wordings that bring a beginning of their own, which after another one would be one too many."""

PRAISE = re.compile(
    r"\b(great|excellent|awesome|fantastic|impressive|amazing|wonderful|brilliant|perfect|nice|congratulations|"
    r"well done|well put|good (?:answer|job|point|example|question|work)|love (?:that|it)|"
    r"(?:very |really )?(?:interesting|helpful|insightful|thoughtful) (?:answer|point|example)|glad)\b",
    re.IGNORECASE,
)

LEADING = re.compile(
    r"\b(?:don't you (?:think|agree|feel)|wouldn't you (?:say|agree)|isn't (?:it|that)|wasn't (?:it|that)|"
    r"aren't you|didn't you|weren't you|shouldn't you|surely|obviously|of course|you must have|"
    r"you'd agree|would you agree|so you (?:were|did|made|had|would)|i assume|i take it|was it because|"
    r"did you (?:feel|do it) because)\b|,\s*(?:right|correct|no|yes)\s*\?",
    re.IGNORECASE,
)

HINT = re.compile(
    r"\b(?:score|rubric|points|facet|evaluat(?:e|ing) you|you should (?:mention|say)|hint|for example, you|"
    r"what i (?:want|am looking) (?:to hear|for))\b",
    re.IGNORECASE,
)

TWO_QUESTIONS = re.compile(
    r"(?<=[\w,] )(?:and|or|but|also)\s*,?\s+(?:what|why|how|who|whom|when|where|which|whose|did you|were you|"
    r"was there|do you|would you|could you|can you|have you|is there|are there)\b"
    r"|, (?:and|or) (?:about|at|by|for|from|in|into|on|over|to|under|with) (?:what|which|whom|whose|how)\b",
    re.IGNORECASE,
)

LIST = re.compile(
    r"(?m)^\s*(?:[-*•]|\d+[.)])\s|[\n*#`_]|\b(?:first(?:ly)?|1)[,:)].*\b(?:second(?:ly)?|2)[,:)]", re.IGNORECASE
)


def word_set(text: str) -> frozenset[str]:
    """Give the different words of a text, lower case."""
    return frozenset(re.findall(r"[a-z']+", text.lower()))


def likeness(one: str, other: str) -> float:
    """Give the share of words that two texts have in common, of the longer one, 0 to 1."""
    a, b = word_set(one), word_set(other)
    return len(a & b) / max(len(a), len(b)) if a and b else 0.0


def on_facet(text: str, facet: Facet) -> bool:
    """Tell whether a question is about a facet: it has a word that such questions have, or none that shows another."""
    if FACET_CUES[facet].search(text) is not None:
        return True
    return not any(other is not facet and cue.search(text) for other, cue in TELLING.items())


def check_words(text: str, facet: Facet, asked_before: Iterable[str], pushback: Pushback | None = None) -> list[str]:
    """Give what is wrong with words that would be spoken as a probe; nothing if they can be.

    Args:
        text: the words.
        facet: what the probe is aimed at.
        asked_before: everything that was asked in the session so far.
        pushback: the kind of pushback, or None. A pushback argues, so it may be one-sided, and it need
            not name the facet.
    """
    problems = []
    if text.count("?") != 1 or not text.rstrip("\"' ").endswith("?"):
        problems.append("it is not exactly one question, at the end")
    if pushback is None and TWO_QUESTIONS.search(text.partition("?")[0].rpartition(". ")[2]):
        problems.append("it asks two things at once")
    if len(text.split()) > MOST_WORDS:
        problems.append(f"it has more than {MOST_WORDS} words")
    if PRAISE.search(text):
        problems.append("it praises")
    if pushback is None and LEADING.search(text):
        problems.append("it is leading")
    if HINT.search(text):
        problems.append("it gives a hint or speaks of the rubric")
    if LIST.search(text.strip()):
        problems.append("it is a list or has marks in it")
    if any(likeness(text, before) >= ALIKE for before in asked_before):
        problems.append("it was asked before, in much the same words")
    if pushback is None and not on_facet(text, facet):
        problems.append(f"it is not about {facet}")
    return problems


@dataclass(frozen=True, slots=True)
class Worded:
    """A probe's words, the angle they come from, and the phrases of the candidate's that they take up."""

    text: str
    angle: str
    taken_up: tuple[Phrase, ...]


WHEN_AFTER = {
    Reply.FRESH: When.AFTER_FRESH,
    Reply.VAGUE: When.AFTER_VAGUE,
    Reply.NO_MORE: When.AFTER_NO_MORE,
    Reply.EVADED: When.AFTER_EVADED,
}
"""Which angles fit after a reply; after others a facet is only asked again to confirm."""


class Phraser:
    """Chooses wordings: none twice in a session, those with the candidate's own phrases before plain ones.

    Args:
        wordings: all wordings.
        seed: for the choice among equals.
    """

    def __init__(self, wordings: Wordings, seed: int) -> None:
        self._wordings = wordings
        self._seed = seed

    def _shuffled(self, key: str, items: Sequence[Wording]) -> list[Wording]:
        return random.Random(f"{self._seed}:{key}").sample(list(items), len(items))

    def probe(
        self,
        facet: Facet,
        when: When,
        phrases: Sequence[Phrase],
        asked: Sequence[str],
        used_angles: Sequence[str] = (),
        lead: str = "",
        *,
        plain: bool = False,
    ) -> Worded:
        """Word a probe.

        Args:
            facet: what it is aimed at.
            when: what the facet's last reply was.
            phrases: the candidate's phrases that may be taken up, the most telling first.
            asked: everything asked in the session so far.
            used_angles: angles that the facet was approached from already, oldest first.
            lead: a sentence to say first, "" for none.
            plain: whether to take no phrase up (the words themselves were unclear).
        """
        fresh = [p for p in phrases if not any(p.text.lower() in each.lower() for each in asked)] if not plain else []
        best: tuple[float, Worded] | None = None
        for angle, wording in self._choices(facet, when, fresh, asked, used_angles):
            if any(wording.made(each) for each in asked) or (lead and DOUBLE_LEAD.match(wording.template)):
                continue
            worded = self._fill(wording, angle, fresh)
            if worded is None:
                continue
            text = f"{lead} {worded.text}".strip()
            alike = max((likeness(text, each) for each in asked), default=0.0)
            if PRAISE.search(text) or LEADING.search(text) or HINT.search(text):
                continue  # what was taken up sounds like a verdict in the interviewer's mouth
            if alike < ALIKE and len(text.split()) <= MOST_WORDS:
                return Worded(text, worded.angle, worded.taken_up)
            if best is None or alike < best[0]:
                best = (alike, Worded(worded.text, worded.angle, worded.taken_up))
        return best[1] if best is not None else self._last_resort(facet, asked)

    def _choices(
        self, facet: Facet, when: When, phrases: Sequence[Phrase], asked: Sequence[str], used: Sequence[str]
    ) -> Iterator[tuple[Angle, Wording]]:
        """Give the wordings in the order in which they are tried: from any angle that fits those that take something
        up, then all, angle by angle.
        """
        ordered = [
            (angle, telling, wording)
            for angle in self._angles(facet, when, used)
            for telling, wording in self._order(facet, angle, phrases, asked)
        ]
        for taking_up in (True, False):
            for angle, telling, wording in ordered:
                if (telling > 0 and when in angle.when) is taking_up:
                    yield angle, wording

    def _angles(self, facet: Facet, when: When, used: Sequence[str]) -> list[Angle]:
        """Give the angles that fit first, the unused before the used, then the others as a reserve."""
        angles = self._wordings.angles[facet]
        fitting = [a for a in angles if when in a.when]
        reserve = [a for a in angles if when not in a.when and a.when != {When.EDGE}]
        return sorted(fitting, key=lambda a: used.count(a.name)) + sorted(reserve, key=lambda a: used.count(a.name))

    def _order(
        self, facet: Facet, angle: Angle, phrases: Sequence[Phrase], asked: Sequence[str]
    ) -> list[tuple[float, Wording]]:
        """Order an angle's wordings: by how telling the phrases are that they can take up and by how unlike the last
        questions they begin, then by the seed. How telling each is stands with it: over 0 if it takes something up.
        """
        recent = asked[-SAME_SHAPE_WITHIN:]
        weight = {slot: max((p.weight for p in phrases if p.slot is slot), default=0.0) for slot in Slot}

        def telling(wording: Wording) -> float:
            weakest = min((weight[slot] for slot in wording.slots), default=0.0)
            beginning = " ".join(wording.template.split()[:2])
            alike = sum(beginning in each for each in recent)
            return (weakest if weakest >= WORTH_TAKING_UP and alike < SAME_SHAPE_MOST else 0.0) - SAME_SHAPE * alike

        shuffled = self._shuffled(f"{facet}:{angle.name}", angle.wordings)
        return sorted(((telling(wording), wording) for wording in shuffled), key=lambda each: -each[0])

    def _fill(self, wording: Wording, angle: Angle, phrases: Sequence[Phrase]) -> Worded | None:
        chosen: dict[Slot, Phrase] = {}
        for slot in wording.slots:
            candidates = of_slot(phrases, slot)
            if not candidates:
                return None
            chosen[slot] = candidates[0]
        text = wording.fill({slot: phrase.text for slot, phrase in chosen.items()})
        return Worded(text, angle.name, tuple(chosen.values()))

    def _last_resort(self, facet: Facet, asked: Sequence[str]) -> Worded:
        """Use a plain wording again when a session has used all of a facet's; the longest ago first."""
        plain = [
            (max((i for i, each in enumerate(asked) if wording.made(each)), default=-1), angle.name, wording.template)
            for angle in self._wordings.angles[facet]
            for wording in angle.wordings
            if not wording.slots
        ]
        _, angle, text = min(plain)
        return Worded(text, angle, ())

    def sentence(self, sentences: Sequence[str], said: Sequence[str], key: str) -> str:
        """Choose a short sentence, the one that was said longest ago (or never)."""
        if not sentences:
            return ""
        order = random.Random(f"{self._seed}:{key}").sample(list(sentences), len(sentences))
        last = {s: max((i for i, each in enumerate(said) if s in each), default=-1) for s in order}
        return min(order, key=lambda s: last[s])
