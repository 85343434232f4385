"""A session as one page that stands by itself: transcript with its sound, evidence, pictures; safe to send."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from simulator import __version__
from simulator.domain.delivery import at_least
from simulator.domain.errors import BadInputError, StorageError
from simulator.domain.state import AnswerState, SessionState, ThreadState
from simulator.domain.vocabulary import Mode
from simulator.domain.words import Evidence
from simulator.sessions import pictures
from simulator.sessions.anonymous import anonymised
from simulator.sessions.figures import judge_of
from simulator.sessions.folder import SessionFolder
from simulator.sessions.loading import LoadedSession
from simulator.sessions.page import add, jumps, placed, play_bar, words_of_answer
from simulator.sessions.progress import ProgressReport
from simulator.sessions.report_text import report_json, report_markdown
from simulator.sessions.summary import (
    MARKS,
    FacetSummary,
    Summary,
    ThreadSummary,
    closed_line,
    delivery_lines,
    initial_line,
    summarize,
)
from simulator.sessions.transcript import Turn, evidence_in, place_of, turns_of
from simulator.sessions.wording import clock, count

FORMATS = ("html", "md", "json")
"""What a report can be written as."""

MOST_QUOTES = 4
"""Quotes that are listed under a signal that was found often."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A session's sound as the page carries it: WebM bytes, and the length in seconds."""

    webm: bytes
    duration_s: float


def write_report(
    loaded: LoadedSession,
    target: Path,
    *,
    form: str = "html",
    audio: bool = True,
    anonymous: bool = False,
    progress: ProgressReport | None = None,
    told: Callable[[float, float], None] | None = None,
) -> Path:
    """Write a session's report into one file, readable by its owner only.

    Args:
        loaded: the session.
        target: the file.
        form: "html", "md" or "json".
        audio: whether an HTML report carries the sound.
        anonymous: without names, title, notes, date and sound.
        progress: figures of this and earlier sessions, drawn at the end of an HTML report.
        told: told how many seconds of sound are encoded, and of how many.

    Raises:
        StorageError: the file cannot be written.
    """
    state = anonymised(loaded.state) if anonymous else loaded.state
    if form == "md":
        text = report_markdown(state)
    elif form == "json":
        text = report_json(state)
    else:
        sound = sound_of(loaded.folder, told) if audio and not anonymous else None
        text = report_html(state, sound, progress)
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as out:
            out.write(text)
    except OSError as error:
        raise StorageError(
            f"The report cannot be written to {target}: {error.strerror}.", "Name another file or free some space."
        ) from error
    return target


def sound_of(folder: SessionFolder, told: Callable[[float, float], None] | None = None) -> Sound | None:
    """Give a session's sound for its page; None if nothing was recorded.

    Raises:
        BadInputError: a recording is broken.
    """
    from simulator.sessions.recording import recorded_s
    from simulator.sessions.sound import has_sound, opus  # brings PyAV

    if not has_sound(folder):
        return None
    try:
        webm = opus(folder, told)
    except BadInputError as error:
        raise BadInputError(error.message, "Make the report with --no-audio.") from error
    return Sound(webm, max(recorded_s(folder.candidate), recorded_s(folder.interviewer)))


def report_html(state: SessionState, sound: Sound | None = None, progress: ProgressReport | None = None) -> str:
    """Give a session's report as an HTML page.

    Everything that was said is put in as text, never as markup; the page may load nothing, and runs no script but
    its own, which plays the sound.

    Args:
        state: the session.
        sound: its sound, if the page is to carry it.
        progress: figures of this and earlier sessions, if they are to be drawn.
    """
    summary = summarize(state)
    html = Element("html", {"lang": "en"})
    _head(html, summary, scripted=sound is not None)
    body = SubElement(html, "body")
    add(body, "a", "Skip to the transcript", href="#transcript", class_="skip")
    _opening(body, state, summary)
    if sound is not None:
        play_bar(body, sound.duration_s)
    main = add(body, "main")
    _work_on(main, state, summary)
    for number, thread in enumerate(summary.threads, 1):
        _thread(main, number, thread, state)
    _delivery(main, summary)
    _notes(main, state)
    _transcript(main, state)
    if progress is not None and progress.sessions > 1:
        _progress(main, progress)
    _closing(body, state)
    if sound is not None:
        text = base64.b64encode(sound.webm).decode("ascii")
        add(body, "script", text, id="sound", type="application/octet-stream", data_length=f"{sound.duration_s:.2f}")
        add(body, "script", _template("report.js"))
    return "<!DOCTYPE html>\n" + tostring(html, encoding="unicode", method="html") + "\n"


def _template(name: str) -> str:
    return (files("simulator.sessions") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") + "'"


def _head(html: Element, summary: Summary, *, scripted: bool) -> None:
    head = add(html, "head")
    add(head, "meta", charset="utf-8")
    style = _template("report.css")
    allowed = [f"style-src {_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    if scripted:
        allowed += [f"script-src {_hash(_template('report.js'))}", "media-src blob:"]
    policy = "; ".join(["default-src 'none'", *allowed])
    add(head, "meta", http_equiv="Content-Security-Policy", content=policy)
    add(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    add(head, "meta", name="referrer", content="no-referrer")
    add(head, "title", _title(summary))
    add(head, "style", style)


def _title(summary: Summary) -> str:
    return summary.title or f"Interview{' of ' + summary.started_at[:10] if summary.started_at else ''}"


def _opening(body: Element, state: SessionState, summary: Summary) -> None:
    header = add(body, "header", class_="head")
    add(header, "h1", _title(summary))
    parts = [summary.started_at[:16].replace("T", " "), summary.session, f"mode: {summary.mode}", summary.pack]
    parts.append(clock(summary.duration_s))
    parts.append(f"closed: {summary.closed}" if summary.closed else "interrupted")
    add(header, "p", " · ".join(part for part in parts if part), class_="meta")
    engines = [f"{part}: {engine}" for part, engine in summary.engines.items() if engine]
    if engines:
        add(header, "p", " · ".join(engines), class_="meta")
    if state.tags:
        add(header, "p", "Tags: " + ", ".join(state.tags), class_="meta")
    if state.briefing:
        add(header, "p", f"Briefing: {state.briefing}", class_="meta")


def _work_on(main: Element, state: SessionState, summary: Summary) -> None:
    section = add(main, "section", aria_labelledby="work")
    add(section, "h2", "What to work on", id="work")
    if not summary.work_on:
        add(section, "p", "Nothing that the record shows.")
        return
    work = add(section, "ol", class_="work")
    for advice in summary.work_on:
        item = add(work, "li", advice.text)
        _quotes(item, advice.evidence[:2], state)


def _quotes(parent: Element, evidence: Iterable[Evidence], state: SessionState) -> None:
    """Put quotes in, each a jump to the words in the transcript where their place is known."""
    for each in evidence:
        paragraph = add(parent, "p", class_="quiet")
        answer = state.answers.get(each.answer or "")
        jumps(paragraph, each, None if answer is None else placed(answer, each))


def _thread(main: Element, number: int, thread: ThreadSummary, state: SessionState) -> None:
    section = add(main, "section", aria_labelledby=f"thread-{number}")
    add(section, "h2", f"{number}. {thread.text}", id=f"thread-{number}")
    add(section, "p", f"{thread.kind} · {closed_line(thread)}", class_="meta")
    full = state.threads[thread.thread]
    for answer in thread.answers:
        if answer.initial:
            add(section, "p", initial_line(answer, state.band_s))
            _pictures(section, state.answers[answer.answer], state)
    if state.mode is not Mode.DRILL and thread.facets:
        _figure(section, pictures.depth(full), "Small dot: after the initial answer. Large dot: now. Bars: probes.")
        _facets(section, thread.facets, state)
    _judged(section, thread, state)


def _figure(parent: Element, picture: Element, caption: str) -> None:
    figure = add(parent, "figure")
    figure.append(picture)
    add(figure, "figcaption", caption)


def _pictures(section: Element, answer: AnswerState, state: SessionState) -> None:
    if not answer.record or answer.record[-1].end_s <= answer.record[0].start_s:
        return
    fillers = at_least("those shown")
    legend = f"Speech and pauses; triangles: fillers, {fillers}. Sentences: S situation, T task, A action, R result, "
    _figure(section, pictures.timeline(answer, state.band_s), legend + "F reflection, V view.")
    pace = pictures.pace(answer)
    if pace is not None:
        _figure(section, pace, "Pace through the answer, words a minute over the time spoken; shaded: usual.")


def _facets(section: Element, facets: Sequence[FacetSummary], state: SessionState) -> None:
    table = add(section, "table")
    row = add(add(table, "thead"), "tr")
    for name in ("Facet", "State", "Settled", "Shown by"):
        add(row, "th", name, scope="col")
    body = add(table, "tbody")
    for facet in facets:
        row = add(body, "tr")
        add(row, "th", facet.facet, scope="row")
        add(row, "td", f"{MARKS[facet.state]} {facet.state}")
        outcome = facet.outcome or "not settled"
        add(row, "td", f"{outcome}{' (corrected)' if facet.corrected else ''}, {count(facet.probes, 'probe')}")
        _quotes(add(row, "td"), facet.evidence[:2], state)


def _judged(section: Element, thread: ThreadSummary, state: SessionState) -> None:
    for good, title in ((True, "Speaks for it"), (False, "Speaks against it")):
        found: dict[str, list[Evidence]] = {}
        for signal in thread.signals:
            if signal.good is good:
                found.setdefault(signal.signal, []).extend(signal.evidence[:1])
        if found:
            add(section, "h3", title)
            listed = add(section, "ul")
            for name, evidence in found.items():
                _quotes(add(listed, "li", name), evidence[:MOST_QUOTES], state)
    if thread.pushbacks:
        add(section, "h3", "Pushbacks")
        listed = add(section, "ul")
        for push in thread.pushbacks:
            item = add(listed, "li", f"{push.kind}: “{push.text}” — {push.reply or 'not answered'}")
            _quotes(item, push.evidence[:2], state)


def _delivery(main: Element, summary: Summary) -> None:
    section = add(main, "section", aria_labelledby="delivery")
    add(section, "h2", "Delivery", id="delivery")
    listed = add(section, "ul")
    for line in delivery_lines(summary):
        add(listed, "li", line)


def _notes(main: Element, state: SessionState) -> None:
    if not state.notes:
        return
    section = add(main, "section", aria_labelledby="notes")
    add(section, "h2", "Notes", id="notes")
    listed = add(section, "ul")
    for note in state.notes:
        add(listed, "li", f"{clock(note.moment_s)}: {note.text}" if note.moment_s is not None else note.text)


def _transcript(main: Element, state: SessionState) -> None:
    section = add(main, "section", aria_labelledby="transcript")
    add(section, "h2", "Transcript", id="transcript")
    shown = {name: _shown(state.threads[answer.thread], answer) for name, answer in state.answers.items()}
    for turn in turns_of(state):
        block = add(section, "div", class_=f"turn {turn.speaker}")
        add(block, "span", clock(turn.at_s), class_="time")
        add(block, "p", _who(turn), class_="who")
        if turn.answer is None:
            add(block, "p", turn.text + (" — (cut short)" if turn.cut else ""), class_="said")
            if turn.reason:
                add(block, "p", turn.reason, class_="reason")
            continue
        answer = state.answers[turn.answer]
        if answer.keeper:
            add(block, "span", "keeper", class_="keeper")
        if answer.record:
            block.set("data-at", f"{answer.record[0].start_s:.2f}")
        words_of_answer(block, answer, shown[turn.answer])
        if turn.reply:
            add(block, "p", f"Judged: {turn.reply}", class_="judged quiet")


def _who(turn: Turn) -> str:
    if turn.speaker == "candidate":
        return "Candidate"
    about = f", {turn.facet}" if turn.facet else ""
    return f"Interviewer · {turn.purpose}{about}"


def _shown(thread: ThreadState, answer: AnswerState) -> frozenset[int]:
    """Give the words of an answer that any judgement rests on."""
    found: set[int] = set()
    for evidence in evidence_in(thread):
        if evidence.answer == answer.answer:
            place = place_of(evidence, answer)
            if place is not None:
                found.update(range(place[0], place[1] + 1))
    return frozenset(found)


def _progress(main: Element, progress: ProgressReport) -> None:
    section = add(main, "section", aria_labelledby="progress")
    add(section, "h2", "Progress", id="progress")
    add(section, "p", f"{count(progress.sessions, 'session')}; each line is of one engine.", class_="meta")
    grid = add(section, "div", class_="multiples")
    for picture in pictures.small_multiples(progress.series):
        add(grid, "figure").append(picture)
    for picture in pictures.histories(progress):
        add(section, "figure").append(picture)


def _closing(body: Element, state: SessionState) -> None:
    footer = add(body, "footer")
    judged = judge_of(state)
    by = f" Judged by {judged}; a judgement is worth what its words show." if judged else ""
    add(footer, "p", f"Made by interview-simulator {__version__}.{by} This page loads nothing.", class_="quiet")
