"""The player on a device: one stream that stays open, blocks of 10 ms, silent within two of them."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray

from simulator.domain.errors import DeviceError
from simulator.domain.speech import Sound, Spoken
from simulator.speaking.playback import TRACK_RATE_HZ, Clock, Feed, Stretch, Track, at_rate, heard, resume_at

if TYPE_CHECKING:
    import sounddevice

BLOCK_S = 0.01
"""One block: measured on PulseAudio, zeroing in the callback is silent in under 40 ms with 10 ms blocks and takes
300 ms with blocks of 100 ms."""

LATENCY_S = 0.03
"""What the device is asked for: three blocks. With PulseAudio's least (20 ms) the sound breaks now and then on a busy
machine; with 30 ms it did not, and a stop is still silent within 40 ms."""

LOST_S = 1.0
"""A stream that has asked for nothing this long is dead: a vanished device gives no error."""

FADE_S = 0.003
"""How a held sound fades, so that the cut does not click."""

RESUME_S = 5.0
"""How long a vanished device is waited for before the utterance is given up."""

RETRY_S = 0.4
"""How often a vanished device is looked for."""

TAP_BLOCKS = 500
"""Blocks (5 s) that may wait for the tap before they are dropped; it lags only where a disk hangs."""

Reference = Callable[[NDArray[np.int16], int], None]
"""Takes every block as it goes out, silence included: 16-bit mono samples and their rate. The echo canceller's view."""


class _Line:
    """One utterance's samples on their way to the device: fed by the event loop, emptied by the callback."""

    def __init__(self) -> None:
        self.pieces: list[NDArray[np.int16]] = []
        self.piece = 0
        self.offset = 0
        self.written = 0
        self.fed_all = False
        self.cut = False
        self.begun = False
        self.over = False
        self.spans: list[tuple[int, int, Stretch]] = []
        self.fed = 0

    def feed(self, samples: NDArray[np.int16], stretch: Stretch) -> None:
        """Add one sentence's samples, at the device's rate."""
        self.spans.append((self.fed, self.fed + len(samples), stretch))
        self.fed += len(samples)
        self.pieces.append(samples)

    def take(self, out: NDArray[np.int16]) -> int:
        """Fill `out`, shape (frames,), as far as there is anything; gives how many samples."""
        filled = 0
        while filled < len(out) and self.piece < len(self.pieces) and not self.cut:
            piece = self.pieces[self.piece]
            count = min(len(out) - filled, len(piece) - self.offset)
            out[filled : filled + count] = piece[self.offset : self.offset + count]
            filled += count
            self.offset += count
            if self.offset == len(piece):
                self.piece += 1
                self.offset = 0
        self.written += filled
        return filled

    @property
    def emptied(self) -> bool:
        """Whether everything has been taken and nothing more will come."""
        return self.fed_all and self.piece >= len(self.pieces)

    def go_back(self, rate_hz: int) -> None:
        """Go back to the beginning of the word that was cut; only while nobody takes."""
        if self.piece < len(self.pieces):
            offset = resume_at(self.pieces[self.piece], self.offset, rate_hz)
            self.written -= self.offset - offset
            self.offset = offset

    def account(self) -> list[Stretch]:
        """Give what became of each sentence."""
        for begin, end, stretch in self.spans:
            stretch.played((self.written - begin) / max(1, end - begin))
        return [stretch for _, _, stretch in self.spans]


class DevicePlayer:
    """Plays to a loudspeaker.

    The stream opens here and stays open. A thread of its own ("player-tap") hands what was played to
    the echo canceller and the recording, so that the device's callback only copies.

    Args:
        device: the loudspeaker, by name or number; "" follows the system's default.
        now_s: the session's clock.
        on_block: takes every block as it goes out, for the echo canceller.
        recording: takes what was played of utterances, for the interviewer's track.
        notify: told when the device vanishes and when it is back.
        restart: makes the sound library find devices again, after a sound server that died; called only when
            opening the device once more did not help, since every open stream of the program dies of it.

    Raises:
        DeviceError: there is no such loudspeaker, or PortAudio is missing.
    """

    def __init__(
        self,
        device: str,
        now_s: Clock,
        *,
        on_block: Reference | None = None,
        recording: Track | None = None,
        notify: Callable[[str, str], None] | None = None,
        restart: Callable[[], None] | None = None,
    ) -> None:
        self._device = device
        self._now_s = now_s
        self._on_block = on_block
        self._recording = recording
        self._notify = notify
        self._restart = restart
        self._line: _Line | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped = asyncio.Event()
        self._called_at = time.monotonic()
        self._dropped = 0
        self._underflows = 0
        self._closed = False
        self._gone = False
        self._held = False
        self._faded = False
        self._blocks: queue.SimpleQueue[tuple[NDArray[np.int16], int, _Line | None] | None] = queue.SimpleQueue()
        self._wake: dict[int, Callable[[], None]] = {}
        self._stream = self._open()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="player-feed")
        self._reopening = ThreadPoolExecutor(1, thread_name_prefix="player-reopen")
        self._tap = threading.Thread(target=self._drain, name="player-tap", daemon=True)
        self._tap.start()

    @property
    def rate_hz(self) -> int:
        """The stream's rate."""
        return self._rate_hz

    @property
    def latency_s(self) -> float:
        """Time from a block's being handed over to its being heard, as the sound library states it."""
        return self._latency_s

    @property
    def underflows(self) -> int:
        """How often the device ran dry."""
        return self._underflows

    def _open(self) -> sounddevice.OutputStream:
        sd = _sounddevice()
        wanted: int | str | None = int(self._device) if self._device.isdecimal() else self._device or None
        try:
            info = sd.query_devices(wanted, "output")
        except (ValueError, sd.PortAudioError) as error:
            which = f"named {self._device!r}" if self._device else "at all"
            raise DeviceError(
                f"There is no loudspeaker {which}.", "`interview doctor` lists the devices; choose one with --output."
            ) from error
        self._rate_hz = int(info["default_samplerate"]) or 48_000
        failure: Exception | None = None
        for channels in dict.fromkeys((1, min(2, int(info["max_output_channels"])))):
            try:
                stream = sd.OutputStream(
                    device=wanted,
                    samplerate=self._rate_hz,
                    channels=channels,
                    dtype="int16",
                    blocksize=round(self._rate_hz * BLOCK_S),
                    latency=LATENCY_S,
                    callback=self._fill,
                )
                stream.start()
            except sd.PortAudioError as error:
                failure = error
                continue
            self._latency_s = float(stream.latency)
            self._called_at = time.monotonic()
            return stream
        raise DeviceError(
            f"The loudspeaker {info['name']} cannot be opened.", "Close what else uses it, or choose another."
        ) from failure

    def _fill(self, out: NDArray[np.int16], frames: int, at: object, status: sounddevice.CallbackFlags) -> None:
        """Give the device its next block (called by PortAudio)."""
        del frames, at
        self._called_at = time.monotonic()
        if status.output_underflow:
            self._underflows += 1
        line = self._line
        mono = out[:, 0]
        filled = 0
        if line is not None and not self._held:
            filled = line.take(mono)
            self._faded = False
        elif line is not None and not self._faded:
            filled = line.take(mono[: round(self._rate_hz * FADE_S)])
            mono[:filled] = mono[:filled] * np.linspace(1, 0, filled)
            self._faded = True
        mono[filled:] = 0
        if out.shape[1] > 1:
            out[:, 1:] = out[:, :1]
        if self._blocks.qsize() < TAP_BLOCKS:
            self._blocks.put((mono.copy(), filled, line))
        else:
            self._dropped += 1

    # The tap: what was played, to whoever wants to know.

    def _drain(self) -> None:
        track = _TrackWriter(self._recording) if self._recording is not None else None
        while (item := self._blocks.get()) is not None:
            block, filled, line = item
            if self._on_block is not None:
                self._on_block(block, self._rate_hz)
            if line is None:
                continue
            if filled and not line.begun:
                line.begun = True
                self._tell(line)
            if track is not None and filled:
                track.write(line, block[:filled], self._rate_hz, self._now_s() + self._latency_s)
            if track is not None and not filled:
                track.end()
            if not line.over and (line.cut or line.emptied):
                line.over = True
                if track is not None:
                    track.end()
                self._tell(line)

    def _tell(self, line: _Line) -> None:
        wake, loop = self._wake.get(id(line)), self._loop
        if wake is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(wake)

    # Playing.

    async def play(self, sounds: Iterator[Sound], text: str, on_start: Callable[[], None]) -> Spoken:
        """Play an utterance, and give what was really heard of it.

        Raises:
            DeviceError: the loudspeaker vanished and did not come back.
            ModelError: no engine of the voice can speak.
            ServerError: likewise.
        """
        self._loop = asyncio.get_running_loop()
        self._stopped = asyncio.Event()
        line = _Line()
        news = asyncio.Event()
        self._wake[id(line)] = news.set
        feed = Feed(self._pool, sounds, text, self._stopped)
        feeding = asyncio.create_task(self._feed(line, feed), name="player-feeding")
        started_s: float | None = None
        self._line = line
        try:
            while not line.over and not self._stopped.is_set():
                await self._news(news, feeding)
                if line.begun and started_s is None:
                    started_s = self._now_s() + self._latency_s
                    on_start()
                if feeding.done():
                    feeding.result()
                if time.monotonic() - self._called_at > LOST_S:
                    await self._come_back()
            if not self._stopped.is_set():
                # The last block has been handed over and is still on its way to the ear.
                await asyncio.sleep(self._latency_s)
        finally:
            line.cut = True
            self._line = None
            self._held = False
            del self._wake[id(line)]
            feeding.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await feeding
        ended_s = self._now_s()
        return Spoken(
            heard(line.account()),
            not self._stopped.is_set(),
            ended_s if started_s is None else started_s,
            ended_s,
        )

    async def _feed(self, line: _Line, feed: Feed) -> None:
        try:
            while (fed := await feed.next()) is not None:
                sound, stretch = fed
                line.feed(at_rate(sound, self._rate_hz), stretch)
        finally:
            line.fed_all = True

    async def _news(self, news: asyncio.Event, feeding: asyncio.Task[None]) -> None:
        """Wait until the tap or the feeding has something to tell, the player is stopped, or a while has gone by."""
        waits = [asyncio.ensure_future(news.wait()), asyncio.ensure_future(self._stopped.wait())]
        try:
            watched = [*waits, feeding] if not feeding.done() else waits
            await asyncio.wait(watched, timeout=LOST_S / 4, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        news.clear()

    async def _come_back(self) -> None:
        """Open the stream again; what has not been played yet goes on there.

        Raises:
            DeviceError: there is no loudspeaker after `RESUME_S`, or at once where it was gone already.
        """
        self._tell_user("The loudspeaker has gone.", "Plug it in again, or choose another one with --output.")
        loop = asyncio.get_running_loop()
        until = time.monotonic() + (0 if self._gone else RESUME_S)
        self._gone = True
        afresh = False
        while not self._stopped.is_set():
            opened_at = time.monotonic()
            with contextlib.suppress(DeviceError):
                await loop.run_in_executor(self._reopening, self._reopen, afresh)
            await asyncio.sleep(RETRY_S)
            # A stream that opens is not yet one that plays: a sound server that restarts takes it and does nothing.
            if self._called_at > opened_at + RETRY_S / 2:
                self._gone = False
                self._tell_user("The loudspeaker is back.", "")
                return
            afresh = True
            if time.monotonic() > until:
                raise DeviceError(
                    "The loudspeaker has gone and did not come back.",
                    "The interview goes on in writing on the screen; plug it in again, or choose another one.",
                )

    def _tell_user(self, text: str, hint: str) -> None:
        if self._notify is not None:
            self._notify(text, hint)

    def _reopen(self, afresh: bool) -> None:
        self._shut()
        if afresh and self._restart is not None:
            self._restart()
        self._stream = self._open()

    def _shut(self) -> None:
        # A stream whose device is gone may refuse; it is of no use any more either way.
        with contextlib.suppress(_sounddevice().PortAudioError):
            self._stream.abort()
        with contextlib.suppress(_sounddevice().PortAudioError):
            self._stream.close()

    def hold(self) -> None:
        """Be silent with the next block, and wait there."""
        self._held = True

    def go_on(self) -> None:
        """Go on with the word that was cut."""
        line = self._line
        if self._held and line is not None:
            line.go_back(self._rate_hz)
        self._held = False

    def stop(self) -> None:
        """Be silent with the next block."""
        line = self._line
        if line is not None:
            line.cut = True
        self._held = False
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopped.set)

    def close(self) -> None:
        """End the stream and the player's threads."""
        if self._closed:
            return
        self._closed = True
        self.stop()
        self._shut()
        self._blocks.put(None)
        self._tap.join(timeout=2)
        for pool in (self._pool, self._reopening):
            pool.shutdown(wait=False, cancel_futures=True)


class _TrackWriter:
    """Brings what was played to the recording's rate, one utterance after the other."""

    def __init__(self, recording: Track) -> None:
        self._recording = recording
        self._line: _Line | None = None
        self._resampler: soxr.ResampleStream | None = None
        self._position_s = 0.0

    def write(self, line: _Line, block: NDArray[np.int16], rate_hz: int, at_s: float) -> None:
        """Write a block that is heard at `at_s`."""
        if line is not self._line or self._resampler is None:
            self._line = line
            self._position_s = at_s
            self._resampler = soxr.ResampleStream(rate_hz, TRACK_RATE_HZ, 1, dtype="int16")
        self._put(self._resampler.resample_chunk(np.ascontiguousarray(block)))

    def end(self) -> None:
        """Write out what the resampler still holds."""
        if self._resampler is not None:
            self._put(self._resampler.resample_chunk(np.zeros(0, np.int16), last=True))
        self._line, self._resampler = None, None

    def _put(self, samples: NDArray[np.int16]) -> None:
        if len(samples):
            self._recording(samples, self._position_s)
            self._position_s += len(samples) / TRACK_RATE_HZ


def _sounddevice() -> ModuleType:
    """Give the sound library, which loads PortAudio and so is imported late.

    Raises:
        DeviceError: PortAudio is not installed.
    """
    try:
        import sounddevice as sd
    except OSError as error:
        raise DeviceError(
            "PortAudio, the sound library, is missing.", "Install it: `sudo apt-get install libportaudio2`."
        ) from error
    module: ModuleType = sd
    return module
