"""What the start screen has to offer in tests and pictures."""

from __future__ import annotations

from simulator.domain.vocabulary import Mode, SessionClose
from simulator.screens.start import Offer, PackOffer, Recent
from tests.screens.events import QUESTION

OFFER = Offer(
    packs=(
        PackOffer("openai-behavioral-mission", "OpenAI: behavioural and mission", (("disagreement", QUESTION),)),
        PackOffer(
            "general-behavioural", "General behavioural", (("deadline", "Tell me about a deadline you missed."),)
        ),
    ),
    voices=("interviewer", "espeak"),
    inputs=("USB Microphone", "Built-in Audio"),
    outputs=("Headphones", "Built-in Audio"),
    recent=(
        Recent("2026-11-20-1015-quiet-harbour", "", "2026-11-20T10:15:00", Mode.ROUND, 2433.0, SessionClose.COMPLETE),
        Recent("2026-11-19-0815-slow-river", "Priya's log", "2026-11-19T08:15:00", Mode.DEPTH, 733.0, None),
        Recent("2026-11-17-1830-open-gate", "", "2026-11-17T18:30:00", Mode.DRILL, 1210.0, SessionClose.QUIT),
    ),
)
