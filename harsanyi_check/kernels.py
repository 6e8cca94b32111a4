"""Functions on a box of prices, and the kernels of threat games ("Boxes", item 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .game import Game, Pair
from .intervals import Form, Interval, enclosing, inner, solved
from .linear import Vector, dot, identity, inverse, minus, mix, times
from .reading import Item

REFINEMENTS = 6
#: The entries of a matrix as linear functions of all prices.
Matrix = Sequence[Sequence[Vector]]


@dataclass(frozen=True)
class Smooth:
    """A function as a form, and its partial derivatives, forms as well.

    It depends on the free prices and on the values of the pairs with kinks, in this order.
    """

    value: Form
    slopes: Sequence[Form]

    def __add__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Smooth(self.value + other.value, [a + b for a, b in pairs])

    def __mul__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        slopes = [inner([a, self.value], [other.value, b]) for a, b in pairs]
        return Smooth(self.value * other.value, slopes)

    def scaled(self, factor: Interval) -> Smooth:
        """Return the function times a number."""
        return Smooth(self.value.scaled(factor), [a.scaled(factor) for a in self.slopes])

    def reciprocal(self) -> Smooth:
        """Return 1/f, with the derivative `-f'/f²`."""
        share = self.value.reciprocal()
        return Smooth(share, [-a * share * share for a in self.slopes])


class Chart:
    """Prices `b = c + ρ∘t` of a box, and the values of so many kinks.

    Numbers are rounded to so many binary places that squares of radii are told from 0.
    """

    def __init__(self, centre: Vector, radius: Vector, precision: int, kinks: int) -> None:
        self.centre, self.radius = list(centre), list(radius)
        self.precision, self.kinks = precision, kinks
        self.full = [*centre, 1 - sum(centre, Fraction(0))]

    def between(self, ends: Sequence[tuple[Fraction, Fraction]]) -> Chart:
        """Return the box with these sides."""
        centre = [(low + high) / 2 for low, high in ends]
        radius = [(high - low) / 2 for low, high in ends]
        return Chart(centre, radius, self.precision, self.kinks)

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

    def constants(self, matrix: Sequence[Vector]) -> list[list[Form]]:
        """Return a matrix of constants."""
        return [list(map(self.constant, row)) for row in matrix]

    def linear(self, coefficients: Vector) -> Smooth:
        """Return a linear function of all prices, with its derivatives."""
        turns = self._turns(coefficients) + [Fraction(0)] * self.kinks
        return Smooth(self.form(coefficients), list(map(self.constant, turns)))

    def kink(self, k: int, centre: Interval, slopes: Sequence[Interval]) -> Smooth:
        """Return the value of a pair with a kink, the variable number k after the free prices."""
        steps = [s * self.number(r) for s, r in zip(slopes, self.radius, strict=True)]
        unit = identity(len(self.radius) + self.kinks)[len(self.radius) + k]
        return Smooth(Form(centre, steps), list(map(self.constant, unit)))

    def price(self, i: int) -> Smooth:
        """Return the price of a player."""
        return self.linear(identity(len(self.full))[i])


@dataclass(frozen=True)
class Kernel:
    """Equally many rows and columns of a threat game, whose entries are `M`."""

    M: Matrix
    rows: list[int]
    columns: list[int]

    def mirrored(self) -> Kernel:
        """Return the same as the opponents see it."""
        M = [[[-a for a in f] for f in column] for column in zip(*self.M, strict=True)]
        return Kernel(M, self.columns, self.rows)

    def bordered(self) -> Matrix:
        """Return `[[M_IJ, -1], [1, 0]]`; a constant is a linear function of prices, too."""
        minus_one, zero, one = ([Fraction(k)] * len(self.M[0][0]) for k in (-1, 0, 1))
        part = [[*(self.M[r][c] for c in self.columns), minus_one] for r in self.rows]
        return [*part, [*(one for _ in self.columns), zero]]

    def solve(self, chart: Chart) -> list[Form]:
        """Solve `M_IJ y = v·1, Σy = 1`; return y and v, or raise ZeroDivisionError.

        The bordered matrix, multiplied by its inverse at the centre, is `I + E`. There the
        solution is z_0, and in the box `(I + E) z = z_0`. An enclosure of z, found by elimination,
        is improved by `z = z_0 - E z`.
        """
        B = self.bordered()
        back = inverse(at(B, chart.full))
        if back is None:
            raise ZeroDivisionError("the bordered matrix is singular at the center")
        columns, unit = list(zip(*B, strict=True)), chart.constants(identity(len(B)))
        whole = [[chart.form(mix(row, column)) for column in columns] for row in back]
        (start,) = chart.constants([[row[-1] for row in back]])
        _, ends = solved([[form.range() for form in row] for row in whole], [z.base for z in start])
        z = [Form(end, first.slopes) for end, first in zip(ends, start, strict=True)]
        E = list(map(minus, whole, unit))
        for _ in range(REFINEMENTS):
            z = [first - inner(row, z) for first, row in zip(start, E, strict=True)]
        return z

    def value(self, chart: Chart) -> Smooth:
        """Return the value, whose derivative by a price is `x (∂M/∂b_k) y`."""
        (*y, value), (*x, _) = self.solve(chart), self.mirrored().solve(chart)
        slopes = [chart.constant(Fraction(0))] * (len(chart.radius) + chart.kinks)
        for k in range(len(chart.radius)):
            moves = [[self.M[r][c][k] - self.M[r][c][-1] for c in self.columns] for r in self.rows]
            slopes[k] = inner(x, [inner(y, row) for row in chart.constants(moves)])
        return Smooth(value, slopes)

    def check(self, item: Item, chart: Chart) -> None:
        """Refuse unless the kernel gives a saddle point at all prices of the box (item 2)."""
        for side, name in ((self, "row"), (self.mirrored(), "column")):
            *y, _ = side.solve(chart)
            sign = all(form.range().low >= 0 for form in y)
            item.need(sign, "a probability is not shown to be non-negative")
            for r in set(range(len(side.M))) - set(side.rows):
                leads = [list(map(minus, side.M[i], side.M[r])) for i in side.rows]
                gains = [[chart.form(lead[j]) for j in side.columns] for lead in leads]
                good = any(inner(y, gain).range().low >= 0 for gain in gains)
                item.need(good, f"{name} {r} is not shown to be no better")


def read_kernel(item: Item, game: Game, pair: Pair) -> Kernel:
    """Read a kernel."""
    sides = zip(item.items(2), pair.sizes, strict=True)
    rows, columns = ([place.index(count) for place in part.some()] for part, count in sides)
    item.need(len(rows) == len(columns), "not as many rows as columns")
    once = len(set(rows)) == len(rows) and len(set(columns)) == len(columns)
    item.need(once, "a row or column occurs twice")
    return Kernel(entries(game, pair), rows, columns)


def entries(game: Game, pair: Pair) -> Matrix:
    """Return the entries `M_rc` as linear functions of all prices."""
    signed = [pair.signed(vector) for vector in game.V]
    return [[signed[o] for o in row] for row in pair.table]


def at(matrix: Matrix, prices: Vector) -> list[list[Fraction]]:
    """Return a matrix of linear functions at prices."""
    return [times(row, prices) for row in matrix]
