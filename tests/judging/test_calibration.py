from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.domain.errors import BadInputError
from simulator.judging.calibration import Prediction, agreement, calibrate, read_labelled
from simulator.judging.embedded import EmbeddedJudge


def write(folder: Path, name: str, *rows: object) -> None:
    (folder / name).write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")


REPLY = {
    "id": "r1", "kind": "story", "question": "Tell me.", "before": "I drove to Ho.", "facet": "own_role",
    "probe": "What did you do yourself?", "reply": "I signed form 14.", "label": "fresh",
}  # fmt: skip


def test_all_kinds_of_files_are_read_also_from_the_folder_more(labelled_folder):
    labelled = read_labelled(labelled_folder)
    assert (len(labelled.replies), len(labelled.pushbacks), len(labelled.answers)) == (406, 170, 84)


def test_threads_and_pushes_give_a_row_for_each_reply(tmp_path):
    item = {k: REPLY[k] for k in ("facet", "probe", "reply", "label")}
    thread = {k: REPLY[k] for k in ("kind", "question", "before")} | {"id": "t1", "items": [item, item]}
    push = {
        "id": "u1",
        "question": "?",
        "view": "v",
        "pushback": "p",
        "replies": [{"reply": "no", "label": "dismisses"}],
    }
    write(tmp_path, "threads_a.jsonl", thread)
    write(tmp_path, "pushes_a.jsonl", push)
    labelled = read_labelled(tmp_path)
    assert [r.id for r in labelled.replies] == ["t1-1", "t1-2"]
    assert [p.id for p in labelled.pushbacks] == ["u1-1"]


def test_a_malformed_line_is_refused_with_its_place(tmp_path):
    write(tmp_path, "replies.jsonl", REPLY, {**REPLY, "label": "brilliant"})
    with pytest.raises(BadInputError, match=r"line 2: label"):
        read_labelled(tmp_path)


def test_a_folder_without_labelled_rows_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no labelled rows"):
        read_labelled(tmp_path)


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="no folder"):
        read_labelled(tmp_path / "nowhere")


def test_agreement_counts_what_was_judged_right(tmp_path):
    write(tmp_path, "replies.jsonl", REPLY, {**REPLY, "id": "r2", "label": "vague"})
    said = [
        Prediction(file="replies", id="r1", label="fresh", evidence=("I signed  FORM 14.",)),
        Prediction(file="replies", id="r2", label="fresh", evidence=("never said",)),
    ]
    report = agreement(tmp_path, said)
    assert report.parts[0].accuracy == 0.5
    assert report.parts[0].confusion["vague", "fresh"] == 1
    assert (report.quotes, report.verbatim) == (2, 1)


def test_a_row_that_was_not_judged_counts_as_wrong(tmp_path):
    write(tmp_path, "replies.jsonl", REPLY)
    assert agreement(tmp_path, []).parts[0].accuracy == 0.0


def test_a_folder_is_judged_row_by_row_with_verbatim_evidence(tmp_path, judge: EmbeddedJudge):
    write(tmp_path, "replies.jsonl", REPLY)
    write(
        tmp_path,
        "answers.jsonl",
        {
            "id": "a1", "kind": "story", "question": "Tell me.", "facets": {"context": "supported"}, "signals": [],
            "sentences": [{"text": "In May 2019 I drove to Ho.", "role": "action", "agent": "self"}],
        },
    )  # fmt: skip
    predictions = list(calibrate(tmp_path, judge))
    report = agreement(tmp_path, predictions)
    assert [p.file for p in predictions] == ["replies", "answers"]
    assert report.quotes > 0
    assert report.verbatim == report.quotes


def test_the_table_names_every_part(tmp_path, judge: EmbeddedJudge):
    write(tmp_path, "replies.jsonl", REPLY)
    table = agreement(tmp_path, calibrate(tmp_path, judge)).table()
    assert "replies" in table
    assert "fresh" in table
