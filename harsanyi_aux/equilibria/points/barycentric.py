"""Exact geometry of cells: barycentric coordinates, points on edges."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from harsanyi_aux.equilibria.points.corners import Prices
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import flint_matrix, from_flint

_CLEARLY_OUTSIDE = -1e-6


def barycentric(cell: Sequence[Prices], point: Prices) -> list[Fraction]:
    """Return the barycentric coordinates of a point with respect to n vertices in R^n.

    Raises
    ------
    ZeroDivisionError
        If the vertices are affinely dependent.
    """
    solution = flint_matrix(zip(*cell, strict=True)).solve(flint_matrix([p] for p in point))
    return [from_flint(solution[k, 0]) for k in range(len(cell))]


def is_inside(cell: Sequence[Prices], point: Prices) -> bool:
    """Whether a point lies in a cell, its faces included."""
    try:
        rough = np.linalg.solve(_as_columns(cell), np.array([float(p) for p in point]))
    except np.linalg.LinAlgError:  # vertices that doubles cannot tell apart
        rough = np.zeros(1)
    return bool(rough.min() >= _CLEARLY_OUTSIDE) and min(barycentric(cell, point)) >= 0


def _as_columns(cell: Sequence[Prices]) -> FloatArray:
    return np.array([[float(p) for p in vertex] for vertex in cell]).T


def between(p: Prices, q: Prices, share: Fraction = Fraction(1, 2)) -> Prices:
    """Return ``p + share (q - p)``."""
    return tuple(x + share * (y - x) for x, y in zip(p, q, strict=True))
