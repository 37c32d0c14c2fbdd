"""`polyvocal init`, `check`, `run`, `status`: setting a study up and moving it along."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from pipeline.cli.arguments import a_path, coder_argument, named_again, opened, study_arguments
from pipeline.cli.next_steps import after_run, now
from pipeline.cli.screen import say, visible
from pipeline.cli.stopping import ended_by_ctrl_c
from pipeline.domain.counted import counted

if TYPE_CHECKING:
    from pipeline.work.running import Ran
    from pipeline.work.workplace import Workplace


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    init = commands.add_parser(
        "init",
        help="write a study.toml to fill in, and an inbox",
        description="Make a study folder: a study.toml that explains itself, and an inbox. Nothing is overwritten.",
    )
    init.add_argument("folder", metavar="DIR", type=a_path, help="a new folder for the study")
    init.set_defaults(run=_init)

    check = commands.add_parser(
        "check",
        help="list every problem of a study and its files, and how to mend it",
        description="Read study.toml and every transcript it names, and list all problems at once, each with its "
        "place and how to mend it. Nothing is written.",
    )
    check.add_argument("study", metavar="STUDY", type=a_path, help="the study folder (it holds study.toml)")
    check.set_defaults(run=_check)

    run = commands.add_parser(
        "run",
        help="do all the work that may be done now, up to the next checkpoint",
        description="Do all the work that may be done now, then say which checkpoint waits for whom. Run it again "
        "after each approval, after an interruption, or when a focus group arrives: only what is new is done.",
    )
    study_arguments(run)
    coder_argument(run)
    run.add_argument(
        "--accept-as-read",
        action="store_true",
        help="sign off checkpoint 1 (speakers, questions, what was left out) without looking",
    )
    run.set_defaults(run=_run)

    forget = commands.add_parser(
        "forget",
        help="take out a focus group whose file was dropped by mistake",
        description="Delete from the study what was read from a focus group's file, as long as nobody signed it off "
        "or decided anything about it. The file itself is left to you. Who did it is noted with the files set aside.",
    )
    study_arguments(forget)
    forget.add_argument("group", metavar="GROUP", help="the focus group's id")
    forget.add_argument("--reason", default="", metavar="TEXT", help="why (kept with it)")
    coder_argument(forget, "who takes it out")
    forget.set_defaults(run=_forget)

    status = commands.add_parser(
        "status",
        help="what was made, and what waits for whom",
        description="Say what was made and decided so far, and which checkpoint waits for whom.",
    )
    study_arguments(status)
    status.set_defaults(run=_status)


def _init(args: argparse.Namespace) -> int:
    from pipeline.ingest.init_study import init_study

    for path in init_study(args.folder):
        print(f"wrote {path}")
    check = f"polyvocal check {shlex.quote(str(args.folder))}"
    print(f"Now open {args.folder / 'study.toml'}: fill in the guide and the groups. Then: {check}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from pipeline.domain.errors import StudyInvalid
    from pipeline.ingest.study_toml import check_study

    checked = check_study(args.study)
    for note in checked.notes:
        say(f"Note: {note}")
    if checked.problems:
        raise StudyInvalid(checked.problems)
    print(f"{args.study} is in order. Next: polyvocal run {shlex.quote(str(args.study))}")
    return 0


def _run(args: argparse.Namespace) -> int:
    from pipeline.cli.screen import progress_bars

    with ended_by_ctrl_c():
        from pipeline.work.running import run

        with opened(args) as work:
            with progress_bars() as progress:
                ran = run(work, args.coder, accept_as_read=args.accept_as_read, progress=progress)
            _tell(work, ran, named_again(args))
        refused = ran.stages["prepare"].summary["refused"] or ran.stages["inbox"].aside
    return 3 if refused else 0


def _forget(args: argparse.Namespace) -> int:
    from pipeline.work.forgetting import forget

    with opened(args) as work:
        done = forget(work, args.group, args.coder, args.reason)
        say(f"Group {args.group} is out of the study, and what was read from {done.filename} is deleted.")
        for lies in done.copies:
            say(f"The file lies at {lies}: delete it there too if nobody is to have it.")
        print("What is left waits at checkpoint 1 again; nothing in it changed.")
        print("Backups and reports made while it was there hold its talk.")
        if not done.scrubbed:
            print("Another program reads the database just now: its log holds the talk until that one is stopped.")
        print(f"Next: polyvocal status {named_again(args)}")
    return 0


def _tell(work: Workplace, ran: Ran, study: str) -> None:
    """In plain words: what was made, where it lies, what to do next."""
    from pipeline.cli.screen import table
    from pipeline.domain.correction import corrections
    from pipeline.work.talk import warnings_of

    prepared = ran.stages["prepare"]
    groups: Mapping[str, Any] = prepared.summary["groups"]
    say(f"\n{work.study.title}\n")
    rows = [
        [
            name,
            group["turns"],
            group["segments"],
            group["characters_in"],
            group["kept"],
            sum(group["dropped"].values()),
            ", ".join(group["moderators"]) + (" (proposed)" if group["moderators_proposed"] else ""),
            ", ".join(group["unreached"]) or "-",
        ]
        for name, group in groups.items()
    ]
    head = (
        "group",
        "turns",
        "segments",
        "characters in",
        "= kept",
        "+ no talk",
        "moderators",
        "questions not reached",
    )
    say(table(rows, head))
    fixed = corrections(work.store.decisions.log(work.study.id))
    for stored in work.store.transcripts.of_study(work.study.id):
        for warning in warnings_of(work.study, stored, fixed):
            say(f"  {stored.group}: {warning}")
    for name in sorted(groups.keys() - {group.id for group in work.study.groups}):
        say(f"  {name} is not in study.toml. Its talk was read and counts all the same; describe it there.")
    _tell_inbox(work, ran)
    for name, reason in (*prepared.summary["refused"].items(), *ran.stages["inbox"].aside):
        sys.stderr.write(visible(f"  {name} was not read: {reason}\n"))
    if "suggest" in ran.stages:
        _tell_suggested(work, ran, study)
    print()
    say("\n".join(after_run(work, ran.waits_at, study)))


def _tell_inbox(work: Workplace, ran: Ran) -> None:
    files = {item.group: item.filename for item in work.store.transcripts.of_study(work.study.id)}
    for group in ran.stages["inbox"].taken:
        say(f"  took in {files[group]} as group {group}")
    for name in ran.stages["inbox"].left:
        wait = counted(ceil(work.settings.inbox.settle), "second")
        say(f"  {name} in the inbox may still be being copied: run again when it has stood still for {wait}.")


def _tell_suggested(work: Workplace, ran: Ran, study: str) -> None:
    from pipeline.work.few_candidates import why_few

    suggested = ran.stages["suggest"]
    counts = suggested.summary
    if not suggested.changed:
        print("\nCandidate codes: nothing new.")
    elif counts["mode"] == "added":
        print(
            f"\n{counted(counts['candidates'], 'new candidate')}, {counted(counts['codes_gaining'], 'code')} gained "
            f"segments ({counted(counts['proposed_codings'], 'coding')} proposed), "
            f"{counted(counts['decisions_touched'], 'decision')} touched."
        )
    else:
        print(
            f"\n{counted(counts['candidates'], 'candidate code')} from {counted(counts['segments'], 'segment')}; "
            f"{counted(counts['unclear'], 'segment')} left over as unclear."
        )
        if why := why_few(counts, len(work.study.questions)):
            print(
                f"{why}\nRead the rest with `polyvocal show {study} unclear`; `polyvocal decide {study} create NAME` "
                "makes codes of your own."
            )
    print(f"Embedded anew: {counted(ran.stages['prepare'].embedded + suggested.embedded, 'text')}.")


def _who_is_who(work: Workplace) -> list[str]:
    """Sentences on speakers of whom it cannot be told which participant of study.toml they are."""
    from pipeline.domain.correction import corrections
    from pipeline.domain.people import people_of

    fixed = corrections(work.store.decisions.log(work.study.id))
    stored = work.store.transcripts.of_study(work.study.id) if fixed.speakers else ()
    return [
        f"{item.group}: {doubt}"
        for item in stored
        for doubt in people_of(work.study, item.group, item.transcript, fixed).doubts
    ]


def _status(args: argparse.Namespace) -> int:
    from pipeline.work.deciding import codebook

    with opened(args) as work:
        book = codebook(work)
        say(work.study.title)
        print(
            f"  {counted(book.version, 'decision')}, {counted(len(book.active_codes), 'code')}, "
            f"{counted(len(book.codings), 'coding')}"
        )
        for doubt in _who_is_who(work):
            say(f"  {doubt}")
        for refused in work.store.transcripts.refused(work.study.id):
            say(f"  set aside: {refused.filename}: {refused.reason}")
        for message in work.store.outbox.pending(work.study.id):
            if message.problem:
                tried = counted(message.attempts, "time")
                say(f"  {message.deployment} could not be started yet (tried {tried}): {message.problem}")
        for message in work.store.outbox.stopped(work.study.id):
            again = f"polyvocal trigger {named_again(args)} {message.deployment}"
            why = f" ({message.problem})" if message.problem else ""
            say(f"  {message.deployment} ended as {message.outcome.lower()}{why}; start it again: {again}")
        for line in now(work, named_again(args)):
            say(f"  {line}")
    return 0
