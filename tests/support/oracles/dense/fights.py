"""Saddle points and bounds of three-player threat games, compiled.

Normalised prices ``b``, scaled payoffs ``V`` of shape (3, outcomes). Player ``i`` alone fights the
two others: at an outcome he gets ``b_i V_i`` and they get the rest, so the entry of his matrix is
``2 b_i V_i - b·V``. ``index[i, r, c]`` is the outcome of row ``r`` and column ``c``. Nothing here
is imported from the package.
"""

from __future__ import annotations

import numba
import numpy as np

#: What pivots and prices of the simplex method must exceed.
PIVOT = 1e-12


def fight_tables(actions):
    """Return the outcomes of all three fights and their shapes.

    Returns
    -------
    index : array of shape (3, most rows, most columns), padded with 0
    rows, columns : arrays of shape (3,)
    """
    outcomes = np.arange(np.prod(actions)).reshape(actions)
    tables = [np.moveaxis(outcomes, i, 0).reshape(actions[i], -1) for i in range(3)]
    rows = np.array([len(table) for table in tables])
    columns = np.array([table.shape[1] for table in tables])
    index = np.zeros((3, rows.max(), columns.max()), dtype=np.int64)
    for i, table in enumerate(tables):
        index[i, : rows[i], : columns[i]] = table
    return index, rows, columns


@numba.njit(cache=True)
def saddle_of_two_rows(M, columns, x, y):
    """Write optimal strategies of a game with two rows; return its value.

    With the probability ``p`` of row 0, column ``c`` pays ``M_1c + p (M_0c - M_1c)``. The least of
    these lines is followed from ``p = 0`` until it falls.
    """
    y[:columns] = 0.0
    best = 0
    slope = M[0, 0] - M[1, 0]
    for c in range(1, columns):
        other = M[0, c] - M[1, c]
        if M[1, c] < M[1, best] or (M[1, c] == M[1, best] and other < slope):
            best, slope = c, other
    p = 0.0
    if slope <= 0:
        x[0], x[1] = 0.0, 1.0
        y[best] = 1.0
        return M[1, best]
    while True:
        following = -1
        where = 1.0
        least = 0.0
        for c in range(columns):
            other = M[0, c] - M[1, c]
            if other < slope:
                crossing = (M[1, c] - M[1, best]) / (slope - other)
                if crossing < where or (following >= 0 and crossing == where and other < least):
                    following, where, least = c, crossing, other
        if following < 0:
            x[0], x[1] = 1.0, 0.0
            y[best] = 1.0
            return M[0, best]
        p = max(p, where)
        if least <= 0:
            weight = -least / (slope - least)
            y[best] = weight
            y[following] = 1 - weight
            x[0], x[1] = p, 1 - p
            return M[1, best] + p * slope
        best, slope = following, least


@numba.njit(cache=True)
def saddle_by_simplex(M, rows, columns, x, y, T, basis):
    """Write optimal strategies of a matrix game; return its value.

    The columns' program ``max Σ y, M'y <= 1`` with ``M' = M`` shifted above 0, by Bland's rule.
    """
    shift = 1 - M[:rows, :columns].min()
    last = rows + columns
    T[: rows + 1, : last + 1] = 0.0
    for r in range(rows):
        for c in range(columns):
            T[r, c] = M[r, c] + shift
        T[r, columns + r] = 1.0
        T[r, last] = 1.0
        basis[r] = columns + r
    for c in range(columns):
        T[rows, c] = -1.0
    for _ in range(10_000):
        enter = -1
        for k in range(last):
            if T[rows, k] < -PIVOT:
                enter = k
                break
        if enter < 0:
            break
        leave = -1
        ratio = np.inf
        for r in range(rows):
            if T[r, enter] > PIVOT:
                quotient = T[r, last] / T[r, enter]
                if quotient < ratio or (quotient == ratio and basis[r] < basis[leave]):
                    leave, ratio = r, quotient
        if leave < 0:
            break  # by rounding alone; what x and y guarantee is still what they guarantee
        pivot = T[leave, enter]
        for k in range(last + 1):
            T[leave, k] /= pivot
        for r in range(rows + 1):
            if r != leave and T[r, enter] != 0:
                factor = T[r, enter]
                for k in range(last + 1):
                    T[r, k] -= factor * T[leave, k]
        basis[leave] = enter
    y[:columns] = 0.0
    for r in range(rows):
        if basis[r] < columns:
            y[basis[r]] = max(T[r, last], 0.0)
    for r in range(rows):
        x[r] = max(T[rows, columns + r], 0.0)
    y[:columns] /= y[:columns].sum()
    x[:rows] /= x[:rows].sum()
    return 1 / T[rows, last] - shift


@numba.njit(cache=True)
def entry_of(b, i, u):
    """Return the entry of the matrix of player `i` for payoffs `u` of the three players."""
    return 2 * b[i] * u[i] - (b[0] * u[0] + b[1] * u[1] + b[2] * u[2])


@numba.njit(cache=True)
def mean(V, outcomes, probabilities):
    """Return the expected payoffs of the three players."""
    u0 = u1 = u2 = 0.0
    for k in range(len(outcomes)):
        p = probabilities[k]
        if p > 0:
            o = outcomes[k]
            u0 += p * V[0, o]
            u1 += p * V[1, o]
            u2 += p * V[2, o]
    return u0, u1, u2


@numba.njit(cache=True)
def workspace(rows, columns):
    """Return arrays that `saddles` writes to, made once for a game."""
    r, c = rows.max(), columns.max()
    M = np.empty((r, c))
    T = np.empty((r + 1, r + c + 1))
    basis = np.empty(r, dtype=np.int64)
    x = np.zeros((3, r))
    y = np.zeros((3, c))
    return M, T, basis, x, y


@numba.njit(cache=True)
def saddles(V, index, rows, columns, b, work, v):
    """Write the values of the three fights at the prices `b` to `v`, strategies to `work`."""
    M, T, basis, x, y = work
    for i in range(3):
        for r in range(rows[i]):
            for c in range(columns[i]):
                o = index[i, r, c]
                M[r, c] = entry_of(b, i, (V[0, o], V[1, o], V[2, o]))
        if rows[i] == 2:
            v[i] = saddle_of_two_rows(M, columns[i], x[i], y[i])
        else:
            v[i] = saddle_by_simplex(M, rows[i], columns[i], x[i], y[i], T, basis)


@numba.njit(cache=True)
def guarantees(V, index, rows, columns, x, y, corners, low, high):
    """Write what fixed strategies prove of the values at some prices.

    ``low[k, i] <= v(i) <= high[k, i]`` at the prices ``corners[k]``. Between them ``low`` is
    concave and ``high`` convex in the prices, so that the bounds interpolated linearly hold.
    """
    low[: len(corners)] = np.inf
    high[: len(corners)] = -np.inf
    for i in range(3):
        for c in range(columns[i]):
            u = mean(V, index[i, : rows[i], c], x[i])
            for k in range(len(corners)):
                low[k, i] = min(low[k, i], entry_of(corners[k], i, u))
        for r in range(rows[i]):
            u = mean(V, index[i, r, : columns[i]], y[i])
            for k in range(len(corners)):
                high[k, i] = max(high[k, i], entry_of(corners[k], i, u))


@numba.njit(cache=True)
def excess(v, b, u, e):
    """Write ``φ(v_b) - b∘u`` to `e`, if ``b·u`` is the greatest worth.

    ``φ_i = v(i)/3 + (v(ij) + v(ik))/6 + v(N)/3`` with ``v(ij) = -v(k)``.
    """
    spread = (v[0] + v[1] + v[2]) / 6 - (b[0] * u[0] + b[1] * u[1] + b[2] * u[2]) / 3
    for i in range(3):
        e[i] = v[i] / 2 - spread - b[i] * u[i]
