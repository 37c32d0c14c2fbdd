"""`polyvocal review export` and `review import`: deciding in a spreadsheet."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from typing import Any

from pipeline.cli.arguments import a_path, named_again, opened, study_arguments
from pipeline.cli.screen import say
from pipeline.domain.counted import counted


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    review = commands.add_parser(
        "review",
        help="decide in a spreadsheet: export it, fill it in, import it",
        description="Decide in a spreadsheet: export it, fill it in at your desk, import it.",
    )
    ways = review.add_subparsers(title="ways", metavar="export|import", required=True)

    out = ways.add_parser(
        "export",
        help="write a workbook of what waits for decisions",
        description="Write a workbook of candidates, proposed codings and the codebook, with cells to fill in. A "
        "file that is there already is never overwritten.",
    )
    study_arguments(out)
    out.add_argument("file", type=a_path, metavar="FILE.xlsx", help="a new file")
    out.add_argument(
        "--as", dest="coder", default="", metavar="NAME", help="the coder it is for (else left to fill in)"
    )
    out.set_defaults(run=_export)

    back = ways.add_parser(
        "import",
        help="take a filled-in workbook back, row by row",
        description="Take a filled-in workbook back row by row. A row that cannot be taken is refused with its "
        "reason and hinders no other; the same workbook again doubles nothing.",
    )
    study_arguments(back)
    back.add_argument("file", type=a_path, metavar="FILE.xlsx", help="the filled-in workbook")
    back.set_defaults(run=_import)


def _export(args: argparse.Namespace) -> int:
    from pipeline.work.sheets import export

    with opened(args) as work:
        waiting = export(work, args.file, args.coder)
    if waiting.kept_back:
        print(
            f"{counted(waiting.kept_back, 'proposed coding')} "
            f"{'is' if waiting.kept_back == 1 else 'are'} kept back until you have coded the segment yourself: the "
            f"sheet Segments has it as it is said."
        )
    print(
        f"Wrote {args.file}: {counted(waiting.candidates, 'candidate')} to decide on, "
        f"{counted(waiting.proposed, 'proposed coding')} to confirm. Fill in the yellow cells, then: "
        f"polyvocal review import {named_again(args)} {shlex.quote(str(args.file))}"
    )
    return 0


def _import(args: argparse.Namespace) -> int:
    from pipeline.domain.decision import TEAM, numbers
    from pipeline.work.sheets import take_back

    with opened(args) as work:
        done = take_back(work, args.file)
        book = next((row.decision.draft.book for row in done.rows if row.decision), TEAM)
        number = numbers(work.store.decisions.log(work.study.id), book)
    for row in done.rows:
        outcome = f"{row.outcome} as decision {number[row.decision.draft.key]}" if row.decision else row.outcome
        say(f"{row.tab} row {row.row}: {outcome}. {row.sentence}")
    for problem in done.problems:
        say(str(problem))
    counts = Counter(str(row.outcome) for row in done.rows)
    counts["not readable"] = len(done.problems)
    print("In all: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) + ".")
    return 5 if done.refused else 0
