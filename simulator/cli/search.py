"""`interview search`: find words in everything that was said."""

from __future__ import annotations

import argparse
from functools import partial

from simulator.cli.output import minutes, print_json, progress_line
from simulator.domain.errors import ExitStatus, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("words", nargs="+", help='all of these; "these together"; begin*')
    parser.add_argument("--session", default="", help="only in this session")
    parser.add_argument("--count", type=int, default=50, metavar="N", help="most hits (default: 50)")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Search, and give the exit status."""
    from simulator.sessions.library import Library

    if options.count < 1:
        raise UsageError("--count must be at least 1.")
    library = Library.of_user()
    library.update(partial(progress_line, "Reading sessions"))
    session = library.find(options.session).id if options.session else None
    hits = library.search(" ".join(options.words), options.count, session)
    if options.json:
        print_json(hits)
        return int(ExitStatus.OK)
    for hit in hits:
        print(f"{hit.session}  {minutes(hit.start_s)}  {hit.speaker}: {hit.snippet}")
        print(f"    interview review {hit.session} --at {hit.start_s:.1f}")
    if not hits:
        print("Nothing found.")
    return int(ExitStatus.OK)
