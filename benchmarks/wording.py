"""How fast and how well a local language model words follow-ups: `python -m benchmarks.wording [--model NAME]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.common import Row, publish
from simulator.config.settings import LanguageModelSettings
from simulator.domain import events as ev
from simulator.domain.moves import Probe
from simulator.domain.state import SessionState, apply
from simulator.domain.vocabulary import AnswerEnd, Facet, ThreadKind, facets_of
from simulator.domain.words import words_of
from simulator.models.local_server import start_server, stop_server
from simulator.models.store import model_path
from simulator.rehearsal.wording import LanguageModelWording

CANDIDATES = Path(__file__).parents[1] / "data" / "judge" / "dev" / "candidates.jsonl"

TEMPLATES = Path(__file__).parents[1] / "data" / "judge" / "probes.json"

UNREAD = 10
"""Words of an answer that the server has not read when it ends: what is said in the last three or four seconds."""

LIMIT_S = 1.2
"""The conductor's limit on a language model's words."""


@dataclass
class Figures:
    """What was measured, seconds, and what was said."""

    first_read: list[float] = field(default_factory=list)
    worded: list[float] = field(default_factory=list)
    said: list[tuple[str, str | None]] = field(default_factory=list)


def _with(state: SessionState, *events: ev.Event) -> SessionState:
    for event in events:
        state = apply(state, event)
    return state


def _answer(state: SessionState, name: str, text: str) -> Iterator[SessionState]:
    """Give the state when all but the last words of an answer are heard, and when it has ended."""
    words = words_of(text)
    state = _with(state, ev.AnswerStarted(answer=name, thread="t1", initial=name == "a1"))
    state = _with(state, ev.WordsConfirmed(answer=name, words=words[:-UNREAD]))
    yield state
    end = ev.AnswerEnded(answer=name, reason=AnswerEnd.END_OF_TURN, duration_s=0.0)
    yield _with(state, ev.WordsConfirmed(answer=name, words=words[-UNREAD:]), end)


async def _thread(wording: LanguageModelWording, candidate: dict, probes: int, figures: Figures) -> None:
    kind = ThreadKind(candidate["kind"])
    asked = ev.QuestionAsked(
        thread="t1", question="q", kind=kind, text=candidate["question"], tests=facets_of(kind), topic=""
    )
    heard, state = _answer(_with(SessionState(), asked), "a1", candidate["opening"])
    began = time.perf_counter()
    await wording.warm(heard)
    figures.first_read.append(time.perf_counter() - began)
    templates = json.loads(TEMPLATES.read_text(encoding="utf-8"))
    for number, (name, truth) in enumerate(list(candidate["facets"].items())[:probes], start=2):
        probe = Probe(facet=Facet(name), text=templates[name][0], reason="")
        began = time.perf_counter()
        words = await wording.word(probe, state)
        figures.worded.append(time.perf_counter() - began)
        figures.said.append((name, words))
        question = ev.ProbeAsked(thread="t1", facet=probe.facet, text=words or probe.text, reason="")
        reply = (truth["levels"] + truth["limit"]["replies"])[0]
        heard, state = _answer(_with(state, question), f"a{number}", reply)
        await wording.warm(heard)


def main() -> None:
    """Measure, print and publish."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", default="qwen2.5-coder-1.5b")
    options.add_argument("--threads", type=int, default=2, help="threads of talk to go through")
    options.add_argument("--probes", type=int, default=6, help="probes in each")
    given = options.parse_args()
    candidates = [json.loads(line) for line in CANDIDATES.read_text(encoding="utf-8").splitlines()][: given.threads]
    figures = Figures()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["INTERVIEW_DATA_DIR"] = os.environ["INTERVIEW_LOG_DIR"] = folder
        try:
            server = start_server(given.model, next(model_path(given.model).glob("*.gguf")))
            settings = LanguageModelSettings(base_url=server.base_url, model=server.model, timeout_s=300)
            asyncio.run(_all(settings, candidates, given.probes, figures))
        finally:
            stop_server()
    times = sorted(figures.worded)
    late = times[min(len(times) - 1, round(0.95 * (len(times) - 1)))]
    used = sum(words is not None for _, words in figures.said)
    in_time = sum(each <= LIMIT_S for each in times)
    publish(
        "wording",
        f"Follow-ups worded by a local language model ({given.model})",
        f"python -m benchmarks.wording --model {given.model} --threads {given.threads} --probes {given.probes}",
        [
            Row("reading an initial answer while it is spoken, s", f"{statistics.median(figures.first_read):.1f}"),
            Row("end of answer to the whole wording, median, s", f"{statistics.median(times):.2f}", "1.2", None),
            Row("... 95 %, s", f"{late:.2f}"),
            Row(f"worded within {LIMIT_S} s", f"{in_time} of {len(times)}", note="else the template speaks"),
            Row("wordings that pass the checks", f"{used} of {len(times)}", note="else the template speaks"),
        ],
        notes="Written on one thread fewer than there are cores. The server has read all but the last "
        f"{UNREAD} words of an answer when it ends.",
        data={"worded_s": times, "said": figures.said, "load": os.getloadavg()},
    )


async def _all(settings: LanguageModelSettings, candidates: list[dict], probes: int, figures: Figures) -> None:
    for candidate in candidates:
        wording = LanguageModelWording(settings, "")
        await _thread(wording, candidate, probes, figures)
        await wording.close()


if __name__ == "__main__":
    main()
