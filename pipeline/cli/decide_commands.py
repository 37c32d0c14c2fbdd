"""`polyvocal decide` and `approve`: one decision at a time, each an entry in the log."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.cli.common import coder_argument, opened, study_arguments

if TYPE_CHECKING:
    from pipeline.domain.decision import Draft
    from pipeline.work.desk import Desk

_ARGUMENTS: Mapping[str, tuple[str, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "accept": (
        "make a code of a candidate",
        (
            ("candidate", {}),
            ("--name", {"help": "another name than the suggested one"}),
            ("--definition", {"default": ""}),
            ("--without", {"nargs": "+", "default": [], "metavar": "SEGMENT", "help": "segments to leave uncoded"}),
        ),
    ),
    "create": (
        "make a code of your own, that no candidate proposed",
        (
            ("name", {}),
            ("--definition", {"default": ""}),
            ("--segments", {"nargs": "+", "default": [], "metavar": "SEGMENT"}),
        ),
    ),
    "reject": ("turn a candidate down (needs --reason)", (("candidate", {}),)),
    "rename": (
        "give a code another name or definition",
        (("code", {}), ("name", {}), ("--definition", {"default": None})),
    ),
    "merge": (
        "gather codes and candidates under one code",
        (("into", {"metavar": "CODE"}), ("others", {"nargs": "+", "metavar": "CODE_OR_CANDIDATE"})),
    ),
    "split": (
        "make new codes of a code's segments",
        (("code", {}), ("--part", {"action": "append", "required": True, "metavar": "NAME=SEGMENT,SEGMENT"})),
    ),
    "move": (
        "take a segment from one code to another",
        (("segment", {}), ("source", {"metavar": "FROM_CODE"}), ("target", {"metavar": "TO_CODE"})),
    ),
    "apply": ("put a code on a segment, or confirm a proposed coding", (("segment", {}), ("code", {}))),
    "remove": ("take a code off a segment, or refuse a proposed coding", (("segment", {}), ("code", {}))),
    "memo": ("leave a note on anything that has an id", (("subject", {}), ("text", {}))),
    "stance": ("say what a code speaks of", (("code", {}), ("stance", {"metavar": "strength|gap|neither"}))),
    "theme": (
        "say what several codes amount to",
        (
            ("name", {}),
            ("codes", {"nargs": "+", "metavar": "CODE"}),
            ("--note", {"default": ""}),
            ("--revises", {"default": "", "metavar": "THEME"}),
        ),
    ),
    "dissolve": ("give a theme up; its codes stay", (("theme", {}),)),
    "undo": ("take a decision back (its number is in `polyvocal log`)", (("number", {"type": int}),)),
    "speaker": (
        "say who a label of a transcript stands for",
        (("group", {}), ("label", {}), ("name", {})),
    ),
    "moderator": (
        "say who moderates a group",
        (("group", {}), ("name", {}), ("--no", {"action": "store_true", "help": "this speaker does not moderate"})),
    ),
    "question": (
        "say which guide question a turn answers",
        (("turn", {}), ("question", {}), ("--through", {"type": int, "metavar": "N", "help": "last turn of a span"})),
    ),
    "omit": (
        "leave a turn out of the analysis",
        (("turn", {}), ("--restore", {"action": "store_true", "help": "take it back in"})),
    ),
}


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    decide = commands.add_parser("decide", help="take one decision: accept, reject, rename, merge, split, move, …")
    study_arguments(decide)
    kinds = decide.add_subparsers(title="decisions", metavar="DECISION", dest="kind", required=True)
    for name, (text, arguments) in _ARGUMENTS.items():
        kind = kinds.add_parser(name, help=text, description=text.capitalize() + ".")
        for argument, options in arguments:
            kind.add_argument(
                argument, **({} if argument.startswith("-") else {"metavar": argument.upper()}) | options
            )
        coder_argument(kind)
        kind.add_argument("--reason", default="", help="why, in a sentence")
        kind.add_argument("--expect", type=int, metavar="VERSION", help="refuse if the subject changed since VERSION")
        kind.add_argument("--key", default="", help="the same key again counts once")
    decide.set_defaults(run=_decide)

    approve = commands.add_parser("approve", help="sign off a checkpoint: transcripts, codes or map")
    study_arguments(approve)
    approve.add_argument("checkpoint", metavar="CHECKPOINT", help="transcripts, codes or map")
    coder_argument(approve)
    approve.add_argument("--reason", default="", help="a word on what was looked at")
    approve.set_defaults(run=_approve)


def _decide(args: argparse.Namespace) -> int:
    from pipeline.work.deciding import decide, new_key, signature
    from pipeline.work.desk import Desk

    with opened(args) as work:
        sign = signature(work, args.coder, key=args.key or new_key(), reason=args.reason, expected=args.expect)
        decision = decide(work, _DRAFTS[args.kind](Desk(work, sign), args))
        made = decision.payload.get("code", "") if args.kind == "accept" else ""
        parts = ", ".join(part["code"] for part in decision.payload.get("parts", ()))
        subject = decision.subject if args.kind in {"theme", "merge", "rename", "create"} else ""
        what = next((f": {item}" for item in (made, parts, subject) if item), "")
        print(f"decision {decision.seq}{what}")
    return 0


def _approve(args: argparse.Namespace) -> int:
    from pipeline.work.deciding import approve

    with opened(args) as work:
        decision = approve(work, args.checkpoint, args.coder, args.reason)
        print(
            f"Checkpoint `{args.checkpoint}` is approved (version {decision.payload['version']}, decision "
            f"{decision.seq}). Next: polyvocal run {args.study}" + (f" --home {args.home}" if args.home else "")
        )
    return 0


_DRAFTS: Mapping[str, Callable[[Desk, argparse.Namespace], Draft]] = {
    "accept": lambda desk, args: desk.accept(args.candidate, args.name, args.definition, args.without),
    "create": lambda desk, args: desk.create(args.name, args.definition, args.segments),
    "reject": lambda desk, args: desk.reject(args.candidate),
    "rename": lambda desk, args: desk.rename(args.code, args.name, args.definition),
    "merge": lambda desk, args: desk.merge(args.into, args.others),
    "split": lambda desk, args: desk.split(args.code, args.part),
    "move": lambda desk, args: desk.move(args.segment, args.source, args.target),
    "apply": lambda desk, args: desk.apply(args.segment, args.code),
    "remove": lambda desk, args: desk.remove(args.segment, args.code),
    "memo": lambda desk, args: desk.memo(args.subject, args.text),
    "stance": lambda desk, args: desk.stance(args.code, args.stance),
    "theme": lambda desk, args: desk.theme(args.name, args.codes, args.note, args.revises),
    "dissolve": lambda desk, args: desk.dissolve(args.theme),
    "undo": lambda desk, args: desk.undo(args.number),
    "speaker": lambda desk, args: desk.speaker(args.group, args.label, args.name),
    "moderator": lambda desk, args: desk.moderator(args.group, args.name, moderates=not args.no),
    "question": lambda desk, args: desk.question(args.turn, args.question, args.through),
    "omit": lambda desk, args: desk.omit(args.turn, left_out=not args.restore),
}
