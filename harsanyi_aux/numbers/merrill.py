"""A globally convergent simplicial homotopy for zeros of correspondences.

Merrill's method: the slab ``R^d × [0, 1]`` is triangulated (Freudenthal's K1), the bottom carries
the labels ``x⁰ - x``, the top the labels ``g(x)``, any selection of a convex-valued, upper
semicontinuous correspondence. A path of simplices whose labels surround zero leads from ``x⁰`` to a
top facet; if ``g`` points inward far out it cannot escape. Degenerate labels are ordered
lexicographically, so the path cannot cycle. Knows nothing about games.

Sources: Merrill (1972); Eaves, "Homotopies for computation of fixed points" (1972); Allgower and
Georg, *Introduction to Numerical Continuation Methods*, chapter 13 (pivoting in K1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray

_ZERO = 1e-14

Label: TypeAlias = Callable[[FloatArray], tuple[FloatArray, int]]


@dataclass(frozen=True)
class SurroundedZero:
    """A small simplex whose labels surround zero.

    Attributes
    ----------
    points : (d+1, d)
        A single one where a grid point turned out to be a zero itself.
    weights : (d+1,)
        Non-negative, summing to one; the weighted labels cancel.
    tags : tuple of int
        What `label` returned beside each label (for games: the planner's outcome).
    pivots : int
    """

    points: FloatArray
    weights: FloatArray
    tags: tuple[int, ...]
    pivots: int

    @property
    def centre(self) -> FloatArray:
        """The weighted mean of the points: the approximate zero."""
        mean: FloatArray = self.weights @ self.points
        return mean


def surround_zero(
    label: Label, start: FloatArray, mesh: float, max_pivots: int
) -> SurroundedZero | None:
    """Follow Merrill's path from `start` on a grid of width `mesh`.

    Parameters
    ----------
    label : callable
        ``x ↦ (g(x), tag)`` for ``x`` of shape (d,).
    start : array of shape (d,)
    mesh : float
        Grid width, in the units of ``x``.
    max_pivots : int

    Returns
    -------
    SurroundedZero or None
        None when `max_pivots` ran out or rounding broke the path.
    """
    d = len(start)
    # The start sits inside the simplex v^0 = 0, v^k = v^{k-1} + e_k: coordinates fall.
    anchor = (d - np.arange(d, dtype=np.float64)) / (d + 1)
    corner = np.zeros(d + 1, dtype=np.int64)
    order = list(range(d + 1))

    def vertex(k: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        point = corner.copy()
        for axis in order[:k]:
            point[axis] += 1
        return point

    def labelled(point: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> _Vertex:
        x = start + mesh * (point[:d] - anchor)
        value, tag = label(x) if point[d] == 1 else (start - x, -1)
        return _Vertex(x, np.concatenate(([1.0], value / mesh)), tag, int(point[d]))

    simplex: list[_Vertex] = [labelled(vertex(k)) for k in range(d + 2)]
    entering = d + 1
    for pivot in range(max_pivots):
        new = simplex[entering]
        if new.level == 1 and np.abs(new.column[1:]).max() <= _ZERO:
            # An exact zero: the labels of a continuum of zeros would make the basis singular.
            return SurroundedZero(new.x[None, :], np.ones(1), (new.tag,), pivot)
        kept = [k for k in range(d + 2) if k != entering]
        basis = np.column_stack([simplex[k].column for k in kept])
        try:
            inverse: FloatArray = np.linalg.inv(basis).astype(np.float64)
        except np.linalg.LinAlgError:
            return None
        direction = inverse @ simplex[entering].column
        leaving = _lexicographic_row(inverse, direction)
        if leaving is None:
            return None
        position = kept[leaving]
        if all(v.level == 1 for k, v in enumerate(simplex) if k != position):
            return _top_facet([v for k, v in enumerate(simplex) if k != position], pivot + 1)
        if all(v.level == 0 for k, v in enumerate(simplex) if k != position):
            return None
        if position == 0:
            corner[order[0]] += 1
            order.append(order.pop(0))
            simplex.pop(0)
            entering = d + 1
            simplex.append(labelled(vertex(d + 1)))
        elif position == d + 1:
            corner[order[-1]] -= 1
            order.insert(0, order.pop())
            simplex.pop()
            entering = 0
            simplex.insert(0, labelled(vertex(0)))
        else:
            order[position - 1], order[position] = order[position], order[position - 1]
            entering = position
            simplex[position] = labelled(vertex(position))
    return None


@dataclass(frozen=True)
class _Vertex:
    x: FloatArray
    column: FloatArray
    tag: int
    level: int


def _lexicographic_row(inverse: FloatArray, direction: FloatArray) -> int | None:
    """Return the row that leaves: lexicographically least row of the inverse over `direction`."""
    scale = float(np.abs(direction).max())
    rows = np.flatnonzero(direction > 1e-11 * scale)
    if len(rows) == 0:
        return None
    ratios = inverse[rows] / direction[rows, None]
    for column in range(ratios.shape[1]):
        if len(rows) == 1:
            break
        least = ratios[:, column].min()
        tied = ratios[:, column] <= least + 1e-12 * max(1.0, abs(float(least)))
        rows, ratios = rows[tied], ratios[tied]
    return int(rows[0])


def _top_facet(vertices: list[_Vertex], pivots: int) -> SurroundedZero | None:
    basis = np.column_stack([v.column for v in vertices])
    right = np.zeros(len(vertices))
    right[0] = 1.0
    try:
        weights = np.linalg.solve(basis, right)
    except np.linalg.LinAlgError:
        return None
    weights = np.maximum(weights, 0.0)
    return SurroundedZero(
        points=np.array([v.x for v in vertices]),
        weights=weights / weights.sum(),
        tags=tuple(v.tag for v in vertices),
        pivots=pivots,
    )
