"""Threat games with two kernels that meet in an equilibrium ("Kinks")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices

from .game import NONE, Game, Multipliers, Pair
from .intervals import Interval
from .kernels import Chart, Kernel, Matrix, at, entries, read_kernel
from .linear import Vector, inverse, minus, mix, scale, times, transposed
from .reading import Item


@dataclass(frozen=True)
class Slopes:
    """Bounds on a box: of the value at its centre, and of the value's slopes.

    The slopes lie in a parallelepiped with these corners; `hull` is the box around it.
    """

    centre: Interval
    corners: list[list[Fraction]]
    hull: list[Interval]


@dataclass(frozen=True)
class Kink:
    """What a certificate states of a threat game `M`; `back` inverts the matrix of directions."""

    M: Matrix
    kernels: list[Kernel]
    directions: list[tuple[Fraction, ...]]
    back: list[list[Fraction]]
    multipliers: list[Multipliers]

    def slopes(self, chart: Chart) -> Slopes:
        """Return the bounds on a box; all are exact but for the last rounding."""
        M, centre = self.M, at(self.M, chart.full)
        x, y = self.strategies(centre, chart.full)
        secured = [mix(x, column) for column in zip(*M, strict=True)]
        conceded = [mix(y, row) for row in M]
        P = [[max(-chart.least(minus(least, f)) for least in secured) for f in row] for row in M]
        Q = [[max(-chart.least(minus(f, most)) for most in conceded) for f in row] for row in M]

        def least(direction: Vector, multipliers: Multipliers) -> Fraction:
            full = [*direction, -sum(direction, Fraction(0))]  # the sum of the prices stays 1
            return multipliers.least(at(M, full), P, Q)

        pairs = zip(self.directions, self.multipliers[::2], self.multipliers[1::2], strict=True)
        sides = [(least(d, low), -least(scale(Fraction(-1), d), high)) for d, low, high in pairs]
        corners = [times(self.back, ends) for ends in choices(*sides)]
        hull = [chart.number(min(part), max(part)) for part in transposed(corners)]
        value = chart.number(min(mix(x, centre)), max(times(centre, y)))
        return Slopes(value, corners, hull)

    def strategies(
        self, centre: Sequence[Vector], prices: Vector
    ) -> tuple[list[Fraction], list[Fraction]]:
        """Return the best of the strategies that the kernels give at the centre."""
        xs, ys = [], []
        for kernel in self.kernels:
            back = inverse(at(kernel.bordered(), prices))
            if back is not None:
                x, y = [-weight for weight in back[-1][:-1]], [row[-1] for row in back[:-1]]
                xs.append(_strategy(x, kernel.rows, len(centre)))
                ys.append(_strategy(y, kernel.columns, len(centre[0])))
        if not xs:
            raise ZeroDivisionError("no kernel of the kink is regular at the center")
        best = max(xs, key=lambda x: min(mix(x, centre)))
        return best, min(ys, key=lambda y: max(times(centre, y)))


def read_kink(item: Item, game: Game, pair: Pair) -> Kink:
    """Read a kink."""
    free = game.n - 1
    kernels, directions, slopes = item.parts("kernels", "directions", "slopes")
    vectors = [row.numbers(free) for row in directions.items(free)]
    back = inverse(vectors)
    if back is None:
        directions.refuse("the directions are linearly dependent")
    bounds = [part.parts(optional=NONE) for part in slopes.items(2 * free)]
    multipliers = [pair.read_multipliers(*parts) for parts in bounds]
    listed = [read_kernel(kernel, game, pair) for kernel in kernels.some()]
    return Kink(entries(game, pair), listed, vectors, back, multipliers)


def _strategy(weights: Sequence[Fraction], actions: Sequence[int], count: int) -> list[Fraction]:
    """Return a strategy near the solution of a kernel: no negative parts, the sum 1."""
    found = [Fraction(0)] * count
    for weight, action in zip(weights, actions, strict=True):
        found[action] = max(weight, Fraction(0))
    return scale(1 / sum(found, Fraction(0)), found)
