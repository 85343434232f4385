"""The review screen: each key does what it says, on a kept session with its sound."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select

from simulator.domain.events import Event, JudgementCorrected
from simulator.domain.vocabulary import Facet, Outcome
from simulator.rehearsal.reviewing import answer_starts, findings, found_words, passages
from simulator.screens.app import InterviewApp
from simulator.screens.review import ReviewScreen
from simulator.screens.widgets.judgements import Judgements
from simulator.sessions.folder import SessionFolder
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from simulator.sessions.progress import progress_of
from simulator.sessions.summary import summarize
from simulator.speaking.session_player import SessionPlayer
from tests.screens.kept import desk_of, keep, library_at, player_of
from tests.screens.staging import SMALL, WIDE, on_screen, screen_text
from tests.sessions.made import answer


@dataclass
class Review:
    """A review on a terminal: the keys, the sound, and what is kept."""

    app: InterviewApp
    pilot: Pilot[int]
    player: SessionPlayer
    folder: SessionFolder
    library: Library

    async def settle(self) -> None:
        """Wait until the screen has nothing left to do."""
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until the screen has followed."""
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        """Write into the box that is open, and take it."""
        self.app.screen.query_one(Input).value = text
        await self.press("enter")

    async def select(self, target: str, name: str) -> None:
        """Select a judgement in the list."""
        listed = self.app.screen.query_one("#findings", OptionList)
        for number in range(listed.option_count):
            if listed.get_option_at_index(number).disabled:
                continue
            listed.highlighted = number
            selected = self.app.screen.query_one(Judgements).selected
            if selected is not None and (selected.target, selected.name) == (target, name):
                await self.settle()
                return
        raise AssertionError(f"{target} {name} is not in the list")

    def text(self) -> str:
        """Give what stands on the terminal."""
        return screen_text(self.app)

    def said(self) -> list[str]:
        """Give the notifications."""
        return [each.message for each in self.app._notifications]

    def events(self) -> tuple[Event, ...]:
        """Give what is kept."""
        return tuple(load_session(self.folder).events)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep one session with its sound; each test works on a copy."""
    root = tmp_path_factory.mktemp("kept")
    keep(root / "sessions")
    return root


@pytest.fixture
def library(original: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    yield library_at(tmp_path)


@asynccontextmanager
async def review(
    library: Library, size: tuple[int, int] = WIDE, at_s: float = 0.0, theme: str = "interview-dark"
) -> AsyncIterator[Review]:
    folder = library.find()
    player = player_of(folder)
    try:
        async with on_screen(lambda: ReviewScreen(desk_of(library, folder), player, at_s), size, theme=theme) as (
            app,
            pilot,
        ):
            shown = Review(app, pilot, player, folder, library)
            await shown.settle()
            yield shown
    finally:
        player.close()


@pytest.mark.parametrize("theme", ["interview-dark", "interview-light"])
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_words_judgements_timeline_and_keys_fit_on_the_terminal(
    library: Library, size: tuple[int, int], theme: str
) -> None:
    async with review(library, size, 20.0, theme) as shown:
        text = shown.text()
        for words in ("stopped", "0:20 of 9:03", "This was in March", "1 disagreement (story)", "Limits"):
            assert words in text
        assert "2:07, in the band · 139 wpm · at least 5 fillers · max pause 2.1 s" in text
        assert "situation" in text and "2:00 ╞═" in text and "═╡ 3:00" in text
        footer = text.splitlines()[-1]
        assert "Play" in footer and "Overrule" in footer and "Close" in footer and "Help" in footer


async def test_space_plays_and_stops(library: Library) -> None:
    async with review(library) as shown:
        await shown.press("space")
        assert shown.player.playing and "▶ playing" in shown.text()
        await shown.press("space")
        assert not shown.player.playing and "‖ stopped" in shown.text()


async def test_arrows_jump_five_seconds(library: Library) -> None:
    async with review(library, at_s=60.0) as shown:
        await shown.press("right")
        assert shown.player.position_s == 65.0
        await shown.press("left", "left")
        assert shown.player.position_s == 55.0


async def test_answers_are_gone_through_in_order(library: Library) -> None:
    starts = answer_starts(passages(load_session(library.find()).state))
    async with review(library) as shown:
        await shown.press("n", "n")
        assert shown.player.position_s == pytest.approx(starts[1])
        await shown.press("right", "b")
        assert shown.player.position_s == pytest.approx(starts[1])
        await shown.press("b")
        assert shown.player.position_s == pytest.approx(starts[0])


async def test_the_word_being_said_is_in_view_on_a_small_terminal(library: Library) -> None:
    at_s = found_words(passages(load_session(library.find()).state), "quarter of work")[0]
    async with review(library, SMALL, at_s) as shown:
        assert "quarter of work" in " ".join(shown.text().split())


async def test_the_next_piece_of_evidence_is_heard_and_selected(library: Library) -> None:
    async with review(library, at_s=100.0) as shown:
        await shown.press("e")
        selected = shown.app.screen.query_one(Judgements).selected
        assert selected is not None and selected.start_s == pytest.approx(shown.player.position_s)
        assert "from thirty-one a day" in shown.text()


async def test_the_keys_for_five_seconds_stand_in_the_help(library: Library) -> None:
    async with review(library) as shown:
        await shown.press("question_mark")
        assert "Go back five seconds." in shown.text()
        assert "Go on by five seconds." in shown.text()


async def test_every_piece_of_evidence_is_gone_through(library: Library) -> None:
    state = load_session(library.find()).state
    pieces = sorted({e.start_s for f in findings(state) for e in f.evidence if e.start_s is not None})
    assert len(pieces) > len({f.start_s for f in findings(state) if len(f.evidence) > 1}) + 1
    async with review(library, at_s=pieces[0] - 1.0) as shown:
        for piece in pieces:
            await shown.pilot.press("e")
            assert shown.player.position_s == pytest.approx(piece)
        selected = shown.app.screen.query_one(Judgements).selected
        assert selected is not None and pieces[-1] in {e.start_s for e in selected.evidence}


async def test_a_note_stands_by_the_passage_it_was_made_in(library: Library) -> None:
    state = load_session(library.find()).state
    asked = next(each for each in state.utterances if each.purpose == "probe")
    folder = library.find()
    library.note(folder, "Good question, this.", asked.at_s + 0.5)
    async with review(library, at_s=asked.at_s) as shown:
        lines = shown.text().splitlines()
        (at,) = [n for n, line in enumerate(lines) if "Good question, this." in line]
        assert "Interviewer" in lines[at - 1] or "Interviewer" in lines[at - 2]


async def test_what_the_interviewer_said_is_found(library: Library) -> None:
    state = load_session(library.find()).state
    asked = next(each for each in state.utterances if each.purpose == "probe")
    async with review(library) as shown:
        await shown.press("slash")
        await shown.write(" ".join(asked.text.split()[:4]))
        assert shown.player.position_s == pytest.approx(asked.at_s)


async def test_entering_a_judgement_jumps_to_its_words(library: Library) -> None:
    async with review(library) as shown:
        await shown.select("signal", "owns_fault")
        await shown.press("enter")
        row = found_words(passages(load_session(shown.folder).state), "I was wrong to take")
        assert shown.player.position_s == pytest.approx(row[0])
        assert "“I was wrong to take the numbers" in shown.text()


async def test_speed_goes_from_three_quarters_to_double(library: Library) -> None:
    async with review(library) as shown:
        await shown.press(*["plus"] * 6)
        assert shown.player.speed == 2.0 and "2×" in shown.text()
        await shown.press(*["minus"] * 7)
        assert shown.player.speed == 0.75


async def test_finding_words_goes_from_one_place_to_the_next(library: Library) -> None:
    moments = found_words(passages(load_session(library.find()).state), "consumers")
    async with review(library) as shown:
        for moment in moments[:2]:
            await shown.press("slash")
            await shown.write("Consumers")
            assert shown.player.position_s == pytest.approx(moment)


async def test_words_that_were_not_said_leave_the_sound_where_it_is(library: Library) -> None:
    async with review(library, at_s=30.0) as shown:
        await shown.press("slash")
        await shown.write("helicopter")
        assert shown.player.position_s == 30.0
        assert "“helicopter” was not said." in shown.said()


async def test_a_note_is_kept_with_its_moment_and_stands_by_the_words(library: Library) -> None:
    async with review(library, at_s=60.0) as shown:
        await shown.press("m")
        await shown.write("Say the number earlier")
        note = load_session(shown.folder).state.notes[0]
        assert (note.text, note.moment_s) == ("Say the number earlier", 60.0)
        assert "✎ 1:00 Say the number earlier" in shown.text()


async def test_a_keeper_is_marked_and_unmarked(library: Library) -> None:
    async with review(library, at_s=60.0) as shown:
        await shown.press("k")
        assert load_session(shown.folder).state.answers["a1"].keeper
        assert "★ keeper" in shown.text()
        await shown.press("k")
        assert not load_session(shown.folder).state.answers["a1"].keeper


async def test_an_overruled_judgement_counts_from_then_on(library: Library) -> None:
    async with review(library) as shown:
        await shown.select("outcome", "result")
        await shown.press("o")
        shown.app.screen.query_one(Select).value = "held"
        shown.app.screen.query_one(Input).focus()
        await shown.write("I gave the plan's own figure")
        correction = shown.events()[-1]
        assert isinstance(correction, JudgementCorrected)
        assert (correction.was, correction.now, correction.facet) == ("unknown", "held", Facet.RESULT)
        state = load_session(shown.folder).state
        assert state.threads["t1"].facets[Facet.RESULT].outcome is Outcome.HELD
        assert "Yours; it was unknown" in shown.text()
        facet = next(each for each in summarize(state).threads[0].facets if each.facet is Facet.RESULT)
        assert facet.corrected and facet.outcome is Outcome.HELD
    library.update()
    assert progress_of(library.figures()).series


async def test_overruling_without_a_reason_asks_for_one(library: Library) -> None:
    before = len(load_session(library.find()).events)
    async with review(library) as shown:
        await shown.select("reply", "fault")
        await shown.press("o")
        shown.app.screen.query_one(Select).value = "vague"
        shown.app.screen.query_one(Input).focus()
        await shown.write("")
        assert "Say why in a few words." in shown.said()
        await shown.press("escape")
        assert len(shown.events()) == before


async def test_a_session_without_judgements_says_so(tmp_path: Path) -> None:
    keep(tmp_path / "sessions", answer("a1", "t1", "I said a few words.", 2.0, 8.0, initial=True), sound=False)
    async with review(library_at(tmp_path)) as shown:
        assert "Nothing was judged." in shown.text()


async def test_closing_lets_go_of_the_sound_and_ends_well(library: Library) -> None:
    async with review(library) as shown:
        await shown.press("space", "escape")
    assert shown.app.return_value == 0
    assert not shown.player.playing
