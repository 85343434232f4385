from __future__ import annotations

from simulator.judging.features import FEATURES, content, numbers, pair_features
from simulator.judging.text import plain


def test_numbers_are_read_as_digits_and_as_words():
    said = plain("two hundred and sixty ampoules, 26 minutes, twenty-five thousand euros, in 2019").words
    assert [value for value, _ in numbers(said)] == [260.0, 26.0, 25000.0, 2019.0]


def test_a_number_knows_what_it_counts():
    assert numbers(plain("cards were declined for 26 minutes").words) == [(26.0, "minut")]


def test_one_alone_is_no_number():
    assert numbers(plain("he was one of them").words) == []


def test_inflected_words_share_a_stem():
    assert set(content(["decided"])) == set(content(["decide"]))


def test_features_have_their_announced_length():
    assert len(pair_features(plain("I drove").words, plain("We flew").words, plain("How?").words)) == FEATURES


def test_a_reply_that_repeats_has_less_novelty_than_one_that_adds():
    before = plain("I drove to Ho on the hospital motorbike and brought back eighty ampoules").words
    asked = plain("What did you do?").words
    again = pair_features(plain("I took the hospital motorbike to Ho and brought eighty ampoules").words, before, asked)
    more = pair_features(plain("I signed loss form fourteen before Madam came in").words, before, asked)
    assert again[1] < more[1]
