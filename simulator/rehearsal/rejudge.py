"""Judging a stored session again, with another engine or a newer version; the journal stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from simulator.domain import events as ev
from simulator.domain.judgements import Judge
from simulator.domain.state import SessionState, ThreadState, apply
from simulator.domain.vocabulary import Facet, Mode
from simulator.rehearsal.deliberation import Measure, judge_answer, reflect
from simulator.rehearsal.settlement import settled_by
from simulator.sessions.folder import SessionFolder
from simulator.sessions.journal import JournalWriter, read_journal

JUDGEMENTS = (
    ev.SentencesJudged,
    ev.ReplyJudged,
    ev.FacetJudged,
    ev.FacetSettled,
    ev.SignalFound,
    ev.DeliveryMeasured,
    ev.JudgementCorrected,
)
"""Events that a new judging replaces."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is judged otherwise now.

    Attributes:
        thread: the thread's id.
        what: "reply", "facet", "outcome" or "signal".
        where: the answer or facet that it is about.
        was: as judged first; "" if not found then.
        now: as judged now; "" if not found any more.
    """

    thread: str
    what: str
    where: str
    was: str
    now: str


def rejudge(
    events: Sequence[ev.Event],
    judge: Judge,
    measure: Measure,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[ev.Event, ...]:
    """Give a session's events with all judgements made anew.

    What was asked stays as it was asked: only how the answers are judged, and what that settles, changes.

    Args:
        events: the session's events.
        judge: the engine that judges now.
        measure: how delivery is measured.
        told: told how many answers are done, and of how many.
    """
    state = SessionState()
    kept: list[ev.Event] = []
    total = sum(isinstance(event, ev.AnswerEnded) for event in events)
    done = 0

    def add(event: ev.Event) -> None:
        nonlocal state
        kept.append(event)
        state = apply(state, event)

    def settle(thread: str, facet: Facet, at_s: float, *, short: bool) -> None:
        settled = settled_by(state, thread, facet, at_s, short=short)
        if settled is not None and state.mode is not Mode.DRILL:
            add(settled)

    for event in events:
        if isinstance(event, ev.FacetSettled):
            # The interviewer left the facet here, perhaps because time was short: one fresh reply may have done.
            settle(event.thread, event.facet, event.at_s, short=True)
        if isinstance(event, JUDGEMENTS):
            continue
        add(event)
        if isinstance(event, ev.AnswerEnded) and event.answer in state.answers:
            for made in judge_answer(judge, state, event.answer, measure, event.at_s):
                add(made)
            for made in reflect(judge, state, event.answer, measure, event.at_s):
                add(made)
            thread = state.threads[state.answers[event.answer].thread]
            for probe in thread.probes:
                if probe.answer == event.answer and probe.pushback is None:
                    settle(thread.thread, probe.facet, event.at_s, short=False)
            done += 1
            told(done, total)
    return tuple(kept)


def changes(before: SessionState, after: SessionState) -> tuple[Change, ...]:
    """Give everything that is judged otherwise in `after` than in `before`, two states of the same session."""
    found: list[Change] = []
    for name, old in before.threads.items():
        new = after.threads[name]
        for was, now in zip(old.probes, new.probes, strict=True):
            if was.reply != now.reply:
                found.append(Change(name, "reply", f"{was.answer or ''} {was.facet}", was.reply or "", now.reply or ""))
        found += _facet_changes(name, old, new, new.facets)
        was_signals = {(s.answer, s.signal.value) for s in old.signals}
        now_signals = {(s.answer, s.signal.value) for s in new.signals}
        found += [Change(name, "signal", answer, signal, "") for answer, signal in sorted(was_signals - now_signals)]
        found += [Change(name, "signal", answer, "", signal) for answer, signal in sorted(now_signals - was_signals)]
    return tuple(found)


def _facet_changes(name: str, old: ThreadState, new: ThreadState, facets: Iterable[Facet]) -> Iterator[Change]:
    for facet in facets:
        was, now = old.facets[facet], new.facets[facet]
        if was.state != now.state:
            yield Change(name, "facet", facet.value, was.state.value, now.state.value)
        if was.outcome != now.outcome:
            yield Change(name, "outcome", facet.value, was.outcome or "", now.outcome or "")


def keep(folder: SessionFolder, engine: str, events: Sequence[ev.Event]) -> Path:
    """Write the session as judged by an engine beside its journal; nothing that stands there is overwritten.

    Returns:
        the file: an earlier one where the same judging is kept already.

    Raises:
        StorageError: it cannot be written.
    """
    name = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in engine)
    for number in count(1):
        path = folder.path / f"judged-{name}{f'-{number}' if number > 1 else ''}.jsonl"
        if not path.exists():
            break
        if read_journal(path).events == tuple(events):
            return path
    journal = JournalWriter(path)
    try:
        for event in events:
            journal.write(event)
    finally:
        journal.close()
    return path
