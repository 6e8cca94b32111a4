"""The auxiliary game on a smoothed body, with an auctioneer and in Harsanyi's form.

In the form with an auctioneer the planner maximises ``a·u`` over the body while auctioneer and
follower name prices. In Harsanyi's form the prices are read off the frontier: the planner names a
frontier point ``w``, a follower moves to it, and the prices are the outer normal at the follower's
point ``u``; the planner is paid ``normal(w)·e``, with ``e`` what each player is owed at ``u`` less
what it gets there. Both have the same Nash equilibria on bodies with unique outer normals: there
``e = 0`` (facts page, "Auxiliary game"). Scaled payoffs, normalised prices.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from harsanyi_aux.auxiliary.coco import AUCTIONEER, FOLLOWER, PLANNER
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import (
    CoalitionMap,
    coco_division,
    grand_coalition,
    mask_of,
    members,
)
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.implied import Fights, fights
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from smoothing.errors import GeometryError
from smoothing.rounding import DilatedBody


class SmoothedAuxiliaryGame:
    """The auxiliary game of a strategic game whose planner chooses from a smoothed body.

    Parameters
    ----------
    game : StrategicGame
        Without transferable utility.
    body : DilatedBody
        In scaled payoffs, for instance `smoothing.rounding.outer` of the scaled outcomes.

    Raises
    ------
    InputError
        If the body does not have the game's dimension.
    """

    def __init__(self, game: StrategicGame, body: DilatedBody) -> None:
        if body.dimension != game.n_players:
            raise InputError(f"a body in dimension {body.dimension} for {game.n_players} players")
        if game.transferable:
            raise InputError("games with transferable utility have no frontier to smooth")
        self.game = game
        self.body = body
        self._full = grand_coalition(game.n_players)

    def prices_at(self, u: ArrayLike) -> FloatArray:
        """Return Harsanyi's prices: the outer normal at a frontier point, with sum one.

        Raises
        ------
        InputError
            If `u` is not on the frontier, or its normal is not a price vector (some coordinate is
            negative: `u` is not on the Pareto frontier).
        """
        try:
            normal = self.body.normal(u)
        except GeometryError as error:
            raise InputError(str(error)) from error
        if normal.min() < -1e-9:
            raise InputError("the outer normal has a negative coordinate", place="point")
        prices = np.maximum(normal, 0.0)
        return read_only(prices / prices.sum())

    def regrets(
        self,
        threats: CoalitionMap[FloatArray],
        point: FloatArray,
        auctioneer: FloatArray,
        follower: FloatArray,
    ) -> dict[str, float]:
        """Return every player's regret in the form with an auctioneer.

        Parameters
        ----------
        threats : CoalitionMap of arrays
            ``ρ_S`` for every coalition but ∅ and N.
        point : (n,) the planner's point of the body
        auctioneer, follower : (n,) normalised prices ``b`` and ``a``
        """
        fight, excess = self._at(threats, follower, point)
        lost = self._threat_regrets(fight)
        lost[PLANNER] = self.body.support(follower) - float(follower @ point)
        lost[AUCTIONEER] = float(excess.max() - auctioneer @ excess)
        lost[FOLLOWER] = float(((follower - auctioneer) ** 2).sum())
        return lost

    def harsanyi_regrets(
        self, threats: CoalitionMap[FloatArray], planner: FloatArray, follower: FloatArray
    ) -> dict[str, float]:
        """Return every player's regret in Harsanyi's form.

        Parameters
        ----------
        threats : CoalitionMap of arrays
        planner, follower : (n,) frontier points ``w`` and ``u``
        """
        prices = self.prices_at(follower)
        fight, excess = self._at(threats, prices, np.asarray(follower, dtype=np.float64))
        lost = self._threat_regrets(fight)
        lost[PLANNER] = float(excess.max() - self.prices_at(planner) @ excess)
        lost[FOLLOWER] = float(((np.asarray(follower) - np.asarray(planner)) ** 2).sum())
        return lost

    def _at(
        self, threats: CoalitionMap[FloatArray], prices: FloatArray, point: FloatArray
    ) -> tuple[Fights, FloatArray]:
        """Return the fights and ``e`` when the grand coalition is paid `point`."""
        strategies = {mask_of(coalition): strategy for coalition, strategy in threats.items()}
        # fights wants a strategy of N as well; what it pays is replaced by the point
        placeholder = np.zeros(self.game.actions)
        placeholder[(0,) * self.game.n_players] = 1.0
        strategies[self._full] = placeholder
        stated = Equilibrium(
            concept="coco",
            kind="proper",
            prices=prices / self.game.ranges,
            payoffs=self.game.minima + self.game.ranges * point,
            strategies=CoalitionMap(strategies),
        )
        fight = fights(self.game, stated)
        values = fight.values.copy()
        values[self._full] = prices @ point
        excess: FloatArray = coco_division(values) - prices * point
        return fight, excess

    def _threat_regrets(self, fight: Fights) -> dict[str, float]:
        return {
            "threat " + ",".join(map(str, members(mask))): float(fight.regrets[mask])
            for mask in range(1, self._full)
        }
