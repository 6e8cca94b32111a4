from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import brute_force

from harsanyi_aux.errors import InputError
from harsanyi_aux.game.coalitions import (
    CoalitionMap,
    coco_division,
    coco_shares,
    dividends,
    mask_of,
    members,
    moebius,
    players_of,
    shapley_weights,
    sizes,
    subset_sums,
)


def as_sets(u):
    """Turn a (2**n, n) array into the dictionaries of the brute force."""
    return {frozenset(members(mask)): list(row) for mask, row in enumerate(u)}


def random_fractions(rng, *shape):
    array = np.empty(shape, dtype=object)
    array.reshape(-1)[:] = [Fraction(rng.randint(-50, 50), rng.randint(1, 9)) for _ in array.flat]
    return array


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_transforms_equal_the_definitions_written_out(n):
    rng = random.Random(n)
    u = random_fractions(rng, 1 << n, n)
    a = random_fractions(rng, n)
    sets = as_sets(u)
    w = dividends(u)
    earnings = np.array(
        [sum((a[i] * u[m, i] for i in members(m)), Fraction(0)) for m in range(1 << n)]
    )
    shares = coco_shares(earnings)
    for mask in range(1, 1 << n):
        S = frozenset(members(mask))
        for i in S:
            assert w[mask, i] == brute_force.dividend(sets, S, i)
            assert u[mask, i] - w[mask, i] == brute_force.threat_utility(sets, S, i)
            assert shares[mask, i] == brute_force.coco_share(sets, list(a), S, i)
    v = random_fractions(rng, 1 << n)
    by_set = {frozenset(members(m)): v[m] for m in range(1 << n)}
    assert list(coco_division(v)) == brute_force.coco_value(by_set, n)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_theorem_1_equal_dividends_give_coco_shares(n):
    # Facts page, Theorem 1: an identity about arrays. From equal dividends d_S / a_i ...
    rng = random.Random(10 * n)
    a = [Fraction(rng.randint(1, 9)) for _ in range(n)]
    d = random_fractions(rng, 1 << n)
    equal = np.array(
        [[d[m] / a[i] if m >> i & 1 else Fraction(0) for i in range(n)] for m in range(1 << n)]
    )
    u = subset_sums(equal)
    sets = as_sets(u)
    for mask in range(1, 1 << n):
        S = frozenset(members(mask))
        for i in S:
            assert a[i] * u[mask, i] == brute_force.coco_share(sets, a, S, i)
    # ... and one payoff changed breaks both forms.
    S = frozenset({0, 1})
    sets[S][0] += 1
    assert a[0] * sets[S][0] != brute_force.coco_share(sets, a, S, 0)
    assert a[0] * brute_force.dividend(sets, S, 0) != a[1] * brute_force.dividend(sets, S, 1)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_theorem_1_coco_shares_give_equal_dividends(n):
    # Build u coalition by coalition so that the CoCo form holds: Z_S is free, the shares follow.
    rng = random.Random(100 * n)
    a = [Fraction(rng.randint(1, 9)) for _ in range(n)]
    earnings = random_fractions(rng, 1 << n)
    earnings[0] = Fraction(0)
    shares = coco_shares(earnings)
    u = np.array([[shares[m, i] / a[i] for i in range(n)] for m in range(1 << n)])
    sets = as_sets(u)
    for mask in range(1, 1 << n):
        S = frozenset(members(mask))
        slices = {a[i] * brute_force.dividend(sets, S, i) for i in S}
        assert len(slices) == 1


def test_shapley_weights_of_three_players():
    # (r-1)!(3-r)!/3!: 2/6, 1/6, 2/6
    assert shapley_weights(3) == (0, Fraction(1, 3), Fraction(1, 6), Fraction(1, 3))


def test_coco_value_by_hand():
    # v({0}) = 1, v({1}) = -1, v(N) = 5: φ_0 = (1 + 5)/2 = 3, φ_1 = (-1 + 5)/2 = 2
    assert coco_division(np.array([-5.0, 1.0, -1.0, 5.0])) == pytest.approx([3.0, 2.0])


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_moebius_inverts_subset_sums(n, seed):
    values = np.random.default_rng(seed).integers(-1000, 1000, 1 << n)
    assert (moebius(subset_sums(values)) == values).all()


def test_sixteen_players_are_practical_and_accurate():
    # Efficiency of the Shapley value on every coalition: members' shares sum to Z_S.
    n = 16
    rng = np.random.default_rng(0)
    earnings = rng.random(1 << n)
    earnings[0] = 0.0
    shares = coco_shares(earnings)
    assert np.abs(shares.sum(axis=1) - earnings).max() < 1e-9
    value = coco_division(np.concatenate([[-earnings[-1]], earnings[1:]]))
    assert value.shape == (n,)


def test_sizes_and_masks():
    assert sizes(3).tolist() == [0, 1, 1, 2, 1, 2, 2, 3]
    assert mask_of({0, 3}) == 9
    assert members(9) == (0, 3)
    with pytest.raises(InputError, match="not a player"):
        mask_of([-1])
    with pytest.raises(InputError, match="not the number of coalitions"):
        players_of(6)


def test_coalition_map_takes_any_collection_as_key():
    table = CoalitionMap({0b11: "both", 0b1: "first"})
    assert table[{0, 1}] == table[[1, 0]] == table[0, 1] == table[frozenset({0, 1})] == "both"
    assert table[0] == "first"
    assert {0, 1} in table
    assert {1} not in table
    assert "x" not in table
    assert list(table) == [frozenset({0}), frozenset({0, 1})]
    with pytest.raises(KeyError):
        table[{2}]
