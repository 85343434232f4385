"""Review of a session: its words with its sound, its timeline, and every judgement with its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList, Static

from simulator.domain.events import JudgementCorrected
from simulator.domain.state import Note, SessionState
from simulator.domain.vocabulary import Facet, FacetState, Outcome, PushbackReply, Reply, Signal
from simulator.screens.actions import bindings
from simulator.screens.base import WIDE_COLUMNS, BaseScreen
from simulator.screens.dialogs_text import Choose, Entry
from simulator.screens.widgets.depth import DepthMap
from simulator.screens.widgets.judgements import Judgements
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.timeline import Timeline
from simulator.screens.widgets.words import clock, shortened

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.rehearsal.reviewing import Finding, Passage

STEP_S = 5.0
"""How far the arrow keys jump, seconds."""

RHYTHM_S = 0.05
"""How often the screen follows the sound, seconds: a word lasts about 0.3 s, and its mark is late by half of this."""

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


class ReviewHead(Horizontal):
    """Whether it plays and where it is; the session's title and date on the right."""

    DEFAULT_CSS = """
    ReviewHead { height: 1; background: $surface; }
    ReviewHead > .chip { width: auto; padding: 0 1; text-style: bold; color: $on-turn; background: $turn-paused; }
    ReviewHead.-playing > .chip { background: $turn-listening; }
    ReviewHead > .where { width: 1fr; padding: 0 1; color: $said; }
    ReviewHead > .about { width: auto; max-width: 50%; padding: 0 1; color: $quiet; }
    """

    def compose(self) -> ComposeResult:
        """Give the chip, the place, and what the session is."""
        yield Line(classes="chip", fixed=False)
        yield Line(classes="where")
        yield Line(classes="about", fixed=False)

    def show_place(self, player: Playback, problem: str) -> None:
        """Show whether it plays, where, how fast, and why nothing is heard, if so."""
        self.set_class(player.playing, "-playing")
        self.query_one(".chip", Line).put(Content("▶ playing" if player.playing else "‖ stopped"))
        place = f"{clock(player.position_s)} of {clock(player.duration_s)} · {player.speed:g}×"
        self.query_one(".where", Line).put(
            Content.assemble(place, (f" · {problem}" if problem else "", "$warning")).truncate(self.size.width // 2)
        )

    def show_about(self, state: SessionState) -> None:
        """Show which session it is."""
        date = state.started_at[:16].replace("T", " ")
        title = shortened(state.title, max(10, self.app.size.width // 2 - len(date) - 5))
        self.query_one(".about", Line).put(Content(f"{title} · {date}" if title else date))


class ReviewScreen(BaseScreen[None]):
    """A session, laid out to be heard again.

    Args:
        desk: the session.
        player: its sound.
        at_s: where to begin, seconds.
    """

    DEFAULT_CSS = """
    ReviewScreen > #desk { height: 1fr; }
    ReviewScreen #words { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    ReviewScreen #side { width: 34; border-left: vkey $line; padding: 0 0 0 1; }
    ReviewScreen.-wide #side { width: 48; padding: 0 1 0 2; }
    ReviewScreen.-tall #side { padding-top: 1; }
    ReviewScreen.-tall #words { padding: 1 1 0 2; }
    ReviewScreen DepthMap { display: none; margin-bottom: 1; }
    ReviewScreen.-tall DepthMap { display: block; }
    ReviewScreen.-tall Judgements > Line { height: 8; padding: 1 1; }
    ReviewScreen.-tall Timeline { height: 7; padding: 1 2; }
    ReviewScreen .passage { height: auto; margin-bottom: 1; border-left: wide $line; padding-left: 1; }
    ReviewScreen .passage.-own { border-left: wide $primary; }
    ReviewScreen .passage.-goes-on { margin-bottom: 0; }
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
        self._state = SessionState()
        self._whole: tuple[Passage, ...] = ()
        self._rows: tuple[Passage, ...] = ()
        self._notes: dict[int, list[Note]] = {}
        self._underlined: frozenset[str | None] = frozenset()
        self._findings: tuple[Finding, ...] = ()
        self._marked: tuple[int | None, int | None] = (None, None)
        self._sought = ""

    def compose_body(self) -> ComposeResult:
        """Give head, transcript, depth, judgements and timeline."""
        yield ReviewHead()
        with Horizontal(id="desk"):
            yield VerticalScroll(id="words", can_focus=False)
            with Vertical(id="side"):
                yield DepthMap()
                yield Judgements()
        yield Timeline()

    async def on_mount(self) -> None:
        """Lay the session out, and follow its sound."""
        self._player.seek(self._begin_s)
        await self._lay_out()
        self.set_interval(RHYTHM_S, self._follow)
        self.call_after_refresh(self._lay_out_judgements)

    def on_resize(self, event: events.Resize) -> None:
        """Draw again what depends on the size; the footer is close where the screen is narrow."""
        super().on_resize(event)
        self.query_one(Footer).compact = event.size.width < WIDE_COLUMNS
        self._marked = (None, None)
        self.call_after_refresh(self._lay_out_judgements)

    async def _lay_out(self) -> None:
        """Show everything anew: at first, and after something was added."""
        from simulator.rehearsal.reviewing import findings, paragraphs, passage_at, passages

        self._state = self._desk.state()
        self._whole = passages(self._state)
        self._rows = paragraphs(self._whole)
        self._findings = findings(self._state)
        self._notes = {}
        for note in self._state.notes:
            if note.moment_s is not None:
                self._notes.setdefault(passage_at(self._rows, note.moment_s) or 0, []).append(note)
        words = self.query_one("#words", VerticalScroll)
        at_y = words.scroll_y
        await words.remove_children()
        await words.mount(
            *(
                Static(self._passage(number, None), classes=self._passage_classes(number))
                for number in range(len(self._rows))
            )
        )
        words.scroll_to(y=at_y, animate=False)
        self._marked = (None, None)

    def _lay_out_judgements(self) -> None:
        self.query_one(ReviewHead).show_about(self._state)
        self.query_one(Judgements).show_findings(self._state, self._findings)
        self._follow()

    # What is shown.

    def _passage_classes(self, number: int) -> str:
        goes_on = number + 1 < len(self._rows) and self._rows[number + 1].continued
        return "passage" + (" -own" if self._rows[number].answer else "") + (" -goes-on" if goes_on else "")

    def _passage(self, number: int, word: int | None) -> Content:
        """Give a passage: the word that is being said reversed, the selected judgement's words underlined."""
        row = self._rows[number]
        keeper = "  ★ keeper" if row.answer and self._state.answers[row.answer].keeper else ""
        head = [("\n", "")]
        if not row.continued:
            head = [
                ("You", "bold $primary") if row.answer else ("Interviewer", "bold $accent"),
                (f"  {clock(row.start_s)}", "$faint"),
                (f"{keeper}\n", "bold $accent"),
            ]
        for note in self._notes.get(number, ()):
            head.append((f"✎ {clock(note.moment_s or 0.0)} {note.text}\n", "$warning"))
        body = Content.styled(row.text, "$said" if row.answer else "$quiet")
        at = 0
        shown = self._shown_words(row)
        for place, each in enumerate(row.words):
            end = at + len(each.text)
            if place in shown:
                body = body.stylize("underline $accent", at, end + (place + 1 in shown))
            if place == word:
                body = body.stylize("bold reverse", at, end)
            at = end + 1
        return Content.assemble(*head) + body

    def _shown_words(self, row: Passage) -> frozenset[int]:
        """Give the places in a passage of the words that the selected judgement rests on."""
        selected = self.query_one(Judgements).selected
        if selected is None or row.answer is None:
            return frozenset()
        spans = [
            (each.start_s, each.end_s)
            for each in selected.evidence
            if each.answer == row.answer and each.start_s is not None and each.end_s is not None
        ]
        return frozenset(
            number
            for number, word in enumerate(row.words)
            if any(start_s - 0.01 <= word.start_s < end_s for start_s, end_s in spans)
        )

    def _follow(self) -> None:
        """Bring the screen to where the sound is."""
        from simulator.rehearsal.reviewing import passage_at, word_at

        position_s = self._player.position_s
        self.query_one(ReviewHead).show_place(self._player, self._desk.problem)
        if not self._rows:
            return
        index = passage_at(self._rows, position_s) or 0
        row = self._rows[index]
        word = word_at(row.words, position_s)
        answer = row.answer or next((each.answer for each in self._rows[index:] if each.answer), None)
        if answer is not None:
            self.query_one(Timeline).show_answer(self._state.answers[answer], self._state.band_s, position_s)
        if (index, word) != self._marked:
            self._mark(index, word)

    def _mark(self, index: int, word: int | None) -> None:
        """Mark the word that is being said, and bring it into view."""
        before, _ = self._marked
        self._marked = (index, word)
        row = self._rows[index]
        words = self.query_one("#words", VerticalScroll)
        shown = list(words.query(".passage").results(Static))
        if before is not None and before != index:
            shown[before].update(self._passage(before, None), layout=False)
        content = self._passage(index, word)
        shown[index].update(content, layout=False)
        if before != index:
            thread = row.thread or next((each.thread for each in self._rows[index:] if each.thread), None)
            self.query_one(DepthMap).show_depth(self._state.threads.get(thread or ""))
        self.call_after_refresh(self._bring_into_view, shown[index], content, row, word)

    def _bring_into_view(self, shown: Static, content: Content, row: Passage, word: int | None) -> None:
        words = self.query_one("#words", VerticalScroll)
        top, width = shown.virtual_region.y, shown.content_size.width
        if width <= 0:
            return
        line = 0
        if word is not None:
            said = len(" ".join(each.text for each in row.words[: word + 1]))
            head = len(content.plain) - len(row.text)
            line = len(Content(content.plain[: head + said]).wrap(width)) - 1
        first, last = words.scroll_y, words.scroll_y + words.size.height - 1
        if not first <= top + line <= last - 1 or (word is None and top + 1 > last):
            words.scroll_to(y=max(0, top + line - (words.size.height // 3 if line else 0)), animate=False)

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
        pieces = {each.start_s for finding in self._findings for each in finding.evidence}
        return tuple(sorted(moment for moment in pieces if moment is not None))

    def action_next_evidence(self) -> None:
        """Jump to the next piece of evidence, and select it."""
        self._beside(self._evidence(), 1)
        self.query_one(Judgements).select_at(self._player.position_s)

    def action_previous_evidence(self) -> None:
        """Jump to the piece of evidence before, and select it."""
        self._beside(self._evidence(), -1)
        self.query_one(Judgements).select_at(self._player.position_s)

    def on_option_list_option_selected(self, _: OptionList.OptionSelected) -> None:
        """Jump to the selected judgement's words."""
        finding = self.query_one(Judgements).selected
        if finding is not None and finding.start_s is None:
            self.notify("No words were named for this judgement.", severity="warning")
        elif finding is not None:
            self._jump(finding.start_s)

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Show the words behind the judgement that is now selected."""
        self.query_one(Judgements).show_detail()
        selected = self.query_one(Judgements).selected
        answers = frozenset(each.answer for each in selected.evidence) if selected is not None else frozenset()
        shown = list(self.query_one("#words", VerticalScroll).query(".passage").results(Static))
        for number, (widget, row) in enumerate(zip(shown, self._rows, strict=False)):
            if row.answer is not None and row.answer in answers | self._underlined:
                word = self._marked[1] if number == self._marked[0] else None
                widget.update(self._passage(number, word), layout=False)
        self._underlined = answers

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
        moments = found_words(self._whole, words)
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
        finding = self.query_one(Judgements).selected
        if finding is None:
            self.notify("Select a judgement first (↑ ↓).", severity="warning")
            return
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
        if not self.attempt(work):
            return
        self.notify(said)
        self.run_worker(self._again(), exclusive=True, group="lay-out")

    async def _again(self) -> None:
        await self._lay_out()
        self._lay_out_judgements()

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
    chosen = tuple((value, value) for value in kinds[finding.target] if value != finding.value)
    return (("not settled yet", ""), *chosen) if finding.target == "outcome" else chosen


def run_review(desk: Desk, player: Playback, settings: Settings, at_s: float = 0.0) -> int:
    """Show the review of a session, and give the exit status.

    Raises:
        SimulatorError: there is no terminal, or the screen failed.
    """
    from simulator.screens.app import InterviewApp, run_app

    return run_app(InterviewApp(settings, lambda: ReviewScreen(desk, player, at_s), signals=True))
