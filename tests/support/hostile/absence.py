"""Proofs in fractions that a game has no CoCo equilibrium in a polytope of prices.

Written for the attacks on regions, and plainer than what they attack: in each piece one strategy
for every side of every fight, so that bounds are linear; one weighted sum of the excesses that is
positive at all corners; pieces halved where there is none. Nothing here is taken from the package.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog

from hostile.claims import Mixture, Vector, joint, others, pairs_of, share_of
from hostile.nearby import Arena, Payoffs, rounded

_MOST_PIECES = 40
_MOST_HALVINGS = 9
_MOST_CORNERS = 24
_GRID = 1 << 40


def is_absent(
    actions: tuple[int, ...], payoffs: Payoffs, corners: Sequence[Vector], most: int = _MOST_PIECES
) -> bool:
    """Whether it is proved that no equilibrium has its prices in the hull of the corners.

    Parameters
    ----------
    actions, payoffs : the game, normalised or not
    corners : positive prices that sum up to 1
    most : pieces at most
    """
    assert all(min(corner) > 0 and sum(corner) == 1 for corner in corners)
    scene = _Scene(actions, payoffs)
    waiting, done = [(list(dict.fromkeys(corners)), 0)], 0
    while waiting:
        piece, depth = waiting.pop()
        done += 1
        if done > most or len(piece) > _MOST_CORNERS:
            return False
        if not scene.excludes(piece):
            if depth == _MOST_HALVINGS:
                return False
            waiting += [(half, depth + 1) for half in halves(piece)]
    return True


def halves(piece: Sequence[Vector]) -> list[list[Vector]]:
    """Return two polytopes that cover one, cut where it is longest."""
    j = max(range(len(piece[0])), key=lambda i: max(p[i] for p in piece) - min(p[i] for p in piece))
    cut = (max(p[j] for p in piece) + min(p[j] for p in piece)) / 2
    low, high = [p for p in piece if p[j] <= cut], [p for p in piece if p[j] >= cut]
    # the hull of all these crossings is the cut, whichever segments are edges
    crossings = []
    for p, q in product([p for p in low if p[j] < cut], [p for p in high if p[j] > cut]):
        share = (cut - p[j]) / (q[j] - p[j])
        crossings.append(tuple(a + share * (b - a) for a, b in zip(p, q, strict=True)))
    return [extreme([*side, *crossings]) for side in (low, high)]


def extreme(points: Sequence[Vector]) -> list[Vector]:
    """Return enough of the points of three players or two to have the same hull."""
    points = sorted(set(points))
    if len(points[0]) == 2:
        return [points[0], points[-1]]
    if len(points[0]) != 3:
        return points
    chains = []
    for order in (points, points[::-1]):
        chain: list[Vector] = []
        for p in order:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        chains += chain[:-1]
    return chains


def _turn(a: Vector, b: Vector, c: Vector) -> Fraction:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


class _Scene:
    """A game, exactly and in doubles."""

    def __init__(self, actions: tuple[int, ...], payoffs: Payoffs) -> None:
        self.arena = Arena(actions, payoffs)
        self.n, self.outcomes = len(actions), len(payoffs[0])
        self.masks = pairs_of(self.n)
        self.exact = fmpq_mat([[_rational(u) for u in row] for row in payoffs])
        self.grids = {m: (joint(actions, m), joint(actions, others(self.n, m))) for m in self.masks}
        self.shares = [
            [_rational(share_of(self.n, m, i)) for i in range(self.n)] for m in self.masks
        ]

    def worth(self, weights: Sequence[fmpq]) -> list[fmpq]:
        return (fmpq_mat(1, self.n, list(weights)) * self.exact).entries()

    def excludes(self, piece: Sequence[Vector]) -> bool:
        middle = np.array([[float(p) for p in corner] for corner in piece]).mean(axis=0)
        threats = {m: (rounded(x), rounded(y)) for m, (x, y) in self.arena.threats(middle).items()}
        corners = [[_rational(p) for p in corner] for corner in piece]
        worth = [self.worth(corner) for corner in corners]
        kept = [
            o
            for o in range(self.outcomes)
            if not any(all(w[other] > w[o] for w in worth) for other in range(self.outcomes))
        ]
        bounds = [self.fights(corner, threats) for corner in corners]
        beta = self.separating(corners, kept, bounds)
        return beta is not None and self.is_positive(corners, kept, bounds, beta)

    def fights(
        self, corner: Sequence[fmpq], threats: dict[int, tuple[Mixture, Mixture]]
    ) -> list[tuple[fmpq, fmpq]]:
        """Return what the strategies secure to both sides of every pair at a corner.

        The least of linear functions is concave: linear between the corners it is too low.
        """
        found = []
        for m in self.masks:
            signed = self.worth([b if m >> i & 1 else -b for i, b in enumerate(corner)])
            rows, columns = self.grids[m]
            x, y = ({k: _rational(p) for k, p in side.items()} for side in threats[m])
            low = min(
                sum((p * signed[rows[r] + c] for r, p in x.items()), fmpq(0)) for c in columns
            )
            high = max(
                sum((q * signed[r + columns[c]] for c, q in y.items()), fmpq(0)) for r in rows
            )
            found.append((low, high))
        return found

    def is_positive(
        self,
        corners: Sequence[Sequence[fmpq]],
        kept: Sequence[int],
        bounds: Sequence[Sequence[tuple[fmpq, fmpq]]],
        beta: Sequence[fmpq],
    ) -> bool:
        """Whether ``Σ β_i (φ_i - b_i u_i)`` is, whatever optimal outcomes the planner chooses."""
        gammas = [
            sum((s * w for s, w in zip(row, beta, strict=True)), fmpq(0)) for row in self.shares
        ]
        mean = sum(beta, fmpq(0)) / self.n
        for corner, secured in zip(corners, bounds, strict=True):
            fixed = sum(
                (
                    g * (low if g >= 0 else high)
                    for g, (low, high) in zip(gammas, secured, strict=True)
                ),
                fmpq(0),
            )
            paid = self.worth([(mean - w) * b for w, b in zip(beta, corner, strict=True)])
            if any(fixed + paid[o] <= 0 for o in kept):
                return False
        return True

    def separating(
        self,
        corners: Sequence[Sequence[fmpq]],
        kept: Sequence[int],
        bounds: Sequence[Sequence[tuple[fmpq, fmpq]]],
    ) -> list[fmpq] | None:
        """Return weights, found in doubles, for which the least bound is largest."""
        n, pairs, count = self.n, len(self.masks), len(corners)
        shares = np.array([[float(s) for s in row] for row in self.shares])
        sides = np.array([[[float(v) for v in ends] for ends in secured] for secured in bounds])
        # unknowns: β, for every corner and pair its part, and the least bound
        rows = np.zeros((count * (2 * pairs + len(kept)), n + count * pairs + 1))
        place = 0
        for k, corner in enumerate(corners):
            parts = slice(n + k * pairs, n + (k + 1) * pairs)
            for end in (0, 1):
                rows[place : place + pairs, parts] = np.eye(pairs)
                rows[place : place + pairs, :n] = -sides[k, :, end, None] * shares
                place += pairs
            b = np.array([float(p) for p in corner])
            paid = b[:, None] * self.arena.payoffs[:, kept]
            rows[place : place + len(kept), -1] = 1.0
            rows[place : place + len(kept), parts] = -1.0
            rows[place : place + len(kept), :n] = -(paid.sum(axis=0) / n - paid).T
            place += len(kept)
        costs = np.zeros(rows.shape[1])
        costs[-1] = -1.0
        found = linprog(
            costs,
            A_ub=rows,
            b_ub=np.zeros(len(rows)),
            bounds=[*[(-1, 1)] * n, *[(None, None)] * (count * pairs), (None, 1)],
            method="highs",
        )
        if found.x is None or found.x[-1] <= 0:
            return None
        return [fmpq(round(float(w) * _GRID), _GRID) for w in found.x[:n]]


def _rational(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
