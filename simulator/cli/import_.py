"""`interview import`: take in recordings made elsewhere."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from simulator.cli.output import minutes
from simulator.domain.errors import ExitStatus, SimulatorError, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="WAV, FLAC, MP3, M4A, OGG, MP4, MKV, WEBM")
    parser.add_argument("--question", default="", metavar="ID|TEXT", help="the question that it answers")
    parser.add_argument("--discard", action="store_true", help="remove what interrupted imports have left")
    parser.add_argument("--pack", default="", metavar="NAME|FILE", help="the pack that the question is from")


class _Progress:
    """Tells how far an import is and how long it will take, on one line of the terminal."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._what = ""
        self._began = time.monotonic()
        self._from = 0.0

    def __call__(self, what: str, done_s: float, total_s: float) -> None:
        if not sys.stderr.isatty():
            return
        if what != self._what:
            self._what, self._began, self._from = what, time.monotonic(), done_s
        made = done_s - self._from
        took = time.monotonic() - self._began
        left = f", about {minutes((total_s - done_s) * took / made)} left" if made > 0 else ""
        line = f"{self._name}: {what}, {minutes(done_s)} of {minutes(total_s)}{left}"
        print(f"\r{line:<79}", end="", file=sys.stderr, flush=True)

    def over(self) -> None:
        """End the line."""
        if sys.stderr.isatty():
            print(file=sys.stderr)


def run(options: argparse.Namespace) -> int:
    """Import the files, and give the exit status: that of the last file that failed, if any did."""
    from simulator.config.settings import load_settings
    from simulator.interviewing.packs import load_pack
    from simulator.judging.delivery import measure_delivery
    from simulator.rehearsal.compose import embedded_judge
    from simulator.rehearsal.conversation import Asked
    from simulator.rehearsal.importing import Import, discard_unfinished
    from simulator.sessions.library import Library

    if not options.files and not options.discard:
        raise UsageError("There is no file to import.", "interview import FILE…")
    library = Library.of_user()
    if options.discard:
        print(f"Removed: {discard_unfinished(library.root)} unfinished.")
    settings = load_settings()
    asked = Asked(question=options.question, pack=options.pack)
    if options.pack or options.question:
        pack = load_pack(options.pack or settings.interview.pack)
        known = {question.id: question for question in pack.questions}
        if options.question in known:
            question = known[options.question]
            asked = Asked(question.text, question.kind, question.tests, pack.name, question.id)
    status, imported = int(ExitStatus.OK), False
    for path in options.files:
        progress = _Progress(path.name)
        try:
            running = Import(path, library.root, asked, settings.recognizer.model)
            folder = running.run(embedded_judge, measure_delivery, progress)
        except KeyboardInterrupt:
            progress.over()
            print("Interrupted: the same command goes on from here, --discard removes it.", file=sys.stderr)
            raise
        except SimulatorError as error:
            print(f"interview: {error}", file=sys.stderr)
            status = int(error.status)
            continue
        finally:
            progress.over()
        print(f"{path.name}: imported as {folder.id} ({minutes(running.duration_s)}); `interview review {folder.id}`")
        imported = True
    if imported:
        library.update()
    return status
