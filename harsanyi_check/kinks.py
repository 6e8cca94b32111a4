"""Threat games with two kernels that meet in an equilibrium ("Kinks")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices

from .game import Game, Pair
from .intervals import Form, Interval, enclosing
from .kernels import Chart, Kernel, entry, read_kernel
from .linear import Vector, dot, inverse, minus
from .reading import Item

Multipliers = tuple[tuple[int, int, Fraction], ...]
MOST_CORNERS = 4096


@dataclass(frozen=True)
class Kink:
    """What a certificate states of a pair with a kink.

    `slopes` are the multipliers of columns and of rows for each bound; `back` is the inverse of
    the matrix of directions.
    """

    kernels: tuple[Kernel, ...]
    directions: tuple[tuple[Fraction, ...], ...]
    back: list[list[Fraction]]
    slopes: tuple[tuple[Multipliers, Multipliers], ...]


def read_kink(item: Item, game: Game, pair: Pair) -> Kink:
    """Read a kink."""
    free = game.n - 1
    fields = item.fields("kernels", "directions", "slopes")
    directions = tuple(row.numbers(free) for row in fields["directions"].items(free))
    back = inverse(directions)
    if back is None:
        fields["directions"].refuse("the directions are linearly dependent")
    slopes = []
    for bound in fields["slopes"].items(2 * free):
        parts = bound.fields("columns", "rows")
        slopes.append(
            (
                read_multipliers(parts["columns"], len(pair.table[0])),
                read_multipliers(parts["rows"], len(pair.table)),
            )
        )
    kernels = tuple(read_kernel(kernel, pair) for kernel in fields["kernels"].some())
    return Kink(kernels, directions, back, tuple(slopes))


def read_multipliers(item: Item, count: int) -> Multipliers:
    """Read multipliers [c', c, s] of the columns (or the rows) of a game."""
    found = []
    for part in item.items():
        better, played, factor = part.items(3)
        factor.need(factor.number() >= 0, "a multiplier is negative")
        found.append((better.index(count), played.index(count), factor.number()))
    return tuple(found)


class LocalKink:
    """Bounds of the value and of its slopes on a box; all of it is exact.

    `value` is a form, `corners` are those of the parallelepiped P and `hull` the box around them.
    """

    def __init__(self, game: Game, pair: Pair, kink: Kink, chart: Chart) -> None:
        point = Chart(chart.full[:-1], (), chart.bits)
        center = [[dot(entry(game, pair, r, c), chart.full) for c in _columns(pair)] for r in _rows(pair)]
        x, y = best_strategies(game, pair, kink, point, center)
        low = min(dot(x, column) for column in zip(*center, strict=True))
        high = max(dot(row, y) for row in center)
        self.corners: list[list[Interval]] = []
        self.hull: list[Interval] = []
        self.value = Form(enclosing(low, high, chart.bits), ())
        if not chart.radius:
            return
        bounds = self._slopes(game, pair, kink, chart, x, y)
        found = [[dot(row, ends) for row in kink.back] for ends in choices(*bounds)]
        self.corners = [[enclosing(s, s, chart.bits) for s in corner] for corner in found]
        self.hull = [
            enclosing(min(part), max(part), chart.bits) for part in zip(*found, strict=True)
        ]
        reach = [enclosing(r, r, chart.bits) for r in chart.radius]
        self.value = Form(
            self.value.base, [s * r for s, r in zip(self.hull, reach, strict=True)]
        )

    def _slopes(
        self, game: Game, pair: Pair, kink: Kink, chart: Chart, x: Vector, y: Vector
    ) -> list[tuple[Fraction, Fraction]]:
        """Return the bounds of `x d y` for all directions d, under "Entries" and "Slopes"."""
        rows, columns = _rows(pair), _columns(pair)
        M = [[entry(game, pair, r, c) for c in columns] for r in rows]
        secured = [_mix(x, [M[r][j] for r in rows]) for j in columns]
        conceded = [_mix(y, M[i]) for i in rows]
        P = [[max(-chart.least(minus(low, M[r][c])) for low in secured) for c in columns] for r in rows]
        Q = [[max(-chart.least(minus(M[r][c], top)) for top in conceded) for c in columns] for r in rows]

        def bound(direction: Vector, multipliers: tuple[Multipliers, Multipliers]) -> Fraction:
            brackets = [
                [dot(direction, [a - m[-1] for a in m[:-1]]) for m in row] for row in M
            ]
            for better, played, s in multipliers[0]:
                for r in rows:
                    brackets[r][played] -= s * P[r][better]
            for better, played, t in multipliers[1]:
                for c in columns:
                    brackets[played][c] -= t * Q[better][c]
            return min(map(min, brackets))

        found = []
        for k, direction in enumerate(kink.directions):
            low = bound(direction, kink.slopes[2 * k])
            high = -bound([-d for d in direction], kink.slopes[2 * k + 1])
            found.append((low, high))
        return found


def _rows(pair: Pair) -> range:
    return range(len(pair.table))


def _columns(pair: Pair) -> range:
    return range(len(pair.table[0]))


def _mix(strategy: Vector, functions: Sequence[Vector]) -> list[Fraction]:
    return [dot(strategy, part) for part in zip(*functions, strict=True)]


def best_strategies(
    game: Game, pair: Pair, kink: Kink, point: Chart, center: Sequence[Vector]
) -> tuple[list[Fraction], list[Fraction]]:
    """Return the best of the strategies that the kernels give at the center."""
    rows, columns = [], []
    for kernel in kink.kernels:
        try:
            solved = point.solved(game, pair, kernel)
        except ZeroDivisionError:
            continue
        x = _strategy(solved.x, kernel.rows, len(_rows(pair)))
        y = _strategy(solved.y, kernel.columns, len(_columns(pair)))
        rows.append((min(dot(x, column) for column in zip(*center, strict=True)), x))
        columns.append((max(dot(row, y) for row in center), y))
    if not rows:
        raise ZeroDivisionError("no kernel of the kink is regular at the center")
    return max(rows)[1], min(columns)[1]


def _strategy(forms: Sequence[Form], actions: Sequence[int], count: int) -> list[Fraction]:
    weights = [Fraction(0)] * count
    for form, action in zip(forms, actions, strict=True):
        weights[action] = max(form.base.bounds()[0], Fraction(0))
    whole = sum(weights)
    return [weight / whole for weight in weights]


def corner_choices(
    kinks: Mapping[str, LocalKink],
) -> Iterator[tuple[tuple[str, list[Interval]], ...]]:
    """Yield every choice of one corner for each pair with a kink."""
    return choices(*([(key, corner) for corner in kink.corners] for key, kink in kinks.items()))
