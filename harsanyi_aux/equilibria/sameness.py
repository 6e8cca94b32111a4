"""When equilibria found in doubles are taken for one that was found twice.

Prices determine the payoffs of a proper equilibrium, ``u_i = φ_i(v_a) / a_i``, but threats and the
planner's strategy need not be unique: an equilibrium is the same as another if its prices and
payoffs are. All numbers compared are of size one, so that one tolerance suits them all.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray

#: Largest difference of normalised prices, and of payoffs in units of each player's range, that is
#: taken for an error of the search.
SAME = 1e-6


def coordinates(game: StrategicGame, equilibrium: Equilibrium) -> FloatArray:
    """Return normalised prices and payoffs scaled to [0, 1], end to end; shape (2n,)."""
    prices = equilibrium.prices.astype(np.float64) * game.ranges
    payoffs = (equilibrium.payoffs.astype(np.float64) - game.minima) / game.ranges
    return np.concatenate([prices / prices.sum(), payoffs])


def agree(one: FloatArray, two: FloatArray, tolerance: float = SAME) -> bool:
    """Whether no coordinate differs by more than the tolerance."""
    return bool(np.abs(one - two).max() <= tolerance)


def distinct(points: Iterable[FloatArray]) -> list[FloatArray]:
    """Return each point that agrees with none returned before it."""
    kept: list[FloatArray] = []
    for point in points:
        if not any(agree(point, other) for other in kept):
            kept.append(point)
    return kept
