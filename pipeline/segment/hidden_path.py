"""The best path through hidden states, and how sure one may be of each step (Viterbi, forward-backward).

Rabiner 1989, "A tutorial on hidden Markov models": here with scores (log weights) that need not be normalised.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def best_path(start: Scores, moves: Scores, steps: Scores) -> NDArray[np.intp]:
    """The states with the highest total score.

    `start` (s) scores the first state, `moves` (t, s, s) going from row to column at a step (the first is not read),
    `steps` (t, s) being in a state. Returns t states; of equal paths the one through lower states.
    """
    came_from = np.zeros(steps.shape, dtype=np.intp)
    total = start + steps[0]
    for step in range(1, len(steps)):
        reached = total[:, None] + moves[step]
        came_from[step] = reached.argmax(axis=0)
        total = reached.max(axis=0) + steps[step]
    path = np.zeros(len(steps), dtype=np.intp)
    path[-1] = total.argmax()
    for step in range(len(steps) - 1, 0, -1):
        path[step - 1] = came_from[step, path[step]]
    return path


def posterior(start: Scores, moves: Scores, steps: Scores) -> Scores:
    """The share of all paths' weight that is in each state at each step, shape (t, s); rows sum to 1."""
    forward, backward = np.zeros(steps.shape), np.zeros(steps.shape)
    forward[0] = start + steps[0]
    for step in range(1, len(steps)):
        forward[step] = _log_sum(forward[step - 1][:, None] + moves[step], 0) + steps[step]
    for step in range(len(steps) - 2, -1, -1):
        ahead = steps[step + 1] + backward[step + 1]
        backward[step] = _log_sum(moves[step + 1] + ahead[None, :], 1)
    both = forward + backward
    weight = np.exp(both - both.max(axis=1, keepdims=True))
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _log_sum(scores: Scores, axis: int) -> Scores:
    top = scores.max(axis=axis)
    return np.asarray(top + np.log(np.exp(scores - np.expand_dims(top, axis)).sum(axis=axis)))
