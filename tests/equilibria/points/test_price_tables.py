"""Frames, corners, bounds, price polytopes and exact points of a subdivision."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from enumerations import game_of
from oracles.brute_force import coco_value, subsets
from oracles.classical import zero_sum_value

from harsanyi_aux import random_game, solve
from harsanyi_aux.equilibria.cells.bounds import cell_bounds
from harsanyi_aux.equilibria.points.barycentric import barycentric, between, is_inside
from harsanyi_aux.equilibria.points.corners import integer_matrix, make_corner, rounded
from harsanyi_aux.equilibria.points.exact_point import (
    exact_equilibrium,
    exact_mixture,
    prices_of_ties,
    simple_prices,
)
from harsanyi_aux.equilibria.points.frame import build_frame
from harsanyi_aux.equilibria.points.price_polytopes import stable_prices
from harsanyi_aux.game.families import make_degenerate
from harsanyi_aux.numbers.linear import null_space
from harsanyi_aux.numbers.saddle_points import to_fractions

HALF, THIRD, ONE, ZERO = Fraction(1, 2), Fraction(1, 3), Fraction(1), Fraction(0)


def unit_vectors(n):
    return [tuple(Fraction(int(i == k)) for i in range(n)) for k in range(n)]


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_shares_are_the_coco_value(n):
    frame = build_frame(game_of(*np.arange(n * 2**n).reshape(n, *[2] * n)))
    rng = np.random.default_rng(n)
    values = [Fraction(int(v)) for v in rng.integers(-9, 9, len(frame.pairs) + 1)]
    everyone = frozenset(range(n))
    v = {everyone: values[-1]}
    for mask, value in zip(frame.pairs, values, strict=False):
        R = frozenset(i for i in range(n) if mask >> i & 1)
        v[R], v[everyone - R] = value, -value
    assert set(v) == set(subsets(everyone)) - {frozenset()}
    shares = [
        sum(value * row[i] for value, row in zip(values, frame.exact_shares, strict=True))
        for i in range(n)
    ]
    assert shares == coco_value(v, n)


def test_doubles_enter_as_the_rationals_that_they_are():
    game = random_game("normal", (2, 3), 5)
    frame = build_frame(game)
    assert frame.game.is_exact
    assert frame.table.payoffs[0] == tuple(to_fractions(game.payoffs[0]).reshape(-1))
    scaled = [(u - min(row)) / (max(row) - min(row)) for row in frame.table.payoffs for u in row]
    assert [v for row in frame.table.V for v in row] == scaled
    # signed payoffs of {0} against {1}: player 1's enter with a minus
    signed = frame.exact_payoffs[0]
    assert signed.shape == (2, 2, 3)
    assert signed[1].reshape(-1).tolist() == [-v for v in frame.table.V[1]]


def test_dominated_outcomes_leave_the_planner_and_copies_stay():
    # outcomes (2, 2), (1, 2), (2, 2), (0, 3): only the second is dominated
    frame = build_frame(game_of([[2, 1], [2, 0]], [[2, 2], [2, 3]]))
    assert set(frame.dominated) == {1}
    assert frame.dominated[1] in (0, 2)
    assert frame.candidates.tolist() == [0, 2, 3]


# -- corners -------------------------------------------------------------------------------------


def dense(side, size):
    vector = [ZERO] * size
    for index, probability in side:
        vector[index] = probability
    return np.array(vector, dtype=object)


def exact_matrix(frame, prices):
    return sum(
        price * payoffs for price, payoffs in zip(prices, frame.exact_payoffs[0], strict=True)
    )


@pytest.mark.parametrize("prices", [(HALF, HALF), (ONE, ZERO), (Fraction(1, 7), Fraction(6, 7))])
@pytest.mark.parametrize("seed", range(4))
def test_exact_corners_are_saddle_points(prices, seed):
    game = random_game("integer", (3, 3), seed, largest=2)
    frame = build_frame(game)
    for towards in (None, np.array([0.4, 0.6])):
        corner = make_corner(frame, prices, towards=towards, exact=True)
        matrix = exact_matrix(frame, prices)
        whole, unit = integer_matrix(frame, 0, prices)
        assert (whole == unit * matrix).all()
        assert all(type(entry) is int for entry in whole.flat)
        (x, y) = corner.threats[0]
        x, y = dense(x, 3), dense(y, 3)
        assert sum(x) == sum(y) == 1
        assert min(x) >= 0
        assert min(y) >= 0
        assert max(matrix @ y) == min(x @ matrix)
        earned = [prices[0] * u + prices[1] * w for u, w in zip(*frame.table.V, strict=True)]
        assert earned[corner.outcome] == max(earned)


def test_corners_in_doubles_are_distributions_exactly():
    game = random_game("uniform", (3, 3, 3), 2)
    corner = make_corner(build_frame(game), (THIRD, Fraction(1, 5), Fraction(7, 15)))
    for sides in corner.threats:
        for side in sides:
            assert sum(p for _, p in side) == 1
            assert all(p > 0 for _, p in side)
            assert [i for i, _ in side] == sorted({i for i, _ in side})


@pytest.mark.parametrize(
    "given", [[1 / 3, 2 / 3], [0.1, 0.2, 0.7], [1e-13, 1.0], [2**-0.5, 1 - 2**-0.5]]
)
def test_rounded_strategies_sum_to_one(given):
    side = rounded(np.array(given))
    assert sum(p for _, p in side) == 1
    for index, probability in side:
        assert float(probability) == pytest.approx(given[index], abs=1e-9)


# -- bounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 2), (2, 3, 2), (2, 2, 2, 2)])
@pytest.mark.parametrize("degenerate", [False, True])
def test_bounds_enclose_the_values(shape, degenerate):
    game = random_game("normal", shape, 8)
    if degenerate:
        game = make_degenerate(game, "duplicate-action", 8)
    frame, n = build_frame(game), len(shape)
    rng = np.random.default_rng(1)
    exact = [tuple(Fraction(int(c), 64) for c in row) for row in 64 * np.eye(n, dtype=int)]
    exact[0] = tuple(Fraction(int(c), 2 * n) for c in np.ones(n) + n * np.eye(n)[0])
    corners = [make_corner(frame, prices) for prices in exact]
    bounds = cell_bounds(frame, corners)
    vertices = np.array([corner.b for corner in corners])
    for weights in rng.dirichlet(np.ones(n), size=20):
        b = weights @ vertices
        factor = weights[bounds.first] * weights[bounds.second]
        factor *= np.where(bounds.first == bounds.second, 1, 2)
        lower, upper = factor @ bounds.lower, factor @ bounds.upper
        for k, payoffs in enumerate(frame.payoffs):
            value = zero_sum_value(np.tensordot(b, payoffs, axes=1))
            assert lower[k] - 1e-9 <= value <= upper[k] + 1e-9
        best = (b @ frame.scaled).max()
        assert lower[-1] - 1e-9 <= best <= upper[-1] + 1e-9


# -- geometry ------------------------------------------------------------------------------------


def test_points_of_a_triangle():
    a, b, c = unit_vectors(3)
    middle = between(a, b)
    assert middle == (HALF, HALF, ZERO)
    assert between(a, b, Fraction(1, 4)) == (Fraction(3, 4), Fraction(1, 4), ZERO)
    assert barycentric([a, middle, c], (HALF, Fraction(1, 4), Fraction(1, 4))) == [
        Fraction(1, 4),
        HALF,
        Fraction(1, 4),
    ]
    assert is_inside([a, b, c], middle)
    assert is_inside([a, b, c], a)
    assert not is_inside([a, middle, c], (ZERO, ONE, ZERO))
    assert not is_inside([a, middle, c], (HALF - Fraction(1, 10**12), HALF, Fraction(1, 10**12)))
    with pytest.raises(ZeroDivisionError):
        barycentric([a, b, middle], c)


def test_vertices_that_doubles_cannot_tell_apart():
    near = (HALF + Fraction(1, 10**30), HALF - Fraction(1, 10**30))
    cell = [(HALF, HALF), near]
    assert is_inside(cell, (HALF + Fraction(1, 10**31), HALF - Fraction(1, 10**31)))
    assert not is_inside(cell, (HALF - Fraction(1, 10**31), HALF + Fraction(1, 10**31)))


# -- prices that keep strategies in equilibrium --------------------------------------------------


def test_the_prices_of_a_dictator():
    # player 0 chooses between (2, 0) and (1, 1): with (2, 0) all prices b_0 >= b_1
    frame = build_frame(game_of([[2], [1]], [[0], [1]]))
    polytope = stable_prices(frame, [([(0, ONE)], [(0, ONE)])], [(0, ONE)])
    assert polytope.dimension == 1
    assert polytope.vertices == ((HALF, HALF), (ONE, ZERO))
    assert (Fraction(2, 3), THIRD) in polytope
    assert (THIRD, Fraction(2, 3)) not in polytope
    assert polytope.nearly_contains(np.array([0.5 - 1e-12, 0.5 + 1e-12]), 1e-9)
    assert not polytope.nearly_contains(np.array([0.4, 0.6]), 1e-9)
    # with (1, 1) instead player 1 would be owed half of b_1 - b_0, not b_1: all b_1 = -b_0
    other = stable_prices(frame, [([(0, ONE)], [(0, ONE)])], [(1, ONE)])
    assert other.dimension == -1


@pytest.mark.parametrize("n", [2, 3, 4])
def test_all_prices_where_nothing_can_be_done(n):
    frame = build_frame(game_of(*np.ones((n, *[1] * n))))
    threats = [([(0, ONE)], [(0, ONE)])] * len(frame.pairs)
    for concept in ("coco", "coalition-perfect"):
        polytope = stable_prices(frame, threats, [(0, ONE)], concept)
        assert polytope.dimension == n - 1
        assert set(polytope.vertices) == set(unit_vectors(n))


def test_null_spaces_are_exact():
    rows = [(ONE, ONE, ONE), (ONE, -ONE, ZERO)]
    (direction,) = null_space(rows, 3)
    assert direction[0] == direction[1] == -direction[2] / 2
    assert null_space([], 2) == [(ONE, ZERO), (ZERO, ONE)]


# -- exact equilibria ------------------------------------------------------------------------------


def test_simple_prices_are_guessed():
    guesses = list(simple_prices(np.array([1 / 3, 2 / 3]), [ONE, ONE]))
    assert guesses[0] == (THIRD, 2 * THIRD)
    assert len(guesses) == len(set(guesses))
    assert all(
        sum(guess) == 1 for guess in simple_prices(np.array([2**-0.5, 1 - 2**-0.5]), [ONE, ONE])
    )
    assert next(simple_prices(np.array([0.0, 1.0]), [ONE, ONE])) == (ZERO, ONE)


def test_prices_simple_in_the_games_own_units_are_guessed():
    # a = (1, 3, 8) curnits per util with ranges 1308, 89 and 31: b = a∘r / Σ a_i r_i
    ranges = [Fraction(1308), Fraction(89), Fraction(31)]
    exact = [a * r for a, r in zip((1, 3, 8), ranges, strict=True)]
    exact = tuple(b / sum(exact) for b in exact)
    # right to half of the digits, as at a zero of second order
    near = np.array([float(b) for b in exact]) + np.array([3e-8, -1e-8, -2e-8])
    assert exact in list(simple_prices(near, ranges))


def test_exact_equilibria_only_where_they_are():
    # a dollar to share, nothing otherwise: equal prices by symmetry
    frame = build_frame(game_of([[1, 0], [0, 0]], [[0, 1], [0, 0]]))
    found = exact_equilibrium(frame, (HALF, HALF))
    assert found is not None
    assert found[0].is_exact
    assert list(found[0].payoffs) == [HALF, HALF]
    assert exact_equilibrium(frame, (THIRD, 2 * THIRD)) is None
    assert exact_equilibrium(frame, (ONE, ZERO)) is None


def test_mixtures_pay_exactly_what_is_asked():
    frame = build_frame(game_of([[1, 0], [0, 0]], [[0, 1], [0, 0]]))
    prices = (HALF, HALF)
    assert exact_mixture(frame, prices, [THIRD, 2 * THIRD]) == ((0, THIRD), (1, 2 * THIRD))
    assert exact_mixture(frame, prices, [HALF, THIRD]) is None
    assert exact_mixture(frame, prices, [Fraction(4, 3), -THIRD]) is None


def test_ties_determine_prices_that_are_no_simple_fractions():
    game = random_game("uniform", (2, 2), 1150)
    equilibrium = solve(game)
    near = equilibrium.prices * game.ranges
    near /= near.sum()
    frame = build_frame(game)
    assert all(
        exact_equilibrium(frame, guess) is None for guess in simple_prices(near, frame.table.ranges)
    )
    (prices,) = prices_of_ties(frame, near)
    assert [float(p) for p in prices] == pytest.approx(near, abs=1e-12)
    # entries (0, 0) and (1, 0) of the threat game tie there, (1, 0) is the planner's choice
    matrix = exact_matrix(frame, prices)
    assert matrix[0, 0] == matrix[1, 0]
    assert exact_equilibrium(frame, prices) is not None
