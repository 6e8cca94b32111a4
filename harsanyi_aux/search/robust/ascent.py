"""Games with a larger robust radius: sequential linear programming over payoffs and regions.

``docs/certificates.md``, "Robust examples". With strategies at samples of the regions' boundaries
held fixed, all conditions are linear in the payoffs and the radius; in the regions' vertices and
maps they are linearised. A step that does not enlarge the radius is taken back and tried shorter.
What is found is a proposal, as in `harsanyi_aux.search.robust.regions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import ProgramError, maximise
from harsanyi_aux.search.robust.polytopes import (
    APART,
    Cells,
    between,
    boundary_cells,
    extreme,
    inner_normals,
    principal_root,
)
from harsanyi_aux.search.robust.regions import LEAST_PRICE, Boundary, Plan, weights_of

#: Called with the number of the step and the radius.
Progress: TypeAlias = Callable[[int, float], None]

_FIRST_REACH, _MOST_REACH, _LEAST_REACH = 0.25, 0.5, 2e-3
_PAYOFFS = 4.0
_DIFFERENCE = 1e-6


def ascend(
    game: StrategicGame,
    plans: Sequence[Plan],
    *,
    steps: int = 60,
    progress: Progress | None = None,
) -> tuple[StrategicGame, tuple[Plan, ...]]:
    """Return a game in which all regions have a larger radius, and its regions.

    Parameters
    ----------
    game : StrategicGame
    plans : sequence of Plan
        Regions of `game`, apart from each other.
    steps : int, optional
        Linear programs at most.
    progress : callable, optional

    Returns
    -------
    game, plans
        Payoffs in doubles from 0 to 1; the given ones where nothing better was found.
    """
    best, kept = game, tuple(plans)
    radius = min(plan.radius for plan in kept)
    reach = _FIRST_REACH
    for number in range(steps):
        if reach < _LEAST_REACH:
            break
        step = _Step(Boundary(best), kept, radius, reach).solve()
        candidate = None if step is None else _taken(best, kept, *step)
        if candidate is None or min(plan.radius for plan in candidate[1]) <= radius:
            reach /= 4
            continue
        best, kept = candidate
        radius = min(plan.radius for plan in kept)
        reach = min(1.5 * reach, _MOST_REACH)
        if progress is not None:
            progress(number, radius)
    return best, kept


def _taken(
    game: StrategicGame, plans: Sequence[Plan], payoffs: FloatArray, moved: Sequence[Plan]
) -> tuple[StrategicGame, tuple[Plan, ...]] | None:
    """Return the game and the regions after a step, None if they are no regions."""
    shape = (game.n_players, *game.actions)
    candidate = StrategicGame.from_arrays(*payoffs.reshape(shape), title=game.title)
    boundary = Boundary(candidate)
    found = []
    for plan in moved:
        points = extreme(plan.points)
        cells = boundary_cells(points)
        if cells is None:
            return None
        samples = boundary.samples(points, cells)
        radius = boundary.radius(samples, cells, plan.matrix, plan.banned)
        found.append(replace(plan, points=points, radius=radius))
    for k, one in enumerate(found):
        for two in found[:k]:
            if between(one.points, two.points) is None:
                return None
    return candidate, tuple(found)


@dataclass(frozen=True, eq=False)
class _Part:
    """The conditions of one region: an entry for every sample and outcome kept.

    Attributes
    ----------
    rows : (k, payoffs)
        Slopes in the payoffs that do not go through values of threat games.
    slopes : (k, d * points + d * d)
        Of the slack in the vertices and the map.
    gammas : (k, pairs)
        How the values count.
    doubt : (k,)
        How the radius counts.
    sample : (k,)
    prices : (samples, n)
    weights : (samples, pairs)
        ``γ`` at the samples.
    """

    rows: FloatArray
    slopes: FloatArray
    gammas: FloatArray
    doubt: FloatArray
    sample: NDArray[np.int64]
    prices: FloatArray
    weights: FloatArray


class _Step:
    """One linear program."""

    def __init__(
        self, boundary: Boundary, plans: Sequence[Plan], radius: float, reach: float
    ) -> None:
        self.boundary = boundary
        self.plans = plans
        self.radius = radius
        self.reach = reach
        n, count = boundary.payoffs.shape
        self.n, self.d, self.count = n, n - 1, count
        self.grids = [_grid(boundary.game.actions, pair) for pair in boundary.pairs]
        self.signs = [
            np.array([1.0 if pair >> i & 1 else -1.0 for i in range(n)]) for pair in boundary.pairs
        ]
        # columns: payoffs, radius, then for each region its vertices and its map, then the values
        self.starts = []
        size = n * count + 1
        for plan in plans:
            self.starts.append(size)
            size += plan.points.size + plan.matrix.size
        self.values_start = size

    def solve(self) -> tuple[FloatArray, list[Plan]] | None:
        """Return the payoffs (n, outcomes) and the moved regions, None where it fails."""
        parts = []
        for plan in self.plans:
            cells = boundary_cells(plan.points)
            if cells is None:
                return None
            parts.append(self._part(plan, cells))
        pairs = len(self.boundary.pairs)
        total = self.values_start + pairs * sum(len(part.prices) for part in parts)
        blocks, limits = [], []
        first = self.values_start
        for part, start in zip(parts, self.starts, strict=True):
            blocks.append(self._conditions(part, start, first, total))
            blocks.append(self._bounds_of_values(part, first, total))
            limits += [np.zeros(block.shape[0]) for block in blocks[-2:]]
            first += pairs * len(part.prices)
        walls, heights = self._walls(total)
        objective = np.zeros(total)
        objective[self.n * self.count] = 1.0
        try:
            x = maximise(
                objective,
                vstack([*blocks, walls]),
                np.concatenate([*limits, heights]),
                bounds=self._ranges(total),
            ).point
        except ProgramError:
            return None
        moved = []
        for plan, start in zip(self.plans, self.starts, strict=True):
            middle = start + plan.points.size
            end = middle + plan.matrix.size
            moved.append(_moved(plan, x[start:middle], x[middle:end]))
        return x[: self.n * self.count].reshape(self.n, self.count), moved

    def _part(self, plan: Plan, cells: Cells) -> _Part:
        boundary = self.boundary
        samples = boundary.samples(plan.points, cells)
        beta = weights_of(cells, plan.matrix)
        inward, doubt = boundary.inward(samples, beta)
        ratios = inward / doubt[:, None]
        ratios[:, list(plan.banned)] = -np.inf
        by_gap = samples.gaps / 2 > ratios
        slopes = self._slopes(plan, cells, by_gap)
        at, outcome = np.nonzero(np.maximum(samples.gaps / 2, ratios) < 4 * self.radius + 0.1)
        gap = by_gap[at, outcome]
        rows = np.zeros((len(at), self.n, self.count))
        places = np.arange(len(at))
        planner = (beta.mean(axis=1, keepdims=True) - beta)[samples.cell[at]] * samples.prices[at]
        rows[places, :, outcome] = np.where(gap[:, None], -samples.prices[at], planner)
        # where the outcome itself is best the condition by the gap cannot hold: nothing to add
        better = samples.gaps.argmin(axis=1)[at]
        rows[places[gap], :, better[gap]] += samples.prices[at[gap]]
        gammas = (beta @ boundary.shares.T)[samples.cell]
        return _Part(
            rows=rows.reshape(len(at), -1),
            slopes=slopes[at, outcome],
            gammas=np.where(gap[:, None], 0.0, gammas[at]),
            doubt=np.where(gap, 2.0, doubt[at]),
            sample=at.astype(np.int64),
            prices=samples.prices,
            weights=gammas,
        )

    def _slopes(self, plan: Plan, cells: Cells, by_gap: NDArray[np.bool_]) -> FloatArray:
        """Return derivatives of all slacks in the region's vertices and map, by differences."""

        def slack(steps: FloatArray) -> FloatArray:
            near = _moved(plan, steps[: plan.points.size], steps[plan.points.size :])
            turned = Cells(cells.indices, inner_normals(near.points, cells.indices))
            samples = self.boundary.samples(near.points, turned)
            inward, doubt = self.boundary.inward(samples, weights_of(turned, near.matrix))
            return np.where(by_gap, samples.gaps, inward - self.radius * doubt[:, None])

        size = plan.points.size + plan.matrix.size
        base = slack(np.zeros(size))
        return np.stack(
            [(slack(step) - base) / _DIFFERENCE for step in _DIFFERENCE * np.eye(size)], axis=-1
        )

    def _conditions(self, part: _Part, start: int, first: int, total: int) -> csr_matrix:
        k, pairs = part.gammas.shape
        rows = np.zeros((k, total))
        rows[:, : self.n * self.count] = -part.rows
        rows[:, self.n * self.count] = part.doubt
        rows[:, start : start + part.slopes.shape[1]] = -part.slopes
        columns = first + pairs * part.sample[:, None] + np.arange(pairs)
        rows[np.arange(k)[:, None], columns] = -part.gammas
        return csr_matrix(rows)

    def _bounds_of_values(self, part: _Part, first: int, total: int) -> csr_matrix:
        """Return rows ``value ≤ (x M)_c`` or ``value ≥ (M y)_r`` for the strategies there."""
        threats = self.boundary.problem.threats
        full = (1 << self.n) - 1
        data, places, lines = [], [], []
        line = 0
        for s, prices in enumerate(part.prices):
            threats.scaled_at(prices)
            for k, pair in enumerate(self.boundary.pairs):
                below = part.weights[s, k] >= 0
                strategy = threats.strategy(pair if below else full ^ pair)
                grid = self.grids[k].T if below else self.grids[k]
                used = np.flatnonzero(strategy)
                sign = 1.0 if below else -1.0
                slopes = -sign * np.outer(self.signs[k] * prices, strategy[used])
                for outcomes in grid[:, used]:
                    columns = np.arange(self.n)[:, None] * self.count + outcomes
                    data.append(np.append(slopes.ravel(), sign))
                    value = first + len(self.boundary.pairs) * s + k
                    places.append(np.append(columns.ravel(), value))
                    lines.append(np.full(len(data[-1]), line))
                    line += 1
        entries = (np.concatenate(data), (np.concatenate(lines), np.concatenate(places)))
        return csr_matrix(entries, shape=(line, total))

    def _walls(self, total: int) -> tuple[csr_matrix, FloatArray]:
        """Return rows that keep prices positive and regions apart."""
        rows, heights = [], []

        def keep(number: int, normal: FloatArray, level: float) -> None:
            axes = _axes(self.plans[number])
            for k, point in enumerate(self.plans[number].points):
                row = np.zeros(total)
                start = self.starts[number] + k * self.d
                row[start : start + self.d] = normal @ axes
                rows.append(row)
                heights.append(level - float(normal @ point))

        for number, plan in enumerate(self.plans):
            keep(number, np.ones(self.d), 1 - 2 * LEAST_PRICE)
            for i in range(self.d):
                keep(number, -np.eye(self.d)[i], -2 * LEAST_PRICE)
            for other in range(number):
                wall = between(plan.points, self.plans[other].points)
                if wall is not None:
                    normal, level = wall
                    keep(number, normal, level - 0.51 * APART)
                    keep(other, -normal, -level - 0.51 * APART)
        return csr_matrix(np.array(rows)), np.array(heights)

    def _ranges(self, total: int) -> list[tuple[float | None, float | None]]:
        """Return bounds of the variables: the trust region, and payoffs from 0 to 1."""
        low = np.full(total, -np.inf)
        high = np.full(total, np.inf)
        payoffs = self.boundary.payoffs
        size = payoffs.size
        # changes of the size of the radius move a zero by about the size of its region
        change = _PAYOFFS * self.reach * self.radius
        low[:size] = np.maximum(payoffs - change, 0.0).ravel()
        high[:size] = np.minimum(payoffs + change, 1.0).ravel()
        # units must stay: everyone's least and largest payoffs keep their places
        for i, row in enumerate(payoffs):
            if row.max() > row.min():
                for o in (int(row.argmin()), int(row.argmax())):
                    low[i * self.count + o] = high[i * self.count + o] = row[o]
        low[size] = 0.0
        for plan, start in zip(self.plans, self.starts, strict=True):
            end = start + plan.points.size + plan.matrix.size
            low[start:end], high[start:end] = -self.reach, self.reach
        return [
            (None if a == -np.inf else float(a), None if b == np.inf else float(b))
            for a, b in zip(low, high, strict=True)
        ]


def _axes(plan: Plan) -> FloatArray:
    """Return the matrix that maps a round polytope to one of the region's shape."""
    return principal_root(np.cov(plan.points.T, bias=True).reshape(plan.matrix.shape))


def _moved(plan: Plan, steps: FloatArray, turn: FloatArray) -> Plan:
    """Return the region with vertices and map changed, in units of its own shape."""
    axes = _axes(plan)
    points = plan.points + steps.reshape(plan.points.shape) @ axes.T
    change = np.eye(len(axes)) + turn.reshape(axes.shape)
    matrix = axes @ change @ np.linalg.solve(axes, plan.matrix)
    return replace(plan, points=points, matrix=matrix)


def _grid(actions: tuple[int, ...], pair: int) -> NDArray[np.int64]:
    """Return the outcome at every row and column of a pair's threat game."""
    n = len(actions)
    inside = [i for i in range(n) if pair >> i & 1]
    outside = [i for i in range(n) if not pair >> i & 1]
    numbers = np.arange(int(np.prod(actions)), dtype=np.int64).reshape(actions)
    rows = int(np.prod([actions[i] for i in inside]))
    return numbers.transpose(inside + outside).reshape(rows, -1)
