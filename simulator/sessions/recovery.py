"""Bringing a session to an end that a crash cut off, so that it can be gone on with."""

from __future__ import annotations

from simulator.domain import events as ev
from simulator.domain.state import SessionState, replay
from simulator.domain.vocabulary import AnswerEnd, SessionClose
from simulator.sessions.folder import SessionFolder, SessionLock
from simulator.sessions.journal import read_journal
from simulator.sessions.loading import write_events
from simulator.sessions.recording import recorded_s


def recover(folder: SessionFolder, lock: SessionLock) -> SessionState:
    """Give a session its end in the journal if it has none, and open it; one that has an end is left as it is.

    An answer that was under way ends where its words end, as `interrupted`; the session closes where its
    sound ends, as `interrupted`.

    Args:
        folder: the session.
        lock: held by the caller, who may go on with the session: so no live process is cut off.

    Raises:
        BadInputError: there is no journal, it cannot be read, or the lock is another session's.
        StorageError: the journal cannot be written.
    """
    lock.check(folder)
    state = replay(read_journal(folder.journal).events)
    if state.closed is not None:
        return state
    added = interruption(state, recorded_s(folder.candidate))
    write_events(folder, added)
    return replay(added, state)


def interruption(state: SessionState, sound_s: float) -> tuple[ev.Event, ...]:
    """Give the events that bring a session to an end that was cut off.

    Args:
        state: as its journal leaves it.
        sound_s: length of the candidate's recording, seconds; 0 if there is none.
    """
    at_s = max(state.at_s, sound_s)
    events: list[ev.Event] = []
    answer = state.answer
    if answer is not None:
        said = answer.words
        duration_s = said[-1].end_s - said[0].start_s if said else 0.0
        speech_s = sum(end - start for start, end in answer.voice) or duration_s
        events.append(
            ev.AnswerEnded(
                at_s=at_s,
                answer=answer.answer,
                reason=AnswerEnd.INTERRUPTED,
                duration_s=duration_s,
                speech_s=speech_s,
            )
        )
    events.append(ev.SessionClosed(at_s=at_s, reason=SessionClose.INTERRUPTED))
    return tuple(events)
