"""Measures turns: python -m benchmarks.turns [--speech FOLDER] [--answers N] [--replies N] [--echo-minutes N] ...

Takes under 5 minutes as it stands. What happens on virtual devices is in turns_live.py and turns_session.py; the rest
is about when turns are ended.

Mid-answer pauses: those in people's recordings (a folder of sound files; each is taken for an initial answer), and
in made ones: answers and replies from data/judge, spoken by a synthetic voice, with pauses of 0.6 to 4 s (their
logarithm uniform) half of them between sentences, half inside one. True ends: those of the made ones. Every pause
goes through voice activity, the end-of-turn model, the recognizer's own model and `EndOfTurn`, as in a session.
The peer is what a voice agent with Smart Turn does: ends at p > 0.5 after 0.2 s, else after 3 s of silence.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soxr

from benchmarks.common import Row, publish
from simulator.domain.hearing import TurnHints
from simulator.domain.words import Word
from simulator.listening.activity import Stopped, Stretches, VoiceDetector
from simulator.listening.closing import shipped_model
from simulator.listening.decoding import decode_whole
from simulator.listening.endofturn import PATIENCE_S_PER_ODDS, EndOfTurn
from simulator.listening.recognizer_model import Whisper
from simulator.listening.smart_turn import SmartTurn
from simulator.models.store import model_path

ROOT = Path(__file__).parents[1]
RATE_HZ = 16_000
LOOK_S = 9.0
SCORED_AFTER_S = 0.2
SHORTEST_S, LONGEST_S = 0.6, 4.0
WORDS_PER_S = 2.6
PATIENCES_S = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0)
"""The patience that the trade between waiting and cutting in is shown for."""


@dataclass(frozen=True)
class Pause:
    """A silence: how long it lasts (None: the end), how long ours and the peer's detector wait in it."""

    source: str
    lasts_s: float | None
    ours_s: float
    peer_s: float
    others_s: tuple[float, ...] = ()
    """What ours would wait with each patience of `PATIENCES_S`."""

    def cut(self, wait_s: float) -> bool:
        """Whether the turn would have been ended in mid-answer."""
        return self.lasts_s is not None and wait_s < self.lasts_s


class Bench:
    """The models, and the way from a pause to the detector's wait."""

    def __init__(self) -> None:
        self.smart_turn = SmartTurn(model_path("smart-turn-v3.2"))
        self.whisper = Whisper(model_path("whisper-base"))
        self.closing = shipped_model()

    def pause(
        self, source: str, sound: np.ndarray, end_s: float, speech_s: float, lasts_s: float | None, initial: bool
    ) -> Pause:
        """Give what happens at the pause that begins at `end_s`."""
        padded = np.concatenate([sound[: int(end_s * RATE_HZ)], np.zeros(RATE_HZ // 2, np.float32)])
        score = self.smart_turn.score(padded[: int((end_s + SCORED_AFTER_S) * RATE_HZ)])
        look = self.whisper.look(padded[-int((LOOK_S + 0.5) * RATE_HZ) :], max(0.0, end_s - LOOK_S), beam=1)
        earlier = max(0, round(speech_s * WORDS_PER_S) - len(look.words))
        waits_s = []
        for patience_s in (PATIENCE_S_PER_ODDS, *PATIENCES_S):
            detector = EndOfTurn(0.0, TurnHints(initial=initial), self.closing, patience_s=patience_s)
            detector.voice_started(0.0)
            detector.voice_stopped(speech_s)
            detector.score(score)
            detector.words((*[Word("so")] * earlier, *look.words))
            waits_s.append(round(detector.wait_s(), 3))
        return Pause(source, lasts_s, waits_s[0], SCORED_AFTER_S if score > 0.5 else 3.0, tuple(waits_s[1:]))


def stretches(sound: np.ndarray) -> list[tuple[float, float]]:
    """Give the stretches of voice in a sound."""
    track, found = Stretches(), []
    padded = np.concatenate([sound, np.zeros(RATE_HZ, np.float32)])
    for frame in VoiceDetector().feed(padded, len(padded) / RATE_HZ):
        change = track.feed(frame)
        if isinstance(change, Stopped):
            found.append((change.start_s, change.end_s))
    return found


def spoken_by_people(bench: Bench, folder: Path) -> Iterator[Pause]:
    """Give the pauses of at least 0.6 s inside recordings."""
    for path in sorted(folder.glob("*.flac")):
        sound = decode_whole(path)
        parts = stretches(sound)
        said_s = 0.0
        for (begin, end), (after, _) in itertools.pairwise(parts):
            said_s += end - begin
            if after - end >= SHORTEST_S:
                yield bench.pause(path.stem, sound, end, said_s, after - end, True)


def made(bench: Bench, count: int, initial: bool, rng: random.Random) -> Iterator[Pause]:
    """Give one end, one pause between sentences and one inside a sentence for each of some texts."""
    from piper import PiperVoice

    voice = PiperVoice.load(str(model_path("piper-en_US-joe-medium") / "en_US-joe-medium.onnx"))
    texts = list(initial_answers() if initial else replies())
    rng.shuffle(texts)
    kind = "initial answers" if initial else "replies"
    for parts in texts[:count]:
        places = [len(parts) - 1, rng.randrange(len(parts) - 1), rng.randrange(len(parts))]
        for which, place in enumerate(places):
            chunks = voice.synthesize(" ".join(parts[max(0, place - 1) : place + 1]))
            spoken = np.concatenate([chunk.audio_int16_array for chunk in chunks]).astype(np.float32) / 32768
            sound = soxr.resample(spoken, voice.config.sample_rate, RATE_HZ).astype(np.float32)
            end_s = stretches(sound)[-1][1]
            said = len(" ".join(parts[: place + 1]).split())
            lasts_s = None if which == 0 else float(np.exp(rng.uniform(np.log(SHORTEST_S), np.log(LONGEST_S))))
            if which == 2:
                words = bench.whisper.look(
                    sound[-int(LOOK_S * RATE_HZ) :], max(0.0, len(sound) / RATE_HZ - LOOK_S)
                ).words
                if len(words) < 6:
                    continue
                back = rng.randrange(2, min(len(words), len(parts[place].split()), 12) or 3)
                end_s = words[-back].end_s
                said -= back - 1
            yield bench.pause(kind, sound, end_s, said / WORDS_PER_S, lasts_s, initial)


def initial_answers() -> Iterator[list[str]]:
    """Give the sentences of labelled initial answers."""
    for line in (ROOT / "data/judge/dev/answers.jsonl").read_text(encoding="utf-8").splitlines():
        yield [s["text"] for s in json.loads(line)["sentences"]]


def replies() -> Iterator[list[str]]:
    """Give the sentences of labelled replies, those of more than one."""
    for line in (ROOT / "data/judge/dev/replies.jsonl").read_text(encoding="utf-8").splitlines():
        parts = [f"{s.strip()}." for s in json.loads(line)["reply"].split(". ") if s.strip(". ")]
        if len(parts) > 1:
            yield parts


def rows_of(pauses: list[Pause]) -> list[Row]:
    """Give the table."""
    rows = []
    groups = {
        "people's recordings": [p for p in pauses if p.source not in {"initial answers", "replies"}],
        "made initial answers": [p for p in pauses if p.source == "initial answers"],
        "made replies": [p for p in pauses if p.source == "replies"],
        "all": pauses,
    }
    for name, group in groups.items():
        inner = [p for p in group if p.lasts_s is not None]
        if inner:
            ours = np.mean([p.cut(p.ours_s) for p in inner])
            peer = np.mean([p.cut(p.peer_s) for p in inner])
            rows.append(
                Row(
                    f"cut-ins on mid-answer pauses of 0.6 s and over, {name}",
                    f"{ours:.1%}",
                    "2 %",
                    bool(ours <= 0.02),
                    {"Smart Turn, 3 s": f"{peer:.1%}"},
                    f"{len(inner)} pauses",
                )
            )
        ends = [p for p in group if p.lasts_s is None]
        if ends:
            waits = np.percentile([p.ours_s for p in ends], [50, 95])
            peers = np.percentile([p.peer_s for p in ends], [50, 95])
            rows.append(
                Row(
                    f"silence before a finished answer is taken for finished, p50 · p95, s, {name}",
                    f"{waits[0]:.2f} · {waits[1]:.2f}",
                    "0.5 · 1.2",
                    bool(waits[0] <= 0.5 and waits[1] <= 1.2),
                    {"Smart Turn, 3 s": f"{peers[0]:.2f} · {peers[1]:.2f}"},
                    f"{len(ends)} ends; the story's hints left out",
                )
            )
    return rows


def curve(pauses: list[Pause]) -> list[Row]:
    """Give what more or less patience would bring, on the made answers and replies."""
    rows = []
    for number, patience_s in enumerate(PATIENCES_S):
        cells = []
        for source in ("initial answers", "replies"):
            inner = [p for p in pauses if p.source == source and p.lasts_s is not None]
            ends = [p.others_s[number] for p in pauses if p.source == source and p.lasts_s is None]
            if inner and ends:
                cells.append(
                    f"{source}: {np.mean([p.cut(p.others_s[number]) for p in inner]):.1%}, {np.median(ends):.1f} s"
                )
        rows.append(Row(f"… with a patience of {patience_s:g} s: cut-ins, median wait", "; ".join(cells)))
    return rows


def on_devices(options: argparse.Namespace) -> tuple[list[Row], dict[str, object]]:
    """Measure what needs devices; gives rows and raw figures."""
    from benchmarks.turns_live import measure, unplugged_s, virtual_devices
    from benchmarks.turns_session import keys, sit

    with virtual_devices():
        turns = asyncio.run(sit(options.turns))
        pressed = keys(options.presses)
        spoken, (echo_s, holds, taken) = asyncio.run(
            measure(options.speech, options.interruptions, 60 * options.echo_minutes)
        )
        lost_s = unplugged_s()
    silent = np.percentile(spoken.silent_s, [50, 95])
    first = np.percentile(turns.first_sound_s, [50, 95])
    computing = np.percentile(turns.computing_s, [50, 95])
    key = float(np.percentile(pressed, 95))
    times = len(spoken.silent_s)
    rows = [
        Row(
            "the candidate starts to speak to the interviewer silent, p50 · p95, s",
            f"{silent[0]:.2f} · {silent[1]:.2f}",
            "0.25 · 0.35",
            bool(silent[0] <= 0.25 and silent[1] <= 0.35),
            note=f"{times} times, echo in the microphone; {spoken.missed} more were not noticed",
        ),
        Row(
            'questions that "mhm" and "okay" ended',
            f"{spoken.taken} of {spoken.backchannels}",
            "0",
            spoken.taken == 0,
            note="what they make wait goes on",
        ),
        Row(
            "self-interruptions through an open loudspeaker",
            f"{taken} turns taken, {holds} holds",
            "0",
            taken == holds == 0,
            note=f"{echo_s / 60:.1f} minutes of interviewer's speech",
        ),
        Row(
            "end of a finished answer to the interviewer's first sound, p50 · p95, s",
            f"{first[0]:.2f} · {first[1]:.2f}",
            "0.8 · 1.5",
            bool(first[0] <= 0.8 and first[1] <= 1.5),
            note=f"{len(turns.first_sound_s)} answers in one session; {turns.cut} were cut in on",
        ),
        Row(
            "… of that, after the end of the turn was decided, p50 · p95, ms",
            f"{1000 * computing[0]:.0f} · {1000 * computing[1]:.0f}",
            "60 · 150",
            bool(computing[0] <= 0.06 and computing[1] <= 0.15),
        ),
        Row(
            "key press to screen while recognizing, p95, ms",
            f"{1000 * key:.0f}",
            "50",
            key <= 0.05,
            note=f"{len(pressed)} presses of ?, which puts up a whole screen",
        ),
        Row("a microphone is unplugged to its being noticed, s", f"{lost_s:.1f}", "2", lost_s <= 2),
    ]
    return rows, {"interruptions": asdict(spoken), "turns": asdict(turns), "keys_s": pressed}


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=ROOT / "tests/listening/sound")
    parser.add_argument("--answers", type=int, default=12)
    parser.add_argument("--replies", type=int, default=12)
    parser.add_argument("--interruptions", type=int, default=16)
    parser.add_argument("--echo-minutes", type=float, default=1.0)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--presses", type=int, default=20)
    parser.add_argument("--no-devices", action="store_true", help="leave out what needs PulseAudio")
    options = parser.parse_args()
    rows, figures = ([], {}) if options.no_devices else on_devices(options)
    bench, rng = Bench(), random.Random(11)
    pauses = [
        *spoken_by_people(bench, options.speech),
        *made(bench, options.answers, True, rng),
        *made(bench, options.replies, False, rng),
    ]
    named = ("answers", "replies", "interruptions", "echo_minutes", "turns", "presses")
    given = [
        f"--{name.replace('_', '-')} {getattr(options, name):g}"
        for name in named
        if getattr(options, name) != parser.get_default(name)
    ]
    folder = [] if options.speech == parser.get_default("speech") else ["--speech FOLDER"]
    publish(
        "turns",
        "Turns",
        " ".join(["python -m benchmarks.turns", *folder, *given]),
        [*rows, *rows_of(pauses), *curve(pauses)],
        notes="A synthetic voice falls at the end of every sentence, so the sound cannot tell the last one from the "
        "others; people's voices can. Keys, \"that's it\" and the story's hints end answers sooner than shown here. "
        f"Load average before the end: {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores.",
        data={"pauses": [asdict(p) for p in pauses], **figures},
    )


if __name__ == "__main__":
    main()
