"""Equilibria of all games near one ("Robust examples")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from .bounds import GRAND, Values, Vertex, places, read_vertex
from .entries import Bounds
from .game import Game
from .linear import Vector, barycentric, dot, minus, normal, rank
from .reading import Item


@dataclass(frozen=True)
class Facet:
    """A cell of the boundary: its vertices and the normal that points inward."""

    vertices: tuple[Vertex, ...]
    inward: list[Fraction]

    def side(self, vertex: Vertex) -> Fraction:
        """Return on which side of the cell's hyperplane a vertex is: inside if positive."""
        return dot(self.inward, minus(vertex.prices[:-1], self.vertices[0].prices[:-1]))


@dataclass(frozen=True)
class Region:
    """A polytope that has been checked, and bounds of the payoffs (normalised) and prices there."""

    vertices: tuple[Vertex, ...]
    facets: tuple[Facet, ...]
    payoffs: Bounds
    prices: Bounds

    def apart(self, other: Region) -> bool:
        """Tell whether a hyperplane of a cell has all of the other region on its outer side."""
        return any(all(f.side(v) < 0 for v in other.vertices) for f in self.facets)


def payoffs_differ(one: Region, two: Region) -> bool:
    """Tell whether the bounds of some player's payoffs are disjoint."""
    pairs = zip(one.payoffs, two.payoffs, strict=True)
    return any(a[1] < b[0] or b[1] < a[0] for a, b in pairs)


def check_regions(item: Item, game: Game, radius: Fraction) -> list[Region]:
    """Check that each region holds an equilibrium of every game near by, and that they differ."""
    item.need(game.n > 1, "one player has no free price")
    regions = [read_region(place, game, radius) for place in item.some()]
    for k, two in enumerate(regions):
        for one in regions[:k]:
            different = payoffs_differ(one, two) or one.apart(two) or two.apart(one)
            item.need(different, "two regions are not shown to hold different equilibria")
    return regions


def read_region(item: Item, game: Game, radius: Fraction) -> Region:
    """Check a region."""
    fields = item.fields("form", "center", "vertices", "cells", "map")
    fields["form"].text("region")
    center = read_vertex(fields["center"], game, 0)
    listed = fields["vertices"].some()
    vertices = tuple(read_vertex(place, game, k + 1) for k, place in enumerate(listed))
    for place, vertex in zip((fields["center"], *listed), (center, *vertices), strict=True):
        place.need(min(vertex.prices) > 0, "a price is not positive")
    Y = [row.numbers(game.n - 1) for row in fields["map"].items(game.n - 1)]
    fields["map"].need(rank(Y) == game.n - 1, "the matrix is singular")
    facets = read_polytope(fields["cells"], game, center, vertices)
    values = Values(game)
    for place, facet in zip(fields["cells"].items(), facets, strict=True):
        check_inward(place, game, values, facet, Y, radius)
    simplices = [(center, *facet.vertices) for facet in facets]
    payoffs = payoff_bounds(game, values, simplices, radius)
    columns = zip(*(vertex.prices for vertex in vertices), strict=True)
    prices = tuple((min(column), max(column)) for column in columns)
    return Region(vertices, tuple(facets), payoffs, prices)


def read_polytope(
    item: Item, game: Game, center: Vertex, vertices: Sequence[Vertex]
) -> list[Facet]:
    """Check that the cells are the boundary of the convex hull: (a), (b) and (c)."""
    facets, ridges = [], Counter[frozenset[int]]()
    for place in item.some():
        numbers = [k.index(len(vertices)) for k in place.items(game.n - 1)]
        cell = tuple(vertices[k] for k in numbers)
        direction = normal([vertex.prices[:-1] for vertex in cell])
        if direction is None:
            place.refuse("the vertices do not span a hyperplane")
        facet = Facet(cell, direction)
        if facet.side(center) < 0:
            facet = Facet(cell, [-value for value in direction])
        place.need(facet.side(center) > 0, "the center lies in the hyperplane")
        place.need(all(facet.side(v) >= 0 for v in vertices), "a vertex lies on the outer side")
        ridges.update(frozenset(numbers) - {k} for k in numbers)
        facets.append(facet)
    item.need(set(ridges.values()) == {2}, "a ridge does not belong to exactly two cells")
    first = [vertex.prices for vertex in facets[0].vertices]
    barycenter = [sum(column) / len(first) for column in zip(*first, strict=True)]
    for place, facet in zip(item.items()[1:], facets[1:], strict=True):
        weights = barycentric([vertex.prices for vertex in facet.vertices], barycenter)
        inside = weights is not None and min(weights) >= 0
        place.need(not inside, "the barycenter of the first cell lies in this one, too")
    return facets


def kept_outcomes(
    game: Game, values: Values, cell: Sequence[Vertex], radius: Fraction
) -> list[int]:
    """Return the outcomes that may be optimal in a cell in some game near by."""
    worth = [values.worth(vertex) for vertex in cell]
    count = range(len(game.V))
    return [
        o
        for o in count
        if not any(all(w[other] - w[o] > 2 * radius for w in worth) for other in count)
    ]


def blurred(
    game: Game, values: Values, cell: Sequence[Vertex], gamma: dict[str, Fraction], radius: Fraction
) -> dict[tuple[int, int], Fraction]:
    """Return coefficients of a lower bound of `Σ γ_R v'_b(R)` for all games near by."""
    spread = radius * sum(map(abs, gamma.values()))
    found = values.weighted(gamma, list(cell))
    return {place: value - spread for place, value in found.items()}


def check_inward(
    item: Item, game: Game, values: Values, facet: Facet, Y: Sequence[Vector], radius: Fraction
) -> None:
    """Refuse unless `n_c·Ye > 0` on the whole cell, in all games near by."""
    cell = facet.vertices
    beta = [*(dot(facet.inward, column) for column in zip(*Y, strict=True)), Fraction(0)]
    quadratic = blurred(game, values, cell, game.gamma(beta), radius)
    rest = [sum(beta) / game.n - value for value in beta]  # the γ_N - β_i
    for o in kept_outcomes(game, values, cell, radius):
        for k, l in places(len(cell)):
            prices = zip(cell[k].prices, cell[l].prices, strict=True)
            mean = [(a + b) / 2 for a, b in prices]
            paid = sum(w * b * v for w, b, v in zip(rest, mean, game.V[o], strict=True))
            spread = radius * sum(abs(w) * b for w, b in zip(rest, mean, strict=True))
            value = quadratic[k, l] + paid - spread
            item.need(
                value > 0 or (value == 0 and k != l),
                f"not shown to point inward where outcome {o} is optimal",
            )


def payoff_bounds(
    game: Game, values: Values, simplices: Sequence[Sequence[Vertex]], radius: Fraction
) -> Bounds:
    """Return bounds of the payoffs in equilibria in the region, in all games near by."""
    kept = {o for cell in simplices for o in kept_outcomes(game, values, cell, radius)}
    found = []
    for i in range(game.n):
        lows, highs = [], []
        for sign, ends in ((1, lows), (-1, highs)):
            beta = [Fraction(sign * (i == j)) for j in range(game.n)]
            gamma = {**game.gamma(beta), GRAND: Fraction(sign, game.n)}
            for cell in simplices:
                for (k, l), value in blurred(game, values, cell, gamma, radius).items():
                    ends.append(2 * value / (cell[k].prices[i] + cell[l].prices[i]))
        low = max(min(lows), min(game.V[o][i] for o in kept) - radius)
        high = min(-min(highs), max(game.V[o][i] for o in kept) + radius)
        found.append((low, high))
    return tuple(found)
