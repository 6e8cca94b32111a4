"""The game in normalised units, its pairs, and strategies ("Common part")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from math import factorial, prod
from typing import Any

from .linear import Matrix, Vector, dot, minus, scale
from .reading import Item

MOST_PLAYERS = 12
NONE: Mapping[str, Any] = {"columns": [], "rows": []}  # multipliers that are left out
GRAND = "N"

Coalition = tuple[int, ...]
#: The probabilities of all joint actions of a coalition.
Strategy = tuple[Fraction, ...]
#: Of both sides of a pair, and of all pairs by their keys.
Threats = tuple[Strategy, Strategy]
Strategies = Mapping[str, Threats]
#: Least and largest values of every player.
Bounds = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Multipliers:
    """The lists of `[c', c, s]` and `[r', r, t]` of a pair."""

    columns: list[tuple[int, int, Fraction]]
    rows: list[tuple[int, int, Fraction]]

    def least(self, values: Matrix, P: Matrix, Q: Matrix) -> Fraction:
        """Return the least of `values_rc - Σ s_c'c P_rc' - Σ t_r'r Q_r'c` over rows and columns."""
        found = [list(row) for row in values]
        for better, c, s in self.columns:
            for r, row in enumerate(found):
                row[c] -= s * P[r][better]
        for better, r, t in self.rows:
            found[r] = minus(found[r], scale(t, Q[better]))
        return min(map(min, found))


@dataclass(frozen=True)
class Pair:
    """A coalition `R` with player 0, the opponents `against`, and their threat game.

    `table[r][c]` is the outcome where `R` plays its joint action r and the others theirs, c; a
    value 1 of this pair alone gives `phi[i]` to player i.
    """

    key: str
    members: Coalition
    against: Coalition
    table: list[list[int]]
    phi: list[Fraction]

    @property
    def sizes(self) -> tuple[int, int]:
        """The numbers of joint actions of `R` and of the opponents."""
        return len(self.table), len(self.table[0])

    def read_threats(self, item: Item) -> Threats:
        """Read a sparse strategy of `R` and one of the opponents."""
        x, y = zip(item.items(2), self.sizes, strict=True)
        return read_strategy(*x), read_strategy(*y)

    def read_multipliers(self, columns: Item, rows: Item) -> Multipliers:
        """Read lists of multipliers."""
        found = []
        for item, count in zip((columns, rows), reversed(self.sizes), strict=True):
            parts = [part.items(3) for part in item.items()]
            found.append([(b.index(count), a.index(count), s.not_negative()) for b, a, s in parts])
        return Multipliers(*found)

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

    def coalitions(self, least: int, most: int) -> dict[str, Coalition]:
        """Return the coalitions of these sizes by their keys, such as "0,2"."""
        sizes = range(least, most + 1)
        found = [s for size in sizes for s in combinations(range(self.n), size)]
        return {",".join(map(str, s)): s for s in found}

    def numbers(self, coalition: Coalition) -> list[int]:
        """Return what the joint actions of a coalition add to the number of an outcome."""
        sizes = [prod(self.actions[i:]) for i in range(self.n + 1)]
        return list(map(sum, product(*(range(0, sizes[i], sizes[i + 1]) for i in coalition))))

    @cached_property
    def pairs(self) -> dict[str, Pair]:
        """All pairs by their keys."""
        found, n = {}, self.n
        share = {
            r: Fraction(factorial(r - 1) * factorial(n - r), factorial(n)) for r in range(1, n)
        }
        for key, members in self.coalitions(1, n - 1).items():
            if 0 in members:
                against = tuple(i for i in range(n) if i not in members)
                columns = self.numbers(against)
                table = [[row + column for column in columns] for row in self.numbers(members)]
                own, theirs = (share[len(side)] for side in (members, against))
                phi = [own if i in members else -theirs for i in range(n)]
                found[key] = Pair(key, members, against, table, phi)
        return found

    def worth(self, weights: Vector) -> list[Fraction]:
        """Return the weighted sum of payoffs in every outcome."""
        return [dot(weights, vector) for vector in self.V]

    def threat_game(self, pair: Pair, prices: Vector) -> list[list[Fraction]]:
        """Return `M_R` at normalised prices."""
        worth = self.worth(pair.signed(prices))
        return [[worth[o] for o in row] for row in pair.table]

    def gamma(self, beta: Vector) -> dict[str, Fraction]:
        """Return the weights `γ_R` of the pairs' values, and `γ_N`, in `Σ β_i φ_i`."""
        found = {key: dot(beta, pair.phi) for key, pair in self.pairs.items()}
        return {**found, GRAND: sum(beta, Fraction(0)) / self.n}

    def read_prices(self, item: Item) -> tuple[Fraction, ...]:
        """Read normalised prices."""
        prices = item.numbers(self.n)
        item.need(min(prices) >= 0, "a price is negative")
        item.need(sum(prices) == 1, "the prices do not add up to 1")
        return prices

    def read_strategies(self, item: Item, without: str | None = None) -> Strategies:
        """Read the strategies of all pairs (but one)."""
        pairs = [pair for key, pair in self.pairs.items() if key != without]
        places = item.parts(*(pair.key for pair in pairs))
        return {p.key: p.read_threats(place) for p, place in zip(pairs, places, strict=True)}


def read_game(item: Item) -> Game:
    """Read a game in the project's format (docs/reference/formats.md); names are not looked at."""
    item.need(isinstance(item.value, dict), "an object is expected")
    keys = ("format", "version", "actions", "payoffs")
    known = {key: item.value[key] for key in (*keys, "transferable") if key in item.value}
    found = Item(known, item.place).parts(*keys, optional={"transferable": False})
    form, version, numbers, table, transferable = found
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
