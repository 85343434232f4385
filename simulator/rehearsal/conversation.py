"""A recorded conversation as a session's events: who speaks when, what is asked, what is answered; nothing judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from simulator.domain import events as ev
from simulator.domain.vocabulary import AnswerEnd, Facet, ThreadKind, facets_of
from simulator.domain.words import Filler, Word, text_of
from simulator.rehearsal.asking import Asking

BACKCHANNEL_WORDS = 3
"""A turn of so few words while the other goes on ("mhm, okay") is no turn."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user says about a recording.

    Attributes:
        question: the question that it answers; "" if unknown.
        kind: what the question asks for; None guesses by the question's words.
        tests: the facets that the question tests; empty takes all of the kind.
        pack: name of the pack that the question is from.
        id: the question's id in the pack.
    """

    question: str = ""
    kind: ThreadKind | None = None
    tests: tuple[Facet, ...] = ()
    pack: str = ""
    id: str = "imported"


@dataclass(frozen=True, slots=True)
class Turn:
    """A stretch in which one person speaks."""

    candidate: bool
    words: tuple[Word, ...]


def turns_of(asker: Sequence[Word], candidate: Sequence[Word]) -> tuple[Turn, ...]:
    """Put the words of two people into turns, in the order of time; a few words put in by the other are no turn.

    Args:
        asker: words of the one who asks, by time.
        candidate: words of the one who answers, by time.
    """
    tagged = sorted(
        [(w.start_s, False, w) for w in asker] + [(w.start_s, True, w) for w in candidate], key=lambda each: each[:2]
    )
    runs: list[tuple[bool, list[Word]]] = []
    for _, is_candidate, word in tagged:
        if runs and runs[-1][0] is is_candidate:
            runs[-1][1].append(word)
        else:
            runs.append((is_candidate, [word]))
    joined: list[tuple[bool, list[Word]]] = []
    for number, (is_candidate, words) in enumerate(runs):
        between = 0 < number < len(runs) - 1
        if between and len(words) <= BACKCHANNEL_WORDS and not text_of(words).endswith("?"):
            continue
        if joined and joined[-1][0] is is_candidate:
            joined[-1][1].extend(words)
        else:
            joined.append((is_candidate, words))
    return tuple(Turn(is_candidate, tuple(words)) for is_candidate, words in joined)


@dataclass
class _Conversation:
    """Puts turns into events; what was asked last is what the next answer is to."""

    asked: Asked
    asking: Asking
    voice: Sequence[tuple[float, float]]
    fillers: Sequence[Filler]
    threads: int = 0
    answers: int = 0
    tests: tuple[Facet, ...] = ()
    initial: bool = True
    asked_until_s: float | None = None
    found: list[ev.Event] = field(default_factory=list)

    @property
    def thread(self) -> str:
        """The open thread's id."""
        return f"t{self.threads}"

    def ask(self, words: Sequence[Word], *, last: bool) -> None:
        """Take in a turn of the asker: a question that opens a thread, a follow-up in it, or other words."""
        text, at_s = text_of(words), words[0].start_s
        self.asked_until_s = words[-1].end_s
        begins = self.asking.opening(text)
        if begins is None and last:
            self._say(at_s, text, "closing")
        elif begins is not None or self.threads == 0:
            if begins:
                self._say(at_s, text[:begins].strip(), "opening" if self.threads == 0 else "acknowledgement")
                at_s = words[len(text[:begins].split())].start_s
            self.open(at_s, text[begins or 0 :])
        elif self.asking.asks(text):
            push = self.asking.pushback(text)
            facet = self.asking.facet(text, self.tests)
            self.found.append(
                ev.ProbeAsked(
                    at_s=at_s,
                    thread=self.thread,
                    facet=facet,
                    text=text,
                    pushback=push,
                    reason="asked in the recording; the facet is the likeliest by its wording",
                    engine="recording",
                )
            )
            self.initial = False
        else:
            self._say(at_s, text, "acknowledgement")

    def _say(self, at_s: float, text: str, purpose: str) -> None:
        thread = self.thread if self.threads and purpose != "opening" else None
        self.found.append(ev.InterviewerSaid(at_s=at_s, text=text, purpose=purpose, thread=thread))

    def open(self, at_s: float, text: str) -> None:
        """Open a thread with a question; the first one is what the user said of it, where something was said."""
        self.threads += 1
        asked = self.asked if self.threads == 1 else Asked()
        kind = asked.kind or self.asking.kind(text)
        self.tests = asked.tests or facets_of(kind)
        self.initial = True
        self.found.append(
            ev.QuestionAsked(at_s=at_s, thread=self.thread, question=asked.id, kind=kind, text=text, tests=self.tests)
        )

    def answer(self, words: tuple[Word, ...]) -> None:
        """Take in a turn of the candidate."""
        at_s, end_s = words[0].start_s, words[-1].end_s
        if self.threads == 0:
            self.open(at_s, self.asked.question or "(the question was not recorded)")
        self.answers += 1
        name = f"a{self.answers}"
        # The turn is the candidate's from the question's end on; without one nobody knows since when.
        begun_s = at_s if self.asked_until_s is None else min(at_s, self.asked_until_s)
        stretches = [(max(s, at_s), min(e, end_s)) for s, e in self.voice if s < end_s and e > at_s]
        fillers = tuple(f for f in self.fillers if at_s <= (f.start_s + f.end_s) / 2 <= end_s)
        self.found.append(ev.AnswerStarted(at_s=begun_s, answer=name, thread=self.thread, initial=self.initial))
        self.found.append(ev.WordsConfirmed(at_s=at_s, answer=name, words=words))
        for start, end in stretches:
            self.found.append(ev.VoiceActive(at_s=end, answer=name, start_s=round(start, 3), end_s=round(end, 3)))
        if fillers:
            self.found.append(ev.FillersHeard(at_s=end_s, answer=name, fillers=fillers))
        self.found.append(
            ev.AnswerEnded(
                at_s=end_s,
                answer=name,
                reason=AnswerEnd.SOURCE_ENDED,
                duration_s=round(end_s - at_s, 3),
                speech_s=round(sum(e - s for s, e in stretches), 3),
            )
        )
        self.initial = False


def conversation(
    turns: Iterable[Turn],
    voice: Sequence[tuple[float, float]],
    asked: Asked,
    asking: Asking,
    fillers: Sequence[Filler] = (),
) -> tuple[ev.Event, ...]:
    """Give the events of a recorded conversation, up to its last answer's end; nothing is judged yet.

    Args:
        turns: the turns in order.
        voice: stretches of the candidate's voice, seconds.
        asked: what the user says about the recording.
        asking: reads what the asker says.
        fillers: filled pauses in the candidate's sound.
    """
    told = _Conversation(asked, asking, voice, fillers)
    ordered = list(turns)
    for number, turn in enumerate(ordered, 1):
        if turn.candidate:
            told.answer(turn.words)
        else:
            told.ask(turn.words, last=number == len(ordered))
    return tuple(told.found)
