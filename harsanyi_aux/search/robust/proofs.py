"""Robust examples made exact: regions rounded and refined until the checker accepts them.

``docs/certificates.md``, "Robust examples". Regions in doubles (`regions`) are
rounded to short rationals, their boundaries divided where the bounds are too wide, and the radius
is as large as the checker allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from flint import fmpq

from harsanyi_aux.certify import InvalidCertificate, check
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.certify.robust import check_inward, inner_normal, weights_of_normal
from harsanyi_aux.equilibria.certificates import common_part
from harsanyi_aux.equilibria.points.corners import Corner, make_corner, write_corner
from harsanyi_aux.equilibria.points.frame import Frame, build_frame
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import to_flint
from harsanyi_aux.search.robust.polytopes import boundary_cells
from harsanyi_aux.search.robust.regions import Plan

_MOST_CHOICES = 6
# Maps are rounded to multiples of this, vertices to so many digits of the region.
_MAP_UNIT = 10_000
_DIGITS = 3
_MOST_CELLS = 600
# Shares of the radius in doubles tried first; below the last, halving goes on between.
_SHARES = (Fraction(999, 1000), Fraction(99, 100), Fraction(97, 100), Fraction(9, 10))
_HALVINGS = 8


@dataclass(frozen=True, eq=False)
class RobustExample:
    """A game, and a radius within which every game has several CoCo equilibria.

    Attributes
    ----------
    game : StrategicGame
        The game in the middle.
    radius : Fraction
        In units of each player's range: every payoff may differ by so much.
    at_least : int
        How many equilibria with pairwise different prices each of these games has; whether their
        payoffs are proved to differ is told by the claim of the certificate.
    certificate : dict
        Of the kind "robust".
    """

    game: StrategicGame
    radius: Fraction
    at_least: int
    certificate: dict[str, Any]


#: Called with an example that was proved.
Found: TypeAlias = Callable[[RobustExample], None]


def prove(
    game: StrategicGame, plans: Sequence[Plan], at_least: int, found: Found | None = None
) -> RobustExample | None:
    """Return the example with the best of some regions, None if the checker accepts no radius.

    Parameters
    ----------
    game : StrategicGame
    plans : sequence of Plan
    at_least : int
    found : callable, optional
        Called with every example at once, each of a larger radius than the one before.
    """
    frame = build_frame(game)
    ordered = sorted(plans, key=lambda plan: -plan.radius)
    choices = sorted(combinations(ordered, at_least), key=lambda chosen: -chosen[-1].radius)
    for chosen in choices[:_MOST_CHOICES]:
        best = _largest(frame, chosen, found or (lambda example: None))
        if best is not None:
            return best
    return None


def _largest(frame: Frame, plans: Sequence[Plan], found: Found) -> RobustExample | None:
    """Return the example with the largest radius that is found by bisection."""
    most = Fraction(min(plan.radius for plan in plans))
    high = most
    for share in _SHARES:
        low = _shortened(most * share)
        best = _accepted(frame, plans, low)
        if best is not None:
            found(best)
            return best
        high = low
    low = Fraction(0)
    for _ in range(_HALVINGS):
        middle = _shortened((low + high) / 2)
        if not low < middle < high:
            break
        accepted = _accepted(frame, plans, middle)
        if accepted is None:
            high = middle
        else:
            best, low = accepted, middle
            found(accepted)
    return best


def _shortened(value: Fraction) -> Fraction:
    """Return a number with three decimal digits that is hardly smaller."""
    if value <= 0:
        return Fraction(0)
    unit = Fraction(10) ** (math.floor(math.log10(value)) - 2)
    return value // unit * unit


def _accepted(frame: Frame, plans: Sequence[Plan], radius: Fraction) -> RobustExample | None:
    """Return the example with a given radius, None if the checker refuses it."""
    if radius <= 0:
        return None
    entries = [region_entry(frame, plan, radius) for plan in plans]
    if None in entries:
        return None
    certificate = sealed(
        {
            **common_part(frame.game, frame.table, "robust", "coco"),
            "radius": str(radius),
            "equilibria": entries,
        }
    )
    try:
        check(certificate)
    except InvalidCertificate:
        return None
    return RobustExample(frame.game, radius, len(plans), certificate)


def region_entry(frame: Frame, plan: Plan, radius: Fraction) -> dict[str, Any] | None:
    """Return a region as certificates write it, its boundary refined as far as needed.

    None where it does not hold with this radius.
    """
    unit = 10 ** math.ceil(_DIGITS - math.log10(float(np.ptp(plan.points, axis=0).min())))
    points = np.round(plan.points * unit) / unit
    cells = boundary_cells(points)
    if cells is None:
        return None
    corners = [make_corner(frame, _prices(point, unit)) for point in points]
    centre = make_corner(frame, _prices(plan.centre, unit))
    entries = (plan.matrix / np.abs(plan.matrix).max() * _MAP_UNIT).tolist()
    matrix = [[fmpq(round(u), _MAP_UNIT) for u in row] for row in entries]
    fine, waiting = _refined(
        frame, corners, centre, [tuple(c) for c in cells.indices.tolist()], matrix, radius
    )
    if waiting:
        return None
    return {
        "form": "region",
        "center": write_corner(centre),
        "vertices": [write_corner(corner) for corner in corners],
        "cells": [list(cell) for cell in fine],
        "map": [[str(u) for u in row] for row in matrix],
    }


def _prices(point: FloatArray, unit: int) -> tuple[Fraction, ...]:
    free = [Fraction(round(float(b) * unit), unit) for b in point]
    return (*free, 1 - sum(free, Fraction(0)))


def _refined(
    frame: Frame,
    corners: list[Corner],
    centre: Corner,
    cells: list[tuple[int, ...]],
    matrix: list[list[fmpq]],
    radius: Fraction,
) -> tuple[list[tuple[int, ...]], bool]:
    """Halve edges of cells whose bounds are too wide; append to `corners`.

    Returns the cells, and whether some are still not accepted. All cells around an edge are split
    together, so that every ridge still belongs to two.
    """
    eta = to_flint(radius)
    middles: dict[frozenset[int], int] = {}
    accepted: set[tuple[int, ...]] = set()
    while True:
        failing = [
            cell
            for cell in cells
            if cell not in accepted and not _holds(frame, corners, centre, cell, matrix, eta)
        ]
        accepted = set(cells) - set(failing)
        splittable = len(cells[0]) > 1 and len(cells) < _MOST_CELLS
        if not failing or not splittable:
            return cells, bool(failing)
        for cell in failing:
            if cell not in cells:
                continue  # split with a neighbour
            # a corner that fails by itself fails in every part
            if not all(_holds(frame, corners, centre, cell, matrix, eta, at=k) for k in cell):
                return cells, True
            edge = _longest(corners, cell)
            k, m = sorted(edge)
            if edge not in middles:
                middles[edge] = len(corners)
                halfway = zip(corners[k].prices, corners[m].prices, strict=True)
                corners.append(make_corner(frame, tuple((p + q) / 2 for p, q in halfway)))
            new = middles[edge]
            cells = [
                part
                for old in cells
                for part in (
                    [tuple(new if v == gone else v for v in old) for gone in (k, m)]
                    if edge <= set(old)
                    else [old]
                )
            ]


def _holds(
    frame: Frame,
    corners: Sequence[Corner],
    centre: Corner,
    cell: tuple[int, ...],
    matrix: list[list[fmpq]],
    eta: fmpq,
    at: int | None = None,
) -> bool:
    """Whether the excess points inward on a cell, or at one of its corners."""
    vertices = [corners[k].vertex for k in cell]
    beta = weights_of_normal(matrix, inner_normal(vertices, centre.vertex))
    tested = vertices if at is None else [corners[at].vertex]
    try:
        check_inward(frame.table, tested, beta, eta, "")
    except InvalidCertificate:
        return False
    return True


def _longest(corners: Sequence[Corner], cell: tuple[int, ...]) -> frozenset[int]:
    pairs = [(k, m) for i, k in enumerate(cell) for m in cell[i + 1 :]]
    k, m = max(pairs, key=lambda pair: float(np.abs(corners[pair[0]].b - corners[pair[1]].b).sum()))
    return frozenset((k, m))
