"""Names and numbers as text for people: what `cli` and `show.terminal` share.

Light on purpose: an error message must not wait for numerical libraries.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction

#: Longest text of a fraction shown to people; files and ``--json`` have all digits.
LONGEST_FRACTION = 14

_DIGITS = 6


def plain(text: str) -> str:
    """Return a name from outside on one line, without characters that could steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shape_of(actions: Sequence[int]) -> str:
    """Return the action counts as ``2×2×3``."""
    return "×".join(map(str, actions))


def coalition_name(players: Iterable[int]) -> str:
    """Return ``{0,1}``."""
    return "{" + ",".join(map(str, sorted(players))) + "}"


def coalition_key(players: Iterable[int]) -> str:
    """Return ``0,1``, the name of a coalition in files."""
    return ",".join(map(str, sorted(players)))


def number(value: float | Fraction, digits: int = _DIGITS) -> str:
    """Return one number: a short fraction as it is, anything else to `digits` digits."""
    if isinstance(value, (int, Fraction)) and len(exact := _fraction(value)) <= LONGEST_FRACTION:
        return exact
    if isinstance(value, (int, Fraction)):  # decimals have exponents that floats lack
        return f"{Decimal(value.numerator) / Decimal(value.denominator):.{digits}g}"
    return f"{float(value):.{digits}g}"


def number_above(value: Fraction, digits: int = _DIGITS) -> str:
    """Return a number as `number` does, but rounded up: what is proved above it is no more."""
    if len(_fraction(value)) <= LONGEST_FRACTION or not value:
        return number(value, digits)
    with localcontext() as context:
        context.prec, context.rounding = digits, ROUND_CEILING
        return f"{Decimal(value.numerator) / Decimal(value.denominator):.{digits}g}"


def _fraction(value: int | Fraction) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to write thousands of digits
        return "?" * (LONGEST_FRACTION + 1)


def column(
    values: Iterable[float | Fraction], digits: int = _DIGITS, *, one_unit: bool = True
) -> list[str]:
    """Return numbers that are to stand below each other, with the same number of decimals.

    Parameters
    ----------
    values : iterable of int, float or Fraction
    digits : int, optional
        Significant digits of the largest.
    one_unit : bool, optional
        Whether the numbers share a unit. What is only rounding beside the largest is then zero.

    Returns
    -------
    list of str
        Fractions where all numbers are exact and short; powers of ten where fixed decimals would
        hide a small number.
    """
    listed = list(values)
    if all(isinstance(value, (int, Fraction)) for value in listed):
        exact = [_fraction(value) for value in listed if isinstance(value, (int, Fraction))]
        if max(map(len, exact), default=0) <= LONGEST_FRACTION:
            return exact
    try:
        floats = [float(value) for value in listed]
    except OverflowError:
        return [number(value, digits) for value in listed]
    largest = max(map(abs, floats), default=0.0)
    if not 0 < largest < math.inf:
        return [f"{value:g}" for value in floats]
    if one_unit:
        floats = [0.0 if abs(value) < 1e-12 * largest else value for value in floats]
    smallest = min(abs(value) for value in floats if value)
    decimals = max(digits - 1 - math.floor(math.log10(largest)), 0)
    if decimals > digits + 3 or largest >= 10 ** (digits + 3) or smallest < 10 ** (1 - decimals):
        return [f"{value:.{digits - 1}e}" if value else "0" for value in floats]
    return [f"{value:.{decimals}f}" for value in floats]
