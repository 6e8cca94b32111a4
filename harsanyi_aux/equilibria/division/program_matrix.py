"""The linear program of `program` as a sparse matrix: what it knows, its columns, its rows.

Notation and units: docs/certificates.md, section "Excluded cells".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from harsanyi_aux.game.coalitions import (
    grand_coalition,
    members,
    membership,
    shapley_weights,
    sizes,
)
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray, Number

IntArray: TypeAlias = NDArray[np.int64]

_LARGEST_MARGIN = 16.0


@dataclass(frozen=True)
class StrategyBound:
    """One "strategy" split on the path to a cell, and on which side of it the saddle points are.

    Attributes
    ----------
    pair : int
        Bitmask of the coalition with player 0.
    side : "row" or "column"
    index : int
        The joint action whose probability is bounded.
    bound : number
        In (0, 1).
    sign : +1 or -1
        Probability ``>= bound`` or ``<= bound``.
    """

    pair: int
    side: Literal["row", "column"]
    index: int
    bound: Number
    sign: int


@dataclass(frozen=True)
class Cell:
    """What is known about a cell.

    Attributes
    ----------
    prices : (m, n)
        The prices at the coefficient points: ``(b^k + b^l)/2`` for k <= l, or one price.
    lower, upper : (m, P + 1)
        ``L_kl`` and ``H_kl`` for the pairs, in the order of `Structure.pairs`, then for N.
    outcomes : (q,) int
        Outcomes (C order) the planner may use.
    bounds : tuple of StrategyBound
        All "strategy" splits on the path from the root, in order.
    """

    prices: FloatArray
    lower: FloatArray
    upper: FloatArray
    outcomes: IntArray
    bounds: tuple[StrategyBound, ...] = ()

    def at(self, points: IntArray) -> Cell:
        """Return the cell with some of its coefficient points only."""
        return replace(
            self, prices=self.prices[points], lower=self.lower[points], upper=self.upper[points]
        )


@dataclass(frozen=True)
class Fight:
    """The fixed data of one threat game.

    Attributes
    ----------
    mask : int
    payoffs : (n, rows, columns), scaled
    signs : (n,) +1 for members
    eta_index, eta_player, eta_sign : (e,)
        The terms ``± η_{S,i} b_i V_i`` of ``f_R``: position of ``(S, i)``, ``i``, and the sign.
    """

    mask: int
    payoffs: FloatArray
    signs: FloatArray
    eta_index: IntArray
    eta_player: IntArray
    eta_sign: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.payoffs.shape[1], self.payoffs.shape[2]

    def matrices(self, prices: FloatArray) -> FloatArray:
        """Return ``M_R`` at several prices, shape (m, rows, columns)."""
        result: FloatArray = np.tensordot(prices * self.signs, self.payoffs, axes=1)
        return result


class Structure:
    """What the programs of all cells of one game have in common.

    Attributes
    ----------
    pairs : tuple of int
        Bitmasks of the coalitions with player 0 other than N, increasing.
    coalitions : tuple of int
        Bitmasks of the coalitions with 2 to n - 1 members, increasing.
    terms : list of (coalition, member)
        What the positions of ``η`` stand for.
    gamma : (P + 1, n)
        Takes ``β`` to ``γ_R`` for the pairs and N.
    """

    def __init__(self, game: StrategicGame) -> None:
        n = game.n_players
        full = grand_coalition(n)
        counted = sizes(n)
        self.n = n
        self.pairs = tuple(range(1, full, 2))
        self.coalitions = tuple(s for s in range(full + 1) if 2 <= counted[s] <= n - 1)
        self.terms = [(s, i) for s in self.coalitions for i in members(s)]
        self.payoffs = game.scaled.reshape(n, -1)
        weights = [float(w) for w in shapley_weights(n)]
        shares = [
            [weights[counted[r]] if r >> i & 1 else -weights[n - counted[r]] for i in range(n)]
            for r in self.pairs
        ]
        self.gamma: FloatArray = np.array([*shares, [1.0 / n] * n])
        self.fights = [self._fight(game, mask) for mask in self.pairs]

    def _fight(self, game: StrategicGame, mask: int) -> Fight:
        full = grand_coalition(self.n)
        found = []
        for position, (s, i) in enumerate(self.terms):
            own = mask if mask >> i & 1 else full ^ mask
            if own & ~s == 0:
                found.append((position, i, -1 if (s ^ own).bit_count() & 1 else 1))
        table = np.array(found, dtype=np.int64).reshape(-1, 3)
        return Fight(
            mask=mask,
            payoffs=np.ascontiguousarray(coalition_payoffs(self.payoffs, game.actions, mask)),
            signs=np.where(membership(self.n)[mask], 1.0, -1.0),
            eta_index=table[:, 0],
            eta_player=table[:, 1],
            eta_sign=table[:, 2].astype(np.float64),
        )


@dataclass(frozen=True)
class _Block:
    """Some rows: how many entries each has, then columns and values of all entries in order."""

    counts: IntArray
    columns: IntArray
    values: FloatArray


class Layout:
    """Columns and rows of the program for one cell.

    Columns: the margin; ``A_kl`` (what ``C_kl(o)`` does not owe to ``o``); ``β``; ``γ⁺``; ``γ⁻``;
    ``η``; then for every pair ``τ_kl``, ``s``, ``t``, ``κ``. ``β`` and ``η`` lie in [-1, 1].

    Attributes
    ----------
    n_columns : int
    low, high : (n_columns,) bounds of the columns
    beta, eta : int
        Where they begin.
    tau, s, t, kappa : list of int
        The same for every pair; ``s`` and ``t`` are matrices in C order, ``s[c', c]``.
    splits : list of lists
        For every pair the positions of its strategy bounds, in the order of ``κ``.
    """

    def __init__(self, structure: Structure, cell: Cell) -> None:
        m, n = cell.prices.shape
        many = len(structure.gamma)
        self.structure, self.cell = structure, cell
        self.m, self.n = m, n
        self.beta = 1 + m
        self.plus = self.beta + n
        self.minus = self.plus + many
        self.eta = self.minus + many
        position = self.eta + len(structure.terms)
        self.tau: list[int] = []
        self.s: list[int] = []
        self.t: list[int] = []
        self.kappa: list[int] = []
        self.splits: list[list[int]] = []
        for fight in structure.fights:
            rows, columns = fight.shape
            splits = [d for d, bound in enumerate(cell.bounds) if bound.pair == fight.mask]
            self.splits.append(splits)
            self.tau.append(position)
            self.s.append(position + m)
            self.t.append(self.s[-1] + columns * columns)
            self.kappa.append(self.t[-1] + rows * rows)
            lengths = [columns if cell.bounds[d].side == "row" else rows for d in splits]
            position = self.kappa[-1] + sum(lengths)
        self.n_columns = position
        self.low, self.high = np.zeros(position), np.full(position, np.inf)
        self.low[: self.beta] = -np.inf
        # An empty part of the strategies would have every margin.
        self.high[0] = _LARGEST_MARGIN
        for start, count in ((self.beta, n), (self.eta, len(structure.terms))):
            self.low[start : start + count] = -1.0
            self.high[start : start + count] = 1.0
        for start in self.tau:
            self.low[start : start + m] = -np.inf

    @property
    def first_fight(self) -> int:
        """The number of the first row ``τ_kl <= F_kl(r, c)``."""
        before = len(self.structure.gamma) + len(self.structure.coalitions)
        return int(before + self.m * (1 + len(self.cell.outcomes)))

    def rows(self) -> tuple[NDArray[np.int32], NDArray[np.int32], FloatArray, FloatArray]:
        """Return starts, columns and values of the rows ``low <= row <= 0``, and ``low``."""
        equalities = [self._gammas(), self._sums()]
        blocks = [*equalities, self._totals(), self._planner()]
        blocks += [self._fight(k) for k in range(len(self.tau))]
        counts = np.concatenate([block.counts for block in blocks])
        low = np.full(len(counts), -np.inf)
        low[: sum(len(block.counts) for block in equalities)] = 0.0
        return (
            np.concatenate(([0], np.cumsum(counts))).astype(np.int32),
            np.concatenate([block.columns.ravel() for block in blocks]).astype(np.int32),
            np.concatenate([block.values.ravel() for block in blocks]),
            low,
        )

    def _gammas(self) -> _Block:
        """``γ⁺ - γ⁻ = γ(β)``."""
        gamma = self.structure.gamma
        many = len(gamma)
        columns = np.empty((many, 2 + self.n), dtype=np.int64)
        columns[:, 0] = self.plus + np.arange(many)
        columns[:, 1] = self.minus + np.arange(many)
        columns[:, 2:] = self.beta + np.arange(self.n)
        values = np.hstack([np.ones((many, 1)), -np.ones((many, 1)), -gamma])
        return _Block(np.full(many, 2 + self.n), columns, values)

    def _sums(self) -> _Block:
        """``Σ_i η_{S,i} = 0``."""
        counts = np.array([s.bit_count() for s in self.structure.coalitions], dtype=np.int64)
        total = len(self.structure.terms)
        return _Block(counts, self.eta + np.arange(total), np.ones(total))

    def _totals(self) -> _Block:
        """``A_kl <= Σ_R (γ⁺_R L_kl - γ⁻_R H_kl) + Σ_R τ_R,kl``."""
        m, many = self.m, len(self.structure.gamma)
        each = np.arange(m)[:, None]
        columns = np.hstack(
            [
                1 + each,
                self.plus + np.tile(np.arange(many), (m, 1)),
                self.minus + np.tile(np.arange(many), (m, 1)),
                each + np.array(self.tau, dtype=np.int64)[None, :],
            ]
        )
        values = np.hstack(
            [
                np.ones((m, 1)),
                -self.cell.lower,
                self.cell.upper,
                -np.ones((m, len(self.tau))),
            ]
        )
        return _Block(np.full(m, columns.shape[1]), columns, values)

    def _planner(self) -> _Block:
        """``margin + Σ_i β_i b_i V_i(o) <= A_kl``, in the order (kl, o)."""
        m, n, outcomes = self.m, self.n, self.cell.outcomes
        columns = np.zeros((m, len(outcomes), 2 + n), dtype=np.int64)
        values = np.ones(columns.shape)
        columns[:, :, 1] = 1 + np.arange(m)[:, None]
        values[:, :, 1] = -1.0
        columns[:, :, 2:] = self.beta + np.arange(n)
        values[:, :, 2:] = self.cell.prices[:, None] * self.structure.payoffs[:, outcomes].T
        return _Block(np.full(m * len(outcomes), 2 + n), columns, values)

    def _fight(self, k: int) -> _Block:
        """``τ_kl <= F_kl(r, c)`` of pair number `k`, in the order (kl, r, c)."""
        fight, cell, m = self.structure.fights[k], self.cell, self.m
        rows, cols = fight.shape
        matrices = fight.matrices(cell.prices)
        ends = np.cumsum([1, len(fight.eta_index), cols, rows, len(self.splits[k])])
        columns = np.empty((m, rows, cols, ends[-1]), dtype=np.int64)
        values = np.empty(columns.shape)
        columns[..., 0] = self.tau[k] + np.arange(m)[:, None, None]
        values[..., 0] = 1.0
        part = slice(ends[0], ends[1])
        columns[..., part] = self.eta + fight.eta_index
        weights = cell.prices[:, fight.eta_player] * fight.eta_sign
        payoffs = fight.payoffs[fight.eta_player].transpose(1, 2, 0)
        values[..., part] = -weights[:, None, None] * payoffs
        part = slice(ends[1], ends[2])
        columns[..., part] = self.s[k] + np.arange(cols) * cols + np.arange(cols)[:, None]
        values[..., part] = (matrices - cell.lower[:, k, None, None])[:, :, None]
        part = slice(ends[2], ends[3])
        columns[..., part] = self.t[k] + np.arange(rows) * rows + np.arange(rows)[:, None, None]
        values[..., part] = (cell.upper[:, k, None, None] - matrices.transpose(0, 2, 1))[:, None]
        start = self.kappa[k]
        for place, d in enumerate(self.splits[k], start=int(ends[3])):
            bound = cell.bounds[d]
            by_row = bound.side == "row"
            along = np.arange(cols) if by_row else np.arange(rows)[:, None]
            columns[..., place] = start + along
            values[..., place] = bound_term(bound, fight.shape)
            start += along.size
        return _Block(np.full(m * rows * cols, ends[-1]), columns, values)


def bound_term(bound: StrategyBound, shape: tuple[int, int]) -> FloatArray:
    """Return ``σ (1[r = r*] - bound)``, or the same for a column; broadcasts to (rows, columns)."""
    rows, columns = shape
    if bound.side == "row":
        hit = (np.arange(rows) == bound.index)[:, None]
    else:
        hit = (np.arange(columns) == bound.index)[None, :]
    term: FloatArray = bound.sign * (hit - float(bound.bound))
    return term
