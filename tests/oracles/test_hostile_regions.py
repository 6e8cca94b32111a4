"""What the attacks on regions rest on, and that they notice checkers that are damaged."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hostile.absence import extreme, halves, is_absent
from hostile.claims import UNFAIR, Claim, flaw
from hostile.forms import design
from hostile.judge import in_hull
from hostile.nearby import Arena, distance, nearest, normalised, saddle, weighted_excess
from hostile.region_attacks import regions
from hostile.sketch import Case, Known
from hostile.tally import Tally

import harsanyi_check.robust as second
from harsanyi_aux import StrategicGame
from harsanyi_aux.certify import robust as first

# The prisoners' dilemma, normalised: its only equilibrium has equal prices and pays 3/5.
DILEMMA = normalised([[Fraction(u) for u in row] for row in ([3, 0, 5, 1], [3, 5, 0, 1])])
SHAPE = (2, 2)


def interval(low: str, high: str) -> list[tuple[Fraction, ...]]:
    return [(b, 1 - b) for b in map(Fraction, (low, high))]


def at(point: tuple[Fraction, ...], payoffs=DILEMMA, shape=SHAPE):
    return Arena(shape, payoffs).claims(point)[1]


def test_a_region_is_empty_only_without_an_equilibrium():
    hair = Fraction(1, 10**7)
    assert not is_absent(SHAPE, DILEMMA, interval("2/5", "3/5"))
    assert not is_absent(SHAPE, DILEMMA, interval("2/5", "1/2"))
    for low, high in (("1/100", 1 / Fraction(2) - hair), (1 / Fraction(2) + hair, "99/100")):
        assert is_absent(SHAPE, DILEMMA, interval(low, high))


@pytest.mark.parametrize("seed", [1, 5, 8, 14])
def test_no_region_around_a_known_equilibrium_is_empty(seed):
    case = design("regions", seed)
    assert case is not None
    payoffs = normalised(case.game.fractions.reshape(case.game.n_players, -1).tolist())
    rng = np.random.default_rng(seed)
    for known in case.known:
        prices, n = known.claim.prices, case.game.n_players
        for size in (Fraction(1, 10), Fraction(1, 1000)):
            # a simplex that holds the prices, anywhere in it
            weights = [Fraction(int(w), 1) for w in rng.integers(1, 9, n)]
            reach = size * min(prices)
            corners = []
            for k in range(n):
                step = [reach * (int(i == k) - w / sum(weights)) for i, w in enumerate(weights)]
                corners.append(tuple(p + s for p, s in zip(prices, step, strict=True)))
            assert in_hull(corners, prices)
            assert not is_absent(case.game.actions, payoffs, corners)


def test_halves_cover():
    triangle = [
        tuple(Fraction(k, 10) for k in corner) for corner in ((1, 1, 8), (8, 1, 1), (3, 5, 2))
    ]
    parts = halves(triangle)
    for weights in ((1, 1, 1), (0, 1, 3), (5, 0, 1), (1, 0, 0), (2, 9, 1)):
        point = tuple(
            sum(Fraction(w, sum(weights)) * c[i] for w, c in zip(weights, triangle, strict=True))
            for i in range(3)
        )
        assert any(in_hull(part, point) for part in parts)
    inside = tuple(sum(column) / 3 for column in zip(*triangle, strict=True))
    assert sorted(extreme([*triangle, inside])) == sorted(triangle)


def test_strategies_are_optimal():
    rng = np.random.default_rng(2)
    for _ in range(50):
        matrix = rng.normal(size=rng.integers(2, 6, 2))
        x, y = saddle(matrix)
        assert (x @ matrix).min() == pytest.approx((matrix @ y).max(), abs=1e-9)


def test_the_nearest_game_is_that_of_the_hand_calculation():
    # at 9/20 the excess is 1/50, and a change of all payoffs counts once (test_robust_regions)
    point = (Fraction(9, 20), Fraction(11, 20))
    near = min(
        (nearest(SHAPE, DILEMMA, [claim]) for claim in at(point)), key=lambda near: near.radius
    )
    moved = near.exact()
    assert moved is not None
    assert flaw(SHAPE, moved, near.claims[0]) is None
    assert distance(moved, DILEMMA) == Fraction(1, 50)


def test_the_weighted_excess_is_that_of_the_hand_calculation():
    point = (Fraction(9, 20), Fraction(11, 20))
    (claim,) = [c for c in at(point) if flaw(SHAPE, DILEMMA, c) == UNFAIR]
    weights = [Fraction(1), Fraction(0)]
    assert weighted_excess(SHAPE, DILEMMA, claim, weights) == Fraction(1, 50)
    near = nearest(SHAPE, DILEMMA, [claim], weights=weights)
    assert near is not None
    assert distance(near.exact(), DILEMMA) == Fraction(1, 50)


def attacked():
    """Return what is made of the attacks on the regions of a dilemma."""
    half, alone = (Fraction(1, 2),) * 2, {1: Fraction(1)}
    claim = Claim(half, {1: (alone, alone)}, {0: Fraction(1)})
    game = StrategicGame.from_arrays([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    known = Known(claim, (Fraction(3), Fraction(3)))
    tally = Tally()
    regions(Case("regions", "dilemma", game, (known,)), np.random.default_rng(0), tally)
    return tally


def test_the_checkers_are_asked_for_nearly_as_much_as_they_prove():
    tally = attacked()
    assert tally.false == []
    assert tally.kinds["true, true"] == 1
    assert tally.kinds["bounds, true"] > 2
    assert all(0.5 < share < 1 for share in (*tally.outward, *tally.edges, *tally.emptied))
    assert len(tally.outward) == len(tally.edges) == 1


def half_the_radius(right):
    return lambda table, corners, beta, radius, place: right(
        table, corners, beta, radius / 2, place
    )


def of_the_one_game(right):
    return lambda *given: right(*given[:-1], 0 * given[-1])


DAMAGES = {
    "payoffs move half as far": (first, "check_inward", half_the_radius, "emptied"),
    "outcomes that may become the best": (first, "_robust_outcomes", of_the_one_game, "emptied"),
    "the same in the second checker": (second, "kept_outcomes", of_the_one_game, "emptied"),
    "payoffs of the one game": (first, "_payoffs", of_the_one_game, "bounds"),
    "cells may overlap": (first, "_contains", lambda _: lambda *_: False, "beside, holes"),
    "all regions are apart": (first.Sides, "exclude", lambda _: lambda *_: True, "twice"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed(monkeypatch, damage):
    module, name, change, kind = DAMAGES[damage]
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    assert kind in {false["kind"] for false in attacked().false}
