"""Functions on a box of prices, and the kernels of threat games ("Boxes", item 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .game import Game, Pair
from .intervals import Form, Interval, enclosing, inner, solved
from .linear import Vector, combined, dot, identity, inverse, minus, times
from .reading import Item

REFINEMENTS = 3
#: The entries of a matrix as linear functions of all prices.
Matrix = Sequence[Sequence[Vector]]


@dataclass(frozen=True)
class Smooth:
    """A function as a form, and its partial derivatives, forms as well.

    It depends on the free prices and on the values of the pairs with kinks, in this order.
    """

    value: Form
    slopes: tuple[Form, ...]

    def __add__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Smooth(self.value + other.value, tuple(a + b for a, b in pairs))

    def __mul__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        slopes = tuple(inner([a, self.value], [other.value, b]) for a, b in pairs)
        return Smooth(self.value * other.value, slopes)

    def scaled(self, factor: Interval) -> Smooth:
        """Return the function times a number."""
        return Smooth(self.value.scaled(factor), tuple(a.scaled(factor) for a in self.slopes))

    def reciprocal(self) -> Smooth:
        """Return 1/f, with the derivative `-f'/f²`."""
        share = self.value.reciprocal()
        zero = share - share
        return Smooth(share, tuple(zero - a * share * share for a in self.slopes))


class Chart:
    """Prices `b = c + ρ∘t` of a box, and the values of so many kinks.

    Numbers are rounded to so many binary places that squares of radii are told from 0.
    """

    def __init__(self, center: Vector, radius: Vector, precision: int, kinks: int) -> None:
        self.center, self.radius = list(center), list(radius)
        self.precision, self.kinks = precision, kinks
        self.full = [*center, 1 - sum(center, Fraction(0))]

    def moved(self, center: Vector, radius: Vector) -> Chart:
        """Return another box with the same precision."""
        return Chart(center, radius, self.precision, self.kinks)

    def _turns(self, coefficients: Vector) -> list[Fraction]:
        """Return the derivatives of a linear function by the free prices."""
        return [a - coefficients[-1] for a in coefficients[:-1]]

    def least(self, coefficients: Vector) -> Fraction:
        """Return the least value of a linear function on the box."""
        turns = [abs(turn) for turn in self._turns(coefficients)]
        return dot(coefficients, self.full) - dot(turns, self.radius)

    def number(self, low: Fraction, high: Fraction | None = None) -> Interval:
        """Return a number, or all numbers between two."""
        return enclosing(low, low if high is None else high, 2 * self.precision)

    def form(self, coefficients: Vector) -> Form:
        """Return a linear function of all prices, formed exactly and rounded once."""
        turns = zip(self._turns(coefficients), self.radius, strict=True)
        slopes = [self.number(turn * r) for turn, r in turns]
        return Form(self.number(dot(coefficients, self.full)), slopes)

    def constant(self, value: Fraction) -> Form:
        """Return a constant."""
        return self.form([value] * len(self.full))

    def total(self, factors: Vector, forms: Sequence[Form]) -> Form:
        """Return the sum of forms times numbers."""
        pairs = zip(factors, forms, strict=True)
        return sum((form.scaled(self.number(x)) for x, form in pairs), self.constant(Fraction(0)))

    def linear(self, coefficients: Vector) -> Smooth:
        """Return a linear function of all prices, with its derivatives."""
        turns = self._turns(coefficients) + [Fraction(0)] * self.kinks
        return Smooth(self.form(coefficients), tuple(map(self.constant, turns)))

    def kink(self, k: int, center: Interval, slopes: Sequence[Interval]) -> Smooth:
        """Return the value of a pair with a kink, the variable number k after the free prices."""
        steps = [s * self.number(r) for s, r in zip(slopes, self.radius, strict=True)]
        unit = identity(len(self.radius) + self.kinks)[len(self.radius) + k]
        return Smooth(Form(center, steps), tuple(map(self.constant, unit)))

    def price(self, i: int) -> Smooth:
        """Return the price of a player."""
        return self.linear(identity(len(self.full))[i])


@dataclass(frozen=True)
class Kernel:
    """Rows and columns of a threat game, equally many."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def read_kernel(item: Item, pair: Pair) -> Kernel:
    """Read a kernel."""
    rows, columns = item.items(2)
    found = Kernel(
        tuple(row.index(len(pair.rows)) for row in rows.some()),
        tuple(column.index(len(pair.columns)) for column in columns.some()),
    )
    item.need(len(found.rows) == len(found.columns), "not as many rows as columns")
    once = all(len(set(part)) == len(part) for part in (found.rows, found.columns))
    item.need(once, "a row or column occurs twice")
    return found


def entries(game: Game, pair: Pair) -> list[list[list[Fraction]]]:
    """Return the entries `M_rc` as linear functions of all prices."""
    signed = [pair.signed(vector) for vector in game.V]
    return [[signed[o] for o in row] for row in pair.table]


def at(matrix: Matrix, prices: Vector) -> list[list[Fraction]]:
    """Return a matrix of linear functions at prices."""
    return [times(row, prices) for row in matrix]


def bordered(M: Matrix, kernel: Kernel) -> list[list[Vector]]:
    """Return `[[M_IJ, -1], [1, 0]]`, constants as linear functions of prices with the sum 1."""
    minus_one, zero, one = ([Fraction(k)] * len(M[0][0]) for k in (-1, 0, 1))
    part = [[*(M[r][c] for c in kernel.columns), minus_one] for r in kernel.rows]
    return [*part, [*(one for _ in kernel.columns), zero]]


def solve(chart: Chart, M: Matrix, kernel: Kernel) -> list[Form]:
    """Solve `M_IJ y = v·1, Σy = 1`; return y and v, or raise ZeroDivisionError.

    The bordered matrix, multiplied by its inverse at the center, is `I + E`. There the solution is
    z_0, and in the box `(I + E) z = z_0`. An enclosure of z is improved by `z = z_0 - E z`.
    """
    B = bordered(M, kernel)
    back = inverse(at(B, chart.full))
    if back is None:
        raise ZeroDivisionError("the bordered matrix is singular at the center")
    columns = list(zip(*B, strict=True))
    whole = [[chart.form(combined(row, column)) for column in columns] for row in back]
    start = [chart.constant(row[-1]) for row in back]
    _, ends = solved([[form.range() for form in row] for row in whole], [z.base for z in start])
    unit = [list(map(chart.constant, row)) for row in identity(len(B))]
    E = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(whole, unit, strict=True)]
    z = [Form(end, first.slopes) for end, first in zip(ends, start, strict=True)]
    for _ in range(REFINEMENTS):
        z = [first - inner(row, z) for first, row in zip(start, E, strict=True)]
    return z


def turned(M: Matrix, kernel: Kernel) -> tuple[Matrix, Kernel]:
    """Return a game as the opponents see it."""
    columns = [[[-a for a in f] for f in column] for column in zip(*M, strict=True)]
    return columns, Kernel(kernel.columns, kernel.rows)


def solutions(chart: Chart, M: Matrix, kernel: Kernel) -> tuple[list[Form], list[Form], Form]:
    """Return x and y of a kernel, and the value."""
    *y, value = solve(chart, M, kernel)
    *x, _ = solve(chart, *turned(M, kernel))
    return x, y, value


def kernel_value(game: Game, pair: Pair, kernel: Kernel, chart: Chart) -> Smooth:
    """Return the value that a kernel gives."""
    M = entries(game, pair)
    x, y, value = solutions(chart, M, kernel)
    slopes = []
    for k in range(len(chart.radius)):
        moves = [
            [chart.constant(M[r][c][k] - M[r][c][-1]) for c in kernel.columns] for r in kernel.rows
        ]
        slopes.append(inner(x, [inner(y, row) for row in moves]))
    slopes += [chart.constant(Fraction(0))] * chart.kinks
    return Smooth(value, tuple(slopes))


def check_kernel(item: Item, game: Game, pair: Pair, kernel: Kernel, chart: Chart) -> None:
    """Refuse unless a kernel gives a saddle point at all prices of the box (item 2)."""
    M = entries(game, pair)
    x, y, _ = solutions(chart, M, kernel)
    sign = all(form.range().low >= 0 for form in (*x, *y))
    item.need(sign, "a probability is not shown to be non-negative")
    check_best(item, chart, M, kernel, y, "row")
    check_best(item, chart, *turned(M, kernel), x, "column")


def check_best(
    item: Item, chart: Chart, M: Matrix, kernel: Kernel, y: list[Form], name: str
) -> None:
    """Refuse unless no row outside the kernel earns more against y than those in it."""
    for r in set(range(len(M))) - set(kernel.rows):
        lead = ([minus(M[i][j], M[r][j]) for j in kernel.columns] for i in kernel.rows)
        good = any(inner(y, list(map(chart.form, gains))).range().low >= 0 for gains in lead)
        item.need(good, f"{name} {r} is not shown to be no better")
