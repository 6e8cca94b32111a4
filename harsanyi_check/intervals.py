"""Intervals of binary numbers, rounded outward, and forms of first order ("Enclosures")."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import add

from .linear import clear


class Interval:
    """All real numbers from `low` to `high`, integers in units of `2**-bits`; never changed.

    Every operation rounds outward, so it encloses all results.
    """

    __slots__ = ("bits", "high", "low")

    def __init__(self, low: int, high: int, bits: int) -> None:
        self.low, self.high, self.bits = low, high, bits

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high, self.bits)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.bits)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends) >> self.bits, -(-max(ends) >> self.bits), self.bits)

    def __truediv__(self, other: Interval) -> Interval:
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be 0")
        pairs = [
            (a << self.bits, b) for a in (self.low, self.high) for b in (other.low, other.high)
        ]
        low, high = min(a // b for a, b in pairs), max(-(-a // b) for a, b in pairs)
        return Interval(low, high, self.bits)

    def square(self) -> Interval:
        """Return all squares of single numbers."""
        product = self * self
        return Interval(max(product.low, 0), product.high, self.bits)

    def either_sign(self) -> Interval:
        """Return the least symmetric interval that contains this one."""
        most = max(-self.low, self.high)
        return Interval(-most, most, self.bits)

    def up_from_zero(self) -> Interval:
        """Return all products with numbers from 0 to 1."""
        return Interval(min(self.low, 0), max(self.high, 0), self.bits)

    def half(self) -> Interval:
        """Return the half."""
        return Interval(self.low >> 1, -(-self.high >> 1), self.bits)

    def bounds(self) -> tuple[Fraction, Fraction]:
        """Return both ends, exactly."""
        return Fraction(self.low, 2**self.bits), Fraction(self.high, 2**self.bits)

    def middle(self) -> Fraction:
        """Return the number in the middle."""
        return Fraction(self.low + self.high, 2 ** (self.bits + 1))


def enclosing(low: Fraction, high: Fraction, bits: int) -> Interval:
    """Return an interval that contains all numbers between two rationals."""
    return Interval(floor(low * 2**bits), ceil(high * 2**bits), bits)


class Form:
    """A function on a box: `f_0 + Σ f_i t_i` with -1 ≤ t_i ≤ 1 and numbers `f_i` from intervals.

    For every t there are such numbers with which the equation holds.
    """

    __slots__ = ("base", "slopes")

    def __init__(self, base: Interval, slopes: Sequence[Interval]) -> None:
        self.base, self.slopes = base, slopes

    def __add__(self, other: Form) -> Form:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Form(self.base + other.base, [a + b for a, b in pairs])

    def __neg__(self) -> Form:
        return Form(-self.base, [-a for a in self.slopes])

    def __sub__(self, other: Form) -> Form:
        return self + -other

    def __mul__(self, other: Form) -> Form:
        return inner([self], [other])

    def scaled(self, factor: Interval) -> Form:
        """Return the form times a number, which may be another one at every t."""
        return Form(self.base * factor, [a * factor for a in self.slopes])

    def spread(self) -> Interval:
        """Return all values of `Σ f_i t_i`."""
        zero = Interval(0, 0, self.base.bits)
        return reduce(add, (a.either_sign() for a in self.slopes), zero)

    def range(self, halved: bool = False) -> Interval:
        """Return all values on the box, or all means over segments from its centre.

        On these the mean of `|t_i|` is at most 1/2.
        """
        return self.base + (self.spread().half() if halved else self.spread())

    def reciprocal(self) -> Form:
        """Return 1/f: with f = a + L it is `1/a - L/a² + L²/(a² f)`."""
        one, square = enclosing(Fraction(1), Fraction(1), self.base.bits), self.base.square()
        rest = self.spread().square() / (square * self.range())
        return Form(one / self.base + rest, [-a / square for a in self.slopes])


def inner(left: Sequence[Form], right: Sequence[Form]) -> Form:
    """Return `Σ f g`; terms of second order are added before they are bounded."""
    pairs, free = list(zip(left, right, strict=True)), range(len(left[0].slopes))
    base = reduce(add, (f.base * g.base for f, g in pairs))
    slopes = []
    for i in free:
        slopes.append(reduce(add, (f.base * g.slopes[i] + f.slopes[i] * g.base for f, g in pairs)))
        base += reduce(add, (f.slopes[i] * g.slopes[i] for f, g in pairs)).up_from_zero()
        for j in range(i):
            mixed = (f.slopes[i] * g.slopes[j] + f.slopes[j] * g.slopes[i] for f, g in pairs)
            base += reduce(add, mixed).either_sign()
    return Form(base, slopes)


def product(left: Sequence[Sequence[Form]], right: Sequence[Sequence[Form]]) -> list[list[Form]]:
    """Return the product of two matrices of forms."""
    columns = list(zip(*right, strict=True))
    return [[inner(row, column) for column in columns] for row in left]


def solved(
    matrix: Sequence[Sequence[Interval]], right: Sequence[Interval]
) -> tuple[int, list[Interval]]:
    """Return the sign of the determinant, the same for all these matrices, and all solutions.

    Gaussian elimination; the pivot is the entry of a column that is farthest from 0. Where every
    entry may be 0, ZeroDivisionError is raised.
    """
    rows, sign = [[*row, end] for row, end in zip(matrix, right, strict=True)], 1
    for k in range(len(rows)):
        place = max(range(k, len(rows)), key=lambda j: max(rows[j][k].low, -rows[j][k].high))
        rows[k], rows[place] = rows[place], rows[k]
        sign *= (1 if place == k else -1) * (1 if rows[k][k].low > 0 else -1)
        clear(rows, k, k)
    return sign, [row[-1] for row in rows]
