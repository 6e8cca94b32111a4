"""The search: cells are excluded, explained by a known equilibrium, or split, largest first.

Facts page, "Computing" ("Enumerate"). What closes a cell is decided in rational or ball arithmetic
by the checker's own functions, so that the tree is a proof as it stands.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.equilibria.cells import exclude, weights
from harsanyi_aux.equilibria.cells.bounds import CellBounds, cell_bounds
from harsanyi_aux.equilibria.cells.exclude import Exemption
from harsanyi_aux.equilibria.cells.locate import Finder
from harsanyi_aux.equilibria.cells.tree import Node, root_cell, walk
from harsanyi_aux.equilibria.points.barycentric import between, is_inside
from harsanyi_aux.equilibria.points.corners import Corner, Prices, make_corner
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.known import Certified
from harsanyi_aux.game.equilibrium import Concept

# The linear program for weights that vary is costly: it is for what stays open around a near zero.
_VARY_BELOW = 0.02
# Cells larger than this are split before anything expensive is tried in them.
_LOCATE_BELOW = 0.5
_DIVIDE_BELOW = 0.8
# Costlier reasons are tried where the corners' excesses come this near to zero, per diameter.
_NEAR = 0.02
# … and, whatever the excesses, at some depths.
_FIRST_LOOK = 12
_LOOK_EVERY = 6


@dataclass(frozen=True)
class Limits:
    """When to stop.

    Attributes
    ----------
    cells : int
        Cells examined.
    diameter : float
        Cells smaller than this (longest edge, normalised prices) are left undecided.
    """

    cells: int = 20_000
    diameter: float = 1e-6


@dataclass
class Counts:
    """What has been done so far."""

    examined: int = 0
    closed: int = 0
    undecided: int = 0
    proved: float = 0.0


@dataclass
class Subdivision:
    """A tree that grows, with what has been found.

    Attributes
    ----------
    frame : Frame
    concept : Concept
    limits : Limits
    finder : Finder
        Finds and certifies equilibria; keeps those known.
    may_locate : bool
        Whether to settle solutions that are met; otherwise cells near them become leaves "search".
    """

    frame: Frame
    concept: Concept
    limits: Limits
    finder: Finder
    root: Node
    may_locate: bool = True
    counts: Counts = field(default_factory=Counts)
    _changes_before: int = -1
    _heap: list[tuple[float, int, Node]] = field(default_factory=list)
    _order: Iterable[int] = field(default_factory=itertools.count)
    _prices: dict[tuple[Corner, Certified], bool] = field(default_factory=dict)

    @property
    def known(self) -> list[Certified]:
        """The equilibria known so far, numbered as in the certificate."""
        return self.finder.known

    @property
    def open(self) -> int:
        """Number of open cells."""
        return len(self._heap)

    def push(self, nodes: Iterable[Node]) -> None:
        """Put open cells on the list."""
        for node in nodes:
            b = np.array([corner.b for corner in node.cell])
            size = float(np.abs(b[:, None] - b[None]).max())
            heapq.heappush(self._heap, (-size, next(self._order), node))  # type: ignore[call-overload]

    def take(self, count: int) -> list[Node]:
        """Return the largest open cells, no longer on the list."""
        return [heapq.heappop(self._heap)[2] for _ in range(min(count, len(self._heap)))]

    def run(self, step: Callable[[Subdivision], bool] | None = None) -> None:
        """Examine open cells until none is left, a limit is reached or `step` says stop.

        Parameters
        ----------
        step : callable, optional
            Called after every cell; False stops.
        """
        while self._heap and self.counts.examined < self.limits.cells:
            (node,) = self.take(1)
            self.examine(node)
            if step is not None and not step(self):
                return

    def reopen(self) -> bool:
        """Open undecided cells again if equilibria were found since; whether there are any.

        Those that a worker left, which cannot settle what it meets, are opened again as well.
        """
        left = [node for node in walk(self.root) if node.kind == "undecided"]
        if not left or self.finder.changes == self._changes_before:
            return False
        self._changes_before = self.finder.changes
        for node in left:
            node.kind, node.content = "open", []
            self.counts.closed -= 1
            self.counts.undecided -= 1
        self.push(left)
        return True

    def examine(self, node: Node) -> None:
        """Close or split one open cell that is not on the list."""
        try:
            self._examine(node)
        except BaseException:
            # an interrupted cell stays open: nothing is lost
            if node.kind == "open":
                self.push([node])
            raise
        self.counts.examined += 1

    def _close(self, node: Node, kind: str, *content: Any) -> None:
        node.close(kind, *content)
        if kind == "undecided" and self._changes_before < 0:
            self._changes_before = self.finder.changes
        self.count(node)

    def count(self, leaf: Node) -> None:
        """Add a closed cell to the counts."""
        self.counts.closed += 1
        if leaf.kind == "undecided":
            self.counts.undecided += 1
        else:
            self.counts.proved += leaf.share

    def _examine(self, node: Node) -> None:
        if self._explained(node):
            return
        point = self._known_point_inside(node)
        if point is not None:
            self.push(node.star(point))
            return
        bounds = cell_bounds(self.frame, node.cell)
        planner = weights.planner_choices(self.frame, bounds)
        reason = exclude.everywhere(self.frame, node.cell, bounds, planner)
        if reason is not None:
            self._close(node, "excluded", reason)
            return
        exemptions: list[Exemption] = []
        diameter = bounds.diameter
        margin = weights.corner_margin(self.frame, bounds, planner.outcomes)
        # a zero at which the excess does not change sign leaves the margin positive around it
        due = node.depth >= _FIRST_LOOK and node.depth % _LOOK_EVERY == 0
        smallest = diameter < self.limits.diameter
        if margin <= max(weights.MARGIN, _NEAR * diameter) or due or smallest:
            exemptions = self._exemptions(node, bounds, planner)
            if self._exclude_hard(node, bounds, planner, exemptions):
                return
            if diameter < _LOCATE_BELOW and self._look(node, bounds):
                return
        if diameter < self.limits.diameter:
            if self.may_locate and any(
                self.finder.widen(node.cell[k])
                for exemption in exemptions
                if exemption.reason[0] == "equilibrium"
                for k in exemption.corners
            ):
                self.push([node])
                return
            self._close(node, "undecided", self._doubt(node))
            return
        self._split(node, bounds, exemptions)

    def _look(self, node: Node, bounds: CellBounds) -> bool:
        """Search near a cell; whether the cell must wait for what was found."""
        if not self.may_locate:
            if not self.finder.sees_near(bounds):
                return False
            node.close("search")
            return True
        if not self.finder.look_near(bounds):
            return False
        self.push([node])
        return True

    def _explained(self, node: Node) -> bool:
        for e, known in enumerate(self.known):
            if known.lower and all(known.holds(corner.prices) for corner in node.cell):
                self._close(node, "inside", e)
                return True
            if known.form != "box" and all(self._is_price(corner, e) for corner in node.cell):
                self._close(node, "known", e)
                return True
        return False

    def _is_price(self, corner: Corner, e: int) -> bool:
        key = (corner, self.known[e])
        if key not in self._prices:
            self._prices[key] = self.known[e].is_price(corner.prices)
        return self._prices[key]

    def _known_point_inside(self, node: Node) -> Corner | None:
        own = [corner.prices for corner in node.cell]
        for prices, corner in self.finder.points.items():
            if prices not in own and is_inside(own, prices):
                return corner
        return None

    def _exemptions(
        self, node: Node, bounds: CellBounds, planner: weights.Planner
    ) -> list[Exemption]:
        """Return which corners may be exempt: those on a face are, where it may hold solutions."""
        found = []
        for e, known in enumerate(self.known):
            if known.form != "box":
                corners = tuple(k for k, c in enumerate(node.cell) if self._is_price(c, e))
                if corners:
                    found.append(Exemption(corners, ("equilibrium", e)))
        for i in range(self.frame.n):
            corners = tuple(k for k, c in enumerate(node.cell) if c.prices[i] == 0)
            if (
                corners
                and weights.corner_margin(self.frame, bounds, planner.outcomes, corners)
                <= weights.MARGIN
            ):
                found.append(Exemption(corners, ("player", i)))
        return found

    def _exclude_hard(
        self,
        node: Node,
        bounds: CellBounds,
        planner: weights.Planner,
        exemptions: list[Exemption],
    ) -> bool:
        """Try the costlier reasons: exempt corners, and division in smaller coalitions."""
        for exemption in exemptions:
            if exemption.reason[0] == "equilibrium":
                reason = exclude.except_at(self.frame, node.cell, bounds, exemption)
                # along a facet of a set the threats chosen first are optimal on all of it, those
                # of `with_new_threats` at their own corners only
                if reason is None and len(exemption.corners) > 1:
                    reason = exclude.except_at(self.frame, node.cell, bounds, exemption, tight=True)
                if reason is not None:
                    self._close(node, "excluded", reason)
                    return True
        for exemption in exemptions:
            cell = exclude.with_new_threats(self.frame, node.cell, exemption)
            reason = exclude.except_at(self.frame, cell, cell_bounds(self.frame, cell), exemption)
            if reason is None:
                cell = exclude.with_exact_threats(cell, exemption)
                now = cell_bounds(self.frame, cell)
                reason = exclude.except_at(self.frame, cell, now, exemption, tight=True)
                if reason is None and len(planner.outcomes) > 1:
                    reason = exclude.by_varying(self.frame, cell, now, exemption)
            if reason is not None:
                for k, corner in enumerate(cell):
                    if corner is not node.cell[k]:
                        (node,) = node.renew(k, corner)
                self._close(node, "excluded", reason)
                return True
        if not exemptions and len(planner.outcomes) > 1 and bounds.diameter < _VARY_BELOW:
            reason = exclude.by_varying(self.frame, node.cell, bounds, None)
            if reason is not None:
                self._close(node, "excluded", reason)
                return True
        if self.concept == "coalition-perfect" and (
            bounds.diameter < self.limits.diameter
            or (bounds.diameter < _DIVIDE_BELOW and node.depth >= node.divide_from)
        ):
            reason = self.finder.refute_division(node.cell, bounds, planner)
            if reason is not None:
                self._close(node, "excluded", reason)
                return True
            # the linear program is costly: wait until all edges have been halved
            node.divide_from = node.depth + self.frame.n - 1
        return False

    def _doubt(self, node: Node) -> str:
        if any(min(corner.prices) == 0 for corner in node.cell):
            return "too near a zero price"
        if self.finder.crowded:
            return "equilibria found may be points of a curve"
        return "too small a cell"

    def _split(self, node: Node, bounds: CellBounds, exemptions: list[Exemption]) -> None:
        cut = self._cut_along_sets(node)
        if cut is None:
            k, l = _edge(bounds, node.depth, exemptions)  # noqa: E741
            middle = between(node.cell[k].prices, node.cell[l].prices)
        else:
            k, l, middle = cut  # noqa: E741
        self.push(node.bisect(k, l, self._corner(middle)))

    def _corner(self, prices: Prices) -> Corner:
        special = any(known.form != "box" and known.is_price(prices) for known in self.known)
        return make_corner(self.frame, prices, exact=special)

    def _cut_along_sets(self, node: Node) -> tuple[int, int, Prices] | None:
        """Return a cut of the cell along a known set of equilibria that crosses it."""
        for known in self.known:
            if known.polytope is None:
                continue
            values = [
                [sum(x * b for x, b in zip(row, c.prices, strict=True)) for c in node.cell]
                for row in (*known.polytope.equal, *known.polytope.at_least)
            ]
            equalities = len(known.polytope.equal)
            if any(max(v) < 0 for v in values) or any(min(v) > 0 for v in values[:equalities]):
                continue
            for v in values:
                if min(v) < 0 < max(v):
                    k, l = v.index(min(v)), v.index(max(v))  # noqa: E741
                    share = Fraction(v[k]) / (v[k] - v[l])
                    return k, l, between(node.cell[k].prices, node.cell[l].prices, share)
        return None

    def undecided(self) -> list[Node]:
        """Return the cells left open or undecided."""
        return [node for node in walk(self.root) if node.kind in ("open", "undecided")]


def _edge(bounds: CellBounds, depth: int, exemptions: list[Exemption]) -> tuple[int, int]:
    """Return the edge to halve: the longest; every other time one without exempt corners.

    Near an exempt corner cells must become narrow, not only small.
    """
    gaps = bounds.corners[bounds.first] - bounds.corners[bounds.second]
    lengths = (gaps**2).sum(axis=1)
    if exemptions and depth % 2:
        sets = [set(exemption.corners) for exemption in exemptions]
        # where every edge has an exempt corner, those exempt for all reasons: a vertex of the
        # simplex, say, at which two prices vanish in a ratio that only narrow cells bound
        for exempt in (set.union(*sets), set.intersection(*sets)):
            free = ~np.isin(bounds.first, list(exempt)) & ~np.isin(bounds.second, list(exempt))
            if (lengths * free).max() > 0:
                lengths = lengths * free
                break
    at = int(np.argmax(lengths))
    return int(bounds.first[at]), int(bounds.second[at])


def start(frame: Frame, concept: Concept, floor: Fraction, limits: Limits) -> Subdivision:
    """Return the search at its beginning: one open cell."""
    root = root_cell(frame, floor)
    subdivision = Subdivision(frame, concept, limits, Finder(frame, concept, floor), root)
    subdivision.push([root])
    return subdivision
