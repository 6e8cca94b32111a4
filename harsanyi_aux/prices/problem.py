"""The price problem: zeros of ``E(a) = φ(v_a) - a∘u`` with ``u ∈ argmax_F a·``.

Facts page, "Computing" and F6.

Prices live on the simplex of *normalised* prices (``Σ a_i = 1`` for payoffs scaled to [0, 1]).
Off the simplex the correspondence is continued as ``g(x) = E(p) + p - x`` with ``p`` the nearest
point of the simplex; the zeros of ``g`` in the affine hull are exactly the zeros of ``E``,
those with a vanishing price included, and far out ``g`` points inward.

The planner's body is the feasible set, or a smoothed one in its place: the hull of finitely many
points plus a *smooth part*, a single-valued choice ``s(a)`` that is added to whatever point of the
hull is chosen, ``ε a/|a|`` for a ball and so on (facts page, "Smoothing").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from harsanyi_aux.game.coalitions import division_weights, membership
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.prices.threats import ThreatGames, value_gradients


@dataclass(frozen=True)
class SmoothPart:
    """A single-valued choice at one price vector.

    Attributes
    ----------
    point : (n,)
        ``s(a)``.
    jacobian : (n, n)
        Its derivative; zero where ``s`` does not vary.
    """

    point: FloatArray
    jacobian: FloatArray


SmoothChoice: TypeAlias = Callable[[FloatArray], SmoothPart]


@dataclass(frozen=True)
class Planner:
    """A planner's body.

    Attributes
    ----------
    points : (n, k)
        The points the planner may mix, as columns.
    smooth : callable or None
        Prices to `SmoothPart`; None for none.
    """

    points: FloatArray
    smooth: SmoothChoice | None = None


def project_to_simplex(x: FloatArray) -> FloatArray:
    """Return the nearest point of the unit simplex (Euclidean)."""
    descending = np.sort(x)[::-1]
    excess = np.cumsum(descending) - 1.0
    counts = np.arange(1, len(x) + 1)
    last = int(np.flatnonzero(descending - excess / counts > 0)[-1])
    projected: FloatArray = np.maximum(x - excess[last] / (last + 1), 0.0)
    projected /= projected.sum()
    return projected


@dataclass(frozen=True)
class Evaluation:
    """The price problem at one normalised price vector.

    Attributes
    ----------
    prices : (n,)
    owed : (n,)
        ``φ(v_a)``, what each player is owed, in normalised curnits.
    earned : (k,)
        What each of the planner's points is worth; for the game itself ``a·U(o)``.
    utilities : (2**n, n)
        ``u^S`` of the saddle points found, scaled.
    smooth : SmoothPart or None
        What a smoothed planner adds to the point chosen.
    """

    prices: FloatArray
    owed: FloatArray
    earned: FloatArray
    utilities: FloatArray
    smooth: SmoothPart | None = None

    @property
    def chosen(self) -> int:
        """The first of the planner's points that is worth most."""
        return int(np.argmax(self.earned))

    @property
    def slack(self) -> FloatArray:
        """How much less than the best each of the planner's points is worth."""
        slack: FloatArray = self.earned.max() - self.earned
        return slack


class PriceProblem:
    """The excess correspondence of one game; counts its evaluations.

    The planner chooses from the feasible set, or from a smoothed body if one is given.
    """

    def __init__(self, game: StrategicGame, planner: Planner | None = None) -> None:
        self.game = game
        self.n = game.n_players
        self.threats = ThreatGames(game)
        self.planner = planner or Planner(game.scaled.reshape(self.n, -1))
        self.evaluations = 0
        self._weights = np.where(membership(self.n), division_weights(self.n)[:, None], 0.0)

    def evaluate(self, prices: FloatArray) -> Evaluation:
        """Evaluate at normalised prices (non-negative, sum one)."""
        self.evaluations += 1
        values, utilities, _ = self.threats.scaled_at(prices)
        earned = prices @ self.planner.points
        smooth = None if self.planner.smooth is None else self.planner.smooth(prices)
        values[-1] = earned.max() + (0.0 if smooth is None else prices @ smooth.point)
        return Evaluation(
            prices=prices,
            owed=values @ self._weights,
            earned=earned,
            utilities=utilities,
            smooth=smooth,
        )

    def threat_jacobian(self, at: Evaluation) -> FloatArray:
        """Return ``J`` with ``φ(v_a) = J a + v(N)/n`` at ``a`` (facts page, F5); shape (n, n)."""
        jacobian: FloatArray = self._weights[:-1].T @ value_gradients(at.utilities)[:-1]
        return jacobian

    def payoffs(self, at: Evaluation, mixture: FloatArray) -> FloatArray:
        """Return ``u`` when the planner mixes its points so, scaled, shape (n,)."""
        point: FloatArray = self.planner.points @ mixture
        return point if at.smooth is None else point + at.smooth.point

    def excess(self, at: Evaluation, mixture: FloatArray) -> FloatArray:
        """Return ``E`` when the planner mixes its points so, shape (n,)."""
        gets: FloatArray = at.prices * self.payoffs(at, mixture)
        return at.owed - gets

    def continued(self, x: FloatArray) -> tuple[FloatArray, int]:
        """Return one element of ``g(x)`` and the point chosen; ``x`` has coordinate sum one."""
        prices = project_to_simplex(x)
        at = self.evaluate(prices)
        chosen = at.chosen
        gets = self.planner.points[:, chosen]
        if at.smooth is not None:
            gets = gets + at.smooth.point
        return at.owed - prices * gets + prices - x, chosen
