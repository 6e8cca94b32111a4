"""Known equilibria: strategies and prices, and the definition in fractions, written anew here.

Facts page, "Notation" and "Concepts". Nothing is taken from the package: a known equilibrium must
not be known by the same mistake that would lose it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

#: Joint action (C order) and probability, positive ones only.
Mixture = Mapping[int, Fraction]
Vector = tuple[Fraction, ...]
#: The flaw that is found last, where everyone's strategies are optimal.
UNFAIR = "division in N fails"


@lru_cache(maxsize=256)
def joint(actions: tuple[int, ...], mask: int) -> tuple[int, ...]:
    """Return what every joint action of a coalition adds to the number of an outcome."""
    strides = [math.prod(actions[i + 1 :]) for i in range(len(actions))]
    own = [i for i in range(len(actions)) if mask >> i & 1]
    return tuple(
        sum(strides[i] * a for i, a in zip(own, chosen, strict=True))
        for chosen in itertools.product(*(range(actions[i]) for i in own))
    )


def pairs_of(n: int) -> tuple[int, ...]:
    """Return the coalitions with player 0, without all of N."""
    return tuple(range(1, (1 << n) - 1, 2))


def others(n: int, mask: int) -> int:
    return ((1 << n) - 1) ^ mask


def share_of(n: int, mask: int, player: int) -> Fraction:
    """Return what a value 1 of the pair (or of N) adds to the share of a player."""
    f = math.factorial
    size = mask.bit_count()
    if mask == (1 << n) - 1:
        return Fraction(1, n)
    if mask >> player & 1:
        return Fraction(f(size - 1) * f(n - size), f(n))
    return Fraction(-f(n - size - 1) * f(size), f(n))


@dataclass(frozen=True)
class Claim:
    """An equilibrium by its prices and strategies.

    Attributes
    ----------
    prices : tuple of n Fractions
    threats : mapping from pairs to (x, y)
        Of the coalition with player 0 and of its opponents.
    planner : Mixture of outcomes
    """

    prices: Vector
    threats: Mapping[int, tuple[Mixture, Mixture]]
    planner: Mixture


def expected(payoffs: Sequence[Sequence[Fraction]], lottery: Mixture) -> list[Fraction]:
    return [sum((p * row[o] for o, p in lottery.items()), Fraction(0)) for row in payoffs]


def meeting(actions: tuple[int, ...], mask: int, x: Mixture, y: Mixture) -> dict[int, Fraction]:
    """Return the lottery over outcomes when a coalition and its opponents fight."""
    rows, columns = joint(actions, mask), joint(actions, others(len(actions), mask))
    return {rows[r] + columns[c]: p * q for r, p in x.items() for c, q in y.items()}


def payoffs_of(payoffs: Sequence[Sequence[Fraction]], claim: Claim) -> Vector:
    return tuple(expected(payoffs, claim.planner))


def flaw(
    actions: tuple[int, ...],
    payoffs: Sequence[Sequence[Fraction]],
    claim: Claim,
    *,
    perfect: bool = False,
) -> str | None:
    """Return which condition of the definition fails, None if all hold and prices are positive."""
    n, a = len(actions), claim.prices
    if min(a) <= 0:
        return "a price is not positive"
    for lottery in (claim.planner, *(side for sides in claim.threats.values() for side in sides)):
        if min(lottery.values()) < 0 or sum(lottery.values()) != 1:
            return "no distribution"
    worth = [sum(a[i] * payoffs[i][o] for i in range(n)) for o in range(len(payoffs[0]))]
    received = expected(payoffs, claim.planner)
    if sum(p * u for p, u in zip(a, received, strict=True)) != max(worth):
        return "the planner could earn more"
    fought: dict[int, list[Fraction]] = {(1 << n) - 1: received}
    owed = [max(worth) / n] * n
    for mask in pairs_of(n):
        x, y = claim.threats[mask]
        u = expected(payoffs, meeting(actions, mask, x, y))
        fought[mask] = fought[others(n, mask)] = u
        signs = [1 if mask >> i & 1 else -1 for i in range(n)]
        value = sum(s * p * v for s, p, v in zip(signs, a, u, strict=True))
        rows, columns = joint(actions, mask), joint(actions, others(n, mask))
        curnits = [
            sum(s * p * row[o] for s, p, row in zip(signs, a, payoffs, strict=True))
            for o in range(len(worth))
        ]
        if any(sum(q * curnits[r + columns[c]] for c, q in y.items()) > value for r in rows):
            return f"a better threat of {mask}"
        if any(sum(p * curnits[rows[r] + c] for r, p in x.items()) < value for c in columns):
            return f"a better threat against {mask}"
        for i in range(n):
            owed[i] += share_of(n, mask, i) * value
    if any(owed[i] != a[i] * received[i] for i in range(n)):
        return UNFAIR
    if perfect:
        for coalition in range(1, (1 << n) - 1):
            dividends = {a[i] * dividend(fought, coalition, i) for i in members(coalition)}
            if len(dividends) > 1:
                return f"dividends differ in {coalition}"
    return None


def members(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]


def subsets(mask: int) -> list[int]:
    """Return the non-empty parts of a coalition, itself included."""
    return [part for part in range(1, mask + 1) if part & mask == part]


def dividend(fought: Mapping[int, Sequence[Fraction]], coalition: int, player: int) -> Fraction:
    return sum(
        (
            (-1) ** (coalition.bit_count() - part.bit_count()) * fought[part][player]
            for part in subsets(coalition)
            if part >> player & 1
        ),
        Fraction(0),
    )
