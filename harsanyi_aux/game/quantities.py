"""The numbers of one equilibrium that tables show, in the game's own units.

Facts page, "Notation": values, payoffs ``u^S``, fallbacks ``t^S`` and dividends ``w^S``. Fractions
where game and equilibrium are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harsanyi_aux.game.coalitions import coco_division, dividends, membership
from harsanyi_aux.game.equilibrium import AnyArray, Equilibrium
from harsanyi_aux.game.implied import fights, float_prices
from harsanyi_aux.game.strategic import StrategicGame

_ROUNDING = 1e-12  # of a player's payoff range


@dataclass(frozen=True)
class Quantities:
    """What an equilibrium implies.

    Attributes
    ----------
    prices, payoffs, shares, owed : (n,)
        Curnits per util, utils, ``a_i u_i`` and ``φ_i(v)`` in curnits.
    values : (2**n,)
        ``v(S)`` in curnits.
    utilities, dividends : (2**n, n)
        ``u^S_i`` of every player and ``w^S_i`` of members, in utils.
    """

    prices: AnyArray
    payoffs: AnyArray
    shares: AnyArray
    owed: AnyArray
    values: AnyArray
    utilities: AnyArray
    dividends: AnyArray


def quantities(game: StrategicGame, equilibrium: Equilibrium) -> Quantities:
    """Compute what tables show of an equilibrium.

    Raises
    ------
    InputError
        If the equilibrium does not fit the game.
    """
    exact = game.is_exact and equilibrium.is_exact
    found = fights(game, equilibrium, exact=exact)
    lows: AnyArray = np.array(game.exact_minima, dtype=object) if exact else game.minima
    ranges: AnyArray = np.array(game.exact_ranges, dtype=object) if exact else game.ranges
    scaled = found.utilities
    prices = equilibrium.prices if exact else float_prices(game, equilibrium)
    payoffs = np.array(equilibrium.payoffs, dtype=prices.dtype)
    if game.transferable:  # with side payments they are not U(ρ_N)
        scaled = scaled.copy()
        scaled[-1] = (payoffs - lows) / ranges
    signs = np.where(membership(game.n_players), prices, -prices)
    slices = dividends(scaled)
    if not exact:  # what rounding leaves is not worth showing
        slices[np.abs(slices) < _ROUNDING] = 0.0
        payoffs[np.abs(payoffs) < _ROUNDING * ranges] = 0.0
    worth = ranges * slices
    # a player alone has nothing to fall back on: w = u, with the zero of the utility scale
    alone = [1 << i for i in range(game.n_players)]
    worth[alone, range(game.n_players)] += lows
    values = (signs * (lows + ranges * found.utilities)).sum(axis=1)
    return Quantities(
        prices=prices,
        payoffs=payoffs,
        shares=prices * payoffs,
        owed=coco_division(values),
        values=values,
        utilities=lows + ranges * scaled,
        dividends=worth,
    )
