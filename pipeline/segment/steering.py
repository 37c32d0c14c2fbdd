"""What a moderator says of the way through the guide: "let me ask about", "I'll come back to it", "say more"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LONGEST_PROBE: Final = 9
"""Words; a longer sentence that opens like a probe may well put a question of the guide."""


@dataclass(frozen=True, slots=True)
class Steering:
    """What one turn says of the way: each True where the words say so."""

    turns: bool = False
    """A question of the guide is to follow."""
    skips: bool = False
    """It is not the next one."""
    returns: bool = False
    """It is an earlier one."""
    probes: bool = False
    """The group is asked to go on with what it speaks of."""
    closes: bool = False
    """The talk is over."""
    forgoes: bool = False
    """What is named here will not be asked."""


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


_TURNS: Final = _any_of(
    r"let(?:'s| us| me)(?: just| now| then)? (?:ask|go|get|move|turn|take|bring|begin|start|talk|switch|jump|shift)",
    r"(?:i|we)(?:'d| would| want| wanted)(?: like)? (?:us )?to (?:ask|get|move|turn|switch|talk|shift|go) "
    r"(?:you |on )*(?:about|on|to|now)",
    r"mov(?:e|ing) on",
    r"(?:i'm|we're|i'll|we'll|i am|we are|we will|i will)(?: now)?(?: going to)? "
    r"(?:turn|mov|switch|shift|skip|hop|jump)(?:e|ing)?",
    r"brings? (?:me|us) (?:on )?to",
    r"to (?:start|begin)(?: you)?(?: us)?(?: off)?",
    r"(?:next|last|final|first|another|new|following) (?:question|one|topic|thing|section|subject)",
    r"turning (?:to|now|that)",
    r"so then",
    r"(?:nearly|almost) (?:there|done)",
    r"(?:one|two|three|four) (?:more|left)(?: questions?)?",
)
_SKIPS: Final = _any_of(
    r"skip(?:ping)?",
    r"(?:hop|jump|pass)(?:ping|ing|ped|ed)? over",
    r"jump(?:ing|ed)? ahead",
    r"out of (?:order|sequence)",
    r"(?:the )?other way (?:a)?round",
    r"(?:come|get|circle) back to (?:it|that|this|them|those)",
    r"(?:come|get|circle) back to .{1,40} later",
    r"leave .{1,30} for later",
)
_RETURNS: Final = _any_of(
    r"(?:go|going|come|coming|came|get|getting|circle|circling|jump|return|returning) back",
    r"return(?:ing)? to",
    r"back to (?:the|one|that|a|my|our|your|an earlier)",
    r"(?:i|we)(?:'ve)? (?:skipped|missed|passed|jumped|left out)",
)
_PROBES: Final = _any_of(
    r"(?:say|tell us|tell me|hear|explain|speak) (?:a |a little |a bit |some |something )*more",
    r"(?:what|who|anything|anyone|anybody|any|something|where|how) else",
    r"(?:any )?others",
    r"go (?:on|ahead)",
    r"(?:for|an|give us an|give me an) example",
    r"what do you mean",
    r"meaning",
    r"is that (?:a )?(?:fair|right|what)",
    r"(?:i'm|i am|what i'm) (?:hearing|getting)",
    r"take (?:your time|a breath)",
    r"how so|why is that|why's that|in what way",
)
_PROBE_OPENS: Final = re.compile(r"(?:and|so|but|did|do|does|is|was|were|are|because|even|also)\b")
_CLOSES: Final = _any_of(
    r"(?:good|fine|nice|natural) (?:place|point|note|moment) to (?:stop|end|finish|close|leave)",
    r"(?:that's|that is|we're at|we are at|out of|up) (?:our |the |my |of )?time",
    r"(?:that's|that is|that was|those are|this was) (?:all|everything|it|the end)(?: of)?(?: the| my| our)? "
    r"(?:questions?|i have|i had|on my|we have|we had|from me)",
    r"(?:we'll|we will|i'll|let's) (?:stop|end|close|wrap)(?: it)?(?: up)?(?: there| here|,? then)",
    r"(?:turn|switch)(?:ing)? (?:this|it|that|us|the recorder|the recording|the tape) off",
    r"(?:turn|switch|stop)(?:ing)? (?:off )?the (?:recorder|recording|tape)",
    r"wrap(?:ping)?(?: things| it| this)? up",
    r"thank you,? (?:all|everyone|everybody)(?: of you)?(?:,? (?:very|so) much| for (?:your|taking|sharing))",
    r"(?:not|aren't) going to get to",
)
_FORGOES: Final = re.compile(
    r"(?<!if )(?<!case )(?<!whether )(?<!before )\b(?:i|we)"
    r"(?:(?:'m|'re| am| are) not going to| (?:aren't|am not) going to|(?: probably)? (?:won't|will not)(?: now)?)"
    r"(?: be able to)? (?:get (?:round |around )?to|have (?:the )?time for)\b(?!.*\bso\b)"
)
"""Where the turn asks nothing: "I had one more, on what you would change, but we're not going to get to it"."""


def steering(said: str) -> Steering:
    """What the words of one moderator's turn say of the way through the guide."""
    plain = said.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    turns, skips, returns = (bool(cue.search(plain)) for cue in (_TURNS, _SKIPS, _RETURNS))
    steers = turns or skips or returns
    probes = not steers and (bool(_PROBES.search(plain)) or _follows_up(plain))
    forgoes = "?" not in plain and bool(_FORGOES.search(plain))
    return Steering(turns, skips, returns, probes, bool(_CLOSES.search(plain)), forgoes)


def _follows_up(plain: str) -> bool:
    return len(plain.split()) <= LONGEST_PROBE and bool(_PROBE_OPENS.match(plain))
