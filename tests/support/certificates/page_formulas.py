"""The formulas of ``docs/certificates.md`` written down as they stand there, slow and in Fractions.

Nothing here comes from `harsanyi_aux.certify`: games are lists of payoffs, prices and strategies
dense lists of Fractions.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import factorial
from typing import Any

Vector = list[Fraction]


def normalised(payoffs: list[Any]) -> list[Vector]:
    """Return ``V`` for rows of payoffs."""
    scaled = []
    for row in payoffs:
        width = max(row) - min(row) or 1
        scaled.append([Fraction(u - min(row)) / width for u in row])
    return scaled


class Game:
    """A game as dictionaries from joint actions to payoff vectors."""

    def __init__(self, actions: tuple[int, ...], payoffs: list[Any]) -> None:
        self.n = len(actions)
        self.actions = actions
        self.outcomes = list(product(*map(range, actions)))
        self.V = normalised(payoffs)
        self.number = {o: k for k, o in enumerate(self.outcomes)}
        self.pairs = [m for m in range(1, (1 << self.n) - 1) if m & 1]

    def joint(self, mask: int) -> list[tuple[int, ...]]:
        return list(product(*(range(m) for i, m in enumerate(self.actions) if mask >> i & 1)))

    def at(self, mask: int, own: tuple[int, ...], other: tuple[int, ...]) -> int:
        """Return the number of the outcome where mask plays `own` and the rest `other`."""
        inside, outside = list(own), list(other)
        return self.number[
            tuple(inside.pop(0) if mask >> i & 1 else outside.pop(0) for i in range(self.n))
        ]

    def threat(self, mask: int, b: Vector) -> list[Vector]:
        """Return ``M_R(b)``."""
        signs = [1 if mask >> i & 1 else -1 for i in range(self.n)]
        rest = (1 << self.n) - 1 - mask
        return [
            [
                sum(
                    (
                        s * p * v[self.at(mask, r, c)]
                        for s, p, v in zip(signs, b, self.V, strict=True)
                    ),
                    Fraction(0),
                )
                for c in self.joint(rest)
            ]
            for r in self.joint(mask)
        ]

    def worth(self, b: Vector, o: int) -> Fraction:
        return sum((p * v[o] for p, v in zip(b, self.V, strict=True)), Fraction(0))


def _times(x: Vector, matrix: list[Vector]) -> Vector:
    return [
        sum((p * row[c] for p, row in zip(x, matrix, strict=True)), Fraction(0))
        for c in range(len(matrix[0]))
    ]


def _transposed(matrix: list[Vector]) -> list[Vector]:
    return [list(column) for column in zip(*matrix, strict=True)]


def least(
    game: Game,
    cell: list[dict[str, Any]],
    beta: Vector,
    kept: list[int],
    eta: dict[int, Vector] | None = None,
    multipliers: dict[int, dict[str, Any]] | None = None,
) -> dict[tuple[int, int], Fraction]:
    """Return ``min C_kl(o)`` for all ``k <= l``.

    Vertices are dicts with ``b``, ``x[R]``, ``y[R]`` (dense) and ``o``; ``eta[S]`` has one number
    for every player (zero outside S); multipliers are lists of triples, bounds
    ``(side, action, bound, sign, j, kappa)``.
    """
    n = game.n
    c = [Fraction(0)] + [
        Fraction(factorial(r - 1) * factorial(n - r), factorial(n)) for r in range(1, n + 1)
    ]
    result = {}
    for k, m in product(range(n), repeat=2):
        if k > m:
            continue
        vk, vl = cell[k], cell[m]
        middle = [(p + q) / 2 for p, q in zip(vk["b"], vl["b"], strict=True)]
        total = Fraction(0)
        for R in game.pairs:
            one = _times(vk["x"][R], game.threat(R, vl["b"]))
            two = _times(vl["x"][R], game.threat(R, vk["b"]))
            low = min((p + q) / 2 for p, q in zip(one, two, strict=True))
            one = _times(vk["y"][R], _transposed(game.threat(R, vl["b"])))
            two = _times(vl["y"][R], _transposed(game.threat(R, vk["b"])))
            high = max((p + q) / 2 for p, q in zip(one, two, strict=True))
            size = R.bit_count()
            gamma = c[size] * sum(beta[i] for i in range(n) if R >> i & 1) - c[n - size] * sum(
                beta[i] for i in range(n) if not R >> i & 1
            )
            total += gamma * (low if gamma >= 0 else high)
            if eta is not None:
                given = (multipliers or {}).get(R, {})
                total += _tau(game, R, middle, low, high, eta, given)
        low = (game.worth(vl["b"], vk["o"]) + game.worth(vk["b"], vl["o"])) / 2
        high = max(game.worth(middle, o) for o in range(len(game.outcomes)))
        gamma = sum(beta) / Fraction(n)
        total += gamma * (low if gamma >= 0 else high)
        result[k, m] = min(
            total - sum(beta[i] * middle[i] * game.V[i][o] for i in range(n)) for o in kept
        )
    return result


def _tau(
    game: Game,
    R: int,
    b: Vector,
    low: Fraction,
    high: Fraction,
    eta: dict[int, Vector],
    given: dict[str, Any],
) -> Fraction:
    n, full = game.n, (1 << game.n) - 1
    M = game.threat(R, b)
    g = []
    for i in range(n):
        own = R if R >> i & 1 else full - R
        g.append(
            sum(
                (
                    (-1) ** (S.bit_count() - own.bit_count()) * e[i]
                    for S, e in eta.items()
                    if S & own == own and 2 <= S.bit_count() <= n - 1
                ),
                Fraction(0),
            )
        )
    values = []
    for r, row in enumerate(game.joint(R)):
        for c, column in enumerate(game.joint(full - R)):
            o = game.at(R, row, column)
            F = sum((g[i] * b[i] * game.V[i][o] for i in range(n)), Fraction(0))
            for other, own_c, s in given.get("columns", []):
                if own_c == c:
                    F -= s * (M[r][other] - low)
            for other, own_r, t in given.get("rows", []):
                if own_r == r:
                    F -= t * (high - M[other][c])
            for side, action, bound, sign, j, kappa in given.get("bounds", []):
                if side == "row" and c == j:
                    F -= kappa * sign * ((r == action) - bound)
                if side == "column" and r == j:
                    F -= kappa * sign * ((c == action) - bound)
            values.append(F)
    return min(values)
