"""The hand-solved games of examples/degenerate: what its README states, computed."""

from __future__ import annotations

import numpy as np
import pytest
from hand_solved import FOLDER, HAND, example

from harsanyi_aux import InputError, solve, solve_all, verify
from harsanyi_aux.smooth.games import follow_smoothing

SMOOTHINGS = {
    "outer": ("outer", None),
    "sanded": ("sanded", None),
    "entropic": ("entropic", None),
    "complement": (None, "complement"),
    "ball": (None, "ball"),
    "box": (None, "box"),
    "outer complement": ("outer", "complement"),
}


def test_every_file_is_solved_by_hand():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(HAND)
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name in HAND:
        assert text.count(f"{name}.json") >= 2, "a row of the table and an explanation"


@pytest.mark.parametrize("name", HAND)
def test_the_games_are_as_flat_as_stated(name):
    game = example(name)
    assert game.is_exact
    points = game.scaled.reshape(game.n_players, -1)
    rank = np.linalg.matrix_rank(points - points[:, :1])
    assert (rank < game.n_players) == HAND[name].flat


@pytest.mark.parametrize("name", HAND)
def test_the_game_itself(name):
    game, hand = example(name), HAND[name]
    equilibrium = solve(game)
    assert equilibrium.kind == hand.kind
    assert verify(game, equilibrium).valid
    priced = equilibrium.prices > 0
    # what a player with price zero gets is not determined
    assert equilibrium.payoffs[priced] == pytest.approx(np.array(hand.payoffs)[priced], abs=1e-9)
    if hand.unique:
        assert equilibrium.prices * game.ranges == pytest.approx(hand.prices, abs=1e-9)


@pytest.mark.parametrize("name", [name for name, hand in HAND.items() if not hand.unique])
def test_continua_of_prices_have_one_payoff(name):
    game = example(name)
    many = [e for e in solve_all(game, starts=5).equilibria if e.kind == "proper"]
    assert len(many) > 1
    for equilibrium in many:
        assert equilibrium.payoffs == pytest.approx(HAND[name].payoffs, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "smoothing"),
    [
        (name, smoothing)
        for name in HAND
        for smoothing in SMOOTHINGS
        if smoothing not in HAND[name].omitted
    ],
)
def test_limits(name, smoothing):
    game, hand = example(name), HAND[name]
    rounding, lift = SMOOTHINGS[smoothing]
    if smoothing == "sanded" and hand.flat:
        with pytest.raises(InputError, match="flat"):
            follow_smoothing(game, rounding=rounding)
        return
    found = follow_smoothing(game, rounding=rounding, lift=lift)
    limit = found.sequence.limit
    payoffs = hand.payoffs
    if smoothing == "entropic" and hand.entropic is not None:
        payoffs = hand.entropic
    assert limit.kind == hand.kind
    assert limit.normal == pytest.approx(hand.prices, abs=1e-7)
    assert found.prices * game.ranges == pytest.approx(hand.prices, abs=1e-7)
    assert found.payoffs == pytest.approx(payoffs, abs=1e-6)
    assert found.attained
    assert found.claim.kind == hand.kind
    assert verify(game, found.claim, tol=1e-5).valid
    assert limit.vanishing == tuple(i for i, price in enumerate(hand.prices) if price == 0)
    if smoothing == "entropic":
        assert limit.rates == (np.inf,) * len(limit.vanishing)
    else:
        assert limit.rates == pytest.approx((1.0,) * len(limit.vanishing), abs=1e-3)


@pytest.mark.parametrize("name", ["idle", "dictator", "trustee", "nothing"])
def test_prices_that_the_smoothing_leaves_open_are_said_to_be_several(name):
    # entropic: every price solves (nothing) or none does but by less than rounding (the others)
    found = follow_smoothing(example(name), rounding="entropic")
    assert found.sequence.limit.kind == "several"
    assert len(found.sequence.limit.cluster_points) == 2
    assert found.claim is None
    assert not found.attained


def test_the_idle_players_price_depends_on_the_lift():
    # ε a_1/2 = ε a_1 forces a_1 = 0
    alone = follow_smoothing(example("idle"), rounding=None, lift="complement")
    assert alone.sequence.limit.kind == "boundary"
    assert alone.sequence.limit.normal == pytest.approx([1, 0])
    assert alone.payoffs == pytest.approx([1, 0])


@pytest.mark.parametrize("name", ["gift", "patron"])
def test_the_limit_depends_on_the_smoothing(name):
    game = example(name)
    outer = follow_smoothing(game, rounding="outer")
    entropic = follow_smoothing(game, rounding="entropic")
    assert np.abs(outer.payoffs - entropic.payoffs).max() == pytest.approx(0.5)
    assert outer.prices == pytest.approx(entropic.prices, abs=1e-7)


def test_the_gift_by_its_own_equation():
    # outer: (a_0 + ε|a|)/2 = ε a_1²/|a| at every step
    for step in follow_smoothing(example("gift")).sequence.steps:
        a, eps = step.normal, step.epsilon
        length = np.hypot(*a)
        assert (a[0] + eps * length) / 2 == pytest.approx(eps * a[1] ** 2 / length, abs=1e-12)


@pytest.mark.parametrize(("name", "used"), [("vertex", 1), ("edge", 2), ("facet", 3)])
def test_faces_of_the_frontier(name, used):
    game = example(name)
    claim = follow_smoothing(game).claim
    mixture = claim.strategies[frozenset(range(3))]
    assert np.count_nonzero(mixture > 1e-9) == used


def test_prices_that_are_not_equal_move_at_order_one():
    for name in ("edge", "four"):
        assert follow_smoothing(example(name)).sequence.limit.order == pytest.approx(1, abs=1e-3)


def test_idle_prices_under_lift_and_rounding_together():
    # ε|a|/2 + ε a_1/2 = ε a_1²/|a| + ε a_1 reads a_0² - a_1² = a_1|a|, so (a_0/a_1)² = 3
    found = follow_smoothing(example("idle"), rounding="outer", lift="complement")
    assert found.sequence.limit.kind == "proper"
    assert found.prices[0] / found.prices[1] == pytest.approx(np.sqrt(3), abs=1e-7)
    assert found.payoffs == pytest.approx([1, 0], abs=1e-7)
