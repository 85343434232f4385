"""An answer that was taken for finished and went on: the recognizer's later looks at its parts, put together. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from simulator.domain.hearing import FillersFound, Revised
from simulator.domain.words import Filler, Word


@dataclass(slots=True)
class Parts:
    """What is known of an answer's parts, which meet at `seams_s` on the session's clock.

    The recognizer takes each part for a whole answer of that name, so what it says of one part must not
    replace what is known of the others.
    """

    seams_s: list[float] = field(default_factory=list)
    _words: list[tuple[Word, ...]] = field(default_factory=list)
    _counted: int = 0
    _fillers: dict[int, tuple[Filler, ...]] = field(default_factory=dict)

    def part_ended(self, confirmed: tuple[Word, ...], at_s: float) -> None:
        """Take the answer's confirmed words at the end of a part, earlier parts' included."""
        self._words.append(confirmed[self._counted :])
        self._counted = len(confirmed)
        self.seams_s.append(at_s)

    def revised(self, look: Revised) -> Revised:
        """Give a second look at one part as one at the whole answer."""
        if look.words:
            place = self._part_at(look.words[0].start_s)
            while len(self._words) <= place:
                self._words.append(())
            self._words[place] = look.words
        return replace(look, words=tuple(word for words in self._words for word in words))

    def found(self, search: FillersFound) -> FillersFound:
        """Give the fillers found in one part together with those found in the others."""
        if search.fillers:
            self._fillers[self._part_at(search.fillers[0].start_s)] = search.fillers
        return replace(search, fillers=tuple(f for part in sorted(self._fillers) for f in self._fillers[part]))

    def _part_at(self, at_s: float) -> int:
        return bisect_right(self.seams_s, at_s)
