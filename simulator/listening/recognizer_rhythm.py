"""When the recognizer looks, and at how much: the settings that its speed and its care hang on."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.listening.wordstream import Agreement


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When the recognizer looks, and at how much.

    Attributes:
        update_s: new sound that is worth a look.
        share: the most of a core that looks may take; updates become rarer when they cost more.
        window_s: sound that a look goes back at most.
        preroll_s: sound that is kept before the voice begins.
        keep_s: sound before a confirmed pause that is looked at again for its context.
        cut_to: share of the longest window that is kept when it is reached.
        tail_s: silence that is kept after the voice.
        beam: hypotheses of a full look.
        agreement: when a word counts as confirmed.
    """

    update_s: float = 0.4
    share: float = 0.65
    window_s: float = 10.0
    preroll_s: float = 0.5
    keep_s: float = 4.0
    cut_to: float = 0.6
    tail_s: float = 0.4
    beam: int = 5
    agreement: Agreement = field(default_factory=Agreement)
