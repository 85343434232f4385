"""When the replies on a facet settle it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from types import MappingProxyType

import pytest

from simulator.domain.limits import outcome_of
from simulator.domain.state import AnswerState, ProbeRecord
from simulator.domain.vocabulary import Facet, Outcome, Reply
from simulator.domain.words import Evidence, Word
from simulator.interviewing.settling import MOST_PROBES, read_replies

NONE = MappingProxyType({})


def probes(*kinds: tuple[Reply, float] | Reply) -> list[ProbeRecord]:
    made = []
    for i, kind in enumerate(kinds):
        reply, confidence = kind if isinstance(kind, tuple) else (kind, 1.0)
        made.append(
            ProbeRecord(
                at_s=float(i),
                facet=Facet.DECISION,
                text=f"probe {i}?",
                pushback=None,
                reason="",
                angle="",
                confirms=bool(i) and made[-1].ambiguous and not made[-1].confirms,
                engine="",
                answer=f"a{i}",
                reply=reply,
                confidence=confidence,
                ambiguous=confidence < 0.5,
            )
        )
    return made


def outcome(*kinds: tuple[Reply, float] | Reply, fresh_needed: int = 2) -> Outcome | None:
    return read_replies(probes(*kinds), NONE, fresh_needed).outcome


def test_two_fresh_replies_in_a_row_hold_a_facet() -> None:
    assert outcome(Reply.FRESH) is None
    assert outcome(Reply.FRESH, Reply.FRESH) is Outcome.HELD
    assert outcome(Reply.FRESH, Reply.VAGUE, Reply.FRESH) is None


def test_one_fresh_reply_holds_where_one_is_enough() -> None:
    assert outcome(Reply.FRESH, fresh_needed=1) is Outcome.HELD


def test_i_dont_know_settles_at_the_first_time() -> None:
    assert outcome(Reply.UNKNOWN) is Outcome.UNKNOWN
    assert outcome(Reply.FRESH, Reply.NOT_MINE) is Outcome.NOT_MINE
    assert outcome(Reply.CONTRADICTED) is Outcome.CONTRADICTED


def test_vague_repeating_and_straying_replies_settle_in_pairs() -> None:
    assert outcome(Reply.VAGUE) is None
    assert outcome(Reply.VAGUE, Reply.NO_MORE) is None
    assert outcome(Reply.NO_MORE, Reply.NO_MORE) is Outcome.NO_MORE
    assert outcome(Reply.EVADED, Reply.EVADED) is Outcome.EVADED


def test_two_of_three_dry_replies_settle_a_facet_that_never_had_two_alike_side_by_side() -> None:
    assert outcome(Reply.VAGUE, Reply.NO_MORE, Reply.VAGUE) is Outcome.VAGUE


def test_an_unsure_judgement_is_read_in_the_light_of_the_next() -> None:
    assert outcome((Reply.VAGUE, 0.45), (Reply.NO_MORE, 0.95)) is Outcome.NO_MORE
    assert outcome(Reply.VAGUE, Reply.NO_MORE) is None
    assert outcome((Reply.CONTRADICTED, 0.4), (Reply.FRESH, 0.9), (Reply.FRESH, 0.9)) is Outcome.HELD


def test_a_doubtful_limit_waits_for_its_confirmation() -> None:
    reading = read_replies(probes((Reply.UNKNOWN, 0.3)), NONE)
    assert reading.outcome is None
    assert reading.confirm


def test_a_doubtful_limit_that_is_confirmed_counts() -> None:
    assert outcome((Reply.UNKNOWN, 0.4), (Reply.UNKNOWN, 0.5)) is Outcome.UNKNOWN


def test_a_doubtful_limit_that_is_followed_by_something_fresh_is_no_limit() -> None:
    assert outcome((Reply.UNKNOWN, 0.45), Reply.FRESH) is None
    assert outcome((Reply.UNKNOWN, 0.45), Reply.FRESH, Reply.FRESH) is Outcome.HELD


def test_nothing_is_settled_as_a_kind_that_no_reply_was_judged_to_be() -> None:
    for kinds in product(Reply, repeat=3):
        settled = outcome(*((kind, 0.45) for kind in kinds))
        assert settled is None or settled is Outcome.HELD or Reply(settled.value) in kinds
        assert settled is not Outcome.HELD or kinds.count(Reply.FRESH) >= 2


def test_a_confirmation_is_not_confirmed_again() -> None:
    reading = read_replies(probes((Reply.UNKNOWN, 0.3), (Reply.CONTRADICTED, 0.3)), NONE)
    assert not reading.confirm


def test_of_two_different_limits_the_surer_counts() -> None:
    assert outcome((Reply.UNKNOWN, 0.4), (Reply.NOT_MINE, 0.95)) is Outcome.NOT_MINE


def test_a_vague_reply_of_low_confidence_needs_no_confirmation_of_its_own() -> None:
    assert not read_replies(probes((Reply.VAGUE, 0.3)), NONE).confirm


def test_uncertain_words_are_asked_for_again_whatever_the_judgement() -> None:
    (probe,) = probes(Reply.FRESH)
    words = tuple(Word(text, probability=0.3) for text in ("thirty", "one", "decks"))
    answers = {"a0": AnswerState("a0", "t1", False, 0.0, words=words)}
    unclear = replace(probe, evidence=(Evidence("thirty one decks", "a0", 0, 2),))
    assert read_replies([unclear], answers).confirm


def test_a_facet_is_settled_after_the_most_probes_at_the_latest() -> None:
    mixed = [Reply.FRESH, Reply.VAGUE] * MOST_PROBES
    assert outcome(*mixed[:MOST_PROBES]) is not None


@pytest.mark.parametrize("kinds", product(Reply, repeat=2))
def test_with_a_sure_judge_two_replies_settle_as_the_vocabulary_says(kinds: tuple[Reply, Reply]) -> None:
    if outcome_of(kinds[:1]) is None:
        assert outcome(*kinds) is outcome_of(kinds)


def test_two_different_dry_replies_end_a_facet_when_the_judge_is_not_sure_of_them() -> None:
    assert outcome((Reply.VAGUE, 0.8), (Reply.NO_MORE, 0.8)) is Outcome.NO_MORE
    assert outcome((Reply.VAGUE, 0.9), (Reply.EVADED, 0.9)) is Outcome.EVADED


def test_a_fresh_reply_and_one_of_another_kind_end_a_facet_unless_the_judge_is_sure_that_more_is_there() -> None:
    assert outcome((Reply.FRESH, 0.97), (Reply.VAGUE, 0.97)) is None
    assert outcome((Reply.FRESH, 0.9), (Reply.NO_MORE, 0.9)) is Outcome.NO_MORE


@pytest.mark.parametrize("kind", [Reply.EVADED, Reply.CONTRADICTED, Reply.NO_MORE, Reply.NOT_MINE])
def test_what_a_fresh_reply_is_often_taken_for_stands_for_one_beside_another(kind: Reply) -> None:
    assert outcome((kind, 0.6), (Reply.FRESH, 0.9)) is Outcome.HELD
    assert outcome((kind, 0.97), (Reply.FRESH, 0.9)) is not Outcome.HELD


def test_the_rule_that_settled_a_facet_is_named() -> None:
    assert read_replies(probes(Reply.FRESH, Reply.FRESH), NONE).rule == "two fresh replies in a row"
    assert read_replies(probes(Reply.VAGUE, Reply.VAGUE), NONE).rule == "two replies of the kind vague in a row"
    assert "most likely" in read_replies(probes(Reply.VAGUE, Reply.NO_MORE, Reply.VAGUE), NONE).rule
