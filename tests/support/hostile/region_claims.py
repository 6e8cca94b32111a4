"""Certificates of regions, put together by hand, and what both checkers say about them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq

import harsanyi_check
from harsanyi_aux.certify import check
from harsanyi_aux.certify.reading.document import sealed
from harsanyi_aux.equilibria.certificates import exact_game
from harsanyi_aux.equilibria.points.corners import make_corner, write_corner
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.errors import HarsanyiError
from harsanyi_aux.search.robust.polytopes import boundary_cells
from harsanyi_aux.search.robust.proofs import _refined
from harsanyi_aux.search.robust.regions import Plan
from hostile.claims import Claim, Vector, payoffs_of
from hostile.nearby import Payoffs
from hostile.tally import Tally, texts

Entry = dict[str, Any]
_UNIT = 10**5
_MAP_UNIT = 10**6


@dataclass(frozen=True, eq=False)
class Region:
    """An entry with a radius for which it is accepted (0 if none is known)."""

    entry: Entry
    radius: Fraction
    plan: Plan | None

    @property
    def prices(self) -> list[Vector]:
        return corners_of(self.entry)

    @property
    def cells(self) -> list[list[int]]:
        return self.entry["cells"]

    @property
    def matrix(self) -> np.ndarray:
        return np.array([[float(Fraction(u)) for u in row] for row in self.entry["map"]])

    def weights(self, cell: Sequence[int]) -> list[Fraction]:
        """Return ``β`` of a cell: of the players' excesses, what is to be positive there."""
        corners = [self.prices[k][:-1] for k in cell]
        steps = [[p - q for p, q in zip(c, corners[0], strict=True)] for c in corners[1:]]
        if not steps:
            normal = [Fraction(1)]
        elif len(steps) == 1:
            ((x, y),) = steps
            normal = [-y, x]
        else:
            (a, b, c), (x, y, z) = steps
            normal = [b * z - c * y, c * x - a * z, a * y - b * x]
        centre = map(Fraction, self.entry["center"]["prices"][:-1])
        inward = sum(u * (c - p) for u, c, p in zip(normal, centre, corners[0], strict=True))
        rows = [list(map(Fraction, row)) for row in self.entry["map"]]
        beta = [
            sum((u * y for u, y in zip(normal, column, strict=True)), Fraction(0))
            for column in zip(*rows, strict=True)
        ]
        return [w if inward > 0 else -w for w in beta] + [Fraction(0)]


def corners_of(entry: Entry) -> list[Vector]:
    return [tuple(map(Fraction, vertex["prices"])) for vertex in entry["vertices"]]


def remapped(entry: Entry, matrix: np.ndarray) -> Entry:
    """Return an entry with another map."""
    scaled = matrix / max(float(np.abs(matrix).max()), 1e-300) * _MAP_UNIT
    return {
        **entry,
        "map": [[str(Fraction(round(u), _MAP_UNIT)) for u in row] for row in scaled.tolist()],
    }


class Judges:
    """Both checkers, about one game."""

    def __init__(self, frame: Frame, tally: Tally) -> None:
        self.frame, self.tally = frame, tally
        self.game = exact_game(frame.game, frame.table)

    def document(
        self, entries: Sequence[Entry], radius: Fraction, concept: str = "coco"
    ) -> dict[str, Any]:
        return sealed(
            {
                "format": "harsanyi-certificate",
                "version": 1,
                "kind": "robust",
                "concept": concept,
                "game": self.game,
                "radius": str(radius),
                "equilibria": list(entries),
            }
        )

    def reports(self, entries: Sequence[Entry], radius: Fraction, concept: str = "coco") -> list:
        """Return what each of the two checkers reports, None where it refuses."""
        document = self.document(entries, radius, concept)
        return [_first(document), _second(document)]

    def proves(self, entry: Entry, radius: Fraction) -> bool:
        return _first(self.document([entry], radius)) is not None

    def submit(
        self,
        kind: str,
        entries: Sequence[Entry],
        radius: Fraction,
        *,
        false: bool = False,
        concept: str = "coco",
    ) -> None:
        """Have a certificate checked and count what became of it.

        The form leaves nothing to a checker's choice: where they differ, one of them is wrong.
        """
        said = [report is not None for report in self.reports(entries, radius, concept)]
        wrong = any(said) if false else said[0] != said[1]
        kept = {"entries": list(entries), "radius": str(radius), "concept": concept}
        self.tally.count(kind, any(said), wrong, {**kept, "accepted by": said})

    def says_payoffs_differ(self, entries: Sequence[Entry], radius: Fraction) -> bool:
        first, second = self.reports(entries, radius)
        return (first is not None and "different payoffs" in first.claim) or (
            second is not None and "payoffs" in second.words[-8:]
        )

    def contains(self, region: Region, claim: Claim, moved: Payoffs) -> None:
        """Count whether what is reported of a true region holds for an equilibrium in it."""
        table = self.frame.table
        scaled = payoffs_of(moved, claim)
        own = [
            least + width * u
            for u, least, width in zip(scaled, table.minima, table.ranges, strict=True)
        ]
        first, second = self.reports([region.entry], region.radius)
        said = []
        if first is not None:
            said += [*zip(claim.prices, first.statements[0].prices, strict=True)]
            said += [*zip(own, first.payoffs[0], strict=True)]
        if second is not None:
            said += [*zip(claim.prices, second.prices[0], strict=True)]
            said += [*zip(own, second.payoffs[0], strict=True)]
        wrong = not all(low <= value <= high for value, (low, high) in said)
        kept = {"entry": region.entry, "radius": str(region.radius), "payoffs": texts(own)}
        self.tally.count("bounds", True, wrong, kept)

    # -- entries ---------------------------------------------------------------------------------

    def drawn(self, points: Any) -> Entry | None:
        """Return an entry for the hull of points, given by free prices; fractions stay as they are.

        None if the hull is flat or a price is not positive.
        """
        if isinstance(points, np.ndarray):
            points = [[Fraction(round(p * _UNIT), _UNIT) for p in row] for row in points.tolist()]
        if len(points) < self.frame.n:
            return None
        cells = boundary_cells(np.array(points, dtype=float))
        exact = [(*row, 1 - sum(row)) for row in points]
        if cells is None or min(map(min, exact)) <= 0:
            return None
        centre = tuple(sum(c) / len(exact) for c in zip(*exact, strict=True))
        return {
            "form": "region",
            "center": write_corner(make_corner(self.frame, centre)),
            "vertices": [write_corner(make_corner(self.frame, p)) for p in exact],
            "cells": cells.indices.tolist(),
            "map": [
                [int(i == j) for j in range(self.frame.n - 1)] for i in range(self.frame.n - 1)
            ],
        }

    def resized(self, entry: Entry, points: Sequence[Vector]) -> Entry:
        """Return an entry with its vertices at other places, moved all alike."""
        centre = tuple(sum(c) / len(points) for c in zip(*points, strict=True))
        return {
            **entry,
            "center": write_corner(make_corner(self.frame, centre)),
            "vertices": [write_corner(make_corner(self.frame, p)) for p in points],
        }

    def sharper(self, entry: Entry) -> Entry:
        """Return an entry whose vertices have optimal strategies, exactly."""
        found = copy.deepcopy(entry)
        for vertex in (found["center"], *found["vertices"]):
            prices = tuple(map(Fraction, vertex["prices"]))
            vertex.update(write_corner(make_corner(self.frame, prices, exact=True)))
        return found

    def refined(self, entry: Entry, matrix: np.ndarray, radius: Fraction) -> Entry | None:
        """Return an entry with another map and its cells halved as far as that helps."""
        entry = remapped(entry, matrix)
        corners = [make_corner(self.frame, p) for p in corners_of(entry)]
        centre = make_corner(self.frame, tuple(map(Fraction, entry["center"]["prices"])))
        lines = [
            [fmpq(f.numerator, f.denominator) for f in map(Fraction, row)] for row in entry["map"]
        ]
        cells, _ = _refined(
            self.frame, corners, centre, [tuple(c) for c in entry["cells"]], lines, radius
        )
        return {
            **entry,
            "vertices": [write_corner(corner) for corner in corners],
            "cells": [list(cell) for cell in cells],
        }


def _first(document: dict[str, Any]) -> Any:
    try:
        return check(document)
    except HarsanyiError:
        return None


def _second(document: dict[str, Any]) -> Any:
    try:
        return harsanyi_check.check(document)
    except harsanyi_check.Refused:
        return None
