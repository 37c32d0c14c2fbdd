"""`polyvocal decide` and `approve`: one decision at a time, each an entry in the log."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.cli.arguments import coder_argument, home_argument, named_again, opened, study_arguments, within
from pipeline.cli.screen import say

if TYPE_CHECKING:
    from pipeline.domain.decision import Decision, Draft
    from pipeline.work.desk import Desk
    from pipeline.work.workplace import Workplace

_DEFINITION: dict[str, Any] = {"default": "", "metavar": "TEXT", "help": "what belongs under it"}

_ARGUMENTS: Mapping[str, tuple[str, tuple[tuple[str, dict[str, Any]], ...]]] = {
    "accept": (
        "make a code of a candidate",
        (
            ("candidate", {}),
            ("--name", {"metavar": "NAME", "help": "another name than the suggested one"}),
            ("--definition", _DEFINITION),
            ("--without", {"nargs": "+", "default": [], "metavar": "SEGMENT", "help": "segments to leave uncoded"}),
        ),
    ),
    "create": (
        "make a code of your own, that no candidate proposed",
        (
            ("name", {}),
            ("--definition", _DEFINITION),
            (
                "--segments",
                {"nargs": "+", "default": [], "metavar": "SEGMENT", "help": "segments or turns to put it on"},
            ),
        ),
    ),
    "reject": ("turn a candidate down (needs --reason)", (("candidate", {}),)),
    "rename": (
        "give a code another name or definition",
        (("code", {}), ("name", {}), ("--definition", _DEFINITION | {"default": None})),
    ),
    "merge": (
        "gather codes and candidates under one code",
        (
            ("into", {"metavar": "CODE", "help": "the code that stays"}),
            ("others", {"nargs": "+", "metavar": "CODE_OR_CANDIDATE", "help": "what goes into it"}),
        ),
    ),
    "split": (
        "make new codes of a code's segments",
        (
            ("code", {}),
            (
                "--part",
                {
                    "action": "append",
                    "required": True,
                    "metavar": "NAME=SEGMENT,SEGMENT",
                    "help": "a new code and the segments it takes; again for each new code",
                },
            ),
        ),
    ),
    "move": (
        "take a segment from one code to another",
        (
            ("segment", {}),
            ("source", {"metavar": "FROM_CODE", "help": "the code it carries"}),
            ("target", {"metavar": "TO_CODE", "help": "the code it is to carry"}),
        ),
    ),
    "apply": ("put a code on a segment, or confirm a proposed coding", (("segment", {}), ("code", {}))),
    "remove": ("take a code off a segment, or refuse a proposed coding", (("segment", {}), ("code", {}))),
    "memo": (
        "leave a note on anything that has an id; memos are part of the report",
        (
            ("subject", {"metavar": "ID", "help": "what the note is about"}),
            ("text", {"help": "the note; report.html and report.xlsx print it with your name"}),
        ),
    ),
    "stance": (
        "say what a code speaks of",
        (("code", {}), ("stance", {"metavar": "STANCE", "help": "strength, gap or neither"})),
    ),
    "theme": (
        "say what several codes amount to",
        (
            ("name", {}),
            ("codes", {"nargs": "+", "metavar": "CODE", "help": "the codes it gathers"}),
            ("--note", {"default": "", "metavar": "TEXT", "help": "what it says, in a sentence or two"}),
            ("--revises", {"default": "", "metavar": "THEME", "help": "the theme it takes the place of"}),
        ),
    ),
    "dissolve": ("give a theme up; its codes stay", (("theme", {}),)),
    "undo": (
        "take a decision back, with all that was decided in one act with it",
        (("number", {"type": within(0), "help": "the decision's number in `polyvocal log STUDY`"}),),
    ),
    "speaker": (
        "say who a label of a transcript stands for",
        (
            ("group", {}),
            ("label", {"help": "the label as it stands in the transcript"}),
            ("name", {"help": "whose label it is"}),
        ),
    ),
    "moderator": (
        "say who moderates a group",
        (
            ("group", {}),
            ("name", {"help": "the speaker"}),
            ("--no", {"action": "store_true", "help": "this speaker does not moderate"}),
        ),
    ),
    "question": (
        "say which guide question a turn answers",
        (
            ("turn", {}),
            ("question", {"help": "the question's id in study.toml, or - for off the guide"}),
            ("--through", {"metavar": "TURN", "help": "the last turn of a span, as it is listed or by its number"}),
        ),
    ),
    "omit": (
        "leave a turn out of the analysis",
        (("turn", {}), ("--restore", {"action": "store_true", "help": "take it back in"})),
    ),
}

_WHERE: Mapping[str, str] = {
    "candidate": "its id (`polyvocal show STUDY candidates`)",
    "code": "its name or id (`polyvocal show STUDY codebook`)",
    "segment": "its id (`polyvocal show STUDY candidates ID`, `… unclear`), or a turn with one segment, as GROUP:t58",
    "theme": "its name or id (`polyvocal show STUDY themes`)",
    "turn": "as it is listed: GROUP:t58 (`polyvocal show STUDY transcript GROUP`)",
    "group": "the focus group's id",
    "name": "a few words",
}
"""Where people find what an argument asks for."""


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    decide = commands.add_parser(
        "decide",
        help="take one decision: accept, reject, rename, merge, split, move, …",
        description="Take one decision; it becomes an entry in the log, and `undo` takes it back.",
        epilog="`polyvocal decide STUDY DECISION --help` says what each needs.",
    )
    study_arguments(decide)
    kinds = decide.add_subparsers(title="decisions", metavar="DECISION", dest="kind", required=True)
    for name, (text, arguments) in _ARGUMENTS.items():
        kind = kinds.add_parser(name, help=text, description=text.capitalize() + ".")
        for argument, options in arguments:
            kind.add_argument(argument, **_found(argument) | options)
        home_argument(kind, default=argparse.SUPPRESS)
        coder_argument(kind)
        kind.add_argument("--reason", default="", metavar="TEXT", help="why, in a sentence")
        kind.add_argument(
            "--expect", type=within(0), metavar="VERSION", help="refuse if its subject changed since VERSION"
        )
        kind.add_argument(
            "--key", default="", metavar="KEY", help="a decision sent again with the same key counts once"
        )
    decide.set_defaults(run=_decide)

    approve = commands.add_parser(
        "approve",
        help="sign off a checkpoint: transcripts, codes or map",
        description="Sign off a checkpoint: what stands there now is what the next stage works with. Decisions taken "
        "later are kept and ask for another approval.",
    )
    study_arguments(approve)
    approve.add_argument("checkpoint", metavar="CHECKPOINT", help="transcripts, codes or map")
    coder_argument(approve)
    approve.add_argument("--reason", default="", metavar="TEXT", help="a word on what was looked at")
    approve.add_argument(
        "--seen",
        type=within(1),
        metavar="VERSION",
        help="refuse if a newer version than the one looked at stands there",
    )
    approve.set_defaults(run=_approve)


def _found(argument: str) -> dict[str, Any]:
    """What a positional argument is called and where it is found; nothing for an option."""
    return {} if argument.startswith("-") else {"metavar": argument.upper(), "help": _WHERE.get(argument)}


def _decide(args: argparse.Namespace) -> int:
    from pipeline.cli.book_reading import Reading
    from pipeline.work.deciding import decide, new_key, signature
    from pipeline.work.desk import Desk

    with opened(args) as work:
        sign = signature(work, args.coder, key=args.key or new_key(), reason=args.reason, expected=args.expect)
        desk = Desk(work, sign)
        draft = _DRAFTS[args.kind](desk, args)
        decided = _taken_back(work, draft) if args.kind == "undo" else [decide(work, draft)]
        reading = Reading(work.store.decisions.log(work.study.id), sign.book)
        for decision in decided:
            say(f"decision {reading.number(decision)}: {reading.told(decision)}")
        if args.kind == "speaker":
            named = args.group, args.label, " ".join(args.name.split())
            for note in filter(None, (desk.unheard(*named), desk.standing(*named))):
                say(f"Note: {note}")
    return 0


def _taken_back(work: Workplace, undo: Draft) -> list[Decision]:
    """Take back all that was decided in one act with what an undo is about, or nothing.

    Raises:
        DecisionRefused, StaleDecision: nothing was written.
    """
    from pipeline.domain.errors import DecisionRefused
    from pipeline.review.undoing import as_one, whole_act
    from pipeline.work.deciding import before

    drafts = whole_act(before(work, undo.key), undo)
    taken: list[Decision] = []
    with work.store.atomically(work.study.id):
        for outcome in work.store.decisions.append_many(drafts, check=as_one(drafts)):
            if isinstance(outcome, DecisionRefused):
                raise outcome
            taken.append(outcome)
    return taken


def _approve(args: argparse.Namespace) -> int:
    from pipeline.domain.counted import counted
    from pipeline.domain.decision import numbers
    from pipeline.work.deciding import approve, undecided
    from pipeline.work.proposed import unconfirmed_codings
    from pipeline.work.workplace import CODES

    with opened(args) as work:
        decision = approve(work, args.checkpoint, args.coder, args.reason, seen=args.seen)
        codings = unconfirmed_codings(work)
        if codings.all:
            print(f"Note: {codings.told()}; until then none counts.")
        if args.checkpoint == CODES and (left := undecided(work)):
            print(f"Note: {counted(left, 'candidate')} undecided; what nobody decided on is left out.")
        number = numbers(work.store.decisions.log(work.study.id))[decision.draft.key]
        print(
            f"Checkpoint `{args.checkpoint}` is approved (version {decision.payload['version']}, decision "
            f"{number}). Next: polyvocal run {named_again(args)}"
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
