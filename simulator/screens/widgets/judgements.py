"""The judgements of a session in a list, thread by thread, and below it the words behind the selected one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from simulator.domain.events import JudgementCorrected
from simulator.domain.state import FacetProgress, SessionState
from simulator.domain.vocabulary import GOOD_SIGNALS, FacetState, Outcome
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import clock, facet_mark, shortened

if TYPE_CHECKING:
    from simulator.rehearsal.reviewing import Finding

HEADINGS = {"outcome": "Limits", "facet": "Heard", "reply": "Replies", "signal": "Signals"}
"""What a group of judgements is headed with, in the groups' order."""

TIMED_CELLS = 40
"""From this width on a line has room for the moment at its end."""

QUOTE_LINES = 3
"""Most lines that a quote takes below the list; the whole of it stands in the transcript."""


class Judgements(Vertical):
    """Every judgement, one of them selected, with its evidence."""

    DEFAULT_CSS = """
    Judgements { height: 1fr; }
    Judgements > OptionList { height: 1fr; scrollbar-size-vertical: 1; }
    Judgements > OptionList, Judgements > OptionList:focus { border: none; padding: 0; background: $background;
        background-tint: transparent; }
    Judgements > OptionList > .option-list--option { padding: 0; }
    Judgements > OptionList > .option-list--option-highlighted,
    Judgements > OptionList:focus > .option-list--option-highlighted { background: $panel; color: $said;
        text-style: bold underline; }
    Judgements > OptionList > .option-list--option-disabled { color: $primary; }
    Judgements > Line { height: 6; background: $surface; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._state = SessionState()
        self._findings: tuple[Finding, ...] = ()

    def compose(self) -> ComposeResult:
        """Give the list, and the words below it."""
        yield OptionList(id="findings")
        yield Line(classes="detail")

    def show_findings(self, state: SessionState, findings: tuple[Finding, ...]) -> None:
        """Show a session's judgements; what was selected stays so."""
        before = self.selected
        self._state, self._findings = state, findings
        listed = self.query_one(OptionList)
        listed.set_options(self._options((listed.size.width or 32) - 1))
        again = next((n for n, each in enumerate(findings) if before is not None and _same(each, before)), None)
        listed.highlighted = listed.get_option_index(str(again)) if again is not None else None
        self.show_detail()

    @property
    def selected(self) -> Finding | None:
        """The selected judgement, or None."""
        listed = self.query_one(OptionList)
        if listed.highlighted is None:
            return None
        number = listed.get_option_at_index(listed.highlighted).id
        return self._findings[int(number)] if number is not None else None

    def select_at(self, moment_s: float) -> None:
        """Select the first judgement whose evidence was said at a moment, unless a selected one was already."""
        if self.selected is not None and _at(self.selected, moment_s):
            return
        for number, each in enumerate(self._findings):
            if _at(each, moment_s):
                listed = self.query_one(OptionList)
                listed.highlighted = listed.get_option_index(str(number))
                return

    def show_detail(self) -> None:
        """Show the words behind the selected judgement."""
        self.query_one(".detail", Line).put(self._detail(max(20, self.size.width - 3)))

    def _options(self, width: int) -> Iterator[Option]:
        for place, thread in enumerate(self._state.threads.values(), 1):
            own = [(number, each) for number, each in enumerate(self._findings) if each.thread == thread.thread]
            if place > 1:
                yield Option("", disabled=True)
            title = shortened(f"{place} {thread.question} ({thread.kind.value})", width)
            yield Option(Content.styled(title, "bold $primary"), disabled=True)
            for target, heading in HEADINGS.items():
                group = [(number, each) for number, each in own if each.target == target]
                if group:
                    yield Option(Content.styled(f"  {heading}", "$quiet"), disabled=True)
                for number, each in group:
                    yield Option(finding_line(each, width, _correction(self._state, each) is not None), id=str(number))

    def _detail(self, width: int) -> Content:
        finding = self.selected
        if finding is None:
            hint = "↑ ↓ select a judgement, Enter plays its words" if self._findings else "Nothing was judged."
            return Content.styled(hint, "$faint")
        when = f"  {clock(finding.start_s)}" if finding.start_s is not None else ""
        parts: list[tuple[str, str]] = [
            (finding.name, "bold $accent"),
            ("" if finding.target == "signal" else f" {finding.value}", "bold $said"),
            (f"{when}\n", "$faint"),
        ]
        corrected = _correction(self._state, finding)
        if corrected is not None:
            was = f"Yours; it was {corrected.was or 'not there'}: {corrected.reason}"
            parts.append((shortened(was, width * 2) + "\n", "$warning"))
        if finding.evidence:
            quotes = " … ".join(evidence.quote for evidence in finding.evidence)
            lines = 2 if corrected is not None else QUOTE_LINES
            parts.append((f"“{shortened(quotes, width * lines - 4)}”\n", "italic $said"))
        else:
            parts.append(("no words were named for it\n", "$faint"))
        if corrected is None:
            parts.append((shortened(_behind(finding), width), "$quiet"))
        return Content.assemble(*parts)


def finding_line(finding: Finding, width: int, corrected: bool) -> Content:
    """Give a judgement as a line: mark, name, value, and its moment where there is room.

    Args:
        finding: the judgement.
        width: cells.
        corrected: whether the user has overruled it.
    """
    mark, colour = _mark(finding)
    value = finding.value
    if finding.target == "signal":
        value = "for" if finding.value in GOOD_SIGNALS else "against"
    yours = " ✎" if corrected else ""
    text = f"{finding.name:<{19 if finding.target == 'signal' else 16}}"
    when = clock(finding.start_s) if finding.start_s is not None and width >= TIMED_CELLS else ""
    gap = max(1, width - 2 - len(text) - len(value) - len(yours) - len(when))
    return Content.assemble(
        (f"{mark} ", f"bold ${colour}"),
        (text, "$said"),
        (value, f"${colour}"),
        (yours, "$warning"),
        (" " * gap + when if when else "", "$faint"),
    )


def _mark(finding: Finding) -> tuple[str, str]:
    match finding.target:
        case "outcome":
            mark, _, colour = facet_mark(FacetProgress(outcome=Outcome(finding.value)))
        case "facet":
            mark, _, colour = facet_mark(FacetProgress(state=FacetState(finding.value)))
        case "reply":
            mark, colour = "↳", "quiet"
        case _:
            mark, colour = ("+", "facet-held") if finding.value in GOOD_SIGNALS else ("−", "warning")
    return mark, colour


def _behind(finding: Finding) -> str:
    """Say what a judgement rests on: the reason where one was given, else how sure the engine was."""
    if finding.reason:
        return finding.reason
    by = f"by {finding.engine}, " if finding.engine else ""
    return f"{by}sure to {finding.confidence:.0%}" if finding.confidence else ""


def _at(finding: Finding, moment_s: float) -> bool:
    return any(each.start_s is not None and abs(each.start_s - moment_s) < 0.02 for each in finding.evidence)


def _same(one: Finding, other: Finding) -> bool:
    def key(each: Finding) -> tuple[str, str, str | None, str]:
        return each.target, each.thread, each.answer, "" if each.target == "signal" else each.name

    return key(one) == key(other) and (one.target != "signal" or one.name == other.name)


def _correction(state: SessionState, finding: Finding) -> JudgementCorrected | None:
    """Give the newest correction that made a judgement what it is, or None."""
    for each in reversed(state.corrections):
        name = each.now if each.target == "signal" else str(each.facet)
        if (each.target, each.thread, name, each.now) == (finding.target, finding.thread, finding.name, finding.value):
            if finding.target in {"reply", "signal"} and each.answer != finding.answer:
                continue
            return each
    return None
