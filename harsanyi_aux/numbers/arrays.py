"""Array types and single numbers: the ground floor, which knows nothing of games.

A number of this package is an ``int``, a ``Fraction`` (both exact) or a finite ``float``.
`parse_number` is the only way in and `format_number` the only way out (JSON), so that an exact
number cannot become a float unnoticed.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError

__all__ = [
    "ExactArray",
    "FloatArray",
    "Number",
    "ObjectArray",
    "clip",
    "format_number",
    "parse_number",
    "read_only",
]

FloatArray: TypeAlias = NDArray[np.float64]
ObjectArray: TypeAlias = NDArray[np.object_]
ExactArray: TypeAlias = NDArray[np.int64] | NDArray[np.object_]
Number: TypeAlias = int | float | Fraction

_AnyArray = TypeVar("_AnyArray", bound=np.ndarray[Any, Any])

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<over>\d+)/(?P<under>\d+)"
    r"|(?=\.?\d)(?P<whole>\d*)(?:\.(?P<part>\d*))?(?:[eE](?P<power>[+-]?\d+))?)",
    re.ASCII,
)

# Doubles end near 1e308; a larger power of ten is a slip, and expanding it could take for ever.
_LARGEST_POWER = 1000


def read_only(array: _AnyArray) -> _AnyArray:
    """Return a view of `array` that cannot be written through; the data are not copied."""
    view = array.view()
    view.flags.writeable = False
    return view


def clip(value: object, width: int = 40) -> str:
    """Return ``repr(value)``, shortened to `width` characters for use in a message."""
    try:
        shown = repr(value)
    except ValueError:
        shown = "a number of thousands of digits"  # which Python refuses to write
    except RecursionError:
        shown = "something deeply nested"
    return shown if len(shown) <= width else shown[: width - 3] + "..."


def parse_number(value: object, place: str = "") -> Number:
    """Read one number, exactly if it is exact.

    Parameters
    ----------
    value : object
        An int, float, numpy number, Fraction, Decimal, or a text holding an integer, a decimal
        or a quotient of integers (``"3"``, ``"-1.25e-3"``, ``"-7/9"``).
    place : str, optional
        Where the number stands, for messages.

    Returns
    -------
    int, float or Fraction
        Texts and decimals are exact. A whole Fraction comes back as an int.

    Raises
    ------
    InputError
        If `value` is no number (truth values are none), not finite, or has an absurd size.
    """
    if isinstance(value, bool | np.bool_):
        raise InputError(f"{value} is a truth value, not a number", place=place)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        number = float(value)
        if not math.isfinite(number):
            raise InputError(f"{number} is not a finite number", place=place)
        return number
    if isinstance(value, Fraction):
        return _whole(value)
    if isinstance(value, Decimal):
        return _parse_text(str(value), place)
    if isinstance(value, str):
        return _parse_text(value, place)
    raise InputError(f"{clip(value)} is not a number", place=place)


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _parse_text(text: str, place: str) -> int | Fraction:
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        raise InputError(
            f"{clip(text)} is not a number",
            place=place,
            mend='write an integer, a decimal or a quotient such as "-7/9"',
        )
    try:
        if match["over"] is not None:
            over, under = int(match["sign"] + match["over"]), int(match["under"])
            if under == 0:
                raise InputError(f"{clip(text)} divides by zero", place=place)
            return _whole(Fraction(over, under))
        part = match["part"] or ""
        digits = int(match["sign"] + (match["whole"] or "") + part)
        power = int(match["power"] or 0)
    except InputError:
        raise
    except ValueError:  # Python refuses to convert thousands of digits
        raise InputError(f"{clip(text)} has too many digits", place=place) from None
    if abs(power) > _LARGEST_POWER:
        raise InputError(f"{clip(text)} has an absurd exponent", place=place)
    power -= len(part)
    return digits * 10**power if power >= 0 else _whole(Fraction(digits, 10**-power))


def format_number(value: Number) -> int | float | str:
    """Return a number as JSON writes it: int, float, or ``"p/q"`` for a fraction.

    Parameters
    ----------
    value : int, float or Fraction
        Numpy integers and floats are welcome too.

    Returns
    -------
    int, float or str
        `parse_number` reads it back to the same number of the same kind.

    Raises
    ------
    InputError
        If the number has more digits than Python agrees to write.
    """
    number = parse_number(value)
    if isinstance(number, float):
        return number
    try:
        text = str(number)
    except ValueError:
        raise InputError("a number has too many digits to be written") from None
    return number if isinstance(number, int) else text
