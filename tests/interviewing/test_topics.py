"""Topics of views and the arguments against what was said."""

from __future__ import annotations

import pytest

from simulator.interviewing.phrasing import MOST_WORDS, PRAISE
from simulator.interviewing.topics import GENERAL, Topic, counter_argument, load_topics, topic_of

TOPICS = load_topics()

WANTED = {
    "interpretability",
    "preference-training",
    "constitutional",
    "oversight",
    "evaluations",
    "deployment",
    "open-weights",
    "governance",
    "misuse",
    "power",
    "labour",
    "existential-risk",
    "company",
    GENERAL,
}


def test_every_wanted_topic_is_there() -> None:
    assert set(TOPICS) >= WANTED


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda t: t.name)
def test_arguments_are_short_with_one_question_and_a_source(topic: Topic) -> None:
    assert len(topic.arguments) >= 6
    for argument in topic.arguments:
        assert len(argument.text.split()) <= MOST_WORDS, argument.text
        assert argument.text.count("?") == 1, argument.text
        assert argument.text.endswith("?"), argument.text
        assert not PRAISE.search(argument.text), argument.text
        assert len(argument.source) > 20, argument.text


@pytest.mark.parametrize("topic", TOPICS.values(), ids=lambda t: t.name)
def test_a_topic_argues_against_more_than_one_side_and_against_any_view(topic: Topic) -> None:
    sides = {a.against for a in topic.arguments if a.cues}
    assert len(sides) >= 2
    assert any(not a.cues for a in topic.arguments)


@pytest.mark.parametrize(
    ("view", "topic"),
    [
        ("Sparse autoencoders let us read features inside a model.", "interpretability"),
        ("RLHF makes models flatter their raters.", "preference-training"),
        ("We should publish open weights, as with Llama.", "open-weights"),
        ("Evals and red teaming are what I trust.", "evaluations"),
        ("A licence from a government regulator, that's what I want.", "governance"),
        ("I would build a mower that stops for hares.", GENERAL),
    ],
)
def test_the_topic_is_found_in_the_words(view: str, topic: str) -> None:
    assert topic_of("", "What do you think?", view, TOPICS).name == topic


def test_the_questions_topic_counts_where_the_words_say_little() -> None:
    assert topic_of("labour", "What will happen?", "I am not sure about it.", TOPICS).name == "labour"


@pytest.mark.parametrize(
    ("topic", "view", "against"),
    [
        (
            "interpretability",
            "I think looking inside lets us detect deception, it is the most promising way.",
            "optimist",
        ),
        ("interpretability", "It's a waste of money, never once did looking inside help us.", "sceptic"),
        ("open-weights", "Models should be open, open is how research gets done.", "open"),
        ("open-weights", "Too dangerous, they shouldn't be released to bad actors.", "closed"),
        ("deployment", "Hold it back, it's not ready, we are going too fast.", "cautious"),
        ("deployment", "Ship early and learn from real users.", "optimist"),
        ("existential-risk", "Overrated is misalignment, underrated is correlation of models.", "sceptic"),
        ("labour", "People will lose their jobs, mass unemployment, I worry.", "alarmed"),
        ("labour", "History shows there are always new jobs and we adapt.", "optimist"),
    ],
)
def test_the_argument_is_against_what_was_said(topic: str, view: str, against: str) -> None:
    found = counter_argument(TOPICS[topic], TOPICS[GENERAL], view, (), 1)
    assert found is not None
    assert found[0].against == against


def test_no_argument_is_used_twice_in_a_session() -> None:
    asked: list[str] = []
    for _ in range(6):
        found = counter_argument(TOPICS["labour"], TOPICS[GENERAL], "People will lose their jobs.", asked, 1)
        assert found is not None
        assert found[0].text not in asked
        asked.append(found[0].text)
