"""`interview setup`: fetches models and voices, and says what each is for, its size and its licence."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from simulator.domain.errors import ExitStatus, SimulatorError
from simulator.models.manifest import Group, Model, known_model, manifest
from simulator.models.store import Progress, fetch, is_fetched, model_path, models_dir

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

Tell = Callable[[Progress], None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("models", nargs="*", metavar="MODEL", help="fetch these; without any, what an interview needs")
    parser.add_argument("--all", action="store_true", help="fetch every model, also those for training and tests")
    parser.add_argument("--tests", action="store_true", help="fetch what an interview and the tests need")
    parser.add_argument("--list", action="store_true", help="fetch nothing; list the models")
    parser.add_argument("--json", action="store_true", help="print the models as JSON")


def run(options: argparse.Namespace) -> int:
    """Fetch what is wanted and print what is there; one model that fails does not stop the others."""
    chosen = [] if options.list else _chosen(options)
    failures: dict[str, SimulatorError] = {}
    missing = [model for model in chosen if not _is_good(model)]
    with _bars(missing) as tell:
        for model in missing:
            try:
                fetch(model.name, tell)
            except SimulatorError as error:
                failures[model.name] = error
    if options.json:
        print(json.dumps([_row(model, failures) for model in manifest().values()], indent=2))
    elif options.list:
        _print_list(list(manifest().values()))
    else:
        _print_done(chosen, missing, failures)
    for failure in failures.values():
        print(f"interview: {failure}", file=sys.stderr)
    return int(next(iter(failures.values())).status if failures else ExitStatus.OK)


def _chosen(options: argparse.Namespace) -> list[Model]:
    if options.models:
        return [known_model(manifest(), name) for name in options.models]
    groups = {Group.TESTS} if options.tests else set()
    return [model for model in manifest().values() if options.all or model.wanted or model.group in groups]


def _is_good(model: Model) -> bool:
    """Tell whether a model is here and whole; a damaged one is fetched again."""
    if not is_fetched(model.name):
        return False
    try:
        model_path(model.name)
    except SimulatorError:
        return False
    return True


def _row(model: Model, failures: dict[str, SimulatorError]) -> dict[str, str | int | bool]:
    error = failures.get(model.name)
    return {
        "name": model.name,
        "title": model.title,
        "purpose": model.purpose,
        "licence": model.licence,
        "bytes": model.size,
        "group": model.group.value,
        "wanted": model.wanted,
        "present": is_fetched(model.name),
        "folder": str(models_dir() / model.name),
        "error": error.message if error is not None else "",
        "hint": error.hint if error is not None else "",
    }


def _print_list(models: Sequence[Model]) -> None:
    for model in models:
        state = "here" if is_fetched(model.name) else "not here"
        needed = "needed" if model.wanted else model.group.value
        print(f"{model.name}: {model.title}, for {model.purpose}")
        print(f"    {_size(model.size)}, licence {model.licence}, {needed}, {state}")


def _print_done(chosen: Sequence[Model], missing: Sequence[Model], failures: dict[str, SimulatorError]) -> None:
    for model in chosen:
        state = "missing" if model.name in failures else "fetched" if model in missing else "here already"
        print(f"{model.name}: {state}. For {model.purpose} ({_size(model.size)}, {model.licence}).")
    print(f"The models lie in {models_dir()}. `interview setup --list` shows what else there is.")


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def _bars(models: Sequence[Model]) -> AbstractContextManager[Tell]:
    """Give progress as bars on a terminal, and as a line now and then elsewhere; on standard error."""
    if not models:
        return nullcontext(lambda _: None)
    if not sys.stderr.isatty():
        return nullcontext(_Lines())
    return _Bars(models)


class _Lines:
    """Says how far a fetch has got, a line at its start and then every `EVERY_S`."""

    EVERY_S = 10.0

    def __init__(self) -> None:
        self._told: dict[str, float] = {}

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        last = self._told.get(progress.model)
        if last is None or now - last >= self.EVERY_S:
            self._told[progress.model] = now
            share = 100 * progress.done // progress.total
            print(f"Fetching {progress.model}: {share} % of {_size(progress.total)}", file=sys.stderr)


class _Bars:
    """A bar for each model."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = models
        self._bars: Bars | None = None

    def __enter__(self) -> Tell:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[source]}"),
            console=Console(stderr=True),
        )
        tasks = {
            model.name: self._bars.add_task(f"{model.title}", total=model.size, source="") for model in self._models
        }
        bars = self._bars
        bars.start()

        def tell(progress: Progress) -> None:
            source = f"from the {progress.source}" if progress.source else ""
            bars.update(tasks[progress.model], completed=progress.done, source=source)

        return tell

    def __exit__(self, *_: object) -> None:
        if self._bars is not None:
            self._bars.stop()
