"""Who decides, when, and under which key: what every decision carries whatever it does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.domain.decision import TEAM, Draft, Kind
from pipeline.domain.errors import DecisionRefused


@dataclass(frozen=True, slots=True)
class Signature:
    """The coder's hand under a decision. `at` is ISO 8601; `expected_version` is the version of the subject that
    the coder looked at, None where nothing was looked at; `book` whose book it goes into (see `rounds.book_of`)."""

    study: str
    coder: str
    at: str
    key: str
    reason: str = ""
    expected_version: int | None = None
    book: str = TEAM


def signed(sign: Signature, kind: Kind, subject: str, payload: Mapping[str, Any] | None = None) -> Draft:
    """The draft of a decision.

    Raises:
        DecisionRefused: nobody signs it, or it is about nothing.
    """
    if not sign.coder.strip():
        raise DecisionRefused("A decision needs to say who takes it. Give your name.")
    if not sign.key.strip():
        raise DecisionRefused("A decision needs a key, so that sending it twice counts once.")
    if not subject.strip():
        raise DecisionRefused("Say what the decision is about: give the id of a candidate, code, segment or turn.")
    return Draft(
        key=sign.key,
        study=sign.study,
        coder=sign.coder.strip(),
        at=sign.at,
        kind=kind,
        subject=subject,
        payload=dict(payload or {}),
        reason=sign.reason.strip(),
        expected_version=sign.expected_version,
        book=sign.book,
    )


def kind_named(name: str) -> Kind:
    """The kind of decision of that name.

    Raises:
        DecisionRefused: there is none.
    """
    try:
        return Kind(name.strip().lower())
    except ValueError:
        raise DecisionRefused(f"There is no decision `{name}`. There are: {', '.join(Kind)}.") from None


def new_id(prefix: str, key: str, index: int = 0) -> str:
    """An id that is the same whenever the same decision is sent: prefix + 12 hex digits of its key and part."""
    return prefix + hashlib.sha256(f"{key}\n{index}".encode()).hexdigest()[:12]
