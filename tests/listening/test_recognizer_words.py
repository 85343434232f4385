"""How hypotheses become words that don't change."""

from __future__ import annotations

from simulator.domain.words import Word
from simulator.listening.recognizer_look import cut_loop, echoed
from simulator.listening.wordstream import WordStream, unconfirmed

DOUBTED = 0.5


def words(text: str, start_s: float = 0.0, step_s: float = 0.4, probability: float = DOUBTED) -> tuple[Word, ...]:
    return tuple(
        Word(t, start_s + i * step_s, start_s + (i + 1) * step_s, probability) for i, t in enumerate(text.split())
    )


def text(found: tuple[Word, ...] | list[Word]) -> str:
    return " ".join(word.text for word in found)


def test_a_word_is_confirmed_when_two_hypotheses_agree_on_it() -> None:
    stream = WordStream()
    assert stream.offer(words("we had a"), heard_s=2.0) == ()
    assert text(stream.offer(words("We had an outage"), heard_s=2.0)) == "We had"
    assert text(stream.partial) == "an outage"


def test_a_word_at_the_very_end_of_the_sound_waits() -> None:
    stream = WordStream()
    stream.offer(words("we had"), heard_s=0.8)
    assert text(stream.offer(words("we had"), heard_s=0.8)) == "we"


def test_a_sure_word_that_others_follow_is_confirmed_at_once() -> None:
    stream = WordStream()
    assert text(stream.offer(words("we had an", probability=0.95), heard_s=1.2)) == "we had"
    assert text(stream.partial) == "an"


def test_nothing_is_confirmed_past_a_doubted_word() -> None:
    doubted, sure = words("we"), words("had an outage", start_s=0.4, probability=0.95)
    assert WordStream().offer((*doubted, *sure), heard_s=3.0) == ()


def test_confirmed_words_are_not_confirmed_again_when_the_window_still_holds_them() -> None:
    stream = WordStream()
    stream.offer(words("we had an outage"), heard_s=3.0)
    stream.offer(words("we had an outage"), heard_s=3.0)
    added = stream.conclude(words("We had an outage on Monday."))
    assert text(added) == "on Monday."


def test_a_window_that_begins_after_the_confirmed_words_gives_only_new_ones() -> None:
    stream = WordStream(confirmed=words("we had an outage"))
    assert text(stream.conclude(words("on a Monday", start_s=1.7))) == "on a Monday"


def test_a_window_that_begins_amid_the_confirmed_words_is_joined_where_they_match() -> None:
    assert text(unconfirmed(words("an outage on Monday", start_s=0.9), words("we had an outage"))) == "on Monday"


def test_a_word_said_twice_is_kept_twice() -> None:
    stream = WordStream(confirmed=words("it was very"))
    assert text(stream.conclude(words("it was very very bad"))) == "very bad"


def test_times_never_go_back() -> None:
    stream = WordStream(confirmed=words("one two"))
    (word,) = stream.conclude((Word("three", 0.7, 0.75),))
    assert word.start_s == stream.confirmed[1].end_s
    assert word.end_s >= word.start_s


def test_a_phrase_that_repeats_itself_for_good_is_cut() -> None:
    assert cut_loop([5, 1, 2, 3, 1, 2, 3, 1, 2, 3]) == [5, 1, 2, 3]


def test_a_word_said_four_times_is_no_loop() -> None:
    assert cut_loop([5, 1, 1, 1, 1, 6]) == [5, 1, 1, 1, 1, 6]


def test_a_sentence_written_twice_over_the_same_sound_is_known() -> None:
    twice = (*words("and so my fellow"), *(Word(t, 1.6, 1.6) for t in ["And", "so", "my", "fellow"]))
    assert echoed(twice) == 4


def test_a_sentence_really_said_twice_is_kept() -> None:
    assert echoed(words("ask not ask not")) == 0


def test_a_word_that_is_written_in_two_is_not_confirmed_again() -> None:
    stream = WordStream(confirmed=words("should be good Alright,"))
    assert text(stream.conclude(words("should be good. All right, thanks.", step_s=0.35))) == "thanks."


def test_a_short_new_word_is_not_taken_for_one_said_before() -> None:
    said = "what your country can do for you"
    stream = WordStream(confirmed=words(said))
    later = words(f"{said} ask what you can do", start_s=-0.5)
    assert text(stream.conclude(later)) == "ask what you can do"
