"""The command `interview`: finds the command's module, runs it, turns errors into one sentence and a status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NamedTuple, Protocol, cast

from simulator import __version__
from simulator.domain.errors import ExitStatus, SimulatorError


class Command(Protocol):
    """What a command's module offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it, and give the exit status."""


class Entry(NamedTuple):
    """A command's module and its line in the help."""

    module: str
    help: str


COMMANDS: dict[str, Entry] = {
    "start": Entry("start", "be interviewed"),
    "demo": Entry("demo", "watch a simulated candidate being interviewed; needs no devices"),
    "drill": Entry("drill", "practise the timing of two-to-three-minute answers"),
    "review": Entry("review", "go through a session with its sound, words and judgements"),
    "sessions": Entry("sessions", "list, show, rename, tag, delete, export or import sessions"),
    "search": Entry("search", "find words in everything that was said"),
    "report": Entry("report", "write a session as one self-contained file"),
    "import": Entry("import_", "take in recordings made elsewhere"),
    "judge": Entry("judge", "judge a stored session again and show what changed"),
    "examples": Entry("examples", "your real experiences across sessions, and how far each is known"),
    "progress": Entry("progress", "how your interviews develop over time"),
    "packs": Entry("packs", "list the packs of questions, or check one of your own"),
    "calibrate": Entry("calibrate", "see how far to trust the judge on labelled answers"),
    "local-model": Entry("local_model", "serve a language model on this machine"),
    "setup": Entry("setup", "fetch models and voices"),
    "doctor": Entry("doctor", "check devices, models, voices, folders and servers"),
}
"""Every command, in the order of the help."""


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="interview",
        description="A spoken mock interview that asks the follow-ups, until it has found the limit of your story.",
        epilog="Without a command, the start screen opens. Exit statuses: docs/exit-status.md.",
    )
    parser.add_argument("--version", action="version", version=f"interview {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, entry in COMMANDS.items():
        sub = commands.add_parser(name, help=entry.help, description=entry.help[0].upper() + entry.help[1:] + ".")
        if name == chosen:
            _load(name).configure(sub)
    return parser


def _load(name: str) -> Command:
    return cast(Command, importlib.import_module(f"simulator.cli.{COMMANDS[name].module}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after `interview`; None takes the process's own.

    Returns:
        The exit status (`simulator.domain.errors.ExitStatus`).
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    chosen = next((word for word in words if not word.startswith("-")), None)
    options = _parser(chosen).parse_args(words)
    command = _load(options.command) if options.command else cast(Command, _home())
    try:
        return command.run(options)
    except SimulatorError as error:
        print(f"interview: {error}", file=sys.stderr)
        return int(error.status)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has gone (for example `| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitStatus.OK)
    except Exception as error:
        return _unexpected(error)


def _unexpected(error: Exception) -> int:
    """Tell of an error of our own, and log where it happened; its message may hold the candidate's words."""
    import traceback

    from simulator.config.paths import log_dir

    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    report = log_dir() / "error.txt"
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(
            "\n".join([f"interview {__version__}", type(error).__name__, *places]) + "\n", encoding="utf-8"
        )
        hint = f"What was said is kept; where it happened is in {report}."
    except OSError:
        hint = f"What was said is kept; it happened at {places[-1] if places else 'an unknown place'}."
    print(f"interview: something went wrong that should not ({type(error).__name__}). {hint}", file=sys.stderr)
    return int(ExitStatus.FAILED)


def _home() -> object:
    return importlib.import_module("simulator.cli.home")
