"""The game in normalised units, its pairs and coalitions ("Common part")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import factorial, prod

from .linear import dot
from .reading import Item

MOST_PLAYERS = 16

#: A strategy as (index, probability), the indices increasing.
Sparse = tuple[tuple[int, Fraction], ...]
Strategies = Mapping[str, tuple[Sparse, Sparse]]
Coalition = tuple[int, ...]


def key_of(coalition: Coalition) -> str:
    """Return the key of a coalition, such as "0,2"."""
    return ",".join(map(str, coalition))


@dataclass(frozen=True)
class Pair:
    """A coalition `R` that contains player 0, and its threat game.

    `table[r][c]` is the outcome where `R` plays its joint action r and the others theirs, c;
    `sign` is 1 for the members of `R` and -1 for the others.
    """

    key: str
    members: Coalition
    table: tuple[tuple[int, ...], ...]
    sign: tuple[int, ...]


@dataclass(frozen=True)
class Game:
    """A game: numbers of actions, payoffs of the players by outcome."""

    actions: tuple[int, ...]
    payoffs: tuple[tuple[Fraction, ...], ...]

    @property
    def n(self) -> int:
        """The number of players."""
        return len(self.actions)

    @cached_property
    def least(self) -> list[Fraction]:
        """Least payoffs of the players."""
        return [min(row) for row in self.payoffs]

    @cached_property
    def ranges(self) -> list[Fraction]:
        """The `r_i`."""
        return [max(row) - min(row) or Fraction(1) for row in self.payoffs]

    @cached_property
    def V(self) -> list[tuple[Fraction, ...]]:
        """Normalised payoff vectors of the outcomes."""
        scaled = [
            [(value - low) / size for value in row]
            for row, low, size in zip(self.payoffs, self.least, self.ranges, strict=True)
        ]
        return list(zip(*scaled, strict=True))

    def in_units(self, i: int, value: Fraction) -> Fraction:
        """Return a normalised payoff of a player in the game's own units."""
        return self.least[i] + self.ranges[i] * value

    def joint_actions(self, coalition: Coalition) -> list[tuple[int, ...]]:
        """Return the joint actions of a coalition in C order."""
        return list(product(*(range(self.actions[i]) for i in coalition)))

    def others(self, coalition: Coalition) -> Coalition:
        """Return the opposing coalition."""
        return tuple(i for i in range(self.n) if i not in coalition)

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """All pairs by their keys."""
        number = {actions: o for o, actions in enumerate(self.joint_actions(tuple(range(self.n))))}
        found = {}
        for size in range(1, self.n):
            for rest in combinations(range(1, self.n), size - 1):
                members = (0, *rest)
                order = (*members, *self.others(members))
                places = [order.index(i) for i in range(self.n)]
                table = tuple(
                    tuple(
                        number[tuple((*row, *column)[k] for k in places)]
                        for column in self.joint_actions(self.others(members))
                    )
                    for row in self.joint_actions(members)
                )
                sign = tuple(1 if i in members else -1 for i in range(self.n))
                found[key_of(members)] = Pair(key_of(members), members, table, sign)
        return found

    def threat_game(self, pair: Pair, prices: Sequence[Fraction]) -> list[list[Fraction]]:
        """Return `M_R` at normalised prices (any linear function of them will do)."""
        signed = [b * s for b, s in zip(prices, pair.sign, strict=True)]
        worth = [dot(signed, vector) for vector in self.V]
        return [[worth[o] for o in row] for row in pair.table]

    def share(self, size: int) -> Fraction:
        """Return `c_r`, the weight of a coalition's value in a member's share."""
        return Fraction(factorial(size - 1) * factorial(self.n - size), factorial(self.n))

    def phi(self, pair: Pair, i: int) -> Fraction:
        """Return what a value 1 of the pair alone gives to a player."""
        inside = len(pair.members)
        return self.share(inside) if i in pair.members else -self.share(self.n - inside)

    def gamma(self, beta: Sequence[Fraction]) -> dict[str, Fraction]:
        """Return the weights `γ_R` of the pairs' values in `Σ β_i φ_i`."""
        return {
            key: sum((beta[i] * self.phi(pair, i) for i in range(self.n)), Fraction(0))
            for key, pair in self.pairs.items()
        }

    def mean(self, strategy: Sparse) -> list[Fraction]:
        """Return the normalised payoffs of a strategy of the grand coalition."""
        return [sum((p * self.V[o][i] for o, p in strategy), Fraction(0)) for i in range(self.n)]

    def fight(self, pair: Pair, x: Sparse, y: Sparse) -> list[Fraction]:
        """Return the normalised payoffs of all players when a pair fights."""
        return self.mean(tuple((pair.table[r][c], p * q) for r, p in x for c, q in y))


def read_game(item: Item) -> Game:
    """Read a game in the project's format (docs/reference/formats.md)."""
    found = item.fields(
        "format",
        "version",
        "actions",
        "payoffs",
        optional=("title", "players", "action_labels", "transferable"),
    )
    found["format"].text("harsanyi-game")
    found["version"].whole(1, 1)
    actions = tuple(entry.whole(1, 10**6) for entry in found["actions"].some())
    n = len(actions)
    found["actions"].need(n <= MOST_PLAYERS, f"more than {MOST_PLAYERS} players")
    payoffs = tuple(row.numbers(prod(actions)) for row in found["payoffs"].items(n))
    if "title" in found:
        found["title"].text()
    if "players" in found:
        for name in found["players"].items(n):
            name.text()
    if "action_labels" in found:
        for labels, count in zip(found["action_labels"].items(n), actions, strict=True):
            for label in labels.items(count):
                label.text()
    if "transferable" in found:
        found["transferable"].need(
            found["transferable"].value is False, "games with side payments have no certificates"
        )
    return Game(actions, payoffs)


def read_sparse(item: Item, count: int) -> Sparse:
    """Read a sparse strategy over so many actions."""
    found = []
    for entry in item.some():
        index, probability = entry.items(2)
        entry.need(probability.number() > 0, "the probability is not positive")
        found.append((index.index(count), probability.number()))
    item.need(
        all(a < b for (a, _), (b, _) in zip(found, found[1:], strict=False)),
        "the indices do not increase",
    )
    item.need(sum(p for _, p in found) == 1, "the probabilities do not add up to 1")
    return tuple(found)


def read_strategies(item: Item, game: Game, without: str | None = None) -> Strategies:
    """Read the strategies of all pairs (but one)."""
    keys = [key for key in game.pairs if key != without]
    found = item.fields(*keys)
    return {key: read_threats(found[key], game.pairs[key]) for key in keys}


def read_threats(item: Item, pair: Pair) -> tuple[Sparse, Sparse]:
    """Read a strategy of a coalition and one of its opponents."""
    x, y = item.items(2)
    return read_sparse(x, len(pair.table)), read_sparse(y, len(pair.table[0]))


def read_prices(item: Item, game: Game) -> tuple[Fraction, ...]:
    """Read normalised prices."""
    prices = item.numbers(game.n)
    item.need(min(prices) >= 0, "a price is negative")
    item.need(sum(prices) == 1, "the prices do not add up to 1")
    return prices
