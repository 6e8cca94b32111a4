"""Equilibria of all games near one ("Robust examples")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .cells import GRAND, Quadratic, Vertex, places, read_vertex, weighted_values
from .game import Bounds, Game
from .linear import Vector, dot, inverse, rank, transposed
from .reading import Item

Cell = tuple[Vertex, ...]


@dataclass(frozen=True)
class Region:
    """A polytope that has been checked, with the affine functions that vanish on its cells.

    `prices` and `payoffs` (normalised) are bounds of what an equilibrium there has.
    """

    vertices: Cell
    walls: list[list[Fraction]]
    prices: Bounds
    payoffs: Bounds

    def outside(self, other: Region) -> bool:
        """Tell whether all of the other region is on the outer side of some cell."""
        return any(all(dot(w, _affine(v)) < 0 for v in other.vertices) for w in self.walls)


def _affine(vertex: Vertex) -> list[Fraction]:
    return [*vertex.prices[:-1], Fraction(1)]


def disjoint(one: Bounds, two: Bounds) -> bool:
    """Tell whether intervals are disjoint in some coordinate."""
    return any(a[1] < b[0] or b[1] < a[0] for a, b in zip(one, two, strict=True))


def check_regions(item: Item, game: Game, radius: Fraction) -> list[Region]:
    """Check that each region holds an equilibrium of every game near by, and that they differ."""
    item.need(game.n > 1, "one player has no free price")
    regions = [read_region(place, game, radius) for place in item.some()]
    for a, b in combinations(regions, 2):
        different = disjoint(a.payoffs, b.payoffs) or a.outside(b) or b.outside(a)
        item.need(different, "two regions are not shown to hold different equilibria")
    return regions


def read_region(item: Item, game: Game, radius: Fraction) -> Region:
    """Check a region."""
    fields = item.fields("form", "center", "vertices", "cells", "map")
    fields["form"].text("region")
    center, listed = read_vertex(fields["center"], game), fields["vertices"].some()
    vertices = tuple(read_vertex(place, game) for place in listed)
    item.need(min(map(min, (v.prices for v in (center, *vertices)))) > 0, "a price is not positive")
    Y = [row.numbers(game.n - 1) for row in fields["map"].items(game.n - 1)]
    fields["map"].need(rank(Y) == game.n - 1, "the matrix is singular")
    cells, walls = read_polytope(fields["cells"], game, center, vertices)
    for place, cell, wall in zip(fields["cells"].items(), cells, walls, strict=True):
        check_inward(place, game, cell, wall, Y, radius)
    prices = transposed([vertex.prices for vertex in vertices])
    payoffs = payoff_bounds(game, [(center, *cell) for cell in cells], radius)
    return Region(vertices, walls, tuple((min(p), max(p)) for p in prices), payoffs)


def read_polytope(
    item: Item, game: Game, center: Vertex, vertices: Cell
) -> tuple[list[Cell], list[list[Fraction]]]:
    """Check that the cells are the boundary of the convex hull: (a), (b) and (c).

    The barycentric coordinates in the simplex of the center and a cell are affine functions of the
    free prices; the center's vanishes on the cell's hyperplane and is 1 at the center.
    """
    cells, walls, ridges = list[Cell](), list[list[Fraction]](), Counter[frozenset[int]]()
    for place in item.some():
        numbers = [k.index(len(vertices)) for k in place.items(game.n - 1)]
        cells.append(tuple(vertices[k] for k in numbers))
        functions = inverse([_affine(vertex) for vertex in (center, *cells[-1])])
        if functions is None:
            place.refuse("the center and the vertices span no simplex")
        walls.append([row[0] for row in functions])
        convex = all(dot(walls[-1], _affine(v)) >= 0 for v in vertices)
        place.need(convex, "a vertex lies on the outer side")
        ridges.update(frozenset(numbers) - {k} for k in numbers)
        first = [sum(column) / len(numbers) for column in zip(*map(_affine, cells[0]), strict=True)]
        weights = [dot(first, column) for column in zip(*functions, strict=True)]
        outside = weights[0] != 0 or min(weights) < 0
        place.need(len(cells) == 1 or outside, "the barycenter of the first cell lies here, too")
    item.need(set(ridges.values()) == {2}, "a ridge does not belong to exactly two cells")
    return cells, walls


def kept_outcomes(cell: Cell, radius: Fraction) -> list[int]:
    """Return the outcomes that may be optimal in a cell in some game near by."""
    worth = transposed([vertex.worth for vertex in cell])

    def better(other: Vector, own: Vector) -> bool:
        return all(a - b > 2 * radius for a, b in zip(other, own, strict=True))

    return [o for o, own in enumerate(worth) if not any(better(other, own) for other in worth)]


def blurred(cell: Cell, gamma: dict[str, Fraction], radius: Fraction) -> Quadratic:
    """Return the coefficients of a lower bound of `Σ γ v'_b` for all games near by."""
    spread = radius * sum(map(abs, gamma.values()))
    return {place: value - spread for place, value in weighted_values(gamma, cell).items()}


def check_inward(
    item: Item, game: Game, cell: Cell, wall: Vector, Y: Sequence[Vector], radius: Fraction
) -> None:
    """Refuse unless `n_c·Ye > 0` on the whole cell, in all games near by."""
    beta = [*(dot(wall[:-1], column) for column in zip(*Y, strict=True)), Fraction(0)]
    quadratic = blurred(cell, game.gamma(beta), radius)
    rest = [sum(beta, Fraction(0)) / game.n - value for value in beta]  # the γ_N - β_i
    for o in kept_outcomes(cell, radius):
        for k, m in places(len(cell)):
            both = zip(cell[k].prices, cell[m].prices, strict=True)
            weights = [w * (a + b) / 2 for w, (a, b) in zip(rest, both, strict=True)]
            value = quadratic[k, m] + dot(weights, game.V[o]) - radius * sum(map(abs, weights))
            good = value > 0 or (value == 0 and k != m)
            item.need(good, f"not shown to point inward where outcome {o} is optimal")


def payoff_bounds(game: Game, simplices: Sequence[Cell], radius: Fraction) -> Bounds:
    """Return bounds of the payoffs of equilibria in the region, in all games near by."""
    found = []
    kept = {o for cell in simplices for o in kept_outcomes(cell, radius)}
    for i in range(game.n):
        ends = {}
        for sign in (1, -1):
            beta = [Fraction(sign * (i == j)) for j in range(game.n)]
            gamma = {**game.gamma(beta), GRAND: Fraction(sign, game.n)}
            ends[sign] = min(
                2 * value / (cell[k].prices[i] + cell[m].prices[i])
                for cell in simplices
                for (k, m), value in blurred(cell, gamma, radius).items()
            )
        paid = [game.V[o][i] for o in kept]
        found.append((max(ends[1], min(paid) - radius), min(-ends[-1], max(paid) + radius)))
    return tuple(found)
