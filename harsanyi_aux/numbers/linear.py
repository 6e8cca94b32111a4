"""Linear equations in non-negative unknowns: solved or refuted exactly, or fitted in doubles.

Least squares propose the unknowns that are positive and rational elimination confirms them. Where
that fails, phase one of the simplex method with Bland's rule and fraction-free pivots (Edmonds
1967; Bareiss 1968) ends at a solution or at the weights of Farkas' lemma, however degenerate the
system is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq, fmpq_mat

from harsanyi_aux.numbers.arrays import ObjectArray
from harsanyi_aux.numbers.programs import nonnegative_fit

# What is positive in a fit in doubles.
_POSITIVE = 1e-9


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
    proposed = _on_fitted_support(matrix, right)
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


def _on_fitted_support(matrix: ObjectArray, right: ObjectArray) -> ObjectArray | None:
    """Return the exact solution on the support of the fit in doubles, if there is just one."""
    k, n = matrix.shape
    fit, _ = nonnegative_fit(matrix.astype(np.float64), right.astype(np.float64))
    support = np.flatnonzero(fit > _POSITIVE).tolist()
    count = len(support)
    if not 0 < count <= k:
        return None
    system = fmpq_mat(
        [
            [_flint(line[c]) for c in support] + [_flint(value)]
            for line, value in zip(matrix, right, strict=True)
        ]
    )
    reduced, rank = system.rref()
    if rank != count or any(reduced[r, r] != 1 for r in range(count)):
        return None
    solution = np.full(n, Fraction(0), dtype=object)
    for r, c in enumerate(support):
        value = reduced[r, count]
        if value < 0:
            return None
        solution[c] = Fraction(int(value.p), int(value.q))
    return solution


def _flint(value: Fraction | int) -> fmpq:
    return fmpq(value.numerator, value.denominator)
