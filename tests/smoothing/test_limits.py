"""The driver of limiting sequences on families whose limits are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smoothing.errors import GeometryError
from smoothing.limits import DEFAULT_SCHEDULE, Step, classify, extrapolate, follow

LIMIT = np.array([0.5, 0.3, 0.2])
DRIFT = np.array([0.2, -0.3, 0.1])


def step(epsilon, normal=LIMIT, point=(1.0, 2.0, 3.0)):
    return Step(epsilon, np.array(normal, float), np.array(point, float), 0.0)


def family(move):
    """Return a solver whose normal is the limit plus `move(ε)` times a drift."""

    def solve(epsilon, warm):
        point = np.array([1.0, 2.0, 3.0]) + move(epsilon)
        return step(epsilon, LIMIT + move(epsilon) * DRIFT, point)

    return solve


def vanishing(first, second=None):
    """Return a solver with coordinates that are functions of ε, the last one the rest."""

    def solve(epsilon, warm):
        head = [first(epsilon)] + ([] if second is None else [second(epsilon)])
        return step(epsilon, [*head, 1 - sum(head)], np.zeros(len(head) + 1))

    return solve


# -- smooth families -------------------------------------------------------------------------------


@pytest.mark.parametrize("constant", [1.0, -0.7, 1e-3])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_powers_of_epsilon(order, constant):
    found = follow(family(lambda e: constant * e**order))
    assert found.limit.kind == "proper"
    assert found.limit.normal == pytest.approx(LIMIT, abs=1e-12)
    assert found.limit.point == pytest.approx([1, 2, 3], abs=1e-12)
    assert found.limit.order == pytest.approx(order, abs=0.02)
    assert found.limit.error <= 1e-10
    assert found.lost == ()
    assert [s.epsilon for s in found.steps] == list(DEFAULT_SCHEDULE)


def test_a_series_is_extrapolated_far_beyond_its_last_step():
    schedule = [0.1 / 2**k for k in range(6)]
    found = follow(family(lambda e: math.sin(e) + e**2), schedule)
    last = np.abs(found.steps[-1].normal - LIMIT).max()
    assert last > 5e-4
    assert found.limit.normal == pytest.approx(LIMIT, abs=1e-7)
    assert np.abs(found.limit.normal - LIMIT).max() <= 100 * max(found.limit.error, 1e-12)


def test_square_roots_converge_slowly_but_rightly():
    schedule = [0.05 / 4**k for k in range(24)]
    limit = follow(family(math.sqrt), schedule).limit
    assert limit.kind == "proper"
    assert limit.order == pytest.approx(0.5, abs=1e-3)
    assert limit.normal == pytest.approx(LIMIT, abs=1e-6)


@pytest.mark.parametrize("count", [3, 4])
def test_square_roots_cut_short_are_given_no_limit(count):
    assert follow(family(math.sqrt), DEFAULT_SCHEDULE[:count]).limit.kind == "not-converged"


@pytest.mark.parametrize("count", [5, 6])
def test_few_square_roots_are_given_the_right_limit(count):
    limit = follow(family(math.sqrt), DEFAULT_SCHEDULE[:count]).limit
    assert limit.kind == "proper"
    assert limit.normal == pytest.approx(LIMIT, abs=1e-6)


def test_constant_sequences_have_no_order():
    limit = follow(family(lambda e: 0.0)).limit
    assert limit.kind == "proper"
    assert limit.order is None
    assert limit.error == 0
    assert limit.normal == pytest.approx(LIMIT)


def test_rounding_noise_has_no_order():
    rng = np.random.default_rng(0)
    limit = follow(family(lambda e: 1e-13 * rng.standard_normal())).limit
    assert limit.kind == "proper"
    assert limit.order is None


# -- vanishing coordinates -------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1.0, 2.0])
def test_one_coordinate_vanishes(rate):
    limit = follow(vanishing(lambda e: 0.8 * e**rate)).limit
    assert limit.kind == "boundary"
    assert limit.vanishing == (0,)
    assert limit.rates == pytest.approx((rate,), abs=1e-6)
    assert limit.normal.tolist() == [0, 1]


def test_two_coordinates_vanish_at_different_rates():
    schedule = [0.05 / 4**k for k in range(24)]
    limit = follow(vanishing(lambda e: 0.8 * e, lambda e: 0.6 * math.sqrt(e)), schedule).limit
    assert limit.kind == "boundary"
    assert limit.vanishing == (0, 1)
    assert limit.rates == pytest.approx((1.0, 0.5), abs=1e-6)
    assert limit.normal.tolist() == [0, 0, 1]


def test_rates_from_the_tail_only():
    limit = follow(vanishing(lambda e: e / (1 + 20 * e))).limit
    assert limit.rates == pytest.approx((1.0,), abs=1e-4)


def test_a_coordinate_that_is_zero_has_vanished_at_once():
    limit = follow(vanishing(lambda e: 0.0)).limit
    assert limit.kind == "boundary"
    assert limit.vanishing == (0,)
    assert limit.rates == (math.inf,)


@pytest.mark.parametrize("small", [1e-2, 1e-4, 1e-6])
def test_small_is_not_vanishing(small):
    limit = follow(vanishing(lambda e: small * (1 + e))).limit
    assert limit.kind == "proper"
    assert limit.vanishing == ()
    assert limit.normal[0] == pytest.approx(small, rel=1e-6)


# -- sequences without a limit ---------------------------------------------------------------------


def test_alternating_sequences_have_two_cluster_points():
    places = ([0.6, 0.4], [0.5, 0.5])
    steps = [step(e, places[k % 2], [k % 2, 0]) for k, e in enumerate(DEFAULT_SCHEDULE)]
    limit = classify(steps)
    assert limit.kind == "several"
    assert limit.error == math.inf
    assert limit.order is None
    found = sorted((tuple(n), tuple(p)) for n, p in limit.cluster_points)
    assert found == [((0.5, 0.5), (1, 0)), ((0.6, 0.4), (0, 0))]


def test_three_cluster_points_with_perturbations_that_fade():
    places = np.array([[0.6, 0.4], [0.5, 0.5], [0.4, 0.6]])
    tilt = np.array([1, -1])
    steps = [
        step(e, places[k % 3] + 0.1 * e * tilt, [0, 0]) for k, e in enumerate(DEFAULT_SCHEDULE)
    ]
    limit = classify(steps)
    assert limit.kind == "several"
    centres = np.array(sorted(tuple(n) for n, _ in limit.cluster_points))
    assert centres == pytest.approx(places[::-1], abs=1e-4)


def test_the_driver_finds_cluster_points():
    schedule = list(DEFAULT_SCHEDULE)

    def solve(epsilon, warm):
        near = [k for k, e in enumerate(schedule) if e == epsilon]
        return step(epsilon, [0.55, 0.45] if near and near[0] % 2 else [0.5, 0.5], [0, 0])

    assert follow(solve, schedule).limit.kind == "several"


def test_points_that_differ_while_the_normal_stays():
    steps = [step(e, [0.5, 0.5], [k % 2, 0]) for k, e in enumerate(DEFAULT_SCHEDULE)]
    assert classify(steps).kind == "several"


def test_logarithmic_convergence_is_not_claimed():
    limit = follow(family(lambda e: 1 / math.log(1 / e))).limit
    assert limit.kind == "not-converged"
    assert limit.error == math.inf


@pytest.mark.parametrize("seed", range(5))
def test_random_walks_do_not_converge(seed):
    rng = np.random.default_rng(seed)
    places = np.cumsum(rng.uniform(0.01, 0.03, size=len(DEFAULT_SCHEDULE)))
    steps = [
        step(e, [0.1 + x, 0.9 - x], [0, 0]) for e, x in zip(DEFAULT_SCHEDULE, places, strict=True)
    ]
    limit = classify(steps)
    assert limit.kind == "not-converged"
    assert limit.normal.tolist() == steps[-1].normal.tolist()


def test_a_single_step_tells_nothing():
    limit = follow(family(lambda e: e), [0.01]).limit
    assert limit.kind == "not-converged"
    assert limit.error == math.inf
    assert limit.order is None
    assert limit.normal == pytest.approx(LIMIT + 0.01 * DRIFT)


def test_two_steps_are_judged_by_their_difference():
    assert follow(family(lambda e: e), [1e-2, 1e-3]).limit.kind == "not-converged"
    assert follow(family(lambda e: e), [1e-8, 1e-9]).limit.kind == "proper"


# -- a branch that is hard to follow ---------------------------------------------------------------


def test_every_step_is_warm_started_from_the_one_before():
    given = []

    def solve(epsilon, warm):
        given.append(None if warm is None else warm.epsilon)
        return step(epsilon)

    follow(solve, [0.1, 0.01, 0.001])
    assert given == [None, 0.1, 0.01]


def test_steps_are_shortened_where_the_solver_needs_a_near_start():
    def solve(epsilon, warm):
        if warm is not None and warm.epsilon > 8 * epsilon:
            return None
        return step(epsilon, LIMIT + epsilon * DRIFT)

    found = follow(solve, [0.1, 0.01, 0.001, 1e-4, 1e-5])
    assert found.lost == ()
    assert [s.epsilon for s in found.steps] == [0.1, 0.01, 0.001, 1e-4, 1e-5]
    assert found.limit.kind == "proper"


def test_steps_are_shortened_where_the_normal_jumps_too_far():
    def solve(epsilon, warm):
        return step(epsilon, [0.5 + 0.4 * epsilon / 0.1, 0.5 - 0.4 * epsilon / 0.1], [0, 0])

    schedule = [0.1, 0.001, 1e-5, 1e-7]
    asked = []

    def watched(epsilon, warm):
        asked.append(epsilon)
        return solve(epsilon, warm)

    found = follow(watched, schedule)
    assert len(asked) > len(schedule)
    # from 0.1 the first geometric mean, 0.01, is already a jump of 0.36: the branch counts as lost
    assert found.lost == (0.001,)
    wide = follow(solve, schedule, jump=0.5)
    assert wide.lost == ()
    assert wide.limit.normal == pytest.approx([0.5, 0.5], abs=1e-6)


def test_a_lost_branch_is_found_again_and_recorded():
    def solve(epsilon, warm):
        if warm is not None and epsilon < 0.02 < warm.epsilon:
            return None
        return step(epsilon, LIMIT + epsilon * DRIFT)

    found = follow(solve, [0.1, 0.03, 0.01, 0.001, 1e-4, 1e-5])
    assert found.lost == (0.01,)
    assert [s.epsilon for s in found.steps] == [0.1, 0.03, 0.01, 0.001, 1e-4, 1e-5]
    assert found.limit.kind == "proper"


def test_a_solver_that_fails_somewhere_leaves_a_gap():
    def solve(epsilon, warm):
        return None if epsilon == 0.001 else step(epsilon, LIMIT + epsilon * DRIFT)

    found = follow(solve, [0.1, 0.01, 0.001, 1e-4, 1e-5])
    assert [s.epsilon for s in found.steps] == [0.1, 0.01, 1e-4, 1e-5]
    assert found.lost == (0.001,)
    assert found.limit.kind == "proper"


def test_a_solver_that_fails_at_first():
    def solve(epsilon, warm):
        return None if epsilon > 0.02 else step(epsilon, LIMIT + epsilon * DRIFT)

    found = follow(solve)
    assert found.steps[0].epsilon == DEFAULT_SCHEDULE[1]
    assert found.limit.kind == "proper"


def test_errors_of_the_solver_pass_through():
    def solve(epsilon, warm):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        follow(solve)


def test_nothing_solved_at_all():
    with pytest.raises(GeometryError, match="no step of the schedule could be solved"):
        follow(lambda epsilon, warm: None)


@pytest.mark.parametrize(
    "schedule",
    [
        [],
        [0.1, 0.1],
        [0.1, 0.2],
        [0.1, 0.01, 0.05],
        [0.1, 0.0],
        [0.1, -0.1],
        [0.0],
        [math.inf, 1.0],
        [math.nan],
        [0.1, math.nan],
        [math.nan, 0.1],
    ],
)
def test_bad_schedules(schedule):
    with pytest.raises(GeometryError, match="the schedule must fall and be positive"):
        follow(family(lambda e: e), schedule)


# -- extrapolation ---------------------------------------------------------------------------------


def test_polynomials_are_extrapolated_exactly():
    epsilons = np.array([0.5, 0.4, 0.3, 0.1, 0.05, 0.02])
    values = np.array([[2 + e, 5 - 3 * e + e**2 - 4 * e**3] for e in epsilons])
    value, error = extrapolate(epsilons, values)
    assert value == pytest.approx([2, 5], abs=1e-12)
    assert error < 0.1


def test_one_value_is_its_own_extrapolation():
    value, error = extrapolate(np.array([0.1]), np.array([[3.0, 4.0]]))
    assert value.tolist() == [3, 4]
    assert error == math.inf


def test_two_values_make_a_line():
    value, error = extrapolate(np.array([0.2, 0.1]), np.array([[3.0], [2.0]]))
    assert value == pytest.approx([1.0])
    assert error == pytest.approx(1.0)
