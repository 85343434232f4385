"""A real-looking session as a list of events: what the screens are drawn from in tests and pictures."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from simulator.domain import events as ev
from simulator.domain.vocabulary import (
    AnswerEnd,
    Facet,
    FacetState,
    Mode,
    Outcome,
    Phase,
    Pushback,
    PushbackReply,
    Reply,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
)
from simulator.domain.words import Evidence, Word, locate

QUESTION = (
    "Tell me about a serious technical disagreement with somebody you worked with. "
    "What was it about, and how did it come out?"
)

INITIAL = (
    "This was in March last year, in the payments team, eleven people. We had a queue that lost messages when a "
    "broker restarted, perhaps one in two hundred thousand, and Priya, who led the platform side, wanted to move the "
    "whole thing to a log with exactly-once delivery. I thought that was the wrong fix. I argued for keeping the queue "
    "and making the consumers idempotent, because nine of the fourteen consumers already had a natural key. Her case "
    "was not a weak one. She said that every team would get the keys wrong in its own way, and that one hard guarantee "
    "in one place was cheaper than fourteen soft ones. So I took two weeks and wrote the keys for the three worst "
    "consumers myself, and I measured the duplicates before and after. They went from thirty-one a day to none in "
    "twelve days. With that in hand I decided that we would not migrate, and I told the directors that it was my call. "
    "Priya disagreed in writing, and I put her paragraph into the decision record as it stood. The migration was "
    "cancelled in May. It saved us about a quarter of work for four people."
)

REPLIES = (
    (
        Facet.OWN_ROLE,
        "You said that you wrote the keys for three consumers. What did the others in the team do in those two weeks?",
        "Tomasz wrote the load test and Ana reviewed every key that I wrote. The ledger consumer I did alone, over "
        "a weekend, and it was the one with the ugly composite key, account and minute and amount.",
        Reply.FRESH,
    ),
    (
        Facet.ALTERNATIVES,
        "What was the strongest part of Priya's case, as she would have put it?",
        "That people leave. She had seen two teams lose the person who understood the keys, and after that nobody "
        "dared to touch the consumer. A guarantee in the platform does not resign.",
        Reply.FRESH,
    ),
    (
        Facet.FAULT,
        "What in the way it went was your own doing, and not good?",
        "I let it get public too early. I was wrong to take the numbers to the directors "
        "before I had shown them to her.",
        Reply.FRESH,
    ),
    (
        Facet.RESULT,
        "How do you know that it saved a quarter of work?",
        "I don't know that exactly. It was the estimate in the plan, four people for three months, and nobody ever "
        "checked what the rest of it would have cost.",
        Reply.UNKNOWN,
    ),
)

PARTIAL = "I would have shown her the numbers first, on the Tuesday, and asked her to"

TESTS = (
    Facet.CONTEXT,
    Facet.OWN_ROLE,
    Facet.DECISION,
    Facet.ALTERNATIVES,
    Facet.OBSTACLE,
    Facet.RESULT,
    Facet.FAULT,
    Facet.HINDSIGHT,
    Facet.LEARNING,
)

OPENING_STATES = (
    (Facet.CONTEXT, FacetState.SUPPORTED, "in March last year, in the payments team, eleven people"),
    (Facet.OWN_ROLE, FacetState.SUPPORTED, "wrote the keys for the three worst consumers myself"),
    (Facet.DECISION, FacetState.SUPPORTED, "I decided that we would not migrate"),
    (Facet.ALTERNATIVES, FacetState.CLAIMED, "one hard guarantee in one place was cheaper than fourteen soft ones"),
    (Facet.OBSTACLE, FacetState.CLAIMED, "Priya disagreed in writing"),
    (Facet.RESULT, FacetState.CLAIMED, "It saved us about a quarter of work for four people"),
)

OPENING_SIGNALS = (
    (Signal.PERSONAL_ACTION, "wrote the keys for the three worst consumers myself"),
    (Signal.BOTH_SIDES, "Her case was not a weak one"),
    (Signal.SPECIFIC_DETAIL, "nine of the fourteen consumers already had a natural key"),
    (Signal.MEASURED_RESULT, "from thirty-one a day to none in twelve days"),
)


SETTLED_LAST = (
    (Facet.CONTEXT, Outcome.HELD, "in March last year, in the payments team, eleven people"),
    (Facet.DECISION, Outcome.HELD, "I decided that we would not migrate"),
    (Facet.OBSTACLE, Outcome.VAGUE, "Priya disagreed in writing"),
    (Facet.FAULT, Outcome.HELD, "I told the directors that it was my call"),
    (Facet.LEARNING, Outcome.NO_MORE, "It saved us about a quarter of work"),
)


@dataclass
class Script:
    """Writes events one after the other, with a clock of its own."""

    at_s: float = 0.0
    events: list[ev.Event] = field(default_factory=list)
    answers: dict[str, tuple[Word, ...]] = field(default_factory=dict)

    def add(self, event: ev.Event, after_s: float = 0.0) -> None:
        """Let an event happen some seconds from now."""
        self.at_s += after_s
        self.events.append(replace(event, at_s=round(self.at_s, 2)))

    def speak(self, text: str) -> None:
        """Let the interviewer say something."""
        speech = f"s{sum(isinstance(event, ev.SpeechStarted) for event in self.events) + 1}"
        self.add(ev.PhaseChanged(phase=Phase.SPEAKING))
        self.add(ev.SpeechStarted(speech=speech, text=text), 0.2)
        self.add(ev.SpeechEnded(speech=speech, heard=text, complete=True), len(text.split()) * 0.33)

    def listen(self, *, initial: bool) -> str:
        """Let the candidate's turn begin; gives the answer's id."""
        answer = f"a{len(self.answers) + 1}"
        self.answers[answer] = ()
        self.add(ev.AnswerStarted(answer=answer, thread="t1", initial=initial))
        self.add(ev.PhaseChanged(phase=Phase.LISTENING))
        self.at_s += 1.4
        return answer

    def hear(self, answer: str, text: str, word_s: float = 0.62, *, confirm: bool = True) -> None:
        """Let the candidate say something, a few words at a time; the last words may stay partial."""
        said = text.split()
        for first in range(0, len(said), 6):
            heard = []
            for word in said[first : first + 6]:
                heard.append(Word(word, round(self.at_s, 2), round(self.at_s + word_s * 0.8, 2), 0.93))
                self.at_s += word_s
            words = tuple(heard)
            self.add(ev.LevelMeasured(level_dbfs=-21.0, peak_dbfs=-9.0))
            if confirm or first + 6 < len(said):
                self.add(ev.WordsPartial(answer=answer, words=words))
                self.add(ev.WordsConfirmed(answer=answer, words=words), 0.1)
                self.answers[answer] += words
            else:
                self.add(ev.WordsPartial(answer=answer, words=words))

    def end(self, answer: str) -> None:
        """Let the candidate's turn end."""
        words = self.answers[answer]
        duration_s = words[-1].end_s - words[0].start_s
        reason = AnswerEnd.END_OF_TURN
        self.add(
            ev.AnswerEnded(answer=answer, reason=reason, duration_s=round(duration_s, 1), speech_s=duration_s * 0.84),
            0.8,
        )
        self.add(ev.PhaseChanged(phase=Phase.THINKING))

    def shown(self, answer: str, quote: str) -> tuple[Evidence, ...]:
        """Give the evidence for a quote."""
        return (locate(quote, self.answers[answer], answer),)


def session(*, complete: bool = False) -> list[ev.Event]:
    """Give the events of a session up to the middle of a reply, or to its close.

    Args:
        complete: whether to go on to the close.
    """
    script = Script()
    script.add(
        ev.SessionStarted(
            session="2026-11-20-1015-quiet-harbour",
            started_at="2026-11-20T10:15:00+00:00",
            mode=Mode.ROUND,
            pack="openai-behavioral-mission",
            minutes=40.0,
            engines={
                "judge": "embedded 1",
                "recognizer": "whisper base int8",
                "voice": "piper joe",
                "words": "templates",
            },
        )
    )
    opening = "Thank you for coming. I will ask about things you have done and how you think, and I will follow up."
    script.add(ev.InterviewerSaid(text=opening, purpose="opening"), 0.4)
    script.speak(opening)
    script.add(
        ev.QuestionAsked(thread="t1", question="disagreement", kind=ThreadKind.STORY, text=QUESTION, tests=TESTS),
        0.3,
    )
    script.speak(QUESTION)
    first = script.listen(initial=True)
    script.hear(first, INITIAL)
    script.end(first)
    for facet, state, quote in OPENING_STATES:
        script.add(ev.FacetJudged(thread="t1", facet=facet, state=state, evidence=script.shown(first, quote)))
    for signal, quote in OPENING_SIGNALS:
        script.add(ev.SignalFound(thread="t1", answer=first, signal=signal, evidence=script.shown(first, quote)))
    script.add(
        ev.DeliveryMeasured(
            thread="t1",
            answer=first,
            duration_s=script.answers[first][-1].end_s - script.answers[first][0].start_s,
            pace_wpm=139.0,
            fillers=5,
            fillers_pm=2.4,
            pause_share=0.16,
            longest_pause_s=2.1,
            shares={"situation": 0.24, "task": 0.08, "action": 0.49, "result": 0.15, "reflection": 0.04},
            own_part_at_s=27.0,
        )
    )
    for facet, text, reply, kind in REPLIES:
        script.add(
            ev.ProbeAsked(thread="t1", facet=facet, text=text, reason=f"asked because {facet} was not settled"), 0.4
        )
        script.speak(text)
        answer = script.listen(initial=False)
        script.hear(answer, reply, 0.45)
        script.end(answer)
        evidence = script.shown(answer, " ".join(reply.split()[:9]))
        script.add(ev.ReplyJudged(thread="t1", answer=answer, facet=facet, reply=kind, evidence=evidence), 0.3)
        if kind is Reply.FRESH:
            script.add(ev.FacetJudged(thread="t1", facet=facet, state=FacetState.SUPPORTED, evidence=evidence))
        if facet is Facet.FAULT:
            owned = script.shown(answer, "I was wrong to take the numbers to the directors")
            script.add(ev.SignalFound(thread="t1", answer=answer, signal=Signal.OWNS_FAULT, evidence=owned))
        if kind is Reply.UNKNOWN:
            script.add(ev.FacetSettled(thread="t1", facet=facet, outcome=Outcome.UNKNOWN, evidence=evidence))
            script.add(ev.SignalFound(thread="t1", answer=answer, signal=Signal.ADMITS_UNKNOWN, evidence=evidence))
        elif facet in {Facet.OWN_ROLE, Facet.ALTERNATIVES}:
            script.add(ev.FacetSettled(thread="t1", facet=facet, outcome=Outcome.HELD, evidence=evidence))
    text = "If you had those two weeks again, what would you do differently?"
    script.add(
        ev.ProbeAsked(thread="t1", facet=Facet.HINDSIGHT, text=text, reason="asked because hindsight is unheard"), 0.4
    )
    script.speak(text)
    answer = script.listen(initial=False)
    if not complete:
        script.hear(answer, PARTIAL, 0.45, confirm=False)
        return script.events
    script.hear(answer, PARTIAL + " tear them apart before anyone else saw them.", 0.45)
    script.end(answer)
    evidence = script.shown(answer, "I would have shown her the numbers first")
    script.add(ev.ReplyJudged(thread="t1", answer=answer, facet=Facet.HINDSIGHT, reply=Reply.FRESH, evidence=evidence))
    script.add(ev.FacetJudged(thread="t1", facet=Facet.HINDSIGHT, state=FacetState.SUPPORTED, evidence=evidence))
    script.add(ev.SignalFound(thread="t1", answer=answer, signal=Signal.WOULD_CHANGE, evidence=evidence))
    script.add(ev.FacetSettled(thread="t1", facet=Facet.HINDSIGHT, outcome=Outcome.HELD, evidence=evidence))
    push = "But a guarantee in the platform would have outlived all of you. Was that not the better call?"
    script.add(ev.ProbeAsked(thread="t1", facet=Facet.DECISION, text=push, pushback=Pushback.REASONED), 0.4)
    script.speak(push)
    answer = script.listen(initial=False)
    script.hear(
        answer, "It would have outlived us, yes. For the ledger I would now take her side, the rest I would keep.", 0.45
    )
    script.end(answer)
    evidence = script.shown(answer, "For the ledger I would now take her side")
    script.add(
        ev.ReplyJudged(
            thread="t1",
            answer=answer,
            facet=Facet.DECISION,
            reply=PushbackReply.UPDATES,
            pushback=Pushback.REASONED,
            evidence=evidence,
        )
    )
    for facet, outcome, quote in SETTLED_LAST:
        shown = script.shown(first, quote)
        script.add(ev.FacetSettled(thread="t1", facet=facet, outcome=outcome, evidence=shown))
    script.add(
        ev.SignalFound(
            thread="t1",
            answer=first,
            signal=Signal.TEAM_ONLY,
            evidence=script.shown(first, "It saved us about a quarter"),
        )
    )
    script.add(ev.ThreadClosed(thread="t1", reason=ThreadClose.LIMIT))
    closing = "Thank you. That is all from my side."
    script.add(ev.InterviewerSaid(text=closing, purpose="closing"), 0.3)
    script.speak(closing)
    script.add(ev.SessionClosed(reason=SessionClose.COMPLETE), 0.2)
    return script.events
