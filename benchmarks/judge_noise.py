"""What does a recognizer's noise cost the judge? Texts are spoken by Piper, recognized by Whisper base, judged again.

    python -m benchmarks.judge_noise [--rows N] [--weights FOLDER]

Both what was said before and the reply are spoken. `--weights` takes weights that have not seen the development rows;
with those that ship the figures themselves say little, their difference still does.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from faster_whisper import WhisperModel

from benchmarks.common import Row, publish
from benchmarks.judge import HELD_OUT
from simulator.judging.calibration import (
    LabelledPushback,
    LabelledReply,
    agreement,
    calibrate,
    read_labelled,
)
from simulator.judging.embedded import WEIGHTS, EmbeddedJudge
from simulator.models.store import model_path


class Noise:
    """Speaks a text and recognizes it."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._voice = next(model_path("piper-en_US-joe-medium").glob("*.onnx"))
        self._model = WhisperModel(str(model_path("whisper-base")), device="cpu", compute_type="int8", cpu_threads=1)

    def __call__(self, text: str) -> str:
        """Give the words that were recognized."""
        sound = self._scratch / "spoken.wav"
        command = [sys.executable, "-m", "piper", "--model", str(self._voice), "--output-file", str(sound)]
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)
        segments, _ = self._model.transcribe(str(sound), language="en", beam_size=5, condition_on_previous_text=False)
        return " ".join(segment.text.strip() for segment in segments)


def write(folder: Path, name: str, rows: Sequence[LabelledReply | LabelledPushback]) -> None:
    """Write rows as a labelled file."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(row.model_dump_json() + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Run the benchmark and publish its table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=70, help="how many replies; half as many pushbacks")
    options.add_argument("--weights", type=Path, default=WEIGHTS)
    given = options.parse_args()
    labelled = read_labelled(HELD_OUT)
    rng = random.Random(7)
    replies = rng.sample(labelled.replies, given.rows)
    pushes = rng.sample(labelled.pushbacks, given.rows // 2)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        noise = Noise(scratch)
        write(scratch / "clean", "replies.jsonl", replies)
        write(scratch / "clean", "pushbacks.jsonl", pushes)
        write(
            scratch / "noisy",
            "replies.jsonl",
            [r.model_copy(update={"before": noise(r.before), "reply": noise(r.reply)}) for r in replies],
        )
        write(
            scratch / "noisy",
            "pushbacks.jsonl",
            [p.model_copy(update={"view": noise(p.view), "reply": noise(p.reply)}) for p in pushes],
        )
        judge = EmbeddedJudge.load(given.weights)
        clean, noisy = (agreement(scratch / f, calibrate(scratch / f, judge)) for f in ("clean", "noisy"))
    rows = []
    for before, after in zip(clean.parts, noisy.parts, strict=True):
        loss = before.macro_f1 - after.macro_f1
        rows.append(
            Row(
                f"{before.name}, macro F1 lost to the recognizer",
                f"{loss:.3f}",
                "0.05",
                loss <= 0.05,
                note=f"{before.rows} rows: {before.macro_f1:.3f} as written, {after.macro_f1:.3f} as recognized",
            )
        )
    publish("judge_noise", "The judge on recognized speech", "python -m benchmarks.judge_noise", rows)


if __name__ == "__main__":
    main()
