"""Review of a session: its words with its sound, its timeline, and every judgement with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from simulator.domain.errors import SimulatorError
from simulator.domain.events import JudgementCorrected
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, PushbackReply, Reply, Signal
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen
from simulator.screens.dialogs_text import Choose, Entry
from simulator.screens.widgets.depth import DepthMap
from simulator.screens.widgets.timeline import Timeline
from simulator.screens.widgets.words import clock, shortened

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.rehearsal.reviewing import Finding, Passage

STEP_S = 5.0
"""How far the arrow keys jump, seconds."""

RHYTHM_S = 0.08
"""How often the screen follows the sound: a word lasts about 0.3 s."""

SPEEDS = (0.75, 1.0, 1.25, 1.5, 1.75, 2.0)


class Playback(Protocol):
    """The sound of the session."""

    duration_s: float

    @property
    def position_s(self) -> float:
        """The moment that is being heard."""

    @property
    def playing(self) -> bool:
        """Whether it plays."""

    @property
    def speed(self) -> float:
        """How fast it plays."""

    def play(self) -> None:
        """Go on."""

    def pause(self) -> None:
        """Stop where it stands."""

    def seek(self, position_s: float) -> None:
        """Jump."""

    def set_speed(self, speed: float) -> None:
        """Play faster or slower."""

    def close(self) -> None:
        """Let go of the device."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A session on the table: what can be seen, and what can be added to it.

    Attributes:
        state: gives the session's state, with all that was added.
        note: writes a note about a moment (seconds).
        keep: marks an answer as a keeper, or takes the mark back.
        correct: overrules a judgement.
        problem: why there is no sound, in a sentence; "" if there is.
    """

    state: Callable[[], SessionState]
    note: Callable[[str, float], None]
    keep: Callable[[str, bool], None]
    correct: Callable[[JudgementCorrected], None]
    problem: str = ""


class ReviewScreen(BaseScreen[None]):
    """A session, laid out to be heard again.

    Args:
        desk: the session.
        player: its sound.
        at_s: where to begin, seconds.
    """

    DEFAULT_CSS = """
    ReviewScreen > #head { height: 1; background: $surface; padding: 0 1; }
    ReviewScreen > #desk { height: 1fr; }
    ReviewScreen #words { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    ReviewScreen #side { width: 46; border-left: vkey $line; padding: 0 0 0 1; }
    ReviewScreen.-narrow #side { width: 34; }
    ReviewScreen #findings { height: 1fr; border: none; padding: 0; background: $background; margin-top: 1; }
    ReviewScreen.-short DepthMap { display: none; }
    ReviewScreen .passage { height: auto; margin-bottom: 1; }
    ReviewScreen > Timeline { height: auto; background: $surface; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(
            "play",
            "back",
            "forward",
            "next_answer",
            "previous_answer",
            "next_evidence",
            "previous_evidence",
            "faster",
            "slower",
            "find",
            "note",
            "keep",
            "overrule",
            "close",
            "help",
        )
    ]
    AUTO_FOCUS = "#findings"

    def __init__(self, desk: Desk, player: Playback, at_s: float = 0.0) -> None:
        super().__init__()
        self._desk = desk
        self._player = player
        self._begin_s = at_s
        self._marked: tuple[int | None, int | None] = (None, None)
        self._sought = ""

    def compose_body(self) -> ComposeResult:
        """Give head, transcript, depth, findings and timeline."""
        yield Static(id="head")
        with Horizontal(id="desk"):
            yield VerticalScroll(id="words", can_focus=False)
            with Vertical(id="side"):
                yield DepthMap()
                yield OptionList(id="findings")
        yield Timeline()

    async def on_mount(self) -> None:
        """Lay the session out, and follow its sound."""
        await self._lay_out()
        self._player.seek(self._begin_s)
        self.set_interval(RHYTHM_S, self._follow)
        self._follow()

    async def _lay_out(self) -> None:
        """Show everything anew: at first, and after something was added."""
        from simulator.rehearsal.reviewing import findings, passages

        self._state = self._desk.state()
        self._rows: tuple[Passage, ...] = passages(self._state)
        self._findings: tuple[Finding, ...] = findings(self._state)
        words = self.query_one("#words", VerticalScroll)
        await words.remove_children()
        await words.mount(*(Static(self._passage(row, None), classes="passage") for row in self._rows))
        listed = self.query_one("#findings", OptionList)
        at = listed.highlighted
        listed.set_options(Option(self._finding_line(each)) for each in self._findings)
        listed.highlighted = at if at is not None and at < len(self._findings) else None
        self._marked = (None, None)

    # What is shown.

    def _passage(self, row: Passage, word: int | None) -> Content:
        """Give a passage, with the word that is being said marked by brackets and reversed colours."""
        own = row.speaker == "candidate"
        keeper = " ★ keeper" if row.answer and self._state.answers[row.answer].keeper else ""
        parts: list[str | Content | tuple[str, str]] = [
            ("You" if own else "Interviewer", "bold $primary" if own else "bold $accent"),
            (f" {clock(row.start_s)}{keeper}\n", "$faint"),
        ]
        for note in self._state.notes:
            if note.moment_s is not None and own and row.words and row.start_s <= note.moment_s <= row.words[-1].end_s:
                parts.append((f"[note {clock(note.moment_s)}] {note.text}\n", "$warning"))
        if not row.words or word is None:
            parts.append((row.text, "$said" if own else "$quiet"))
            return Content.assemble(*parts)
        said = [each.text for each in row.words]
        parts += [
            (" ".join(said[:word]) + (" " if word else ""), "$said"),
            (f"›{said[word]}‹", "reverse"),
            (" " + " ".join(said[word + 1 :]), "$said"),
        ]
        return Content.assemble(*parts)

    def _finding_line(self, each: Finding) -> Content:
        where = clock(each.start_s) if each.start_s is not None else "–"
        name = each.name if each.target == "signal" else f"{each.name}: {each.value}"
        mark = {"facet": "·", "outcome": "◆", "reply": "↳", "signal": "●"}[each.target]
        by = " (yours)" if each.engine == "user" else ""
        quote = f"\n    “{shortened(each.evidence[0].quote, 60)}”" if each.evidence else ""
        return Content.assemble(
            (f"{mark} ", "bold $accent"),
            (f"{where:>5} ", "$faint"),
            (f"{each.target} ", "$quiet"),
            name,
            (by, "$warning"),
            (quote, "italic $quiet"),
        )

    def _follow(self) -> None:
        """Bring the screen to where the sound is."""
        from simulator.rehearsal.reviewing import passage_at, word_at

        position_s = self._player.position_s
        self._show_head(position_s)
        index = passage_at(self._rows, position_s)
        if index is None:
            return
        row = self._rows[index]
        word = word_at(row.words, position_s)
        if row.answer is not None:
            self.query_one(Timeline).show_answer(self._state.answers[row.answer], self._state.band_s, position_s)
        if (index, word) == self._marked:
            return
        before, _ = self._marked
        self._marked = (index, word)
        shown = list(self.query_one("#words", VerticalScroll).query(".passage").results(Static))
        if before is not None and before != index and before < len(shown):
            shown[before].update(self._passage(self._rows[before], None))
        shown[index].update(self._passage(row, word))
        if before != index:
            shown[index].scroll_visible(animate=False)
            if row.thread is not None:
                self.query_one(DepthMap).show_depth(self._state.threads[row.thread])

    def _show_head(self, position_s: float) -> None:
        state = self._state
        turn = "▶ playing" if self._player.playing else "‖ stopped"
        title = state.title or state.session
        sound = self._desk.problem or f"{self._player.speed:g}×"
        self.query_one("#head", Static).update(
            Content.assemble(
                (f"{turn} ", "bold $accent"),
                (f"{clock(position_s)} of {clock(self._player.duration_s)} · {sound}", "$said"),
                (f"   {title} · {state.started_at[:16].replace('T', ' ')}", "$quiet"),
            )
        )

    # What the user does.

    def action_play(self) -> None:
        """Play or stop."""
        if self._player.playing:
            self._player.pause()
        else:
            self._player.play()
        self._follow()

    def _jump(self, to_s: float | None) -> None:
        if to_s is not None:
            self._player.seek(to_s)
            self._follow()

    def action_back(self) -> None:
        """Go back."""
        self._jump(self._player.position_s - STEP_S)

    def action_forward(self) -> None:
        """Go on."""
        self._jump(self._player.position_s + STEP_S)

    def _beside(self, moments: tuple[float, ...], step: int) -> None:
        from simulator.rehearsal.reviewing import beside

        self._jump(beside(moments, self._player.position_s, step))

    def _answers(self) -> tuple[float, ...]:
        from simulator.rehearsal.reviewing import answer_starts

        return answer_starts(self._rows)

    def action_next_answer(self) -> None:
        """Jump to the next answer."""
        self._beside(self._answers(), 1)

    def action_previous_answer(self) -> None:
        """Jump to the answer before."""
        self._beside(self._answers(), -1)

    def _evidence(self) -> tuple[float, ...]:
        return tuple(sorted({each.start_s for each in self._findings if each.start_s is not None}))

    def action_next_evidence(self) -> None:
        """Jump to the next piece of evidence, and select it."""
        self._beside(self._evidence(), 1)
        self._select_at(self._player.position_s)

    def action_previous_evidence(self) -> None:
        """Jump to the piece of evidence before, and select it."""
        self._beside(self._evidence(), -1)
        self._select_at(self._player.position_s)

    def _select_at(self, position_s: float) -> None:
        for number, each in enumerate(self._findings):
            if each.start_s is not None and abs(each.start_s - position_s) < 0.02:
                self.query_one("#findings", OptionList).highlighted = number
                return

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Jump to the selected judgement's words."""
        self._jump(self._findings[event.option_index].start_s)

    def action_faster(self) -> None:
        """Play faster."""
        self._player.set_speed(next((s for s in SPEEDS if s > self._player.speed), SPEEDS[-1]))

    def action_slower(self) -> None:
        """Play slower."""
        self._player.set_speed(next((s for s in reversed(SPEEDS) if s < self._player.speed), SPEEDS[0]))

    def action_find(self) -> None:
        """Ask for words, and jump to where they are said next."""
        self.app.push_screen(Entry("Find in this session", "Words, as they were said", self._sought), self._find)

    def _find(self, words: str | None) -> None:
        from simulator.rehearsal.reviewing import found_words

        if not words:
            return
        self._sought = words
        moments = found_words(self._rows, words)
        if not moments:
            self.notify(f"“{words}” was not said.", severity="warning")
            return
        now_s = self._player.position_s
        self._jump(next((m for m in moments if m > now_s + 0.05), moments[0]))

    def action_note(self) -> None:
        """Ask for a note about this moment."""
        moment_s = self._player.position_s
        self.app.push_screen(
            Entry(f"Note at {clock(moment_s)}", "What you want to remember"), lambda text: self._note(text, moment_s)
        )

    def _note(self, text: str | None, moment_s: float) -> None:
        if text:
            self._add(lambda: self._desk.note(text, moment_s), "Noted.")

    def action_keep(self) -> None:
        """Mark or unmark the answer at this moment as a keeper."""
        index = self._marked[0]
        answer = self._rows[index].answer if index is not None else None
        if answer is None:
            self.notify("There is no answer at this moment.", severity="warning")
            return
        keep = not self._state.answers[answer].keeper
        self._add(lambda: self._desk.keep(answer, keep), "Kept." if keep else "No keeper any more.")

    def action_overrule(self) -> None:
        """Ask what the selected judgement should be, and why."""
        selected = self.query_one("#findings", OptionList).highlighted
        if selected is None:
            self.notify("Select a judgement first.", severity="warning")
            return
        finding = self._findings[selected]
        self.app.push_screen(
            Choose(
                f"{finding.target} {finding.name}: judged {finding.value}",
                choices_for(finding),
                "Why? (your own words)",
            ),
            lambda answer: self._overrule(finding, answer),
        )

    def _overrule(self, finding: Finding, answer: tuple[str, str] | None) -> None:
        if answer is None:
            return
        now, reason = answer
        correction = JudgementCorrected(
            target=finding.target,
            thread=finding.thread,
            was=finding.value,
            now=now,
            reason=reason,
            answer=finding.answer,
            facet=None if finding.target == "signal" else Facet(finding.name),
        )
        self._add(lambda: self._desk.correct(correction), "Overruled; it counts from now on.")

    def _add(self, work: Callable[[], None], said: str) -> None:
        try:
            work()
        except SimulatorError as error:
            self.notify(str(error), severity="error")
            return
        self.notify(said)
        self.run_worker(self._again(), exclusive=True, group="lay-out")

    async def _again(self) -> None:
        await self._lay_out()
        self._follow()

    def action_close(self) -> None:
        """Leave."""
        self._player.close()
        self.app.exit(0)

    async def close_in_order(self) -> None:
        """Let go of the sound."""
        self._player.close()


def choices_for(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Give what a judgement can be overruled to, as (word, value); "" takes a signal away."""
    if finding.target == "signal":
        return (("it is not there", ""), *((s.value, s.value) for s in Signal if s.value != finding.value))
    kinds: dict[str, tuple[str, ...]] = {
        "facet": tuple(FacetState),
        "outcome": tuple(Outcome),
        "reply": tuple(PushbackReply) if finding.value in set(PushbackReply) else tuple(Reply),
    }
    return tuple((value, value) for value in kinds[finding.target] if value != finding.value)


def run_review(desk: Desk, player: Playback, settings: Settings, at_s: float = 0.0) -> int:
    """Show the review of a session, and give the exit status.

    Raises:
        SimulatorError: there is no terminal, or the screen failed.
    """
    from simulator.screens.app import InterviewApp, run_app

    return run_app(InterviewApp(settings, lambda: ReviewScreen(desk, player, at_s), signals=True))
