"""Intervals and forms of the second checker enclose what they should, told in fractions."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from harsanyi_check.intervals import Form, Interval, enclosing, inner, product, solved

BITS = 128


def number(rng: random.Random) -> Fraction:
    """Draw a number, exact or not in binary, of any size."""
    size = Fraction(2) ** rng.randrange(-40, 40)
    return rng.choice([1, -1]) * Fraction(rng.randrange(1, 1000), rng.randrange(1, 1000)) * size


def pair(rng: random.Random) -> tuple[Interval, tuple[Fraction, Fraction]]:
    """Draw an interval, and two numbers in it."""
    low, high = sorted((number(rng), number(rng)))
    return enclosing(low, high, BITS), (low, high)


def holds(interval: Interval, value: Fraction) -> bool:
    low, high = interval.bounds()
    return low <= value <= high


@pytest.mark.parametrize("seed", range(200))
def test_operations_enclose_all_results(seed: int) -> None:
    rng = random.Random(seed)
    (one, ends), (two, others) = pair(rng), pair(rng)
    for a in (*ends, sum(ends) / 2):
        assert holds(one, a)
        assert holds(-one, -a)
        assert holds(one.half(), a / 2)
        assert holds(one.either_sign(), a)
        assert holds(one.either_sign(), -a)
        assert holds(one.up_from_zero(), a / 3)
        assert holds(one.square(), a * a)
        for b in (*others, sum(others) / 2):
            assert holds(one + two, a + b)
            assert holds(one - two, a - b)
            assert holds(one * two, a * b)
            if two.low > 0 or two.high < 0:
                assert holds(one / two, a / b)


@pytest.mark.parametrize("seed", range(100))
def test_ends_are_the_next_multiples_of_the_unit(seed: int) -> None:
    rng = random.Random(seed)
    (value, other), unit = (number(rng), number(rng)), Fraction(1, 2**BITS)
    one, two = (enclosing(x, x, BITS) for x in (value, other))
    for interval, exact, error in [
        (one, value, unit),
        (one * two, value * other, (abs(value) + abs(other) + 2) * unit),
        (one / two, value / other, (1 + abs(value / other)) * 2 * unit / abs(other) + unit),
    ]:
        low, high = interval.bounds()
        assert low <= exact <= high
        assert high - low <= error
        assert low <= interval.middle() <= high


def test_few_bits_are_rounded_outward() -> None:
    one, three = Interval(1, 1, 2), Interval(3, 3, 2)  # 1/4 and 3/4
    assert (one * one).bounds() == (0, Fraction(1, 4))
    assert (-one * one).bounds() == (Fraction(-1, 4), 0)
    assert (one / three).bounds() == (Fraction(1, 4), Fraction(1, 2))
    assert (-one / three).bounds() == (Fraction(-1, 2), Fraction(-1, 4))
    assert three.half().bounds() == (Fraction(1, 4), Fraction(1, 2))
    assert (-three).half().bounds() == (Fraction(-1, 2), Fraction(-1, 4))


def test_zero_is_exact() -> None:
    zero = enclosing(Fraction(0), Fraction(0), BITS)
    third = enclosing(Fraction(1, 3), Fraction(1, 3), BITS)
    assert (zero * third).bounds() == (0, 0)
    assert (zero + third).bounds() == third.bounds()


@pytest.mark.parametrize("ends", [(-1, 1), (0, 1), (-1, 0), (0, 0)])
def test_nothing_is_divided_by_zero(ends: tuple[int, int]) -> None:
    one = enclosing(Fraction(1), Fraction(1), BITS)
    with pytest.raises(ZeroDivisionError):
        one / enclosing(Fraction(ends[0]), Fraction(ends[1]), BITS)


# -- forms -----------------------------------------------------------------------------------------


def linear(rng: random.Random) -> tuple[Form, list[Fraction]]:
    """Draw a linear function of two variables, and its coefficients."""
    parts = [Fraction(rng.randrange(-50, 50), rng.randrange(1, 50)) for _ in range(3)]
    base, *slopes = (enclosing(part, part, BITS) for part in parts)
    return Form(base, slopes), parts


def at(parts: list[Fraction], t: tuple[Fraction, Fraction]) -> Fraction:
    return parts[0] + parts[1] * t[0] + parts[2] * t[1]


def at_form(form: Form, t: tuple[Fraction, Fraction]) -> Interval:
    """Return all values that a form allows at a point."""
    steps = [s * enclosing(x, x, BITS) for s, x in zip(form.slopes, t, strict=True)]
    return form.base + steps[0] + steps[1]


def spots(rng: random.Random) -> list[tuple[Fraction, Fraction]]:
    inner_ones = [(Fraction(rng.randrange(-9, 10), 9), Fraction(rng.randrange(-9, 10), 9))]
    return [*((Fraction(a), Fraction(b)) for a in (-1, 1) for b in (-1, 1)), *inner_ones]


@pytest.mark.parametrize("seed", range(100))
def test_forms_enclose_functions(seed: int) -> None:
    rng = random.Random(seed)
    (f, one), (g, two), (h, three) = linear(rng), linear(rng), linear(rng)
    far = Form(f.base + enclosing(Fraction(400), Fraction(400), BITS), f.slopes)
    for t in spots(rng):
        a, b, c = at(one, t), at(two, t), at(three, t)
        assert holds(at_form(f + g, t), a + b)
        assert holds(at_form(f - g, t), a - b)
        assert holds(at_form(f * g, t), a * b)
        assert holds(at_form(f * g * h, t), a * b * c)
        assert holds((f * g).range(), a * b)
        assert holds(at_form(inner([f, g], [g, h]), t), a * b + b * c)
        assert holds(at_form(far.reciprocal(), t), 1 / (a + 400))
        assert holds(at_form(g * far.reciprocal(), t), b / (a + 400))
        assert holds(at_form(f.scaled(h.base), t), a * three[0])


@pytest.mark.parametrize("seed", range(50))
def test_averages_are_enclosed(seed: int) -> None:
    """Averages of f(t)·g(t) over points, and over the segment from the centre to a point."""
    rng = random.Random(seed)
    (f, one), (g, two) = linear(rng), linear(rng)
    there = spots(rng)
    mean = sum(at(one, t) * at(two, t) for t in there) / len(there)
    assert holds((f * g).range(), mean)
    for t in there:
        a, b = at(one, t) - one[0], at(two, t) - two[0]
        # the integral of (c + a s)(d + b s) over 0 ≤ s ≤ 1
        integral = one[0] * two[0] + (one[0] * b + two[0] * a) / 2 + a * b / 3
        assert holds((f * g).range(halved=True), integral)


def test_averages_of_products_with_numbers_that_vary() -> None:
    """On the segment from -1 to 1, times 1 where it is positive and else 0, the mean is 1/4.

    The mean of the first, between -2 and 0 in form, times the mean of the second, would miss it.
    """
    one = enclosing(Fraction(1), Fraction(1), BITS)
    zero = enclosing(Fraction(0), Fraction(0), BITS)
    rising = Form(-one, [one + one])
    switch = Form(enclosing(Fraction(0), Fraction(1), BITS), [zero])
    assert holds((rising * switch).range(halved=True), Fraction(1, 4))
    assert not holds(rising.range(halved=True) * switch.base, Fraction(1, 4))
    assert holds((rising * switch).range(), Fraction(1))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("size", [1, 2, 3])
def test_elimination_encloses_determinant_and_solution(seed: int, size: int) -> None:
    rng = random.Random(seed)
    exact = [[Fraction(rng.randrange(-9, 10), 7) for _ in range(size)] for _ in range(size)]
    x = [Fraction(rng.randrange(-9, 10), 3) for _ in range(size)]
    right = [sum(a * b for a, b in zip(row, x, strict=True)) for row in exact]
    numbers = [[enclosing(a, a, BITS) for a in row] for row in exact]
    ends = [enclosing(b, b, BITS) for b in right]
    determinant = leibniz(exact)
    try:
        sign, solution = solved(numbers, ends)
    except ZeroDivisionError:
        assert determinant == 0
        return
    assert sign == (determinant > 0) - (determinant < 0)
    assert all(holds(part, value) for part, value in zip(solution, x, strict=True))
    columns = [[Form(part, [])] for part in solution]
    back = product([[Form(a, []) for a in row] for row in numbers], columns)
    assert all(holds(row[0].base, value) for row, value in zip(back, right, strict=True))


def leibniz(matrix: list[list[Fraction]]) -> Fraction:
    """Return a determinant by expansion."""
    if not matrix:
        return Fraction(1)
    minors = [[row[:k] + row[k + 1 :] for row in matrix[1:]] for k in range(len(matrix))]
    pairs = enumerate(zip(matrix[0], minors, strict=True))
    signed = ((-1) ** k * a * leibniz(minor) for k, (a, minor) in pairs)
    return sum(signed, Fraction(0))
