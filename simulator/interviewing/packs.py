"""Packs: the opening questions of an interview, read from TOML that a user can write."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.config.paths import config_dir, shipped
from simulator.domain.errors import BadInputError
from simulator.domain.moves import Question
from simulator.domain.vocabulary import Facet, ThreadKind, facets_of

LARGEST_PACK_BYTES = 1_000_000
"""No pack that a person writes is larger; a file that is, is something else."""

CLOSING_ID = "closing"
"""Id of the thread in which the candidate asks; no question of a pack may take it."""

OPENING = (
    "Hello, and thank you for taking the time.",
    "I will ask you a question, listen, and then follow up on what you tell me. Take the time you need to think.",
)
INVITATION = "We have a little time left. What would you like to ask me?"
ANSWERS = (
    "I can't speak for a company here, since this is a rehearsal. I have taken the question down.",
    "In a rehearsal I have no answer to give you, but the question is in the record.",
    "That one would be for the real interviewer. I note it as you asked it.",
)
FAREWELL = ("Thank you. That is the end of our interview.",)


@dataclass(frozen=True, slots=True)
class Closing:
    """How the interview ends.

    Attributes:
        invitation: the question that invites the candidate's own questions.
        answers: what the interviewer says to them, neutral, one at a time.
        farewell: the last words.
    """

    invitation: str = INVITATION
    answers: tuple[str, ...] = ANSWERS
    farewell: tuple[str, ...] = FAREWELL


@dataclass(frozen=True, slots=True)
class Pack:
    """A set of opening questions with what each one tests.

    Attributes:
        name: short name, as given on the command line.
        title: for people.
        description: what it rehearses.
        opening: the interviewer's first words.
        closing: the end of the interview.
        questions: the opening questions, in the file's order.
        core: ids of the questions that are asked before others of their kind.
        themes: question id to words that a briefing may use for what it is about.
        file: where it was read from.
    """

    name: str
    questions: tuple[Question, ...]
    title: str = ""
    description: str = ""
    opening: tuple[str, ...] = OPENING
    closing: Closing = Closing()
    core: frozenset[str] = frozenset()
    themes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    file: Path | None = None

    def question(self, question_id: str) -> Question:
        """Give a question by its id.

        Raises:
            BadInputError: the pack has no such question.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        known = ", ".join(q.id for q in self.questions)
        raise BadInputError(
            f"The pack {self.name} has no question with the id {question_id}.", f"Its questions are: {known}."
        )


@dataclass(frozen=True, slots=True)
class PackSummary:
    """What a listing shows of a pack; `problem` says why it cannot be used, "" if it can."""

    name: str
    title: str
    description: str
    stories: int
    views: int
    file: Path
    own: bool
    """Whether it is the user's, from the config folder."""
    problem: str = ""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class _QuestionTable(_Table):
    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")
    kind: ThreadKind
    text: str = Field(min_length=1, max_length=600)
    tests: tuple[Facet, ...] = ()
    topic: str = ""
    core: bool = False
    themes: tuple[str, ...] = ()


class _ClosingTable(_Table):
    invitation: str = Field(default=INVITATION, min_length=1)
    answers: tuple[str, ...] = Field(default=ANSWERS, min_length=1)
    farewell: tuple[str, ...] = FAREWELL


class _PackTable(_Table):
    name: str = Field(min_length=1)
    title: str = ""
    description: str = ""
    opening: tuple[str, ...] = OPENING
    closing: _ClosingTable = _ClosingTable()
    questions: tuple[_QuestionTable, ...] = Field(min_length=1)


EXPECTED = {
    "id": "an id of letters, digits, '-', '_' or '.', such as \"ownership\"",
    "kind": 'kind = "story" or kind = "view"',
    "text": 'text = "…", the question as it is spoken, at most 600 characters',
    "topic": 'topic = "…", the name of a file in prompts/topics',
    "core": "core = true or core = false",
    "themes": 'themes = ["…", "…"], words that a briefing may use for it',
    "name": 'name = "…", the pack\'s short name',
    "title": 'title = "…"',
    "description": 'description = "…"',
    "opening": 'opening = ["…", "…"], the interviewer\'s first words',
    "closing": 'a table [closing] with invitation = "…", answers = ["…"] and farewell = ["…"]',
    "invitation": 'invitation = "…", the question that invites the candidate\'s own questions',
    "answers": 'answers = ["…"], at least one',
    "farewell": 'farewell = ["…"]',
    "questions": "at least one table [[questions]] with id, kind and text",
}
"""What is expected for each key, for the message of a malformed pack."""


def load_pack(name_or_file: str) -> Pack:
    """Read a pack by its name (the user's own first) or from a file.

    Raises:
        BadInputError: there is no such pack, or it is malformed; names file, line and what is expected.
    """
    given = Path(name_or_file).expanduser()
    if given.suffix == ".toml" or len(given.parts) > 1:
        return read_pack(given)
    for folder in _folders():
        file = folder / f"{name_or_file}.toml"
        if file.is_file():
            return read_pack(file)
    known = ", ".join(summary.name for summary in list_packs())
    raise BadInputError(
        f"There is no pack called {name_or_file}.",
        f"The packs are: {known}. A pack file of your own is given by its path, or lies in {_folders()[0]}.",
    )


def list_packs() -> list[PackSummary]:
    """Give the packs that can be asked for by name, the user's own first; malformed ones with their problem."""
    found: dict[str, PackSummary] = {}
    for folder in _folders():
        for file in sorted(folder.glob("*.toml")) if folder.is_dir() else ():
            if file.stem not in found:
                found[file.stem] = _summary(file, own=folder == _folders()[0])
    return list(found.values())


def _folders() -> tuple[Path, Path]:
    return config_dir() / "packs", shipped("prompts") / "packs"


def _summary(file: Path, *, own: bool) -> PackSummary:
    try:
        pack = read_pack(file)
    except BadInputError as error:
        return PackSummary(file.stem, "", "", 0, 0, file, own, problem=error.message)
    stories = sum(q.kind is ThreadKind.STORY for q in pack.questions)
    return PackSummary(file.stem, pack.title, pack.description, stories, len(pack.questions) - stories, file, own)


def read_pack(file: Path) -> Pack:
    """Read a pack from a file.

    Raises:
        BadInputError: the file cannot be read or is malformed; names file, line and what is expected.
    """
    text = _read(file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInputError(f"The pack {file} is no valid TOML: {error}.", "Mend that line.") from error
    try:
        table = _PackTable.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise _malformed(file, text, first["loc"], _problem(first["type"], first["loc"])) from error
    _check_questions(file, text, table.questions)
    return _pack(table, file)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_PACK_BYTES:
            raise BadInputError(
                f"The file {file} is too large for a pack.", "A pack is a TOML file of at most 1 MB, see docs/packs.md."
            )
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInputError(
            f"The pack {file} cannot be read: {error.strerror or error}.",
            "Check the path; packs by name are listed by `interview packs`.",
        ) from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"The pack {file} is no UTF-8 text.", "Save it as UTF-8.") from error


def _problem(kind: str, loc: Sequence[int | str]) -> str:
    keys = [part for part in loc if isinstance(part, str)]
    key = keys[-1] if keys else ""
    expected = EXPECTED.get(key, "")
    if key == "tests":
        expected = 'tests = ["…"] with facets, which are: ' + ", ".join(Facet)
    match kind:
        case "extra_forbidden":
            table = "a question" if "questions" in keys else "a pack"
            return f"the key {key} is not one of {table}'s; see docs/packs.md for the keys that there are"
        case "missing":
            return f"the key {key} is missing; expected {expected}"
        case _:
            return f"the value of {key} is not right; expected {expected}"


def _check_questions(file: Path, text: str, questions: Sequence[_QuestionTable]) -> None:
    seen: set[str] = set()
    for i, question in enumerate(questions):
        if question.id in seen or question.id == CLOSING_ID:
            why = "is taken by the end of the interview" if question.id == CLOSING_ID else "stands twice"
            raise _malformed(
                file, text, ("questions", i, "id"), f"the id {question.id} {why}; expected an id of its own"
            )
        seen.add(question.id)
        allowed = facets_of(question.kind)
        for facet in question.tests:
            if facet not in allowed:
                raise _malformed(
                    file,
                    text,
                    ("questions", i, "tests"),
                    f"a {question.kind} question cannot test {facet}; expected some of: {', '.join(allowed)}",
                )


def _malformed(file: Path, text: str, loc: Sequence[int | str], problem: str) -> BadInputError:
    return BadInputError(
        f"The pack {file} is malformed at line {line_of(text, loc)}: {problem}.",
        "Mend that line; docs/packs.md shows a whole pack.",
    )


def line_of(text: str, loc: Sequence[int | str]) -> int:
    """Give the line (from 1) of a key, or of the table that it should stand in, in a TOML text.

    Args:
        text: the TOML.
        loc: keys and positions from the root, as pydantic gives them.
    """
    lines = text.splitlines()
    first, last = 0, len(lines)
    at = 1
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            continue
        index = loc[depth + 1] if depth + 1 < len(loc) else None
        header = next(_headers(lines, part, index if isinstance(index, int) else 0), None)
        if header is not None:
            first = header
            last = next((i for i in range(header + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
            at = header + 1
            continue
        key = re.compile(rf"\s*[\"']?{re.escape(part)}[\"']?\s*=")
        at = next((i + 1 for i in range(first, last) if key.match(lines[i])), at)
    return at


def _headers(lines: Sequence[str], table: str, index: int) -> Iterator[int]:
    """Give the line (from 0) of the table's n-th header."""
    header = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
    yield from [i for i, line in enumerate(lines) if header.match(line)][index : index + 1]


def _pack(table: _PackTable, file: Path) -> Pack:
    return Pack(
        name=table.name,
        title=table.title or table.name,
        description=table.description,
        opening=table.opening,
        closing=Closing(table.closing.invitation, table.closing.answers, table.closing.farewell),
        questions=tuple(
            Question(q.id, q.kind, q.text, tuple(dict.fromkeys(q.tests)) or facets_of(q.kind), q.topic)
            for q in table.questions
        ),
        core=frozenset(q.id for q in table.questions if q.core),
        themes=tuple((q.id, q.themes) for q in table.questions if q.themes),
        file=file,
    )
