"""The start screen: choose what to practise and how, see the devices, go on with an earlier session."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, OptionList, Select, Static
from textual.widgets.option_list import Option

from simulator.domain.errors import SimulatorError
from simulator.domain.vocabulary import Mode, SessionClose
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen, LeftError
from simulator.screens.widgets.words import clock, shortened

if TYPE_CHECKING:
    from simulator.config.settings import Settings

MODES: dict[Mode, str] = {
    Mode.ROUND: "the whole round",
    Mode.QUESTION: "one question and its follow-ups",
    Mode.PUSHBACK: "only views and pushes",
    Mode.UNKNOWN: "past the edge of what you know",
    Mode.DEPTH: "one example, to the bottom",
    Mode.DRILL: "timing of initial answers, no follow-ups",
}
"""What each mode practises, in the order of the list."""


ANY_QUESTION = "the interviewer chooses"
SYSTEM_DEFAULT = "the system's default"
NO_LIMIT = "0 for no limit"
MINUTES_WIDTH = 8
TYPED = "typed"
RECENT_CHARACTERS = 30
"""Width of the list of earlier sessions on the narrowest screen."""


class Wish(StrEnum):
    """What the user wants to do."""

    START = "start"
    DEMO = "demo"
    OPEN = "open"
    """Look at an earlier session."""
    RESUME = "resume"
    """Go on with an interrupted session."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the start screen.

    Attributes:
        wish: what to do.
        mode: what is practised.
        pack: the pack's name.
        question: id of the one question to ask; "" lets the policy choose.
        minutes: the session's time; 0 is unlimited.
        voice: the voice profile's name.
        input: microphone; "" follows the system's default.
        output: loudspeaker; "" follows the system's default.
        typed: whether answers are typed.
        session: id of the earlier session (open and resume).
    """

    wish: Wish
    mode: Mode = Mode.ROUND
    pack: str = ""
    question: str = ""
    minutes: float = 40.0
    voice: str = ""
    input: str = ""
    output: str = ""
    typed: bool = False
    session: str = ""


@dataclass(frozen=True, slots=True)
class PackOffer:
    """A pack that can be chosen: its name, its title, and its questions as (id, text)."""

    name: str
    title: str
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Recent:
    """An earlier session; `closed` is None where it was interrupted and can be gone on with."""

    session: str
    title: str
    started_at: str
    mode: Mode
    duration_s: float
    closed: SessionClose | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is to choose from.

    Attributes:
        packs: the packs, the user's own first.
        voices: names of voice profiles.
        inputs: names of microphones, without the system's default.
        outputs: names of loudspeakers, without the system's default.
        recent: earlier sessions, newest first.
        note: what is wrong with the devices, in a sentence; "" if nothing.
    """

    packs: tuple[PackOffer, ...] = ()
    voices: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    recent: tuple[Recent, ...] = ()
    note: str = ""


Newer: TypeAlias = Callable[[Callable[[int, int], None]], tuple[Recent, ...]]
"""Gives the earlier sessions after a look for changes, telling how many of how many changed ones are read."""


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What is chosen before the user chooses."""

    pack: str
    minutes: float
    voice: str
    input: str
    output: str


def _defaults(settings: Settings) -> _Defaults:
    return _Defaults(
        settings.interview.pack,
        settings.interview.minutes,
        settings.voice.profile,
        settings.sound.input,
        settings.sound.output,
    )


def _named(names: Iterable[str], chosen: str, default: str = "") -> list[tuple[str, str]]:
    """Give the options of a list of names, with the default's own line first and the chosen one in any case."""
    options = [(default, "")] if default else []
    known = list(dict.fromkeys([*names, *([chosen] if chosen else [])]))
    return options + [(name, name) for name in known]


class Sketch(Static):
    """The form as it will stand, in plain text: seven lists to choose from take as long to make as all the rest.

    What the settings say is left out, since they are not loaded yet.
    """

    def render(self) -> Content:
        """Give the form's lines, spaced as the form spaces them at this size."""
        values = {
            "Practise": f"{Mode.ROUND}: {MODES[Mode.ROUND]}",
            "Pack": "",
            "Question": ANY_QUESTION,
            "Minutes": " " * MINUTES_WIDTH + f" {NO_LIMIT}",
            "Voice": "",
            "Microphone": SYSTEM_DEFAULT,
            "Loudspeaker": SYSTEM_DEFAULT,
            "Answers": "spoken",
        }
        width = 16 if self.screen.has_class("-wide") else 13
        lines = [Content.assemble((f"{name:<{width}}", "$quiet"), value) for name, value in values.items()]
        return Content("\n\n" if self.screen.has_class("-tall") else "\n").join(lines)


class Form(VerticalScroll, can_focus=False):
    """What can be chosen, a row each, and how an interview goes.

    Args:
        settings: the user's settings; what is chosen before the user chooses.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(id="form")
        self._settings = settings

    def compose(self) -> ComposeResult:
        """Give the rows, the buttons, and what is to be known."""
        chosen = _defaults(self._settings)
        yield from self._row("Practise", _select("mode", [(f"{m}: {MODES[m]}", m.value) for m in MODES], "round"))
        yield from self._row("Pack", _select("pack", [(chosen.pack, "")], ""))
        yield from self._row("Question", _select("question", [(ANY_QUESTION, "")], ""))
        minutes = Input(f"{chosen.minutes:g}", id="minutes", type="number", compact=True, max_length=5)
        yield from self._row("Minutes", minutes, Label(NO_LIMIT, classes="unit"))
        yield from self._row("Voice", _select("voice", [(chosen.voice, "")], ""))
        yield from self._row("Microphone", _select("input", _named((), chosen.input, SYSTEM_DEFAULT), chosen.input))
        yield from self._row("Loudspeaker", _select("output", _named((), chosen.output, SYSTEM_DEFAULT), chosen.output))
        yield from self._row("Answers", _select("answers", [("spoken", ""), ("typed", TYPED)], ""))
        with Horizontal(id="buttons"):
            yield Button("Start", id="start", variant="primary", compact=True)
            yield Button("Demo", id="demo", compact=True)
        yield Static(id="note", markup=False)
        yield Static("How it goes", classes="title", id="how")
        yield Static(Content("\n".join(how_it_goes(self._settings))), id="about")

    @staticmethod
    def _row(label: str, *widgets: Widget) -> ComposeResult:
        with Horizontal(classes="row"):
            yield Label(label)
            yield from widgets


class StartScreen(BaseScreen[None]):
    """Gives a choice (`choice`), or None where the user left.

    Args:
        load: gives what there is to choose from; called off the loop after the first paint.
        settings: loads the user's settings, likewise; None where the application has them already.
        newer: looks for changes of the earlier sessions, called off the loop when all else stands; None where those
            of the offer are up to date.

    Attributes:
        failure: what is wrong with the settings; it ends the program.
    """

    DEFAULT_CSS = """
    StartScreen > .head { height: 1; background: $surface; padding: 0 1; }
    StartScreen > #desk { height: 1fr; }
    StartScreen #form, StartScreen #sketch { width: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    StartScreen .row { height: auto; }
    StartScreen .row > Label { width: 13; color: $quiet; padding: 0 1 0 0; }
    StartScreen Select { width: 1fr; }
    StartScreen Input { width: 8; }
    StartScreen .row > .unit { width: auto; color: $faint; padding: 0 1; }
    StartScreen #buttons { height: auto; margin-top: 1; padding-left: 13; }
    StartScreen #buttons Button { margin-right: 2; min-width: 12; }
    StartScreen #how { margin-top: 1; }
    StartScreen #about { height: auto; color: $quiet; }
    StartScreen #note { height: auto; color: $warning; margin-top: 1; display: none; }
    StartScreen #side { width: 33; padding: 0 0 0 1; border-left: vkey $line; }
    StartScreen #recent { height: 1fr; border: none; padding: 0; background: $background; scrollbar-size-vertical: 1; }
    StartScreen .title { color: $primary; text-style: bold; height: 1; }
    StartScreen.-wide #side { width: 50; padding: 0 1 0 2; }
    StartScreen.-wide .row > Label { width: 16; }
    StartScreen.-wide #buttons { padding-left: 16; }
    StartScreen.-tall #form, StartScreen.-tall #sketch { padding: 1 2; }
    StartScreen.-tall #side { padding: 1 0 0 1; }
    StartScreen.-wide.-tall #side { padding: 1 1 0 2; }
    StartScreen.-tall .row { margin-bottom: 1; }
    StartScreen.-tall .title { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("begin", "demo", "close", "help")]

    def __init__(
        self,
        load: Callable[[], Offer],
        settings: Callable[[], Settings] | None = None,
        newer: Newer | None = None,
    ) -> None:
        super().__init__()
        self.choice: Choice | None = None
        self.failure: SimulatorError | None = None
        self._load = load
        self._settings = settings
        self._newer = newer
        self._left = threading.Event()
        self._offer = Offer()
        self._furnished = False

    def compose_body(self) -> ComposeResult:
        """Give what is seen first: the form as text and, beside it, the place of earlier sessions."""
        yield Static(
            Content.assemble(("Interview", "bold $accent"), ("  a spoken mock interview that follows up", "$quiet")),
            classes="head",
        )
        with Horizontal(id="desk"):
            yield Sketch(id="sketch")
            with Vertical(id="side"):
                yield Static("Earlier sessions", classes="title")

    def on_mount(self) -> None:
        """Make the form after the first paint."""
        self.after_first_paint(self._furnish)

    def on_unmount(self) -> None:
        """End the look for changes."""
        self._left.set()

    async def _furnish(self) -> None:
        """Put the form in the sketch's place, then load what there is to choose from."""
        if self._settings is not None:
            try:
                self.program.take_settings(await asyncio.to_thread(self._settings))
            except SimulatorError as error:
                self.failure = error
                self.app.exit(int(error.status))
                return
            if self._left.is_set() or not self.stands:
                return
        with self.app.batch_update():
            await self.query_one("#desk").mount(Form(self.program.settings), before="#sketch")
            await self.query_one("#side").mount(OptionList(id="recent", compact=True, markup=False))
            await self.query(Sketch).remove()
        self.query("#start").focus()
        self._furnished = True
        self.call_after_refresh(self._begin_filling)

    def _begin_filling(self) -> None:
        self.run_worker(self._fill(), name="offer", group="offer", exclusive=True)

    async def _fill(self) -> None:
        try:
            self._offer = await asyncio.to_thread(self._load)
        except SimulatorError as error:
            if not self._left.is_set():
                self._show_note(str(error))
            return
        if self._left.is_set():
            return
        offer, chosen = self._offer, _defaults(self.program.settings)
        packs = [(pack.title or pack.name, pack.name) for pack in offer.packs]
        if chosen.pack not in {pack.name for pack in offer.packs}:
            packs.append((chosen.pack, chosen.pack))
        self._refill("pack", packs, chosen.pack)
        self._refill("voice", _named(offer.voices, chosen.voice), chosen.voice)
        self._refill("input", _named(offer.inputs, chosen.input, SYSTEM_DEFAULT), chosen.input)
        self._refill("output", _named(offer.outputs, chosen.output, SYSTEM_DEFAULT), chosen.output)
        self._list_recent("none yet" if self._newer is None else "…")
        self._show_note(offer.note)
        await self._renew()

    async def _renew(self) -> None:
        """Look for changes of the earlier sessions."""
        if self._newer is None:
            return

        def tell(_done: int, _total: int) -> None:
            if self._left.is_set():
                raise LeftError

        try:
            newer = await asyncio.to_thread(self._newer, tell)
        except LeftError:
            return
        if self._left.is_set():
            return
        if newer != self._offer.recent or not newer:
            self._offer = replace(self._offer, recent=newer)
            self._list_recent("none yet")

    def _list_recent(self, none: str) -> None:
        """List the earlier sessions, with the cursor on the one it was on."""
        recent = self.query_one("#recent", OptionList)
        at = recent.highlighted_option
        recent.clear_options()
        recent.add_options([Option(recent_line(each), id=each.session) for each in self._offer.recent])
        if not self._offer.recent:
            recent.add_option(Option(Content.styled(none, "$faint"), disabled=True))
        elif at is not None and at.id in {each.session for each in self._offer.recent}:
            recent.highlighted = recent.get_option_index(at.id)

    def _refill(self, name: str, options: list[tuple[str, str]], value: str) -> None:
        select = self.query_one(f"#{name}", Select)
        select.set_options(options)
        select.value = value

    def _show_note(self, text: str) -> None:
        note = self.query_one("#note", Static)
        note.update(Content(f"! {text}"))
        note.display = bool(text)

    @on(Select.Changed, "#pack")
    def _offer_questions(self, event: Select.Changed) -> None:
        """Offer the questions of the chosen pack."""
        pack = next((each for each in self._offer.packs if each.name == event.value), None)
        questions = [(shortened(text, 90), name) for name, text in pack.questions] if pack is not None else []
        self._refill("question", [(ANY_QUESTION, ""), *questions], "")

    @on(Button.Pressed, "#start")
    def action_begin(self) -> None:
        """Start the interview as chosen."""
        self._leave(Wish.START)

    @on(Button.Pressed, "#demo")
    def action_demo(self) -> None:
        """Watch a simulated candidate."""
        self._leave(Wish.DEMO)

    @on(OptionList.OptionSelected, "#recent")
    def _open_recent(self, event: OptionList.OptionSelected) -> None:
        recent = next(each for each in self._offer.recent if each.session == event.option_id)
        self._leave(Wish.OPEN if recent.closed is not None else Wish.RESUME, recent.session)

    def action_close(self) -> None:
        """Leave the program."""
        self._left.set()
        self.app.exit(0)

    def _leave(self, wish: Wish, session: str = "") -> None:
        if not self._furnished:
            self.call_after_refresh(self._leave, wish, session)
            return
        typed = self.query_one("#minutes", Input).value
        try:
            minutes = max(0.0, float(typed or 0))
        except ValueError:
            self._show_note(f"{typed} is no number of minutes.")
            return
        self.choice = Choice(
            wish=wish,
            mode=Mode(self._value("mode")),
            pack=self._value("pack"),
            question=self._value("question"),
            minutes=minutes,
            voice=self._value("voice"),
            input=self._value("input"),
            output=self._value("output"),
            typed=self._value("answers") == TYPED,
            session=session,
        )
        self._left.set()
        self.app.exit(0)

    def _value(self, name: str) -> str:
        value = self.query_one(f"#{name}", Select).value
        return value if isinstance(value, str) else ""


def _select(name: str, options: list[tuple[str, str]], value: str) -> Select[str]:
    return Select(options, value=value, allow_blank=False, id=name, compact=True)


def how_it_goes(settings: Settings) -> tuple[str, ...]:
    """Say how an interview goes, and what leaves this machine, a sentence a line.

    Args:
        settings: the user's settings; servers are named there.
    """
    low, high = (clock(edge) for edge in settings.interview.band_s)
    servers = [address for address in (settings.recognizer.base_url, settings.language_model.base_url) if address]
    leaves = f"What you say goes to {' and '.join(servers)}." if servers else "What you say stays on this machine."
    return (
        f"A question is spoken; answer aloud, {low} to {high} at first.",
        "A pause ends your answer when it sounds complete; so does a key.",
        "Follow-ups come from your own words, to the limit of the story.",
        leaves,
    )


def recent_line(recent: Recent) -> Content:
    """Give an earlier session in two lines: when and how long, then its title or mode and how it ended.

    Args:
        recent: the session.
    """
    date, _, time = recent.started_at.partition("T")
    ended = "resume it" if recent.closed is None else str(recent.closed)
    name = shortened(recent.title or recent.mode.value, RECENT_CHARACTERS - len(ended) - 5)
    style = "$accent" if recent.closed is None else "$faint"
    return Content.assemble(
        (f"{date} {time[:5]} · {clock(recent.duration_s)}\n", "$quiet"), (f"  {name}", "$said"), (f" · {ended}", style)
    )


def run_start(
    load: Callable[[], Offer], settings: Callable[[], Settings], newer: Newer | None = None, theme: str = ""
) -> Choice | None:
    """Show the start screen, and give what was chosen, or None where the user left.

    Args:
        load: gives what there is to choose from; called off the loop after the first paint.
        settings: loads the user's settings, likewise; they are what is chosen before the user chooses.
        newer: looks for changes of the earlier sessions, likewise.
        theme: the theme of the first paint.

    Raises:
        SimulatorError: there is no terminal, the screen failed, or the settings are not right.
    """
    from simulator.screens.app import InterviewApp, run_app

    start = StartScreen(load, settings, newer)
    run_app(InterviewApp(None, lambda: start, signals=True, theme=theme))
    if start.failure is not None:
        raise start.failure
    return start.choice
