from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import ModelError
from simulator.domain.speech import Sound
from simulator.speaking.child import Child
from simulator.speaking.espeak_voice import EspeakVoice
from simulator.speaking.piper_voice import PiperVoice
from simulator.speaking.profiles import EspeakEngine, PiperEngine, SystemEngine
from simulator.speaking.system_voice import SystemVoice
from simulator.speaking.voices import ProfileVoice

VoiceOf = Callable[..., ProfileVoice]
ESPEAK: dict[str, str | float] = {"engine": "espeak"}
TEXT = "What did you decide? And why?"


def loudness(sound: Sound) -> float:
    return float(np.abs(np.frombuffer(sound.samples, "<i2").astype(np.int32)).max())


def test_piper_gives_the_sound_of_a_sentence(piper: PiperVoice) -> None:
    sound = piper.speak("What did you decide?")
    assert 0.5 < sound.duration_s < 3
    assert loudness(sound) > 5000


@pytest.mark.parametrize("engine", ["system", "espeak"])
def test_a_plain_engine_gives_a_sound_for_each_sentence(engine: str, voice_of: VoiceOf) -> None:
    sounds = list(voice_of({"engine": engine}).synthesize(TEXT))
    assert len(sounds) == 2
    assert all(0.3 < sound.duration_s < 5 and loudness(sound) > 1000 for sound in sounds)


def test_a_faster_pace_takes_less_time(voice_of: VoiceOf) -> None:
    slow, fast = (next(voice_of({"engine": "espeak", "pace": pace}).synthesize(TEXT)) for pace in (0.8, 1.6))
    assert fast.duration_s < 0.7 * slow.duration_s


def test_a_higher_piper_voice_keeps_its_pace(piper: PiperVoice) -> None:
    high = PiperVoice(PiperEngine(engine="piper", pitch=1.2))
    try:
        sentence = "What exactly did you yourself decide that night?"
        one, other = piper.speak(sentence), high.speak(sentence)
    finally:
        high.close()
    assert other.rate_hz == round(1.2 * one.rate_hz)
    assert other.duration_s == pytest.approx(one.duration_s, rel=0.15)


def test_a_missing_engine_is_passed_over_and_told_once(voice_of: VoiceOf, notices: list[tuple[str, str]]) -> None:
    voice = voice_of({"engine": "piper", "model": "/nowhere/voice.onnx"}, ESPEAK)
    list(voice.synthesize(TEXT))
    assert voice.engine.startswith("espeak-ng ")
    assert len(notices) == 1
    assert notices[0][0].startswith("The voice /nowhere/voice.onnx is not there. The voice is now espeak-ng")


def test_an_engine_that_fails_at_a_sentence_is_replaced_and_the_sentence_spoken(
    voice_of: VoiceOf, notices: list[tuple[str, str]], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model")
    broken.with_name("broken.onnx.json").write_text("{}")
    voice = voice_of({"engine": "piper", "model": str(broken)}, ESPEAK)
    assert voice.engine.startswith("piper-tts")
    assert len(list(voice.synthesize(TEXT))) == 2
    assert voice.engine.startswith("espeak-ng")
    assert len(notices) == 1


def test_without_any_engine_the_error_says_why(
    voice_of: VoiceOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match=r"No engine .* espeak-ng is not installed"):
        voice_of(ESPEAK)


def test_words_can_never_be_options_of_espeak() -> None:
    sound = EspeakVoice(EspeakEngine(engine="espeak")).speak("--version")
    assert sound.duration_s > 0.3


def test_an_espeak_voice_that_does_not_exist_is_told(voice_of: VoiceOf) -> None:
    with pytest.raises(ModelError, match="espeak-ng failed"):
        next(voice_of({"engine": "espeak", "voice": "klingon-x"}).synthesize(TEXT))


def test_a_killed_voice_process_is_started_again_for_the_same_sentence() -> None:
    voice = SystemVoice(SystemEngine(engine="system"))
    try:
        voice.speak("One.")
        os.kill(voice._child.pid, signal.SIGKILL)
        assert voice.speak("Two.").duration_s > 0.2
    finally:
        voice.close()


def worker(folder: Path, body: str) -> Path:
    script = folder / "worker.py"
    script.write_text(f"import json, sys\nprint(json.dumps({{'ready': True}}), flush=True)\n{body}\n")
    return script


def test_a_voice_process_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    child = Child("Slow", worker(tmp_path, "sys.stdin.readline()\nsys.stdin.readline()"), [], answer_s=0.3)
    try:
        with pytest.raises(ModelError, match=r"gave nothing within 0\.3 s"):
            child.ask({"text": "Hello."})
    finally:
        child.close()


def test_a_voice_process_that_dies_twice_is_given_up(tmp_path: Path) -> None:
    child = Child("Frail", worker(tmp_path, "sys.stdin.readline()"), [])
    try:
        with pytest.raises(ModelError, match="stopped working"):
            child.ask({"text": "Hello."})
    finally:
        child.close()


def test_what_a_voice_process_complains_of_is_passed_on(tmp_path: Path) -> None:
    body = "sys.stdin.readline()\nprint(json.dumps({'error': 'no tongue'}), flush=True)\nsys.stdin.readline()"
    child = Child("Mute", worker(tmp_path, body), [])
    try:
        with pytest.raises(ModelError, match="Mute cannot speak: no tongue"):
            child.ask({"text": "Hello."})
    finally:
        child.close()


def test_no_voice_process_outlives_its_voice() -> None:
    voice = SystemVoice(SystemEngine(engine="system"))
    voice.speak("One.")
    pid = voice._child.pid
    voice.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


class VoiceServer(ThreadingHTTPServer):
    """An /audio/speech that answers as it is told, and keeps what it was asked."""

    def __init__(self, status: int, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), SpeechRequest)
        self.status, self.content = status, content
        self.asked: list[dict[str, str | float]] = []
        self.keys: list[str] = []


class SpeechRequest(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, VoiceServer)
        server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        server.keys.append(self.headers.get("Authorization", ""))
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(server.content)))
        self.end_headers()
        self.wfile.write(server.content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def speech_of_espeak() -> bytes:
    program = shutil.which("espeak-ng")
    assert program is not None
    return subprocess.run([program, "--stdout", "Hello there."], capture_output=True, check=True).stdout


def spoken_by_server(
    voice_of: VoiceOf, status: int, content: bytes, *, timeout_s: float = 5.0
) -> tuple[VoiceServer, ProfileVoice, list[Sound]]:
    server = VoiceServer(status, content)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        choice: dict[str, str | float] = {
            "engine": "server",
            "base_url": f"http://127.0.0.1:{server.server_port}/v1",
            "model": "tts-1",
            "voice": "alloy",
            "timeout_s": timeout_s,
        }
        voice = voice_of(choice, ESPEAK)
        return server, voice, list(voice.synthesize("Hello there."))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_server_gives_the_sound_of_a_sentence(
    voice_of: VoiceOf, speech_of_espeak: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEW_VOICE_KEY", "secret")
    server, voice, sounds = spoken_by_server(voice_of, 200, speech_of_espeak)
    assert voice.engine.endswith("tts-1 alloy")
    assert sounds[0].duration_s > 0.4
    assert server.asked[0]["input"] == "Hello there."
    assert server.keys == ["Bearer secret"]


def test_the_openai_key_is_sent_to_no_other_server(
    voice_of: VoiceOf, speech_of_espeak: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    server, _, _ = spoken_by_server(voice_of, 200, speech_of_espeak)
    assert not any("secret" in key for key in server.keys)


@pytest.mark.parametrize(
    ("status", "content", "told"),
    [
        (401, b"{}", "refuses the key"),
        (500, b"{}", "answers with status 500"),
        (200, b"this is not sound", "gave no sound"),
        (200, b"RIFF$\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xac\0\0\x02\0\x10\0data\0\0\0\0", "no sound"),
    ],
)
def test_a_server_that_fails_is_replaced_by_the_next_engine(
    voice_of: VoiceOf, notices: list[tuple[str, str]], status: int, content: bytes, told: str
) -> None:
    _, voice, sounds = spoken_by_server(voice_of, status, content)
    assert voice.engine.startswith("espeak-ng")
    assert sounds[0].duration_s > 0.4
    assert len(notices) == 1
    assert told in notices[0][0]
