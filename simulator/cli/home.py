"""`interview` alone: the start screen, and what is chosen on it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.domain.errors import DeviceError, ExitStatus, SimulatorError, UsageError

if TYPE_CHECKING:
    from simulator.config.settings import Settings
    from simulator.rehearsal.language_model import BackgroundCalibration
    from simulator.screens.start import Choice, Offer, Recent

RECENT = 20
"""Earlier sessions on the start screen."""


def run(_: argparse.Namespace) -> int:
    """Show the start screen, do what was chosen, and give the exit status."""
    import sys

    if not sys.stdout.isatty():
        raise UsageError(
            "There is no terminal for the start screen.", "Use `interview start --plain`, or see `interview --help`."
        )
    from simulator.config.look import first_theme
    from simulator.screens.start import run_start

    running: list[BackgroundCalibration] = []

    def settings() -> Settings:
        from simulator.config.settings import load_settings

        return load_settings()

    def load() -> Offer:
        # Called after the first paint: what the choice is made from takes longer to import than the screen.
        running.append(_calibrating(settings()))
        return offer()

    try:
        choice = run_start(load, settings, recent, first_theme())
    finally:
        for calibration in running:
            calibration.stop()
    return int(ExitStatus.OK) if choice is None else _do(choice)


def _calibrating(settings: Settings) -> BackgroundCalibration:
    """Measure a new language model while the start screen is looked at: that is the idle time there is."""
    from datetime import datetime

    from simulator.rehearsal.compose import embedded_judge
    from simulator.rehearsal.language_model import BackgroundCalibration

    now = datetime.now().astimezone().isoformat(timespec="seconds")
    calibration = BackgroundCalibration(settings.language_model, embedded_judge, now)
    calibration.start()
    return calibration


def offer() -> Offer:
    """Give what there is to choose from: packs, voices, devices, earlier sessions."""
    from simulator.interviewing.packs import list_packs, load_pack
    from simulator.screens.start import Offer, PackOffer
    from simulator.speaking.profiles import list_profiles

    packs = []
    for summary in list_packs():
        if not summary.problem:
            pack = load_pack(str(summary.file))
            questions = tuple((question.id, question.text) for question in pack.questions)
            packs.append(PackOffer(pack.name, pack.title or pack.name, questions))
    inputs, outputs, note = _devices()
    return Offer(
        packs=tuple(packs),
        voices=tuple(profile.name for profile in list_profiles()),
        inputs=inputs,
        outputs=outputs,
        recent=recent(),
        note=note,
    )


def _devices() -> tuple[tuple[str, ...], tuple[str, ...], str]:
    from simulator.listening.devices import list_inputs, list_outputs

    try:
        inputs = tuple(device.name for device in list_inputs())
        outputs = tuple(device.name for device in list_outputs())
    except DeviceError as error:
        return (), (), str(error)
    if not inputs:
        return inputs, outputs, "There is no microphone: type your answers, or plug one in."
    return inputs, outputs, "" if outputs else "There is no loudspeaker: questions are only shown."


def recent(progress: Callable[[int, int], None] | None = None) -> tuple[Recent, ...]:
    """Give the newest sessions, as the library knows them or after a look for changes.

    Args:
        progress: told of the changed sessions how many of how many are read; None gives them as they are known,
            since a look at thousands takes long.
    """
    from simulator.screens.start import Recent
    from simulator.sessions.library import Library

    library = Library.of_user()
    try:
        if progress is not None:
            library.update(progress)
        page = library.page(limit=RECENT)
    except SimulatorError:
        return ()
    return tuple(
        Recent(
            session=each.id,
            title=each.figures.title or ", ".join(dict.fromkeys(t.question for t in each.figures.threads)),
            started_at=each.figures.started_at,
            mode=each.figures.mode,
            duration_s=each.figures.duration_s,
            closed=each.figures.closed,
        )
        for each in page.sessions
    )


def _do(choice: Choice) -> int:
    from simulator.cli import main
    from simulator.domain.vocabulary import Mode
    from simulator.screens.start import Wish

    if choice.wish is Wish.DEMO:
        return main.main(["demo"])
    if choice.wish is Wish.OPEN:
        return main.main(["review", choice.session])
    if choice.wish is Wish.RESUME:
        return main.main(["start", "--resume", choice.session])
    words = ["drill"] if choice.mode is Mode.DRILL else ["start", "--mode", choice.mode.value]
    for flag, value in (
        ("--pack", choice.pack),
        ("--question", choice.question),
        ("--voice", choice.voice),
        ("--input", choice.input),
        ("--output", choice.output),
    ):
        if value:
            words += [flag, value]
    if choice.mode is not Mode.DRILL:
        words += ["--minutes", f"{choice.minutes:g}"]
    return main.main([*words, *(["--typed"] if choice.typed else [])])
