"""Reads the labelled data and makes the rows of an epoch from it, with what an epoch varies."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from simulator.domain.vocabulary import Facet, Reply

PADDING = (
    "So yeah.",
    "That's how it was.",
    "Let me think for a second.",
    "Okay, so.",
    "Right, let me see.",
    "That's a question I've been asked before.",
    "I'll try to keep it short.",
    "Anyway.",
    "I hope that makes sense.",
    "If that answers it.",
    "How should I say it.",
    "Just to give you the picture.",
    "To be honest with you.",
    "Yeah, so.",
    "At the end of the day, that's what it is.",
    "And so on and so forth.",
    "I could talk about this for a long time.",
    "It's hard to put into words.",
    "So that's that.",
    "Let me see how to put it.",
    "It is what it is.",
    "Good, so where do I begin.",
    "Bear with me for a moment.",
    "Sorry, I lost my thread there.",
    "I'm just collecting my thoughts.",
    "I think that's about all there is to say on it.",
    "That would be my answer.",
    "Does that answer your question?",
    "I hope you can follow me.",
    "If you see what I mean.",
    "Let me go step by step.",
    "I don't want to go on for too long.",
    "Stop me if I'm talking too much.",
    "So, um, how do I start.",
    "It's been a while since somebody asked me that.",
    "As I was saying.",
    "So basically, yeah, basically that.",
    "Well, well, well, let me see now.",
    "I'm thinking out loud here.",
    "Just a second, please.",
    "Okay, all right, so.",
    "Let me put it differently.",
    "Sorry, could you hear me all right?",
    "That's more or less it.",
    "You get the picture.",
    "And that's the story, in short.",
    "So that is what I would say to that.",
    "Hold on, let me start again.",
    "I suppose I should answer the question.",
    "Long story short.",
    "What else can I say.",
    "Happy to go on if you like.",
    "Let me take a sip of water first.",
    "Where do I even start with this.",
    "Now, to come to your question.",
    "And yes, that's it from my side.",
    "Thanks for letting me explain.",
    "Right, so, the thing is this.",
    "As you can imagine.",
    "I'll tell you how it was.",
    "So, in a way, that's all of it.",
    "Give me a moment, I want to say this properly.",
    "Anyhow, to cut it short.",
    "I could say more, but let me leave it there.",
)
"""Sentences that say nothing; put in front or behind, they change no label."""

FAR: dict[Facet, tuple[Facet, ...]] = {
    Facet.CONTEXT: (Facet.HINDSIGHT, Facet.LEARNING, Facet.FAULT, Facet.ALTERNATIVES),
    Facet.TASK: (Facet.LEARNING, Facet.HINDSIGHT, Facet.FAULT),
    Facet.OWN_ROLE: (Facet.LEARNING, Facet.HINDSIGHT, Facet.ALTERNATIVES),
    Facet.DECISION: (Facet.LEARNING, Facet.CONTEXT, Facet.RESULT),
    Facet.ALTERNATIVES: (Facet.RESULT, Facet.LEARNING, Facet.CONTEXT, Facet.FAULT),
    Facet.OBSTACLE: (Facet.LEARNING, Facet.RESULT, Facet.TASK),
    Facet.RESULT: (Facet.ALTERNATIVES, Facet.OWN_ROLE, Facet.TASK),
    Facet.FAULT: (Facet.CONTEXT, Facet.ALTERNATIVES, Facet.TASK),
    Facet.HINDSIGHT: (Facet.CONTEXT, Facet.RESULT, Facet.ALTERNATIVES, Facet.TASK),
    Facet.LEARNING: (Facet.CONTEXT, Facet.ALTERNATIVES, Facet.OWN_ROLE, Facet.TASK),
    Facet.POSITION: (Facet.QUESTION, Facet.FIT),
    Facet.GROUNDS: (Facet.QUESTION, Facet.FIT),
    Facet.TENSION: (Facet.QUESTION, Facet.FIT),
    Facet.UNCERTAINTY: (Facet.FIT,),
    Facet.COUNTERARGUMENT: (Facet.QUESTION, Facet.FIT),
    Facet.UPDATE: (Facet.QUESTION, Facet.FIT),
    Facet.FIT: (Facet.QUESTION, Facet.UNCERTAINTY, Facet.UPDATE),
    Facet.QUESTION: (Facet.GROUNDS, Facet.TENSION, Facet.UPDATE, Facet.POSITION),
}
"""For each facet, those whose fresh replies don't answer a probe at it."""


@dataclass(frozen=True)
class ReplyRow:
    """A labelled reply to a probe; `group` is the text it shares with other rows."""

    facet: Facet
    probe: str
    reply: str
    before: str
    label: str
    group: str
    weight: float = 1.0


@dataclass(frozen=True)
class PushRow:
    """A labelled reply to a pushback."""

    view: str
    pushback: str
    reply: str
    label: str
    group: str


@dataclass(frozen=True)
class AnswerRow:
    """A labelled answer.

    `signals` is None where none is known (a reply that stands in for an answer); `unsure` are signals whose label is
    not known.
    """

    kind: str
    question: str
    sentences: tuple[tuple[str, str, str], ...]
    facets: dict[str, str]
    signals: frozenset[str] | None
    group: str
    unsure: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The sentences, joined."""
        return " ".join(text for text, _, _ in self.sentences)


def read(path: Path) -> list[dict]:
    """Read a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def replies_in(paths: Iterable[Path]) -> list[ReplyRow]:
    """Read replies and threads."""
    found = []
    for path in paths:
        for row in read(path):
            for item in row.get("items", [row]):
                found.append(
                    ReplyRow(
                        Facet(item["facet"]), item["probe"], item["reply"], row["before"], item["label"], row["before"]
                    )
                )
    return found


def pushes_in(paths: Iterable[Path]) -> list[PushRow]:
    """Read pushbacks and pushes."""
    found = []
    for path in paths:
        for row in read(path):
            for item in row.get("replies", [row]):
                found.append(PushRow(row["view"], row["pushback"], item["reply"], item["label"], row["view"]))
    return found


def answers_in(paths: Iterable[Path]) -> list[AnswerRow]:
    """Read answers."""
    return [
        AnswerRow(
            row["kind"],
            row["question"],
            tuple((s["text"], s["role"], s["agent"]) for s in row["sentences"]),
            row["facets"],
            frozenset(row["signals"]),
            row["id"] + path.name,
        )
        for path in paths
        for row in read(path)
    ]


def candidate_rows(candidates: list[dict], probes: dict[str, list[str]], rng: random.Random) -> Iterator[ReplyRow]:
    """Give each candidate's replies as they might come up in a thread: some facets asked before, some not."""
    for candidate in candidates:
        group = candidate["opening"]
        said: list[str] = []
        facets = list(candidate["facets"].items())
        rng.shuffle(facets)
        for name, truth in facets:
            kind = truth["limit"]["kind"]
            turns = [(t, "fresh") for t in truth["levels"]]
            turns += [(t, "fresh" if kind == "held" else kind) for t in truth["limit"]["replies"]]
            mine: list[str] = []
            for text, label in turns:
                before = " ".join([candidate["opening"], *said[-6:], *mine])
                weight = 0.35 if label == "fresh" else 1.0
                yield ReplyRow(Facet(name), rng.choice(probes[name]), text, before, label, group, weight)
                mine.append(text)
            said += [t for t, label in turns if label == "fresh" and rng.random() < 0.7]


class Variation:
    """Varies rows in ways that change no label, or change it surely."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def text(self, text: str) -> str:
        """Vary a text as padding and a recognizer would."""
        words = text.split()
        if self._rng.random() < 0.3:
            words = [w for w in words if self._rng.random() > 0.03] or words
        if self._rng.random() < 0.3:
            words = [self._slip(w) if self._rng.random() < 0.04 else w for w in words]
        text = " ".join(words)
        for _ in range(self._rng.choice((0, 0, 0, 1, 1, 2))):
            pad = self._rng.choice(PADDING)
            text = f"{pad} {text}" if self._rng.random() < 0.5 else f"{text} {pad}"
        return text

    def _slip(self, word: str) -> str:
        if len(word) < 4 or not word.isalpha():
            return word
        at = self._rng.randrange(1, len(word) - 1)
        return self._rng.choice([word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:], word[:-1]])

    def reply(self, row: ReplyRow) -> ReplyRow:
        """Vary a reply; now and then turn a repetition into a contradiction by changing a number."""
        if row.label == Reply.NO_MORE and self._rng.random() < 0.15:
            changed = self._other_number(row.reply, row.before)
            if changed:
                return replace(row, reply=changed, label=Reply.CONTRADICTED.value)
        probe = row.probe
        return replace(row, reply=self.text(row.reply), probe=probe)

    def _other_number(self, reply: str, before: str) -> str | None:
        shared = [m for m in re.finditer(r"\b\d{2,4}\b", reply) if re.search(rf"\b{m.group()}\b", before)]
        if not shared:
            return None
        match = self._rng.choice(shared)
        value = int(match.group())
        if 1900 <= value <= 2100:
            other = value + self._rng.choice([-4, -3, -2, 2, 3])
        else:
            other = max(2, int(value * self._rng.choice([0.3, 0.5, 0.6, 1.6, 2, 3])))
        return reply[: match.start()] + str(other) + reply[match.end() :]

    def evaded(self, rows: list[ReplyRow], share: float) -> list[ReplyRow]:
        """Make evasions: a fresh reply at one facet, given to a probe at one that is far from it."""
        by_group: dict[str, list[ReplyRow]] = {}
        for row in rows:
            by_group.setdefault(row.group, []).append(row)
        made = []
        for group in by_group.values():
            for row in group:
                if row.label == Reply.FRESH and self._rng.random() < share:
                    others = [o for o in group if o.facet in FAR[row.facet]]
                    if others:
                        other = self._rng.choice(others)
                        made.append(
                            replace(row, facet=other.facet, probe=other.probe, label=Reply.EVADED.value, weight=1.0)
                        )
        return made

    def repeated(self, rows: list[ReplyRow], share: float) -> list[ReplyRow]:
        """Make repetitions: a fresh reply that has been given already, said again with some words left out."""
        made = []
        for row in rows:
            if row.label == Reply.FRESH and self._rng.random() < share:
                words = row.reply.split()
                kept = [w for w in words if self._rng.random() > 0.25]
                made.append(
                    replace(
                        row,
                        before=f"{row.before} {row.reply}",
                        reply=" ".join(kept),
                        label=Reply.NO_MORE.value,
                        weight=1.0,
                    )
                )
        return made
