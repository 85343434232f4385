from __future__ import annotations

from pathlib import Path

import pytest

from simulator.domain.errors import BadInputError, ExitStatus
from simulator.speaking.profiles import PiperEngine, list_profiles, load_profile


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INTERVIEW_CONFIG_DIR", str(tmp_path))
    (tmp_path / "voices").mkdir()
    return tmp_path


def test_the_programs_profiles_are_all_well_formed() -> None:
    names = [entry.name for entry in list_profiles()]
    assert {"interviewer", "candidate", "system", "openai"} <= set(names)
    assert all(load_profile(name).description for name in names)


def test_the_interviewer_and_the_candidate_do_not_sound_alike() -> None:
    one, other = (load_profile(name).engines for name in ("interviewer", "candidate"))
    assert [choice.engine for choice in one] == [choice.engine for choice in other]
    assert all(a != b for a, b in zip(one, other, strict=True))


def test_a_users_own_profile_comes_first(own_config: Path) -> None:
    (own_config / "voices" / "interviewer.toml").write_text('[[engines]]\nengine = "piper"\npace = 1.2\n')
    engine = load_profile("interviewer").engines[0]
    assert isinstance(engine, PiperEngine)
    assert engine.pace == 1.2


def test_a_profile_can_be_a_file_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[engines]]\nengine = "espeak"\n')
    assert load_profile(str(file)).name == "mine"


def test_an_unknown_profile_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadInputError, match="'nobody'") as caught:
        load_profile("nobody")
    assert "interviewer" in caught.value.hint
    assert caught.value.status is ExitStatus.BAD_INPUT


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("engines = 3", "engines"),
        ("engines = []", "engines"),
        ('[[engines]]\nengine = "gramophone"', "engines.1"),
        ('[[engines]]\nengine = "piper"\npace = 9', r"engines\.1\.piper\.pace"),
        ('[[engines]]\nengine = "server"\nbase_url = "nowhere"\nmodel = "m"\nvoice = "v"', "base_url"),
        ('[[engines]]\nengine = "espeak"\nvoice = "--help"', "voice"),
        ("[[engines", "Expected"),
        ("[[engines]]\nengine = @", "line 2"),
    ],
)
def test_a_malformed_profile_is_refused_with_file_and_place(tmp_path: Path, text: str, where: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(BadInputError, match=rf"bad\.toml.*{where}"):
        load_profile(str(file))
