"""Single keys: which key does what, switched and changed by each person for themselves (WCAG 2.1.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from pipeline.domain.errors import DecisionRefused

if TYPE_CHECKING:
    from pipeline.web.endpoints import Ask

PREFERENCE: Final = "keys"
ACTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "accept": ("a", "Accept the candidate"),
        "reject": ("r", "Reject it"),
        "merge": ("m", "Merge it into a code"),
        "split": ("s", "Split it"),
        "name": ("e", "Edit its name"),
        "later": ("l", "Leave it for later"),
        "memo": ("n", "Write a memo"),
        "undo": ("u", "Undo the last decision"),
        "next": ("j", "Go to the next"),
        "previous": ("k", "Go to the previous one"),
        "code": ("c", "Type a code"),
        "commit": ("d", "Done: this segment is coded"),
        **{
            f"toggle{place}": (str(place), f"Put on or take off code {place}; settling: take version {place}")
            for place in range(1, 10)
        },
        "yes": ("y", "Yes to the first proposed coding"),
        "no": ("x", "No to it"),
        "place": ("p", "Move a code to stand under another"),
        "question": ("g", "Say which question a turn answers"),
        "confirm": ("o", "The question is right as it is"),
        "omit": ("t", "Leave a turn out, or take it back in"),
        "both": ("b", "Settling: keep both versions"),
        "rewrite": ("w", "Settling: write it anew"),
        "search": ("/", "Search"),
        "help": ("?", "Show the keys"),
    }
)
"""What each act is called in templates, its key to begin with, and what people read."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A person's keys. Switched off, no page listens to any."""

    on: bool = True
    by_act: Mapping[str, str] = field(default_factory=lambda: {name: key for name, (key, _) in ACTS.items()})

    def of(self, act: str) -> str:
        """The key of an act, "" where keys are off or it has none."""
        return self.by_act.get(act, "") if self.on else ""


def keys_of(ask: Ask) -> Keys:
    """The keys of who asks."""
    kept = ask.site.accounts.accounts.preferences(ask.person).get(PREFERENCE)
    if not kept:
        return Keys()
    said = json.loads(kept)
    return Keys(bool(said["on"]), {**Keys().by_act, **said["by_act"]})


def changed(on: bool, by_act: Mapping[str, str]) -> Keys:  # noqa: FBT001 - one switch, named at every call
    """Keys as somebody set them.

    Raises:
        DecisionRefused: a key is longer than one character, or stands for two acts.
    """
    wanted = {name: by_act.get(name, "").strip().lower() for name in ACTS}
    for name, key in wanted.items():
        if len(key) > 1:
            raise DecisionRefused(f"`{key}` for “{ACTS[name][1]}” is more than one key. Give one letter, or none.")
        twins = [other for other in wanted if key and wanted[other] == key and other != name]
        if twins:
            raise DecisionRefused(
                f"`{key}` stands for “{ACTS[name][1]}” and “{ACTS[twins[0]][1]}”. Give one another."
            )
    return Keys(on, wanted)


def as_kept(keys: Keys) -> str:
    """Keys as they are kept among a person's preferences."""
    return json.dumps({"on": keys.on, "by_act": dict(keys.by_act)})
