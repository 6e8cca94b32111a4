"""The game in normalised units, its pairs, and strategies ("Common part")."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import factorial, prod

from .linear import Matrix, Vector, combined, dot
from .reading import Item

MOST_PLAYERS = 12

Coalition = tuple[int, ...]
#: The probabilities of all joint actions of a coalition.
Strategy = tuple[Fraction, ...]
#: By the keys of pairs.
Strategies = Mapping[str, tuple[Strategy, Strategy]]
#: Least and largest values of every player.
Bounds = tuple[tuple[Fraction, Fraction], ...]


def key_of(coalition: Coalition) -> str:
    """Return the key of a coalition, such as "0,2"."""
    return ",".join(map(str, coalition))


@dataclass(frozen=True)
class Pair:
    """A coalition `R` with player 0, the opponents `against`, and their threat game.

    `table[r][c]` is the outcome where `R` plays its joint action r and the others theirs, c; a
    value 1 of this pair alone gives `phi[i]` to player i.
    """

    key: str
    members: Coalition
    against: Coalition
    table: tuple[tuple[int, ...], ...]
    phi: tuple[Fraction, ...]

    @property
    def rows(self) -> range:
        """The joint actions of `R`."""
        return range(len(self.table))

    @property
    def columns(self) -> range:
        """The joint actions of the opponents."""
        return range(len(self.table[0]))

    def signed(self, values: Vector) -> list[Fraction]:
        """Return numbers of all players, with the sign changed for the opponents."""
        return [value if i in self.members else -value for i, value in enumerate(values)]


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

    def coalitions(self, least: int, most: int) -> list[Coalition]:
        """Return the coalitions of these sizes."""
        return [s for size in range(least, most + 1) for s in combinations(range(self.n), size)]

    def numbers(self, coalition: Coalition) -> list[int]:
        """Return what the joint actions of a coalition add to the number of an outcome."""
        steps = [prod(self.actions[i + 1 :]) for i in coalition]
        actions = zip(coalition, steps, strict=True)
        return [
            sum(choice)
            for choice in product(
                *([step * a for a in range(self.actions[i])] for i, step in actions)
            )
        ]

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """All pairs by their keys."""
        found = {}
        for members in (s for s in self.coalitions(1, self.n - 1) if s[0] == 0):
            against = tuple(i for i in range(self.n) if i not in members)
            columns = self.numbers(against)
            table = tuple(
                tuple(row + column for column in columns) for row in self.numbers(members)
            )
            own, theirs = self._share(len(members)), self._share(len(against))
            phi = tuple(own if i in members else -theirs for i in range(self.n))
            found[key_of(members)] = Pair(key_of(members), members, against, table, phi)
        return found

    def _share(self, size: int) -> Fraction:
        """Return `c_r`, the weight of a coalition's value in a member's share."""
        return Fraction(factorial(size - 1) * factorial(self.n - size), factorial(self.n))

    def worth(self, weights: Vector) -> list[Fraction]:
        """Return the weighted sum of payoffs in every outcome."""
        return [dot(weights, vector) for vector in self.V]

    def threat_game(self, pair: Pair, prices: Vector) -> list[list[Fraction]]:
        """Return `M_R` at normalised prices."""
        worth = self.worth(pair.signed(prices))
        return [[worth[o] for o in row] for row in pair.table]

    def mean(self, strategy: Strategy) -> list[Fraction]:
        """Return the normalised payoffs of a strategy of the grand coalition."""
        return combined(strategy, self.V)

    def gamma(self, beta: Vector) -> dict[str, Fraction]:
        """Return the weights `γ_R` of the pairs' values in `Σ β_i φ_i`."""
        return {key: dot(beta, pair.phi) for key, pair in self.pairs.items()}


def read_game(item: Item) -> Game:
    """Read a game in the project's format (docs/reference/formats.md); names are not looked at."""
    item.need(isinstance(item.value, dict), "an object is expected")
    keys = ("format", "version", "actions", "payoffs")
    known = {key: item.value[key] for key in (*keys, "transferable") if key in item.value}
    form, version, numbers, table, transferable = Item(known, item.place).parts(
        *keys, optional={"transferable": False}
    )
    form.text("harsanyi-game")
    version.whole(1, 1)
    actions = tuple(entry.whole(1, 10**6) for entry in numbers.some())
    numbers.need(len(actions) <= MOST_PLAYERS, f"more than {MOST_PLAYERS} players")
    payoffs = tuple(row.numbers(prod(actions)) for row in table.items(len(actions)))
    transferable.need(transferable.value is False, "with side payments there is no certificate")
    return Game(actions, payoffs)


def read_strategy(item: Item, count: int) -> Strategy:
    """Read a sparse strategy over so many actions."""
    parts = [entry.items(2) for entry in item.some()]
    indices = [index.index(count) for index, _ in parts]
    item.need(sorted(set(indices)) == indices, "the indices do not increase")
    probabilities = [probability.number() for _, probability in parts]
    item.need(min(probabilities) > 0, "a probability is not positive")
    item.need(sum(probabilities) == 1, "the probabilities do not add up to 1")
    played = dict(zip(indices, probabilities, strict=True))
    return tuple(played.get(index, Fraction(0)) for index in range(count))


def read_threats(item: Item, pair: Pair) -> tuple[Strategy, Strategy]:
    """Read a strategy of a coalition and one of its opponents."""
    x, y = item.items(2)
    return read_strategy(x, len(pair.rows)), read_strategy(y, len(pair.columns))


def read_strategies(item: Item, pairs: Sequence[Pair]) -> Strategies:
    """Read the strategies of these pairs."""
    places = item.parts(*(pair.key for pair in pairs))
    return {pair.key: read_threats(place, pair) for pair, place in zip(pairs, places, strict=True)}


def read_prices(item: Item, game: Game) -> tuple[Fraction, ...]:
    """Read normalised prices."""
    prices = item.numbers(game.n)
    item.need(min(prices) >= 0, "a price is negative")
    item.need(sum(prices) == 1, "the prices do not add up to 1")
    return prices


# -- multipliers, for "Division in smaller coalitions" and "Kinks" ---------------------------------

#: [[c', c, s], …] of columns, and the same of rows.
Multipliers = tuple[list[tuple[int, int, Fraction]], ...]
NONE: Mapping[str, Sequence[Item]] = {"columns": [], "rows": []}


def read_multipliers(columns: Item, rows: Item, pair: Pair) -> Multipliers:
    """Read the multipliers of a pair's columns and rows."""
    found = []
    for item, count in ((columns, len(pair.columns)), (rows, len(pair.rows))):
        parts = [part.items(3) for part in item.items()]
        found.append([(b.index(count), a.index(count), s.not_negative()) for b, a, s in parts])
    return tuple(found)


def least_bracket(values: Matrix, multipliers: Multipliers, P: Matrix, Q: Matrix) -> Fraction:
    """Return the least of `values_rc - Σ s_c'c P_rc' - Σ t_r'r Q_r'c` over rows and columns."""
    columns, rows = multipliers
    found = [list(row) for row in values]
    for better, c, s in columns:
        for r, row in enumerate(found):
            row[c] -= s * P[r][better]
    for better, r, t in rows:
        found[r] = [value - t * q for value, q in zip(found[r], Q[better], strict=True)]
    return min(map(min, found))
