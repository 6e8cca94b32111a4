"""Functions on a box of prices, and the kernels of threat games ("Boxes", item 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .game import Game, Pair
from .intervals import Form, Interval, Table, eliminated, enclosing, inner, middles, product
from .linear import Vector, dot, minus
from .reading import Item

REFINEMENTS = 3
#: The entries of a threat game as linear functions of all prices.
Matrix = Sequence[Sequence[Vector]]


@dataclass(frozen=True)
class Smooth:
    """A function as a form, and its partial derivatives, forms as well.

    It depends on the free prices and on the values of the pairs with kinks, in this order. At a
    point there are no derivatives.
    """

    value: Form
    slopes: tuple[Form, ...]

    def __add__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Smooth(self.value + other.value, tuple(a + b for a, b in pairs))

    def __mul__(self, other: Smooth) -> Smooth:
        pairs = zip(self.slopes, other.slopes, strict=True)
        slopes = tuple(a * other.value + self.value * b for a, b in pairs)
        return Smooth(self.value * other.value, slopes)

    def scaled(self, factor: Interval) -> Smooth:
        """Return the function times a number."""
        return Smooth(self.value.scaled(factor), tuple(a.scaled(factor) for a in self.slopes))

    def over(self, other: Smooth) -> Smooth:
        """Return the quotient, with the derivative `(f' - (f/g) g')/g`."""
        value, share = self.value.over(other.value), other.value.reciprocal()
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Smooth(value, tuple((a - value * b) * share for a, b in pairs))


class Chart:
    """Prices `b = c + ρ∘t` of a box, with so many values of kinks; without radii, of a point."""

    def __init__(self, center: Vector, radius: Vector, bits: int, kinks: int = 0) -> None:
        self.full = [*center, 1 - sum(center, Fraction(0))]
        self.radius, self.bits, self.kinks = list(radius), bits, kinks

    def _turns(self, coefficients: Vector) -> list[Fraction]:
        """Return the derivatives of a linear function by the free prices."""
        return [a - coefficients[-1] for a in coefficients[: len(self.radius)]]

    def number(self, value: Fraction) -> Interval:
        """Return a number."""
        return enclosing(value, value, self.bits)

    def form(self, coefficients: Vector) -> Form:
        """Return a linear function of all prices, formed exactly and rounded once."""
        turns = zip(self._turns(coefficients), self.radius, strict=True)
        slopes = [self.number(turn * r) for turn, r in turns]
        return Form(self.number(dot(coefficients, self.full)), slopes)

    def linear(self, coefficients: Vector) -> Smooth:
        """Return a linear function of all prices, with its derivatives."""
        turns = self._turns(coefficients) + [Fraction(0)] * self.kinks
        return Smooth(self.form(coefficients), tuple(map(self.constant, turns)))

    def constant(self, value: Fraction) -> Form:
        """Return a constant."""
        return self.form([value] * len(self.full))

    def least(self, coefficients: Vector) -> Fraction:
        """Return the least value of a linear function on the box."""
        turns = zip(self._turns(coefficients), self.radius, strict=True)
        return dot(coefficients, self.full) - sum(abs(turn) * r for turn, r in turns)


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
    signed = [[s * v for s, v in zip(pair.sign, vector, strict=True)] for vector in game.V]
    return [[signed[o] for o in row] for row in pair.table]


def strategies(chart: Chart, M: Matrix, kernel: Kernel) -> list[list[Form]]:
    """Return x and y of a kernel and the value, or raise ZeroDivisionError."""
    part = [[M[r][c] for c in kernel.columns] for r in kernel.rows]
    *y, value = _bordered(chart, part)
    *x, _ = _bordered(chart, [list(column) for column in zip(*part, strict=True)])
    return [x, y, [value]]


def _bordered(chart: Chart, M: Matrix) -> list[Form]:
    """Solve `M y = v·1, Σy = 1`.

    The bordered matrix, multiplied by an inverse at the center, is `I + E`, and `(I + E) z = r`.
    An enclosure of z, found by elimination, is improved by `z = r - E z`.
    """
    one, zero, size = (*(chart.constant(Fraction(k)) for k in (1, 0)), len(M) + 1)
    matrix = [[*map(chart.form, row), zero - one] for row in M]
    matrix.append([*([one] * (size - 1)), zero])
    unit = [[one if i == j else zero for j in range(size)] for i in range(size)]
    _, back = eliminated(_flat(matrix), _flat(unit))
    back = [[Form(part.base, zero.slopes) for part in row] for row in middles(back)]
    whole, r = product(back, matrix), [row[-1] for row in back]
    _, z = eliminated(whole, [[part] for part in r])
    E = [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(whole, unit, strict=True)]
    for _ in range(REFINEMENTS):
        z = [[part - row[0]] for part, row in zip(r, product(E, z), strict=True)]
    return [row[0] for row in z]


def _flat(matrix: Table) -> Table:
    return [[Form(form.base) for form in row] for row in matrix]


def kernel_value(item: Item | None, game: Game, pair: Pair, kernel: Kernel, chart: Chart) -> Smooth:
    """Return the value that a kernel gives; with an item, check that it is one (item 2)."""
    M = entries(game, pair)
    x, y, (value,) = strategies(chart, M, kernel)
    if item is not None:
        check_saddle(item, chart, M, kernel, x, y)
    slopes = []
    for k in range(len(chart.radius)):
        payoffs = [
            inner(y, [chart.constant(M[r][c][k] - M[r][c][-1]) for c in kernel.columns])
            for r in kernel.rows
        ]
        slopes.append(inner(x, payoffs))
    slopes += [chart.constant(Fraction(0))] * chart.kinks
    return Smooth(value, tuple(slopes))


def check_saddle(
    item: Item, chart: Chart, M: Matrix, kernel: Kernel, x: list[Form], y: list[Form]
) -> None:
    """Refuse unless (x, y) is a saddle point at all prices of the box."""
    sign = all(form.range().low >= 0 for form in (*x, *y))
    item.need(sign, "a probability is not shown to be non-negative")
    turned = [[[-a for a in f] for f in column] for column in zip(*M, strict=True)]
    check_best(item, chart, M, kernel, y, "row")
    check_best(item, chart, turned, Kernel(kernel.columns, kernel.rows), x, "column")


def check_best(
    item: Item, chart: Chart, M: Matrix, kernel: Kernel, y: list[Form], name: str
) -> None:
    """Refuse unless no row outside the kernel earns more against y than those in it."""
    for r in set(range(len(M))) - set(kernel.rows):
        lead = ([minus(M[i][j], M[r][j]) for j in kernel.columns] for i in kernel.rows)
        good = any(inner(y, list(map(chart.form, gains))).range().low >= 0 for gains in lead)
        item.need(good, f"{name} {r} is not shown to be no better")
