"""The pieces that a report's page is built of: elements, jumps, the words of an answer, the play bar."""

from __future__ import annotations

import re
from collections.abc import Set
from xml.etree.ElementTree import Element, SubElement

from simulator.domain.state import AnswerState
from simulator.domain.words import Evidence
from simulator.sessions.transcript import place_of
from simulator.sessions.wording import clock

SPEEDS = (0.75, 1, 1.25, 1.5, 2)
"""Speeds of playing; browsers keep the pitch."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def add(parent: Element, tag: str, text: str | None = None, /, **attributes: str) -> Element:
    """Add an element with text in it; a name's last underscore goes, others become hyphens (`class_`, `aria_label`).

    Text and values are escaped when the page is written; control characters, which no page may hold, are left out.
    """
    given = {name.rstrip("_").replace("_", "-"): _CONTROL.sub("", value) for name, value in attributes.items()}
    element = SubElement(parent, tag, given)
    if text is not None:
        element.text = _CONTROL.sub("", text)
    return element


def word_id(answer: AnswerState, word: int) -> str:
    """Give the page's name for a word, so that evidence can jump to it without a script."""
    return f"w-{re.sub(r'[^A-Za-z0-9]', '-', answer.answer)}-{word}"


def placed(answer: AnswerState, evidence: Evidence) -> tuple[str, float] | None:
    """Give where evidence jumps to: the first word's name, and its start in seconds; None if its place is unknown."""
    place = place_of(evidence, answer)
    return None if place is None else (word_id(answer, place[0]), answer.record[place[0]].start_s)


def jumps(parent: Element, evidence: Evidence, to: tuple[str, float] | None) -> None:
    """Put a quote in, as a jump to its words where their place is known."""
    quote = f"“{evidence.quote}”"
    if to is None:
        add(parent, "span", quote)
        return
    name, start_s = to
    add(parent, "a", quote, class_="evidence", href=f"#{name}", data_at=f"{start_s:.2f}")
    parent[-1].tail = f" {clock(start_s)}"


def words_of_answer(parent: Element, answer: AnswerState, shown: Set[int]) -> None:
    """Put an answer's words in, each with its times, those that a judgement rests on marked, fillers in their places.

    Args:
        parent: where.
        answer: the answer.
        shown: indices of the words that a judgement rests on.
    """
    block = add(parent, "p", class_="words")
    if not answer.record:
        block.text = "(nothing)"
        return
    heard = [filler for filler in answer.fillers if filler.source == "sound"]
    fillers = iter(sorted(heard, key=lambda filler: filler.start_s))
    filler = next(fillers, None)
    for number, word in enumerate(answer.record):
        while filler is not None and filler.start_s < word.start_s:
            add(block, "span", f"({filler.text})", class_="um").tail = " "
            filler = next(fillers, None)
        span = add(block, "span", word.text)
        span.tail = " "
        if word.end_s > word.start_s:
            span.set("data-t", f"{round(word.start_s * 100)} {round(word.end_s * 100)}")
        if number in shown:
            span.set("class", "shown")
            span.set("id", word_id(answer, number))


def play_bar(body: Element, duration_s: float) -> None:
    """Put the bar in that plays the sound; without scripts it says that playing needs them."""
    bar = add(body, "div", class_="player", role="region", aria_label="Sound")
    row = add(bar, "div")
    add(row, "span", "Playing the sound needs scripts; everything else works without.", class_="without")
    add(row, "audio", id="audio", preload="none")
    for name, text, key, title in (
        ("play", "Play", "k", "Play or pause (space or k)"),
        ("back", "−5 s", "ArrowLeft", "Five seconds back (left arrow)"),
        ("forward", "+5 s", "ArrowRight", "Five seconds forward (right arrow)"),
        ("previous", "Previous answer", "p", "Previous answer (p)"),
        ("next", "Next answer", "n", "Next answer (n)"),
        ("evidence", "Next evidence", "e", "Next evidence (e; with shift the one before)"),
    ):
        add(row, "button", text, id=name, type="button", title=title, aria_keyshortcuts=key)
    speed = add(row, "select", id="speed", title="Speed (+ and -)", aria_label="Speed")
    for value in SPEEDS:
        option = add(speed, "option", f"{value:g}×", value=f"{value:g}")
        if value == 1:
            option.set("selected", "selected")
    add(
        row,
        "input",
        id="place",
        type="range",
        min="0",
        max=f"{duration_s:.2f}",
        step="0.1",
        value="0",
        aria_label="Place in the session",
    )
    add(row, "output", f"0:00 / {clock(duration_s)}", id="time")
