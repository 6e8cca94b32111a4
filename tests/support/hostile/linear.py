"""Linear programs whose solutions are wanted exactly.

HiGHS says which inequalities are tight; the point is then computed anew in fractions. Whoever asks
checks it against the definition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

import numpy as np
from flint import fmpq, fmpq_mat
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

#: Coefficients of unknowns.
Row = dict[int, fmpq]

_TIGHT = 1e-9
_GRID = 1 << 20


@dataclass(frozen=True, eq=False)
class Outcome:
    """A least sum, the point where it is, and the inequalities' slack there; in doubles."""

    value: float
    point: np.ndarray
    slack: np.ndarray


@dataclass
class Program:
    """Unknowns with bounds, ``row·x = 0``, and ``row·x >= 0``.

    Attributes
    ----------
    lower, upper : lists of Fractions
    zero : list of Row
    at_least : list of (Row, share, fixed)
        In doubles they must reach a share of the margin, and a number.
    """

    lower: list[Fraction]
    upper: list[Fraction]
    zero: list[Row] = field(default_factory=list)
    at_least: list[tuple[Row, float, float]] = field(default_factory=list)

    def fix(self, j: int, value: Fraction | int) -> None:
        self.lower[j] = self.upper[j] = Fraction(value)

    def _matrix(self, rows: list[Row], width: int) -> csr_matrix:
        places = [
            (r, j, float(v.p) / float(v.q)) for r, row in enumerate(rows) for j, v in row.items()
        ]
        if not places:
            return csr_matrix((len(rows), width))
        r, j, v = zip(*places, strict=True)
        return csr_matrix((v, (r, j)), shape=(len(rows), width))

    def nearest(self, target: list[Fraction], weights: np.ndarray, margin: float) -> list | None:
        """Return the exact point that is nearest to a target by a weighted sum of distances."""
        size, goals = len(self.lower), len(target)
        equal = self._matrix(self.zero, size + goals)
        rows = [row for row, _, _ in self.at_least]
        beyond = [
            {j: fmpq(s), size + j: fmpq(1)} for j in range(goals) for s in (1, -1)
        ]  # d_j >= |x_j - t_j|
        above = self._matrix(rows + beyond, size + goals)
        sides = [s * float(target[j]) for j in range(goals) for s in (1, -1)]
        least = [share * margin + fixed for _, share, fixed in self.at_least] + sides
        found = linprog(
            np.concatenate([np.zeros(size), weights]),
            A_ub=-above,
            b_ub=-np.array(least),
            A_eq=equal,
            b_eq=np.zeros(len(self.zero)),
            bounds=[
                *((float(lo), float(hi)) for lo, hi in zip(self.lower, self.upper, strict=True)),
                *[(0, None)] * goals,
            ],
            method="highs",
        )
        if found.status != 0:
            return None
        point = found.x[:size]
        slack = self._matrix(rows, size) @ point
        return self._exact(point, [k for k in range(len(rows)) if abs(slack[k]) <= _TIGHT])

    def least(self, costs: Row) -> Outcome | None:
        """Return a point where a sum of unknowns is least, in doubles; all rows as inequalities."""
        size = len(self.lower)
        above = self._matrix([row for row, _, _ in self.at_least], size)
        found = linprog(
            self._matrix([costs], size).toarray()[0],
            A_ub=-above,
            b_ub=np.zeros(len(self.at_least)),
            A_eq=self._matrix(self.zero, size),
            b_eq=np.zeros(len(self.zero)),
            bounds=[(float(lo), float(hi)) for lo, hi in zip(self.lower, self.upper, strict=True)],
            method="highs",
        )
        return None if found.status != 0 else Outcome(found.fun, found.x, above @ found.x)

    def exactly(self, found: Outcome) -> list | None:
        """Return the exact point near one that `least` returned."""
        return self._exact(found.point, np.flatnonzero(np.abs(found.slack) <= _TIGHT).tolist())

    def _exact(self, point: np.ndarray, tight: list[int]) -> list | None:
        """Return a point of fractions near one in doubles, with the same inequalities tight."""
        values: list[fmpq | None] = []
        for x, low, high in zip(point, self.lower, self.upper, strict=True):
            if abs(x - float(low)) <= _TIGHT:
                values.append(rational(low))
            elif abs(x - float(high)) <= _TIGHT:
                values.append(rational(high))
            else:
                values.append(None)
        free = [j for j, v in enumerate(values) if v is None]
        place = {j: k for k, j in enumerate(free)}
        rows = [*self.zero, *(self.at_least[k][0] for k in tight)]
        if free and rows:
            system = fmpq_mat(len(rows), len(free) + 1)
            for r, row in enumerate(rows):
                right = fmpq(0)
                for j, v in row.items():
                    if j in place:
                        system[r, place[j]] = v
                    else:
                        right -= v * values[j]
                system[r, len(free)] = right
            reduced, rank = system.rref()
            pivots = [next(c for c in range(len(free) + 1) if reduced[r, c]) for r in range(rank)]
            if len(free) in pivots:
                return None
            for k, j in enumerate(free):
                if k not in pivots:
                    values[j] = fmpq(round(point[j] * _GRID), _GRID)
            for r, k in enumerate(pivots):
                values[free[k]] = reduced[r, len(free)] - sum(
                    (
                        reduced[r, c] * values[free[c]]
                        for c in range(k + 1, len(free))
                        if c not in pivots and reduced[r, c]
                    ),
                    fmpq(0),
                )
        exact = [
            Fraction(int(v.p), int(v.q))
            if v is not None
            else Fraction(round(float(x) * _GRID), _GRID)
            for v, x in zip(values, point, strict=True)
        ]
        return exact if self.admits(exact) else None

    def admits(self, point: list[Fraction]) -> bool:
        """Whether a point of fractions satisfies everything, margins taken for zero."""
        exact = [rational(x) for x in point]
        return (
            all(lo <= x <= hi for x, lo, hi in zip(point, self.lower, self.upper, strict=True))
            and all(_dot(row, exact) == 0 for row in self.zero)
            and all(_dot(row, exact) >= 0 for row, _, _ in self.at_least)
        )


def _dot(row: Row, point: list[fmpq]) -> fmpq:
    return sum((v * point[j] for j, v in row.items()), fmpq(0))


@lru_cache(maxsize=1 << 14)
def rational(value: Fraction | int) -> fmpq:
    return fmpq(value.numerator, value.denominator)
