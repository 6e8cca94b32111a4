"""Cases with known answers, each found by a method that shares nothing with the solver."""

from __future__ import annotations

import itertools
from fractions import Fraction

import nashpy
import numpy as np
import pytest
from equivariance import permute_actions, permute_players, rescale
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.classical import nash_bargaining_solution, variable_threat_solution, zero_sum_value

from harsanyi_aux import StrategicGame, coco_value, random_game, solve, solve_all, verify
from harsanyi_aux.equilibria.solver import equilibrium_at
from harsanyi_aux.game.families import make_degenerate
from harsanyi_aux.prices.newton import PricePoint
from harsanyi_aux.prices.problem import PriceProblem


@pytest.mark.parametrize("seed", range(12))
def test_two_players_are_nashs_variable_threat_solution(seed):
    # facts page, F2
    shape = [(2, 2), (2, 3), (3, 3), (4, 2)][seed % 4]
    game = random_game("uniform", shape, seed)
    equilibrium = solve(game)
    assert equilibrium.kind == "proper"
    assert equilibrium.payoffs == pytest.approx(variable_threat_solution(game), abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_two_player_payoffs_are_unique(seed):
    # facts page, F2: whatever the start
    game = random_game("integer", (3, 3), seed)
    proper = [e for e in solve_all(game, starts=10, rng=seed).equilibria if e.kind == "proper"]
    assert proper
    for one, two in itertools.combinations(proper, 2):
        assert one.payoffs == pytest.approx(two.payoffs, abs=1e-8)


def test_variable_threats_by_hand():
    # Player 0 can burn player 1's payoff at no cost; otherwise they split a dollar (as outcomes).
    # U = (1, 0), (0, 1) cooperative, (0, 0) burnt. Prices (1, 1); M_{0}: player 0 alone chooses, so
    # v = max(U_0 - U_1) = 1 and φ = ((1+1)/2, (1-1)/2) = (1, 0).
    game = StrategicGame.from_arrays([[1], [0], [0]], [[0], [1], [0]])
    assert solve(game).payoffs == pytest.approx([1, 0], abs=1e-12)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_bargaining_games_are_nash_bargaining(n, seed):
    rng = np.random.default_rng(100 * n + seed)
    points = rng.random((4, n)) + 0.2
    disagreement = 0.2 * rng.random(n)
    equilibrium = solve(StrategicGame.from_bargaining(points, disagreement))
    expected = nash_bargaining_solution(points, disagreement)
    assert equilibrium.kind == "proper"
    assert equilibrium.payoffs == pytest.approx(expected, abs=1e-5)
    # bargaining games are coalition-perfect too: no smaller coalition can gain anything
    product = np.prod(equilibrium.payoffs - disagreement)
    assert product >= np.prod(expected - disagreement) - 1e-9


def with_transfers(game, amount):
    """Let every player also hand `amount` to one other player: side payments as actions."""
    n = game.n_players
    gifts = [(None, *(j for j in range(n) if j != i)) for i in range(n)]
    shape = tuple(m * len(g) for m, g in zip(game.actions, gifts, strict=True))
    payoffs = np.empty((n, *shape))
    for outcome in np.ndindex(*shape):
        played = tuple(a // n for a in outcome)
        pay = game.payoffs[(slice(None), *played)].copy()
        for i, action in enumerate(outcome):
            receiver = gifts[i][action % n]
            if receiver is not None:
                pay[i] -= amount
                pay[receiver] += amount
        payoffs[(slice(None), *outcome)] = pay
    return StrategicGame.from_arrays(*payoffs)


@pytest.mark.parametrize("shape", [(2, 2), (3, 2), (2, 2, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_games_with_large_gifts_have_the_coco_value(shape, seed):
    base = random_game("uniform", shape, seed)
    expected = coco_value(base).shares
    equilibrium = solve(with_transfers(base, 10.0))
    assert equilibrium.payoffs == pytest.approx(expected, abs=1e-9)
    prices = equilibrium.prices / equilibrium.prices.sum()
    assert prices == pytest.approx(np.ones(len(shape)) / len(shape), abs=1e-9)
    flagged = StrategicGame.from_arrays(*base.payoffs, transferable=True)
    assert solve(flagged).payoffs == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_coco_value_of_two_players_is_kalai_and_kalais(seed):
    # Kalai and Kalai (2013): half the best total plus/minus the value of (A - B)/2.
    game = random_game("integer", (3, 4), seed)
    A, B = game.payoffs
    row, column = nashpy.Game((A - B) / 2).linear_program()
    value = row @ ((A - B) / 2) @ column
    total = (A + B).max() / 2
    answer = coco_value(game)
    assert answer.is_exact
    assert [float(x) for x in answer.shares] == pytest.approx([total + value, total - value])
    assert sum(answer.shares) == (A + B).max()


def test_coco_value_of_three_players_by_hand():
    # A dollar for each pair that agrees: player i names another player; a pair that name each
    # other earn 1 each. Alone a player is worth -2 in the fight against the pair (they earn 2),
    # a pair 2, all three 2. φ_i = 1/3 * (-2) + 1/6 * (2 + 2) + 1/3 * 2 = 2/3.
    payoffs = np.zeros((3, 2, 2, 2), dtype=int)
    names = [(1, 2), (0, 2), (0, 1)]
    for outcome in np.ndindex(2, 2, 2):
        named = [names[i][outcome[i]] for i in range(3)]
        for i, j in itertools.combinations(range(3), 2):
            if named[i] == j and named[j] == i:
                payoffs[(i, *outcome)] = payoffs[(j, *outcome)] = 1
    game = StrategicGame.from_arrays(*payoffs)
    answer = coco_value(game)
    assert list(answer.shares) == [Fraction(2, 3)] * 3
    assert answer.values[0b001] == -2
    assert answer.values[0b011] == 2


def test_zero_sum_games_pay_their_value():
    game = StrategicGame.from_arrays([[3, -1], [-2, 1]], [[-3, 1], [2, -1]])
    # value of [[3, -1], [-2, 1]]: (3*1 - (-1)(-2)) / (3 + 1 + 1 + 2) = 1/7
    assert solve(game).payoffs == pytest.approx([1 / 7, -1 / 7], abs=1e-12)


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 2), (2, 3, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_equilibria_move_with_the_units(shape, seed):
    # facts page, F4: payoffs α u + β, prices a / α; and renaming permutes.
    game = random_game("integer", shape, seed)
    n = len(shape)
    equilibrium = solve(game)
    factors = [Fraction(3, 2) ** (i + 1) for i in range(n)]
    shifts = [Fraction(7 * i - 5, 3) for i in range(n)]
    moved = solve(rescale(game, factors, shifts))
    scale = np.array([float(f) for f in factors])
    assert moved.payoffs == pytest.approx(
        scale * equilibrium.payoffs + np.array([float(s) for s in shifts]), abs=1e-7
    )
    ratio = moved.prices * scale / equilibrium.prices
    assert ratio == pytest.approx(np.full(n, ratio[0]), rel=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.permutations(range(3)), st.permutations(range(2)))
def test_renaming_permutes_equilibria(seed, players, actions):
    # facts page, F4, as a statement about the definition: a renamed equilibrium passes on the
    # renamed game.
    from dataclasses import replace

    from harsanyi_aux.game.coalitions import CoalitionMap, mask_of

    game = random_game("uniform", (2, 2, 2), seed)
    equilibrium = solve(game)
    renamed_players = permute_players(game, players)
    strategies = {}
    for coalition, strategy in equilibrium.strategies.items():
        old = sorted(coalition)
        new = sorted(players.index(i) for i in coalition)
        axes = [old.index(players[k]) for k in new]
        strategies[mask_of(new)] = strategy.transpose(axes)
    order = list(players)
    renamed = replace(
        equilibrium,
        prices=equilibrium.prices[order],
        payoffs=equilibrium.payoffs[order],
        strategies=CoalitionMap(strategies),
    )
    assert verify(renamed_players, renamed).valid
    shuffled = solve(permute_actions(game, 0, actions))
    assert any(
        np.abs(shuffled.payoffs - other.payoffs).max() <= 1e-7
        for other in solve_all(game, starts=6).equilibria
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_duplicated_action_changes_no_payoff(seed):
    game = random_game("uniform", (2, 2), seed)
    doubled = StrategicGame.from_arrays(*[np.repeat(u, [2, 1], axis=0) for u in game.payoffs])
    assert solve(doubled).payoffs == pytest.approx(solve(game).payoffs, abs=1e-8)


def test_common_interest_has_the_common_best():
    common = np.array([[4.0, 0.0], [1.0, 2.0]])
    equilibrium = solve(StrategicGame.from_arrays(common, common))
    assert equilibrium.kind == "proper"
    assert equilibrium.payoffs == pytest.approx([4, 4])


def test_a_constant_player_with_influence_has_no_proper_equilibrium():
    # As facts page, F7 for three players: player 2's payoff is constant, yet it can hurt the
    # others; being owed something that cannot be paid, it drives all other prices to zero.
    game = make_degenerate(random_game("uniform", (2, 2, 2), 1), "constant-player", 1)
    constant = int(np.argmin(np.ptp(game.payoffs.reshape(3, -1), axis=1)))
    equilibrium = solve(game)
    assert equilibrium.kind == "boundary"
    assert equilibrium.prices[constant] > 0
    assert np.delete(equilibrium.prices, constant) == pytest.approx([0, 0])


def test_a_full_dimensional_feasible_set_can_lack_a_proper_equilibrium():
    # As facts page, F7, but the hull has dimension 2. At positive prices (9, 8) alone maximises
    # a·u: player 0 must be owed 9: v({0}) = 9 a_0 - 8 a_1. But its second action secures 9 a_0 - 7
    # a_1 > that.
    game = StrategicGame.from_arrays([[8, 9], [9, 9]], [[3, 8], [7, 6]])
    outcomes = game.payoffs.reshape(2, -1).T
    assert np.linalg.matrix_rank(outcomes - outcomes[0]) == 2
    for a_0 in np.linspace(0.01, 0.99, 25):
        prices = np.array([a_0, 1 - a_0])
        v = zero_sum_value(prices[0] * game.payoffs[0] - prices[1] * game.payoffs[1])
        assert v >= 9 * prices[0] - 7 * prices[1] - 1e-9
    equilibrium = solve(game)
    assert equilibrium.kind == "boundary"
    assert equilibrium.prices.tolist() == [1, 0]
    assert equilibrium.payoffs.tolist() == [9, 8]


@pytest.mark.parametrize(
    "payoffs",
    [
        # v({0}) would have to be 2 a_0 - 2 a_1; mixing with weight a_0 / (a_0 + a_1) on the first
        # row earns a_1² / (a_0 + a_1) more: residuals fall with the square of the price a_1.
        [[[2, 2], [2, 1]], [[2, 1], [1, 1]]],
        [[[0, 2], [2, 0]], [[1, 0], [1, 1]]],
        [[[2, 0, 0], [0, 1, 2]], [[0, 0, 2], [2, 2, 2]]],
        [[[[0, 1], [2, 2]], [[2, 0], [1, 0]]], [[[1, 0], [0, 2]], [[1, 1], [0, 2]]],
         [[[2, 1], [2, 1]], [[2, 2], [1, 0]]]],
    ],
)  # fmt: skip
def test_degenerate_boundary_solutions_are_not_taken_for_proper_ones(payoffs):
    game = StrategicGame.from_arrays(*payoffs)
    equilibrium = solve(game)
    assert equilibrium.kind == "boundary"
    assert equilibrium.prices.min() == 0


def test_second_order_residuals_do_not_make_a_price_positive():
    # The first game above at a_1 = 3e-8: all residuals are about 1e-15, no proper one exists.
    game = StrategicGame.from_arrays([[2, 2], [2, 1]], [[2, 1], [1, 1]])
    problem = PriceProblem(game)
    tiny = np.array([1 - 3e-8, 3e-8])
    mixture = np.array([1.0, 0.0, 0.0, 0.0])
    claim = equilibrium_at(problem, PricePoint(tiny, mixture, 0.0), "proper")
    found = verify(game, claim)
    assert found.residuals.worst <= 1e-9
    assert not found.valid
    assert found.first_failure.condition == "prices"
