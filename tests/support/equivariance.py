"""The changes of a game under which equilibria go along: facts page, F4."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import parse_number


def permute_players(game, order):
    """Return the game in which player ``k`` is player ``order[k]`` of `game`."""
    order = [int(k) for k in order]
    axes = (0, *(1 + player for player in order))
    return replace(
        game,
        payoffs=game.payoffs[order].transpose(axes),
        rational=None if game.rational is None else game.rational[order].transpose(axes),
        players=tuple(game.players[player] for player in order),
        action_labels=tuple(game.action_labels[player] for player in order),
    )


def permute_actions(game, player, order):
    """Return the game in which action ``k`` of `player` is action ``order[k]`` of `game`."""
    order = [int(k) for k in order]
    labels = list(game.action_labels)
    labels[player] = tuple(labels[player][action] for action in order)
    return replace(
        game,
        payoffs=game.payoffs.take(order, axis=1 + player),
        rational=None if game.rational is None else game.rational.take(order, axis=1 + player),
        action_labels=tuple(labels),
    )


def rescale(game, scale, shift=0):
    """Return the game with payoffs ``scale_i U_i + shift_i``; one number stands for all players.

    Exact numbers, texts such as "1/3" among them, keep an exact game exact.
    """
    factors, shifts = _per_player(scale, game.n_players), _per_player(shift, game.n_players)
    payoffs = game.fractions if game.is_exact else game.payoffs
    return StrategicGame.from_arrays(
        *(u * a + b for u, a, b in zip(payoffs, factors, shifts, strict=True)),
        title=game.title,
        players=game.players,
        action_labels=game.action_labels,
        transferable=game.transferable,
    )


def _per_player(numbers, n):
    given = [numbers] * n if np.ndim(numbers) == 0 else numbers
    return [parse_number(number, "map") for number in given]
