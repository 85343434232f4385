"""The candidate's examples over the library: what is known of each, and which tellings seem to belong together."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.models.store import model_path
from simulator.sessions.examples import ExampleDepth, Examples, Proposal, Telling, story_tellings
from simulator.sessions.library import Library
from simulator.sessions.likeness import TextVectors
from simulator.sessions.tellings import texts_of

VECTORS = "minilm-l6-int8"
"""The model that tells how alike two tellings are."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library holds of examples.

    Attributes:
        known: what the user has confirmed and turned down.
        depths: how far each example is known, in the examples' order.
        proposals: tellings that wait for the user's word.
        openings: the first words of each telling, to know it by.
    """

    known: Examples
    depths: tuple[ExampleDepth, ...]
    proposals: tuple[Proposal, ...]
    openings: dict[Telling, str]


def shelf_of(library: Library) -> Shelf:
    """Give the examples of a library whose index is up to date.

    Raises:
        ModelError: the sentence vectors' model is missing; `interview setup` fetches it.
    """
    openings = texts_of(library.index, story_tellings(library.figures()))
    proposals: tuple[Proposal, ...] = ()
    if openings:
        # Loaded only where there is something to tell alike; what has a vector already keeps it in the index.
        proposals = library.proposals(TextVectors(model_path(VECTORS)), VECTORS)
    first = {telling: _first_words(text) for telling, text in openings.items()}
    return Shelf(library.examples(), library.depths(), proposals, first)


def _first_words(text: str, most: int = 14) -> str:
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
