"""Existence of equilibria decided by a global solver (facts page, "Computing").

The whole definition as one feasibility problem, bilinear in normalised prices and strategies, for
SCIP. It is decided within tolerances and proves nothing exactly. The point that SCIP returns is
judged anew by `definition_residual`. Nothing here is imported from the package.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import os
import tempfile
import time
from dataclasses import dataclass

import numpy as np
from pyscipopt import SCIP_PARAMSETTING, Model, quicksum

FEASIBILITY_TOLERANCE = 1e-8  # of SCIP, for every row of the problem
ACCEPTED_RESIDUAL = 1e-7  # of a point of SCIP under the definition


@dataclass(frozen=True)
class ScipAnswer:
    """What SCIP says about equilibria with all normalised prices at least the floor.

    Attributes
    ----------
    status : "feasible", "infeasible" or "unknown"
        "unknown" when time runs out or the point found fails the definition.
    prices : array of shape (n,) or None
        Normalised prices ``b``, with sum 1.
    payoffs : array of shape (n,) or None
        ``u^N`` in scaled units.
    residual : float or None
        Largest violation of the definition at the point.
    seconds : float
    """

    status: str
    prices: np.ndarray | None
    payoffs: np.ndarray | None
    residual: float | None
    seconds: float


@dataclass(frozen=True)
class Problem:
    """The feasibility problem: SCIP's model and the variables that make up a claim."""

    model: Model
    prices: list
    fights: dict  # coalition containing player 0 -> (row strategy, column strategy)
    grand: list


def scip_decides(game, concept, floor=1e-3, time_limit=60.0):
    """Decide whether `game` has an equilibrium with normalised prices of at least `floor`.

    Parameters
    ----------
    game : StrategicGame
        Only its scaled payoffs are read.
    concept : "coco" or "coalition-perfect"
    floor : float
    time_limit : float
        Seconds of the processor, so that the answer does not depend on what else is running.

    Returns
    -------
    ScipAnswer
    """
    scaled = np.asarray(game.scaled, dtype=float)
    started = time.perf_counter()
    problem = feasibility_problem(scaled, concept, floor)
    model = problem.model
    model.setParam("timing/clocktype", 1)
    model.setParam("limits/time", time_limit)
    model.setParam("numerics/feastol", FEASIBILITY_TOLERANCE)
    # found by trial: branching decides these problems ten times faster without the overheads
    model.setHeuristics(SCIP_PARAMSETTING.OFF)
    model.setPresolve(SCIP_PARAMSETTING.FAST)
    model.setParam("propagating/obbt/freq", -1)
    with muted_errors():
        model.optimize()
    seconds = time.perf_counter() - started
    if model.getNSols() == 0:
        status = "infeasible" if model.getStatus() == "infeasible" else "unknown"
        return ScipAnswer(status, None, None, None, seconds)

    def read(variables):
        values = np.maximum([model.getVal(variable) for variable in variables], 0)
        return values / values.sum()

    prices, grand = read(problem.prices), read(problem.grand)
    fights = {R: (read(x), read(y)) for R, (x, y) in problem.fights.items()}
    residual = definition_residual(scaled, concept, prices, fights, grand)
    status = "feasible" if residual <= ACCEPTED_RESIDUAL else "unknown"
    payoffs = scaled.reshape(len(scaled), -1) @ grand
    return ScipAnswer(status, prices, payoffs, residual, seconds)


@contextlib.contextmanager
def muted_errors():
    """Hide SoPlex's remarks about tolerances, which it writes past Python."""
    saved = os.dup(2)
    with tempfile.TemporaryFile() as elsewhere:
        os.dup2(elsewhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def feasibility_problem(scaled, concept, floor):
    """Build the problem: prices times strategies, and strategies times strategies, as variables."""
    model = Model()
    model.hideOutput()
    n = len(scaled)
    everyone = tuple(range(n))
    prices = [model.addVar(lb=floor, ub=1 - (n - 1) * floor) for _ in everyone]
    model.addCons(quicksum(prices) == 1)
    V = scaled.reshape(n, -1)
    grand = distribution(model, V.shape[1])
    paid = priced_payoffs(V, products_of(model, prices, grand))
    worth = quicksum(paid)
    for o in range(V.shape[1]):
        model.addCons(worth >= quicksum(prices[i] * V[i, o] for i in everyone))
    values, earned = {everyone: worth}, {everyone: paid}
    fights = {}
    for R in threat_pairs(n):
        rest = tuple(i for i in everyone if i not in R)
        V_R = fight_payoffs(scaled, R)
        signs = [1 if i in R else -1 for i in everyone]
        x, y = distribution(model, V_R.shape[1]), distribution(model, V_R.shape[2])
        fights[R] = (x, y)
        values[R] = saddle_point(model, signs, prices, V_R, x, y)
        values[rest] = -values[R]
        if concept == "coalition-perfect":
            earned[R] = earned[rest] = fight_earnings(model, prices, V_R, x, y)
            own = quicksum(sign * z for sign, z in zip(signs, earned[R], strict=True))
            model.addCons(own == values[R])
    for i in everyone:
        owed = quicksum(division_weight(R, n) * values[R] for R in values if i in R)
        model.addCons(owed == paid[i])
    if concept == "coalition-perfect":
        for S in coalitions_of(everyone):
            first, *others = [quicksum(signed_earnings(earned, S, i)) for i in S]
            for other in others:
                model.addCons(first == other)
    return Problem(model, prices, fights, grand)


def distribution(model, size):
    """Probabilities."""
    probabilities = [model.addVar(lb=0, ub=1) for _ in range(size)]
    model.addCons(quicksum(probabilities) == 1)
    return probabilities


def products_of(model, left, right):
    """Variables ``l r`` of numbers that sum to 1 on each side.

    Their sums are said too, which tightens the relaxation.
    """
    products = [[model.addVar(lb=0, ub=1) for _ in right] for _ in left]
    for one, row in zip(left, products, strict=True):
        model.addCons(quicksum(row) == one)
        for product, other in zip(row, right, strict=True):
            model.addCons(product == one * other)
    for column, other in zip(zip(*products, strict=True), right, strict=True):
        model.addCons(quicksum(column) == other)
    return products


def priced_payoffs(V, products):
    """``b_i u_i`` as sums of ``b_i x_o``."""
    return [
        quicksum(V_i[o] * product for o, product in enumerate(row))
        for V_i, row in zip(V, products, strict=True)
    ]


def saddle_point(model, signs, prices, V_R, x, y):
    """Make ``(x, y)`` a saddle point of ``Σ_i sign_i b_i V_i``; return the value."""
    value = model.addVar(lb=-1, ub=1)
    for strategy, axis in [(x, 2), (y, 1)]:
        products = products_of(model, prices, strategy)
        for reply in range(V_R.shape[axis]):
            against = V_R.take(reply, axis=axis)  # (n, |strategy|)
            pays = quicksum(
                sign * earns
                for sign, earns in zip(signs, priced_payoffs(against, products), strict=True)
            )
            model.addCons(pays >= value if strategy is x else pays <= value)
    return value


def fight_earnings(model, prices, V_R, x, y):
    """Variables ``z_i = b_i u_i`` with ``u_i = Σ x_r y_c V_i(r, c)``."""
    flat = [w for row in products_of(model, x, y) for w in row]
    earned = []
    for price, V_i in zip(prices, V_R, strict=True):
        u, z = model.addVar(lb=0, ub=1), model.addVar(lb=0, ub=1)
        model.addCons(u == quicksum(p * w for p, w in zip(V_i.ravel(), flat, strict=True)))
        model.addCons(z == price * u)
        earned.append(z)
    return earned


def signed_earnings(earned, S, i):
    """The terms of the dividend ``b_i w^S_i = Σ_{R⊆S, i∈R} (-1)^{|S|-|R|} z^R_i``."""
    return [(-1) ** (len(S) - len(R)) * earned[R][i] for R in coalitions_of(S) if i in R]


def division_weight(R, n):
    """``(|R|-1)! (n-|R|)! / n!``."""
    return math.factorial(len(R) - 1) * math.factorial(n - len(R)) / math.factorial(n)


def coalitions_of(players):
    """Non-empty coalitions as tuples, small ones first."""
    players = tuple(players)
    return [S for k in range(1, len(players) + 1) for S in itertools.combinations(players, k)]


def threat_pairs(n):
    """The coalitions that contain player 0, without N: one of each pair of opponents."""
    return [S for S in coalitions_of(range(n)) if 0 in S and len(S) < n]


def fight_payoffs(scaled, R):
    """Scaled payoffs as matrices, rows joint actions of R: shape (n, |A_R|, |A_R̄|)."""
    n = len(scaled)
    rest = tuple(i for i in range(n) if i not in R)
    rows = math.prod(scaled.shape[1 + i] for i in R)
    return scaled.transpose(0, *(1 + i for i in (*R, *rest))).reshape(n, rows, -1)


def definition_residual(scaled, concept, prices, fights, grand):
    """Largest of `violations`."""
    return max(violations(scaled, concept, prices, fights, grand).values())


def violations(scaled, concept, prices, fights, grand):
    """Violations of conditions 1, 3 and 4 (facts page, "Concepts"), written out.

    Parameters
    ----------
    scaled : array of shape (n, m_0, ..., m_{n-1})
        Scaled payoffs.
    concept : "coco" or "coalition-perfect"
    prices : array of shape (n,)
        Normalised.
    fights : dict from coalitions containing player 0 to pairs of strategies
    grand : array of shape (number of outcomes,)
        The strategy of the grand coalition.

    Returns
    -------
    dict
        The largest under "pareto", "threats" and "division".
    """
    n = len(scaled)
    everyone = tuple(range(n))
    V = scaled.reshape(n, -1)
    payoffs = V @ grand
    regrets = [0.0]
    u = {everyone: payoffs}
    for R, (x, y) in fights.items():
        V_R = fight_payoffs(scaled, R)
        signs = np.array([1 if i in R else -1 for i in everyone])
        M = np.tensordot(signs * prices, V_R, 1)
        value = x @ M @ y
        regrets += [(M @ y).max() - value, value - (x @ M).min()]
        rest = tuple(i for i in everyone if i not in R)
        u[R] = u[rest] = np.array([x @ V_i @ y for V_i in V_R])
    unequal = []
    for i in everyone:
        owed = sum(
            division_weight(R, n)
            * sum(prices[j] * u[R][j] * (1 if j in R else -1) for j in everyone)
            for R in u
            if i in R
        )
        unequal.append(abs(owed - prices[i] * payoffs[i]))
    if concept == "coalition-perfect":
        earned = {R: prices * u_R for R, u_R in u.items()}
        for S in coalitions_of(everyone):
            dividends = [sum(signed_earnings(earned, S, i)) for i in S]
            unequal.append(max(dividends) - min(dividends))
    return {
        "pareto": float((prices @ V).max() - prices @ payoffs),
        "threats": float(max(regrets)),
        "division": float(max(unequal)),
    }
