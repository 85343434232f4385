"""What is usual in delivery: the published figures that judging, screens and reports measure against."""

from __future__ import annotations

from enum import StrEnum

PACE_QUIET_WPM = (120.0, 170.0)
"""Words a minute over the time spoken that nobody remarks on: where conversational and presentational English lies in
published counts (National Center for Voice and Speech: about 150)."""

PACE_FLAGGED_WPM = (100.0, 190.0)
"""Words a minute under or over which the pace is worth a word."""

FILLERS_QUIET_PM = 5.0
"""Filled pauses a minute up to which listeners don't remark on them (Laske & DiGennaro Reed 2024)."""

FILLERS_FLAGGED_PM = 12.0
"""Filled pauses a minute from which speakers are rated lower (Laske & DiGennaro Reed 2024)."""

FILLER_RECALL = 0.79
"""Share of the known filled pauses in recordings of people that are found, as docs/benchmarks.md has it
(`python -m benchmarks.recognition`)."""

RECALL_TRUSTED = 0.9
"""Recall under which a count of fillers is shown as a lower bound."""

PAUSE_REPORTED_S = 2.5
"""Seconds from which a pause is reported; never read as a lack of confidence."""

STAR_SHARES = {"situation": 0.2, "task": 0.1, "action": 0.6, "result": 0.1}
"""Shares of the words that guides advise for a story; advice only, never a score."""


def at_least(figure: str) -> str:
    """Give a figure of fillers as it is shown: as a lower bound while too many are missed."""
    return f"at least {figure}" if FILLER_RECALL < RECALL_TRUSTED else figure


def fillers_told(count: int) -> str:
    """Give a count of fillers in words: "no fillers found", "at least 1 filler"."""
    return at_least(f"{count} filler{'' if count == 1 else 's'}") if count else "no fillers found"


class Length(StrEnum):
    """Where the length of an initial answer lies against the wanted band."""

    SHORT = "short"
    WITHIN = "within"
    LONG = "long"


def length_of(duration_s: float, band_s: tuple[float, float]) -> Length:
    """Give where a length lies against the band; its edges belong to it.

    Args:
        duration_s: the answer's length, seconds.
        band_s: the wanted length (low, high), seconds; the round's guide says 120 to 180.
    """
    low, high = band_s
    if duration_s < low:
        return Length.SHORT
    return Length.LONG if duration_s > high else Length.WITHIN
