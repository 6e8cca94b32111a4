"""The auxiliary game on a rounded body: the planner names a point, and its normal is the prices.

Facts page, "Auxiliary game". With an auctioneer the planner maximises ``a·u`` over the body, while
auctioneer and follower name prices. In Harsanyi's form the prices are read off the frontier: the
planner names a frontier point ``w``, the follower a frontier point ``u``, and the prices are the
outer normal at ``u``. The planner is paid ``normal(w)·e``, with ``e`` what each player is owed at
``u`` less what it gets there; the follower is paid ``-‖u - w‖²``.

Theorem. On a body with one outer normal at every frontier point both forms have the same Nash
equilibria, if planner and follower name points of the Pareto frontier; ``e = 0`` in all of them.

Proof. In Harsanyi's form ``u = w`` by the follower, and ``u`` maximises ``a·u``, ``a`` being its
normal. The normals of the Pareto frontier are all the prices there are: naming ``w`` is naming
prices, and what the planner is paid is what the auctioneer is. So the proof of Theorem 2 of
``docs/explanation/existence.md`` holds for both: ``e = 0``. Where that is so, neither planner nor
auctioneer can gain by naming anything else.

Points are scaled payoffs, prices are normalised.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from harsanyi_aux.auxiliary.coco import (
    AUCTIONEER,
    FOLLOWER,
    PLANNER,
    auctioneer_regret,
    threat_name,
)
from harsanyi_aux.errors import InputError, NoEquilibriumFound
from harsanyi_aux.game.coalitions import CoalitionMap, coco_division, grand_coalition, mask_of
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.implied import fights
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from harsanyi_aux.prices.problem import PriceProblem
from harsanyi_aux.smooth.games import planner_on, solve_smoothed
from smoothing.errors import GeometryError
from smoothing.polytope import Polytope
from smoothing.rounding import DilatedBody


@dataclass(frozen=True, eq=False)
class SmoothedEquilibrium:
    """An equilibrium of the auxiliary game on a body, in either form.

    Attributes
    ----------
    threats : CoalitionMap of arrays
        ``ρ_S`` for every coalition but ∅ and N.
    point : array of shape (n,)
        What the planner chooses: of Harsanyi's form the point that planner and follower name.
    prices : array of shape (n,)
        Of the note's form what auctioneer and follower name.
    """

    threats: CoalitionMap[FloatArray]
    point: FloatArray
    prices: FloatArray


class SmoothedAuxiliaryGame:
    """The auxiliary game of a strategic game whose planner chooses from a rounded body.

    Parameters
    ----------
    game : StrategicGame
        Without transferable utility.
    body : DilatedBody
        In scaled payoffs, as `harsanyi_aux.smooth.games.smoothed_body` makes it; rounded.

    Raises
    ------
    InputError
        If the body is not rounded or does not have the game's dimension.
    """

    def __init__(self, game: StrategicGame, body: Polytope | DilatedBody) -> None:
        if not isinstance(body, DilatedBody) or body.frame is not None:
            raise InputError(
                "the body has edges, where prices are not settled", mend="round it: outer or sanded"
            )
        if body.dimension != game.n_players:
            raise InputError(f"a body in dimension {body.dimension} for {game.n_players} players")
        if game.transferable:
            raise InputError("games with transferable utility have no frontier to smooth")
        self.game = game
        self.body = body
        self._full = grand_coalition(game.n_players)

    def equilibrium(self) -> SmoothedEquilibrium:
        """Return an equilibrium, found in the note's form.

        Raises
        ------
        NoEquilibriumFound
            If the homotopy finds none.
        """
        planner = planner_on(self.body)
        found = solve_smoothed(self.game, planner)
        if found is None:
            raise NoEquilibriumFound("no equilibrium on this body", tried=("homotopy",))
        problem = PriceProblem(self.game, planner)
        point = problem.payoffs(problem.evaluate(found.prices), found.mixture)
        return SmoothedEquilibrium(
            problem.threats.strategies(), read_only(point), read_only(found.prices)
        )

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
        lost, excess = self._at(threats, follower, point)
        lost[PLANNER] = self.body.support(follower) - float(follower @ point)
        lost[AUCTIONEER] = auctioneer_regret(excess, auctioneer)
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
        lost, excess = self._at(threats, self.prices_at(follower), follower)
        lost[PLANNER] = auctioneer_regret(excess, self.prices_at(planner))
        lost[FOLLOWER] = float(((follower - planner) ** 2).sum())
        return lost

    def _at(
        self, threats: CoalitionMap[FloatArray], prices: FloatArray, point: FloatArray
    ) -> tuple[dict[str, float], FloatArray]:
        """Return the regrets of the threats, and ``e`` where the grand coalition gets `point`."""
        fight = fights(self.game, self._stated(threats, prices, point))
        values = fight.values.copy()
        values[self._full] = prices @ point
        excess: FloatArray = coco_division(values) - prices * point
        return {
            threat_name(mask): float(fight.regrets[mask]) for mask in range(1, self._full)
        }, excess

    def _stated(
        self, threats: CoalitionMap[FloatArray], prices: FloatArray, point: FloatArray
    ) -> Equilibrium:
        # `fights` wants a strategy of N as well, of which nothing here is used
        first = np.zeros(self.game.actions)
        first[(0,) * self.game.n_players] = 1.0
        strategies = {mask_of(coalition): strategy for coalition, strategy in threats.items()}
        return Equilibrium(
            concept="coco",
            kind="proper",
            prices=self.game.in_curnits(prices),
            payoffs=self.game.in_utils(point),
            strategies=CoalitionMap({**strategies, self._full: first}),
        )
