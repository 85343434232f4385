"""Recordings made elsewhere: turns, sides, resumption."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import BadInputError
from simulator.domain.state import replay
from simulator.domain.vocabulary import Mode, ThreadKind
from simulator.domain.words import Word
from simulator.judging.delivery import measure_delivery
from simulator.judging.embedded import EmbeddedJudge
from simulator.listening.decoding import decode_whole
from simulator.rehearsal.importing import TRANSCRIPT, Asked, Import, conversation, kind_of, turns_of
from simulator.sessions.journal import read_journal

SOUND = Path(__file__).parents[1] / "listening" / "sound"


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


def test_a_later_question_about_a_facet_is_a_probe_in_the_same_thread() -> None:
    asker = [*words("Tell me about a failure.", 0.0), *words("And what did you learn from it?", 20.0)]
    candidate = [*words("I dropped a table in production.", 5.0), *words("To ask first.", 25.0)]
    state = replay(conversation(turns_of(asker, candidate), (), Asked()))
    assert len(state.threads) == 1
    assert [probe.facet for probe in state.threads["t1"].probes] == ["learning"]


def test_a_question_for_a_view_is_told_from_one_for_a_story() -> None:
    assert kind_of("What is your view on open weights?") is ThreadKind.VIEW
    assert kind_of("Tell me about a failure.") is ThreadKind.STORY


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
