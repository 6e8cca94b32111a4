"""What the strategies of all coalitions imply: payoffs of every fight, and what each could gain.

Computed from the definition in doubles or, for rational data, in rational arithmetic; shares no
code with the solvers. Units are scaled: payoffs in [0, 1], prices normalised to
``Σ_i a_i r_i = 1`` (facts page, "Scale").
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import (
    coco_division,
    dividends,
    grand_coalition,
    mask_of,
    members,
    membership,
)
from harsanyi_aux.game.equilibrium import SUM_TOLERANCE, AnyArray, Equilibrium
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import Number

# Prices times payoffs beyond this leave no room for sums in double precision.
_LARGEST_WORTH = 1e290
_ROUNDING = 1e-12  # of a player's payoff range


@dataclass(frozen=True)
class Fights:
    """Everything the strategies imply, in scaled units at normalised prices.

    Attributes
    ----------
    prices : (n,) normalised: ``a_i r_i / Σ_j a_j r_j``
    utilities : (2**n, n) ``u^S`` scaled to [0, 1]; row N is ``U(ρ_N)``
    values : (2**n,) payoff of ``M_S`` at the strategies; entry N is ``a·U(ρ_N)``
    best : (2**n,) the most ``S`` could get against the other side's strategy; entry N is ``h(a)``
    """

    prices: AnyArray
    utilities: AnyArray
    values: AnyArray
    best: AnyArray

    @property
    def exact(self) -> bool:
        """Whether all numbers are Fractions."""
        return bool(self.values.dtype == object)

    @property
    def regrets(self) -> AnyArray:
        """``best - values``, shape (2**n,)."""
        return self.best - self.values


def fights(game: StrategicGame, equilibrium: Equilibrium, *, exact: bool = False) -> Fights:
    """Evaluate every coalition's strategy against its complement's.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    exact : bool, optional
        Compute in Fractions; game and equilibrium must be exact.

    Raises
    ------
    InputError
        If the equilibrium does not have this game's shape, its probabilities are no probability
        distribution, or exact arithmetic is asked of floats.
    """
    _check_shape(game, equilibrium)
    n = game.n_players
    full = grand_coalition(n)
    if exact:
        scaled, weights = _exact_scaled(game, equilibrium)
    else:
        scaled = game.scaled
        weights = float_prices(game, equilibrium) * game.ranges
    weights = weights / weights.sum()
    flat = scaled.reshape(n, -1)
    zero: Number = Fraction(0) if exact else 0.0
    utilities = np.full((1 << n, n), zero, dtype=scaled.dtype)
    values = np.full(1 << n, zero, dtype=scaled.dtype)
    best = np.full(1 << n, zero, dtype=scaled.dtype)
    inside = membership(n)
    for mask in range(1, full + 1, 2):
        x = _flat(equilibrium, mask, exact)
        y = _flat(equilibrium, full ^ mask, exact) if mask < full else np.ones(1, dtype=x.dtype)
        tensor = coalition_payoffs(flat, game.actions, mask)
        matrix = np.tensordot(np.where(inside[mask], weights, -weights), tensor, axes=1)
        rows, columns = matrix @ y, x @ matrix
        utilities[mask] = utilities[full ^ mask] = (tensor @ y) @ x
        values[mask] = x @ rows
        best[mask] = rows.max()
        values[full ^ mask] = -values[mask]
        best[full ^ mask] = -columns.min()
    return Fights(weights, utilities, values, best)


def _exact_scaled(game: StrategicGame, equilibrium: Equilibrium) -> tuple[AnyArray, AnyArray]:
    if not game.is_exact or not equilibrium.is_exact:
        what = "equilibrium" if game.is_exact else "game"
        raise InputError(
            f"the {what} is given in floating point, so it cannot be checked exactly",
            mend='write its numbers as integers or as texts such as "-7/9"',
        )
    return game.exact_scaled, equilibrium.prices * np.array(game.exact_ranges, dtype=object)


def float_prices(game: StrategicGame, equilibrium: Equilibrium) -> AnyArray:
    """Return the prices in doubles; InputError where products with payoffs leave their range."""
    largest = np.abs(game.payoffs.reshape(game.n_players, -1)).max(axis=1) + game.ranges
    try:
        prices = equilibrium.prices.astype(np.float64)
        with np.errstate(over="ignore"):
            worth = float(prices.max() * largest.max())
    except OverflowError:
        worth = math.inf
    if not worth < _LARGEST_WORTH or not float((prices * game.ranges).sum()) > 1 / _LARGEST_WORTH:
        raise InputError(
            "prices times payoffs leave the range of double precision",
            place="prices",
            mend="only the ratios of prices matter: multiply all of them by one factor",
        )
    return prices


def _flat(equilibrium: Equilibrium, mask: int, exact: bool) -> AnyArray:
    strategy = equilibrium.strategies.by_mask(mask).reshape(-1)
    return strategy if exact else strategy.astype(np.float64)


def _check_shape(game: StrategicGame, equilibrium: Equilibrium) -> None:
    n = game.n_players
    for name in ("prices", "payoffs"):
        array = getattr(equilibrium, name)
        if array.shape != (n,):
            raise InputError(f"{array.size} numbers for {n} players", place=name)
        if array.dtype != object and not np.isfinite(array).all():
            raise InputError("a number is not finite", place=name)
    if (equilibrium.prices < 0).any() or not (equilibrium.prices > 0).any():
        raise InputError("prices must not be negative, nor all zero", place="prices")
    present = {mask_of(coalition) for coalition in equilibrium.strategies}
    for mask in range(1, 1 << n):
        name = "{" + ", ".join(map(str, members(mask))) + "}"
        if mask not in present:
            raise InputError(f"coalition {name} has no strategy", place="strategies")
        strategy = equilibrium.strategies.by_mask(mask)
        shape = tuple(game.actions[i] for i in members(mask))
        if strategy.shape != shape:
            raise InputError(
                f"shape {strategy.shape} where {shape} is expected", place=f"strategies[{name}]"
            )
        total = strategy.sum()
        allowed = 0 if strategy.dtype == object else SUM_TOLERANCE
        # not (...) also catches NaN
        if not ((strategy >= 0).all() and abs(total - 1) <= allowed):
            raise InputError(
                f"not a probability distribution: the sum is {float(total):.12g}",
                place=f"strategies[{name}]",
                mend="probabilities must not be negative and sum to one",
            )


# -- in the game's own units --------------------------------------------------------------------


@dataclass(frozen=True)
class Quantities:
    """What an equilibrium implies, in the game's own units.

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


def quantities(game: StrategicGame, equilibrium: Equilibrium, found: Fights) -> Quantities:
    """Return what tables show of an equilibrium; in Fractions if its fights are.

    Facts page, "Notation": values, payoffs ``u^S``, fallbacks ``t^S`` and dividends ``w^S``.
    """
    exact = found.exact
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
