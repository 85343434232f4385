"""Voice profiles: which engines and voices to try, in which order; TOML files that a user can write."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.config.paths import config_dir, shipped
from simulator.domain.errors import BadInputError


class _Engine(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    pace: float = Field(default=1.0, ge=0.5, le=2.0)
    """Speed relative to the engine's own."""


class PiperEngine(_Engine):
    """Piper, a neural voice on this machine (extra `piper`)."""

    engine: Literal["piper"]
    model: str = "piper-en_US-joe-medium"
    """A model of the manifest, or the path of a voice's .onnx file with its .onnx.json beside it."""
    speaker: int = Field(default=0, ge=0)
    """Which speaker, where the voice has several."""
    pitch: float = Field(default=1.0, ge=0.7, le=1.5)
    """Height of the voice relative to its own; the pace stays."""


class SystemEngine(_Engine):
    """The system's own voice, through pyttsx3."""

    engine: Literal["system"]
    voice: str = ""
    """Part of the voice's id or name; empty takes the system's default."""


class EspeakEngine(_Engine):
    """The program espeak-ng (or espeak), called directly."""

    engine: Literal["espeak"]
    voice: str = Field(default="en-us", pattern=r"^[A-Za-z0-9][A-Za-z0-9+_/-]*$")
    """Its name in `espeak-ng --voices`."""
    pitch: float = Field(default=1.0, ge=0.5, le=1.9)
    """Height of the voice relative to espeak's own."""


class ServerEngine(_Engine):
    """A server with an OpenAI-compatible /audio/speech."""

    engine: Literal["server"]
    base_url: str = Field(pattern=r"^https?://\S+$")
    """Address, up to and with /v1."""
    model: str
    voice: str
    key_env: str = "INTERVIEW_VOICE_KEY"
    """Environment variable that holds the key; the keyring is asked when it is empty."""
    timeout_s: float = Field(default=8.0, gt=0, le=60)
    """How long a sentence may take before the next engine speaks instead."""


EngineChoice = Annotated[PiperEngine | SystemEngine | EspeakEngine | ServerEngine, Field(discriminator="engine")]


class Profile(BaseModel):
    """A voice profile.

    Attributes:
        name: as commands name it; the file's name without its ending.
        description: one line for listings.
        engines: what to try, in order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    description: str = ""
    engines: tuple[EngineChoice, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class ProfileEntry:
    """A profile as a listing shows it."""

    name: str
    path: Path
    own: bool
    """Whether it is the user's and not the program's."""


def list_profiles() -> list[ProfileEntry]:
    """Give every profile by name; a user's own comes in the place of the program's of the same name."""
    found: dict[str, ProfileEntry] = {}
    for folder, own in ((shipped("voices"), False), (config_dir() / "voices", True)):
        for path in sorted(folder.glob("*.toml")):
            found[path.stem] = ProfileEntry(path.stem, path, own)
    return [found[name] for name in sorted(found)]


def load_profile(name_or_file: str) -> Profile:
    """Read a profile by its name, or by the path of a TOML file.

    Raises:
        BadInputError: there is none of that name, or the file is malformed; says where and what is expected.
    """
    if name_or_file.endswith(".toml") or "/" in name_or_file or "\\" in name_or_file:
        return _read(Path(name_or_file).expanduser())
    entries = {entry.name: entry.path for entry in list_profiles()}
    if name_or_file not in entries:
        raise BadInputError(
            f"There is no voice profile named {name_or_file!r}.", f"The profiles are: {', '.join(entries)}."
        )
    return _read(entries[name_or_file])


def _read(path: Path) -> Profile:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(f"The voice profile {path} cannot be read: {error}.", "Mend it; see docs/voices.md.") from (
            error
        )
    try:
        return Profile.model_validate({"name": path.stem, **table})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"]) or "the file"
        raise BadInputError(
            f"The voice profile {path} is not right at {where}: {first['msg']}.", "Mend it; see docs/voices.md."
        ) from error
