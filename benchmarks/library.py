"""Times the library on thousands of synthetic sessions, opening a session, and opening a report in a browser.

`python -m benchmarks.library [--sessions 10000] [--folder DIR]`; the sessions are made under DIR (a temporary folder
if none is named) and are used again if they are there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from textual.screen import Screen

from benchmarks.common import Row, publish, published
from benchmarks.synthetic import keep_session, made_session
from simulator.cli.sessions import PAGE, shelves_of
from simulator.config.settings import Settings
from simulator.domain import events as ev
from simulator.domain.vocabulary import Outcome
from simulator.screens.app import InterviewApp
from simulator.screens.library import LibraryScreen
from simulator.sessions.folder import SessionFolder, list_sessions
from simulator.sessions.library import Library
from simulator.sessions.loading import load_session
from simulator.sessions.recording import RATE_HZ, Recording
from simulator.sessions.report import write_report
from simulator.sessions.searching import Filters
from simulator.sessions.summary import summarize

PATTERNS = 200
"""Different sessions that are made up; the others have the words of one of these under their own id and time."""

SEARCHES = (
    "settlement",
    "customers",
    "Ragnhild migration",
    '"night shift could sleep"',
    "rolled timetable",
    "qua*",
    "hospital",
)
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


Taken = tuple[float, float]
"""Milliseconds that something took: on the clock, and of processor time."""


def timed(work: Callable[[], object], times: int) -> list[Taken]:
    """Give how long a piece of work takes each time, after one time that is not counted."""
    work()
    taken = []
    for _ in range(times):
        begun, begun_cpu = time.perf_counter(), time.process_time()
        work()
        taken.append((1000 * (time.perf_counter() - begun), 1000 * (time.process_time() - begun_cpu)))
    return taken


def p95(taken: list[float]) -> float:
    return sorted(taken)[max(0, round(0.95 * len(taken)) - 1)]


def row(what: str, taken: list[Taken], goal_ms: float | None = None, note: str = "") -> Row:
    clock, cpu = [each for each, _ in taken], [each for _, each in taken]
    figures = f"p50 {statistics.median(clock):.0f}, p95 {p95(clock):.0f}"
    goal = f"p95 {goal_ms:.0f}" if goal_ms else ""
    spent = f"processor time p50 {statistics.median(cpu):.0f}, p95 {p95(cpu):.0f}" if any(cpu) else ""
    note = "; ".join(each for each in (note, spent) if each)
    return Row(f"{what}, ms", figures, goal, p95(clock) <= goal_ms if goal_ms else None, note=note)


def make_sessions(root: Path, count: int) -> None:
    """Make sessions, an hour apart, as folders with journals."""
    have = {folder.id[:15] for folder in list_sessions(root)}
    rng = random.Random(11)
    begin = datetime(2025, 9, 1, 8)
    patterns: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(min(PATTERNS, count)):
            folder = keep_session(Path(scratch), begin, random.Random(number), made_session(random.Random(number), 1))
            patterns.append(folder.journal.read_text(encoding="utf-8").replace(folder.id, "SESSION", 1))
    for number in range(count):
        now = begin + timedelta(hours=number)
        if f"{now:%Y%m%d-%H%M%S}" in have:
            continue
        folder = SessionFolder.create(root, now, rng)
        folder.journal.write_text(patterns[number % len(patterns)].replace("SESSION", folder.id, 1), encoding="utf-8")


def long_session(root: Path, minutes: float, *, sound: bool) -> SessionFolder:
    """Make one long session, with sound if asked."""
    rng = random.Random(5)
    events = made_session(rng, minutes - 6)
    folder = keep_session(root, datetime(2026, 11, 1, 10), rng, events)
    if sound:
        noise = np.random.default_rng(1).normal(0, 1500, RATE_HZ)
        for path in (folder.candidate, folder.interviewer):
            recording = Recording(path)
            for second in range(int(events[-1].at_s)):
                recording.write((noise * (1 + second % 3)).astype(np.int16))
            recording.close()
    return folder


def opening_in_browser(page: Path) -> list[Taken]:
    """Give how long a page takes to be open (its load event), milliseconds, five times."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    with tempfile.TemporaryDirectory() as profile:
        for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
            options.add_argument(flag)
        browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
        taken = []
        try:
            for _ in range(6):
                browser.get("about:blank")
                browser.get(page.as_uri())
                script = "return performance.getEntriesByType('navigation')[0].loadEventEnd"
                taken.append((float(browser.execute_script(script)), 0.0))
        finally:
            browser.quit()
    return taken[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-rebuild", dest="rebuild", action="store_false", help="keep the index that is there")
    given = parser.parse_args()
    scratch = given.folder or Path(tempfile.mkdtemp())
    library = Library(scratch / "sessions", scratch / "library.sqlite3", scratch / "examples.json")
    make_sessions(library.root, given.sessions)
    begun, begun_cpu = time.perf_counter(), time.process_time()
    if given.rebuild:
        read = library.rebuild(lambda done, total: print(f"\r{done}/{total}", end="", flush=True)).read
        print()
    else:
        library.update()
        read = library.page().total
    rebuilt_s, rebuilt_cpu_s = time.perf_counter() - begun, time.process_time() - begun_cpu
    words = sum(len(e.words) for e in load_session(library.find()).events if isinstance(e, ev.WordsConfirmed))

    newest = library.find()
    searches = [each for words_ in SEARCHES for each in timed(lambda words_=words_: library.search(words_), 10)]
    filtered = Filters(pack="general", limits=(Outcome.VAGUE, Outcome.EVADED), text="settlement audit")
    rows = [
        row("library screen, opened until its first page is painted", asyncio.run(opening(library, 40)), 150),
        row("library, first page", timed(lambda: library.page(limit=PAGE), 40), 150),
        row("library, what is told of a session", timed(lambda: shelves_of(library).about(newest.id, ""), 40)),
        row("all folders looked through for changes, behind the screen", timed(library.update, 20)),
        row("library, page 100", timed(lambda: library.page(offset=5000), 20)),
        row("library, pack, limit kinds and words", timed(lambda: library.page(filtered), 20)),
        row("search over everything said", searches, 50, f"{len(SEARCHES)} searches, rare and common words, phrases"),
        row("one session changed, index brought up to date", timed(lambda: changed(library, newest), 20)),
    ]
    with tempfile.TemporaryDirectory() as place:
        stored = long_session(Path(place), 45, sound=False)
        events = len(load_session(stored).events)
        note = f"{events} events, {stored.journal.stat().st_size / 1e6:.1f} MB"
        rows.append(row("a session of 45 minutes, opened", timed(lambda: load_session(stored), 20), 300, note))
        rows.append(row("… and summed up", timed(lambda: summarize(load_session(stored).state), 20)))
    with tempfile.TemporaryDirectory() as place:
        stored = long_session(Path(place), 60, sound=True)
        loaded = load_session(stored)
        begun = time.perf_counter()
        page = write_report(loaded, Path(place) / "report.html")
        written_s = time.perf_counter() - begun
        opened = opening_in_browser(page)
        minutes = loaded.state.at_s / 60
        note = f"{minutes:.0f} minutes, {page.stat().st_size / 1e6:.1f} MB with sound; load event"
        rows.append(row("a report of 60 minutes, opened in chromium", opened, 1000, note))
        rows.append(Row("… written, s", f"{written_s:.0f}", note="both voices mixed and encoded as Opus"))
    size = sum(file.stat().st_size for file in scratch.glob("library.sqlite3*"))
    rebuilt = [Row(**each) for each in published("library").get("rebuild", ())]
    if given.rebuild:
        each_ms = 1000 * rebuilt_cpu_s / read
        note = f"{read} sessions; {rebuilt_cpu_s:.0f} s of processor time, {each_ms:.0f} ms each"
        rebuilt = [Row("index made anew, s", f"{rebuilt_s:.0f}", note=note)]
    rows += rebuilt
    rows.append(Row("index on disk, MB", f"{size / 1e6:.0f}"))
    publish(
        "library",
        "Library, review and reports",
        f"python -m benchmarks.library --sessions {given.sessions}",
        rows,
        notes=f"{read} synthetic sessions of about {words} words and one thread each, {PATTERNS} of them different. "
        f"Load average while measuring: {os.getloadavg()[0]:.1f}, on {os.cpu_count()} cores; priority {os.nice(0)}. "
        "Processor time is what the work itself took.",
        data={"rebuild": [asdict(each) for each in rebuilt]},
    )
    if given.folder is None:
        shutil.rmtree(scratch)


async def opening(library: Library, times: int) -> list[Taken]:
    """Give how long the library's screen takes in a running program, from its being asked for to its being painted.

    The look for changes begins when it is painted, and is left out here.
    """
    loop, ends = asyncio.get_running_loop(), list[Taken]()
    painted = asyncio.Event()

    def refresh(_: object) -> bool:
        ends.append((time.perf_counter(), time.process_time()))
        loop.call_soon_threadsafe(painted.set)
        return False

    shelves = replace(shelves_of(library), refresh=refresh)
    taken = []
    app = InterviewApp(Settings(), Screen)
    async with app.run_test(size=(140, 40)) as pilot:
        for _ in range(times + 1):
            painted.clear()
            begun, begun_cpu = time.perf_counter(), time.process_time()
            app.push_screen(LibraryScreen(shelves))
            await painted.wait()
            end, end_cpu = ends[-1]
            taken.append((1000 * (end - begun), 1000 * (end_cpu - begun_cpu)))
            app.pop_screen()
            await pilot.pause()
    return taken[1:]


def changed(library: Library, folder: SessionFolder) -> None:
    """Touch one session and bring the index up to date with it."""
    os.utime(folder.journal)
    library.update_one(folder)


if __name__ == "__main__":
    main()
