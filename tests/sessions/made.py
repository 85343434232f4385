"""Sessions as events, small and with known figures."""

from __future__ import annotations

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.vocabulary import (
    Agent,
    AnswerEnd,
    Facet,
    FacetState,
    Outcome,
    Pushback,
    PushbackReply,
    Reply,
    Role,
    SessionClose,
    Signal,
    ThreadClose,
    ThreadKind,
)
from simulator.domain.words import Filler, Word, locate

OPENING = (
    "Last spring our queue stood still for two hours. I decided to drain it by hand, "
    "because forty customers were waiting. We wrote a report and it all worked out."
)
OWN = "I wrote the drain script myself on the Tuesday, about eighty lines."
OWN_MORE = "I also ran it on the second node at four in the morning."
FAULT_ONE = "Well, mistakes were made, as they always are."
FAULT_TWO = "Things could have gone better, generally speaking."
PUSHED = "Okay, you are right, maybe it was wrong then."


def spread(text: str, start_s: float, duration_s: float) -> tuple[Word, ...]:
    """Give a text's words at an even pace, each taking four fifths of its time."""
    parts = text.split()
    step = duration_s / len(parts)
    return tuple(
        Word(part, round(start_s + i * step, 3), round(start_s + (i + 0.8) * step, 3), 0.9)
        for i, part in enumerate(parts)
    )


def answer(
    name: str,
    thread: str,
    text: str,
    start_s: float,
    duration_s: float,
    *,
    initial: bool = False,
    reason: AnswerEnd = AnswerEnd.END_OF_TURN,
) -> list[ev.Event]:
    """Give the events of an answer being given."""
    words = spread(text, start_s, duration_s)
    half = len(words) // 2
    end_s = start_s + duration_s
    return [
        ev.AnswerStarted(at_s=start_s - 0.5, answer=name, thread=thread, initial=initial),
        ev.WordsConfirmed(at_s=start_s + duration_s / 2, answer=name, words=words[:half]),
        ev.WordsConfirmed(at_s=end_s, answer=name, words=words[half:]),
        ev.VoiceActive(at_s=end_s, answer=name, start_s=start_s, end_s=end_s),
        ev.AnswerEnded(at_s=end_s + 1, answer=name, reason=reason, duration_s=duration_s, speech_s=duration_s * 0.9),
    ]


def reply(
    name: str,
    facet: Facet,
    text: str,
    start_s: float,
    kind: Reply | PushbackReply,
    probe: str,
    pushback: Pushback | None = None,
) -> list[ev.Event]:
    """Give the events of a probe, the reply to it and its judgement."""
    said = answer(name, "t1", text, start_s, 20.0)
    words = spread(text, start_s, 20.0)
    return [
        ev.ProbeAsked(
            at_s=start_s - 3, thread="t1", facet=facet, text=probe, pushback=pushback, reason="it was only claimed"
        ),
        ev.SpeechStarted(at_s=start_s - 3, speech=f"s-{name}", text=probe),
        ev.SpeechEnded(at_s=start_s - 1, speech=f"s-{name}", heard=probe, complete=True),
        *said,
        ev.ReplyJudged(
            at_s=start_s + 21,
            thread="t1",
            answer=name,
            facet=facet,
            reply=kind,
            pushback=pushback,
            evidence=(locate(text.split(",", maxsplit=1)[0].rstrip("."), words, name),),
            confidence=0.8,
            engine="embedded 1",
        ),
    ]


def a_story(*, initial_s: float = 200.0, pace_wpm: float = 150.0, fillers_pm: float = 4.0) -> list[ev.Event]:
    """Give a session with one story thread: own_role held, fault vague, a pushback given way to, decision open."""
    words = spread(OPENING, 10.0, initial_s)
    fillers = (Filler("um", 12.0, 12.3), Filler("uh", 40.0, 40.2))
    end_s = 10.0 + initial_s
    at = end_s + 2
    return [
        ev.SessionStarted(session="s", started_at="", pack="openai-behavioral-mission", minutes=40.0, engines=ENGINES),
        ev.InterviewerSaid(at_s=1.0, text="Hello, I am Joe.", purpose="opening"),
        ev.QuestionAsked(
            at_s=4.0,
            thread="t1",
            question="ownership",
            kind=ThreadKind.STORY,
            text="Tell me about a time you acted as an owner.",
            tests=(Facet.OWN_ROLE, Facet.DECISION, Facet.FAULT),
        ),
        ev.SpeechStarted(at_s=4.0, speech="s1", text="Tell me about a time you acted as an owner."),
        ev.SpeechEnded(at_s=8.0, speech="s1", heard="Tell me about a time you acted as an owner.", complete=True),
        *answer("a1", "t1", OPENING, 10.0, initial_s, initial=True),
        ev.FillersHeard(at_s=at, answer="a1", fillers=fillers),
        ev.SentencesJudged(
            at_s=at,
            thread="t1",
            answer="a1",
            engine="embedded 1",
            sentences=(
                SentenceJudgement(OPENING[:49], 0, 8, Role.SITUATION, Agent.TEAM),
                SentenceJudgement(OPENING[50:119], 9, 20, Role.ACTION, Agent.SELF),
                SentenceJudgement(OPENING[120:], 21, 29, Role.RESULT, Agent.TEAM),
            ),
        ),
        ev.FacetJudged(
            at_s=at,
            thread="t1",
            facet=Facet.OWN_ROLE,
            state=FacetState.CLAIMED,
            evidence=(locate("I decided to drain it by hand", words, "a1"),),
            confidence=0.8,
            engine="embedded 1",
        ),
        ev.FacetJudged(
            at_s=at,
            thread="t1",
            facet=Facet.DECISION,
            state=FacetState.SUPPORTED,
            evidence=(locate("because forty customers were waiting", words, "a1"),),
            confidence=0.9,
            engine="embedded 1",
        ),
        ev.SignalFound(
            at_s=at,
            thread="t1",
            answer="a1",
            signal=Signal.PERSONAL_ACTION,
            evidence=(locate("I decided to drain it by hand", words, "a1"),),
            confidence=0.9,
            engine="embedded 1",
        ),
        ev.SignalFound(
            at_s=at,
            thread="t1",
            answer="a1",
            signal=Signal.TOO_CLEAN,
            evidence=(locate("it all worked out", words, "a1"),),
            confidence=0.7,
            engine="embedded 1",
        ),
        ev.DeliveryMeasured(
            at_s=at,
            thread="t1",
            answer="a1",
            duration_s=initial_s,
            pace_wpm=pace_wpm,
            fillers=round(fillers_pm * initial_s / 60),
            fillers_pm=fillers_pm,
            pause_share=0.1,
            longest_pause_s=3.1,
            shares={"situation": 0.3, "action": 0.4, "result": 0.3},
            own_part_at_s=60.0,
        ),
        *reply("a2", Facet.OWN_ROLE, OWN, end_s + 10, Reply.FRESH, "Which part did you write?"),
        *reply("a3", Facet.OWN_ROLE, OWN_MORE, end_s + 40, Reply.FRESH, "What else did you do?"),
        ev.FacetSettled(
            at_s=end_s + 62,
            thread="t1",
            facet=Facet.OWN_ROLE,
            outcome=Outcome.HELD,
            evidence=(locate("I also ran it", spread(OWN_MORE, end_s + 40, 20.0), "a3"),),
            reason="two fresh replies in a row",
        ),
        *reply("a4", Facet.FAULT, FAULT_ONE, end_s + 70, Reply.VAGUE, "What was your part in it?"),
        *reply("a5", Facet.FAULT, FAULT_TWO, end_s + 100, Reply.VAGUE, "What did you yourself get wrong?"),
        ev.FacetSettled(
            at_s=end_s + 122,
            thread="t1",
            facet=Facet.FAULT,
            outcome=Outcome.VAGUE,
            evidence=(locate("Things could have gone better", spread(FAULT_TWO, end_s + 100, 20.0), "a5"),),
            reason="two vague replies in a row",
        ),
        *reply(
            "a6",
            Facet.DECISION,
            PUSHED,
            end_s + 130,
            PushbackReply.CAPITULATES,
            "Are you sure that was right?",
            Pushback.EMPTY,
        ),
        ev.ThreadClosed(at_s=end_s + 152, thread="t1", reason=ThreadClose.TIME),
        ev.SessionClosed(at_s=end_s + 155, reason=SessionClose.COMPLETE),
    ]


ENGINES = {"judge": "embedded 1", "words": "templates", "recognizer": "whisper-base", "voice": "piper"}


def a_story_until(last: type[ev.EventBase]) -> list[ev.Event]:
    """Give the beginning of that session, up to its first event of a type."""
    events = a_story()
    return events[: next(i for i, event in enumerate(events) if isinstance(event, last)) + 1]


def a_view() -> list[ev.Event]:
    """Give a session with one view thread, judged by a language model: update evaded, a reasoned pushback held."""
    said = "I think evaluations come too late, because a model learns while it is tested. I am not sure how late."
    words = spread(said, 10.0, 130.0)
    pushed = "That is true for small models, but the large ones were tested for a year, so I hold it."
    evaded = "Let me tell you about my team instead, they are great."
    engine = "llama 3 8b"

    def after(start_s: float, name: str, facet: Facet, kind: Reply | PushbackReply, text: str) -> list[ev.Event]:
        pushback = Pushback.REASONED if isinstance(kind, PushbackReply) else None
        return [
            ev.ProbeAsked(at_s=start_s - 3, thread="t1", facet=facet, text="And what of it?", pushback=pushback),
            *answer(name, "t1", text, start_s, 20.0),
            ev.ReplyJudged(
                at_s=start_s + 21,
                thread="t1",
                answer=name,
                facet=facet,
                reply=kind,
                pushback=pushback,
                evidence=(locate(" ".join(text.split()[:5]), spread(text, start_s, 20.0), name),),
                engine=engine,
            ),
        ]

    return [
        ev.SessionStarted(
            session="v", started_at="", pack="openai-behavioral-mission", engines={**ENGINES, "judge": engine}
        ),
        ev.QuestionAsked(
            at_s=4.0,
            thread="t1",
            question="safety",
            kind=ThreadKind.VIEW,
            text="What do you make of safety evaluations?",
            tests=(Facet.POSITION, Facet.UPDATE, Facet.UNCERTAINTY),
            topic="evaluations",
        ),
        *answer("a1", "t1", said, 10.0, 130.0, initial=True),
        ev.FacetJudged(
            at_s=142.0,
            thread="t1",
            facet=Facet.POSITION,
            state=FacetState.SUPPORTED,
            evidence=(locate("I think evaluations come too late", words, "a1"),),
            engine=engine,
        ),
        ev.DeliveryMeasured(
            at_s=142.0, thread="t1", answer="a1", duration_s=130.0, pace_wpm=140.0, fillers=3, fillers_pm=1.4
        ),
        *after(150.0, "a2", Facet.POSITION, PushbackReply.HOLDS, pushed),
        *after(180.0, "a3", Facet.UPDATE, Reply.EVADED, evaded),
        *after(210.0, "a4", Facet.UPDATE, Reply.EVADED, evaded),
        ev.FacetSettled(at_s=232.0, thread="t1", facet=Facet.UPDATE, outcome=Outcome.EVADED, reason="twice evaded"),
        *after(240.0, "a5", Facet.UNCERTAINTY, Reply.UNKNOWN, "Well, that I do not know."),
        ev.FacetSettled(at_s=262.0, thread="t1", facet=Facet.UNCERTAINTY, outcome=Outcome.UNKNOWN),
        ev.ThreadClosed(at_s=263.0, thread="t1", reason=ThreadClose.SKIPPED),
        ev.SessionClosed(at_s=264.0, reason=SessionClose.COMPLETE),
    ]


def told(text: str) -> list[ev.Event]:
    """Give a session in which one story was told and nothing was probed."""
    return [
        ev.SessionStarted(session="s", started_at="", pack="openai-behavioral-mission", engines=ENGINES),
        ev.QuestionAsked(
            at_s=1.0,
            thread="t1",
            question="ownership",
            kind=ThreadKind.STORY,
            text="Tell me about a time you acted as an owner.",
            tests=(Facet.OWN_ROLE,),
        ),
        *answer("a1", "t1", text, 5.0, 130.0, initial=True),
        ev.ThreadClosed(at_s=140.0, thread="t1", reason=ThreadClose.ANSWERED),
        ev.SessionClosed(at_s=141.0, reason=SessionClose.COMPLETE),
    ]
