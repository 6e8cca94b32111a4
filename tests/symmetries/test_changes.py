"""Solver, enumeration and smoothing follow a change of the game as its equilibria do.

Equilibria need not be unique, so that two searches may find different ones: what a search finds in
the changed game is brought back and held against the definition in the game before the change.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from changes import CHANGES, games, generic_games, renamed, rescaled, shuffled
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from harsanyi_aux import (
    StrategicGame,
    coco_value,
    enumerate_equilibria,
    follow_smoothing,
    solve,
    threat_games,
    verify,
)
from harsanyi_aux.smooth.games import LIMIT_TOLERANCE

every_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


def examples(count: int) -> Any:
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@every_change
@examples(12)
@given(data=st.data())
def test_an_equilibrium_of_the_game_is_one_of_the_changed_game(change, data):
    game = data.draw(games())
    changed = change(data.draw, game)
    found = solve(game)
    assume(found.kind == "proper")
    assert verify(changed.game, changed.carry(found)).valid
    assert changed.back(changed.carry(found)).payoffs == pytest.approx(found.payoffs, abs=1e-9)


@every_change
@examples(12)
@given(data=st.data())
def test_what_is_found_in_the_changed_game_is_an_equilibrium_of_the_game(change, data):
    game = data.draw(games())
    changed = change(data.draw, game)
    found = solve(changed.game)
    assume(found.kind == "proper")
    assert verify(game, changed.back(found)).valid


# a player without influence has any price, and that all are is proved for some games only
@pytest.mark.parametrize("change", CHANGES[:-1], ids=lambda change: change.__name__)
@pytest.mark.parametrize(("shape", "count"), [((2, 2), 8), ((2, 2, 2), 2)])
def test_lists_of_all_equilibria_change_with_the_game(change, shape, count):
    complete = []

    @examples(count)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        game = data.draw(generic_games((shape,)))
        changed = change(data.draw, game)
        one, two = (enumerate_equilibria(g, max_cells=400) for g in (game, changed.game))
        if not (one.complete and two.complete):
            return
        complete.append(game)
        assert len(one.proper) == len(two.proper)
        carried = [changed.payoffs(e.payoffs.astype(float)) for e in one.proper]
        unit = changed.game.ranges
        assert in_order(carried, unit) == pytest.approx(
            in_order([e.payoffs.astype(float) for e in two.proper], unit), abs=1e-6
        )

    holds()
    assert len(complete) >= count / 2


def in_order(payoffs: list[np.ndarray], unit: np.ndarray) -> np.ndarray:
    return np.array(sorted((np.round(u / unit, 7) + 0.0).tolist() for u in payoffs))


@every_change
@examples(4)
@given(data=st.data())
def test_limits_of_the_changed_game_are_equilibria_of_the_game(change, data):
    game = data.draw(generic_games())
    changed = change(data.draw, game)
    found = follow_smoothing(changed.game)
    assume(found.attained and found.claim.kind == "proper")
    assert verify(game, changed.back(found.claim), tol=10 * LIMIT_TOLERANCE).valid


@pytest.mark.parametrize("change", [renamed, shuffled, rescaled])
@examples(3)
@given(data=st.data())
def test_smoothing_commutes_with_names_and_units(change, data):
    game = data.draw(generic_games(((2, 2), (2, 2, 2))))
    changed = change(data.draw, game)
    one, two = follow_smoothing(game), follow_smoothing(changed.game)
    assume(one.attained and two.attained)
    assume(one.claim.kind == two.claim.kind == "proper")
    unit = changed.game.ranges
    assert changed.payoffs(one.payoffs) / unit == pytest.approx(two.payoffs / unit, abs=1e-4)


# -- exact and in doubles ------------------------------------------------------------------------


def in_doubles(game: StrategicGame) -> StrategicGame:
    return StrategicGame.from_arrays(*game.payoffs)


@examples(25)
@given(game=games(), prices=st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_values_agree(game, prices):
    own = prices[: game.n_players]
    exact, rounded = coco_value(game, own), coco_value(in_doubles(game), own)
    assert exact.is_exact
    assert not rounded.is_exact
    assert exact.shares.astype(float) == pytest.approx(rounded.shares, abs=1e-9)
    assert exact.values.astype(float) == pytest.approx(rounded.values, abs=1e-9)
    assert threat_games(game, own).values == pytest.approx(rounded.values, abs=1e-9)


@examples(20)
@given(game=games())
def test_what_is_found_in_doubles_passes_on_the_exact_game_and_the_other_way_round(game):
    rounded = in_doubles(game)
    assert verify(game, solve(rounded)).valid
    assert verify(rounded, solve(game)).valid


@examples(10)
@given(game=games(((2, 2),)))
def test_lists_agree(game):
    one, two = enumerate_equilibria(game), enumerate_equilibria(in_doubles(game))
    assert one.complete == two.complete
    assert len(one.proper) == len(two.proper)
    for a, b in zip(one.proper, two.proper, strict=True):
        assert a.payoffs.astype(float) == pytest.approx(b.payoffs.astype(float), abs=1e-9)
