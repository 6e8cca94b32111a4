from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.classical import zero_sum_value

from harsanyi_aux import InputError, StrategicGame, random_game, threat_games
from harsanyi_aux.game.coalitions import coco_division, members
from harsanyi_aux.game.families import make_degenerate
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.numbers.saddle_points import exact_saddle_point, to_fractions
from harsanyi_aux.prices import threats
from harsanyi_aux.prices.exact_threats import exact_threat_values
from harsanyi_aux.prices.threats import GAP_TOLERANCE, ThreatGames, solve_matrix_game


def threat_matrix_by_loops(game, prices, S):
    """M_S(a) from the definition, one outcome at a time."""
    n = game.n_players
    inside = [i for i in range(n) if i in S]
    outside = [i for i in range(n) if i not in S]
    rows = list(np.ndindex(*[game.actions[i] for i in inside]))
    columns = list(np.ndindex(*[game.actions[i] for i in outside]))
    matrix = np.empty((len(rows), len(columns)))
    for r, own in enumerate(rows):
        for c, other in enumerate(columns):
            outcome = [0] * n
            for i, action in zip(inside, own, strict=True):
                outcome[i] = action
            for i, action in zip(outside, other, strict=True):
                outcome[i] = action
            u = game.payoffs[(slice(None), *outcome)]
            matrix[r, c] = sum(prices[i] * u[i] * (1 if i in S else -1) for i in range(n))
    return matrix


SHAPES = [(3,), (2, 3), (4, 1), (2, 2, 2), (3, 1, 2), (2, 3, 4), (2, 2, 2, 2), (1, 1, 1)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", ["uniform", "integer"])
def test_values_and_saddle_points_against_linprog(shape, family):
    game = random_game(family, shape, 7)
    n = len(shape)
    prices = np.random.default_rng(3).random(n)
    solution = threat_games(game, prices)
    full = (1 << n) - 1
    h = (prices @ game.payoffs.reshape(n, -1)).max()
    assert solution.values[full] == pytest.approx(h, abs=1e-12)
    for mask in range(1, full):
        S = set(members(mask))
        matrix = threat_matrix_by_loops(game, prices, S)
        assert solution.values[mask] == pytest.approx(zero_sum_value(matrix), abs=1e-9)
        x = solution.strategies[S].reshape(-1)
        y = solution.strategies[set(range(n)) - S].reshape(-1)
        assert x.min() >= 0
        assert x.sum() == pytest.approx(1.0)
        assert (matrix @ y).max() - (x @ matrix).min() <= 1e-10
        # u^S is everyone's payoff when the two strategies meet
        tensor = coalition_payoffs(game.payoffs.reshape(n, -1), game.actions, mask)
        assert solution.utilities[mask] == pytest.approx(tensor @ y @ x, abs=1e-10)
        assert solution.utilities[full ^ mask] == pytest.approx(solution.utilities[mask])


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
    st.integers(0, 3),
    st.integers(0, 10**6),
)
def test_degenerate_games_agree_with_rational_arithmetic(shape, largest, seed):
    # Payoffs 0..3, prices 0..2: ties, zero matrices and constant payoffs are the rule here.
    rng = np.random.default_rng(seed)
    game = StrategicGame.from_arrays(*rng.integers(0, largest + 1, (len(shape), *shape)))
    prices = rng.integers(0, 3, len(shape))
    prices[rng.integers(len(shape))] = 1
    solution = threat_games(game, prices)
    exact = exact_threat_values(game, [int(a) for a in prices])
    assert np.abs(solution.values - exact.astype(float)).max() <= 1e-12
    assert solution.gaps.max() <= GAP_TOLERANCE * float(prices @ game.ranges)


@pytest.mark.parametrize("kind", ["ties", "duplicate-action", "constant-player"])
@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2), (3, 3, 3), (2,) * 5])
def test_degenerate_families_are_solved_within_the_gap(kind, shape):
    for seed in range(5):
        game = make_degenerate(random_game("uniform", shape, seed), kind, seed)
        rng = np.random.default_rng(seed)
        solver = ThreatGames(game)
        for prices in rng.dirichlet(np.ones(len(shape)), size=5):
            _, _, gaps = solver.scaled_at(prices)
            assert gaps.max() <= GAP_TOLERANCE


def test_warm_start_changes_no_value():
    game = random_game("normal", (3, 3, 3), 5)
    warm = ThreatGames(game)
    rng = np.random.default_rng(0)
    prices = np.ones(3) / 3
    for _ in range(50):
        prices = np.abs(prices + 0.02 * rng.standard_normal(3))
        prices /= prices.sum()
        values, utilities, _ = warm.scaled_at(prices)
        cold_values, cold_utilities, _ = ThreatGames(game).scaled_at(prices)
        assert np.abs(values - cold_values).max() <= 1e-12
        assert np.abs(utilities - cold_utilities).max() <= 1e-9


def test_gradients_by_central_differences():
    # facts page, F5; a generic game, so the saddle points are unique and the values smooth.
    game = random_game("uniform", (2, 3, 2), 11)
    prices = np.array([0.5, 1.1, 0.8])
    gradients = threat_games(game, prices).gradients
    step = 1e-6
    for i in range(3):
        plus, minus = prices.copy(), prices.copy()
        plus[i] += step
        minus[i] -= step
        slope = (threat_games(game, plus).values - threat_games(game, minus).values) / (2 * step)
        assert gradients[:, i] == pytest.approx(slope, abs=1e-7)


def test_values_are_positively_homogeneous_and_antisymmetric():
    game = random_game("integer", (2, 3, 2), 2)
    one = threat_games(game, [1, 2, 3])
    many = threat_games(game, [1e9, 2e9, 3e9])
    assert many.values == pytest.approx(1e9 * one.values, rel=1e-12)
    assert one.values[::-1] == pytest.approx(-one.values)


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 4), st.integers(0, 10**6), st.integers(0, 3))
def test_a_player_at_price_zero_is_owed_nothing_negative(n, seed, player):
    # facts page, F6: more control never hurts a coalition.
    player %= n
    game = random_game("normal", (2,) * n, seed)
    prices = np.random.default_rng(seed).random(n)
    prices[player] = 0.0
    assert coco_division(threat_games(game, prices).values)[player] >= -1e-10


def test_matching_pennies_by_hand():
    # M = [[1, -1], [-1, 1]] doubled: value 0, both mix half and half.
    game = StrategicGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    solution = threat_games(game, [1, 1])
    assert solution.values == pytest.approx([0, 0, 0, 0], abs=1e-15)
    assert solution.strategies[{0}] == pytest.approx([0.5, 0.5])
    assert solution.strategies[{1}] == pytest.approx([0.5, 0.5])


def test_payoffs_at_extreme_scales_and_shifts():
    base = random_game("integer", (2, 2, 3), 4)
    shifted = StrategicGame.from_arrays(
        *[(base.fractions[i] + 10**12) * Fraction(10) ** (12 * i - 12) for i in range(3)]
    )
    prices = np.array([1e12, 1.0, 1e-12])
    expected = threat_games(base, [1, 1, 1])
    found = threat_games(shifted, prices)
    assert found.utilities == pytest.approx(
        (expected.utilities + 1e12) * np.array([1e-12, 1.0, 1e12]), rel=1e-12
    )
    assert found.gaps.max() <= 1e-10 * base.ranges.sum()


def test_the_fallback_answers_when_the_kernel_gives_up():
    # One pivot is not enough for these mixed games: HiGHS has to repair them.
    game = random_game("uniform", (3, 3, 3), 1)
    prices = np.array([0.3, 0.3, 0.4])
    crippled = ThreatGames(game, max_pivots=1)
    values, utilities, gaps = crippled.scaled_at(prices)
    expected, expected_utilities, _ = ThreatGames(game).scaled_at(prices)
    assert gaps.max() <= GAP_TOLERANCE
    assert values == pytest.approx(expected, abs=1e-10)
    assert utilities == pytest.approx(expected_utilities, abs=1e-7)


def test_rational_arithmetic_answers_when_highs_fails(monkeypatch):
    monkeypatch.setattr(threats, "_by_highs", lambda matrix: None)
    x, y, upper, lower = solve_matrix_game(np.array([[3.0, -1.0], [-1.0, 1.0]]))
    # x equalises: 3x - (1-x) = -x + (1-x) gives x = 1/3, value 1/3; y likewise
    assert x == pytest.approx([1 / 3, 2 / 3])
    assert y == pytest.approx([1 / 3, 2 / 3])
    assert upper == pytest.approx(1 / 3)
    assert lower == pytest.approx(1 / 3)


def test_an_unsolved_matrix_says_what_was_tried(monkeypatch):
    monkeypatch.setattr(threats, "_by_highs", lambda matrix: None)
    monkeypatch.setattr(threats, "_by_fractions", lambda matrix: None)
    with pytest.raises(threats.HarsanyiError, match=r"shape \(2, 2\).*HiGHS.*rational"):
        solve_matrix_game(np.eye(2))


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 4), st.integers(0, 10**6))
def test_exact_saddle_points_are_saddle_points(m, n, largest, seed):
    matrix = to_fractions(np.random.default_rng(seed).integers(-largest, largest + 1, (m, n)))
    x, y, value = exact_saddle_point(matrix)
    assert sum(x) == sum(y) == 1
    assert min(x) >= 0
    assert min(y) >= 0
    assert max(matrix @ y) == value == min(x @ matrix)


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([1, 2], "2 prices for 3 players"),
        ([1, -1, 1], "non-negative"),
        ([0, 0, 0], "not all zero"),
        ([1, np.nan, 1], "finite"),
        ([1, np.inf, 1], "finite"),
        (["a", 1, 1], "numbers"),
        ([10**400, 1, 1], "too large"),
        ([1.7e308, 1.7e308, 1], "ratios of prices"),
    ],
)
def test_unusable_prices(prices, message):
    with pytest.raises(InputError, match=message):
        threat_games(random_game("integer", (2, 2, 2), 0), prices)


def test_one_player_has_no_threats():
    game = StrategicGame.from_arrays([3, 7, 5])
    solution = threat_games(game, [2])
    assert solution.values.tolist() == [-14, 14]
    assert len(solution.strategies) == 0


def test_too_many_coalitions_for_memory_are_refused_at_once():
    game = StrategicGame.from_arrays(*np.zeros((19, *(2,) * 19), dtype=np.int64))
    with pytest.raises(InputError, match="more than fit in memory"):
        ThreatGames(game)
