"""The definitions written out literally, in Fractions, with sets: slow, and nothing to get wrong.

Nothing here is imported from the package.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import factorial

Players = frozenset[int]


def subsets(players: Players) -> Iterator[Players]:
    """All subsets, the empty one included."""
    ordered = sorted(players)
    for size in range(len(ordered) + 1):
        for chosen in itertools.combinations(ordered, size):
            yield frozenset(chosen)


def dividend(u: dict[Players, list[Fraction]], S: Players, i: int) -> Fraction:
    """w^S_i = Σ_{R⊆S, i∈R} (-1)^{|S|-|R|} u^R_i."""
    return sum(((-1) ** (len(S) - len(R)) * u[R][i] for R in subsets(S) if i in R), Fraction(0))


def threat_utility(u: dict[Players, list[Fraction]], S: Players, i: int) -> Fraction:
    """t^S_i = Σ_{R⊊S, i∈R} (-1)^{|S|-|R|+1} u^R_i."""
    return sum(
        ((-1) ** (len(S) - len(R) + 1) * u[R][i] for R in subsets(S) if i in R and R != S),
        Fraction(0),
    )


def coco_share(u: dict[Players, list[Fraction]], a: list[Fraction], S: Players, i: int) -> Fraction:
    """Right side of condition 4 in CoCo form, as the essay prints it."""

    def earned(R: Players) -> Fraction:
        return sum((a[j] * u[R][j] for j in R), Fraction(0))

    return sum(
        (
            Fraction(factorial(len(R) - 1) * factorial(len(S) - len(R)), factorial(len(S)))
            * (earned(R) - earned(S - R))
            for R in subsets(S)
            if i in R
        ),
        Fraction(0),
    )


def coco_value(v: dict[Players, Fraction], n: int) -> list[Fraction]:
    """φ_i(v) = Σ_{R∋i} (|R|-1)!(n-|R|)!/n! v(R)."""
    return [
        sum(
            (
                Fraction(factorial(len(R) - 1) * factorial(n - len(R)), factorial(n)) * v[R]
                for R in subsets(frozenset(range(n)))
                if i in R
            ),
            Fraction(0),
        )
        for i in range(n)
    ]
