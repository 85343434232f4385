"""The candidate's phrases: well formed, speakable, pronouns turned, never a false start or a filler."""

from __future__ import annotations

import re

import pytest

from simulator.interviewing.phrases import MOST_WORDS, Slot, clean, phrases_in, turn
from tests.interviewing.sitting import CANDIDATES, candidates


def found(text: str, slot: Slot) -> list[str]:
    return [p.text for p in phrases_in(text) if p.slot is slot]


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("The replay showed 31 oversold car decks in two weeks.", "31 oversold car decks"),
        ("We had, um, about 9,000 people booked that day.", "9,000 people"),
        ("Two departments were pointing at each other.", "two departments"),
        ("It went up by eleven percent after that.", "eleven percent"),
    ],
)
def test_a_number_comes_with_its_noun(said: str, phrase: str) -> None:
    assert phrase in found(said, Slot.NUMBER)


@pytest.mark.parametrize(
    "said",
    ["That was in 2022 and we were small.", "It took four hours.", "At nine o'clock he left.", "One thing helped."],
)
def test_years_times_and_bare_durations_are_no_numbers_to_take_up(said: str) -> None:
    assert found(said, Slot.NUMBER) == []


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("So I asked Tomasz to look at it.", "Tomasz"),
        ("And Danai said that it was wrong.", "Danai"),
        ("Our lead, Eleni, signed it.", "Eleni"),
        ("My manager wanted the old date.", "your manager"),
        ("The CEO said no.", "the CEO"),
    ],
)
def test_a_person_is_named_as_the_candidate_named_them(said: str, phrase: str) -> None:
    assert phrase in found(said, Slot.PERSON)


@pytest.mark.parametrize(
    "said",
    ["We had a server in Frankfurt and Frankfurt said nothing.", "On Monday I told Legal.", "Then nobody wanted it."],
)
def test_places_days_and_departments_are_nobody(said: str) -> None:
    assert found(said, Slot.PERSON) == []


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("So I wrote a replay, a little simulator.", "you wrote a replay"),
        ("I, um, I pulled everyone into a room and talked.", "you pulled everyone into a room"),
        ("And then I drove the fix, and that was it.", "you drove the fix"),
        ("I rewrote my own parser myself.", "you rewrote your own parser yourself"),
    ],
)
def test_an_act_is_turned_to_the_candidate(said: str, phrase: str) -> None:
    assert phrase in found(said, Slot.DID)


@pytest.mark.parametrize(
    "said",
    [
        "I needed some time for that.",
        "I built that in about seven weeks.",
        "I wrote, I mean, I started",
        "I did what I could.",
        "I told them about it.",
    ],
)
def test_states_unclear_objects_and_false_starts_are_no_acts(said: str) -> None:
    assert found(said, Slot.DID) == []


def test_a_decision_is_an_act_of_its_own_kind() -> None:
    assert found("In the end I decided to stop the rollout, since it was late.", Slot.CALL) == [
        "you decided to stop the rollout"
    ]


def test_what_the_team_did_is_kept_word_for_word() -> None:
    assert found("So we moved the database, and it held.", Slot.WE) == ["moved the database"]


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("Then there is the Bluetooth advertising interval, which was wrong.", "the Bluetooth advertising interval"),
        ("Nobody had looked at my design document.", "your design document"),
        ("We put in a fencing token, so it was safe.", "the fencing token"),
    ],
)
def test_a_thing_is_a_noun_with_what_tells_it_from_others(said: str, phrase: str) -> None:
    assert phrase in found(said, Slot.THING)


@pytest.mark.parametrize(
    "said",
    [
        "That was the thing.",
        "It was a different story, and the hard part was me.",
        "The nurse types, and the box back there blinks.",
        "The engineers were tired.",
    ],
)
def test_what_names_nothing_in_particular_is_no_thing(said: str) -> None:
    assert found(said, Slot.THING) == []


@pytest.mark.parametrize(
    ("said", "claim"),
    [
        ("I think that alignment is a solved problem, mostly.", "alignment is a solved problem"),
        ("I'd say companies should test before they ship.", "companies should test before they ship"),
        ("In my view my industry needs rules.", "your industry needs rules"),
        ("I believe we should all slow down.", "we should all slow down"),
    ],
)
def test_a_claim_is_a_whole_clause(said: str, claim: str) -> None:
    assert found(said, Slot.CLAIM) == [claim]


@pytest.mark.parametrize("said", ["I think so.", "I think it's fine.", "I think that, um,", "I think about it a lot."])
def test_half_a_claim_is_none(said: str) -> None:
    assert found(said, Slot.CLAIM) == []


def test_fillers_and_repeated_words_go() -> None:
    assert clean("So, um, the, the thing is, you know, it was, it was late.") == "So the thing is it was late."


def test_pronouns_are_turned() -> None:
    assert turn("I told my lead that I'm late and blamed myself") == (
        "you told your lead that you're late and blamed yourself"
    )


def test_lower_case_without_marks_gives_nothing_wrong() -> None:
    text = "so i was at a ferry company and we moved the database and tomasz said it was 31 oversold car decks"
    assert found(text, Slot.PERSON) == []
    assert "moved the database" in found(text, Slot.WE)


def test_everything_taken_up_from_the_development_candidates_is_speakable() -> None:
    assert CANDIDATES.is_file()
    for row in candidates():
        texts = [row["opening"], *(t for f in row["facets"].values() for t in f["levels"])]
        for text in texts:
            for phrase in phrases_in(text):
                words = phrase.text.split()
                assert 1 <= len(words) <= (14 if phrase.slot is Slot.CLAIM else MOST_WORDS + 1), phrase
                assert not re.search(r"\b(?:um|uh|you know|i mean)\b|[;:?!]|,(?!\d)|\b(\w+) \1\b", phrase.text), phrase
                assert not re.search(r"\b(?:I|my|me|myself)\b", phrase.text), phrase


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("Tomasz wrote the merge rules, that's maybe 200 lines.", "Tomasz wrote the merge rules"),
        ("It was late, and Danai checked my car deck model.", "Danai checked your car deck model"),
        ("My lead signed the release that evening.", "your lead signed the release that evening"),
        ("So the director closed his own department.", "the director closed his own department"),
    ],
)
def test_what_somebody_named_did_is_a_clause_of_theirs(said: str, phrase: str) -> None:
    assert found(said, Slot.THEY) == [phrase]


@pytest.mark.parametrize(
    "said",
    [
        "Copenhagen went live first.",
        "Martin signed off on that.",
        "Tomasz said it was wrong.",
        "He checked the whole model.",
        "Customers called the help desk.",
        "Tomasz asked me what we wanted.",
    ],
)
def test_places_and_half_clauses_are_nobody_s_deeds(said: str) -> None:
    assert found(said, Slot.THEY) == []


@pytest.mark.parametrize(
    "said",
    [
        "I read only the places where it mattered.",
        "I made an error much earlier, and then some errors.",
        "I told to the client in the meeting.",
        "I saved everything before.",
        "I left that spring for another job.",
        "I put a button on the very long red panel of the left side.",
    ],
)
def test_an_act_that_says_too_little_alone_is_not_taken_up(said: str) -> None:
    assert [phrase for phrase in found(said, Slot.DID) if phrase != "you made an error much earlier"] == []


@pytest.mark.parametrize(
    "said",
    [
        "I think you're doing it in the right way.",
        "I think your charter is a good start.",
        "I believe would have stopped.",
        "I think a model that's good at being preferred.",
        "I'd say after three years that the licence is too much.",
        "I think where all of the sides should be heard.",
        "I think the bus is late I'm looking at her face.",
    ],
)
def test_what_speaks_to_the_interviewer_or_is_no_statement_is_no_claim(said: str) -> None:
    assert found(said, Slot.CLAIM) == []


def test_a_number_takes_its_rate_along() -> None:
    assert found("The lender did about 2,400 applications a week, mostly loans.", Slot.NUMBER) == [
        "2,400 applications a week"
    ]


def test_a_text_that_lost_its_marks_has_no_things() -> None:
    text = (
        "the key action items are to finalize the project charter by the end of the week assign roles for each "
        "project phase and schedule a meeting for next week and also to share the initial project requirements"
    )
    assert found(text, Slot.THING) == []
