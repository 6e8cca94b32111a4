from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux import (
    AuxiliaryGame,
    AuxiliaryProfile,
    InputError,
    StrategicGame,
    random_game,
    solve,
    verify,
)
from harsanyi_aux.game.coalitions import CoalitionMap, mask_of
from harsanyi_aux.prices.imitation import bimatrix_regret

GAMES = [
    random_game("uniform", (2, 3), 1),
    random_game("integer", (2, 2, 2), 3),
    random_game("normal", (3, 2, 2), 4),
    random_game("uniform", (2, 2, 2, 2), 5),
    random_game("bargaining", (3, 2, 2), 6),
]


def random_profile(game, seed):
    rng = np.random.default_rng(seed)
    n = game.n_players
    full = (1 << n) - 1
    threats = {}
    for mask in range(1, full):
        shape = tuple(m for i, m in enumerate(game.actions) if mask >> i & 1)
        threats[mask] = rng.dirichlet(np.ones(int(np.prod(shape)))).reshape(shape)
    planner = rng.dirichlet(np.ones(game.n_outcomes)).reshape(game.actions)
    return AuxiliaryProfile(
        CoalitionMap(threats), planner, rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    )


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
def test_equilibria_are_nash_equilibria_of_the_auxiliary_game(game):
    auxiliary = AuxiliaryGame(game)
    equilibrium = solve(game)
    regrets = auxiliary.regrets(equilibrium)
    assert set(regrets) == set(auxiliary.players)
    assert max(regrets.values()) <= 1e-9
    assert min(regrets.values()) >= -1e-15


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
def test_nash_equilibria_with_positive_prices_are_equilibria(game):
    auxiliary = AuxiliaryGame(game)
    profile = auxiliary.from_equilibrium(solve(game))
    again = auxiliary.to_equilibrium(profile)
    assert again.kind == "proper"
    assert verify(game, again).valid
    assert again.residuals.worst <= 1e-9


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
def test_whoever_deviates_regrets_it_and_the_residuals_notice(game):
    # Zero regrets <=> zero residuals: each player's strategy is disturbed in turn.
    auxiliary = AuxiliaryGame(game)
    profile = auxiliary.from_equilibrium(solve(game))
    other = random_profile(game, 1)
    threats = {mask_of(c): s for c, s in profile.threats.items()}
    for coalition, strategy in other.threats.items():
        changed = replace(profile, threats=CoalitionMap({**threats, mask_of(coalition): strategy}))
        regrets = auxiliary.regrets(changed)
        residual = auxiliary.to_equilibrium(changed).residuals.worst
        assert (max(regrets.values()) > 1e-6) == (residual > 1e-6)
    planner = replace(profile, planner=other.planner)
    assert auxiliary.regrets(planner)["planner"] > 1e-6
    assert auxiliary.to_equilibrium(planner).residuals.pareto > 1e-6
    prices = replace(profile, auctioneer=other.auctioneer, follower=other.auctioneer)
    assert max(auxiliary.regrets(prices).values()) > 1e-6
    assert auxiliary.to_equilibrium(prices).residuals.worst > 1e-6
    apart = replace(profile, auctioneer=other.auctioneer)
    gap = float(((other.auctioneer - profile.follower) ** 2).sum())
    assert auxiliary.regrets(apart)["follower"] == pytest.approx(gap)


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
@pytest.mark.parametrize("seed", [0, 1])
def test_best_responses_gain_exactly_the_regret(game, seed):
    auxiliary = AuxiliaryGame(game)
    profile = random_profile(game, seed)
    payoffs, regrets = auxiliary.payoffs(profile), auxiliary.regrets(profile)
    for player in auxiliary.players:
        answer = auxiliary.best_response(player, profile)
        assert answer.shape == auxiliary.strategy_shape(player)
        if player.startswith("threat"):
            coalition = [int(i) for i in player.split()[1].split(",")]
            threats = {mask_of(c): s for c, s in profile.threats.items()}
            threats[mask_of(coalition)] = answer
            changed = replace(profile, threats=CoalitionMap(threats))
        else:
            changed = replace(profile, **{player: answer})
        gain = auxiliary.payoffs(changed)[player] - payoffs[player]
        assert gain == pytest.approx(regrets[player], abs=1e-12)
        assert regrets[player] >= -1e-15


def test_payoffs_by_hand():
    # Matching pennies, payoffs scaled to {0, 1}; a = (1/2, 1/2); both play heads: (U_0, U_1) =
    # (1, 0), so M_{0} pays 1/2. The planner plays the same outcome: a·u = 1/2 and
    # e_0 = (v({0}) + v(N)) / 2 - 1/2 * 1 = 0. With b = (3/4, 1/4): -(1/4)² * 2 = -1/8.
    game = StrategicGame.from_arrays([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    heads = np.array([1.0, 0.0])
    profile = AuxiliaryProfile(
        CoalitionMap({1: heads, 2: heads}),
        np.array([[1.0, 0.0], [0.0, 0.0]]),
        np.array([0.75, 0.25]),
        np.array([0.5, 0.5]),
    )
    payoffs = AuxiliaryGame(game).payoffs(profile)
    assert payoffs == pytest.approx(
        {
            "threat 0": 0.5,
            "threat 1": -0.5,
            "planner": 0.5,
            "auctioneer": 0.0,
            "follower": -0.125,
        }
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10**6))
def test_excess_sums_to_nothing_so_a_constant_auctioneer_earns_nothing(seed):
    # Σ_i e_i = h's share minus what is paid = 0 when the planner is the one who is valued.
    game = random_game("uniform", (2, 2, 2), seed)
    profile = random_profile(game, seed)
    uniform = replace(profile, auctioneer=np.ones(3) / 3)
    assert AuxiliaryGame(game).payoffs(uniform)["auctioneer"] == pytest.approx(0, abs=1e-12)


def test_imitation_game_of_a_fixed_point_is_solved_by_it():
    game = random_game("uniform", (2, 2, 2), 2)
    equilibrium = solve(game)
    prices = equilibrium.prices * game.ranges
    bimatrix = AuxiliaryGame(game).imitation_game([np.ones(3) / 3, prices])
    A, B = bimatrix.payoff_matrices
    assert (np.eye(2) == B).all()
    # the planner's one outcome at the equilibrium need not be the mixture, so only a vertex
    # solution makes y_2 = x_2; in any case the matrices hold squared distances
    assert (A <= 0).all()
    for row, column in bimatrix.support_enumeration():
        assert bimatrix_regret(A, B, row, column) <= 1e-9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"auctioneer": np.array([0.5, 0.6, 0.0])}, "auctioneer"),
        ({"follower": np.array([0.5, 0.5])}, "follower"),
        ({"follower": np.array([1.5, -0.5, 0.0])}, "follower"),
        ({"planner": np.ones(3)}, "shape"),
        ({"threats": CoalitionMap({})}, "no strategy"),
    ],
)
def test_profiles_that_do_not_fit(change, message):
    game = random_game("uniform", (2, 2, 2), 0)
    with pytest.raises(InputError, match=message):
        AuxiliaryGame(game).regrets(replace(random_profile(game, 0), **change))


def test_unknown_players_and_unsuitable_games():
    game = random_game("uniform", (2, 2), 0)
    auxiliary = AuxiliaryGame(game)
    with pytest.raises(InputError, match="not a player of the auxiliary game"):
        auxiliary.best_response("threat 0,1", random_profile(game, 0))
    with pytest.raises(InputError, match="sum to one"):
        auxiliary.imitation_game([np.array([1.0, 1.0])])
    with pytest.raises(InputError, match="points of shape"):
        auxiliary.imitation_game([])
    with pytest.raises(InputError, match="without transferable utility"):
        AuxiliaryGame(replace(game, transferable=True))
