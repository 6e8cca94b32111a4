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

from hostile.claims import Claim, Vector, flaw, joint, others, pairs_of, share_of
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
        if any(flaw(self.actions, moved, claim) is not None for claim in self.claims):
            return None
        return moved


def nearest(
    actions: tuple[int, ...],
    payoffs: Payoffs,
    claims: Sequence[Claim],
    *,
    within: Fraction | None = None,
    goal: tuple[int, int] | None = None,
    alike: bool = False,
) -> Near | None:
    """Return the nearest game in which some claims are equilibria.

    Parameters
    ----------
    within : the radius, where something else is to be least
    goal : (player, sign) whose payoff from the first claim, times the sign, is to be least
    alike : whether the claims are to pay the same
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
    for claim in claims:
        s.impose(claim)
    if alike:
        for i in range(s.n):
            s.zero(add(*((1 - 2 * k, s.payoff(i, c.planner)) for k, c in enumerate(claims))))
    costs: Row = {t: rational(1)}
    if goal is not None:
        player, sign = goal
        costs = add((sign, s.payoff(player, claims[0].planner)))
    found = s.program.least(costs)
    return found and Near(actions, payoffs, tuple(claims), s, found)


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
        size = len(worth)
        paid = b[:, None] * self.payoffs
        rows = np.block([[paid, -np.ones((self.n, 1))], [-paid, -np.ones((self.n, 1))]])
        found = linprog(
            np.append(gaps, 1.0),
            A_ub=rows,
            b_ub=np.concatenate([owed, -owed]),
            A_eq=np.append(np.ones(size), 0.0)[None],
            b_eq=[1.0],
            method="highs",
        )
        if found.status != 0:
            return np.inf, []
        written = {mask: (rounded(x), rounded(y)) for mask, (x, y) in threats.items()}
        planners = [rounded(found.x[:-1])]
        if len(planners[0]) > 1:
            planners.append({int(np.argmax(found.x[:-1])): Fraction(1)})
        return found.fun, [Claim(prices, written, planner) for planner in planners]

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
