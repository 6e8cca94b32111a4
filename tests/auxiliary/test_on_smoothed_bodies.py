from __future__ import annotations

import numpy as np
import pytest

from harsanyi_aux import InputError, NoEquilibriumFound, StrategicGame, random_game
from harsanyi_aux.auxiliary import on_smoothed_bodies
from harsanyi_aux.auxiliary.on_smoothed_bodies import SmoothedAuxiliaryGame
from harsanyi_aux.smooth.games import smoothed_body

GAMES = [
    random_game("uniform", (2, 2), 1),
    random_game("normal", (3, 3), 2),
    random_game("uniform", (2, 2, 2), 3),
    random_game("integer", (2, 3, 2), 4),
    random_game("uniform", (2, 2, 2, 2), 5),
]
EPSILON = 0.02


def on_body(game, rounding):
    return SmoothedAuxiliaryGame(game, smoothed_body(game, EPSILON, rounding=rounding))


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
@pytest.mark.parametrize("rounding", ["outer", "sanded"])
def test_both_forms_have_the_same_nash_equilibria(game, rounding):
    auxiliary = on_body(game, rounding)
    found = auxiliary.equilibrium()
    threats, point, prices = found.threats, found.point, found.prices
    # the prices are the normal at the point, so one equilibrium is a profile of either form
    assert auxiliary.prices_at(point) == pytest.approx(prices, abs=1e-7)
    note = auxiliary.regrets(threats, point, prices, prices)
    harsanyi = auxiliary.harsanyi_regrets(threats, point, point)
    assert max(note.values()) <= 1e-8
    assert max(harsanyi.values()) <= 1e-7


@pytest.mark.parametrize("game", GAMES, ids=lambda g: g.title)
def test_another_frontier_point_is_an_equilibrium_of_neither_form(game):
    auxiliary = on_body(game, "outer")
    found, body = auxiliary.equilibrium(), auxiliary.body
    threats, point = found.threats, found.point
    rng = np.random.default_rng(0)
    for other in rng.dirichlet(np.ones(game.n_players), size=5):
        elsewhere = body.maximiser(other)
        if np.abs(elsewhere - point).max() < 1e-3:
            continue
        there = auxiliary.prices_at(elsewhere)
        note = auxiliary.regrets(threats, elsewhere, there, there)
        harsanyi = auxiliary.harsanyi_regrets(threats, elsewhere, elsewhere)
        assert max(note.values()) > 1e-6
        assert max(harsanyi.values()) > 1e-6
        # threats and excess are the same in both, so are these regrets
        shared = [name for name in note if name.startswith("threat")]
        assert [note[name] for name in shared] == pytest.approx(
            [harsanyi[name] for name in shared], abs=1e-9
        )
        assert note["auctioneer"] == pytest.approx(harsanyi["planner"], abs=1e-9)
        apart = auxiliary.harsanyi_regrets(threats, point, elsewhere)
        assert apart["follower"] == pytest.approx(((point - elsewhere) ** 2).sum())


def test_points_off_the_pareto_frontier_have_no_prices():
    game = GAMES[0]
    auxiliary = on_body(game, "outer")
    body = auxiliary.body
    with pytest.raises(InputError, match="negative coordinate"):
        auxiliary.prices_at(body.maximiser([1.0, -1.0]))
    with pytest.raises(InputError, match=r"inside the frontier|lies in the core"):
        auxiliary.prices_at(np.array([0.5, 0.5]))
    with pytest.raises(InputError, match="has edges"):
        SmoothedAuxiliaryGame(game, smoothed_body(game, EPSILON, rounding=None))
    with pytest.raises(InputError, match="dimension 2 for 3 players"):
        SmoothedAuxiliaryGame(GAMES[2], body)
    with pytest.raises(InputError, match="transferable"):
        SmoothedAuxiliaryGame(StrategicGame.from_arrays(*game.payoffs, transferable=True), body)


def test_no_equilibrium_is_an_error(monkeypatch):
    monkeypatch.setattr(on_smoothed_bodies, "solve_smoothed", lambda game, planner: None)
    with pytest.raises(NoEquilibriumFound, match="on this body"):
        on_body(GAMES[0], "outer").equilibrium()
