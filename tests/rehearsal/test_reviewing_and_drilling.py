"""What a review and a drill show, recomputed from the events."""

from __future__ import annotations

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import Agent, AnswerEnd, Facet, FacetState, Mode, Role, Signal, ThreadKind
from simulator.domain.words import Evidence, Filler, Word
from simulator.judging.delivery import measure_delivery
from simulator.rehearsal.deliberation import delivery_of
from simulator.rehearsal.drilling import attempt_lines, attempts, comparison_lines
from simulator.rehearsal.rejudge import changes
from simulator.rehearsal.reviewing import (
    LONGEST_PARAGRAPH,
    SHORTEST_PARAGRAPH,
    Passage,
    answer_starts,
    beside,
    findings,
    found_words,
    paragraphs,
    passage_at,
    passages,
    word_at,
)

TEXT = "We had a crane at the port. I stopped it in March. It cut faults from nine to one."


def answer_events(answer: str, thread: str, start_s: float, step_s: float) -> list[ev.Event]:
    words = tuple(
        Word(w, start_s + i * step_s, start_s + i * step_s + step_s * 0.8) for i, w in enumerate(TEXT.split())
    )
    sentences = (
        SentenceJudgement("We had a crane at the port.", 0, 6, Role.SITUATION, Agent.TEAM),
        SentenceJudgement("I stopped it in March.", 7, 11, Role.ACTION, Agent.SELF),
        SentenceJudgement("It cut faults from nine to one.", 12, 18, Role.RESULT, Agent.NONE),
    )
    return [
        ev.AnswerStarted(at_s=start_s, answer=answer, thread=thread, initial=True),
        ev.WordsConfirmed(at_s=start_s, answer=answer, words=words),
        ev.VoiceActive(at_s=start_s, answer=answer, start_s=start_s, end_s=words[9].end_s),
        ev.VoiceActive(at_s=start_s, answer=answer, start_s=words[10].start_s + 3.0, end_s=words[-1].end_s + 3.0),
        ev.FillersHeard(at_s=start_s, answer=answer, fillers=(Filler("um", start_s + 2.0, start_s + 2.4),)),
        ev.AnswerEnded(
            at_s=words[-1].end_s,
            answer=answer,
            reason=AnswerEnd.END_OF_TURN,
            duration_s=words[-1].end_s - start_s,
            speech_s=words[-1].end_s - start_s,
        ),
        ev.SentencesJudged(at_s=words[-1].end_s, thread=thread, answer=answer, sentences=sentences, engine="test"),
    ]


def question(thread: str, at_s: float) -> ev.Event:
    return ev.QuestionAsked(
        at_s=at_s,
        thread=thread,
        question="ownership",
        kind=ThreadKind.STORY,
        text="Tell me.",
        tests=(Facet.OWN_ROLE, Facet.RESULT),
    )


def session() -> list[ev.Event]:
    return [
        ev.SessionStarted(session="s", started_at="2026-01-01T10:00:00+00:00", mode=Mode.DRILL),
        question("t1", 0.0),
        *answer_events("a1", "t1", 5.0, 7.0),
        question("t2", 200.0),
        *answer_events("a2", "t2", 205.0, 2.0),
    ]


def measured(events: list[ev.Event]) -> SessionState:
    state = replay(events)
    more = [delivery_of(answer, measure_delivery, 300.0) for answer in state.answers.values()]
    return replay(more, state)


def test_an_attempt_is_placed_against_the_band() -> None:
    first, second = attempts(measured(session()))
    assert first.over_band_s == 0.0
    assert second.over_band_s < 0.0
    assert (first.number, second.number) == (1, 2)


def test_shares_are_those_of_the_words() -> None:
    first, _ = attempts(measured(session()))
    assert first.shares[Role.SITUATION] == 7 / 19
    assert first.shares[Role.ACTION] == 5 / 19


def test_fillers_and_pauses_are_given_from_the_answer_s_start() -> None:
    first, _ = attempts(measured(session()))
    assert first.fillers == ((2.0, "um"),)
    assert all(length >= 2.5 for _, length in first.pauses)


def test_an_answer_that_ends_on_its_result_lands() -> None:
    first, _ = attempts(measured(session()))
    assert first.landed


def test_attempts_at_one_question_stand_under_one_another() -> None:
    made = attempts(measured(session()))
    lines = comparison_lines(made, (120.0, 180.0))
    assert [line.split(":")[0] for line in lines] == ["attempt 1", "attempt 2"]
    assert any("in the band" in line for line in attempt_lines(made[0], (120.0, 180.0)))


def test_the_transcript_is_in_the_order_of_time() -> None:
    rows = passages(measured(session()))
    assert [row.speaker for row in rows] == ["interviewer", "candidate", "interviewer", "candidate"]
    assert answer_starts(rows) == (5.0, 205.0)


def test_the_word_being_said_is_found_by_the_moment() -> None:
    row = passages(measured(session()))[1]
    assert word_at(row.words, 12.5) == 1
    assert word_at(row.words, 4.0) is None
    assert passage_at(passages(measured(session())), 12.5) == 1


def test_jumping_back_twice_goes_back_twice() -> None:
    moments = (5.0, 50.0, 100.0)
    assert beside(moments, 100.2, -1) == 50.0
    assert beside(moments, 101.5, -1) == 100.0
    assert beside(moments, 50.0, 1) == 100.0
    assert beside(moments, 100.0, 1) is None


def test_words_are_found_with_their_moments() -> None:
    rows = passages(measured(session()))
    assert found_words(rows, "Stopped it") == (61.0, 221.0)
    assert found_words(rows, "never said") == ()


def test_every_judgement_is_listed_with_the_moment_of_its_evidence() -> None:
    evidence = (Evidence("I stopped it in March.", "a1", 7, 11, 54.0, 88.0),)
    state = replay(
        [
            ev.FacetJudged(
                at_s=300.0, thread="t1", facet=Facet.OWN_ROLE, state=FacetState.SUPPORTED, evidence=evidence
            ),
            ev.SignalFound(
                at_s=300.0, thread="t1", answer="a1", signal=Signal.PERSONAL_ACTION, evidence=evidence, engine="test"
            ),
        ],
        measured(session()),
    )
    listed = {(each.target, each.name): each for each in findings(state) if each.thread == "t1"}
    assert listed["facet", "own_role"].value == "supported"
    assert listed["signal", "personal_action"].start_s == 54.0


def test_what_is_judged_otherwise_is_shown_side_by_side() -> None:
    before = measured(session())
    after = replay(
        [
            ev.FacetJudged(at_s=300.0, thread="t1", facet=Facet.RESULT, state=FacetState.SUPPORTED),
            ev.SignalFound(at_s=300.0, thread="t1", answer="a1", signal=Signal.MEASURED_RESULT),
        ],
        before,
    )
    found = {(each.what, each.where, each.was, each.now) for each in changes(before, after)}
    assert found == {("facet", "result", "unheard", "supported"), ("signal", "a1", "", "measured_result")}


def test_a_long_answer_stands_in_paragraphs_that_end_with_sentences() -> None:
    words = tuple(
        Word(f"word{'.' if number % 9 == 8 else ''}", number * 0.4, number * 0.4 + 0.3) for number in range(200)
    )
    whole = Passage("candidate", 0.0, words, " ".join(word.text for word in words), "t1", "a1")
    parts = paragraphs((whole,))
    assert len(parts) > 2
    assert tuple(word for part in parts for word in part.words) == words
    assert [part.continued for part in parts] == [False] + [True] * (len(parts) - 1)
    assert all(part.text.endswith(".") for part in parts[:-1])
    assert answer_starts(parts) == (0.0,)


def test_an_answer_without_full_stops_is_parted_all_the_same() -> None:
    words = tuple(Word("word", number * 0.4, number * 0.4 + 0.3) for number in range(1000))
    parts = paragraphs((Passage("candidate", 0.0, words, "word " * 1000, "t1", "a1"),))
    assert max(len(part.words) for part in parts) < LONGEST_PARAGRAPH + SHORTEST_PARAGRAPH
    assert min(len(part.words) for part in parts) >= SHORTEST_PARAGRAPH
