"""Sparse strategies of certificates, and prices: distributions with sum exactly one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq

from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, rational, rationals, sequence, to_fmpq


@dataclass(frozen=True)
class Mixed:
    """A mixed strategy: joint action ``support[k]`` with probability ``counts[k] / total``."""

    support: tuple[int, ...]
    counts: tuple[int, ...]
    total: int

    def dense(self, length: int) -> list[int]:
        """Return the counts of all joint actions."""
        row = [0] * length
        for k, count in zip(self.support, self.counts, strict=True):
            row[k] = count
        return row


def read_mixed(value: object, length: int, place: str) -> Mixed:
    """Return a sparse strategy over `length` joint actions.

    Raises
    ------
    InvalidCertificate
        If indices do not increase, a probability is not positive or the sum is not one.
    """
    entries = sequence(value, place)
    support: list[int] = []
    probabilities: list[fmpq] = []
    for k, entry in enumerate(entries):
        here = f"{place}[{k}]"
        action, probability = sequence(entry, here, 2)
        support.append(index(action, length, here))
        probabilities.append(rational(probability, here))
        if k and support[k] <= support[k - 1]:
            raise InvalidCertificate("indices do not increase", here)
        if probabilities[k] <= 0:
            raise InvalidCertificate("a probability is not positive", here)
    counts, total = over_common(probabilities)
    if sum(counts) != total:
        raise InvalidCertificate("the probabilities do not sum to one", place)
    return Mixed(tuple(support), counts, total)


def make_mixed(strategy: Sequence[tuple[int, Fraction]]) -> Mixed:
    """Return the strategy with the given joint actions, increasing, and positive probabilities."""
    support, probabilities = zip(*strategy, strict=True)
    return Mixed(support, *over_common([to_fmpq(p) for p in probabilities]))


def read_threats(
    table: Table, value: object, place: str, pairs: Sequence[int] | None = None
) -> dict[int, tuple[Mixed, Mixed]]:
    """Return the strategies ``[x, y]`` of both sides of every pair (of all by default), by mask."""
    wanted = table.pairs if pairs is None else pairs
    if not isinstance(value, Mapping):
        raise InvalidCertificate("expected an object with one entry for every pair", place)
    threats = {}
    for key, sides in value.items():
        here = f"{place}[{key!r:.40}]"
        pair = table.parse_key(key, here)
        if pair not in wanted:
            raise InvalidCertificate("this pair is left open", here)
        x, y = sequence(sides, here, 2)
        rows, columns = table.sizes(pair)
        threats[pair] = (read_mixed(x, rows, f"{here}[0]"), read_mixed(y, columns, f"{here}[1]"))
    for pair in wanted:
        if pair not in threats:
            raise InvalidCertificate(f"the pair {table.key(pair)} is missing", place)
    return threats


def read_prices(n: int, value: object, place: str) -> tuple[fmpq, ...]:
    """Return normalised prices: n non-negative rationals with sum one."""
    prices = tuple(rationals(value, n, place))
    if min(prices) < 0:
        raise InvalidCertificate("a price is negative", place)
    if sum(prices) != 1:
        raise InvalidCertificate("the prices do not sum to one", place)
    return prices


def over_common(values: Sequence[Any]) -> tuple[tuple[int, ...], int]:
    """Return numerators over the least common denominator, and that denominator."""
    denominators = [int(value.q) for value in values]
    common = math.lcm(*denominators)
    return (
        tuple(int(v.p) * (common // q) for v, q in zip(values, denominators, strict=True)),
        common,
    )
