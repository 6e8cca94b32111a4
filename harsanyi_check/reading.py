"""Reading: exact numbers, known keys, the digest ("Common part" of docs/certificates.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NoReturn

_RATIONAL = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:/([1-9][0-9]*))?", re.ASCII)
MOST_DIGITS = 20_000
MOST_DIGITS_OF_INTEGER = 600


class Refused(Exception):  # noqa: N818 - a verdict, not an error
    """A certificate that does not prove its claim; `place` says where, `reason` why."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place, self.reason = place, reason


class Unusable(Refused):
    """What cannot be read as a certificate at all."""


@dataclass(frozen=True)
class Item:
    """A value in the document, and its place there."""

    value: Any
    place: str

    def refuse(self, reason: str) -> NoReturn:
        """Refuse the certificate at this place."""
        raise Refused(self.place, reason)

    def need(self, condition: bool, reason: str) -> None:
        """Refuse the certificate unless the condition holds."""
        if not condition:
            self.refuse(reason)

    def parts(self, *keys: str, optional: Mapping[str, Any] = MappingProxyType({})) -> list[Item]:
        """Return the members of an object with these keys and no others, in this order.

        An optional one that is left out has the value given here.
        """
        found = self.subset([*keys, *optional])
        for key in keys:
            self.need(key in found, f"the key {key!r} is missing")
        defaults = {key: Item(value, f"{self.place}.{key}") for key, value in optional.items()}
        return [{**defaults, **found}[key] for key in (*keys, *optional)]

    def subset(self, keys: Collection[str]) -> dict[str, Item]:
        """Return the members of an object that has none but these keys."""
        self.need(isinstance(self.value, dict), "an object is expected")
        for key in self.value:
            self.need(key in keys, f"unknown key {ascii(key)[:40]}")
        return {key: Item(inner, f"{self.place}.{key}") for key, inner in self.value.items()}

    def items(self, count: int | None = None) -> list[Item]:
        """Return the members of a list (of this length)."""
        self.need(isinstance(self.value, list), "a list is expected")
        self.need(count in (None, len(self.value)), f"{count} members are expected")
        return [Item(inner, f"{self.place}[{k}]") for k, inner in enumerate(self.value)]

    def some(self) -> list[Item]:
        """Return the members of a list that is not empty."""
        self.need(self.value != [], "the list is empty")
        return self.items()

    def number(self) -> Fraction:
        """Return an exact rational: a JSON integer or a text such as "-7/9"."""
        if type(self.value) is int:
            return Fraction(self.value)
        match = _RATIONAL.fullmatch(self.value) if isinstance(self.value, str) else None
        if match is None:
            self.refuse("an integer or a text p/q is expected")
        above, below = match[1], match[2] or "1"
        longest = max(len(above.lstrip("-")), len(below))
        self.need(longest <= MOST_DIGITS, "the number is too long")
        # Decimal reads integers of any length exactly, int reads no long ones
        return Fraction(int(Decimal(above)), int(Decimal(below)))

    def numbers(self, count: int) -> tuple[Fraction, ...]:
        """Return a list of so many rationals."""
        return tuple(item.number() for item in self.items(count))

    def not_negative(self) -> Fraction:
        """Return a rational that is not negative."""
        number = self.number()
        self.need(number >= 0, "the number is negative")
        return number

    def whole(self, low: int, high: int) -> int:
        """Return a JSON integer between the bounds."""
        self.need(type(self.value) is int, "a JSON integer is expected")
        self.need(low <= self.value <= high, f"not between {low} and {high}")
        return int(self.value)

    def index(self, count: int) -> int:
        """Return a JSON integer that numbers one of so many things."""
        return self.whole(0, count - 1)

    def text(self, *choices: str) -> str:
        """Return a text, one of these if any are given."""
        self.need(isinstance(self.value, str), "a text is expected")
        expected = ", ".join(choices)
        self.need(not choices or self.value in choices, f"one of {expected} is expected")
        return str(self.value)


def shown(number: Fraction) -> str:
    """Return a rational of any length as a text."""
    whole = number.denominator == 1
    return f"{Decimal(number.numerator)}" + ("" if whole else f"/{Decimal(number.denominator)}")


def _object(found: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(found)) < len(found):
        raise Unusable("document", "a key occurs twice in one object")
    return dict(found)


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MOST_DIGITS_OF_INTEGER:
        raise Unusable("document", f"an integer of more than {MOST_DIGITS_OF_INTEGER} digits")
    return int(text)


def _inexact(text: str) -> NoReturn:
    raise Unusable("document", f"the number {text[:40]} is not exact")


def read(document: object) -> Item:
    """Return a certificate (text, bytes or a document) that agrees with its digest."""
    try:
        text = document.decode() if isinstance(document, bytes) else document
        found = json.loads(
            text if isinstance(text, str) else json.dumps(text),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_inexact,
            parse_constant=_inexact,
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise Unusable("document", f"not JSON: {ascii(str(error))[1:80]}") from None
    header = found if isinstance(found, dict) else {}
    if header.get("format") != "harsanyi-certificate":
        raise Unusable("document", "not a certificate: the format is not 'harsanyi-certificate'")
    if type(header.get("version")) is not int or header["version"] != 1:
        raise Unusable("document", "a certificate of an unknown version")
    content = {key: value for key, value in header.items() if key != "sha256"}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    if header.get("sha256") != hashlib.sha256(canonical.encode("ascii")).hexdigest():
        raise Refused("sha256", "not the digest of the document: it is damaged")
    return Item(header, "certificate")
