"""Bounds that a certificate proves for its irrational equilibria, as decimals.

The checker's own enclosures (``docs/certificates.md``, "Boxes"): much narrower than the box in
which the equilibrium is the only one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from harsanyi_aux.certify.reading.table import read_game
from harsanyi_aux.certify.statements.entries import read_entry

Bounds: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class ProvedBounds:
    """Least and largest values for one equilibrium.

    Attributes
    ----------
    prices : tuple of n pairs of Fractions
        Normalised.
    payoffs : tuple of n pairs of Fractions
        In utils.
    """

    prices: tuple[Bounds, ...]
    payoffs: tuple[Bounds, ...]

    @property
    def price_width(self) -> float:
        """How far apart the bounds of a price are at most."""
        return _width(self.prices)

    @property
    def payoff_width(self) -> float:
        """How far apart the bounds of a payoff are at most, in utils."""
        return _width(self.payoffs)


def _width(bounds: Sequence[Bounds]) -> float:
    return max(float(high - low) for low, high in bounds)


def proved_bounds(certificate: Mapping[str, Any]) -> list[ProvedBounds]:
    """Return the bounds of each equilibrium of the form "box", in the certificate's order."""
    entries = certificate.get("equilibria") or [certificate.get("equilibrium")]
    boxes = [entry for entry in entries if entry is not None and entry["form"] == "box"]
    if not boxes:
        return []
    table = read_game(certificate["game"])
    stated = [read_entry(table, entry, certificate["concept"], "") for entry in boxes]
    return [ProvedBounds(one.prices, one.payoffs) for one in stated]


def decimals(bounds: Bounds) -> list[str]:
    """Return decimals that enclose the bounds, with three digits of their distance."""
    low, high = bounds
    digits = 0
    while (high - low) * 10**digits < 100 and digits < 100:
        digits += 1
    least = low.numerator * 10**digits // low.denominator
    most = -(-high.numerator * 10**digits // high.denominator)
    return [_decimal(least, digits), _decimal(most, digits)]


def _decimal(scaled: int, digits: int) -> str:
    text = str(abs(scaled)).rjust(digits + 1, "0")
    whole, part = text[: len(text) - digits], text[len(text) - digits :]
    return ("-" if scaled < 0 else "") + whole + (f".{part}" if part else "")
