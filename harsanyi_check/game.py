"""The game in normalised units, its pairs, and strategies ("Common part")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import factorial, prod

from .linear import Vector, dot
from .reading import Item

MOST_PLAYERS = 12

#: A strategy as (index, probability).
Sparse = tuple[tuple[int, Fraction], ...]
Strategies = Mapping[str, tuple[Sparse, Sparse]]
Coalition = tuple[int, ...]
#: Least and largest values of every player.
Bounds = tuple[tuple[Fraction, Fraction], ...]


def key_of(coalition: Coalition) -> str:
    """Return the key of a coalition, such as "0,2"."""
    return ",".join(map(str, coalition))


@dataclass(frozen=True)
class Pair:
    """A coalition `R` with player 0, the opponents `against`, and their threat game.

    `table[r][c]` is the outcome where `R` plays its joint action r and the others theirs, c;
    `sign` is 1 for the members of `R` and -1 for the others; a value 1 of this pair alone gives
    `phi[i]` to player i.
    """

    key: str
    members: Coalition
    against: Coalition
    table: tuple[tuple[int, ...], ...]
    sign: tuple[int, ...]
    phi: tuple[Fraction, ...]

    @property
    def rows(self) -> range:
        """The joint actions of `R`."""
        return range(len(self.table))

    @property
    def columns(self) -> range:
        """The joint actions of the opponents."""
        return range(len(self.table[0]))


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
    def ranges(self) -> list[Fraction]:
        """The `r_i`."""
        return [max(row) - min(row) or Fraction(1) for row in self.payoffs]

    @cached_property
    def V(self) -> list[tuple[Fraction, ...]]:  # noqa: N802 - the page's name
        """Normalised payoff vectors of the outcomes."""
        rows = zip(self.payoffs, self.ranges, strict=True)
        scaled = [[(value - min(row)) / r for value in row] for row, r in rows]
        return list(zip(*scaled, strict=True))

    def in_units(self, normalised: Bounds) -> Bounds:
        """Return bounds of payoffs in the game's own units."""
        parts = zip(normalised, self.payoffs, self.ranges, strict=True)
        return tuple((min(row) + r * low, min(row) + r * high) for (low, high), row, r in parts)

    def joint_actions(self, coalition: Coalition) -> list[tuple[int, ...]]:
        """Return the joint actions of a coalition in C order."""
        return list(product(*(range(self.actions[i]) for i in coalition)))

    def coalitions(self, least: int, most: int) -> list[Coalition]:
        """Return the coalitions of these sizes."""
        return [s for size in range(least, most + 1) for s in combinations(range(self.n), size)]

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """All pairs by their keys."""
        everyone = tuple(range(self.n))
        number = {actions: o for o, actions in enumerate(self.joint_actions(everyone))}
        found = {}
        for members in (s for s in self.coalitions(1, self.n - 1) if s[0] == 0):
            against = tuple(i for i in everyone if i not in members)
            places = [(*members, *against).index(i) for i in everyone]
            table = tuple(
                tuple(number[tuple((*row, *c)[k] for k in places)] for c in columns)
                for columns in [self.joint_actions(against)]
                for row in self.joint_actions(members)
            )
            own, theirs = self._share(len(members)), self._share(len(against))
            phi = tuple(own if i in members else -theirs for i in everyone)
            sign = tuple(1 if i in members else -1 for i in everyone)
            found[key_of(members)] = Pair(key_of(members), members, against, table, sign, phi)
        return found

    def _share(self, size: int) -> Fraction:
        """Return `c_r`, the weight of a coalition's value in a member's share."""
        return Fraction(factorial(size - 1) * factorial(self.n - size), factorial(self.n))

    def threat_game(self, pair: Pair, prices: Vector) -> list[list[Fraction]]:
        """Return `M_R` at normalised prices."""
        worth = self.worth([b * s for b, s in zip(prices, pair.sign, strict=True)])
        return [[worth[o] for o in row] for row in pair.table]

    def worth(self, weights: Vector) -> list[Fraction]:
        """Return the weighted sum of payoffs in every outcome."""
        return [dot(weights, vector) for vector in self.V]

    def mean(self, strategy: Sparse) -> list[Fraction]:
        """Return the normalised payoffs of a strategy of the grand coalition."""
        return [sum((p * self.V[o][i] for o, p in strategy), Fraction(0)) for i in range(self.n)]

    def gamma(self, beta: Vector) -> dict[str, Fraction]:
        """Return the weights `γ_R` of the pairs' values in `Σ β_i φ_i`."""
        return {key: dot(beta, pair.phi) for key, pair in self.pairs.items()}


def against_columns(matrix: Sequence[Vector], x: Sparse) -> list[Fraction]:
    """Return `xM`, what a row strategy earns against every column."""
    return [sum((p * matrix[r][c] for r, p in x), Fraction(0)) for c in range(len(matrix[0]))]


def against_rows(matrix: Sequence[Vector], y: Sparse) -> list[Fraction]:
    """Return `My`, what every row earns against a column strategy."""
    return [sum((q * row[c] for c, q in y), Fraction(0)) for row in matrix]


def read_game(item: Item) -> Game:
    """Read a game in the project's format (docs/reference/formats.md); names are not looked at."""
    item.need(isinstance(item.value, dict), "an object is expected")
    keys = ("format", "version", "actions", "payoffs", "transferable")
    known = {key: item.value[key] for key in keys if key in item.value}
    found = Item(known, item.place).fields(*keys[:-1], optional={"transferable": False})
    found["format"].text("harsanyi-game")
    found["version"].whole(1, 1)
    actions = tuple(entry.whole(1, 10**6) for entry in found["actions"].some())
    n = len(actions)
    found["actions"].need(n <= MOST_PLAYERS, f"more than {MOST_PLAYERS} players")
    payoffs = tuple(row.numbers(prod(actions)) for row in found["payoffs"].items(n))
    side_payments = found["transferable"]
    side_payments.need(side_payments.value is False, "with side payments there is no certificate")
    return Game(actions, payoffs)


def read_sparse(item: Item, count: int) -> Sparse:
    """Read a sparse strategy over so many actions."""
    parts = [entry.items(2) for entry in item.some()]
    found = tuple((index.index(count), p.number()) for index, p in parts)
    indices = [index for index, _ in found]
    item.need(sorted(set(indices)) == indices, "the indices do not increase")
    item.need(min(p for _, p in found) > 0, "a probability is not positive")
    item.need(sum(p for _, p in found) == 1, "the probabilities do not add up to 1")
    return found


def read_threats(item: Item, pair: Pair) -> tuple[Sparse, Sparse]:
    """Read a strategy of a coalition and one of its opponents."""
    x, y = item.items(2)
    return read_sparse(x, len(pair.rows)), read_sparse(y, len(pair.columns))


def read_strategies(item: Item, game: Game, without: str | None = None) -> Strategies:
    """Read the strategies of all pairs (but one)."""
    found = item.fields(*(key for key in game.pairs if key != without))
    return {key: read_threats(place, game.pairs[key]) for key, place in found.items()}


def read_prices(item: Item, game: Game) -> tuple[Fraction, ...]:
    """Read normalised prices."""
    prices = item.numbers(game.n)
    item.need(min(prices) >= 0, "a price is negative")
    item.need(sum(prices) == 1, "the prices do not add up to 1")
    return prices
