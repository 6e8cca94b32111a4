"""Corners of cells: exact prices with a strategy for both sides of every threat game.

Any strategies give valid bounds. Doubles from the compiled kernel are rounded to rationals; where a
bound must be exact (prices of a known equilibrium, prices on the boundary) the strategies are those
of an exact saddle point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from harsanyi_aux.certify.cells.vertices import Vertex, make_vertex
from harsanyi_aux.certify.reading.strategies import make_mixed
from harsanyi_aux.certify.reading.values import to_fmpq
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray
from harsanyi_aux.numbers.saddle_points import exact_saddle_point, kernel_saddle
from harsanyi_aux.numbers.sparse import Sparse, rounded, sparse, support, write_sparse

Prices: TypeAlias = tuple[Fraction, ...]
# How far towards the inside of a cell the threats of a degenerate corner are looked for.
_NUDGE = 0.02


@dataclass(frozen=True, eq=False)
class Corner:
    """One vertex of the subdivision.

    Attributes
    ----------
    frame : Frame
    prices : tuple of n Fractions
        Normalised.
    threats : tuple of (Sparse, Sparse)
        For each pair, a strategy of the coalition and one of its opponents.
    outcome : int
        An outcome that earns the most at these prices.
    """

    frame: Frame
    prices: Prices
    threats: tuple[tuple[Sparse, Sparse], ...]
    outcome: int

    @cached_property
    def b(self) -> FloatArray:
        """The prices in doubles."""
        return np.array([float(p) for p in self.prices])

    @cached_property
    def columns(self) -> FloatArray:
        """``x M`` for unit prices of each player, all pairs and ``N`` end to end; (n, columns)."""
        parts = [
            _weighted(payoffs, x, axis=1)
            for payoffs, (x, _) in zip(self.frame.payoffs, self.threats, strict=True)
        ]
        return np.concatenate([*parts, self.frame.scaled[:, [self.outcome]]], axis=1)

    @cached_property
    def rows(self) -> FloatArray:
        """``M y`` for unit prices of each player, all pairs end to end; (n, rows)."""
        parts = [
            _weighted(payoffs, y, axis=2)
            for payoffs, (_, y) in zip(self.frame.payoffs, self.threats, strict=True)
        ]
        return np.concatenate(parts, axis=1) if parts else np.zeros((self.frame.n, 0))

    @cached_property
    def sharp(self) -> Corner:
        """The corner at the same prices whose strategies are optimal exactly."""
        return make_corner(self.frame, self.prices, exact=True)

    @cached_property
    def vertex(self) -> Vertex:
        """The vertex as the checker has it."""
        return make_vertex(
            self.frame.table,
            tuple(map(to_fmpq, self.prices)),
            {
                mask: (make_mixed(x), make_mixed(y))
                for mask, (x, y) in zip(self.frame.pairs, self.threats, strict=True)
            },
            self.outcome,
        )


def _weighted(payoffs: FloatArray, strategy: Sparse, axis: int) -> FloatArray:
    chosen = np.take(payoffs, [i for i, _ in strategy], axis=axis)
    weights = np.array([float(p) for _, p in strategy])
    product: FloatArray = np.tensordot(chosen, weights, axes=([axis], [0]))
    return product


def write_corner(corner: Corner) -> dict[str, Any]:
    """Return a corner as certificates write their vertices."""
    key = corner.frame.table.key
    return {
        "prices": [str(p) for p in corner.prices],
        "threats": {
            key(mask): [write_sparse(side) for side in sides]
            for mask, sides in zip(corner.frame.pairs, corner.threats, strict=True)
        },
        "outcome": corner.outcome,
    }


def make_corner(
    frame: Frame, prices: Prices, *, towards: FloatArray | None = None, exact: bool = False
) -> Corner:
    """Return the corner at given prices, with (nearly) optimal strategies.

    Parameters
    ----------
    frame : Frame
    prices : tuple of Fractions
    towards : array (n,), optional
        Where saddle points are not unique, take those that stay optimal in this direction.
    exact : bool, optional
        Whether the strategies must be optimal exactly; implied by `towards`.
    """
    b = np.array([float(p) for p in prices])
    exact = exact or towards is not None
    at = b if towards is None else b + _NUDGE * (towards - b)
    threats: list[tuple[Sparse, Sparse]] = []
    full = (1 << frame.n) - 1
    if frame.pairs:
        frame.threats.scaled_at(at / at.sum())
    for k, mask in enumerate(frame.pairs):
        x = frame.threats.strategy(mask)
        y = frame.threats.strategy(full ^ mask)
        if exact:
            threats.append(_exact_saddle(frame, k, prices, x, y))
        else:
            threats.append((rounded(x), rounded(y)))
    # towards decides ties: what is optimal nearby is optimal here, up to rounding of the nudge
    earned = b @ frame.scaled
    tied = np.flatnonzero(earned >= earned.max() - 1e-12)
    outcome = int(tied[np.argmax(at @ frame.scaled[:, tied])])
    return Corner(frame, prices, tuple(threats), outcome)


def integer_matrix(frame: Frame, pair: int, prices: Prices) -> tuple[ObjectArray, int]:
    """Return the threat game of pair number `pair` at exact prices, in whole units.

    Returns
    -------
    matrix : object array of ints
        Times the unit.
    unit : int
    """
    table = frame.integer_payoffs[pair]
    common = math.lcm(*(price.denominator for price in prices))
    total: ObjectArray = np.zeros(table.shape[1:], dtype=object)
    for i, price in enumerate(prices):
        if price:
            total = total + price.numerator * (common // price.denominator) * table[i]
    return total, common * frame.table.scale


def _exact_saddle(
    frame: Frame, pair: int, prices: Prices, x: FloatArray, y: FloatArray
) -> tuple[Sparse, Sparse]:
    """Return an exact saddle point, the one with the supports of `x` and `y` if there is one."""
    matrix, _ = integer_matrix(frame, pair, prices)
    rows, columns = support(x), support(y)
    kernel = kernel_saddle(matrix, rows, columns) if len(rows) == len(columns) else None
    if kernel is not None:
        return kernel
    exact_x, exact_y, _ = exact_saddle_point(matrix)
    return sparse(exact_x), sparse(exact_y)
