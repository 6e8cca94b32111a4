"""Linear equations in rational arithmetic; in non-negative unknowns they are solved or refuted.

Least squares propose the unknowns that are positive and rational elimination confirms them. Where
that fails, phase one of the simplex method with Bland's rule and fraction-free pivots (Edmonds
1967; Bareiss 1968) ends at a solution or at the weights of Farkas' lemma, however degenerate the
system is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from flint import fmpq, fmpq_mat

from harsanyi_aux.numbers.arrays import ObjectArray
from harsanyi_aux.numbers.programs import nonnegative_fit

Row: TypeAlias = tuple[Fraction, ...]

# What is positive in a fit in doubles.
_POSITIVE = 1e-9


def to_flint(value: Fraction | int) -> fmpq:
    """Return a rational as flint's."""
    return fmpq(value.numerator, value.denominator)


def from_flint(value: fmpq) -> Fraction:
    """Return flint's rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def flint_matrix(rows: Iterable[Iterable[Fraction | int]]) -> fmpq_mat:
    """Return rows of rationals, at least one, as flint's matrix."""
    return fmpq_mat([[to_flint(entry) for entry in row] for row in rows])


def independent_rows(rows: Sequence[Row], n: int) -> tuple[Row, ...]:
    """Return a basis of the span of rows of length n in reduced form."""
    if not rows:
        return ()
    reduced, rank = flint_matrix(rows).rref()
    return tuple(tuple(from_flint(reduced[r, i]) for i in range(n)) for r in range(rank))


def null_space(rows: Sequence[Row], n: int) -> list[Row]:
    """Return a basis of the vectors orthogonal to all rows of length n."""
    reduced = independent_rows(rows, n)
    pivots = [next(i for i in range(n) if row[i]) for row in reduced]
    basis = []
    for free in (i for i in range(n) if i not in pivots):
        vector = [Fraction(0)] * n
        vector[free] = Fraction(1)
        for row, pivot in zip(reduced, pivots, strict=True):
            vector[pivot] = -row[free]
        basis.append(tuple(vector))
    return basis


def affine_rank(points: Sequence[Row]) -> int:
    """Return the dimension of the affine hull of points."""
    first = points[0]
    differences = [tuple(x - y for x, y in zip(p, first, strict=True)) for p in points[1:]]
    return len(first) - len(null_space(differences, len(first)))


def unique_solution(
    rows: Sequence[Sequence[Fraction | int]], right: Sequence[Fraction | int]
) -> list[Fraction] | None:
    """Return the only ``z`` with ``rows z = right``, None if there is none or more than one."""
    columns = len(rows[0])
    system = flint_matrix([*row, value] for row, value in zip(rows, right, strict=True))
    reduced, rank = system.rref()
    if rank != columns or any(reduced[r, r] != 1 for r in range(columns)):
        return None
    return [from_flint(reduced[r, columns]) for r in range(columns)]


@dataclass(frozen=True)
class Feasibility:
    """The answer: exactly one of the two is given.

    Attributes
    ----------
    solution : object array (n,) or None
        ``z >= 0`` with ``A z = b``.
    farkas : object array (k,) or None
        ``w`` with ``w A <= 0`` and ``w·b > 0``, so that there is no solution.
    """

    solution: ObjectArray | None
    farkas: ObjectArray | None


def nonnegative_solution(matrix: ObjectArray, right: ObjectArray) -> Feasibility:
    """Find ``z >= 0`` with ``matrix z = right``, or prove that there is none.

    Parameters
    ----------
    matrix : object array (k, n)
        Fractions or ints.
    right : object array (k,)

    Returns
    -------
    Feasibility
        A solution has at most k entries that are not zero.
    """
    proposed = solution_on_fitted_support(matrix, right)
    if proposed is not None:
        return Feasibility(proposed, None)
    k, n = matrix.shape
    table = np.zeros((k + 1, n + k + 1), dtype=object)
    factors = []
    for row, (line, value) in enumerate(zip(matrix, right, strict=True)):
        entries = [Fraction(entry) for entry in (*line, value)]
        factor = math.lcm(*(entry.denominator for entry in entries))
        factor = -factor if value < 0 else factor
        factors.append(factor)
        integers = [int(entry * factor) for entry in entries]
        table[row, :n] = integers[:-1]
        table[row, n + row] = 1
        table[row, -1] = integers[-1]
    table[k] = -table[:k].sum(axis=0)
    table[k, n : n + k] = 0
    basic = list(range(n, n + k))
    unit = 1
    while True:
        enter = next((c for c in range(n) if table[k, c] < 0), None)
        if enter is None:
            break
        leave = min(
            (Fraction(table[r, -1], table[r, enter]), basic[r], r)
            for r in range(k)
            if table[r, enter] > 0
        )[2]
        pivot = table[leave, enter]
        for r in range(k + 1):
            if r != leave:
                table[r] = (table[r] * pivot - table[r, enter] * table[leave]) // unit
        unit = pivot
        basic[leave] = enter
    if table[k, -1] == 0:
        solution = np.full(n, Fraction(0), dtype=object)
        for r, variable in enumerate(basic):
            if variable < n:
                solution[variable] = Fraction(table[r, -1], unit)
        return Feasibility(solution, None)
    farkas = np.empty(k, dtype=object)
    farkas[:] = [
        factor * (1 - Fraction(table[k, n + row], unit)) for row, factor in enumerate(factors)
    ]
    return Feasibility(None, farkas)


def solution_on_fitted_support(matrix: ObjectArray, right: ObjectArray) -> ObjectArray | None:
    """Return the exact non-negative solution on the support of the fit in doubles.

    None if there is none, or more than one with this support.
    """
    fit, _ = nonnegative_fit(matrix.astype(np.float64), right.astype(np.float64))
    support = np.flatnonzero(fit > _POSITIVE)
    if not 0 < len(support) <= len(matrix):
        return None
    values = unique_solution(matrix[:, support].tolist(), right.tolist())
    if values is None or min(values) < 0:
        return None
    solution = np.full(matrix.shape[1], Fraction(0), dtype=object)
    solution[support] = values
    return solution
