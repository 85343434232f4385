"""`interview judge`: judge a stored session again, and show what changed, side by side."""

from __future__ import annotations

import argparse
from functools import partial

from simulator.cli.output import print_json, print_table, progress_line
from simulator.cli.stored import opened
from simulator.domain.errors import ExitStatus


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("session", nargs="?", default="last", help='id, part of one, or "last" (the default)')
    parser.add_argument(
        "--engine",
        choices=["configured", "embedded", "model"],
        default="configured",
        help="who judges: as in an interview (default), the embedded engine, or the language model",
    )
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Judge again, and give the exit status."""
    from simulator.domain.state import replay
    from simulator.judging.delivery import measure_delivery
    from simulator.rehearsal.judges import open_judge
    from simulator.rehearsal.rejudge import changes, keep, rejudge
    from simulator.sessions.figures import judge_of
    from simulator.sessions.library import Library

    loaded = opened(Library.of_user(), options.session)
    with open_judge(options.engine) as judge:
        events = rejudge(loaded.events, judge, measure_delivery, partial(progress_line, "Judging answers"))
        engine = judge.engine
    found = changes(loaded.state, replay(events))
    path = keep(loaded.folder, engine, events)
    if options.json:
        print_json({"engine": engine, "kept": path, "changes": found})
        return int(ExitStatus.OK)
    print(f"Judged by {engine}; before: {judge_of(loaded.state) or 'unknown'}.")
    if not found:
        print("Nothing is judged otherwise.")
    else:
        rows = [[c.thread, c.what, c.where, c.was or "–", c.now or "–"] for c in found]
        print_table(["thread", "what", "where", "before", "now"], rows)
    print(f"The new judgements are in {path}; the session itself is as it was.")
    return int(ExitStatus.OK)
