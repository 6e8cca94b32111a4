"""The price problem: zeros of ``E(a) = φ(v_a) - a∘u`` with ``u ∈ argmax_F a·``.

Theory note, section 5.

Prices live on the simplex of *normalised* prices (``Σ a_i = 1`` for payoffs scaled to [0, 1]).
Off the simplex the correspondence is continued as ``g(x) = E(p) + p - x`` with ``p`` the nearest
point of the simplex; by F6 the zeros of ``g`` in the affine hull are exactly the zeros of ``E``,
those with a vanishing price included, and far out ``g`` points inward.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harsanyi_aux.arrays import FloatArray
from harsanyi_aux.coalitions import division_weights, membership
from harsanyi_aux.game import StrategicGame
from harsanyi_aux.threats import ThreatGames, value_gradients


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
    earned : (outcomes,)
        ``a·U(o)`` of every outcome, scaled.
    utilities : (2**n, n)
        ``u^S`` of the saddle points found, scaled.
    """

    prices: FloatArray
    owed: FloatArray
    earned: FloatArray
    utilities: FloatArray

    @property
    def planner(self) -> int:
        """The first outcome that maximises ``a·U``."""
        return int(np.argmax(self.earned))

    @property
    def slack(self) -> FloatArray:
        """``h(a) - a·U(o)`` of every outcome."""
        slack: FloatArray = self.earned.max() - self.earned
        return slack


class PriceProblem:
    """The excess correspondence of one game; counts its evaluations."""

    def __init__(self, game: StrategicGame) -> None:
        self.game = game
        self.n = game.n_players
        self.threats = ThreatGames(game)
        self.outcomes = game.scaled.reshape(self.n, -1)
        self.evaluations = 0
        self._weights = np.where(membership(self.n), division_weights(self.n)[:, None], 0.0)

    def evaluate(self, prices: FloatArray) -> Evaluation:
        """Evaluate at normalised prices (non-negative, sum one)."""
        self.evaluations += 1
        values, utilities, _ = self.threats.scaled_at(prices)
        return Evaluation(
            prices=prices,
            owed=values @ self._weights,
            earned=prices @ self.outcomes,
            utilities=utilities,
        )

    def threat_jacobian(self, at: Evaluation) -> FloatArray:
        """Return ``J`` with ``φ(v_a) = J a + h(a)/n`` near ``a`` (F5); shape (n, n)."""
        jacobian: FloatArray = self._weights[:-1].T @ value_gradients(at.utilities)[:-1]
        return jacobian

    def excess(self, at: Evaluation, mixture: FloatArray) -> FloatArray:
        """Return ``E`` when the planner plays the given mixture of outcomes, shape (n,)."""
        gets: FloatArray = at.prices * (self.outcomes @ mixture)
        return at.owed - gets

    def continued(self, x: FloatArray) -> tuple[FloatArray, int]:
        """Return one element of ``g(x)`` for a point with coordinate sum one, and its outcome."""
        prices = project_to_simplex(x)
        at = self.evaluate(prices)
        chosen = at.planner
        return at.owed - prices * self.outcomes[:, chosen] + prices - x, chosen
