"""`interview progress`: how your interviews develop over time."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from simulator.cli.output import progress_line
from simulator.domain.errors import ExitStatus


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--plain", action="store_true", help="as text, not the screen")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.add_argument("--svg", type=Path, default=None, metavar="FILE", help="as one picture")


def run(options: argparse.Namespace) -> int:
    """Show it, and give the exit status."""
    from simulator.sessions.library import Library
    from simulator.sessions.progress import progress_json, progress_of, progress_text

    library = Library.of_user()
    library.update(partial(progress_line, "Reading sessions"))
    progress = progress_of(library.figures())
    if options.svg is not None:
        from simulator.sessions.picture_file import write_progress_svg

        print(write_progress_svg(progress, options.svg))
    elif options.json:
        print(progress_json(progress))
    elif options.plain or not sys.stdout.isatty():
        print(progress_text(progress))
    else:
        from simulator.config.settings import load_settings
        from simulator.screens.progress import run_progress

        return run_progress(progress, load_settings())
    return int(ExitStatus.OK)
