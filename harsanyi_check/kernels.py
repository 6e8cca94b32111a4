"""Prices on a box and the kernels of threat games ("Boxes", item 2, and "Enclosures")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .game import Game, Pair
from .intervals import Form, Interval, Matrix, eliminated, enclosing, identity, product, total
from .linear import Vector, dot, minus
from .reading import Item

MOST_TERMS = 64


@dataclass(frozen=True)
class Kernel:
    """Rows and columns of a threat game, equally many."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def read_kernel(item: Item, pair: Pair) -> Kernel:
    """Read a kernel."""
    rows, columns = item.items(2)
    found = Kernel(
        tuple(row.index(len(pair.table)) for row in rows.some()),
        tuple(column.index(len(pair.table[0])) for column in columns.some()),
    )
    item.need(len(found.rows) == len(found.columns), "not as many rows as columns")
    for part in (found.rows, found.columns):
        item.need(len(set(part)) == len(part), "a row or column occurs twice")
    return found


def entry(game: Game, pair: Pair, r: int, c: int) -> list[Fraction]:
    """Return the coefficients of `M_rc` as a linear function of the prices."""
    return [s * v for s, v in zip(pair.sign, game.V[pair.table[r][c]], strict=True)]


@dataclass(frozen=True)
class Solved:
    """The solution of a kernel: strategies, value, and `∂v/∂b_k` for the free prices."""

    x: list[Form]
    y: list[Form]
    value: Form
    slopes: list[Form]
    chart: Chart

    def check(self, item: Item, game: Game, pair: Pair, kernel: Kernel) -> None:
        """Refuse unless the strategies are a saddle point at all prices of the box (item 2)."""
        for form in (*self.x, *self.y):
            item.need(form.range().low >= 0, "a probability is not shown to be non-negative")
        for r in range(len(pair.table)):
            item.need(
                r in kernel.rows
                or any(
                    self._margin(
                        self.y,
                        [
                            minus(entry(game, pair, i, j), entry(game, pair, r, j))
                            for j in kernel.columns
                        ],
                    )
                    for i in kernel.rows
                ),
                f"row {r} is not shown to be no better",
            )
        for c in range(len(pair.table[0])):
            item.need(
                c in kernel.columns
                or any(
                    self._margin(
                        self.x,
                        [
                            minus(entry(game, pair, i, c), entry(game, pair, i, j))
                            for i in kernel.rows
                        ],
                    )
                    for j in kernel.columns
                ),
                f"column {c} is not shown to be no better",
            )

    def _margin(self, strategy: list[Form], gains: list[list[Fraction]]) -> bool:
        terms = [p * self.chart.linear(gain) for p, gain in zip(strategy, gains, strict=True)]
        return _sum(terms).range().low >= 0


def _sum(forms: Sequence[Form]) -> Form:
    found = forms[0]
    for form in forms[1:]:
        found = found + form
    return found


class Chart:
    """Prices `b = c + ρ∘t` of a box; without radii, those of a point."""

    def __init__(self, center: Vector, radius: Vector, bits: int) -> None:
        self.full = [*center, 1 - sum(center, Fraction(0))]
        self.radius = list(radius)
        self.bits = bits

    def _slopes(self, coefficients: Vector) -> list[Fraction]:
        return [r * (a - coefficients[-1]) for a, r in zip(coefficients, self.radius, strict=False)]

    def linear(self, coefficients: Vector) -> Form:
        """Return a linear function of the prices, formed exactly and rounded once."""
        exact = [dot(coefficients, self.full), *self._slopes(coefficients)]
        base, *slopes = (enclosing(value, value, self.bits) for value in exact)
        return Form(base, slopes)

    def least(self, coefficients: Vector) -> Fraction:
        """Return the least value of a linear function on the box."""
        return dot(coefficients, self.full) - sum(map(abs, self._slopes(coefficients)))

    def constant(self, value: Fraction) -> Form:
        """Return a constant."""
        return self.linear([value] * len(self.full))

    @cached_property
    def prices(self) -> list[Form]:
        """The prices."""
        n = len(self.full)
        return [self.linear([Fraction(int(i == j)) for j in range(n)]) for i in range(n)]

    def solved(self, game: Game, pair: Pair, kernel: Kernel) -> Solved:
        """Solve a kernel on the box, or raise ZeroDivisionError if it may be singular."""
        entries = [[entry(game, pair, r, c) for c in kernel.columns] for r in kernel.rows]
        *y, value = self._bordered(entries)
        *x, _ = self._bordered([list(column) for column in zip(*entries, strict=True)])
        played = [
            (p * q, pair.table[r][c])
            for p, r in zip(x, kernel.rows, strict=True)
            for q, c in zip(y, kernel.columns, strict=True)
        ]
        slopes = []
        for k in range(len(self.radius)):
            gains = [
                pair.sign[k] * game.V[o][k] - pair.sign[-1] * game.V[o][-1] for _, o in played
            ]
            terms = [
                form.scaled(enclosing(gain, gain, self.bits))
                for (form, _), gain in zip(played, gains, strict=True)
            ]
            slopes.append(_sum(terms))
        return Solved(x, y, value, slopes, self)

    def _bordered(self, entries: Sequence[Sequence[Vector]]) -> list[Form]:
        """Solve `M y = v·1, Σy = 1` with such linear functions as entries of M."""
        bits, size, free = self.bits, len(entries) + 1, range(len(self.radius))
        forms = [[self.linear(part) for part in row] for row in entries]
        one, zero = Interval(1, 1, 0, bits), Interval(0, 0, 0, bits)
        start = [[*(form.base for form in row), -one] for row in forms]
        start.append([*([one] * (size - 1)), zero])
        _, back = eliminated(start, identity(size, bits))
        z = [[row[-1]] for row in back]
        E = [
            product(back, [*([*(f.slopes[i] for f in row), zero] for row in forms), [zero] * size])
            for i in free
        ]
        first = [product(E[i], z) for i in free]
        A = [
            [total((E[i][r][c].size() for i in free), bits) for c in range(size)]
            for r in range(size)
        ]
        third = [[row[0].size()] for row in z]
        for _ in range(3):
            third = product(A, third)
        rest = _resolvent(A, third)
        found = []
        for r in range(size):
            base = z[r][0] + rest[r]
            for i in free:
                for j in range(i + 1):
                    both = product([E[i][r]], first[j])[0][0]
                    if i == j:
                        base = base + both.up_from_zero()
                    else:
                        base = base + (both + product([E[j][r]], first[i])[0][0]).either_sign()
            found.append(Form(base, [-first[i][r][0] for i in free]))
        return found


def _resolvent(A: Matrix, w: Matrix) -> list[Interval]:
    """Return ±(I - A)⁻¹w, for A and w not negative, or raise ZeroDivisionError.

    With `s = (1 + A + … + A^(m-1))·1`, `(I - A) s = 1 - A^m·1`. Where this is at least `1 - θ > 0`,
    `A s < s` and `(I - A)⁻¹w ≤ s·max(w)/(1 - θ)`.
    """
    bits = A[0][0].bits
    power = [[Interval(1, 1, 0, bits)] for _ in A]
    s = [[Interval(0, 0, 0, bits)] for _ in A]
    for _ in range(MOST_TERMS):
        s = [[a[0] + b[0]] for a, b in zip(s, power, strict=True)]
        power = product(A, power)
        theta = max(row[0].bounds()[1] for row in power)
        if theta < 1:
            factor = max(row[0].bounds()[1] for row in w) / (1 - theta)
            return [(row[0] * enclosing(factor, factor, bits)).either_sign() for row in s]
    raise ZeroDivisionError("the matrix may be singular")
