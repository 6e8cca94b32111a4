"""Structures: the prices and strategies that are prescribed when a game is designed.

A structure names E price vectors and, for each, a strategy of every coalition (facts page,
"Design"). Prices and probabilities are kept as integers: a strategy is a list of weights, its
probabilities are the weights over their sum. All linear conditions on the payoffs then have integer
coefficients. If the game is to have a symmetry, prescribing one equilibrium prescribes its orbit,
and payoffs are tied to each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import CoalitionMap, grand_coalition, members
from harsanyi_aux.game.equilibrium import Concept, Equilibrium, Residuals
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray, clip, read_only
from harsanyi_aux.search.design.layouts import (
    IntArray,
    Layout,
    carried,
    checked_symmetry,
    image,
    layout,
    order_of,
    tied,
)

#: Random prices are drawn from 1 to this.
LARGEST_PRICE = 4

_LARGEST_WEIGHT = 3  # of random mixed strategies
# How often a coalition mixes two joint actions in a random mixed structure.
_MIXING = 0.25


@dataclass(frozen=True, eq=False)
class Structure:
    """Prices and strategies of E equilibria, in integers.

    Attributes
    ----------
    prices : (E, n) positive
    weights : (E, width) non-negative; see `Layout`
    """

    prices: IntArray
    weights: IntArray


@dataclass(frozen=True, eq=False)
class Pattern:
    """What all structures of one search have in common.

    Attributes
    ----------
    layout : Layout
    concept : "coalition-perfect" or "coco"
    symmetry : tuple of int or None
        Player ``i`` becomes ``symmetry[i]``.
    heads : tuple of int
        One equilibrium of every orbit; the conditions on the others follow by symmetry.
    orbits : tuple of int
        The lengths of the orbits, in order; equilibria of an orbit stand next to each other.
    classes : (n * outcomes,) the number of the unknown that each payoff is tied to
    pairs : tuple of (int, int)
        All pairs of different equilibria.
    """

    layout: Layout
    concept: Concept
    symmetry: tuple[int, ...] | None
    heads: tuple[int, ...]
    orbits: tuple[int, ...]
    classes: IntArray
    pairs: tuple[tuple[int, int], ...]

    @property
    def equilibria(self) -> int:
        """Number of equilibria E."""
        return sum(self.orbits)

    @property
    def unknowns(self) -> int:
        """Number of payoffs that can be chosen."""
        return int(self.classes.max()) + 1


def pattern_of(
    shape: Sequence[int],
    equilibria: int,
    concept: Concept,
    symmetry: Sequence[int] | str | None = None,
) -> Pattern:
    """Return what structures of this pattern have in common.

    Parameters
    ----------
    shape : sequence of int
    equilibria : int
    concept : "coalition-perfect" or "coco"
    symmetry : "cyclic", "swap" (players 0 and 1), permutation of the players, or None
        With a symmetry of order m the equilibria are ``equilibria // m`` orbits of m different
        ones and, for what is left over, equilibria that are symmetric themselves.

    Raises
    ------
    InputError
        If the arguments are unusable.
    """
    known = layout(shape)
    if isinstance(equilibria, bool) or not isinstance(equilibria, int) or equilibria < 1:
        raise InputError(f"{clip(equilibria)} is not a number of equilibria", place="equilibria")
    if concept not in ("coco", "coalition-perfect"):
        raise InputError(
            f"{clip(concept)} is not a concept", mend='write "coco" or "coalition-perfect"'
        )
    order = None if symmetry is None else checked_symmetry(symmetry, known.shape)
    length = 1 if order is None else order_of(order)
    if length == 1:
        orbits = (1,) * equilibria
    else:
        orbits = (length,) * (equilibria // length) + (1,) * (equilibria % length)
    if order is not None and orbits.count(1) > 1 and _is_transitive(order):
        raise InputError(
            f"{orbits.count(1)} of {equilibria} equilibria would have to be symmetric themselves, "
            "with equal prices and hence equal payoffs",
            place="symmetric",
            mend=f"with this symmetry ask for a multiple of {length}, or one more",
        )
    heads = tuple(sum(orbits[:k]) for k in range(len(orbits)))
    return Pattern(
        layout=known,
        concept=concept,
        symmetry=order,
        heads=heads,
        orbits=orbits,
        classes=tied(known, order),
        pairs=tuple((e, f) for e in range(equilibria) for f in range(e + 1, equilibria)),
    )


# -- symmetric structures --------------------------------------------------------------------------


def _is_transitive(order: tuple[int, ...]) -> bool:
    seen, place = 0, 0
    while True:
        seen, place = seen + 1, order[place]
        if place == 0:
            return seen == len(order)


def spread(pattern: Pattern, prices: IntArray, weights: IntArray) -> Structure:
    """Return the structure whose orbits begin with the given equilibria, one for each head."""
    if pattern.symmetry is None:
        return Structure(prices, weights)
    order = np.array(pattern.symmetry)
    target = carried(pattern.layout.shape, pattern.symmetry)
    rows, tables = [], []
    for length, price, weight in zip(pattern.orbits, prices, weights, strict=True):
        if length == 1:
            price, weight = _invariant(pattern, price, weight)
        for _ in range(length):
            rows.append(price)
            tables.append(weight)
            moved_price, moved_weight = np.empty_like(price), np.empty_like(weight)
            moved_price[order] = price
            moved_weight[target] = weight
            price, weight = moved_price, moved_weight
    return Structure(np.array(rows), np.array(tables))


def _invariant(pattern: Pattern, price: IntArray, weight: IntArray) -> tuple[IntArray, IntArray]:
    """Return the nearest symmetric equilibrium: one price per orbit, strategies averaged."""
    assert pattern.symmetry is not None
    order = pattern.symmetry
    target = carried(pattern.layout.shape, order)
    same = price.copy()
    for first in range(len(order)):
        place = order[first]
        while place != first:
            same[max(place, first)] = same[min(place, first)]
            place = order[place]
    total = np.zeros_like(weight)
    done: set[int] = set()
    for mask in range(1, 1 << len(order)):
        if mask in done:
            continue
        row = np.zeros_like(weight)
        row[pattern.layout.own(mask)] = weight[pattern.layout.own(mask)]
        for _ in range(order_of(order)):
            total += row
            moved = np.empty_like(row)
            moved[target] = row
            row = moved
            done.add(mask)
            mask = image(order, mask)
    return same, total


# -- random structures -----------------------------------------------------------------------------


def random_structures(
    pattern: Pattern,
    count: int,
    rng: np.random.Generator,
    *,
    mixed: bool = False,
    prices: IntArray | None = None,
    weights: IntArray | None = None,
) -> list[Structure]:
    """Draw structures whose price vectors are pairwise not proportional.

    At proportional prices all values are the same, hence the payoffs too (``a_i u_i = φ_i(v_a)``).

    Parameters
    ----------
    pattern : Pattern
    count : int
    rng : numpy.random.Generator
    mixed : bool, optional
        Let a quarter of the coalitions mix two joint actions; else all strategies are pure.
    prices, weights : (heads, n) and (heads, width), optional
        Given instead of drawn.
    """
    n, heads = pattern.layout.n_players, len(pattern.heads)
    drawn_prices = rng.integers(1, LARGEST_PRICE, size=(count, heads, n), endpoint=True)
    drawn_weights = _random_weights(pattern, count, rng, mixed)
    structures = []
    for k in range(count):
        structure = spread(
            pattern,
            drawn_prices[k] if prices is None else prices,
            drawn_weights[k] if weights is None else weights,
        )
        if prices is not None or all_different(structure.prices):
            structures.append(structure)
    return structures


def _random_weights(
    pattern: Pattern, count: int, rng: np.random.Generator, mixed: bool
) -> IntArray:
    known, heads = pattern.layout, len(pattern.heads)
    weights = np.zeros((count, heads, known.width), dtype=np.int64)
    flat = weights.reshape(-1, known.width)
    every = np.arange(len(flat))
    for mask in range(1, 1 << known.n_players):
        start, stop = int(known.offsets[mask]), int(known.offsets[mask + 1])
        first = rng.integers(start, stop, size=len(flat))
        flat[every, first] = 1
        if mixed and stop - start > 1:
            second = start + (first - start + rng.integers(1, stop - start, len(flat))) % (
                stop - start
            )
            shares = rng.integers(1, _LARGEST_WEIGHT, size=(2, len(flat)), endpoint=True)
            chosen = rng.random(len(flat)) < _MIXING
            flat[every[chosen], first[chosen]] = shares[0][chosen]
            flat[every[chosen], second[chosen]] = shares[1][chosen]
    return weights


def all_different(prices: IntArray) -> bool:
    """Return whether no two price vectors are proportional."""
    reduced = prices // np.gcd.reduce(prices, axis=1, keepdims=True)
    return len({tuple(row) for row in reduced.tolist()}) == len(prices)


def with_dummy(
    pattern: Pattern, base: Structure, player: int, rng: np.random.Generator
) -> Structure:
    """Return a structure for one more player, given one for the game without that player.

    The others play as in `base` and the new player something, at a price drawn. If a game without
    the player has the equilibria of `base`, then the game to which the player is added as a dummy
    has those of the new structure; among its other games are some where the player counts. For four
    players random structures admit hardly any game, these always do.

    Parameters
    ----------
    pattern : Pattern
        Without symmetry.
    base : Structure
        Of the shape without the player.
    player : int
        The number of the new player.
    rng : numpy.random.Generator
    """
    known = pattern.layout
    without = layout(known.shape[:player] + known.shape[player + 1 :])
    price = rng.integers(1, LARGEST_PRICE, size=len(base.prices), endpoint=True)
    weights = np.zeros((len(base.weights), known.width), dtype=np.int64)
    for mask in range(1, 1 << known.n_players):
        rest = (mask & (1 << player) - 1) | (mask >> player + 1) << player
        own = members(mask)
        for e, row in enumerate(base.weights):
            strategy = row[without.own(rest)] if rest else np.ones(1, dtype=np.int64)
            table = np.zeros([known.shape[i] for i in own], dtype=np.int64)
            if mask >> player & 1:
                axis = own.index(player)
                action = int(rng.integers(known.shape[player]))
                chosen = np.moveaxis(table, axis, 0)[action : action + 1]
                chosen[...] = strategy.reshape(chosen.shape)
            else:
                table[...] = strategy.reshape(table.shape)
            weights[e, known.own(mask)] = table.reshape(-1)
    return Structure(np.insert(base.prices, player, price, axis=1), weights)


# -- as equilibria -----------------------------------------------------------------------------


def equilibria_of(pattern: Pattern, structure: Structure, game: StrategicGame) -> list[Equilibrium]:
    """Return what the structure claims about a game, in fractions; nothing is checked.

    Parameters
    ----------
    pattern : Pattern
    structure : Structure
    game : StrategicGame
        Exact, of the plan's shape.
    """
    known = pattern.layout
    full = grand_coalition(known.n_players)
    claims = []
    for price, row in zip(structure.prices.tolist(), structure.weights, strict=True):
        strategies = {mask: _strategy(known, row, mask) for mask in range(1, full + 1)}
        mixture = strategies[full].reshape(-1)
        claims.append(
            Equilibrium(
                concept=pattern.concept,
                kind="proper",
                prices=read_only(_fractions(price)),
                payoffs=read_only(game.fractions.reshape(known.n_players, -1) @ mixture),
                strategies=CoalitionMap(strategies),
                residuals=Residuals(0.0, 0.0, 0.0),
            )
        )
    return claims


def _strategy(known: Layout, row: IntArray, mask: int) -> ObjectArray:
    own = row[known.own(mask)].tolist()
    total = sum(own)
    shape = [known.shape[i] for i in members(mask)]
    return read_only(_fractions([Fraction(weight, total) for weight in own]).reshape(shape))


def _fractions(values: Sequence[int | Fraction]) -> ObjectArray:
    array = np.empty(len(values), dtype=object)
    array[:] = [Fraction(value) for value in values]
    return array
