"""Changes of a game that its equilibria follow, with what becomes of an equilibrium, both ways.

Names and units (facts page, F4), and what follows from the definition in a line each:

* A copy of an action, or one like it that pays its owner less and all others the same: with it a
  coalition that its owner belongs to gets as much as with the original, or less; no threat needs
  it, and no outcome with it has a greater worth.
* A player with one action and the payoff 0: the proof is in ``test_dummy_player.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from equivariance import permute_actions, permute_players, rescale
from hypothesis import strategies as st

from harsanyi_aux import StrategicGame
from harsanyi_aux.game.coalitions import CoalitionMap, mask_of, members
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.families import random_game

SHAPES = ((2, 2), (3, 2), (2, 2, 2), (2, 2, 3))
Carry = Callable[[Equilibrium], Equilibrium]
Payoffs = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Change:
    """The changed game; an equilibrium carried to it, one brought back, payoffs carried."""

    game: StrategicGame
    carry: Carry
    back: Carry
    payoffs: Payoffs


@st.composite
def games(draw: st.DrawFn, shapes: tuple[tuple[int, ...], ...] = SHAPES) -> StrategicGame:
    """Draw an exact game with small integers."""
    shape = draw(st.sampled_from(shapes))
    count = len(shape) * int(np.prod(shape))
    numbers = draw(st.lists(st.integers(-9, 9), min_size=count, max_size=count))
    return StrategicGame.from_arrays(*np.reshape(numbers, (len(shape), *shape)))


@st.composite
def generic_games(draw: st.DrawFn, shapes: tuple[tuple[int, ...], ...] = SHAPES) -> StrategicGame:
    """Draw a game with integers from 0 to 9, few of them equal: the others take long."""
    return random_game("integer", draw(st.sampled_from(shapes)), draw(st.integers(0, 10**6)))


def renamed(draw: st.DrawFn, game: StrategicGame) -> Change:
    order = draw(st.permutations(range(game.n_players)))
    inverse = [order.index(i) for i in range(game.n_players)]
    return Change(
        permute_players(game, order),
        lambda e: _with_players(e, order),
        lambda e: _with_players(e, inverse),
        lambda u: u[..., order],
    )


def shuffled(draw: st.DrawFn, game: StrategicGame) -> Change:
    player = draw(st.integers(0, game.n_players - 1))
    order = draw(st.permutations(range(game.actions[player])))
    inverse = [order.index(k) for k in range(len(order))]
    return Change(
        permute_actions(game, player, order),
        lambda e: _with_actions(e, player, lambda s, axis: s.take(order, axis)),
        lambda e: _with_actions(e, player, lambda s, axis: s.take(inverse, axis)),
        lambda u: u,
    )


def rescaled(draw: st.DrawFn, game: StrategicGame) -> Change:
    powers = draw(st.lists(st.sampled_from([-9, 0, 9]), min_size=3, max_size=3))
    steps = draw(st.lists(st.integers(-1000, 1000), min_size=3, max_size=3))
    scale = [Fraction(10) ** power for power in powers[: game.n_players]]
    # of the size of the payoffs: doubles cannot hold small differences of large numbers
    shift = [factor * step for factor, step in zip(scale, steps, strict=False)]
    factors, shifts = np.array(scale, dtype=float), np.array(shift, dtype=float)
    return Change(
        rescale(game, scale, shift),
        lambda e: replace(e, prices=e.prices / factors, payoffs=e.payoffs * factors + shifts),
        lambda e: replace(e, prices=e.prices * factors, payoffs=(e.payoffs - shifts) / factors),
        lambda u: u * factors + shifts,
    )


def copied(draw: st.DrawFn, game: StrategicGame) -> Change:
    return _with_action_like(draw, game, 0)


def dominated(draw: st.DrawFn, game: StrategicGame) -> Change:
    return _with_action_like(draw, game, draw(st.integers(1, 9)))


def _with_action_like(draw: st.DrawFn, game: StrategicGame, loss: int) -> Change:
    player = draw(st.integers(0, game.n_players - 1))
    action = draw(st.integers(0, game.actions[player] - 1))
    columns = []
    for i, column in enumerate(game.fractions):
        like = column.take([action], axis=player)
        columns.append(np.concatenate([column, like - loss * (i == player)], axis=player))

    def unused(strategy: np.ndarray, axis: int) -> np.ndarray:
        return np.concatenate([strategy, 0 * strategy.take([0], axis)], axis=axis)

    def moved(strategy: np.ndarray, axis: int) -> np.ndarray:
        kept = np.moveaxis(strategy, axis, 0)
        kept = np.concatenate([kept[:-1]])
        kept[action] += np.moveaxis(strategy, axis, 0)[-1]
        return np.moveaxis(kept, 0, axis)

    return Change(
        StrategicGame.from_arrays(*columns),
        lambda e: _with_actions(e, player, unused),
        lambda e: _with_actions(e, player, moved),
        lambda u: u,
    )


def watched(draw: st.DrawFn, game: StrategicGame) -> Change:
    """Add a player, last, who does nothing and gets nothing."""
    price = draw(st.sampled_from([Fraction(1, 1000), Fraction(1), Fraction(1000)]))
    zero = np.full((*game.actions, 1), Fraction(0), dtype=object)
    n = game.n_players

    def carry(e: Equilibrium) -> Equilibrium:
        own = _by_mask(e)
        both = {mask | 1 << n: s[..., None] for mask, s in own.items()}
        alone = {1 << n: np.ones(1)}
        return replace(
            e,
            prices=np.append(e.prices, float(price)),
            payoffs=np.append(e.payoffs, 0.0),
            strategies=CoalitionMap({**own, **both, **alone}),
        )

    def back(e: Equilibrium) -> Equilibrium:
        # one saddle point for each pair of opponents, so both sides from the same fight
        own = _by_mask(e)
        full = (1 << n) - 1
        kept = {mask: own[mask] if mask & 1 else own[mask | 1 << n][..., 0] for mask in own}
        kept = {mask: kept[mask] for mask in range(1, full)}
        kept[full] = own[full | 1 << n][..., 0]
        return replace(
            e, prices=e.prices[:-1], payoffs=e.payoffs[:-1], strategies=CoalitionMap(kept)
        )

    return Change(
        StrategicGame.from_arrays(*(u[..., None] for u in game.fractions), zero),
        carry,
        back,
        lambda u: np.concatenate([u, 0 * u[..., :1]], axis=-1),
    )


CHANGES = (renamed, shuffled, rescaled, copied, dominated, watched)


def _by_mask(e: Equilibrium) -> dict[int, Any]:
    return {mask_of(c): np.asarray(s) for c, s in e.strategies.items()}


def _with_players(e: Equilibrium, order: list[int]) -> Equilibrium:
    """Return the equilibrium in which player ``k`` is player ``order[k]``."""
    strategies = {}
    for mask, strategy in _by_mask(e).items():
        old = list(members(mask))
        new = [k for k in range(len(order)) if order[k] in old]
        strategies[mask_of(new)] = strategy.transpose([old.index(order[k]) for k in new])
    return replace(
        e, prices=e.prices[order], payoffs=e.payoffs[order], strategies=CoalitionMap(strategies)
    )


def _with_actions(
    e: Equilibrium, player: int, change: Callable[[np.ndarray, int], np.ndarray]
) -> Equilibrium:
    strategies = {
        mask: change(s, members(mask).index(player)) if mask >> player & 1 else s
        for mask, s in _by_mask(e).items()
    }
    return replace(e, strategies=CoalitionMap(strategies))
