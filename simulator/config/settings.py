"""Settings: the user's file, then the environment, then flags; each key documented where it stands."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.config.look import FILE
from simulator.config.paths import config_dir
from simulator.domain.errors import BadInputError, StorageError


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SoundSettings(_Section):
    """Devices and echo."""

    input: str = ""
    """Microphone, by name or number; empty follows the system's default."""
    output: str = ""
    """Loudspeaker, by name or number; empty follows the system's default."""
    echo: Literal["auto", "half_duplex", "cancel", "headphones"] = "auto"
    """How the interviewer's voice is kept out of the microphone. `auto` cancels the echo where the device allows."""


class RecognizerSettings(_Section):
    """Speech recognition."""

    model: str = "base"
    """A Whisper size in the manifest, or a folder with a CTranslate2 model."""
    compute_type: str = ""
    """CTranslate2's; empty picks int8 on a processor and float16 on a GPU."""
    base_url: str = ""
    """Address of an OpenAI-compatible server with /audio/transcriptions; empty recognizes here."""
    remote_model: str = "whisper-1"
    language: str = "en"


class LanguageModelSettings(_Section):
    """An OpenAI-compatible language model; without an address the embedded engine does everything."""

    base_url: str = ""
    model: str = ""
    key_env: str = "INTERVIEW_API_KEY"
    """Environment variable that holds the key; the keyring is asked when it is empty."""
    timeout_s: float = Field(default=20.0, gt=0)
    words: bool = True
    """Whether it words the follow-ups."""
    judge: Literal["auto", "embedded", "always"] = "auto"
    """`auto` lets it judge only what calibration shows it to judge better than the embedded engine."""


class VoiceSettings(_Section):
    """The interviewer's voice."""

    profile: str = "interviewer"
    """Name of a voice profile."""


class InterviewSettings(_Section):
    """What is asked, and how."""

    pack: str = "openai-behavioral-mission"
    minutes: float = Field(default=40.0, ge=0)
    band_s: tuple[float, float] = (120.0, 180.0)
    tone: bool = False
    """Whether a soft tone marks the band's edges in a drill."""


class LibrarySettings(_Section):
    """What is kept."""

    retention_days: int = Field(default=0, ge=0)
    """Sessions older than this are offered for deletion; 0 keeps all."""


class ScreenSettings(_Section):
    """How screens look and which keys do what."""

    theme: str = ""
    """A Textual theme; empty picks the program's own dark theme."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Action name to key(s), comma-separated, in place of the default."""


class Settings(_Section):
    """All settings."""

    sound: SoundSettings = SoundSettings()
    recognizer: RecognizerSettings = RecognizerSettings()
    language_model: LanguageModelSettings = LanguageModelSettings()
    voice: VoiceSettings = VoiceSettings()
    interview: InterviewSettings = InterviewSettings()
    library: LibrarySettings = LibrarySettings()
    screen: ScreenSettings = ScreenSettings()


def settings_file() -> Path:
    """Give the path of the user's settings file (it need not exist)."""
    return config_dir() / FILE


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings file and the environment.

    A variable `INTERVIEW_SECTION__KEY` (for example `INTERVIEW_LANGUAGE_MODEL__BASE_URL`) overrides the file.

    Raises:
        BadInputError: the file is no TOML or holds a key or value that does not exist; says which and where.
    """
    path = path or settings_file()
    raw: dict[str, Any] = {}
    if path.exists():
        try:
            raw = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise BadInputError(f"The settings file {path} cannot be read: {error}.", "Mend or remove it.") from error
    for section in Settings.model_fields:
        prefix = f"INTERVIEW_{section.upper()}__"
        for name, value in os.environ.items():
            if name.startswith(prefix):
                raw.setdefault(section, {})[name[len(prefix) :].lower()] = value
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInputError(f"The setting {where} is not right: {first['msg']}.", f"Mend it in {path}.") from error


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings that differ from their defaults.

    Raises:
        StorageError: the file cannot be written.
    """
    path = path or settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomli_w.dumps(settings.model_dump(exclude_defaults=True, mode="json")), encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"The settings cannot be written to {path}: {error.strerror}.", "Free or unlock it."
        ) from error
