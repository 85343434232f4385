from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.speaking.sentences import audible_span, sentences, words_heard


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What did you decide? And why?", ["What did you decide?", "And why?"]),
        ("You said Dr. Wu objected. Why?", ["You said Dr. Wu objected.", "Why?"]),
        ("At 3 p.m. Kim left.", ["At 3 p.m. Kim left."]),
        ("It took 2.5 days.", ["It took 2.5 days."]),
        ("You said “we decided.” Who did?", ["You said “we decided.”", "Who did?"]),
        ("  spread\nover\tlines ", ["spread over lines"]),
        ("", []),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(max_size=200))
def test_no_word_is_lost_by_cutting(text: str) -> None:
    visible = "".join(char if char.isprintable() else " " for char in text)
    assert " ".join(sentences(visible)).split() == visible.split()


@given(st.lists(st.sampled_from(["Why?", "We did.", "Dr.", "then", "“Yes.”", "3", "No"]), max_size=12))
def test_cutting_again_changes_nothing(words: list[str]) -> None:
    cut = sentences(" ".join(words))
    assert sentences(" ".join(cut)) == cut


def test_the_words_heard_grow_with_the_share_of_sound() -> None:
    sentence = "What exactly did you decide?"
    assert words_heard(sentence, 0.0) == ""
    assert words_heard(sentence, 0.3) == "What"
    assert words_heard(sentence, 1.0) == sentence


@given(st.lists(st.text("abc", min_size=1, max_size=9), max_size=12), st.floats(0, 1), st.floats(0, 1))
def test_more_sound_never_means_fewer_words(words: list[str], one: float, other: float) -> None:
    sentence = " ".join(words)
    less, more = (words_heard(sentence, share).split() for share in sorted((one, other)))
    assert more[: len(less)] == less


def test_silence_around_a_sentence_is_not_counted_as_words() -> None:
    samples = np.zeros(1000, np.int16)
    samples[300:700] = 5000
    assert audible_span(samples) == (300, 700)
