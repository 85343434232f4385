"""`interview local-model`: serve a language model on this machine, for those who have no server."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from simulator.domain.errors import ExitStatus

DEFAULT = "qwen2.5-coder-1.5b"
"""The smallest model in the manifest that words follow-ups usefully."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    start = actions.add_parser("start", help="fetch a model where it is missing, and serve it on 127.0.0.1")
    start.add_argument("model", nargs="?", default=DEFAULT, help=f"a name from `list` (default: {DEFAULT})")
    start.add_argument("--json", action="store_true", help="the result as JSON")
    for name, told in (
        ("stop", "end the server"),
        ("status", "say whether a server runs, where, and with which model"),
        ("list", "list the models that can be served"),
    ):
        actions.add_parser(name, help=told).add_argument("--json", action="store_true", help="the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Do it, and give the exit status."""
    match options.action:
        case "start":
            return _start(options.model, as_json=options.json)
        case "stop":
            return _stop(as_json=options.json)
        case "status":
            return _status(as_json=options.json)
        case _:
            return _list(as_json=options.json)


def _start(name: str, *, as_json: bool) -> int:
    from simulator.domain.errors import UsageError
    from simulator.models.local_server import check_installed, served_models, start_server

    check_installed()
    if name not in {model.name for model in served_models()}:
        raise UsageError(f"There is no language model {name}.", "`interview local-model list` shows those there are.")
    folder = _fetched(name)
    print(f"Loading {name} ...", file=sys.stderr, flush=True)
    server = start_server(name, next(folder.glob("*.gguf")))
    if as_json:
        print(json.dumps({"running": True, "model": server.model, "base_url": server.base_url, "pid": server.pid}))
    else:
        print(f"{server.model} is served at {server.base_url} (process {server.pid}).")
        print("The interviewer uses it by itself, unless language_model.base_url is set.")
        print("End it: interview local-model stop")
    return int(ExitStatus.OK)


def _fetched(name: str) -> Path:
    """Give a model's folder; fetch it first where it is missing, with a bar on the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from simulator.models import store

    if store.is_fetched(name):
        return store.model_path(name)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name)
        return store.fetch(name, lambda p: bar.update(task, completed=p.done, total=p.total))


def _stop(*, as_json: bool) -> int:
    from simulator.models.local_server import stop_server

    stopped = stop_server()
    if as_json:
        print(json.dumps({"running": False, "stopped": stopped.model if stopped else None}))
    else:
        print(f"{stopped.model} is no longer served." if stopped else "No server was running.")
    return int(ExitStatus.OK)


def _status(*, as_json: bool) -> int:
    from simulator.models.local_server import active_server

    server = active_server()
    if as_json:
        known = {"model": server.model, "base_url": server.base_url, "pid": server.pid} if server else {}
        print(json.dumps({"running": server is not None, **known}))
    elif server is None:
        print("No server is running. Start one: interview local-model start")
    else:
        print(f"{server.model} is served at {server.base_url} (process {server.pid}).")
    return int(ExitStatus.OK)


def _list(*, as_json: bool) -> int:
    from simulator.models.local_server import served_models
    from simulator.models.store import is_fetched

    models = served_models()
    if as_json:
        rows = [
            {
                "name": model.name,
                "title": model.title,
                "purpose": model.purpose,
                "bytes": model.size,
                "licence": model.licence,
                "fetched": is_fetched(model.name),
            }
            for model in models
        ]
        print(json.dumps(rows))
        return int(ExitStatus.OK)
    for model in models:
        here = "here" if is_fetched(model.name) else "not fetched"
        print(f"{model.name:22} {model.size / 1e6:6.0f} MB  {here:12} {model.licence:12} {model.purpose}")
    return int(ExitStatus.OK)
