"""The tables of the library's index, as an append-only list of steps from one version to the next."""

from __future__ import annotations

import sqlite3

FIRST = (
    "CREATE TABLE sessions ( key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, mtime_ns INTEGER NOT NULL, "
    "size INTEGER NOT NULL, started_at TEXT NOT NULL, title TEXT NOT NULL, mode TEXT NOT NULL, pack TEXT "
    "NOT NULL, judge TEXT NOT NULL, duration_s REAL NOT NULL, closed TEXT, problems INTEGER NOT NULL, "
    "figures TEXT NOT NULL )",
    "CREATE INDEX sessions_pack ON sessions (pack)",
    "CREATE TABLE tags (session INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (tag, session)) WITHOUT ROWID",
    "CREATE INDEX tags_session ON tags (session)",
    "CREATE TABLE threads ( session INTEGER NOT NULL, thread TEXT NOT NULL, question TEXT NOT NULL, kind "
    "TEXT NOT NULL, text TEXT NOT NULL, closed TEXT, PRIMARY KEY (session, thread) ) WITHOUT ROWID",
    "CREATE INDEX threads_question ON threads (question, session)",
    "CREATE TABLE judgements ( session INTEGER NOT NULL, thread TEXT NOT NULL, target TEXT NOT NULL, "
    "facet TEXT, answer TEXT, value TEXT NOT NULL, engine TEXT NOT NULL )",
    "CREATE INDEX judgements_value ON judgements (target, value, session)",
    "CREATE INDEX judgements_session ON judgements (session)",
    "CREATE TABLE said ( id INTEGER PRIMARY KEY, speaker TEXT NOT NULL, answer TEXT, thread TEXT, at_s "
    "REAL NOT NULL, text TEXT NOT NULL, times BLOB NOT NULL )",
    "CREATE VIRTUAL TABLE words USING fts5 ( text, content='said', content_rowid='id', tokenize='porter "
    "unicode61 remove_diacritics 2' )",
    "CREATE TRIGGER said_added AFTER INSERT ON said BEGIN INSERT INTO words (rowid, text) VALUES (new.id, "
    "new.text); END",
    "CREATE TRIGGER said_removed AFTER DELETE ON said BEGIN INSERT INTO words (words, rowid, text) VALUES "
    "('delete', old.id, old.text); END",
)
"""Sessions, what was said in them, and what was judged.

A session's `key` is its beginning in seconds since 1970 (made unique), so that keys, and the rows of `said`,
numbered from `key` times a constant, sort by time.
"""

VECTORS = (
    "CREATE TABLE vectors (session INTEGER NOT NULL, thread TEXT NOT NULL, engine TEXT NOT NULL, "
    "vector BLOB NOT NULL, PRIMARY KEY (session, thread)) WITHOUT ROWID",
)
"""What was told in each story thread, as a vector, so that it is worked out once."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (FIRST, VECTORS)
"""Statements of each step. Append only: an index of version n has had the first n applied."""


def migrate(db: sqlite3.Connection) -> bool:
    """Bring an index to this version, in one transaction; gives False if it is of a newer one."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version == len(MIGRATIONS):
        return True
    db.execute("BEGIN IMMEDIATE")
    with db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        for step in MIGRATIONS[version:]:
            for statement in step:
                db.execute(statement)
        if version < len(MIGRATIONS):
            db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return bool(version <= len(MIGRATIONS))
