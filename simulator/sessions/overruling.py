"""How often the judge was overruled by the user, by what was judged and by which engine; pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulator.domain import events as ev
from simulator.domain.vocabulary import Facet
from simulator.sessions.wording import count

Place = tuple[str, str, str | None]
"""Where a judgement stands: target, thread, and the answer or facet (or signal in an answer) that it is about."""


@dataclass(frozen=True, slots=True)
class Overruled:
    """How often one engine's judgements of one target were overruled.

    Attributes:
        target: "reply", "facet", "outcome" or "signal".
        engine: who judged; "missed" for signals that the user added and no engine had found.
        judged: how many judgements there are.
        overruled: how many of them the user changed.
        changes: (was, now) to how often.
    """

    target: str
    engine: str
    judged: int
    overruled: int
    changes: Mapping[tuple[str, str], int]

    @property
    def share(self) -> float:
        """Overruled over judged; 0 where nothing was judged."""
        return self.overruled / self.judged if self.judged else 0.0


def overruled(sessions: Iterable[Sequence[ev.Event]]) -> tuple[Overruled, ...]:
    """Count over sessions how often the user overruled what was judged last at each place.

    Args:
        sessions: the events of each session, in order.
    """
    judged: Counter[tuple[str, str]] = Counter()
    changes: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for events in sessions:
        first, now = _judgements(events)
        for place, (value, engine) in first.items():
            key = (place[0], engine)
            judged[key] += engine != "missed"
            if now[place] != value:
                changes[key][value, now[place]] += 1
    keys = sorted(judged.keys() | changes.keys())
    return tuple(
        Overruled(*key, judged[key], sum(changes[key].values()), dict(changes[key].most_common())) for key in keys
    )


def _judgements(events: Sequence[ev.Event]) -> tuple[dict[Place, tuple[str, str]], dict[Place, str]]:
    """Give what was judged last at each place and by whom, and what holds there after the user's corrections."""
    judged: dict[Place, tuple[str, str]] = {}
    now: dict[Place, str] = {}
    replies: dict[tuple[str, Facet], str] = {}

    def say(place: Place, value: str, engine: str) -> None:
        judged[place] = (value, engine)
        now[place] = value

    for event in events:
        match event:
            case ev.ReplyJudged():
                replies[event.thread, event.facet] = event.engine
                say(("reply", event.thread, event.answer), event.reply, event.engine)
            case ev.FacetJudged():
                say(("facet", event.thread, event.facet), event.state, event.engine)
            case ev.FacetSettled():
                engine = replies.get((event.thread, event.facet), "")
                say(("outcome", event.thread, event.facet), event.outcome, engine)
            case ev.SignalFound():
                say(("signal", event.thread, f"{event.answer} {event.signal}"), event.signal, event.engine)
            case ev.JudgementCorrected():
                place = _place(event)
                judged.setdefault(place, ("", "missed"))
                now[place] = event.now
            case _:
                pass
    return judged, now


def _place(event: ev.JudgementCorrected) -> Place:
    if event.target == "reply":
        return "reply", event.thread, event.answer
    if event.target == "signal":
        return "signal", event.thread, f"{event.answer} {event.was or event.now}"
    return event.target, event.thread, event.facet


def overruled_text(rows: Sequence[Overruled]) -> str:
    """Give the table as plain text."""
    if not any(row.overruled for row in rows):
        judged = sum(row.judged for row in rows)
        return f"None of {count(judged, 'judgement')} has been overruled." if judged else "Nothing has been judged yet."
    lines = [f"{'target':<9} {'engine':<28} {'judged':>7} {'overruled':>10} {'share':>6}  most often"]
    for row in rows:
        most = list(row.changes.items())[:3]
        often = ", ".join(f"{was or 'nothing'} → {now or 'nothing'} ({times})" for (was, now), times in most)
        share = f"{row.share:.0%}" if row.judged else "-"
        figures = f"{row.judged:>7} {row.overruled:>10} {share:>6}"
        lines.append(f"{row.target:<9} {row.engine:<28} {figures}  {often}".rstrip())
    return "\n".join(lines)
