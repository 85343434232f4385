"""The theme alone, read without the library that checks settings, so that the first paint has its colours."""

from __future__ import annotations

import os

from simulator.config.paths import config_dir

FILE = "settings.toml"


def first_theme() -> str:
    """Give the theme that the environment or the user's file names, unchecked; "" if none does.

    What is wrong with the file is told when all settings are loaded.
    """
    named = os.environ.get("INTERVIEW_SCREEN__THEME", "")
    path = config_dir() / FILE
    if named or not path.exists():
        return named
    import tomllib

    try:
        screen = tomllib.loads(path.read_text(encoding="utf-8")).get("screen")
    except (OSError, ValueError):
        return ""
    theme = screen.get("theme") if isinstance(screen, dict) else None
    return theme if isinstance(theme, str) else ""
