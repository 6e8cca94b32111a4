"""The largest gaps of payoffs of one structure, by a dense simplex method.

The programs are small (24 payoffs for 2×2×2, 81 for 3×3×3), a search solves thousands a second, and
one structure has several that differ in the objective alone. A dense tableau that carries the
reduced costs of all objectives serves all of them: the optimum of one is the start for the next.
The method is the primal one for bounded variables (Chvátal, Linear Programming, 1983, chapter 8).
All conditions are homogeneous, so that payoffs of zero are a feasible start.

Ties abound. The largest reduced cost enters, and after too many steps of length zero Bland's rule
takes over until a step has length, which rules out cycles. The numbers are doubles; only the basis
is handed on, from which `exact_vertices` computes exactly.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.search.design.exact_vertices import BASIC, LOWER, UPPER, Basis
from harsanyi_aux.search.design.layouts import IntArray

_ZERO = 1e-9  # reduced costs and pivots below are rounding; rows have entries of order one
_PATIENCE = 40  # steps of length zero before Bland's rule
_MOST_STEPS = 20_000  # far more than ever seen (hundreds); what is reached then is feasible


def widest(
    equal: IntArray, below: IntArray, objectives: FloatArray, least: float
) -> tuple[float, int, Basis] | None:
    """Return the objective whose maximum is the largest, the first of those that nearly tie.

    Maximises each over the x in [0, 1] with ``equal @ x = 0`` and ``below @ x <= 0``.

    Parameters
    ----------
    equal : (k, n)
    below : (m, n)
    objectives : (g, n)
    least : float
        A maximum must exceed the largest one before by this to count as larger, and zero, too.

    Returns
    -------
    (value, number of the objective, basis) or None
        The basis has the n columns and the ``k + m`` rows. None if no maximum reaches `least`.
    """
    value, objective, columns, rows = _widest(equal, below, objectives, least)
    return None if objective < 0 else (value, objective, Basis(columns, rows))


@njit(cache=True)
def _widest(equal, below, objectives, least):  # type: ignore[no-untyped-def]
    n_equal, n = equal.shape
    n_rows = n_equal + below.shape[0]
    # Row r says that its basic variable plus the sum of table[r, j] times the nonbasic variable j
    # is constant. Variables are the payoffs, from 0 on, and the slacks of the rows, from n on.
    table = np.zeros((n_rows + len(objectives), n))
    _fill(table, equal, below, objectives)
    basic, nonbasic = np.arange(n, n + n_rows), np.arange(n)
    values, at_upper = np.zeros(n_rows), np.zeros(n, dtype=np.bool_)
    columns, rows = np.zeros(n, dtype=np.int64), np.zeros(n_rows, dtype=np.int64)
    best, widest_of, steps = 0.0, -1, 0
    for g in range(len(objectives)):
        idle = 0
        while steps < _MOST_STEPS:
            bland = idle > _PATIENCE
            entering = _entering(table[n_rows + g], nonbasic, at_upper, n, n_equal, bland)
            if entering < 0:
                break
            steps += 1
            length = _step(table, values, basic, nonbasic, at_upper, entering, n, n_equal, bland)
            idle = 0 if length > 1e-12 else idle + 1
        point = _point(values, basic, nonbasic, at_upper, n)
        value = 0.0
        for j in range(n):
            value += objectives[g, j] * point[j]
        if value >= best + least:
            best, widest_of = value, g
            columns[:], rows[:] = BASIC, BASIC
            for j in range(n):
                if nonbasic[j] < n:
                    columns[nonbasic[j]] = UPPER if at_upper[j] else LOWER
                else:
                    rows[nonbasic[j] - n] = UPPER
    return best, widest_of, columns, rows


@njit
def _fill(table, equal, below, objectives):  # type: ignore[no-untyped-def]
    n_equal, n_rows = len(equal), len(equal) + len(below)
    for r in range(n_rows):
        row = equal[r] if r < n_equal else below[r - n_equal]
        largest = 0.0
        for j in range(len(row)):
            largest = max(largest, abs(row[j]))
        for j in range(len(row)):
            table[r, j] = row[j] / largest
    for g in range(len(objectives)):
        for j in range(objectives.shape[1]):
            table[n_rows + g, j] = objectives[g, j]


@njit
def _entering(costs, nonbasic, at_upper, n, n_equal, bland):  # type: ignore[no-untyped-def]
    """Return the place of the nonbasic variable to change, -1 at an optimum."""
    chosen, largest = -1, _ZERO
    for j in range(len(costs)):
        if n <= nonbasic[j] < n + n_equal:  # the slack of an equation stays zero
            continue
        gain = -costs[j] if at_upper[j] else costs[j]
        if bland:
            if gain > _ZERO and (chosen < 0 or nonbasic[j] < nonbasic[chosen]):
                chosen = j
        elif gain > largest:
            chosen, largest = j, gain
    return chosen


@njit
def _step(  # type: ignore[no-untyped-def]
    table, values, basic, nonbasic, at_upper, entering, n, n_equal, bland
):
    """Change a nonbasic variable as far as all bounds allow; return how far that is."""
    direction = -1.0 if at_upper[entering] else 1.0
    length = 1.0 if nonbasic[entering] < n else np.inf  # to its own other bound
    leaving, size, to_upper = -1, 0.0, False
    for r in range(len(values)):
        rate = direction * table[r, entering]
        if rate > _ZERO:
            room = max(0.0, values[r] / rate)
        elif rate < -_ZERO and basic[r] < n + n_equal:
            top = 1.0 if basic[r] < n else 0.0
            room = max(0.0, (top - values[r]) / -rate)
        else:
            continue
        tied = leaving >= 0 and room <= length + 1e-12
        better = basic[r] < basic[leaving] if bland else abs(rate) > size
        if room < length - 1e-12 or (tied and better):
            length, leaving, size = min(room, length), r, abs(rate)
            to_upper = rate < 0 and basic[r] < n
    for r in range(len(values)):
        values[r] -= direction * length * table[r, entering]
    if leaving < 0:
        at_upper[entering] = not at_upper[entering]
        return length
    values[leaving] = 1.0 - length if at_upper[entering] else length
    _exchange(table, leaving, entering)
    basic[leaving], nonbasic[entering] = nonbasic[entering], basic[leaving]
    at_upper[entering] = to_upper
    return length


@njit
def _exchange(table, leaving, entering):  # type: ignore[no-untyped-def]
    pivot = table[leaving, entering]
    for j in range(table.shape[1]):
        table[leaving, j] /= pivot
    table[leaving, entering] = 1.0 / pivot
    for r in range(len(table)):
        factor = table[r, entering]
        if r != leaving and factor != 0.0:
            table[r, entering] = 0.0
            for j in range(table.shape[1]):
                table[r, j] -= factor * table[leaving, j]


@njit
def _point(values, basic, nonbasic, at_upper, n):  # type: ignore[no-untyped-def]
    point = np.zeros(n)
    for j in range(n):
        if nonbasic[j] < n and at_upper[j]:
            point[nonbasic[j]] = 1.0
    for r in range(len(values)):
        if basic[r] < n:
            point[basic[r]] = values[r]
    return point
