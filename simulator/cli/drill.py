"""`interview drill`: practise the timing of two-to-three-minute answers."""

from __future__ import annotations

import argparse

from simulator.domain.errors import UsageError


def _band(text: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    try:
        band = (float(low), float(high))
    except ValueError as error:
        raise argparse.ArgumentTypeError("give two numbers of seconds, as in 120-180") from error
    if not 0 < band[0] < band[1]:
        raise argparse.ArgumentTypeError("the first number of seconds must be the smaller one")
    return band


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--pack", default="", metavar="NAME|FILE", help="pack of questions (see `interview packs`)")
    parser.add_argument("--question", action="append", default=[], metavar="ID", help="this one; may be repeated")
    parser.add_argument("--count", type=int, default=5, metavar="N", help="how many questions (default: 5)")
    parser.add_argument("--band", type=_band, default=None, metavar="LOW-HIGH", help="wanted length in seconds")
    parser.add_argument("--tone", action="store_true", help="a soft tone at the band's edges")
    parser.add_argument("--voice", default="", metavar="NAME", help="voice profile of the interviewer")
    parser.add_argument("--input", default="", metavar="DEVICE", help="microphone, by name or number")
    parser.add_argument("--output", default="", metavar="DEVICE", help="loudspeaker, by name or number")
    parser.add_argument("--typed", action="store_true", help="type the answers; nothing is spoken")
    parser.add_argument("--plain", action="store_true", help="line by line, without a screen")


def run(options: argparse.Namespace) -> int:
    """Run the drill, and give the exit status."""
    from simulator.cli.running import run_plain, run_screen
    from simulator.config.settings import load_settings
    from simulator.domain.vocabulary import Mode
    from simulator.interviewing.packs import load_pack
    from simulator.rehearsal.compose import Options

    if options.count < 1:
        raise UsageError("--count must be at least 1.")
    settings = load_settings()
    name = options.pack or settings.interview.pack
    pack = load_pack(name)
    ordered = sorted(pack.questions, key=lambda question: question.id not in pack.core)
    questions = options.question or [question.id for question in ordered[: options.count]]
    chosen = Options(
        mode=Mode.DRILL,
        pack=name,
        questions=tuple(questions),
        minutes=0,
        voice=options.voice,
        input=options.input,
        output=options.output,
        typed=options.typed,
        band_s=options.band,
        tone=options.tone or settings.interview.tone,
    )
    return (run_plain if options.plain else run_screen)(chosen, settings)
