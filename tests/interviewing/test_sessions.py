"""Whole sessions: the modes, the time, the briefing, earlier sessions, the candidate's own questions, interruptions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.moves import Ask, CloseSession, CloseThread, Plan, Probe, Say
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import (
    Facet,
    FacetState,
    Mode,
    Outcome,
    Pushback,
    PushbackReply,
    Reply,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
    facets_of,
)
from simulator.interviewing.interviewer import Interviewer
from simulator.interviewing.packs import CLOSING_ID, load_pack
from tests.interviewing.sitting import Answering, Said, Sitting, always, pack_of, question, sit

STORY = question(ThreadKind.STORY, "story")
VIEW = question(ThreadKind.VIEW, "view")
ROUND_PACK = load_pack("openai-behavioral-mission")


def by_reply(**kinds: Reply) -> Answering:
    """A candidate whose replies are of the given kinds by facet, else unknown."""

    def answering(move: Ask | Probe, state: SessionState) -> Said:
        text = f"So that was on day {len(state.answers)} at the harbour."
        if isinstance(move, Ask):
            return Said(text, takes_s=150)
        return Said(text, PushbackReply.HOLDS if move.pushback else kinds.get(move.facet.value, Reply.UNKNOWN))

    return answering


def facets_probed(sitting: Sitting) -> list[Facet]:
    return list(dict.fromkeys(p.facet for p in sitting.probes if p.pushback is None))


# The round.


def test_a_round_takes_stories_and_views_in_turns_and_ends_with_the_candidates_questions() -> None:
    sitting = sit(ROUND_PACK, Plan(minutes=45, seed=3), always(Reply.UNKNOWN))
    kinds = [q.kind for q in sitting.questions[:-1]]
    assert kinds[:4] == [ThreadKind.STORY, ThreadKind.VIEW, ThreadKind.STORY, ThreadKind.VIEW]
    assert sitting.questions[-1].id == CLOSING_ID
    assert sitting.state.closed in {SessionClose.TIME, SessionClose.COMPLETE}


def test_the_reported_questions_come_first() -> None:
    sitting = sit(ROUND_PACK, Plan(minutes=45, seed=5), always(Reply.UNKNOWN))
    stories = [q.id for q in sitting.questions if q.kind is ThreadKind.STORY][:2]
    assert set(stories) <= ROUND_PACK.core


def test_the_opening_words_are_the_packs() -> None:
    assert [say.text for say in Interviewer(ROUND_PACK, Plan()).opening()] == list(ROUND_PACK.opening)


def test_the_candidates_question_gets_a_neutral_answer_and_is_judged_once_more() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask) and move.question.id == CLOSING_ID:
            return Said(
                "How do you decide that a model may not be released?", facets={Facet.QUESTION: FacetState.SUPPORTED}
            )
        return always(Reply.UNKNOWN)(move, state)

    sitting = sit(pack_of(STORY), Plan(minutes=60), answering)
    says = [m for m in sitting.moves if isinstance(m, Say)]
    assert [m.purpose for m in says][-2:] == ["reply", "closing"]
    closing = sitting.state.threads["t2"]
    assert closing.question == CLOSING_ID
    assert [p.facet for p in closing.probes] == [Facet.QUESTION]


def test_a_candidate_without_questions_is_not_pressed() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask) and move.question.id == CLOSING_ID:
            return Said("No, I think that is all from my side.")
        return always(Reply.UNKNOWN)(move, state)

    sitting = sit(pack_of(STORY), Plan(minutes=60), answering)
    assert sitting.state.threads["t2"].probes == ()
    assert sitting.state.threads["t2"].closed is ThreadClose.ANSWERED


# Time.


def test_a_thread_closes_for_time_and_says_so() -> None:
    sitting = sit(pack_of(STORY), Plan(minutes=6), always(Reply.FRESH))
    assert sitting.state.threads["t1"].closed is ThreadClose.TIME
    assert sitting.state.threads["t1"].unsettled


@pytest.mark.parametrize("minutes", [20, 40, 60])
def test_time_is_left_for_the_candidates_questions(minutes: float) -> None:
    sitting = sit(ROUND_PACK, Plan(minutes=minutes, seed=1), always(Reply.FRESH))
    closing = next(t for t in sitting.state.threads.values() if t.question == CLOSING_ID)
    assert closing.at_s <= 60 * minutes - 60
    assert sitting.now_s <= 60 * minutes + 60


def test_forty_minutes_hold_several_threads_of_depth() -> None:
    sitting = sit(ROUND_PACK, Plan(minutes=40, seed=1), always(Reply.FRESH))
    threads = [t for t in sitting.state.threads.values() if t.question != CLOSING_ID]
    assert 3 <= len(threads) <= 5
    assert all(len(t.probes) >= 6 for t in threads)


def test_one_fresh_reply_is_enough_only_when_time_is_short_and_the_opening_supported_it() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        supported = {Facet.OWN_ROLE: FacetState.SUPPORTED} if isinstance(move, Ask) else {}
        return replace(always(Reply.FRESH)(move, state), facets=supported)

    def asked(minutes: float) -> int:
        probes = sit(pack_of(STORY), Plan(minutes=minutes), answering).probes
        return sum(p.facet is Facet.OWN_ROLE for p in probes)

    assert asked(600) == 2
    assert asked(8) == 1


def test_without_a_limit_of_time_a_thread_goes_to_its_limit() -> None:
    sitting = sit(pack_of(STORY), Plan(minutes=0), always(Reply.FRESH))
    assert sitting.state.threads["t1"].closed is ThreadClose.LIMIT


# The order of facets.


def test_the_most_telling_facets_come_first_and_the_context_last() -> None:
    order = facets_probed(sit(pack_of(STORY), Plan(minutes=600), by_reply()))
    assert order[:3] == [Facet.OWN_ROLE, Facet.DECISION, Facet.FAULT]
    assert order[-1] is Facet.CONTEXT
    assert set(order) == set(facets_of(ThreadKind.STORY))


def test_only_what_the_question_tests_is_probed() -> None:
    narrow = question(tests=(Facet.RESULT, Facet.LEARNING))
    assert set(facets_probed(sit(pack_of(narrow), Plan(minutes=600), by_reply()))) == {Facet.RESULT, Facet.LEARNING}


def test_a_claim_is_probed_before_what_is_supported() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        facets = (
            {Facet.RESULT: FacetState.SUPPORTED, Facet.LEARNING: FacetState.CLAIMED} if isinstance(move, Ask) else {}
        )
        return replace(by_reply()(move, state), facets=facets)

    narrow = question(tests=(Facet.RESULT, Facet.LEARNING))
    assert facets_probed(sit(pack_of(narrow), Plan(minutes=600), answering))[0] is Facet.LEARNING


def test_what_was_just_opened_is_followed() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask):
            return Said("It failed, and the result dropped by ten percent in the end.", takes_s=150)
        return by_reply()(move, state)

    narrow = question(tests=(Facet.OBSTACLE, Facet.RESULT))
    sitting = sit(pack_of(narrow), Plan(minutes=600), answering)
    assert facets_probed(sitting)[0] is Facet.RESULT
    assert "opened" in sitting.probes[0].reason


def test_what_the_briefing_says_was_covered_comes_last() -> None:
    plan = Plan(minutes=600, briefing="The hiring manager went through the results and the lessons in detail.")
    order = facets_probed(sit(pack_of(STORY), plan, by_reply()))
    assert set(order[-2:]) == {Facet.RESULT, Facet.LEARNING}


def test_what_the_briefing_says_was_not_covered_does_not() -> None:
    plan = Plan(minutes=600, briefing="Nobody asked about results.")
    assert facets_probed(sit(pack_of(STORY), plan, by_reply()))[-1] is Facet.CONTEXT


def test_questions_on_covered_themes_come_last() -> None:
    plan = Plan(minutes=600, briefing="Failure and disagreement were covered by the recruiter.", seed=2)
    sitting = sit(ROUND_PACK, plan, by_reply())
    stories = [q.id for q in sitting.questions if q.kind is ThreadKind.STORY]
    assert stories.index("failed-project") > stories.index("ownership")
    assert stories.index("disagreement") > stories.index("ownership")


def test_what_an_earlier_session_settled_comes_last() -> None:
    plan = Plan(minutes=600, settled_before={"story": {Facet.OWN_ROLE: Outcome.HELD, Facet.DECISION: Outcome.UNKNOWN}})
    order = facets_probed(sit(pack_of(STORY), plan, by_reply()))
    assert set(order[-2:]) == {Facet.OWN_ROLE, Facet.DECISION}


def test_a_story_that_is_too_clean_is_probed_at_what_was_given_up_and_what_was_hard() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        signals = (Signal.TOO_CLEAN,) if isinstance(move, Ask) else ()
        return replace(by_reply()(move, state), signals=signals)

    narrow = question(tests=(Facet.OWN_ROLE, Facet.RESULT))
    sitting = sit(pack_of(narrow), Plan(minutes=600), answering)
    assert facets_probed(sitting)[:2] == [Facet.ALTERNATIVES, Facet.OBSTACLE]
    assert "too clean" in sitting.probes[0].reason
    assert sitting.state.threads["t1"].closed is ThreadClose.LIMIT


# Settling.


def test_i_dont_know_is_accepted_with_a_neutral_word_and_left() -> None:
    sitting = sit(pack_of(STORY), Plan(minutes=600), by_reply())
    assert len(sitting.probes) == len(facets_of(ThreadKind.STORY))
    assert all(p.outcome is Outcome.UNKNOWN for p in sitting.state.threads["t1"].facets.values())


def test_an_ambiguous_limit_is_confirmed_once_plainly() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        return replace(by_reply()(move, state), confidence=0.3)

    narrow = question(tests=(Facet.FAULT,))
    sitting = sit(pack_of(narrow), Plan(minutes=600), answering)
    assert [p.confirms for p in sitting.probes] == [False, True]
    assert "unsure" in sitting.probes[1].reason
    assert sitting.state.threads["t1"].facets[Facet.FAULT].outcome is Outcome.UNKNOWN


def test_uncertain_words_are_asked_for_again() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        return replace(by_reply()(move, state), word_probability=0.3)

    narrow = question(tests=(Facet.FAULT,))
    sitting = sit(pack_of(narrow), Plan(minutes=600), answering)
    assert sitting.probes[1].confirms
    assert "recognized uncertainly" in sitting.probes[1].reason


def test_what_settles_a_facet_carries_its_words() -> None:
    sitting = sit(pack_of(question(tests=(Facet.FAULT,))), Plan(minutes=600), by_reply())
    settled = [e for e in sitting.events if isinstance(e, ev.FacetSettled)]
    assert settled[0].evidence[0].quote.startswith("So that was on day")
    assert settled[0].reason == "settled by one reply of the kind unknown"


def test_a_candidate_who_says_nothing_is_not_asked_for_ever() -> None:
    def answering(move: Ask | Probe, state: SessionState) -> Said:
        return Said("", None)

    sitting = sit(pack_of(STORY), Plan(minutes=600), answering)
    assert sitting.state.threads["t1"].closed is ThreadClose.SKIPPED
    assert len(sitting.state.threads["t1"].probes) == 2


# Modes.


def test_one_question_is_one_thread() -> None:
    sitting = sit(ROUND_PACK, Plan(mode=Mode.QUESTION, minutes=0, only=("ownership",)), by_reply())
    assert [q.id for q in sitting.questions] == ["ownership"]
    assert sitting.state.closed is SessionClose.COMPLETE


def test_depth_tests_every_facet_of_one_example() -> None:
    narrow = question(tests=(Facet.RESULT,))
    sitting = sit(pack_of(narrow), Plan(mode=Mode.DEPTH, minutes=60), by_reply())
    assert set(facets_probed(sitting)) == set(facets_of(ThreadKind.STORY))
    assert len(sitting.questions) == 1


def test_a_drill_has_initial_answers_only() -> None:
    sitting = sit(ROUND_PACK, Plan(mode=Mode.DRILL, minutes=0, only=("ownership", "failed-project")), by_reply())
    assert [q.id for q in sitting.questions] == ["ownership", "failed-project"]
    assert sitting.probes == []
    assert {c.reason for c in sitting.closings} == {ThreadClose.ANSWERED}


def test_pushback_practice_has_views_and_pushes() -> None:
    sitting = sit(ROUND_PACK, Plan(mode=Mode.PUSHBACK, minutes=30), by_reply(position=Reply.FRESH))
    assert {q.kind for q in sitting.questions} == {ThreadKind.VIEW}
    thread = sitting.state.threads["t1"]
    assert [p.pushback for p in thread.probes if p.pushback] == [Pushback.REASONED, Pushback.EMPTY]
    assert {p.facet for p in thread.probes} <= {Facet.POSITION, Facet.COUNTERARGUMENT}


def test_pushback_practice_on_a_story_pushes_on_the_decision() -> None:
    sitting = sit(pack_of(STORY), Plan(mode=Mode.PUSHBACK, minutes=30), by_reply(decision=Reply.FRESH))
    pushed = [p for p in sitting.state.threads["t1"].probes if p.pushback]
    assert [p.facet for p in pushed] == [Facet.DECISION, Facet.DECISION]


def test_a_story_in_the_round_is_not_pushed_on() -> None:
    sitting = sit(pack_of(STORY), Plan(minutes=600), by_reply(decision=Reply.FRESH))
    assert all(p.pushback is None for p in sitting.probes)


def test_a_candidate_with_no_position_is_not_argued_with() -> None:
    sitting = sit(pack_of(VIEW), Plan(minutes=600), by_reply())
    assert all(p.pushback is None for p in sitting.probes)


def test_the_practice_of_not_knowing_ends_with_a_plain_i_dont_know() -> None:
    sitting = sit(pack_of(STORY), Plan(mode=Mode.UNKNOWN, minutes=0), by_reply(decision=Reply.FRESH))
    thread = sitting.state.threads["t1"]
    assert [p.facet for p in thread.probes[:2]] == [Facet.DECISION, Facet.DECISION]
    assert {p.angle for p in thread.probes} == {"edge"}
    assert thread.probes[-1].reply is Reply.UNKNOWN
    assert thread.closed is ThreadClose.LIMIT
    assert thread.unsettled


def test_a_question_that_the_pack_does_not_have_is_refused() -> None:
    with pytest.raises(BadInputError, match="no question"):
        Interviewer(ROUND_PACK, Plan(only=("absent",)))


# Interruptions.


def test_a_question_that_was_not_answered_before_a_crash_is_asked_again() -> None:
    interviewer = Interviewer(pack_of(STORY), Plan(minutes=60))
    sitting = Sitting(interviewer, Plan(minutes=60), by_reply())
    sitting.emit(ev.SessionStarted(session="s", started_at="", minutes=60))
    sitting.emit(ev.QuestionAsked(thread="t1", question="story", kind=STORY.kind, text=STORY.text, tests=STORY.tests))
    move = interviewer.next_move(sitting.state, 10.0)
    assert move == CloseThread(ThreadClose.CLOSED)
    sitting.perform(move)
    again = interviewer.next_move(sitting.state, 10.0)
    if isinstance(again, Say):
        sitting.perform(again)
        again = interviewer.next_move(sitting.state, 10.0)
    assert again == Ask(STORY)


def test_a_probe_that_was_not_answered_before_a_crash_is_asked_in_other_words() -> None:
    interviewer = Interviewer(pack_of(STORY), Plan(minutes=60))
    sitting = Sitting(interviewer, Plan(minutes=60), by_reply())
    sitting.emit(ev.SessionStarted(session="s", started_at="", minutes=60))
    sitting.perform(Ask(STORY))
    probe = interviewer.next_move(sitting.state, sitting.now_s)
    assert isinstance(probe, Probe)
    sitting.emit(ev.ProbeAsked(at_s=sitting.now_s, thread="t1", facet=probe.facet, text=probe.text, angle=probe.angle))
    again = interviewer.next_move(sitting.state, sitting.now_s)
    assert isinstance(again, Probe)
    assert again.facet is probe.facet
    assert again.text != probe.text


def test_the_session_closes_after_its_farewell() -> None:
    sitting = sit(pack_of(STORY), Plan(minutes=60), by_reply())
    assert isinstance(sitting.moves[-1], CloseSession)
    assert isinstance(sitting.moves[-2], Say)
    assert sitting.moves[-2].purpose == "closing"


# What the judge is given.


def test_the_judges_context_holds_what_was_said_before_and_the_probe() -> None:
    sitting = sit(pack_of(question(tests=(Facet.FAULT,))), Plan(minutes=600), by_reply())
    context = sitting.interviewer.reply_context(sitting.state, "a2")
    assert context.facet is Facet.FAULT
    assert context.before == sitting.state.answers["a1"].text
    assert context.probe == sitting.probes[0].text
    assert context.reply == sitting.state.answers["a2"].text


def test_the_judges_context_of_a_pushback_holds_the_view() -> None:
    sitting = sit(pack_of(VIEW), Plan(mode=Mode.PUSHBACK, minutes=600), by_reply(position=Reply.FRESH))
    pushed = next(p for p in sitting.state.threads["t1"].probes if p.pushback)
    context = sitting.interviewer.pushback_context(sitting.state, str(pushed.answer))
    assert context.view.startswith("So that was on day")
    assert context.pushback == pushed.text
