"""The process in which Piper runs: sentences in, samples out; run as a script, never imported by the program.

Piper is GPL-3 and an optional extra; it is only ever loaded here, on the other side of two pipes.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import IO


def main() -> None:
    """Load the voice that the arguments name, then answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the library prints must not get between the answers
    try:
        from piper import PiperVoice, SynthesisConfig

        voice = PiperVoice.load(sys.argv[1])
        b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize("Ready."))  # the first run is slow
    except Exception as error:
        _write(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    _write(answers, {"ready": True})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        config = SynthesisConfig(
            speaker_id=int(request["speaker"]) if voice.config.num_speakers > 1 else None,
            length_scale=voice.config.length_scale / float(request["pace"]),
        )
        try:
            samples = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(request["text"], config))
        except Exception as error:
            _write(answers, {"error": f"{type(error).__name__}: {error}"})
            continue
        _write(answers, {"rate_hz": voice.config.sample_rate, "bytes": len(samples)}, samples)


def _write(answers: IO[bytes], head: dict[str, object], samples: bytes = b"") -> None:
    answers.write(json.dumps(head).encode() + b"\n" + samples)
    answers.flush()


if __name__ == "__main__":
    main()
