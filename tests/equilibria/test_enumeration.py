"""`enumerate_equilibria`: complete lists, refutations, continua, limits and bad arguments.

Expected values come from the proofs (facts page, F2 to F8), from hand calculations shown here or in
examples/degenerate, and from methods that share nothing with the subdivision.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from enumerations import WITHOUT_PROPER, enumerated, game_of, normalised, payoffs_of
from equivariance import permute_actions, permute_players, rescale
from hand_solved import HAND, example
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.classical import nash_bargaining_solution, variable_threat_solution

from harsanyi_aux import InputError, StrategicGame, random_game, solve, verify
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.game.definition import division_defect
from harsanyi_aux.game.families import DEGENERACIES, make_degenerate
from harsanyi_aux.numbers.saddle_points import to_fractions

CONCEPTS = ["coco", "coalition-perfect"]


# -- no equilibrium ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITHOUT_PROPER)
def test_games_without_proper_equilibrium_are_refuted(name):
    enumeration = enumerated(WITHOUT_PROPER[name])
    assert enumeration.complete
    assert enumeration.certificate["kind"] == "refutation"
    assert not enumeration.proper
    assert enumeration.unproved == ()
    # there is always a solution with a >= 0 (facts page, F7)
    assert enumeration.equilibria
    assert all(e.kind == "boundary" for e in enumeration.equilibria)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_the_game_of_f8_is_refuted(no_coalition_perfect_game, concept):
    # For CoCo too: at its only solution, (2, 1, 0)/3 in normalised prices, player 2's is zero.
    enumeration = enumerated(no_coalition_perfect_game, concept)
    assert enumeration.complete
    assert not enumeration.proper
    if concept == "coco":
        prices = normalised(no_coalition_perfect_game, enumeration.equilibria[0].prices)
        assert prices == pytest.approx([2 / 3, 1 / 3, 0])


@pytest.mark.parametrize("seed", range(2))
def test_generic_games_have_no_coalition_perfect_equilibrium(seed):
    # F8: more equations than prices
    game = random_game("uniform", (2, 2, 2), seed)
    enumeration = enumerated(game, "coalition-perfect")
    assert enumeration.complete
    assert not enumeration.proper
    assert enumeration.least_defect == pytest.approx(division_defect(game, solve(game)), rel=1e-5)
    assert enumeration.least_defect > 0.04


# -- one payoff vector ---------------------------------------------------------------------------


def assert_nashs_solution(game):
    """One payoff vector, that of Nash (1953), or none where the solution is on the boundary."""
    enumeration = enumerated(game)
    assert enumeration.complete
    assert len(enumeration.proper) <= 1
    found = solve(game)
    assert bool(enumeration.proper) == (found.kind == "proper")
    if enumeration.proper:
        (payoffs,) = payoffs_of(enumeration)
        assert payoffs == pytest.approx(np.array(found.payoffs, dtype=float), abs=1e-7)
    return enumeration


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6])
def test_two_players_have_nashs_solution_and_no_other(seed):
    # facts page, F2. The families have prices in the interior of cells, at kinks, on edges and
    # continua.
    family = ["uniform", "integer", "normal"][seed % 3]
    game = random_game(family, [(2, 2), (2, 3), (3, 3), (4, 3)][seed % 4], seed)
    (payoffs,) = payoffs_of(assert_nashs_solution(game))
    assert payoffs == pytest.approx(variable_threat_solution(game), abs=1e-6)


@pytest.mark.slow
def test_two_hundred_random_two_player_games():
    shapes = [(2, 2), (2, 3), (3, 3), (4, 3), (3, 2)]
    without = 0
    for k in range(200):
        game = random_game(["uniform", "integer", "normal"][k % 3], shapes[k % 5], 1000 + k)
        enumeration = assert_nashs_solution(game)
        without += not enumeration.proper
        # the bisection of variable_threat_solution needs a change of sign, which continua lack
        if enumeration.proper and not enumeration.sets:
            (payoffs,) = payoffs_of(enumeration)
            assert payoffs == pytest.approx(variable_threat_solution(game), abs=1e-6)
    assert without == 1  # integer 3x2, seed 1079, degenerate to second order


@pytest.mark.slow
def test_degenerate_two_player_games():
    shapes = [(2, 2), (2, 3), (3, 3), (4, 3), (3, 2)]
    kinds = list(DEGENERACIES)
    games = [
        make_degenerate(random_game("integer", shapes[k % 5], 2000 + k), kinds[k % 3], 2000 + k)
        for k in range(40)
    ]
    games += [random_game("integer", shapes[k % 5], 3000 + k, largest=2) for k in range(40)]
    undecided = []
    for game in games:
        enumeration = enumerated(game)
        assert len({tuple(np.round(p, 9)) for p in payoffs_of(enumeration)}) <= 1
        if enumeration.complete:
            assert_nashs_solution(game)
        else:
            undecided.append(game.title)
    assert not undecided


@pytest.mark.parametrize("seed", range(6))
def test_a_few_degenerate_two_player_games(seed):
    base = random_game("integer", [(2, 2), (3, 3)][seed // 3], seed, largest=2)
    assert_nashs_solution(make_degenerate(base, list(DEGENERACIES)[seed % 3], seed))


def test_a_zero_at_a_kink_is_exact():
    # The planner's choice (0, 2) ties with (0, 0) in the threat game, whose kernels left and right
    # of that price both contain the two (docs, "Kinks"), and the doubles make the price a fraction
    # with a large denominator.
    game = random_game("normal", (4, 3), 1008)
    enumeration = enumerated(game)
    assert enumeration.complete
    assert not enumeration.enclosures
    assert payoffs_of(enumeration)[0] == pytest.approx(variable_threat_solution(game), abs=1e-6)


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("n", [2, 3])
def test_bargaining_games_have_the_nash_bargaining_solution_only(n, concept):
    # facts page, F3, for both concepts: no smaller coalition can do anything
    # the simplex and a point above it: the product is largest at the point
    points = np.vstack([4 * np.eye(n, dtype=int), np.full(n, 3)])
    points[0, 1] = 1
    disagreement = np.zeros(n, dtype=int)
    game = StrategicGame.from_bargaining(points.tolist(), disagreement.tolist())
    enumeration = enumerated(game, concept)
    assert enumeration.complete
    (payoffs,) = payoffs_of(enumeration)
    assert payoffs == pytest.approx(nash_bargaining_solution(points, disagreement), abs=1e-5)


# -- degenerate games ----------------------------------------------------------------------------

#: Continua of prices, by hand in examples/degenerate/README.md: dimension and corners.
CONTINUA = {
    "idle": (1, [[1, 0], [0, 1]]),
    "dictator": (1, [[1, 0], [0.5, 0.5]]),
    "trustee": (2, [[1, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3]]),
    "nothing": (1, [[1, 0], [0, 1]]),
}


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("name", HAND)
def test_the_hand_solved_games(name, concept):
    # In each of them the saddle points at the solution divide: both concepts agree.
    game, hand = example(name), HAND[name]
    enumeration = enumerated(game, concept)
    assert enumeration.complete
    assert len(enumeration.proper) == (hand.kind == "proper")
    for equilibrium in enumeration.proper:
        assert equilibrium.concept == concept
        assert verify(game, equilibrium, exact=True).valid
        assert np.array(equilibrium.payoffs, dtype=float) == pytest.approx(hand.payoffs)
        if hand.unique:
            assert normalised(game, equilibrium.prices) == pytest.approx(hand.prices)
            assert enumeration.sets == ()
    if not hand.unique:
        (whole,) = enumeration.sets
        dimension, corners = CONTINUA[name]
        assert whole.dimension == dimension
        assert whole.payoffs == pytest.approx(hand.payoffs)
        found = sorted(normalised(game, whole.prices).tolist())
        assert np.array(found) == pytest.approx(np.array(sorted(corners)))


def test_a_continuum_is_one_set_though_threats_at_its_points_differ():
    # Player 0 plays the last row, the planner (0, 0), worth 1 resp. 2 (scaled 1/2 and 1). Row 2
    # earns b_0 - (0, 2, 2)/2 b_1 and the entries of columns 1 and 2 tie. Every p in the interior
    # has its own optimal mixture of them; (1/2, 1/2) serves at all prices from (3/5, 2/5) to
    # (2/3, 1/3).
    game = game_of(
        [[1, 0, 0], [0, 0, 0], [2, 1, 1]], [[2, 0, 1], [0, 1, 0], [0, 2, 2]]
    )  # fmt: skip
    enumeration = enumerated(game)
    assert enumeration.complete
    (whole,) = enumeration.sets
    assert len(enumeration.proper) == 1
    assert sorted(normalised(game, whole.prices).tolist()) == pytest.approx(
        np.array([[3 / 5, 2 / 5], [2 / 3, 1 / 3]])
    )
    assert whole.payoffs == pytest.approx([1, 2])


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("shape", [(3,), (1,), (1, 1), (1, 1, 1), (1, 2), (1, 1, 2)])
def test_one_player_or_one_action(shape, concept):
    n = len(shape)
    payoffs = np.arange(n * math.prod(shape)).reshape(n, *shape)
    game = StrategicGame.from_arrays(*payoffs)
    enumeration = enumerated(game, concept)
    assert enumeration.complete
    # all payoffs grow together, so that the last outcome is everyone's best and the only efficient
    best = payoffs.reshape(n, -1)[:, -1]
    assert np.array(payoffs_of(enumeration)) == pytest.approx(np.array([best]))


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_constant_payoffs_make_every_price_right(n, concept):
    game = StrategicGame.from_arrays(*np.full((n, *[2] * n), 5))
    enumeration = enumerated(game, concept)
    assert enumeration.complete
    assert payoffs_of(enumeration) == [(5.0,) * n]
    assert [whole.dimension for whole in enumeration.sets] == ([n - 1] if n > 1 else [])


@pytest.mark.parametrize("seed", range(2))
def test_copies_and_dominated_actions_change_nothing(seed):
    game = random_game("integer", (2, 3), seed)
    copied = StrategicGame.from_arrays(*[np.repeat(u, [2, 1], axis=0) for u in game.payoffs])
    # a row that gives both players less than every entry helps nobody, not even as a threat, if
    # it hurts its owner the more: 0 for player 0 costs 10, player 1 keeps what row 0 gives
    worse = StrategicGame.from_arrays(
        np.vstack([game.payoffs[0], np.full(3, -10)]),
        np.vstack([game.payoffs[1], game.payoffs[1][0]]),
    )
    expected = payoffs_of(enumerated(game))
    for other in (copied, worse):
        enumeration = enumerated(other)
        assert enumeration.complete
        assert np.array(payoffs_of(enumeration)) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("concept", CONCEPTS)
def test_a_dummy_player_may_have_any_price(concept):
    # Two of three bargain over (1, 0) and (0, 1); the third has one action and always 7: neither
    # its share nor its price matters, and v(S) = 0 for all smaller coalitions of the two.
    game = game_of(
        [[[1], [0]], [[0], [0]]], [[[0], [1]], [[0], [0]]], [[[7], [7]], [[7], [7]]]
    )  # fmt: skip
    enumeration = enumerated(game, concept)
    assert enumeration.complete
    for payoffs in payoffs_of(enumeration):
        assert payoffs[2] == 7
    for whole in enumeration.sets:
        assert whole.prices[:, 2].max() > 0


# -- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "shift"), [(Fraction(1, 10**12), 0), (Fraction(10**12), 10**12)]
)
def test_huge_scales_and_shifts(factor, shift):
    game = random_game("integer", (2, 2, 2), 4)
    moved = enumerated(rescale(game, [factor, 1, factor], [shift, -shift, 0]))
    plain = enumerated(game)
    assert moved.complete
    assert plain.complete
    assert len(moved.proper) == len(plain.proper) > 0
    for one, two in zip(plain.proper, moved.proper, strict=True):
        assert normalised(moved.game, two.prices) == pytest.approx(normalised(game, one.prices))


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_huge_scales_in_doubles(scale):
    game = random_game("uniform", (2, 2), 3)
    moved = enumerated(StrategicGame.from_arrays(scale * game.payoffs[0], game.payoffs[1]))
    assert moved.complete
    expected = payoffs_of(enumerated(game))[0]
    assert payoffs_of(moved)[0] == pytest.approx((scale * expected[0], expected[1]))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_no_game_has_such_payoffs(bad):
    with pytest.raises(InputError, match="finite"):
        enumerate_equilibria(game_of([[bad, 1]], [[0, 0]]))


@pytest.mark.parametrize("concept", CONCEPTS)
@pytest.mark.parametrize(("shape", "seed"), [((2, 2), 1010), ((2, 2), 1195)])
def test_doubles_are_the_fractions_that_they_are(shape, seed, concept):
    # the second has a continuum of prices: exact although given in doubles
    game = random_game("uniform", shape, seed)
    exact = StrategicGame.from_arrays(*to_fractions(game.payoffs))
    one, two = enumerated(game, concept), enumerated(exact, concept)
    assert not one.game.is_exact
    assert two.game.is_exact
    assert one.complete
    assert two.complete
    assert (
        one.certificate["equilibria" if one.proper else "nodes"]
        == (two.certificate["equilibria" if two.proper else "nodes"])
    )


# -- equivariance --------------------------------------------------------------------------------


@settings(deadline=None, max_examples=2)
@given(
    st.integers(0, 10**6),
    st.permutations(range(3)),
    st.permutations(range(2)),
    st.fractions(Fraction(1, 9), 9, max_denominator=9),
    st.integers(-9, 9),
)
def test_names_and_units_do_not_matter(seed, players, actions, factor, shift):
    # facts page, F4
    game = random_game("integer", (2, 2, 2), seed)
    changed = rescale(game, [factor, 1, 1], [shift, 0, 0])
    changed = permute_actions(permute_players(changed, players), 1, actions)
    one, two = enumerated(game, max_cells=3000), enumerated(changed, max_cells=3000)
    if not (one.complete and two.complete):
        return
    unit, zero = np.array([float(factor), 1, 1]), np.array([float(shift), 0, 0])
    expected = sorted(
        tuple((unit * payoffs + zero)[list(players)]) for payoffs in np.array(payoffs_of(one))
    )
    assert np.array(payoffs_of(two)) == pytest.approx(np.array(expected), abs=1e-9)
    assert [s.dimension for s in one.sets] == [s.dimension for s in two.sets]


# -- floors and limits ---------------------------------------------------------------------------


def test_an_equilibrium_below_the_floor_is_not_listed():
    # normalised prices (2, 2, 1)/5
    game = example("edge")
    above = enumerated(game, price_floor=Fraction(1, 4))
    assert above.complete
    assert above.proved_floor == above.price_floor == Fraction(1, 4)
    assert not above.proper
    assert above.certificate["kind"] == "refutation"
    at = enumerated(game, price_floor=Fraction(1, 5))
    assert at.complete
    assert len(at.proper) == 1


@pytest.mark.parametrize("floor", ["1/1000", 0.001, Fraction(1, 3), "0.1"])
def test_floors_of_continua(floor):
    # dictator: all prices with b_0 >= b_1
    enumeration = enumerated(example("dictator"), price_floor=floor)
    assert enumeration.complete
    assert [whole.dimension for whole in enumeration.sets] == [1]


def test_too_few_cells_leave_cells_not_examined():
    enumeration = enumerated(random_game("integer", (2, 2, 2), 3), max_cells=1)
    assert not enumeration.complete
    assert enumeration.cells == 1
    assert enumeration.undecided
    assert {cell.reason for cell in enumeration.undecided} == {"not examined"}
    assert 0 < enumeration.proved_floor <= Fraction(1, 2)
    assert not enumeration.interrupted


def test_no_time_leaves_all_open():
    enumeration = enumerated(random_game("uniform", (3, 3, 3), 3), time_limit=1e-9)
    assert not enumeration.complete
    assert sum(cell.reason == "not examined" for cell in enumeration.undecided) > 0


def test_large_cells_may_be_left_undecided():
    enumeration = enumerated(random_game("uniform", (2, 2, 2), 3), min_diameter=0.5)
    assert not enumeration.complete
    assert all(cell.diameter < 0.5 for cell in enumeration.undecided)


def test_progress_ends_with_everything_settled():
    seen = []
    enumeration = enumerated(random_game("uniform", (2, 2, 2), 5), progress=seen.append)
    assert len(seen) == enumeration.cells
    assert seen[-1].open == seen[-1].undecided == 0
    assert seen[-1].proved == pytest.approx(1)
    assert seen[-1].equilibria == len(enumeration.proper)
    assert all(0 <= one.proved <= two.proved for one, two in itertools.pairwise(seen))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"concept": "nash"}, "concept"),
        ({"price_floor": "much"}, "number"),
        ({"price_floor": math.nan}, "number"),
        ({"price_floor": -1}, "floor"),
        ({"price_floor": Fraction(1, 2)}, "below 1/2"),
        ({"max_cells": 0}, "max_cells"),
        ({"starts": 0}, "starts"),
        ({"workers": 0}, "workers"),
        ({"min_diameter": 0}, "min_diameter"),
        ({"min_diameter": math.nan}, "min_diameter"),
        ({"time_limit": -1}, "time_limit"),
        ({"time_limit": math.nan}, "time_limit"),
    ],
)
def test_unusable_arguments(options, told):
    with pytest.raises(InputError, match=told):
        enumerate_equilibria(game_of([[0, 1]], [[1, 0]]), **options)


def test_side_payments_leave_the_coco_value():
    game = game_of([[3, 0], [5, 1]], [[3, 5], [0, 1]], transferable=True)
    enumeration = enumerate_equilibria(game)
    assert enumeration.complete
    assert enumeration.certificate is None
    (equilibrium,) = enumeration.equilibria
    assert list(equilibrium.payoffs) == [3, 3]  # by symmetry, half of the best total 6
