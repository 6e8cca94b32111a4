"""Structures: layouts, symmetry, random draws, and what a user may give."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux import StrategicGame
from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import members
from harsanyi_aux.search.design.layouts import layout
from harsanyi_aux.search.design.prescribed import given_prices, given_strategies
from harsanyi_aux.search.design.structures import (
    equilibria_of,
    pattern_of,
    random_structures,
    with_dummy,
)


def test_the_layout_places_joint_actions_in_c_order():
    known = layout((2, 3, 2))
    # {0}: 2, {1}: 3, {0,1}: 6, {2}: 2, {0,2}: 4, {1,2}: 6, N: 12
    assert known.width == 2 + 3 + 6 + 2 + 4 + 6 + 12
    outcome = np.ravel_multi_index((1, 2, 0), (2, 3, 2))
    assert known.parts[0b001, outcome] == 1
    assert known.parts[0b011, outcome] == 1 * 3 + 2
    assert known.parts[0b110, outcome] == 2 * 2 + 0
    assert known.parts[0b111, outcome] == outcome


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((2, 2), "only one equilibrium payoff vector"),
        ((), "only one"),
        ((2, 0, 2), "not a number of actions"),
        ((2, True, 2), "not a number of actions"),
        ((2, 2.5, 2), "not a number of actions"),
        ((50, 50, 50), "too many outcomes"),
    ],
)
def test_shapes_that_make_no_design(shape, words):
    with pytest.raises(InputError, match=words):
        pattern_of(shape, 2, "coco")


def test_random_structures_are_distributions_at_prices_of_different_directions():
    pattern = pattern_of((2, 2, 3), 3, "coalition-perfect")
    structures = random_structures(pattern, 200, np.random.default_rng(1), mixed=True)
    assert len(structures) > 100
    mixing = 0
    for structure in structures:
        for mask in range(1, 8):
            own = structure.weights[:, pattern.layout.own(mask)]
            assert (own >= 0).all()
            assert (own.sum(axis=1) > 0).all()
            mixing += ((own > 0).sum(axis=1) == 2).sum()
        directions = structure.prices / structure.prices.sum(axis=1, keepdims=True)
        for e, f in pattern.pairs:
            assert np.abs(directions[e] - directions[f]).max() > 1e-3
    assert mixing > 0


@pytest.mark.parametrize("symmetry", ["cyclic", "swap", (1, 0, 2), (2, 1, 0)])
def test_a_symmetry_carries_prescribed_equilibria_to_prescribed_equilibria(symmetry):
    pattern = pattern_of((2, 2, 2), 4, "coalition-perfect", symmetry)
    order = pattern.symmetry
    structure = random_structures(pattern, 50, np.random.default_rng(2))[0]
    game = StrategicGame.from_arrays(*np.zeros((3, 2, 2, 2), dtype=int))
    claims = equilibria_of(pattern, structure, game)

    def told(claim, renamed):
        prices, strategies = {}, {}
        for i in range(3):
            prices[order[i] if renamed else i] = claim.prices[i] / claim.prices.sum()
        for coalition, strategy in claim.strategies.items():
            own = sorted(coalition)
            for actions in np.ndindex(*strategy.shape):
                who = [order[i] if renamed else i for i in own]
                cell = frozenset(zip(who, actions, strict=True))
                strategies[cell] = strategy[actions]
        return sorted(prices.items()), sorted((sorted(k), v) for k, v in strategies.items())

    plain = [told(claim, renamed=False) for claim in claims]
    moved = [told(claim, renamed=True) for claim in claims]
    assert sorted(plain) == sorted(moved)
    assert any(a != b for a, b in zip(plain, moved, strict=True))


def test_a_symmetry_ties_payoffs_along_orbits():
    # under the cycle of three players each payoff is one of three equal ones
    pattern = pattern_of((2, 2, 2), 3, "coco", "cyclic")
    assert pattern.unknowns == 8
    assert np.bincount(pattern.classes).tolist() == [3] * 8
    # swapping players 0 and 1 leaves player 2's payoffs at outcomes with equal actions alone
    swapped = pattern_of((2, 2, 2), 2, "coco", "swap")
    assert swapped.unknowns == 8 + 4 + 2


def test_symmetric_equilibria_under_a_transitive_symmetry_would_be_equal():
    with pytest.raises(InputError, match="symmetric themselves"):
        pattern_of((2, 2, 2), 2, "coco", "cyclic")
    assert pattern_of((2, 2, 2), 4, "coco", "cyclic").orbits == (3, 1)


@pytest.mark.parametrize("symmetry", ["mirror", (0, 0, 1), (0, 1), (1, 0, "x")])
def test_unusable_symmetries(symmetry):
    with pytest.raises(InputError, match=r"symmetr|permutation"):
        pattern_of((2, 2, 2), 2, "coco", symmetry)


def test_exchanged_players_need_equally_many_actions():
    with pytest.raises(InputError, match="different numbers of actions"):
        pattern_of((2, 3, 2), 2, "coco", "swap")


def test_adding_a_dummy_keeps_the_strategies_of_the_others():
    three, four = (pattern_of(shape, 2, "coalition-perfect") for shape in ((2, 3, 2), (2, 4, 3, 2)))
    rng = np.random.default_rng(3)
    base = random_structures(three, 20, rng, mixed=True)[0]
    larger = with_dummy(four, base, 1, rng)
    assert np.array_equal(np.delete(larger.prices, 1, axis=1), base.prices)
    for mask in range(1, 16):
        shape = [four.layout.shape[i] for i in members(mask)]
        rest = (mask & 1) | (mask >> 2) << 1
        for e in range(2):
            table = larger.weights[e, four.layout.own(mask)].reshape(shape)
            if mask >> 1 & 1:
                axis = members(mask).index(1)
                used = np.moveaxis(table, axis, 0).reshape(4, -1)
                assert (used.sum(axis=1) > 0).sum() == 1
                table = table.sum(axis=axis)
            if rest:
                assert np.array_equal(table.reshape(-1), base.weights[e, three.layout.own(rest)])


# -- given ---------------------------------------------------------------------------------------


def test_given_prices_become_integers():
    pattern = pattern_of((2, 2, 2), 2, "coco")
    prices = given_prices(pattern, [["1/2", 1, "1.5"], [2, 2, 4]])
    assert prices.tolist() == [[1, 2, 3], [1, 1, 2]]


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ([[1, 1, 1]], "1 price vectors where 2"),
        ([[1, 1, 1], [2, 2, 2]], "proportional"),
        ([[1, 1, 1], [1, 0, 1]], "positive"),
        ([[1, 1, 1], [1, 1]], "positive"),
        ([[1, 1, 1], [0.5, 1, 1]], "float"),
        ([[1, 1, 1], ["x", 1, 1]], "not a number"),
        ([[1, 1, 1], [1, 1, "123456789/987654321"]], "too many digits"),
    ],
)
def test_unusable_prices(prices, words):
    with pytest.raises(InputError, match=words):
        given_prices(pattern_of((2, 2, 2), 2, "coco"), prices)


def test_given_strategies_are_actions_or_probabilities():
    pattern = pattern_of((2, 2, 2), 2, "coco")
    pure = {members(mask): tuple(0 for _ in members(mask)) for mask in range(1, 8)}
    half = pure | {(0, 1): [["1/2", 0], [0, Fraction(1, 2)]]}
    weights = given_strategies(pattern, [pure, half])
    assert weights[:, pattern.layout.own(0b011)].tolist() == [[1, 0, 0, 0], [1, 0, 0, 1]]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ((0,), "not a joint action"),
        ((0, 2), "not a joint action"),
        ([["1/2", 0], [0, "1/3"]], "sum to one"),
        ([["3/2", 0], [0, "-1/2"]], "sum to one"),
        ([1, 0], "shape"),
        ([[0.5, 0], [0, 0.5]], "float"),
    ],
)
def test_unusable_strategies(entry, words):
    pattern = pattern_of((2, 2, 2), 2, "coco")
    pure = {members(mask): tuple(0 for _ in members(mask)) for mask in range(1, 8)}
    with pytest.raises(InputError, match=words):
        given_strategies(pattern, [pure, pure | {(0, 1): entry}])
    with pytest.raises(InputError, match="no strategy"):
        given_strategies(pattern, [pure, {}])
