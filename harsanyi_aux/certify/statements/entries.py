"""Entries that state equilibria: exact ones, sets of them, and boxes that hold one.

Source: ``docs/certificates.md``, "Equilibria". Boxes are checked in `boxes`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.strategies import (
    Mixed,
    over_common,
    read_mixed,
    read_prices,
    read_threats,
)
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import (
    clip,
    index,
    rational,
    rationals,
    record,
    sequence,
    to_fraction,
)
from harsanyi_aux.certify.statements.definition import failure, make_profile
from harsanyi_aux.certify.statements.hulls import in_hull
from harsanyi_aux.certify.statements.level_sets import check_level

#: Least and largest value.
Bounds: TypeAlias = tuple[Fraction, Fraction]
_Box: TypeAlias = tuple[tuple[fmpq, fmpq], ...]

CONCEPTS = ("coco", "coalition-perfect")


@dataclass(frozen=True, eq=False)
class Statement:
    """An entry that has been checked.

    Attributes
    ----------
    form : "rational", "set", "level" or "box"
    prices : tuple of n Bounds
        Normalised prices of the equilibrium, or of all in the set.
    payoffs : tuple of n Bounds
        Of the equilibria, in the game's own units.
    dimension : int
        Of the set of prices, for a "level" at least; 0 for a single equilibrium.
    corners : tuple of n-tuples of fmpq
        The exact normalised prices that the equilibrium has, or whose convex combinations belong to
        the set; for a "level", every equilibrium whose price is such a combination belongs to it.
        Empty where no price is known exactly.
    box : tuple of n - 1 pairs of fmpq, or None
        Least and largest first normalised prices in the box of the form "box", or in that of an
        exact equilibrium: it holds no other CoCo equilibrium price.
    """

    form: str
    prices: tuple[Bounds, ...]
    payoffs: tuple[Bounds, ...]
    dimension: int
    corners: tuple[tuple[fmpq, ...], ...]
    box: _Box | None

    def may_reach(self, floor: Fraction) -> bool:
        """Whether it is not proved that some normalised price is less than `floor`, throughout."""
        return all(high >= floor for _, high in self.prices)


def read_entry(table: Table, entry: object, concept: str, place: str) -> Statement:
    """Check an entry of any form.

    Raises
    ------
    InvalidCertificate
        If it is malformed or does not state an equilibrium.
    """
    form = entry.get("form") if isinstance(entry, Mapping) else None
    try:
        if isinstance(entry, Mapping) and form == "rational":
            return check_rational(table, entry, concept)
        if isinstance(entry, Mapping) and form == "set":
            return check_set(table, entry, concept)
        # for two players the concepts coincide (facts page, F2)
        if isinstance(entry, Mapping) and (concept == "coco" or table.n <= 2):
            if form == "level":
                return _check_level(table, entry)
            if form == "box":
                return _check_box(table, entry)
    except InvalidCertificate as error:
        raise error.within(place) from None
    raise InvalidCertificate(f"{clip(form)} is no form of {concept} equilibria", place)


def is_price(statement: Statement, prices: tuple[fmpq, ...]) -> bool:
    """Return whether normalised prices are exactly those of an equilibrium or belong to a set.

    For a "level": whether an equilibrium at these prices would belong to it.

    Prices of a set may be zero; the definition then holds there with its strategies. Prices at
    which it holds too, but which are no combination of the listed ones, do not belong to the set:
    the report would not tell of them. The prices of a box are not known exactly.
    """
    return bool(statement.corners) and in_hull(statement.corners, prices)


# -- exact equilibria ----------------------------------------------------------------------------


def check_rational(table: Table, entry: Mapping[str, Any], concept: str = "coco") -> Statement:
    """Check an entry of the form "rational": conditions 1, 3 and 4, and every price positive.

    Parameters
    ----------
    table : Table
    entry : mapping
        Its equilibrium must claim the same concept; residuals are ignored.
    concept : "coco" or "coalition-perfect", optional

    Returns
    -------
    Statement

    Raises
    ------
    InvalidCertificate
    """
    record(entry, "", ("form", "equilibrium"), ("box",))
    place = "equilibrium"
    data = record(
        entry["equilibrium"],
        place,
        ("format", "version", "concept", "kind", "prices", "payoffs", "strategies"),
        ("residuals",),
    )
    expected = {
        "format": "harsanyi-equilibrium",
        "version": 1,
        "concept": concept,
        "kind": "proper",
    }
    for key, value in expected.items():
        if data[key] != value or type(data[key]) is not type(value):
            raise InvalidCertificate(
                f"expected {value!r}, found {clip(data[key])}", f"{place}.{key}"
            )
    own = rationals(data["prices"], table.n, f"{place}.prices")
    if min(own) <= 0:
        raise InvalidCertificate("a price is not positive", f"{place}.prices")
    scaled = [a * fmpq(r.numerator, r.denominator) for a, r in zip(own, table.ranges, strict=True)]
    prices = tuple(a / sum(scaled) for a in scaled)
    strategies = _dense_strategies(table, data["strategies"], f"{place}.strategies")
    threats = {pair: (strategies[pair], strategies[table.full ^ pair]) for pair in table.pairs}
    profile = make_profile(table, threats, strategies[table.full])
    problem = failure(table, profile, prices, perfect=concept == "coalition-perfect")
    if problem is not None:
        raise InvalidCertificate(problem, place)
    payoffs = _own_units(table, profile.utilities[table.full])
    stated = rationals(data["payoffs"], table.n, f"{place}.payoffs")
    if [to_fraction(u) for u in stated] != payoffs:
        raise InvalidCertificate("these are not the payoffs", f"{place}.payoffs")
    box = None
    if "box" in entry:
        box = _box_around(table, entry["box"], prices)
    return Statement(
        form="rational",
        prices=tuple((to_fraction(p), to_fraction(p)) for p in prices),
        payoffs=tuple((u, u) for u in payoffs),
        dimension=0,
        corners=(prices,),
        box=box,
    )


def _box_around(table: Table, value: object, prices: Sequence[fmpq]) -> _Box:
    """Return the box in which an exact equilibrium is the only one, as far as prices go."""
    if not isinstance(value, Mapping):
        raise InvalidCertificate(f"expected an object, found {clip(value)}", "box")
    try:
        box = _check_box(table, value).box
    except InvalidCertificate as error:
        raise error.within("box") from None
    if box is None or not all(
        low <= price <= high for price, (low, high) in zip(prices, box, strict=False)
    ):
        raise InvalidCertificate("the equilibrium is not in its box", "box")
    return box


def _dense_strategies(table: Table, value: object, place: str) -> dict[int, Mixed]:
    """Return the strategies of an equilibrium file, one for every non-empty coalition."""
    if not isinstance(value, Mapping):
        raise InvalidCertificate("expected an object with one entry for every coalition", place)
    strategies = {}
    for key, listed in value.items():
        here = f"{place}[{key!r:.40}]"
        mask = table.parse_coalition(key, here)
        strategies[mask] = _read_listed(table, mask, listed, here)
    for mask in range(1, table.full + 1):
        if mask not in strategies:
            raise InvalidCertificate(f"coalition {table.key(mask)} is missing", place)
    return strategies


def _read_listed(table: Table, mask: int, value: object, place: str) -> Mixed:
    counts = [table.actions[i] for i in table.members(mask)]
    weights: dict[int, fmpq] = {}
    for k, entry in enumerate(sequence(value, place)):
        here = f"{place}[{k}]"
        record(entry, here, ("actions", "probability"))
        joint = 0
        chosen = sequence(entry["actions"], f"{here}.actions", len(counts))
        for action, count in zip(chosen, counts, strict=True):
            joint = joint * count + index(action, count, f"{here}.actions")
        if joint in weights:
            raise InvalidCertificate("the joint action is listed twice", here)
        weights[joint] = rational(entry["probability"], f"{here}.probability")
        if weights[joint] < 0:
            raise InvalidCertificate("a probability is negative", here)
    support = tuple(sorted(joint for joint, weight in weights.items() if weight))
    numerators, total = over_common([weights[joint] for joint in support])
    if sum(numerators) != total:
        raise InvalidCertificate("the probabilities do not sum to one", place)
    return Mixed(support, numerators, total)


def _hull_bounds(listed: Sequence[Sequence[fmpq]]) -> tuple[Bounds, ...]:
    columns = zip(*listed, strict=True)
    return tuple((to_fraction(min(column)), to_fraction(max(column))) for column in columns)


def _own_units(table: Table, payoffs: Sequence[fmpq]) -> list[Fraction]:
    return [
        least + width * to_fraction(v)
        for least, width, v in zip(table.minima, table.ranges, payoffs, strict=True)
    ]


# -- sets and boxes ------------------------------------------------------------------------------


def check_set(table: Table, entry: Mapping[str, Any], concept: str = "coco") -> Statement:
    """Check an entry of the form "set": the definition at every listed price.

    Parameters
    ----------
    table : Table
    entry : mapping
    concept : "coco" or "coalition-perfect", optional

    Returns
    -------
    Statement

    Raises
    ------
    InvalidCertificate
        Also if some player's price is zero throughout, so that no equilibrium would be proper.
    """
    record(entry, "", ("form", "prices", "strategies", "outcomes"))
    listed = [
        read_prices(table.n, value, f"prices[{k}]")
        for k, value in enumerate(sequence(entry["prices"], "prices"))
    ]
    if not listed or not all(max(column) > 0 for column in zip(*listed, strict=True)):
        raise InvalidCertificate("no combination of the prices is positive", "prices")
    profile = make_profile(
        table,
        read_threats(table, entry["strategies"], "strategies"),
        read_mixed(entry["outcomes"], table.n_outcomes, "outcomes"),
    )
    perfect = concept == "coalition-perfect"
    for k, prices in enumerate(listed):
        problem = failure(table, profile, prices, perfect=perfect)
        if problem is not None:
            raise InvalidCertificate(problem, f"prices[{k}]")
    payoffs = _own_units(table, profile.utilities[table.full])
    return Statement(
        form="set",
        prices=_hull_bounds(listed),
        payoffs=tuple((u, u) for u in payoffs),
        # prices sum to one: none of them is a combination with weights that do not sum to one
        dimension=fmpq_mat([list(prices) for prices in listed]).rank() - 1,
        corners=tuple(listed),
        box=None,
    )


def _check_level(table: Table, entry: Mapping[str, Any]) -> Statement:
    level = check_level(table, entry)
    payoffs = [row[level.outcome] for row in table.payoffs]
    return Statement(
        form="level",
        prices=_hull_bounds(level.prices),
        payoffs=tuple((u, u) for u in payoffs),
        dimension=level.dimension,
        corners=level.prices,
        box=None,
    )


def _check_box(table: Table, entry: Mapping[str, Any]) -> Statement:
    report = check_box(table, entry)
    return Statement(
        form="box",
        prices=report.prices,
        payoffs=report.payoffs,
        dimension=0,
        corners=(),
        box=tuple(
            (fmpq(low.numerator, low.denominator), fmpq(high.numerator, high.denominator))
            for low, high in zip(report.lower[:-1], report.upper[:-1], strict=True)
        ),
    )
