"""Cells that hold no equilibrium ("Excluded cells")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, combinations_with_replacement

from .bounds import GRAND, Quadratic, Values, Vertex, places
from .entries import Entry
from .game import Coalition, Game, Pair, key_of
from .kinks import Multipliers, read_multipliers
from .linear import dot
from .reading import Item


@dataclass(frozen=True)
class Side:
    """A side of a "strategy" split: this probability is at least (1) or at most (-1) the bound."""

    pair: str
    of_row: bool
    index: int
    bound: Fraction
    sense: int


def check_excluded(
    item: Item,
    game: Game,
    concept: str,
    values: Values,
    cell: Sequence[Vertex],
    path: Sequence[Side],
    entries: Sequence[Entry] | None,
) -> None:
    """Refuse unless an equilibrium in the cell is in the hull of the exempt vertices."""
    fields = item.fields("weights", "dropped", "except", "division")
    exempt = read_exempt(fields["except"], game, cell, entries)
    kept = read_kept(fields["dropped"], game, values, cell, exempt)
    weights = fields["weights"].some()
    division = fields["division"]
    if isinstance(weights[0].value, list):
        fields["weights"].need(len(weights) == len(cell), "one vector for each vertex is expected")
        item.need(division.value is None, "weights that vary go without 'division'")
        check_varying(item, game, values, cell, [w.numbers(game.n) for w in weights], kept, exempt)
        return
    beta = fields["weights"].numbers(game.n)
    quadratic, linear = equation(game, values, cell, beta)
    if division.value is not None:
        item.need(concept == "coalition-perfect", "'division' is for coalition-perfect")
        for place, value in check_division(division, game, values, cell, path).items():
            quadratic[place] += value
    for o in kept:
        for k, l in places(len(cell)):
            value = quadratic[k, l] - (linear[k][o] + linear[l][o]) / 2
            check_sign(item, value, k == l and k not in exempt, f"outcome {o}, vertices {k}, {l}")


def check_sign(item: Item, value: Fraction, strictly: bool, what: str) -> None:
    """Refuse a coefficient that is negative, or zero where it must be positive."""
    item.need(value > 0 or (value == 0 and not strictly), f"the bound is too small: {what}")


def read_exempt(
    item: Item, game: Game, cell: Sequence[Vertex], entries: Sequence[Entry] | None
) -> set[int]:
    """Return the positions of the vertices that are exempt."""
    if item.value is None:
        return set()
    if isinstance(item.value, dict) and "player" in item.value:
        player = item.fields("player")["player"].index(game.n)
        return {k for k, vertex in enumerate(cell) if vertex.prices[player] == 0}
    found = item.fields("equilibrium")["equilibrium"]
    item.need(entries is not None, "a refutation has no equilibria")
    entry = (entries or [])[found.index(len(entries or []))]
    found.need(entry.hull != (), "the prices of a box are not known exactly")
    return {k for k, vertex in enumerate(cell) if entry.holds(vertex.prices)}


def read_kept(
    item: Item, game: Game, values: Values, cell: Sequence[Vertex], exempt: set[int]
) -> list[int]:
    """Return the outcomes that are not dropped."""
    dropped = set()
    for entry in item.items():
        one, two = entry.items(2)
        o, better = one.index(len(game.V)), two.index(len(game.V))
        dropped.add(o)
        gains = [w - v for v, w in zip(game.V[o], game.V[better], strict=True)]
        if min(gains) >= 0 and max(gains) > 0:
            continue
        for k, vertex in enumerate(cell):
            gain = values.worth(vertex)[better] - values.worth(vertex)[o]
            entry.need(
                gain > 0 or (gain == 0 and k in exempt),
                f"outcome {o} may be as good as {better} at vertex {k}",
            )
    kept = [o for o in range(len(game.V)) if o not in dropped]
    item.need(kept != [], "all outcomes are dropped")
    return kept


def equation(
    game: Game, values: Values, cell: Sequence[Vertex], beta: Sequence[Fraction]
) -> tuple[Quadratic, list[list[Fraction]]]:
    """Return the values' part of `Σ β_i E_i`, and `Σ β_i b^k_i V_i(o)` at the vertices."""
    gamma = {**game.gamma(beta), GRAND: sum(beta, Fraction(0)) / game.n}
    linear = []
    for vertex in cell:
        weights = [x * b for x, b in zip(beta, vertex.prices, strict=True)]
        linear.append([dot(weights, vector) for vector in game.V])
    return values.weighted(gamma, list(cell)), linear


def check_varying(
    item: Item,
    game: Game,
    values: Values,
    cell: Sequence[Vertex],
    betas: Sequence[Sequence[Fraction]],
    kept: Sequence[int],
    exempt: set[int],
) -> None:
    """Refuse unless the cubic polynomials of "Weights that vary" have the right signs."""
    parts = [equation(game, values, cell, beta) for beta in betas]
    for o in kept:

        def part(k: int, l: int, m: int, o: int = o) -> Fraction:  # noqa: E741
            quadratic, linear = parts[k]
            return quadratic[min(l, m), max(l, m)] - (linear[l][o] + linear[m][o]) / 2

        for k, l, m in combinations_with_replacement(range(len(cell)), 3):
            value = (part(k, l, m) + part(l, k, m) + part(m, k, l)) / 3
            strictly = k == l == m and k not in exempt
            check_sign(item, value, strictly, f"outcome {o}, vertices {k}, {l}, {m}")


def check_division(
    item: Item, game: Game, values: Values, cell: Sequence[Vertex], path: Sequence[Side]
) -> Quadratic:
    """Return the coefficients `Σ_R τ_R,kl` of "Division in smaller coalitions"."""
    fields = item.fields("coalitions", "pairs")
    everyone = range(game.n)
    coalitions = [s for size in range(2, game.n) for s in combinations(everyone, size)]
    found = fields["coalitions"].fields(optional=[key_of(s) for s in coalitions])
    eta: dict[Coalition, dict[int, Fraction]] = {}
    for coalition in coalitions:
        if key_of(coalition) in found:
            place = found[key_of(coalition)]
            numbers = place.numbers(len(coalition))
            place.need(sum(numbers) == 0, "the weights do not add up to 0")
            eta[coalition] = dict(zip(coalition, numbers, strict=True))
    multipliers = fields["pairs"].fields(optional=game.pairs)
    whole = dict.fromkeys(places(len(cell)), Fraction(0))
    for key, pair in game.pairs.items():
        g = dividends(game, pair, eta)
        if key in multipliers:
            fight = Fight(multipliers[key], pair, path)
        elif any(g):
            fight = Fight(None, pair, path)
        else:
            continue  # f_R = 0 and no multipliers: τ = 0
        worth = []
        for vertex in cell:
            weights = [a * b for a, b in zip(g, vertex.prices, strict=True)]
            worth.append([dot(weights, vector) for vector in game.V])
        for k, l in whole:
            matrices = values.matrix(key, cell[k]), values.matrix(key, cell[l])
            bounds = values.of(key, cell[k], cell[l])
            whole[k, l] += fight.least(worth[k], worth[l], matrices, bounds)
    return whole


def dividends(
    game: Game, pair: Pair, eta: dict[Coalition, dict[int, Fraction]]
) -> list[Fraction]:
    """Return the `g_R,i`: how often a pair's fight enters the sum of weighted dividends."""
    found = []
    for i in range(game.n):
        side = pair.members if i in pair.members else game.others(pair.members)
        found.append(
            sum(
                (
                    (-1) ** (len(s) - len(side)) * weights[i]
                    for s, weights in eta.items()
                    if set(side) <= set(s)
                ),
                Fraction(0),
            )
        )
    return found


class Fight:
    """The multipliers of a pair."""

    def __init__(self, item: Item | None, pair: Pair, path: Sequence[Side]) -> None:
        self.table = pair.table
        self.columns: Multipliers = ()
        self.rows: Multipliers = ()
        rows, columns = range(len(pair.table)), range(len(pair.table[0]))
        self.given = [[Fraction(0) for _ in columns] for _ in rows]
        if item is None:
            return
        fields = item.fields("columns", "rows", "bounds")
        self.columns = read_multipliers(fields["columns"], len(columns))
        self.rows = read_multipliers(fields["rows"], len(rows))
        for place in fields["bounds"].items():
            at, other, factor = place.items(3)
            side = path[at.index(len(path))]
            at.need(side.pair == pair.key, "this split does not concern the pair")
            j = other.index(len(columns) if side.of_row else len(rows))
            size = factor.number() * side.sense
            factor.need(factor.number() >= 0, "a multiplier is negative")
            for a in rows if side.of_row else columns:
                r, c = (a, j) if side.of_row else (j, a)
                self.given[r][c] += size * (int(a == side.index) - side.bound)

    def least(
        self,
        worth_k: Sequence[Fraction],
        worth_l: Sequence[Fraction],
        matrices: tuple[list[list[Fraction]], list[list[Fraction]]],
        bounds: tuple[Fraction, Fraction],
    ) -> Fraction:
        """Return `τ_kl`, the least of the `F_kl(r, c)`."""
        one, two = matrices
        low, high = bounds
        F = [
            [(worth_k[o] + worth_l[o]) / 2 - given for o, given in zip(row, more, strict=True)]
            for row, more in zip(self.table, self.given, strict=True)
        ]
        for better, c, s in self.columns:
            for r, row in enumerate(F):
                row[c] -= s * ((one[r][better] + two[r][better]) / 2 - low)
        for better, r, t in self.rows:
            for c in range(len(F[r])):
                F[r][c] -= t * (high - (one[better][c] + two[better][c]) / 2)
        return min(map(min, F))
