"""A session's report as Markdown and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict

from simulator.domain.state import SessionState
from simulator.domain.words import Evidence
from simulator.sessions.summary import (
    MARKS,
    Summary,
    ThreadSummary,
    closed_line,
    delivery_lines,
    initial_line,
    summarize,
)
from simulator.sessions.transcript import turns_of
from simulator.sessions.wording import clock, count

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START = re.compile(r"^(\s*)([-+=]|\d+[.)])", re.MULTILINE)


def plain(text: str) -> str:
    """Give a text as Markdown that shows just that text."""
    return _LINE_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", " ".join(text.split())))


def report_markdown(state: SessionState) -> str:
    """Give a session's report as Markdown."""
    return "\n".join(_lines(state, summarize(state))) + "\n"


def _lines(state: SessionState, summary: Summary) -> Iterator[str]:
    yield f"# {plain(summary.title) if summary.title else 'Interview'}"
    yield ""
    parts = [summary.started_at[:16].replace("T", " "), summary.session, summary.mode, summary.pack]
    yield " · ".join(plain(part) for part in (*parts, clock(summary.duration_s)) if part)
    yield ""
    yield "## What to work on"
    yield ""
    if not summary.work_on:
        yield "Nothing that the record shows."
    for number, advice in enumerate(summary.work_on, 1):
        yield f"{number}. {plain(advice.text)}"
        yield from (f"   - {_quote(each)}" for each in advice.evidence[:2])
    for number, thread in enumerate(summary.threads, 1):
        yield ""
        yield f"## {number}. {plain(thread.text)}"
        yield ""
        yield from _thread(thread, summary)
    yield ""
    yield "## Delivery"
    yield ""
    yield from (f"- {plain(line)}" for line in delivery_lines(summary))
    if state.notes:
        yield ""
        yield "## Notes"
        yield ""
        for note in state.notes:
            yield f"- {clock(note.moment_s) + ': ' if note.moment_s is not None else ''}{plain(note.text)}"
    yield ""
    yield "## Transcript"
    for turn in turns_of(state):
        yield ""
        who = "Candidate" if turn.answer else f"Interviewer ({turn.purpose})"
        judged = f" *{turn.reply}*" if turn.reply else ""
        yield f"**{clock(turn.at_s)} {who}**{judged}: {plain(turn.text) or '(nothing)'}"


def _thread(thread: ThreadSummary, summary: Summary) -> Iterator[str]:
    yield plain(f"{thread.kind} · {closed_line(thread)}")
    if thread.initial is not None:
        yield ""
        yield plain(initial_line(thread.initial, summary.band_s))
    if thread.facets:
        yield ""
        yield "| facet | state | settled | shown by |"
        yield "|---|---|---|---|"
    for facet in thread.facets:
        settled = f"{facet.outcome or 'not settled'}, {count(facet.probes, 'probe')}"
        quotes = "; ".join(map(_quote, facet.evidence[:1]))
        yield f"| {plain(facet.facet)} | {MARKS[facet.state]} {facet.state} | {plain(settled)} | {quotes} |"
    if thread.signals or thread.pushbacks:
        yield ""
    for signal in sorted(thread.signals, key=lambda each: not each.good):
        sign = "for" if signal.good else "against"
        yield f"- {sign}: {plain(signal.signal)} {'; '.join(map(_quote, signal.evidence[:1]))}".rstrip()
    for push in thread.pushbacks:
        quotes = "; ".join(map(_quote, push.evidence[:1]))
        yield f"- pushback ({push.kind}): {push.reply or 'not answered'} {quotes}".rstrip()


def _quote(evidence: Evidence) -> str:
    at = f" ({clock(evidence.start_s)})" if evidence.start_s is not None and evidence.first_word is not None else ""
    return f"“{plain(evidence.quote)}”{at}"


def report_json(state: SessionState) -> str:
    """Give a session's report as JSON: the summary, the notes and the transcript with word times."""
    words = {
        name: [[word.text, word.start_s, word.end_s] for word in answer.record]
        for name, answer in state.answers.items()
    }
    report = {
        "summary": asdict(summarize(state)),
        "notes": [asdict(note) for note in state.notes],
        "transcript": [asdict(turn) for turn in turns_of(state)],
        "words": words,
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"
