"""The candidate's own phrases that a follow-up can take up: numbers, people, things, acts, claims.

Every phrase is well formed and speakable, or it is not given: fillers are taken out, a phrase with a
false start in it is passed over, and clauses end where they end. What is paraphrased has its pronouns
turned ("my lead" becomes "your lead").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from simulator.interviewing import lexicon as lx

MOST_WORDS = 8
"""Longest phrase taken up, in words: longer ones are hard to hear as a quotation."""

MOST_CLAIM_WORDS = 14
"""Longest claim taken up: it is a sentence of its own ("You said that …")."""


class Slot(StrEnum):
    """The kinds of phrases, by the name of the slot that they fill in a wording."""

    NUMBER = "number"
    """A number with its noun: "31 oversold car decks"."""
    PERSON = "person"
    """Somebody by name or office: "Tomasz", "your manager"."""
    WE = "we"
    """What the team did, verbatim, without the "we": "moved the database"."""
    DID = "did"
    """What the candidate did, a clause that begins with "you": "you wrote a replay"."""
    THEY = "they"
    """What somebody named did, a clause that begins with them: "Danai checked your car deck model"."""
    CALL = "call"
    """A decision of the candidate's, a clause that begins with "you": "you decided to stop the rollout"."""
    THING = "thing"
    """A definite thing: "the fencing token"."""
    CLAIM = "claim"
    """A claim of a view, a whole clause: "alignment is a solved problem"."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that can be taken up.

    Attributes:
        slot: its kind.
        text: as it stands in a question.
        source: the candidate's words that it was made from, for the reason of a move.
        weight: how telling it is, for the choice among several.
    """

    slot: Slot
    text: str
    source: str
    weight: float = 1.0


def clean(text: str) -> str:
    """Give the words without fillers, hesitations and repeated words, as an interviewer would repeat them."""
    text = text.replace("\u2019", "'").replace("\u2026", ", ").replace(" - ", ", ")
    text = lx.FILLERS.sub(" ", text)
    text = re.sub(r"\b((?:\w+(?:'\w+)?\s+){0,2}?\w+(?:'\w+)?)(?:,?\s+\1\b)+", r"\1", text, flags=re.IGNORECASE)
    text = re.sub(r"\s+([,.;:?!])", r"\1", " ".join(text.split()))
    text = re.sub(r"(?:,\s*)+,", ",", text)
    return re.sub(r"([.?!;:])\s*,", r"\1", text).strip(" ,")


def sentences(text: str) -> list[str]:
    """Split cleaned words into sentences."""
    return [s.strip() for s in re.split(r"(?<=[.?!])\s+", text) if s.strip()]


def turn(words: str) -> str:
    """Turn a clause of the candidate's to the candidate: "I told my lead" becomes "you told your lead"."""
    for pattern, replacement in lx.TURNED:
        words = pattern.sub(replacement, words)
    return words


def _split(sentence: str) -> list[str]:
    """Split a sentence into its stretches between commas and stronger marks."""
    return [part.strip() for part in re.split(r"[,;:.?!]+(?=\s|$)", sentence) if part.strip()]


def _cut(words: Sequence[str], most: int, clear: frozenset[str] = frozenset()) -> list[str] | None:
    """Cut a clause at its natural end: before a conjunction, within the longest length.

    Gives None where no natural end is found, or what remains dangles or lacks a relative clause that it needs.

    Args:
        words: the clause from its verb on, and whatever comes after it.
        most: its longest length, in words.
        clear: words that point at something which is plain from the clause itself ("his" after a name).
    """
    end = len(words)
    for i, word in enumerate(words):
        if i and word.lower() in lx.CLAUSE_BREAKS:
            if word.lower() in lx.BELONGS_TO_WHAT_IS_BEFORE:
                return None
            end = i
            break
    if end > most:
        # A longer clause may still be left before a preposition that opens something more.
        cuts = [i for i in range(3, most + 1) if words[i].lower() in lx.SOFT_BREAKS]
        if not cuts or words[0].lower() in lx.VERBS_THAT_WANT_MORE:
            return None
        end = cuts[-1]
    kept = list(words[:end])
    if len(kept) < 2 or kept[-1].lower() in lx.DANGLING or kept[-1].lower() in lx.VERBS_THAT_WANT_MORE:
        return None
    lowered = [word.lower() for word in kept]
    if any(word in lx.UNCLEAR - clear for word in lowered) or lowered[1] in lx.NO_OBJECT_BEFORE or len(kept) < 3:
        return None
    if lowered[-1] in lx.SAYS_LITTLE or (lowered[0] in lx.TELLS_SOMEBODY and lowered[1] in {"to", "that"}):
        return None
    if any(word == "that" and lx.ends_clause(lowered[i + 1 : i + 2]) for i, word in enumerate(lowered)):
        return None
    finite = next((i for i, word in enumerate(lowered[1:], 1) if lx.is_finite(word)), None)
    if finite is not None and not {"that", "who", "to"} & set(lowered[:finite]):
        return None
    return kept


def _numbers(sentence: str) -> Iterable[Phrase]:
    for match in lx.NUMBER.finditer(sentence):
        number, rest = match.group("number"), match.group("rest").split()
        if re.fullmatch(r"(19|20)\d\d", number) or number.lower() == "one":
            continue
        noun: list[str] = []
        for word in rest[:3]:
            bare = word.lower()
            if bare in lx.STOP_WORDS or bare in lx.TIMES_OF_DAY:
                break
            noun.append(word)
            if bare in lx.IRREGULAR_PLURALS or (
                bare.endswith("s") and not bare.endswith(("ss", "us", "'s")) and bare not in lx.NOT_PLURALS
            ):
                text = " ".join([number, *noun])
                if bare not in lx.DURATIONS and not (bare == "people" and number.isalpha()):
                    text = text if text[:1].isdigit() else text[0].lower() + text[1:]
                    rate = lx.RATE.match(sentence, match.start("rest") + len(" ".join(noun)))
                    text += rate.group(0) if rate is not None else ""
                    few = number.lower() in lx.FEW or (number.isdigit() and len(number) == 1)
                    weight = 0.3 if few else 1.2 if number[0].isdigit() else 0.9
                    yield Phrase(Slot.NUMBER, text, text, weight)
                break


def _names(text: str) -> dict[str, float]:
    """Give the names of people in a text, and how often each acts or is spoken to."""
    names: dict[str, float] = {}
    for match in lx.NAMED.finditer(text):
        name = match.group(match.lastgroup or 0)
        if name.lower() not in lx.NO_NAMES and name.lower() not in lx.STOP_WORDS:
            names[name] = names.get(name, 0.0) + 1.0
    places = {m.group(1) for m in lx.PLACED.finditer(text)}
    return {
        name: seen for name, seen in names.items() if name not in places and not re.search(rf"\b{name.lower()}\b", text)
    }


def _people(text: str, parts: Sequence[str]) -> Iterable[Phrase]:
    for name, seen in _names(text).items():
        source = next((p for p in parts if name in p), name)
        yield Phrase(Slot.PERSON, name, source, 1.0 + 0.2 * min(seen, 3))
    for match in lx.OFFICE.finditer(text):
        office = match.group("office").lower()
        owner = match.group("owner").lower()
        source = match.group(0)
        yield Phrase(
            Slot.PERSON, f"{'the' if owner == 'the' else 'your'} {lx.OFFICES.get(office, office)}", source, 0.7
        )


def _things(sentence: str) -> Iterable[Phrase]:
    marks = len(re.findall(r"[,;:.?!](?=\s|$)", sentence))
    if len(sentence.split()) > lx.WORDS_A_MARK * max(marks, 1):
        return  # nothing shows where a noun phrase ends
    for match in lx.THING.finditer(sentence):
        words = match.group("noun").split()
        lowered = [w.lower() for w in words]
        if (
            any(w in lx.STOP_WORDS or w in lx.NOT_IN_THINGS for w in lowered)
            or lowered[-1] in lx.GENERIC
            or lowered[-1] in lx.PERSONS
            or lowered[-1] in lx.NOT_AT_END_OF_THING
            or lowered[-1].endswith(("ly", "ing"))
            or any(lx.is_past(word) for word in lowered[1:])
            or re.match(rf"(?:{lx.NUMBER_WORDS}|hundred|thousand|million)\b", lowered[-1])
            or (len(words) == 1 and match.group("det").lower() in {"a", "an"})
            or (len(words) == 1 and (len(words[0]) < 4 or lowered[0] in lx.COMMON_ALONE))
            or re.fullmatch(r"\d+", words[-1])
        ):
            continue
        determiner = lx.DETERMINERS[match.group("det").lower()]
        noun = " ".join(words)
        weight = 0.5 + 0.25 * len(words) + 0.05 * min(len(noun), 20) / 4
        yield Phrase(Slot.THING, f"{determiner} {noun}", match.group(0).strip(" ,."), weight)


def _acts(part: str) -> Iterable[Phrase]:
    words = part.split()
    for i, word in enumerate(words[:-2]):
        subject = word.lower()
        if subject not in {"i", "we"} or (i and words[i - 1].lower() in lx.NOT_BEFORE_SUBJECT):
            continue
        rest = words[i + 1 :]
        while rest and rest[0].lower() in lx.ADVERBS:
            rest = rest[1:]
        if len(rest) < 2 or not lx.is_past(rest[0].lower()):
            continue
        verb = rest[0].lower()
        kept = _cut(rest, MOST_WORDS)
        if kept is None:
            continue
        source = " ".join([word, *kept])
        if subject == "we":
            if verb not in lx.STATES and not any(w.lower() in lx.FIRST_PERSON for w in kept):
                yield Phrase(Slot.WE, " ".join(kept), source, 1.0 + 0.3 * (verb in lx.MAKING))
            continue
        if any(w.lower() in {"we", "us", "our", "ours"} for w in kept):
            continue
        text = turn(" ".join(["I", *kept]))
        if verb in lx.CALLS:
            yield Phrase(Slot.CALL, text, source, 1.2)
        if verb not in lx.STATES and verb not in lx.CALLS:
            yield Phrase(Slot.DID, text, source, 1.0 + 0.3 * (verb in lx.MAKING))


def _deeds(part: str, names: Iterable[str]) -> Iterable[Phrase]:
    """Give what others did who are named, or known by their office, in a stretch."""
    words = part.split()
    known = set(names)
    for i, word in enumerate(words[:-2]):
        office = lx.OFFICE_FIRST.match(" ".join(words[i:]))
        does = words[i + 1].lower() in lx.DOES and lx.is_name(word)
        if (office is None and word not in known and not does) or (
            i and words[i - 1].lower() not in lx.BEFORE_A_NEW_CLAUSE
        ):
            continue
        length = len(office.group(0).split()) if office is not None else 1
        rest = words[i + length :]
        while rest and rest[0].lower() in lx.ADVERBS:
            rest = rest[1:]
        if len(rest) < 2 or not lx.is_past(rest[0].lower()) or rest[0].lower() in lx.SPEAKING:
            continue
        kept = _cut(rest, MOST_WORDS - length, frozenset({"his", "her", "their"}))
        if kept is None or any(w.lower() in {"i", "we", "us", "our", "you", "your"} for w in kept):
            continue
        source = " ".join([*words[i : i + length], *kept])
        text = turn(source)
        yield Phrase(Slot.THEY, text if office is None else text[0].lower() + text[1:], source, 1.1)


def _claims(sentence: str) -> Iterable[Phrase]:
    for match in lx.CLAIM.finditer(sentence):
        clause = match.group("clause").strip()
        words = clause.split()
        if not 3 <= len(words) <= MOST_CLAIM_WORDS or words[-1].lower() in lx.DANGLING:
            continue
        lowered = [w.lower() for w in words]
        if lowered[0] in lx.NO_CLAIM_STARTS or any(w in lx.UNCLEAR for w in lowered[:2]):
            continue
        if not _is_clause(lowered):
            continue
        text = turn(clause)
        if text[:1].isupper() and not lx.keeps_capital(words[0]):
            text = text[0].lower() + text[1:]
        yield Phrase(Slot.CLAIM, text, clause, 1.0)


def _is_clause(lowered: Sequence[str]) -> bool:
    """Tell whether words are one whole statement about something named: subject first, then its verb, no "you"."""
    verb = next((i for i, word in enumerate(lowered) if lx.is_finite(word)), 0)
    subject = lowered[:verb]
    if (
        not subject
        or lowered[verb] == "that's"
        or subject[0] in lx.NO_SUBJECT
        or any(word in lx.OPENS_A_CLAUSE for word in subject)
    ):
        return False
    return not any(word in lx.ADDRESSED or word in lx.UNCLEAR - {"they", "their"} for word in lowered)


@lru_cache(maxsize=256)
def phrases_in(text: str) -> tuple[Phrase, ...]:
    """Give the phrases of an answer that can be taken up, in the order in which they were said.

    A text without capitals or without sentence marks gives fewer (no names, no claims), never wrong ones.
    """
    cleaned = clean(text)
    found: list[Phrase] = []
    found += _people(cleaned, sentences(cleaned))
    names = _names(cleaned)
    for sentence in sentences(cleaned):
        parts = _split(sentence)
        found += _numbers(sentence)
        found += _things(sentence)
        if not sentence.endswith("?"):
            found += _claims(sentence)
        for part in parts:
            # A stretch that nothing ends (lost punctuation) may run on; its clauses are cut at conjunctions.
            found += _acts(part)
            found += _deeds(part, names)
    unique: dict[tuple[Slot, str], Phrase] = {}
    for phrase in found:
        unique.setdefault((phrase.slot, phrase.text.lower()), phrase)
    return tuple(unique.values())


def of_slot(phrases: Iterable[Phrase], slot: Slot) -> list[Phrase]:
    """Give the phrases of one kind, the most telling first (earlier ones before later ones)."""
    return sorted((p for p in phrases if p.slot is slot), key=lambda p: -p.weight)
