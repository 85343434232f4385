"""Recordings and ways to recognize them, for the recognizer's tests."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from simulator.domain.hearing import Confirmed
from simulator.domain.words import Word
from simulator.listening.recognizer import Finished, Recognizer, Result

SOUND = Path(__file__).parent / "sound"
RATE_HZ = 16_000
LONGEST_WAIT_S = 240.0

Samples = npt.NDArray[np.float32]


def recording(name: str) -> Samples:
    """Give a recording of `sound/`: float32, mono, 16 kHz."""
    return load(SOUND / name)


def load(path: Path) -> Samples:
    """Give a sound file: float32, mono, 16 kHz."""
    with av.open(str(path)) as file:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
        frames = [part for frame in file.decode(audio=0) for part in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float32)


def recognize(
    recognizer: Recognizer,
    answer: str,
    sound: Samples,
    *,
    start_s: float = 0.0,
    block: int = 160,
    on_block: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """Feed an answer as fast as the recognizer follows, finish it, and give the results up to `Finished`."""
    results: list[Result] = []
    recognizer.begin(answer, start_s)
    for index, begin in enumerate(range(0, len(sound), block)):
        wait_until(lambda: recognizer.backlog_s < 2.0)
        recognizer.feed(sound[begin : begin + block])
        on_block(index)
        results += recognizer.poll()
    recognizer.finish()
    return results + results_until(recognizer, lambda got: Finished(answer) in got)


def results_until(recognizer: Recognizer, enough: Callable[[list[Result]], bool]) -> list[Result]:
    """Poll until there is enough."""
    results: list[Result] = []

    def polled() -> bool:
        results.extend(recognizer.poll())
        return enough(results)

    wait_until(polled)
    return results


def wait_until(true: Callable[[], bool]) -> None:
    """Give other threads and processes time until something is true; fails after a long while."""
    deadline = time.monotonic() + LONGEST_WAIT_S
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


def confirmed(results: list[Result], answer: str) -> list[Word]:
    """Give the confirmed words of an answer."""
    return [word for r in results if isinstance(r, Confirmed) and r.answer == answer for word in r.words]


def texts(words: list[Word]) -> list[str]:
    """Give words in lower case without punctuation."""
    return ["".join(c for c in word.text.lower() if c.isalnum()) for word in words]


def differences(ours: list[str], theirs: list[str]) -> int:
    """Give how many words have to be changed, put in or left out to make one text of the other."""
    row = list(range(len(theirs) + 1))
    for i, mine in enumerate(ours, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(theirs, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (mine != other))
    return row[-1]


def words_of_text(text: str) -> list[str]:
    """Give a reference's words."""
    return text.split()
