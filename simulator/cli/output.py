"""How commands print: tables for people, JSON for programs, questions that want a yes."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path


def plain_data(value: object) -> object:
    """Give dataclasses, mappings and paths as what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain_data(each) for key, each in asdict(value).items()}
    if isinstance(value, Mapping):
        return {str(key): plain_data(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_data(each) for each in value]
    return str(value) if isinstance(value, Path) else value


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    print(json.dumps(plain_data(value), ensure_ascii=False, indent=1))


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns; the last column is cut at the terminal's width, where there is one."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    room = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
    for row in [head, *rows]:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        print(line[:room] if room else line)


def minutes(seconds: float) -> str:
    """Give a length as minutes and seconds ("2:05")."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def agreed(question: str, *, yes: bool) -> bool:
    """Ask for a yes; without a terminal only `--yes` counts as one."""
    if yes:
        return True
    if not sys.stdin.isatty():
        print(f"{question} Not done: add --yes to say so without being asked.", file=sys.stderr)
        return False
    return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}


def progress_line(what: str, done: int, total: int) -> None:
    """Show how far something is, on one line of the terminal; nothing where there is no terminal."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r{what}: {done} of {total}", end=end, file=sys.stderr, flush=True)
