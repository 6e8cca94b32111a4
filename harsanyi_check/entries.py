"""Entries that state an equilibrium or a set of them ("Equilibria" and "Level sets")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .boxes import Box, read_box
from .game import (
    Bounds,
    Coalition,
    Game,
    Pair,
    Sparse,
    Strategies,
    against_columns,
    against_rows,
    key_of,
    read_prices,
    read_sparse,
    read_strategies,
    read_threats,
)
from .linear import Vector, affine_rank, dot, in_hull, minus
from .reading import Item

ABSENT = object()


@dataclass(frozen=True)
class Entry:
    """An equilibrium, or a set of equilibria, that has been checked.

    `prices` and `payoffs` are intervals, of normalised prices and of payoffs in the game's units;
    the convex hull of `hull` belongs to the entry (none is known for the form "box");
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
        """Whether this is known to be one equilibrium price and not a set of them."""
        return self.dimension == 0 and self.form != "level"

    def holds(self, prices: Vector) -> bool:
        """Tell whether prices are in the hull of those that belong to the entry."""
        return self.hull != () and in_hull(self.hull, prices)


def read_entry(item: Item, game: Game, concept: str) -> Entry:
    """Check an entry of any form."""
    item.need(isinstance(item.value, dict), "an object is expected")
    form = Item(item.value.get("form"), f"{item.place}.form").text(
        "rational", "set", "level", "box"
    )
    if form == "rational":
        return rational(item, game, concept)
    if form == "set":
        return equilibrium_set(item, game, concept)
    item.need(concept == "coco" or (form == "box" and game.n <= 2), "the concept must be coco")
    if form == "level":
        return level_set(item, game)
    box = read_box(item, game)
    return Entry("box", box.prices, game.in_units(box.payoffs), box=box)


# -- the definition at given prices ---------------------------------------------------------------


def saddle_value(item: Item, game: Game, pair: Pair, b: Vector, x: Sparse, y: Sparse) -> Fraction:
    """Return the value of a threat game of which (x, y) is a saddle point."""
    matrix = game.threat_game(pair, b)
    value = min(against_columns(matrix, x))
    same = value == max(against_rows(matrix, y))
    item.need(same, f"the strategies of the pair {pair.key} are no saddle point")
    return value


def check_optimal(item: Item, game: Game, b: Vector, grand: Sparse) -> Fraction:
    """Return `h(b)`, which all outcomes of a strategy of the grand coalition attain."""
    worth = game.worth(b)
    item.need(all(worth[o] == max(worth) for o, _ in grand), "the planner does not maximise")
    return max(worth)


def excess(
    item: Item, game: Game, b: Vector, strategies: Strategies, grand: Sparse
) -> list[Fraction]:
    """Return `φ(v) - b∘u` with the values of these pairs, whose strategies are saddle points."""
    owed = [check_optimal(item, game, b, grand) / game.n] * game.n
    for key, (x, y) in strategies.items():
        value = saddle_value(item, game, game.pairs[key], b, x, y)
        owed = [a + share * value for a, share in zip(owed, game.pairs[key].phi, strict=True)]
    return [a - price * u for a, price, u in zip(owed, b, game.mean(grand), strict=True)]


def check_equilibrium(
    item: Item, game: Game, concept: str, b: Vector, strategies: Strategies, grand: Sparse
) -> None:
    """Refuse unless conditions 3 and 4 hold at normalised prices, some of which may be zero."""
    gaps = excess(item, game, b, strategies, grand)
    item.need(not any(gaps), "the players do not get what they are owed")
    payoffs: dict[Coalition, list[Fraction]] = {}
    for key, (x, y) in strategies.items():
        pair = game.pairs[key]
        fight = game.mean(tuple((pair.table[r][c], p * q) for r, p in x for c, q in y))
        payoffs[pair.members] = payoffs[pair.against] = fight
    for coalition in game.coalitions(2, game.n - 1) if concept == "coalition-perfect" else []:
        inner = [s for s in payoffs if set(s) <= set(coalition)]
        dividends = {
            sum((-1) ** (len(coalition) - len(s)) * b[i] * payoffs[s][i] for s in inner if i in s)
            for i in coalition
        }
        item.need(len(dividends) == 1, f"unequal dividends in the coalition {key_of(coalition)}")


# -- form "rational" ------------------------------------------------------------------------------


def rational(item: Item, game: Game, concept: str) -> Entry:
    """Check an exact equilibrium, and the box around it if one is given."""
    fields = item.fields("form", "equilibrium", optional={"box": ABSENT})
    place, keys = fields["equilibrium"], ("concept", "kind", "prices", "payoffs", "strategies")
    found = place.fields("format", "version", *keys, optional={"residuals": None})
    found["format"].text("harsanyi-equilibrium")
    found["version"].whole(1, 1)
    found["concept"].text(concept)
    found["kind"].text("proper")
    found["residuals"].need(found["residuals"].value is None, "residuals are not null")
    prices = found["prices"].numbers(game.n)
    found["prices"].need(min(prices) > 0, "a price is not positive")
    b = tuple(a * r / dot(prices, game.ranges) for a, r in zip(prices, game.ranges, strict=True))
    strategies, grand = full_strategies(found["strategies"], game)
    check_equilibrium(place, game, concept, b, strategies, grand)
    payoffs = game.in_units(points(game.mean(grand)))
    stated = points(found["payoffs"].numbers(game.n))
    found["payoffs"].need(stated == payoffs, "not the payoffs of the strategies")
    entry = Entry("rational", points(b), payoffs, (b,))
    if fields["box"].value is ABSENT:
        return entry
    box = read_box(fields["box"], game)
    fields["box"].need(box.holds(b), "the equilibrium is not in its box")
    return replace(entry, box=box)


def points(values: Sequence[Fraction]) -> Bounds:
    """Return intervals of length zero."""
    return tuple((value, value) for value in values)


def full_strategies(item: Item, game: Game) -> tuple[Strategies, Sparse]:
    """Read the strategies of all coalitions in the format of equilibrium files."""
    coalitions = game.coalitions(1, game.n)
    fields = item.fields(*map(key_of, coalitions))
    found: dict[Coalition, Sparse] = {}
    for coalition in coalitions:
        number = {actions: k for k, actions in enumerate(game.joint_actions(coalition))}
        place, strategy = fields[key_of(coalition)], dict[int, Fraction]()
        for entry in place.items():
            parts = entry.fields("actions", "probability")
            actions = zip(parts["actions"].items(len(coalition)), coalition, strict=True)
            played = number[tuple(action.index(game.actions[i]) for action, i in actions)]
            entry.need(played not in strategy, "these actions occur twice")
            strategy[played] = parts["probability"].not_negative()
        place.need(sum(strategy.values()) == 1, "the probabilities do not add up to 1")
        found[coalition] = tuple(strategy.items())
    pairs = {key: (found[p.members], found[p.against]) for key, p in game.pairs.items()}
    return pairs, found[coalitions[-1]]


# -- forms "set" and "level" ----------------------------------------------------------------------


def read_price_list(item: Item, game: Game) -> tuple[tuple[Fraction, ...], ...]:
    """Read prices of which every coordinate is positive somewhere."""
    prices = tuple(read_prices(entry, game) for entry in item.some())
    item.need(all(map(any, zip(*prices, strict=True))), "some player's price is zero everywhere")
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
    payoffs = game.in_units(points(game.mean(grand)))
    return Entry("set", spans(prices), payoffs, prices, affine_rank(prices))


def level_set(item: Item, game: Game) -> Entry:
    """Check the claim of "Level sets"; the comments number its steps."""
    proof = ["members"] if "members" in item.value else ["below", "above"]
    keys = ("form", "pair", "prices", "strategies", "outcome", "planner")
    fields = item.fields(*keys, *proof)
    pair = game.pairs[fields["pair"].text(*game.pairs)]
    prices = read_price_list(fields["prices"], game)
    strategies = read_strategies(fields["strategies"], game, without=pair.key)
    outcome = fields["outcome"].index(len(game.V))

    def level(place: Item, b: Vector) -> Fraction:  # 1 and 2
        gaps = excess(place, game, b, strategies, ((outcome, Fraction(1)),))
        found = -gaps[0] / pair.phi[0]
        same = gaps == [-found * g for g in pair.phi]
        place.need(same, f"no value of the pair {pair.key} makes the payoffs right")
        return found

    places = zip(fields["prices"].items(), prices, strict=True)
    levels = [level(place, b) for place, b in places]
    check_planner(fields["planner"], game, prices, outcome, pair)  # 3
    dimension = affine_rank(prices) - 1
    fields["prices"].need(dimension >= 0, "the prices are one point")
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
        matrix, y = read_side(fields["below"], game, pair, prices, levels, len(pair.columns))
        fields["below"].need(max(against_rows(matrix, y)) < 0, "the value may be above the level")
        matrix, x = read_side(fields["above"], game, pair, prices, levels, len(pair.rows))
        fields["above"].need(
            min(against_columns(matrix, x)) > 0, "the value may be below the level"
        )
    payoffs = game.in_units(points(game.V[outcome]))
    return Entry("level", spans(prices), payoffs, prices, dimension)


def check_planner(
    item: Item, game: Game, prices: Sequence[Vector], outcome: int, pair: Pair
) -> None:
    """Refuse unless no other payoffs are possible where `E` is a multiple of `g`."""
    beta = item.numbers(game.n)
    item.need(dot(beta, pair.phi) == 0, "the weights are not orthogonal to g")
    for other, vector in enumerate(game.V):
        gain = minus(vector, game.V[outcome])
        tied = [b for b in prices if dot(b, gain) == 0]
        if any(gain) and all(map(any, zip(*tied, strict=True))) and tied:
            worth = [sum(w * p * v for w, p, v in zip(beta, b, gain, strict=True)) for b in tied]
            item.need(min(worth) > 0, f"outcome {other} may be used besides")


def read_side(
    item: Item, game: Game, pair: Pair, prices: Sequence[Vector], levels: Vector, count: int
) -> tuple[list[list[Fraction]], Sparse]:
    """Return the threat game less the level at a combination of prices, and a threat in it."""
    fields = item.fields("weights", "threat")
    weights = fields["weights"].numbers(len(prices))
    fields["weights"].need(min(weights) > 0, "a weight is not positive")
    fields["weights"].need(sum(weights) == 1, "the weights do not add up to 1")
    matrix = game.threat_game(pair, [dot(weights, column) for column in zip(*prices, strict=True)])
    level = dot(weights, levels)
    return [[value - level for value in row] for row in matrix], read_sparse(
        fields["threat"], count
    )
