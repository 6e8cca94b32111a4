"""Equilibria of all games near one ("Robust examples")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from .cells import Cell, Vertex, check_signs, coefficients, read_vertex, weighted_values
from .entries import spans
from .game import GRAND, Bounds, Game
from .linear import Vector, dot, identity, inverse, minus, mix, rank, scale, transposed
from .reading import Item


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
    form, middle, listed, cells, matrix = item.parts("form", "center", "vertices", "cells", "map")
    form.text("region")
    centre = read_vertex(middle, game)
    vertices = [read_vertex(place, game) for place in listed.some()]
    positive = all(min(vertex.prices) > 0 for vertex in (centre, *vertices))
    item.need(positive, "a price is not positive")
    Y = [row.numbers(game.n - 1) for row in matrix.items(game.n - 1)]
    matrix.need(rank(Y) == game.n - 1, "the matrix is singular")
    simplices, walls = read_polytope(cells, game, centre, vertices)
    for place, (_, *cell), wall in zip(cells.items(), simplices, walls, strict=True):
        check_inward(place, game, cell, [*mix(wall[:-1], Y), Fraction(0)], radius)
    prices = spans([vertex.prices for vertex in vertices])
    return Region(vertices, walls, prices, payoff_bounds(game, simplices, radius))


def read_polytope(
    item: Item, game: Game, centre: Vertex, vertices: Cell
) -> tuple[list[Cell], list[list[Fraction]]]:
    """Check that the cells are the boundary of the convex hull: (a), (b) and (c).

    Return the simplices of the centre and a cell, and the cells' hyperplanes. The barycentric
    coordinates in such a simplex are affine functions of the free prices; the centre's vanishes on
    the cell's hyperplane and is 1 at the centre.
    """
    simplices, walls, ridges = list[Cell](), list[list[Fraction]](), Counter[frozenset[int]]()
    for place in item.some():
        numbers = [k.index(len(vertices)) for k in place.items(game.n - 1)]
        simplices.append([centre, *(vertices[k] for k in numbers)])
        functions = inverse([_affine(vertex) for vertex in simplices[-1]])
        if functions is None:
            place.refuse("the center and the vertices span no simplex")
        walls.append(transposed(functions)[0])
        convex = all(dot(walls[-1], _affine(v)) >= 0 for v in vertices)
        place.need(convex, "a vertex lies on the outer side")
        ridges.update(frozenset(numbers) - {k} for k in numbers)
        share = [Fraction(1, game.n - 1)] * (game.n - 1)
        first = mix(share, [_affine(vertex) for vertex in simplices[0][1:]])
        weights = mix(first, functions)
        outside = weights[0] != 0 or min(weights) < 0
        place.need(len(walls) == 1 or outside, "the barycenter of the first cell lies here, too")
    item.need(set(ridges.values()) == {2}, "a ridge does not belong to exactly two cells")
    return simplices, walls


def kept_outcomes(cell: Cell, radius: Fraction) -> list[int]:
    """Return the outcomes that may be optimal in a cell in some game near by."""
    worth = transposed([vertex.worth for vertex in cell])

    def beaten(own: Vector) -> bool:
        return any(min(minus(other, own)) > 2 * radius for other in worth)

    return [o for o, own in enumerate(worth) if not beaten(own)]


def check_inward(item: Item, game: Game, cell: Cell, beta: Vector, radius: Fraction) -> None:
    """Refuse unless `β·e`, that is `n_c·Ye`, is positive on the cell, in all games near by."""
    gamma = game.gamma(beta)
    gamma_N = gamma.pop(GRAND)
    weights = [gamma_N - value for value in beta]
    kept = kept_outcomes(cell, radius)
    found = coefficients(gamma, weights, kept, cell, radius)
    check_signs(item, found, kept, set(), "not shown to point inward")


def payoff_bounds(game: Game, simplices: Sequence[Cell], radius: Fraction) -> Bounds:
    """Return bounds of the payoffs of equilibria in the region, in all games near by."""

    def least(beta: Vector) -> Fraction:
        """Return the least value of `Σ β_i φ_i`, divided by the price."""
        values = []
        for cell in simplices:
            prices = [dot(beta, vertex.prices) for vertex in cell]
            for (k, m), value in weighted_values(game.gamma(beta), cell, radius).items():
                values.append(2 * value / abs(prices[k] + prices[m]))
        return min(values)

    kept = {o for cell in simplices for o in kept_outcomes(cell, radius)}
    found = []
    for i, unit in enumerate(identity(game.n)):
        paid, most = [game.V[o][i] for o in kept], -least(scale(Fraction(-1), unit))
        found.append((max(least(unit), min(paid) - radius), min(most, max(paid) + radius)))
    return tuple(found)
