"""Bernstein bounds of degree 2 in one cell, in doubles.

``docs/certificates.md``, "Excluded cells". They propose; the checker repeats in rational
arithmetic what a proof needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harsanyi_aux.equilibria.points.corners import Corner
from harsanyi_aux.equilibria.points.frame import Frame, IntArray
from harsanyi_aux.numbers.arrays import FloatArray


@dataclass(frozen=True)
class CellBounds:
    """Coefficients of the bounds in one cell, by pairs ``k <= l`` of its corners.

    Attributes
    ----------
    first, second : arrays (m,)
        ``k`` and ``l``.
    prices : array (m, n)
        ``½(b^k + b^l)``.
    lower, upper : arrays (m, P + 1)
        Of the values of all pairs; of ``h`` in the last column.
    corners : array (n, n)
        The prices of the corners.
    """

    first: IntArray
    second: IntArray
    prices: FloatArray
    lower: FloatArray
    upper: FloatArray
    corners: FloatArray

    @cached_property
    def edges(self) -> dict[tuple[int, int], int]:
        """The row of each pair of corners."""
        pairs = zip(self.first.tolist(), self.second.tolist(), strict=True)
        return {pair: row for row, pair in enumerate(pairs)}

    @property
    def diameter(self) -> float:
        """Longest edge of the cell (Euclidean, normalised prices)."""
        gaps = self.corners[self.first] - self.corners[self.second]
        return float(np.sqrt((gaps**2).sum(axis=1)).max())


def cell_bounds(frame: Frame, corners: Sequence[Corner]) -> CellBounds:
    """Return the bounds in the cell with the given n corners."""
    b = np.array([corner.b for corner in corners])
    first, second = np.triu_indices(frame.n)
    # [k, l, c]: what k's strategies earn at l's prices
    by_columns = np.matmul(b[None], np.stack([corner.columns for corner in corners]))
    lower = np.minimum.reduceat(
        0.5 * (by_columns[first, second] + by_columns[second, first]), frame.column_starts, axis=1
    )
    earned = b @ frame.scaled[:, frame.candidates]
    best = (0.5 * (earned[first] + earned[second])).max(axis=1)
    if frame.pairs:
        by_rows = np.matmul(b[None], np.stack([corner.rows for corner in corners]))
        upper = np.maximum.reduceat(
            0.5 * (by_rows[first, second] + by_rows[second, first]), frame.row_starts, axis=1
        )
        upper = np.concatenate([upper, best[:, None]], axis=1)
    else:
        upper = best[:, None]
    return CellBounds(first, second, 0.5 * (b[first] + b[second]), lower, upper, b)
