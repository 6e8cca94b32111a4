"""One exact game at one exact price vector: its threat games solved, its planner, its checker.

Facts page, "Concepts"; prices are normalised (facts page, "Scale").
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from harsanyi_aux.certify.cells.excluded import Split, prove_excluded
from harsanyi_aux.certify.cells.vertices import make_vertex
from harsanyi_aux.certify.reading.strategies import make_mixed
from harsanyi_aux.certify.reading.values import to_fmpq
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.equilibria.division.multipliers import Weights, as_reason
from harsanyi_aux.equilibria.reasons import Reason, exclusion
from harsanyi_aux.game.coalitions import CoalitionMap, coco_division, grand_coalition
from harsanyi_aux.game.equilibrium import Equilibrium
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import ObjectArray, read_only
from harsanyi_aux.numbers.linear import nonnegative_solution
from harsanyi_aux.numbers.programs import nonnegative_fit
from harsanyi_aux.numbers.sparse import sparse
from harsanyi_aux.prices.exact_threats import threat_polytopes


class ExactPoint:
    """Everything about one exact game at one exact price vector.

    Attributes
    ----------
    given : list of n Fractions
        The prices in the game's own units.
    b : list of n Fractions
        Normalised.
    polytopes : dict from pair masks to OptimalStrategies
    payoffs : dict from pair masks to object arrays (n, rows, columns), scaled
    best : Fraction
        ``h(b)``.
    outcomes : list of int
        Those that earn it.
    table, vertex : the checker's view of the game and of the prices
    """

    def __init__(self, game: StrategicGame, given: list[Fraction]) -> None:
        n = game.n_players
        self.game, self.n, self.given = game, n, given
        worth = [a * r for a, r in zip(given, game.exact_ranges, strict=True)]
        self.b = [w / sum(worth) for w in worth]
        self.polytopes = threat_polytopes(game, self.b)
        self.pairs = tuple(self.polytopes)
        self.scaled = game.exact_scaled.reshape(n, -1)
        self.payoffs = {
            mask: coalition_payoffs(self.scaled, game.actions, mask) for mask in self.pairs
        }
        earned = (np.array(self.b, dtype=object) @ self.scaled).tolist()
        self.best = max(earned)
        self.outcomes = [o for o, value in enumerate(earned) if value == self.best]
        self.table = table_of(game)
        self.vertex = make_vertex(
            self.table,
            tuple(map(to_fmpq, self.b)),
            {
                mask: (make_mixed(sparse(own.rows[0])), make_mixed(sparse(own.columns[0])))
                for mask, own in self.polytopes.items()
            },
            self.outcomes[0],
        )

    def prove(self, reason: Reason, splits: Sequence[Split]) -> None:
        """Raise InvalidCertificate if the reason does not exclude the prices."""
        prove_excluded(self.table, [self.vertex] * self.n, exclusion(self.table, reason, splits))

    def dropped(self) -> tuple[tuple[int, int], ...]:
        """Return the outcomes that the planner does not use, each with one that earns more."""
        kept = set(self.outcomes)
        best = self.outcomes[0]
        return tuple((o, best) for o in range(self.table.n_outcomes) if o not in kept)

    def planner(self) -> tuple[ObjectArray | None, Reason | None, float]:
        """Return the planner's mixture of all outcomes; or why there is none, and what is missing.

        It must use outcomes that earn the most and pay everyone what is owed, ``b_i u_i = φ_i``.
        """
        values = np.full(1 << self.n, self.best, dtype=object)
        for mask, own in self.polytopes.items():
            values[mask] = own.value
            values[grand_coalition(self.n) ^ mask] = -own.value
        chosen = self.scaled[:, self.outcomes]
        matrix = np.vstack(
            [np.array(self.b, dtype=object)[:, None] * chosen, [Fraction(1)] * len(self.outcomes)]
        )
        right = np.array([*coco_division(values), Fraction(1)], dtype=object)
        answer = nonnegative_solution(matrix, right)
        if answer.solution is not None:
            mixture = np.full(self.scaled.shape[1], Fraction(0), dtype=object)
            mixture[self.outcomes] = answer.solution
            return mixture, None, 0.0
        farkas: Any = answer.farkas
        reason = as_reason(Weights(farkas[:-1], {}, {}), self.dropped())
        return None, reason, _shortage(matrix, right)

    def equilibrium(
        self, threats: Sequence[tuple[Any, Any]], mixture: ObjectArray, *, exact: bool
    ) -> Equilibrium:
        """Return what threats ``(x, y)`` of all pairs claim, in Fractions or in doubles."""
        actions, full = self.game.actions, grand_coalition(self.n)
        flat: dict[int, Any] = {full: mixture}
        for mask, sides in zip(self.pairs, threats, strict=True):
            flat[mask], flat[full ^ mask] = sides
        kind: Any = object if exact else np.float64
        payoffs = self.game.fractions.reshape(self.n, -1) @ mixture
        return Equilibrium(
            concept="coalition-perfect",
            kind="proper" if min(self.b) > 0 else "boundary",
            prices=read_only(np.array(self.given, dtype=object).astype(kind)),
            payoffs=read_only(payoffs.astype(kind)),
            strategies=CoalitionMap(
                {
                    mask: read_only(
                        own.astype(kind).reshape(
                            tuple(m for i, m in enumerate(actions) if mask >> i & 1)
                        )
                    )
                    for mask, own in flat.items()
                }
            ),
        )


def _shortage(matrix: ObjectArray, right: ObjectArray) -> float:
    """Return about how much some player is short of what is owed, at best."""
    rough, target = matrix.astype(np.float64), right.astype(np.float64)
    weights, _ = nonnegative_fit(rough, target)
    weights = weights / weights.sum() if weights.sum() > 0 else weights + 1.0 / len(weights)
    return float(np.abs(rough @ weights - target).max())
