"""Whether prices are a convex combination of others, exactly.

Source: ``docs/certificates.md``, "Equilibria": a set holds the combinations of the listed prices,
and no others.
"""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

Point = tuple[fmpq, ...]


def in_hull(points: Sequence[Point], target: Point) -> bool:
    """Return whether `target` is a convex combination of `points`.

    Parameters
    ----------
    points : sequence of n-tuples of fmpq
    target : n-tuple of fmpq
        All tuples are non-negative with sum one, so non-negative weights with the sum `target`
        have sum one themselves.

    Notes
    -----
    Phase one of the simplex method: the columns are the points, the basis begins with one
    artificial variable for each coordinate, and their sum is reduced to its least value, which is
    zero exactly if there are such weights. With Bland's rule it ends.
    """
    rows = [[*column, aim] for column, aim in zip(zip(*points, strict=True), target, strict=True)]
    basis = list(range(len(points), len(points) + len(rows)))
    while True:
        left = [row for row, name in zip(rows, basis, strict=True) if name >= len(points)]
        gains = [sum(column, fmpq(0)) for column in zip(*left, strict=True)]
        if not any(gains[-1:]):
            return True
        entering = next((j for j, gain in enumerate(gains[:-1]) if gain > 0), None)
        if entering is None:
            return False
        _, _, leaving = min(
            (row[-1] / row[entering], name, k)
            for k, (row, name) in enumerate(zip(rows, basis, strict=True))
            if row[entering] > 0
        )
        pivot = rows[leaving][entering]
        rows[leaving] = [entry / pivot for entry in rows[leaving]]
        for k, row in enumerate(rows):
            if k != leaving and row[entering] != 0:
                factor = row[entering]
                rows[k] = [p - factor * q for p, q in zip(row, rows[leaving], strict=True)]
        basis[leaving] = entering
