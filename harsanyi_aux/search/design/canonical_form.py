"""When two games are the same game, and when a game is smaller than it looks.

Games that differ by renaming players or actions, or by positive affine changes of a player's
payoffs, have the same equilibria up to these changes (facts page, F4). The canonical
form is the same for all of them and for no other game.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations, product
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray
from harsanyi_aux.numbers.saddle_points import to_fractions

#: Shape and payoffs, the payoffs of each player being integers from 0 with no common divisor.
CanonicalForm: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]

_MOST_RENAMINGS = 10**6


def trivial_part(game: StrategicGame) -> str | None:
    """Return in words what makes a game smaller than it looks, None if nothing does.

    That is a player whose payoffs are constant, or two actions of a player with the same payoffs
    for all players throughout (a dummy player is one all of whose actions are such copies).
    """
    payoffs = to_fractions(game.payoffs) if game.rational is None else game.rational
    for player in range(game.n_players):
        own = payoffs[player].reshape(-1)
        if (own == own[0]).all():
            return f"the payoffs of player {player} are constant"
        slices = np.moveaxis(payoffs, 1 + player, 0).reshape(game.actions[player], -1)
        if len({tuple(row) for row in slices.tolist()}) < game.actions[player]:
            return f"player {player} has two actions with the same payoffs for all"
    return None


def canonical_form(game: StrategicGame) -> CanonicalForm:
    """Return the form that a game shares with its renamed and rescaled variants alone.

    Parameters
    ----------
    game : StrategicGame
        Payoffs in floats count as the rationals that they are.

    Returns
    -------
    (shape, payoffs) : tuple of tuples of int

    Raises
    ------
    InputError
        If the game is so symmetric that more than a million renamings would have to be compared.
    """
    units = _in_units(game)
    values, flat = np.unique(units.reshape(-1), return_inverse=True)
    codes = flat.reshape(units.shape).astype(np.int64)
    players, actions = _colours(codes)
    count = math.prod(_orderings(players)) * math.prod(math.prod(_orderings(c)) for c in actions)
    if count > _MOST_RENAMINGS:
        raise InputError("the game is too symmetric for its canonical form to be computed")
    best: tuple[int, ...] | None = None
    action_orders = [list(_tied_orders(colours)) for colours in actions]
    for order in _tied_orders(players):
        shape = tuple(game.actions[i] for i in order)
        turned = codes[list(order)].transpose(0, *(1 + i for i in order))
        for chosen in product(*(action_orders[i] for i in order)):
            renamed = turned[np.ix_(range(len(order)), *chosen)].reshape(-1)
            candidate = tuple(renamed.tolist())
            if best is None or candidate < best:
                best = candidate
    assert best is not None
    return shape, tuple(int(values[code]) for code in best)


def _in_units(game: StrategicGame) -> ObjectArray:
    """Return each player's payoffs as integers from 0 without a common divisor."""
    payoffs = to_fractions(game.payoffs) if game.rational is None else game.fractions
    rows = []
    for own in payoffs.reshape(game.n_players, -1).tolist():
        common = math.lcm(*(value.denominator for value in own))
        whole = [int(value * common) for value in own]
        least = min(whole)
        divisor = math.gcd(*(value - least for value in whole)) or 1
        rows.append([(value - least) // divisor for value in whole])
    units = np.empty((game.n_players, game.n_outcomes), dtype=object)
    units[:] = rows
    return units.reshape(game.n_players, *game.actions)


def _colours(codes: NDArray[np.int64]) -> tuple[list[int], list[list[int]]]:
    """Return colours of players and actions that no renaming changes, as fine as refining finds."""
    n, shape = codes.shape[0], codes.shape[1:]
    players: list[Any] = [0] * n
    actions: list[list[Any]] = [[0] * m for m in shape]
    outcomes = np.indices(shape).reshape(n, -1).T.tolist()
    payoffs = codes.reshape(n, -1).T.tolist()
    classes = 0
    while True:
        seen: list[list[list[Any]]] = [[[] for _ in range(m)] for m in shape]
        for outcome, values in zip(outcomes, payoffs, strict=True):
            around = [(players[j], actions[j][outcome[j]], values[j]) for j in range(n)]
            whole = tuple(sorted(around))
            for i in range(n):
                seen[i][outcome[i]].append((around[i], whole))
        told = [[tuple(sorted(view)) for view in own] for own in seen]
        # the colours of actions are numbered over all players, so that the numbers mean the same
        names = {view: k for k, view in enumerate(sorted({v for own in told for v in own}))}
        actions = [[names[view] for view in own] for own in told]
        kinds = [tuple(sorted(own)) for own in actions]
        ranks = {kind: k for k, kind in enumerate(sorted(set(kinds)))}
        players = [ranks[kind] for kind in kinds]
        finer = len(names) + len(ranks)
        if finer == classes:
            return players, actions
        classes = finer


def _orderings(colours: list[int]) -> list[int]:
    return [math.factorial(colours.count(colour)) for colour in set(colours)]


def _tied_orders(colours: list[int]) -> Iterator[tuple[int, ...]]:
    """Yield the orders in which colours increase."""
    groups = [
        [k for k, colour in enumerate(colours) if colour == each] for each in sorted(set(colours))
    ]
    for parts in product(*(permutations(group) for group in groups)):
        yield tuple(k for part in parts for k in part)
