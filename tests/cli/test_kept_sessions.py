"""Commands on sessions that are kept, whole or broken: what they say, and the status that they end with."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cli.main import main
from simulator.rehearsal.reviewing import broken_sides, reader
from simulator.sessions.folder import SessionFolder
from tests.screens.kept import keep


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    for name in ("DATA", "CONFIG", "LOG"):
        monkeypatch.setenv(f"INTERVIEW_{name}_DIR", str(tmp_path / name.lower()))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@pytest.fixture
def session(data: Path) -> SessionFolder:
    """A whole session."""
    return keep(data / "sessions")


def said(capsys: pytest.CaptureFixture[str]) -> str:
    """Give what was said on standard error, which must be one line."""
    error = capsys.readouterr().err
    assert error.startswith("interview: ")
    assert error.count("\n") == 1
    return error


ON_A_SESSION = (("review", "--plain"), ("report", "--no-audio"), ("judge",), ("sessions", "show"))


@pytest.mark.parametrize("words", ON_A_SESSION)
def test_a_session_whose_record_is_rubbish_is_refused(
    words: tuple[str, ...], session: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    session.journal.write_bytes(bytes(range(256)) * 4)
    assert main([*words, session.id]) == 3
    assert "Nothing of the record" in said(capsys)


@pytest.mark.parametrize("words", ON_A_SESSION[:3])
def test_a_line_that_cannot_be_read_is_told_and_the_rest_is_shown(
    words: tuple[str, ...], session: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    with session.journal.open("a", encoding="utf-8") as out:
        out.write('{"type": "of a later version"}\n')
    assert main([*words, session.id]) == 0
    assert said(capsys)


def test_a_report_with_a_broken_recording_says_how_to_go_without(
    session: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    session.candidate.write_bytes(b"no sound" * 1000)
    assert main(["report", session.id]) == 3
    assert "--no-audio" in said(capsys)
    assert main(["report", session.id, "--no-audio"]) == 0


def test_a_review_with_a_broken_recording_plays_silence(session: SessionFolder) -> None:
    session.candidate.write_bytes(b"no sound" * 1000)
    assert broken_sides(session) == ("candidate",)
    assert not reader(session)(0.0, 1.0).any()


def test_a_report_in_a_format_there_is_not_is_refused(
    session: SessionFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", session.id, "-o", "mine.pdf"]) == 2
    assert ".pdf" in said(capsys)


@pytest.mark.parametrize(
    "words",
    [
        ("review",),
        ("report",),
        ("judge",),
        ("search", "crane"),
        ("progress", "--plain"),
        ("examples", "--plain"),
        ("calibrate", "--from-sessions"),
        ("drill", "--typed", "--plain"),
        ("import", "talk.wav"),
    ],
)
def test_a_data_folder_that_is_none_is_one_sentence(
    words: tuple[str, ...], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.write_text("a file where a folder should be", encoding="utf-8")
    Path("talk.wav").write_bytes((Path(__file__).parents[1] / "listening" / "sound" / "jfk.flac").read_bytes())
    assert main(list(words)) == 7
    assert str(data) in said(capsys)


def test_none_or_fewer_hits_cannot_be_asked_for(session: SessionFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "queue", "--count", "0"]) == 2
    assert "--count" in said(capsys)


def test_judging_again_leaves_every_earlier_judging_as_it_was(session: SessionFolder) -> None:
    journal = session.journal.read_bytes()
    assert main(["judge", session.id]) == 0
    (first,) = session.path.glob("judged-*.jsonl")
    kept = first.read_bytes()
    assert main(["judge", session.id]) == 0
    assert list(session.path.glob("judged-*.jsonl")) == [first]
    first.write_bytes(kept[: len(kept) // 2])
    earlier = first.read_bytes()
    assert main(["judge", session.id]) == 0
    assert first.read_bytes() == earlier
    assert len(list(session.path.glob("judged-*.jsonl"))) == 2
    assert session.journal.read_bytes() == journal
