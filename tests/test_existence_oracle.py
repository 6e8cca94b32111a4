"""`exists` against SCIP, and `enumerate_equilibria` against a scan of the prices.

The oracles decide within tolerances, the package claims proofs: a contradiction is a bug of one of
them. "undecided" and "unknown" contradict nothing, but must be rare.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from existence_cases import comparison_cases
from grid_oracle import grid_equilibria
from scip_oracle import definition_residual, scip_decides, threat_pairs
from scipy.optimize import nnls

from harsanyi_aux import random_game
from harsanyi_aux.enumerate import enumerate_equilibria
from harsanyi_aux.existence import exists

CONCEPTS = ["coco", "coalition-perfect"]
FLOOR = Fraction(1, 1000)  # of normalised prices
SAME_PRICES = 1e-6


def normalised(game, prices):
    weights = np.array(prices, dtype=float) * game.ranges
    return weights / weights.sum(axis=-1, keepdims=True)


def residual_of(game, concept, equilibrium):
    """The definition as the oracle writes it, at an equilibrium of the package."""
    n = game.n_players

    def strategy(S):
        return np.array(equilibrium.strategies[S], dtype=float).ravel()

    fights = {R: (strategy(R), strategy(set(range(n)) - set(R))) for R in threat_pairs(n)}
    prices = normalised(game, equilibrium.prices)
    return definition_residual(game.scaled, concept, prices, fights, strategy(range(n)))


def decided_alike(case, concept):
    """Fail if `exists` and SCIP contradict each other; return whether both decided."""
    ours = exists(case.game, concept=concept, price_floor=FLOOR, time_limit=60)
    scip = scip_decides(case.game, concept, floor=float(FLOOR), time_limit=60)
    if ours.status == "exists":
        assert residual_of(case.game, concept, ours.equilibrium) <= 1e-9, case.name
        if normalised(case.game, ours.equilibrium.prices).min() >= FLOOR:
            assert scip.status != "infeasible", case.name
    if ours.status == "refuted":
        assert scip.status != "feasible", (case.name, scip)
    if case.kind == "designed":
        assert ours.status != "refuted", case.name
        assert scip.status != "infeasible", case.name
    return ours.status != "undecided" and scip.status != "unknown"


@pytest.mark.parametrize("concept", CONCEPTS)
def test_existence_agrees_on_a_few_games(concept):
    # one of every shape; doubles near a tie, as in the degenerate one, may remain undecided
    cases = comparison_cases(concept, 9)
    assert decided_alike(cases[0], concept)
    decided_alike(cases[4], concept)
    assert decided_alike(cases[8], concept)


@pytest.mark.slow
@pytest.mark.parametrize("concept", CONCEPTS)
def test_existence_agrees(concept):
    decided = [decided_alike(case, concept) for case in comparison_cases(concept, 200)]
    assert sum(decided) >= 0.95 * len(decided)


def listed(enumeration, prices):
    """Whether a price is among the equilibria, in a set of them or in an undecided cell."""
    game = enumeration.game
    for equilibrium in enumeration.proper:
        if np.abs(normalised(game, equilibrium.prices) - prices).max() <= SAME_PRICES:
            return True
    for many in enumeration.sets:
        corners = normalised(game, many.prices)
        if nnls(np.vstack([corners.T, np.ones(len(corners))]), np.append(prices, 1))[1] <= 1e-6:
            return True
    return any(
        np.abs(cell.center - prices).max() <= cell.diameter for cell in enumeration.undecided
    )


def scanned_alike(game):
    """Fail if the scan finds what the list lacks; return whether it also misses nothing."""
    enumeration = enumerate_equilibria(game, price_floor=FLOOR, time_limit=120)
    scan = grid_equilibria(game, floor=float(FLOOR))
    for point in scan.equilibria:
        assert listed(enumeration, point.prices), (game.title, point)
    above = [
        e for e in enumeration.proper if normalised(game, e.prices).min() > float(FLOOR) * 1.01
    ]
    return enumeration.complete and len(above) == len(scan.equilibria)


def generic_games(count):
    """Random games of two shapes in turn; with payoffs in general position there are no sets."""
    shapes = [(2, 2, 2), (3, 3, 3)]
    return [random_game("uniform", shapes[k % 2], 1000 + k) for k in range(count)]


@pytest.mark.parametrize("game", generic_games(6), ids=lambda game: game.title)
def test_a_scan_finds_nothing_else(game):
    assert scanned_alike(game)


@pytest.mark.slow
def test_scans_find_nothing_else():
    alike = [scanned_alike(game) for game in generic_games(100)]
    assert sum(alike) >= 95


def test_a_scan_finds_no_other_equilibrium_of_designed_games():
    # several equilibria, some of them close to each other
    for case in comparison_cases("coco", 9):
        if case.kind == "designed":
            scanned_alike(case.game)
