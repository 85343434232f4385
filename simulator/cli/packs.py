"""`interview packs`: list the packs of questions, show one, or check one of your own."""

from __future__ import annotations

import argparse

from simulator.cli.output import print_json, print_table
from simulator.domain.errors import ExitStatus


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("pack", nargs="?", default="", metavar="NAME|FILE", help="show (and check) this pack")
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """List the packs or show one, and give the exit status."""
    from simulator.interviewing.packs import list_packs, load_pack

    if not options.pack:
        packs = list_packs()
        if options.json:
            print_json(packs)
            return int(ExitStatus.OK)
        rows = [[p.name, str(p.stories), str(p.views), p.problem or p.description] for p in packs]
        print_table(["pack", "stories", "views", ""], rows)
        return int(ExitStatus.OK)
    pack = load_pack(options.pack)
    if options.json:
        print_json({"name": pack.name, "description": pack.description, "questions": pack.questions})
        return int(ExitStatus.OK)
    print(f"{pack.title or pack.name}: {pack.description}\n")
    rows = [[q.id, q.kind.value, q.text] for q in pack.questions]
    print_table(["id", "kind", "question"], rows)
    return int(ExitStatus.OK)
