"""`interview review`: go through a session with its sound, words and judgements."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from simulator.cli.output import minutes
from simulator.cli.stored import opened
from simulator.domain.errors import ExitStatus

if TYPE_CHECKING:
    from simulator.domain.state import SessionState


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("session", nargs="?", default="last", help='id, part of one, or "last" (the default)')
    parser.add_argument("--at", type=float, default=0.0, metavar="SECONDS", help="begin at this moment")
    parser.add_argument("--output", default="", metavar="DEVICE", help="loudspeaker, by name or number")
    parser.add_argument("--plain", action="store_true", help="the transcript with its judgements as text")


def run(options: argparse.Namespace) -> int:
    """Show the session, and give the exit status."""
    from simulator.sessions.library import Library

    library = Library.of_user()
    loaded = opened(library, options.session)
    folder = loaded.folder
    if options.plain or not sys.stdout.isatty():
        return _plain(loaded.state)
    from simulator.config.settings import load_settings
    from simulator.rehearsal.reviewing import broken_sides, reader, sound_of
    from simulator.screens.review import Desk, run_review
    from simulator.sessions.loading import load_session
    from simulator.speaking.session_player import SessionPlayer

    settings = load_settings()
    length_s, there = sound_of(folder)
    player = SessionPlayer(reader(folder), length_s or loaded.state.at_s, options.output or settings.sound.output)
    broken = broken_sides(folder)
    problem = "" if there else "this session has no sound"
    if there and player.problem is not None:
        problem = "no loudspeaker"
    if broken:
        problem = f"the {' and the '.join(broken)}'s recording cannot be read"
    desk = Desk(
        state=lambda: load_session(folder).state,
        note=lambda text, moment_s: _done(library.note(folder, text, moment_s)),
        keep=lambda answer, keep: library.keep(folder, answer, keep),
        correct=lambda correction: library.correct(folder, correction),
        problem=problem,
    )
    try:
        return run_review(desk, player, settings, options.at)
    finally:
        player.close()


def _done(_: str) -> None:
    """Take the id of a new note, which nobody here needs."""


def _plain(state: SessionState) -> int:
    from simulator.rehearsal.reviewing import findings, passages

    for row in passages(state):
        who = "You" if row.speaker == "candidate" else "Interviewer"
        print(f"[{minutes(row.start_s)}] {who}: {row.text}")
    print()
    for each in findings(state):
        where = minutes(each.start_s) if each.start_s is not None else "–"
        print(f"[{where}] {each.thread} {each.target} {each.name}: {each.value}")
        for evidence in each.evidence:
            print(f"      “{evidence.quote}”")
    for note in state.notes:
        print(f"[{minutes(note.moment_s or 0.0)}] note: {note.text}")
    return int(ExitStatus.OK)
