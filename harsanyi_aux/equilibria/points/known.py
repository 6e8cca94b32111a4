"""Equilibria met during a subdivision, in the three forms of a certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from harsanyi_aux.equilibria.boxes.propose import propose_box
from harsanyi_aux.equilibria.points.corners import Corner, Prices, write_corner
from harsanyi_aux.equilibria.points.exact_point import as_corner, as_equilibrium
from harsanyi_aux.equilibria.points.frame import Frame
from harsanyi_aux.equilibria.points.level_sets import Member, level_polytope
from harsanyi_aux.equilibria.points.price_polytopes import PricePolytope, stable_prices
from harsanyi_aux.game.equilibrium import Concept, Equilibrium, equilibrium_from_dict
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.linear import affine_rank
from harsanyi_aux.numbers.sparse import Sparse, read_sparse, write_sparse


@dataclass(frozen=True, eq=False)
class Known:
    """One equilibrium, or one set of equilibria with the same strategies.

    Attributes
    ----------
    form : "rational", "set", "level" or "box"
    entry : dict
        What the certificate says.
    equilibrium : Equilibrium
        Exact for "rational" and "set" (one of them), in doubles for "level" (one) and "box".
    prices : array (n,)
        Its normalised prices in doubles.
    polytope : PricePolytope or None
        The prices of a "set", and those among which the prices of a "level" are; those of a
        "rational" one are a single point.
    vertices : tuple of exact prices
        Corners of the polytope, or the one price; empty for a box.
    lower, upper : tuples of n - 1 Fractions
        A box in which there is no other equilibrium; empty if there is none.
    threats : for each pair, strategies of both sides; empty for a "level" and a box
    """

    form: Literal["rational", "set", "level", "box"]
    entry: dict[str, Any]
    equilibrium: Equilibrium
    prices: FloatArray
    polytope: PricePolytope | None = None
    vertices: tuple[Prices, ...] = ()
    lower: tuple[Fraction, ...] = ()
    upper: tuple[Fraction, ...] = ()
    threats: tuple[tuple[Sparse, Sparse], ...] = ()

    @property
    def dimension(self) -> int:
        """Dimension of the set of prices; for a "level" at least."""
        if self.polytope is None:
            return 0
        if self.form == "level":
            if "members" in self.entry:
                rows = [
                    tuple(Fraction(p) for p in prices) for prices in self.entry["members"]["prices"]
                ]
                return affine_rank(rows)
            return self.polytope.dimension - 1
        return self.polytope.dimension

    @property
    def member(self) -> Member | None:
        """The equilibrium or "set" as a part of a "level" may be given."""
        return (self.vertices, self.dimension, self.threats) if self.threats else None

    @property
    def varying(self) -> tuple[int, ...] | None:
        """The coalition whose threats vary along a "level"."""
        if self.form != "level":
            return None
        return tuple(int(i) for i in self.entry["pair"].split(","))

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
        return bool(np.abs(prices - self.prices).max() <= tolerance)


def rational_known(
    frame: Frame,
    equilibrium: Equilibrium,
    corner: Corner,
    mixture: Sparse,
    concept: Concept,
    others: Sequence[Known] = (),
) -> Known:
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
        entry = {
            "form": "set",
            "prices": [[str(p) for p in vertex] for vertex in polytope.vertices],
            "strategies": write_corner(corner)["threats"],
            "outcomes": write_sparse(mixture),
        }
        return _set(entry, equilibrium, corner, polytope)
    claim = {key: value for key, value in equilibrium.to_dict().items() if key != "residuals"}
    entry = {"form": "rational", "equilibrium": claim}
    known = _point(entry, equilibrium, corner)
    box = propose_box(frame.game, known.prices)
    if box is None:
        return known
    boxed = _point({**entry, "box": box}, equilibrium, corner)
    return boxed if boxed.holds(corner.prices) else known


def restored(frame: Frame, entry: Mapping[str, Any], concept: Concept) -> Known:
    """Return what an entry of form "rational" or "set" says, and nothing else.

    Cells refer to the entries by number, and to their boxes: a part of a set stays apart, and no
    box is computed anew.
    """
    if entry["form"] == "rational":
        equilibrium = equilibrium_from_dict(entry["equilibrium"], frame.game)
        corner, _ = as_corner(frame, equilibrium)
        return _point(dict(entry), equilibrium, corner)
    vertices = [tuple(Fraction(b) for b in vertex) for vertex in entry["prices"]]
    middle = tuple(sum(column) / len(vertices) for column in zip(*vertices, strict=True))
    mixture = read_sparse(entry["outcomes"])
    strategies = [entry["strategies"][frame.table.key(mask)] for mask in frame.pairs]
    threats = tuple((read_sparse(x), read_sparse(y)) for x, y in strategies)
    corner = Corner(frame, middle, threats, mixture[0][0])
    polytope = stable_prices(frame, threats, mixture, concept)
    equilibrium = replace(as_equilibrium(corner, mixture), concept=concept)
    return _set(dict(entry), equilibrium, corner, polytope)


def _set(
    entry: dict[str, Any], equilibrium: Equilibrium, corner: Corner, polytope: PricePolytope
) -> Known:
    return Known(
        "set",
        entry,
        equilibrium,
        corner.b,
        polytope,
        polytope.vertices,
        threats=corner.threats,
    )


def _point(entry: dict[str, Any], equilibrium: Equilibrium, corner: Corner) -> Known:
    lower, upper = _sides(entry["box"]) if "box" in entry else ((), ())
    return Known(
        "rational",
        entry,
        equilibrium,
        corner.b,
        None,
        (corner.prices,),
        lower,
        upper,
        corner.threats,
    )


def _covers(wider: PricePolytope, polytope: PricePolytope) -> bool:
    """Whether one set of prices holds another and more."""
    return wider.vertices != polytope.vertices and all(
        vertex in wider for vertex in polytope.vertices
    )


def _sides(box: Mapping[str, Any]) -> tuple[tuple[Fraction, ...], tuple[Fraction, ...]]:
    pairs = [(Fraction(c), Fraction(r)) for c, r in zip(box["center"], box["radius"], strict=True)]
    return tuple(c - r for c, r in pairs), tuple(c + r for c, r in pairs)


def level_known(frame: Frame, entry: dict[str, Any], equilibrium: Equilibrium) -> Known:
    """Return a set of equilibria of the form "level", with one of them in doubles."""
    prices = frame.game.normalise(equilibrium.prices)
    polytope = level_polytope(frame, entry)
    return Known("level", entry, equilibrium, prices, polytope, polytope.vertices)


def box_known(equilibrium: Equilibrium, prices: FloatArray, entry: dict[str, Any]) -> Known:
    """Return an equilibrium enclosed by a box of the certificate's form."""
    lower, upper = _sides(entry)
    return Known("box", entry, equilibrium, prices, lower=lower, upper=upper)


def explained(known: Sequence[Known], prices: FloatArray, tolerance: float) -> bool:
    """Whether some known equilibrium is the one found at these prices."""
    return any(one.explains(prices, tolerance) for one in known)


def redundant(known: Sequence[Known], one: Known) -> bool:
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
