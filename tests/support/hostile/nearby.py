"""The nearest game with an equilibrium at given prices, in fractions.

With prices and strategies given, the definition is linear in the payoffs: so is how far they must
be moved, the same for all of them, for the largest of these moves to be least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from hostile.claims import (
    UNFAIR,
    Claim,
    Vector,
    expected,
    flaw,
    joint,
    meeting,
    others,
    pairs_of,
    payoffs_of,
    share_of,
)
from hostile.linear import Outcome, Program, Row, rational
from hostile.sketch import Sketch, add

#: Normalised payoffs by player and outcome.
Payoffs = Sequence[Sequence[Fraction]]

_UNIT = 10**6
# Unknown payoffs may lie so far from what they are.
_FAR = 2


def normalised(payoffs: Payoffs) -> list[list[Fraction]]:
    found = []
    for row in payoffs:
        least, width = min(row), max(row) - min(row) or Fraction(1)
        found.append([(u - least) / width for u in row])
    return found


def weighted_excess(
    actions: tuple[int, ...], payoffs: Payoffs, claim: Claim, weights: Sequence[Fraction]
) -> Fraction:
    """Return ``Σ β_i (φ_i - b_i u_i)`` at saddle points and an optimal planner."""
    n, total = len(actions), Fraction(0)
    received = payoffs_of(payoffs, claim)
    whole = sum(b * u for b, u in zip(claim.prices, received, strict=True))
    for i, (w, b, u) in enumerate(zip(weights, claim.prices, received, strict=True)):
        total += w * (whole / n - b * u)
        for mask in pairs_of(n):
            fought = expected(payoffs, meeting(actions, mask, *claim.threats[mask]))
            value = sum(
                p * v if mask >> j & 1 else -p * v
                for j, (p, v) in enumerate(zip(claim.prices, fought, strict=True))
            )
            total += w * share_of(n, mask, i) * value
    return total


def distance(one: Payoffs, two: Payoffs) -> Fraction:
    """Return the largest difference of two payoffs."""
    return max(abs(p - q) for a, b in zip(one, two, strict=True) for p, q in zip(a, b, strict=True))


@dataclass(frozen=True, eq=False)
class Near:
    """A program for games near one that have given equilibria."""

    actions: tuple[int, ...]
    payoffs: Payoffs
    claims: tuple[Claim, ...]
    sketch: Sketch
    found: Outcome
    weights: Sequence[Fraction] | None = None

    @property
    def radius(self) -> float:
        """How far from the given game, in doubles."""
        return float(self.found.point[len(self.payoffs) * len(self.payoffs[0])])

    def exact(self) -> list[list[Fraction]] | None:
        """Return payoffs for which the definition holds in fractions, None if it does not."""
        point = self.sketch.program.exactly(self.found)
        if point is None:
            return None
        size = len(self.payoffs[0])
        moved = [point[i * size : (i + 1) * size] for i in range(len(self.payoffs))]
        flaws = [flaw(self.actions, moved, claim) for claim in self.claims]
        if self.weights is None:
            return moved if flaws == [None] * len(flaws) else None
        if flaws[0] not in (None, UNFAIR):
            return None
        outward = weighted_excess(self.actions, moved, self.claims[0], self.weights) <= 0
        return moved if outward else None


def nearest(
    actions: tuple[int, ...],
    payoffs: Payoffs,
    claims: Sequence[Claim],
    *,
    within: Fraction | None = None,
    goal: tuple[int, int] | None = None,
    alike: bool = False,
    weights: Sequence[Fraction] | None = None,
) -> Near | None:
    """Return the nearest game in which some claims are equilibria.

    Parameters
    ----------
    within : the radius, where something else is to be least
    goal : (player, sign) whose payoff from the first claim, times the sign, is to be least
    alike : whether the claims are to pay the same
    weights : of the players, if only their excess, so weighted, is not to be positive
    """
    s = Sketch(np.random.default_rng(0), actions, 1)
    flat = [u for row in payoffs for u in row]
    s.program = Program([u - _FAR for u in flat], [u + _FAR for u in flat])
    t = s.unknown(0, 1)
    if within is not None:
        s.program.upper[t] = within
    unit = s.unknown(1, 1)
    for j, u in enumerate(flat):
        for sign in (1, -1):  # t >= |unknown - payoff|
            s.positive(
                {t: rational(1), j: rational(-sign), unit: rational(sign * u)}
                if u
                else {t: rational(1), j: rational(-sign)}
            )
    for claim in claims if weights is None else ():
        s.impose(claim)
    if weights is not None:
        for mask in pairs_of(s.n):
            s.saddle(claims[0], mask)
        s.optimal(claims[0])
        rows = [(w, s.owed(claims[0], i)) for i, w in enumerate(weights)]
        rows += [
            (-w * b, s.payoff(i, claims[0].planner))
            for i, (w, b) in enumerate(zip(weights, claims[0].prices, strict=True))
        ]
        s.positive(add((-1, add(*rows))), strict=False)
    if alike:
        for i in range(s.n):
            s.zero(add(*((1 - 2 * k, s.payoff(i, c.planner)) for k, c in enumerate(claims))))
    costs: Row = {t: rational(1)}
    if goal is not None:
        player, sign = goal
        costs = add((sign, s.payoff(player, claims[0].planner)))
    found = s.program.least(costs)
    return found and Near(actions, payoffs, tuple(claims), s, found, weights)


# -- what might be an equilibrium ----------------------------------------------------------------


class Arena:
    """A game in doubles: good threats and planners at given prices."""

    def __init__(self, actions: tuple[int, ...], payoffs: Payoffs) -> None:
        self.actions, self.n = actions, len(actions)
        self.payoffs = np.array([[float(u) for u in row] for row in payoffs])
        self._grids = {
            mask: np.add.outer(joint(actions, mask), joint(actions, others(self.n, mask)))
            for mask in pairs_of(self.n)
        }

    def threats(self, prices: np.ndarray) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        return {mask: saddle(self.matrix(mask, prices)) for mask in self._grids}

    def matrix(self, mask: int, prices: np.ndarray) -> np.ndarray:
        signs = np.array([1.0 if mask >> i & 1 else -1.0 for i in range(self.n)])
        return ((signs * prices) @ self.payoffs)[self._grids[mask]]

    def claims(self, prices: Vector) -> tuple[float, list[Claim]]:
        """Return how far a claim at these prices is from an equilibrium, about, and claims."""
        b = np.array([float(p) for p in prices])
        threats = self.threats(b)
        owed = np.zeros(self.n)
        for mask, (x, y) in threats.items():
            value = x @ self.matrix(mask, b) @ y
            owed += [float(share_of(self.n, mask, i)) * value for i in range(self.n)]
        worth = b @ self.payoffs
        owed += worth.max() / self.n
        gaps = worth.max() - worth
        paid = b[:, None] * self.payoffs
        # |e| <= t, and outcomes that trail by 2t may be made the best
        rows = np.block([[paid, -np.ones((self.n, 1))], [-paid, -np.ones((self.n, 1))]])
        found = linprog(
            np.append(np.zeros(len(worth)), 1.0),
            A_ub=np.vstack([rows, np.append(gaps / 2, -1.0)]),
            b_ub=np.concatenate([owed, -owed, [0.0]]),
            A_eq=np.append(np.ones(len(worth)), 0.0)[None],
            b_eq=[1.0],
            method="highs",
        )
        if found.status != 0:
            return np.inf, []
        written = {mask: (rounded(x), rounded(y)) for mask, (x, y) in threats.items()}
        alone = np.maximum(gaps / 2, np.abs(owed[:, None] - paid).max(axis=0))
        planners = [{int(o): Fraction(1)} for o in {*np.argsort(alone)[:2], *np.argsort(gaps)[:2]}]
        if found.x[:-1].max() < 1 - 1e-6:
            planners.append(rounded(found.x[:-1]))
        return found.fun, [Claim(prices, written, planner) for planner in planners]

    def rough_radius(self, claim: Claim, weights: Sequence[Fraction]) -> float:
        """Return how far payoffs must be moved for the weighted excess to vanish, at least."""
        value = float(weighted_excess(self.actions, self.payoffs, claim, weights))
        beta = np.array([float(w) for w in weights])
        b = np.array([float(p) for p in claim.prices])
        doubt = np.abs(beta.mean() - beta) @ b
        for mask in self._grids:
            doubt += abs(sum(float(share_of(self.n, mask, i)) * w for i, w in enumerate(beta)))
        worth = b @ self.payoffs
        gap = max(worth.max() - worth[o] for o in claim.planner)
        return max(value / doubt, float(gap) / 2)

    def slopes(self, prices: np.ndarray, beta: np.ndarray, planner: np.ndarray) -> np.ndarray:
        """Return how ``β·(φ - b∘u)`` changes with every payoff."""
        change = np.zeros_like(self.payoffs)
        total = np.zeros(self.payoffs.shape[1])
        for mask, (x, y) in self.threats(prices).items():
            gamma = sum(float(share_of(self.n, mask, i)) * beta[i] for i in range(self.n))
            for i in range(self.n):
                sign = 1.0 if mask >> i & 1 else -1.0
                total[:] = 0.0
                total[self._grids[mask]] = np.outer(x, y)
                change[i] += gamma * sign * prices[i] * total
        weights = (beta.sum() / self.n - beta) * prices
        return change + weights[:, None] * planner[None, :]


def saddle(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return optimal strategies of both sides, by the simplex method where no pure ones are."""
    rows, columns = matrix.shape
    low, high = matrix.min(axis=1), matrix.max(axis=0)
    if low.max() >= high.min():
        x, y = np.zeros(rows), np.zeros(columns)
        x[low.argmax()], y[high.argmin()] = 1.0, 1.0
        return x, y
    # maximise Σ y with M y <= 1, for M > 0; what the slacks cost in the end is x
    tableau = np.zeros((rows + 1, columns + rows + 1))
    tableau[:rows, :columns] = matrix - low.min() + 1.0
    tableau[:rows, columns:-1] = np.eye(rows)
    tableau[:rows, -1] = 1.0
    tableau[rows, :columns] = -1.0
    basis = list(range(columns, columns + rows))
    for _ in range(200):
        entering = int(tableau[rows, :-1].argmin())
        if tableau[rows, entering] >= -1e-11:
            break
        column = tableau[:rows, entering]
        ratios = np.where(column > 1e-11, tableau[:rows, -1], np.inf) / np.maximum(column, 1e-11)
        leaving = int(ratios.argmin())
        tableau[leaving] /= tableau[leaving, entering]
        factors = tableau[:, entering].copy()
        factors[leaving] = 0.0
        tableau -= factors[:, None] * tableau[leaving]
        basis[leaving] = entering
    x = np.maximum(tableau[rows, columns:-1], 0.0)
    y = np.zeros(columns + rows)
    y[basis] = np.maximum(tableau[:rows, -1], 0.0)
    return x / x.sum(), y[:columns] / y[:columns].sum()


def rounded(strategy: np.ndarray) -> dict[int, Fraction]:
    """Return a distribution of small fractions."""
    parts = {k: round(float(p) * _UNIT) for k, p in enumerate(strategy) if p > 1 / _UNIT}
    total = sum(parts.values())
    return {k: Fraction(p, total) for k, p in parts.items()}
