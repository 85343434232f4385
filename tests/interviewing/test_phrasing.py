"""The check that any words must pass before they are spoken, a language model's too; and the choice of wordings."""

from __future__ import annotations

import pytest

from simulator.domain.vocabulary import Facet, Pushback
from simulator.interviewing.phrases import Phrase, Slot
from simulator.interviewing.phrasing import MOST_WORDS, Phraser, check_words, likeness
from simulator.interviewing.wordings import When, load_wordings

WORDINGS = load_wordings()

GOOD = [
    ("What did you do yourself once the alarm went off?", Facet.OWN_ROLE),
    ("Which part of moving the database was your own work?", Facet.OWN_ROLE),
    ("I see. How did Tomasz see it?", Facet.ALTERNATIVES),
    ("And what would you do differently today?", Facet.HINDSIGHT),
]

BAD = [
    ("Great point. What did you do yourself?", "praises"),
    ("What did you do yourself? And why?", "not exactly one question"),
    ("Tell me what you did yourself.", "not exactly one question"),
    ("What did you do yourself, and why did you do it?", "two things"),
    ("Don't you think that you should have asked your lead yourself?", "leading"),
    ("So you were the one who fixed it, right?", "leading"),
    ("- What did you do yourself?", "list"),
    ("What did you do for your score on the rubric?", "hint"),
    ("What did you " + "really " * MOST_WORDS + "do yourself?", "more than"),
]


@pytest.mark.parametrize(("text", "facet"), GOOD)
def test_a_plain_open_question_passes(text: str, facet: Facet) -> None:
    assert check_words(text, facet, []) == []


@pytest.mark.parametrize(("text", "problem"), BAD)
def test_what_an_interviewer_would_not_say_is_caught(text: str, problem: str) -> None:
    assert any(problem in found for found in check_words(text, Facet.OWN_ROLE, []))


def test_a_question_on_another_facet_is_caught() -> None:
    assert check_words("What is the lesson there?", Facet.CONTEXT, []) == ["it is not about context"]
    assert check_words("What made you choose the blue one?", Facet.FIT, []) == ["it is not about fit"]


def test_a_question_that_was_asked_is_caught_in_much_the_same_words() -> None:
    before = ["What did you do yourself once the alarm went off?"]
    problems = check_words("What did you do yourself when the alarm went off?", Facet.OWN_ROLE, before)
    assert any("asked before" in problem for problem in problems)


def test_a_pushback_may_argue() -> None:
    text = "Isn't it true that people stop looking at a system that is mostly right?"
    assert check_words(text, Facet.POSITION, [], Pushback.REASONED) == []


def test_a_wording_with_a_telling_phrase_comes_before_a_plain_one() -> None:
    phrase = Phrase(Slot.DID, "you wrote a replay", "I wrote a replay")
    worded = Phraser(WORDINGS, 1).probe(Facet.FAULT, When.FIRST, [phrase], [])
    assert "you wrote a replay" in worded.text
    assert worded.taken_up == (phrase,)


def test_a_phrase_is_taken_up_once_in_a_session() -> None:
    phrase = Phrase(Slot.DID, "you wrote a replay", "I wrote a replay")
    worded = Phraser(WORDINGS, 1).probe(Facet.RESULT, When.FIRST, [phrase], ["When you wrote a replay, who minded?"])
    assert worded.taken_up == ()


def test_a_phrase_that_would_sound_like_praise_is_not_taken_up() -> None:
    phrase = Phrase(Slot.THING, "the great project", "the great project")
    worded = Phraser(WORDINGS, 1).probe(Facet.HINDSIGHT, When.FIRST, [phrase], [])
    assert "great" not in worded.text


def test_a_facet_can_be_probed_forty_times_without_a_wording_twice() -> None:
    asked: list[str] = []
    for _ in range(40):
        worded = Phraser(WORDINGS, 3).probe(Facet.RESULT, When.FIRST, [], asked)
        assert all(likeness(worded.text, other) < 0.75 for other in asked), worded.text
        asked.append(worded.text)
    assert len(set(asked)) == 40


def test_the_same_seed_gives_the_same_words_and_another_seed_others() -> None:
    def first(seed: int) -> list[str]:
        return [Phraser(WORDINGS, seed).probe(facet, When.FIRST, [], []).text for facet in Facet]

    assert first(1) == first(1)
    assert first(1) != first(2)
