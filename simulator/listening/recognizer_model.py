"""One look at a stretch of sound: Whisper through CTranslate2, with an encoder that is given only what is there."""

from __future__ import annotations

import math
from pathlib import Path

import ctranslate2
import numpy as np
import numpy.typing as npt
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens

from simulator.domain.errors import ModelError
from simulator.domain.words import Word
from simulator.listening.recognizer_look import (
    PAD_S,
    RATE_HZ,
    WINDOW_S,
    Look,
    Sound,
    cut_loop,
    echoed,
)

FFT = 400
HOP = 160
"""Samples of a frame's window, and from one frame to the next, as Whisper was trained."""

FRAME_S = 0.01
"""A frame of features."""

TICK_S = 0.02
"""A position of the encoder's output, the grid of the words' times."""

TOKENS_PER_S = 8.0
TOKENS_AT_LEAST = 12
"""A hypothesis may hold 8 tokens a second and 12 more; speech at 200 words a minute needs under 5."""


class Whisper:
    """A Whisper model that looks at at most 30 s of sound.

    Args:
        folder: a CTranslate2 model's.
        compute_type: CTranslate2's; "" picks int8 on a processor and float16 on a GPU.
        threads: of the encoder and the decoder.
        language: a code such as "en".
        name: the model's name, for the record; "" takes the folder's.

    Raises:
        ModelError: the folder holds no model that can be loaded.
    """

    def __init__(
        self, folder: Path, compute_type: str = "", threads: int = 1, language: str = "en", name: str = ""
    ) -> None:
        gpu = ctranslate2.get_cuda_device_count() > 0
        self.device = "cuda" if gpu else "cpu"
        self.compute_type = compute_type or ("float16" if gpu else "int8")
        self.engine = f"{name or folder.name} {self.compute_type}"
        try:
            self.whole = WhisperModel(
                str(folder),
                device=self.device,
                compute_type=self.compute_type,
                cpu_threads=threads,
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelError(
                f"The Whisper model in {folder} cannot be loaded: {error}.", "Run `interview setup`, which mends it."
            ) from error
        self._model = self.whole.model
        self._filters = self.whole.feature_extractor.mel_filters.astype(np.float64)
        self._hf = self.whole.hf_tokenizer
        self._tokenizer = Tokenizer(
            self._hf, multilingual=self._model.is_multilingual, task="transcribe", language=language
        )
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))
        self._prompt = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    def encode(self, samples: Sound, pad_s: float = PAD_S) -> ctranslate2.StorageView:
        """Give the encoder's output for at most 30 s of sound followed by silence."""
        pad = int(min(pad_s, WINDOW_S - len(samples) / RATE_HZ) * RATE_HZ)
        features = log_mel(np.concatenate([samples, np.zeros(max(pad, 0), np.float32)]), self._filters)
        view = ctranslate2.StorageView.from_array(aligned(features[None, :, : int(WINDOW_S / FRAME_S)]))
        return self._model.encode(view)

    def hidden(self, samples: Sound) -> npt.NDArray[np.float32]:
        """Give the encoder's output for at most 30 s of sound, a row for each 20 ms of it."""
        view = self.encode(samples).to_device(ctranslate2.Device.cpu)
        rows: npt.NDArray[np.float32] = np.asarray(view, np.float32)[0]
        return rows[: math.ceil(len(samples) / RATE_HZ / TICK_S)]

    def look(self, samples: Sound, start_s: float = 0.0, *, beam: int = 1, pad_s: float = PAD_S) -> Look:
        """Recognize a stretch of sound of at most 30 s.

        Args:
            samples: float32, mono, 16 kHz.
            start_s: when it begins on the caller's clock.
            beam: hypotheses that are kept while decoding.
            pad_s: silence that is put after it.
        """
        samples = samples[: int(WINDOW_S * RATE_HZ)]
        if len(samples) < int(0.1 * RATE_HZ):
            return Look()
        encoded = self.encode(samples, pad_s)
        limit = int(TOKENS_PER_S * len(samples) / RATE_HZ) + TOKENS_AT_LEAST
        result = self._model.generate(
            encoded,
            [self._prompt],
            beam_size=beam,
            max_length=2 * limit,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        tokens = [token for token in result.sequences_ids[0] if token < self._tokenizer.eot]
        kept = cut_loop(tokens)
        words = self.times(encoded, kept, len(samples), start_s)
        once = len(words) - echoed(words)
        if once < len(words):
            kept = kept[: self.group(kept)[once][0]]
            words = self.times(encoded, kept, len(samples), start_s)
        return Look(
            words=words,
            tokens=tuple(kept),
            no_speech=result.no_speech_prob,
            mean_log_probability=result.scores[0],
            looped=len(kept) < len(tokens),
        )

    def times(
        self, encoded: ctranslate2.StorageView, tokens: list[int], samples: int, start_s: float
    ) -> tuple[Word, ...]:
        """Align text with its sound, and give it as words.

        Args:
            encoded: the encoder's output for the sound.
            tokens: the text.
            samples: the sound's length without padding.
            start_s: when it begins on the caller's clock.
        """
        if not tokens:
            return ()
        frames = max(2, samples * 100 // RATE_HZ)
        aligned = self._model.align(encoded, self._tokenizer.sot_sequence, [tokens], frames, median_filter_width=7)[0]
        begins = np.full(len(tokens) + 1, -1.0)
        for text_index, tick in aligned.alignments:
            if text_index <= len(tokens) and begins[text_index] < 0:
                begins[text_index] = tick * TICK_S
        limit_s = samples / RATE_HZ
        begins[-1] = limit_s if begins[-1] < 0 else begins[-1]
        for index in range(len(tokens) - 1, -1, -1):
            if begins[index] < 0:
                begins[index] = begins[index + 1]
        begins = np.minimum(begins, limit_s)
        words = []
        for first, last in self.group(tokens):
            text = self._hf.decode(tokens[first:last]).strip()
            probability = float(np.mean(aligned.text_token_probs[first:last]))
            word = Word(
                text,
                round(start_s + float(begins[first]), 3),
                round(start_s + float(begins[last]), 3),
                round(probability, 3),
            )
            words.append(word)
        return tuple(words)

    def group(self, tokens: list[int]) -> list[tuple[int, int]]:
        """Give the words' places in the tokens, (first, last + 1): a space begins a word, a mark joins the last."""
        begins = [i for i, token in enumerate(tokens) if i == 0 or (self._hf.id_to_token(token) or "").startswith("Ġ")]
        places: list[tuple[int, int]] = []
        for first, last in zip(begins, [*begins[1:], len(tokens)], strict=True):
            if places and not any(c.isalnum() for c in self._hf.decode(tokens[first:last])):
                places[-1] = (places[-1][0], last)
            else:
                places.append((first, last))
        return places


def log_mel(samples: Sound, filters: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Give Whisper's features of sound: a row for each filter, a column for each 10 ms.

    As faster-whisper's, but computed in double precision, so that the sums' order does not change the features:
    the same sound should give the same words.

    Args:
        samples: float32, mono, 16 kHz.
        filters: the mel filters, a row each.
    """
    padded = np.pad(samples.astype(np.float64), FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][:-1]
    power = np.abs(np.fft.rfft(frames * np.hanning(FFT + 1)[:-1])) ** 2
    bands = np.log10(np.maximum(filters @ power.T, 1e-10))
    features: npt.NDArray[np.float32] = ((np.maximum(bands, bands.max() - 8.0) + 4.0) / 4.0).astype(np.float32)
    return features


def aligned(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Give values at an address that is a multiple of 64: the kernels' sums depend on where their operands lie."""
    room = np.empty(values.nbytes + 64, np.uint8)
    begin = -room.ctypes.data % 64
    copy = room[begin : begin + values.nbytes].view(np.float32).reshape(values.shape)
    copy[...] = values
    return copy
