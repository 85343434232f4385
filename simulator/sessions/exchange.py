"""Whole sessions as one file: exported with hashes, and imported with every check that a stranger's file needs."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import zipfile
import zlib
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.folder import ABOUT, CANDIDATE, INTERVIEWER, JOURNAL, SESSION_ID, SessionFolder
from simulator.sessions.journal import read_journal

SUFFIX = ".interview.zip"
FORMAT = "interview-session"
VERSION = 1
MANIFEST = "manifest.json"

MOST_BYTES = {
    MANIFEST: 100_000,
    ABOUT: 1_000_000,
    JOURNAL: 500_000_000,
    CANDIDATE: 4_000_000_000,
    INTERVIEWER: 4_000_000_000,
}
"""The files that a session has, and the most that each may hold: a WAV file's own limit (37 hours of sound), and a
journal a hundred times that of a long session."""

MOST_TIMES = 100
"""How many times larger than the file itself its content may be: text shrinks to a tenth, and sound is stored as it is;
a bomb is a thousand times larger and more."""

_PIECE = 1 << 20
_ARRIVING = ".arriving-"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class _Manifest(BaseModel):
    format: str
    version: int
    session: str
    files: list[_File]


def export_session(folder: SessionFolder, target: Path) -> Path:
    """Write a whole session into one file.

    Args:
        folder: the session.
        target: the file; if it is a folder, the file goes there under the session's id.

    Returns:
        the file that was written.

    Raises:
        BadInputError: there is such a file already, or no session.
        StorageError: the file cannot be written.
    """
    SessionFolder.open(folder.path)
    target = target / f"{folder.id}{SUFFIX}" if target.is_dir() else target
    if target.exists():
        raise BadInputError(f"{target} is there already.", "Name another file.")
    part = target.with_name(target.name + ".part")
    names = [name for name in (JOURNAL, ABOUT, CANDIDATE, INTERVIEWER) if (folder.path / name).is_file()]
    try:
        files = []
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                size, digest = _pack(archive, folder.path / name, name)
                files.append(_File(name=name, sha256=digest, size=size))
            manifest = _Manifest(format=FORMAT, version=VERSION, session=folder.id, files=files)
            archive.writestr(MANIFEST, manifest.model_dump_json(indent=2))
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{target} cannot be written: {error.strerror}.", "Name another file or free space."
        ) from error
    return target


def _pack(archive: zipfile.ZipFile, path: Path, name: str) -> tuple[int, str]:
    """Put one file in, hashing exactly what goes in (a running session's files still grow)."""
    info = zipfile.ZipInfo.from_file(path, name)
    info.compress_type = zipfile.ZIP_STORED if name.endswith(".wav") else zipfile.ZIP_DEFLATED
    digest, left = hashlib.sha256(), path.stat().st_size
    total = left
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as out:
        while left and (piece := source.read(min(_PIECE, left))):
            digest.update(piece)
            out.write(piece)
            left -= len(piece)
    return total - left, digest.hexdigest()


def import_session(source: Path, root: Path) -> SessionFolder:
    """Take a session from a file that `export_session` wrote, here or elsewhere.

    Nothing in the file is trusted: only the files that a session has are taken, each is held to its size and its
    hash, and the session appears under the root only when all of it has been checked.

    Args:
        source: the file.
        root: the folder that holds a folder a session.

    Raises:
        BadInputError: the file is no exported session, is damaged, or the session is there already.
        StorageError: it cannot be written, or there is no room for it.
    """
    if not source.is_file():
        raise BadInputError(f"There is no file {source}.", "Check its name.")
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _checked_manifest(archive, source)
            target = root / manifest.session
            if target.exists():
                raise BadInputError(f"The session {manifest.session} is there already.", "Delete that one first.")
            needed = sum(file.size for file in manifest.files)
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if shutil.disk_usage(root).free < needed:
                raise StorageError(f"There is no room for {needed:,} bytes under {root}.", "Free some space.")
            arriving = root / f"{_ARRIVING}{manifest.session}"
            shutil.rmtree(arriving, ignore_errors=True)
            try:
                arriving.mkdir(mode=0o700)
                for file in manifest.files:
                    _unpack(archive, file, arriving / file.name, source)
                _check_session(arriving, manifest.session, source)
                arriving.rename(target)
            finally:
                shutil.rmtree(arriving, ignore_errors=True)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise BadInputError(f"{source} is damaged or no exported session.", "Export it again.") from error
    except OSError as error:
        raise StorageError(
            f"{source} cannot be imported: {error.strerror}.", "Check the file and the space."
        ) from error
    return SessionFolder(target)


def _refuse(source: Path, why: str) -> BadInputError:
    return BadInputError(
        f"{source} is no exported session: {why}.", "Take a file that `interview sessions export` wrote."
    )


def _checked_manifest(archive: zipfile.ZipFile, source: Path) -> _Manifest:
    """Check every entry before anything is read, then the manifest against the entries."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or not set(names) <= MOST_BYTES.keys() or MANIFEST not in names:
        raise _refuse(source, "it holds other files than a session has")
    for entry in entries:
        mode = entry.external_attr >> 16
        if entry.is_dir() or entry.flag_bits & 1 or (stat.S_IFMT(mode) not in {0, stat.S_IFREG}):
            raise _refuse(source, "it holds something that is no plain file")
        if entry.file_size > MOST_BYTES[entry.filename]:
            raise _refuse(source, f"{entry.filename} is too large")
    if sum(entry.file_size for entry in entries) > MOST_TIMES * max(source.stat().st_size, 10_000):
        raise _refuse(source, "it would unpack to far more than a session holds")
    with archive.open(MANIFEST) as file:
        content = file.read(MOST_BYTES[MANIFEST] + 1)
    try:
        manifest = _Manifest.model_validate_json(content[: MOST_BYTES[MANIFEST]])
    except ValidationError:
        raise _refuse(source, "its list of files cannot be read") from None
    if manifest.format != FORMAT or not re.fullmatch(SESSION_ID, manifest.session):
        raise _refuse(source, "its list of files is of something else")
    if manifest.version > VERSION:
        raise BadInputError(f"{source} is of a newer version of the program.", "Update the program.")
    if sorted(file.name for file in manifest.files) != sorted(name for name in names if name != MANIFEST):
        raise _refuse(source, "its list of files is not of the files in it")
    if JOURNAL not in names:
        raise _refuse(source, "it has no journal")
    return manifest


def _unpack(archive: zipfile.ZipFile, file: _File, target: Path, source: Path) -> None:
    digest, size = hashlib.sha256(), 0
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, archive.open(file.name) as packed:
        while piece := packed.read(_PIECE):
            size += len(piece)
            if size > file.size:
                raise _refuse(source, f"{file.name} is longer than its list of files says")
            digest.update(piece)
            out.write(piece)
    if size != file.size or digest.hexdigest() != file.sha256:
        raise _refuse(source, f"{file.name} is damaged")


def _check_session(folder: Path, session: str, source: Path) -> None:
    journal = read_journal(folder / JOURNAL)
    first = journal.events[0] if journal.events else None
    if not isinstance(first, ev.SessionStarted) or first.session != session:
        raise _refuse(source, "its journal is of another session")
    for name in (CANDIDATE, INTERVIEWER):
        path = folder / name
        if path.exists():
            with path.open("rb") as file:
                _check_wav(file, name, source)


def _check_wav(file: IO[bytes], name: str, source: Path) -> None:
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise _refuse(source, f"{name} is no WAV file")
