"""Sets of equilibria along which one threat varies: level sets of one threat value.

Source: ``docs/certificates.md``, "Equilibria", form "level". All other threats and the outcome are
fixed, and the excess is a multiple of one vector: it vanishes where the value of the threat game
that is left open equals a linear function of the prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.cells.vertices import Vertex, edge_bounds, make_vertex
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.strategies import Mixed, read_mixed, read_prices, read_threats
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, rationals, record, sequence
from harsanyi_aux.certify.statements.hulls import in_hull

Prices = tuple[fmpq, ...]
# Stands where a strategy is not looked at.
_ANY = Mixed((0,), (1,), 1)


@dataclass(frozen=True, eq=False)
class Level:
    """An entry of the form "level" that has been checked.

    Attributes
    ----------
    prices : tuple of n-tuples of fmpq
        Their hull holds the set.
    outcome : int
    dimension : int
        Of the set of prices, at least.
    """

    prices: tuple[Prices, ...]
    outcome: int
    dimension: int


@dataclass(frozen=True, eq=False)
class Members:
    """Equilibria that belong to a set, with threats ``x``, ``y`` of the open pair."""

    prices: tuple[Prices, ...]
    threat: tuple[Mixed, Mixed]


@dataclass(frozen=True, eq=False)
class Witness:
    """A combination of the prices, and a threat that bounds the value of the open pair there."""

    weights: tuple[fmpq, ...]
    threat: Mixed


@dataclass(frozen=True, eq=False)
class LevelClaim:
    """An entry of the form "level", read.

    Attributes
    ----------
    pair : int
        Its threats vary.
    prices : tuple of n-tuples of fmpq
    threats : mapping from the masks of all other pairs to strategies of both sides
    outcome : int
    planner : tuple of n fmpq
    proof : Members, or the witnesses "below" and "above"
    """

    pair: int
    prices: tuple[Prices, ...]
    threats: Mapping[int, tuple[Mixed, Mixed]]
    outcome: int
    planner: tuple[fmpq, ...]
    proof: Members | tuple[Witness, Witness]


def check_level(table: Table, entry: Mapping[str, Any]) -> Level:
    """Check an entry of the form "level".

    Raises
    ------
    InvalidCertificate
        If it is malformed, or not a set of CoCo equilibria.
    """
    return prove_level(table, read_level(table, entry))


def read_level(table: Table, entry: Mapping[str, Any]) -> LevelClaim:
    """Read an entry of the form "level"; InvalidCertificate if it is malformed."""
    keys = ("form", "pair", "prices", "strategies", "outcome", "planner")
    direct = "members" in entry
    record(entry, "", (*keys, "members") if direct else (*keys, "below", "above"))
    prices = _read_listed(table, entry["prices"], "prices")
    free = table.parse_key(entry["pair"], "pair")
    others = tuple(pair for pair in table.pairs if pair != free)
    threats = read_threats(table, entry["strategies"], "strategies", others)
    outcome = index(entry["outcome"], table.n_outcomes, "outcome")
    planner = tuple(rationals(entry["planner"], table.n, "planner"))
    proof: Members | tuple[Witness, Witness]
    if direct:
        members = record(entry["members"], "members", ("prices", "threat"))
        key = table.key(free)
        threat = read_threats(table, {key: members["threat"]}, "members.threat", (free,))[free]
        proof = Members(_read_listed(table, members["prices"], "members.prices"), threat)
    else:
        rows, columns = table.sizes(free)
        proof = (
            _read_witness(entry["below"], columns, "below"),
            _read_witness(entry["above"], rows, "above"),
        )
    return LevelClaim(free, prices, threats, outcome, planner, proof)


def _read_listed(table: Table, value: object, place: str) -> tuple[Prices, ...]:
    return tuple(
        read_prices(table.n, prices, f"{place}[{k}]")
        for k, prices in enumerate(sequence(value, place))
    )


def _read_witness(value: object, n_actions: int, name: str) -> Witness:
    witness = record(value, name, ("weights", "threat"))
    place = f"{name}.weights"
    listed = sequence(witness["weights"], place)
    return Witness(
        tuple(rationals(listed, len(listed), place)),
        read_mixed(witness["threat"], n_actions, f"{name}.threat"),
    )


def prove_level(table: Table, claim: LevelClaim) -> Level:
    """Do what `check_level` does for an entry that has been read."""
    listed, free, outcome = claim.prices, claim.pair, claim.outcome
    if not listed or not all(max(column) > 0 for column in zip(*listed, strict=True)):
        raise InvalidCertificate("no combination of the prices is positive", "prices")
    dimension = fmpq_mat([list(prices) for prices in listed]).rank() - 2
    if dimension < 0:
        raise InvalidCertificate("the prices are one point", "prices")
    direction = table.phi({pair: fmpq(int(pair == free)) for pair in (*table.pairs, table.full)})

    def vertex_at(prices: Prices, x: Mixed = _ANY, y: Mixed = _ANY) -> Vertex:
        return make_vertex(table, prices, {**claim.threats, free: (x, y)}, outcome)

    def open_value(vertex: Vertex) -> tuple[fmpq, fmpq]:
        bounds, at = edge_bounds(table, vertex, vertex), table.pairs.index(free)
        return bounds.lower[at], bounds.upper[at]

    vertices = [vertex_at(prices) for prices in listed]
    required = [
        _required(table, vertex, free, direction, f"prices[{k}]")
        for k, vertex in enumerate(vertices)
    ]
    _check_planner(table, vertices, direction, claim.planner)
    if isinstance(claim.proof, Members):
        found = claim.proof.prices
        for k, prices in enumerate(found):
            place = f"members.prices[{k}]"
            if not in_hull(listed, prices):
                raise InvalidCertificate("this is no combination of the prices", place)
            vertex = vertex_at(prices, *claim.proof.threat)
            least, most = open_value(vertex)
            if least < most:
                raise InvalidCertificate(f"the threats of {table.key(free)} are not optimal", place)
            if least != _required(table, vertex, free, direction, place):
                raise InvalidCertificate("this is no equilibrium", place)
        if not found or not all(max(column) > 0 for column in zip(*found, strict=True)):
            raise InvalidCertificate("no combination is positive", "members.prices")
        rank = fmpq_mat([list(prices) for prices in found]).rank()
        return Level(listed, outcome, rank - 1)
    for name, witness in zip(("below", "above"), claim.proof, strict=True):
        weights = witness.weights
        if len(weights) != len(listed) or min(weights) <= 0 or sum(weights) != 1:
            raise InvalidCertificate("these are no positive weights", f"{name}.weights")
        prices = tuple(
            sum((w * p for w, p in zip(weights, column, strict=True)), fmpq(0))
            for column in zip(*listed, strict=True)
        )
        level = sum((w * v for w, v in zip(weights, required, strict=True)), fmpq(0))
        if name == "above":
            proved = open_value(vertex_at(prices, x=witness.threat))[0] > level
        else:
            proved = open_value(vertex_at(prices, y=witness.threat))[1] < level
        if not proved:
            raise InvalidCertificate(f"the threat is not worth what {name!r} says", name)
    return Level(listed, outcome, dimension)


def _required(
    table: Table, vertex: Vertex, free: int, direction: Sequence[fmpq], place: str
) -> fmpq:
    """Return the value of the open threat game at which the excess vanishes.

    All other strategies of the vertex, and its outcome, must be optimal.
    """
    bounds = edge_bounds(table, vertex, vertex)
    if bounds.lower[-1] < bounds.upper[-1]:
        raise InvalidCertificate("the grand coalition could earn more", place)
    values = dict(zip((*table.pairs, table.full), bounds.lower, strict=True))
    for pair, low, high in zip(table.pairs, bounds.lower, bounds.upper, strict=False):
        if pair != free and low < high:
            raise InvalidCertificate(f"the threats of {table.key(pair)} are not optimal", place)
    owed = table.phi(values | {free: fmpq(0)})
    excess = [
        share - p * row[vertex.outcome] / table.scale
        for share, p, row in zip(owed, vertex.prices, table.integers, strict=True)
    ]
    # player 0 belongs to every pair, so that its share of the value is not zero
    level: fmpq = -excess[0] / direction[0]
    if any(e + level * g != 0 for e, g in zip(excess, direction, strict=True)):
        raise InvalidCertificate("no value of the open threat game makes division hold", place)
    return level


def _check_planner(
    table: Table, vertices: Sequence[Vertex], direction: Sequence[fmpq], weights: Sequence[fmpq]
) -> None:
    """Check that no other outcome of the planner leads to an equilibrium at these prices."""
    if sum((w * g for w, g in zip(weights, direction, strict=True)), fmpq(0)) != 0:
        raise InvalidCertificate("the weights are not orthogonal to the direction", "planner")
    outcome = vertices[0].outcome
    for other in range(table.n_outcomes):
        gains = [row[other] - row[outcome] for row in table.integers]
        tied = [v.prices for v in vertices if v.worth[other] == v.worth[outcome]]
        # another outcome is optimal at combinations of the prices where it is, which must be
        # positive to matter
        if not any(gains) or not all(any(column) for column in zip(*tied, strict=True)):
            continue
        for prices in tied:
            turned = sum(
                (w * p * g for w, p, g in zip(weights, prices, gains, strict=True)), fmpq(0)
            )
            if turned <= 0:
                raise InvalidCertificate(
                    f"outcome {other}, which may earn as much, is not excluded", "planner"
                )
