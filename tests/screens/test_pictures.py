"""The pictures in docs/images are what the live screen looks like."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.pictures import SIZES, THEMES, draw_live

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
async def test_the_picture_of_the_live_screen_is_up_to_date(size: str, theme: str) -> None:
    kept = (IMAGES / f"live-{size}-{theme}.svg").read_text(encoding="utf-8")
    assert await draw_live(SIZES[size], theme) == kept, "run scripts/render_screens"
