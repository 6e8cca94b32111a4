"""Values and solutions of special cases by textbook methods."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq, linprog, minimize


def zero_sum_value(matrix):
    """Value of a matrix game by the textbook linear program of the row player."""
    m, n = matrix.shape
    result = linprog(
        [*np.zeros(m), -1.0],
        A_ub=np.hstack([-matrix.T, np.ones((n, 1))]),
        b_ub=np.zeros(n),
        A_eq=[[*np.ones(m), 0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * m + [(None, None)],
        method="highs",
    )
    return -result.fun


def variable_threat_solution(game):
    """Nash (1953): bisect on the price ratio, one linear program per step.

    At prices (t, 1-t) player 0 is owed φ_0 = (v + h)/2 with v the value of t U_0 - (1-t) U_1. The
    excess φ_0 - t u_0 changes sign once; payoffs are φ / prices there.
    """
    U0, U1 = game.payoffs

    def owed(t):
        v = zero_sum_value(t * U0 - (1 - t) * U1)
        h = (t * U0 + (1 - t) * U1).max()
        return np.array([(h + v) / 2, (h - v) / 2])

    def excess(t):
        total = t * U0 + (1 - t) * U1
        best = np.unravel_index(np.argmax(total), total.shape)
        return owed(t)[0] - t * U0[best]

    t = brentq(excess, 1e-9, 1 - 1e-9, xtol=1e-15, rtol=1e-14, maxiter=500)
    return owed(t) / np.array([t, 1 - t])


def nash_bargaining_solution(points, disagreement):
    """Maximise Σ log(u_i - d_i) over the hull of points and disagreement (F3): a convex program."""
    corners = np.vstack([points, disagreement])

    def loss(weights):
        return -np.log(np.maximum(weights @ corners - disagreement, 1e-300)).sum()

    def slope(weights):
        gains = np.maximum(weights @ corners - disagreement, 1e-300)
        return -(corners - disagreement) @ (1 / gains)

    k = len(corners)
    best = minimize(
        loss,
        np.ones(k) / k,
        jac=slope,
        bounds=[(0, 1)] * k,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": lambda w: np.ones(k)},
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    return best.x @ corners
