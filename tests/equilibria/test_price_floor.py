"""Equilibria whose least price is hardly below, at, or hardly above the price floor."""

from __future__ import annotations

from fractions import Fraction

import pytest

from harsanyi_aux import StrategicGame, random_game
from harsanyi_aux.certify import check
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.equilibria.existence import exists

#: Its one equilibrium has the normalised prices 8/17 and 9/17.
GAME = StrategicGame.from_arrays([[4, 0], [0, 1]], [[1, 0], [0, 3]])
LEAST = Fraction(8, 17)
#: Its one equilibrium is irrational.
IRRATIONAL = random_game("integer", (2, 2, 2), 0)


@pytest.mark.parametrize("below", [Fraction(1, 10**6), Fraction(1, 10**8), Fraction(1, 10**15)])
def test_an_equilibrium_below_the_floor_is_not_listed(below):
    floor = LEAST + below
    found = enumerate_equilibria(GAME, price_floor=floor)
    assert found.complete
    assert found.equilibria == found.sets == found.enclosures == ()
    answer = exists(GAME, price_floor=floor)
    assert answer.status == "refuted"
    assert answer.equilibrium is None
    for certificate in (found.certificate, answer.certificate):
        assert check(certificate).claim.startswith("the game has no CoCo equilibrium with all")


@pytest.mark.parametrize("above", [Fraction(0), Fraction(1, 10**8)])
def test_an_equilibrium_at_or_above_the_floor_is_listed(above):
    floor = LEAST - above
    found = enumerate_equilibria(GAME, price_floor=floor)
    assert found.complete
    (one,) = found.equilibria
    assert list(one.payoffs) == [Fraction(11, 4), Fraction(11, 6)]
    assert "exactly 1 CoCo equilibrium" in check(found.certificate).claim
    assert exists(GAME, price_floor=floor).status == "exists"


def test_an_irrational_equilibrium_is_compared_by_its_bounds():
    (one,) = enumerate_equilibria(IRRATIONAL).enclosures
    low, high = min(one.bounds.prices)
    assert low < high
    for floor, status in (
        (low, "exists"),
        ((low + high) / 2, "undecided"),
        (high + Fraction(1, 10**12), "refuted"),
    ):
        answer = exists(IRRATIONAL, price_floor=floor)
        assert answer.status == status
        listed = enumerate_equilibria(IRRATIONAL, price_floor=floor)
        assert listed.complete
        assert len(listed.equilibria) == (status != "refuted")


def test_with_side_payments_a_floor_means_nothing():
    game = StrategicGame.from_arrays([[0, 100], [3, 1]], [[1, 0], [0, 2]], transferable=True)
    found = enumerate_equilibria(game, price_floor="2/5")
    assert len(found.equilibria) == 1
    assert found.price_floor == found.proved_floor == 0
    answer = exists(game, price_floor="2/5")
    assert answer.status == "exists"
    assert answer.price_floor == 0
