"""`interview calibrate`: how far the judge can be trusted, on labelled answers, or by how often you overruled it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.domain.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from simulator.judging.calibration import Prediction


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="labelled answers; without it, the language model is measured on the sample that comes with the program",
    )
    parser.add_argument(
        "--engine",
        choices=["configured", "embedded", "model"],
        default="configured",
        help="whose judgements: as in an interview (default), the embedded engine's, or the language model's",
    )
    parser.add_argument("--jsonl", action="store_true", help="the predictions, a JSON object a line")
    parser.add_argument(
        "--from-sessions", action="store_true", help="how often you overruled the judge in your sessions"
    )


def run(options: argparse.Namespace) -> int:
    """Do it, and give the exit status."""
    if options.from_sessions:
        if options.folder is not None:
            raise UsageError("Give a folder or --from-sessions, not both.")
        return _from_sessions(as_json=options.jsonl)
    if options.folder is None:
        return _measure_model(as_json=options.jsonl)
    return _judge_folder(options.folder, options.engine, as_json=options.jsonl)


def _judge_folder(folder: Path, engine: str, *, as_json: bool) -> int:
    from simulator.judging.calibration import agreement, calibrate, read_labelled
    from simulator.rehearsal.judges import open_judge

    labelled = read_labelled(folder)
    rows = len(labelled.replies) + len(labelled.pushbacks) + len(labelled.answers)
    with open_judge(engine) as judge:
        predictions = _shown(calibrate(folder, judge), rows)
        if as_json:
            for prediction in predictions:
                print(prediction.model_dump_json(exclude_defaults=True), flush=True)
            return int(ExitStatus.OK)
        said = list(predictions)
    engines = sorted({prediction.engine for prediction in said})
    print(f"Judged by: {'; '.join(engines)}\n")
    print(agreement(folder, said).table())
    return int(ExitStatus.OK)


def _shown(predictions: Iterable[Prediction], rows: int) -> Iterator[Prediction]:
    """Pass predictions on, and count them on the terminal."""
    for done, prediction in enumerate(predictions, start=1):
        if sys.stderr.isatty():
            print(f"\r{done} of {rows} ", end="\n" if done == rows else "", file=sys.stderr, flush=True)
        yield prediction


def _measure_model(*, as_json: bool) -> int:
    from datetime import datetime

    from simulator.judging.choice import Criterion, told
    from simulator.judging.language_model_calibration import calibrate_model
    from simulator.rehearsal.judges import open_model_judge

    def progress(criterion: Criterion, done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{criterion.value}: {done} of {total} ", end="", file=sys.stderr, flush=True)

    judge = open_model_judge()
    try:
        judge.check()
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        calibration = calibrate_model(judge, now, progress=progress)
    finally:
        judge.close()
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if as_json:
        print(calibration.model_dump_json())
        return int(ExitStatus.OK)
    print(f"{judge.engine} at {calibration.address}, measured {calibration.made_at}\n")
    print(told(calibration.figures))
    print('\nWith language_model.judge = "auto" each criterion is judged as the last column says.')
    return int(ExitStatus.OK)


def _from_sessions(*, as_json: bool) -> int:
    from simulator.config.paths import sessions_dir
    from simulator.sessions.folder import list_sessions
    from simulator.sessions.journal import read_journal
    from simulator.sessions.overruling import overruled, overruled_text

    rows = overruled(read_journal(folder.journal).events for folder in list_sessions(sessions_dir()))
    if not as_json:
        print(overruled_text(rows))
        return int(ExitStatus.OK)
    for row in rows:
        changes = [{"was": was, "now": now, "times": times} for (was, now), times in row.changes.items()]
        counts = {"judged": row.judged, "overruled": row.overruled, "changes": changes}
        print(json.dumps({"target": row.target, "engine": row.engine, **counts}))
    return int(ExitStatus.OK)
