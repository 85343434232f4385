"""A second look at a whole answer or a whole recording: full care, no hurry, in steps that can be interrupted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.domain.hearing import FillersFound, Revised
from simulator.domain.words import Filler, Word
from simulator.listening.activity import FRAME_S
from simulator.listening.fillers import FillerFinder, without_fillers
from simulator.listening.recognizer_look import RATE_HZ, Looker
from simulator.listening.recognizer_model import Whisper
from simulator.listening.recognizer_voice import VoiceTrack

PIECE_S = 25.0
"""The longest piece that is looked at at once; with the padding it fills Whisper's window."""

SHORTEST_PIECE_S = 8.0
"""A piece is not cut before this, however long the pause: the words before are the context of those after."""

MARGIN_S = 0.3
"""Sound that is kept on both sides of a piece's voice."""

BEAM = 5


def pieces(voice: Sequence[float], from_s: float = 0.0) -> list[tuple[float, float]]:
    """Cut a recording at its longest pauses into pieces with voice, (start_s, end_s).

    Args:
        voice: probability of voice for each 32 ms.
        from_s: where to begin.
    """
    voiced = np.asarray(voice) >= 0.4
    total_s = len(voiced) * FRAME_S
    found: list[tuple[float, float]] = []
    begin_s = from_s
    while begin_s < total_s:
        ahead = np.flatnonzero(voiced[int(begin_s / FRAME_S) :])
        if not len(ahead):
            break
        begin_s = max(begin_s, begin_s + ahead[0] * FRAME_S - MARGIN_S)
        end_s = min(total_s, begin_s + PIECE_S)
        if end_s < total_s:
            end_s = _pause(voiced, begin_s + SHORTEST_PIECE_S, end_s)
        found.append((begin_s, end_s))
        begin_s = end_s
    return found


def _pause(voiced: npt.NDArray[np.bool_], from_s: float, to_s: float) -> float:
    """Give the middle of the longest stretch without voice in a range, or the range's end if there is none."""
    first = int(from_s / FRAME_S)
    best, best_length, run = to_s, 0, 0
    for index in range(first, int(to_s / FRAME_S)):
        run = 0 if voiced[index] else run + 1
        if run > best_length:
            best, best_length = (index - run / 2 + 0.5) * FRAME_S, run
    return best


def transcribe(
    looker: Looker,
    samples: npt.NDArray[np.float32],
    voice: Sequence[float],
    *,
    start_s: float = 0.0,
    from_s: float = 0.0,
) -> Iterator[tuple[float, tuple[Word, ...]]]:
    """Recognize long sound with full care, piece by piece.

    Args:
        looker: what looks.
        samples: float32, mono, 16 kHz.
        voice: probability of voice for each 32 ms of it.
        start_s: when the sound begins on the caller's clock.
        from_s: where in the sound to begin: the first value of the last pair of an earlier run.

    Yields:
        how far the sound is done, seconds since its beginning, and the words of the last piece.
    """
    track = VoiceTrack.of(voice)
    for begin_s, end_s in pieces(voice, from_s):
        sound = samples[int(begin_s * RATE_HZ) : int(end_s * RATE_HZ)]
        look = looker.look(sound, start_s + begin_s, beam=BEAM)
        if look.looped:
            look = looker.look(sound, start_s + begin_s, beam=BEAM, pad_s=30.0)
        yield end_s, () if look.silent else track.heard(look.words, start_s)


def transcribe_file(
    samples: npt.NDArray[np.float32], model: Path, *, from_s: float = 0.0, threads: int = 2, language: str = "en"
) -> Iterator[tuple[float, tuple[Word, ...]]]:
    """Recognize a whole recording with full care; for imports. Loads the model into this process.

    Args:
        samples: float32, mono, 16 kHz.
        model: folder of a CTranslate2 Whisper model.
        from_s: where to go on, as an earlier run that was interrupted has yielded it last.
        threads: processor threads.
        language: a code such as "en".

    Yields:
        how far the sound is done, seconds since its beginning, and the words of the last piece.
    """
    track = VoiceTrack()
    track.feed(samples)
    yield from transcribe(
        Whisper(model, threads=threads, language=language), samples, track.probabilities, from_s=from_s
    )
    yield len(samples) / RATE_HZ, ()


def afterwards(
    looker: Looker,
    answer: str,
    sound: npt.NDArray[np.int16],
    start_s: float,
    words: tuple[Word, ...],
    voice: Sequence[float],
    engine: str,
    finder: FillerFinder | None,
) -> Iterator[Revised | FillersFound | None]:
    """Do what is done after an answer's end, a step at a time; None comes after a step that gave nothing.

    Args:
        looker: what looks.
        answer: the answer's id.
        sound: the whole answer, 16 kHz mono.
        start_s: when it begins on the session's clock.
        words: the words that were confirmed while it ran.
        voice: probability of voice for each 32 ms of it.
        engine: name for the record; "" leaves the second look out.
        finder: searches for filled pauses; None leaves the search out.
    """
    samples = sound.astype(np.float32) / 32768.0
    found: list[Filler] = []
    if finder is not None:
        for more in finder.search(samples, voice, start_s):
            found.extend(more)
            yield None
        yield FillersFound(answer, tuple(found))
    if engine and words:
        better: list[Word] = []
        for _, heard in transcribe(looker, samples, voice, start_s=start_s):
            better.extend(heard)
            yield None
        if better:
            yield Revised(answer, without_fillers(better, found), f"{engine}, second look")
