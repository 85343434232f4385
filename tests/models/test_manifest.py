from __future__ import annotations

import pytest
from pydantic import ValidationError

from simulator.models.manifest import Group, manifest, read_manifest


def test_every_file_can_be_had_from_packages_alone() -> None:
    assert all(file.parts for model in manifest().values() for file in model.files)


def test_every_model_says_what_it_is_for_and_under_which_licence() -> None:
    assert all(model.purpose and model.licence and model.title for model in manifest().values())


def test_the_required_models_are_those_that_every_use_of_the_program_needs() -> None:
    required = [name for name, model in manifest().items() if model.group is Group.REQUIRED]
    assert required == ["whisper-base", "smart-turn-v3.2", "minilm-l6-int8"]


def test_a_voice_is_wanted_only_where_its_engine_is_installed() -> None:
    voice = manifest()["piper-en_US-joe-medium"]
    assert voice.wanted
    assert not voice.model_copy(update={"needs": "no_such_module"}).wanted


@pytest.mark.parametrize(
    ("key", "value"),
    [("sha256", '"short"'), ("size", "0"), ("name", '"../escape"'), ("hub", '"no revision"'), ("parts", '["loose"]')],
)
def test_a_malformed_entry_is_refused(key: str, value: str) -> None:
    fields = {"name": '"a.bin"', "sha256": f'"{"0" * 64}"', "size": "1", key: value}
    lines = "\n".join(f"{name} = {text}" for name, text in fields.items())
    with pytest.raises(ValidationError, match=key):
        read_manifest(f'[a]\ntitle = "A"\npurpose = "b"\nlicence = "c"\ngroup = "tests"\n[[a.files]]\n{lines}\n')
