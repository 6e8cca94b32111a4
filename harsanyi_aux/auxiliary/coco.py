"""Harsanyi's auxiliary game: its Nash equilibria with positive prices are the CoCo equilibria.

Facts page, "Auxiliary game", and Theorem 2 of ``docs/explanation/existence.md``; that there is one
follows from the theorem of Debreu, Glicksberg and Fan. Players are a threat player for every
coalition but the grand one, the planner, the auctioneer and the follower. Payoffs are measured on
the scaled game: every player's utility in [0, 1], prices normalised to ``Σ_i a_i r_i = 1``; they
are then pure numbers, and the auxiliary game does not change when utilities are rescaled (facts
page, F4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import (
    CoalitionMap,
    coco_division,
    grand_coalition,
    mask_of,
    members,
)
from harsanyi_aux.game.definition import with_residuals
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.implied import Fights, fights
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, read_only
from harsanyi_aux.prices.imitation import imitation_matrices
from harsanyi_aux.prices.problem import PriceProblem

PLANNER = "planner"
AUCTIONEER = "auctioneer"
FOLLOWER = "follower"


def threat_name(mask: int) -> str:
    """Return the name of a coalition's threat player, such as ``"threat 0,1"``."""
    return "threat " + ",".join(map(str, members(mask)))


def auctioneer_regret(excess: FloatArray, announced: FloatArray) -> float:
    """Return what naming other prices than ``b`` could gain: ``max_i e_i - b·e``."""
    return float(excess.max() - announced @ excess)


@dataclass(frozen=True, eq=False)
class AuxiliaryProfile:
    """One strategy for every player of the auxiliary game.

    Attributes
    ----------
    threats : CoalitionMap of arrays
        ``ρ_S`` of shape ``(m_i for i in S)`` for every coalition but ∅ and N.
    planner : array of shape (m_0, ..., m_{n-1})
        ``ρ_N``, a distribution over outcomes.
    auctioneer, follower : arrays of shape (n,)
        ``b`` and ``a``: normalised prices, non-negative with sum one.

    Examples
    --------
    >>> from harsanyi_aux import AuxiliaryGame, StrategicGame, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> profile = AuxiliaryGame(game).from_equilibrium(solve(game))
    >>> print(profile.follower.round(6), profile.planner.shape)
    [0.5 0.5] (3, 2)
    """

    threats: CoalitionMap[FloatArray]
    planner: FloatArray
    auctioneer: FloatArray
    follower: FloatArray


class AuxiliaryGame:
    """The auxiliary game of a strategic game without transferable utility.

    Players are named ``"threat 0,1"`` (by coalition), ``"planner"``, ``"auctioneer"`` and
    ``"follower"``.

    Raises
    ------
    InputError
        For a game with transferable utility: its prices are fixed, there is nothing to find.

    References
    ----------
    * J. C. Harsanyi (1963), "A simplified bargaining model for the n-person cooperative game",
      International Economic Review 4, 194-220.
    * G. Debreu (1952), "A social equilibrium existence theorem", Proceedings of the National
      Academy of Sciences 38, 886-893.

    Examples
    --------
    >>> from harsanyi_aux import AuxiliaryGame, StrategicGame, solve
    >>> game = StrategicGame.from_arrays([[4, 1], [0, 1], [1, 1]], [[0, 0], [2, 0], [0, 0]])
    >>> auxiliary = AuxiliaryGame(game)
    >>> auxiliary.players
    ('threat 0', 'threat 1', 'planner', 'auctioneer', 'follower')
    >>> max(auxiliary.regrets(solve(game)).values()) < 1e-9
    True
    """

    def __init__(self, game: StrategicGame) -> None:
        if game.transferable:
            raise InputError(
                "the auxiliary game is about games without transferable utility",
                mend="with side payments the solution is the CoCo value: use coco_value",
            )
        self.game = game
        self._full = grand_coalition(game.n_players)
        self._names = {
            threat_name(mask): mask
            for mask in sorted(range(1, self._full), key=lambda m: (m.bit_count(), m))
        }

    @property
    def players(self) -> tuple[str, ...]:
        """Names of all players of the auxiliary game."""
        return (*self._names, PLANNER, AUCTIONEER, FOLLOWER)

    def strategy_shape(self, player: str) -> tuple[int, ...]:
        """Return the shape of a player's strategy, a point of a simplex in every case."""
        if player in (AUCTIONEER, FOLLOWER):
            return (self.game.n_players,)
        mask = self._full if player == PLANNER else self._mask(player)
        return tuple(self.game.actions[i] for i in members(mask))

    def payoffs(self, profile: AuxiliaryProfile) -> dict[str, float]:
        """Return the payoff of every player of the auxiliary game (pure numbers).

        Raises
        ------
        InputError
            If the profile does not fit the game.
        """
        fight, prices, announced = self._evaluate(profile)
        excess = self._excess(fight)
        paid = {name: float(fight.values[mask]) for name, mask in self._names.items()}
        paid[PLANNER] = float(fight.values[self._full])
        paid[AUCTIONEER] = float(announced @ excess)
        paid[FOLLOWER] = -float(((prices - announced) ** 2).sum())
        return paid

    def regrets(self, played: AuxiliaryProfile | Equilibrium) -> dict[str, float]:
        """Return what every player could gain by a best response; all zero at Nash equilibria.

        Parameters
        ----------
        played : AuxiliaryProfile or Equilibrium
            An equilibrium stands for its profile, see `from_equilibrium`.

        Raises
        ------
        InputError
            If it does not fit the game.
        """
        profile = self.from_equilibrium(played) if isinstance(played, Equilibrium) else played
        fight, prices, announced = self._evaluate(profile)
        excess = self._excess(fight)
        lost = {name: float(fight.regrets[mask]) for name, mask in self._names.items()}
        lost[PLANNER] = float(fight.regrets[self._full])
        lost[AUCTIONEER] = auctioneer_regret(excess, announced)
        lost[FOLLOWER] = float(((prices - announced) ** 2).sum())
        return lost

    def best_response(self, player: str, profile: AuxiliaryProfile) -> FloatArray:
        """Return a best response: pure, the first of several; the follower's is the auctioneer's.

        Raises
        ------
        InputError
            If there is no such player or the profile does not fit the game.
        """
        fight, _, announced = self._evaluate(profile)
        if player == FOLLOWER:
            return read_only(announced.copy())
        if player == AUCTIONEER:
            return _pure(self._excess(fight), (self.game.n_players,))
        mask = self._full if player == PLANNER else self._mask(player)
        tensor = coalition_payoffs(
            self.game.scaled.reshape(self.game.n_players, -1), self.game.actions, mask
        )
        signs = np.array([1.0 if mask >> i & 1 else -1.0 for i in range(self.game.n_players)])
        matrix = np.tensordot(signs * fight.prices, tensor, axes=1)
        other = self._full ^ mask
        against = profile.threats.by_mask(other).reshape(-1) if other else np.ones(1)
        return _pure(matrix @ against, self.strategy_shape(player))

    def from_equilibrium(self, equilibrium: Equilibrium) -> AuxiliaryProfile:
        """Return the profile of an equilibrium: auctioneer and follower both name its prices.

        The equilibrium is not verified; its regrets say what it is worth. Its stated payoffs are
        not used: the planner's strategy implies them.
        """
        prices = read_only(self.game.normalise(equilibrium.prices))
        strategies = {
            mask: read_only(equilibrium.strategies.by_mask(mask).astype(np.float64))
            for mask in range(1, self._full + 1)
        }
        planner = strategies.pop(self._full)
        return AuxiliaryProfile(CoalitionMap(strategies), planner, prices, prices)

    def to_equilibrium(self, profile: AuxiliaryProfile) -> Equilibrium:
        """Return what a profile claims: prices from the follower, payoffs from the planner.

        Returns
        -------
        Equilibrium
            Of concept "coco", with its residuals. It is an equilibrium to the extent that they
            vanish, and they do at Nash equilibria with positive prices: see `definition.verify`.

        Raises
        ------
        InputError
            If the profile does not fit the game.
        """
        claim = self._claim(profile)
        return with_residuals(self.game, claim)

    def imitation_game(self, points: Sequence[FloatArray]) -> Any:
        """Return the finite form of the auxiliary game on given price points, for nashpy.

        Threat players, planner and follower answer a price vector ``p`` at once; the auctioneer
        raises the prices of those who are owed more than they get: ``f(x) = E(p) + p``, ``p`` the
        nearest price vector to ``x``. Fixed points of ``f`` are the Nash equilibria of the
        auxiliary game.

        Parameters
        ----------
        points : sequence of arrays of shape (n,)
            With coordinate sum one, not necessarily non-negative.

        Returns
        -------
        nashpy.Game
            ``A_jk = -‖x_j - y_k‖²``, ``y_k ∈ f(x_k)``, ``B = I``.
        """
        import nashpy

        problem = PriceProblem(self.game)
        array = np.array(points, dtype=np.float64)
        if array.ndim != 2 or array.shape[1] != self.game.n_players or not len(array):
            raise InputError(
                f"points of shape {array.shape}", mend=f"give rows of {self.game.n_players} numbers"
            )
        if not np.isfinite(array).all() or np.abs(array.sum(axis=1) - 1).max() > 1e-9:
            raise InputError("the coordinates of every point must sum to one")
        images = np.array([problem.continued(x)[0] + x for x in array])
        return nashpy.Game(*imitation_matrices(array, images))

    def _mask(self, player: str) -> int:
        if player not in self._names:
            raise InputError(
                f"{player!r} is not a player of the auxiliary game",
                mend=f"they are {', '.join(self.players)}",
            )
        return self._names[player]

    def _claim(self, profile: AuxiliaryProfile) -> Equilibrium:
        prices = np.asarray(profile.follower, dtype=np.float64)
        strategies = {mask_of(c): s for c, s in profile.threats.items()}
        strategies[self._full] = profile.planner
        outcomes = self.game.payoffs.reshape(self.game.n_players, -1)
        planner = np.asarray(profile.planner, dtype=np.float64).reshape(-1)
        if planner.shape != (self.game.n_outcomes,) or prices.shape != (self.game.n_players,):
            raise InputError("planner or follower does not have the game's shape")
        return Equilibrium(
            concept="coco",
            kind="proper" if prices.min() > 0 else "boundary",
            prices=read_only(self.game.in_curnits(prices)),
            payoffs=read_only(outcomes @ planner),
            strategies=CoalitionMap(strategies),
        )

    def _evaluate(self, profile: AuxiliaryProfile) -> tuple[Fights, FloatArray, FloatArray]:
        announced = np.asarray(profile.auctioneer, dtype=np.float64)
        prices = np.asarray(profile.follower, dtype=np.float64)
        for name, vector in ((AUCTIONEER, announced), (FOLLOWER, prices)):
            if vector.shape != (self.game.n_players,) or not (
                (vector >= 0).all() and abs(vector.sum() - 1) <= 1e-9
            ):
                raise InputError(
                    "this is not a vector of normalised prices",
                    place=name,
                    mend=f"give {self.game.n_players} non-negative numbers with sum one",
                )
        return fights(self.game, self._claim(profile)), prices, announced

    def _excess(self, fight: Fights) -> FloatArray:
        """Return ``e``: what each player is owed at the strategies played, less what it gets."""
        owed = coco_division(fight.values)
        excess: FloatArray = owed - fight.prices * fight.utilities[self._full]
        return excess


def _pure(payoffs: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    strategy = np.zeros(payoffs.size)
    strategy[int(np.argmax(payoffs))] = 1.0
    return read_only(strategy.reshape(shape))
