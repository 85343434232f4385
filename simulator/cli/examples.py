"""`interview examples`: your real experiences across sessions, and how far each is known."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from typing import TYPE_CHECKING

from simulator.cli.output import print_json, progress_line
from simulator.domain.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from simulator.screens.examples import Cabinet
    from simulator.sessions.examples import Proposal
    from simulator.sessions.library import Library


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--plain", action="store_true", help="a listing, not the screen")
    parser.add_argument("--json", action="store_true", help="as JSON")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    confirm = verbs.add_parser("confirm", help="a proposal is right: these tellings are of one experience")
    confirm.add_argument("proposal", type=int, help="its number in the listing")
    confirm.add_argument("name", nargs="?", default="", help="a name for the experience")
    reject = verbs.add_parser("reject", help="a proposal is wrong")
    reject.add_argument("proposal", type=int, help="its number in the listing")
    rename = verbs.add_parser("rename", help="give an example another name")
    rename.add_argument("example", help="its name or id")
    rename.add_argument("name")


def cabinet_of(library: Library) -> Cabinet:
    """Give what the examples' screen needs, for a library whose index is up to date."""
    from simulator.rehearsal.exampling import shelf_of
    from simulator.screens.examples import Cabinet, Known
    from simulator.sessions.examples import confirm, reject, rename_example

    def known() -> Known:
        shelf = shelf_of(library)
        return Known(shelf.depths, shelf.proposals, shelf.openings)

    def take(proposal: Proposal, name: str) -> None:
        library.save_examples(confirm(library.examples(), proposal, name))

    return Cabinet(
        known=known,
        confirm=take,
        reject=lambda proposal: library.save_examples(reject(library.examples(), proposal)),
        rename=lambda example, name: library.save_examples(rename_example(library.examples(), example, name)),
    )


def run(options: argparse.Namespace) -> int:
    """List examples or decide about one, and give the exit status."""
    from simulator.rehearsal.exampling import shelf_of
    from simulator.sessions.examples import AIM, confirm, examples_text, reject, rename_example
    from simulator.sessions.examples_file import save_examples
    from simulator.sessions.library import Library

    library = Library.of_user()
    library.update(partial(progress_line, "Reading sessions"))
    if options.verb is None and not options.plain and not options.json and sys.stdout.isatty():
        from simulator.config.settings import load_settings
        from simulator.screens.examples import run_examples

        return run_examples(cabinet_of(library), load_settings())
    shelf = shelf_of(library)
    if options.verb == "rename":
        save_examples(library.examples_path, rename_example(shelf.known, options.example, options.name))
        return int(ExitStatus.OK)
    if options.verb in {"confirm", "reject"}:
        if not 1 <= options.proposal <= len(shelf.proposals):
            raise UsageError(f"There is no proposal {options.proposal}.", "`interview examples` numbers them.")
        proposal = shelf.proposals[options.proposal - 1]
        known = (
            confirm(shelf.known, proposal, options.name) if options.verb == "confirm" else reject(shelf.known, proposal)
        )
        save_examples(library.examples_path, known)
        return int(ExitStatus.OK)
    if options.json:
        print_json({"aim": AIM, "examples": shelf.depths, "proposals": shelf.proposals})
        return int(ExitStatus.OK)
    print(examples_text(shelf.depths))
    if shelf.proposals:
        print("\nProposals (interview examples confirm N [NAME], or reject N):")
    names = {example.id: example.name for example in shelf.known.examples}
    for number, proposal in enumerate(shelf.proposals, 1):
        joins = f"joins {names[proposal.example]!r}" if proposal.example else "a new example"
        like = f", likeness {proposal.likeness:.2f}" if proposal.likeness is not None else ""
        print(f"  {number}. {joins}{like}")
        for telling in proposal.tellings:
            print(f"     {telling.session} {telling.thread}: “{shelf.openings.get(telling, '')}”")
    return int(ExitStatus.OK)
