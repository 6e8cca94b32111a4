"""Corners of cells: exact prices with a strategy for both sides of every threat game.

Any strategies give valid bounds. Doubles from the compiled kernel are rounded to rationals; where a
bound must be exact (prices of a known equilibrium, prices on the boundary) the strategies are those
of an exact saddle point.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from harsanyi_aux.certify.cells.vertices import Vertex, prepare_vertex
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray
from harsanyi_aux.numbers.linear import unique_solution
from harsanyi_aux.numbers.saddle_points import exact_saddle_point

Prices: TypeAlias = tuple[Fraction, ...]
#: A strategy as the certificate writes it: joint action and probability, positive ones only.
Sparse: TypeAlias = list[tuple[int, Fraction]]

_SUPPORT = 1e-11
_DYADIC = 1 << 36
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
    def entry(self) -> dict[str, Any]:
        """The vertex as the certificate writes it."""
        key = self.frame.table.key
        return {
            "prices": [str(p) for p in self.prices],
            "threats": {
                key(mask): [write_sparse(side) for side in sides]
                for mask, sides in zip(self.frame.pairs, self.threats, strict=True)
            },
            "outcome": self.outcome,
        }

    @cached_property
    def vertex(self) -> Vertex:
        """The vertex as the checker reads it."""
        return prepare_vertex(self.frame.table, self.entry)


def _weighted(payoffs: FloatArray, strategy: Sparse, axis: int) -> FloatArray:
    chosen = np.take(payoffs, [i for i, _ in strategy], axis=axis)
    weights = np.array([float(p) for _, p in strategy])
    product: FloatArray = np.tensordot(chosen, weights, axes=([axis], [0]))
    return product


def write_sparse(strategy: Sparse) -> list[list[int | str]]:
    """Return a strategy as certificates and saved searches write it."""
    return [[index, str(p)] for index, p in strategy]


def read_sparse(written: Iterable[Sequence[Any]]) -> Sparse:
    """Return the strategy that `write_sparse` wrote."""
    return [(int(index), read_fraction(p)) for index, p in written]


def read_fraction(text: str) -> Fraction:
    """Return what `str` made of a Fraction, several times as fast as its constructor."""
    numerator, _, denominator = text.partition("/")
    return Fraction(int(numerator), int(denominator or 1))


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


def rounded(strategy: FloatArray) -> Sparse:
    """Return a distribution in doubles as an exact one, in multiples of a power of two."""
    support = np.flatnonzero(strategy > _SUPPORT).tolist()
    parts = [round(float(strategy[i]) * _DYADIC) for i in support]
    parts[parts.index(max(parts))] += _DYADIC - sum(parts)
    return [(i, Fraction(part, _DYADIC)) for i, part in zip(support, parts, strict=True) if part]


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
    rows = np.flatnonzero(x > _SUPPORT).tolist()
    columns = np.flatnonzero(y > _SUPPORT).tolist()
    kernel = kernel_saddle(matrix, rows, columns) if len(rows) == len(columns) else None
    if kernel is not None:
        return kernel
    exact_x, exact_y, _ = exact_saddle_point(matrix)
    return _sparse(exact_x.tolist()), _sparse(exact_y.tolist())


def _sparse(values: Sequence[Fraction]) -> Sparse:
    return [(i, p) for i, p in enumerate(values) if p]


def kernel_saddle(
    matrix: ObjectArray, rows: list[int], columns: list[int]
) -> tuple[Sparse, Sparse] | None:
    """Return the saddle point of an integer matrix with a given square kernel, if there is one."""
    if len(rows) == 1:
        r, c = rows[0], columns[0]
        v = matrix[r, c]
        if max(matrix[:, c]) > v or min(matrix[r]) < v:
            return None
        return [(r, Fraction(1))], [(c, Fraction(1))]
    kernel = matrix[np.ix_(rows, columns)]
    y = _equalising(kernel)
    x = _equalising(kernel.T)
    if x is None or y is None:
        return None
    value = sum(p * q for p, q in zip(kernel[0], y, strict=True))
    if max(matrix[:, columns] @ np.array(y, dtype=object)) > value:
        return None
    if min(np.array(x, dtype=object) @ matrix[rows]) < value:
        return None
    return (
        [(r, p) for r, p in zip(rows, x, strict=True) if p],
        [(c, p) for c, p in zip(columns, y, strict=True) if p],
    )


def _equalising(kernel: ObjectArray) -> list[Fraction] | None:
    """Return the distribution that makes all rows of a square matrix earn the same, or None."""
    k = len(kernel)
    rows = [[*row, -1] for row in kernel.tolist()] + [[1] * k + [0]]
    solution = unique_solution(rows, [0] * k + [1])
    return solution[:k] if solution is not None and min(solution[:k]) >= 0 else None
