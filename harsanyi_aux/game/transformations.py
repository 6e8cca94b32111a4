"""Changes of a game that carry equilibria with them (fact F4 of the theory note)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.payoffs import double_among_floats, object_array
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import Number, clip, parse_number

__all__ = ["permute_actions", "permute_players", "rescale"]


def permute_players(game: StrategicGame, order: Sequence[int]) -> StrategicGame:
    """Return the game in which player ``k`` is player ``order[k]`` of `game`.

    Parameters
    ----------
    game : StrategicGame
    order : sequence of int
        A permutation of ``0..n-1``.

    Raises
    ------
    InputError
        If `order` is not a permutation.
    """
    order = _permutation(order, game.n_players)
    axes = (0, *(1 + player for player in order))
    return replace(
        game,
        payoffs=game.payoffs[order].transpose(axes),
        rational=None if game.rational is None else game.rational[order].transpose(axes),
        players=tuple(game.players[player] for player in order),
        action_labels=tuple(game.action_labels[player] for player in order),
    )


def permute_actions(game: StrategicGame, player: int, order: Sequence[int]) -> StrategicGame:
    """Return the game in which action ``k`` of `player` is action ``order[k]`` of `game`.

    Parameters
    ----------
    game : StrategicGame
    player : int
        From 0.
    order : sequence of int
        A permutation of the player's actions.

    Raises
    ------
    InputError
        If there is no such player or `order` is not a permutation.
    """
    if not 0 <= player < game.n_players:
        raise InputError(f"there is no player {player} among {game.n_players}")
    order = _permutation(order, game.actions[player])
    labels = list(game.action_labels)
    labels[player] = tuple(labels[player][action] for action in order)
    return replace(
        game,
        payoffs=game.payoffs.take(order, axis=1 + player),
        rational=None if game.rational is None else game.rational.take(order, axis=1 + player),
        action_labels=tuple(labels),
    )


def _permutation(order: Sequence[int], count: int) -> list[int]:
    listed = [int(k) for k in order]
    if sorted(listed) != list(range(count)):
        raise InputError(f"{clip(listed)} is not a permutation of 0..{count - 1}")
    return listed


def rescale(game: StrategicGame, scale: Any, shift: Any = 0) -> StrategicGame:
    """Return the game with payoffs ``scale_i U_i + shift_i``.

    Parameters
    ----------
    game : StrategicGame
    scale, shift : number or sequence of n numbers
        The scale positive. Exact numbers for an exact game, which then stays exact.

    Raises
    ------
    InputError
        If a scale is not positive, the counts do not fit, or exact numbers meet floats.
    """
    factors = _per_player(scale, game.n_players, "scale")
    shifts = _per_player(shift, game.n_players, "shift")
    for player, factor in enumerate(factors):
        if factor <= 0:
            raise InputError(f"{clip(factor)} is not positive", place=f"scale[{player}]")
    columns: list[NDArray[Any]]
    if game.is_exact:
        if any(isinstance(number, float) for number in (*factors, *shifts)):
            raise InputError(
                "a float would make an exact game inexact",
                mend="write the floats as strings, or rescale from_arrays(*game.payoffs)",
            )
        columns = [u * a + b for u, a, b in zip(game.fractions, factors, shifts, strict=True)]
    else:
        a = [double_among_floats(x, f"scale[{player}]") for player, x in enumerate(factors)]
        b = [double_among_floats(x, f"shift[{player}]") for player, x in enumerate(shifts)]
        with np.errstate(over="ignore"):  # an infinite payoff is reported by the constructor
            columns = [u * a[i] + b[i] for i, u in enumerate(game.payoffs)]
    return StrategicGame.from_arrays(
        *columns,
        title=game.title,
        players=game.players,
        action_labels=game.action_labels,
        transferable=game.transferable,
    )


def _per_player(numbers: Any, n: int, place: str) -> list[Number]:
    given = object_array(numbers, place)
    if given.ndim == 0:
        return [parse_number(given.item(), place)] * n
    if given.shape != (n,):
        raise InputError(f"expected 1 or {n} numbers, found shape {given.shape}", place=place)
    return [parse_number(number, f"{place}[{k}]") for k, number in enumerate(given)]
