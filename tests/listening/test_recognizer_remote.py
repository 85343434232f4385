"""A recognizer behind an address: a real server on this machine, asked and then gone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from simulator.domain.errors import ServerError
from simulator.domain.hearing import RecognizerChanged
from simulator.listening.recognizer_messages import Server, Setup
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.listening.remote import RemoteLooker, spread
from simulator.models.store import model_path
from tests.listening.recognition import confirmed, recognize, recording, texts

SAID = {
    "text": "We moved it.",
    "words": [{"word": w, "start": i * 0.5, "end": i * 0.5 + 0.4} for i, w in enumerate(["We", "moved", "it."])],
    "segments": [],
    "language": "en",
    "duration": 2.0,
}


class Transcriber(ThreadingHTTPServer):
    """Answers every request in the same way, and keeps the requests."""

    def __init__(self) -> None:
        self.status = 200
        self.times = True
        self.asked: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = self.server
        assert isinstance(server, Transcriber)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(body)
        refused = not server.times and b"verbose_json" in body
        self.send_response(400 if refused else server.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(SAID if server.times else {"text": SAID["text"]}).encode())

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Transcriber]:
    with Transcriber() as server:
        thread = threading.Thread(target=server.serve_forever, name="transcriber")
        thread.start()
        yield server
        server.shutdown()
        thread.join()


SOUND = np.zeros(32_000, np.float32)


def test_words_and_their_times_come_from_the_server(server: Transcriber) -> None:
    words = RemoteLooker(Server(server.address)).look(SOUND, 10.0).words
    assert [word.text for word in words] == ["We", "moved", "it."]
    assert (words[1].start_s, words[1].end_s) == (10.5, 10.9)


def test_the_sound_is_sent_as_a_wav_file(server: Transcriber) -> None:
    RemoteLooker(Server(server.address, model="large")).look(SOUND)
    assert b"RIFF" in server.asked[0]
    assert b"large" in server.asked[0]


def test_a_server_without_word_times_is_asked_for_plain_text(server: Transcriber) -> None:
    server.times = False
    words = RemoteLooker(Server(server.address)).look(SOUND, 10.0).words
    assert [word.text for word in words] == ["We", "moved", "it."]
    assert words[-1].end_s == pytest.approx(12.0)


def test_a_refusal_is_a_server_error(server: Transcriber) -> None:
    server.status = 401
    with pytest.raises(ServerError, match="401"):
        RemoteLooker(Server(server.address)).look(SOUND)


def test_a_server_that_is_gone_is_a_server_error() -> None:
    with pytest.raises(ServerError, match="cannot be reached"):
        RemoteLooker(Server("http://127.0.0.1:9/v1")).look(SOUND)


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(Server("http://localhost", key="secret"))


def test_the_local_model_takes_over_from_a_server_that_fails(server: Transcriber) -> None:
    server.status = 503
    setup = Setup(model=model_path("whisper-base"), live=False, second_look=False, server=Server(server.address))
    recognizer = ProcessRecognizer(setup)
    results = recognize(recognizer, "a1", recording("jfk.flac"))
    recognizer.close()
    (changed,) = [r for r in results if isinstance(r, RecognizerChanged)]
    assert "503" in changed.reason
    assert {"fellow", "americans", "country"} <= set(texts(confirmed(results, "a1")))


def test_words_are_spread_over_the_sound_by_their_lengths() -> None:
    short, long = spread("a longer", 1.0, 3.0)
    assert short.start_s == 1.0
    assert long.end_s == pytest.approx(4.0)
    assert long.end_s - long.start_s > short.end_s - short.start_s
