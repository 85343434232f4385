"""`interview demo`: a simulated candidate is interviewed, through the real recognizer, judge and voice."""

from __future__ import annotations

import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--fast", action="store_true", help="faster than real time, without sound")
    parser.add_argument("--plain", action="store_true", help="line by line, without a screen")
    parser.add_argument("--voice", default="", metavar="NAME", help="voice profile of the interviewer")
    parser.add_argument("--output", default="", metavar="DEVICE", help="loudspeaker, by name or number")


def run(options: argparse.Namespace) -> int:
    """Run the demonstration, and give the exit status."""
    from simulator.cli.running import run_plain, run_screen
    from simulator.config.settings import load_settings
    from simulator.domain.vocabulary import Mode
    from simulator.rehearsal.compose import Options
    from simulator.rehearsal.demonstration import Demonstration

    settings = load_settings()
    staging = Demonstration(fast=options.fast).staging(settings.interview.pack)
    chosen = Options(
        mode=Mode.QUESTION,
        pack=settings.interview.pack,
        minutes=0,
        voice=options.voice,
        output=options.output,
        fast=options.fast,
    )
    runner = run_plain if options.plain else run_screen
    return runner(chosen, settings, staging)
