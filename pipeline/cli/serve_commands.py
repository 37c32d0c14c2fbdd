"""`polyvocal serve` and `trigger`: the same work through Prefect, on a schedule."""

from __future__ import annotations

import argparse
from typing import Any, Final

from pipeline.cli.arguments import a_path, study_arguments, within

STAGES: Final = ("prepare", "suggest", "map_codes", "report", "inbox_scan")
_PORT: Final = within(1, 65_535)


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    serve = commands.add_parser(
        "serve",
        help="start the review site, Prefect's server, the runner and the dispatcher here; Ctrl-C stops them",
        description="Start everything on this machine: the review site, where people decide in the browser; "
        "Prefect's page (progress, runs, a button per stage); the "
        "scheduled look into the inbox, and the next stage whenever a checkpoint is approved. Ctrl-C stops it all.",
    )
    serve.add_argument("studies", metavar="STUDY", type=a_path, nargs="+", help="the study folders to work on")
    serve.add_argument("--home", type=a_path, metavar="DIR", help="where a single study keeps what Polyvocal makes")
    serve.add_argument(
        "--port", type=_PORT, metavar="N", help="the port of Prefect's page (default: see configs/default.toml)"
    )
    serve.add_argument(
        "--web-port", type=_PORT, metavar="N", help="the port of the review site (default: see configs/default.toml)"
    )
    serve.set_defaults(run=_serve)

    trigger = commands.add_parser(
        "trigger",
        help="start a stage on the running server",
        description="Start a stage on the server that `polyvocal serve` runs, and go on without waiting for it.",
    )
    study_arguments(trigger)
    trigger.add_argument("stage", choices=STAGES, metavar="STAGE", help=", ".join(STAGES))
    trigger.add_argument("--group", action="append", default=[], metavar="ID", help="only this focus group (prepare)")
    trigger.set_defaults(run=_trigger)


def _serve(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from pipeline.domain.errors import SettingsInvalid
    from pipeline.flows.serving import serve
    from pipeline.settings import load_settings

    if args.home and len(args.studies) > 1:
        raise SettingsInvalid("--home goes with one study; several studies keep their own.")
    settings = load_settings()
    server = replace(settings.server, port=args.port or settings.server.port)
    web = replace(settings.web, port=args.web_port or settings.web.port)
    serve(args.studies, server, web, lambda line: print(line, flush=True), home=args.home)
    return 0


def _trigger(args: argparse.Namespace) -> int:
    from pipeline.bootstrap import open_workplace
    from pipeline.flows.triggering import trigger

    with open_workplace(args.study, home=args.home) as work:
        run = trigger(work, args.stage, args.group)
    print(f"Started {args.stage}: {run}")
    return 0
