"""Triangles of prices in which one outcome may pay what is owed; compiled.

A cell (a triangle; in `ties` an interval of prices at which two outcomes tie) is discarded
where a vector ``β`` with ``Σ β = 0`` has ``β·e > 0`` for the excess of each outcome in question.
With ``Σ β = 0`` the worth drops out: ``β·e = Σ_i β_i (v(i)/2 - b_i u_i)``, and what the strategies
of the cell's centre guarantee bounds it from below by a concave function, least at a corner. Up to
rounding (`SLACK`) no equilibrium is lost, however near to another.
"""

from __future__ import annotations

import numba
import numpy as np

from oracles.dense.fights import excess, guarantees, saddles, workspace

#: By how much a bound must be positive: rounding of sums of a few numbers below 2.
SLACK = 4e-15
#: Corner lattice points of triangles that point up and down.
CORNERS = np.array([[[0, 0], [1, 0], [0, 1]], [[1, 1], [1, 0], [0, 1]]])
#: The four triangles that each is divided into, on the lattice of twice as many steps.
PARTS = np.array(
    [
        [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[1, 1, 1], [1, 0, 1], [0, 1, 1], [1, 1, 0]],
    ]
)
#: Vectors that are tried where the excess at the centre does not do.
DIRECTIONS = np.array(
    [
        [2.0, -1.0, -1.0],
        [-1.0, 2.0, -1.0],
        [-1.0, -1.0, 2.0],
        [1.0, -1.0, 0.0],
        [1.0, 0.0, -1.0],
        [0.0, 1.0, -1.0],
    ]
)


@numba.njit(cache=True)
def centred(beta):
    """Make `beta` sum to zero with the largest coordinate 1; return whether that is possible."""
    mean = (beta[0] + beta[1] + beta[2]) / 3
    largest = 0.0
    for i in range(3):
        beta[i] -= mean
        largest = max(largest, abs(beta[i]))
    if largest == 0:
        return False
    for i in range(3):
        beta[i] /= largest
    mean = (beta[0] + beta[1] + beta[2]) / 3
    for i in range(3):
        beta[i] -= mean
    return True


@numba.njit(cache=True)
def least(beta, low, high, corners, u):
    """Return a lower bound of ``β·e`` in a cell."""
    result = np.inf
    for k in range(len(corners)):
        total = 0.0
        for i in range(3):
            value = low[k, i] if beta[i] > 0 else high[k, i]
            total += beta[i] * (value / 2 - corners[k, i] * u[i])
        result = min(result, total)
    return result


@numba.njit(cache=True)
def without_zero(beta, low, high, corners, u):
    """Whether some direction shows that the excess of an outcome has no zero in a cell.

    `beta`, the excess at the centre, is tried first.
    """
    if centred(beta) and least(beta, low, high, corners, u) > SLACK:
        return True
    for sign in (1.0, -1.0):
        for direction in DIRECTIONS:
            if least(sign * direction, low, high, corners, u) > SLACK:
                return True
    return False


@numba.njit(cache=True)
def inferior(o, U, corners):
    """Whether some outcome is worth more than `o` all over a cell."""
    for other in range(len(U)):
        better = True
        for k in range(len(corners)):
            difference = 0.0
            for i in range(3):
                difference += corners[k, i] * (U[other, i] - U[o, i])
            if difference <= SLACK:
                better = False
                break
        if better:
            return True
    return False


@numba.njit(cache=True)
def refine_triangles(V, U, index, rows, columns, cells, masks, steps, last, most):
    """Divide triangles in which one outcome alone may pay what is owed.

    Parameters
    ----------
    V, index, rows, columns : arrays
        See `fights`.
    U : array of shape (planner's outcomes, 3)
    cells : array of shape (cells, 3)
        Lattice point and whether the triangle points down.
    masks : array of int64
        The outcomes in question, as bits.
    steps, last : int
        The lattice, and the one to end with.
    most : int
        Cells; no more are divided.

    Returns
    -------
    cells, masks, steps
        Those that remain of the last lattice.
    """
    work = workspace(rows, columns)
    v, e, centre = np.empty(3), np.empty(3), np.empty(3)
    corners, low, high = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3))
    while True:
        count = 0
        for n in range(len(cells)):
            i, j, down = cells[n]
            for k in range(3):
                p = i + CORNERS[down, k, 0]
                q = j + CORNERS[down, k, 1]
                corners[k, 0] = p / steps
                corners[k, 1] = q / steps
                corners[k, 2] = (steps - p - q) / steps
            for k in range(3):
                centre[k] = (corners[0, k] + corners[1, k] + corners[2, k]) / 3
            mask = masks[n]
            for o in range(len(U)):
                if mask >> o & 1 and inferior(o, U, corners):
                    mask &= ~(1 << o)
            if mask == 0:
                continue
            saddles(V, index, rows, columns, centre, work, v)
            guarantees(V, index, rows, columns, work[3], work[4], corners, low, high)
            for o in range(len(U)):
                if mask >> o & 1:
                    excess(v, centre, U[o], e)
                    if without_zero(e, low, high, corners, U[o]):
                        mask &= ~(1 << o)
            if mask != 0:
                cells[count] = cells[n]
                masks[count] = mask
                count += 1
        cells, masks = cells[:count], masks[:count]
        if count == 0 or steps >= last or count > most:
            return cells, masks, steps
        parts = np.empty((4 * count, 3), dtype=np.int64)
        inherited = np.empty(4 * count, dtype=np.int64)
        for n in range(count):
            i, j, down = cells[n]
            for k in range(4):
                parts[4 * n + k, 0] = 2 * i + PARTS[down, k, 0]
                parts[4 * n + k, 1] = 2 * j + PARTS[down, k, 1]
                parts[4 * n + k, 2] = PARTS[down, k, 2]
                inherited[4 * n + k] = masks[n]
        cells, masks, steps = parts, inherited, 2 * steps


@numba.njit(cache=True)
def newton(V, u, index, rows, columns, starts, steps):
    """Return prices at which the excess of an outcome is least, and what it is there.

    Parameters
    ----------
    starts : array of shape (starts, 3)

    Returns
    -------
    prices : array of shape (starts, 3)
    residuals : array of shape (starts,)
    regular : array of bool, shape (starts,)
        Whether the excess turned with the prices in all directions at the last step.

    Notes
    -----
    Newton's method with the slopes that one saddle point gives; steps of least length where the
    excess does not turn with the prices in all directions.
    """
    work = workspace(rows, columns)
    v, e = np.empty(3), np.empty(3)
    J = np.empty((2, 3))
    gradient = np.empty((3, 3))
    prices = starts.copy()
    residuals = np.full(len(starts), np.inf)
    regular = np.zeros(len(starts), dtype=np.bool_)
    for n in range(len(starts)):
        b = starts[n].copy()
        for _ in range(steps):
            saddles(V, index, rows, columns, b, work, v)
            excess(v, b, u, e)
            residual = np.abs(e).max()
            if residual < residuals[n]:
                residuals[n] = residual
                prices[n] = b
            if residual < 1e-16:
                break
            gradient[:] = 0.0
            for i in range(3):
                for r in range(rows[i]):
                    for c in range(columns[i]):
                        weight = work[3][i, r] * work[4][i, c]
                        if weight > 0:
                            for j in range(3):
                                payoff = weight * V[j, index[i, r, c]]
                                gradient[i, j] += payoff if i == j else -payoff
            for i in range(3):
                for k in range(2):
                    slope = 0.0
                    for j, sign in ((k, 1.0), (2, -1.0)):
                        column = gradient[0, j] + gradient[1, j] + gradient[2, j]
                        entry = gradient[i, j] / 2 - column / 6 + u[j] / 3
                        if i == j:
                            entry -= u[j]
                        slope += sign * entry
                    J[k, i] = slope
            # (JJ' + μ) d = -Je; row k of J holds the derivatives in the price k
            a = J[0] @ J[0]
            h = J[1] @ J[1]
            g = J[0] @ J[1]
            if a + h < 1e-30:
                break
            regular[n] = a * h - g * g > 1e-10 * (a + h) ** 2
            mu = 1e-14 * (a + h)
            first, second = J[0] @ e, J[1] @ e
            determinant = (a + mu) * (h + mu) - g * g
            d0 = -((h + mu) * first - g * second) / determinant
            d1 = -((a + mu) * second - g * first) / determinant
            b = b + np.array([d0, d1, -d0 - d1])
            if b.min() < 0 or not np.isfinite(b).all():
                break
    return prices, residuals, regular
