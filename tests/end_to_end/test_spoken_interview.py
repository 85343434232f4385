"""One interview on real sound: a recording goes into the microphone, the interviewer is heard at the loudspeaker."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import wave
from dataclasses import dataclass
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
        [sys.executable, "-m", "simulator", "start", "--plain", "--question", QUESTION, "--minutes", "0"],
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
                    subprocess.run(
                        ["paplay", "--device=mic_cable", "--latency-msec=20", str(spoken)], env=environment, check=True
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


def test_the_question_is_heard_at_the_loudspeaker(sitting: Sitting) -> None:
    asked = load_pack("openai-behavioral-mission").question(QUESTION).text
    heard = text_of(word for _, words in transcribe_file(sitting.heard, model_path("whisper-base")) for word in words)
    assert len(_content(asked) & _content(heard)) >= 0.8 * len(_content(asked))


def test_the_candidate_s_words_are_in_the_record(sitting: Sitting) -> None:
    said = _content(sitting.state.answers["a1"].text)
    assert {"fellow", "americans", "country"} <= said


def test_a_follow_up_is_asked_and_says_why(sitting: Sitting) -> None:
    # A speech of eleven seconds holds little to take up; that follow-ups do is tested on the demonstration.
    thread = sitting.state.threads["t1"]
    assert thread.probes and thread.probes[0].reason and thread.probes[0].text.count("?") == 1


def _place(part: NDArray[np.float32], kept: NDArray[np.float32]) -> tuple[int, float]:
    """Give where a second of sound lies in a recording, in samples, and how much it is like it there, 0 to 1."""
    size = 1 << (len(kept) + len(part)).bit_length()
    product = np.fft.rfft(kept, size) * np.conj(np.fft.rfft(part, size))
    at = int(np.argmax(np.fft.irfft(product, size)[: len(kept) - len(part)]))
    there = kept[at : at + len(part)]
    return at, float(part @ there) / float(np.sqrt((part @ part) * (there @ there)))


def test_the_recording_is_what_was_played(sitting: Sitting) -> None:
    # By the second: the virtual sound server itself swallows a few milliseconds now and then on a busy machine.
    played = decode_whole(SPEECH)
    kept = read_sound(sitting.folder.candidate).astype(np.float32) / 32768
    seconds = [played[at : at + RATE_HZ] for at in range(0, len(played) - RATE_HZ, RATE_HZ)]
    places = [_place(second, kept) for second in seconds]
    assert float(np.median([likeness for _, likeness in places])) > 0.9
    starts = [at - number * RATE_HZ for number, (at, likeness) in enumerate(places) if likeness > 0.9]
    assert max(starts) - min(starts) < 0.5 * RATE_HZ


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
