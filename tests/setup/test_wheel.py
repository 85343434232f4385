from __future__ import annotations

import os
import site
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as it is installed."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are those of this one, its program is not."""
    folder = tmp_path_factory.mktemp("away")
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "uv", "venv", "--quiet", str(environment)], check=True)
    python = environment / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--python", str(python), str(wheel)],
        check=True,
    )
    asked = [str(python), "-c", "import site; print(site.getsitepackages()[0])"]
    packages = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    # The wheel's own files come first; a .pth of this environment that leads to the checkout is not followed.
    (packages / "dependencies.pth").write_text(site.getsitepackages()[0] + "\n")
    return environment / "bin"


def run(installed: Path, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    for kind in ("CONFIG", "DATA", "LOG"):
        environment[f"INTERVIEW_{kind}_DIR"] = str(tmp_path / kind.lower())
    return subprocess.run(
        [installed / words[0], *words[1:]], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_has_voices_prompts_and_the_judges_weights_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder, ending in (
        ("simulator/data/voices/", ".toml"),
        ("simulator/data/prompts/", ".toml"),
        ("simulator/judging/weights/", ".onnx"),
        ("simulator/models/", "manifest.toml"),
    ):
        assert any(name.startswith(folder) and name.endswith(ending) for name in names), folder


def test_the_wheel_has_the_licences_inside(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {Path(name).name for name in names if "/licenses/" in name} >= {"LICENSE", "THIRD_PARTY_LICENSES.md"}


def test_the_installed_program_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(installed, tmp_path, "python", "-c", "import simulator; print(simulator.__file__)").stdout
    assert str(ROOT) not in where


def test_the_installed_command_runs_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "interview", "--version").stdout.startswith("interview ")


@pytest.mark.parametrize("folder", ["voices", "prompts"])
def test_the_installed_program_finds_its_data_files(installed: Path, tmp_path: Path, folder: str) -> None:
    script = f"from simulator.config.paths import shipped; print(len(list(shipped('{folder}').rglob('*.toml'))))"
    done = run(installed, tmp_path, "python", "-c", script)
    assert int(done.stdout) > 1, done.stderr


def test_the_installed_program_speaks_with_its_own_profiles(installed: Path, tmp_path: Path) -> None:
    script = """
from simulator.config.settings import Settings
from simulator.speaking.voices import open_voice
voice = open_voice("system", Settings(), lambda text, hint: None)
print(len(list(voice.synthesize("One. Two."))))
voice.close()
"""
    done = run(installed, tmp_path, "python", "-c", script)
    assert done.stdout.strip() == "2", done.stderr


def test_the_installed_program_lists_its_packs(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "interview", "packs")
    assert "openai-behavioral-mission" in done.stdout, done.stderr
