"""The progress screen: small multiples with their newest values, and limits, never across engines."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from textual_plotext import PlotextPlot

from simulator.screens.progress import ProgressScreen, ticks_of, title_of
from simulator.sessions.progress import Measure, ProgressReport, progress_of
from tests.screens.kept import BEGUN, keep, library_at
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text
from tests.sessions.made import a_story, a_view


@pytest.fixture(scope="module")
def progress(tmp_path_factory: pytest.TempPathFactory) -> ProgressReport:
    root = tmp_path_factory.mktemp("progress")
    for day, events in enumerate((a_story(initial_s=210.0), a_view(), a_story(initial_s=150.0))):
        keep(root / "sessions", events, BEGUN + timedelta(days=day), sound=False)
    library = library_at(root)
    library.update()
    return progress_of(library.figures())


@pytest.mark.parametrize("theme", ["interview-dark", "interview-light"])
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_limits_and_multiples_stand_with_their_engine(
    progress: ProgressReport, size: tuple[int, int], theme: str
) -> None:
    async with on_screen(lambda: ProgressScreen(progress), (size[0], 400), theme=theme) as (app, pilot):
        await pilot.pause()
        text = screen_text(app)
        assert "3 sessions" in text
        assert re.search(r"fault {12}vv +vague 2\b", text)
        assert re.search(r"update {11}e +evaded 1\b", text)
        assert re.search(r"pushback, empty +capitulates 2", text)
        assert "embedded 1" in text and "llama 3 8b" in text
        assert len(app.screen.query(PlotextPlot)) == len(progress.series)


async def test_a_title_gives_the_newest_value(progress: ProgressReport) -> None:
    series = next(each for each in progress.series if each.measure is Measure.LENGTH and len(each.points) == 2)
    assert "length  150 s now" in title_of(series).plain


async def test_nothing_to_show_is_said() -> None:
    async with on_screen(lambda: ProgressScreen(progress_of(()))) as (app, pilot):
        assert "`interview start`" in screen_text(app)
        await pilot.press("escape")
    assert app.return_value == 0


@pytest.mark.parametrize(("count", "ticks"), [(1, [1]), (6, [1, 2, 3, 4, 5, 6]), (12, [1, 3, 5, 7, 9, 11])])
def test_at_most_six_sessions_are_numbered(count: int, ticks: list[int]) -> None:
    assert list(ticks_of(count)) == ticks
