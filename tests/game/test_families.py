"""Random games: reproducible, of the promised kind; degenerate ones degenerate as promised."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from equivariance import permute_players

from harsanyi_aux.equilibria.solver import solve_all
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.families import DEGENERACIES, FAMILIES, make_degenerate, random_game
from harsanyi_aux.game.strategic import StrategicGame
from harsanyi_aux.prices.value import coco_value

SHAPE = (2, 2, 2)
CENTRE = random_game("integer", SHAPE, 11)
NEEDED = {"around": {"game": CENTRE}}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_seed_settles_the_game_and_the_title_tells_it(family):
    options = NEEDED.get(family, {})
    game = random_game(family, SHAPE, 5, **options)
    assert game == random_game(family, SHAPE, 5, **options)
    assert game.actions == SHAPE
    assert game.title == f"{family} 2x2x2, seed 5"
    assert not np.array_equal(game.payoffs, random_game(family, SHAPE, 6, **options).payoffs)
    generator = np.random.default_rng(5)
    unnamed = random_game(family, SHAPE, generator, **options)
    assert np.array_equal(unnamed.payoffs, game.payoffs)
    assert unnamed.title == f"{family} 2x2x2"
    again = random_game(family, SHAPE, generator, **options)
    assert not np.array_equal(again.payoffs, game.payoffs)


def test_numpy_integers_are_seeds_and_shapes():
    game = random_game("normal", np.array([2, 3]), np.int64(5))
    assert game == random_game("normal", [2, 3], 5)


def test_uniform_and_integer_payoffs_lie_where_promised():
    uniform = random_game("uniform", (5, 6), 0).payoffs
    assert 0 <= uniform.min() < uniform.max() <= 1
    game = random_game("integer", (8, 8), 0)
    assert game.is_exact
    assert set(game.payoffs.ravel()) == set(range(10))
    assert set(random_game("integer", (8, 8), 0, largest=1).payoffs.ravel()) == {0, 1}


@pytest.mark.parametrize("rho", [-0.5, -0.3, 0.0, 0.6, 1.0])
def test_covariant_payoffs_have_the_correlation_and_unit_variance(rho):
    payoffs = random_game("covariant", (20, 20, 20), 0, rho=rho).payoffs.reshape(3, -1)
    expected = np.where(np.eye(3, dtype=bool), 1.0, rho)
    # 8000 draws: standard errors are about 1/sqrt(8000) = 0.011
    assert np.abs(np.cov(payoffs) - expected).max() < 0.06


def test_the_default_correlation_is_half_the_least_possible():
    payoffs = random_game("covariant", (20, 20, 20), 0).payoffs.reshape(3, -1)
    assert abs(np.corrcoef(payoffs)[0, 1] + 0.25) < 0.06
    assert random_game("covariant", (3,), 0).payoffs.shape == (1, 3)


@pytest.mark.parametrize("shape", [(3, 3), (2, 2, 2), (3, 3, 3)])
def test_symmetric_games_do_not_change_when_players_are_renamed(shape):
    game = random_game("symmetric", shape, 1)
    for order in itertools.permutations(range(len(shape))):
        assert np.array_equal(permute_players(game, order).payoffs, game.payoffs)


def test_zero_sum_plus_is_zero_sum_up_to_the_noise():
    pure = random_game("zero-sum-plus", (5, 5, 5), 0, noise=0.0).payoffs
    assert np.abs(pure.sum(axis=0)).max() < 1e-12
    noisy = random_game("zero-sum-plus", (5, 5, 5), 0, noise=1e-3).payoffs
    assert 0 < np.abs(noisy.sum(axis=0)).max() < 1e-2


def test_bargaining_games_pay_zero_after_a_veto():
    payoffs = random_game("bargaining", (4, 2, 2), 0).payoffs
    assert payoffs[:, :3, 0, 0].min() > 0
    payoffs = payoffs.copy()
    payoffs[:, :3, 0, 0] = 0
    assert not payoffs.any()


def test_transferable_plus_without_noise_is_settled_by_the_coco_value():
    """At equal prices every division of n is efficient, so the CoCo value is an equilibrium."""
    settled = 0
    for seed in range(6):
        game = random_game("transferable-plus", SHAPE, seed, noise=0.0)
        totals = np.sort(game.payoffs.sum(axis=0), axis=None)
        assert np.allclose(totals[-3:], 3.0)
        assert totals[-4] < 3
        owed = coco_value(replace(game, transferable=True)).shares
        if owed.min() < 0.01:
            continue
        settled += 1
        found = solve_all(game, starts=1).equilibria
        assert any(np.allclose(e.payoffs, owed, atol=1e-7) for e in found)
    assert settled >= 3


def test_transferable_plus_differs_from_its_noiseless_game_by_the_noise():
    pure = random_game("transferable-plus", (4, 4, 4), 0, noise=0.0).payoffs
    noisy = random_game("transferable-plus", (4, 4, 4), 0, noise=0.01).payoffs
    # 192 draws: the standard error of their deviation is 0.01 / sqrt(384) = 0.0005
    assert abs((noisy - pure).std() - 0.01) < 0.0025


def test_around_keeps_every_payoff_within_the_radius_in_normalised_units():
    stretched = StrategicGame.from_arrays(
        *(CENTRE.payoffs * np.array([1.0, 1e6, 1e-6]).reshape(3, 1, 1, 1)), players=["a", "b", "c"]
    )
    distances = []
    for seed in range(40):
        game = random_game("around", SHAPE, seed, game=stretched, radius=0.25)
        assert game.players == ("a", "b", "c")
        moved = np.abs(game.payoffs - stretched.payoffs).reshape(3, -1).max(axis=1)
        distances.append(moved / stretched.ranges)
    largest = np.max(distances, axis=0)
    assert (largest <= 0.25 * (1 + 1e-9)).all()
    assert (largest > 0.24).all()  # 320 draws per player: the largest is almost 0.25
    same = random_game("around", SHAPE, 0, game=CENTRE, radius=0.0)
    assert np.array_equal(same.payoffs, CENTRE.payoffs)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: random_game("gaussian", SHAPE), "there is no family 'gaussian'; use uniform,"),
        (lambda: random_game("uniform", SHAPE, rho=1), "no option 'rho'; its options: none"),
        (lambda: random_game("covariant", SHAPE, eps=1), "no option 'eps'; its options: rho"),
        (lambda: random_game("uniform", ()), "0 players"),
        (lambda: random_game("uniform", (2,) * 32), "32 players"),
        (lambda: random_game("uniform", (2, 0)), "0 is not a number of actions"),
        (lambda: random_game("uniform", (2, -1)), "-1 is not a number of actions"),
        (lambda: random_game("uniform", (2, 2.0)), "2.0 is not a number of actions"),
        (lambda: random_game("uniform", (True, 2)), "True is not a number of actions"),
        (lambda: random_game("uniform", (10**5, 10**5)), "too large"),
        (lambda: random_game("uniform", SHAPE, -1), "-1 is not a seed"),
        (lambda: random_game("uniform", SHAPE, "x"), "'x' is not a seed"),
        (lambda: random_game("integer", SHAPE, largest=0), "largest: 0 is not"),
        (lambda: random_game("integer", SHAPE, largest=2.5), "largest: 2.5 is not"),
        (lambda: random_game("integer", SHAPE, largest=2**60), "largest: "),
        (lambda: random_game("covariant", SHAPE, rho=-0.6), "rho: -0.6 is not between -0.5 and 1"),
        (lambda: random_game("covariant", SHAPE, rho=float("nan")), "rho: nan is not between"),
        (lambda: random_game("covariant", SHAPE, rho="x"), "rho: 'x' is not between"),
        (lambda: random_game("zero-sum-plus", SHAPE, noise=-1), "noise: -1 is not between"),
        (lambda: random_game("around", SHAPE), "game: the family 'around' needs a game"),
        (lambda: random_game("around", SHAPE, game="x.json"), "needs a game to draw around"),
        (lambda: random_game("around", (2, 2), game=CENTRE), "shape (2, 2, 2), not (2, 2)"),
        (lambda: random_game("around", SHAPE, game=CENTRE, radius=-1), "radius: -1 is not"),
        (lambda: random_game("transferable-plus", (1, 2, 1)), "2 outcomes are too few"),
        (lambda: random_game("transferable-plus", SHAPE, noise=-1), "noise: -1 is not"),
        (lambda: random_game("symmetric", (2, 3)), "same number of actions"),
        (lambda: random_game("bargaining", (3, 3)), "do not have the shape (3, 3)"),
        (lambda: random_game("bargaining", (1, 2)), "do not have the shape (1, 2)"),
        (lambda: make_degenerate(random_game("uniform", SHAPE), "odd"), "no degeneracy 'odd'"),
        (
            lambda: make_degenerate(random_game("uniform", (1, 1)), "duplicate-action"),
            "no player has two actions",
        ),
    ],
)
def test_unusable_arguments_are_refused(call, told):
    with pytest.raises(InputError, match=re.escape(told)):
        call()


GAMES = [
    random_game("integer", (3, 2, 2), 1),
    random_game("normal", (3, 2, 2), 1),
    StrategicGame.from_arrays([["1/3", "1/7", 5]], [[1, 2, 3]], transferable=True),
]


@pytest.mark.parametrize("kind", DEGENERACIES)
@pytest.mark.parametrize("game", GAMES)
def test_degenerate_games_keep_everything_but_the_payoffs(game, kind):
    changed = make_degenerate(game, kind, 3)
    assert changed == make_degenerate(game, kind, 3)
    assert changed.is_exact == game.is_exact
    assert changed.actions == game.actions
    assert (changed.players, changed.transferable) == (game.players, game.transferable)
    assert changed.title == (f"{game.title}, {kind}" if game.title else kind)
    assert not np.array_equal(changed.payoffs, game.payoffs)


def test_ties_leave_four_levels_between_the_same_extremes():
    game = StrategicGame.from_arrays([0, 1, 2, 3, 4, 9])
    # levels 0, 3, 6, 9: 1 -> 0, 2 -> 3, 3 -> 3, 4 -> 3
    assert make_degenerate(game, "ties").fractions.tolist() == [[0, 0, 3, 3, 3, 9]]
    thirds = make_degenerate(StrategicGame.from_arrays([0, "1/2", 2]), "ties")
    # levels 0, 2/3, 4/3, 2: 1/2 -> 2/3
    assert thirds.fractions.tolist() == [[0, Fraction(2, 3), 2]]
    floats = make_degenerate(random_game("uniform", (5, 5), 0), "ties").payoffs
    assert all(len(np.unique(column)) == 4 for column in floats)
    constant = StrategicGame.from_arrays([2, 2])
    assert make_degenerate(constant, "ties").fractions.tolist() == [[2, 2]]


def test_a_duplicated_action_pays_what_another_pays():
    for seed in range(10):
        payoffs = make_degenerate(GAMES[1], "duplicate-action", seed).payoffs
        equal = [
            np.array_equal(payoffs.take(a, axis=1 + i), payoffs.take(b, axis=1 + i))
            for i, m in enumerate(GAMES[1].actions)
            for a, b in itertools.combinations(range(m), 2)
        ]
        assert sum(equal) == 1


def test_a_constant_player_gets_the_same_everywhere():
    for seed in range(10):
        changed = make_degenerate(GAMES[0], "constant-player", seed).payoffs
        constant = [bool(np.ptp(column) == 0) for column in changed]
        assert sum(constant) == 1
        player = constant.index(True)
        assert changed[player].flat[0] == GAMES[0].payoffs[player].flat[0]
