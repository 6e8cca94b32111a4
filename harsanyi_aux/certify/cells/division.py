"""Division in the smaller coalitions as a part of a leaf's inequality.

Source: ``docs/certificates.md``, "Division in smaller coalitions"; the names are those of that
page. Only coalition-perfect equilibria satisfy it, so only their certificates may use it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from flint import fmpq, fmpz_mat

from harsanyi_aux.certify.cells.vertices import EdgeBounds, Vertex
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import index, rational, rationals, record, sequence

#: Mask of the pair, "row" or "column", joint action, bound, and +1 for at least, -1 for at most.
Split: TypeAlias = tuple[int, str, int, Fraction | fmpq, int]
#: Two indices and a multiplier.
Triple: TypeAlias = tuple[int, int, fmpq]


@dataclass(frozen=True)
class Fight:
    """What division and its multipliers say about one pair.

    Attributes
    ----------
    pair : int
    shares : list of n fmpq
        ``g_{R,i}``.
    columns, rows : list of (other, own, multiplier)
        ``(c', c, s)`` and ``(r', r, t)``.
    bounds : list of (row, column, fmpq)
        What the bounds subtract from ``F`` at single outcomes.
    """

    pair: int
    shares: list[fmpq]
    columns: Sequence[Triple]
    rows: Sequence[Triple]
    bounds: Sequence[Triple]


def read_division(table: Table, value: object, splits: Sequence[Split]) -> list[Fight]:
    """Return the fights that division in smaller coalitions is about; none for None.

    Raises
    ------
    InvalidCertificate
        If weights do not sum to zero, a multiplier is negative or a bound is not above the leaf.
    """
    if value is None:
        return []
    data = record(value, "division", ("coalitions",), ("pairs",))
    coalitions = _read_coalitions(table, data["coalitions"], "division.coalitions")
    listed = data.get("pairs", {})
    if not isinstance(listed, Mapping):
        raise InvalidCertificate("expected an object", "division.pairs")
    pairs = {}
    for key, multipliers in listed.items():
        place = f"division.pairs[{key!r:.40}]"
        pair = table.parse_key(key, place)
        rows, columns = table.sizes(pair)
        record(multipliers, place, (), ("columns", "rows", "bounds"))
        pairs[pair] = (
            read_triples(multipliers.get("columns", ()), columns, columns, f"{place}.columns"),
            read_triples(multipliers.get("rows", ()), rows, rows, f"{place}.rows"),
            _read_bounds(table, pair, multipliers.get("bounds", ()), splits, f"{place}.bounds"),
        )
    return make_fights(table, coalitions, pairs, splits)


def make_fights(
    table: Table,
    coalitions: Mapping[int, Sequence[fmpq]],
    pairs: Mapping[int, tuple[Sequence[Triple], Sequence[Triple], Sequence[Triple]]],
    splits: Sequence[Split],
) -> list[Fight]:
    """Return the fights that division in the given coalitions is about.

    Parameters
    ----------
    table : Table
    coalitions : mapping from masks
        ``η_S`` over the members in increasing order, with sum zero.
    pairs : mapping from masks of pairs to three lists of triples
        ``(c', c, s)``, ``(r', r, t)`` and ``(d, j, κ)``, no multiplier negative.
    splits : sequence of Split
        Those that ``d`` counts.
    """
    shares = _shares(table, coalitions)
    fights = {pair: Fight(pair, own, [], [], []) for pair, own in shares.items() if any(own)}
    for pair, (columns, rows, bounds) in pairs.items():
        terms = _bound_terms(table, pair, bounds, splits)
        fights[pair] = Fight(pair, shares[pair], columns, rows, terms)
    return list(fights.values())


def division_bounds(
    table: Table,
    fight: Fight,
    cell: Sequence[Vertex],
    edges: Mapping[tuple[int, int], EdgeBounds],
) -> dict[tuple[int, int], fmpq]:
    """Return ``τ_{R,kl}`` for all pairs ``k <= l`` of vertices."""
    where = table.pairs.index(fight.pair)
    rows, columns = table.sizes(fight.pair)
    numbers = [*fight.shares, *(m for *_, m in (*fight.columns, *fight.rows, *fight.bounds))]
    common = math.lcm(*(int(number.q) for number in numbers))
    total = math.lcm(*(vertex.total for vertex in cell))
    scaled = [[c * (total // vertex.total) for c in vertex.counts] for vertex in cell]
    flat = list(map(int, (fmpz_mat(scaled) * _linear_part(table, fight, common)).entries()))
    area = rows * columns
    at_vertex = [flat[k * area : (k + 1) * area] for k in range(len(cell))]
    alike = _alike(fight, rows, columns, common)
    bounds = {}
    for (k, m), edge in edges.items():
        sums = [p + q for p, q in zip(at_vertex[k], at_vertex[m], strict=True)]
        # in units of `unit`, F is an integer
        low, high = edge.lower[where], edge.upper[where]
        over, under = int(low.q), int(high.q)
        widen = over * under
        unit = 2 * total * table.scale
        gain, loss = unit * int(low.p) * under, unit * int(high.p) * over
        least = min(
            min([sums[o] for o in outcomes]) * widen + s * gain - t * loss
            for (s, t), outcomes in alike.items()
        )
        bounds[k, m] = fmpq(least, unit * common * widen)
    return bounds


def _alike(
    fight: Fight, rows: int, columns: int, common: int
) -> Mapping[tuple[int, int], list[int]]:
    """Return the outcomes grouped by how often the values' bounds enter ``F``, times `common`."""
    lower = [0] * columns
    for _, own, s in fight.columns:
        lower[own] += int(s * common)
    upper = [0] * rows
    for _, own, t in fight.rows:
        upper[own] += int(t * common)
    groups: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for r in range(rows):
        for c in range(columns):
            groups[lower[c], upper[r]].append(r * columns + c)
    return groups


def _linear_part(table: Table, fight: Fight, common: int) -> fmpz_mat:
    """Return the part of ``F`` that is linear in the prices, times ``common * scale``.

    It has a row for each player, along which run the outcomes ``(r, c)``. A constant is the same
    for every player because prices sum to one.
    """
    grid = table.grids[fight.pair]
    columns = [(other, own, int(s * common)) for other, own, s in fight.columns]
    rows = [(other, own, int(t * common)) for other, own, t in fight.rows]
    bounds = [(r, c, int(term * common) * table.scale) for r, c, term in fight.bounds]
    matrix = []
    for i, payoffs in enumerate(table.integers):
        sign = table.sign(fight.pair, i)
        signed = [[sign * payoffs[o] for o in line] for line in grid]
        share = sign * int(fight.shares[i] * common)
        result = [[share * v for v in line] for line in signed]
        for other, own, s in columns:
            for line, values in zip(result, signed, strict=True):
                line[own] -= s * values[other]
        for other, own, t in rows:
            result[own] = [v + t * w for v, w in zip(result[own], signed[other], strict=True)]
        for r, c, term in bounds:
            result[r][c] -= term
        matrix.append([v for line in result for v in line])
    return fmpz_mat(matrix)


def _read_coalitions(table: Table, value: object, place: str) -> dict[int, list[fmpq]]:
    """Return ``η_S`` by mask."""
    if not isinstance(value, Mapping):
        raise InvalidCertificate("expected an object", place)
    coalitions = {}
    for key, listed in value.items():
        here = f"{place}[{key!r:.40}]"
        coalition = table.parse_coalition(key, here)
        size = coalition.bit_count()
        if not 2 <= size < table.n:
            raise InvalidCertificate("its size is not between 2 and n - 1", here)
        weights = rationals(listed, size, here)
        if sum(weights) != 0:
            raise InvalidCertificate("the weights do not sum to zero", here)
        coalitions[coalition] = weights
    return coalitions


def _shares(table: Table, coalitions: Mapping[int, Sequence[fmpq]]) -> dict[int, list[fmpq]]:
    """Return ``g_{R,i}`` of all pairs."""
    shares = {pair: [fmpq(0)] * table.n for pair in table.pairs}
    for coalition, weights in coalitions.items():
        size = coalition.bit_count()
        within = coalition
        while within:
            sign = -1 if (size - within.bit_count()) % 2 else 1
            own = shares[within if within & 1 else table.full ^ within]
            for i, weight in zip(table.members(coalition), weights, strict=True):
                if within >> i & 1:
                    own[i] += sign * weight
            within = (within - 1) & coalition
    return shares


def read_triples(value: object, others: int, own: int, place: str) -> list[Triple]:
    """Return a list of two indices and a multiplier that is not negative."""
    triples = []
    for k, entry in enumerate(sequence(value, place)):
        here = f"{place}[{k}]"
        first, second, multiplier = sequence(entry, here, 3)
        triples.append(
            (index(first, others, here), index(second, own, here), _multiplier(multiplier, here))
        )
    return triples


def _read_bounds(
    table: Table, pair: int, value: object, splits: Sequence[Split], place: str
) -> list[Triple]:
    """Return the number of a split, the other side's action and the multiplier of each bound."""
    rows, columns = table.sizes(pair)
    bounds = []
    for k, entry in enumerate(sequence(value, place)):
        here = f"{place}[{k}]"
        position, against, multiplier = sequence(entry, here, 3)
        about, side, *_ = splits[index(position, len(splits), here)]
        if about != pair:
            raise InvalidCertificate("that split is about another pair", here)
        weight = _multiplier(multiplier, here)
        bounds.append((position, index(against, columns if side == "row" else rows, here), weight))
    return bounds


def _bound_terms(
    table: Table, pair: int, bounds: Sequence[Triple], splits: Sequence[Split]
) -> list[Triple]:
    """Return ``κσ(1[r=r*] - bound)`` at the outcomes of column ``j``, or the same for a column."""
    rows, columns = table.sizes(pair)
    terms = []
    for position, against, multiplier in bounds:
        _, side, action, bound, sign = splits[position]
        factor, level = sign * multiplier, rational(bound, "")
        for own in range(rows if side == "row" else columns):
            r, c = (own, against) if side == "row" else (against, own)
            terms.append((r, c, factor * ((own == action) - level)))
    return terms


def _multiplier(value: object, place: str) -> fmpq:
    multiplier = rational(value, place)
    if multiplier < 0:
        raise InvalidCertificate("a multiplier is negative", place)
    return multiplier
