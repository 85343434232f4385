"""Words are found with their times; replies settle a facet as the vocabulary says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.domain.delivery import Length, length_of
from simulator.domain.limits import outcome_of
from simulator.domain.vocabulary import (
    BAD_SIGNALS,
    GOOD_SIGNALS,
    LIMITS_AT_ONCE,
    LIMITS_IN_PAIRS,
    Facet,
    Outcome,
    Reply,
    Signal,
    ThreadKind,
    facets_of,
)
from simulator.domain.words import locate, text_of, words_of

SAID = words_of("We met twice, and I decided to stop it.", 10.0, 9.0)


def test_typed_words_are_spread_over_their_time() -> None:
    assert [word.start_s for word in SAID] == [10.0 + i for i in range(9)]
    assert SAID[-1].end_s == 19.0


def test_a_quote_is_found_with_its_place_and_time() -> None:
    found = locate("i decided  to stop", SAID, "a1")
    assert (found.quote, found.first_word, found.last_word) == ("I decided to stop", 4, 7)
    assert (found.start_s, found.end_s, found.answer) == (14.0, 18.0, "a1")


def test_a_quote_inside_a_word_is_widened_to_it() -> None:
    assert locate("decid", SAID).quote == "decided"


@pytest.mark.parametrize("quote", ["never said", ""])
def test_a_quote_that_was_not_said_has_no_place(quote: str) -> None:
    assert locate(quote, SAID).first_word is None


@settings(deadline=None)
@given(st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=12), st.data())
def test_every_stretch_of_words_is_found_verbatim(parts: list[str], data: st.DataObject) -> None:
    words = words_of(" ".join(parts), 0.0, 5.0)
    first = data.draw(st.integers(0, len(parts) - 1))
    last = data.draw(st.integers(first, len(parts) - 1))
    found = locate(text_of(words[first : last + 1]), words)
    assert found.first_word is not None
    assert found.last_word is not None
    assert found.quote == text_of(words[found.first_word : found.last_word + 1])
    assert text_of(words[first : last + 1]) in found.quote


def test_two_fresh_replies_in_a_row_hold_a_facet() -> None:
    assert outcome_of([Reply.FRESH]) is None
    assert outcome_of([Reply.FRESH, Reply.VAGUE, Reply.FRESH]) is None
    assert outcome_of([Reply.VAGUE, Reply.FRESH, Reply.FRESH]) is Outcome.HELD


def test_one_fresh_reply_is_enough_where_the_policy_says_so() -> None:
    assert outcome_of([Reply.FRESH], fresh_needed=1) is Outcome.HELD


@pytest.mark.parametrize("reply", sorted(LIMITS_AT_ONCE))
def test_some_replies_settle_a_facet_at_once(reply: Reply) -> None:
    assert outcome_of([Reply.FRESH, reply]) == Outcome(reply.value)


@pytest.mark.parametrize("reply", sorted(LIMITS_IN_PAIRS))
def test_some_replies_settle_a_facet_when_they_come_twice_in_a_row(reply: Reply) -> None:
    assert outcome_of([reply]) is None
    assert outcome_of([reply, Reply.FRESH, reply]) is None
    assert outcome_of([reply, reply]) == Outcome(reply.value)


def test_nothing_is_settled_before_a_probe() -> None:
    assert outcome_of([]) is None


def test_a_story_has_ten_facets_and_a_view_eight() -> None:
    assert len(facets_of(ThreadKind.STORY)) == 10
    assert len(facets_of(ThreadKind.VIEW)) == 8
    assert set(facets_of(ThreadKind.STORY)) | set(facets_of(ThreadKind.VIEW)) == set(Facet)


def test_every_signal_is_good_or_bad() -> None:
    assert set(Signal) == GOOD_SIGNALS | BAD_SIGNALS
    assert not GOOD_SIGNALS & BAD_SIGNALS


def test_the_edges_of_the_band_belong_to_it() -> None:
    assert [length_of(s, (120.0, 180.0)) for s in (119.9, 120.0, 180.0, 180.1)] == [
        Length.SHORT,
        Length.WITHIN,
        Length.WITHIN,
        Length.LONG,
    ]
