"""A find made rational and checked by the definition, in Fractions.

An equilibrium of an exact game has rational prices wherever no threat mixes. Nothing here is
imported from the package.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

from oracles.dense.search import PARTS

#: Denominators up to this are told apart by doubles.
LARGEST_DENOMINATOR = 10**7


def exact_equilibrium(V, find):
    """Return the rational equilibrium next to a find, or None.

    Parameters
    ----------
    V : array of Fraction, shape (3, m_0, m_1, m_2)
        Scaled payoffs.
    find : Find

    Returns
    -------
    tuple (prices, payoffs) of lists of Fraction, or None
        None where the prices are not rational with small denominators.
    """
    b = [Fraction(p).limit_denominator(LARGEST_DENOMINATOR) for p in find.prices[:2].tolist()]
    b.append(1 - sum(b))
    if min(b) <= 0 or max(abs(p - q) for p, q in zip(b, find.prices, strict=True)) > 1e-11:
        return None
    payoffs = payoffs_at(V, b)
    return None if payoffs is None else (b, payoffs)


def payoffs_at(V, b):
    """Return the payoffs if the prices `b` are those of an equilibrium, else None; exact."""
    outcomes = list(itertools.product(*map(range, V.shape[1:])))
    paid = {o: [V[(i, *o)] for i in range(3)] for o in outcomes}
    worth = {o: dot(b, paid[o]) for o in outcomes}
    greatest = max(worth.values())
    values = {(0, 1, 2): greatest}
    for i in range(3):
        signed = sum(V[j] * (b[j] if j == i else -b[j]) for j in range(3))
        M = np.moveaxis(signed, i, 0).reshape(V.shape[1 + i], -1)
        values[(i,)] = exact_value(M.tolist())
        values[tuple(j for j in range(3) if j != i)] = -values[(i,)]
    owed = [sum(part * values[R] for R, part in PARTS[i].items()) for i in range(3)]
    payoffs = [share / price for share, price in zip(owed, b, strict=True)]
    optimal = sorted({tuple(paid[o]) for o in outcomes if worth[o] == greatest})
    return payoffs if in_hull(payoffs, optimal) else None


def dot(one, other):
    return sum(x * y for x, y in zip(one, other, strict=True))


def exact_value(M):
    """Value of a matrix game: the columns' program by Bland's rule; checked by both strategies."""
    rows, columns = len(M), len(M[0])
    shift = 1 - min(map(min, M))
    T = [
        [entry + shift for entry in row] + [Fraction(r == k) for k in range(rows)] + [Fraction(1)]
        for r, row in enumerate(M)
    ]
    T.append([Fraction(-1)] * columns + [Fraction(0)] * (rows + 1))
    basis = [columns + r for r in range(rows)]
    while min(T[-1][:-1]) < 0:
        enter = next(k for k, entry in enumerate(T[-1]) if entry < 0)
        able = [r for r in range(rows) if T[r][enter] > 0]
        leave = min(able, key=lambda r: (T[r][-1] / T[r][enter], basis[r]))
        pivot = T[leave][enter]
        T[leave] = [entry / pivot for entry in T[leave]]
        for r in range(rows + 1):
            if r != leave and T[r][enter]:
                factor = T[r][enter]
                T[r] = [p - factor * q for p, q in zip(T[r], T[leave], strict=True)]
        basis[leave] = enter
    total = T[-1][-1]
    x = [T[-1][columns + r] / total for r in range(rows)]
    y = [Fraction(0)] * columns
    for r in range(rows):
        if basis[r] < columns:
            y[basis[r]] = T[r][-1] / total
    value = 1 / total - shift
    assert min(*x, *y) >= 0
    assert sum(x) == sum(y) == 1
    assert min(dot(x, column) for column in zip(*M, strict=True)) == value
    assert max(dot(row, y) for row in M) == value
    return value


def in_hull(u, points):
    """Whether `u` is a mixture of at most three of some points of space."""
    return any(
        mixes(u, chosen)
        for size in range(1, min(3, len(points)) + 1)
        for chosen in itertools.combinations(points, size)
    )


def mixes(u, chosen):
    """Whether `u` is a mixture of one, two or three affinely independent points."""
    base = chosen[0]
    edges = [minus(point, base) for point in chosen[1:]]
    goal = minus(u, base)
    if not edges:
        return not any(goal)
    if len(edges) == 1:
        i = next((i for i in range(3) if edges[0][i]), None)
        weights = None if i is None else [goal[i] / edges[0][i]]
    else:
        weights = None
        for i, j in itertools.combinations(range(3), 2):
            determinant = edges[0][i] * edges[1][j] - edges[0][j] * edges[1][i]
            if determinant:
                weights = [
                    (goal[i] * edges[1][j] - goal[j] * edges[1][i]) / determinant,
                    (edges[0][i] * goal[j] - edges[0][j] * goal[i]) / determinant,
                ]
                break
    if weights is None or min(weights) < 0 or sum(weights) > 1:
        return False
    return all(
        goal[i] == sum(w * edge[i] for w, edge in zip(weights, edges, strict=True))
        for i in range(3)
    )


def minus(one, other):
    return [x - y for x, y in zip(one, other, strict=True)]
