"""Vertices, and cells that hold no equilibrium ("Trees", "Excluded cells")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement

from .entries import Entry
from .game import (
    Coalition,
    Game,
    Pair,
    Strategies,
    against_columns,
    against_rows,
    key_of,
    read_prices,
    read_strategies,
)
from .kinks import NONE, read_multipliers
from .linear import Vector
from .reading import Item

GRAND = "N"
#: Symmetric coefficients by the positions k ≤ l in a cell.
Quadratic = dict[tuple[int, int], Fraction]


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


def read_vertex(item: Item, game: Game) -> Vertex:
    """Read a vertex."""
    fields = item.fields("prices", "threats", "outcome")
    prices, threats = read_prices(fields["prices"], game), read_strategies(fields["threats"], game)
    return Vertex(game, prices, threats, fields["outcome"].index(len(game.V)))


def places(size: int) -> list[tuple[int, int]]:
    """Return all positions k ≤ l in a cell."""
    return list(combinations_with_replacement(range(size), 2))


@lru_cache(maxsize=100_000)
def value_bounds(key: str, k: Vertex, m: Vertex) -> tuple[Fraction, Fraction]:
    """Return the `L_kl` and `H_kl` of a pair, or of N ("Values")."""
    if key == GRAND:
        most = max(a + b for a, b in zip(k.worth, m.worth, strict=True))
        return (m.worth[k.outcome] + k.worth[m.outcome]) / 2, most / 2
    one, two, (x_k, y_k), (x_m, y_m) = (
        k.matrices[key],
        m.matrices[key],
        k.threats[key],
        m.threats[key],
    )
    low = zip(against_columns(two, x_k), against_columns(one, x_m), strict=True)
    high = zip(against_rows(two, y_k), against_rows(one, y_m), strict=True)
    return min(a + b for a, b in low) / 2, max(a + b for a, b in high) / 2


def weighted_values(gamma: dict[str, Fraction], cell: Sequence[Vertex]) -> Quadratic:
    """Return the coefficients of a lower bound of `Σ γ v_b` over pairs (and N)."""
    found = dict.fromkeys(places(len(cell)), Fraction(0))
    for key, factor in gamma.items():
        for k, m in found if factor else ():
            ends = sorted((cell[k], cell[m]), key=id)  # symmetric: known in either order
            found[k, m] += factor * value_bounds(key, *ends)[factor < 0]
    return found


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
    cell: Sequence[Vertex]
    path: Sequence[Side]
    entries: Sequence[Entry]


def check_excluded(item: Item, leaf: Leaf) -> None:
    """Refuse unless an equilibrium in the cell is in the hull of the exempt vertices."""
    fields = item.fields("weights", optional={"dropped": [], "except": None, "division": None})
    size = len(leaf.cell)
    exempt = read_exempt(fields["except"], leaf)
    kept = read_kept(fields["dropped"], leaf, exempt)
    weights, division = fields["weights"].some(), fields["division"]
    varying = isinstance(weights[0].value, list)
    if varying:
        fields["weights"].need(len(weights) == size, "a vector for each vertex is expected")
        division.need(division.value is None, "weights that vary go without it")
    betas = weights if varying else [fields["weights"]]
    parts = [equation(leaf, beta.numbers(leaf.game.n)) for beta in betas]
    if division.value is not None:
        division.need(leaf.perfect, "this is for the concept coalition-perfect")
        for spot, value in check_division(division, leaf).items():
            parts[0][0][spot] += value

    def part(k: int, first: int, second: int, o: int) -> Fraction:
        quadratic, linear = parts[k]
        place = min(first, second), max(first, second)
        return quadratic[place] - (linear[first][o] + linear[second][o]) / 2

    for o in kept:
        for k, m in places(size) if not varying else ():
            check_sign(item, part(0, k, m, o), {k, m}, exempt, o)
        for k, m, j in combinations_with_replacement(range(size), 3) if varying else ():
            value = part(k, m, j, o) + part(m, k, j, o) + part(j, k, m, o)
            check_sign(item, value, {k, m, j}, exempt, o)


def check_sign(item: Item, value: Fraction, place: set[int], exempt: set[int], o: int) -> None:
    """Refuse a coefficient that is negative, or zero at a vertex that is not exempt."""
    strictly = len(place) == 1 and not place <= exempt
    good = value > 0 or (value == 0 and not strictly)
    item.need(good, f"the bound is too small for outcome {o} at the vertices {sorted(place)}")


def read_exempt(item: Item, leaf: Leaf) -> set[int]:
    """Return the positions of the vertices that are exempt."""
    if item.value is None:
        return set()
    if isinstance(item.value, dict) and "player" in item.value:
        player = item.fields("player")["player"].index(leaf.game.n)
        return {k for k, vertex in enumerate(leaf.cell) if vertex.prices[player] == 0}
    found = item.fields("equilibrium")["equilibrium"]
    entry = leaf.entries[found.index(len(leaf.entries))]
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


def equation(leaf: Leaf, beta: Vector) -> tuple[Quadratic, list[list[Fraction]]]:
    """Return the values' part of `Σ β_i E_i`, and `Σ β_i b^k_i V_i(o)` at the vertices."""
    gamma = {**leaf.game.gamma(beta), GRAND: sum(beta, Fraction(0)) / leaf.game.n}
    weights = [[x * b for x, b in zip(beta, k.prices, strict=True)] for k in leaf.cell]
    return weighted_values(gamma, leaf.cell), [leaf.game.worth(w) for w in weights]


# -- division in smaller coalitions ---------------------------------------------------------------


def check_division(item: Item, leaf: Leaf) -> Quadratic:
    """Return the coefficients `Σ_R τ_R,kl`."""
    game, fields = leaf.game, item.fields("coalitions", "pairs")
    coalitions = {key_of(s): s for s in game.coalitions(2, game.n - 1)}
    eta: dict[Coalition, dict[int, Fraction]] = {}
    for key, place in fields["coalitions"].subset(coalitions).items():
        numbers = place.numbers(len(coalitions[key]))
        place.need(sum(numbers) == 0, "the weights do not add up to 0")
        eta[coalitions[key]] = dict(zip(coalitions[key], numbers, strict=True))
    multipliers = fields["pairs"].subset(game.pairs)
    whole = dict.fromkeys(places(len(leaf.cell)), Fraction(0))
    for key, pair in game.pairs.items():
        g = [
            dividend(pair.members if i in pair.members else pair.against, i, eta)
            for i in range(game.n)
        ]
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
    fields = item.fields(optional={**NONE, "bounds": []})
    columns, rows = read_multipliers(fields, pair)
    limits = [[Fraction(0) for _ in pair.columns] for _ in pair.rows]
    for place in fields["bounds"].items():
        at, other, factor = place.items(3)
        side = leaf.path[at.index(len(leaf.path))]
        at.need(side.pair == pair.key, "this split does not concern the pair")
        j, size = (
            other.index(len(pair.columns if side.of_row else pair.rows)),
            factor.not_negative(),
        )
        for a in pair.rows if side.of_row else pair.columns:
            r, c = (a, j) if side.of_row else (j, a)
            limits[r][c] += size * side.sense * (int(a == side.index) - side.bound)
    game, found = leaf.game, {}
    weights = [[a * b for a, b in zip(g, k.prices, strict=True)] for k in leaf.cell]
    f = [[[worth[o] for o in row] for row in pair.table] for worth in map(game.worth, weights)]
    M = [k.matrices[pair.key] for k in leaf.cell]
    for k, m in places(len(leaf.cell)):
        low, high = value_bounds(pair.key, leaf.cell[k], leaf.cell[m])
        F = [
            [(f[k][r][c] + f[m][r][c]) / 2 - limits[r][c] for c in pair.columns] for r in pair.rows
        ]
        for better, c, s in columns:
            for r in pair.rows:
                F[r][c] -= s * ((M[k][r][better] + M[m][r][better]) / 2 - low)
        for better, r, t in rows:
            for c in pair.columns:
                F[r][c] -= t * (high - (M[k][better][c] + M[m][better][c]) / 2)
        found[k, m] = min(map(min, F))
    return found
