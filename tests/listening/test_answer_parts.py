from __future__ import annotations

from simulator.domain.hearing import FillersFound, Revised
from simulator.domain.words import Filler, Word
from simulator.listening.answer_parts import Parts


def words(text: str, start_s: float) -> tuple[Word, ...]:
    return tuple(Word(w, start_s + i, start_s + i + 0.5) for i, w in enumerate(text.split()))


def test_a_second_look_at_one_part_keeps_the_other():
    parts = Parts()
    parts.part_ended(words("one too", 0.0), 5.0)
    parts.part_ended((*words("one too", 0.0), *words("three for", 6.0)), 10.0)
    assert parts.revised(Revised("a1", words("one two", 0.0), "w")).words == (
        *words("one two", 0.0),
        *words("three for", 6.0),
    )
    assert parts.revised(Revised("a1", words("three four", 6.0), "w")).words == (
        *words("one two", 0.0),
        *words("three four", 6.0),
    )


def test_fillers_of_all_parts_come_together():
    parts = Parts()
    parts.part_ended((), 5.0)
    first, second = Filler("um", 1.0, 1.2, 0.9, "sound"), Filler("uh", 6.0, 6.2, 0.9, "sound")
    parts.found(FillersFound("a1", (first,)))
    assert parts.found(FillersFound("a1", (second,))).fillers == (first, second)
