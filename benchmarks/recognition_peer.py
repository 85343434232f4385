"""Replays a recording to whisper-streaming in real time; run by `benchmarks.recognition` in the peer's environment.

Arguments: the model's folder, a WAV file (16 kHz mono), a file for the result (JSON). Sound that has come while
a chunk was computed goes into the next chunk, which is at least a second long, as the peer's own program does it.
"""

from __future__ import annotations

import json
import sys
import time
import wave
from pathlib import Path

import numpy as np
from whisper_streaming import ASRProcessor, AudioReceiver, Backend, OutputSender, TimeTrimming
from whisper_streaming.backend import (
    FasterWhisperFeatureExtractorConfig,
    FasterWhisperModelConfig,
    FasterWhisperTranscribeConfig,
)

RATE_HZ = 16_000
CHUNK_S = 1.0
BUFFER_S = 15.0


class Nothing(AudioReceiver):
    """The processor wants a receiver; the sound is handed to it directly."""

    def _do_receive(self) -> None:
        return None

    def _do_close(self) -> None:
        return None


class Nowhere(OutputSender):
    """The processor wants a sender; the words are taken from it directly."""

    def _do_output(self, _: object) -> None:
        return None

    def _do_close(self) -> None:
        return None


def main(model: str, sound: str, result: str) -> None:
    with wave.open(sound) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768.0
    processor = ASRProcessor(
        ASRProcessor.ProcessorConfig(
            sampling_rate=RATE_HZ,
            prompt_size=200,
            audio_receiver_timeout=1.0,
            audio_trimming=TimeTrimming(BUFFER_S),
            language="en",
        ),
        Nothing(),
        Nowhere(),
        Backend.FASTER_WHISPER,
        FasterWhisperModelConfig(model, device="cpu", compute_type="int8", cpu_threads=2),
        FasterWhisperTranscribeConfig(),
        FasterWhisperFeatureExtractorConfig(),
    )
    processor.backend.transcribe(pcm[:RATE_HZ], "")
    committed = processor._transcription_buffer._transcriptions_committed
    seen, words, taken = 0, [], 0
    began, cpu = time.monotonic(), time.process_time()
    while taken < len(pcm):
        now_s = time.monotonic() - began
        wanted = min(len(pcm), int(now_s * RATE_HZ))
        if wanted - taken < CHUNK_S * RATE_HZ and wanted < len(pcm):
            time.sleep(0.02)
            continue
        processor._process(pcm[taken:wanted])
        taken = wanted
        at_s = time.monotonic() - began
        for word in committed[seen:]:
            words.append({"text": word.word.strip(), "end_s": word.end, "delay_s": at_s - word.end})
        seen = len(committed)
    rest = [word.word.strip() for word in processor._transcription_buffer.transcriptions_in_limbo]
    found = {"words": words, "rest": rest, "cpu_s": time.process_time() - cpu}
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:4])
