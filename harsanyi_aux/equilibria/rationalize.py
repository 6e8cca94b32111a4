"""Rational equilibria: guess the fractions behind a numerical solution and check them exactly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import CoalitionMap, grand_coalition, mask_of
from harsanyi_aux.game.definition import verify
from harsanyi_aux.game.equilibrium import AnyArray, Equilibrium, Residuals
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray, read_only


def rationalize(
    game: StrategicGame, equilibrium: Equilibrium, *, max_denominator: int = 10**6
) -> Equilibrium | None:
    """Return the exact equilibrium behind a numerical one, if its numbers are simple fractions.

    Every price and probability is replaced by the nearest fraction with a bounded denominator; the
    result is returned only if it satisfies the definition exactly.

    Parameters
    ----------
    game : StrategicGame
        With exact payoffs and without transferable utility.
    equilibrium : Equilibrium
    max_denominator : int, optional

    Returns
    -------
    Equilibrium or None
        All numbers Fractions, all residuals zero. None proves nothing: many games have only
        irrational equilibria, others need larger denominators.

    Raises
    ------
    InputError
        If the game's payoffs are floats or transferable.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, rationalize, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> exact = rationalize(game, solve(game))
    >>> print(*exact.prices, *exact.payoffs)
    1/8 1/4 5/2 3/4
    """
    if not game.is_exact or game.transferable:
        raise InputError(
            "only games with exact payoffs and without side payments have exact equilibria here",
            mend='write payoffs as integers or as texts such as "-7/9"',
        )
    ranges = np.array(game.exact_ranges, dtype=object)
    weights = np.array(
        [
            Fraction(float(a) * float(r)).limit_denominator(max_denominator)
            for a, r in zip(equilibrium.prices, game.ranges, strict=True)
        ],
        dtype=object,
    )
    strategies: dict[int, ObjectArray] = {}
    for coalition, strategy in equilibrium.strategies.items():
        simple = _simple_distribution(strategy, max_denominator)
        if simple is None:
            return None
        strategies[mask_of(coalition)] = simple
    if not weights.sum() > 0:
        return None
    mixture = strategies[grand_coalition(game.n_players)].reshape(-1)
    candidate = replace(
        equilibrium,
        prices=read_only(weights / weights.sum() / ranges),
        payoffs=read_only(game.fractions.reshape(game.n_players, -1) @ mixture),
        strategies=CoalitionMap(strategies),
        residuals=Residuals(0.0, 0.0, 0.0),
    )
    return candidate if verify(game, candidate, exact=True).valid else None


def _simple_distribution(strategy: AnyArray, max_denominator: int) -> ObjectArray | None:
    """Return the strategy in fractions, the likeliest action taking what is left to one."""
    flat = [Fraction(float(p)).limit_denominator(max_denominator) for p in strategy.reshape(-1)]
    largest = max(range(len(flat)), key=flat.__getitem__)
    flat[largest] += 1 - sum(flat)
    if flat[largest] < 0:
        return None
    array = np.empty(len(flat), dtype=object)
    array[:] = flat
    return read_only(array.reshape(strategy.shape))
