"""The process in which pyttsx3 runs: sentences in, samples out; run as a script, never imported by the program.

In the program's own process pyttsx3 hangs, stays mute after a stop, and is not safe to call from threads. Here it
only ever writes files; the program ends this process when it takes too long.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pyttsx3.engine import Engine

HEADER_BYTES = 44
"""Length of a WAV file without sound, which pyttsx3 2.99 now and then leaves on Linux."""

ATTEMPTS = 3
"""How often a sentence is tried before the program is left to find that there is no sound."""


def main() -> None:
    """Take the voice that the arguments name, then answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # pyttsx3 prints to standard output
    try:
        import pyttsx3

        engine = pyttsx3.init()
        _choose(engine, sys.argv[1])
    except Exception as error:
        _write(answers, {"error": f"{type(error).__name__}: {error}"})
        return
    _write(answers, {"ready": True})
    with tempfile.TemporaryDirectory(prefix="interview-voice-") as folder:
        target = Path(folder) / "sentence.wav"
        for line in sys.stdin.buffer:
            request = json.loads(line)
            try:
                engine.setProperty("rate", round(float(request["words_pm"])))
                content = _synthesize(engine, request["text"], target)
            except Exception as error:
                _write(answers, {"error": f"{type(error).__name__}: {error}"})
                continue
            # The file goes over as it is (rate 1 says so): its format is the system's, and the program decodes it.
            _write(answers, {"rate_hz": 1, "bytes": len(content)}, content)


def _choose(engine: Engine, wanted: str) -> None:
    """Take the first voice whose id or name holds `wanted`, letter case and kind of hyphen aside."""
    sought = wanted.lower().replace("_", "-")
    for voice in engine.getProperty("voices") if sought else ():
        if sought in f"{voice.id} {voice.name}".lower().replace("_", "-"):
            engine.setProperty("voice", voice.id)
            return


def _synthesize(engine: Engine, text: str, target: Path) -> bytes:
    content = b""
    for _ in range(ATTEMPTS):
        engine.save_to_file(text, str(target))
        engine.runAndWait()
        content = target.read_bytes()
        target.unlink()
        if len(content) > HEADER_BYTES:
            break
    return content


def _write(answers: IO[bytes], head: dict[str, object], content: bytes = b"") -> None:
    answers.write(json.dumps(head).encode() + b"\n" + content)
    answers.flush()


if __name__ == "__main__":
    main()
