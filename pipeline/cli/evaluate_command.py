"""`polyvocal evaluate`: measured against what human coders did with the same talk."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pipeline.cli.arguments import a_path
from pipeline.domain.errors import PolyvocalError


def add(commands: Any) -> None:
    """Put this command on the command line."""
    evaluate = commands.add_parser(
        "evaluate",
        help="measure Polyvocal on a study that has a reference.json",
        description="Do the study's stages in a place of their own that is thrown away afterwards, and compare "
        "with what human coders did (reference.json). The study folder stays as it is.",
    )
    evaluate.add_argument(
        "study", metavar="STUDY_DIR", type=a_path, help="a folder with study.toml and reference.json"
    )
    evaluate.add_argument("--json", type=a_path, metavar="FILE", help="write the figures there too")
    evaluate.add_argument(
        "--peers", action="store_true", help="measure other ways to cluster beside (the optional extra `peers`)"
    )
    evaluate.set_defaults(run=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    import json
    import tempfile
    from dataclasses import replace

    from pipeline.bootstrap import open_workplace
    from pipeline.cli.screen import progress_bars
    from pipeline.settings import StoreSettings, load_settings
    from pipeline.work.evaluating import evaluate

    if args.json and not args.json.parent.is_dir():
        raise PolyvocalError(f"There is no folder {args.json.parent} to write the figures in.")
    if args.json and args.json.is_dir():
        raise PolyvocalError(f"{args.json} is a folder; name a file in it for the figures.")

    settings = replace(load_settings(), store=StoreSettings())  # what it signs off stands in no study's own log
    with (
        tempfile.TemporaryDirectory(prefix="polyvocal-") as home,
        open_workplace(args.study, home=Path(home), settings=settings) as work,
        progress_bars() as progress,
    ):
        figures = evaluate(work, progress, with_peers=args.peers)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, value in figures.items():
        print(f"{name}: {_line(value)}")
    return 0


def _line(value: object) -> str:
    if not isinstance(value, dict):
        return f"{value}"
    return "".join(f"\n  {name:<28} {_line(item)}" for name, item in value.items())
