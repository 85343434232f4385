"""How times, marks and states are written on screens: one place, so that every screen writes them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.domain.vocabulary import FacetState, Outcome, Phase

if TYPE_CHECKING:
    from simulator.domain.state import FacetProgress

STATE_MARKS: dict[FacetState, str] = {
    FacetState.UNHEARD: "○",
    FacetState.CLAIMED: "◐",
    FacetState.SUPPORTED: "●",
}
"""A facet's mark while it is not settled."""

HELD_MARK = "■"
LIMIT_MARK = "◆"

TURN_MARKS: dict[Phase, str] = {
    Phase.PREPARING: "…",
    Phase.SPEAKING: "◀",
    Phase.LISTENING: "●",
    Phase.THINKING: "∴",
    Phase.REVIEWING: "◇",
    Phase.PAUSED: "‖",
    Phase.CLOSED: "■",
}
"""A mark for whose turn it is."""

TURN_WORDS: dict[Phase, str] = {
    Phase.PREPARING: "preparing",
    Phase.SPEAKING: "interviewer speaking",
    Phase.LISTENING: "listening",
    Phase.THINKING: "thinking",
    Phase.REVIEWING: "look at your attempt",
    Phase.PAUSED: "paused",
    Phase.CLOSED: "closed",
}


def clock(seconds: float) -> str:
    """Give seconds as minutes and seconds ("1:05"), or hours too ("1:02:03")."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def facet_mark(progress: FacetProgress) -> tuple[str, str, str]:
    """Give a facet's mark, its word, and the name of its colour variable.

    Args:
        progress: how far the facet has got.
    """
    if progress.outcome is None:
        return STATE_MARKS[progress.state], progress.state.value, f"facet-{progress.state.value}"
    if progress.outcome is Outcome.HELD:
        return HELD_MARK, progress.outcome.value, "facet-held"
    return LIMIT_MARK, progress.outcome.value, "facet-limit"


def shortened(text: str, width: int) -> str:
    """Give a text that fits into a width in characters, cut at a word and marked with "…" where it does not.

    Args:
        text: one line.
        width: characters.
    """
    if len(text) <= width:
        return text
    head = text[: max(1, width - 1)]
    at_word = head.rfind(" ")
    return (head[:at_word] if at_word > width // 2 else head).rstrip(" ,;:") + "…"


def place_in_band(seconds: float, band_s: tuple[float, float]) -> str:
    """Give where a length lies against the wanted band: "under the band", "in the band" or "over the band"."""
    low, high = band_s
    where = "under" if seconds < low else "over" if seconds > high else "in"
    return f"{where} the band"
