"""Newton's method on the active set: from approximate prices to machine precision.

Near a solution the outcomes the planner mixes are fixed, each threat game has a fixed support and
``φ(v_a) = J a + h(a)/n`` with ``J`` as on the facts page, F5. Unknown are the prices, the planner's
weights and ``h``; the equations say that everyone gets what is owed and that all active outcomes
earn ``h``. The system may be singular (continua of prices, equal outcomes), so steps are
least-squares steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harsanyi_aux.numbers.arrays import FloatArray
from harsanyi_aux.numbers.programs import nonnegative_fit
from harsanyi_aux.prices.problem import Evaluation, PriceProblem

_STEPS = 30
_CONVERGED = 1e-15
_PATIENCE = 6


@dataclass(frozen=True)
class PricePoint:
    """Prices with a planner's mixture, and how well they solve the price problem.

    Attributes
    ----------
    prices : (n,) normalised
    mixture : (k,) the planner's strategy: weights of its points
    residual : float
        Largest of ``|E_i|`` and the planner's regret.
    """

    prices: FloatArray
    mixture: FloatArray
    residual: float


def fit_mixture(
    problem: PriceProblem, at: Evaluation, candidates: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> FloatArray:
    """Return the mixture of candidate points that comes nearest to paying what is owed.

    Non-negative least squares with a heavy row for the sum; the answer uses few of them.
    """
    heavy = 100.0
    worth = at.prices[:, None] * problem.planner.points[:, candidates]
    still_owed = at.owed if at.smooth is None else at.owed - at.prices * at.smooth.point
    weights, _ = nonnegative_fit(
        np.vstack([worth, heavy * np.ones(len(candidates))]), np.concatenate([still_owed, [heavy]])
    )
    mixture = np.zeros(problem.planner.points.shape[1])
    total = weights.sum()
    mixture[candidates] = weights / total if total > 0 else 1.0 / len(candidates)
    return mixture


def assess(problem: PriceProblem, at: Evaluation, mixture: FloatArray) -> PricePoint:
    """Measure how well prices and mixture solve the price problem."""
    regret = float(at.earned.max() - at.earned @ mixture)
    excess = problem.excess(at, mixture)
    return PricePoint(at.prices, mixture, max(regret, float(np.abs(excess).max())))


def polish(problem: PriceProblem, prices: FloatArray, near: float) -> PricePoint:
    """Improve approximate prices by Newton steps on the active set.

    Parameters
    ----------
    problem : PriceProblem
    prices : array of shape (n,)
        Normalised; prices that are zero stay zero.
    near : float
        Outcomes within this of earning ``h(a)`` may become active at first; as the residual
        falls, fewer may.

    Returns
    -------
    PricePoint
        The best point met; its residual says how good it is.
    """
    at = problem.evaluate(prices)
    best: PricePoint | None = None
    mixture: FloatArray | None = None
    unimproved = 0
    for _ in range(_STEPS):
        candidates = np.flatnonzero(at.slack <= near)
        fitted = fit_mixture(problem, at, candidates)
        point = assess(problem, at, fitted)
        if mixture is not None:
            point = min(point, assess(problem, at, mixture), key=lambda p: p.residual)
        unimproved += 1
        if best is None or point.residual < best.residual:
            best = point
            unimproved = 0
        if point.residual <= _CONVERGED or unimproved > _PATIENCE:
            break
        near = min(near, max(100 * point.residual, 1e-13))
        step = _newton_step(problem, at, fitted)
        if step is None:
            break
        moved, mixture = step
        change = float(np.abs(moved - at.prices).max())
        at = problem.evaluate(moved)
        if change <= 1e-16:
            break
    assert best is not None  # the loop runs at least once
    return best


def _newton_step(
    problem: PriceProblem, at: Evaluation, mixture: FloatArray
) -> tuple[FloatArray, FloatArray | None] | None:
    """Return the next prices, and the next mixture where it is one; None if nothing moves."""
    n = problem.n
    active = np.flatnonzero(mixture > 1e-12)
    k = len(active)
    free = np.flatnonzero(at.prices > 0)
    chosen = problem.planner.points[:, active]
    system = np.zeros((n + k + 2, len(free) + k + 1))
    right = np.zeros(n + k + 2)
    jacobian = problem.threat_jacobian(at)
    jacobian[np.arange(n), np.arange(n)] -= problem.payoffs(at, mixture)
    if at.smooth is not None:
        # v(N) = h + a·s(a), and a∘s(a) is paid: both vary with the prices
        vary = at.smooth.jacobian
        jacobian += (at.smooth.point + at.prices @ vary)[None, :] / n - at.prices[:, None] * vary
        drift = vary @ at.prices
        right[:n] = at.prices @ drift / n - at.prices * drift
    system[:n, : len(free)] = jacobian[:, free]
    system[:n, len(free) : -1] = -at.prices[:, None] * chosen
    system[:n, -1] = 1.0 / n
    right[:n] -= at.prices * (problem.planner.points @ mixture)
    system[n : n + k, : len(free)] = chosen[free].T
    system[n : n + k, -1] = -1.0
    system[n + k, len(free) : -1] = 1.0
    right[n + k] = 1.0
    system[n + k + 1, : len(free)] = 1.0
    right[n + k + 1] = 1.0
    # Solve for the change, so that on a continuum the nearest solution is taken.
    current = np.concatenate([at.prices[free], mixture[active], [at.earned.max()]])
    change = np.linalg.lstsq(system, right - system @ current, rcond=1e-12)[0]
    if not np.isfinite(change).all():
        return None
    towards = change[: len(free)]
    shrinking = towards < 0
    length = 1.0
    if shrinking.any():
        length = min(1.0, 0.9 * float((at.prices[free][shrinking] / -towards[shrinking]).min()))
    prices = np.zeros(n)
    prices[free] = at.prices[free] + length * towards
    prices /= prices.sum()
    weights = mixture[active] + change[len(free) : -1]
    if length < 1.0 or weights.min() < -1e-9:
        return prices, None
    moved = np.zeros_like(mixture)
    moved[active] = np.maximum(weights, 0.0)
    return prices, moved / moved.sum()
