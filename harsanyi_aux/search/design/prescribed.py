"""Prices and strategies that a user gives for a design, read into integers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import mask_of, members
from harsanyi_aux.numbers.arrays import Number, clip, parse_number
from harsanyi_aux.search.design.layouts import IntArray, Shape
from harsanyi_aux.search.design.structures import Pattern, all_different, spread

# Products of prices and weights stay exact in doubles below this.
_LARGEST_GIVEN = 10**4


def given_prices(pattern: Pattern, prices: Sequence[Sequence[Any]]) -> IntArray:
    """Return given price vectors, one for each head, as integers.

    Raises
    ------
    InputError
        If they are not one positive exact number for every player, or two are proportional.
    """
    n = pattern.layout.n_players
    listed = list(prices)
    if len(listed) != len(pattern.heads):
        raise InputError(
            f"{len(listed)} price vectors where {len(pattern.heads)} are expected", place="prices"
        )
    rows = []
    for e, row in enumerate(listed):
        numbers = [_exact(value, f"prices[{e}][{i}]") for i, value in enumerate(row)]
        if len(numbers) != n or min(numbers) <= 0:
            raise InputError(f"give {n} positive prices", place=f"prices[{e}]")
        rows.append(_whole(numbers, f"prices[{e}]"))
    result = np.array(rows, dtype=np.int64)
    dummy = np.ones((len(rows), pattern.layout.width), dtype=np.int64)
    if not all_different(spread(pattern, result, dummy).prices):
        raise InputError(
            "two price vectors are proportional; payoffs are then equal", place="prices"
        )
    return result


def given_strategies(pattern: Pattern, strategies: Sequence[Mapping[Any, Any]]) -> IntArray:
    """Return given strategies, one mapping from coalitions for each head, as integer weights.

    Each value is an array of exact probabilities over the coalition's joint actions, or one joint
    action as a tuple.

    Raises
    ------
    InputError
        If a coalition is missing or its entry is no exact probability distribution.
    """
    known = pattern.layout
    listed = list(strategies)
    if len(listed) != len(pattern.heads):
        raise InputError(
            f"strategies of {len(listed)} equilibria where {len(pattern.heads)} are expected",
            place="strategies",
        )
    rows = np.zeros((len(listed), known.width), dtype=np.int64)
    for e, mapping in enumerate(listed):
        by_mask = {mask_of([key] if isinstance(key, int) else key): v for key, v in mapping.items()}
        for mask in range(1, 1 << known.n_players):
            place = f"strategies[{e}][{set(members(mask))}]"
            if mask not in by_mask:
                raise InputError("this coalition has no strategy", place=place)
            shape = tuple(known.shape[i] for i in members(mask))
            rows[e, known.own(mask)] = _weights_of(by_mask[mask], shape, place)
    return rows


def _weights_of(entry: Any, shape: Shape, place: str) -> list[int]:
    if isinstance(entry, tuple):
        row = np.zeros(shape, dtype=np.int64)
        if len(entry) != len(shape) or any(
            isinstance(a, bool) or not isinstance(a, int) or not 0 <= a < m
            for a, m in zip(entry, shape, strict=False)
        ):
            raise InputError(f"{clip(entry)} is not a joint action", place=place)
        row[entry] = 1
        return [int(weight) for weight in row.reshape(-1)]
    array = np.asarray(entry, dtype=object)
    if array.shape != shape:
        raise InputError(f"shape {array.shape} where {shape} is expected", place=place)
    numbers = [_exact(value, place) for value in array.reshape(-1).tolist()]
    if min(numbers) < 0 or sum(numbers) != 1:
        raise InputError("probabilities must not be negative and sum to one", place=place)
    return _whole(numbers, place)


def _exact(value: Any, place: str) -> Fraction:
    number: Number = parse_number(value, place)
    if isinstance(number, float):
        raise InputError(
            f"{number} is a float, not an exact number", place=place, mend='write "1/3"'
        )
    return Fraction(number)


def _whole(numbers: list[Fraction], place: str) -> list[int]:
    factor = math.lcm(*(number.denominator for number in numbers))
    scaled = [int(number * factor) for number in numbers]
    common = math.gcd(*scaled)
    scaled = [value // common for value in scaled]
    if sum(scaled) > _LARGEST_GIVEN:
        raise InputError("the numbers have too many digits", place=place, mend="round them")
    return scaled
