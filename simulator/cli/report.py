"""`interview report`: write a session as one self-contained file, made to be sent to a friend or a coach."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from simulator.cli.output import progress_line
from simulator.cli.stored import opened
from simulator.domain.errors import ExitStatus, UsageError

SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("session", nargs="?", default="last", help='id, part of one, or "last" (the default)')
    parser.add_argument("-o", "--output", type=Path, default=None, metavar="FILE", help="default: interview-ID.html")
    parser.add_argument("--format", choices=["html", "md", "json"], default=None, help="default: by the file's ending")
    parser.add_argument("--no-audio", action="store_true", help="without the sound")
    parser.add_argument("--anonymous", action="store_true", help="without names, title, notes, date and sound")
    parser.add_argument("--progress", action="store_true", help="with this and earlier sessions' figures as pictures")


def _form_of(target: Path | None) -> str:
    """Give the format that a file's ending asks for; HTML without one.

    Raises:
        UsageError: nothing is written with that ending.
    """
    if target is None or not target.suffix:
        return "html"
    form = SUFFIXES.get(target.suffix.lower())
    if form is None:
        raise UsageError(f"A report is not written as {target.suffix}.", "html, md or json; --format overrides.")
    return form


def run(options: argparse.Namespace) -> int:
    """Write the report, and give the exit status."""
    from simulator.sessions.library import Library
    from simulator.sessions.progress import progress_of
    from simulator.sessions.report import write_report

    library = Library.of_user()
    loaded = opened(library, options.session)
    form = options.format or _form_of(options.output)
    target = options.output or Path(f"interview-{loaded.folder.id}.{form}")
    progress = None
    if options.progress:
        library.update(partial(progress_line, "Reading sessions"))
        earlier = [each for each in library.figures() if each.session <= loaded.folder.id]
        progress = progress_of(earlier)
    written = write_report(
        loaded,
        target,
        form=form,
        audio=not options.no_audio,
        anonymous=options.anonymous,
        progress=progress,
        told=lambda done_s, all_s: progress_line("Encoding the sound, seconds", int(done_s), max(1, int(all_s))),
    )
    print(written)
    return int(ExitStatus.OK)
