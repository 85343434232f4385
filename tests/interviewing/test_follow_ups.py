"""The follow-ups as they are heard: over whole interviews with the simulated candidates of the development data."""

from __future__ import annotations

import re
from functools import lru_cache

import pytest

from simulator.domain import events as ev
from simulator.domain.moves import Ask, Plan, Probe
from simulator.domain.state import SessionState
from simulator.domain.vocabulary import STORY_FACETS, Facet, Reply
from simulator.interviewing.phrases import Phrase, Slot
from simulator.interviewing.phrasing import DOUBLE_LEAD, Phraser, check_words
from simulator.interviewing.wordings import When, load_wordings
from tests.interviewing.sitting import Said, Truth, candidates, pack_of, question, sit

WORDINGS = load_wordings()
LEADS = [s for kind in WORDINGS.acknowledge.values() for s in kind] + list(WORDINGS.lead_ins)


@lru_cache(maxsize=1)
def interviews() -> tuple[tuple[ev.ProbeAsked, ...], ...]:
    """The probes of each candidate's thread, pushbacks and the candidate's own questions left out."""
    truths = [Truth(row) for row in candidates()]
    sittings = [sit(truth.pack, Plan(minutes=600, seed=number), truth) for number, truth in enumerate(truths)]
    return tuple(
        tuple(e for e in sitting.events if isinstance(e, ev.ProbeAsked) and not e.pushback and e.thread == "t1")
        for sitting in sittings
    )


def without_lead(text: str) -> str:
    lead = next((lead for lead in LEADS if text.startswith(f"{lead} ")), "")
    return text.removeprefix(lead).strip()


def test_every_follow_up_passes_the_check_of_any_words() -> None:
    for probes in interviews():
        asked: list[str] = []
        for probe in probes:
            problems = check_words(probe.text, probe.facet, asked)
            # Whether a question is on its facet is told by its words; ours were read by people instead.
            assert [problem for problem in problems if "not about" not in problem] == [], probe.text
            asked.append(probe.text)


def test_more_than_half_of_the_follow_ups_to_a_story_take_up_the_candidate_s_words() -> None:
    probes = [probe for thread in interviews() for probe in thread if probe.facet in STORY_FACETS]
    assert sum("takes up" in probe.reason for probe in probes) > 0.5 * len(probes)


def test_three_follow_ups_in_a_row_do_not_begin_alike() -> None:
    for probes in interviews():
        beginnings = [" ".join(without_lead(probe.text).split()[:2]) for probe in probes]
        assert all(len(set(beginnings[i : i + 3])) > 1 for i in range(len(beginnings) - 2)), beginnings


def test_no_follow_up_begins_twice() -> None:
    for probes in interviews():
        for probe in probes:
            rest = without_lead(probe.text)
            assert rest == probe.text or not DOUBLE_LEAD.match(rest), probe.text


def test_what_is_taken_up_was_said() -> None:
    for row, probes in zip(candidates(), interviews(), strict=True):
        texts = [row["opening"], *(t for f in row["facets"].values() for t in [*f["levels"], *f["limit"]["replies"]])]
        texts.append(row["pushback"]["reply"])
        said = set(re.findall(r"[\w'-]+", " ".join(texts).lower()))
        for probe in probes:
            quoted = re.search(r"takes up '(.+?)(?: …)?'$", probe.reason)
            if quoted is not None:
                assert set(re.findall(r"[\w'-]+", quoted.group(1).lower())) <= said, probe.reason


def test_what_was_said_beside_the_point_is_not_taken_up() -> None:
    beside = "We had a lovely canteen, and the canteen cook made the pumpkin soup. I built a paper boat."

    def answering(move: Ask | Probe, state: SessionState) -> Said:
        if isinstance(move, Ask):
            return Said("In March 2021 I stopped the harbour crane, because it had failed twice.", takes_s=150)
        return Said(f"{beside} That was {len(state.answers)}.", Reply.EVADED)

    sitting = sit(pack_of(question(tests=[Facet.FAULT, Facet.RESULT])), Plan(minutes=0), answering)
    texts = [probe.text for probe in sitting.probes]
    assert len(texts) >= 4
    assert not any(re.search(r"canteen|soup|boat", text) for text in texts), texts


@pytest.mark.parametrize("facet", [Facet.DECISION, Facet.ALTERNATIVES, Facet.RESULT, Facet.LEARNING])
def test_a_phrase_that_is_worth_it_is_taken_up_whatever_was_asked_last(facet: Facet) -> None:
    asked = ["You said you ran the trains. What else?", "You mentioned 40 trains. How many more?"]
    phrase = Phrase(Slot.DID, "you wrote a replay", "I wrote a replay")
    worded = Phraser(WORDINGS, 1).probe(facet, When.FIRST, [phrase], asked)
    assert worded.taken_up == (phrase,)
