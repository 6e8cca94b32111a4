"""Threat games with two kernels that meet in an equilibrium ("Kinks")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices

from .game import NONE, Game, Multipliers, Pair, least_bracket, read_multipliers
from .intervals import Interval
from .kernels import Chart, Kernel, Matrix, at, bordered, entries, read_kernel
from .linear import Vector, combined, inverse, minus, times, transposed
from .reading import Item


@dataclass(frozen=True)
class Kink:
    """What a certificate states of a pair with a kink; `back` inverts the matrix of directions."""

    kernels: list[Kernel]
    directions: list[tuple[Fraction, ...]]
    back: list[list[Fraction]]
    slopes: list[Multipliers]


def read_kink(item: Item, game: Game, pair: Pair) -> Kink:
    """Read a kink."""
    free = game.n - 1
    kernels, directions, slopes = item.parts("kernels", "directions", "slopes")
    vectors = [row.numbers(free) for row in directions.items(free)]
    back = inverse(vectors)
    if back is None:
        directions.refuse("the directions are linearly dependent")
    bounds = [part.parts(optional=NONE) for part in slopes.items(2 * free)]
    multipliers = [read_multipliers(columns, rows, pair) for columns, rows in bounds]
    return Kink(
        [read_kernel(kernel, pair) for kernel in kernels.some()], vectors, back, multipliers
    )


@dataclass(frozen=True)
class Slopes:
    """Bounds on a box: of the value at its center, and of the value's slopes.

    The slopes lie in a parallelepiped with these corners; `hull` is the box around it.
    """

    center: Interval
    corners: list[list[Fraction]]
    hull: list[Interval]


def kink_slopes(game: Game, pair: Pair, kink: Kink, chart: Chart) -> Slopes:
    """Return the bounds of a pair with a kink; all are exact but for the last rounding."""
    M = entries(game, pair)
    center = at(M, chart.full)
    x, y = best_strategies(M, center, kink, chart.full)
    secured = [combined(x, column) for column in zip(*M, strict=True)]
    conceded = [combined(y, row) for row in M]
    P = [[max(-chart.least(minus(least, f)) for least in secured) for f in row] for row in M]
    Q = [[max(-chart.least(minus(f, most)) for most in conceded) for f in row] for row in M]

    def least_slope(direction: Vector, multipliers: Multipliers) -> Fraction:
        full = [*direction, -sum(direction, Fraction(0))]  # the last price makes up for the others
        return least_bracket(at(M, full), multipliers, P, Q)

    sides = []
    for k, direction in enumerate(kink.directions):
        back = [-part for part in direction]
        low = least_slope(direction, kink.slopes[2 * k])
        sides.append((low, -least_slope(back, kink.slopes[2 * k + 1])))
    corners = [times(kink.back, ends) for ends in choices(*sides)]
    hull = [chart.number(min(part), max(part)) for part in transposed(corners)]
    value = chart.number(min(combined(x, center)), max(times(center, y)))
    return Slopes(value, corners, hull)


def best_strategies(
    M: Matrix, center: Sequence[Vector], kink: Kink, prices: Vector
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the best of the strategies that the kernels give at the center."""
    rows, columns = [], []
    for kernel in kink.kernels:
        back = inverse(at(bordered(M, kernel), prices))
        if back is not None:
            x = _strategy([-weight for weight in back[-1][:-1]], kernel.rows, len(M))
            y = _strategy([row[-1] for row in back[:-1]], kernel.columns, len(M[0]))
            rows.append((min(combined(x, center)), x))
            columns.append((-max(times(center, y)), y))
    if not rows:
        raise ZeroDivisionError("no kernel of the kink is regular at the center")
    return max(rows)[1], max(columns)[1]


def _strategy(weights: Sequence[Fraction], actions: Sequence[int], count: int) -> list[Fraction]:
    """Return a strategy near the solution of a kernel: no negative parts, the sum 1."""
    found = [Fraction(0)] * count
    for weight, action in zip(weights, actions, strict=True):
        found[action] = max(weight, Fraction(0))
    return [weight / sum(found) for weight in found]
