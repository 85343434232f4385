"""A session that a crash cut off is given its end, once, and only by who holds it."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import AnswerEnd, SessionClose
from simulator.sessions.folder import SessionLock
from simulator.sessions.loading import load_session
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.sessions.recovery import recover
from tests.sessions.conftest import Keep
from tests.sessions.made import a_story_until


def test_recovery_ends_the_answer_and_the_session(keep: Keep) -> None:
    folder = keep(a_story_until(ev.WordsConfirmed))
    with SessionLock(folder) as lock:
        recovered = recover(folder, lock)
    answer = recovered.answers["a1"]
    assert answer.ended is AnswerEnd.INTERRUPTED
    assert answer.duration_s == answer.words[-1].end_s - answer.words[0].start_s
    assert recovered.closed is SessionClose.INTERRUPTED
    assert load_session(folder).state == recovered


def test_recovery_ends_where_the_sound_ends(keep: Keep) -> None:
    folder = keep(a_story_until(ev.WordsConfirmed))
    sound = Recording(folder.candidate)
    sound.write(np.zeros(300 * RATE_HZ, np.int16))
    sound.close()
    with SessionLock(folder) as lock:
        assert recover(folder, lock).at_s == 300.0


def test_recovery_happens_once(keep: Keep) -> None:
    folder = keep(a_story_until(ev.WordsConfirmed))
    with SessionLock(folder) as lock:
        first = recover(folder, lock)
        assert recover(folder, lock) == first


def test_a_session_with_an_end_is_left_as_it_is(keep: Keep) -> None:
    folder = keep()
    before = folder.journal.read_bytes()
    with SessionLock(folder) as lock:
        recover(folder, lock)
    assert folder.journal.read_bytes() == before


def test_a_session_is_not_ended_by_who_does_not_hold_it(keep: Keep) -> None:
    folder, other = keep(a_story_until(ev.WordsConfirmed)), keep()
    with SessionLock(other) as lock, pytest.raises(BadInputError):
        recover(folder, lock)
