"""A hub and a package index on localhost, made for one test."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from simulator.models.manifest import Model, read_manifest

Answer = Callable[["Request"], None]


class Request(BaseHTTPRequestHandler):
    """Answers as the server that it belongs to says; keeps what was asked."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.asked.append((self.path, self.headers.get("Range", "")))
        server.answer(self)

    def give(self, content: bytes, status: int = 200, length: int | None = None) -> None:
        """Answer with content; a length beyond it makes the answer break off."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.send_header("Content-Type", "text/html" if content.startswith(b"<") else "application/octet-stream")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server on localhost and what it was asked: path and range."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(answer: Answer) -> Iterator[Server]:
    server = Server(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ranged(content: bytes) -> Answer:
    """Give the content, from where it is asked for."""

    def answer(request: Request) -> None:
        start = request.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-")
        request.give(content[int(start) :], 206 if start != "0" else 200)

    return answer


def index(packages: dict[str, dict[str, bytes]]) -> Answer:
    """Give a package index with a version 1.0 of each package, holding these members."""
    wheels = {
        name: (f"{name.replace('-', '_')}-1.0-py3-none-any.whl", wheel(name, packages[name])) for name in packages
    }

    def answer(request: Request) -> None:
        name = request.path.strip("/").split("/")[-1]
        if name in wheels:
            file = wheels[name][0]
            request.give(f'<!DOCTYPE html><html><body><a href="/files/{file}">{file}</a></body></html>'.encode())
            return
        for file, content in wheels.values():
            if file == name:
                request.give(content)
                return
        request.give(b"", 404)

    return answer


def wheel(name: str, members: dict[str, bytes]) -> bytes:
    """Make a wheel that carries some members."""
    out = io.BytesIO()
    folder = f"{name.replace('-', '_')}-1.0.dist-info"
    with zipfile.ZipFile(out, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{folder}/RECORD", "")
    return out.getvalue()


def model_of(content: bytes, *, hub: bool = True, parts: tuple[str, ...] = ()) -> dict[str, Model]:
    """Give a manifest with one model "toy" of one file "toy.bin"."""
    table = f"""
[toy]
title = "Toy"
purpose = "the tests"
licence = "CC0-1.0"
group = "required"
[[toy.files]]
name = "toy.bin"
sha256 = "{hashlib.sha256(content).hexdigest()}"
size = {len(content)}
hub = "{"owner/toy@abc/data/toy.bin" if hub else ""}"
parts = {list(parts)!r}
"""
    return dict(read_manifest(table))
