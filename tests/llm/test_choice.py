"""Which engine judges what: calibration of a language model, how it is remembered, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.domain.errors import ServerError
from simulator.domain.judgements import AnswerContext, ReplyContext
from simulator.domain.vocabulary import Facet, Reply, Signal, ThreadKind
from simulator.judging.calibration import Labelled, read_labelled
from simulator.judging.choice import (
    CombinedJudge,
    Criterion,
    Figure,
    calibration_file,
    choose_judge,
    needs_calibration,
    remembered,
    told,
)
from simulator.judging.embedded import EmbeddedJudge
from simulator.judging.language_model import LanguageModelJudge
from simulator.judging.language_model_calibration import calibrate_model, sample_folder
from simulator.judging.language_model_prompts import load_prompts
from tests.llm.conftest import Answer, ScriptedServer

NOW = "2026-11-24T10:00:00+00:00"


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few rows of the sample: one of each label, one answer; the embedded engine at 0.8."""
    folder = tmp_path_factory.mktemp("sample")
    for name, rows in (("replies", 7), ("pushbacks", 5), ("answers", 1)):
        lines = (sample_folder() / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[:rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    figures = dict.fromkeys(Criterion, 0.8)
    (folder / "held_out.json").write_text(json.dumps(figures), encoding="utf-8")
    return folder


def block(text: str, name: str) -> str:
    """The words in one fenced block of a question."""
    return text.split(f"--- {name} ", 1)[1].split("\n", 1)[1].split("\n--- end of", 1)[0]


def perfect(labelled: Labelled) -> Any:
    """A model that knows the labels."""
    replies = {row.reply.strip(): row.label.value for row in labelled.replies}
    replies |= {row.reply.strip(): row.label.value for row in labelled.pushbacks}
    answers = {row.text.strip(): row for row in labelled.answers}

    def answer(request: dict[str, Any]) -> Answer:
        text = request["messages"][-1]["content"]
        said: dict[str, Any] = {"why": "w", "certainty": "high", "evidence": []}
        if "--- REPLY " in text:
            said |= {"label": replies[block(text, "REPLY")], "evidence": [block(text, "REPLY")]}
            if "--- PROBE " in text:
                said["before_evidence"] = []
        else:
            row = answers[block(text, "ANSWER")]
            said["evidence"] = [row.sentences[0].text]
            name = text.rsplit("\n", 1)[1]
            if name.startswith("Side of"):
                said["state"] = row.facets[Facet(name.split(": ")[1].split(",")[0])].value
            else:
                said["present"] = Signal(name.split("? ")[1].split(":")[0]) in row.signals
        return Answer(json.dumps(said))

    return answer


@pytest.fixture
def judge(server: ScriptedServer, embedded: EmbeddedJudge, folders: Path) -> Iterator[LanguageModelJudge]:
    made = LanguageModelJudge(server.settings(), "", embedded)
    yield made
    made.close()


def test_a_better_model_judges_everything(
    server: ScriptedServer, judge: LanguageModelJudge, embedded: EmbeddedJudge, few: Path
) -> None:
    server.answer = perfect(read_labelled(few))
    calibrate_model(judge, NOW, folder=few)
    chosen = choose_judge(server.settings(), "", embedded)
    assert isinstance(chosen, CombinedJudge)
    assert chosen.chosen == frozenset(Criterion)
    chosen.close()


def test_a_worse_model_judges_nothing(
    server: ScriptedServer, judge: LanguageModelJudge, embedded: EmbeddedJudge, few: Path
) -> None:
    server.say(Answer(json.dumps({"evidence": [], "why": "w", "label": "vague", "certainty": "high"})))
    calibration = calibrate_model(judge, NOW, folder=few)
    assert calibration.finished
    assert choose_judge(server.settings(), "", embedded) is embedded


def _question(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def test_a_model_judges_only_what_it_judges_better(
    server: ScriptedServer, judge: LanguageModelJudge, embedded: EmbeddedJudge, few: Path
) -> None:
    right = perfect(read_labelled(few))
    wrong = {"evidence": ["I"], "before_evidence": [], "why": "w", "label": "vague", "certainty": "high"}
    server.answer = lambda r: right(r) if "--- VIEW " in _question(r) else Answer(json.dumps(wrong))
    assert calibrate_model(judge, NOW, folder=few).better == {Criterion.PUSHBACKS}
    chosen = choose_judge(server.settings(), "", embedded)
    reply = ReplyContext(ThreadKind.STORY, "Q?", "I was there.", Facet.RESULT, "And then?", "I don't know.")
    assert chosen.judge_reply(reply) == embedded.judge_reply(reply)
    assert "pushbacks" in chosen.engine
    assert isinstance(chosen, CombinedJudge)
    chosen.close()


def test_a_hopeless_model_is_asked_no_further(
    server: ScriptedServer, judge: LanguageModelJudge, few: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    for file in few.iterdir():
        (folder / file.name).write_bytes((sample_folder() / file.name).read_bytes())
    said = {"evidence": ["the"], "before_evidence": [], "why": "w", "label": "vague", "certainty": "high"}
    server.say(Answer(json.dumps(said)))
    figure = calibrate_model(judge, NOW, folder=folder, stopped=_after(server, 30)).figures.get(Criterion.REPLIES)
    assert figure is not None
    assert not figure.complete
    assert not figure.better
    assert figure.rows < 56


def _after(server: ScriptedServer, questions: int) -> Any:
    return lambda: len(server.requests) >= questions


def test_what_was_measured_is_not_measured_again(server: ScriptedServer, judge: LanguageModelJudge, few: Path) -> None:
    server.answer = perfect(read_labelled(few))
    calibrate_model(judge, NOW, folder=few)
    asked = len(server.requests)
    calibrate_model(judge, NOW, folder=few)
    assert len(server.requests) == asked


def test_a_calibration_that_was_stopped_goes_on_where_it_was(
    server: ScriptedServer, judge: LanguageModelJudge, few: Path
) -> None:
    server.answer = perfect(read_labelled(few))
    first = calibrate_model(judge, NOW, folder=few, stopped=_after(server, 7))
    assert set(first.figures) == {Criterion.REPLIES}
    assert calibrate_model(judge, NOW, folder=few).finished
    assert sum("--- PROBE " in text for text in server.user_texts()) == 7


def test_a_server_that_fails_is_not_held_against_the_model(
    server: ScriptedServer, judge: LanguageModelJudge, few: Path
) -> None:
    server.say(Answer("no", status=401))
    with pytest.raises(ServerError):
        calibrate_model(judge, NOW, folder=few)
    assert remembered(judge) is None


def test_a_server_that_is_too_slow_to_judge_is_asked_no_further(
    server: ScriptedServer, embedded: EmbeddedJudge, few: Path, folders: Path
) -> None:
    server.say(Answer(held=True))
    judge = LanguageModelJudge(server.settings(timeout_s=0.05), "", embedded)
    calibration = calibrate_model(judge, NOW, folder=few)
    judge.close()
    assert calibration.finished
    assert calibration.figures[Criterion.REPLIES].rows == 3
    assert not calibration.better
    assert not any("--- PUSHBACK " in text for text in server.user_texts())


def test_another_model_at_the_same_address_is_calibrated_by_itself(
    server: ScriptedServer, judge: LanguageModelJudge, embedded: EmbeddedJudge, few: Path
) -> None:
    server.answer = perfect(read_labelled(few))
    calibrate_model(judge, NOW, folder=few)
    assert not needs_calibration(server.settings(), embedded)
    assert needs_calibration(server.settings(model="another"), embedded)


def test_a_damaged_file_of_calibrations_is_as_none(judge: LanguageModelJudge) -> None:
    calibration_file().parent.mkdir(parents=True)
    calibration_file().write_text("{", encoding="utf-8")
    assert remembered(judge) is None


def test_before_any_calibration_the_embedded_engine_judges(
    server: ScriptedServer, embedded: EmbeddedJudge, folders: Path
) -> None:
    assert choose_judge(server.settings(), "", embedded) is embedded
    assert not server.requests


@pytest.mark.parametrize("changes", [{"judge": "embedded"}, {"base_url": ""}])
def test_the_embedded_engine_judges_where_the_settings_say_so(
    server: ScriptedServer, embedded: EmbeddedJudge, folders: Path, changes: dict[str, str]
) -> None:
    assert choose_judge(server.settings(**changes), "", embedded) is embedded
    assert not needs_calibration(server.settings(**changes), embedded)


def test_the_model_always_judges_where_the_settings_say_so(
    server: ScriptedServer, embedded: EmbeddedJudge, folders: Path
) -> None:
    said = {"evidence": ["gone"], "before_evidence": [], "why": "w", "label": "unknown", "certainty": "high"}
    server.say(Answer(json.dumps(said)))
    chosen = choose_judge(server.settings(judge="always"), "", embedded)
    assert isinstance(chosen, CombinedJudge)
    reply = ReplyContext(ThreadKind.STORY, "Q?", "I was there.", Facet.RESULT, "And then?", "That's gone.")
    assert chosen.judge_reply(reply).reply is Reply.UNKNOWN
    chosen.close()


def test_facets_alone_can_be_the_models(
    server: ScriptedServer, judge: LanguageModelJudge, embedded: EmbeddedJudge
) -> None:
    server.say(Answer(json.dumps({"evidence": [], "why": "w", "state": "unheard", "certainty": "high"})))
    combined = CombinedJudge(embedded, judge, frozenset({Criterion.FACETS}))
    context = AnswerContext(ThreadKind.STORY, "Q?", "I shut the dryer down in 2017, and it cost us eleven tankers.")
    judgement = combined.judge_answer(context)
    assert {facet.engine for facet in judgement.facets} == {judge.engine}
    assert [s.signal for s in judgement.signals] == [s.signal for s in embedded.judge_answer(context).signals]


def test_the_sample_holds_none_of_the_examples_in_the_prompts() -> None:
    sample = read_labelled(sample_folder())
    texts = {r.before for r in sample.replies} | {p.view for p in sample.pushbacks} | {a.text for a in sample.answers}
    assert texts.isdisjoint(load_prompts().example_texts)


def test_the_sample_has_every_label_and_signal() -> None:
    sample = read_labelled(sample_folder())
    assert {row.label for row in sample.replies} == set(Reply)
    assert {signal for row in sample.answers for signal in row.signals} == set(Signal)


@pytest.mark.parametrize(
    ("figure", "better"),
    [
        (Figure(model=0.9, spread=0.04, embedded=0.8, rows=56), True),
        (Figure(model=0.82, spread=0.04, embedded=0.8, rows=56), False),
        (Figure(model=0.9, spread=0.04, embedded=0.8, rows=14, complete=False), False),
    ],
    ids=["clearly", "hardly", "unfinished"],
)
def test_better_means_by_more_than_chance(figure: Figure, better: bool) -> None:
    assert figure.better is better


def test_the_result_says_who_judges_what() -> None:
    figures = {Criterion.REPLIES: Figure(model=0.9, spread=0.01, embedded=0.8, rows=56)}
    lines = told(figures).splitlines()
    assert lines[1].endswith("language model")
    assert lines[2].endswith("embedded (not measured yet)")
