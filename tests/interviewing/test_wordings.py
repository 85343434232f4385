"""The interviewer's wordings, every one of them: one open question, short, neutral, natural."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from simulator.domain.vocabulary import Facet
from simulator.interviewing.phrases import Slot
from simulator.interviewing.phrasing import LEADING, LIST, PRAISE, TWO_QUESTIONS, likeness, on_facet
from simulator.interviewing.wordings import When, Wording, load_wordings

WORDINGS = load_wordings()
FILLED = {
    Slot.NUMBER: "31 oversold decks",
    Slot.PERSON: "Tomasz",
    Slot.WE: "moved the database",
    Slot.DID: "you wrote a replay",
    Slot.THEY: "Danai checked your model",
    Slot.CALL: "you decided to stop the rollout",
    Slot.THING: "the fencing token",
    Slot.CLAIM: "alignment is a solved problem",
}
EDGE = {Facet.RESULT, Facet.ALTERNATIVES, Facet.DECISION, Facet.OBSTACLE, Facet.CONTEXT} | {
    Facet.GROUNDS,
    Facet.COUNTERARGUMENT,
    Facet.UPDATE,
    Facet.FIT,
}


def every() -> Iterator[tuple[Facet, Wording]]:
    for facet, angles in WORDINGS.angles.items():
        for angle in angles:
            for wording in angle.wordings:
                yield facet, wording


@pytest.mark.parametrize("facet", list(Facet))
def test_a_facet_has_at_least_four_angles_of_twelve_wordings(facet: Facet) -> None:
    angles = WORDINGS.angles[facet]
    assert len(angles) >= 4
    for angle in angles:
        assert len(angle.wordings) >= 12, (facet, angle.name)


@pytest.mark.parametrize("facet", list(Facet))
def test_every_situation_has_an_angle(facet: Facet) -> None:
    situations = {when for angle in WORDINGS.angles[facet] for when in angle.when}
    assert situations >= set(When) - {When.EDGE}
    assert (When.EDGE in situations) == (facet in EDGE)


@pytest.mark.parametrize("facet", list(Facet))
def test_every_angle_has_plain_wordings_for_when_no_phrase_fits(facet: Facet) -> None:
    for angle in WORDINGS.angles[facet]:
        assert sum(not w.slots for w in angle.wordings) >= 8, (facet, angle.name)


def test_every_wording_is_one_question_of_at_most_22_words_with_its_phrase() -> None:
    for _, wording in every():
        text = wording.fill(FILLED)
        assert text.count("?") == 1, text
        assert text.endswith("?"), text
        assert len(text.split()) <= 22, text
        assert text[0].isupper() or text[0] == '"', text
        assert "{" not in text, text


def test_no_wording_praises_leads_lists_or_asks_two_things() -> None:
    for _, wording in every():
        text = wording.fill(FILLED)
        assert not PRAISE.search(text), text
        assert not LEADING.search(text), text
        assert not LIST.search(text), text
        assert not TWO_QUESTIONS.search(text.partition("?")[0].rpartition(". ")[2]), text


def test_no_wording_stands_twice() -> None:
    texts = [wording.template.lower() for _, wording in every()]
    assert len(texts) == len(set(texts))


def test_wordings_of_an_angle_do_not_sound_like_each_other() -> None:
    for facet, angles in WORDINGS.angles.items():
        for angle in angles:
            texts = [re.sub(r"\{\w+\}", "", w.template) for w in angle.wordings]
            for i, one in enumerate(texts):
                assert all(likeness(one, other) < 0.75 for other in texts[:i]), (facet, one)


def test_our_own_wordings_pass_the_check_that_a_question_is_on_its_facet() -> None:
    wordings = list(every())
    missed = [(facet, w.template) for facet, w in wordings if not on_facet(w.fill(FILLED), facet)]
    assert len(missed) / len(wordings) < 0.03, missed


def test_a_wording_recognizes_its_own_words_with_any_phrase_and_lead() -> None:
    for _, wording in every():
        text = wording.fill(FILLED)
        assert wording.made(text)
        assert wording.made(f"I see. {text}")


def test_neutral_sentences_are_short_and_without_praise() -> None:
    sentences = [s for kind in WORDINGS.acknowledge.values() for s in kind]
    for sentence in [*sentences, *WORDINGS.lead_ins, *WORDINGS.move_on]:
        assert len(sentence.split()) <= 11, sentence
        assert not PRAISE.search(sentence), sentence
        assert "?" not in sentence


def test_pushbacks_have_one_question() -> None:
    assert len(WORDINGS.empty) >= 12
    assert len(WORDINGS.decision) >= 12
    for text in [*WORDINGS.empty, *WORDINGS.decision]:
        assert text.count("?") == 1, text
        assert len(text.split()) <= 30, text
        assert not PRAISE.search(text), text
