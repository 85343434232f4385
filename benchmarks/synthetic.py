"""Synthetic sessions for benchmarks and pictures: journals as a live run would write them, from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from simulator.domain import events as ev
from simulator.domain.judgements import SentenceJudgement
from simulator.domain.vocabulary import (
    BAD_SIGNALS,
    GOOD_SIGNALS,
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
    ThreadClose,
    ThreadKind,
    facets_of,
)
from simulator.domain.words import Evidence, Filler, Word, text_of
from simulator.sessions.folder import SessionFolder
from simulator.sessions.journal import JournalWriter

PLACES = [
    "ferry company",
    "hospital",
    "tram operator",
    "bakery",
    "bank",
    "weather service",
    "printing house",
    "school",
    "harbour",
    "dairy",
]
THINGS = [
    "queue",
    "settlement",
    "timetable",
    "replica",
    "schema",
    "release",
    "parser",
    "budget",
    "migration",
    "alarm",
    "contract",
    "index",
]
PEOPLE = ["Ragnhild", "Tomasz", "Ines", "Mirko", "Oluwaseun", "Petra", "Sindre", "Yusuf", "Agnieszka", "Wen"]
ACTS = [
    "wrote",
    "measured",
    "rolled back",
    "replaced",
    "argued against",
    "called",
    "stopped",
    "tested",
    "drew up",
    "took over",
]
TAILS = [
    "because nobody had looked at it for months",
    "before the audit in March",
    "and it cost us two days",
    "although the numbers said otherwise",
    "with about forty customers waiting",
    "on a Sunday morning at six",
    "which I would do sooner today",
    "and that was the hard part of it",
    "after the second outage that week",
    "so that the night shift could sleep",
]
QUESTIONS = (
    ("disagreement", ThreadKind.STORY, "Tell me about a serious technical disagreement and how you handled it."),
    ("failure", ThreadKind.STORY, "Tell me about a project of yours that failed."),
    ("ownership", ThreadKind.STORY, "Tell me about a time you acted as an owner."),
    ("ambiguity", ThreadKind.STORY, "Tell me about a decision that you made with important information missing."),
    ("changed-mind", ThreadKind.STORY, "When did you last change your mind about something that mattered?"),
    ("safety", ThreadKind.VIEW, "Where do you think safety evaluations of large models fall short?"),
    ("pace", ThreadKind.VIEW, "How fast should a laboratory release what it has built?"),
)
ENGINES = {"judge": "embedded 1", "words": "templates", "recognizer": "whisper-base", "voice": "piper joe"}


@dataclass
class Teller:
    """Tells a session, event by event, on one clock."""

    rng: random.Random
    at_s: float = 0.0
    answers: int = 0
    events: list[ev.Event] = field(default_factory=list)

    def tell(self, event: ev.Event) -> None:
        """Put an event at the clock's time."""
        self.events.append(replace(event, at_s=round(self.at_s, 3)))

    def sentence(self) -> str:
        """Make up a sentence."""
        r = self.rng
        who = r.choice(("I", "I", "We", "So I", r.choice(PEOPLE)))
        where = f"at the {r.choice(PLACES)}" if r.random() < 0.3 else ""
        parts = f"{who} {r.choice(ACTS)} the {r.choice(THINGS)} {where} {r.choice(TAILS)}".split()
        return " ".join(parts) + "."

    def speech(self, seconds: float) -> tuple[list[Word], list[tuple[int, int]]]:
        """Make up words for about so many seconds, with pauses between sentences; and where the sentences stand."""
        words: list[Word] = []
        sentences: list[tuple[int, int]] = []
        now, end = self.at_s, self.at_s + seconds
        while now < end:
            first = len(words)
            for part in self.sentence().split():
                length = 0.12 + 0.06 * len(part) * self.rng.uniform(0.6, 1.2)
                words.append(Word(part, round(now, 2), round(now + length, 2), round(self.rng.uniform(0.5, 1), 2)))
                now += length + 0.03
            sentences.append((first, len(words) - 1))
            now += self.rng.choice((0.2, 0.4, 0.7, 1.2, 3.0))
        return words, sentences

    def say(self, event: ev.Event, text: str) -> None:
        """Have the interviewer say something."""
        self.tell(event)
        self.tell(ev.SpeechStarted(speech=f"s{len(self.events)}", text=text))
        self.at_s += 0.35 * len(text.split())
        self.tell(ev.SpeechEnded(speech=f"s{len(self.events)}", heard=text, complete=True))
        self.at_s += self.rng.uniform(0.4, 2.5)

    def answer(self, thread: str, seconds: float, *, initial: bool) -> tuple[str, list[Word]]:
        """Give an answer, as it is recognized and judged."""
        self.answers += 1
        name = f"a{self.answers}"
        self.tell(ev.AnswerStarted(answer=name, thread=thread, initial=initial))
        words, sentences = self.speech(seconds)
        begun_s = words[0].start_s
        for start in range(0, len(words), 3):
            some = tuple(words[start : start + 3])
            self.at_s = some[-1].end_s + 0.8
            self.tell(ev.WordsConfirmed(answer=name, words=some))
        for first, last in sentences:
            self.tell(ev.VoiceActive(answer=name, start_s=words[first].start_s, end_s=words[last].end_s))
        self.at_s = words[-1].end_s + 1.0
        duration_s = words[-1].end_s - begun_s
        speech_s = sum(words[last].end_s - words[first].start_s for first, last in sentences)
        self.tell(ev.AnswerEnded(answer=name, reason=AnswerEnd.END_OF_TURN, duration_s=duration_s, speech_s=speech_s))
        gaps = [(a.end_s, b.start_s) for a, b in pairwise(words) if b.start_s - a.end_s > 0.3]
        fillers = tuple(
            Filler(self.rng.choice(("um", "uh")), start + 0.05, start + 0.25)
            for start, _ in gaps
            if self.rng.random() < 0.4
        )
        self.tell(ev.WordsRevised(answer=name, words=tuple(words), engine="whisper-base beam 5"))
        self.tell(ev.FillersHeard(answer=name, fillers=fillers))
        story = (Role.SITUATION, Role.TASK, Role.ACTION, Role.ACTION, Role.ACTION, Role.RESULT, Role.REFLECTION)
        judged = tuple(
            SentenceJudgement(
                text_of(words[first : last + 1]),
                first,
                last,
                story[number * len(story) // len(sentences)],
                self.rng.choice(list(Agent)),
            )
            for number, (first, last) in enumerate(sentences)
        )
        self.tell(ev.SentencesJudged(thread=thread, answer=name, sentences=judged, engine="embedded 1"))
        self.tell(
            ev.DeliveryMeasured(
                thread=thread,
                answer=name,
                duration_s=duration_s,
                pace_wpm=60 * len(words) / speech_s,
                fillers=len(fillers),
                fillers_pm=60 * len(fillers) / duration_s,
                pause_share=1 - speech_s / duration_s,
                longest_pause_s=max(b - a for a, b in gaps) if gaps else 0.0,
                shares={"situation": 0.2, "task": 0.1, "action": 0.5, "result": 0.1, "reflection": 0.1},
                own_part_at_s=self.rng.uniform(5, 70),
            )
        )
        for signal in self.rng.sample([*GOOD_SIGNALS], 2) + self.rng.sample([*BAD_SIGNALS], 1):
            self.tell(
                ev.SignalFound(
                    thread=thread,
                    answer=name,
                    signal=signal,
                    evidence=(self.evidence(name, words),),
                    confidence=0.8,
                    engine="embedded 1",
                )
            )
        return name, words

    def evidence(self, answer: str, words: list[Word]) -> Evidence:
        """Take a few words as evidence."""
        first = self.rng.randrange(max(1, len(words) - 6))
        some = words[first : first + 6]
        return Evidence(text_of(some), answer, first, first + len(some) - 1, some[0].start_s, some[-1].end_s)


def made_session(rng: random.Random, minutes: float) -> list[ev.Event]:
    """Give the events of a made-up session of about so many minutes.

    Args:
        rng: what it is made up from.
        minutes: its length.
    """
    teller = Teller(rng)
    teller.tell(
        ev.SessionStarted(
            session="", started_at="", pack=rng.choice(("openai-behavioral-mission", "general")), engines=ENGINES
        )
    )
    teller.say(ev.InterviewerSaid(text="Hello, I am Joe.", purpose="opening"), "Hello, I am Joe.")
    number = 0
    questions = rng.sample(QUESTIONS, len(QUESTIONS))
    while teller.at_s < 60 * minutes:
        question, kind, text = questions[number % len(questions)]
        number += 1
        tests = tuple(rng.sample(facets_of(kind), 4))
        thread = f"t{number}"
        teller.say(ev.QuestionAsked(thread=thread, question=question, kind=kind, text=text, tests=tests), text)
        _thread(teller, thread, tests, min(rng.uniform(90, 220), 60 * minutes))
        teller.tell(ev.ThreadClosed(thread=thread, reason=rng.choice((ThreadClose.LIMIT, ThreadClose.TIME))))
    teller.tell(ev.SessionClosed(reason=SessionClose.COMPLETE))
    return teller.events


def _thread(teller: Teller, thread: str, tests: tuple[Facet, ...], seconds: float) -> None:
    rng = teller.rng
    name, words = teller.answer(thread, seconds, initial=True)
    for facet in tests:
        state = rng.choice(list(FacetState))
        evidence = () if state is FacetState.UNHEARD else (teller.evidence(name, words),)
        teller.tell(
            ev.FacetJudged(
                thread=thread, facet=facet, state=state, evidence=evidence, confidence=0.8, engine="embedded 1"
            )
        )
    for facet in tests:
        outcome = rng.choice((*Outcome, None))
        reply = Reply.FRESH if outcome in {Outcome.HELD, None} else Reply(outcome.value)
        for _ in range(2):
            probe = f"What was your own part in that, as far as {facet.replace('_', ' ')} goes?"
            teller.say(ev.ProbeAsked(thread=thread, facet=facet, text=probe, reason=f"{facet} was only claimed"), probe)
            answer, said = teller.answer(thread, rng.uniform(8, 35), initial=False)
            evidence = (teller.evidence(answer, said),)
            teller.tell(
                ev.ReplyJudged(
                    thread=thread,
                    answer=answer,
                    facet=facet,
                    reply=reply,
                    evidence=evidence,
                    confidence=0.8,
                    engine="embedded 1",
                )
            )
        if outcome is not None:
            teller.tell(
                ev.FacetSettled(thread=thread, facet=facet, outcome=outcome, evidence=evidence, reason="two alike")
            )
    push = "But would it not have been safer to wait?"
    teller.say(ev.ProbeAsked(thread=thread, facet=tests[0], text=push, pushback=Pushback.REASONED), push)
    answer, said = teller.answer(thread, 20.0, initial=False)
    teller.tell(
        ev.ReplyJudged(
            thread=thread,
            answer=answer,
            facet=tests[0],
            reply=rng.choice(list(PushbackReply)),
            pushback=Pushback.REASONED,
            evidence=(teller.evidence(answer, said),),
            engine="embedded 1",
        )
    )


def keep_session(root: Path, now: datetime, rng: random.Random, events: list[ev.Event]) -> SessionFolder:
    """Keep events as a stored session that began at a moment."""
    folder = SessionFolder.create(root, now, rng)
    writer = JournalWriter(folder.journal)
    for event in _named(events, folder.id, now):
        writer.write(event)
    writer.close()
    return folder


def _named(events: list[ev.Event], session: str, now: datetime) -> Iterator[ev.Event]:
    for event in events:
        if isinstance(event, ev.SessionStarted):
            yield replace(event, session=session, started_at=now.astimezone().isoformat(timespec="seconds"))
        else:
            yield event
