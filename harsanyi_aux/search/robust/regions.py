"""Regions of prices on whose boundary the excess points inward, in doubles.

``docs/certificates.md``, "Robust examples". A region is a polytope around an equilibrium's prices
and a linear map ``Y``; its radius is how much all payoffs may change before ``Y e`` stops pointing
inward somewhere on the boundary. Samples of the boundary stand for all of it here: what is found
is a proposal, for `examples` to make exact and for the checker to decide.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from harsanyi_aux.game.coalitions import division_weights
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import ProgramError, maximise
from harsanyi_aux.prices.problem import PriceProblem
from harsanyi_aux.search.robust.polytopes import (
    APART,
    Cells,
    IntArray,
    barycentric,
    boundary_cells,
    directions,
    neighbours,
    principal_root,
    with_last,
)

#: Least price of a region's vertex.
LEAST_PRICE = 1e-3


_SIZES = np.geomspace(3e-3, 0.4, 8)
_ROUNDS = 6


@dataclass(frozen=True, eq=False)
class Plan:
    """A region in doubles.

    Attributes
    ----------
    points : (k, n - 1)
        Free coordinates of the vertices; all of them extreme.
    matrix : (n - 1, n - 1)
        ``Y``.
    radius : float
        What the samples allow.
    banned : tuple of int
        Outcomes that must not be optimal for the planner anywhere on the boundary: those that
        other equilibria use, so that the payoffs differ.
    """

    points: FloatArray
    matrix: FloatArray
    radius: float
    banned: tuple[int, ...] = ()

    @property
    def centre(self) -> FloatArray:
        """A point inside, shape (n - 1,)."""
        middle: FloatArray = self.points.mean(axis=0)
        return middle


@dataclass(frozen=True, eq=False)
class Samples:
    """The excess at points of the boundary.

    Attributes
    ----------
    cell : (s,)
        The cell of each point.
    prices : (s, n)
    values : (s, pairs)
        Of the threat games of the pairs.
    excess : (s, outcomes, n)
        ``e`` if the planner chooses that outcome.
    gaps : (s, outcomes)
        How much less than the best an outcome is worth, here or at a neighbouring sample.
    """

    cell: IntArray
    prices: FloatArray
    values: FloatArray
    excess: FloatArray
    gaps: FloatArray


class Boundary:
    """One game, seen from the boundaries of regions."""

    def __init__(self, game: StrategicGame) -> None:
        self.game = game
        self.n = game.n_players
        self.problem = PriceProblem(game)
        self.payoffs = game.scaled.reshape(self.n, -1)
        self.pairs = list(range(1, (1 << self.n) - 1, 2))
        self.shares = pair_shares(self.n)

    def samples(self, points: FloatArray, cells: Cells) -> Samples:
        """Evaluate the excess at the corners of all cells and at points between them."""
        mixtures = barycentric(self.n - 1)
        free = np.einsum("sk,mkd->msd", mixtures, points[cells.indices]).reshape(-1, self.n - 1)
        prices = with_last(free)
        values = np.array([self.problem.threats.scaled_at(b)[0][self.pairs] for b in prices])
        worth = prices @ self.payoffs
        owed = values @ self.shares
        excess = (
            owed[:, None, :]
            + worth[:, :, None] / self.n
            - prices[:, None, :] * self.payoffs.T[None, :, :]
        )
        gaps = worth.max(axis=1, keepdims=True) - worth
        # the planner's choice may change between two samples, and both choices count there
        by_cell = gaps.reshape(len(cells.indices), len(mixtures), -1)
        nearby = np.stack([by_cell[:, near].min(axis=1) for near in neighbours(mixtures)], axis=1)
        return Samples(
            cell=np.repeat(np.arange(len(cells.indices)), len(mixtures)),
            prices=prices,
            values=values,
            excess=excess,
            gaps=nearby.reshape(gaps.shape),
        )

    def radius(
        self, samples: Samples, cells: Cells, matrix: FloatArray, banned: Sequence[int] = ()
    ) -> float:
        """Return the radius that a map allows, negative where the excess points outward."""
        inward, doubt = self.inward(samples, weights_of(cells, matrix))
        ratios = inward / doubt[:, None]
        ratios[:, list(banned)] = -np.inf
        return float(np.maximum(samples.gaps / 2, ratios).min())

    def inward(self, samples: Samples, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return ``β·e`` at every sample and outcome, and how much it changes per radius."""
        excess: FloatArray = np.einsum("sn,son->so", beta[samples.cell], samples.excess)
        return excess, self.doubt(samples, beta)

    def doubt(self, samples: Samples, beta: FloatArray) -> FloatArray:
        """Return how much ``β·e`` can change per unit of radius, at every sample."""
        fixed = np.abs(beta @ self.shares.T).sum(axis=1)
        planner = np.abs(beta.mean(axis=1, keepdims=True) - beta)
        total: FloatArray = fixed[samples.cell] + (planner[samples.cell] * samples.prices).sum(1)
        return np.maximum(total, 1e-300)

    def best_map(
        self,
        samples: Samples,
        cells: Cells,
        matrix: FloatArray | None = None,
        banned: Sequence[int] = (),
    ) -> tuple[FloatArray, float]:
        """Return the map that allows the largest radius on a polytope, and the radius.

        Dinkelbach's method: at the radius reached, the map with the largest slack is a linear
        program; its radius is at least as large.
        """
        best = None if matrix is None else (matrix, self.radius(samples, cells, matrix, banned))
        for _ in range(_ROUNDS):
            reached = 0.0 if best is None else max(best[1], 0.0)
            found = self._slackest(samples, cells, reached)
            radius = self.radius(samples, cells, found, banned)
            if best is not None and radius <= best[1] * (1 + 1e-6) + 1e-12:
                break
            best = found, radius
            if radius <= 0:
                break
        assert best is not None
        return best

    def _slackest(self, samples: Samples, cells: Cells, radius: float) -> FloatArray:
        """Solve the linear program for the map: entries within 1, largest least slack."""
        n, d, pairs = self.n, self.n - 1, len(self.pairs)
        m = len(cells.indices)
        entries, bars = d * d, pairs + n
        size = entries + m * bars + 1
        # β = Yᵀ n: entry (j, i) of Y weighs player i by n_j
        of_beta = np.zeros((m, n, entries))
        for j, i in itertools.product(range(d), range(d)):
            of_beta[:, i, j * d + i] = cells.normals[:, j]
        linear = np.concatenate([self.shares, np.full((n, n), 1 / n) - np.eye(n)])
        sizes = np.einsum("kn,mne->mke", linear, of_beta).reshape(m * bars, entries)
        absolute = np.zeros((2, m * bars, size))
        absolute[0, :, :entries], absolute[1, :, :entries] = sizes, -sizes
        absolute[:, :, entries:-1] = -np.eye(m * bars)
        point, outcome = np.nonzero(samples.gaps <= 2 * radius * (1 + 1e-9) + 1e-12)
        cell = samples.cell[point]
        rows = np.zeros((len(point), size))
        rows[:, :entries] = -np.einsum("sn,sne->se", samples.excess[point, outcome], of_beta[cell])
        column = entries + cell[:, None] * bars
        places = np.arange(len(point))[:, None]
        rows[places, column + np.arange(pairs)] = radius
        rows[places, column + pairs + np.arange(n)] = radius * samples.prices[point]
        rows[:, -1] = 1.0
        objective = np.zeros(size)
        objective[-1] = 1.0
        table: Any = csr_matrix(np.concatenate([rows, absolute.reshape(-1, size)]))
        try:
            best = maximise(
                objective,
                table,
                np.zeros(table.shape[0]),
                bounds=[(-1, 1)] * entries + [(0, None)] * (m * bars) + [(None, None)],
            )
        except ProgramError:
            return np.eye(d)
        return best.point[:entries].reshape(d, d)


def pair_shares(n: int) -> FloatArray:
    """Return what each pair's value adds to every ``φ_i``, shape (pairs, n)."""
    weights = division_weights(n)
    full = (1 << n) - 1
    return np.array(
        [
            [weights[r] if r >> i & 1 else -weights[full ^ r] for i in range(n)]
            for r in range(1, full, 2)
        ]
    ).reshape(-1, n)


def weights_of(cells: Cells, matrix: FloatArray) -> FloatArray:
    """Return ``β`` of every cell, shape (m, n)."""
    return np.pad(cells.normals @ matrix, ((0, 0), (0, 1)))


def metric(boundary: Boundary, prices: FloatArray) -> FloatArray:
    """Return a matrix that maps the unit ball to where small changes of payoffs move the zero.

    The identity where the excess has no regular derivative.
    """
    n = boundary.n
    at = boundary.problem.evaluate(prices)
    payoffs = boundary.payoffs[:, at.chosen]
    full = boundary.problem.threat_jacobian(at) + payoffs[None, :] / n - np.diag(payoffs)
    jacobian = full[:-1, :-1] - full[:-1, -1:]
    moves = np.concatenate(
        [boundary.shares, prices[:, None] * (np.full((n, n), 1 / n) - np.eye(n))]
    )[:, :-1]
    try:
        spread = np.linalg.solve(jacobian, moves.T)
    except np.linalg.LinAlgError:
        return np.eye(n - 1)
    covariance = spread @ spread.T
    return principal_root(covariance / np.trace(covariance))


def plan_region(
    boundary: Boundary,
    prices: FloatArray,
    others: Sequence[FloatArray] = (),
    banned: Sequence[int] = (),
) -> Plan | None:
    """Return a region around given normalised prices with the largest radius of several sizes.

    Parameters
    ----------
    boundary : Boundary
    prices : (n,)
    others : sequence of (n,), optional
        The region stays nearer to `prices` than to any of these.
    banned : sequence of int, optional
        See `Plan`.
    """
    centre = np.asarray(prices, dtype=float)[:-1]
    rivals = np.array([np.asarray(other, dtype=float)[:-1] for other in others])
    rivals = rivals.reshape(-1, len(centre))
    levels = ((rivals**2).sum(axis=1) - centre @ centre) / 2
    room = levels - 2 * APART * np.linalg.norm(rivals - centre, axis=1)
    best: Plan | None = None
    for shape in (metric(boundary, np.asarray(prices, dtype=float)), np.eye(boundary.n - 1)):
        if best is not None:
            break
        for size in _SIZES:
            points = centre + size * (directions(boundary.n - 1) @ shape)
            if (points @ (rivals - centre).T > room).any():
                break
            plan = planned(boundary, points, banned=banned)
            if plan is not None and (best is None or plan.radius > best.radius):
                best = plan
    return best


def planned(
    boundary: Boundary,
    points: FloatArray,
    matrix: FloatArray | None = None,
    banned: Sequence[int] = (),
) -> Plan | None:
    """Return the polytope with its best map, None if it is no region of the game."""
    if with_last(points).min() < LEAST_PRICE:
        return None
    cells = boundary_cells(points)
    if cells is None:
        return None
    samples = boundary.samples(points, cells)
    matrix, radius = boundary.best_map(samples, cells, matrix, banned)
    return Plan(points, matrix, radius, tuple(banned)) if radius > 0 else None
