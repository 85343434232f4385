"""The candidate's experiences are found by likeness, confirmed by the user, and measured over all sessions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.domain import events as ev
from simulator.domain.errors import BadInputError
from simulator.domain.vocabulary import Facet, FacetState, Outcome
from simulator.models.store import model_path
from simulator.sessions.examples import (
    Example,
    Examples,
    Proposal,
    Telling,
    confirm,
    depth_of,
    examples_text,
    reject,
    remove_telling,
    rename_example,
    settled_before,
)
from simulator.sessions.examples_file import load_examples, save_examples
from simulator.sessions.figures import SessionFigures
from simulator.sessions.library import Library
from simulator.sessions.likeness import TextVectors
from tests.sessions.conftest import Keep
from tests.sessions.made import a_view, told

FERRY = (
    "I was on the booking backend of a ferry company. The board wanted us to survive losing a region. Tomasz wanted "
    "writes in both regions and I wanted one writer with a failover that we practise. I wrote a replay of two weeks of "
    "booking logs and ran it against both designs. For the car deck his design oversold."
)
FERRY_AGAIN = (
    "There was a disagreement at the ferry booking company about two regions. A colleague, Tomasz, was for"
    " active-active writes, I was for a single writer. So I replayed real booking logs against both, and it turned out"
    " that the car deck gets oversold when you merge writes."
)
BAKERY = (
    "At the bakery I planned the shifts. One winter the oven broke on a Sunday and nobody could mend it before Tuesday."
    " I called three other bakeries and rented one of theirs at night, drove the dough there myself and we delivered."
)
ENGINE = "minilm-l6-int8"


@pytest.fixture(scope="session")
def vectors() -> TextVectors:
    return TextVectors(model_path(ENGINE))


@pytest.fixture
def three(keep: Keep, library: Library) -> tuple[Telling, Telling, Telling]:
    """Two tellings of the ferry, one of the bakery between them, and a view."""
    names = [keep(told(text)).id for text in (FERRY, BAKERY, FERRY_AGAIN)]
    keep(a_view())
    library.update()
    first, second, third = (Telling(name, "t1") for name in names)
    return first, second, third


def figures(session: str, **facets: tuple[FacetState, Outcome | None]) -> SessionFigures:
    from simulator.domain.state import replay
    from simulator.sessions.figures import FacetFigures, figures_of

    made = figures_of(replay(told(FERRY)))
    thread = replace(
        made.threads[0],
        facets={Facet(name): FacetFigures(state, state, outcome, 1) for name, (state, outcome) in facets.items()},
    )
    return replace(made, session=session, threads=(thread,))


SUPPORTED, CLAIMED = FacetState.SUPPORTED, FacetState.CLAIMED
PAIR = Example("e1", "The ferry", (Telling("s1", "t1"), Telling("s2", "t1")))


def test_two_tellings_of_one_experience_are_proposed_together(
    three: tuple[Telling, Telling, Telling], library: Library, vectors: TextVectors
) -> None:
    ferry, bakery, again = three
    proposals = library.proposals(vectors, ENGINE)
    assert {proposal.tellings for proposal in proposals} == {(ferry, again), (bakery,)}
    assert next(p for p in proposals if len(p.tellings) == 1).likeness is None


def test_a_new_telling_is_proposed_for_the_example_it_is_like(
    three: tuple[Telling, Telling, Telling], library: Library, vectors: TextVectors
) -> None:
    ferry, bakery, again = three
    library.save_examples(confirm(Examples(), Proposal((ferry,), None, None), "The ferry"))
    joining = next(p for p in library.proposals(vectors, ENGINE) if p.example is not None)
    assert (joining.example, joining.tellings) == ("e1", (again,))
    assert bakery not in joining.tellings


def test_what_was_confirmed_is_not_proposed_again(
    three: tuple[Telling, Telling, Telling], library: Library, vectors: TextVectors
) -> None:
    for proposal in library.proposals(vectors, ENGINE):
        library.save_examples(confirm(library.examples(), proposal, f"Example {proposal.tellings[0].session}"))
    assert library.proposals(vectors, ENGINE) == ()


def test_what_was_turned_down_is_not_proposed_again(
    three: tuple[Telling, Telling, Telling], library: Library, vectors: TextVectors
) -> None:
    ferry, _, again = three
    for proposal in library.proposals(vectors, ENGINE):
        library.save_examples(reject(library.examples(), proposal))
    left = library.proposals(vectors, ENGINE)
    assert {proposal.tellings for proposal in left} == {(ferry,), (again,)}


def test_vectors_are_worked_out_once(
    three: tuple[Telling, Telling, Telling], library: Library, vectors: TextVectors
) -> None:
    asked: list[int] = []

    def embed(texts: list[str]) -> object:
        asked.append(len(texts))
        return vectors(texts)

    library.proposals(embed, ENGINE)
    library.proposals(embed, ENGINE)
    assert asked == [3]


def test_a_new_example_needs_a_name_of_its_own() -> None:
    known = Examples((PAIR,))
    for name in ("", "  ", "The ferry"):
        with pytest.raises(BadInputError):
            confirm(known, Proposal((Telling("s3", "t1"),), None, None), name)


def test_an_example_without_tellings_goes() -> None:
    known = Examples((PAIR,))
    for telling in PAIR.tellings:
        known = remove_telling(known, telling)
    assert known.examples == ()


def test_an_example_can_be_renamed() -> None:
    assert rename_example(Examples((PAIR,)), "The ferry", "Two regions").examples[0].name == "Two regions"
    with pytest.raises(BadInputError):
        rename_example(Examples((PAIR,)), "e7", "x")


def test_depth_is_taken_over_all_sessions() -> None:
    first = figures("s1", own_role=(SUPPORTED, Outcome.HELD), decision=(CLAIMED, Outcome.VAGUE), fault=(CLAIMED, None))
    second = figures("s2", decision=(SUPPORTED, Outcome.HELD), result=(SUPPORTED, None))
    depth = depth_of(PAIR, [second, first])
    assert depth.held == (Facet.OWN_ROLE, Facet.DECISION)
    assert depth.facets[Facet.DECISION].settled_in == Telling("s2", "t1")
    assert depth.facets[Facet.RESULT].state is SUPPORTED
    assert Facet.FAULT in depth.unsettled
    assert depth.lacking == (Facet.HINDSIGHT, Facet.RESULT)


def test_what_was_settled_last_counts() -> None:
    first = figures("s1", own_role=(SUPPORTED, Outcome.HELD))
    second = figures("s2", own_role=(CLAIMED, Outcome.CONTRADICTED))
    own_role = depth_of(PAIR, [first, second]).facets[Facet.OWN_ROLE]
    assert (own_role.outcome, own_role.state) == (Outcome.CONTRADICTED, SUPPORTED)


def test_an_example_is_known_in_depth_when_role_decision_hindsight_and_result_held() -> None:
    held = dict.fromkeys(("own_role", "decision", "hindsight", "result"), (SUPPORTED, Outcome.HELD))
    deep = depth_of(PAIR, [figures("s1", **held)])
    assert deep.in_depth
    assert examples_text([deep]).startswith("1 of 5 examples known in depth.")


def test_the_best_telling_is_the_one_that_said_most_by_itself() -> None:
    plain = figures("s2", own_role=(CLAIMED, None))
    rich = figures("s1", own_role=(SUPPORTED, None), result=(SUPPORTED, None))
    assert depth_of(PAIR, [plain, rich]).best == Telling("s1", "t1")


def test_a_keeper_is_the_best_telling() -> None:
    plain = figures("s2", own_role=(CLAIMED, None))
    thread = plain.threads[0]
    kept = replace(thread, answers=(replace(thread.answers[0], keeper=True),))
    rich = figures("s1", own_role=(SUPPORTED, None), result=(SUPPORTED, None))
    assert depth_of(PAIR, [replace(plain, threads=(kept,)), rich]).best == Telling("s2", "t1")


def test_the_interviewer_learns_what_was_settled_for_the_example_told_last() -> None:
    sessions = [
        figures("s1", own_role=(SUPPORTED, Outcome.HELD)),
        figures("s2", decision=(CLAIMED, Outcome.VAGUE)),
        figures("s3", own_role=(CLAIMED, Outcome.UNKNOWN)),
    ]
    other = Example("e2", "The bakery", (Telling("s3", "t1"),))
    question = sessions[0].threads[0].question
    assert settled_before(Examples((PAIR,)), sessions) == {
        question: {Facet.OWN_ROLE: Outcome.HELD, Facet.DECISION: Outcome.VAGUE}
    }
    assert settled_before(Examples((other, PAIR)), sessions) == {question: {Facet.OWN_ROLE: Outcome.UNKNOWN}}


def test_examples_are_kept_for_their_owner_only(tmp_path: Path) -> None:
    apart = frozenset({(Telling("s1", "t1"), Telling("s3", "t1"))})
    known = Examples((PAIR,), apart, frozenset({Telling("s9", "t2")}))
    save_examples(tmp_path / "a" / "examples.json", known)
    assert load_examples(tmp_path / "a" / "examples.json") == known
    assert (tmp_path / "a" / "examples.json").stat().st_mode & 0o777 == 0o600


def test_a_broken_file_of_examples_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "examples.json").write_text("{")
    with pytest.raises(BadInputError):
        load_examples(tmp_path / "examples.json")
    assert (tmp_path / "examples.json").read_text() == "{"


def test_a_deleted_session_leaves_the_examples(keep: Keep, library: Library) -> None:
    one, two = keep(told(FERRY)), keep(told(FERRY_AGAIN))
    library.update()
    pair = Proposal((Telling(one.id, "t1"), Telling(two.id, "t1")), None, 0.8)
    library.save_examples(confirm(Examples(), pair, "The ferry"))
    library.delete(one)
    assert library.examples().examples[0].tellings == (Telling(two.id, "t1"),)
    library.delete(two)
    assert library.examples().examples == ()


def test_a_session_in_which_nothing_was_told_is_no_telling(keep: Keep, library: Library, vectors: TextVectors) -> None:
    keep([ev.SessionStarted(session="s", started_at="")])
    library.update()
    assert library.proposals(vectors, ENGINE) == ()
