"""What was told in each story thread, as text and as vectors that the index keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.sessions.examples import Telling
from simulator.sessions.index import CANDIDATE, SAID_PER_SESSION, Index

Vector = NDArray[np.float32]
"""What was told as a vector of length one, shape (d,)."""

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Gives a vector of length one for each text, shape (n, d)."""


def texts_of(index: Index, tellings: Iterable[Telling]) -> dict[Telling, str]:
    """Give the words of each telling's initial answer; one that the index does not have is left out."""
    texts: dict[Telling, str] = {}
    with index.connect() as db:
        for telling in tellings:
            row = db.execute(
                "SELECT d.text FROM sessions s JOIN said d ON d.id BETWEEN s.key * ? AND s.key * ? + ? "
                "WHERE s.id = ? AND d.speaker = ? AND d.thread = ? ORDER BY d.id LIMIT 1",
                (SAID_PER_SESSION, SAID_PER_SESSION, SAID_PER_SESSION - 1, telling.session, CANDIDATE, telling.thread),
            ).fetchone()
            if row is not None:
                texts[telling] = row[0]
    return texts


def vectors_of(index: Index, tellings: Sequence[Telling], embed: Embed, engine: str) -> dict[Telling, Vector]:
    """Give a vector for each telling; those that the index does not have yet are worked out and kept.

    Args:
        index: the index, up to date.
        tellings: story threads.
        embed: gives vectors of texts.
        engine: its name and version; vectors of another engine are worked out anew.
    """
    wanted = set(tellings)
    found: dict[Telling, Vector] = {}
    with index.connect() as db:
        rows = db.execute(
            "SELECT s.id, v.thread, v.vector FROM vectors v JOIN sessions s ON s.key = v.session WHERE v.engine = ?",
            (engine,),
        )
        for session, thread, blob in rows:
            if Telling(session, thread) in wanted:
                found[Telling(session, thread)] = np.frombuffer(blob, np.float32)
    texts = texts_of(index, sorted(wanted - found.keys()))
    if not texts:
        return found
    made = embed(list(texts.values())).astype(np.float32)
    with index.connect() as db:
        for telling, vector in zip(texts, made, strict=True):
            found[telling] = vector
            db.execute(
                "INSERT OR REPLACE INTO vectors SELECT key, ?, ?, ? FROM sessions WHERE id = ?",
                (telling.thread, engine, vector.tobytes(), telling.session),
            )
    return found
