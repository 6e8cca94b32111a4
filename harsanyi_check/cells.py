"""Vertices, and cells that hold no equilibrium ("Trees", "Excluded cells")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement
from typing import Any

from .entries import Entry
from .game import GRAND, NONE, Coalition, Game, Pair, Strategies
from .linear import Vector, minus, mix, plus, products, scale, times
from .reading import Item

#: Of the values of pairs and of N.
Weights = Mapping[str, Fraction]
#: Symmetric coefficients by the positions k ≤ l in a cell; for several outcomes in turn.
Quadratic = dict[tuple[int, ...], Fraction]
Coefficients = dict[tuple[int, ...], list[Fraction]]


@dataclass(frozen=True, eq=False)
class Vertex:
    """Prices, strategies of all pairs, and an outcome."""

    game: Game
    prices: tuple[Fraction, ...]
    threats: Strategies
    outcome: int

    @cached_property
    def worth(self) -> list[Fraction]:
        """The `b^k·V(o)` of all outcomes."""
        return self.game.worth(self.prices)

    @cached_property
    def matrices(self) -> dict[str, list[list[Fraction]]]:
        """The threat games."""
        return {key: self.game.threat_game(p, self.prices) for key, p in self.game.pairs.items()}


Cell = Sequence[Vertex]


def read_vertex(item: Item, game: Game) -> Vertex:
    """Read a vertex."""
    prices, threats, outcome = item.parts("prices", "threats", "outcome")
    b, strategies = game.read_prices(prices), game.read_strategies(threats)
    return Vertex(game, b, strategies, outcome.index(len(game.V)))


def places(cell: Cell, degree: int = 2) -> list[tuple[int, ...]]:
    """Return all positions k ≤ l (≤ m) in a cell."""
    return list(combinations_with_replacement(range(len(cell)), degree))


@lru_cache(maxsize=100_000)
def value_bounds(key: str, k: Vertex, m: Vertex) -> tuple[Fraction, Fraction]:
    """Return the `L_kl` and `H_kl` of a pair, or of N ("Values")."""
    if key == GRAND:
        low, high = [m.worth[k.outcome] + k.worth[m.outcome]], plus(k.worth, m.worth)
    else:
        (x_k, y_k), M_k = k.threats[key], k.matrices[key]
        (x_m, y_m), M_m = m.threats[key], m.matrices[key]
        low = plus(mix(x_k, M_m), mix(x_m, M_k))
        high = plus(times(M_m, y_k), times(M_k, y_m))
    return min(low) / 2, max(high) / 2


def weighted_values(gamma: Weights, cell: Cell, radius: Fraction) -> Quadratic:
    """Return the coefficients of a lower bound of `Σ γ v_b` over pairs (and N).

    It holds for all games whose payoffs differ by at most the radius.
    """
    found: Quadratic = dict.fromkeys(places(cell), -radius * sum(map(abs, gamma.values())))
    for key, factor in gamma.items():
        for k, m in found if factor else ():
            ends = sorted((cell[k], cell[m]), key=id)  # symmetric: known in either order
            found[k, m] += factor * value_bounds(key, *ends)[factor < 0]
    return found


def coefficients(
    gamma: Weights, beta: Vector, outcomes: Sequence[int], cell: Cell, radius: Fraction
) -> Coefficients:
    """Return those of a lower bound of `Σ γ v_b + Σ_i β_i b_i V_i(o)`, for outcomes o."""
    half = []
    for vertex in cell:
        factors = products(beta, vertex.prices)
        worth, loss = vertex.game.worth(factors), radius * sum(map(abs, factors))
        half.append([(worth[o] - loss) / 2 for o in outcomes])
    values = weighted_values(gamma, cell, radius).items()
    return {(k, m): [value + x for x in plus(half[k], half[m])] for (k, m), value in values}


def check_signs(
    item: Item, found: Coefficients, outcomes: Sequence[int], exempt: set[int], reason: str
) -> None:
    """Refuse a coefficient that is negative, or zero at a vertex that is not exempt."""
    for place, values in found.items():
        least, strictly = min(values), len(set(place)) == 1 and place[0] not in exempt
        o = outcomes[values.index(least)]
        good = least > 0 or (least == 0 and not strictly)
        item.need(good, f"{reason} for outcome {o} at the vertices {sorted(set(place))}")


@dataclass(frozen=True)
class Side:
    """A side of a "strategy" split: this probability is at least (1) or at most (-1) the bound."""

    pair: str
    of_row: bool
    index: int
    bound: Fraction
    sense: int


@dataclass(frozen=True)
class Leaf:
    """A cell with what is known about its place: the splits on the path, the listed entries."""

    game: Game
    perfect: bool
    cell: Cell
    path: Sequence[Side]
    entries: Sequence[Entry]


def check_excluded(item: Item, leaf: Leaf) -> None:
    """Refuse unless an equilibrium in the cell is in the hull of the exempt vertices."""
    optional: dict[str, Any] = {"dropped": [], "except": None, "division": None}
    weights, dropped, excepted, division = item.parts("weights", optional=optional)
    game, cell = leaf.game, leaf.cell
    exempt = read_exempt(excepted, leaf)
    kept = read_kept(dropped, leaf, exempt)
    varying = isinstance(weights.some()[0].value, list)

    def bound(place: Item) -> Coefficients:
        beta = place.numbers(game.n)
        minus_beta = scale(Fraction(-1), beta)
        return coefficients(game.gamma(beta), minus_beta, kept, cell, Fraction(0))

    if varying:
        division.need(division.value is None, "weights that vary go without it")
        weights.need(len(weights.items()) == len(cell), "a vector for each vertex is expected")
        C, found = [bound(place) for place in weights.items()], Coefficients()
        for k, m, j in places(cell, 3):
            found[k, m, j] = plus(C[k][m, j], plus(C[m][k, j], C[j][k, m]))
    else:
        found = bound(weights)
    if division.value is not None:
        division.need(leaf.perfect, "this is for the concept coalition-perfect")
        for place, value in check_division(division, leaf).items():
            found[place] = [old + value for old in found[place]]
    check_signs(item, found, kept, exempt, "the bound is too small")


def read_exempt(item: Item, leaf: Leaf) -> set[int]:
    """Return the positions of the vertices that are exempt."""
    if item.value is None:
        return set()
    if isinstance(item.value, dict) and "player" in item.value:
        player = item.parts("player")[0].index(leaf.game.n)
        return {k for k, vertex in enumerate(leaf.cell) if vertex.prices[player] == 0}
    entry = leaf.entries[item.parts("equilibrium")[0].index(len(leaf.entries))]
    return {k for k, vertex in enumerate(leaf.cell) if entry.holds(vertex.prices)}


def read_kept(item: Item, leaf: Leaf, exempt: set[int]) -> list[int]:
    """Return the outcomes that are not dropped."""
    V, dropped = leaf.game.V, set()
    for entry in item.items():
        o, better = (outcome.index(len(V)) for outcome in entry.items(2))
        dropped.add(o)
        if V[o] != V[better] and all(v <= w for v, w in zip(V[o], V[better], strict=True)):
            continue
        for k, vertex in enumerate(leaf.cell):
            gain = vertex.worth[better] - vertex.worth[o]
            worse = gain > 0 or (gain == 0 and k in exempt)
            entry.need(worse, f"outcome {o} may be as good as {better} at vertex {k}")
    kept = [o for o in range(len(V)) if o not in dropped]
    item.need(kept != [], "all outcomes are dropped")
    return kept


# -- division in smaller coalitions ---------------------------------------------------------------


def check_division(item: Item, leaf: Leaf) -> Quadratic:
    """Return the coefficients `Σ_R τ_R,kl`."""
    game, (weights, listed) = leaf.game, item.parts("coalitions", "pairs")
    coalitions = game.coalitions(2, game.n - 1)
    eta: dict[Coalition, dict[int, Fraction]] = {}
    for key, place in weights.subset(coalitions).items():
        numbers = place.numbers(len(coalitions[key]))
        place.need(sum(numbers) == 0, "the weights do not add up to 0")
        eta[coalitions[key]] = dict(zip(coalitions[key], numbers, strict=True))
    multipliers, whole = listed.subset(game.pairs), dict.fromkeys(places(leaf.cell), Fraction(0))
    for key, pair in game.pairs.items():
        sides = [pair.members if i in pair.members else pair.against for i in range(game.n)]
        g = [dividend(side, i, eta) for i, side in enumerate(sides)]
        if any(g) or key in multipliers:
            place = multipliers.get(key, Item({}, item.place))
            for spot, value in least_fight(place, leaf, pair, g).items():
                whole[spot] += value
    return whole


def dividend(side: Coalition, i: int, eta: dict[Coalition, dict[int, Fraction]]) -> Fraction:
    """Return `g_R,i`: how often a fight of `side` enters the weighted dividends of player i."""
    around = [s for s in eta if set(side) <= set(s)]
    return sum(((-1) ** (len(s) - len(side)) * eta[s][i] for s in around), Fraction(0))


def least_fight(item: Item, leaf: Leaf, pair: Pair, g: Vector) -> Quadratic:
    """Return the `τ_R,kl = min F_kl(r, c)` of a pair."""
    *triples, bounds = item.parts(optional={**NONE, "bounds": []})
    multipliers = pair.read_multipliers(*triples)
    limits = [[Fraction(0) for _ in row] for row in pair.table]
    for place in bounds.items():
        split, other, factor = place.items(3)
        side = leaf.path[split.index(len(leaf.path))]
        split.need(side.pair == pair.key, "this split does not concern the pair")
        own, others = pair.sizes if side.of_row else reversed(pair.sizes)
        j, size = other.index(others), factor.not_negative() * side.sense
        for a in range(own):
            r, c = (a, j) if side.of_row else (j, a)
            limits[r][c] += size * (int(a == side.index) - side.bound)
    found: Quadratic = {}
    for k, m in places(leaf.cell):
        one, two = leaf.cell[k], leaf.cell[m]
        low, high = value_bounds(pair.key, one, two)
        f = leaf.game.worth(products(g, scale(Fraction(1, 2), plus(one.prices, two.prices))))
        sums = map(plus, one.matrices[pair.key], two.matrices[pair.key])
        M = [scale(Fraction(1, 2), row) for row in sums]
        P, Q = [[a - low for a in row] for row in M], [[high - a for a in row] for row in M]
        values = [[f[o] for o in row] for row in pair.table]
        found[k, m] = multipliers.least(list(map(minus, values, limits)), P, Q)
    return found
