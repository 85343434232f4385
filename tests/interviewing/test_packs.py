"""Packs: what loads, what is refused, and what the refusal says."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import FACETS, Facet, ThreadKind
from simulator.interviewing.packs import CLOSING_ID, list_packs, load_pack
from simulator.interviewing.topics import load_topics

SHIPPED = ("openai-behavioral-mission", "general-behavioural")

SMALLEST = 'name = "own"\n\n[[questions]]\nid = "q1"\nkind = "story"\ntext = "Tell me about it."\n'


def written(folder: Path, text: str) -> str:
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_pack_is_whole(name: str) -> None:
    pack = load_pack(name)
    assert pack.title and pack.description and pack.opening and pack.closing.answers
    assert len(pack.questions) >= 20
    assert CLOSING_ID not in {q.id for q in pack.questions}
    assert len(pack.core) == 6


def test_the_rounds_pack_has_both_halves_and_topics_that_exist() -> None:
    pack = load_pack("openai-behavioral-mission")
    views = [q for q in pack.questions if q.kind is ThreadKind.VIEW]
    assert len(views) >= 12
    assert len(pack.questions) - len(views) >= 12
    assert {q.topic for q in pack.questions if q.topic} <= set(load_topics())


def test_the_smallest_pack_tests_every_facet_of_its_kind(tmp_path: Path) -> None:
    pack = load_pack(written(tmp_path, SMALLEST))
    assert pack.questions[0].tests == FACETS[ThreadKind.STORY]
    assert pack.opening and pack.closing.invitation.endswith("?")


def test_a_users_own_pack_comes_before_a_shipped_one_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTERVIEW_CONFIG_DIR", str(tmp_path))
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "general-behavioural.toml").write_text(SMALLEST, encoding="utf-8")
    assert load_pack("general-behavioural").name == "own"
    summary = next(s for s in list_packs() if s.name == "general-behavioural")
    assert summary.own
    assert (summary.stories, summary.views) == (1, 0)


def test_a_malformed_pack_is_listed_with_its_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEW_CONFIG_DIR", str(tmp_path))
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "broken.toml").write_text("name = ", encoding="utf-8")
    assert "TOML" in next(s for s in list_packs() if s.name == "broken").problem


def test_an_unknown_name_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(BadInputError, match="nothing-like-it") as refused:
        load_pack("nothing-like-it")
    assert "general-behavioural" in refused.value.hint


MALFORMED = {
    "no TOML": ('name = "own"\nquestions = [\n', "line"),
    "no questions": ('name = "own"\n', r"\[\[questions\]\]"),
    "no text": ('name = "own"\n\n[[questions]]\nid = "a"\nkind = "story"\n', "line 3: the key text is missing"),
    "unknown kind": (SMALLEST.replace('"story"', '"tale"'), 'line 5: .*kind = "story" or kind = "view"'),
    "unknown facet": (SMALLEST + 'tests = ["context", "hope"]\n', "line 7: .*tests.*own_role"),
    "facet of the other kind": (SMALLEST + 'tests = ["position"]\n', "line 7: a story question cannot test position"),
    "unknown key": (SMALLEST + 'colour = "red"\n', "line 7: the key colour is not one of a question's"),
    "same id twice": (SMALLEST + SMALLEST.partition("\n\n")[2], "line 8: the id q1 stands twice"),
    "the closing's id": (SMALLEST.replace("q1", "closing"), "line 4: the id closing is taken"),
    "empty text": (SMALLEST.replace("Tell me about it.", ""), 'line 6: .*text = "…"'),
    "text that is a number": (SMALLEST.replace('"Tell me about it."', "7"), "line 6: "),
    "closing without answers": (SMALLEST + "\n[closing]\nanswers = []\n", "line 9: .*answers"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_pack_is_refused_with_file_line_and_what_is_expected(case: str, tmp_path: Path) -> None:
    text, expected = MALFORMED[case]
    with pytest.raises(BadInputError, match=expected) as refused:
        load_pack(written(tmp_path, text))
    assert "own.toml" in refused.value.message
    assert refused.value.hint


def test_a_pack_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(BadInputError, match="UTF-8"):
        load_pack(str(file))


def test_an_enormous_file_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(b"#" * 1_000_001)
    with pytest.raises(BadInputError, match="too large"):
        load_pack(str(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        load_pack(str(tmp_path / "absent.toml"))


def test_a_question_can_leave_out_facets(tmp_path: Path) -> None:
    pack = load_pack(written(tmp_path, SMALLEST + 'tests = ["fault", "own_role", "fault"]\n'))
    assert pack.questions[0].tests == (Facet.FAULT, Facet.OWN_ROLE)
