"""What the widgets write: times, bars, levels, depth and evidence, as plain functions of the state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.domain import events as ev
from simulator.domain.state import FacetProgress, replay
from simulator.domain.vocabulary import AnswerEnd, FacetState, Outcome
from simulator.screens.widgets.depth import NAME_CELLS, depth_lines
from simulator.screens.widgets.evidence import found
from simulator.screens.widgets.level import level_word
from simulator.screens.widgets.prompt import asked
from simulator.screens.widgets.timer import band_bar, band_words, elapsed_s, scale_line, timer_words
from simulator.screens.widgets.words import clock, facet_mark, place_in_band, shortened
from tests.screens.events import session

BAND_S = (120.0, 180.0)


@pytest.mark.parametrize(("seconds", "written"), [(0, "0:00"), (65.9, "1:05"), (3723, "1:02:03"), (-1, "0:00")])
def test_a_time_is_written_in_minutes_and_seconds(seconds: float, written: str) -> None:
    assert clock(seconds) == written


@pytest.mark.parametrize(
    ("seconds", "place"),
    [(119.9, "under the band"), (120, "in the band"), (180, "in the band"), (180.1, "over the band")],
)
def test_the_edges_belong_to_the_band(seconds: float, place: str) -> None:
    assert place_in_band(seconds, BAND_S) == place


@given(seconds=st.floats(0, 4000), width=st.integers(10, 200))
def test_the_bar_always_fills_its_width_and_shows_both_edges_of_the_band(seconds: float, width: int) -> None:
    bar = band_bar(seconds, BAND_S, width).plain
    assert len(bar) == width
    assert bar.count("┃") == 2 or seconds > BAND_S[1] * 4


@given(earlier=st.floats(0, 240), more=st.floats(0, 240))
def test_the_bar_never_gets_shorter_within_its_scale(earlier: float, more: float) -> None:
    later = min(240.0, earlier + more)
    assert band_bar(earlier, BAND_S, 80).plain.count("━") <= band_bar(later, BAND_S, 80).plain.count("━")


def test_the_scale_names_the_bands_edges_below_their_posts() -> None:
    bar, scale = band_bar(0, BAND_S, 80).plain, scale_line(0, BAND_S, 80).plain
    assert scale.split() == ["0:00", "2:00", "3:00"]
    assert abs(scale.index("2:00") + 2 - bar.index("┃")) <= 1


def test_the_words_say_how_far_the_next_edge_is() -> None:
    assert band_words(84, BAND_S).plain.endswith("under the band, 0:36 to go")
    assert band_words(150, BAND_S).plain.endswith("in the band, 0:30 left")
    assert band_words(200, BAND_S).plain.endswith("over the band, by 0:20")


def test_an_answer_is_timed_from_its_first_word() -> None:
    state = replay(event for event in session() if event.at_s < 100)
    answer = state.answer
    assert answer is not None
    assert elapsed_s(answer, answer.words[0].start_s + 30) == pytest.approx(30)


def test_a_typed_answer_is_counted_and_not_timed() -> None:
    events = [
        replace(event, reason=AnswerEnd.TYPED) if isinstance(event, ev.AnswerEnded) else event for event in session()
    ]
    first = next(place for place, event in enumerate(events) if isinstance(event, ev.AnswerEnded))
    answer = next(iter(replay(events[: first + 1]).answers.values()))
    assert timer_words(answer, answer, 500.0, BAND_S).plain == f"Answer typed  {len(answer.words)} words, not timed"


def test_an_answer_without_words_has_not_begun() -> None:
    events = session()
    first = next(place for place, event in enumerate(events) if isinstance(event, ev.AnswerStarted))
    answer = replay(events[: first + 1]).answer
    assert answer is not None
    assert elapsed_s(answer, 1000.0) == 0


@pytest.mark.parametrize(
    ("level_dbfs", "clipping", "word"),
    [
        (-90.0, False, "silent"),
        (-50.0, False, "quiet"),
        (-22.0, False, "good"),
        (-4.0, False, "loud"),
        (-4.0, True, "clipping"),
    ],
)
def test_the_level_has_a_word(level_dbfs: float, clipping: bool, word: str) -> None:
    state = replay([ev.LevelMeasured(level_dbfs=level_dbfs, peak_dbfs=level_dbfs + 9, clipping=clipping)])
    assert level_word(state) == word


def test_every_state_and_outcome_of_a_facet_has_its_own_mark_and_word() -> None:
    shown = {facet_mark(FacetProgress(state=state))[:2] for state in FacetState}
    shown |= {facet_mark(FacetProgress(outcome=outcome))[:2] for outcome in Outcome}
    assert len(shown) == len(FacetState) + len(Outcome)


def test_every_facets_name_leaves_a_space_before_its_word() -> None:
    thread = replay(session()).threads["t1"]
    assert max(len(facet) for facet in thread.facets) < NAME_CELLS
    assert len({line.plain.index(line.plain.split()[-1], 5) for line in depth_lines(thread)}) == 1


def test_evidence_is_newest_first_and_one_entry_a_quote() -> None:
    state = replay(session())
    entries = found(state, state.threads["t1"])
    assert [entry.at_s for entry in entries] == sorted((entry.at_s for entry in entries), reverse=True)
    assert len({entry.quote for entry in entries}) == len(entries)


def test_words_that_show_two_things_are_shown_once_with_both_names() -> None:
    events = session()
    first_probe = next(place for place, event in enumerate(events) if isinstance(event, ev.ProbeAsked))
    state = replay(events[:first_probe])
    entries = {entry.quote: entry.names for entry in found(state, state.threads["t1"])}
    assert entries["wrote the keys for the three worst consumers myself,"] == ("own_role", "personal_action")


def test_an_invitation_to_go_on_leaves_the_question_where_it_is() -> None:
    events = [*session(), ev.InterviewerSaid(text="Take your time.", purpose="invitation", thread="t1", at_s=300.0)]
    assert asked(replay(events)) == asked(replay(session()))


@given(text=st.text(alphabet="ab ,", min_size=0, max_size=80), width=st.integers(5, 40))
def test_a_shortened_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    short = shortened(text, width)
    assert len(short) <= width
    assert short == text or short.endswith("…")
