"""Servers on localhost for the language-model tests: a scripted one for the faults, llama.cpp for the protocol."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from simulator.config.settings import LanguageModelSettings
from simulator.judging.embedded import EmbeddedJudge
from simulator.models.local_server import LocalServer, start_server, stop_server
from simulator.models.store import model_path


@dataclass
class Answer:
    """What the scripted server answers to one question.

    `body` replaces the whole body of the answer; with `held`, nothing is answered until the test is over.
    """

    content: str | None = ""
    finish: str | None = "stop"
    status: int = 200
    body: bytes | None = None
    held: bool = False


Script = Callable[[dict[str, Any]], Answer]


@dataclass
class ScriptedServer:
    """An OpenAI-compatible server that answers as it is told; keeps what it was asked."""

    base_url: str
    answer: Script = field(default=lambda request: Answer())
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def say(self, *answers: Answer) -> None:
        """Give these answers in turn, the last one again and again."""
        left = list(answers)
        self.answer = lambda request: left.pop(0) if len(left) > 1 else left[0]

    def settings(self, **changes: Any) -> LanguageModelSettings:
        """Give settings that point at this server."""
        return LanguageModelSettings(**{"base_url": self.base_url, "model": "scripted", "timeout_s": 20, **changes})

    def user_texts(self) -> list[str]:
        """Give the last user message of every request."""
        return [request["messages"][-1]["content"] for request in self.requests]


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return

        def do_GET(self) -> None:
            server.keys.append(self.headers.get("Authorization", ""))
            self._send(server.answer({}), {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.requests.append(request)
            server.keys.append(self.headers.get("Authorization", ""))
            server.asked.set()
            answer = server.answer(request)
            if answer.held:
                server.over.wait()
                self.close_connection = True
                return
            if request.get("stream") and answer.status == 200 and answer.body is None:
                self._stream(answer)
                return
            message = {"role": "assistant", "content": answer.content}
            choice = {"index": 0, "finish_reason": answer.finish, "message": message}
            self._send(
                answer, {"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
            )

        def _send(self, answer: Answer, body: dict[str, Any]) -> None:
            if answer.status != 200 and answer.body is None:
                body = {"error": {"message": answer.content, "type": "invalid_request_error"}}
            data = answer.body if answer.body is not None else json.dumps(body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, answer: Answer) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for word in (answer.content or "").split(" "):
                choice = {"index": 0, "delta": {"content": f"{word} "}, "finish_reason": None}
                chunk = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
            self.wfile.write(b"data: [DONE]\n\n")

    return Handler


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server that is gone after the test."""
    scripted = ScriptedServer("")
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(scripted))
    scripted.base_url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, name="scripted-server")
    thread.start()
    yield scripted
    scripted.over.set()
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(scope="session")
def embedded() -> EmbeddedJudge:
    """The embedded engine, loaded once."""
    return EmbeddedJudge.load()


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data, settings and logs in a folder of the test's own."""
    for name in ("DATA", "CONFIG", "LOG"):
        monkeypatch.setenv(f"INTERVIEW_{name}_DIR", str(tmp_path / name.lower()))
    return tmp_path


@pytest.fixture(scope="session")
def gguf() -> Path:
    """The small real model's file."""
    return next(model_path("smollm2-135m").glob("*.gguf"))


@pytest.fixture(scope="session")
def llama(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    """llama.cpp serving the small real model."""
    folder = tmp_path_factory.mktemp("llama")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERVIEW_DATA_DIR", str(folder / "data"))
        patch.setenv("INTERVIEW_LOG_DIR", str(folder / "log"))
        running = start_server("smollm2-135m", gguf)
    yield running
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERVIEW_DATA_DIR", str(folder / "data"))
        stop_server()
