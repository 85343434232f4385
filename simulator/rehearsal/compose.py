"""Puts a session together from the settings and the command's words: the only place that knows every part."""

from __future__ import annotations

import platform
import random
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType

from simulator import __version__
from simulator.config.paths import sessions_dir
from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.errors import SimulatorError, UsageError
from simulator.domain.judgements import Judge
from simulator.domain.moves import Plan
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import Facet, Mode, Outcome
from simulator.interviewing.interviewer import Interviewer
from simulator.interviewing.packs import Pack, load_pack
from simulator.judging.delivery import measure_delivery
from simulator.rehearsal.ahead import Ahead
from simulator.rehearsal.conductor import Conductor
from simulator.rehearsal.language_model import make_judge, make_wording
from simulator.rehearsal.lazy import LazyJudge
from simulator.rehearsal.notices import Notices
from simulator.rehearsal.parts import Ears, Mouth, Parts, Sink
from simulator.rehearsal.typed import SilentMouth, TypedEars
from simulator.sessions.folder import SessionFolder, SessionLock, find_session
from simulator.sessions.journal import JournalWriter
from simulator.sessions.library import Library
from simulator.sessions.recovery import recover

VERSIONED = ("faster-whisper", "ctranslate2", "onnxruntime", "sounddevice", "textual", "piper-tts", "pyttsx3", "openai")
"""Packages whose versions are kept with a session."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a command asks for; empty and zero values take the setting's.

    Attributes:
        mode: what is practised.
        pack: name or file.
        questions: ids of the questions to ask, in order; empty lets the policy choose.
        minutes: the session's time; negative takes the setting's.
        voice: name or file of a voice profile.
        briefing: what other rounds have covered.
        input: microphone, by name or number.
        output: loudspeaker, by name or number.
        typed: answers are typed, nothing is spoken.
        recording: a file in place of the microphone.
        fast: faster than real time (with a file).
        seed: for the choice among equal questions and wordings.
        resume: id of an interrupted session to go on with.
        band_s: wanted length of an initial answer, seconds.
        tone: whether a soft tone marks the band's edges (a drill).
        model_words: whether a language model, where there is one, may word the follow-ups.
        remembers: whether facets that earlier sessions have settled for the same example come last.
        root: the folder that holds a folder a session; None takes the user's.
    """

    mode: Mode = Mode.ROUND
    pack: str = ""
    questions: tuple[str, ...] = ()
    minutes: float = -1.0
    voice: str = ""
    briefing: str = ""
    input: str = ""
    output: str = ""
    typed: bool = False
    recording: Path | None = None
    fast: bool = False
    seed: int = 0
    resume: str = ""
    band_s: tuple[float, float] | None = None
    tone: bool = False
    model_words: bool = True
    remembers: bool = False
    root: Path | None = None


@dataclass
class Rehearsal:
    """A session that is ready to run, and what has to be closed after it; a context manager."""

    conductor: Conductor
    folder: SessionFolder
    pack: Pack
    ears: Ears
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.close()


def embedded_judge() -> Judge:
    """Load the judge that comes with the program."""
    from simulator.judging.embedded import EmbeddedJudge

    return EmbeddedJudge.load()


def _plan(options: Options, settings: Settings, pack: Pack) -> Plan:
    for question in options.questions:
        pack.question(question)
    mode = options.mode
    if options.questions and mode is Mode.ROUND:
        mode = Mode.QUESTION
    return Plan(
        mode=mode,
        minutes=settings.interview.minutes if options.minutes < 0 else options.minutes,
        briefing=options.briefing,
        only=options.questions,
        seed=options.seed,
        settled_before=_settled_before() if options.remembers else {},
    )


def _as_begun(options: Options, state: SessionState, folder: SessionFolder) -> Options:
    """Give the options of a session that goes on: what is asked stays as it was begun."""
    begun = folder.about().get("session")
    kept = begun if isinstance(begun, dict) else {}
    return replace(
        options,
        mode=state.mode,
        pack=str(kept.get("pack", "")) or state.pack,
        questions=tuple(str(question) for question in kept.get("questions", ())),
        minutes=state.minutes,
        briefing=state.briefing,
        seed=state.seed,
        band_s=state.band_s,
    )


def _discard_if_empty(folder: SessionFolder) -> None:
    """Leave nothing behind of a session that never began (there was no microphone, for example)."""
    if not folder.journal.exists() or folder.journal.stat().st_size == 0:
        shutil.rmtree(folder.path, ignore_errors=True)


def _settled_before() -> Mapping[str, Mapping[Facet, Outcome]]:
    """Give what earlier sessions have settled of the examples that the user has confirmed, by question."""
    library = Library.of_user()
    if not library.examples_path.exists():
        return {}
    try:
        library.update()
        return library.settled_before()
    except SimulatorError:
        # A broken library must not keep anybody from an interview: they are only asked more than was needed.
        return {}


def _about(options: Options, settings: Settings, engines: Mapping[str, str]) -> dict[str, object]:
    versions = {"interview-simulator": __version__, "python": platform.python_version()}
    for package in VERSIONED:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "versions": versions,
        "engines": dict(engines),
        "settings": settings.model_dump(mode="json", exclude_defaults=True),
        "session": {
            "pack": options.pack,
            "questions": list(options.questions),
            "typed": options.typed,
            "fast": options.fast,
        },
    }


@dataclass(frozen=True, slots=True)
class Body:
    """Ears and mouth that go together, the engines they run on, and how they are closed."""

    ears: Ears
    mouth: Mouth
    engines: Mapping[str, str]
    half_duplex: bool = True


BodyMaker = Callable[[Options, Settings, SessionFolder, SessionState, ExitStack, Notices], Body]
"""Makes ears and mouth for a session that is kept in a folder; the state tells where a resumed one goes on."""


def typed_body(
    options: Options,
    settings: Settings,
    folder: SessionFolder,
    state: SessionState,
    closing: ExitStack,
    notices: Notices,
) -> Body:
    """Give ears that read and a mouth that only shows."""
    del options, settings, folder, closing, notices
    begun = time.monotonic() - state.at_s
    ears = TypedEars(lambda: time.monotonic() - begun)
    return Body(ears, SilentMouth(lambda: ears.position_s), {})


@dataclass(frozen=True, slots=True)
class Staging:
    """What a session is made with beside options and settings.

    Attributes:
        body: makes ears and mouth.
        prepare: called with the session before it runs.
        pack: the pack, where it is made and not read.
        sinks: take every event after the journal has it.
        ahead: what was begun before; it is closed with the session, or when there comes to be none.
    """

    body: BodyMaker = typed_body
    prepare: Callable[[Rehearsal], None] = lambda _: None
    pack: Pack | None = None
    sinks: tuple[Sink, ...] = ()
    ahead: Ahead | None = None


def open_rehearsal(
    options: Options,
    settings: Settings,
    staging: Staging = Staging(),
    *,
    judge: Callable[[], Judge] | None = None,
) -> Rehearsal:
    """Make a session ready to run.

    Args:
        options: what the command asks for.
        settings: the user's settings.
        staging: what it is made with.
        judge: loads the judge, in the background; None loads the one that the settings ask for.

    Raises:
        SimulatorError: a pack, device, model or folder is not as it must be.
    """
    root = options.root or sessions_dir()
    with ExitStack() as closing:
        if staging.ahead is not None:
            closing.callback(staging.ahead.voice.close)
        now = datetime.now().astimezone()
        state: SessionState | None = None
        if options.resume:
            folder = find_session(root, options.resume)
            lock = closing.enter_context(SessionLock(folder))
            state = recover(folder, lock)
            options = _as_begun(options, state, folder)
        pack = staging.pack or load_pack(options.pack or settings.interview.pack)
        plan = _plan(options, settings, pack)
        if state is None:
            folder = SessionFolder.create(root, now, random.Random())
            closing.callback(_discard_if_empty, folder)
            closing.enter_context(SessionLock(folder))
        journal = JournalWriter(folder.journal)
        closing.callback(journal.close)
        notices = staging.ahead.notices if staging.ahead is not None else Notices()
        parts = staging.body(options, settings, folder, state or SessionState(), closing, notices)
        wording = make_wording(settings.language_model) if options.model_words else None
        engines = {
            "judge": "embedded",
            "words": wording.engine if wording is not None else "templates",
            **parts.engines,
        }
        if not options.resume:
            folder.write_about(_about(options, settings, engines))
        started = ev.SessionStarted(
            session=folder.id,
            started_at=now.isoformat(timespec="seconds"),
            mode=plan.mode,
            pack=pack.name,
            minutes=plan.minutes,
            briefing=plan.briefing,
            band_s=options.band_s or settings.interview.band_s,
            engines=engines,
            half_duplex=parts.half_duplex,
            typed=options.typed,
            seed=plan.seed,
        )
        conductor = Conductor(
            Parts(
                judge=LazyJudge(judge or (lambda: make_judge(settings.language_model, embedded_judge()))),
                interviewer=Interviewer(pack, plan),
                ears=parts.ears,
                mouth=parts.mouth,
                measure=measure_delivery,
                wording=wording,
                sinks=(journal.write, *staging.sinks),
                notices=notices,
            ),
            plan,
            started,
            state,
            tone=options.tone and plan.mode is Mode.DRILL,
        )
        rehearsal = Rehearsal(conductor, folder, pack, parts.ears, closing.pop_all())
        staging.prepare(rehearsal)
        return rehearsal
    raise UsageError("The session could not be opened.")
