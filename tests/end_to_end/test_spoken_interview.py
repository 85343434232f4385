"""One interview on real sound: a recording goes into the microphone, the interviewer is heard at the loudspeaker."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import wave
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.domain import events as ev
from simulator.domain.state import SessionState, replay
from simulator.domain.words import text_of
from simulator.interviewing.packs import load_pack
from simulator.listening.decoding import decode_whole
from simulator.listening.second_look import transcribe_file
from simulator.models.store import model_path
from simulator.sessions.folder import SessionFolder, list_sessions
from simulator.sessions.journal import read_journal
from simulator.sessions.recording import read_sound

SPEECH = Path(__file__).parents[1] / "listening" / "sound" / "meeting.flac"
QUESTION = "ownership"
SEED = "1"
RATE_HZ = 16_000

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True)
class Sitting:
    """An interview that was sat: what was printed, heard and kept."""

    printed: tuple[str, ...]
    heard: NDArray[np.float32]
    folder: SessionFolder
    state: SessionState
    status: int


@pytest.fixture(scope="module")
def sitting(sound_devices: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Sitting:
    """Sit one interview: answer the question with a person's recording, hear the follow-up, leave."""
    home = tmp_path_factory.mktemp("home")
    heard = home / "heard.wav"
    spoken = home / "spoken.wav"
    _as_wav(SPEECH, spoken)
    environment = {
        **os.environ,
        **sound_devices,
        "INTERVIEW_DATA_DIR": str(home / "data"),
        "INTERVIEW_CONFIG_DIR": str(home / "c"),
    }
    recorder = subprocess.Popen(
        ["parecord", "--device=speakers.monitor", "--rate=16000", "--channels=1", "--file-format=wav", str(heard)],
        env=environment,
    )
    program = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "simulator",
            "start",
            "--plain",
            "--question",
            QUESTION,
            "--minutes",
            "0",
            "--seed",
            str(SEED),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert program.stdout is not None
    printed: list[str] = []
    turns = 0
    try:
        for line in program.stdout:
            printed.append(line.strip())
            if line.startswith("[listening]"):
                turns += 1
                if turns == 1:
                    # Half a second of sound in the server's hands: enough for a machine that is busy with all else.
                    subprocess.run(
                        ["paplay", "--device=mic_cable", "--latency-msec=500", str(spoken)], env=environment, check=True
                    )
                else:
                    program.send_signal(signal.SIGTERM)
        status = program.wait(60)
    finally:
        program.kill()
        program.communicate()
        recorder.terminate()
        recorder.wait(10)
    (folder,) = list_sessions(home / "data" / "sessions")
    state = replay(read_journal(folder.journal).events)
    return Sitting(tuple(printed), decode_whole(heard), folder, state, status)


def _as_wav(source: Path, target: Path) -> None:
    samples = decode_whole(source)
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes())


def _content(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z']+", text.lower()) if len(word) > 3}


def _pairs(text: str) -> set[tuple[str, str]]:
    """Give the pairs of neighbouring words of which one at least says something."""
    words = re.findall(r"[a-z']+", text.lower())
    return {(one, other) for one, other in pairwise(words) if max(len(one), len(other)) > 5}


@pytest.fixture(scope="module")
def heard(sitting: Sitting) -> set[str]:
    """The words of substance that a recognizer hears at the loudspeaker."""
    whole = transcribe_file(sitting.heard, model_path("whisper-base"))
    return _content(text_of(word for _, words in whole for word in words))


def test_the_question_is_heard_at_the_loudspeaker(heard: set[str]) -> None:
    asked = _content(load_pack("openai-behavioral-mission").question(QUESTION).text)
    assert len(asked & heard) >= 0.8 * len(asked)


def test_the_candidate_s_words_are_in_the_record(sitting: Sitting) -> None:
    said = _content(sitting.state.answers["a1"].text)
    assert {"meeting", "sarah", "emily", "discussed", "project", "goals"} <= said


def test_the_follow_up_takes_up_what_the_candidate_said(sitting: Sitting) -> None:
    thread = sitting.state.threads["t1"]
    probe = thread.probes[0]
    said = sitting.state.answers["a1"].text
    assert _pairs(probe.text) & _pairs(said) - _pairs(thread.text), probe.text
    assert "takes up" in probe.reason
    assert probe.text.count("?") == 1


def test_the_follow_up_is_heard_at_the_loudspeaker(sitting: Sitting, heard: set[str]) -> None:
    asked = _content(sitting.state.threads["t1"].probes[0].text)
    assert len(asked & heard) >= 0.8 * len(asked)


def test_the_recording_is_what_was_played(sitting: Sitting) -> None:
    played = decode_whole(SPEECH)
    kept = read_sound(sitting.folder.candidate).astype(np.float32) / 32768
    size = 1 << (len(kept) + len(played)).bit_length()
    product = np.fft.rfft(kept, size) * np.conj(np.fft.rfft(played, size))
    at = int(np.argmax(np.fft.irfft(product, size)[: len(kept) - len(played)]))
    there = kept[at : at + len(played)]
    assert float(played @ there) / float(np.sqrt((played @ played) * (there @ there))) > 0.95


def test_the_words_times_are_places_in_the_recording(sitting: Sitting) -> None:
    words = sitting.state.answers["a1"].words
    kept = read_sound(sitting.folder.candidate).astype(np.float32)
    said = kept[int(words[0].start_s * RATE_HZ) : int(words[-1].end_s * RATE_HZ)]
    before = kept[: int(max(0.0, words[0].start_s - 1.0) * RATE_HZ)]
    assert np.abs(said).mean() > 10 * (np.abs(before).mean() + 1)


def test_a_signal_ends_the_session_in_order_with_its_status(sitting: Sitting) -> None:
    assert sitting.status == 143
    assert sitting.state.closed is not None
    assert any("The session is kept in" in line for line in sitting.printed)


def test_what_was_really_heard_of_each_utterance_is_in_the_journal(sitting: Sitting) -> None:
    events = read_journal(sitting.folder.journal).events
    ended = [event for event in events if isinstance(event, ev.SpeechEnded) and event.complete]
    started = {event.speech: event.text for event in events if isinstance(event, ev.SpeechStarted)}
    assert ended and all(event.heard == started[event.speech] for event in ended)
