"""The definition, checked: conditions 1-4 in both forms, residuals, division defect.

This module decides whether a claimed equilibrium is one (facts page, "Concepts"). It shares no
code with the solvers: payoffs and regrets are computed anew from the strategies, in doubles or,
for rational data, in rational arithmetic. All residuals are pure numbers: payoffs are scaled to
[0, 1] and prices normalised to ``Σ_i a_i r_i = 1`` (facts page, "Scale").
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import (
    by_size,
    coco_shares,
    dividends,
    grand_coalition,
    members,
    membership,
)
from harsanyi_aux.game.equilibrium import AnyArray, Concept, Equilibrium, Residuals
from harsanyi_aux.game.implied import Fights, fights, float_prices
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.game.verification import Check, Condition, Verification
from harsanyi_aux.numbers.arrays import Number

# Rounding alone leaves residuals of this size.
_ROUNDING = 1e-15


def price_clearance(residual: float) -> float:
    """Return the smallest normalised price that counts as positive beside a residual.

    Near a boundary solution residuals vanish with the price: in proportion to it (facts page, F7)
    or, as in the 2x2 game with payoffs (2,2), (2,1), (2,1), (1,1), to its square (facts page, F12).
    A residual ``r`` is therefore taken to hide prices up to ``10 sqrt(r)``, r being at least
    rounding.
    """
    return 10 * math.sqrt(max(residual, _ROUNDING))


def verify(
    game: StrategicGame,
    equilibrium: Equilibrium,
    *,
    exact: bool = False,
    tol: float = 1e-9,
    concept: Concept | None = None,
) -> Verification:
    """Check a claimed equilibrium against the definition, line by line.

    Parameters
    ----------
    game : StrategicGame
        If its utility is transferable, payoffs may differ from ``U(ρ_N)`` by side payments, prices
        must be equal, and division in smaller coalitions holds by side payments.
    equilibrium : Equilibrium
    exact : bool, optional
        Compute in rational arithmetic and accept no residual but zero.
    tol : float, optional
        Largest accepted normalised residual in floating point.
    concept : optional
        Check this concept instead of the one the equilibrium claims.

    Returns
    -------
    Verification

    Raises
    ------
    InputError
        If the equilibrium does not fit the game, or `exact` is asked of floating-point data.

    Notes
    -----
    In floating point, stated payoffs are compared with ``U(ρ_N)`` up to the resolution of doubles
    at the size of the payoffs; every other line uses the strategies alone.

    Facts page, "Concepts". Condition 4 is checked in CoCo form; for coalition-perfect equilibria
    also in Harsanyi form (equal dividends), which is equivalent by Theorem 1. A proper equilibrium
    needs prices that stand clear of the residuals (`price_clearance`), unless the check is exact.

    References
    ----------
    * J. C. Harsanyi (1963), "A simplified bargaining model for the n-person cooperative game",
      International Economic Review 4, 194-220.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, solve, verify
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> equilibrium = solve(game)
    >>> verify(game, equilibrium).valid
    True
    >>> verify(game, equilibrium, concept="coalition-perfect").valid
    True
    """
    if not tol >= 0:
        raise InputError(f"tolerance {tol} is not a number >= 0", place="tol")
    bench = _Bench(game, equilibrium, fights(game, equilibrium, exact=exact), tol)
    return bench.verification(concept or equilibrium.concept)


def is_equilibrium(
    game: StrategicGame, equilibrium: Equilibrium, *, exact: bool | None = None, tol: float = 1e-9
) -> bool:
    """Whether a claimed equilibrium satisfies the definition of its concept.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    exact : bool, optional
        Whether to compute in rational arithmetic; by default where game and equilibrium are exact.
    tol : float, optional
        As for `verify`, which tells line by line what fails.

    Raises
    ------
    InputError
        As `verify`.

    Examples
    --------
    >>> from harsanyi_aux import StrategicGame, is_equilibrium, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> is_equilibrium(game, solve(game))
    True
    """
    if exact is None:
        exact = game.is_exact and equilibrium.is_exact
    return verify(game, equilibrium, exact=exact, tol=tol).valid


def with_residuals(game: StrategicGame, equilibrium: Equilibrium) -> Equilibrium:
    """Return the equilibrium with the residuals of its own concept filled in."""
    return replace(equilibrium, residuals=verify(game, equilibrium).residuals)


def division_defect(game: StrategicGame, equilibrium: Equilibrium) -> float:
    """Return the largest normalised violation of condition 4 over all coalitions.

    How far an equilibrium is from being coalition-perfect (facts page, "Concepts"); zero for two
    players and for games with transferable utility, up to rounding where the game or the
    equilibrium is in floating point.

    Examples
    --------
    >>> from harsanyi_aux import division_defect, random_game, solve
    >>> game = random_game("uniform", (2, 2, 2), 1)
    >>> print(round(division_defect(game, solve(game)), 6))
    0.047716
    """
    exact = game.is_exact and equilibrium.is_exact
    return _Bench(game, equilibrium, fights(game, equilibrium, exact=exact)).defect()


def verify_evaluated(
    game: StrategicGame, equilibrium: Equilibrium, found: Fights, *, tol: float = 1e-9
) -> tuple[Verification, float]:
    """Return what `verify` and `division_defect` say, both from fights evaluated before.

    Parameters
    ----------
    game : StrategicGame
    equilibrium : Equilibrium
    found : Fights
        Of this equilibrium; they decide whether the check is exact.
    tol : float, optional
    """
    bench = _Bench(game, equilibrium, found, tol)
    return bench.verification(equilibrium.concept), bench.defect()


def _worst(checks: list[Check]) -> float:
    return max((float(check.residual) for check in checks), default=0.0)


class _Bench:
    """The quantities that the lines of one verification share."""

    def __init__(
        self,
        game: StrategicGame,
        equilibrium: Equilibrium,
        found: Fights,
        tolerance: float = 0.0,
    ) -> None:
        self.game = game
        self.equilibrium = equilibrium
        self.exact = exact = found.exact
        self.tolerance = 0.0 if exact else tolerance
        self.full = grand_coalition(game.n_players)
        self.prices = found.prices
        self.regrets = found.regrets
        self.values = found.values
        self.best = found.best
        if exact:
            self.lows: AnyArray = np.array(game.exact_minima, dtype=object)
            self.ranges: AnyArray = np.array(game.exact_ranges, dtype=object)
            self.own_prices = equilibrium.prices
            self.payoffs = equilibrium.payoffs
        else:
            self.lows, self.ranges = game.minima, game.ranges
            self.own_prices = float_prices(game, equilibrium)
            self.payoffs = equilibrium.payoffs.astype(np.float64)
        self.scale = (self.own_prices * self.ranges).sum()
        self.offsets = self.own_prices * self.lows
        self.drawn = found.utilities[self.full]
        self.utilities = found.utilities
        self.resolution: Number = 0
        if not exact:
            # Doubles cannot tell payoffs apart that differ by less than this, e.g. 1e12 + [0, 1].
            largest = np.maximum(np.abs(self.lows), np.abs(self.lows + self.ranges))
            self.resolution = 4 * float((np.finfo(np.float64).eps * largest / self.ranges).max())
        if game.transferable:
            self.utilities = found.utilities.copy()
            self.utilities[self.full] = (self.payoffs - self.lows) / self.ranges

    def verification(self, concept: Concept) -> Verification:
        """Return all lines, in the order of the conditions."""
        pareto, threats, division = self.pareto(), self.threats(), self.division(concept)
        residuals = Residuals(_worst(pareto), _worst(threats), _worst(division))
        prices = self.positive_prices(min(residuals.worst, self.tolerance))
        return Verification(
            concept=concept,
            kind=self.equilibrium.kind,
            exact=self.exact,
            tolerance=self.tolerance,
            checks=(*pareto, *prices, *threats, *division),
            residuals=residuals,
        )

    def defect(self) -> float:
        """Return the largest violation of condition 4 over all coalitions."""
        return _worst(self.division("coalition-perfect"))

    def line(
        self,
        condition: Condition,
        statement: str,
        mask: int,
        player: int | None,
        expected: Any,
        found: Any,
        residual: Any,
    ) -> Check:
        return Check(
            condition=condition,
            statement=statement,
            coalition=members(mask),
            player=player,
            expected=expected,
            found=found,
            residual=residual,
            passed=bool(residual <= self.tolerance),
        )

    def beyond_rounding(self, difference: Any) -> Any:
        """Return how far a difference that involves the stated payoffs exceeds their resolution."""
        return np.maximum(abs(difference) - self.resolution, 0 * self.scale)

    def offset(self, mask: int) -> Any:
        """Return what shifting payoffs to minimum zero took from the value of ``M_S``."""
        return np.where(membership(self.game.n_players)[mask], self.offsets, -self.offsets).sum()

    def pareto(self) -> list[Check]:
        """Condition 1, with the payoffs being those of the grand coalition's strategy."""
        statement = "payoff (utils) is U(ρ_N)"
        if self.game.transferable:
            earned, paid = self.prices @ self.drawn, self.prices @ self.utilities[self.full]
            own = self.scale * earned + self.offset(self.full)
            lines = [
                self.line(
                    "pareto",
                    "side payments balance: a·u is a·U(ρ_N)",
                    self.full,
                    None,
                    own,
                    self.scale * paid + self.offset(self.full),
                    self.beyond_rounding(paid - earned),
                ),
                self.line(
                    "pareto",
                    "with side payments the largest price equals the smallest",
                    self.full,
                    None,
                    self.own_prices.min(),
                    self.own_prices.max(),
                    (self.own_prices.max() - self.own_prices.min()) / self.own_prices.max(),
                ),
            ]
        else:
            lines = [
                self.line(
                    "pareto",
                    statement,
                    self.full,
                    i,
                    self.lows[i] + self.ranges[i] * self.drawn[i],
                    self.payoffs[i],
                    self.beyond_rounding(
                        (self.payoffs[i] - self.lows[i]) / self.ranges[i] - self.drawn[i]
                    ),
                )
                for i in range(self.game.n_players)
            ]
        earned = self.prices @ self.utilities[self.full]
        lines.append(
            self.line(
                "pareto",
                "a·u is the greatest a·U over all outcomes",
                self.full,
                None,
                self.scale * self.best[self.full] + self.offset(self.full),
                self.scale * earned + self.offset(self.full),
                self.beyond_rounding(self.best[self.full] - earned)
                if self.game.transferable
                else self.best[self.full] - earned,
            )
        )
        return lines

    def positive_prices(self, worst: float) -> list[Check]:
        """Condition 2: prices positive, or one of them zero for a boundary solution.

        A residual above the tolerance has a failing line of its own, so `worst` is capped by it.
        """
        least = int(np.argmin(self.prices))
        price = self.prices[least]
        if self.equilibrium.kind == "proper":
            statement = "normalised price is positive, and beyond what the residuals could hide"
            expected: Number = 0 if self.exact else price_clearance(worst)
            passed = bool(price > 0 and price >= expected)
            residual: Number = max(expected - price, 0)
        else:
            passed = bool(price <= self.tolerance)
            statement = "some normalised price is zero (boundary solution)"
            expected = 0
            residual = price
        return [Check("prices", statement, (least,), least, expected, price, residual, passed)]

    def threats(self) -> list[Check]:
        """Condition 3, for every coalition: its strategy is a best reply to the other side's."""
        return [
            self.line(
                "threats",
                "earns the most it can against the other side's threat",
                mask,
                None,
                self.scale * self.best[mask] + self.offset(mask),
                self.scale * self.values[mask] + self.offset(mask),
                self.regrets[mask],
            )
            for mask in by_size(self.game.n_players)
        ]

    def division(self, concept: Concept) -> list[Check]:
        """Condition 4: the line ``S = N`` for coco, all coalitions for coalition-perfect."""
        inside = membership(self.game.n_players)
        worth = self.prices * self.utilities
        earnings = np.where(inside, worth, 0 * worth).sum(axis=1)
        shares = coco_shares(earnings)
        slices = self.prices * dividends(self.utilities)
        chosen = [self.full]
        if concept == "coalition-perfect" and not self.game.transferable:
            chosen = by_size(self.game.n_players)[self.game.n_players :] or [self.full]
        lines = []
        for mask in chosen:
            lines += [
                self.line(
                    "division",
                    "a_i u_i is the CoCo share",
                    mask,
                    i,
                    self.scale * shares[mask, i] + self.offsets[i],
                    self.scale * worth[mask, i] + self.offsets[i],
                    self.beyond_rounding(worth[mask, i] - shares[mask, i])
                    if self.game.transferable
                    else abs(worth[mask, i] - shares[mask, i]),
                )
                for i in members(mask)
            ]
            if concept == "coalition-perfect" and not self.game.transferable:
                own = slices[mask, list(members(mask))]
                lines.append(
                    self.line(
                        "division",
                        "the largest dividend equals the smallest (Harsanyi form)",
                        mask,
                        None,
                        self.scale * own.min() + self._dividend_offset(mask),
                        self.scale * own.max() + self._dividend_offset(mask),
                        own.max() - own.min(),
                    )
                )
        return lines

    def _dividend_offset(self, mask: int) -> Any:
        """Dividends of single players carry the shift of their payoffs; all others cancel it."""
        return self.offsets[members(mask)[0]] if mask.bit_count() == 1 else 0 * self.scale
