"""Proving that no saddle points satisfy division at one price vector: branching on strategies.

The program of `program` relaxes the products of the two sides' probabilities. Where it cannot
exclude the price, the probability with the widest gap between the relaxation and a product is
split, as by the nodes "strategy" of docs/certificates.md, and both parts are tried again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from harsanyi_aux.equilibria.division.program import DivisionProgram, Refutation, Relaxation
from harsanyi_aux.equilibria.division.program_matrix import Cell, StrategyBound
from harsanyi_aux.equilibria.reasons import Reason, write_mask, write_reason
from harsanyi_aux.numbers.arrays import FloatArray, format_number

# Gaps up to this are rounding: the relaxation is a product of strategies.
_PRODUCT = 1e-8
# Splits keep this share of the range on either side.
_INSIDE = 0.1

#: Upper and lower end of every probability: by pair, side and joint action.
Ranges = dict[tuple[int, str], FloatArray]


@dataclass
class Part:
    """A node of the tree while it grows."""

    bounds: tuple[StrategyBound, ...]
    reason: Reason | None = None
    children: list[Part] = field(default_factory=list)


def write_part(part: Part) -> list[list[Any]]:
    """Return a part of which all is excluded in preorder, as a certificate writes it."""
    if part.reason is not None:
        return [["excluded", write_reason(part.reason)]]
    split = part.children[0].bounds[-1]
    bound = format_number(split.bound)
    head = ["strategy", write_mask(split.pair), split.side, split.index, bound]
    return [head, *(node for child in part.children for node in write_part(child))]


@dataclass(frozen=True)
class Outcome:
    """How a branching ended.

    Attributes
    ----------
    proof : Part or None
        The root, if every part was excluded.
    stopped : bool
        Whether the visitor ended it.
    """

    proof: Part | None
    stopped: bool


def branch(
    program: DivisionProgram,
    cell: Cell,
    ranges: Ranges,
    *,
    limit: int,
    exclude: Callable[[Refutation], Reason | None],
    visit: Callable[[Relaxation], bool],
) -> Outcome:
    """Try to exclude one price, splitting strategies best-first.

    Parameters
    ----------
    program : DivisionProgram
    cell : Cell
        With one coefficient point.
    ranges : dict
        By pair and side, an array (2, actions) with the least and the largest probability of
        every joint action in optimal strategies.
    limit : int
        Most parts that are examined.
    exclude : callable
        Turns a refutation into a reason once it has been checked; None if it does not hold.
    visit : callable
        Is shown the relaxation of every part that stays open; returns True to end the search.

    Returns
    -------
    Outcome
    """
    root = Part(())
    heap: list[tuple[float, int, Part, StrategyBound]] = []
    waiting = [root]
    examined = 0
    blocked = False
    while waiting or (heap and not blocked):
        if not waiting:
            _, _, part, split = heapq.heappop(heap)
            for sign in (-1, 1):
                part.children.append(Part((*part.bounds, replace(split, sign=sign))))
            waiting = part.children[:]
        part = waiting.pop(0)
        if examined >= limit:
            return Outcome(None, False)
        examined += 1
        relaxed = program.relax(replace(cell, bounds=part.bounds))
        if relaxed.refutation is not None:
            part.reason = exclude(relaxed.refutation)
            if part.reason is not None:
                continue
        if visit(relaxed):
            return Outcome(None, True)
        found = _widest(relaxed, ranges, part.bounds)
        if found is None:
            blocked = True
            continue
        heapq.heappush(heap, (found[0], examined, part, found[1]))
    return Outcome(None if blocked else root, False)


def _widest(
    relaxed: Relaxation, ranges: Ranges, bounds: tuple[StrategyBound, ...]
) -> tuple[float, StrategyBound] | None:
    """Return the largest gap between the relaxation and a product, and where to split for it."""
    worst = _PRODUCT
    place: tuple[int, Literal["row", "column"], int, float, float, float] | None = None
    for pair, joint in relaxed.joints.items():
        x, y = joint.sum(axis=1), joint.sum(axis=0)
        gaps = np.abs(joint - np.outer(x, y))
        sides: tuple[tuple[Literal["row", "column"], FloatArray, FloatArray], ...] = (
            ("row", gaps.sum(axis=1), x),
            ("column", gaps.sum(axis=0), y),
        )
        for side, totals, marginal in sides:
            low, high = _narrowed(ranges[pair, side], pair, side, bounds)
            totals = np.where(high - low > _PRODUCT, totals, 0.0)
            index = int(np.argmax(totals))
            if totals[index] > worst:
                worst = float(totals[index])
                place = (
                    pair,
                    side,
                    index,
                    float(marginal[index]),
                    float(low[index]),
                    float(high[index]),
                )
    if place is None:
        return None
    pair, side, index, at, low_end, high_end = place
    return worst, StrategyBound(pair, side, index, _simple_between(at, low_end, high_end), 1)


def _narrowed(
    ends: FloatArray, pair: int, side: str, bounds: tuple[StrategyBound, ...]
) -> tuple[FloatArray, FloatArray]:
    low, high = ends[0].copy(), ends[1].copy()
    for bound in bounds:
        if bound.pair == pair and bound.side == side:
            if bound.sign > 0:
                low[bound.index] = max(low[bound.index], float(bound.bound))
            else:
                high[bound.index] = min(high[bound.index], float(bound.bound))
    return low, high


def _simple_between(at: float, low: float, high: float) -> Fraction:
    """Return a simple fraction near `at` that leaves a share of the range on either side."""
    margin = _INSIDE * (high - low)
    least, most = low + margin, high - margin
    target = min(max(at, least), most)
    denominator = 1
    while True:
        simple = Fraction(target).limit_denominator(denominator)
        if least <= simple <= most and 0 < simple < 1:
            return simple
        denominator *= 2
