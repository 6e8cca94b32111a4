"""Slopes of the value of a threat game at whose prices two kernels meet, and boxes around them."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from certificates.boxes import at_a_kink, reject
from flint import arb, arb_mat, ctx, fmpq

from harsanyi_aux import StrategicGame, solve
from harsanyi_aux.certify.boxes import systems
from harsanyi_aux.certify.boxes.bases import Arena, Kernel
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.boxes.forms import Domain
from harsanyi_aux.certify.boxes.kinks import Kink, Multipliers, solve_kink
from harsanyi_aux.certify.boxes.newton_steps import Update, newton_steps
from harsanyi_aux.certify.boxes.systems import bounds
from harsanyi_aux.equilibria.boxes.kinks import propose_kink, propose_slopes
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.families import random_game
from harsanyi_aux.numbers.saddle_points import exact_saddle_point


def kinked_game():
    """Return a game of two players whose threat value has a kink at ``b = (1/2, 1/2)``.

    ``M(t, 1-t) = [[t, t-1], [t-1/2, 3t/2-3/4]]``. For ``t < 1/2`` the second column is the better
    one for its player in both rows and the value is the last entry: slope 3/2. For ``t > 1/2``
    both sides mix: ``v = (t²/2 + 3t/4 - 1/2) / (3/4 + t/2)``, whose slope at 1/2 is 5/4.
    """
    first = [[1, 0], [Fraction(1, 2), Fraction(3, 4)]]
    second = [[0, 1], [Fraction(1, 2), Fraction(3, 4)]]
    return StrategicGame.from_arrays(first, second)


def signed(game, pair):
    from harsanyi_aux.game.payoffs import coalition_payoffs

    signs = np.array([1.0 if pair >> i & 1 else -1.0 for i in range(game.n_players)])
    flat = game.scaled.reshape(game.n_players, -1)
    return signs[:, None, None] * coalition_payoffs(flat, game.actions, pair)


def test_slopes_at_a_kink_worked_out_by_hand():
    game = kinked_game()
    x, y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    kink = propose_kink(1, signed(game, 1), x, y, np.array([0.5, 0.5]))
    assert {(kernel.rows, kernel.columns) for kernel in kink.kernels} >= {
        ((1,), (1,)),
        ((0, 1), (0, 1)),
    }
    with ctx.workprec(128):
        box = Domain([fmpq(1, 2)], [fmpq(1, 10**9)])
        fight = solve_kink(Arena(table_of(game)), kink, box)
    assert fight.at_centre.contains(0)
    slope = fight.gradient[0].range()
    assert slope.contains(fmpq(5, 4))
    assert slope.contains(fmpq(3, 2))
    assert slope.rad() < 0.1251


def random_multipliers(rng, count):
    listed = [
        (int(rng.integers(count)), int(rng.integers(count)), fmpq(int(rng.integers(9)), 4))
        for _ in range(3)
    ]
    return tuple(listed)


@pytest.mark.parametrize("seed", range(40))
def test_values_in_the_box_lie_between_the_bounds_whatever_the_multipliers(seed):
    rng = np.random.default_rng(seed)
    game = random_game("integer", (2, 2, 2), rng=rng, largest=3)
    table = table_of(game)
    pair = int(rng.choice(table.pairs))
    rows, columns = table.sizes(pair)
    centre = [Fraction(1, 3) + Fraction(int(rng.integers(-9, 10)), 60) for _ in range(2)]
    radius = [Fraction(1, int(rng.integers(10, 40))) for _ in range(2)]
    floats = np.array([float(c) for c in centre])
    prices = np.append(floats, 1 - floats.sum())
    payoffs = signed(game, pair)
    x, y, _ = exact_saddle_point(matrix_at(table, pair, [*centre, 1 - sum(centre)]))
    angle = Fraction(int(rng.integers(-20, 21)), 8)
    turned = fmpq(angle.numerator, angle.denominator)
    directions = ((fmpq(1), turned), (-turned, fmpq(1)))
    if seed % 2:
        slopes = tuple(
            Multipliers(random_multipliers(rng, columns), random_multipliers(rng, rows))
            for _ in range(4)
        )
    else:
        doubles = [np.array(side, dtype=float) for side in (x, y)]
        widths = np.array(radius, dtype=float)
        slopes = propose_slopes(payoffs, *doubles, prices, widths, directions)
    support = tuple(int(k) for k in np.flatnonzero(np.array(x, dtype=float)))
    others = tuple(int(k) for k in np.flatnonzero(np.array(y, dtype=float)))
    k = min(len(support), len(others))
    kernels = (Kernel(pair, support[:k], others[:k]), Kernel(pair, (0,), (0,)))
    with ctx.workprec(128):
        box = Domain(*([fmpq(v.numerator, v.denominator) for v in vs] for vs in (centre, radius)))
        fight = solve_kink(Arena(table), Kink(pair, kernels, directions, slopes), box)
        for _ in range(20):
            steps = [r * Fraction(int(rng.integers(-100, 101)), 100) for r in radius]
            at = [c + s for c, s in zip(centre, steps, strict=True)]
            value = exact_saddle_point(matrix_at(table, pair, [*at, 1 - sum(at)]))[2]
            rises = [
                sum(Fraction(int(s.p), int(s.q)) * step for s, step in zip(c, steps, strict=True))
                for c in fight.corners
            ]
            low, high = bounds(fight.at_centre)
            assert low + min(rises) <= value <= high + max(rises)


def matrix_at(table, pair, prices):
    rows, columns = table.sizes(pair)
    return np.array(
        [
            [
                sum(
                    table.sign(pair, i) * b * table.V[i][table.outcome(pair, r, c)]
                    for i, b in enumerate(prices)
                )
                for c in range(columns)
            ]
            for r in range(rows)
        ],
        dtype=object,
    )


def test_box_around_an_equilibrium_at_a_kink():
    game, prices, entry = at_a_kink()
    kinked = {key for key, value in entry["kernels"].items() if isinstance(value, dict)}
    assert kinked == {"0,2"}
    report = check_box(table_of(game), entry)
    for (low, high), price in zip(report.prices, prices, strict=True):
        assert low - Fraction(1, 10**9) <= Fraction(price) <= high + Fraction(1, 10**9)
        assert high - low < Fraction(1, 10**11)
    payoffs = solve(game).payoffs
    for (low, high), payoff in zip(report.payoffs, payoffs, strict=True):
        assert abs(float(low) - payoff) < 1e-8
        assert high - low < Fraction(1, 10**9)


def test_one_kernel_does_not_do_for_the_whole_box():
    game, _, entry = at_a_kink()
    for kernel in entry["kernels"]["0,2"]["kernels"]:
        reject(game, entry | {"kernels": entry["kernels"] | {"0,2": kernel}})


def test_claims_that_must_be_refused():
    game, _, entry = at_a_kink()
    kink = entry["kernels"]["0,2"]

    def changed(**parts):
        return entry | {"kernels": entry["kernels"] | {"0,2": kink | parts}}

    reject(game, changed(kernels=[]), "no kernel")
    reject(game, changed(slopes=kink["slopes"][:-1]), "expected 4 entries")
    reject(game, changed(slopes=[{}] * 4), "Krawczyk")
    flat = [["1", "2"], ["2", "4"]]
    reject(game, changed(directions=flat), "linearly dependent")
    reject(game, changed(directions=flat[:1]), "expected 2 entries")
    reject(game, changed(kernels=[[[0, 1], [0]]]), "as many rows")
    reject(game, changed(more=1), "unknown")
    reject(game, entry | {"radius": ["1/4", "1/4"]})
    reject(game, entry | {"center": ["1/2", "1/4"], "radius": ["1/100", "1/100"]})
    negative = copy.deepcopy(kink["slopes"])
    triples = next(s[side] for s in negative for side in ("columns", "rows") if s[side])
    triples[0][2] = "-1/2"
    reject(game, changed(slopes=negative), "negative")
    triples[0][2] = "1/2"
    triples[0][0] = 99
    reject(game, changed(slopes=negative), "index")


def test_multipliers_may_be_anything_not_negative():
    # they decide how narrow the bounds are, not whether they hold
    game, _, entry = at_a_kink()
    larger = copy.deepcopy(entry)
    for slope in larger["kernels"]["0,2"]["slopes"]:
        for triple in slope["columns"] + slope["rows"]:
            triple[2] = str(Fraction(triple[2]) * Fraction(101, 100))
    assert check_box(table_of(game), larger).lower == check_box(table_of(game), entry).lower


def test_a_step_that_cannot_be_taken_leaves_what_is_proved(monkeypatch):
    game, _, entry = at_a_kink()
    fine = check_box(table_of(game), entry)
    taken = []

    def first_only(*arguments):
        taken.append(newton_steps(*arguments))
        return taken[-1] if taken[:-1].count(None) == len(taken) - 1 else None

    monkeypatch.setattr(systems, "newton_steps", first_only)
    coarse = check_box(table_of(game), entry)
    assert coarse.lower == fine.lower
    for (low, high), (least, most) in zip(coarse.prices, fine.prices, strict=True):
        assert low <= least < most <= high


def test_steps_for_too_many_kinks_are_not_tried():
    corners = [[fmpq(0)], [fmpq(1)]]
    one = Update([arb(1)], corners, [arb(0.5, 0.5)])
    residual, base = arb_mat(1, 1, [1]), arb_mat(1, 1, [1])
    assert len(newton_steps(residual, base, [one])) == 2
    assert newton_steps(residual, base, [one] * 11) is None
    # with the slopes 0 and -2 between, one is where the matrix is singular
    steep = Update([arb(1)], [[fmpq(0)], [fmpq(-2)]], [arb(-1, 1)])
    assert newton_steps(residual, base, [steep]) is None
