"""Entries that state an equilibrium or a set of them ("Equilibria" and "Level sets")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from .boxes import Box, read_box
from .game import (
    Coalition,
    Game,
    Pair,
    Sparse,
    Strategies,
    key_of,
    read_prices,
    read_sparse,
    read_strategies,
    read_threats,
)
from .linear import Vector, affine_rank, dot, in_hull, minus
from .reading import Item

Bounds = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Entry:
    """An equilibrium, or a set of equilibria, that has been checked.

    `prices` and `payoffs` are intervals, of normalised prices and of payoffs in the game's units;
    `hull` are the prices whose convex hull belongs to the entry (none for the form "box");
    `box` is the box with no other equilibrium price in it.
    """

    form: str
    prices: Bounds
    payoffs: Bounds
    hull: tuple[tuple[Fraction, ...], ...] = ()
    dimension: int = 0
    box: Box | None = None

    @property
    def single(self) -> bool:
        """Whether this is one equilibrium price and not a set of them."""
        return self.dimension == 0 and self.form != "level"

    def holds(self, prices: tuple[Fraction, ...]) -> bool:
        """Tell whether prices are in the hull of those that belong to the entry."""
        if prices in self.hull:
            return True
        return len(self.hull) > 1 and in_hull(self.hull, prices)


def read_entry(item: Item, game: Game, concept: str) -> Entry:
    """Check an entry of any form."""
    item.need(isinstance(item.value, dict), "an object is expected")
    item.need("form" in item.value, "the key 'form' is missing")
    form = Item(item.value["form"], f"{item.place}.form").text("rational", "set", "level", "box")
    if form == "rational":
        return rational(item, game, concept)
    if form == "set":
        return equilibrium_set(item, game, concept)
    if form == "level":
        item.need(concept == "coco", "level sets are for the concept coco")
        return level_set(item, game)
    item.need(concept == "coco" or game.n <= 2, "boxes are for the concept coco")
    box = read_box(item, game)
    units = tuple(
        (game.in_units(i, low), game.in_units(i, high)) for i, (low, high) in enumerate(box.payoffs)
    )
    return Entry("box", box.prices, units, box=box)


# -- the definition at given prices ---------------------------------------------------------------


def row_payoffs(matrix: Sequence[Sequence[Fraction]], x: Sparse) -> list[Fraction]:
    """Return `xM`, what a row strategy earns against every column."""
    return [
        sum((p * matrix[r][c] for r, p in x), Fraction(0)) for c in range(len(matrix[0]))
    ]


def column_payoffs(matrix: Sequence[Sequence[Fraction]], y: Sparse) -> list[Fraction]:
    """Return `My`, what every row earns against a column strategy."""
    return [sum((q * row[c] for c, q in y), Fraction(0)) for row in matrix]


def saddle_value(item: Item, game: Game, pair: Pair, b: Vector, x: Sparse, y: Sparse) -> Fraction:
    """Return the value of a threat game of which (x, y) is a saddle point."""
    matrix = game.threat_game(pair, b)
    value = min(row_payoffs(matrix, x))
    best = max(column_payoffs(matrix, y))
    item.need(value == best, f"the strategies of the pair {pair.key} are no saddle point")
    return value


def check_optimal(item: Item, game: Game, b: Vector, grand: Sparse) -> Fraction:
    """Return `h(b)`, which all outcomes of a strategy of the grand coalition attain."""
    worth = [dot(b, vector) for vector in game.V]
    item.need(
        all(worth[o] == max(worth) for o, _ in grand),
        "the grand coalition's strategy does not maximise the worth",
    )
    return max(worth)


def check_equilibrium(
    item: Item, game: Game, concept: str, b: Vector, strategies: Strategies, grand: Sparse
) -> None:
    """Refuse unless conditions 3 and 4 hold at normalised prices, some of which may be zero."""
    value = {
        key: saddle_value(item, game, pair, b, *strategies[key]) for key, pair in game.pairs.items()
    }
    worth = check_optimal(item, game, b, grand)
    payoffs = game.mean(grand)
    for i in range(game.n):
        owed = sum((game.phi(p, i) * value[key] for key, p in game.pairs.items()), worth / game.n)
        item.need(b[i] * payoffs[i] == owed, f"player {i} does not get what he is owed")
    if concept == "coalition-perfect":
        check_division(item, game, b, strategies)


def check_division(item: Item, game: Game, b: Vector, strategies: Strategies) -> None:
    """Refuse unless the dividends of every smaller coalition are equal, `b_i w_i = b_j w_j`."""
    payoffs: dict[Coalition, list[Fraction]] = {}
    for key, pair in game.pairs.items():
        fought = game.fight(pair, *strategies[key])
        payoffs[pair.members] = payoffs[game.others(pair.members)] = fought
    for size in range(2, game.n):
        for coalition in combinations(range(game.n), size):
            dividends = {
                b[i]
                * sum(
                    (-1) ** (size - len(inner)) * payoffs[inner][i]
                    for m in range(1, size + 1)
                    for inner in combinations(coalition, m)
                    if i in inner
                )
                for i in coalition
            }
            item.need(len(dividends) == 1, f"unequal dividends in coalition {key_of(coalition)}")


# -- form "rational" ------------------------------------------------------------------------------


def rational(item: Item, game: Game, concept: str) -> Entry:
    """Check an exact equilibrium, and the box around it if one is given."""
    fields = item.fields("form", "equilibrium", optional=["box"])
    place = fields["equilibrium"]
    found = place.fields(
        "format",
        "version",
        "concept",
        "kind",
        "prices",
        "payoffs",
        "strategies",
        optional=["residuals"],
    )
    found["format"].text("harsanyi-equilibrium")
    found["version"].whole(1, 1)
    found["concept"].text(concept)
    found["kind"].text("proper")
    place.need(found.get("residuals", place).value in (None, place.value), "residuals are not null")
    prices = found["prices"].numbers(game.n)
    found["prices"].need(min(prices) > 0, "a price is not positive")
    scaled = [a * r for a, r in zip(prices, game.ranges, strict=True)]
    b = tuple(value / sum(scaled) for value in scaled)
    strategies, grand = full_strategies(found["strategies"], game)
    check_equilibrium(place, game, concept, b, strategies, grand)
    payoffs = tuple(game.in_units(i, v) for i, v in enumerate(game.mean(grand)))
    found["payoffs"].need(
        found["payoffs"].numbers(game.n) == payoffs, "not the payoffs of the strategies"
    )
    entry = Entry("rational", tuple(zip(b, b, strict=True)), points(payoffs), (b,))
    if "box" not in fields:
        return entry
    box = read_box(fields["box"], game)
    fields["box"].need(box.holds(b), "the equilibrium is not in its box")
    return replace(entry, box=box)


def points(values: Sequence[Fraction]) -> Bounds:
    """Return intervals of length zero."""
    return tuple((value, value) for value in values)


def full_strategies(item: Item, game: Game) -> tuple[Strategies, Sparse]:
    """Read the strategies of all coalitions in the format of equilibrium files."""
    everyone = tuple(range(game.n))
    coalitions = [s for size in range(1, game.n + 1) for s in combinations(everyone, size)]
    fields = item.fields(*map(key_of, coalitions))
    found: dict[Coalition, Sparse] = {}
    for coalition in coalitions:
        number = {actions: k for k, actions in enumerate(game.joint_actions(coalition))}
        place = fields[key_of(coalition)]
        strategy: dict[int, Fraction] = {}
        for entry in place.items():
            parts = entry.fields("actions", "probability")
            actions = parts["actions"].items(len(coalition))
            played = tuple(
                action.index(game.actions[i]) for i, action in zip(coalition, actions, strict=True)
            )
            entry.need(number[played] not in strategy, "these actions occur twice")
            strategy[number[played]] = parts["probability"].number()
            entry.need(strategy[number[played]] > 0, "the probability is not positive")
        place.need(sum(strategy.values()) == 1, "the probabilities do not add up to 1")
        found[coalition] = tuple(strategy.items())
    pairs = game.pairs.items()
    return (
        {key: (found[p.members], found[game.others(p.members)]) for key, p in pairs},
        found[everyone],
    )


# -- forms "set" and "level" ----------------------------------------------------------------------


def read_price_list(item: Item, game: Game) -> tuple[tuple[Fraction, ...], ...]:
    """Read prices of which every coordinate is positive somewhere."""
    prices = tuple(read_prices(entry, game) for entry in item.some())
    for i in range(game.n):
        item.need(any(b[i] > 0 for b in prices), f"the price of player {i} is zero everywhere")
    return prices


def spans(prices: Sequence[Vector]) -> Bounds:
    """Return the least and the largest price of every player."""
    return tuple((min(column), max(column)) for column in zip(*prices, strict=True))


def equilibrium_set(item: Item, game: Game, concept: str) -> Entry:
    """Check that all convex combinations of prices support the same strategies."""
    fields = item.fields("form", "prices", "strategies", "outcomes")
    prices = read_price_list(fields["prices"], game)
    strategies = read_strategies(fields["strategies"], game)
    grand = read_sparse(fields["outcomes"], len(game.V))
    for place, b in zip(fields["prices"].items(), prices, strict=True):
        check_equilibrium(place, game, concept, b, strategies, grand)
    payoffs = [game.in_units(i, value) for i, value in enumerate(game.mean(grand))]
    return Entry("set", spans(prices), points(payoffs), prices, affine_rank(prices))


def level_set(item: Item, game: Game) -> Entry:
    """Check the claim of "Level sets"; the comments number its steps."""
    item.need("members" in item.value or "below" in item.value, "neither 'below' nor 'members'")
    proof = ["members"] if "members" in item.value else ["below", "above"]
    fields = item.fields(
        "form", "pair", "prices", "strategies", "outcome", "planner", *proof
    )
    pair = game.pairs[fields["pair"].text(*game.pairs)]
    prices = read_price_list(fields["prices"], game)
    strategies = read_strategies(fields["strategies"], game, without=pair.key)
    outcome = fields["outcome"].index(len(game.V))
    g = [game.phi(pair, i) for i in range(game.n)]
    paid = game.V[outcome]

    def level(place: Item, b: Vector) -> Fraction:  # 1 and 2
        worth = check_optimal(place, game, b, ((outcome, Fraction(1)),))
        owed = [worth / game.n] * game.n
        for key, (x, y) in strategies.items():
            value = saddle_value(place, game, game.pairs[key], b, x, y)
            owed = [a + game.phi(game.pairs[key], i) * value for i, a in enumerate(owed)]
        excess = [a - price * v for a, price, v in zip(owed, b, paid, strict=True)]
        found = -excess[0] / g[0]
        place.need(
            all(e == -found * part for e, part in zip(excess, g, strict=True)),
            f"no value of the pair {pair.key} makes the payoffs right",
        )
        return found

    levels = [level(place, b) for place, b in zip(fields["prices"].items(), prices, strict=True)]
    check_planner(fields["planner"], game, prices, outcome, g)  # 3
    if "members" in proof:  # 4
        members = fields["members"].fields("prices", "threat")
        x, y = read_threats(members["threat"], pair)
        found = read_price_list(members["prices"], game)
        for place, b in zip(members["prices"].items(), found, strict=True):
            place.need(in_hull(prices, b), "not in the hull of the prices of the level set")
            value = saddle_value(place, game, pair, b, x, y)
            place.need(value == level(place, b), "the value is not on the level")
        dimension = affine_rank(found)
    else:
        dimension = affine_rank(prices) - 1
        check_side(fields["below"], game, pair, prices, levels, 1)
        check_side(fields["above"], game, pair, prices, levels, -1)
    item.need(dimension > 0, "not shown to be more than one equilibrium")
    payoffs = [game.in_units(i, value) for i, value in enumerate(paid)]
    return Entry("level", spans(prices), points(payoffs), prices, dimension)


def check_planner(
    item: Item, game: Game, prices: Sequence[Vector], outcome: int, g: Vector
) -> None:
    """Refuse unless no other payoffs are possible where `E` is a multiple of `g`."""
    beta = item.numbers(game.n)
    item.need(dot(beta, g) == 0, "the weights are not orthogonal to g")
    for other, vector in enumerate(game.V):
        gain = minus(vector, game.V[outcome])
        tied = [b for b in prices if dot(b, gain) == 0]
        if not any(gain) or any(all(b[i] == 0 for b in tied) for i in range(game.n)):
            continue
        item.need(
            all(dot(beta, [p * v for p, v in zip(b, gain, strict=True)]) > 0 for b in tied),
            f"outcome {other} may be used besides",
        )


def check_side(
    item: Item, game: Game, pair: Pair, prices: Sequence[Vector], levels: Vector, side: int
) -> None:
    """Refuse unless a threat shows that the value is below (1) or above (-1) the level."""
    fields = item.fields("weights", "threat")
    weights = fields["weights"].numbers(len(prices))
    fields["weights"].need(min(weights) > 0, "a weight is not positive")
    fields["weights"].need(sum(weights) == 1, "the weights do not add up to 1")
    matrix = game.threat_game(pair, [dot(weights, column) for column in zip(*prices, strict=True)])
    level = dot(weights, levels)
    if side > 0:
        best = max(column_payoffs(matrix, read_sparse(fields["threat"], len(pair.table[0]))))
        item.need(best < level, "the value is not shown to be below the level")
    else:
        least = min(row_payoffs(matrix, read_sparse(fields["threat"], len(pair.table))))
        item.need(least > level, "the value is not shown to be above the level")
