"""The examples on the page of facts, computed."""

from __future__ import annotations

from fractions import Fraction as Q
from itertools import combinations, product

import numpy as np
import pytest
from folders import ROOT

from harsanyi_aux import StrategicGame, exists, load_game

OUTCOMES = list(product((0, 1), repeat=3))
F8 = {(0, 0, 0): (1, 4, 4), (1, 1, 0): (2, 0, 0), (1, 1, 1): (2, 0, 0)}


def payoffs_of(table):
    """Return one array per player from payoff vectors; outcomes not in the table pay nothing."""
    payoffs = np.full((3, 2, 2, 2), Q(0), dtype=object)
    for outcome, vector in table.items():
        payoffs[(slice(None), *outcome)] = [Q(u) for u in vector]
    return payoffs


def public_good():
    return payoffs_of({o: [2 * sum(o) - 3 * own for own in o] for o in OUTCOMES})


def status(payoffs):
    return exists(StrategicGame.from_arrays(*payoffs), concept="coalition-perfect").status


@pytest.mark.parametrize("seed", range(3))
def test_changes_by_3_20_leave_the_common_conflict(seed):
    # facts page, F11: corners of the box of changes, where the conditions are tightest
    signs = np.random.default_rng(seed).choice((-1, 1), size=(3, 2, 2, 2))
    assert status(public_good() + Q(3, 20) * signs.astype(object)) == "exists"


@pytest.mark.slow
def test_a_change_by_1_5_leaves_no_coalition_perfect_equilibrium():
    # facts page, F11, its last example
    payoffs = public_good()
    for outcome, signs in {
        (0, 0, 0): (-1, -1, 1),
        (1, 0, 0): (1, 1, -1),
        (1, 1, 1): (1, -1, 1),
    }.items():
        payoffs[(slice(None), *outcome)] += [Q(sign, 5) for sign in signs]
    assert status(payoffs) == "refuted"


@pytest.mark.parametrize("seed", range(3))
def test_games_near_the_game_without_one_have_none(seed):
    # facts page, F8: some ball; 1/200 is only a guess at its radius
    change = np.random.default_rng(seed).integers(-100, 101, size=(3, 2, 2, 2))
    assert status(payoffs_of(F8) + change.astype(object) * Q(1, 20_000)) == "refuted"


def is_common_conflict(payoffs, prices, conflict, agreement):
    """Decide whether every fight has its strict saddle point in `conflict`, all in `agreement`."""

    def worth(o, signs):
        return sum(
            s * a * u for s, a, u in zip(signs, prices, payoffs[(slice(None), *o)], strict=True)
        )

    everybody = (1, 1, 1)
    others = [o for o in np.ndindex(payoffs.shape[1:]) if o != agreement]
    if any(worth(o, everybody) >= worth(agreement, everybody) for o in others):
        return False
    for signs in product((1, -1), repeat=3):
        for o in np.ndindex(payoffs.shape[1:]):
            moved = {sign for sign, i, j in zip(signs, o, conflict, strict=True) if i != j}
            if moved == {1} and len(set(signs)) == 2 and worth(o, signs) >= worth(conflict, signs):
                return False
    return True


def test_a_ball_of_games_has_two_coalition_perfect_payoff_vectors():
    # facts page, F11: strict in both, so that nearby games have both
    payoffs = load_game(ROOT / "tests" / "games" / "two_conflicts.json").fractions
    first, second = (0, 0, 0), (1, 1, 1)
    assert is_common_conflict(payoffs, (1, 1, 1), first, (2, 2, 2))
    gains = payoffs[:, 2, 2, 2] - payoffs[:, 0, 0, 0]
    assert list(gains) == [1154] * 3  # equal, as the prices are: Nash's solution
    assert is_common_conflict(payoffs, (13, 14, 19), second, second)
    assert list(payoffs[:, 2, 2, 2]) != list(payoffs[:, 1, 1, 1])
    assert not is_common_conflict(payoffs, (1, 1, 1), second, (2, 2, 2))


# -- the Harsanyi equilibrium --------------------------------------------------------------------


def fights(actions, payoff, prices, plays, weights):
    """Check 2 and 3 of the definition for pure threats of three players; return all dividends.

    `plays` and `weights` have one entry for each coalition, a sorted tuple.
    """
    dividends = {}
    for S in [*combinations(range(3), 1), *combinations(range(3), 2)]:
        other = tuple(sorted({0, 1, 2} - set(S)))

        def outcome(mine, theirs, S=S, other=other):
            played = dict(zip((*S, *other), (*mine, *theirs), strict=True))
            return tuple(played[i] for i in range(3))

        def worth(o, S=S, other=other):
            mine = sum(weights[S][k] * prices[i] * payoff(o)[i] for k, i in enumerate(S))
            theirs = sum(weights[other][k] * prices[j] * payoff(o)[j] for k, j in enumerate(other))
            return len(S) * mine - len(other) * theirs

        value = worth(outcome(plays[S], plays[other]))
        assert all(
            worth(outcome(x, plays[other])) <= value for x in product(*(actions[i] for i in S))
        )
        u = payoff(outcome(plays[S], plays[other]))
        gains = [
            prices[i] * u[i] - sum(d for R, d in dividends.items() if i in R and set(R) < set(S))
            for i in S
        ]
        assert sum(weights[S]) == 1
        assert all(w == 0 or gain == min(gains) for w, gain in zip(weights[S], gains, strict=True))
        dividends[S] = min(gains)
    return dividends


def shares(dividends, total):
    """Return what players are owed if all together earn `total`, in curnits."""
    before = [sum(d for R, d in dividends.items() if i in R) for i in range(3)]
    return [share + (total - sum(before)) / Q(3) for share in before]


SINGLE = {(i,): (Q(1),) for i in range(3)}


def test_the_harsanyi_equilibrium_of_the_game_without_a_proper_one():
    dividends = fights(
        [(0, 1)] * 3,
        lambda o: F8.get(o, (0, 0, 0)),
        (4, 1, 1),
        {(0,): (1,), (1, 2): (0, 1), (1,): (1,), (0, 2): (1, 1), (2,): (1,), (0, 1): (1, 1)},
        SINGLE | {(0, 1): (0, 1), (0, 2): (0, 1), (1, 2): (0, 1)},
    )
    assert set(dividends.values()) == {0}
    assert shares(dividends, 12) == [4, 4, 4]


def test_a_bargaining_game_has_a_harsanyi_equilibrium_without_vetoes():
    points = [(1, Q(1, 2), 0), (Q(1, 2), 1, 0), (3, 0, 0), (0, 3, 0), (0, 0, 3), (0, 0, 0)]
    half = Q(1, 2)
    dividends = fights(
        [range(6)] * 3,  # everybody names a point, the last is a veto
        lambda o: points[o[0]] if len(set(o)) == 1 else (0, 0, 0),
        (1, 1, 1),
        {(0,): (0,), (1, 2): (0, 0), (1,): (1,), (0, 2): (1, 1), (2,): (5,), (0, 1): (5, 5)},
        SINGLE | {(0, 1): (half, half), (0, 2): (1, 0), (1, 2): (1, 0)},
    )
    assert shares(dividends, 3) == [Q(7, 6), Q(7, 6), Q(2, 3)]


def test_a_threat_that_can_be_bettered_is_noticed():
    with pytest.raises(AssertionError):
        fights(
            [(0, 1)] * 3,
            lambda o: F8.get(o, (0, 0, 0)),
            (4, 1, 1),
            {(0,): (1,), (1, 2): (1, 1), (1,): (1,), (0, 2): (1, 1), (2,): (1,), (0, 1): (1, 1)},
            SINGLE | {(0, 1): (0, 1), (0, 2): (0, 1), (1, 2): (0, 1)},
        )
