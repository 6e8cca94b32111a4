"""Threat games of exact games: values and all optimal strategies, in rational arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from harsanyi_aux.game.coalitions import grand_coalition
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray
from harsanyi_aux.numbers.optimal_strategies import (
    MOST_VERTICES,
    OptimalStrategies,
    optimal_strategies,
)
from harsanyi_aux.numbers.saddle_points import exact_saddle_point


def exact_threat_values(game: StrategicGame, prices: Sequence[Fraction | int]) -> ObjectArray:
    """Return ``v_a(S)`` of an exact game at rational prices, exactly.

    Parameters
    ----------
    game : StrategicGame
        With exact payoffs.
    prices : sequence of n rationals
        Non-negative (curnits per util).

    Returns
    -------
    object array of shape (2**n,)
        Fractions by bitmask, in curnits.

    Raises
    ------
    InputError
        If the game's payoffs are floats.
    """
    n = game.n_players
    full = grand_coalition(n)
    flat = game.fractions.reshape(n, -1)
    worth = flat * np.array([Fraction(a) for a in prices], dtype=object)[:, None]
    values = np.empty(1 << n, dtype=object)
    values[full] = max(worth.sum(axis=0).tolist())
    values[0] = -values[full]
    for mask in range(1, full, 2):
        signs = np.array([1 if mask >> i & 1 else -1 for i in range(n)], dtype=object)
        matrix = np.tensordot(signs, coalition_payoffs(worth, game.actions, mask), axes=1)
        values[mask] = exact_saddle_point(matrix)[2]
        values[full ^ mask] = -values[mask]
    return values


def threat_polytopes(
    game: StrategicGame, prices: Sequence[Fraction], *, limit: int = MOST_VERTICES
) -> dict[int, OptimalStrategies]:
    """Return all optimal strategies of all threat games of an exact game.

    Parameters
    ----------
    game : StrategicGame
        With exact payoffs.
    prices : sequence of n Fractions
        Normalised (facts page, "Scale"); the threat games are those of the scaled payoffs.
    limit : int, optional
        As in `optimal_strategies`.

    Returns
    -------
    dict
        By the bitmask of the coalition with player 0 (not ``N``): the rows are its strategies, in
        C order, the columns those of its complement; the value is ``v(S)`` in normalised units.

    Raises
    ------
    InputError
        If the game is not exact or a polytope has too many vertices.
    """
    return {
        mask: optimal_strategies(threat_matrix(game, prices, mask), limit=limit)
        for mask in range(1, grand_coalition(game.n_players), 2)
    }


def threat_matrix(game: StrategicGame, prices: Sequence[Fraction], mask: int) -> ObjectArray:
    """Return ``M_S`` of scaled payoffs at normalised prices."""
    flat = game.exact_scaled.reshape(game.n_players, -1)
    signed = np.array([b if mask >> i & 1 else -b for i, b in enumerate(prices)], dtype=object)
    laid_out = coalition_payoffs(flat, game.actions, mask)
    matrix: ObjectArray = np.tensordot(signed, laid_out, axes=1)
    return matrix
