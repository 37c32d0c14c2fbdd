"""Named errors. An error's message is the sentence a person reads; the edge turns it into an exit code once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


class PolyvocalError(Exception):
    """Something a person can act on. The message holds no transcript text."""

    exit_code: ClassVar[int] = 1


class StudyInvalid(PolyvocalError):
    """The study folder has problems; `problems` lists them all at once."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class FileRefused(PolyvocalError):
    """A transcript file cannot be read as it is; the message says why and what to do."""

    exit_code: ClassVar[int] = 3


class ModelUnavailable(PolyvocalError):
    """The language model is missing or is not the one its manifest names."""

    exit_code: ClassVar[int] = 4


class DecisionRefused(PolyvocalError):
    """A decision cannot be taken: unknown subject, missing reason, nothing to undo."""

    exit_code: ClassVar[int] = 5


class NameTaken(DecisionRefused):
    """A code in use is called so already; `name` is how it is written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a code “{name}” already. Merge into that one, or choose another name.")
        self.name = name


class StaleDecision(DecisionRefused):
    """The subject changed since the coder looked at it; both sides are shown."""


class Overtaken(StaleDecision):
    """Another decision on the subject came between, which `by` took at `at` (ISO 8601, UTC)."""

    def __init__(self, told: str, subject: str, by: str, at: str) -> None:
        super().__init__(told)
        self.subject, self.by, self.at = subject, by, at


class NotReady(PolyvocalError):
    """A stage was asked for before what it needs exists or is approved."""

    exit_code: ClassVar[int] = 6


class StoreDamaged(PolyvocalError):
    """The decision log does not match its own hashes or its anchor outside the database."""

    exit_code: ClassVar[int] = 7


class ServiceUnavailable(PolyvocalError):
    """The Prefect server, the database or another process is not answering."""

    exit_code: ClassVar[int] = 8


class SettingsInvalid(PolyvocalError):
    """A settings file holds an unknown key or a value of the wrong kind."""

    exit_code: ClassVar[int] = 2


class AccountRefused(PolyvocalError):
    """An account cannot be made or changed as asked: name taken, password too short, no such account."""


class SignInRefused(PolyvocalError):
    """Name and password, or a set-up token, open nothing; the sentence is the same whatever the cause."""

    exit_code: ClassVar[int] = 9


def kind_and_place(error: BaseException) -> str:
    """What an error is, and where in the program it arose: all that may be kept of one whose text may hold talk."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input: where it is, what is wrong, and the mend."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.mend}".rstrip()
