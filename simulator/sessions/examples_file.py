"""Where the examples are kept: one JSON file of the user's, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.domain.errors import BadInputError, StorageError
from simulator.sessions.examples import Example, Examples, Telling


class _Telling(BaseModel):
    model_config = ConfigDict(extra="forbid")
    session: str
    thread: str


class _Example(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    name: str
    tellings: list[_Telling]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    examples: list[_Example] = []
    apart: list[tuple[_Telling, _Telling]] = []
    passed: list[_Telling] = []


def load_examples(path: Path) -> Examples:
    """Read the examples; none where there is no file yet.

    Raises:
        BadInputError: the file is not what this program wrote.
    """
    try:
        kept = _File.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Examples()
    except (OSError, ValidationError) as error:
        raise BadInputError(f"The examples in {path} cannot be read.", "Mend or remove the file.") from error

    def plain(telling: _Telling) -> Telling:
        return Telling(telling.session, telling.thread)

    return Examples(
        tuple(Example(each.id, each.name, tuple(map(plain, each.tellings))) for each in kept.examples),
        frozenset((plain(a), plain(b)) for a, b in kept.apart),
        frozenset(map(plain, kept.passed)),
    )


def save_examples(path: Path, known: Examples) -> None:
    """Write the examples, whole or not at all, for their owner only.

    Raises:
        StorageError: the file cannot be written.
    """

    def plain(telling: Telling) -> _Telling:
        return _Telling(session=telling.session, thread=telling.thread)

    file = _File(
        examples=[_Example(id=e.id, name=e.name, tellings=[plain(t) for t in e.tellings]) for e in known.examples],
        apart=[(plain(a), plain(b)) for a, b in sorted(known.apart)],
        passed=[plain(t) for t in sorted(known.passed)],
    )
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(file.model_dump_json(indent=2))
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except OSError as error:
        raise StorageError(f"The examples cannot be written: {error.strerror}.", f"Free or unlock {path}.") from error
