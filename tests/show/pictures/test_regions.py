"""The price triangle against borders and defects that can be computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from equivariance import rescale

from harsanyi_aux import StrategicGame, load_game, solve, verify
from harsanyi_aux.equilibria.survey import normalised_prices
from harsanyi_aux.prices.threats import ThreatGames
from harsanyi_aux.show.pictures.prices import _joined
from harsanyi_aux.show.pictures.regions import _pair_defect, chart

NAU = "catalog:journals/ijgt/nau2004/sec4"
STEPS = 24
FINE = 1e-3  # the grid's step, 1/24, halved five times


def unanimity() -> StrategicGame:
    """Everyone gets 1 if all play 1, else nothing."""
    payoffs = np.zeros((2, 2, 2), dtype=int)
    payoffs[1, 1, 1] = 1
    return StrategicGame.from_arrays(payoffs, payoffs, payoffs)


def giver() -> StrategicGame:
    """Player 0 gives 1 to one of the three."""
    return StrategicGame.from_arrays(*np.eye(3, dtype=int).reshape(3, 3, 1, 1))


def test_threats_change_where_the_fight_turns():
    # player 0 chooses between (0, 0, 0) and (1, 1, 0). Alone, or with player 2, the second earns
    # b_0 - b_1 in the fight; with player 1 it earns b_0 + b_1. The planner always takes it.
    found = chart(StrategicGame.from_arrays([[[0]], [[1]]], [[[0]], [[1]]], [[[0]], [[0]]]), STEPS)
    for mask in (1, 5):
        border = found.supports[mask].reshape(-1, 3)
        assert len(border) >= STEPS
        assert np.abs(border[:, 0] - border[:, 1]).max() <= 2 * FINE
    assert len(found.supports[3]) == 0
    assert len(found.planner) == 0


def test_the_planner_gives_to_the_player_with_the_greatest_price():
    found = chart(giver(), STEPS)
    border = np.sort(found.planner.reshape(-1, 3), axis=1)
    assert len(border)
    assert np.abs(border[:, 2] - border[:, 1]).max() <= 1 / STEPS
    assert np.median(border[:, 2] - border[:, 1]) <= 2 * FINE
    clear = np.sort(found.prices, axis=1)
    clear = clear[:, 2] - clear[:, 1] > FINE
    assert (found.chosen[clear] == found.prices[clear].argmax(axis=1)).all()


def test_defect_is_that_of_the_definition_at_an_equilibrium():
    game = load_game(NAU)
    equilibrium = solve(game)
    prices = normalised_prices(game, equilibrium)
    _, utilities, _ = ThreatGames(game).scaled_at(prices)
    checks = verify(game, equilibrium, concept="coalition-perfect").checks
    division = [check for check in checks if check.condition == "division"]
    expected = max(check.residual for check in division if len(check.coalition) == 2)
    assert expected > 0.1
    assert _pair_defect(prices[None], utilities[None])[0] == pytest.approx(expected, abs=1e-9)


def test_the_unanimity_game_divides_equally_where_no_player_dominates():
    # all prices below 1/2: every fight ends without agreement, all payoffs and dividends are zero
    found = chart(unanimity(), STEPS)
    assert found.defect[found.prices.max(axis=1) < 0.5 - FINE].max() <= 1e-12


def test_the_chart_does_not_depend_on_units():
    game = load_game(NAU)
    one, two = chart(game, STEPS), chart(rescale(game, [10**9, 1, 2], [5, 0, -7]), STEPS)
    assert np.abs(one.defect - two.defect).max() <= 1e-9
    assert np.abs(one.planner - two.planner).max() <= 1e-9
    assert one.supports.keys() == two.supports.keys()


def test_constant_payoffs_have_no_borders():
    zeros = np.zeros((2, 2, 2), dtype=int)
    found = chart(StrategicGame.from_arrays(zeros, zeros, zeros), 8)
    assert len(found.planner) == 0
    assert not any(map(len, found.supports.values()))
    assert found.defect.max() <= 1e-12


def test_segments_are_joined_end_to_end():
    points = np.array([[0.1 * k, 0.0, 1 - 0.1 * k] for k in range(8)])
    order = np.random.default_rng(1).permutation(7)
    segments = np.array([points[[k, k + 1]][:: 1 if k % 2 else -1] for k in order])
    lines = _joined(segments)
    assert len(lines) == 1
    assert len(lines[0]) == 8
    ring = np.array([[np.eye(3)[k], np.eye(3)[(k + 1) % 3]] for k in range(3)])
    assert [len(line) for line in _joined(ring)] == [4]
