"""The part of benchmarks.turns that runs on virtual devices: interrupting, echo, a whole turn, unplugging.

The real listener, recognizer, voice and player work on PulseAudio's null sinks (`scripts/virtual_audio.sh`); what the
loudspeaker plays goes back into the microphone after 30 ms, at full level. The candidate's sound is played into the
microphone, and the loudspeaker is listened to, through PortAudio, whose clock stamps both.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import shlex
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

from simulator.domain import hearing as hr
from simulator.domain.speech import Sound
from simulator.interviewing.packs import load_pack
from simulator.listening.decoding import decode_whole
from simulator.listening.echo import EchoMode
from simulator.listening.listener import Listener
from simulator.listening.recognizer_messages import Setup
from simulator.listening.recognizer_process import ProcessRecognizer
from simulator.listening.smart_turn import SmartTurn
from simulator.models.store import model_path

ROOT = Path(__file__).parents[1]
RATE_HZ = 16_000
CABLE_HZ = 48_000
LOUD = 0.004
"""Peak of a millisecond (-48 dBFS) from which the loudspeaker is not silent."""

SILENCE_MS = 500
"""A gap in the interviewer's words is shorter than this; what is longer is a hold."""

BACKCHANNELS = ("Mhm.", "Okay.", "Right.", "Yeah, okay.")


@contextlib.contextmanager
def virtual_devices() -> Iterator[Path]:
    """Start virtual devices and make them this process's; gives the folder that they live in."""
    with tempfile.TemporaryDirectory() as name:
        script = ROOT / "scripts/virtual_audio.sh"
        said = subprocess.run([script, "start", name], capture_output=True, text=True, check=True).stdout
        os.environ.update(dict(word.split("=", 1) for word in shlex.split(said.removeprefix("export "))))
        from simulator.listening.devices import reinitialize

        reinitialize()
        try:
            yield Path(name)
        finally:
            subprocess.run([script, "stop", name], check=True)


def pactl(*words: str) -> str:
    """Give an order to the sound server."""
    return subprocess.run(["pactl", *words], capture_output=True, text=True, check=True).stdout.strip()


@dataclass
class Cable:
    """The candidate's mouth (a stream into the microphone) and an ear at the loudspeaker, on one clock."""

    heard: list[tuple[float, np.ndarray]] = field(default_factory=list)
    _queue: list[np.ndarray] = field(default_factory=list)
    _begun_at: float | None = None

    def __enter__(self) -> Cable:
        import sounddevice as sd

        self._out = sd.OutputStream(
            device="mic_cable", samplerate=CABLE_HZ, channels=1, blocksize=480, latency=0.02, callback=self._speak
        )
        self._in = sd.InputStream(
            device="heard", samplerate=RATE_HZ, channels=1, blocksize=160, latency=0.01, callback=self._listen
        )
        self._out.start()
        self._in.start()
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._out, self._in):
            stream.abort()
            stream.close()

    def _speak(self, out: np.ndarray, frames: int, at: object, _status: object) -> None:
        out[:] = 0
        if self._queue:
            block, self._queue[0] = self._queue[0][:frames], self._queue[0][frames:]
            out[: len(block), 0] = block
            if self._begun_at is None:
                self._begun_at = float(at.outputBufferDacTime)  # type: ignore[attr-defined]
            if not len(self._queue[0]):
                self._queue.pop(0)

    def _listen(self, samples: np.ndarray, _frames: int, at: object, _status: object) -> None:
        self.heard.append((float(at.inputBufferAdcTime), samples[:, 0].copy()))  # type: ignore[attr-defined]

    def now(self) -> float:
        """Give the clock."""
        return float(self._out.time)

    async def say(self, sound: np.ndarray) -> float:
        """Play into the microphone (16 kHz); gives when its first sample is there."""
        self.put(sound)
        while self._begun_at is None:  # noqa: ASYNC110 - it is set by the sound library's thread
            await asyncio.sleep(0.005)
        return self._begun_at

    def put(self, sound: np.ndarray) -> None:
        """Play into the microphone (16 kHz), after what is playing already."""
        self._begun_at = None
        self._queue.append(soxr.resample(sound, RATE_HZ, CABLE_HZ).astype(np.float32))

    def loud(self, since: float) -> np.ndarray:
        """Give the milliseconds, on the clock, in which the loudspeaker was not silent."""
        found = []
        for at, samples in self.heard:
            if at > since:
                peaks = np.abs(samples.reshape(-1, 16)).max(axis=1)
                found.append(at + np.flatnonzero(peaks > LOUD) / 1000)
        return np.concatenate(found) if found else np.zeros(0)


class Talk:
    """The real ears and mouth, wired as the conductor wires them for an utterance."""

    def __init__(self) -> None:
        from simulator.config.settings import Settings
        from simulator.listening.microphone import MicrophoneSource
        from simulator.speaking.device_player import DevicePlayer
        from simulator.speaking.speaker import Speaker
        from simulator.speaking.voices import open_voice

        self.recognizer = ProcessRecognizer(Setup(model_path("whisper-base"), fillers=False, second_look=False))
        self.recognizer.wait_ready(60)
        self.ears = Listener(
            MicrophoneSource(),
            self.recognizer,
            recording=lambda _block, _at: None,
            echo=EchoMode.CANCEL,
            smart_turn=SmartTurn(model_path("smart-turn-v3.2")),
        )
        player = DevicePlayer("", lambda: self.ears.position_s, on_block=self.ears.reference)
        self.mouth = Speaker(open_voice("interviewer", Settings(), lambda _text, _hint: None), player)
        self.came: list[hr.Hearing] = []

    def start(self) -> None:
        """Begin to listen."""
        loop = asyncio.get_running_loop()
        self.ears.start(lambda heard: loop.call_soon_threadsafe(self._hear, heard))

    def _hear(self, heard: hr.Hearing) -> None:
        match heard:
            case hr.Interjection():
                self.mouth.hold()
            case hr.InterjectionOver():
                self.mouth.go_on()
            case hr.BargeIn():
                self.mouth.stop()
            case _:
                return
        self.came.append(heard)

    async def say(self, text: str) -> bool:
        """Let the interviewer say something; tells whether all of it was said."""
        self.came.clear()
        self.ears.interviewer_speaks(True)
        try:
            return (await self.mouth.say(text, lambda: None)).complete
        finally:
            self.ears.interviewer_speaks(False)

    def close(self) -> None:
        """End it."""
        self.ears.stop()
        self.mouth.close()


def questions() -> list[str]:
    """Give things for the interviewer to say."""
    return [question.text for question in load_pack("openai-behavioral-mission").questions]


def beginnings(folder: Path) -> list[np.ndarray]:
    """Give 2 s of people's speech from after a silence, each beginning with its first loud sample."""
    found = []
    for path in sorted(folder.glob("*.flac")):
        sound = decode_whole(path)
        levels = np.abs(sound[: len(sound) // 160 * 160].reshape(-1, 160)).max(axis=1)
        loud = levels > 0.05 * levels.max()
        for at in range(30, len(loud) - 200):
            if loud[at] and not loud[at - 30 : at].any() and loud[at : at + 30].mean() > 0.8:
                piece = sound[at * 160 : at * 160 + 2 * RATE_HZ]
                found.append(piece / np.abs(piece).max() * 0.35)
    return found


def spoken(texts: tuple[str, ...]) -> list[np.ndarray]:
    """Give texts in the simulated candidate's voice, from the first to the last loud sample."""
    from simulator.config.settings import Settings
    from simulator.speaking.voices import open_voice

    voice = open_voice("candidate", Settings(), lambda _text, _hint: None)
    try:
        return [trimmed(list(voice.synthesize(text))) for text in texts]
    finally:
        voice.close()


def trimmed(sounds: list[Sound]) -> np.ndarray:
    """Give sounds as one array at 16 kHz, without the silence before and after, at -9 dBFS."""
    whole = np.concatenate([np.frombuffer(s.samples, "<i2") for s in sounds]).astype(np.float32) / 32768
    sound = soxr.resample(whole, sounds[0].rate_hz, RATE_HZ).astype(np.float32)
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    sound = sound[loud[0] : loud[-1]]
    return sound / np.abs(sound).max() * 0.35


@dataclass(frozen=True)
class Interruptions:
    """What came of speaking over the interviewer's voice.

    Attributes:
        silent_s: for each time that it was meant: from the first sound to the interviewer's silence.
        missed: how often it was meant and the interviewer spoke on.
        taken: how often a backchannel ended the question, of how many.
        backchannels: how many there were.
    """

    silent_s: tuple[float, ...]
    missed: int
    taken: int
    backchannels: int


async def interrupt(talk: Talk, cable: Cable, speech: list[np.ndarray], times: int) -> Interruptions:
    """Speak over the interviewer's voice: so many times to take the turn, and each backchannel once."""
    rng = random.Random(7)
    texts = itertools.cycle(questions())
    silent_s, missed, taken = [], 0, 0
    await talk.say(next(texts))  # the canceller finds the echo's way
    nods = spoken(BACKCHANNELS)
    for number, sound in enumerate([*(speech[i % len(speech)] for i in range(times)), *nods]):
        saying = asyncio.ensure_future(talk.say(f"{next(texts)} {next(texts)}"))
        await asyncio.sleep(rng.uniform(1.5, 3.0))
        began = await cable.say(sound)
        if number < times:
            done, _ = await asyncio.wait({saying}, timeout=4.0)
            if not done or saying.result():
                missed += 1
                talk.mouth.stop()
                await saying
                continue
            latest = _last_before_gap(cable.loud(began - 1.0), began)
            if latest is not None:
                silent_s.append(latest - began)
            await asyncio.sleep(0.8)
        else:
            await asyncio.sleep(3.5)
            taken += any(isinstance(heard, hr.BargeIn) for heard in talk.came)
            talk.mouth.stop()
            await saying
            await asyncio.sleep(0.5)
        cable.heard.clear()
    return Interruptions(tuple(silent_s), missed, taken, len(nods))


def _last_before_gap(loud: np.ndarray, began: float) -> float | None:
    """Give the last sound of the loudspeaker before it fell silent; None where it was silent already."""
    if not len(loud[(loud > began - 0.05) & (loud < began + 0.05)]):
        return None
    after = loud[loud >= began]
    if not len(after):
        return None
    ends = np.flatnonzero(np.diff(after) > SILENCE_MS / 1000)
    return float(after[ends[0]] if len(ends) else after[-1])


async def monologue(talk: Talk, seconds: float) -> tuple[float, int, int]:
    """Let the interviewer speak; gives seconds of speech, holds and turns taken though nobody else said anything."""
    said_s, holds, taken = 0.0, 0, 0
    for text in itertools.cycle(questions()):
        began = time.monotonic()
        await talk.say(text)
        said_s += time.monotonic() - began
        holds += sum(isinstance(heard, hr.Interjection) for heard in talk.came)
        taken += sum(isinstance(heard, hr.BargeIn) for heard in talk.came)
        if said_s >= seconds:
            return said_s, holds, taken
    raise AssertionError("there is always another question")


def unplugged_s() -> float:
    """Give how long it takes until a microphone that is unplugged is noticed."""
    from simulator.listening.microphone import MicrophoneSource
    from simulator.listening.sources import Lost

    source = MicrophoneSource()
    try:
        _until(source.read, lambda got: got is not None, 50)
        pactl("unload-module", "module-remap-source")
        began = time.monotonic()
        _until(source.read, lambda got: isinstance(got, Lost), 2000)
        return time.monotonic() - began
    finally:
        source.close()
        pactl("load-module", "module-remap-source", "source_name=mic", "master=mic_cable.monitor")
        pactl("set-default-source", "mic")


def _until(read: Callable[[float], object], enough: Callable[[object], bool], times: int) -> None:
    seen = 0
    for _ in range(4000):
        seen += enough(read(0.05))
        if seen and (seen >= times or times > 1000):
            return
    raise AssertionError("it did not come")


async def measure(speech: Path, times: int, echo_s: float) -> tuple[Interruptions, tuple[float, int, int]]:
    """Measure interruptions and the echo, with the loudspeaker in the microphone."""
    pactl("load-module", "module-loopback", "source=speakers.monitor", "sink=mic_cable", "latency_msec=30")
    talk = Talk()
    talk.start()
    try:
        with Cable() as cable:
            interruptions = await interrupt(talk, cable, beginnings(speech), times)
        return interruptions, await monologue(talk, echo_s)
    finally:
        await asyncio.to_thread(talk.close)
        pactl("unload-module", "module-loopback")
