from __future__ import annotations

from pathlib import Path

import pytest

from simulator.domain.errors import ModelError
from simulator.domain.judgements import AnswerContext, PushbackContext, ReplyContext
from simulator.domain.vocabulary import (
    STORY_FACETS,
    VIEW_FACETS,
    Agent,
    Facet,
    FacetState,
    Reply,
    ThreadKind,
)
from simulator.judging.calibration import agreement, calibrate
from simulator.judging.embedded import EmbeddedJudge

BEFORE = (
    "I'm a pharmacy technician in a district hospital. In August 2019 the fridge failed on a Saturday, and we had to "
    "throw away 260 ampoules of oxytocin. I drove to Ho by myself on the hospital motorbike, I begged the regional "
    "store, and I brought back eighty by four o'clock."
)


def asked(reply: str, facet: Facet = Facet.OWN_ROLE, probe: str = "What did you do yourself that day?") -> ReplyContext:
    return ReplyContext(ThreadKind.STORY, "Tell me about a failure.", BEFORE, facet, probe, reply)


def test_a_story_gets_a_state_for_each_of_its_facets(judge: EmbeddedJudge):
    judged = judge.judge_answer(AnswerContext(ThreadKind.STORY, "Tell me about a failure.", BEFORE))
    assert tuple(f.facet for f in judged.facets) == STORY_FACETS


def test_a_view_gets_a_state_for_each_of_its_facets(judge: EmbeddedJudge):
    text = "I think open weights should be staged. I've seen what happened with the last release, I ran it myself."
    judged = judge.judge_answer(AnswerContext(ThreadKind.VIEW, "What is your view on open weights?", text))
    assert tuple(f.facet for f in judged.facets) == VIEW_FACETS


def test_what_is_heard_is_quoted_verbatim(judge: EmbeddedJudge):
    judged = judge.judge_answer(AnswerContext(ThreadKind.STORY, "Tell me about a failure.", BEFORE))
    quotes = [q for part in (*judged.facets, *judged.signals) for q in part.evidence]
    assert quotes
    assert all(q in BEFORE for q in quotes)


def test_an_unheard_facet_has_no_evidence(judge: EmbeddedJudge):
    judged = judge.judge_answer(AnswerContext(ThreadKind.STORY, "Tell me about a failure.", BEFORE))
    assert all(not f.evidence for f in judged.facets if f.state is FacetState.UNHEARD)


def test_sentences_cover_the_answer(judge: EmbeddedJudge):
    judged = judge.judge_answer(AnswerContext(ThreadKind.STORY, "Tell me about a failure.", BEFORE))
    assert " ".join(s.text for s in judged.sentences) == " ".join(BEFORE.split())
    assert judged.sentences[-1].agent is Agent.SELF


def test_silence_leaves_every_facet_unheard(judge: EmbeddedJudge):
    judged = judge.judge_answer(AnswerContext(ThreadKind.STORY, "Tell me about a failure.", "  "))
    assert {f.state for f in judged.facets} == {FacetState.UNHEARD}
    assert judged.signals == ()


def test_an_empty_reply_is_judged_without_being_sure(judge: EmbeddedJudge):
    judged = judge.judge_reply(asked(""))
    assert judged.confidence < 0.5
    assert judged.evidence == ()


@pytest.mark.parametrize(
    ("reply", "label"),
    [
        ("I don't remember that day any more, I'm sorry, it's a blank.", Reply.UNKNOWN),
        ("I took the motorbike to Ho, I begged the store and I came back with the eighty, as I said.", Reply.NO_MORE),
        ("That was Kwame, the driver, he did all of it, he went and he signed. I wasn't part of that.", Reply.NOT_MINE),
        (
            "One has to be professional in such moments, to stay calm and focused and to communicate well with all "
            "the stakeholders, and that's always my approach.",
            Reply.VAGUE,
        ),
        (
            "I counted the vials first, all of them, then I wrote loss form number 14 and signed it before Madam came "
            "in. At the store I sat on the step from half past ten till one, since the officer was at a funeral.",
            Reply.FRESH,
        ),
    ],
)
def test_plain_cases_of_a_reply_are_judged_right(judge: EmbeddedJudge, reply: str, label: Reply):
    assert judge.judge_reply(asked(reply)).reply is label


def test_probabilities_add_up_to_one(judge: EmbeddedJudge):
    judged = judge.judge_reply(asked("I counted the vials first, all of them."))
    assert sum(judged.probabilities.values()) == pytest.approx(1.0, abs=1e-4)


def test_a_repetition_quotes_what_was_said_before(judge: EmbeddedJudge):
    judged = judge.judge_reply(asked("I took the motorbike to Ho, I begged the store and I came back with the eighty."))
    assert judged.reply is Reply.NO_MORE
    assert any(q in BEFORE for q in judged.evidence)


def test_the_same_input_gets_the_same_judgement(judge: EmbeddedJudge):
    context = PushbackContext(
        "?", "I'd dump it again.", "There is a test for six dollars.", "Fair enough, you're right."
    )
    assert judge.judge_pushback(context) == judge.judge_pushback(context)


def test_a_very_long_reply_is_judged(judge: EmbeddedJudge):
    judged = judge.judge_reply(asked(" ".join(f"I counted vial {n} and wrote it down." for n in range(400))))
    assert judged.evidence


def test_missing_weights_are_named(tmp_path: Path):
    with pytest.raises(ModelError, match="weights"):
        EmbeddedJudge.load(tmp_path)


def test_the_judge_agrees_with_development_labels_and_quotes_verbatim(
    judge: EmbeddedJudge, labelled_folder: Path, tmp_path: Path
):
    """The shipped weights have seen these rows: this guards against damage, it measures no skill."""
    for name, count in (("replies", 60), ("pushbacks", 30), ("answers", 8)):
        lines = (labelled_folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[:count]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    report = agreement(tmp_path, calibrate(tmp_path, judge))
    part = {p.name: p for p in report.parts}
    assert part["replies"].macro_f1 > 0.85
    assert part["pushbacks"].macro_f1 > 0.8
    assert part["facets"].accuracy > 0.6
    assert report.verbatim == report.quotes
