"""Sessions that are really kept, with sound: what review, library, progress and examples are shown from."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.state import replay
from simulator.domain.vocabulary import Agent, Mode, Phase, Role
from simulator.domain.words import Filler, Word
from simulator.rehearsal.reviewing import reader
from simulator.screens.review import Desk
from simulator.sessions.folder import SessionFolder
from simulator.sessions.journal import JournalWriter
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.speaking.session_player import SessionPlayer
from tests.screens.events import session
from tests.sessions.made import a_view

ROLES = (
    (Role.SITUATION, Agent.TEAM),
    (Role.SITUATION, Agent.TEAM),
    (Role.TASK, Agent.SELF),
    (Role.ACTION, Agent.SELF),
    (Role.SITUATION, Agent.OTHER),
    (Role.SITUATION, Agent.OTHER),
    (Role.ACTION, Agent.SELF),
    (Role.RESULT, Agent.NONE),
    (Role.ACTION, Agent.SELF),
    (Role.ACTION, Agent.OTHER),
    (Role.RESULT, Agent.NONE),
    (Role.RESULT, Agent.NONE),
)
"""What the sentences of the initial answer do, in order."""

BEGUN = datetime(2026, 11, 20, 10, 15)


def later(value: Any, shift_s: float) -> Any:
    """Give an event, or what it holds, moved in time, with thread and answers renamed to be the session's second."""
    if isinstance(value, tuple):
        return tuple(later(each, shift_s) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes: dict[str, Any] = {}
    for field in fields(value):
        if not field.init:
            continue
        held = getattr(value, field.name)
        if field.name in {"at_s", "start_s", "end_s"} and held is not None:
            changes[field.name] = round(held + shift_s, 3)
        elif field.name == "thread" and held is not None:
            changes[field.name] = "t2"
        elif field.name == "answer" and held is not None:
            changes[field.name] = f"b{held[1:]}"
        else:
            changes[field.name] = later(held, shift_s)
    return replace(value, **changes)


def analysed(answer: str, words: tuple[Word, ...], at_s: float) -> list[ev.Event]:
    """Give voice, fillers and roles of an answer: a pause after each sentence, each sentence a role."""
    ends = [i for i, word in enumerate(words) if word.text.endswith(".")]
    begins = [0, *(end + 1 for end in ends[:-1])]
    found: list[ev.Event] = [
        ev.VoiceActive(at_s=at_s, answer=answer, start_s=words[a].start_s, end_s=words[b].end_s - 0.4)
        for a, b in zip(begins, ends, strict=True)
    ]
    fillers = tuple(Filler("um", words[i].start_s, words[i].start_s + 0.3) for i in (9, 60, 61, 140, 171))
    found.append(ev.FillersHeard(at_s=at_s, answer=answer, fillers=fillers))
    sentences = tuple(
        SentenceJudgement(" ".join(word.text for word in words[a : b + 1]), a, b, role, agent)
        for a, b, (role, agent) in zip(begins, ends, ROLES, strict=True)
    )
    found.append(ev.SentencesJudged(at_s=at_s, thread="t1", answer=answer, sentences=sentences, engine="embedded 1"))
    return found


def long_session() -> list[ev.Event]:
    """Give a whole session of two threads: a story with pushback, and a view."""
    story = session(complete=True)
    words = replay(story).answers["a1"].words
    end_at = next(i for i, event in enumerate(story) if isinstance(event, ev.AnswerEnded))
    shift_s = story[-1].at_s
    view = [event for event in a_view()[1:-1] if not isinstance(event, ev.SessionClosed)]
    return [
        *story[: end_at + 1],
        *analysed("a1", words, story[end_at].at_s),
        *story[end_at + 1 : -1],
        *(later(event, shift_s) for event in view),
        replace(story[-1], at_s=shift_s + 270.0),
    ]


def keep(
    root: Path, events: Iterable[ev.Event] | None = None, begun: datetime = BEGUN, *, sound: bool = True, seed: int = 7
) -> SessionFolder:
    """Keep events as a stored session, with a quiet tone as its sound."""
    folder = SessionFolder.create(root, begun, random.Random(seed))
    writer = JournalWriter(folder.journal)
    end_s = 0.0
    for event in long_session() if events is None else events:
        if isinstance(event, ev.SessionStarted):
            event = replace(event, session=folder.id, started_at=begun.isoformat(timespec="seconds"))
        writer.write(event)
        end_s = max(end_s, event.at_s)
    writer.close()
    if sound:
        recording = Recording(folder.candidate)
        recording.write((np.sin(np.arange(round(end_s * RATE_HZ)) * 0.05) * 3000).astype(np.int16))
        recording.close()
    return folder


def library_at(folder: Path) -> Library:
    """Give the library over the sessions in a folder."""
    return Library(folder / "sessions", folder / "library.sqlite3", folder / "examples.json")


def desk_of(library: Library, folder: SessionFolder) -> Desk:
    """Lay a session on the table, as the command does."""

    def note(text: str, moment_s: float) -> None:
        library.note(folder, text, moment_s)

    return Desk(
        state=lambda: load_session(folder).state,
        note=note,
        keep=lambda answer, keep: library.keep(folder, answer, keep),
        correct=lambda correction: library.correct(folder, correction),
    )


def player_of(folder: SessionFolder) -> SessionPlayer:
    """Give the player of a session, by the clock: there is no loudspeaker of that name."""
    return SessionPlayer(reader(folder), load_session(folder).state.at_s, "no such loudspeaker")


def drill_events() -> list[ev.Event]:
    """Give a drill after the second attempt at a question, while its figures are looked at."""
    story = session(complete=True)
    words = replay(story).answers["a1"].words
    end_at = next(i for i, event in enumerate(story) if isinstance(event, ev.AnswerEnded))
    measured = next(event for event in story if isinstance(event, ev.DeliveryMeasured))
    started, *rest = story[: end_at + 1]
    assert isinstance(started, ev.SessionStarted)
    attempt = [*rest, *analysed("a1", words, story[end_at].at_s), measured]
    again = [event for event in attempt if not isinstance(event, ev.InterviewerSaid)]
    shift_s = measured.at_s + 5
    return [
        replace(started, mode=Mode.DRILL, minutes=0.0),
        *attempt,
        *(later(event, shift_s) for event in again),
        ev.PhaseChanged(phase=Phase.REVIEWING, at_s=shift_s * 2),
    ]
