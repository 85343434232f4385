"""The policy on simulated candidates whose limits are known, with a judge that knows the labels."""

from __future__ import annotations

import re
from functools import cache

import pytest

from simulator.domain.moves import Plan
from simulator.domain.vocabulary import Pushback, ThreadClose
from tests.interviewing.sitting import Sitting, Truth, candidates, sit

ROWS = candidates()


@cache
def sitting_of(index: int) -> Sitting:
    row = ROWS[index]
    return sit(Truth(row).pack, Plan(minutes=600, seed=index), Truth(row))


each = pytest.mark.parametrize("index", range(len(ROWS)), ids=[row["id"] for row in ROWS])


@each
def test_every_limit_is_found(index: int) -> None:
    sitting = sitting_of(index)
    thread = sitting.state.threads["t1"]
    found = {f.value: p.outcome.value for f, p in thread.facets.items() if p.outcome is not None}
    assert found == {facet: truth["limit"]["kind"] for facet, truth in ROWS[index]["facets"].items()}
    assert thread.closed is ThreadClose.LIMIT


def test_hardly_a_probe_is_wasted() -> None:
    fewest = asked = 0
    for index, row in enumerate(ROWS):
        sitting = sitting_of(index)
        fewest += Truth(row).fewest()
        asked += len(sitting.state.threads["t1"].probes)
    assert fewest / asked >= 0.95


@pytest.mark.parametrize("index", [i for i, row in enumerate(ROWS) if row["kind"] == "view"])
def test_a_view_is_pushed_on_with_an_argument_once_and_later_without(index: int) -> None:
    sitting = sitting_of(index)
    pushes = [(i, p) for i, p in enumerate(sitting.state.threads["t1"].probes) if p.pushback is not None]
    assert [p.pushback for _, p in pushes] == [Pushback.REASONED, Pushback.EMPTY]
    assert pushes[1][0] - pushes[0][0] > 1


@each
def test_no_probe_repeats_three_quarters_of_the_words_of_another(index: int) -> None:
    sitting = sitting_of(index)
    seen: list[set[str]] = []
    for probe in sitting.probes:
        words = set(re.findall(r"[a-z']+", probe.text.lower()))
        assert all(len(words & other) < 0.75 * max(len(words), len(other)) for other in seen), probe.text
        seen.append(words)


@each
def test_every_probe_has_a_reason_that_names_its_facet(index: int) -> None:
    for probe in sitting_of(index).probes:
        assert probe.reason
        assert probe.pushback is not None or probe.facet.value in probe.reason or "another question" in probe.reason
