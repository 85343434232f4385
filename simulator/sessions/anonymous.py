"""A session without the names in it: people, firms and places as numbered marks, the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from simulator.domain.state import AnswerState, SessionState, ThreadState
from simulator.domain.words import Evidence, Word, text_of
from simulator.sessions.ordinary_words import ORDINARY

T = TypeVar("T")

_TOKEN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_CONTACT = re.compile(r"\S+@\S+\.\S+|(?:https?://|www\.)\S+|\+?\d[\d\s().\-]{6,}\d")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’)]*$")


class Names:
    """The names in some texts, and how to leave them out.

    A name is a word written with a capital inside a sentence, whatever it names, and that word wherever it stands;
    at the beginning of a sentence also one that is no ordinary word. Rules err on the side of leaving out. Addresses
    and telephone numbers go as well. Ordinary capitals (days, months, "I") and the technical ones of the trade stay.

    Args:
        texts: everything in which names are looked for.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        found: dict[str, None] = {}
        plain: set[str] = set()
        starts: dict[str, None] = {}
        for text in texts:
            begins = True
            for part in text.split():
                for match in _TOKEN.finditer(part):
                    word = _stem(match[0])
                    if not word[:1].isupper():
                        plain.add(word.lower())
                    elif word.lower() not in ORDINARY and len(word) > 1:
                        (starts if begins else found).setdefault(word.lower())
                    begins = False
                begins = bool(_SENTENCE_END.search(part)) or begins
        for word in starts:
            if word not in plain and not word.endswith(("ly", "ing")):
                found.setdefault(word)
        self._marks = {word: f"[name-{number}]" for number, word in enumerate(found, 1)}

    def out_of_words(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """Give words with marks in place of names, as many as there were; a number spread over words goes whole."""
        text, begin, out = text_of(words), 0, []
        left_out = [match.span() for match in _CONTACT.finditer(text)]
        for word in words:
            end = begin + len(word.text)
            inside = any(first < end and begin < last for first, last in left_out)
            out.append(replace(word, text="[left-out]" if inside else self.out_of(word.text)))
            begin = end + 1
        return tuple(out)

    def out_of(self, text: str) -> str:
        """Give a text with marks in place of names."""

        def mark(match: re.Match[str]) -> str:
            stem = _stem(match[0])
            known = self._marks.get(stem.lower())
            return match[0] if known is None or not stem[:1].isupper() else known + match[0][len(stem) :]

        return _TOKEN.sub(mark, _CONTACT.sub("[left-out]", text))


def _stem(word: str) -> str:
    return re.sub(r"['’]s$", "", word)


def anonymised(state: SessionState) -> SessionState:
    """Give a session without names, title, notes, tags, briefing, id and date."""
    names = Names(_texts(state))
    out = names.out_of

    def evidence(given: Iterable[Evidence]) -> tuple[Evidence, ...]:
        return tuple(replace(each, quote=out(each.quote)) for each in given)

    def thread(given: ThreadState) -> ThreadState:
        return replace(
            given,
            facets=MappingProxyType(
                {
                    facet: replace(
                        each,
                        evidence=evidence(each.evidence),
                        outcome_evidence=evidence(each.outcome_evidence),
                        reason=out(each.reason),
                    )
                    for facet, each in given.facets.items()
                }
            ),
            probes=tuple(
                replace(each, text=out(each.text), reason=out(each.reason), evidence=evidence(each.evidence))
                for each in given.probes
            ),
            signals=tuple(replace(each, evidence=evidence(each.evidence)) for each in given.signals),
        )

    def answer(given: AnswerState) -> AnswerState:
        return replace(
            given,
            words=names.out_of_words(given.words),
            revised=names.out_of_words(given.revised),
            sentences=tuple(replace(each, text=out(each.text)) for each in given.sentences),
        )

    return replace(
        state,
        session="",
        started_at="",
        title="",
        tags=(),
        notes=(),
        briefing="",
        corrections=tuple(replace(each, reason="") for each in state.corrections),
        threads=_mapped(state.threads, thread),
        answers=_mapped(state.answers, answer),
        utterances=tuple(
            replace(each, text=out(each.text), heard=None if each.heard is None else out(each.heard))
            for each in state.utterances
        ),
    )


def _mapped(given: Mapping[str, T], change: Callable[[T], T]) -> Mapping[str, T]:
    return MappingProxyType({name: change(each) for name, each in given.items()})


def _texts(state: SessionState) -> Iterable[str]:
    for answer in state.answers.values():
        yield answer.text
        yield " ".join(word.text for word in answer.revised)
    for utterance in state.utterances:
        if utterance.purpose not in {"question", "opening", "closing"}:
            yield utterance.text
