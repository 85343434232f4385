"""The candidate's examples over the library: what is known of each, and which tellings seem to belong together."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.models.store import model_path
from simulator.sessions.examples import ExampleDepth, Examples, Proposal, Telling, depth_of, propose, story_tellings
from simulator.sessions.examples_file import load_examples
from simulator.sessions.figures import SessionFigures
from simulator.sessions.library import Library
from simulator.sessions.likeness import TextVectors


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
    figures: tuple[SessionFigures, ...] = library.figures()
    known = load_examples(library.examples_path)
    tellings = story_tellings(figures)
    texts = {telling: _opening(library, telling) for telling in tellings}
    told = {telling: text for telling, text in texts.items() if text}
    proposals: tuple[Proposal, ...] = ()
    if told:
        vectors = TextVectors(model_path("minilm-l6-int8"))(list(told.values()))
        proposals = propose(dict(zip(told, vectors, strict=True)), known)
    depths = tuple(depth_of(example, figures) for example in known.examples)
    return Shelf(known, depths, proposals, {telling: _first_words(text) for telling, text in told.items()})


def _opening(library: Library, telling: Telling) -> str:
    state = library.load(telling.session).state
    thread = state.threads.get(telling.thread)
    initial = next((state.answers[a] for a in thread.answers if state.answers[a].initial), None) if thread else None
    return initial.text if initial is not None else ""


def _first_words(text: str, most: int = 14) -> str:
    words = text.split()
    return " ".join(words[:most]) + (" …" if len(words) > most else "")
