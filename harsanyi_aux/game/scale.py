"""Ranges and scaled payoffs of exact games (facts page, "Scale").

Everything is computed in exact arithmetic and rounded once, so that a game whose payoffs carry a
large common shift is scaled as well as any other.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from harsanyi_aux.numbers.arrays import ExactArray, FloatArray

__all__ = ["double_or_infinite", "exact_maximum", "exact_minimum", "scaled_exactly"]

_LARGEST_EXACT_DOUBLE = 2**53  # up to here every integer is a double


def exact_minimum(exact: ExactArray, doubles: FloatArray) -> Fraction:
    """Return the least of the numbers `exact`, whose nearest doubles are `doubles`."""
    if exact.dtype != object:
        return Fraction(int(exact.min()))
    # rounding is monotone: the least number is among those whose double is least
    least: Fraction = min(exact[doubles == doubles.min()].tolist())
    return least


def exact_maximum(exact: ExactArray, doubles: FloatArray) -> Fraction:
    """Return the largest of the numbers `exact`, whose nearest doubles are `doubles`."""
    if exact.dtype != object:
        return Fraction(int(exact.max()))
    largest: Fraction = max(exact[doubles == doubles.max()].tolist())
    return largest


def double_or_infinite(number: Fraction) -> float:
    """Return the nearest double of a positive number, infinity beyond the largest."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def scaled_exactly(exact: ExactArray, low: Fraction, spread: Fraction) -> FloatArray:
    """Return the doubles nearest to ``(exact - low) / spread``.

    Parameters
    ----------
    exact : ExactArray
        Payoffs of one player, in utils.
    low, spread : Fraction
        Their minimum and range.
    """
    if exact.dtype != object and spread <= _LARGEST_EXACT_DOUBLE:
        # the differences are doubles, so one division rounds once, and quickly
        differences = exact - np.int64(low.numerator)
        quotients: FloatArray = differences.astype(np.float64) / float(spread)
        return quotients
    factor, divisor = spread.denominator, low.denominator * spread.numerator

    def quotient(payoff: Fraction) -> float:
        # int / int rounds once, as Fraction / Fraction would, without reducing to lowest terms
        over = payoff.numerator * low.denominator - low.numerator * payoff.denominator
        return over * factor / (payoff.denominator * divisor)

    rounded: FloatArray = np.frompyfunc(quotient, 1, 1)(exact.astype(object)).astype(np.float64)
    return rounded
