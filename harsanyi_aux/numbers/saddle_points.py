"""Saddle points of matrix games in rational arithmetic.

The slow, certain counterpart of the compiled kernels: a simplex method over ``Fraction`` with
Bland's rule, which ends at an exact saddle point of every matrix, however degenerate.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.numbers.arrays import ObjectArray
from harsanyi_aux.numbers.linear import unique_solution
from harsanyi_aux.numbers.sparse import Sparse


def to_fractions(array: Any) -> ObjectArray:
    """Return an object array of Fractions; a finite double is a rational and kept as it is."""
    source = np.asarray(array)
    result = np.empty(source.shape, dtype=object)
    result.reshape(-1)[:] = [
        value if isinstance(value, Fraction) else Fraction(value)
        for value in source.reshape(-1).tolist()
    ]
    return result


def kernel_saddle(
    matrix: ObjectArray, rows: list[int], columns: list[int]
) -> tuple[Sparse, Sparse] | None:
    """Return the saddle point of an integer matrix with a given square kernel, if there is one."""
    if len(rows) == 1:
        r, c = rows[0], columns[0]
        v = matrix[r, c]
        if max(matrix[:, c]) > v or min(matrix[r]) < v:
            return None
        return ((r, Fraction(1)),), ((c, Fraction(1)),)
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
        tuple((r, p) for r, p in zip(rows, x, strict=True) if p),
        tuple((c, p) for c, p in zip(columns, y, strict=True) if p),
    )


def _equalising(kernel: ObjectArray) -> list[Fraction] | None:
    """Return the distribution that makes all rows of a square matrix earn the same, or None."""
    k = len(kernel)
    rows = [[*row, -1] for row in kernel.tolist()] + [[1] * k + [0]]
    solution = unique_solution(rows, [0] * k + [1])
    return solution[:k] if solution is not None and min(solution[:k]) >= 0 else None


def exact_saddle_point(matrix: ObjectArray) -> tuple[ObjectArray, ObjectArray, Fraction]:
    """Return an optimal strategy of each side and the value of a matrix game, exactly.

    Parameters
    ----------
    matrix : object array of shape (m, n)
        Fractions (or ints); the row player maximises.

    Returns
    -------
    x : object array (m,), y : object array (n,), value : Fraction
    """
    m, n = matrix.shape
    shift = 1 - min(matrix.reshape(-1))
    table = np.empty((m + 1, n + 1), dtype=object)
    table[:m, :n] = matrix + Fraction(shift)
    table[:m, n] = Fraction(1)
    table[m, :n] = Fraction(-1)
    table[m, n] = Fraction(0)
    basic = list(range(n, n + m))
    nonbasic = list(range(n))
    while True:
        candidates = [(nonbasic[c], c) for c in range(n) if table[m, c] < 0]
        if not candidates:
            break
        enter = min(candidates)[1]
        leave = min(
            (table[r, n] / table[r, enter], basic[r], r) for r in range(m) if table[r, enter] > 0
        )[2]
        inverse = 1 / table[leave, enter]
        column = table[:, enter].copy()
        table[:, enter] = 0
        table[leave, enter] = Fraction(1)
        table[leave] = table[leave] * inverse
        for r in range(m + 1):
            if r != leave and column[r]:
                table[r] = table[r] - column[r] * table[leave]
        basic[leave], nonbasic[enter] = nonbasic[enter], basic[leave]
    x = np.full(m, Fraction(0), dtype=object)
    y = np.full(n, Fraction(0), dtype=object)
    for r, variable in enumerate(basic):
        if variable < n:
            y[variable] = table[r, n]
    for c, variable in enumerate(nonbasic):
        if variable >= n:
            x[variable - n] = table[m, c]
    scale: Any = 1 / table[m, n]
    return x * scale, y * scale, scale - shift
