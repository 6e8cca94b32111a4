"""Weights of division equations and multipliers of saddle-point conditions, rounded.

They are the unknowns of the linear program in `division.program`; notation: docs/certificates.md,
section "Excluded cells".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.equilibria.reasons import Exact, PairMultipliers, Reason, Triples
from harsanyi_aux.numbers.arrays import FloatArray, Number, ObjectArray, parse_number


@dataclass(frozen=True)
class Weights:
    """The unknowns of the program; doubles, or Fractions after rounding.

    Attributes
    ----------
    beta : (n,)
        ``β``.
    eta : dict from coalition masks to arrays
        ``η_S`` over the members in increasing order, sum zero; coalitions of zeros are left out.
    multipliers : dict from pair masks to PairMultipliers
        Pairs without any are left out.
    """

    beta: FloatArray | ObjectArray
    eta: dict[int, FloatArray] | dict[int, ObjectArray]
    multipliers: dict[int, PairMultipliers]


def rounded_weights(weights: Weights, denominator: int) -> Weights:
    """Round to multiples of ``1/denominator``; in each ``η_S`` one entry takes what sum 0 needs."""

    def rounded(value: Number) -> Fraction:
        return Fraction(round(value * denominator), denominator)

    def listed(triples: Triples) -> Triples:
        pairs = [(i, j, rounded(value)) for i, j, value in triples]
        return tuple(triple for triple in pairs if triple[2] > 0)

    beta = np.empty(len(weights.beta), dtype=object)
    beta[:] = [rounded(value) for value in weights.beta]
    eta: dict[int, ObjectArray] = {}
    for s, own in weights.eta.items():
        array = np.empty(len(own), dtype=object)
        array[:] = [rounded(value) for value in own]
        array[int(np.argmax(np.abs(own)))] -= array.sum()
        if any(array):
            eta[s] = array
    multipliers = {
        mask: PairMultipliers(listed(own.columns), listed(own.rows), listed(own.bounds))
        for mask, own in weights.multipliers.items()
    }
    kept = {mask: own for mask, own in multipliers.items() if own != PairMultipliers()}
    return Weights(beta, eta, kept)


def as_reason(weights: Weights, dropped: Iterable[tuple[int, int]]) -> Reason:
    """Return what exact weights prove of a cell in which the planner does not use some outcomes."""

    def exact(value: Number) -> Exact:
        number = parse_number(value)
        assert not isinstance(number, float)
        return number

    def listed(triples: Triples) -> Triples:
        return tuple((i, j, exact(value)) for i, j, value in triples)

    pairs = {
        mask: PairMultipliers(listed(own.columns), listed(own.rows), listed(own.bounds))
        for mask, own in weights.multipliers.items()
    }
    coalitions = {s: tuple(map(exact, own)) for s, own in weights.eta.items()}
    # multipliers prove nothing without equations
    return Reason(
        tuple(map(exact, weights.beta)),
        tuple(dropped),
        coalitions=coalitions,
        pairs=pairs if coalitions else {},
    )
