"""Weights of division equations and multipliers of saddle-point conditions, rounded and written.

They are the unknowns of the linear program in `division.program`; notation: docs/certificates.md,
section "Excluded cells".
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from harsanyi_aux.game.coalitions import members
from harsanyi_aux.numbers.arrays import FloatArray, Number, ObjectArray, format_number

Triples: TypeAlias = tuple[tuple[int, int, Any], ...]


@dataclass(frozen=True)
class PairMultipliers:
    """Multipliers of one threat game, those not zero.

    Attributes
    ----------
    columns : triples ``(c', c, s)``
    rows : triples ``(r', r, t)``
    bounds : triples ``(d, j, κ)``
    """

    columns: Triples = ()
    rows: Triples = ()
    bounds: Triples = ()


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


def as_reason(weights: Weights) -> dict[str, Any]:
    """Return exact weights as a certificate's objects ``"weights"`` and ``"division"``."""

    def key(mask: int) -> str:
        return ",".join(map(str, members(mask)))

    def listed(triples: Triples) -> list[list[Any]]:
        return [[i, j, format_number(value)] for i, j, value in triples]

    division = None
    if weights.eta:
        division = {
            "coalitions": {
                key(s): [format_number(value) for value in own] for s, own in weights.eta.items()
            },
            "pairs": {
                key(mask): {
                    "columns": listed(own.columns),
                    "rows": listed(own.rows),
                    "bounds": listed(own.bounds),
                }
                for mask, own in weights.multipliers.items()
            },
        }
    return {"weights": [format_number(value) for value in weights.beta], "division": division}
