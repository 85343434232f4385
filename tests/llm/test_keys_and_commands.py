"""Where keys come from, and what `interview calibrate` prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError, PasswordDeleteError

from simulator.cli.main import main
from simulator.config.keys import SERVICE
from simulator.config.settings import LanguageModelSettings, Settings, save_settings
from simulator.domain.errors import ExitStatus
from simulator.judging.choice import calibration_file
from simulator.judging.embedded import EmbeddedJudge
from simulator.rehearsal.keys import language_model_key
from simulator.rehearsal.language_model import BackgroundCalibration
from tests.llm.conftest import Answer, ScriptedServer

ADDRESS = "https://models.example.org/v1"
OPENAI = "https://api.openai.com/v1"


class Ring(KeyringBackend):
    """A keyring in memory: a backend as the library lets anybody write one."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        raise PasswordDeleteError(username)


class NoRing(Ring):
    """A machine without a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        raise NoKeyringError(service)


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    """A keyring of the test's own, and an environment without keys."""
    for name in ("INTERVIEW_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    before = keyring.get_keyring()
    made = Ring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_key_of_the_named_variable_comes_first(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    ring.set_password(SERVICE, ADDRESS, "from the ring")
    monkeypatch.setenv("MY_KEY", " from the environment ")
    assert language_model_key(LanguageModelSettings(base_url=ADDRESS, key_env="MY_KEY")) == "from the environment"


def test_without_the_variable_the_keyring_has_the_key_of_that_address(ring: Ring) -> None:
    ring.set_password(SERVICE, ADDRESS, "from the ring")
    assert language_model_key(LanguageModelSettings(base_url=ADDRESS)) == "from the ring"
    assert not language_model_key(LanguageModelSettings(base_url="https://other.example.org/v1"))


def test_the_usual_variable_is_for_openais_address_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "usual")
    assert language_model_key(LanguageModelSettings(base_url=OPENAI)) == "usual"
    assert not language_model_key(LanguageModelSettings(base_url=ADDRESS))


def test_a_machine_without_a_keyring_has_no_key() -> None:
    keyring.set_keyring(NoRing())
    assert not language_model_key(LanguageModelSettings(base_url=ADDRESS))


ROW = {
    "id": "r1", "kind": "story", "question": "Tell me about a launch.", "before": "I delayed the launch by a week.",
    "facet": "result", "probe": "What came of it?", "reply": "I don't remember that at all.", "label": "unknown",
}  # fmt: skip


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    folder = tmp_path / "labelled"
    folder.mkdir()
    (folder / "replies.jsonl").write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    return folder


def test_predictions_come_a_line_each(folders: Path, labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(labelled), "--jsonl", "--engine", "embedded"]) == ExitStatus.OK
    line = json.loads(capsys.readouterr().out)
    assert (line["file"], line["id"]) == ("replies", "r1")
    assert all(quote in ROW["reply"] for quote in line["evidence"])


def test_the_agreement_names_who_judged(folders: Path, labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(labelled)]) == ExitStatus.OK
    said = capsys.readouterr().out
    assert said.startswith("Judged by: embedded")
    assert "macro F1" in said


def test_the_language_model_can_be_measured_on_a_folder(
    folders: Path, labelled: Path, server: ScriptedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"evidence": ["I don't remember"], "before_evidence": [], "why": "w", "label": "unknown"}
    server.say(Answer(json.dumps({**answer, "certainty": "high"})))
    save_settings(Settings(language_model=server.settings()))
    assert main(["calibrate", str(labelled), "--engine", "model"]) == ExitStatus.OK
    assert "Judged by: language model scripted" in capsys.readouterr().out


def test_a_server_that_is_not_there_is_said_at_once(
    folders: Path, labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nobody = LanguageModelSettings(base_url="http://127.0.0.1:9/v1", model="m")
    save_settings(Settings(language_model=nobody))
    assert main(["calibrate", str(labelled), "--engine", "model"]) == ExitStatus.NO_SERVER
    assert "cannot be reached" in capsys.readouterr().err


def test_without_a_model_there_is_nothing_to_measure(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate"]) == ExitStatus.USAGE
    assert "local-model start" in capsys.readouterr().err


def test_a_folder_that_is_missing_is_said(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", str(folders / "nowhere")]) == ExitStatus.BAD_INPUT
    assert "nowhere" in capsys.readouterr().err


def test_without_sessions_nothing_has_been_overruled(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--from-sessions"]) == ExitStatus.OK
    assert "Nothing has been judged yet." in capsys.readouterr().out


def test_a_stopped_background_calibration_remembers_nothing_half_measured(
    folders: Path, server: ScriptedServer, embedded: EmbeddedJudge
) -> None:
    server.say(Answer(held=True))
    calibration = BackgroundCalibration(server.settings(timeout_s=0.5), lambda: embedded, "2026-11-24T10:00:00")
    calibration.start()
    server.asked.wait()
    calibration.stop()
    assert not calibration_file().exists()


def test_a_background_calibration_without_a_model_ends_by_itself(folders: Path, embedded: EmbeddedJudge) -> None:
    calibration = BackgroundCalibration(LanguageModelSettings(), lambda: embedded, "2026-11-24T10:00:00")
    calibration.start()
    calibration.stop()
    assert not calibration_file().exists()
