"""Trains the probe for filled pauses on synthetic voices and writes simulator/listening/weights/fillers.json.

`python scripts/train_fillers.py [--piper N] [--espeak N]`: makes N recordings of half a minute with each voice (the
clauses of data/judge/dev/answers.jsonl with "um" and "uh" put in at known times, noise, reverberation, other pitches),
takes Whisper's encoder output for them, and fits two logistic regressions: filler or not, for each 20 ms, and "um"
or "uh", for each filler. A fifth of the recordings is held out and scored.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr
from piper import PiperVoice, SynthesisConfig

from simulator.listening.fillers import SMOOTHING_TICKS, SURE, WEIGHTS, runs, smoothed
from simulator.listening.recognizer_model import TICK_S, Whisper
from simulator.models.store import model_path

RATE_HZ = 16_000
ANSWERS = Path(__file__).parents[1] / "data" / "judge" / "dev" / "answers.jsonl"
IN_TEXT = re.compile(r"\b(um+|uh+|er+m?|hmm*)\b[,.]?\s*", re.IGNORECASE)
SPELLINGS = {"um": ("um", "umm", "uhm", "Um,", "ummm"), "uh": ("uh", "uhh", "Uh,", "er", "uhhh")}
ESPEAK = ("en-us", "en-gb", "en-us+m3", "en-us+f2", "en-us+f4", "en-gb+m7", "en-gb-scotland", "en-us+m1", "en-us+f3")
PENALTY = 0.2
"""Weight decay; at 0.01 the probe fits the synthetic voices better and people worse."""

Floats = npt.NDArray[np.float32]
Mark = tuple[float, float, str]


@dataclass
class Made:
    """A recording with its fillers: (start_s, end_s, "um" or "uh")."""

    sound: Floats
    marks: list[Mark]


def clauses() -> list[str]:
    """Give the clauses of the answers, without fillers."""
    found = []
    for line in ANSWERS.read_text(encoding="utf-8").splitlines():
        for sentence in json.loads(line)["sentences"]:
            parts = re.split(r"(?<=[,.;:?!])\s+", IN_TEXT.sub("", sentence["text"]))
            found += [part for part in parts if len(part.split()) >= 3]
    return found


def piper_voice(voice: PiperVoice, text: str, length: float) -> Floats:
    """Say a text with Piper."""
    parts = [chunk.audio_float_array for chunk in voice.synthesize(text, SynthesisConfig(length_scale=length))]
    return soxr.resample(np.concatenate(parts), voice.config.sample_rate, RATE_HZ).astype(np.float32)


def espeak_voice(name: str, text: str, pace: int, pitch: int) -> Floats:
    """Say a text with espeak-ng."""
    command = ["espeak-ng", "-v", name, "-s", str(pace), "-p", str(pitch), "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    return soxr.resample(np.frombuffer(wav[44:], np.int16).astype(np.float32) / 32768, 22_050, RATE_HZ)


def trimmed(sound: Floats) -> Floats:
    """Give sound without the silence around it."""
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return sound[loud[0] : loud[-1] + 1] if len(loud) else sound


def monologue(rng: random.Random, texts: list[str], say: Callable[[str], Floats], hum: Callable[[str], Floats]) -> Made:
    """Make half a minute of clauses with pauses and fillers between and inside them."""
    parts: list[Floats] = []
    marks: list[Mark] = []
    length = 0

    def add(sound: Floats) -> None:
        nonlocal length
        parts.append(sound.astype(np.float32))
        length += len(sound)

    def pause(longest_s: float) -> None:
        seconds = rng.uniform(0, 0.25) if rng.random() < 0.6 else rng.uniform(0.25, longest_s)
        add(np.zeros(int(seconds * RATE_HZ), np.float32))

    while length < 30 * RATE_HZ:
        words = rng.choice(texts).split()
        cut = rng.randrange(2, len(words) - 2) if len(words) >= 6 and rng.random() < 0.4 else 0
        halves = [words[:cut], words[cut:]] if cut else [words]
        for index, half in enumerate(halves):
            add(trimmed(say(" ".join(half))))
            if index + 1 < len(halves) or rng.random() < 0.4:
                pause(1.0)
                kind = rng.choice(("um", "uh"))
                sound = trimmed(hum(rng.choice(SPELLINGS[kind])))
                marks.append((length / RATE_HZ, (length + len(sound)) / RATE_HZ, kind))
                add(sound)
            pause(1.5)
    return Made(np.concatenate(parts), marks)


def roughened(rng: random.Random, sound: Floats) -> Floats:
    """Give sound at another level, with noise and sometimes a room."""
    noise = np.random.default_rng(rng.randrange(1 << 30))
    sound = sound * 10 ** (rng.uniform(-14, 3) / 20)
    sound = sound + noise.standard_normal(len(sound)) * 10 ** (rng.uniform(-70, -38) / 20)
    if rng.random() < 0.4:
        room = np.exp(-np.arange(2400) / rng.uniform(200, 900)) * noise.standard_normal(2400) * 0.08
        room[0] = 1.0
        sound = np.convolve(sound, room)[: len(sound)]
    return np.clip(sound, -1, 1).astype(np.float32)


def make(rng: random.Random, piper: int, espeak: int) -> list[Made]:
    """Make the recordings."""
    texts = clauses()
    voice = PiperVoice.load(str(next(model_path("piper-en_US-joe-medium").glob("*.onnx"))))
    made = []
    for _ in range(piper):
        pace = rng.uniform(0.85, 1.15)
        one = monologue(
            rng,
            texts,
            lambda t, p=pace: piper_voice(voice, t, p),
            lambda t: piper_voice(voice, t, rng.uniform(1.0, 2.4)),
        )
        factor = rng.choice((0.84, 0.9, 1.0, 1.0, 1.1, 1.18, 1.25))  # another pitch and another throat
        sound = soxr.resample(one.sound, RATE_HZ, RATE_HZ * factor)
        made.append(Made(roughened(rng, sound), [(a * factor, b * factor, kind) for a, b, kind in one.marks]))
    for index in range(espeak):
        name, pace, pitch = ESPEAK[index % len(ESPEAK)], rng.randrange(130, 200), rng.randrange(25, 75)
        one = monologue(
            rng,
            texts,
            lambda t, n=name, s=pace, p=pitch: espeak_voice(n, t, s, p),
            lambda t, n=name, p=pitch: espeak_voice(n, t, rng.randrange(80, 150), p + rng.randrange(-8, 3)),
        )
        made.append(Made(roughened(rng, one.sound), one.marks))
    return made


def rows(whisper: Whisper, made: Made) -> Floats:
    """Give the encoder's output for a recording, in windows as the search has them, smoothed."""
    size = 12 * RATE_HZ
    windows = [made.sound[i : i + size] for i in range(0, len(made.sound), size)]
    return np.vstack([smoothed(whisper.hidden(w), SMOOTHING_TICKS) for w in windows if len(w) >= RATE_HZ])


def fit(inputs: Floats, wanted: Floats, steps: int = 300) -> tuple[Floats, float]:
    """Fit a logistic regression with weight decay (Adam), and give weights and bias for raw inputs."""
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-3
    scaled = (inputs - mean) / spread
    weights, bias = np.zeros(inputs.shape[1]), 0.0
    first, second = np.zeros(inputs.shape[1] + 1), np.zeros(inputs.shape[1] + 1)
    for step in range(1, steps + 1):
        error = 1 / (1 + np.exp(-(scaled @ weights + bias))) - wanted
        slope = np.append(scaled.T @ error / len(wanted) + PENALTY * weights, error.mean())
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        move = 0.02 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        weights, bias = weights - move[:-1], bias - move[-1]
    return (weights / spread).astype(np.float32), float(bias - (mean * weights / spread).sum())


def labels(made: Made, count: int) -> Floats:
    """Give 1 for positions inside a filler, 0 outside, 2 at its borders."""
    at = (np.arange(count) + 0.5) * TICK_S
    wanted = np.zeros(count, np.float32)
    for start, end, _ in made.marks:
        wanted[(at >= start) & (at < end)] = 1
        wanted[(np.abs(at - start) < 0.05) | (np.abs(at - end) < 0.05)] = 2
    return wanted


def score(made: list[Made], hidden: list[Floats], weights: Floats, bias: float) -> str:
    """Give precision and recall on recordings."""
    right = wrong = known = 0
    for one, inputs in zip(made, hidden, strict=True):
        probability = 1 / (1 + np.exp(-(inputs @ weights + bias)))
        found = runs(smoothed(probability[:, None].astype(np.float32), SMOOTHING_TICKS)[:, 0])
        for begin, end in found:
            hit = any(begin * TICK_S < b + 0.1 and end * TICK_S > a - 0.1 for a, b, _ in one.marks)
            right, wrong = right + hit, wrong + (not hit)
        known += len(one.marks)
    return f"precision {right / max(1, right + wrong):.2f}, recall {right / max(1, known):.2f} at {SURE}"


def main() -> None:
    """Make, fit, score, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--piper", type=int, default=24)
    parser.add_argument("--espeak", type=int, default=36)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    made = make(random.Random(given.seed), given.piper, given.espeak)
    whisper = Whisper(model_path("whisper-base"), threads=2)
    hidden = [rows(whisper, one) for one in made]
    held = set(range(0, len(made), 5))
    kept = [i for i in range(len(made)) if i not in held]
    inputs = np.vstack([hidden[i] for i in kept])
    wanted = np.concatenate([labels(made[i], len(hidden[i])) for i in kept])
    weights, bias = fit(inputs[wanted < 2], wanted[wanted < 2])
    ends, kinds = [], []
    for i in kept:
        for start, end, kind in made[i].marks:
            half = hidden[i][int((start + end) / 2 / TICK_S) : int(end / TICK_S)]
            if len(half):
                ends.append(half.mean(axis=0))
                kinds.append(float(kind == "um"))
    um_weights, um_bias = fit(np.asarray(ends, np.float32), np.asarray(kinds, np.float32))
    print("held out:", score([made[i] for i in sorted(held)], [hidden[i] for i in sorted(held)], weights, bias))
    kept_file = {
        "model": "whisper-base",
        "filler": {"weights": [round(float(w), 5) for w in weights], "bias": round(bias, 5)},
        "um": {"weights": [round(float(w), 5) for w in um_weights], "bias": round(um_bias, 5)},
    }
    WEIGHTS.write_text(json.dumps(kept_file, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
