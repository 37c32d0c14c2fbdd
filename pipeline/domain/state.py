"""A codebook in the making: what decisions have changed so far, and the few ways in which they may."""

from __future__ import annotations

from collections.abc import Collection, MutableMapping, Sequence
from dataclasses import replace

from pipeline.domain.codebook import Approval, Code, Codebook, Coding, Memo, Round, Theme, Void
from pipeline.domain.decision import Decision
from pipeline.domain.journal import Journal


class State:
    """A codebook while it is being folded; every change goes through the journal."""

    def __init__(self, journal: Journal) -> None:
        self.put_at, self.drop = journal.put, journal.drop
        self.codes: dict[str, Code] = {}
        self.codings: dict[tuple[str, str], Coding] = {}
        self.by_segment: dict[str, dict[str, None]] = {}
        self.by_code: dict[str, dict[str, None]] = {}
        self.coded: dict[str, int] = {}
        self.accepted: dict[str, str] = {}
        self.rejected: dict[str, str] = {}
        self.removed: dict[tuple[str, str], None] = {}
        self.memos: dict[int, Memo] = {}
        self.themes: dict[str, Theme] = {}
        self.approvals: dict[str, Approval] = {}
        self.rounds: dict[str, Round] = {}
        self.committed: dict[str, int] = {}
        self.committed_by: dict[tuple[str, str], int] = {}
        self.none_fits: dict[str, int] = {}
        self.finished: dict[tuple[str, str], int] = {}
        self.settled: dict[tuple[str, str], int] = {}
        self.void: dict[int, Void] = {}

    def frozen(self, version: int) -> Codebook:
        """The codebook as it stands; the state is to be left alone from now on."""
        return self._seen(frozenset(self.removed), tuple(self.memos.values()), tuple(self.void.values()), version)

    def live(self, version: int) -> Codebook:
        """The codebook as a window on this state: nothing is copied, and it changes when the state does."""
        return self._seen(self.removed.keys(), self.memos.values(), self.void.values(), version)

    def _seen(
        self, removed: Collection[tuple[str, str]], memos: Collection[Memo], void: Collection[Void], version: int
    ) -> Codebook:
        return Codebook(
            codes=self.codes,
            codings=self.codings,
            by_segment=self.by_segment,
            by_code=self.by_code,
            coded=self.coded,
            accepted=self.accepted,
            rejected=self.rejected,
            removed=removed,
            memos=memos,
            themes=self.themes,
            approvals=self.approvals,
            rounds=self.rounds,
            committed=self.committed,
            committed_by=self.committed_by,
            none_fits=self.none_fits,
            finished=self.finished,
            settled=self.settled,
            void=void,
            version=version,
        )

    def lacks(self, *codes: str) -> str:
        """A sentence naming the first code that is not in use, or ""."""
        for code in codes:
            if code not in self.codes:
                return f"There is no code {code}."
            if not self.codes[code].active:
                return f"Code {code} was retired into {self.codes[code].retired_into}."
        return ""

    def put(self, decision: Decision, code: str, segments: Sequence[str], source: str = "") -> None:
        """Code the segments; those that come over from another code remain the work of who coded them there."""
        carried = self._within(self.by_code, code)
        for segment in segments:
            self.put_at(carried, segment, None)
            carries = self._within(self.by_segment, segment)
            if not carries:
                self._count(segment, 1)
            self.put_at(carries, code, None)
            self.drop(self.removed, (segment, code))
            self.drop(self.none_fits, segment)
            made = self.codings.get((segment, source), Coding(segment, code, decision.draft.coder, decision.seq))
            if (segment, code) not in self.codings:
                self.put_at(self.codings, (segment, code), replace(made, code=code))

    def retire(self, code: str, into: Sequence[str]) -> None:
        """A code goes out of use; the themes that gather it gather what it went into."""
        self.put_at(self.codes, code, replace(self.codes[code], retired_into=",".join(into)))
        for theme in tuple(self.themes.values()):
            if code in theme.codes:
                codes = [new for old in theme.codes for new in (into if old == code else (old,))]
                self.put_at(self.themes, theme.id, replace(theme, codes=tuple(dict.fromkeys(codes))))

    def take_off(self, code: str, segment: str) -> None:
        """A segment no longer carries a code."""
        self.drop(self.by_code.get(code, {}), segment)
        carries = self.by_segment.get(segment, {})
        if code in carries and len(carries) == 1:
            self._count(segment, -1)
            self.drop(self.by_segment, segment)
        else:
            self.drop(carries, code)
        self.drop(self.codings, (segment, code))

    def carried(self, code: str) -> tuple[str, ...]:
        """Segments that carry a code."""
        return tuple(self.by_code.get(code, ()))

    def _count(self, segment: str, more: int) -> None:
        transcript = segment.partition(":")[0]
        self.put_at(self.coded, transcript, self.coded.get(transcript, 0) + more)

    def _within(self, mapping: MutableMapping[str, dict[str, None]], key: str) -> dict[str, None]:
        if key not in mapping:
            self.put_at(mapping, key, {})
        return mapping[key]
