"""Prices at which two outcomes tie, or three; compiled.

Where a mixture of two outcomes pays what is owed, 0 lies between their excesses. Intervals of the
segment on which they tie are discarded as triangles are in `cells`.
"""

from __future__ import annotations

import numba
import numpy as np

from oracles.dense.cells import DIRECTIONS, SLACK, centred, least
from oracles.dense.fights import excess, guarantees, saddles, workspace

#: Prices that differ by less are taken for the same.
POINT = 1e-12
#: A determinant of excesses below 1 that may be 0.
ROUNDING = 2e-16


@numba.njit(cache=True)
def tie_segments(U):
    """Return the segments of the price triangle on which two outcomes tie and are optimal.

    Returns
    -------
    pairs : array of shape (segments, 2)
    ends : array of shape (segments, 2, 3)
    """
    count = len(U)
    pairs = np.empty((count * (count - 1) // 2, 2), dtype=np.int64)
    ends = np.empty((len(pairs), 2, 3))
    found = 0
    for o in range(count):
        for p in range(o):
            w = U[o] - U[p]
            at = 0
            end = np.zeros((2, 3))
            # the tie line meets the sides of the triangle between corners of different sign
            for i in range(3):
                j = (i + 1) % 3
                if w[i] * w[j] < 0 and at < 2:
                    end[at, i] = w[j] / (w[j] - w[i])
                    end[at, j] = 1 - end[at, i]
                    at += 1
            for i in range(3):
                if w[i] == 0 and w[(i + 1) % 3] * w[(i + 2) % 3] < 0 and at < 2:
                    end[at, i] = 1.0
                    at += 1
            if at < 2:
                continue  # no positive prices
            start, stop = 0.0, 1.0
            for r in range(count):
                f = (U[o] - U[r]) @ end[0]
                g = (U[o] - U[r]) @ end[1]
                if f < -SLACK and g < -SLACK:
                    start, stop = 1.0, 0.0
                    break
                # a little more than the segment where the outcome is optimal
                if f < -SLACK:
                    start = max(start, (f + SLACK) / (f - g))
                elif g < -SLACK:
                    stop = min(stop, f / (f - g) + SLACK / (f - g))
            # less is a point at which another outcome ties, too, or a price is 0
            if (stop - start) * np.abs(end[1] - end[0]).max() > POINT:
                pairs[found, 0], pairs[found, 1] = o, p
                ends[found, 0] = (1 - start) * end[0] + start * end[1]
                ends[found, 1] = (1 - stop) * end[0] + stop * end[1]
                found += 1
    return pairs[:found], ends[:found]


@numba.njit(cache=True)
def refine_intervals(V, u, w, index, rows, columns, ends, cells, steps, last, most):
    """Divide intervals in which a mixture of two payoff vectors may be what is owed.

    Parameters
    ----------
    u, w : arrays of shape (3,)
        The payoffs of the two outcomes.
    ends : array of shape (2, 3)
        Prices between which the intervals lie, at ``k/steps``.
    cells : array of int64
        The numbers k of the intervals.

    Returns
    -------
    cells, steps
    """
    work = workspace(rows, columns)
    v, e, f = np.empty(3), np.empty(3), np.empty(3)
    corners, low, high = np.empty((2, 3)), np.empty((2, 3)), np.empty((2, 3))
    beta, centre = np.empty(3), np.empty(3)
    while True:
        count = 0
        for n in range(len(cells)):
            for k in range(2):
                t = (cells[n] + k) / steps
                for i in range(3):
                    corners[k, i] = (1 - t) * ends[0, i] + t * ends[1, i]
            for i in range(3):
                centre[i] = (corners[0, i] + corners[1, i]) / 2
            saddles(V, index, rows, columns, centre, work, v)
            guarantees(V, index, rows, columns, work[3], work[4], corners, low, high)
            excess(v, centre, u, e)
            excess(v, centre, w, f)
            excluded = False
            for attempt in range(14):
                if attempt == 0:  # at right angles to the difference of the two excesses
                    for i in range(3):
                        j, k = (i + 1) % 3, (i + 2) % 3
                        beta[i] = (e[j] - f[j]) - (e[k] - f[k])
                    if beta @ e < 0:
                        beta *= -1
                elif attempt == 1:  # the nearest mixture
                    d = f - e
                    share = -(e @ d) / (d @ d) if d @ d > 0 else 0.0
                    beta[:] = e + min(max(share, 0.0), 1.0) * d
                else:
                    beta[:] = DIRECTIONS[attempt % 6] * (1 if attempt < 8 else -1)
                if (
                    centred(beta)
                    and least(beta, low, high, corners, u) > SLACK
                    and least(beta, low, high, corners, w) > SLACK
                ):
                    excluded = True
                    break
            if not excluded:
                cells[count] = cells[n]
                count += 1
        cells = cells[:count]
        if count == 0 or steps >= last or count > most:
            return cells, steps
        parts = np.empty(2 * count, dtype=np.int64)
        for n in range(count):
            parts[2 * n] = 2 * cells[n]
            parts[2 * n + 1] = 2 * cells[n] + 1
        cells, steps = parts, 2 * steps


@numba.njit(cache=True)
def crossings(V, u, w, index, rows, columns, ends, steps, first, count):
    """Return where the excesses of two outcomes come to lie on a line through 0.

    Parameters
    ----------
    steps, first, count : int
        The points looked at are ``k/steps`` of the way between `ends`, for ``count + 1`` numbers
        ``k`` from `first`. Where the side changes between two, that is found by halving.

    Returns
    -------
    array of shape (changes, 3)
        Prices.
    """
    work = workspace(rows, columns)
    v, e, f = np.empty(3), np.empty(3), np.empty(3)
    b = np.empty(3)
    prices = np.empty((count, 3))
    found = 0
    before = 0.0
    for k in range(count + 1):
        t = (first + k) / steps
        side = turning(V, u, w, index, rows, columns, ends, t, work, v, e, f, b)
        if k > 0 and (side > 0) != (before > 0) and max(abs(side), abs(before)) > ROUNDING:
            start, stop = (first + k - 1) / steps, t
            for _ in range(60):
                middle = (start + stop) / 2
                here = turning(V, u, w, index, rows, columns, ends, middle, work, v, e, f, b)
                if (here > 0) == (before > 0):
                    start = middle
                else:
                    stop = middle
            prices[found] = (1 - stop) * ends[0] + stop * ends[1]
            found += 1
        before = side
    return prices[:found]


@numba.njit(cache=True)
def turning(V, u, w, index, rows, columns, ends, t, work, v, e, f, b):
    """Return the determinant of the two excesses at the point `t` of a segment."""
    for i in range(3):
        b[i] = (1 - t) * ends[0, i] + t * ends[1, i]
    saddles(V, index, rows, columns, b, work, v)
    excess(v, b, u, e)
    excess(v, b, w, f)
    return e[0] * f[1] - e[1] * f[0]


@numba.njit(cache=True)
def tie_points(U):
    """Return the prices at which three outcomes tie and are optimal, shape (points, 3)."""
    found = []
    for o in range(len(U)):
        for p in range(o):
            for q in range(p):
                b = np.cross(U[o] - U[p], U[o] - U[q])
                total = b[0] + b[1] + b[2]
                size = abs(b[0]) + abs(b[1]) + abs(b[2])
                if size < 1e-13 or abs(total) < (1 - 1e-12) * size:
                    continue  # on a line, or no non-negative prices
                b = np.maximum(b / total, 0.0)
                b /= b.sum()
                worth = U @ b
                if worth[o] >= worth.max() - 1e-12:
                    found.append(b)
    points = np.empty((len(found), 3))
    for n in range(len(found)):
        points[n] = found[n]
    return points
