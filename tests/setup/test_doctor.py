from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.setup.conftest import Run

ALSA = "/usr/share/alsa/alsa.conf"
"""The sound system's own configuration, as it is without virtual devices."""

QUICK = ("doctor", "--json", "--no-sound", "--voice", "system")

CARDS = Path("/proc/asound/cards")
"""Where Linux lists sound cards."""


def test_where_all_is_well_it_says_so_and_records_and_plays(run: Run, sound_devices: dict[str, str]) -> None:
    done = run("doctor", **sound_devices)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All that an interview needs is there.\n")
    for thing in ("recorded 2.0 s", "played a chime and what was recorded", "interviewer, piper: piper-tts"):
        assert thing in done.stdout
    assert "ALSA lib" not in done.stdout + done.stderr


@pytest.mark.skipif(CARDS.exists() and "[" in CARDS.read_text(), reason="platform: this machine has a sound card")
def test_without_devices_it_says_what_to_do_and_the_status_is_four(run: Run) -> None:
    done = run("doctor", "--voice", "system", PULSE_SERVER="unix:/nowhere", ALSA_CONFIG_PATH=ALSA)
    assert done.returncode == 4
    assert "wrong microphone: There is no microphone." in done.stdout
    assert "interview start --typed" in done.stdout


def findings(text: str) -> dict[str, dict[str, str]]:
    return {f"{each['part']}: {each['thing']}": each for each in json.loads(text)["findings"]}


def test_json_has_every_finding(run: Run, sound_devices: dict[str, str]) -> None:
    found = findings(run(*QUICK, **sound_devices).stdout)
    assert found["models: whisper-base"]["state"] == "ok"
    assert found["sound: chosen microphone"]["state"] == "ok"
    assert "sound: loudspeaker, playing" not in found


def test_a_missing_model_is_wrong_and_says_how_to_fetch_it(
    run: Run, sound_devices: dict[str, str], tmp_path: Path
) -> None:
    done = run(*QUICK, INTERVIEW_CACHE_DIR=str(tmp_path / "empty"), **sound_devices)
    assert done.returncode == 5
    found = findings(done.stdout)["models: whisper-base"]
    assert (found["state"], found["advice"]) == ("wrong", "Fetch it with `interview setup whisper-base`.")


def test_a_folder_that_cannot_be_written_is_wrong(run: Run, sound_devices: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run(*QUICK, INTERVIEW_DATA_DIR=str(tmp_path / "file" / "data"), **sound_devices)
    assert done.returncode == 7
    assert findings(done.stdout)["folders: sessions"]["state"] == "wrong"


def test_a_malformed_settings_file_is_told_and_the_rest_is_checked(
    run: Run, sound_devices: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("[voice]\nprofil = 'x'\n")
    done = run(*QUICK, **sound_devices)
    found = findings(done.stdout)
    assert done.returncode == 3
    assert "voice.profil" in found["program: settings"]["found"]
    assert found["models: whisper-base"]["state"] == "ok"


class ModelServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.path == "/v1/models"
        content = json.dumps({"object": "list", "data": [{"id": "small", "object": "model"}]}).encode()
        self.send_response(200 if good else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model_server() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("path", "model", "state", "status"),
    [("/v1", "small", "ok", 0), ("/v1", "large", "note", 0), ("/elsewhere", "small", "wrong", 6)],
)
def test_the_language_model_is_asked_what_it_has(
    run: Run, sound_devices: dict[str, str], model_server: str, path: str, model: str, state: str, status: int
) -> None:
    settings = {
        "INTERVIEW_LANGUAGE_MODEL__BASE_URL": model_server + path,
        "INTERVIEW_LANGUAGE_MODEL__MODEL": model,
    }
    done = run(*QUICK, **settings, **sound_devices)
    states = {key: each["state"] for key, each in findings(done.stdout).items() if key.startswith("language model")}
    assert list(states.values()) == [state]
    assert done.returncode == status


def test_a_language_model_that_is_not_running_is_wrong(run: Run, sound_devices: dict[str, str]) -> None:
    address = {"INTERVIEW_LANGUAGE_MODEL__BASE_URL": "http://127.0.0.1:9/v1"}
    done = run(*QUICK, **address, **sound_devices)
    assert done.returncode == 6
