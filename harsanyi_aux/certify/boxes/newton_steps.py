"""Newton's steps for all slopes that kinked threats may have (``docs/certificates.md``, "Kinks").

The matrices are ``J + Σ_k g_k s_kᵀ``, ``J`` between bounds and every ``s_k`` in a parallelepiped of
slopes: an update of rank one for each kink. Determinants of such matrices are affine in each
``s_k``, so that corners decide.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from flint import arb, arb_mat, fmpq

# Choices of one corner for every kink beyond which the test is not tried.
_MOST_CORNERS = 1024


@dataclass(frozen=True, eq=False)
class Update:
    """One kinked value in the derivative of the system.

    Attributes
    ----------
    column : list of n - 1 arb
        ``g``: how each equation depends on the value.
    corners : sequence of (n - 1)-vectors of fmpq
        Of the parallelepiped that holds the slopes of the value.
    hull : list of n - 1 arb
        Coordinates of the slopes.
    """

    column: list[arb]
    corners: Sequence[Sequence[fmpq]]
    hull: list[arb]


def newton_steps(
    residual: arb_mat, base: arb_mat, updates: Sequence[Update]
) -> list[list[arb]] | None:
    """Return vectors in whose hull ``-D⁻¹ H(c)`` lies for every matrix ``D`` of the family.

    Parameters
    ----------
    residual : arb_mat (n - 1, 1)
        ``H(c)``.
    base : arb_mat (n - 1, n - 1)
        ``J``.
    updates : sequence of Update

    Returns
    -------
    list of vectors, or None
        None if some matrix of the family may be singular.
    """
    free = base.nrows()
    if prod(len(update.corners) for update in updates) > _MOST_CORNERS:
        return None
    middle = [[g.mid() for g in update.column] for update in updates]
    for update, exactly in zip(updates, middle, strict=True):
        rest = [g - m for g, m in zip(update.column, exactly, strict=True)]
        base = base + _outer(rest, update.hull)
    steps = []
    signs = set()
    for chosen in itertools.product(*(update.corners for update in updates)):
        matrix = base
        for exactly, corner in zip(middle, chosen, strict=True):
            matrix = matrix + _outer(exactly, [arb(s) for s in corner])
        determinant = matrix.det()
        if not (determinant > 0 or determinant < 0):
            return None
        signs.add(bool(determinant > 0))
        steps.append([-_replaced(matrix, k, residual).det() / determinant for k in range(free)])
    return steps if len(signs) == 1 else None


def _replaced(matrix: arb_mat, column: int, vector: arb_mat) -> arb_mat:
    """Return a matrix with another column, as in Cramer's rule."""
    rows = matrix.tolist()
    for row, entry in zip(rows, vector.entries(), strict=True):
        row[column] = entry
    return arb_mat(rows)


def _outer(column: Sequence[arb], row: Sequence[arb]) -> arb_mat:
    return arb_mat(len(column), len(row), [g * s for g in column for s in row])
