"""Payoffs that enlarge the radius of a robust example, by linear programs.

With the regions, their maps and the strategies at samples of their boundaries held fixed, all
conditions of ``docs/certificates.md``, "Robust examples", are linear in the payoffs and the radius.
So a linear program finds better payoffs; then regions and strategies are renewed, and so on. The
radius never falls. What is found is a proposal, as in `harsanyi_aux.search.regions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix, vstack

from harsanyi_aux.arrays import FloatArray
from harsanyi_aux.game import StrategicGame
from harsanyi_aux.search.regions import (
    Boundary,
    Plan,
    boundary_cells,
    improve_region,
    planned,
    separated,
    weights_of,
)

#: Called with the round and the radius.
Progress = Callable[[int, float], None]

# A round that gains less than this share of the radius, this often in a row, is the last.
_GAIN = 3e-3
_PATIENCE = 3


def ascend(
    game: StrategicGame,
    plans: Sequence[Plan],
    *,
    rounds: int = 40,
    evaluations: int = 60,
    progress: Progress | None = None,
) -> tuple[StrategicGame, tuple[Plan, ...]]:
    """Return a game in which the regions have a larger radius, and its regions.

    Parameters
    ----------
    game : StrategicGame
    plans : sequence of Plan
        Regions of `game`.
    rounds : int, optional
        Linear programs at most.
    evaluations : int, optional
        For the shape of each region, in every round.
    progress : callable, optional

    Returns
    -------
    game, plans
        Payoffs in doubles from 0 to 1; the given ones where nothing better was found.
    """
    best, kept = game, tuple(plans)
    radius = min(plan.radius for plan in kept)
    idle = 0
    for number in range(rounds):
        payoffs = better_payoffs(Boundary(best), kept)
        if payoffs is None:
            break
        shape = (best.n_players, *best.actions)
        candidate = StrategicGame.from_arrays(*payoffs.reshape(shape), title=best.title)
        boundary = Boundary(candidate)
        moved = _renewed(boundary, kept, evaluations)
        if moved is None:
            break
        reached = min(plan.radius for plan in moved)
        if reached <= radius:
            break
        idle = idle + 1 if reached < radius * (1 + _GAIN) else 0
        best, kept, radius = candidate, moved, reached
        if progress is not None:
            progress(number, radius)
        if idle >= _PATIENCE:
            break
    return best, kept


def _renewed(
    boundary: Boundary, plans: Sequence[Plan], evaluations: int
) -> tuple[Plan, ...] | None:
    """Return the regions in another game, improved one after the other and still apart."""
    found: list[Plan] = []
    for number, plan in enumerate(plans):
        again = planned(boundary, plan.points, plan.matrix)
        if again is None:
            return None
        rivals = [other.points for other in (*found, *plans[number + 1 :])]

        def allowed(points: FloatArray, rivals: Sequence[FloatArray] = rivals) -> bool:
            return all(separated(points, rival) for rival in rivals)

        found.append(improve_region(boundary, again, allowed, evaluations=evaluations))
    return tuple(found)


def better_payoffs(boundary: Boundary, plans: Sequence[Plan]) -> FloatArray | None:
    """Return scaled payoffs (n, outcomes) with the largest radius for the regions as they are.

    None where the linear program fails.
    """
    n, count = boundary.payoffs.shape
    blocks, columns = [], n * count + 1
    for plan in plans:
        cells = boundary_cells(plan.points)
        if cells is None:
            return None
        samples = boundary.samples(plan.points, cells)
        beta = weights_of(cells, plan.matrix)
        doubt = boundary.doubt(samples, beta)
        inward = np.einsum("sn,son->so", beta[samples.cell], samples.excess)
        by_gap = samples.gaps / 2 > inward / doubt[:, None]
        gammas = beta @ boundary.shares.T
        planner = beta.mean(axis=1, keepdims=True) - beta
        for s, prices in enumerate(samples.prices):
            cell = samples.cell[s]
            base = _planner_rows(
                prices, planner[cell] * prices, doubt[s], by_gap[s], int(samples.gaps[s].argmin())
            )
            blocks.append((s, base, gammas[cell], prices, ~by_gap[s]))
        del s
    return _solve(boundary, blocks, columns)


def _planner_rows(
    prices: FloatArray, shares: FloatArray, doubt: float, by_gap: np.ndarray, best: int
) -> FloatArray:
    """Return the rows ``… ≤ 0`` of one sample in payoffs and radius, one for each outcome."""
    n, count = len(prices), len(by_gap)
    rows = np.zeros((count, n, count))
    radius = np.zeros(count)
    for o in range(count):
        if by_gap[o]:
            rows[o, :, o] += prices
            rows[o, :, best] -= prices
            radius[o] = 2.0
        else:
            rows[o, :, o] = -shares
            radius[o] = doubt
    return np.concatenate([rows.reshape(count, n * count), radius[:, None]], axis=1)


def _solve(boundary, blocks, columns) -> FloatArray | None:
    n, count = boundary.payoffs.shape
    full = (1 << n) - 1
    grids = [_grid(boundary.game.actions, pair) for pair in boundary.pairs]
    signs = [np.array([1.0 if p >> i & 1 else -1.0 for i in range(n)]) for p in boundary.pairs]
    pairs = len(boundary.pairs)
    total = columns + pairs * len(blocks)
    parts = []
    for number, (_, base, gammas, prices, weighed) in enumerate(blocks):
        boundary.problem.threats.scaled_at(prices)
        rows = np.zeros((len(base), total))
        rows[:, :columns] = base
        start = columns + pairs * number
        rows[np.flatnonzero(weighed)[:, None], np.arange(start, start + pairs)] = -gammas
        parts.append(csr_matrix(rows))
        for k, pair in enumerate(boundary.pairs):
            grid, weights = grids[k], signs[k] * prices
            if gammas[k] >= 0:
                strategy, worth = boundary.problem.threats.strategy(pair), grid.T
            else:
                strategy, worth = boundary.problem.threats.strategy(full ^ pair), grid
            # value <= (x M)_c for every column, or value >= (M y)_r for every row
            sign = 1.0 if gammas[k] >= 0 else -1.0
            bounds = np.zeros((len(worth), total))
            for line, outcomes in enumerate(worth):
                for i in range(n):
                    bounds[line, i * count + outcomes] -= sign * weights[i] * strategy
            bounds[:, start + k] = sign
            parts.append(csr_matrix(bounds))
    costs = np.zeros(total)
    costs[columns - 1] = -1.0
    table = vstack(parts)
    limits: list[tuple[float | None, float | None]]
    limits = [(0, 1)] * (n * count) + [(0, None)] + [(None, None)] * (total - columns)
    # units must stay: someone's least and largest payoffs keep their places
    for i, row in enumerate(boundary.payoffs):
        if row.max() > row.min():
            limits[i * count + int(row.argmin())] = (0, 0)
            limits[i * count + int(row.argmax())] = (1, 1)
    result = linprog(
        costs, A_ub=table, b_ub=np.zeros(table.shape[0]), bounds=limits, method="highs"
    )
    if result.status != 0:
        return None
    return np.asarray(result.x[: n * count]).reshape(n, count)


def _grid(actions: tuple[int, ...], pair: int) -> np.ndarray:
    """Return the outcome at every row and column of a pair's threat game."""
    n = len(actions)
    inside = [i for i in range(n) if pair >> i & 1]
    outside = [i for i in range(n) if not pair >> i & 1]
    numbers = np.arange(int(np.prod(actions))).reshape(actions)
    rows = int(np.prod([actions[i] for i in inside]))
    return numbers.transpose(inside + outside).reshape(rows, -1)
