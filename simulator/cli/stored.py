"""Opening a stored session for a command: what cannot be read of it is said, and an empty one is refused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from simulator.domain.errors import BadInputError

if TYPE_CHECKING:
    from simulator.sessions.library import Library
    from simulator.sessions.loading import LoadedSession


def opened(library: Library, session: str) -> LoadedSession:
    """Give a session that a command was asked for; lines of its journal that had to be left out are told on stderr.

    Args:
        library: where it is kept.
        session: id, part of one, or "last".

    Raises:
        BadInputError: there is none, or nothing of its record can be read.
    """
    loaded = library.load(session)
    if not loaded.state.session:
        raise BadInputError(
            f"Nothing of the record of {loaded.folder.id} can be read: {loaded.folder.journal}.",
            f"`interview sessions delete {loaded.folder.id}` removes it.",
        )
    for problem in loaded.problems:
        print(f"interview: {problem.message}", file=sys.stderr)
    return loaded
