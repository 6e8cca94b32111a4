"""Exact prices on a continuum of equilibria, from one equilibrium in doubles.

A point in the middle of a continuum has no simple fractions for prices, but as a rule its
strategies are simple: with them fixed, the prices form a polytope (`price_polytopes`), whose middle
is exact. The same finds isolated equilibria whose prices have large denominators.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from harsanyi_aux.equilibria.points.corners import Prices
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.price_polytopes import stable_prices
from harsanyi_aux.game.equilibrium import Concept
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import nonnegative_fit
from harsanyi_aux.numbers.sparse import Sparse

_LARGEST_DENOMINATOR = 1000
_DISTANCE = 1e-8


def prices_of_strategies(
    frame: Frame, near: FloatArray, concept: Concept = "coco"
) -> Iterator[Prices]:
    """Return the middle of the prices that the strategies found at given prices support.

    Parameters
    ----------
    frame : Frame
    near : array (n,)
        Normalised, positive: prices of a CoCo equilibrium in doubles.
    concept : optional
        For coalition-perfect, first the middle of those prices where division holds in every
        coalition with these threats.

    Yields
    ------
    tuple of Fractions
        Nothing where the strategies are not simple or do not fit.
    """
    found, mixture = simple_strategies(frame, near)
    threats = [sides for sides in found if sides is not None]
    if mixture is None or len(threats) < len(found):
        return
    concepts: list[Concept] = ["coco"] if concept == "coco" else [concept, "coco"]
    for one in concepts:
        polytope = stable_prices(frame, threats, mixture, one)
        count = len(polytope.vertices)
        if not count or (one == "coco" and not polytope.nearly_contains(near, 100 * _DISTANCE)):
            continue
        middle = tuple(sum(column) / count for column in zip(*polytope.vertices, strict=True))
        if min(middle) > 0:
            yield middle


def simple_strategies(
    frame: Frame, near: FloatArray
) -> tuple[list[tuple[Sparse, Sparse] | None], Sparse | None]:
    """Return optimal threats of all pairs and the planner's strategy, None where not simple."""
    full = (1 << frame.n) - 1
    values = frame.threats.scaled_at(near)[0]
    threats: list[tuple[Sparse, Sparse] | None] = []
    for mask in frame.pairs:
        x = _simple(frame.threats.strategy(mask))
        y = _simple(frame.threats.strategy(full ^ mask))
        threats.append(None if x is None or y is None else (x, y))
    owed = np.array([*(values[mask] for mask in frame.pairs), values[full]]) @ frame.shares
    return threats, _planner(frame, near, owed / near)


def _planner(frame: Frame, near: FloatArray, payoffs: FloatArray) -> Sparse | None:
    earned = near @ frame.scaled
    active = np.flatnonzero(earned >= earned.max() - _DISTANCE)
    weights, distance = nonnegative_fit(
        np.vstack([frame.scaled[:, active], np.ones(len(active))]), np.append(payoffs, 1.0)
    )
    if not distance <= 100 * _DISTANCE:
        return None
    mixture = np.zeros(frame.scaled.shape[1])
    mixture[active] = weights
    return _simple(mixture)


def _simple(strategy: FloatArray) -> Sparse | None:
    """Return a distribution in simple fractions, or None if it has none nearby."""
    support = np.flatnonzero(strategy > _DISTANCE).tolist()
    parts = [Fraction(float(strategy[i])).limit_denominator(_LARGEST_DENOMINATOR) for i in support]
    near = all(
        abs(float(p) - strategy[i]) <= _DISTANCE for i, p in zip(support, parts, strict=True)
    )
    return tuple(zip(support, parts, strict=True)) if near and sum(parts) == 1 else None
