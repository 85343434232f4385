"""How figures and words are written in summaries, reports and lists."""

from __future__ import annotations

QUOTE_WORDS = 18
"""Words of a quote that are shown before it is cut short."""


def clock(seconds: float) -> str:
    """Give a length or a moment as minutes and seconds ("2:31"), from an hour on with hours ("1:02:31")."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"


def short(text: str, most: int = 8) -> str:
    """Give the beginning of a question in quotation marks, at most so many words."""
    return f"“{cut(text, most)}”"


def cut(text: str, most: int = QUOTE_WORDS) -> str:
    """Give a text's first words, with a mark where something was left out."""
    words = text.split()
    return " ".join(words[:most]).rstrip(",;:") + " …" if len(words) > most else " ".join(words)


def count(number: int, one: str, many: str = "") -> str:
    """Give a number with its noun ("1 session", "2 sessions")."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(size_bytes: float) -> str:
    """Give a size on disk ("812 kB", "1.4 GB")."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size_bytes < 1000 or unit == "GB":
            break
        size_bytes /= 1000
    return f"{size_bytes:.0f} {unit}" if size_bytes >= 10 or unit == "bytes" else f"{size_bytes:.1f} {unit}"
