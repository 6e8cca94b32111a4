"""Entries that state an equilibrium or a set of them ("Equilibria" and "Level sets")."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from .boxes import Box, read_box
from .game import (
    Bounds,
    Coalition,
    Game,
    Pair,
    Strategies,
    Strategy,
    key_of,
    read_prices,
    read_strategies,
    read_strategy,
    read_threats,
)
from .linear import Matrix, Vector, affine_rank, combined, dot, in_hull, minus, times
from .reading import Item

FORMS = ("rational", "set", "level", "box")
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
    hull: Matrix = ()
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
    form = Item(item.value.get("form"), f"{item.place}.form").text(*FORMS)
    if form == "rational":
        return rational(item, game, concept)
    if form == "set":
        return equilibrium_set(item, game, concept)
    item.need(concept == "coco" or (form == "box" and game.n <= 2), "the concept must be coco")
    if form == "level":
        return level_set(item, game)
    box = read_box(item, game)
    return Entry("box", box.prices, game.in_units(box.payoffs), box=box)


def spans(points: Matrix) -> Bounds:
    """Return the least and the largest value of every coordinate."""
    return tuple((min(column), max(column)) for column in zip(*points, strict=True))


# -- the definition at given prices ---------------------------------------------------------------


def saddle_value(
    item: Item, game: Game, pair: Pair, b: Vector, threats: tuple[Strategy, Strategy]
) -> Fraction:
    """Return the value of a threat game of which these are a saddle point."""
    matrix, (x, y) = game.threat_game(pair, b), threats
    value = min(combined(x, matrix))
    same = value == max(times(matrix, y))
    item.need(same, f"the strategies of the pair {pair.key} are no saddle point")
    return value


def excess(
    item: Item, game: Game, b: Vector, strategies: Strategies, grand: Strategy
) -> list[Fraction]:
    """Return `φ(v) - b∘u` with the values of these pairs, if the strategies are optimal."""
    worth = game.worth(b)
    best = all(value == max(worth) for value, p in zip(worth, grand, strict=True) if p)
    item.need(best, "the planner does not maximise")
    owed = [max(worth) / game.n - price * u for price, u in zip(b, game.mean(grand), strict=True)]
    for key, threats in strategies.items():
        value = saddle_value(item, game, game.pairs[key], b, threats)
        owed = [a + g * value for a, g in zip(owed, game.pairs[key].phi, strict=True)]
    return owed


def check_equilibrium(
    item: Item, game: Game, concept: str, b: Vector, strategies: Strategies, grand: Strategy
) -> None:
    """Refuse unless conditions 3 and 4 hold at normalised prices, some of which may be zero."""
    gaps = excess(item, game, b, strategies, grand)
    item.need(not any(gaps), "the players do not get what they are owed")
    payoffs: dict[Coalition, list[Fraction]] = {}
    for key, (x, y) in strategies.items():
        pair = game.pairs[key]
        fight = combined(x, [combined(y, [game.V[o] for o in row]) for row in pair.table])
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
    _, place, box = item.parts("form", "equilibrium", optional={"box": ABSENT})
    keys = ("format", "version", "concept", "kind", "prices", "payoffs", "strategies")
    form, version, stated, kind, prices, payoffs, strategies, residuals = place.parts(
        *keys, optional={"residuals": None}
    )
    form.text("harsanyi-equilibrium")
    version.whole(1, 1)
    stated.text(concept)
    kind.text("proper")
    residuals.need(residuals.value is None, "residuals are not null")
    a = prices.numbers(game.n)
    prices.need(min(a) > 0, "a price is not positive")
    b = [price * r / dot(a, game.ranges) for price, r in zip(a, game.ranges, strict=True)]
    pairs, grand = full_strategies(strategies, game)
    check_equilibrium(place, game, concept, b, pairs, grand)
    paid = game.in_units(spans([game.mean(grand)]))
    same = spans([payoffs.numbers(game.n)]) == paid
    payoffs.need(same, "not the payoffs of the strategies")
    entry = Entry("rational", spans([b]), paid, [b])
    if box.value is ABSENT:
        return entry
    around = read_box(box, game)
    box.need(around.holds(b), "the equilibrium is not in its box")
    return replace(entry, box=around)


def full_strategies(item: Item, game: Game) -> tuple[Strategies, Strategy]:
    """Read the strategies of all coalitions in the format of equilibrium files."""
    coalitions, found = game.coalitions(1, game.n), dict[Coalition, Strategy]()
    for coalition, place in zip(coalitions, item.parts(*map(key_of, coalitions)), strict=True):
        numbers = game.numbers(coalition)
        played = dict[int, Fraction]()
        for entry in place.items():
            joint, probability = entry.parts("actions", "probability")
            number = 0
            for action, i in zip(joint.items(len(coalition)), coalition, strict=True):
                number = number * game.actions[i] + action.index(game.actions[i])
            entry.need(number not in played, "these actions occur twice")
            played[number] = probability.not_negative()
        place.need(sum(played.values()) == 1, "the probabilities do not add up to 1")
        found[coalition] = tuple(played.get(k, Fraction(0)) for k in range(len(numbers)))
    pairs = {key: (found[p.members], found[p.against]) for key, p in game.pairs.items()}
    return pairs, found[coalitions[-1]]


# -- forms "set" and "level" ----------------------------------------------------------------------


def read_price_list(item: Item, game: Game) -> list[tuple[Fraction, ...]]:
    """Read prices of which every coordinate is positive somewhere."""
    prices = [read_prices(entry, game) for entry in item.some()]
    item.need(all(map(any, zip(*prices, strict=True))), "some player's price is zero everywhere")
    return prices


def equilibrium_set(item: Item, game: Game, concept: str) -> Entry:
    """Check that all convex combinations of prices support the same strategies."""
    _, listed, pairs, outcomes = item.parts("form", "prices", "strategies", "outcomes")
    prices = read_price_list(listed, game)
    strategies = read_strategies(pairs, list(game.pairs.values()))
    grand = read_strategy(outcomes, len(game.V))
    for place, b in zip(listed.items(), prices, strict=True):
        check_equilibrium(place, game, concept, b, strategies, grand)
    payoffs = game.in_units(spans([game.mean(grand)]))
    return Entry("set", spans(prices), payoffs, prices, affine_rank(prices))


def level_set(item: Item, game: Game) -> Entry:
    """Check the claim of "Level sets"; the comments number its steps."""
    proof = ["members"] if "members" in item.value else ["below", "above"]
    keys = ("form", "pair", "prices", "strategies", "outcome", "planner")
    _, varying, listed, fixed, chosen, planner, *proofs = item.parts(*keys, *proof)
    pair = game.pairs[varying.text(*game.pairs)]
    prices = read_price_list(listed, game)
    strategies = read_strategies(fixed, [p for p in game.pairs.values() if p is not pair])
    outcome = chosen.index(len(game.V))
    grand = tuple(Fraction(int(o == outcome)) for o in range(len(game.V)))

    def level(place: Item, b: Vector) -> Fraction:  # 1 and 2
        gaps = excess(place, game, b, strategies, grand)
        found = -gaps[0] / pair.phi[0]
        same = gaps == [-found * g for g in pair.phi]
        place.need(same, f"no value of the pair {pair.key} makes the payoffs right")
        return found

    levels = [level(place, b) for place, b in zip(listed.items(), prices, strict=True)]
    check_planner(planner, game, prices, outcome, pair)  # 3
    dimension = affine_rank(prices) - 1
    listed.need(dimension >= 0, "the prices are one point")
    if len(proofs) == 1:  # 4
        places, threat = proofs[0].parts("prices", "threat")
        threats, members = read_threats(threat, pair), read_price_list(places, game)
        for place, b in zip(places.items(), members, strict=True):
            place.need(in_hull(prices, b), "not in the hull of the prices of the level set")
            value = saddle_value(place, game, pair, b, threats)
            place.need(value == level(place, b), "the value is not on the level")
        dimension = affine_rank(members)
    for place, side in zip(proofs, ("below", "above"), strict=True) if len(proofs) == 2 else ():
        factors, threat = place.parts("weights", "threat")
        weights = factors.numbers(len(prices))
        factors.need(min(weights) > 0, "a weight is not positive")
        factors.need(sum(weights) == 1, "the weights do not add up to 1")
        matrix, level_there = (
            game.threat_game(pair, combined(weights, prices)),
            dot(weights, levels),
        )
        if side == "below":
            most = max(times(matrix, read_strategy(threat, len(pair.columns))))
            place.need(most < level_there, "the value may be above the level")
        else:
            least = min(combined(read_strategy(threat, len(pair.rows)), matrix))
            place.need(least > level_there, "the value may be below the level")
    return Entry("level", spans(prices), game.in_units(spans([game.V[outcome]])), prices, dimension)


def check_planner(item: Item, game: Game, prices: Matrix, outcome: int, pair: Pair) -> None:
    """Refuse unless no other payoffs are possible where `E` is a multiple of `g`."""
    beta = item.numbers(game.n)
    item.need(dot(beta, pair.phi) == 0, "the weights are not orthogonal to g")
    for other, vector in enumerate(game.V):
        gain = minus(vector, game.V[outcome])
        tied = [b for b in prices if dot(b, gain) == 0]
        if any(gain) and tied and all(map(any, zip(*tied, strict=True))):
            worth = [sum(w * p * v for w, p, v in zip(beta, b, gain, strict=True)) for b in tied]
            item.need(min(worth) > 0, f"outcome {other} may be used besides")
