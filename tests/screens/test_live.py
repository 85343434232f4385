"""The live screen: what it shows of a session, and what it passes on."""

from __future__ import annotations

import pytest
from textual.widgets import TextArea

from simulator.domain import events as ev
from simulator.domain.errors import DeviceError
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, Phase, SessionClose, Signal
from simulator.domain.words import Evidence, Word
from simulator.screens.failure import FailureScreen
from simulator.screens.summary import SummaryScreen
from simulator.screens.widgets.transcript import Transcript, turn_text
from tests.screens.events import PARTIAL, QUESTION, session
from tests.screens.scripted import ScriptedController
from tests.screens.staging import SMALL, WIDE, live_on_screen


def until(kind: type[ev.EventBase], number: int = 1) -> list[ev.Event]:
    """Give the session's events up to the nth of a kind."""
    events = session()
    places = [place for place, event in enumerate(events) if isinstance(event, kind)]
    return events[: places[number - 1] + 1]


async def test_the_question_and_its_number_are_shown() -> None:
    async with live_on_screen(ScriptedController(until(ev.QuestionAsked)), WIDE) as stage:
        text = " ".join(stage.text().split())
        assert "Question 1 · story" in text
        assert "Tell me about a serious technical disagreement" in text


async def test_a_follow_up_is_shown_with_its_facet_and_the_question_behind_it() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        text = stage.text()
        assert "Follow-up 5 · hindsight" in text
        assert "If you had those two weeks again, what would you do differently?" in text
        assert QUESTION[:40] in text


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.SPEAKING, "◀ interviewer speaking"),
        (Phase.LISTENING, "● listening"),
        (Phase.THINKING, "∴ thinking"),
        (Phase.PAUSED, "‖ paused"),
    ],
)
async def test_whose_turn_it_is_has_a_mark_and_a_word(phase: Phase, words: str) -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        stage.controller.emit(ev.PhaseChanged(phase=phase))
        await stage.settle()
        assert words in stage.text().splitlines()[0]


async def test_half_duplex_says_that_the_microphone_is_off_while_the_interviewer_speaks() -> None:
    async with live_on_screen(ScriptedController(until(ev.SpeechStarted)), WIDE) as stage:
        assert "microphone off" in stage.text()
        assert "off while the interviewer speaks" in stage.text()


async def test_words_that_may_still_change_end_in_a_mark() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        last = PARTIAL.split()[-3:]
        assert " ".join(last) + " …" in stage.text()


async def test_confirmed_words_carry_no_mark_and_another_style_than_partial_ones() -> None:
    controller = ScriptedController(session())
    await _settled(controller)
    answer = controller.state.answer
    assert answer is not None
    content = turn_text(answer)
    styles = {content.plain[span.start : span.end]: str(span.style) for span in content.spans}
    assert styles[answer.text] == "$said"
    assert styles[" ".join(word.text for word in answer.partial) + " …"] == "italic $partial"


async def test_what_the_candidate_says_is_never_read_as_markup() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        answer = stage.controller.state.answer
        assert answer is not None
        words = (Word("[bold]loud[/bold]", 240.0, 240.4),)
        stage.controller.emit(ev.WordsConfirmed(answer=answer.answer, words=words))
        await stage.settle()
        assert "[bold]loud[/bold]" in stage.text()


async def test_the_transcript_follows_the_newest_words() -> None:
    async with live_on_screen(ScriptedController(session()), SMALL) as stage:
        transcript = stage.live.query_one(Transcript)
        assert transcript.max_scroll_y > 0
        assert transcript.scroll_y == transcript.max_scroll_y


async def test_the_transcript_stays_where_the_user_has_scrolled_to() -> None:
    async with live_on_screen(ScriptedController(session()), SMALL) as stage:
        transcript = stage.live.query_one(Transcript)
        transcript.scroll_to(y=2, animate=False)
        answer = stage.controller.state.answer
        assert answer is not None
        words = tuple(Word("more", 240.0, 240.3) for _ in range(60))
        stage.controller.emit(ev.WordsConfirmed(answer=answer.answer, words=words))
        await stage.settle()
        assert transcript.scroll_y == 2


async def test_a_short_transcript_starts_at_the_top() -> None:
    async with live_on_screen(ScriptedController(until(ev.QuestionAsked)), WIDE) as stage:
        transcript = stage.live.query_one(Transcript)
        assert transcript.scroll_y == 0


async def test_the_depth_map_has_a_mark_and_a_word_for_every_facet() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        lines = [" ".join(line.split()) for line in stage.text().splitlines()]
        for row in ("● context supported", "■ own_role held", "◐ obstacle claimed", "◆ result unknown"):
            assert any(row in line for line in lines), row
        assert any("▸○ hindsight unheard" in line for line in lines)
        assert "3 of 9 settled" in stage.text()


async def test_a_facet_is_redrawn_when_it_settles() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        stage.controller.emit(ev.FacetSettled(thread="t1", facet=Facet.LEARNING, outcome=Outcome.NO_MORE))
        await stage.settle()
        assert "◆ learning        no_more" in stage.text()


async def test_evidence_is_shown_with_its_name_its_moment_and_the_words() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        text = stage.text()
        assert "3:24 owns_fault" in text
        assert "“I was wrong to take the numbers to" in text


async def test_signals_against_the_candidate_wait_for_the_summary() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        evidence = (Evidence("so we did that", "a1", start_s=240.0),)
        stage.controller.emit(
            ev.SignalFound(thread="t1", answer="a1", signal=Signal.TEAM_ONLY, evidence=evidence),
            ev.SignalFound(thread="t1", answer="a1", signal=Signal.REAL_TENSION, evidence=evidence),
        )
        await stage.settle()
        assert "real_tension" in stage.text()
        assert "team_only" not in stage.text()


async def test_the_running_initial_answer_is_timed_against_the_band() -> None:
    events = [event for event in session() if event.at_s < 100]
    async with live_on_screen(ScriptedController(events)) as stage:
        assert "under the band" in stage.text()
        stage.controller.emit(ev.LevelMeasured(level_dbfs=-20.0, peak_dbfs=-8.0, at_s=170.0))
        await stage.settle()
        assert "in the band" in stage.text()
        stage.controller.emit(ev.LevelMeasured(level_dbfs=-20.0, peak_dbfs=-8.0, at_s=240.0))
        await stage.settle()
        assert "over the band" in stage.text()


async def test_a_notice_is_shown_with_what_to_do() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        notice = ev.NoticeGiven(text="The voice piper is missing.", hint="Run interview setup.", at_s=245.0)
        stage.controller.emit(notice)
        await stage.settle()
        assert "! The voice piper is missing. Run interview setup." in stage.text()


async def test_a_lost_microphone_is_shown_until_it_is_back() -> None:
    async with live_on_screen(ScriptedController(session()), WIDE) as stage:
        stage.controller.emit(ev.DeviceLost(direction="input", device="USB", reason="it was unplugged"))
        await stage.settle()
        assert "! Microphone lost (USB): it was unplugged." in stage.text()
        stage.controller.emit(ev.DeviceResumed(direction="input", device="USB"))
        await stage.settle()
        assert "Microphone lost" not in stage.text()


@pytest.mark.parametrize(
    ("key", "asked"), [("enter", "done"), ("space", "done"), ("r", "repeat"), ("s", "skip"), ("p", "pause")]
)
async def test_a_key_passes_on_what_the_candidate_wants(key: str, asked: str) -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press(key)
        assert stage.controller.asked == [asked]


async def test_quit_asks_first_and_no_goes_on() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("q")
        assert "What was said is kept" in stage.text()
        await stage.pilot.press("n")
        assert stage.controller.asked == []
        assert stage.app.screen is stage.live


async def test_quit_closes_the_session_and_shows_the_summary() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("q", "y")
        await stage.settle()
        assert stage.controller.asked == ["quit"]
        assert isinstance(stage.app.screen, SummaryScreen)
        assert stage.session.left


async def test_the_summary_follows_when_the_session_closes_by_itself() -> None:
    async with live_on_screen(ScriptedController(session(complete=True))) as stage:
        assert isinstance(stage.app.screen, SummaryScreen)
        await stage.pilot.press("q")
    assert stage.app.return_value == 0


async def test_typing_stops_listening_and_gives_the_answer() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("t", *"done, I sr", "enter")
        await stage.pilot.pause()
        assert stage.controller.asked == ["set_typing True", "type_answer done, I sr", "set_typing False"]


async def test_a_new_line_can_be_typed() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("t", "a", "ctrl+j", "b", "enter")
        await stage.pilot.pause()
        assert "type_answer a\nb" in stage.controller.asked


async def test_leaving_the_box_keeps_the_draft_and_listens_again() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("t", *"half", "escape")
        await stage.pilot.pause()
        assert stage.controller.asked == ["set_typing True", "set_typing False"]
        await stage.pilot.press("t")
        assert stage.live.query_one(TextArea).text == "half"


async def test_a_typed_session_opens_the_box_in_the_candidates_turn() -> None:
    events = [
        ev.SessionStarted(session="s", started_at="", typed=True) if isinstance(event, ev.SessionStarted) else event
        for event in session()
    ]
    async with live_on_screen(ScriptedController(events)) as stage:
        assert isinstance(stage.live.focused, TextArea)
        await stage.pilot.press(*"We", "enter")
        await stage.pilot.pause()
        assert stage.controller.asked[-1] == "type_answer We"
        assert "Typed answers are not timed" in stage.text()
        assert isinstance(stage.live.focused, TextArea)


async def test_control_c_closes_in_order_and_leaves_with_its_status() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        await stage.pilot.press("ctrl+c")
        await stage.pilot.pause()
    assert stage.controller.asked == ["quit"]
    assert stage.session.left
    assert stage.app.return_value == 130


async def test_an_error_is_shown_with_its_hint_and_gives_its_status() -> None:
    failure = DeviceError("There is no microphone.", "Plug one in, or use --typed.")
    async with live_on_screen(ScriptedController(session(), failure)) as stage:
        assert isinstance(stage.app.screen, FailureScreen)
        assert "There is no microphone." in stage.text()
        assert "Plug one in, or use --typed." in stage.text()
        await stage.pilot.press("q")
    assert stage.app.return_value == 4
    assert stage.session.left


async def test_a_terminal_that_is_too_small_gets_one_sentence() -> None:
    async with live_on_screen(ScriptedController(session()), (60, 15)) as stage:
        words = " ".join(stage.text().split())
        assert words == "The window has 60 columns and 15 rows; it needs 70 and 20. Make it larger, or use --plain."


@pytest.mark.parametrize("size", [(70, 20), SMALL, (99, 31), (100, 32), WIDE])
async def test_nothing_is_wider_than_its_place(size: tuple[int, int]) -> None:
    async with live_on_screen(ScriptedController(session()), size) as stage:
        too_wide = [each for each in stage.live.query("*") if each.virtual_size.width > max(each.size.width, size[0])]
        assert too_wide == []
        for name in ("Done", "Quit", "Help", "Reply", "Microphone", "Depth", "Evidence", "40:00"):
            assert name in stage.text(), name


async def test_ten_facets_and_their_words_fit_at_80_by_24() -> None:
    async with live_on_screen(ScriptedController(session()), SMALL) as stage:
        stage.controller.emit(
            *(
                ev.FacetSettled(thread="t1", facet=facet, outcome=Outcome.CONTRADICTED)
                for facet in stage.controller.state.threads["t1"].tests
            ),
            ev.FacetJudged(thread="t1", facet=Facet.TASK, state=FacetState.CLAIMED),
        )
        await stage.settle()
        assert stage.text().count("contradicted") == 9
        assert "task" in stage.text()


async def _settled(controller: ScriptedController) -> SessionState:
    async with live_on_screen(controller) as stage:
        await stage.settle()
        return stage.controller.state


async def test_a_closed_session_takes_no_more_wishes() -> None:
    async with live_on_screen(ScriptedController(session())) as stage:
        stage.controller.emit(ev.SessionClosed(reason=SessionClose.COMPLETE, at_s=250.0))
        await stage.settle()
        await stage.pilot.press("ctrl+c")
        await stage.pilot.pause()
    assert "quit" not in stage.controller.asked
