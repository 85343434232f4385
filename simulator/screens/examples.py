"""The examples: the candidate's real experiences, how deep each is known, and proposals to confirm or reject."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from simulator.domain.errors import SimulatorError
from simulator.domain.state import FacetProgress
from simulator.screens.actions import bindings
from simulator.screens.base import BaseScreen
from simulator.screens.dialogs_text import Entry
from simulator.screens.widgets.depth import NAME_CELLS
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import facet_mark, shortened
from simulator.sessions.examples import AIM, IN_DEPTH, ExampleDepth, Proposal, Telling
from simulator.sessions.wording import count

if TYPE_CHECKING:
    from simulator.config.settings import Settings


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of examples: the confirmed ones, proposals, and the first words of each telling."""

    depths: tuple[ExampleDepth, ...]
    proposals: tuple[Proposal, ...]
    openings: dict[Telling, str]


@dataclass(frozen=True, slots=True)
class Cabinet:
    """What the screen needs.

    Attributes:
        known: gives what is known now; may take long, and is called off the loop.
        confirm: takes a proposal, with a name for a new example.
        reject: turns a proposal down.
        rename: gives the example with an id another name.
    """

    known: Callable[[], Known]
    confirm: Callable[[Proposal, str], None]
    reject: Callable[[Proposal], None]
    rename: Callable[[str, str], None]


class ExamplesScreen(BaseScreen[None]):
    """Examples on the left, the selected one's depth over all sessions on the right.

    Args:
        cabinet: the examples.
    """

    DEFAULT_CSS = """
    ExamplesScreen > #head { height: 1; background: $surface; padding: 0 1; }
    ExamplesScreen > #desk { height: 1fr; }
    ExamplesScreen OptionList, ExamplesScreen OptionList:focus { width: 1fr; height: 1fr; border: none; padding: 0 1;
        background: $background; background-tint: transparent; scrollbar-size-vertical: 1; }
    ExamplesScreen OptionList > .option-list--option { padding: 0; }
    ExamplesScreen OptionList > .option-list--option-highlighted,
    ExamplesScreen OptionList:focus > .option-list--option-highlighted { background: $panel; color: $said;
        text-style: bold underline; }
    ExamplesScreen #detail { width: 40; border-left: vkey $line; padding: 0 1; scrollbar-size-vertical: 1; }
    ExamplesScreen.-wide #detail { width: 64; padding: 0 1 0 2; }
    ExamplesScreen.-tall #detail, ExamplesScreen.-tall OptionList { padding-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("take", "turn_down", "rename", "close", "help")]
    AUTO_FOCUS = "OptionList"

    def __init__(self, cabinet: Cabinet) -> None:
        super().__init__()
        self._cabinet = cabinet
        self._known = Known((), (), {})
        self._shown: list[ExampleDepth | Proposal] = []

    def compose_body(self) -> ComposeResult:
        """Give head, list and depth."""
        yield Static(Content.assemble(("Examples ", "bold $primary"), ("reading your sessions …", "$quiet")), id="head")
        with Horizontal(id="desk"):
            yield OptionList()
            with VerticalScroll(id="detail", can_focus=False):
                yield Line(fixed=False)

    def on_mount(self) -> None:
        """Find out what is known."""
        self._again()

    def _again(self) -> None:
        self.run_worker(self._read, thread=True, exclusive=True, group="read", exit_on_error=False)

    def _read(self) -> None:
        try:
            known = self._cabinet.known()
        except SimulatorError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", timeout=20)
            return
        self.app.call_from_thread(self._show, known)

    def _show(self, known: Known) -> None:
        self._known = known
        deep = sum(depth.in_depth for depth in known.depths)
        self.query_one("#head", Static).update(
            Content.assemble(
                ("Examples ", "bold $primary"),
                ("■" * deep + "□" * max(0, AIM - deep), "$facet-held"),
                (f" {deep} of {AIM} known in depth", "$said"),
                (f" · {count(len(known.proposals), 'proposal')} to look at" if known.proposals else "", "$accent"),
            )
        )
        listed = self.query_one(OptionList)
        at = listed.highlighted or 0
        width = max(24, listed.size.width - 3)
        self._shown = [*known.depths, *known.proposals]
        options = [Option(example_line(depth, width), id=str(n)) for n, depth in enumerate(known.depths)]
        if known.proposals:
            head = "\nProposals" if options else "Proposals"
            options.append(Option(Content.styled(head, "bold $accent"), disabled=True))
        names = {depth.example.id: depth.example.name for depth in known.depths}
        for number, proposal in enumerate(known.proposals, len(known.depths)):
            line = proposal_line(proposal, names, known.openings, width)
            options.append(Option(line, id=str(number)))
        listed.set_options(options)
        ids = [number for number, option in enumerate(options) if not option.disabled]
        listed.highlighted = min(ids, key=lambda number: abs(number - at)) if ids else None
        self._tell()

    def _selected(self) -> ExampleDepth | Proposal | None:
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return None
        number = listed.get_option_at_index(listed.highlighted).id
        return self._shown[int(number)] if number is not None else None

    def on_option_list_option_highlighted(self, _: OptionList.OptionHighlighted) -> None:
        """Tell about what is selected."""
        self._tell()

    def _tell(self) -> None:
        selected = self._selected()
        if selected is None:
            text = Content.styled(
                "No story has been told yet. Examples are found in the stories that you tell.", "$quiet"
            )
        elif isinstance(selected, ExampleDepth):
            text = depth_content(selected)
        else:
            text = proposal_content(selected, self._known)
        self.query_one("#detail Line", Line).put(text)

    def action_take(self) -> None:
        """Confirm the selected proposal; a new example is asked its name."""
        selected = self._selected()
        if not isinstance(selected, Proposal):
            self.notify("Select a proposal first.", severity="warning")
        elif selected.example is not None:
            self._do(lambda: self._cabinet.confirm(selected, ""))
        else:
            entry = Entry("A name for this experience", "A few words, as you call it yourself")
            self.app.push_screen(
                entry, lambda name: self._do(lambda: self._cabinet.confirm(selected, name)) if name else None
            )

    def action_turn_down(self) -> None:
        """Reject the selected proposal."""
        selected = self._selected()
        if isinstance(selected, Proposal):
            self._do(lambda: self._cabinet.reject(selected))
        else:
            self.notify("Select a proposal first.", severity="warning")

    def action_rename(self) -> None:
        """Ask for another name of the selected example."""
        selected = self._selected()
        if isinstance(selected, ExampleDepth):
            example = selected.example
            entry = Entry("Another name for this example", "A few words", example.name)
            self.app.push_screen(
                entry, lambda name: self._do(lambda: self._cabinet.rename(example.id, name)) if name else None
            )

    def _do(self, work: Callable[[], None]) -> None:
        if self.attempt(work):
            self._again()

    def action_close(self) -> None:
        """Leave."""
        self.app.exit(0)


def example_line(depth: ExampleDepth, width: int) -> Content:
    """Give an example as two lines: its name, and how far it is."""
    held = len(IN_DEPTH) - len(depth.lacking)
    state = "in depth" if depth.in_depth else f"{held} of {len(IN_DEPTH)} held"
    told = count(len(depth.example.tellings), "telling")
    return Content.assemble(
        ("■ " if depth.in_depth else "□ ", "bold $facet-held"),
        (shortened(depth.example.name, width - 2) + "\n", "$said"),
        (f"  {state} · {told}", "$quiet"),
    )


def proposal_line(proposal: Proposal, names: dict[str, str], openings: dict[Telling, str], width: int) -> Content:
    """Give a proposal as two lines: what it would be, and how it begins."""
    what = f"joins {names[proposal.example]}" if proposal.example else "a new example"
    opening = openings.get(proposal.tellings[0], "")
    return Content.assemble(
        ("? ", "bold $accent"),
        (shortened(f"{what} · {count(len(proposal.tellings), 'telling')}", width - 2) + "\n", "$said"),
        (shortened(f"  “{opening}”", width), "italic $quiet"),
    )


def depth_content(depth: ExampleDepth) -> Content:
    """Give an example's depth over all sessions: what is wanted for depth is named first and marked."""
    lines = [Content.styled(depth.example.name, "bold $primary"), Content.styled("needed for depth", "$faint")]
    for facet in (*IN_DEPTH, *(facet for facet in depth.facets if facet not in IN_DEPTH)):
        if len(lines) == 2 + len(IN_DEPTH):
            lines.append(Content.styled("besides", "$faint"))
        held = depth.facets[facet]
        mark, word, colour = facet_mark(FacetProgress(state=held.state, outcome=held.outcome))
        open_still = "" if held.outcome is not None else ", unsettled"
        lines.append(
            Content.assemble(
                (f"{mark} ", f"bold ${colour}"),
                (f"{facet.value:<{NAME_CELLS}}", "$said"),
                (word + open_still, f"${colour}"),
            )
        )
    lines.append(Content(""))
    if depth.questions:
        told = ", ".join(question for _, question in depth.questions)
        lines.append(Content.assemble(("told for  ", "$quiet"), (told, "$said")))
    if depth.best is not None:
        lines.append(Content.assemble(("best      ", "$quiet"), (f"{depth.best.session} {depth.best.thread}", "$said")))
    return Content("\n").join(lines)


def proposal_content(proposal: Proposal, known: Known) -> Content:
    """Give a proposal's tellings with their first words, and what to do about it."""
    like = f", likeness {proposal.likeness:.2f}" if proposal.likeness is not None else ""
    one = "Is this one of your examples?" if len(proposal.tellings) == 1 else "Are these one experience?"
    if proposal.example is not None:
        name = next(depth.example.name for depth in known.depths if depth.example.id == proposal.example)
        one = f"Is this {name}, told again?"
    lines = [Content.assemble((one, "bold $accent"), (like, "$faint"))]
    for telling in proposal.tellings:
        lines.append(Content.styled(f"\n{telling.session} {telling.thread}", "$faint"))
        lines.append(Content.styled(f"“{known.openings.get(telling, '')}”", "italic $said"))
    lines.append(Content.styled("\nc confirms, x rejects", "$quiet"))
    return Content("\n").join(lines)


def run_examples(cabinet: Cabinet, settings: Settings) -> int:
    """Show the examples, and give the exit status."""
    from simulator.screens.app import InterviewApp, run_app

    return run_app(InterviewApp(settings, lambda: ExamplesScreen(cabinet), signals=True))
