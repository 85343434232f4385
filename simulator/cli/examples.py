"""`interview examples`: your real experiences across sessions, and how far each is known."""

from __future__ import annotations

import argparse
from functools import partial

from simulator.cli.output import print_json, progress_line
from simulator.domain.errors import ExitStatus, UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
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


def run(options: argparse.Namespace) -> int:
    """List examples or decide about one, and give the exit status."""
    from simulator.rehearsal.exampling import shelf_of
    from simulator.sessions.examples import AIM, confirm, examples_text, reject, rename_example
    from simulator.sessions.examples_file import save_examples
    from simulator.sessions.library import Library

    library = Library.of_user()
    library.update(partial(progress_line, "Reading sessions"))
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
