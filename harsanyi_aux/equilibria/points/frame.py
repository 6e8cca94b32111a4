"""The tables of one game that every cell of a subdivision uses, in doubles and exactly.

Payoffs are scaled to [0, 1] and prices normalised (facts page, "Scale"). A threat game is
represented by the coalition that contains player 0 (``docs/certificates.md``, "Pairs").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.coalitions import grand_coalition, membership, shapley_weights
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, ObjectArray
from harsanyi_aux.numbers.saddle_points import to_fractions
from harsanyi_aux.prices.threats import ThreatGames

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Frame:
    """Tables of one game.

    Attributes
    ----------
    game : StrategicGame
        Exact: payoffs in doubles are taken for the rationals that they are.
    table : Table
        The checker's own exact tables.
    pairs : tuple of int
        Masks of the coalitions that contain player 0, other than N.
    payoffs : tuple of arrays (n, |A_R|, |A_N∖R|)
        Signed scaled payoffs of each pair: ``M_R(b) = Σ_i b_i payoffs[i]``.
    exact_shares : tuple of P + 1 tuples of n Fractions
        ``φ(v) = v @ shares`` for values by pair, ``h`` last; ``γ = shares @ β``.
    """

    game: StrategicGame
    table: Table
    threats: ThreatGames
    pairs: tuple[int, ...]
    payoffs: tuple[FloatArray, ...]
    exact_shares: tuple[tuple[Fraction, ...], ...]

    @property
    def n(self) -> int:
        """Number of players."""
        return self.game.n_players

    @cached_property
    def shares(self) -> FloatArray:
        """`exact_shares` in doubles, shape (P + 1, n)."""
        return np.array(self.exact_shares, dtype=np.float64).reshape(-1, self.n)

    @cached_property
    def scaled(self) -> FloatArray:
        """Scaled payoffs, shape (n, outcomes)."""
        return np.ascontiguousarray(self.game.scaled.reshape(self.n, -1))

    @cached_property
    def column_starts(self) -> IntArray:
        """Where each pair's columns begin when all are laid end to end; ``N`` has one column."""
        sizes = [p.shape[2] for p in self.payoffs]
        return np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)

    @cached_property
    def row_starts(self) -> IntArray:
        """Where each pair's rows begin when all are laid end to end."""
        sizes = [p.shape[1] for p in self.payoffs]
        return np.concatenate(([0], np.cumsum(sizes)))[: len(self.payoffs)].astype(np.int64)

    @cached_property
    def exact_payoffs(self) -> tuple[ObjectArray, ...]:
        """The signed scaled payoffs of each pair as Fractions."""
        return self._signed(self.table.V)

    @cached_property
    def integer_payoffs(self) -> tuple[ObjectArray, ...]:
        """The signed scaled payoffs of each pair, times ``table.scale``, as ints."""
        return self._signed(self.table.integers)

    def _signed(self, payoffs: Sequence[Sequence[object]]) -> tuple[ObjectArray, ...]:
        flat = np.empty((self.n, self.scaled.shape[1]), dtype=object)
        for i in range(self.n):
            flat[i] = list(payoffs[i])
        signed: list[ObjectArray] = []
        for mask in self.pairs:
            signs = np.array([1 if mask >> i & 1 else -1 for i in range(self.n)], dtype=object)
            laid_out: ObjectArray = coalition_payoffs(flat, self.game.actions, mask)
            signed.append(signs[:, None, None] * laid_out)
        return tuple(signed)

    @cached_property
    def dominated(self) -> dict[int, int]:
        """Outcomes that another is at least as good as for everyone and better for someone.

        Each is mapped to such an outcome. Duplicates stay.
        """
        exact = self.table.V
        return {
            o: by
            for o, by in _pareto_dominators(self.scaled).items()
            # doubles may hide a difference
            if all(row[by] >= row[o] for row in exact)
        }

    @cached_property
    def candidates(self) -> IntArray:
        """Outcomes that are not dominated: what the planner may use at positive prices."""
        lost = self.dominated
        return np.array([o for o in range(self.scaled.shape[1]) if o not in lost], dtype=np.int64)


def _pareto_dominators(payoffs: FloatArray) -> dict[int, int]:
    order = np.argsort(-payoffs.sum(axis=0), kind="stable")
    kept: list[int] = []
    lost: dict[int, int] = {}
    for o in order.tolist():
        front = payoffs[:, kept]
        at_least = (front >= payoffs[:, o : o + 1]).all(axis=0)
        better = (front > payoffs[:, o : o + 1]).any(axis=0)
        by = np.flatnonzero(at_least & better)
        if by.size:
            lost[o] = kept[int(by[0])]
        else:
            kept.append(o)
    return lost


def build_frame(game: StrategicGame) -> Frame:
    """Return the tables of a game without transferable utility."""
    n = game.n_players
    if not game.is_exact:
        game = replace(game, rational=to_fractions(game.payoffs))
    full = grand_coalition(n)
    pairs = tuple(mask for mask in range(1, full) if mask & 1)
    flat = np.ascontiguousarray(game.scaled.reshape(n, -1))
    inside = membership(n)
    payoffs = tuple(
        np.where(inside[mask], 1.0, -1.0)[:, None, None]
        * coalition_payoffs(flat, game.actions, mask)
        for mask in pairs
    )
    weights = shapley_weights(n)
    shares = [
        tuple(
            weights[mask.bit_count()] if mask >> i & 1 else -weights[n - mask.bit_count()]
            for i in range(n)
        )
        for mask in pairs
    ]
    return Frame(
        game=game,
        table=table_of(game),
        threats=ThreatGames(game),
        pairs=pairs,
        payoffs=payoffs,
        exact_shares=(*shares, (Fraction(1, n),) * n),
    )
