"""Calibrates a language model: has it judge a labelled sample that ships with the program, and remembers the result."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.config.paths import shipped
from simulator.domain.errors import BadInputError
from simulator.domain.judgements import AnswerContext, PushbackContext, ReplyContext, SignalJudgement
from simulator.domain.vocabulary import Facet, Signal
from simulator.judging.calibration import Labelled, LabelledAnswer, LabelledPushback, LabelledReply, read_labelled
from simulator.judging.choice import Calibration, Criterion, Figure, address_of, remember, remembered
from simulator.judging.language_model import AT_ONCE, LanguageModelJudge
from simulator.judging.language_model_chat import UnusableAnswerError
from simulator.judging.language_model_dialect import SlowServerError, is_loopback

FEWEST = {Criterion.REPLIES: 14, Criterion.PUSHBACKS: 15, Criterion.FACETS: 4, Criterion.SIGNALS: 4}
"""Rows (for facets and signals: answers) that are judged before a model can be found hopeless: two or three a label."""

HOPELESS_SPREADS = 2.0
"""A model whose figure, raised by so many standard errors, stays below the embedded engine's is asked no further."""

SPEECHLESS = 3
"""After so many rows without one usable answer in time the rest is not asked: each may cost the whole time limit."""

RESAMPLES = 200
"""Bootstrap samples for the standard error: enough for its first digit, which is all that is used."""

T = TypeVar("T")

Said = tuple[tuple[str, str], ...]
"""(true, said) pairs of one row; "" is said where there was no usable answer."""


class _HeldOut(BaseModel):
    """The embedded engine's figures on development data that it was not trained on, from `docs/judge.md`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    replies: float
    pushbacks: float
    facets: float
    signals: float

    def of(self, criterion: Criterion) -> float:
        return float(getattr(self, criterion.value))


def sample_folder() -> Path:
    """Give the folder of the labelled sample that ships with the program."""
    return shipped("prompts") / "llm" / "sample"


def _no_progress(criterion: Criterion, done: int, total: int) -> None:
    del criterion, done, total


def calibrate_model(
    judge: LanguageModelJudge,
    made_at: str,
    *,
    folder: Path | None = None,
    stopped: Callable[[], bool] = lambda: False,
    progress: Callable[[Criterion, int, int], None] = _no_progress,
) -> Calibration:
    """Measure a model on what has not been measured yet, criterion by criterion, and remember each at once.

    A criterion is given up early where the model is hopeless at it. A server on this machine is asked one
    question at a time, others several.

    Args:
        judge: the model's engine.
        made_at: the moment, ISO 8601.
        folder: the labelled sample; None takes the one that ships.
        stopped: asked between rows; true ends the work, what is half measured is not remembered.
        progress: told the criterion, rows done and rows in all.

    Raises:
        ServerError: the server fails; what was measured before is remembered.
        StorageError: the result cannot be written.
    """
    folder = folder or sample_folder()
    sample, held_out = read_labelled(folder), _held_out(folder)
    known = remembered(judge) or Calibration(
        model=judge.model,
        address=address_of(judge.base_url),
        prompts=judge.prompts.version,
        embedded=judge.embedded.engine,
        made_at=made_at,
    )
    for criterion in Criterion:
        if criterion in known.figures:
            continue
        embedded = held_out.of(criterion)
        if any(figure.unusable and figure.unusable == figure.rows for figure in known.figures.values()):
            # Who cannot answer one kind of question in time and form cannot answer the others.
            figure: Figure | None = Figure(model=0.0, spread=0.0, embedded=embedded, rows=0, complete=False)
        else:
            figure = _measure(judge, criterion, sample, embedded, stopped, progress)
        if figure is None:
            break
        known = known.model_copy(update={"figures": {**known.figures, criterion: figure}, "made_at": made_at})
        remember(known)
    return known


def _held_out(folder: Path) -> _HeldOut:
    path = folder / "held_out.json"
    try:
        return _HeldOut.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadInputError(f"The figures {path} cannot be read.", "Restore the file.") from error


def _measure(
    judge: LanguageModelJudge,
    criterion: Criterion,
    sample: Labelled,
    embedded: float,
    stopped: Callable[[], bool],
    progress: Callable[[Criterion, int, int], None],
) -> Figure | None:
    """Measure one criterion; None where it was stopped."""
    questions = _questions(judge, criterion, sample)
    at_once = 1 if is_loopback(judge.base_url) else AT_ONCE
    rows: list[Said] = []
    with ThreadPoolExecutor(at_once, thread_name_prefix="calibration") as pool:
        for first in range(0, len(questions), at_once):
            if stopped():
                return None
            rows += pool.map(_ask, questions[first : first + at_once])
            progress(criterion, len(rows), len(questions))
            figure = _figure(criterion, rows, embedded, complete=False)
            hopeless = figure.model + HOPELESS_SPREADS * figure.spread < embedded and len(rows) >= FEWEST[criterion]
            speechless = len(rows) >= SPEECHLESS and all(said == "" for row in rows for _, said in row)
            if hopeless or speechless:
                return figure
    return _figure(criterion, rows, embedded, complete=True)


def _ask(question: Callable[[], Said]) -> Said:
    return question()


def _figure(criterion: Criterion, rows: Sequence[Said], embedded: float, *, complete: bool) -> Figure:
    rng = random.Random(0)
    score = _SCORES[criterion]
    samples = [score([rows[rng.randrange(len(rows))] for _ in rows]) for _ in range(RESAMPLES)]
    mean = sum(samples) / len(samples)
    spread = (sum((each - mean) ** 2 for each in samples) / len(samples)) ** 0.5
    unusable = sum(said == "" for row in rows for _, said in row)
    return Figure(
        model=score(rows), spread=spread, embedded=embedded, rows=len(rows), unusable=unusable, complete=complete
    )


def _macro_f1(rows: Sequence[Said]) -> float:
    """Mean F1 of the labels that are true somewhere."""
    pairs = [pair for row in rows for pair in row]
    labels = {true for true, _ in pairs}
    return sum(_f1(pairs, label) for label in labels) / len(labels) if labels else 0.0


def _f1(pairs: Sequence[tuple[str, str]], label: str) -> float:
    hit = sum(true == said == label for true, said in pairs)
    wanted, found = sum(true == label for true, _ in pairs), sum(said == label for _, said in pairs)
    return 2 * hit / (wanted + found) if wanted + found else 0.0


def _accuracy(rows: Sequence[Said]) -> float:
    pairs = [pair for row in rows for pair in row]
    return sum(true == said for true, said in pairs) / len(pairs) if pairs else 0.0


def _signals_f1(rows: Sequence[Said]) -> float:
    """Mean F1 of the signals that are present somewhere; pairs are ("signal" or "no signal", the same or "")."""
    pairs = [pair for row in rows for pair in row]
    present = {true for true, _ in pairs if not true.startswith(ABSENT)}
    scores = [_f1([pair for pair in pairs if pair[0].removeprefix(ABSENT) == name], name) for name in present]
    return sum(scores) / len(scores) if scores else 0.0


ABSENT = "no "
"""Stands before the name of a signal that is not in an answer."""

_SCORES: dict[Criterion, Callable[[Sequence[Said]], float]] = {
    Criterion.REPLIES: _macro_f1,
    Criterion.PUSHBACKS: _macro_f1,
    Criterion.FACETS: _accuracy,
    Criterion.SIGNALS: _signals_f1,
}


def _questions(judge: LanguageModelJudge, criterion: Criterion, sample: Labelled) -> list[Callable[[], Said]]:
    """Give one question for each row; the sample's files take turns among the labels."""
    match criterion:
        case Criterion.REPLIES:
            return [_reply(judge, row) for row in sample.replies]
        case Criterion.PUSHBACKS:
            return [_pushback(judge, row) for row in sample.pushbacks]
        case Criterion.FACETS:
            return [_facets(judge, row) for row in sample.answers]
        case Criterion.SIGNALS:
            return [_signals(judge, row) for row in sample.answers]


def _or_nothing(asked: Callable[[], str]) -> str:
    try:
        return asked()
    except (UnusableAnswerError, SlowServerError):
        return ""


def _reply(judge: LanguageModelJudge, row: LabelledReply) -> Callable[[], Said]:
    context = ReplyContext(row.kind, row.question, row.before, row.facet, row.probe, row.reply)
    return lambda: ((row.label.value, _or_nothing(lambda: judge.ask_reply(context).reply.value)),)


def _pushback(judge: LanguageModelJudge, row: LabelledPushback) -> Callable[[], Said]:
    context = PushbackContext(row.question, row.view, row.pushback, row.reply)
    return lambda: ((row.label.value, _or_nothing(lambda: judge.ask_pushback(context).reply.value)),)


def _facets(judge: LanguageModelJudge, row: LabelledAnswer) -> Callable[[], Said]:
    context = AnswerContext(row.kind, row.question, row.text)

    def look(facet: Facet) -> str:
        return judge.ask_facet(context, facet).state.value

    def ask() -> Iterator[tuple[str, str]]:
        for facet, state in row.facets.items():
            yield state.value, _or_nothing(partial(look, facet))

    return lambda: tuple(ask())


def _signals(judge: LanguageModelJudge, row: LabelledAnswer) -> Callable[[], Said]:
    context = AnswerContext(row.kind, row.question, row.text)

    def look(signal: Signal) -> str:
        found = judge.ask_signal(context, signal)
        return signal.value if isinstance(found, SignalJudgement) else f"{ABSENT}{signal.value}"

    def ask() -> Iterator[tuple[str, str]]:
        for signal in judge.prompts.signals(row.kind):
            true = signal.value if signal in row.signals else f"{ABSENT}{signal.value}"
            yield true, _or_nothing(partial(look, signal))

    return lambda: tuple(ask())
