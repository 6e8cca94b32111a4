"""Limits of smoothed games against equilibria found without smoothing."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest
from equivariance import rescale
from folders import ROOT

from harsanyi_aux import InputError, StrategicGame, random_game, solve_all, verify
from harsanyi_aux.prices.problem import PriceProblem
from harsanyi_aux.smooth.games import follow_smoothing, smoothed_planner, solve_smoothed
from smoothing.erosion import inradius
from smoothing.limits import DEFAULT_SCHEDULE
from smoothing.polytope import Polytope

SHAPES = [(2, 2), (3, 3), (2, 2, 2), (2,) * 4]
SMOOTHINGS = [("outer", None), ("sanded", None), ("entropic", None), (None, "box")]


def below_inradius(game, rounding):
    """Return the default schedule, shrunk for sanding to begin at half the inradius at most."""
    first = DEFAULT_SCHEDULE[0]
    if rounding == "sanded":
        first = min(first, inradius(Polytope(game.scaled.reshape(game.n_players, -1).T)) / 2)
    return [first * epsilon / DEFAULT_SCHEDULE[0] for epsilon in DEFAULT_SCHEDULE]


def only_proper(game):
    """Return the equilibrium that all starts lead to, or None if they disagree."""
    found = solve_all(game, starts=6, rng=1).equilibria
    return found[0] if len(found) == 1 and found[0].kind == "proper" else None


def flat_game():
    return StrategicGame.from_arrays([[0, 1], [2, 3]], [[3, 2], [1, 0]])


# -- limits are the equilibria of the game itself --------------------------------------------------


@pytest.mark.parametrize(("rounding", "lift"), SMOOTHINGS)
@pytest.mark.parametrize("shape", SHAPES)
def test_limits_are_the_solved_equilibria(shape, rounding, lift):
    games = [random_game("uniform", shape, seed) for seed in range(6)]
    pairs = [(game, only_proper(game)) for game in games]
    isolated = [(game, solved) for game, solved in pairs if solved is not None][:2]
    assert len(isolated) == 2
    for game, solved in isolated:
        schedule = below_inradius(game, rounding)
        found = follow_smoothing(game, rounding=rounding, lift=lift, schedule=schedule)
        assert found.sequence.limit.kind == "proper"
        assert np.abs((found.prices - solved.prices) * game.ranges).max() <= 1e-6
        assert np.abs((found.payoffs - solved.payoffs) / game.ranges).max() <= 1e-6
        assert found.attained
        assert verify(game, found.claim, tol=1e-5).valid
        assert found.residuals == found.claim.residuals
        assert (found.rounding, found.lift) == (rounding, lift)
        assert all(step.residual <= 1e-10 for step in found.sequence.steps)


@pytest.mark.parametrize("seed", range(4))
def test_outer_rounding_is_of_first_order(seed):
    # h gains ε|a| and u gains ε a/|a|: prices and payoffs move by a multiple of ε
    found = follow_smoothing(random_game("normal", (2, 2, 2), seed))
    assert found.sequence.limit.kind == "proper"
    assert found.sequence.limit.order == pytest.approx(1, abs=0.01)


def test_the_ball_lift_is_outer_rounding():
    game = random_game("uniform", (2, 2, 2), 2)
    one = follow_smoothing(game, rounding="outer").sequence
    two = follow_smoothing(game, rounding=None, lift="ball").sequence
    assert [step.epsilon for step in one.steps] == [step.epsilon for step in two.steps]
    for a, b in zip(one.steps, two.steps, strict=True):
        assert a.normal == pytest.approx(b.normal, abs=1e-9)
        assert a.point == pytest.approx(b.point, abs=1e-9)


def test_a_hull_of_full_dimension_has_no_complement_to_lift_into():
    game = random_game("uniform", (2, 2), 0)
    found = follow_smoothing(game, rounding=None, lift="complement")
    assert found.sequence.limit.order is None
    assert found.prices == pytest.approx(only_proper(game).prices, abs=1e-9)


def test_solved_steps_obey_the_equations_of_outer_rounding():
    # written out here: a_i u_i = φ_i with h replaced by h + ε|a|
    game = random_game("uniform", (2, 2, 2), 1)
    problem = PriceProblem(game)
    for step in follow_smoothing(game).sequence.steps:
        a, epsilon = step.normal, step.epsilon
        owed = problem.evaluate(a).owed + epsilon * np.linalg.norm(a) / 3
        assert a * step.point == pytest.approx(owed, abs=1e-9)
        core = step.point - epsilon * a / np.linalg.norm(a)
        points = game.scaled.reshape(3, -1)
        assert a @ core == pytest.approx((a @ points).max(), abs=1e-9)


def test_a_cold_start_finds_the_same_step():
    game = random_game("uniform", (2, 2, 2), 0)
    for step in follow_smoothing(game).sequence.steps[::4]:
        cold = solve_smoothed(game, smoothed_planner(game, step.epsilon, rounding="outer"))
        assert cold.prices == pytest.approx(step.normal, abs=1e-8)


# -- scale -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounding", "lift"), [*SMOOTHINGS, ("outer", "box")])
@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 2)])
def test_smoothing_commutes_with_rescaling(shape, rounding, lift):
    # facts page, F4 at every ε, not in the limit only
    game = random_game("integer", shape, 3)
    n = len(shape)
    scale = [Fraction(7, 3), 1000, Fraction(1, 50)][:n]
    other = rescale(game, scale, [-5, Fraction(1, 3), 10**6][:n])
    schedule = below_inradius(game, rounding)
    one = follow_smoothing(game, rounding=rounding, lift=lift, schedule=schedule)
    two = follow_smoothing(other, rounding=rounding, lift=lift, schedule=schedule)
    assert len(one.sequence.steps) == len(two.sequence.steps)
    for a, b in zip(one.sequence.steps, two.sequence.steps, strict=True):
        assert a.epsilon == b.epsilon
        assert a.normal == pytest.approx(b.normal, abs=1e-9)
        assert a.point == pytest.approx(b.point, abs=1e-9)
    factors = np.array([float(factor) for factor in scale])
    # prices are normalised by ranges, so they scale exactly inversely
    assert one.prices == pytest.approx(two.prices * factors, rel=1e-9)


# -- unusable input --------------------------------------------------------------------------------


def test_transferable_games_are_refused():
    game = StrategicGame.from_arrays([[1, 0], [0, 2]], [[0, 1], [3, 0]], transferable=True)
    with pytest.raises(InputError, match="transferable"):
        follow_smoothing(game)


def test_a_flat_hull_cannot_be_sanded():
    with pytest.raises(InputError, match="flat"):
        follow_smoothing(flat_game(), rounding="sanded")


def test_a_flat_hull_lifted_by_a_box_can_be_sanded():
    # constant sum, scaled on the line u_0 + u_1 = 1: equal prices, by hand
    found = follow_smoothing(flat_game(), rounding="sanded", lift="box")
    assert found.sequence.limit.normal == pytest.approx([0.5, 0.5], abs=1e-7)
    assert found.attained


def test_sanding_names_the_inradius():
    game = StrategicGame.from_arrays([[0, 1], [1, 0]], [[0, 1], [0, 1]])
    with pytest.raises(InputError, match=r"ε = 5.*larger than the inradius 0\."):
        follow_smoothing(game, rounding="sanded", schedule=[5.0, 1.0])


@pytest.mark.parametrize("lift", ["complement", "ball", "box"])
def test_entropic_rounding_goes_with_no_lift(lift):
    with pytest.raises(InputError, match="entropic rounding"):
        follow_smoothing(flat_game(), rounding="entropic", lift=lift)


@pytest.mark.parametrize(
    "names", [{"rounding": "inner"}, {"lift": "cone"}, {"rounding": "Outer"}, {"lift": ""}]
)
def test_unknown_names(names):
    with pytest.raises(InputError, match="is not a smoothing"):
        follow_smoothing(flat_game(), **names)


@pytest.mark.parametrize("schedule", [[], [0.1, 0.2], [0.1, 0.1], [0.1, -0.1], [0.1, 0.0]])
def test_bad_schedules(schedule):
    with pytest.raises(InputError, match="schedule"):
        follow_smoothing(flat_game(), schedule=schedule)


@pytest.mark.slow
def test_the_campaign():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        from smoothing_campaign import SMOOTHINGS as SMOOTHED
        from smoothing_campaign import campaign
    finally:
        sys.path.pop(0)
    outcomes, used, _ = campaign()
    assert used >= 200
    assert len(outcomes) == used * len(SMOOTHED)
    assert [f"{o.case}, {o.smoothing}: {o.kind}" for o in outcomes if not o.agrees] == []


def test_a_price_that_falls_like_the_root_of_epsilon_is_found_to_vanish():
    # v({0}) = 2 a_0 - 2 a_1 + a_1²/(a_0 + a_1): E is of second order in a_1, so that a ball of
    # radius ε, which moves what is owed by order ε, is balanced at a_1 of order sqrt(ε).
    game = StrategicGame.from_arrays([[2, 2], [2, 1]], [[2, 1], [1, 1]])
    found = follow_smoothing(game, rounding="outer")
    limit = found.sequence.limit
    assert limit.kind == "boundary"
    assert limit.vanishing == (1,)
    assert limit.rates == pytest.approx((0.5,), abs=0.05)
    assert limit.normal == pytest.approx([1, 0], abs=1e-6)
    assert found.attained
