"""Intervals of binary numbers, rounded outward, and forms of first order ("Enclosures")."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import add


class Interval:
    """All real numbers from `low·2**exponent` to `high·2**exponent`; a value, never changed.

    Integers of more than `bits` bits are rounded outward, so every operation encloses all results.
    """

    __slots__ = ("bits", "exponent", "high", "low")

    def __init__(self, low: int, high: int, exponent: int, bits: int) -> None:
        surplus = max(low.bit_length(), high.bit_length()) - bits
        if surplus > 0:
            low, high, exponent = low >> surplus, -(-high >> surplus), exponent + surplus
        self.low, self.high, self.exponent, self.bits = low, high, exponent, bits

    def __add__(self, other: Interval) -> Interval:
        shift = self.exponent - other.exponent
        if shift < 0:
            return other + self
        low, high = (self.low << shift) + other.low, (self.high << shift) + other.high
        return Interval(low, high, other.exponent, self.bits)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.exponent, self.bits)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends), self.exponent + other.exponent, self.bits)

    def reciprocal(self) -> Interval:
        """Return 1/x, or raise ZeroDivisionError if x may be 0."""
        if self.low <= 0 <= self.high:
            raise ZeroDivisionError("an interval that contains 0 has no reciprocal")
        shift = self.bits + 1 + max(self.low.bit_length(), self.high.bit_length())
        low, high = (1 << shift) // self.high, -(-(1 << shift) // self.low)
        return Interval(low, high, -self.exponent - shift, self.bits)

    def either_sign(self) -> Interval:
        """Return the least symmetric interval that contains this one."""
        most = max(-self.low, self.high)
        return Interval(-most, most, self.exponent, self.bits)

    def up_from_zero(self) -> Interval:
        """Return all products with numbers from 0 to 1."""
        return Interval(min(self.low, 0), max(self.high, 0), self.exponent, self.bits)

    def meet(self, other: Interval) -> Interval:
        """Return the intersection of two intervals that have a number in common."""
        shift = self.exponent - other.exponent
        if shift < 0:
            return other.meet(self)
        low, high = max(self.low << shift, other.low), min(self.high << shift, other.high)
        return Interval(low, high, other.exponent, self.bits)

    def half(self) -> Interval:
        """Return the half."""
        return Interval(self.low, self.high, self.exponent - 1, self.bits)

    def middle(self) -> Interval:
        """Return a single number in the middle, up to rounding."""
        both = Interval(self.low + self.high, self.low + self.high, self.exponent - 1, self.bits)
        return Interval(both.low, both.low, both.exponent, self.bits)

    def bounds(self) -> tuple[Fraction, Fraction]:
        """Return both ends, exactly."""
        unit = Fraction(2) ** self.exponent
        return self.low * unit, self.high * unit


def enclosing(low: Fraction, high: Fraction, bits: int) -> Interval:
    """Return an interval that contains all numbers between two rationals."""
    sizes = [x.numerator.bit_length() - x.denominator.bit_length() for x in (low, high) if x]
    shift = bits + 2 - max(sizes, default=0)
    below, above = (x * Fraction(2) ** shift for x in (low, high))
    down, up = below.numerator // below.denominator, -(-above.numerator // above.denominator)
    return Interval(down, up, -shift, bits)


class Form:
    """A function on a box: `f_0 + Σ f_i t_i` with -1 ≤ t_i ≤ 1 and numbers `f_i` from intervals.

    For every t there are such numbers with which the equation holds. A form without slopes is a
    function at a point, or a number.
    """

    __slots__ = ("base", "slopes")

    def __init__(self, base: Interval, slopes: Sequence[Interval] = ()) -> None:
        self.base, self.slopes = base, slopes

    def __add__(self, other: Form) -> Form:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Form(self.base + other.base, [a + b for a, b in pairs])

    def __sub__(self, other: Form) -> Form:
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Form(self.base - other.base, [a - b for a, b in pairs])

    def __mul__(self, other: Form) -> Form:
        return inner([self], [other])

    def scaled(self, factor: Interval) -> Form:
        """Return the form times a number."""
        return Form(self.base * factor, [a * factor for a in self.slopes])

    def reciprocal(self) -> Form:
        """Return 1/f: with f = a + L it is `1/a - L/a² + L²/(a² f)`."""
        first = self.base.reciprocal()
        square = first * first
        spread = self.range() - self.base
        rest = (spread * spread).up_from_zero() * square * self.range().reciprocal()
        return Form(first + rest, [-(a * square) for a in self.slopes])

    def over(self, other: Form) -> Form:
        """Return f/g as `q + (f - q g)/g`, with q near the quotient: what is divided is small."""
        q = (self.base * other.base.reciprocal()).middle()
        rest = (self - other.scaled(q)) * other.reciprocal()
        return Form(rest.base + q, rest.slopes)

    def plus(self, number: Interval) -> Form:
        """Return the form plus a number."""
        return Form(self.base + number, self.slopes)

    def range(self) -> Interval:
        """Return all values on the box."""
        return reduce(add, (a.either_sign() for a in self.slopes), self.base)

    def averaged(self, from_center: bool) -> Form:
        """Return a form of all averages: of values anywhere on the box, or on segments from c.

        The average of `f_i t_i` is `m_i τ_i` and a rest, with the middle `m_i` of the `f_i` and
        the average `τ_i` of the `t_i`; the latter is at most 1/2 on segments from the center.
        """
        middle = [a.middle() for a in self.slopes]
        rest = [(a - m).either_sign() for a, m in zip(self.slopes, middle, strict=True)]
        if from_center:
            middle, rest = [m.half() for m in middle], [r.half() for r in rest]
        return Form(reduce(add, rest, self.base), middle)


def quadratic_range(a: Interval, b: Interval, m: Interval) -> Interval:
    """Return all values of `a s² + b t² + m s t` for -1 ≤ s, t ≤ 1.

    Also with `m s t = ±(m/2) ((s ± t)² - s² - t²)`, which is better if this is nearly a square.
    """
    found, half = a.up_from_zero() + b.up_from_zero() + m.either_sign(), m.half()
    for c in (half, -half):
        squares = (a - c).up_from_zero() + (b - c).up_from_zero()
        found = found.meet(squares + (c + c + c + c).up_from_zero())
    return found


def averaged_product(form: Form, factor: Interval, from_center: bool) -> Interval:
    """Return all averages, as above, of f·s with numbers s from an interval that vary on the way.

    The terms are multiplied one by one: where s is large f may be so, too.
    """
    slopes = (a.half() if from_center else a for a in form.slopes)
    return reduce(add, (a.either_sign() * factor for a in slopes), form.base * factor)


def inner(left: Sequence[Form], right: Sequence[Form]) -> Form:
    """Return `Σ f g`; terms of second order are added before they are bounded."""
    pairs, free = list(zip(left, right, strict=True)), range(len(left[0].slopes))
    base = reduce(add, (f.base * g.base for f, g in pairs))
    square = [reduce(add, (f.slopes[i] * g.slopes[i] for f, g in pairs)) for i in free]
    if len(square) == 1:
        base += square[0].up_from_zero()
    # every square is divided among the pairs of variables it is in
    part = Fraction(1, max(len(square) - 1, 1))
    share = enclosing(part, part, base.bits)
    for i in free:
        for j in range(i):
            mixed = (f.slopes[i] * g.slopes[j] + f.slopes[j] * g.slopes[i] for f, g in pairs)
            parts = (square[i] * share, square[j] * share)
            base += quadratic_range(*parts, reduce(add, mixed))
    slopes = [
        reduce(add, (f.base * g.slopes[i] + f.slopes[i] * g.base for f, g in pairs)) for i in free
    ]
    return Form(base, slopes)


Table = list[list[Form]]


def product(left: Table, right: Table) -> Table:
    """Return the product of two matrices of forms."""
    columns = list(zip(*right, strict=True))
    return [[inner(row, column) for column in columns] for row in left]


def eliminated(matrix: Table, right: Table) -> tuple[Form, Table]:
    """Return the determinant of a matrix of forms and the solution X of `matrix·X = right`.

    Gaussian elimination; the pivot is the entry of a column that is farthest from 0. Where every
    entry may be 0, ZeroDivisionError is raised.
    """
    rows = [[*row, *more] for row, more in zip(matrix, right, strict=True)]
    count, determinant = len(rows), None
    for k in range(count):
        place = max(range(k, count), key=lambda r: _from_zero(rows[r][k].range()))
        if place != k:  # the sign of the determinant stays
            minus_one = Interval(-1, -1, 0, rows[k][k].base.bits)
            rows[k], rows[place] = rows[place], [form.scaled(minus_one) for form in rows[k]]
        pivot = rows[k][k]
        determinant = pivot if determinant is None else determinant * pivot
        share = pivot.reciprocal()
        lead = rows[k] = [form * share for form in rows[k]]
        for r, row in enumerate(rows):
            if r != k:
                rows[r] = [form - row[k] * first for form, first in zip(row, lead, strict=True)]
    assert determinant is not None
    return determinant, [row[count:] for row in rows]


def middles(matrix: Table) -> Table:
    """Return a matrix of single numbers, in the middle up to rounding."""
    return [[Form(form.base.middle()) for form in row] for row in matrix]


def _from_zero(x: Interval) -> Fraction:
    low, high = x.bounds()
    return max(low, -high)
