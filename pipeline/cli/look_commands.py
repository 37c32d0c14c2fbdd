"""`polyvocal show` and `log`: reading what is there, on the terminal of the person who may read it."""

from __future__ import annotations

import argparse
import shlex
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from pipeline.cli.arguments import a_path, coder_argument, opened, study_arguments
from pipeline.cli.screen import say
from pipeline.domain.counted import counted
from pipeline.domain.errors import DecisionRefused, NotReady, PolyvocalError

if TYPE_CHECKING:
    from pipeline.domain.codebook import Codebook
    from pipeline.domain.said import Said
    from pipeline.work.workplace import Workplace

_FEW: Final = 12
"""Ids that an error may list."""


def add(commands: Any) -> None:
    """Put these commands on the command line."""
    show = commands.add_parser(
        "show",
        help="read candidates, unclear talk, a transcript, the codebook, the map, themes",
        description="Read what is there: candidates with their evidence, the talk that carries no code and is in no "
        "candidate that waits (of one question, or all), a transcript with its questions, the codebook, the map of "
        "codes by question, the themes. Shows talk: mind who sees the screen.",
    )
    study_arguments(show)
    show.add_argument("what", choices=list(_SHOWN), metavar="WHAT", help=", ".join(_SHOWN))
    show.add_argument(
        "which",
        nargs="?",
        metavar="ID",
        help="one candidate, question or focus group by its id, or a code or theme by its id or name",
    )
    show.set_defaults(run=_show)

    log = commands.add_parser(
        "log",
        help="the decision log; --verify checks that nothing was lost or altered",
        description="List every decision: its number, when, who, what, why, and its key.",
    )
    study_arguments(log)
    coder_argument(log, "who reads: in a blind round, your own decisions are listed too")
    log.add_argument("--verify", action="store_true", help="check the hash chain and its anchor outside the database")
    log.set_defaults(run=_log)

    backup = commands.add_parser(
        "backup",
        help="copy the study database, safely while others work",
        description="Copy the study database as it is now to a new file, safely while others work. To restore it, "
        "while nothing runs: take study.db away with every file beside it whose name begins so (what a killed "
        "program left in them would be written over the copy), and put the copy in its place.",
    )
    study_arguments(backup)
    backup.add_argument("file", type=a_path, metavar="FILE", help="where the copy goes (it must not exist)")
    backup.set_defaults(run=_backup)


def _show(args: argparse.Namespace) -> int:
    with opened(args) as work:
        _SHOWN[args.what](work, args.which)
    return 0


def _known(which: str | None, ids: Iterable[str], kind: str) -> None:
    """Refuse an id that is not there.

    Raises:
        PolyvocalError: with the ids that are, where they are few.
    """
    there = list(ids)
    if which is None or which in there:
        return
    few = ", ".join(there[:_FEW]) + (f" and {len(there) - _FEW} more" if len(there) > _FEW else "")
    raise PolyvocalError(f"There is no {kind} {which}. There is: {few or 'none yet'}.")


def _by_name(which: str | None, find: Callable[[Codebook, str, str], str], book: Codebook) -> str | None:
    """The id of a code or a theme, named by it or by its name; None for all of them.

    Raises:
        PolyvocalError: none is called so, or several are.
    """
    try:
        return which and find(book, which, "Without a name, all are shown.")
    except DecisionRefused as problem:
        raise PolyvocalError(str(problem)) from None


def _candidates(work: Workplace, which: str | None) -> None:
    from pipeline.work.deciding import codebook
    from pipeline.work.suggesting import NO_CANDIDATES, current
    from pipeline.work.talk import talk

    found, _ = current(work)
    book, said = codebook(work), talk(work).by_id()
    _known(which, (item.id for item in found.suggestions), "candidate")
    if not found.suggestions:
        raise NotReady(NO_CANDIDATES)
    waiting = [item for item in found.suggestions if not book.decided(item.id)]
    decided = [item for item in found.suggestions if book.decided(item.id)]
    if which is None:
        _tell_counts(work, len(waiting), len(decided))
    for item in [item for item in found.suggestions if item.id == which] or waiting:
        say(f"\n{item.id}  {item.name}  ({_fate(book, item.id)})")
        say(f"  keywords: {', '.join(item.keywords)}")
        say(
            f"  {counted(len(item.segments), 'segment')}, {counted(len(item.speakers), 'speaker')}, "
            f"{_counts(item.groups)}; roles: {_counts(item.roles)}; questions: {_counts(item.questions)}"
        )
        shown = item.segments if which else item.typical
        for segment in shown:
            say(_quote(said[segment], segment if which else ""))
        if not which:
            for segment in item.edge:
                say(_quote(said[segment], "at its edge"))
    if which is None and decided:
        say("\nDecided already:")
        for item in decided:
            say(f"  {item.id}  {item.name}  ({_fate(book, item.id)})")


def _tell_counts(work: Workplace, waiting: int, decided: int) -> None:
    from pipeline.cli.next_steps import WHERE_CONFIRMED
    from pipeline.work.proposed import unconfirmed_codings

    say(f"{counted(waiting, 'candidate')} to decide on, {decided} decided.")
    codings = unconfirmed_codings(work)
    if codings.all:
        say(f"{codings.told(WHERE_CONFIRMED)}.")


def _fate(book: Codebook, candidate: str) -> str:
    """What became of a candidate, with every code that carries it on."""
    from pipeline.review.fates import ACCEPTED, REJECTED, fates

    fate = fates(book, [candidate])[candidate]
    if fate.word == REJECTED:
        return f"rejected: {fate.reason}"
    codes = ", ".join(f"{code.id}  {code.name}" for code in fate.codes)
    return f"{fate.word}{':' if fate.word == ACCEPTED else ''} {codes}" if fate.word else "undecided"


def _unclear(work: Workplace, which: str | None) -> None:
    from pipeline.domain.segment import OFF_GUIDE
    from pipeline.work.deciding import codebook
    from pipeline.work.suggesting import in_none

    asked = [*(question.id for question in work.study.questions), OFF_GUIDE]
    _known(which, asked, "question")
    if work.store.stages.latest(work.study.id, "suggest") is None:
        raise NotReady("Nothing was gathered into candidates yet: `polyvocal run` brings the study to checkpoint 2.")
    items = [item for item in in_none(work, codebook(work)) if which in {None, item.question}]
    say(
        f"{counted(len(items), 'segment')} with no code, and in no candidate that waits. Put a code on one: "
        f"`decide … apply SEGMENT CODE`; make one: `decide … create NAME --segments SEGMENT`."
    )
    for question in asked:
        of_it = [item for item in items if item.question == question]
        if of_it:
            say(f"\n== {question} ==")
        for item in of_it:
            say(_quote(item, item.segment.id))


def _counts(pairs: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name or 'unknown'} {count}" for name, count in pairs)


def _quote(said: Said, note: str) -> str:
    who = f"{said.group}, {said.speaker}{f' ({note})' if note else ''}"
    return textwrap.fill(f"“{said.excerpt}” — {who}", 100, initial_indent="    ", subsequent_indent="      ")


def _transcript(work: Workplace, which: str | None) -> None:
    from pipeline.domain.correction import corrections, turn_id
    from pipeline.work.talk import effective_questions, speaker_name

    stored = {item.group: item.transcript for item in work.store.transcripts.of_study(work.study.id)}
    if not stored:
        raise NotReady("No transcript has been read yet: `polyvocal run` reads them.")
    if which is None:
        raise PolyvocalError(f"Name one of the focus groups: {', '.join(stored)}.")
    _known(which, stored, "transcript of focus group")
    transcript = stored[which]
    fixed = corrections(work.store.decisions.log(work.study.id))
    found = work.store.questions.of_transcript(work.study.id, transcript.id)
    questions = effective_questions(work.study, transcript, found, fixed)
    sure = {item.turn: item.confidence for item in found}
    previous = ""
    last = shlex.quote(f"{which}:t{len(transcript.turns) - 1}")
    say("In brackets: how sure the machine is of the question, from 0 to 1; or `decided`, where people said it.")
    say(f"A turn is named as it is listed: `polyvocal decide STUDY question {last} QUESTION`.")
    for turn in transcript.turns:
        question = questions.get(turn.index, "")
        if question != previous:
            say(f"\n== {question} ==")
            previous = question
        left_out = " [left out]" if turn_id(transcript.id, turn.index) in fixed.omitted else ""
        name = turn_id(transcript.id, turn.index)
        found_by = "decided" if fixed.questions.get(name) == question else f"{sure.get(turn.index, 0):.2f}"
        head = f"{which}:t{turn.index} ({found_by}){left_out} "
        text = f"{head}{speaker_name(transcript, turn, fixed)}: {transcript.said(turn)}"
        say(textwrap.fill(text, 100, subsequent_indent="    "))


def _codebook(work: Workplace, which: str | None) -> None:
    from pipeline.review.called import code_called
    from pipeline.work.deciding import codebook
    from pipeline.work.talk import talk

    book = codebook(work)
    which = _by_name(which, code_called, book)
    _known(which, (code.id for code in book.active_codes), "code")
    if not book.active_codes:
        say("The codebook is empty: nobody has made a code yet.")
    said = talk(work).by_id() if which else {}
    for code in book.active_codes:
        if which not in {None, code.id}:
            continue
        say(f"{code.id}  {code.name}  [{code.stance}]  {counted(len(book.segments_of(code.id)), 'segment')}")
        if code.definition:
            say(textwrap.indent(textwrap.fill(code.definition, 100), "    "))
        for segment in book.segments_of(code.id) if which else ():
            if segment in said:
                say(_quote(said[segment], segment))
    for memo in book.memos:
        if which in {None, memo.subject}:
            say(f"  memo on {memo.subject} by {memo.coder}: {memo.text}")


def _map(work: Workplace, which: str | None) -> None:
    from pipeline.cli.screen import table
    from pipeline.review.called import code_called
    from pipeline.work.deciding import codebook
    from pipeline.work.mapping import current_map

    book, (mapped, _) = codebook(work), current_map(work)
    which = _by_name(which, code_called, book)
    _known(which, mapped.by_question.rows, "code")
    if not mapped.by_question.rows:
        say("The map is empty: no code is in use yet.")
        return
    columns = mapped.by_question.columns
    rows = [
        [code, book.codes[code].name, *(len(mapped.by_question.cell(code, column).segments) for column in columns)]
        for code in mapped.by_question.rows
        if which in {None, code}
    ]
    say("How many segments carry each code, by the question that they answer:")
    say(table(rows, ("code", "name", *columns)))


def _themes(work: Workplace, which: str | None) -> None:
    from pipeline.review.called import theme_called
    from pipeline.work.deciding import codebook
    from pipeline.work.mapping import current_map

    book, (_, proposed) = codebook(work), current_map(work)
    which = _by_name(which, theme_called, book)
    _known(which, book.themes, "theme")
    if not book.themes and not proposed:
        say("There are no themes yet, and none are proposed.")
    for theme in book.themes.values():
        if which in {None, theme.id}:
            say(f"{theme.id}  {theme.name}: {', '.join(book.codes[code].name for code in theme.codes)}")
    for item in proposed if which is None else ():
        names = ", ".join(f"{book.codes[code].name} ({code})" for code in item.codes if code in book.codes)
        say(f"proposed: {item.name}: {names}")


def _log(args: argparse.Namespace) -> int:
    from pipeline.cli.book_reading import lines
    from pipeline.review.rounds import book_of
    from pipeline.work.deciding import codebook

    with opened(args) as work:
        if args.verify:
            work.store.decisions.verify(work.study.id)
            count, head = work.store.decisions.head(work.study.id)
            if codebook(work).open_round:
                say("unbroken; how many decisions there are is told when the blind round is closed")
            else:
                say(f"{counted(count, 'decision')}, unbroken; head {head[:16]}")
            return 0
        for line in lines(work.store.decisions.log(work.study.id), book_of(codebook(work), args.coder.strip())):
            say(line)
    return 0


def _backup(args: argparse.Namespace) -> int:
    with opened(args) as work:
        work.store.backup(args.file)
    say(f"Copied to {args.file}.")
    return 0


_SHOWN: Mapping[str, Callable[[Any, str | None], None]] = {
    "candidates": _candidates,
    "unclear": _unclear,
    "transcript": _transcript,
    "codebook": _codebook,
    "map": _map,
    "themes": _themes,
}
