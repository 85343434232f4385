"""Finding sessions: lists with filters, and full-text search over everything said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from simulator.domain.errors import UsageError
from simulator.domain.vocabulary import Outcome
from simulator.sessions.figures import SessionFigures, figures_from_json
from simulator.sessions.index import SAID_PER_SESSION, Index, start_of

_BEGIN, _END = "\x02", "\x03"
SNIPPET_WORDS = 16
"""Words of a hit that are shown."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which sessions a list shows; what is empty lets all through.

    Attributes:
        pack: name of the pack.
        question: id of a question that was asked.
        since: first day, by the id's (local) date.
        until: last day, inclusive.
        limits: kinds of outcome; a session fits if a facet in it was settled so.
        engine: name, or beginning of the name, of the engine that judged.
        mode: what was practised.
        tag: a tag.
        text: words said in it, as in a search.
    """

    pack: str = ""
    question: str = ""
    since: date | None = None
    until: date | None = None
    limits: tuple[Outcome, ...] = ()
    engine: str = ""
    mode: str = ""
    tag: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A session in a list: its figures, and how many lines of its journal had to be left out."""

    figures: SessionFigures
    problems: int

    @property
    def id(self) -> str:
        """The session's id."""
        return self.figures.session


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, newest first, and how many sessions there are in all."""

    sessions: tuple[Listed, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where the words were said.

    Attributes:
        session: the session's id.
        title: its title, if it has one.
        speaker: "candidate", "interviewer" or "note".
        thread: the thread, if it was in one.
        answer: the answer, if the candidate said it.
        start_s: when the first word found was said, seconds since the session began.
        snippet: what was said around it.
        marks: where in the snippet the words found stand, as (begin, end) of characters.
    """

    session: str
    title: str
    speaker: str
    thread: str | None
    answer: str | None
    start_s: float
    snippet: str
    marks: tuple[tuple[int, int], ...]


def query_of(words: str) -> str:
    """Put a user's words into the index's language: all of them, "these together", and a last* for beginnings.

    Raises:
        UsageError: there is no word in it.
    """
    parts = []
    for phrase, single in re.findall(r'"([^"]*)"|(\S+)', words):
        letters = re.findall(r"\w+", phrase or single)
        if letters:
            star = "*" if single.endswith("*") else ""
            parts.append('"' + " ".join(letters) + '"' + star)
    if not parts:
        raise UsageError("There is no word to search for.", "Give one or more words, or a “phrase” in quotation marks.")
    return " ".join(parts)


def list_page(index: Index, filters: Filters | None = None, limit: int = 50, offset: int = 0) -> Page:
    """Give a page of sessions, newest first.

    Args:
        index: the index, up to date.
        filters: which sessions.
        limit: sessions a page.
        offset: sessions before the page.

    Raises:
        UsageError: the filter's text holds no word.
    """
    where, values = _where(filters or Filters())
    with index.connect() as db:
        (total,) = db.execute(f"SELECT count(*) FROM sessions s {where}", values).fetchone()
        rows = db.execute(
            f"SELECT s.figures, s.problems FROM sessions s {where} ORDER BY s.key DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
    return Page(tuple(Listed(figures_from_json(figures), problems) for figures, problems in rows), total)


def _where(filters: Filters) -> tuple[str, list[str | int]]:
    clauses: list[str] = []
    values: list[str | int] = []

    def add(clause: str, *given: str | int) -> None:
        clauses.append(clause)
        values.extend(given)

    if filters.pack:
        add("s.pack = ?", filters.pack)
    if filters.mode:
        add("s.mode = ?", filters.mode)
    if filters.question:
        add("s.key IN (SELECT session FROM threads WHERE question = ?)", filters.question)
    if filters.since:
        add("s.id >= ?", f"{filters.since:%Y%m%d}")
    if filters.until:
        add("s.id < ?", f"{filters.until + timedelta(days=1):%Y%m%d}")
    if filters.limits:
        marks = ", ".join("?" * len(filters.limits))
        add(
            f"s.key IN (SELECT session FROM judgements WHERE target = 'outcome' AND value IN ({marks}))",
            *filters.limits,
        )
    if filters.engine:
        add("(s.judge = ? OR substr(s.judge, 1, ?) = ?)", filters.engine, len(filters.engine), filters.engine)
    if filters.tag:
        add("s.key IN (SELECT session FROM tags WHERE tag = ?)", filters.tag)
    if filters.text:
        add(
            f"s.key IN (SELECT rowid / {SAID_PER_SESSION} FROM words WHERE words MATCH ?)",
            query_of(filters.text),
        )
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values


def search(index: Index, words: str, limit: int = 50, session: str | None = None) -> tuple[Hit, ...]:
    """Find where words were said, newest session first.

    Args:
        index: the index, up to date.
        words: all of these, in any of their forms ("decided" finds "decide"); "these together" in quotation marks; a
            last* for words that begin so.
        limit: most hits.
        session: only in this session.

    Raises:
        UsageError: there is no word in `words`.
    """
    query = query_of(words)
    with index.connect() as db:
        between: tuple[int, ...] = ()
        if session is not None:
            row = db.execute("SELECT key FROM sessions WHERE id = ?", (session,)).fetchone()
            if row is None:
                return ()
            between = (row[0] * SAID_PER_SESSION, (row[0] + 1) * SAID_PER_SESSION - 1)
        rows = db.execute(
            f"""
            SELECT s.id, s.title, d.speaker, d.thread, d.answer, d.at_s, d.times,
                   highlight(words, 0, '{_BEGIN}', '{_END}')
            FROM words JOIN said d ON d.id = words.rowid JOIN sessions s ON s.key = words.rowid / {SAID_PER_SESSION}
            WHERE words MATCH ? {"AND words.rowid BETWEEN ? AND ?" if between else ""}
            ORDER BY words.rowid DESC LIMIT ?
            """,
            (query, *between, limit),
        ).fetchall()
    return tuple(_hit(*row) for row in rows)


def _hit(
    session: str,
    title: str,
    speaker: str,
    thread: str | None,
    answer: str | None,
    at_s: float,
    times: bytes,
    marked: str,
) -> Hit:
    word = marked.count(" ", 0, marked.index(_BEGIN))
    start_s = start_of(word, times, at_s) if times else at_s
    snippet, marks = _snippet(marked, word)
    return Hit(session, title, speaker, thread, answer, start_s, snippet, marks)


def _snippet(marked: str, word: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    words = marked.split(" ")
    first = max(0, word - SNIPPET_WORDS // 4)
    last = first + SNIPPET_WORDS
    text = ("… " if first else "") + " ".join(words[first:last]) + (" …" if last < len(words) else "")
    plain, marks, begin = "", [], 0
    for piece in re.split(f"([{_BEGIN}{_END}])", text):
        if piece == _BEGIN:
            begin = len(plain)
        elif piece == _END:
            marks.append((begin, len(plain)))
        else:
            plain += piece
    return plain, tuple(marks)
