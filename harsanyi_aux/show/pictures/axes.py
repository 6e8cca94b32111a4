"""Two players: the feasible set, its Pareto frontier and rounded bodies as outlines in utils."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray
from smoothing.planar import hull_of, outline

if TYPE_CHECKING:
    from harsanyi_aux.game.strategic import StrategicGame
    from harsanyi_aux.smooth.games import Rounding
    from smoothing.lifting import Lift


def in_utils(game: StrategicGame, scaled: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the two coordinates of scaled payoffs (k, 2) in utils."""
    x, y = (game.minima + game.ranges * scaled).T
    return x, y


def hull(game: StrategicGame) -> FloatArray:
    """Return the corners of the feasible set in scaled payoffs, counter-clockwise (k, 2)."""
    return outline(hull_of(game.scaled.reshape(2, -1).T))


def frontier(corners: FloatArray) -> FloatArray:
    """Return the corners of the Pareto frontier, from player 0's best to player 1's."""
    count = len(corners)
    first = max(range(count), key=lambda k: (corners[k, 0], corners[k, 1]))
    last = max(range(count), key=lambda k: (corners[k, 1], corners[k, 0]))
    steps = (last - first) % count
    return corners[[(first + k) % count for k in range(steps + 1)]]


def rounded(
    game: StrategicGame, epsilon: float, *, rounding: Rounding | None, lift: Lift | None = None
) -> FloatArray:
    """Return the outline of the body at one ε, closed; for a softmax the points it chooses.

    Raises
    ------
    InputError
        If the feasible set cannot be smoothed so.
    """
    from harsanyi_aux.smooth.games import smoothed_planner

    planner = smoothed_planner(game, epsilon, rounding=rounding, lift=lift)
    parts = np.zeros((1, 2))
    if rounding == "entropic" and planner.smooth is not None:
        share = 1 / (1 + np.exp(-np.linspace(-14, 14, 401)))
        return np.array([planner.smooth(np.array([a, 1 - a])).point for a in share.tolist()])
    if planner.smooth is not None:
        turns = 2 * np.pi * (np.arange(256) + 0.5) / 256
        directions = np.column_stack([np.cos(turns), np.sin(turns)])
        parts = np.array([planner.smooth(direction).point for direction in directions])
    border = outline(hull_of((planner.points.T[:, None] + parts[None]).reshape(-1, 2)))
    return np.vstack([border, border[:1]])
