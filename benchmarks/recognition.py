"""The recognizer against itself offline and against a streaming peer, on recordings of people, in real time.

`python -m benchmarks.recognition --speech FOLDER [--peers] [--runs N] [NAME …]`; the folder holds NAME.flac with
NAME.txt (what is said) and, where there is one, NAME.TextGrid (aligned words).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from benchmarks.common import Row, publish
from simulator.config.paths import cache_dir
from simulator.domain.hearing import Confirmed, FillersFound, Partial, Revised
from simulator.domain.words import Filler, Word
from simulator.listening.recognizer import Finished
from simulator.listening.recognizer_messages import Setup
from simulator.listening.recognizer_model import Whisper
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.listening.remote import wav
from simulator.listening.wordstream import plain
from simulator.models.store import model_path
from tests.listening.recognition import Samples, differences, load

RATE_HZ = 16_000
BLOCK = 160
HERE = Path(__file__).parent
SPEECH = HERE.parent / "tests" / "listening" / "sound"
PEER = "whisper-streaming"
FILLERS = {"um", "uh"}


@dataclass
class Heard:
    """What a recognizer made of a recording.

    Attributes:
        text: of the confirmed words.
        delays_s: from each word's end to its being confirmed.
        partial_s: from each word's end to its first being seen.
        cpu_s: processor time while the recording ran.
        finish_s: from its end to the last words.
    """

    text: str
    delays_s: list[float]
    cpu_s: float
    partial_s: list[float] = field(default_factory=list)
    finish_s: float = 0.0
    record: tuple[Word, ...] = ()
    fillers: tuple[Filler, ...] = ()


def cpu_s(pid: int) -> float:
    """Give the processor time of a process so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stream(sound: Samples, recognizer: ProcessRecognizer, name: str) -> Heard:
    """Replay a recording in real time."""
    recognizer.wait_ready(120)
    pid = recognizer.pid or 0
    before = cpu_s(pid)
    words: list[Word] = []
    delays: list[float] = []
    seen: dict[int, float] = {}
    record: tuple[Word, ...] = ()
    fillers: tuple[Filler, ...] = ()
    over = False

    def take(now_s: float) -> None:
        nonlocal over, record, fillers
        for result in recognizer.poll():
            match result:
                case Confirmed():
                    for word in result.words:
                        seen.setdefault(len(words), now_s - word.end_s)
                        words.append(word)
                        delays.append(now_s - word.end_s)
                case Partial():
                    for index, word in enumerate(result.words, len(words)):
                        seen.setdefault(index, now_s - word.end_s)
                case Finished():
                    over = True
                case Revised():
                    record = result.words
                case FillersFound():
                    fillers = result.fillers
                case _:
                    pass

    recognizer.begin(name, 0.0)
    began = time.monotonic()
    for begin in range(0, len(sound), BLOCK):
        ahead_s = begin / RATE_HZ - (time.monotonic() - began)
        if ahead_s > 0:
            time.sleep(ahead_s)
        recognizer.feed(sound[begin : begin + BLOCK])
        take(time.monotonic() - began)
    recognizer.finish()
    ended = time.monotonic()
    while not over:
        time.sleep(0.002)
        take(time.monotonic() - began)
    finish_s = time.monotonic() - ended
    spent = cpu_s(pid) - before
    while recognizer.busy:
        time.sleep(0.01)
    take(time.monotonic() - began)
    text = " ".join(word.text for word in words)
    return Heard(text, delays, spent, list(seen.values()), finish_s, record, fillers)


def offline(sound: Samples, whisper: Whisper) -> str:
    """Give what the same model makes of the whole recording with beam 5, as faster-whisper does it by itself."""
    segments, _ = whisper.whole.transcribe(sound, language="en", beam_size=5)
    return " ".join(segment.text for segment in segments)


def environment() -> Path:
    """Make the environment with the normaliser and the peer where it is missing, and give its Python."""
    folder = cache_dir() / "benchmarks" / "recognition"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run(["uv", "venv", "-q", "--python", "3.11", str(folder)], check=True)
        install = ["uv", "pip", "install", "-q", "--python", str(python)]
        subprocess.run([*install, "whisper-normalizer", "faster-whisper", "opus-fast-mosestokenizer"], check=True)
        # Its dependencies name ALSA's headers, which the file-fed processor does not need.
        subprocess.run([*install, "--no-deps", "whisper-streaming"], check=True)
    return python


def normalized(texts: Sequence[str], python: Path) -> list[list[str]]:
    """Give texts as Whisper's English normaliser leaves them, in words."""
    code = (
        "import json,sys\nfrom whisper_normalizer.english import EnglishTextNormalizer as N\n"
        "n=N()\nprint(json.dumps([n(t) for t in json.load(sys.stdin)]))"
    )
    done = subprocess.run(
        [python, "-c", code], input=json.dumps(list(texts)), capture_output=True, text=True, check=True
    )
    return [text.split() for text in json.loads(done.stdout)]


def peer(sound: Samples, model: Path, python: Path) -> Heard:
    """Replay a recording to the peer in real time."""
    with tempfile.TemporaryDirectory() as folder:
        file, result = Path(folder) / "sound.wav", Path(folder) / "result.json"
        file.write_bytes(wav(sound))
        subprocess.run(
            [python, HERE / "recognition_peer.py", model, file, result], check=True, stdout=subprocess.DEVNULL
        )
        got = json.loads(result.read_text(encoding="utf-8"))
    text = " ".join([*(word["text"] for word in got["words"]), *got["rest"]])
    return Heard(text, [word["delay_s"] for word in got["words"]], got["cpu_s"])


def grid(file: Path) -> list[Word]:
    """Give the words of a TextGrid's first tier."""
    tier = file.read_text(encoding="utf-8").split('"IntervalTier"')[1]
    rows = re.findall(r'\n([\d.]+)\n([\d.]+)\n"([^"]+)"', tier)
    return [Word(text, float(start), float(end)) for start, end, text in rows]


def offsets(words: Sequence[Word], truth: Sequence[Word]) -> list[float]:
    """Give how far the words' starts and ends are from the aligned ones, seconds, where the words are the same."""
    ours, theirs = ([plain(word.text) for word in each] for each in (words, truth))
    found = []
    for block in SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks():
        for k in range(block.size):
            a, b = truth[block.a + k], words[block.b + k]
            found += [abs(a.start_s - b.start_s), abs(a.end_s - b.end_s)]
    return found


def filler_counts(found: Sequence[Filler], truth: Sequence[Word]) -> tuple[int, int, int]:
    """Give how many fillers were found rightly, found wrongly, and missed."""
    known = [word for word in truth if word.text in FILLERS]
    hit = {
        index
        for index, word in enumerate(known)
        if any(f.start_s < word.end_s + 0.1 and f.end_s > word.start_s - 0.1 for f in found)
    }
    wrong = sum(not any(f.start_s < word.end_s + 0.1 and f.end_s > word.start_s - 0.1 for word in known) for f in found)
    return len(hit), wrong, len(known) - len(hit)


def share(wrong: int, of: int) -> float:
    """Give a share, 0 where there is nothing."""
    return wrong / of if of else 0.0


def seconds(values: Sequence[float]) -> str:
    """Give median and 90 % of delays."""
    return f"{np.median(values):.2f} · {np.percentile(values, 90):.2f} s" if values else "–"


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=SPEECH)
    parser.add_argument("--peers", action="store_true", help="replay to whisper-streaming as well")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args(arguments)
    names = given.names or sorted(file.stem for file in given.speech.glob("*.txt"))
    model = model_path("whisper-base")
    python = environment()
    sounds = {name: load(given.speech / f"{name}.flac") for name in names}
    said = [(given.speech / f"{name}.txt").read_text(encoding="utf-8") for name in names]
    length_s = sum(map(len, sounds.values())) / RATE_HZ
    load_before = os.getloadavg()[0]

    whisper = Whisper(model, threads=2)
    texts = {"offline": [offline(sounds[name], whisper) for name in names]}
    del whisper
    runs: list[list[Heard]] = []
    for run in range(given.runs):
        recognizer = ProcessRecognizer(Setup(model=model))
        runs.append([stream(sounds[name], recognizer, f"{name} {run}") for name in names])
        recognizer.close()
        texts[f"ours {run}"] = [heard.text for heard in runs[-1]]
    texts["record"] = [" ".join(word.text for word in heard.record) for heard in runs[0]]
    peers: list[Heard] = []
    if given.peers:
        peers = [peer(sounds[name], model, python) for name in names]
        texts["peer"] = [heard.text for heard in peers]

    references = normalized(said, python)
    words = sum(map(len, references))
    wrong = {
        key: sum(differences(a, b) for a, b in zip(references, normalized(each, python), strict=True))
        for key, each in texts.items()
    }
    offline_rate = share(wrong["offline"], words)
    ours = statistics.median(share(wrong[f"ours {run}"], words) for run in range(given.runs))
    delays = [d for run in runs for heard in run for d in heard.delays_s]
    partial = [d for run in runs for heard in run for d in heard.partial_s]
    cpu = statistics.median(sum(heard.cpu_s for heard in run) / length_s for run in runs)
    finish = [heard.finish_s for run in runs for heard in run]
    peer_delays = [d for heard in peers for d in heard.delays_s]

    def of_peer(text: str) -> dict[str, str]:
        return {PEER: text} if peers else {}

    rows = [
        Row(
            "word error rate, streaming, against the same model offline (beam 5)",
            f"{ours:.1%} against {offline_rate:.1%}: {share(ours, offline_rate):.2f} times",
            "1.05 times",
            ours <= 1.05 * offline_rate,
            of_peer(f"{share(wrong.get('peer', 0), words):.1%}"),
        ),
        Row("word error rate of the record (second look)", f"{share(wrong['record'], words):.1%}"),
        Row(
            "a word's end to its being confirmed, median · 90 %",
            seconds(delays),
            "1.2 · 1.8 s",
            bool(np.median(delays) <= 1.2 and np.percentile(delays, 90) <= 1.8),
            of_peer(seconds(peer_delays)),
        ),
        Row(
            "a word's end to its first being seen, median · 90 %",
            seconds(partial),
            "0.7 s",
            bool(np.median(partial) <= 0.7),
        ),
        Row(
            "processor time per second of speech",
            f"{cpu:.2f} of a core",
            "0.6",
            cpu <= 0.6,
            of_peer(f"{sum(h.cpu_s for h in peers) / length_s:.2f}"),
        ),
        Row(
            "an answer's end to its last words, median · largest",
            f"{np.median(finish):.2f} · {max(finish):.2f} s",
            "0.3 s",
            bool(np.percentile(finish, 95) <= 0.3),
            note="the recordings end in mid-speech, without the pause in which the words are confirmed beforehand",
        ),
    ]
    grids = {name: grid(file) for name in names if (file := given.speech / f"{name}.TextGrid").exists()}
    if grids:
        at = {name: runs[0][names.index(name)] for name in grids}
        off = [o for name, truth in grids.items() for o in offsets(at[name].record, truth)]
        counts = np.sum([filler_counts(at[name].fillers, truth) for name, truth in grids.items()], axis=0)
        right, invented, missed = (int(count) for count in counts)
        precision, recall = share(right, right + invented), share(right, right + missed)
        rows += [
            Row(
                "start and end of words against the aligned ones, median · 90 %",
                f"{1000 * np.median(off):.0f} · {1000 * np.percentile(off, 90):.0f} ms",
                "80 · 250 ms",
                bool(np.median(off) <= 0.08 and np.percentile(off, 90) <= 0.25),
            ),
            Row(
                "fillers found in the sound, precision · recall",
                f"{precision:.2f} · {recall:.2f}",
                "0.85 · 0.70",
                precision >= 0.85 and recall >= 0.7,
                note=f"{right + missed} known fillers",
            ),
        ]
    publish(
        "recognition",
        "Streaming recognition",
        "python -m benchmarks.recognition " + " ".join("FOLDER" if a == str(given.speech) else a for a in arguments),
        rows,
        notes=(
            f"Whisper base, int8; {len(names)} recordings, {length_s:.0f} s, {given.runs} run(s) in real time, "
            f"computing counted; load average before the run {load_before:.1f}. Word error rates with Whisper's "
            f"English normaliser. Moonshine's wheel brings no weights, and WhisperLive needs torch and a hub: "
            f"neither was run."
        ),
        data={"wrong": wrong, "words": words},
    )


if __name__ == "__main__":
    main(sys.argv[1:])
