"""Equilibria met during a subdivision, in the four forms of a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

import numpy as np

from harsanyi_aux.certify.boxes.check import prove_box
from harsanyi_aux.certify.boxes.claims import BoxClaim, read_box
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import to_fraction
from harsanyi_aux.certify.statements.level_sets import LevelClaim
from harsanyi_aux.equilibria.boxes.propose import propose_box
from harsanyi_aux.equilibria.certificates import without_residuals, write_box, write_level
from harsanyi_aux.equilibria.points.corners import Corner, Prices
from harsanyi_aux.equilibria.points.exact_point import as_corner, as_equilibrium
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.level_sets import Member, level_dimension, level_polytope
from harsanyi_aux.equilibria.points.price_polytopes import PricePolytope, stable_prices
from harsanyi_aux.equilibria.sameness import agree
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.game.equilibrium import Concept, Equilibrium, equilibrium_from_dict
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.sparse import Sparse, read_sparse, write_sparse


@dataclass(frozen=True, eq=False)
class Certified:
    """One equilibrium, or one set of equilibria with the same strategies.

    Attributes
    ----------
    form : "rational", "set", "level" or "box"
    equilibrium : Equilibrium
        Exact for "rational" and "set" (one of them), in doubles for "level" (one) and "box".
    prices : array (n,)
        Its normalised prices in doubles.
    polytope : PricePolytope or None
        The prices of a "set", and those among which the prices of a "level" are; those of a
        "rational" one are a single point.
    vertices : tuple of exact prices
        Corners of the polytope, or the one price; empty for a box.
    box : BoxClaim or None
        One in which there is no other equilibrium; a "rational" one may have it, too.
    level : LevelClaim or None
    threats : for each pair, strategies of both sides; empty for a "level" and a box
    mixture : the planner's strategy; empty for a "level" and a box
    """

    form: Literal["rational", "set", "level", "box"]
    equilibrium: Equilibrium
    prices: FloatArray
    polytope: PricePolytope | None = None
    vertices: tuple[Prices, ...] = ()
    box: BoxClaim | None = None
    level: LevelClaim | None = None
    threats: tuple[tuple[Sparse, Sparse], ...] = ()
    mixture: Sparse = ()

    @cached_property
    def lower(self) -> tuple[Fraction, ...]:
        """The least first n - 1 prices of the box; empty if there is none."""
        return () if self.box is None else tuple(map(to_fraction, self.box.lower))

    @cached_property
    def upper(self) -> tuple[Fraction, ...]:
        """The largest first n - 1 prices of the box; empty if there is none."""
        return () if self.box is None else tuple(map(to_fraction, self.box.upper))

    @property
    def dimension(self) -> int:
        """Dimension of the set of prices; for a "level" at least."""
        if self.level is not None:
            return level_dimension(self.level)
        return 0 if self.polytope is None else self.polytope.dimension

    @property
    def member(self) -> Member | None:
        """The equilibrium or "set" as a part of a "level" may be given."""
        return (self.vertices, self.dimension, self.threats) if self.threats else None

    @property
    def varying(self) -> tuple[int, ...] | None:
        """The coalition whose threats vary along a "level"."""
        return None if self.level is None else tuple(members(self.level.pair))

    def is_price(self, prices: Prices) -> bool:
        """Whether an equilibrium at these exact prices is this one, or of this set.

        False for a box. The prices of a "set" are equilibrium prices, those of a "level" may be.
        """
        if self.polytope is not None:
            return prices in self.polytope
        return prices in self.vertices

    def holds(self, prices: Prices) -> bool:
        """Whether these prices lie in the box."""
        return bool(self.lower) and all(
            low <= p <= high for low, p, high in zip(self.lower, prices, self.upper, strict=False)
        )

    def explains(self, prices: FloatArray, tolerance: float) -> bool:
        """Whether a solution in doubles is this equilibrium, or one of this set."""
        if self.form == "box":
            low = np.array([float(x) for x in self.lower]) - tolerance
            high = np.array([float(x) for x in self.upper]) + tolerance
            return bool((low <= prices[:-1]).all() and (prices[:-1] <= high).all())
        if self.polytope is not None:
            return self.polytope.nearly_contains(prices, tolerance)
        return agree(prices, self.prices, tolerance)


def rational_known(
    frame: Frame,
    equilibrium: Equilibrium,
    corner: Corner,
    mixture: Sparse,
    concept: Concept,
    others: Sequence[Certified] = (),
) -> Certified:
    """Return an exact equilibrium with the set of prices that keep its strategies, if larger.

    Saddle points may be interchanged: where one side's threats of another known equilibrium, with
    this one's of the other side, stay optimal at more prices, they are taken.
    """
    polytope = stable_prices(frame, corner.threats, mixture, concept)
    for other in others:
        for sides in ((corner.threats, other.threats), (other.threats, corner.threats)):
            threats = tuple((x, y) for (x, _), (_, y) in zip(*sides, strict=False))
            if len(threats) < len(frame.pairs) or threats == corner.threats:
                continue
            wider = stable_prices(frame, threats, mixture, concept)
            if corner.prices in wider and _covers(wider, polytope):
                corner = Corner(frame, corner.prices, threats, corner.outcome)
                polytope, equilibrium = wider, as_equilibrium(corner, mixture)
    if polytope.dimension > 0:
        return _set(equilibrium, corner, mixture, polytope)
    known = _point(equilibrium, corner, mixture)
    boxed = replace(known, box=propose_box(frame.game, known.prices))
    return boxed if boxed.holds(corner.prices) else known


def restored(frame: Frame, entry: Mapping[str, Any], concept: Concept) -> Certified:
    """Return what an entry of form "rational" or "set" says, which the checker has read.

    Cells refer to the entries by number, and to their boxes: a part of a set stays apart, and no
    box is computed anew.
    """
    if entry["form"] == "rational":
        equilibrium = equilibrium_from_dict(entry["equilibrium"], frame.game)
        box = read_box(frame.table, entry["box"]) if "box" in entry else None
        return replace(_point(equilibrium, *as_corner(frame, equilibrium)), box=box)
    vertices = [tuple(Fraction(b) for b in vertex) for vertex in entry["prices"]]
    middle = tuple(sum(column) / len(vertices) for column in zip(*vertices, strict=True))
    mixture = read_sparse(entry["outcomes"])
    strategies = [entry["strategies"][frame.table.key(mask)] for mask in frame.pairs]
    threats = tuple((read_sparse(x), read_sparse(y)) for x, y in strategies)
    corner = Corner(frame, middle, threats, mixture[0][0])
    polytope = stable_prices(frame, threats, mixture, concept)
    equilibrium = replace(as_equilibrium(corner, mixture), concept=concept)
    return _set(equilibrium, corner, mixture, polytope)


def _set(
    equilibrium: Equilibrium, corner: Corner, mixture: Sparse, polytope: PricePolytope
) -> Certified:
    return Certified(
        "set",
        equilibrium,
        corner.b,
        polytope,
        polytope.vertices,
        threats=corner.threats,
        mixture=mixture,
    )


def _point(equilibrium: Equilibrium, corner: Corner, mixture: Sparse) -> Certified:
    return Certified(
        "rational",
        equilibrium,
        corner.b,
        vertices=(corner.prices,),
        threats=corner.threats,
        mixture=mixture,
    )


def _covers(wider: PricePolytope, polytope: PricePolytope) -> bool:
    """Whether one set of prices holds another and more."""
    return wider.vertices != polytope.vertices and all(
        vertex in wider for vertex in polytope.vertices
    )


def level_known(frame: Frame, claim: LevelClaim, equilibrium: Equilibrium) -> Certified:
    """Return a set of equilibria of the form "level", with one of them in doubles."""
    prices = frame.game.normalise(equilibrium.prices)
    polytope = level_polytope(frame, claim)
    return Certified("level", equilibrium, prices, polytope, polytope.vertices, level=claim)


def box_known(equilibrium: Equilibrium, prices: FloatArray, claim: BoxClaim) -> Certified:
    """Return an equilibrium enclosed by a box."""
    return Certified("box", equilibrium, prices, box=claim)


def write_entry(table: Table, known: Certified) -> dict[str, Any]:
    """Return what a certificate says of a known equilibrium."""
    if known.level is not None:
        return write_level(table, known.level)
    if known.form == "set":
        return {
            "form": "set",
            "prices": [[str(p) for p in vertex] for vertex in known.vertices],
            "strategies": {
                table.key(mask): [write_sparse(side) for side in sides]
                for mask, sides in zip(table.pairs, known.threats, strict=True)
            },
            "outcomes": write_sparse(known.mixture),
        }
    box = {} if known.box is None else write_box(table, known.box)
    if known.form == "box":
        return box
    entry = {"form": "rational", "equilibrium": without_residuals(known.equilibrium)}
    return entry | ({"box": box} if box else {})


def has_prices_from(table: Table, known: Certified, floor: Fraction) -> bool:
    """Whether a known equilibrium surely has normalised prices of at least the floor.

    Of a set one of them, of a "level" all of them.
    """
    if known.equilibrium.is_exact:
        worth = [a * r for a, r in zip(known.equilibrium.prices, table.ranges, strict=True)]
        return bool(min(worth) >= floor * sum(worth))
    if known.box is not None:
        return all(low >= floor for low, _ in prove_box(table, known.box).prices)
    return all(min(prices) >= floor for prices in known.vertices)


def explained(known: Sequence[Certified], prices: FloatArray, tolerance: float) -> bool:
    """Whether some known equilibrium is the one found at these prices."""
    return any(one.explains(prices, tolerance) for one in known)


def redundant(known: Sequence[Certified], one: Certified) -> bool:
    """Whether the prices of an exact equilibrium or set all belong to some other set.

    An equilibrium with a box of its own stays, as cells may lie in the box.
    """
    if one.lower:
        return False
    wider = {"rational": ("set", "level"), "set": ("set", "level"), "level": ("level",), "box": ()}
    return any(
        other is not one
        and other.form in wider[one.form]
        and all(map(other.is_price, one.vertices))
        for other in known
    )
