"""`polyvocal round`: open and close a blind round, and see how far it is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pipeline.cli.arguments import coder_argument, opened, study_arguments, within
from pipeline.cli.screen import say, table
from pipeline.domain.counted import counted

if TYPE_CHECKING:
    from pipeline.domain.codebook import Round
    from pipeline.domain.decision import Draft
    from pipeline.review.signing import Signature
    from pipeline.work.live_study import LiveStudy, View


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    command = commands.add_parser(
        "round",
        help="open or close a blind round, in which coders work each in a book of their own",
        description="In a blind round coders work each in a book of their own. When it is closed, the review site "
        "shows what each did and how far they agree, and the team settles the rest.",
        epilog="`polyvocal round ACT --help` says what each needs.",
    )
    acts = command.add_subparsers(title="acts", metavar="ACT", required=True)

    begin = acts.add_parser("open", help="let coders begin", description="Let coders begin, blind to each other.")
    study_arguments(begin)
    begin.add_argument("kind", choices=("candidates", "sample"), metavar="KIND", help="candidates or sample")
    begin.add_argument("--coders", required=True, metavar="A,B", help="who takes part, at least two names")
    begin.add_argument(
        "--share",
        type=within(0, 100, float),
        default=10.0,
        metavar="PERCENT",
        help="how many of the segments, from 0 to 100 in a hundred (default: 10)",
    )
    begin.add_argument("--least", type=within(0), default=0, metavar="N", help="draw at least so many segments")
    begin.add_argument("--seed", type=int, default=1, metavar="N", help="another seed draws others (default: 1)")
    coder_argument(begin)
    begin.set_defaults(run=_open)

    for act, text, run in (
        ("close", "end the round: from now on everybody sees what each coder did", _close),
        ("status", "say which round goes on and, to who takes no part in it, how far each coder is", _status),
    ):
        other = acts.add_parser(act, help=text, description=f"{text[0].upper()}{text[1:]}.")
        study_arguments(other)
        coder_argument(other)
        other.set_defaults(run=run)


def _open(args: argparse.Namespace) -> int:
    from pipeline.review import rounds
    from pipeline.review.sampling import draw

    coders = args.coders.split(",")
    with opened(args) as work:
        study, sign = _at(work, args)
        with study.looking() as view:
            if args.kind == "candidates":
                draft = rounds.open_candidates(sign, view.book, coders, _waiting(view))
            else:
                material, share = view.material, args.share / 100
                drawn = draw(material.codable, material.candidates_of, share=share, seed=args.seed, least=args.least)
                draft = rounds.open_sample(sign, view.book, coders, drawn, share=share, seed=args.seed)
        _tell(study, draft)
    return 0


def _close(args: argparse.Namespace) -> int:
    from pipeline.domain.errors import DecisionRefused
    from pipeline.review import rounds

    with opened(args) as work:
        study, sign = _at(work, args)
        with study.looking() as view:
            if view.book.open_round is None:
                raise DecisionRefused("No blind round goes on, so there is none to close.")
            draft = rounds.close(sign, view.book, view.book.open_round.id)
        study.decide(draft)
    say("The round is closed. The review site shows how far the coders agree.")
    return 0


def _status(args: argparse.Namespace) -> int:
    from pipeline.work.live_study import LiveStudy

    with opened(args) as work:
        study = LiveStudy(work)
        with study.looking(args.coder) as view:
            going_on = view.book.open_round
            if going_on is None:
                say("No blind round goes on.")
            elif view.blind:
                done = (going_on.id, args.coder) in view.book.finished
                say(f"A blind round goes on: {_on(going_on)}. You {'are done with' if done else 'take part in'} it.")
            else:
                say(f"A blind round goes on: {_on(going_on)}.")
                _say_progress(study, view, going_on, args.coder)
    return 0


def _say_progress(study: LiveStudy, view: View, going_on: Round, person: str) -> None:
    waits = _waiting(view)
    rows = []
    with study.watching(person) as books:
        for coder, book in books.items():
            committed = sum(book.coded_whole(item, coder) for item in going_on.segments)
            count = committed if going_on.segments else sum(book.decided(item) for item in waits)
            of = len(going_on.segments or waits)
            rows.append((coder, f"{count} of {of}", "yes" if (going_on.id, coder) in book.finished else "not yet"))
    say(table(rows, ("CODER", "DECIDED", "DONE")))


def _at(work: Any, args: argparse.Namespace) -> tuple[LiveStudy, Signature]:
    from pipeline.review.signing import Signature
    from pipeline.work.deciding import new_key
    from pipeline.work.live_study import LiveStudy
    from pipeline.work.workplace import now

    return LiveStudy(work), Signature(work.study.id, args.coder, now(), new_key())


def _tell(study: LiveStudy, draft: Draft) -> None:
    decision = study.decide(draft)
    with study.looking() as view:
        begun = view.book.rounds[decision.subject]
        say(f"Round {begun.id} is open: {_on(begun)}, by {', '.join(begun.coders)}. They work blind to each other.")


def _waiting(view: View) -> list[str]:
    """Candidates that nobody decided on in the book that is looked at."""
    return [item.id for item in view.material.found.suggestions if not view.book.decided(item.id)]


def _on(going_on: Round) -> str:
    return f"a sample of {counted(len(going_on.segments), 'segment')}" if going_on.segments else "the candidates"
