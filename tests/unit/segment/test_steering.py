"""What a moderator says of the way is told apart from what she asks about."""

import pytest

from pipeline.segment.steering import Steering, steering


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Okay. Let me turn to children in particular.", Steering(turns=True)),
        ("So then training. What's needed?", Steering(turns=True)),
        ("Let\u2019s move on.", Steering(turns=True)),
        ("I'd like to jump ahead here.", Steering(skips=True)),
        ("I did promise I'd go back, so here it is.", Steering(returns=True)),
        ("Can you say a bit more?", Steering(probes=True)),
        ("Who else?", Steering(probes=True)),
        ("And did you?", Steering(probes=True)),
        ("That's our time. Thank you all very much.", Steering(closes=True)),
        ("I think that's a good place to end.", Steering(closes=True)),
        ("I had one more, but we\u2019re not going to get to it.", Steering(turns=True, closes=True, forgoes=True)),
        ("There is no time for the last question.", Steering(turns=True, forgoes=True)),
        ("I won't be able to get to that today.", Steering(forgoes=True)),
        ("You didn't get to answer: what is it like?", Steering()),
        ("And is there no time for sleep at all, where you work?", Steering()),
        ("Thank you all for coming.", Steering()),
        ("What does it look like in your part of the state?", Steering()),
        ("", Steering()),
    ],
)
def test_steering(said: str, expected: Steering) -> None:
    assert expected == steering(said)
