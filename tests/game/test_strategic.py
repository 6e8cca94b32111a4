"""The game model: exactness, checks, scale, symmetries."""

from __future__ import annotations

import copy
import math
import pickle
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from equivariance import permute_actions, permute_players, rescale
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.strategic import StrategicGame

F = Fraction
G = StrategicGame.from_arrays


# -- construction ------------------------------------------------------------------------------


def test_a_two_player_game_and_its_sizes():
    game = G([[1, 2, 3], [4, 5, 6]], [[0, 0, 0], [1, 1, 1]], title="t")
    assert game.n_players == 2
    assert game.actions == (2, 3)
    assert game.n_outcomes == 6
    assert game.players == ("Player 1", "Player 2")
    assert game.action_labels == (("1", "2"), ("1", "2", "3"))
    assert game.payoffs.dtype == np.float64
    assert game.payoffs[0, 1, 2] == 6
    assert repr(game) == "<StrategicGame 't': 2 players, 2x3, exact payoffs>"
    assert game.transferable is False


def test_integers_stay_integers_and_other_exact_numbers_become_fractions():
    integers = G([1, 2])
    assert integers.rational is not None
    assert integers.rational.dtype == np.int64
    fractions = G(["1/3", "2"])
    assert fractions.rational is not None
    assert fractions.rational.tolist() == [[F(1, 3), F(2)]]
    assert all(type(u) is F for u in fractions.rational.flat)
    assert fractions.payoffs[0, 0] == 1 / 3
    # the same numbers written differently are the same game
    assert G([F(4, 2), "3.0"]) == G(np.array([2, 3], dtype=np.uint8))
    assert G([Decimal("0.1"), 1]) == G(["1/10", 1])


def test_integers_beyond_int64_become_fractions():
    for largest in (2**63, 10**30):
        game = G([largest, 0])
        assert game.rational is not None
        assert game.rational.dtype == object
        assert game.fractions[0, 0] == F(largest)
    assert G(np.array([2**64 - 1, 0], dtype=np.uint64)).fractions[0, 0] == 2**64 - 1
    unsigned_and_signed = G(
        np.array([[2**60 + 1, 0]], dtype=np.uint64), np.array([[-1, 0]], dtype=np.int8)
    )
    assert unsigned_and_signed.fractions[0, 0, 0] == 2**60 + 1
    assert unsigned_and_signed.rational.dtype == np.int64


def test_floats_make_a_float_game_and_doubles_may_stand_among_them():
    game = G([[1, 0.5]], [[2, 2**53]])
    assert not game.is_exact
    assert game.payoffs[1, 0, 1] == 2.0**53
    assert not G(np.array([1, 2], dtype=np.float32)).is_exact
    assert not G([1.0, 2.0]).is_exact
    for attribute in ("fractions", "exact_ranges", "exact_minima"):
        with pytest.raises(InputError, match="floats"):
            getattr(game, attribute)


def test_exact_numbers_that_are_no_doubles_do_not_mix_with_floats():
    for odd in (F(1, 3), "0.1", 2**53 + 1):
        with pytest.raises(InputError, match="write the floats as strings") as caught:
            G([[0.5, 1]], [[1, odd]])
        assert caught.value.place == "player 1, outcome (0, 1)"
    with pytest.raises(InputError, match="stands among floats"):
        G(np.array([[0.5, 1]]), np.array([[1, 2**53 + 1]]))


@pytest.mark.parametrize("shape", [(1,), (3,), (1, 1), (1, 3, 1), (2, 1)])
def test_small_and_flat_shapes_are_games(shape):
    n = len(shape)
    game = G(*[np.zeros(shape, dtype=int)] * n)
    assert game.actions == shape
    assert game.ranges.tolist() == [1.0] * n
    assert game.exact_ranges == (F(1),) * n
    assert not game.scaled.any()


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("payoffs", "told"),
    [
        ([], "0 payoff arrays"),
        ([[[1, 2]]], "player 0: shape (1, 2) has 2 axes for 1 players"),
        ([[1, 2], [1, 2]], "player 0: shape (2,) has 1 axes for 2 players"),
        ([[[1, 2]], [[1], [2]]], "player 1: shape (2, 1), but player 0 has (1, 2)"),
        ([[]], "player 0 has no action"),
        ([np.zeros((2, 0))] * 2, "player 1 has no action"),
        ([3], "has 0 axes"),
        (["12"], "has 0 axes"),
        ([[[1, 2], [3]], [[1, 2], [3, 4]]], "payoffs of player 0: the rows have different lengths"),
        ([[1, True]], "player 0, outcome (1): True is a truth value"),
        ([np.array([True, False])], "outcome (0): True is a truth value"),
        ([[1, 2j]], "outcome (1): 2j is not a number"),
        ([np.array([1j])], "outcome (0): 1j is not a number"),
        ([[1, None]], "outcome (1): None is not a number"),
        ([[1, "one"]], "outcome (1): 'one' is not a number"),
        ([[[0, 0]], [[1, NAN]]], "player 1, outcome (0, 1): nan is not a finite number"),
        ([[[0, 0]], [[1, -INF]]], "player 1, outcome (0, 1): -inf is not a finite number"),
        ([np.array([1, INF])], "player 0, outcome (1): inf is not a finite number"),
        ([[[0, "1"]], [["1/3", NAN]]], "player 1, outcome (0, 1): nan is not a finite number"),
        ([["1e309", 0]], "player 0, outcome (0): 1000"),
        ([[1, F(10**400, 3)]], "too large for double precision"),
        ([["1e308", "-1e308"]], "player 0: payoffs are too far apart"),
        ([[1e308, -1e308]], "player 0: payoffs are too far apart"),
        ([["1e-320", 0]], "player 0: payoffs are too close together"),
        ([[5e-324, 0.0]], "player 0: payoffs are too close together"),
        ([["1e-999", 0]], "player 0: payoffs are too close together"),
        ([np.zeros([1] * 32)] * 32, "32 payoff arrays"),
    ],
)
def test_unusable_payoffs_are_refused_with_their_place(payoffs, told):
    with pytest.raises(InputError, match=re.escape(told)):
        G(*payoffs)


def test_long_double_overflow_is_refused_without_a_warning():
    huge = np.array([np.finfo(np.longdouble).max, 0])
    if float(huge[0]) < math.inf:
        pytest.skip("long double is double here")
    with pytest.raises(InputError, match="inf is not a finite number"):
        G(huge)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"players": ["a"]}, "players: expected 2 texts, found 1"),
        ({"players": "ab"}, "players: 'ab' is not a list of texts"),
        ({"players": 2}, "players: 2 is not a list of texts"),
        ({"players": ["a", 1]}, "players[1]: 1 is not a text"),
        ({"players": ["a", "\ud800"]}, "players[1]: '\\ud800' is not valid Unicode"),
        ({"action_labels": [["a"]]}, "action_labels: expected a list of labels for each of 2"),
        ({"action_labels": 5}, "action_labels: expected a list"),
        ({"action_labels": [["a"], ["b"]]}, "action_labels[1]: expected 2 texts, found 1"),
        ({"action_labels": [["a"], ["b", None]]}, "action_labels[1][1]: None is not a text"),
        ({"action_labels": [["a"], 3]}, "action_labels[1]: 3 is not a list of texts"),
        ({"title": None}, "title: None is not a text"),
        ({"transferable": 1}, "transferable: 1 is not true or false"),
    ],
)
def test_unusable_names_are_refused_with_their_place(options, told):
    with pytest.raises(InputError, match=re.escape(told)):
        G([[1, 2]], [[3, 4]], **options)


def test_empty_names_mean_the_default():
    game = G([1, 2], players=[""], action_labels=[["", "b"]])
    assert game.players == ("Player 1",)
    assert game.action_labels == (("1", "b"),)


def test_the_plain_constructor_checks_too():
    good = G([[1, 2]], [[3, 4]])
    parts = (good.title, good.players, good.action_labels, False)
    for payoffs, rational in [
        (good.payoffs[0], None),
        (np.zeros((2, 0, 2)), None),
        (good.payoffs.astype(np.float32), None),
        (good.payoffs, np.zeros((2, 2, 1), dtype=np.int64)),
        (good.payoffs * np.inf, None),
    ]:
        with pytest.raises(InputError):
            StrategicGame(payoffs, rational, *parts)
    with pytest.raises(InputError, match="player names"):
        StrategicGame(good.payoffs, None, "", ("a",), good.action_labels, False)
    with pytest.raises(InputError, match="labels"):
        StrategicGame(good.payoffs, None, "", good.players, (("a",), ("b",)), False)


def test_arrays_are_read_only_and_not_shared_with_the_caller():
    given_array = np.array([[1.0, 2.0], [3.0, 4.0]])
    game = G(given_array, given_array)
    given_array[0, 0] = 9
    assert game.payoffs[0, 0, 0] == 1
    exact = G([1, "1/2"])
    for array in (game.payoffs, game.scaled, game.ranges, game.minima, exact.rational):
        assert not array.flags.writeable
    assert not exact.fractions.flags.writeable
    with pytest.raises(AttributeError):
        game.title = "other"


# -- identity ----------------------------------------------------------------------------------


def test_equality_is_exact_and_sees_every_attribute():
    game = G([[1, 2]], [[3, 4]])
    same = G(np.array([[1, 2]]), [["3", F(4)]])
    assert game == same
    assert hash(game) == hash(same)
    others = [
        G([[1.0, 2]], [[3, 4]]),
        G([[1, 2]], [[3, "4.000000000000000000001"]]),
        G([[1], [2]], [[3], [4]]),
        G([[1, 2]], [[3, 4]], title="x"),
        G([[1, 2]], [[3, 4]], players=["a", "b"]),
        G([[1, 2]], [[3, 4]], action_labels=[["a"], ["b", "c"]]),
        G([[1, 2]], [[3, 4]], transferable=True),
    ]
    for other in others:
        assert game != other
    assert game != "a game"


def test_negative_zero_equals_zero_and_hashes_alike():
    assert G([0.0, 1.0]) == G([-0.0, 1.0])
    assert hash(G([0.0, 1.0])) == hash(G([-0.0, 1.0]))


@pytest.mark.parametrize("game", [G([1, 2]), G(["1/3", 2]), G([0.5, 2.0], transferable=True)])
def test_copies_are_equal_and_read_only(game):
    assert game.scaled.shape == (1, 2)  # fills the cache, which must not travel
    for other in (pickle.loads(pickle.dumps(game)), copy.deepcopy(game)):
        assert other == game
        assert not other.payoffs.flags.writeable
        assert "scaled" not in vars(other)


# -- scale -------------------------------------------------------------------------------------


def test_ranges_minima_and_scaled():
    game = G([[1, 3], [2, 5]], [[7, 7], [7, 7]])
    assert game.ranges.tolist() == [4, 1]
    assert game.minima.tolist() == [1, 7]
    assert game.exact_ranges == (F(4), F(1))
    assert game.exact_minima == (F(1), F(7))
    assert game.scaled.tolist() == [[[0, 0.5], [0.25, 1]], [[0, 0], [0, 0]]]


def test_scaling_an_exact_game_loses_nothing_to_a_shift():
    # payoffs 10^30 + {0, 1, 3}: their doubles coincide, yet the scaled payoffs are 0, 1/3, 1
    for shift in (10**30, F(10**30) + F(1, 7)):
        game = G([shift, shift + 1, shift + 3])
        assert game.payoffs[0, 0] == game.payoffs[0, 2]
        assert game.scaled.tolist() == [[0.0, 1 / 3, 1.0]]
        assert game.ranges.tolist() == [3.0]
        assert game.exact_minima == (shift,)
    # the whole of int64, where differences overflow it
    wide = G([-(2**63), 0, 2**63 - 1])
    assert wide.rational.dtype == np.int64
    assert wide.scaled.tolist() == [[0.0, 2**63 / (2**64 - 1), 1.0]]


@settings(deadline=None)
@given(
    st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=6),
    st.integers(1, 10**6),
)
def test_scaled_is_the_correctly_rounded_quotient(numbers, divisor):
    spread = (max(numbers) - min(numbers)) or 1
    expected = [float(F(u - min(numbers), spread)) for u in numbers]
    assert G(numbers).scaled[0].tolist() == expected
    divided = G([F(u, divisor) for u in numbers])
    if max(numbers) > min(numbers):
        assert divided.scaled[0].tolist() == expected
    assert divided.exact_minima == (F(min(numbers), divisor),)


@settings(deadline=None)
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=6))
def test_scaled_floats_lie_between_zero_and_one(numbers):
    try:
        scaled = G(numbers).scaled
    except InputError as error:
        assert "too close together" in str(error)  # noqa: PT017 (either outcome is right)
        return
    assert scaled.min() == 0
    assert scaled.max() == (1 if max(numbers) > min(numbers) else 0)


# -- bargaining --------------------------------------------------------------------------------


def test_a_bargaining_game_pays_the_point_only_if_all_accept():
    game = StrategicGame.from_bargaining([[3, 0, 1], ["1/2", 2, 1]], [0, 0, "-1/3"])
    assert game.actions == (3, 2, 2)
    assert game.is_exact
    for outcome in np.ndindex(game.actions):
        proposal, *answers = outcome
        agreed = proposal < 2 and not any(answers)
        points = [[3, 0, 1], [F(1, 2), 2, 1]]
        expected = points[proposal] if agreed else [0, 0, F(-1, 3)]
        assert [game.fractions[(i, *outcome)] for i in range(3)] == expected
    assert game.action_labels[0] == ("propose 1", "propose 2", "reject")
    assert game.action_labels[2] == ("accept", "reject")


def test_bargaining_in_floats_and_for_one():
    assert not StrategicGame.from_bargaining(np.array([[0.5, 1.0]]), [0, 0]).is_exact
    assert StrategicGame.from_bargaining([[5]], [1]).rational.tolist() == [[5, 1]]


@pytest.mark.parametrize(
    ("points", "disagreement", "told"),
    [
        ([[1, 2]], [0], "points of shape (1, 2) and a disagreement of shape (1,)"),
        ([1, 2], [0, 0], "points of shape (2,)"),
        ([[1, 2], [3]], [0, 0], "points: the rows have different lengths"),
        ([], [], "points of shape (0,)"),
        (np.zeros((0, 2)), [0, 0], "0 points"),
        ([[]], [], "1 points for 0 players"),
        ([[1, NAN]], [0, 0], "points[0][1]: nan is not a finite number"),
        ([[1, 1]], [0, INF], "disagreement[1]: inf is not a finite number"),
        ([[1, True]], [0, 0], "points[0][1]: True is a truth value"),
        ([[0.5, "1/3"]], [0, 0], "stands among floats"),
    ],
)
def test_unusable_bargaining_problems_are_refused(points, disagreement, told):
    with pytest.raises(InputError, match=re.escape(told)):
        StrategicGame.from_bargaining(points, disagreement)


# -- transformations ---------------------------------------------------------------------------


def numbered_game():
    """Return an exact 2x3x4 game all of whose payoffs differ."""
    table = np.arange(72).reshape(3, 2, 3, 4)
    return G(*table, players=["a", "b", "c"])


def test_permuting_players_renames_them_and_their_actions():
    game = numbered_game()
    turned = permute_players(game, [2, 0, 1])
    assert turned.actions == (4, 2, 3)
    assert turned.players == ("c", "a", "b")
    for x, y, z in np.ndindex(game.actions):
        assert turned.payoffs[:, z, x, y].tolist() == game.payoffs[[2, 0, 1], x, y, z].tolist()
        assert turned.fractions[0, z, x, y] == game.fractions[2, x, y, z]
    assert permute_players(turned, [1, 2, 0]) == game


def test_permuting_actions_moves_payoffs_and_labels():
    game = G([["1/2", 2, 3]], [[4, 5, 6]], action_labels=[["u"], ["x", "y", "z"]])
    turned = permute_actions(game, 1, [2, 0, 1])
    assert turned.fractions.tolist() == [[[3, F(1, 2), 2]], [[6, 4, 5]]]
    assert turned.action_labels == (("u",), ("z", "x", "y"))
    assert permute_actions(turned, 1, [1, 2, 0]) == game


def test_rescaling_an_exact_game_stays_exact():
    game = G([["1/2", 2]], [[4, 5]], title="t", transferable=True)
    turned = rescale(game, [2, "1/3"], [-1, "0.5"])
    assert turned.fractions.tolist() == [[[0, 3]], [[F(11, 6), F(13, 6)]]]
    assert (turned.title, turned.transferable) == ("t", True)
    assert rescale(turned, ["1/2", 3], ["1/2", "-3/2"]) == game
    assert rescale(game, 1) == game


def test_rescaling_floats():
    turned = rescale(G([0.5, 1.0]), 2, 0.25)
    assert turned.payoffs.tolist() == [[1.25, 2.25]]
    assert not turned.is_exact
