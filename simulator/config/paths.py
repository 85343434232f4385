"""Where things lie: the user's folders, and the data files that come with the program."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP = "interview-simulator"


def _folder(variable: str, default: str) -> Path:
    given = os.environ.get(variable)
    return Path(given).expanduser() if given else Path(default)


def config_dir() -> Path:
    """Give the folder of settings and of the user's own packs, voices and prompts (`INTERVIEW_CONFIG_DIR`)."""
    return _folder("INTERVIEW_CONFIG_DIR", platformdirs.user_config_dir(APP))


def cache_dir() -> Path:
    """Give the folder of fetched models, shared by all checkouts (`INTERVIEW_CACHE_DIR`)."""
    return _folder("INTERVIEW_CACHE_DIR", platformdirs.user_cache_dir(APP))


def data_dir() -> Path:
    """Give the folder of sessions and of the library's index (`INTERVIEW_DATA_DIR`)."""
    return _folder("INTERVIEW_DATA_DIR", platformdirs.user_data_dir(APP))


def log_dir() -> Path:
    """Give the folder of logs (`INTERVIEW_LOG_DIR`); no candidate's words are ever written there."""
    return _folder("INTERVIEW_LOG_DIR", platformdirs.user_log_dir(APP))


def sessions_dir() -> Path:
    """Give the folder that holds a folder a session."""
    return data_dir() / "sessions"


def shipped(name: str) -> Path:
    """Give the folder of data files that come with the program: "voices", "prompts" or "demo".

    An installed program has them inside the package, a checkout at its top level.
    """
    packaged = Path(__file__).resolve().parent.parent / "data" / name
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[2] / name
