"""Regions of prices in which every game near a given one has a CoCo equilibrium.

Source: ``docs/certificates.md``, "Robust examples"; the names are those of that page. The planner
and the threats may change within a region; all that is used is that on its boundary the excess,
after a linear map, points inward, whatever the payoffs within the radius.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from typing import Any

from flint import fmpq, fmpq_mat

from harsanyi_aux.certify.cells.vertices import EdgeBounds, Vertex, edge_bounds, prepare_vertex
from harsanyi_aux.certify.claims import distinct
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.certify.reading.values import (
    index,
    rational,
    rationals,
    record,
    sequence,
    to_fraction,
)
from harsanyi_aux.certify.statements.entries import Bounds, Statement

Vector = Sequence[fmpq]


@dataclass(frozen=True)
class Region:
    """A convex polytope of prices, read.

    Attributes
    ----------
    centre : Vertex
        A point in its interior.
    vertices : tuple of Vertex
    cells : tuple of tuples of n - 1 positions in `vertices`
        Simplices that cover the boundary.
    matrix : tuple of n - 1 lists of n - 1 fmpq
        ``Y``.
    """

    centre: Vertex
    vertices: tuple[Vertex, ...]
    cells: tuple[tuple[int, ...], ...]
    matrix: tuple[Vector, ...]

    def corners(self, cell: Sequence[int]) -> list[Vertex]:
        """Return the vertices of a cell."""
        return [self.vertices[k] for k in cell]


@dataclass(frozen=True)
class Sides:
    """A region with the inner normals of its cells."""

    region: Region
    normals: tuple[Vector, ...]

    def exclude(self, other: Region) -> bool:
        """Return whether some cell's hyperplane has the other region strictly outside."""
        for cell, normal in zip(self.region.cells, self.normals, strict=True):
            base = _free(self.region.vertices[cell[0]])
            if all(_dot(normal, _minus(_free(v), base)) < 0 for v in other.vertices):
                return True
        return False


def read_radius(value: object) -> fmpq:
    """Return the radius of a document, in normalised units."""
    radius = rational(value, "radius")
    if radius < 0:
        raise InvalidCertificate("the radius is negative", "radius")
    return radius


def check_region(table: Table, entry: object, radius: fmpq, place: str) -> tuple[Sides, Statement]:
    """Check that every game within the radius has a CoCo equilibrium with prices in a region.

    Parameters
    ----------
    table : Table
        The game in the middle; two players or more.
    entry : object
        Of the form "region".
    radius : fmpq
        Largest difference of payoffs, in normalised units of the game in the middle.
    place : str
        Where the entry stands in the document.

    Returns
    -------
    Sides
        Of the region.
    Statement
        What has been proved; its bounds hold for all these equilibria.

    Raises
    ------
    InvalidCertificate
        If the entry is malformed, or the proof fails.
    """
    try:
        region = _read_region(table, entry)
        normals = _inner_normals(region)
        _check_cover(region, normals)
        for number, (cell, normal) in enumerate(zip(region.cells, normals, strict=True)):
            where = f"cells[{number}]"
            check_inward(
                table, region.corners(cell), weights_of_normal(region.matrix, normal), radius, where
            )
        statement = Statement(
            form="region",
            prices=tuple(_extremes(v.prices[i] for v in region.vertices) for i in range(table.n)),
            payoffs=_payoffs(table, region, radius),
            dimension=0,
            corners=(),
            box=None,
        )
        return Sides(region, tuple(normals)), statement
    except InvalidCertificate as error:
        raise error.within(place) from None


def _extremes(values: Any) -> Bounds:
    listed = list(values)
    return to_fraction(min(listed)), to_fraction(max(listed))


# -- reading ---------------------------------------------------------------------------------------


def _read_region(table: Table, entry: object) -> Region:
    if table.n < 2:
        raise InvalidCertificate("a single player's prices have no boundary")
    data = record(entry, "", ("form", "center", "vertices", "cells", "map"))
    if data["form"] != "region":
        raise InvalidCertificate("this is not a region", "form")
    free = table.n - 1
    vertices = tuple(
        _positive(table, value, f"vertices[{k}]")
        for k, value in enumerate(sequence(data["vertices"], "vertices"))
    )
    cells = []
    for number, value in enumerate(sequence(data["cells"], "cells")):
        here = f"cells[{number}]"
        cell = tuple(index(k, len(vertices), here) for k in sequence(value, here, free))
        if len(set(cell)) < free:
            raise InvalidCertificate("a vertex occurs twice", here)
        cells.append(cell)
    if not cells:
        raise InvalidCertificate("a region has cells", "cells")
    lines = tuple(
        rationals(line, free, f"map[{k}]")
        for k, line in enumerate(sequence(data["map"], "map", free))
    )
    if fmpq_mat([list(line) for line in lines]).det() == 0:
        raise InvalidCertificate("the map is singular", "map")
    return Region(_positive(table, data["center"], "center"), vertices, tuple(cells), lines)


def _positive(table: Table, value: object, place: str) -> Vertex:
    if not isinstance(value, Mapping):
        raise InvalidCertificate("expected an object", place)
    vertex = prepare_vertex(table, value, place)
    if not all(price > 0 for price in vertex.prices):
        raise InvalidCertificate("a price is not positive", f"{place}.prices")
    return vertex


# -- geometry --------------------------------------------------------------------------------------


def _inner_normals(region: Region) -> list[list[fmpq]]:
    """Return the inner normals of all cells.

    Raises
    ------
    InvalidCertificate
        Unless every cell spans a hyperplane that has the centre strictly on one side, and no vertex
        on the other.
    """
    normals = []
    for number, cell in enumerate(region.cells):
        corners = region.corners(cell)
        normal = inner_normal(corners, region.centre)
        if not any(normal) or any(
            _dot(normal, _minus(_free(vertex), _free(corners[0]))) < 0 for vertex in region.vertices
        ):
            raise InvalidCertificate("it is not in the boundary", f"cells[{number}]")
        normals.append(normal)
    return normals


def inner_normal(corners: Sequence[Vertex], centre: Vertex) -> list[fmpq]:
    """Return the normal of a cell that points to the centre, in the free prices.

    Zero if the cell is flat or its hyperplane contains the centre.
    """
    first, *others = map(_free, corners)
    normal = _orthogonal([_minus(point, first) for point in others], len(first))
    height = _dot(normal, _minus(_free(centre), first))
    sign = (height > 0) - (height < 0)
    return [sign * u for u in normal]


def _orthogonal(rows: Sequence[Vector], size: int) -> list[fmpq]:
    """Return a vector orthogonal to ``size - 1`` given ones, zero if they are dependent."""
    if not rows:
        return [fmpq(1)]
    return [
        (-1) ** skipped
        * fmpq_mat([[u for k, u in enumerate(row) if k != skipped] for row in rows]).det()
        for skipped in range(size)
    ]


def _free(vertex: Vertex) -> Vector:
    """Return the free coordinates ``b_0 … b_{n-2}``."""
    return vertex.prices[:-1]


def _minus(point: Vector, other: Vector) -> list[fmpq]:
    return [p - q for p, q in zip(point, other, strict=True)]


def _dot(one: Vector, two: Vector) -> fmpq:
    return sum((p * q for p, q in zip(one, two, strict=True)), fmpq(0))


def _check_cover(region: Region, normals: Sequence[Vector]) -> None:
    """Raise InvalidCertificate unless the cells cover the boundary of their convex hull.

    Every ridge belongs to two cells, and some point of the boundary lies in one cell alone.
    """
    ridges: dict[frozenset[int], int] = {}
    for cell in region.cells:
        for left_out in cell:
            ridge = frozenset(cell) - {left_out}
            ridges[ridge] = ridges.get(ridge, 0) + 1
    if any(count != 2 for count in ridges.values()):
        raise InvalidCertificate("some ridge does not belong to two cells", "cells")
    corners = list(map(_free, region.corners(region.cells[0])))
    middle = [sum(column, fmpq(0)) / len(corners) for column in zip(*corners, strict=True)]
    for number, (cell, normal) in enumerate(zip(region.cells, normals, strict=True)):
        if number and _contains(region.corners(cell), normal, middle):
            raise InvalidCertificate("it overlaps with the first cell", f"cells[{number}]")


def _contains(corners: Sequence[Vertex], normal: Vector, point: Vector) -> bool:
    """Whether a point lies in a cell."""
    points = list(map(_free, corners))
    if _dot(normal, _minus(point, points[0])) != 0:
        return False
    # with the normal as one more edge the coordinates are unique; that one is 0
    edges = [*([*_minus(p, points[0])] for p in points[1:]), list(normal)]
    beyond = _minus(point, points[0])
    solution = fmpq_mat(edges).transpose().solve(fmpq_mat(len(beyond), 1, beyond)).entries()
    weights = solution[:-1]
    return all(w >= 0 for w in weights) and sum(weights, fmpq(0)) <= 1


# -- the excess on the boundary --------------------------------------------------------------------


def weights_of_normal(matrix: Sequence[Vector], normal: Vector) -> list[fmpq]:
    """Return ``β = Yᵀ n``, with 0 for the last player."""
    return [_dot(normal, column) for column in zip(*matrix, strict=True)] + [fmpq(0)]


def _gammas(table: Table, beta: Vector) -> tuple[list[fmpq], fmpq]:
    """Return ``γ`` of the pairs, and ``γ_N``, as `Σ β_i φ_i` weighs the values."""
    weights = [fmpq(c.numerator, c.denominator) for c in table.weights]
    gammas = []
    for pair in table.pairs:
        size = pair.bit_count()
        inside = sum((beta[i] for i in table.members(pair)), fmpq(0))
        outside = sum(beta, fmpq(0)) - inside
        gammas.append(weights[size] * inside - weights[table.n - size] * outside)
    return gammas, sum(beta, fmpq(0)) / table.n


def _robust_outcomes(table: Table, corners: Sequence[Vertex], radius: fmpq) -> list[int]:
    """Return the outcomes that may be optimal for the planner on a cell, in some game.

    An outcome is left out if another is worth more by over ``2η`` at all vertices.
    """
    steps = [2 * radius * vertex.total * table.scale for vertex in corners]
    kept = []
    for o in range(table.n_outcomes):
        barriers = [vertex.worth[o] + step for vertex, step in zip(corners, steps, strict=True)]
        if not any(
            all(v.worth[better] > barrier for v, barrier in zip(corners, barriers, strict=True))
            for better in range(table.n_outcomes)
        ):
            kept.append(o)
    return kept


def check_inward(
    table: Table, corners: Sequence[Vertex], beta: Vector, radius: fmpq, place: str
) -> None:
    """Raise InvalidCertificate unless ``β·e > 0`` on a cell for every game within the radius."""
    gammas, grand = _gammas(table, beta)
    shares = [grand - w for w in beta]
    doubt = sum(map(abs, gammas), fmpq(0))
    # least worth of the planner's outcomes at each vertex, and how far the payoffs can move it
    worth = [
        [
            sum((s * b * u for s, b, u in zip(shares, vertex.prices, payoffs, strict=True)), fmpq())
            for payoffs in _payoffs_of(table, _robust_outcomes(table, corners, radius))
        ]
        for vertex in corners
    ]
    moved = [_dot([abs(s) for s in shares], vertex.prices) for vertex in corners]
    for k, m in combinations_with_replacement(range(len(corners)), 2):
        bound = _value_bound(gammas, edge_bounds(table, corners[k], corners[m]))
        least = min(p + q for p, q in zip(worth[k], worth[m], strict=True)) / 2
        slack = bound + least - radius * (doubt + (moved[k] + moved[m]) / 2)
        if slack < 0 or (slack == 0 and k == m):
            raise InvalidCertificate("the excess may not point inward there", place)


def _payoffs_of(table: Table, outcomes: Sequence[int]) -> list[list[fmpq]]:
    return [[fmpq(row[o].numerator, row[o].denominator) for row in table.V] for o in outcomes]


def _value_bound(gammas: Vector, edge: EdgeBounds) -> fmpq:
    """Return a coefficient of the lower bound of ``Σ_R γ_R v(R)`` over the pairs."""
    lower, upper = edge.lower[: len(gammas)], edge.upper[: len(gammas)]
    return sum(
        (g * (low if g >= 0 else high) for g, low, high in zip(gammas, lower, upper, strict=True)),
        fmpq(0),
    )


# -- payoffs ---------------------------------------------------------------------------------------


def _payoffs(table: Table, region: Region, radius: fmpq) -> tuple[Bounds, ...]:
    """Return bounds of the payoffs of all equilibria in the region, in the game's own units."""
    cells = [[region.centre, *region.corners(cell)] for cell in region.cells]
    used = sorted({o for cell in cells for o in _robust_outcomes(table, cell, radius)})
    listed = _payoffs_of(table, used)
    bounds = []
    for player in range(table.n):
        low = min(payoffs[player] for payoffs in listed) - radius
        high = max(payoffs[player] for payoffs in listed) + radius
        owed = [_owed(table, cell, player, radius) for cell in cells]
        low = max(low, min(least for least, _ in owed))
        high = min(high, max(most for _, most in owed))
        least, width = table.minima[player], table.ranges[player]
        bounds.append((least + width * to_fraction(low), least + width * to_fraction(high)))
    return tuple(bounds)


def _owed(table: Table, corners: Sequence[Vertex], player: int, radius: fmpq) -> tuple[fmpq, fmpq]:
    """Return bounds of ``φ_i / b_i`` on a simplex, for all games within the radius."""
    beta = [fmpq(int(i == player)) for i in range(table.n)]
    gammas, grand = _gammas(table, beta)
    doubt = radius * (sum(map(abs, gammas), fmpq(0)) + grand)
    lower, upper = [], []
    for k, m in combinations_with_replacement(range(len(corners)), 2):
        edge = edge_bounds(table, corners[k], corners[m])
        price = (corners[k].prices[player] + corners[m].prices[player]) / 2
        least = _value_bound(gammas, edge) + grand * edge.lower[-1]
        most = -_value_bound([-g for g in gammas], edge) + grand * edge.upper[-1]
        lower.append((least - doubt) / price)
        upper.append((most + doubt) / price)
    return min(lower), max(upper)


def check_robust(
    table: Table, document: Mapping[str, Any]
) -> tuple[tuple[Statement, ...], Fraction]:
    """Check the regions of a document of the kind "robust", and that the equilibria all differ.

    Returns
    -------
    statements : tuple of Statement
        One for each region.
    radius : Fraction
        In normalised units.

    Raises
    ------
    InvalidCertificate
        If something is not proved.
    """
    if document["concept"] != "coco":
        raise InvalidCertificate("robust examples are of CoCo equilibria", "concept")
    radius = read_radius(document["radius"])
    entries = sequence(document["equilibria"], "equilibria")
    if not entries:
        raise InvalidCertificate("no equilibrium is stated", "equilibria")
    checked = [
        check_region(table, entry, radius, f"equilibria[{e}]") for e, entry in enumerate(entries)
    ]
    for (e, (one, first)), (f, (two, second)) in combinations(enumerate(checked), 2):
        if not (
            distinct(first.payoffs, second.payoffs)
            or one.exclude(two.region)
            or two.exclude(one.region)
        ):
            raise InvalidCertificate(
                f"neither payoffs nor prices of regions {e} and {f} are proved to differ",
                "equilibria",
            )
    return tuple(statement for _, statement in checked), to_fraction(radius)
