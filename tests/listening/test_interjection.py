from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from simulator.domain.words import words_of
from simulator.listening.activity import FRAME_S, Frame
from simulator.listening.interjection import HUM_LIMIT_S, MEANT_S, WORDS_LIMIT_S, Interjection, Overheard, Verdict

ECHO = (0.02, -55.0, -32.0)
VOICE = (0.9, -25.0, -2.0)
HIDDEN = (0.12, -35.0, -6.0)
"""Voice that Silero hardly sees, since both speak, but that the canceller kept."""
SILENCE = (0.01, -70.0, -1.0)


class Talk:
    """One utterance of the interviewer's, and what is heard over it."""

    def __init__(self, *, hum: bool = False, cancels: bool = True) -> None:
        self.interjection = Interjection(lambda _since_s: hum)
        self.now_s = 0.0
        self.verdicts: list[tuple[float, Verdict]] = []
        self._cancels = cancels

    def hears(self, what: tuple[float, float, float], seconds: float) -> Talk:
        for _ in range(max(1, round(seconds / FRAME_S))):
            self.now_s += FRAME_S
            heard = Overheard(Frame(self.now_s, what[0]), what[1], what[2] if self._cancels else None)
            verdict = self.interjection.hear(heard)
            if verdict is not None:
                self.verdicts.append((self.now_s, verdict))
        return self

    def is_told(self, text: str) -> Talk:
        self.interjection.words(words_of(text, 0, 0), current=True)
        return self

    @property
    def came(self) -> list[Verdict]:
        return [verdict for _, verdict in self.verdicts]


def test_the_interviewer_holds_within_an_eighth_of_a_second_of_voice():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.2)
    assert talk.came == [Verdict.HOLD]
    assert talk.verdicts[0][0] - 1.0 < 0.125


def test_voice_that_the_echo_hides_from_the_voice_activity_makes_it_hold_too():
    assert Talk().hears(ECHO, 1.0).hears(HIDDEN, 0.2).came == [Verdict.HOLD]


def test_the_echo_of_its_own_voice_does_not():
    assert Talk().hears(ECHO, 60.0).came == []


def test_a_click_does_not():
    assert Talk().hears(ECHO, 1.0).hears(VOICE, FRAME_S).hears(ECHO, 1.0).came == []


def test_who_speaks_on_takes_the_turn():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, MEANT_S + 0.2)
    assert talk.came == [Verdict.HOLD, Verdict.MEANT]


def test_words_that_mean_it_take_the_turn_sooner():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.5).is_told("Wait, which project").hears(VOICE, 0.1)
    assert talk.came == [Verdict.HOLD, Verdict.MEANT]


def test_okay_lets_the_interviewer_go_on():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.45).is_told("Okay.").hears(SILENCE, 0.4)
    assert talk.came == [Verdict.HOLD, Verdict.GO_ON]


def test_a_cough_lets_it_go_on_whatever_the_recognizer_makes_of_it():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.4).is_told("Thank you.").hears(SILENCE, 0.4)
    assert talk.came == [Verdict.HOLD, Verdict.GO_ON]


def test_a_noise_without_words_lets_it_go_on_after_a_while():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.5).hears(SILENCE, WORDS_LIMIT_S + 0.1)
    assert talk.came == [Verdict.HOLD, Verdict.GO_ON]


def test_a_noise_too_short_for_a_word_costs_a_quarter_of_a_second():
    assert Talk().hears(ECHO, 1.0).hears(VOICE, 0.2).hears(SILENCE, 0.3).came == [Verdict.HOLD, Verdict.GO_ON]


def test_a_guess_at_the_words_of_something_short_is_not_trusted_before_it_is_over():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.5)
    talk.interjection.words(words_of("Eyes, eyes.", 0, 0), current=False)
    assert talk.hears(VOICE, 0.1).came == [Verdict.HOLD]


def test_mhm_does_not_even_make_it_hold():
    assert Talk(hum=True).hears(ECHO, 1.0).hears(VOICE, HUM_LIMIT_S - 0.1).hears(SILENCE, 1.0).came == []


def test_words_that_come_late_still_take_the_turn():
    talk = Talk().hears(ECHO, 1.0).hears(VOICE, 0.5).hears(SILENCE, WORDS_LIMIT_S + 0.1)
    assert talk.is_told("Sorry, which one?").hears(ECHO, 0.1).came == [Verdict.HOLD, Verdict.GO_ON, Verdict.MEANT]


def test_with_headphones_voice_alone_counts():
    assert Talk(cancels=False).hears(VOICE, 0.1).came == [Verdict.HOLD]
    assert Talk(cancels=False).hears(HIDDEN, 1.0).came == []


def test_after_the_turn_is_taken_nothing_more_is_said():
    assert Talk().hears(VOICE, 5.0).came == [Verdict.HOLD, Verdict.MEANT]


@given(st.lists(st.tuples(st.sampled_from([ECHO, VOICE, HIDDEN, SILENCE]), st.floats(0.03, 2.0)), max_size=12))
def test_every_hold_is_followed_by_its_end(parts: Iterable[tuple[tuple[float, float, float], float]]):
    talk = Talk()
    for what, seconds in parts:
        talk.hears(what, seconds)
    talk.hears(SILENCE, 2.0)
    came = talk.came
    assert came.count(Verdict.HOLD) == came.count(Verdict.GO_ON) + came.count(Verdict.MEANT)
    assert not talk.interjection.held
