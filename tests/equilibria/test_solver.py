from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux import (
    InputError,
    NoEquilibriumFound,
    StrategicGame,
    random_game,
    solve,
    solve_all,
    verify,
)
from harsanyi_aux.game.families import DEGENERACIES, make_degenerate
from harsanyi_aux.numbers.merrill import surround_zero
from harsanyi_aux.prices import candidates as proposals
from harsanyi_aux.prices.newton import PricePoint
from harsanyi_aux.prices.problem import PriceProblem

SHAPES = [(2, 2), (3, 3), (2, 2, 2), (3, 3, 3), (2,) * 4, (2,) * 5]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("family", ["uniform", "normal", "integer"])
def test_random_games_end_in_verified_proper_equilibria(shape, family):
    for seed in range(4):
        game = random_game(family, shape, seed)
        equilibrium = solve(game)
        check = verify(game, equilibrium)
        assert check.valid
        assert check.residuals == equilibrium.residuals
        assert equilibrium.residuals.worst <= 1e-12
        assert equilibrium.prices @ game.ranges == pytest.approx(1)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", DEGENERACIES)
def test_degenerate_games_end_in_verified_equilibria(shape, kind):
    for seed in range(3):
        game = make_degenerate(random_game("integer", shape, seed), kind, seed)
        equilibrium = solve(game)
        assert verify(game, equilibrium).valid
        assert equilibrium.kind in ("proper", "boundary")
        assert (equilibrium.prices.min() == 0) == (equilibrium.kind == "boundary")


@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 2), (3, 2, 2)])
@pytest.mark.parametrize("seed", range(4))
def test_two_methods_that_share_no_search_agree(shape, seed):
    # Both verified; for n = 3 there may be several equilibria, so each must be found by many starts
    game = random_game("uniform", shape, seed)
    by_imitation = solve(game, method="imitation")
    assert verify(game, by_imitation).valid
    many = solve_all(game, starts=8, rng=1)
    assert any(np.abs(e.payoffs - by_imitation.payoffs).max() <= 1e-7 for e in many.equilibria)


def test_any_interior_start_leads_to_an_equilibrium():
    # Global convergence, without Newton's help: the path alone comes within its mesh.
    game = random_game("uniform", (2, 2, 2), 9)
    only = solve_all(game, starts=20, rng=3).equilibria
    assert len(only) == 1
    problem = PriceProblem(game)
    target = only[0].prices * game.ranges
    rng = np.random.default_rng(0)
    for start in [*np.eye(3) * 0.97 + 0.01, *rng.dirichlet(np.ones(3), size=10)]:

        def label(reduced):
            value, outcome = problem.continued(np.append(reduced, 1 - reduced.sum()))
            return value[:-1], outcome

        for mesh in (0.1, 0.01, 1e-4):
            zero = surround_zero(label, start[:-1], mesh, 100_000)
            assert zero is not None
            start = np.append(zero.centre, 1 - zero.centre.sum())
        assert start == pytest.approx(target, abs=1e-2)


def test_the_same_seed_gives_the_same_answer():
    game = random_game("uniform", (2, 2, 2), 3)
    one, two = (solve_all(game, starts=4, rng=5) for _ in range(2))
    assert [e.prices.tolist() for e in one.equilibria] == [
        e.prices.tolist() for e in two.equilibria
    ]
    assert one.evaluations == two.evaluations


def test_progress_and_findings_are_reported_as_they_come():
    game = random_game("uniform", (2, 2), 0)
    steps, found = [], []
    result = solve_all(
        game, starts=3, progress=lambda *step: steps.append(step), found=found.append
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]
    assert tuple(found) == result.equilibria
    assert len(found) == 1


def test_interruption_passes_through_and_keeps_what_was_found():
    found = []

    def stop(done, planned):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_all(random_game("uniform", (2, 2), 0), starts=9, progress=stop, found=found.append)
    assert len(found) == 1


def test_no_proper_equilibrium_is_said_to_be_on_the_boundary(no_proper_game):
    # facts page, F7, by hand: a_0 = 0 and a_1 = 1.
    equilibrium = solve(no_proper_game)
    assert equilibrium.kind == "boundary"
    assert equilibrium.prices.tolist() == [0, 1]
    assert verify(no_proper_game, equilibrium).valid
    result = solve_all(no_proper_game)
    assert result.starts > 1, "a boundary solution makes it look further"


def test_no_coalition_perfect_equilibrium(no_coalition_perfect_game):
    # facts page, F8
    game = no_coalition_perfect_game
    with pytest.raises(NoEquilibriumFound, match="division defect") as caught:
        solve(game, concept="coalition-perfect")
    assert caught.value.best_residual > 0.01
    assert caught.value.tried
    assert verify(game, solve(game)).valid


def test_two_players_are_coalition_perfect():
    game = random_game("integer", (3, 3), 1)
    assert solve(game, concept="coalition-perfect").concept == "coalition-perfect"


@pytest.mark.parametrize(
    "payoffs",
    [
        [[5]],
        [[3, 7, 7]],
        [[[0, 0], [0, 0]], [[0, 0], [0, 0]]],
        [[[1, 2]], [[3, 1]]],
        [[[[4]]], [[[5]]], [[[6]]]],
        [[[[1, 1]]], [[[2, 2]]], [[[3, 0]]]],
        [[[2, 2], [2, 2]], [[1, 3], [3, 1]]],
    ],
    ids=["1x1", "one player", "all zero", "one action", "single outcome", "trivial", "constant"],
)
def test_smallest_and_flattest_games(payoffs):
    game = StrategicGame.from_arrays(*payoffs)
    assert verify(game, solve(game)).valid


def test_a_single_player_takes_the_best():
    equilibrium = solve(StrategicGame.from_arrays([3, 7, 5]))
    assert equilibrium.kind == "proper"
    assert equilibrium.payoffs.tolist() == [7]


def test_extreme_scales_change_nothing():
    # facts page, F4 with factors 10^±12 and shifts far above the payoffs' ranges.
    base = random_game("integer", (2, 2, 2), 1)
    expected = solve(base)
    factors = [Fraction(10) ** 12, Fraction(1), Fraction(10) ** -12]
    game = StrategicGame.from_arrays(*[(base.fractions[i] + 10**9) * factors[i] for i in range(3)])
    found = solve(game)
    unscaled = found.payoffs / np.array([float(f) for f in factors]) - 1e9
    assert unscaled == pytest.approx(expected.payoffs, abs=1e-5)
    assert found.prices * game.ranges == pytest.approx(expected.prices * base.ranges, abs=1e-9)


def test_failure_says_what_was_tried(monkeypatch):
    monkeypatch.setattr(
        proposals,
        "polish",
        lambda problem, prices, near: PricePoint(prices, np.ones(4) / 4, 0.125),
    )
    monkeypatch.setattr(proposals, "_FINEST_MESH", 0.1)
    with pytest.raises(NoEquilibriumFound, match=r"Merrill.*best residual 0.125") as caught:
        solve(random_game("uniform", (2, 2), 0))
    assert caught.value.best_residual == 0.125
    assert caught.value.tried == ("Merrill's simplicial path with Newton's method",)


def test_a_proposal_that_fails_the_definition_is_not_returned(monkeypatch):
    # Newton claims success at wrong prices: the definition must say no.
    honest = proposals.polish

    def boastful(problem, prices, near):
        point = honest(problem, prices, near)
        wrong = 0.9 * point.prices + 0.1 * np.array([1.0, 0.0])
        return PricePoint(wrong, point.mixture, 0.0)

    monkeypatch.setattr(proposals, "polish", boastful)
    monkeypatch.setattr(proposals, "_FINEST_MESH", 0.1)
    with pytest.raises(NoEquilibriumFound):
        solve(random_game("uniform", (2, 2), 0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"concept": "nash"}, "'nash' is not a concept"),
        ({"method": "magic"}, "'magic' is not a method"),
        ({"starts": 0}, "0 starts"),
        ({"tol": 0.0}, "not positive"),
        ({"tol": float("nan")}, "not positive"),
    ],
)
def test_unusable_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        solve(random_game("uniform", (2, 2), 0), **arguments)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [*SHAPES, (2,) * 6])
def test_many_random_and_degenerate_games(shape):
    for seed in range(150):
        family = ("uniform", "normal", "integer")[seed % 3]
        game = random_game(family, shape, seed)
        if seed % 3 == 0:
            game = make_degenerate(game, tuple(DEGENERACIES)[seed // 3 % 3], seed)
        assert verify(game, solve(game)).residuals.worst <= 1e-9
