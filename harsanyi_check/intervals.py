"""Intervals of binary numbers, rounded outward, and forms of first order ("Enclosures")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction


class Interval:
    """All real numbers from `low·2**exponent` to `high·2**exponent`; a value, never changed.

    Integers of more than `bits` bits are rounded outward, so every operation encloses all results.
    """

    __slots__ = ("bits", "exponent", "high", "low")

    def __init__(self, low: int, high: int, exponent: int, bits: int) -> None:
        surplus = max(low.bit_length(), high.bit_length()) - bits
        if surplus > 0:
            low, high, exponent = low >> surplus, -(-high >> surplus), exponent + surplus
        self.low = low
        self.high = high
        self.exponent = exponent
        self.bits = bits

    def __add__(self, other: Interval) -> Interval:
        shift = self.exponent - other.exponent
        if shift < 0:
            return other + self
        return Interval(
            (self.low << shift) + other.low,
            (self.high << shift) + other.high,
            other.exponent,
            self.bits,
        )

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.exponent, self.bits)

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        products = (
            self.low * other.low,
            self.low * other.high,
            self.high * other.low,
            self.high * other.high,
        )
        return Interval(min(products), max(products), self.exponent + other.exponent, self.bits)

    def reciprocal(self) -> Interval:
        """Return 1/x; x must not contain 0."""
        if self.contains_zero():
            raise ZeroDivisionError("an interval that contains 0 has no reciprocal")
        shift = self.bits + 1 + max(self.low.bit_length(), self.high.bit_length())
        one = 1 << shift
        return Interval(
            one // self.high, -(-one // self.low), -self.exponent - shift, self.bits
        )

    def contains_zero(self) -> bool:
        """Tell whether 0 is in the interval."""
        return self.low <= 0 <= self.high

    def size(self) -> Interval:
        """Return the largest absolute value, rounded up."""
        most = max(-self.low, self.high)
        rounded = Interval(most, most, self.exponent, self.bits)
        return Interval(rounded.high, rounded.high, rounded.exponent, self.bits)

    def either_sign(self) -> Interval:
        """Return the least symmetric interval that contains this one."""
        most = max(-self.low, self.high)
        return Interval(-most, most, self.exponent, self.bits)

    def up_from_zero(self) -> Interval:
        """Return all products with numbers from 0 to 1."""
        return Interval(min(self.low, 0), max(self.high, 0), self.exponent, self.bits)

    def half(self) -> Interval:
        """Return the half."""
        return Interval(self.low, self.high, self.exponent - 1, self.bits)

    def middle(self) -> Interval:
        """Return a number in the middle, up to rounding."""
        rounded = Interval(self.low + self.high, self.low + self.high, self.exponent - 1, self.bits)
        return Interval(rounded.low, rounded.low, rounded.exponent, self.bits)

    def bounds(self) -> tuple[Fraction, Fraction]:
        """Return both ends, exactly."""
        unit = Fraction(2) ** self.exponent
        return self.low * unit, self.high * unit


def enclosing(low: Fraction, high: Fraction, bits: int) -> Interval:
    """Return an interval that contains all numbers between two rationals."""
    if low == high == 0:
        return Interval(0, 0, 0, bits)
    magnitude = max(
        abs(x).numerator.bit_length() - x.denominator.bit_length() for x in (low, high) if x
    )
    shift = bits + 2 - magnitude
    scale = Fraction(2) ** shift
    below, above = low * scale, high * scale
    return Interval(
        below.numerator // below.denominator,
        -(-above.numerator // above.denominator),
        -shift,
        bits,
    )


Matrix = list[list[Interval]]


def total(terms: Iterable[Interval], bits: int) -> Interval:
    """Return the sum."""
    found = Interval(0, 0, 0, bits)
    for term in terms:
        found = found + term
    return found


def product(matrix: Sequence[Sequence[Interval]], other: Matrix) -> Matrix:
    """Return the product of two matrices."""
    bits = other[0][0].bits
    columns = list(zip(*other, strict=True))
    return [
        [total((a * b for a, b in zip(row, column, strict=True)), bits) for column in columns]
        for row in matrix
    ]


def eliminated(matrix: Matrix, right: Matrix) -> tuple[Interval, Matrix]:
    """Return the determinant and the solution of `matrix·X = right`, for all matrices enclosed.

    Gaussian elimination; the pivot is the entry of a column that is farthest from 0. Where every
    entry may be 0, ZeroDivisionError is raised.
    """
    bits = matrix[0][0].bits
    rows = [[*row, *more] for row, more in zip(matrix, right, strict=True)]
    count = len(rows)
    determinant = Interval(1, 1, 0, bits)
    for k in range(count):
        place = max(range(k, count), key=lambda r: _distance(rows[r][k]))
        if place != k:
            rows[k], rows[place] = rows[place], rows[k]
            determinant = -determinant
        determinant = determinant * rows[k][k]
        inverse = rows[k][k].reciprocal()
        rows[k] = [value * inverse for value in rows[k]]
        for r in range(count):
            if r != k and (rows[r][k].low or rows[r][k].high):
                factor = rows[r][k]
                rows[r] = [
                    value - factor * lead if c > k else value
                    for c, (value, lead) in enumerate(zip(rows[r], rows[k], strict=True))
                ]
    return determinant, [row[count:] for row in rows]


def _distance(x: Interval) -> Fraction:
    low, high = x.bounds()
    return max(low, -high)


def identity(size: int, bits: int) -> Matrix:
    """Return the unit matrix."""
    return [[Interval(int(i == j), int(i == j), 0, bits) for j in range(size)] for i in range(size)]


class Form:
    """A function on a box: `f_0 + Σ f_i t_i` with -1 ≤ t_i ≤ 1 and numbers `f_i` from intervals.

    For every t there are such numbers with which the equation holds. A form without slopes is a
    function at a point.
    """

    __slots__ = ("base", "slopes")

    def __init__(self, base: Interval, slopes: Sequence[Interval]) -> None:
        self.base = base
        self.slopes = tuple(slopes)

    def __add__(self, other: Form) -> Form:
        return self._with(other, Interval.__add__)

    def __sub__(self, other: Form) -> Form:
        return self._with(other, Interval.__sub__)

    def _with(self, other: Form, apply: Callable[[Interval, Interval], Interval]) -> Form:
        slopes = map(apply, self.slopes, other.slopes)
        return Form(apply(self.base, other.base), tuple(slopes))

    def __mul__(self, other: Form) -> Form:
        base = self.base * other.base
        for i, a in enumerate(self.slopes):
            base = base + (a * other.slopes[i]).up_from_zero()
            for j in range(i):
                mixed = a * other.slopes[j] + self.slopes[j] * other.slopes[i]
                base = base + mixed.either_sign()
        pairs = zip(self.slopes, other.slopes, strict=True)
        return Form(base, [a * other.base + self.base * b for a, b in pairs])

    def scaled(self, factor: Interval) -> Form:
        """Return the form times a number."""
        return Form(self.base * factor, [a * factor for a in self.slopes])

    def reciprocal(self) -> Form:
        """Return 1/f: with f = a + L it is `1/a - L/a² + L²/(a² f)`."""
        first = self.base.reciprocal()
        square = first * first
        spread = total((a.size() for a in self.slopes), self.base.bits)
        rest = (spread * spread).up_from_zero() * square * self.range().reciprocal()
        return Form(first + rest, [-(a * square) for a in self.slopes])

    def range(self) -> Interval:
        """Return all values on the box."""
        return total((a.either_sign() for a in self.slopes), self.base.bits) + self.base

    def mean_range(self) -> Interval:
        """Return all means over segments from the center: terms of first order count half."""
        return total((a.either_sign().half() for a in self.slopes), self.base.bits) + self.base
