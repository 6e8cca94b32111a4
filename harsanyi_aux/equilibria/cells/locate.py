"""Finding equilibria for the subdivision, and proving each one before it is used.

Newton's method proposes prices. Simple fractions near them are tested exactly; otherwise a Krawczyk
box must prove that the equilibrium exists and is the only one there. For coalition-perfect
equilibria the prices must be rational and saddle points be selected exactly (facts page, F1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from harsanyi_aux.certify.boxes.claims import read_box
from harsanyi_aux.certify.cells.excluded import prove_excluded
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.statements.entries import read_entry
from harsanyi_aux.certify.statements.level_sets import read_level
from harsanyi_aux.equilibria.boxes.propose import propose_box
from harsanyi_aux.equilibria.boxes.refine import refine
from harsanyi_aux.equilibria.cells import weights
from harsanyi_aux.equilibria.cells.bounds import CellBounds
from harsanyi_aux.equilibria.cells.tree import Cell
from harsanyi_aux.equilibria.division.program import DivisionProgram
from harsanyi_aux.equilibria.division.program_matrix import Cell as DivisionCell
from harsanyi_aux.equilibria.division.select import DivisionResult, divide
from harsanyi_aux.equilibria.points.continua import prices_of_strategies
from harsanyi_aux.equilibria.points.corners import Corner, Prices, make_corner
from harsanyi_aux.equilibria.points.exact_point import (
    as_corner,
    exact_equilibrium,
    prices_of_facet,
    prices_of_ties,
    simple_prices,
)
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.known import (
    Certified,
    box_known,
    explained,
    level_known,
    rational_known,
    redundant,
    restored,
)
from harsanyi_aux.equilibria.points.level_sets import level_member, propose_level
from harsanyi_aux.equilibria.reasons import Reason, exclusion
from harsanyi_aux.equilibria.sameness import agree
from harsanyi_aux.equilibria.solver import TARGET, equilibrium_at, solve_all
from harsanyi_aux.game.definition import verify, with_residuals
from harsanyi_aux.game.equilibrium import Concept, Equilibrium
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.sparse import Sparse
from harsanyi_aux.prices.newton import PricePoint, polish
from harsanyi_aux.prices.problem import PriceProblem

# Solutions whose prices agree up to this are taken for one until proved otherwise.
_SAME = 1e-7
_POSITIVE = 1e-9
# With this many unsettled solutions, more of them would tell nothing new.
_MOST_UNPROVED = 40
# With so many exact ones without a box, a curve is looked for before another point.
_FEW_SINGULAR = 2
# More equilibria than this, none with a box of its own, are taken for points of a curve.
_MOST_SINGULAR = 12


class Finder:
    """The equilibria found so far, and the means to find more.

    Attributes
    ----------
    known : list of Certified
    points : dict from exact prices to Corner
        Prices that are to be corners of cells: known rational equilibria, corners of sets.
    unproved : list of (prices, defect)
        Solutions in doubles that could be neither certified nor, for coalition-perfect, refuted.
    boundary : list of Equilibrium
        Solutions with a zero price that were met.
    changes : int
        How often `known` has changed.
    settled : list of prices
        Solutions in doubles that are not among those known, but have been dealt with.
    least_defect : float
        Smallest division defect met (coalition-perfect), infinite if none was computed.
    """

    def __init__(self, frame: Frame, concept: Concept, floor: Fraction = Fraction(0)) -> None:
        self.frame = frame
        self.floor = floor
        self.concept: Concept = concept
        self.known: list[Certified] = []
        self.points: dict[Prices, Corner] = {}
        self.unproved: list[tuple[FloatArray, float]] = []
        self.least_defect = math.inf
        self.changes = 0
        self._widened: set[Prices] = set()
        self.boundary: list[Equilibrium] = []
        self.settled: list[FloatArray] = []
        self._problem = PriceProblem(frame.game)

    def look_around(self, starts: int) -> None:
        """Search from several starts, before any cell is examined."""
        for found in solve_all(self.frame.game, starts=starts).equilibria:
            if found.kind == "proper":
                self._register(self.frame.game.normalise(found.prices))
                continue
            # corners of cells: where excesses vanish, only single corners can be exempt
            self._mark(self.frame.game.normalise(found.prices))
            if verify(self.frame.game, found, concept=self.concept).valid:
                self.boundary.append(replace(found, concept=self.concept))
        # the end of a continuum may have been met, with other threats, before the continuum
        self.known = [known for known in self.known if not redundant(self.known, known)]

    def _mark(self, prices: FloatArray) -> None:
        """Make a boundary solution a corner of cells if its prices are simple."""
        exact = next(simple_prices(prices, self.frame.table.ranges), None)
        if exact is not None and exact not in self.points:
            self.points[exact] = make_corner(self.frame, exact, exact=True)

    def look_near(self, bounds: CellBounds) -> bool:
        """Search from the middle of a cell; whether something new was certified."""
        point = self._point_near(bounds)
        return point is not None and self._register(point.prices, point)

    def sees_near(self, bounds: CellBounds) -> bool:
        """Whether `look_near` would find a solution that it has not met, without settling it."""
        point = self._point_near(bounds)
        return point is not None and self._is_new(point.prices)

    def _point_near(self, bounds: CellBounds) -> PricePoint | None:
        """Return a solution in doubles near the middle of a cell."""
        middle = bounds.corners.mean(axis=0)
        point = polish(self._problem, middle, 0.5 * bounds.diameter)
        if point.residual > TARGET or point.prices.min() < _POSITIVE:
            return None
        return point if np.abs(point.prices - middle).max() <= 2 * bounds.diameter else None

    def _is_new(self, prices: FloatArray) -> bool:
        """Whether a solution in doubles is worth settling."""
        if explained(self.known, prices, _SAME):
            return False
        if any(agree(prices, old, _SAME) for old in self.settled):
            return False
        floor = float(self.floor) - _SAME
        return bool(prices.min() >= floor) and len(self.unproved) < _MOST_UNPROVED

    def _register(self, prices: FloatArray, point: PricePoint | None = None) -> bool:
        """Certify the solution at these prices unless it is known; whether that added anything."""
        if not self._is_new(prices):
            return False
        before = len(self.known) + len(self.points)
        # for two players the concepts coincide (facts page, F2)
        if self.concept == "coco" or self.frame.n <= 2:
            self._certify_coco(prices, point)
        else:
            self._certify_perfect(prices)
        if explained(self.known, prices, _SAME):
            return True
        self.settled.append(prices)
        return len(self.known) + len(self.points) > before

    @property
    def crowded(self) -> bool:
        """Whether so many isolated-looking exact equilibria are singular that they may be a curve.

        Only continua with fixed strategies are sets of the certificate's form; on others, listing
        point after point would never end.
        """
        singular = (known.form == "rational" and not known.lower for known in self.known)
        return sum(singular) >= _MOST_SINGULAR

    def _guesses(self, prices: FloatArray) -> Iterator[Prices]:
        yield from simple_prices(prices, self.frame.table.ranges)
        yield from prices_of_strategies(self.frame, prices, self.concept)
        yield from prices_of_ties(self.frame, prices)
        yield from prices_of_facet(self.frame, prices)

    def _certify_coco(self, prices: FloatArray, point: PricePoint | None) -> None:
        # the points of a curve may be exact one by one; an isolated one is to be said to be so
        singular = sum(known.form != "box" and not known.lower for known in self.known)
        if singular >= _FEW_SINGULAR and self._find_level(prices, point, least=1):
            return
        for exact in self._guesses(prices):
            found = exact_equilibrium(self.frame, exact)
            if found is not None and min(exact) >= self.floor:
                if self.crowded:
                    break
                self._keep_exact(*found)
                return
        box = propose_box(self.frame.game, prices)
        if box is not None:
            self._keep(box_known(self._in_doubles(prices, point), prices, box))
            return
        if not self._find_level(prices, point):
            self.unproved.append((prices, 0.0))

    def _find_level(
        self, prices: FloatArray, point: PricePoint | None = None, *, least: int = 0
    ) -> bool:
        members = [known.member for known in self.known if known.member is not None]
        claim = propose_level(self.frame, prices, members, least=least)
        if claim is None:
            return False
        self._keep(level_known(self.frame, claim, self._in_doubles(prices, point)))
        return True

    def widen(self, corner: Corner) -> bool:
        """Whether the equilibrium at a corner turns out to belong to a set that was not known.

        Past the end of a set with fixed strategies others may go on.
        """
        if self.concept != "coco" and self.frame.n > 2:
            return False
        levels = (known for known in self.known if known.form == "level")
        if corner.prices in self._widened or any(one.is_price(corner.prices) for one in levels):
            return False
        if not self._find_level(corner.b):
            return False
        # the set found may end just before the corner, which need not be asked again
        self._widened.add(corner.prices)
        return True

    def _in_doubles(self, prices: FloatArray, point: PricePoint | None) -> Equilibrium:
        point = point or polish(self._problem, prices, 1e-9)
        return with_residuals(self.frame.game, equilibrium_at(self._problem, point, "proper"))

    def _certify_perfect(self, prices: FloatArray) -> None:
        settled = False
        for exact in self._guesses(prices):
            if exact_equilibrium(self.frame, exact) is None or min(exact) < self.floor:
                continue
            result = self._divided(exact)
            if result.equilibrium is not None:
                self._keep_exact(result.equilibrium, *as_corner(self.frame, result.equilibrium))
                return
            if result.status == "undecided":
                self.unproved.append((prices, result.defect))
                return
            near = np.array([float(b) for b in exact])
            settled = settled or agree(near, prices, _SAME)
        if not settled:
            self._doubt(prices)

    def _doubt(self, prices: FloatArray) -> None:
        """Take note of an equilibrium without exact prices, unless division surely fails there."""
        result = divide(self.frame.game, self.frame.game.in_curnits(prices))
        self.least_defect = min(self.least_defect, result.defect)
        if result.status != "undecided":
            return
        defect = result.defect
        box = propose_box(self.frame.game, prices, kinks=False)
        if box is not None:
            refined = refine(self.frame.game, box)
            if refined.sole_threats and refined.defect is not None:
                defect = float(refined.defect[1])
                self.least_defect = min(self.least_defect, defect)
                if refined.defect[0] > 0:
                    return
        self.unproved.append((prices, defect))

    def _divided(self, exact: Prices) -> DivisionResult:
        own = [b / r for b, r in zip(exact, self.frame.table.ranges, strict=True)]
        result = divide(self.frame.game, own)
        self.least_defect = min(self.least_defect, result.defect)
        return result

    def _keep_exact(self, equilibrium: Equilibrium, corner: Corner, mixture: Sparse) -> None:
        equilibrium = replace(equilibrium, concept=self.concept)
        known = rational_known(self.frame, equilibrium, corner, mixture, self.concept, self.known)
        self._keep(known)

    def _keep(self, known: Certified) -> None:
        """Take note of an exact equilibrium or a set, in place of those that are parts of it."""
        # what is said of a part of a set is true of the set: it may take the part's number
        self.changes += 1
        parts = [e for e, old in enumerate(self.known) if redundant([known], old)]
        if parts:
            self.known[parts[0]] = known
        else:
            self.known.append(known)
        self._mark_corners(known)

    def _mark_corners(self, known: Certified) -> None:
        """Make the prices of an exact equilibrium corners of cells, where no box closes them."""
        for vertex in () if known.lower else known.vertices:
            if vertex not in self.points:
                self.points[vertex] = make_corner(self.frame, vertex, exact=True)

    def restore(self, entry: Mapping[str, Any]) -> None:
        """Take over an equilibrium from a saved search, or from another process.

        Raises InvalidCertificate if the checker refuses it: cells may have been closed because of
        it by a program that proved less.
        """
        statement = read_entry(self.frame.table, entry, self.concept, "")
        if entry["form"] != "box":
            if entry["form"] == "level":
                claim = read_level(self.frame.table, entry)
                member = self._in_doubles(level_member(self.frame, claim), None)
                known = level_known(self.frame, claim, member)
            else:
                known = restored(self.frame, entry, self.concept)
            # in its own place, even if it is a part of another: cells name it by number
            self.known.append(known)
            self._mark_corners(known)
            return
        # the middle of the box is not the equilibrium, which the checker finds
        prices = np.array([float((low + high) / 2) for low, high in statement.prices])
        box = read_box(self.frame.table, entry)
        self.known.append(box_known(self._in_doubles(prices, None), prices, box))

    def restore_unproved(self, prices: Sequence[float], defect: float) -> None:
        """Take over a solution that a saved search could not settle."""
        self.unproved.append((np.array(prices), defect))
        self.settled.append(np.array(prices))

    @cached_property
    def _program(self) -> DivisionProgram:
        return DivisionProgram(self.frame.game)

    def refute_division(
        self, cell: Cell, bounds: CellBounds, planner: weights.Planner
    ) -> Reason | None:
        """Return why the cell holds no coalition-perfect equilibrium, decided exactly, or None."""
        refutation = self._program.refute(
            DivisionCell(bounds.prices, bounds.lower, bounds.upper, planner.outcomes)
        )
        if refutation is None:
            return None
        dropped = sorted([*self.frame.dominated.items(), *planner.dropped.items()])
        reason = self._program.reason(refutation, dropped)
        if reason is None:
            return None
        table, vertices = self.frame.table, [corner.vertex for corner in cell]
        try:
            prove_excluded(table, vertices, exclusion(table, reason))
        except InvalidCertificate:
            return None
        return reason
