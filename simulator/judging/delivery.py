"""How an answer was delivered: length, pace, fillers, pauses, and where its words went. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from simulator.domain.judgements import SentenceJudgement
from simulator.domain.state import AnswerState, Delivery
from simulator.domain.vocabulary import Agent, AnswerEnd, Role
from simulator.domain.words import Word, fillers_of, is_filler

BAND_S = (120.0, 180.0)
"""Wanted length of an initial answer, seconds: the round's own guide to candidates ("two to three minutes")."""

PAUSE_S = 0.25
"""Silence from which a gap counts as a pause; shorter ones are articulation (Goldman-Eisler 1968)."""

PRESENT_SHARE = 0.05
"""Share of the words from which a part counts as told."""


def measure_delivery(answer: AnswerState) -> Delivery:
    """Measure an ended answer; its sentences, where judged, give the shares and the own part."""
    typed = answer.ended is AnswerEnd.TYPED
    words = answer.record
    duration = answer.duration_s or (words[-1].end_s - words[0].start_s if words else 0.0)
    fillers = len(fillers_of(words, answer.fillers))
    pauses = () if typed else pauses_of(words, answer.voice)
    spoken = answer.speech_s or max(duration - sum(pauses), 0.0)
    timed = not typed and duration > 0 and spoken > 0
    shares = shares_of(answer.sentences)
    return Delivery(
        duration_s=duration,
        pace_wpm=pace_wpm(words, spoken) if timed else None,
        fillers=fillers,
        fillers_pm=fillers * 60.0 / duration if timed else None,
        pause_share=min(sum(pauses) / duration, 1.0) if timed else None,
        longest_pause_s=max(pauses, default=0.0) if timed else None,
        shares=MappingProxyType(dict(shares)),
        own_part_at_s=own_part_at_s(answer.sentences, answer.words) if words else None,
        front_loaded=answer.initial and is_front_loaded(shares, duration),
    )


def pace_wpm(words: Sequence[Word], spoken_s: float) -> float:
    """Give words a minute over the time spoken, filled pauses left out; 0 if no time was spoken."""
    count = sum(not is_filler(w) for w in words)
    return count * 60.0 / spoken_s if spoken_s > 0 else 0.0


def pauses_of(words: Sequence[Word], voice: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """Give the lengths of the pauses inside an answer, seconds, in order.

    Args:
        words: the answer's words; their gaps count where no stretches of voice are known.
        voice: stretches of voice, (start, end) in seconds, in any order.
    """
    stretches = sorted(voice) if voice else [(w.start_s, w.end_s) for w in words]
    gaps = []
    end = None
    for start, stop in stretches:
        if end is not None and start - end >= PAUSE_S:
            gaps.append(start - end)
        end = stop if end is None else max(end, stop)
    return tuple(gaps)


def shares_of(sentences: Sequence[SentenceJudgement]) -> Mapping[str, float]:
    """Give each role's share of the words, 0 to 1; empty where no sentence was judged."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        counts[sentence.role.value] += sentence.last_word - sentence.first_word + 1
    total = counts.total()
    return {role: count / total for role, count in counts.items()} if total else {}


def own_part_at_s(sentences: Sequence[SentenceJudgement], words: Sequence[Word]) -> float | None:
    """Give the seconds from an answer's start until the first sentence in which the candidate acts; None if never.

    Args:
        sentences: judged sentences, which point into `words`.
        words: the words that were judged.
    """
    for sentence in sentences:
        if sentence.role is Role.ACTION and sentence.agent is Agent.SELF and sentence.first_word < len(words):
            return words[sentence.first_word].start_s - words[0].start_s
    return None


def is_front_loaded(shares: Mapping[str, float], duration_s: float) -> bool:
    """Say whether everything was poured into an initial answer: longer than the band, nothing left for follow-ups.

    For a story that is when situation, action, result and reflection were all told; a view that runs over
    the band has nothing left in any case.
    """
    if duration_s <= BAND_S[1]:
        return False
    told = {role for role, share in shares.items() if share >= PRESENT_SHARE}
    story = {Role.SITUATION.value, Role.ACTION.value, Role.RESULT.value, Role.REFLECTION.value}
    return story <= told or shares.get(Role.VIEW.value, 0.0) >= 0.5
