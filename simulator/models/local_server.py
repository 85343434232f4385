"""A language model served on this machine by llama.cpp, in a process of its own that outlives the command.

The process holds a lease, a small file in the data folder: while the file names it, it serves; when the
file is gone or names another, it ends by itself. So stopping needs no signal and can hit nothing else.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.config.paths import data_dir, log_dir
from simulator.domain.errors import ModelError, ServerError, StorageError
from simulator.models.manifest import Model, manifest

HOST = "127.0.0.1"
"""The only address that is ever listened at."""

CONTEXT_TOKENS = 8192
"""What a model is given to read at most; a 40-minute thread has about 6,000 tokens."""

CACHE_MIB = 512
"""Memory for conversations that are not being read; llama.cpp's own default is 8 GiB."""

LOOK_S = 0.25
"""How often the process looks at its lease, and a command at the process."""

START_LIMIT_S = 180.0
"""How long a model may take to load: 1.1 GB from a slow disk."""

STOP_LIMIT_S = 10.0
"""How long the process may take to notice that its lease is gone."""

ANSWER_LIMIT_S = 1.0
"""How long the server may take to say that it is well."""


class _Lease(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str
    model: str
    pid: int = 0
    port: int = 0


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A running server.

    Attributes:
        base_url: its address, to be used as `language_model.base_url`.
        model: the model's name in the manifest, and at the server.
        pid: the process.
    """

    base_url: str
    model: str
    pid: int


def lease_file() -> Path:
    """Give the path of the lease."""
    return data_dir() / "local-model.json"


def log_file() -> Path:
    """Give the path of the server's log, which holds no words of a conversation."""
    return log_dir() / "local-model.log"


def served_models() -> list[Model]:
    """Give the models of the manifest that can be served: those of one GGUF file."""
    return [model for model in manifest().values() if any(file.name.endswith(".gguf") for file in model.files)]


def active_server() -> LocalServer | None:
    """Give the server that runs, or None; asks it whether it is well and whose model it serves."""
    lease = _read_lease()
    if lease is None or not lease.port:
        return None
    if _serves(lease.port) != lease.model:
        return None
    return LocalServer(f"http://{HOST}:{lease.port}/v1", lease.model, lease.pid)


def check_installed() -> None:
    """Make sure that llama.cpp is there.

    Raises:
        ModelError: it is not; says how to install it.
    """
    if find_spec("xllamacpp") is None:
        raise ModelError(
            "Serving a language model needs llama.cpp, which is not installed.",
            "Run `pip install 'interview-simulator[local-llm]'`, or `uv sync --extra local-llm` in a checkout.",
        )


def start_server(name: str, gguf: Path, waiting: Callable[[], None] = lambda: None) -> LocalServer:
    """Serve a model, and wait until it answers; a server that serves it already is left alone.

    Args:
        name: the model's name in the manifest.
        gguf: the model's file.
        waiting: called now and then while it loads.

    Raises:
        ModelError: llama.cpp is not installed.
        ServerError: the process ended before it could serve; says where its log lies.
        StorageError: lease or log cannot be written.
    """
    check_installed()
    running = active_server()
    if running is not None and running.model == name:
        return running
    stop_server()
    token = secrets.token_hex(8)
    _write_lease(_Lease(token=token, model=name))
    process = _spawn(gguf, token)
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        server = active_server()
        if server is not None:
            process.returncode = 0  # It outlives this command on purpose: nobody waits for its end.
            return server
        waiting()
        time.sleep(LOOK_S)
    lease_file().unlink(missing_ok=True)
    raise ServerError(f"The model {name} could not be served.", f"Its log says why: {log_file()}.")


def stop_server() -> LocalServer | None:
    """End the server and wait until it is gone; gives what was running, None if nothing was.

    Raises:
        ServerError: the process does not end.
    """
    lease = _read_lease()
    running = active_server()
    lease_file().unlink(missing_ok=True)
    if lease is None or not lease.port:
        return None
    deadline = time.monotonic() + STOP_LIMIT_S
    while time.monotonic() < deadline:
        if _serves(lease.port) != lease.model:
            return running
        time.sleep(LOOK_S)
    raise ServerError(
        f"The local model server (process {lease.pid}) does not end.", f"End the process {lease.pid} yourself."
    )


def _read_lease() -> _Lease | None:
    try:
        return _Lease.model_validate_json(lease_file().read_bytes())
    except (OSError, ValidationError):
        return None


def _write_lease(lease: _Lease) -> None:
    path = lease_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{lease.token}")
        scratch.touch(mode=0o600)
        scratch.write_text(lease.model_dump_json(), encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Free or unlock the folder.") from error


def _spawn(gguf: Path, token: str) -> subprocess.Popen[bytes]:
    """Start the process apart from this command's terminal and session."""
    log = log_file()
    command = [sys.executable, "-m", "simulator.models.local_server", str(gguf), token]
    flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "DETACHED_PROCESS", 0)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                creationflags=flags,
                cwd=log.parent,
            )
    except OSError as error:
        raise StorageError(f"The server's process cannot be started: {error.strerror}.", f"Look at {log}.") from error


def _serves(port: int) -> str:
    """Give the name of the model that answers at a port of this machine, "" if none does.

    Asked without the library and without a proxy: it costs a millisecond, at every start of an interview.
    """
    connection = http.client.HTTPConnection(HOST, port, timeout=ANSWER_LIMIT_S)
    try:
        connection.request("GET", "/v1/models")
        response = connection.getresponse()
        said = json.loads(response.read()) if response.status == http.client.OK else {}
        return str(said["data"][0]["id"])
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError):
        return ""
    finally:
        connection.close()


# What runs in the process.


def _held(token: str) -> _Lease | None:
    """Give the lease if it is this process's."""
    lease = _read_lease()
    return lease if lease is not None and lease.token == token else None


def _spare_cores() -> int:
    """Give how many threads compute: one core is left to the recognizer.

    llama.cpp's threads wait for each other in a loop, so one thread too many costs far more than it
    gives: with both cores of a two-core machine in use, 0.8 tokens a second on two threads, 7.8 on one
    (1.5B model, `benchmarks/wording.py` tells of the whole).
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2
    return max(1, cores - 1)


def _serve(gguf: Path, token: str) -> int:
    """Serve until the lease is gone."""
    from xllamacpp import CommonParams, Server

    lease = _held(token)
    if lease is None:
        return 1
    parameters = CommonParams()
    parameters.model.path = str(gguf)
    parameters.model_alias = {lease.model}
    parameters.hostnames = [HOST]
    parameters.port = 0
    parameters.n_ctx = CONTEXT_TOKENS
    parameters.n_parallel = 1
    parameters.cache_ram_mib = CACHE_MIB
    parameters.cpuparams.n_threads = threads = _spare_cores()
    parameters.cpuparams_batch.n_threads = threads
    # The pages of other programs' browsers must not read from here, and nobody a conversation's words.
    parameters.cors_origins = "http://127.0.0.1"
    parameters.endpoint_slots = False
    parameters.ui = False
    parameters.verbosity = 1
    server = Server(parameters)
    port = int(server.listening_address.rsplit(":", 1)[1])
    if _held(token) is not None:
        _write_lease(lease.model_copy(update={"pid": os.getpid(), "port": port}))
    with contextlib.suppress(KeyboardInterrupt):
        while _held(token) is not None:
            time.sleep(LOOK_S)
    # A server in the middle of an answer would keep the interpreter from ending.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(_serve(Path(sys.argv[1]), sys.argv[2]))
