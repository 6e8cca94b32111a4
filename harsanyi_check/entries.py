"""Entries that state an equilibrium or a set of them ("Equilibria" and "Level sets")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from .boxes import Box, read_box
from .game import Bounds, Coalition, Game, Pair, Strategies, Strategy, Threats, read_strategy
from .linear import Vector, affine_rank, dot, in_hull, minus, mix, plus, products, scale, times
from .reading import Item

Points = Sequence[Vector]
FORMS = ("rational", "set", "level", "box")
ABSENT = object()


@dataclass(frozen=True)
class Entry:
    """An equilibrium, or a set of equilibria, that has been checked.

    `prices` and `payoffs` are intervals, both normalised; the convex hull of `hull` belongs to the
    entry (none is known for the form "box");
    `box` is the box with no other equilibrium price in it.
    """

    form: str
    prices: Bounds
    payoffs: Bounds
    hull: Points = ()
    dimension: int = 0
    box: Box | None = None

    @property
    def single(self) -> bool:
        """Whether this is known to be one equilibrium price and not a set of them."""
        return self.dimension == 0 and self.form != "level"

    def holds(self, prices: Vector) -> bool:
        """Tell whether prices are in the hull of those that belong to the entry."""
        return self.hull != () and in_hull(self.hull, prices)

    def isolates(self, prices: Vector) -> bool:
        """Tell whether prices are in the box with the only equilibrium price."""
        return self.box is not None and self.box.holds(prices)


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
    return Entry("box", box.prices, box.payoffs, box=box)


def spans(points: Points) -> Bounds:
    """Return the least and the largest value of every coordinate."""
    return tuple((min(column), max(column)) for column in zip(*points, strict=True))


# -- the definition at given prices ---------------------------------------------------------------


def saddle_value(item: Item, game: Game, pair: Pair, b: Vector, threats: Threats) -> Fraction:
    """Return the value of a threat game of which these are a saddle point."""
    matrix, (x, y) = game.threat_game(pair, b), threats
    value = min(mix(x, matrix))
    same = value == max(times(matrix, y))
    item.need(same, f"the strategies of the pair {pair.key} are no saddle point")
    return value


def excess(
    item: Item, game: Game, b: Vector, strategies: Strategies, grand: Strategy
) -> list[Fraction]:
    """Return `φ(v) - b∘u` with the values of these pairs, if the strategies are optimal."""
    worth = game.worth(b)
    item.need(dot(grand, worth) == max(worth), "the planner does not maximise")
    found = [max(worth) / game.n - x for x in products(b, mix(grand, game.V))]
    for key, threats in strategies.items():
        value = saddle_value(item, game, game.pairs[key], b, threats)
        found = plus(found, scale(value, game.pairs[key].phi))
    return found


def check_equilibrium(
    item: Item, game: Game, concept: str, b: Vector, strategies: Strategies, grand: Strategy
) -> None:
    """Refuse unless conditions 3 and 4 hold at normalised prices, some of which may be zero."""
    gaps = excess(item, game, b, strategies, grand)
    item.need(not any(gaps), "the players do not get what they are owed")
    if concept == "coco":
        return
    paid: dict[Coalition, list[Fraction]] = {}
    for key, (x, y) in strategies.items():
        pair = game.pairs[key]
        fight = mix(x, [mix(y, [game.V[o] for o in row]) for row in pair.table])
        paid[pair.members] = paid[pair.against] = products(b, fight)
    for key, coalition in game.coalitions(2, game.n - 1).items():
        inside = [s for s in paid if set(s) <= set(coalition)]
        dividends = {
            sum((-1) ** (len(coalition) - len(s)) * paid[s][i] for s in inside if i in s)
            for i in coalition
        }
        item.need(len(dividends) == 1, f"unequal dividends in the coalition {key}")


# -- form "rational" ------------------------------------------------------------------------------


def rational(item: Item, game: Game, concept: str) -> Entry:
    """Check an exact equilibrium, and the box around it if one is given."""
    _, place, box = item.parts("form", "equilibrium", optional={"box": ABSENT})
    keys = ("format", "version", "concept", "kind", "prices", "payoffs", "strategies")
    found = place.parts(*keys, optional={"residuals": None})
    form, version, stated, kind, prices, payoffs, strategies, residuals = found
    form.text("harsanyi-equilibrium")
    version.whole(1, 1)
    stated.text(concept)
    kind.text("proper")
    residuals.need(residuals.value is None, "residuals are not null")
    a = prices.numbers(game.n)
    prices.need(min(a) > 0, "a price is not positive")
    b = scale(1 / dot(a, game.ranges), products(a, game.ranges))
    pairs, grand = full_strategies(strategies, game)
    check_equilibrium(place, game, concept, b, pairs, grand)
    paid, told = spans([mix(grand, game.V)]), spans([payoffs.numbers(game.n)])
    payoffs.need(told == game.in_units(paid), "not the payoffs of the strategies")
    entry = Entry("rational", spans([b]), paid, [b])
    if box.value is ABSENT:
        return entry
    around = read_box(box, game)
    box.need(around.holds(b), "the equilibrium is not in its box")
    return replace(entry, box=around)


def full_strategies(item: Item, game: Game) -> tuple[Strategies, Strategy]:
    """Read the strategies of all coalitions in the format of equilibrium files."""
    coalitions, found = game.coalitions(1, game.n), dict[Coalition, Strategy]()
    for coalition, place in zip(coalitions.values(), item.parts(*coalitions), strict=True):
        played = dict[int, Fraction]()
        for entry in place.items():
            joint, probability = entry.parts("actions", "probability")
            number = 0
            for action, i in zip(joint.items(len(coalition)), coalition, strict=True):
                number = number * game.actions[i] + action.index(game.actions[i])
            entry.need(number not in played, "these actions occur twice")
            played[number] = probability.not_negative()
        place.need(sum(played.values()) == 1, "the probabilities do not add up to 1")
        count = len(game.numbers(coalition))
        found[coalition] = tuple(played.get(number, Fraction(0)) for number in range(count))
    pairs = {key: (found[p.members], found[p.against]) for key, p in game.pairs.items()}
    return pairs, found[tuple(range(game.n))]


# -- forms "set" and "level" ----------------------------------------------------------------------


def price_list(item: Item, game: Game) -> list[tuple[Fraction, ...]]:
    """Read prices of which every coordinate is positive somewhere."""
    prices = [game.read_prices(entry) for entry in item.some()]
    item.need(all(map(any, zip(*prices, strict=True))), "some player's price is zero everywhere")
    return prices


def equilibrium_set(item: Item, game: Game, concept: str) -> Entry:
    """Check that all convex combinations of prices support the same strategies."""
    _, listed, pairs, outcomes = item.parts("form", "prices", "strategies", "outcomes")
    prices = price_list(listed, game)
    strategies = game.read_strategies(pairs)
    grand = read_strategy(outcomes, len(game.V))
    for place, b in zip(listed.items(), prices, strict=True):
        check_equilibrium(place, game, concept, b, strategies, grand)
    payoffs = spans([mix(grand, game.V)])
    return Entry("set", spans(prices), payoffs, prices, affine_rank(prices))


def level_set(item: Item, game: Game) -> Entry:
    """Check the claim of "Level sets"; the comments number its steps."""
    proof = ["members"] if "members" in item.value else ["below", "above"]
    keys = ("form", "pair", "prices", "strategies", "outcome", "planner")
    _, varying, listed, fixed, chosen, planner, *proofs = item.parts(*keys, *proof)
    pair = game.pairs[varying.text(*game.pairs)]
    prices = price_list(listed, game)
    strategies = game.read_strategies(fixed, without=pair.key)
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
    if "members" in proof:  # 4
        places, threat = proofs[0].parts("prices", "threat")
        threats, members = pair.read_threats(threat), price_list(places, game)
        for place, b in zip(places.items(), members, strict=True):
            place.need(in_hull(prices, b), "not in the hull of the prices of the level set")
            value = saddle_value(place, game, pair, b, threats)
            place.need(value == level(place, b), "the value is not on the level")
        dimension = affine_rank(members)
    for place, side in zip(proofs, proof, strict=True) if "below" in proof else ():
        shares, threat = place.parts("weights", "threat")
        weights = shares.numbers(len(prices))
        shares.need(min(weights) > 0, "a weight is not positive")
        shares.need(sum(weights) == 1, "the weights do not add up to 1")
        matrix = game.threat_game(pair, mix(weights, prices))
        if side == "below":
            most = max(times(matrix, read_strategy(threat, pair.sizes[1])))
            place.need(most < dot(weights, levels), "the value may be above the level")
        else:
            least = min(mix(read_strategy(threat, pair.sizes[0]), matrix))
            place.need(least > dot(weights, levels), "the value may be below the level")
    return Entry("level", spans(prices), spans([game.V[outcome]]), prices, dimension)


def check_planner(item: Item, game: Game, prices: Points, outcome: int, pair: Pair) -> None:
    """Refuse unless no other payoffs are possible where `E` is a multiple of `g`."""
    beta = item.numbers(game.n)
    item.need(dot(beta, pair.phi) == 0, "the weights are not orthogonal to g")
    for other, vector in enumerate(game.V):
        gain = minus(vector, game.V[outcome])
        tied = [b for b in prices if dot(b, gain) == 0]
        if any(gain) and tied and all(map(any, zip(*tied, strict=True))):
            worth = [dot(beta, products(b, gain)) for b in tied]
            item.need(min(worth) > 0, f"outcome {other} may be used besides")
