"""A session travels as one file, and nothing in a stranger's file is trusted."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simulator.domain.errors import BadInputError
from simulator.sessions.exchange import export_session, import_session
from simulator.sessions.folder import SessionFolder
from simulator.sessions.loading import load_session
from simulator.sessions.recording import RATE_HZ, Recording
from tests.sessions.conftest import Keep

Entries = dict[str, bytes]


@pytest.fixture
def folder(keep: Keep) -> SessionFolder:
    folder = keep()
    sound = Recording(folder.candidate)
    sound.write(np.arange(RATE_HZ, dtype=np.int16))
    sound.close()
    return folder


@pytest.fixture
def exported(folder: SessionFolder, tmp_path: Path) -> Path:
    return export_session(folder, tmp_path)


def forge(path: Path, change: Callable[[Entries], None], *, listed: bool = True) -> Path:
    """Give a copy of an exported file with other entries, its list of files mended to fit them if asked."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    if listed:
        manifest = json.loads(entries["manifest.json"])
        manifest["files"] = [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in entries.items()
            if name != "manifest.json"
        ]
        entries["manifest.json"] = json.dumps(manifest).encode()
    forged = path.with_name("forged.interview.zip")
    with zipfile.ZipFile(forged, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return forged


def refused(source: Path, root: Path) -> str:
    with pytest.raises(BadInputError) as error:
        import_session(source, root)
    assert not root.exists() or list(root.iterdir()) == []
    return str(error.value)


def test_what_was_exported_is_imported_as_it_was(folder: SessionFolder, exported: Path, tmp_path: Path) -> None:
    assert exported.name == f"{folder.id}.interview.zip"
    there = import_session(exported, tmp_path / "other")
    assert there.id == folder.id
    for name in ("events.jsonl", "candidate.wav", "session.toml"):
        assert (there.path / name).read_bytes() == (folder.path / name).read_bytes()
    assert load_session(there).events == load_session(folder).events


def test_both_the_file_and_the_imported_session_are_the_owners_alone(exported: Path, tmp_path: Path) -> None:
    there = import_session(exported, tmp_path / "other")
    assert exported.stat().st_mode & 0o777 == 0o600
    assert there.path.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in there.path.iterdir())


def test_a_session_that_is_there_is_not_overwritten(folder: SessionFolder, exported: Path) -> None:
    with pytest.raises(BadInputError, match="there already"):
        import_session(exported, folder.path.parent)
    assert load_session(folder).problems == ()


def test_a_file_that_is_there_is_not_overwritten(folder: SessionFolder, exported: Path) -> None:
    with pytest.raises(BadInputError, match="there already"):
        export_session(folder, exported)


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "sub/events.jsonl", "evil.txt", "..\\evil", "lock"])
def test_a_file_that_no_session_has_is_refused(exported: Path, tmp_path: Path, name: str) -> None:
    forged = forge(exported, lambda entries: entries.update({name: b"x"}))
    assert "other files" in refused(forged, tmp_path / "other")
    assert not (tmp_path / "evil.txt").exists()


def test_a_link_is_refused(exported: Path, tmp_path: Path) -> None:
    forged = forge(exported, lambda entries: entries.pop("session.toml"))
    info = zipfile.ZipInfo("session.toml")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(forged, "a") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "no plain file" in refused(forged, tmp_path / "other")


def test_the_same_name_twice_is_refused(exported: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(exported, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("events.jsonl", "x")
    assert "other files" in refused(exported, tmp_path / "other")


def test_a_bomb_is_refused_before_it_is_unpacked(exported: Path, tmp_path: Path) -> None:
    forged = forge(exported, lambda entries: entries.update({"interviewer.wav": bytes(200_000_000)}))
    assert forged.stat().st_size < 1_000_000
    assert "far more" in refused(forged, tmp_path / "other")


def test_a_file_that_unpacks_to_more_than_is_said_is_refused(exported: Path, tmp_path: Path) -> None:
    forged = forge(
        exported, lambda entries: entries.update({"events.jsonl": entries["events.jsonl"] * 2}), listed=False
    )
    assert "longer than" in refused(forged, tmp_path / "other")


def test_changed_words_are_refused(exported: Path, tmp_path: Path) -> None:
    forged = forge(
        exported,
        lambda entries: entries.update({"events.jsonl": entries["events.jsonl"].replace(b"forty", b"sixty")}),
        listed=False,
    )
    assert "damaged" in refused(forged, tmp_path / "other")


@pytest.mark.parametrize("session", ["../../evil", "x", "20261124-153012-k3f9/..", ""])
def test_an_id_that_is_none_is_refused(exported: Path, tmp_path: Path, session: str) -> None:
    def change(entries: Entries) -> None:
        entries["manifest.json"] = json.dumps({**json.loads(entries["manifest.json"]), "session": session}).encode()

    refused(forge(exported, change), tmp_path / "other")


def test_a_journal_of_another_session_is_refused(exported: Path, tmp_path: Path) -> None:
    def change(entries: Entries) -> None:
        manifest = {**json.loads(entries["manifest.json"]), "session": "20200101-000000-aaaa"}
        entries["manifest.json"] = json.dumps(manifest).encode()

    assert "another session" in refused(forge(exported, change), tmp_path / "other")


def test_sound_that_is_no_sound_is_refused(exported: Path, tmp_path: Path) -> None:
    forged = forge(exported, lambda entries: entries.update({"candidate.wav": b"#!/bin/sh\necho hello\n"}))
    assert "no WAV" in refused(forged, tmp_path / "other")


def test_a_file_of_a_newer_version_is_refused_with_what_to_do(exported: Path, tmp_path: Path) -> None:
    def change(entries: Entries) -> None:
        entries["manifest.json"] = json.dumps({**json.loads(entries["manifest.json"]), "version": 9}).encode()

    assert "Update the program" in refused(forge(exported, change), tmp_path / "other")


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "x.interview.zip"
    source.write_bytes(content)
    refused(source, tmp_path / "other")


def test_a_file_that_was_cut_off_is_refused(exported: Path, tmp_path: Path) -> None:
    exported.write_bytes(exported.read_bytes()[:-200])
    refused(exported, tmp_path / "other")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "none.zip", tmp_path / "other")
