"""A language model served on this machine: started, found, stopped, and never confused with another's server."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import BadInputError, ExitStatus, ModelError, ServerError
from simulator.models import local_server
from simulator.models.local_server import LocalServer, active_server, lease_file, log_file, start_server, stop_server
from simulator.rehearsal.language_model import found_language_model, make_wording
from tests.llm.conftest import Answer, ScriptedServer


def lease(port: int, model: str = "smollm2-135m", pid: int | None = None) -> None:
    """Write a lease as a server would."""
    lease_file().parent.mkdir(parents=True, exist_ok=True)
    words = {"token": "t", "model": model, "pid": pid or os.getpid(), "port": port}
    lease_file().write_text(json.dumps(words), encoding="utf-8")


def port_of(server: ScriptedServer) -> int:
    """The port that a scripted server listens at."""
    return int(server.base_url.split(":")[2].split("/")[0])


def test_a_started_model_is_served_found_and_stopped(folders: Path, gguf: Path) -> None:
    started = start_server("smollm2-135m", gguf)
    assert active_server() == started
    assert start_server("smollm2-135m", gguf) == started
    assert stop_server() == started
    assert active_server() is None
    assert not lease_file().exists()


def test_a_server_is_found_without_being_configured(folders: Path, llama: LocalServer) -> None:
    lease(int(llama.base_url.split(":")[2].split("/")[0]))
    found = found_language_model(LanguageModelSettings())
    assert found is not None
    assert (found.base_url, found.model) == (llama.base_url, "smollm2-135m")
    assert make_wording(LanguageModelSettings()) is not None


def test_a_configured_server_comes_before_the_one_on_this_machine(folders: Path, llama: LocalServer) -> None:
    lease(int(llama.base_url.split(":")[2].split("/")[0]))
    settings = LanguageModelSettings(base_url="http://example.org/v1", model="m")
    assert found_language_model(settings) == settings


def test_an_address_without_a_models_name_is_refused(folders: Path) -> None:
    with pytest.raises(BadInputError, match=r"language_model\.model"):
        found_language_model(LanguageModelSettings(base_url="http://example.org/v1"))


def test_without_any_server_the_templates_word(folders: Path) -> None:
    assert make_wording(LanguageModelSettings()) is None


@pytest.mark.skipif(sys.platform != "linux", reason="platform: /proc/net/tcp is Linux's")
def test_the_server_listens_on_this_machine_only(llama: LocalServer) -> None:
    port = int(llama.base_url.split(":")[2].split("/")[0])
    rows = [line.split() for table in ("tcp", "tcp6") for line in _table(table)]
    addresses = {row[1].partition(":")[0] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    assert addresses == {"0100007F"}


def _table(name: str) -> list[str]:
    path = Path("/proc/net") / name
    return path.read_text(encoding="ascii").splitlines()[1:] if path.exists() else []


def test_a_server_of_another_model_at_the_port_is_not_taken_for_ours(folders: Path, server: ScriptedServer) -> None:
    lease(port_of(server))
    assert active_server() is None


def test_a_program_that_speaks_otherwise_at_the_port_is_not_taken_for_ours(
    folders: Path, server: ScriptedServer
) -> None:
    server.say(Answer(body=b"<html>"))
    lease(port_of(server))
    assert active_server() is None


def test_stopping_touches_no_process_that_only_has_the_number(folders: Path, server: ScriptedServer) -> None:
    lease(port_of(server))
    assert stop_server() is None
    assert not lease_file().exists()
    assert local_server._serves(port_of(server)) == "scripted"


def test_a_damaged_lease_is_no_server(folders: Path) -> None:
    lease_file().parent.mkdir(parents=True)
    lease_file().write_text("{", encoding="utf-8")
    assert active_server() is None
    assert stop_server() is None


def test_a_file_that_is_no_model_is_refused_with_the_log(folders: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"not a model")
    with pytest.raises(ServerError) as caught:
        start_server("smollm2-135m", broken)
    assert str(log_file()) in caught.value.hint
    assert active_server() is None


@pytest.mark.skipif(sys.platform == "win32", reason="platform: POSIX permissions")
def test_lease_and_log_are_the_owners_alone(folders: Path, gguf: Path) -> None:
    start_server("smollm2-135m", gguf)
    modes = {path.stat().st_mode & 0o777 for path in (lease_file(), log_file())}
    stop_server()
    assert modes == {0o600}


def test_without_llama_cpp_one_sentence_says_what_to_do(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(ModelError) as caught:
        local_server.check_installed()
    assert caught.value.status is ExitStatus.NO_MODEL
    assert "local-llm" in caught.value.hint


def test_the_command_lists_what_can_be_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local-model", "list", "--json"]) == ExitStatus.OK
    rows = json.loads(capsys.readouterr().out)
    assert {"qwen2.5-coder-1.5b", "smollm2-135m"} <= {row["name"] for row in rows}


def test_the_command_says_that_nothing_runs(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local-model", "status", "--json"]) == ExitStatus.OK
    assert json.loads(capsys.readouterr().out) == {"running": False}


def test_stopping_nothing_is_no_error(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local-model", "stop"]) == ExitStatus.OK
    assert "No server was running" in capsys.readouterr().out


def test_an_unknown_model_is_refused(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local-model", "start", "nonesuch"]) == ExitStatus.USAGE
    assert "nonesuch" in capsys.readouterr().err


def test_the_command_starts_and_stops_a_server(folders: Path, gguf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["local-model", "start", "smollm2-135m", "--json"]) == ExitStatus.OK
    started = json.loads(capsys.readouterr().out)
    assert started["base_url"].startswith("http://127.0.0.1:")
    assert main(["local-model", "stop", "--json"]) == ExitStatus.OK
    assert json.loads(capsys.readouterr().out) == {"running": False, "stopped": "smollm2-135m"}
