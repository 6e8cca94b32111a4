"""Single values of a certificate: numbers, indices, lists, objects; anything else is refused.

A number is a JSON integer or a text with an exact rational (``docs/certificates.md``, "Common
part"). Python callers that build entries themselves may also use Fractions and ``fmpq``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq, fmpz

from harsanyi_aux.certify.errors import InvalidCertificate

#: Most digits of a numerator or a denominator.
MOST_DIGITS = 20_000

_RATIONAL = re.compile(
    rf"(-?(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}}))(?:/([1-9][0-9]{{0,{MOST_DIGITS - 1}}}))?"
)


def clip(value: object, width: int = 40) -> str:
    """Return a value of the document for use in a message, shortened."""
    try:
        shown = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or deep nesting
        shown = "a monstrous value"
    return shown if len(shown) <= width else shown[: width - 3] + "..."


def rational(value: object, place: str) -> fmpq:
    """Return an exact rational.

    Raises
    ------
    InvalidCertificate
        If `value` is neither an integer nor a text such as ``"-7/9"``.
    """
    if isinstance(value, str):
        match = _RATIONAL.fullmatch(value)
        if match is None:
            raise InvalidCertificate(f"{clip(value)} is not an exact rational", place)
        # flint reads thousands of digits, Python's own conversion refuses
        return fmpq(fmpz(match[1]), fmpz(match[2] or "1"))
    if type(value) is int:
        return fmpq(value)
    if isinstance(value, fmpq):
        return value
    if isinstance(value, Fraction):
        return to_fmpq(value)
    raise InvalidCertificate(f"{clip(value)} is not an exact number", place)


def to_fraction(value: fmpq) -> Fraction:
    """Return the same number as Python's Fraction."""
    return Fraction(int(value.p), int(value.q))


def to_fmpq(value: Fraction | int) -> fmpq:
    """Return the same number as flint's fmpq."""
    return fmpq(value.numerator, value.denominator)


def to_text(value: fmpq | Fraction) -> str:
    """Return ``p/q`` or ``p``, however many digits there are."""
    if isinstance(value, Fraction):
        value = to_fmpq(value)
    return str(value)


def rationals(value: object, length: int, place: str) -> list[fmpq]:
    """Return a list of rationals of the given length."""
    return [
        rational(entry, f"{place}[{k}]") for k, entry in enumerate(sequence(value, place, length))
    ]


def sequence(value: object, place: str, length: int | None = None) -> Sequence[Any]:
    """Return a list of the document, of the given length if there is one."""
    if not isinstance(value, (list, tuple)):
        raise InvalidCertificate(f"expected a list, found {clip(value)}", place)
    if length is not None and len(value) != length:
        raise InvalidCertificate(f"expected {length} entries, found {len(value)}", place)
    return value


def index(value: object, count: int, place: str) -> int:
    """Return an integer from 0 to ``count - 1``."""
    if type(value) is not int or not 0 <= value < count:
        raise InvalidCertificate(f"{clip(value)} is not an index from 0 to {count - 1}", place)
    return value


def record(
    value: object, place: str, required: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return an object of the document with all `required` keys and no unknown ones."""
    if not isinstance(value, Mapping):
        raise InvalidCertificate(f"expected an object, found {clip(value)}", place)
    for key in required:
        if key not in value:
            raise InvalidCertificate(f"the key {key!r} is missing", place)
    for key in value:
        if key not in required and key not in optional:
            raise InvalidCertificate(f"the key {clip(key)} is unknown", place)
    return value
