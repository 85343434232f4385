"""How often the judge was overruled is counted by target and engine."""

from __future__ import annotations

from typing import Any

from simulator.domain import events as ev
from simulator.domain.vocabulary import Facet
from simulator.sessions.overruling import Overruled, overruled, overruled_text
from tests.sessions.made import a_story, a_view


def corrected(target: str, was: str, now: str, **where: Any) -> ev.Event:
    return ev.JudgementCorrected(target=target, thread="t1", was=was, now=now, reason="", **where)


def table(*events: ev.Event) -> dict[tuple[str, str], Overruled]:
    return {(row.target, row.engine): row for row in overruled([[*a_story(), *events], a_view()])}


def test_every_judgement_counts_once() -> None:
    rows = table()
    assert (rows["reply", "embedded 1"].judged, rows["reply", "embedded 1"].overruled) == (5, 0)
    assert rows["reply", "llama 3 8b"].judged == 4
    assert rows["outcome", "embedded 1"].judged == 2
    assert rows["facet", "embedded 1"].judged == 2
    assert rows["signal", "embedded 1"].judged == 2


def test_a_correction_is_counted_with_what_it_changed() -> None:
    row = table(corrected("reply", "vague", "fresh", answer="a4"))["reply", "embedded 1"]
    assert (row.overruled, row.changes, row.share) == (1, {("vague", "fresh"): 1}, 0.2)


def test_a_correction_taken_back_is_none() -> None:
    there = corrected("outcome", "vague", "held", facet=Facet.FAULT)
    back = corrected("outcome", "held", "vague", facet=Facet.FAULT)
    assert table(there, back)["outcome", "embedded 1"].overruled == 0


def test_a_signal_taken_away_is_overruled() -> None:
    row = table(corrected("signal", "too_clean", "", answer="a1"))["signal", "embedded 1"]
    assert row.changes == {("too_clean", ""): 1}


def test_a_signal_that_no_engine_found_is_a_miss() -> None:
    row = table(corrected("signal", "", "owns_fault", answer="a1"))["signal", "missed"]
    assert (row.judged, row.overruled) == (0, 1)


def test_the_table_reads_as_text() -> None:
    assert overruled_text(overruled([a_story()])) == "None of 11 judgements has been overruled."
    text = overruled_text(list(table(corrected("reply", "vague", "fresh", answer="a4")).values()))
    assert "vague → fresh (1)" in text
