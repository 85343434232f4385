"""`interview start`: be interviewed, on the live screen, line by line, typed, or driven by another program."""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.domain.errors import UsageError
from simulator.domain.vocabulary import Mode

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.rehearsal.ahead import Ahead
    from simulator.rehearsal.compose import Options
    from simulator.screens.controller import OpenSession

MODES = [Mode.ROUND, Mode.QUESTION, Mode.PUSHBACK, Mode.UNKNOWN, Mode.DEPTH]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    what = parser.add_argument_group("what is asked")
    what.add_argument("--pack", default="", metavar="NAME|FILE", help="pack of questions (see `interview packs`)")
    what.add_argument("--question", action="append", default=[], metavar="ID", help="ask this one; may be repeated")
    what.add_argument("--mode", type=Mode, choices=MODES, default=Mode.ROUND, help="what to practise (default: round)")
    what.add_argument("--minutes", type=float, default=-1.0, metavar="N", help="time for the session; 0 is unlimited")
    what.add_argument("--briefing", default="", metavar="TEXT", help="what other rounds have covered; it comes last")
    what.add_argument("--seed", type=int, default=None, metavar="N", help="makes the choice of questions repeatable")
    what.add_argument("--resume", default="", metavar="ID", help="go on with an interrupted session")
    sound = parser.add_argument_group("sound")
    sound.add_argument("--voice", default="", metavar="NAME", help="voice profile of the interviewer")
    sound.add_argument("--input", default="", metavar="DEVICE", help="microphone, by name or number")
    sound.add_argument("--output", default="", metavar="DEVICE", help="loudspeaker, by name or number")
    sound.add_argument("--from", dest="recording", type=Path, metavar="FILE", help="a recording as the microphone")
    sound.add_argument("--fast", action="store_true", help="with --from: faster than real time")
    how = parser.add_argument_group("how")
    how.add_argument("--plain", action="store_true", help="line by line, without a screen")
    how.add_argument("--typed", action="store_true", help="type the answers; nothing is spoken")
    how.add_argument("--jsonl", action="store_true", help="events as JSON lines; answers from standard input")


def run(options: argparse.Namespace) -> int:
    """Run the interview, and give the exit status."""
    if options.fast and options.recording is None:
        raise UsageError("--fast needs a recording.", "Add --from FILE.")
    if options.jsonl:
        from simulator.cli.running import run_jsonl

        return run_jsonl(_options(options), _settings())
    if options.plain:
        settings = _settings()
        ahead = _ahead(options, settings)
        from simulator.cli.running import run_plain

        return run_plain(_options(options), settings, ahead=ahead)
    from simulator.config.look import first_theme
    from simulator.screens.app import run_interview

    return run_interview(lambda: _open(options, _settings()), None, load=_settings, theme=first_theme())


def _settings() -> Settings:
    from simulator.config.settings import load_settings

    return load_settings()


def _ahead(options: argparse.Namespace, settings: Settings) -> Ahead | None:
    """Let the voice load while the rest of the program does."""
    if options.typed:
        return None
    from simulator.rehearsal.ahead import begin_voice

    return begin_voice(options.voice, settings)


def _open(options: argparse.Namespace, settings: Settings) -> OpenSession:
    """Open the session; called after the first paint, since all that it imports takes longer than the screen."""
    ahead = _ahead(options, settings)
    from simulator.cli.running import staging_of
    from simulator.rehearsal.compose import open_rehearsal

    chosen = _options(options)
    return open_rehearsal(chosen, settings, staging_of(chosen, ahead))


def _options(options: argparse.Namespace) -> Options:
    from simulator.rehearsal.compose import Options

    seed = options.seed
    if seed is None:
        # Another program wants the same session for the same words; a person wants new questions.
        seed = 0 if options.jsonl else random.SystemRandom().randrange(1_000_000)
    return Options(
        mode=options.mode,
        pack=options.pack,
        questions=tuple(options.question),
        minutes=options.minutes,
        voice=options.voice,
        briefing=options.briefing,
        input=options.input,
        output=options.output,
        typed=options.typed or options.jsonl,
        recording=options.recording,
        fast=options.fast,
        seed=seed,
        resume=options.resume,
        model_words=not options.jsonl,
        remembers=not options.jsonl,
    )
