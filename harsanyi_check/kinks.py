"""Threat games with two kernels that meet in an equilibrium ("Kinks")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices
from typing import Any

from .game import Game, Pair
from .intervals import Form, Interval, enclosing
from .kernels import Chart, Kernel, entries, read_kernel, strategies
from .linear import Vector, dot, inverse, minus, transposed
from .reading import Item

#: [[c', c, s], …] of columns, and the same of rows.
Multipliers = tuple[tuple[int, int, Fraction], ...]
NONE: dict[str, Any] = {"columns": [], "rows": []}


@dataclass(frozen=True)
class Kink:
    """What a certificate states of a pair with a kink; `back` inverts the matrix of directions."""

    kernels: tuple[Kernel, ...]
    directions: tuple[tuple[Fraction, ...], ...]
    back: list[list[Fraction]]
    slopes: tuple[tuple[Multipliers, Multipliers], ...]


def read_kink(item: Item, game: Game, pair: Pair) -> Kink:
    """Read a kink."""
    free = game.n - 1
    fields = item.fields("kernels", "directions", "slopes")
    kernels = tuple(read_kernel(kernel, pair) for kernel in fields["kernels"].some())
    directions = tuple(row.numbers(free) for row in fields["directions"].items(free))
    back = inverse(directions)
    if back is None:
        fields["directions"].refuse("the directions are linearly dependent")
    parts = [bound.fields(optional=NONE) for bound in fields["slopes"].items(2 * free)]
    slopes = tuple(read_multipliers(part, pair) for part in parts)
    return Kink(kernels, directions, back, slopes)


def read_multipliers(fields: dict[str, Item], pair: Pair) -> tuple[Multipliers, Multipliers]:
    """Read the multipliers of a pair's columns and rows."""

    def read(item: Item, count: int) -> Multipliers:
        parts = [part.items(3) for part in item.items()]
        return tuple((b.index(count), p.index(count), s.not_negative()) for b, p, s in parts)

    return read(fields["columns"], len(pair.columns)), read(fields["rows"], len(pair.rows))


@dataclass(frozen=True)
class Slopes:
    """Bounds on a box: of the value at its center, and of the value's slopes.

    The slopes lie in a parallelepiped with these corners; `hull` is the box around it, and `value`
    the value on the box that follows.
    """

    key: str
    center: Form
    corners: list[list[Interval]]
    hull: list[Interval]
    value: Form


def kink_slopes(game: Game, pair: Pair, kink: Kink, chart: Chart) -> Slopes:
    """Return the bounds of a pair with a kink; all are exact but for the last rounding."""
    M, bits = entries(game, pair), chart.bits
    at_center = [[dot(function, chart.full) for function in row] for row in M]
    x, y = best_strategies(M, at_center, kink, Chart(chart.full[:-1], (), bits))
    low = min(dot(x, column) for column in zip(*at_center, strict=True))
    high = max(dot(row, y) for row in at_center)
    secured = [
        [dot(x, part) for part in zip(*column, strict=True)] for column in zip(*M, strict=True)
    ]
    conceded = [[dot(y, part) for part in zip(*row, strict=True)] for row in M]
    P = [[max(-chart.least(minus(least, f)) for least in secured) for f in row] for row in M]
    Q = [[max(-chart.least(minus(f, most)) for most in conceded) for f in row] for row in M]

    def least_slope(direction: Vector, multipliers: tuple[Multipliers, Multipliers]) -> Fraction:
        brackets = [[dot(direction, [a - f[-1] for a in f[:-1]]) for f in row] for row in M]
        for better, c, s in multipliers[0]:
            for r in pair.rows:
                brackets[r][c] -= s * P[r][better]
        for better, r, t in multipliers[1]:
            for c in pair.columns:
                brackets[r][c] -= t * Q[better][c]
        return min(map(min, brackets))

    sides = []
    for k, direction in enumerate(kink.directions):
        up = [-part for part in direction]
        low_side = least_slope(direction, kink.slopes[2 * k])
        sides.append((low_side, -least_slope(up, kink.slopes[2 * k + 1])))
    corners = [[dot(row, ends) for row in kink.back] for ends in choices(*sides)]
    hull = [enclosing(min(part), max(part), bits) for part in transposed(corners)]
    center = enclosing(low, high, bits)
    steps = [s * chart.number(r) for s, r in zip(hull, chart.radius, strict=True)]
    rounded = [[chart.number(s) for s in corner] for corner in corners]
    return Slopes(pair.key, Form(center), rounded, hull, Form(center, steps))


def best_strategies(
    M: Sequence[Sequence[Vector]], at_center: Sequence[Vector], kink: Kink, point: Chart
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the best of the strategies that the kernels give at the center."""
    rows, columns = [], []
    for kernel in kink.kernels:
        try:
            forms_x, forms_y, _ = strategies(point, M, kernel)
        except ZeroDivisionError:
            continue
        x = _rounded(forms_x, kernel.rows, len(M))
        y = _rounded(forms_y, kernel.columns, len(M[0]))
        rows.append((min(dot(x, column) for column in zip(*at_center, strict=True)), x))
        columns.append((max(dot(row, y) for row in at_center), y))
    if not rows:
        raise ZeroDivisionError("no kernel of the kink is regular at the center")
    return max(rows)[1], min(columns)[1]


def _rounded(forms: Sequence[Form], actions: Sequence[int], count: int) -> list[Fraction]:
    """Return a strategy near the solution of a kernel: no negative parts, the sum 1."""
    weights = [Fraction(0)] * count
    for form, action in zip(forms, actions, strict=True):
        weights[action] = max(form.base.bounds()[0], Fraction(0))
    return [weight / sum(weights) for weight in weights]
