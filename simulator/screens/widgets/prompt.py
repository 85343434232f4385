"""What the candidate has been asked: the question, and the follow-up that is being answered."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content

from simulator.domain.state import SessionState, ThreadState, Utterance
from simulator.screens.widgets.line import Line
from simulator.screens.widgets.words import shortened

ASIDES = frozenset({"repeat", "invitation"})
"""Purposes of utterances that don't change what the candidate has been asked."""


def asked(state: SessionState) -> tuple[str, str, str]:
    """Give what is asked now: a heading, the words, and the question behind it where that is another.

    Args:
        state: the session.
    """
    utterance = next((each for each in reversed(state.utterances) if each.purpose not in ASIDES), None)
    if utterance is None:
        return "Interviewer", "The interview is being prepared.", ""
    thread = state.threads.get(utterance.thread) if utterance.thread else None
    return _heading(state, thread, utterance), utterance.text, _behind(thread, utterance)


def _heading(state: SessionState, thread: ThreadState | None, utterance: Utterance) -> str:
    if thread is not None and utterance.purpose == "question":
        return f"Question {list(state.threads).index(thread.thread) + 1} · {thread.kind.value}"
    if thread is not None and utterance.purpose in {"probe", "pushback"}:
        probe = thread.probes[-1]
        number = sum(1 for each in thread.probes if not each.confirms)
        again = " · asked again plainly" if probe.confirms else ""
        word = "Pushback" if probe.pushback else f"Follow-up {number}"
        return f"{word} · {probe.facet.value}{again}"
    return "Interviewer"


def _behind(thread: ThreadState | None, utterance: Utterance) -> str:
    return thread.text if thread is not None and utterance.purpose != "question" else ""


class Prompt(VerticalScroll, can_focus=False):
    """The question and the follow-up."""

    DEFAULT_CSS = """
    Prompt { height: auto; max-height: 9; padding: 0 1; border-left: outer $accent; background: $surface;
             scrollbar-size-vertical: 1; }
    Prompt > .heading { color: $accent; height: auto; }
    Prompt > .behind { color: $quiet; height: auto; }
    Prompt > .asked { color: $said; text-style: bold; height: auto; }
    """

    def compose(self) -> ComposeResult:
        """Give the heading, the question behind a follow-up, and what is asked."""
        yield Line(classes="heading", fixed=False)
        yield Line(classes="behind", fixed=False)
        yield Line(classes="asked", fixed=False)

    def show_asked(self, state: SessionState, *, short: bool) -> None:
        """Show what is asked now.

        Args:
            state: the session.
            short: whether the question behind a follow-up has one line only.
        """
        heading, words, behind = asked(state)
        if short and behind:
            behind = shortened(behind, max(20, self.content_size.width))
        self.query_one(".heading", Line).put(Content(heading))
        line = self.query_one(".behind", Line)
        line.put(Content(behind))
        line.display = bool(behind)
        self.query_one(".asked", Line).put(Content(words))
        self.scroll_home(animate=False)
