"""`interview sessions`: list, show, rename, tag, note, delete, export and import sessions."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.output import agreed, minutes, print_json, print_table, progress_line
from simulator.cli.stored import opened
from simulator.domain.errors import ExitStatus, UsageError
from simulator.domain.vocabulary import Mode, Outcome
from simulator.sessions.wording import count

if TYPE_CHECKING:
    from simulator.screens.library import Shelves
    from simulator.sessions.library import Library
    from simulator.sessions.searching import Filters, Listed


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    _filters(parser)
    listing = verbs.add_parser("list", help="list sessions, newest first (the default without a screen)")
    _filters(listing)
    show = verbs.add_parser("show", help="a session's summary")
    _session(show)
    show.add_argument("--json", action="store_true", help="as JSON")
    rename = verbs.add_parser("rename", help="give a session a title")
    _session(rename)
    rename.add_argument("title")
    tag = verbs.add_parser("tag", help="set a session's tags (none given: take them away)")
    _session(tag)
    tag.add_argument("tags", nargs="*")
    note = verbs.add_parser("note", help="write a note, about a moment or the whole")
    _session(note)
    note.add_argument("text")
    note.add_argument("--at", type=float, default=None, metavar="SECONDS", help="the moment it is about")
    delete = verbs.add_parser("delete", help="delete a session, its sound and all traces of it")
    _session(delete)
    delete.add_argument("--yes", action="store_true", help="don't ask")
    export = verbs.add_parser("export", help="write a whole session into one file")
    _session(export)
    export.add_argument("-o", "--output", type=Path, default=Path(), metavar="FILE", help="file or folder")
    take = verbs.add_parser("import", help="take in a session that was exported")
    take.add_argument("file", type=Path)
    disk = verbs.add_parser("disk", help="how much space sessions take")
    disk.add_argument("--json", action="store_true", help="as JSON")
    verbs.add_parser("rebuild", help="make the index anew from the folders")
    expire = verbs.add_parser("expire", help="delete sessions that are older than the retention setting")
    expire.add_argument("--days", type=int, default=0, metavar="N", help="instead of the setting")
    expire.add_argument("--yes", action="store_true", help="don't ask")


def _session(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("session", help='id, part of one, or "last"')


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pack", default="", help="only sessions with this pack")
    parser.add_argument("--question", default="", metavar="ID", help="only sessions in which it was asked")
    parser.add_argument("--since", type=_day, default=None, metavar="DATE", help="from this day on")
    parser.add_argument("--until", type=_day, default=None, metavar="DATE", help="up to this day")
    parser.add_argument("--limit", type=Outcome, action="append", default=[], choices=list(Outcome), help="settled so")
    parser.add_argument("--engine", default="", help="judged by this engine")
    parser.add_argument("--mode", type=Mode, default=None, choices=list(Mode), help="what was practised")
    parser.add_argument("--tag", default="", help="with this tag")
    parser.add_argument("--text", default="", metavar="WORDS", help="in which these words were said")
    parser.add_argument("--count", type=int, default=50, metavar="N", help="how many (default: 50)")
    parser.add_argument("--plain", action="store_true", help="a listing, not the screen")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Do what the verb says, and give the exit status."""
    import sys

    from simulator.sessions.library import Library

    library = Library.of_user()
    verb = options.verb or ("list" if options.plain or options.json or not sys.stdout.isatty() else "screen")
    if verb == "screen":
        return _screen(library, options)
    verbs = {
        "list": _list,
        "show": _show,
        "rename": _rename,
        "tag": _tag,
        "note": _note,
        "delete": _delete,
        "export": _export,
        "import": _import,
        "disk": _disk,
        "rebuild": _rebuild,
        "expire": _expire,
    }
    return verbs[verb](library, options)


PAGE = 100
"""Sessions that the screen fetches at once: more than the tallest terminal shows, and drawn in a blink."""


def filters_of(text: str) -> Filters:
    """Give the filters that a line of the search box means: words, and `name:value` pairs.

    Raises:
        UsageError: a filter has a value that it cannot have.
    """
    from simulator.sessions.searching import Filters

    words, found = [], dict[str, str]()
    for part in text.split():
        name, colon, value = part.partition(":")
        if colon and value and name in {"pack", "question", "since", "until", "limit", "engine", "mode", "tag"}:
            found[name] = value
        else:
            words.append(part)
    try:
        since, until = (date.fromisoformat(found[n]) if n in found else None for n in ("since", "until"))
        limits = (Outcome(found["limit"]),) if "limit" in found else ()
    except ValueError as error:
        outcomes = ", ".join(Outcome)
        raise UsageError(f"Not understood: {error}.", f"Days as 2026-11-01; limits: {outcomes}.") from error
    return Filters(
        pack=found.get("pack", ""),
        question=found.get("question", ""),
        since=since,
        until=until,
        limits=limits,
        engine=found.get("engine", ""),
        mode=found.get("mode", ""),
        tag=found.get("tag", ""),
        text=" ".join(words).replace("“", '"').replace("”", '"'),
    )


def shelves_of(library: Library) -> Shelves:
    """Give what the library's screen needs."""
    from simulator.screens.library import About, Row, Shelves

    def rows(text: str, offset: int) -> tuple[tuple[Row, ...], int]:
        page = library.page(filters_of(text), limit=PAGE, offset=offset)
        return tuple(
            Row(each.id, tuple(row(each)[1:]), each.figures.title, tuple(each.figures.tags)) for each in page.sessions
        ), page.total

    def about(session: str, text: str) -> About:
        figures = next(iter(library.figures([session])), None)
        if figures is None:
            return About()
        words = filters_of(text).text
        hits = library.search(words, 3, session) if words else ()
        lines = [(f"at {minutes(hit.start_s)}", f"{hit.speaker}: {hit.snippet}") for hit in hits]
        for thread in figures.threads:
            settled = {facet: depth.outcome for facet, depth in thread.facets.items() if depth.outcome is not None}
            limits = [f"{facet} {outcome}" for facet, outcome in settled.items() if outcome is not Outcome.HELD]
            held = f"{len(settled) - len(limits)} held"
            lines.append((thread.thread, ", ".join([f"{thread.question}: {held}", *limits])))
        lines.append(("session", f"{session}, {figures.pack}, judged by {figures.judge or 'nobody'}"))
        return About(tuple(lines), hits[0].start_s if hits else 0.0)

    def rename(session: str, title: str) -> None:
        folder = library.find(session)
        library.rename(folder, title)
        library.update_one(folder)

    def tag(session: str, tags: tuple[str, ...]) -> None:
        folder = library.find(session)
        library.tag(folder, tags)
        library.update_one(folder)

    def refresh(progress: Callable[[int, int], None]) -> bool:
        done = library.update(progress)
        return done.read > 0 or done.removed > 0

    return Shelves(
        rows=rows,
        about=about,
        rename=rename,
        tag=tag,
        delete=lambda session: library.delete(library.find(session)),
        refresh=refresh,
    )


def _words_of(options: argparse.Namespace) -> str:
    """Give the filters of a command as the search box writes them."""
    names = ("pack", "question", "since", "until", "engine", "mode", "tag")
    chosen = [f"{name}:{getattr(options, name)}" for name in names if getattr(options, name)]
    return " ".join([*chosen, *(f"limit:{limit}" for limit in options.limit), *options.text.split()])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-11-01") from error


def _screen(library: Library, options: argparse.Namespace) -> int:
    """Show the library until the user leaves it; a session that is opened comes back to it."""
    from simulator.cli.main import main
    from simulator.config.settings import load_settings
    from simulator.screens.library import run_library

    settings = load_settings()
    shelves = shelves_of(library)
    words = _words_of(options)
    while (chosen := run_library(shelves, settings, words)) is not None:
        session, at_s, words = chosen
        main(["review", session, "--at", str(at_s)])
    return int(ExitStatus.OK)


def _list(library: Library, options: argparse.Namespace) -> int:
    from simulator.sessions.searching import Filters

    library.update(partial(progress_line, "Reading sessions"))
    filters = Filters(
        pack=options.pack,
        question=options.question,
        since=options.since,
        until=options.until,
        limits=tuple(options.limit),
        engine=options.engine,
        mode=options.mode,
        tag=options.tag,
        text=options.text,
    )
    page = library.page(filters, limit=options.count)
    if options.json:
        print_json({"total": page.total, "sessions": page.sessions})
        return int(ExitStatus.OK)
    if not page.sessions:
        print("No sessions." if page.total == 0 else "No sessions on this page.")
        return int(ExitStatus.OK)
    print_table(["session", "when", "length", "mode", "limits", "title"], [row(each) for each in page.sessions])
    if page.total > len(page.sessions):
        print(f"{len(page.sessions)} of {page.total}; --count shows more.")
    return int(ExitStatus.OK)


def row(listed: Listed) -> list[str]:
    """Give a session's line in the listing."""
    figures = listed.figures
    settled = [f.outcome for t in figures.threads for f in t.facets.values() if f.outcome is not None]
    held = sum(outcome is Outcome.HELD for outcome in settled)
    title = figures.title or "; ".join(dict.fromkeys(t.question for t in figures.threads)) or figures.pack
    return [
        figures.session,
        figures.started_at[:16].replace("T", " "),
        minutes(figures.duration_s),
        figures.mode.value,
        f"{held} held, {count(len(settled) - held, 'limit')}",
        title + (f" [{', '.join(figures.tags)}]" if figures.tags else ""),
    ]


def _show(library: Library, options: argparse.Namespace) -> int:
    from simulator.sessions.summary import summarize, summary_json, summary_text

    loaded = opened(library, options.session)
    summary = summarize(loaded.state)
    if options.json:
        print(summary_json(summary))
        return int(ExitStatus.OK)
    print(summary_text(summary))
    if loaded.interrupted:
        print(f"It was interrupted; `interview start --resume {loaded.folder.id}` goes on with it.")
    print(f"It lies in {loaded.folder.path}")
    return int(ExitStatus.OK)


def _rename(library: Library, options: argparse.Namespace) -> int:
    library.rename(library.find(options.session), options.title)
    return int(ExitStatus.OK)


def _tag(library: Library, options: argparse.Namespace) -> int:
    library.tag(library.find(options.session), options.tags)
    return int(ExitStatus.OK)


def _note(library: Library, options: argparse.Namespace) -> int:
    library.note(library.find(options.session), options.text, options.at)
    return int(ExitStatus.OK)


def _delete(library: Library, options: argparse.Namespace) -> int:
    folder = library.find(options.session)
    if not agreed(f"Delete session {folder.id}, its sound and all traces of it?", yes=options.yes):
        return int(ExitStatus.FAILED)
    library.delete(folder)
    print(f"Deleted {folder.id}.")
    return int(ExitStatus.OK)


def _export(library: Library, options: argparse.Namespace) -> int:
    from simulator.sessions.exchange import export_session

    print(export_session(library.find(options.session), options.output))
    return int(ExitStatus.OK)


def _import(library: Library, options: argparse.Namespace) -> int:
    from simulator.sessions.exchange import import_session

    folder = import_session(options.file, library.root)
    library.update()
    print(f"Imported as {folder.id}.")
    return int(ExitStatus.OK)


def _disk(library: Library, options: argparse.Namespace) -> int:
    use = library.disk_use()
    if options.json:
        print_json({"total_bytes": use.total_bytes, "index_bytes": use.index_bytes, "sessions": dict(use.sessions)})
        return int(ExitStatus.OK)
    rows = [[session, f"{size / 1e6:.1f} MB"] for session, size in use.sessions]
    print_table(["session", "size"], [*rows, ["index", f"{use.index_bytes / 1e6:.1f} MB"]])
    print(f"{use.total_bytes / 1e6:.1f} MB in all, in {library.root.parent}")
    return int(ExitStatus.OK)


def _rebuild(library: Library, _: argparse.Namespace) -> int:
    done = library.rebuild(partial(progress_line, "Reading sessions"))
    print(f"{done.read} sessions indexed.")
    for name in done.unreadable:
        print(f"{name} could not be read and was left out.")
    return int(ExitStatus.OK)


def _expire(library: Library, options: argparse.Namespace) -> int:
    from simulator.config.settings import load_settings

    if options.days < 0:
        raise UsageError("--days must be at least 1.", "0 takes the setting.")
    days = options.days or load_settings().library.retention_days
    if days <= 0:
        print("Retention is off: nothing is deleted. Set library.retention_days, or give --days.")
        return int(ExitStatus.OK)
    old = library.expired(days, datetime.now().astimezone())
    if not old:
        print(f"No session is older than {days} days.")
        return int(ExitStatus.OK)
    for folder in old:
        print(folder.id)
    if not agreed(f"Delete {count(len(old), 'session')} older than {days} days, with sound?", yes=options.yes):
        return int(ExitStatus.FAILED)
    for folder in old:
        library.delete(folder)
    print(f"Deleted {count(len(old), 'session')}.")
    return int(ExitStatus.OK)
