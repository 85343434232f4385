"""Recordings made elsewhere: turns, sides, resumption."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.state import replay
from simulator.domain.vocabulary import Facet, Mode, Outcome, ThreadClose, ThreadKind
from simulator.domain.words import Word
from simulator.judging.delivery import measure_delivery
from simulator.judging.embedded import EmbeddedJudge
from simulator.listening.decoding import decode_whole
from simulator.models.store import model_path
from simulator.rehearsal.asking import Asking
from simulator.rehearsal.conversation import Asked, Turn, conversation, turns_of
from simulator.rehearsal.importing import TRANSCRIPT, Import, discard_unfinished, judged
from simulator.sessions.figures import figures_of
from simulator.sessions.journal import read_journal
from simulator.sessions.likeness import TextVectors

SOUND = Path(__file__).parents[1] / "listening" / "sound"


@pytest.fixture(scope="module")
def asking() -> Asking:
    """What reads the asker's words."""
    return Asking(TextVectors(model_path("minilm-l6-int8")))


def words(text: str, start_s: float) -> tuple[Word, ...]:
    return tuple(Word(word, start_s + i * 0.3, start_s + i * 0.3 + 0.25) for i, word in enumerate(text.split()))


def test_two_people_s_words_become_turns() -> None:
    asker = [*words("Tell me about a failure.", 0.0), *words("What would you do differently?", 20.0)]
    candidate = [*words("I dropped a table in production.", 5.0), *words("I would ask first.", 25.0)]
    assert [turn.candidate for turn in turns_of(asker, candidate)] == [False, True, False, True]


def test_a_word_put_in_by_the_other_is_no_turn() -> None:
    asker = [*words("Tell me about a failure.", 0.0), *words("Mhm.", 6.5)]
    candidate = [*words("I dropped a table", 5.0), *words("in production last year.", 7.0)]
    turns = turns_of(asker, candidate)
    assert [turn.candidate for turn in turns] == [False, True]
    assert len(turns[1].words) == 8


def test_a_later_question_about_a_facet_is_a_probe_in_the_same_thread(asking: Asking) -> None:
    asker = [*words("Tell me about a failure.", 0.0), *words("And what did you learn from it?", 20.0)]
    candidate = [*words("I dropped a table in production.", 5.0), *words("To ask first.", 25.0)]
    state = replay(conversation(turns_of(asker, candidate), (), Asked(), asking))
    assert len(state.threads) == 1
    assert [probe.facet for probe in state.threads["t1"].probes] == ["learning"]


def test_a_question_for_a_view_is_told_from_one_for_a_story(asking: Asking) -> None:
    assert asking.kind("What is your view on open weights?") is ThreadKind.VIEW
    assert asking.kind("Tell me about a failure.") is ThreadKind.STORY


def dialogue(*turns: tuple[bool, str]) -> tuple[list[Word], list[Word]]:
    """Give the words of asker and candidate who speak in turn, (candidate?, text), a second between them."""
    sides: tuple[list[Word], list[Word]] = ([], [])
    at_s = 0.0
    for is_candidate, text in turns:
        sides[is_candidate].extend(words(text, at_s))
        at_s = sides[is_candidate][-1].end_s + 1.0
    return sides


INTERVIEW = (
    (False, "Hello, thanks for coming. Tell me about a time you acted as an owner."),
    (True, "At the tram company I noticed the totals were off, so I stopped the nightly job and called the bank."),
    (False, "What exactly did you decide there, and why?"),
    (True, "Stopping the settlement for one night, because it cost the operator a day's money."),
    (False, "Okay, thank you, that is clear to me."),
    (True, "And the manager shouted at me."),
    (False, "What would you do differently today?"),
    (True, "I would tell the payments team on Monday morning."),
    (False, "And your part in what went wrong?"),
    (True, "I honestly don't know, nobody told me afterwards."),
    (False, "What is your view on open weights?"),
    (True, "I think the strongest ones should not be out."),
    (False, "Thank you, we have come to the end."),
)


def test_questions_open_threads_follow_ups_stay_in_them_and_other_words_ask_nothing(asking: Asking) -> None:
    state = replay(conversation(turns_of(*dialogue(*INTERVIEW)), (), Asked(), asking))
    assert [thread.kind for thread in state.threads.values()] == [ThreadKind.STORY, ThreadKind.VIEW]
    assert state.threads["t1"].text == "Tell me about a time you acted as an owner."
    assert [probe.facet for probe in state.threads["t1"].probes] == ["decision", "hindsight", "fault"]
    assert [u.purpose for u in state.utterances] == [
        *("opening", "question", "probe", "acknowledgement", "probe", "probe", "question", "closing")
    ]
    assert [answer.initial for answer in state.answers.values()] == [True, False, False, False, False, True]


def test_the_answer_is_waited_for_from_the_question_s_end(asking: Asking) -> None:
    state = replay(conversation(turns_of(*dialogue(*INTERVIEW)), (), Asked(), asking))
    waits = [answer.words[0].start_s - answer.at_s for answer in state.answers.values()]
    assert waits == pytest.approx([1.0] * len(waits))


def test_nothing_is_known_of_the_wait_where_no_question_was_heard(asking: Asking) -> None:
    started = ev.SessionStarted(session="s", started_at="", mode=Mode.IMPORT)
    alone = replay([started, *conversation([Turn(True, words("I stopped the job.", 3.0))], (), Asked(), asking)])
    assert [answer.wait_s for thread in figures_of(alone).threads for answer in thread.answers] == [None]
    both = replay([started, *conversation(turns_of(*dialogue(*INTERVIEW)), (), Asked(), asking)])
    assert all(answer.wait_s for thread in figures_of(both).threads for answer in thread.answers)


def test_a_recorded_interview_shows_where_its_stories_end(asking: Asking) -> None:
    heard = conversation(turns_of(*dialogue(*INTERVIEW)), (), Asked(), asking)
    state = replay(judged(heard, EmbeddedJudge.load(), measure_delivery))
    fault = state.threads["t1"].facets[Facet.FAULT]
    assert fault.outcome is Outcome.UNKNOWN
    assert "don't know" in fault.outcome_evidence[0].quote
    assert all(thread.closed is ThreadClose.ANSWERED for thread in state.threads.values())


def test_a_recording_becomes_a_session_like_any_other(tmp_path: Path) -> None:
    running = Import(SOUND / "jfk.flac", tmp_path, Asked(question="Tell me about your country."))
    folder = running.run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    state = replay(read_journal(folder.journal).events)
    assert state.mode is Mode.IMPORT
    assert "country" in state.answers["a1"].text
    assert state.answers["a1"].delivery is not None
    assert folder.candidate.stat().st_size > 10 * 16_000 * 2
    assert not (folder.path / TRANSCRIPT).exists()


def test_an_interrupted_import_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Import(SOUND / "jfk.flac", tmp_path, Asked())
    transcript = first.folder.path / TRANSCRIPT
    transcript.write_text(
        '{"side": 0, "done_s": 999.0, "words": [{"text": "Kept.", "start_s": 0.5, "end_s": 1.0, "probability": 0.9}]}\n'
        '{"side": 0, "done_',
        encoding="utf-8",
    )
    again = Import(SOUND / "jfk.flac", tmp_path, Asked())
    assert again.folder == first.folder
    folder = again.run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    assert replay(read_journal(folder.journal).events).answers["a1"].text == "Kept."


def test_what_an_interrupted_import_left_can_be_removed(tmp_path: Path) -> None:
    whole = Import(SOUND / "jfk.flac", tmp_path, Asked())
    whole.run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    left = Import(SOUND / "free_speech.flac", tmp_path, Asked())
    assert discard_unfinished(tmp_path) == 1
    assert not left.folder.path.exists()
    assert whole.folder.journal.exists()


def test_fillers_are_heard_in_a_recording(tmp_path: Path) -> None:
    running = Import(SOUND / "free_speech.flac", tmp_path, Asked())
    folder = running.run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    state = replay(read_journal(folder.journal).events)
    answer = state.answers["a1"]
    assert answer.fillers
    assert answer.delivery is not None
    assert answer.delivery.fillers >= len(answer.fillers)
    assert state.engines["recognizer"] == "whisper-base int8"
    assert state.engines["judge"] == EmbeddedJudge.load().engine


def test_the_same_recording_is_not_taken_twice(tmp_path: Path) -> None:
    Import(SOUND / "jfk.flac", tmp_path, Asked()).run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    with pytest.raises(BadInputError, match="imported already"):
        Import(SOUND / "jfk.flac", tmp_path, Asked())


def test_two_people_on_separate_channels_are_told_apart(tmp_path: Path) -> None:
    speech = decode_whole(SOUND / "jfk.flac")
    other = decode_whole(SOUND / "free_speech.flac")
    length = len(speech) + len(other)
    both = np.zeros((length, 2), np.int16)
    both[: len(speech), 0] = (speech * 32767).astype(np.int16)
    both[len(speech) :, 1] = (other * 32767).astype(np.int16)
    file = tmp_path / "call.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(both.tobytes())
    folder = Import(file, tmp_path / "sessions", Asked()).run(EmbeddedJudge.load, measure_delivery, lambda *_: None)
    state = replay(read_journal(folder.journal).events)
    assert "country" in state.threads["t1"].text
    assert len(state.answers["a1"].words) > 20
    assert folder.interviewer.exists()


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.wav"
    file.write_text("no sound", encoding="utf-8")
    with pytest.raises(BadInputError):
        Import(file, tmp_path, Asked())
