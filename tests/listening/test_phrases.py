from __future__ import annotations

import pytest

from simulator.domain.words import words_of
from simulator.listening.phrases import asks_for_time, finished_p, is_backchannel, only_admits, says_done


@pytest.mark.parametrize(
    "text",
    [
        "and that was the release. That's it.",
        "I'm done.",
        "So, yeah, that's all.",
        "we shipped it. I have nothing to add",
    ],
)
def test_saying_that_it_is_over_ends_an_answer(text: str):
    assert says_done(words_of(text, 0, 0))


@pytest.mark.parametrize(
    "text", ["and when I'm done", "I think that's it that made the", "they said that is all I need from"]
)
def test_the_same_words_in_mid_sentence_do_not(text: str):
    assert not says_done(words_of(text, 0, 0))


@pytest.mark.parametrize(
    "text", ["Let me think.", "Um, give me a second", "Okay, let me think about that for a moment, um"]
)
def test_a_wish_for_time_is_heard(text: str):
    assert asks_for_time(words_of(text, 0, 0))


def test_letting_somebody_think_is_no_wish_for_time():
    assert not asks_for_time(words_of("She let me think that the plan was hers and I left it there.", 0, 0))


@pytest.mark.parametrize(
    "text", ["we moved the database and", "I went to the", "so I was, um", "because I", "it was, you know..."]
)
def test_an_open_clause_is_not_finished(text: str):
    assert finished_p(words_of(text, 0, 0)) < 0.2


@pytest.mark.parametrize("text", ["We moved the database in March.", "I asked her to stay.", "That's what it is."])
def test_a_whole_sentence_may_be_finished(text: str):
    assert finished_p(words_of(text, 0, 0)) > 0.4


def test_listening_noises_are_backchannels():
    assert is_backchannel(words_of("Mhm, okay, right.", 0, 0))
    assert not is_backchannel(words_of("Okay, but no.", 0, 0))


def test_a_bare_i_do_not_know_is_a_whole_reply():
    assert only_admits(words_of("I don't remember that, honestly.", 0, 0))
    assert not only_admits(words_of("We moved the database in March.", 0, 0))
