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
        ("I won't be able to get to my last one, I'm afraid.", Steering(turns=True, forgoes=True)),
        ("We will not have time for the children.", Steering(forgoes=True)),
        ("We didn't get to this earlier. How are they trained?", Steering()),
        ("If we won't get to that one, don't worry.", Steering()),
        ("We won't get to the other two, so tell me what you would change.", Steering()),
        ("We're not going to get to the rest. What would you change?", Steering(closes=True)),
        ("How are they trained? There is more, but we won't get to that.", Steering()),
        ("You cannot get to that shelter without a car.", Steering()),
        ("When survivors don't get to that stage, they go home.", Steering()),
        ("Thank you all for coming.", Steering()),
        ("What does it look like in your part of the state?", Steering()),
        ("", Steering()),
    ],
)
def test_steering(said: str, expected: Steering) -> None:
    assert expected == steering(said)
