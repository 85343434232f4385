"""Which engine judges what: a language model only where calibration has shown it to judge better."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.config.paths import data_dir
from simulator.config.settings import LanguageModelSettings
from simulator.domain.errors import StorageError
from simulator.domain.judgements import (
    AnswerContext,
    AnswerJudgement,
    Judge,
    PushbackContext,
    PushbackJudgement,
    ReplyContext,
    ReplyJudgement,
)
from simulator.judging.language_model import LanguageModelJudge
from simulator.judging.language_model_dialect import is_loopback

logger = logging.getLogger(__name__)


class Criterion(StrEnum):
    """What is calibrated, and given to one engine or the other, as a whole."""

    REPLIES = "replies"
    PUSHBACKS = "pushbacks"
    FACETS = "facets"
    SIGNALS = "signals"


class Figure(BaseModel):
    """How well a model judged one criterion, against the embedded engine.

    Attributes:
        model: the model's macro F1 (facets: accuracy) on the rows judged, 0 to 1.
        spread: standard error of that, by bootstrap over the rows.
        embedded: the embedded engine's own, held-out figure.
        rows: how many rows were judged.
        unusable: how many questions the model gave no usable answer to; they count as wrong.
        complete: whether the whole sample was judged, or the rest was not worth asking.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: float
    spread: float
    embedded: float
    rows: int
    unusable: int = 0
    complete: bool = True

    @property
    def better(self) -> bool:
        """Whether the model judges better by more than one standard error."""
        return self.complete and self.model - self.spread > self.embedded


class Calibration(BaseModel):
    """What is known of one model at one address, with one version of the prompts and of the embedded engine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    address: str
    prompts: str
    embedded: str
    made_at: str
    figures: dict[Criterion, Figure] = {}

    @property
    def finished(self) -> bool:
        """Whether every criterion has been measured."""
        return set(self.figures) == set(Criterion)

    @property
    def better(self) -> frozenset[Criterion]:
        """The criteria that the model judges better."""
        return frozenset(criterion for criterion, figure in self.figures.items() if figure.better)


class _Book(BaseModel):
    model_config = ConfigDict(extra="forbid")

    calibrations: list[Calibration] = []


def calibration_file() -> Path:
    """Give the path of the file in which calibrations are remembered."""
    return data_dir() / "calibration.json"


def address_of(base_url: str) -> str:
    """Give the address that a calibration is remembered by; a port of this machine changes, so it is left out."""
    return "this machine" if is_loopback(base_url) else base_url.rstrip("/")


def remembered(judge: LanguageModelJudge) -> Calibration | None:
    """Give what is known of a judge's model with these prompts and this embedded engine, or None."""
    wanted = (judge.model, address_of(judge.base_url), judge.prompts.version, judge.embedded.engine)
    return next((c for c in _read().calibrations if (c.model, c.address, c.prompts, c.embedded) == wanted), None)


def remember(calibration: Calibration) -> None:
    """Keep a calibration in place of an older one of the same model and address.

    Raises:
        StorageError: the file cannot be written.
    """
    key = (calibration.model, calibration.address)
    others = [c for c in _read().calibrations if (c.model, c.address) != key]
    path = calibration_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}-{secrets.token_hex(4)}")
        scratch.touch(mode=0o600)
        scratch.write_text(_Book(calibrations=[*others, calibration]).model_dump_json(indent=1), encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}.", "Free or unlock the folder.") from error


def _read() -> _Book:
    try:
        return _Book.model_validate_json(calibration_file().read_bytes())
    except FileNotFoundError:
        return _Book()
    except (OSError, ValidationError):
        # Nothing is lost that another calibration does not bring back.
        logger.warning("calibrations in %s cannot be read; they will be made again", calibration_file())
        return _Book()


class CombinedJudge:
    """Gives each criterion to the engine that judges it better.

    Args:
        embedded: judges everything that is not the model's.
        model: judges what `chosen` names, and falls back on its own embedded engine.
        chosen: what the model judges.
    """

    def __init__(self, embedded: Judge, model: LanguageModelJudge, chosen: frozenset[Criterion]) -> None:
        self._embedded = embedded
        self._model = model
        self.chosen = chosen

    @property
    def engine(self) -> str:
        """Both engines, and what the model judges."""
        return f"{self._embedded.engine}, and for {', '.join(sorted(self.chosen))} {self._model.engine}"

    def judge_answer(self, context: AnswerContext) -> AnswerJudgement:
        """Judge an initial answer."""
        facets, signals = Criterion.FACETS in self.chosen, Criterion.SIGNALS in self.chosen
        if not facets and not signals:
            return self._embedded.judge_answer(context)
        return self._model.judge_parts(context, facets=facets, signals=signals)

    def judge_reply(self, context: ReplyContext) -> ReplyJudgement:
        """Judge a reply to a probe."""
        judge: Judge = self._model if Criterion.REPLIES in self.chosen else self._embedded
        return judge.judge_reply(context)

    def judge_pushback(self, context: PushbackContext) -> PushbackJudgement:
        """Judge a reply to a pushback."""
        judge: Judge = self._model if Criterion.PUSHBACKS in self.chosen else self._embedded
        return judge.judge_pushback(context)

    def close(self) -> None:
        """End the model's connections."""
        self._model.close()


def choose_judge(settings: LanguageModelSettings, key: str, embedded: Judge) -> Judge:
    """Give the judge that the settings ask for.

    Without an address, or with `judge = "embedded"`, that is the embedded engine. With `always` the model
    judges everything; with `auto` what calibration has shown it to judge better, which before the first
    calibration is nothing.

    Args:
        settings: address, model and who judges.
        key: the server's key; "" where none is needed.
        embedded: the engine that comes with the program.

    Raises:
        BadInputError: the user's own prompts are not as they must be.
    """
    if not settings.base_url or settings.judge == "embedded":
        return embedded
    model = LanguageModelJudge(settings, key, embedded)
    chosen = frozenset(Criterion)
    if settings.judge == "auto":
        known = remembered(model)
        chosen = known.better if known is not None else frozenset()
    if not chosen:
        model.close()
        return embedded
    return CombinedJudge(embedded, model, chosen)


def needs_calibration(settings: LanguageModelSettings, embedded: Judge) -> bool:
    """Tell whether `auto` waits for a calibration of the configured model."""
    if not settings.base_url or settings.judge != "auto":
        return False
    model = LanguageModelJudge(settings, "", embedded)
    try:
        known = remembered(model)
        return known is None or not known.finished
    finally:
        model.close()


def told(figures: Mapping[Criterion, Figure]) -> str:
    """Give what a calibration has shown, a line for each criterion."""
    lines = [f"{'criterion':12} {'model':>7} {'embedded':>9} {'rows':>5}  who judges"]
    for criterion in Criterion:
        figure = figures.get(criterion)
        if figure is None:
            lines.append(f"{criterion.value:12} {'-':>7} {'-':>9} {0:5}  embedded (not measured yet)")
            continue
        who = "language model" if figure.better else "embedded"
        short = "" if figure.complete else " (stopped early: far below)"
        model, rows = f"{figure.model:7.2f}", f"{figure.rows:5}"
        lines.append(f"{criterion.value:12} {model} {figure.embedded:9.2f} {rows}  {who}{short}")
    return "\n".join(lines)
