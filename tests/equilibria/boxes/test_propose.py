"""Proposed boxes: the solver's equilibria lie inside, degenerate ones get none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from enumerations import box_entry, normalised
from oracles.classical import zero_sum_value
from scipy.optimize import linprog

from harsanyi_aux import StrategicGame, solve
from harsanyi_aux.certify import InvalidCertificate
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.boxes.claims import read_box
from harsanyi_aux.equilibria.boxes.refine import refine
from harsanyi_aux.equilibria.certificates import table_of
from harsanyi_aux.game.coalitions import dividends
from harsanyi_aux.game.families import make_degenerate, random_game
from harsanyi_aux.game.payoffs import coalition_payoffs
from harsanyi_aux.prices.threats import ThreatGames


def inside(prices, report):
    free = zip(report.lower[:-1], prices[:-1], report.upper[:-1], strict=True)
    return all(low < b < high for low, b, high in free)


@pytest.mark.parametrize(
    ("family", "shape", "games", "least"),
    [
        ("uniform", (2, 2, 2), 12, 7),
        ("normal", (3, 3, 3), 8, 7),
        ("integer", (2, 3, 2), 8, 5),
        ("uniform", (2, 2, 2, 2), 5, 4),
        ("normal", (2, 2, 2, 2, 2), 1, 1),
    ],
)
def test_solutions_lie_in_their_boxes(family, shape, games, least):
    found = 0
    for seed in range(games):
        game = random_game(family, shape, seed)
        equilibrium = solve(game)
        prices = normalised(game, equilibrium.prices)
        entry = box_entry(game, prices)
        if entry is None:
            continue
        found += 1
        report = check_box(table_of(game), entry)
        assert inside(prices, report)
        for b, (low, high) in zip(prices, report.prices, strict=True):
            assert low - Fraction(1, 10**9) <= b <= high + Fraction(1, 10**9)
        for u, r, (low, high) in zip(equilibrium.payoffs, game.ranges, report.payoffs, strict=True):
            assert high - low < 1e-12 * r
            assert abs(float(low) - u) <= 1e-9 * r
    assert found >= least


def designed_game(seed):
    """Return a 3x3x3 game with equilibria at two prices, or None where none fits.

    Facts page, "Design": for given prices and pure strategies of all coalitions the conditions
    are linear in the payoffs; a linear program makes the saddle points as strict as possible.
    Random numbers choose the strategies. Also returns the prices.
    """
    rng = np.random.default_rng(seed)
    table = table_of(StrategicGame.from_arrays(*np.zeros((3, 3, 3, 3), dtype=int)))
    both = [np.array([1.0, 1.0, 1.0]), np.array([1.0, 2.0, 4.0])]
    unit = np.eye(82)
    payoff = [[unit[27 * i + o] for o in range(27)] for i in range(3)]
    margin = unit[81]
    zero, at_least = [], []
    for prices in both:
        values = {}
        for pair in table.pairs:
            rows, columns = table.sizes(pair)
            signed = [table.sign(pair, i) * prices[i] for i in range(3)]
            matrix = [
                [
                    sum(
                        s * u[table.outcome(pair, r, c)]
                        for s, u in zip(signed, payoff, strict=True)
                    )
                    for c in range(columns)
                ]
                for r in range(rows)
            ]
            x, y = rng.integers(rows), rng.integers(columns)
            values[pair] = matrix[x][y]
            at_least += [matrix[x][y] - matrix[r][y] - margin for r in range(rows) if r != x]
            at_least += [matrix[x][c] - matrix[x][y] - margin for c in range(columns) if c != y]
        o = rng.integers(27)
        worth = [sum(p * u[k] for p, u in zip(prices, payoff, strict=True)) for k in range(27)]
        at_least += [worth[o] - worth[k] - margin for k in range(27) if k != o]
        owed = table.phi(values | {table.full: worth[o]})
        zero += [w - p * u[o] for w, p, u in zip(owed, prices, payoff, strict=True)]
    result = linprog(
        -margin,
        A_ub=-np.array(at_least),
        b_ub=np.zeros(len(at_least)),
        A_eq=np.array(zero),
        b_eq=np.zeros(len(zero)),
        bounds=[(-1, 1)] * 81 + [(0, 1)],
    )
    if result.status != 0 or result.x[81] < 0.02:
        return None
    game = StrategicGame.from_arrays(*result.x[:81].reshape(3, 3, 3, 3))
    weights = [p * game.ranges for p in both]
    return game, [w / w.sum() for w in weights]


def test_two_equilibria_have_disjoint_boxes_and_none_in_common():
    designed = 0
    for seed in range(40):
        found = designed_game(seed)
        if found is None:
            continue
        game, prices = found
        entries = [box_entry(game, b) for b in prices]
        if None in entries:
            continue
        designed += 1
        one, two = (check_box(table_of(game), e) for e in entries)
        for report, b in zip((one, two), prices, strict=True):
            assert inside(b, report)
        sides = zip(one.lower[:-1], one.upper[:-1], two.lower[:-1], two.upper[:-1], strict=True)
        assert any(b < c or d < a for a, b, c, d in sides)
        # a box around both, with the data of either, is refused
        lower = [min(a, c) for a, c in zip(one.lower[:-1], two.lower[:-1], strict=True)]
        upper = [max(b, d) for b, d in zip(one.upper[:-1], two.upper[:-1], strict=True)]
        hull = {
            "center": [str((a + b) / 2) for a, b in zip(lower, upper, strict=True)],
            "radius": [str((b - a) / 2) for a, b in zip(lower, upper, strict=True)],
        }
        for entry in entries:
            with pytest.raises(InvalidCertificate):
                check_box(table_of(game), entry | hull)
        if designed == 2:
            return
    pytest.fail("no game with two equilibria was designed")


@pytest.mark.parametrize(("shape", "seed"), [((2, 2, 2), 1), ((3, 3, 3), 2), ((2, 2, 2, 2), 1)])
def test_threats_and_face_hold_all_over_a_box(shape, seed):
    # independent: the simplex kernel solves all threat games at points of the box, corners included
    game = random_game("uniform", shape, seed)
    entry = box_entry(game, normalised(game, solve(game).prices))
    assert entry is not None
    table = table_of(game)
    report = check_box(table, entry)
    low, high = (np.array(side[:-1], dtype=float) for side in (report.lower, report.upper))
    threats = ThreatGames(game)
    scaled = game.scaled.reshape(game.n_players, -1)
    rng = np.random.default_rng(0)
    for k in range(40):
        share = rng.random(len(low)) if k % 2 else rng.integers(0, 2, len(low))
        prices = low + share * (high - low)
        prices = np.append(prices, 1 - prices.sum())
        values, _, _ = threats.scaled_at(prices)
        assert values[-1] == pytest.approx((prices @ scaled[:, entry["face"]]).max(), abs=1e-12)
        for pair in table.pairs:
            signs = [table.sign(pair, i) for i in range(game.n_players)]
            matrix = np.tensordot(
                signs * prices, coalition_payoffs(scaled, game.actions, pair), axes=1
            )
            inner = matrix[np.ix_(*entry["kernels"][table.key(pair)])]
            assert zero_sum_value(inner) == pytest.approx(values[pair], abs=1e-9)


def test_largest_radius_is_respected():
    game = random_game("uniform", (2, 2, 2), 1)
    prices = normalised(game, solve(game).prices)
    small = box_entry(game, prices, largest=1e-4)
    large = box_entry(game, prices)
    assert small is not None
    assert large is not None
    assert all(Fraction(r) <= Fraction(1, 9999) for r in small["radius"])
    assert sum(map(Fraction, large["radius"])) > 10 * sum(map(Fraction, small["radius"]))


def test_no_box_away_from_an_equilibrium_is_ever_accepted():
    game = random_game("uniform", (2, 2, 2), 1)
    prices = normalised(game, solve(game).prices)
    proposed = box_entry(game, prices)
    assert proposed is not None
    rng = np.random.default_rng(0)
    for _ in range(20):
        direction = rng.normal(size=3)
        direction -= direction.mean()
        # a start nearby leads to the same box, one further away to none
        assert box_entry(game, prices + 1e-7 * direction) == proposed
        assert box_entry(game, prices + 0.1 * direction) is None
        # and the checker refuses a small box beside it, with the same kernels and face
        sides = list(zip(proposed["center"], proposed["radius"], np.sign(direction), strict=False))
        beside = {
            "center": [str(Fraction(c) + Fraction(r) * Fraction(sign)) for c, r, sign in sides],
            "radius": [str(Fraction(r) / 100) for _, r, _ in sides],
        }
        with pytest.raises(InvalidCertificate, match="there is no equilibrium in the box"):
            check_box(table_of(game), proposed | beside)


def test_vanishing_prices_have_no_box(no_proper_game):
    # facts page, F7: the only equilibria have the price 0 for player 0
    assert box_entry(no_proper_game, np.array([0.5, 0.5])) is None
    assert box_entry(no_proper_game, np.array([0.0, 1.0])) is None


def test_constant_payoffs_have_no_box():
    game = StrategicGame.from_arrays(*np.ones((3, 2, 2, 2), dtype=int))
    assert box_entry(game, np.full(3, 1 / 3)) is None


def test_one_player():
    game = StrategicGame.from_arrays([3, 8])
    entry = box_entry(game, np.ones(1))
    assert entry is not None
    assert check_box(table_of(game), entry).payoffs == ((8, 8),)


@pytest.mark.parametrize("seed", range(6))
def test_games_with_ties_have_a_box(seed):
    game = make_degenerate(random_game("integer", (2, 2, 2), seed), "ties", seed)
    equilibrium = solve(game)
    prices = normalised(game, equilibrium.prices)
    entry = box_entry(game, prices)
    assert entry is not None
    proved = check_box(table_of(game), entry)
    for bounds, values in ((proved.prices, prices), (proved.payoffs, equilibrium.payoffs)):
        for (low, high), value in zip(bounds, values, strict=True):
            assert low - Fraction(1, 10**9) < Fraction(value) < high + Fraction(1, 10**9)


def test_refined_defect_is_that_of_the_definition():
    # independent: the dividends of the verified strategies in doubles
    for seed in (0, 1, 2):
        game = random_game("normal", (2, 2, 2), seed)
        prices = normalised(game, solve(game).prices)
        entry = box_entry(game, prices)
        assert entry is not None
        refined = refine(game, read_box(table_of(game), entry), 150)
        low, high = refined.defect
        assert refined.sole_threats
        assert high - low < Fraction(1, 2**120)
        assert max(b - a for a, b in refined.prices) < Fraction(1, 2**140)
        utilities = ThreatGames(game).scaled_at(prices)[1]
        curnits = prices * dividends(utilities)
        expected = max(
            abs(curnits[s, i] - curnits[s, j]) for s, i, j in ((3, 0, 1), (5, 0, 2), (6, 1, 2))
        )
        assert float(low) == pytest.approx(expected, abs=1e-9)


def test_refined_defect_of_a_coalition_perfect_equilibrium():
    # Bargaining: smaller coalitions can be vetoed, get nothing, and have no dividends to divide.
    game = StrategicGame.from_bargaining([[3, 1, 2], [1, 3, 1]], [0, 0, 0])
    entry = box_entry(game, normalised(game, solve(game).prices))
    assert entry is not None
    refined = refine(game, read_box(table_of(game), entry))
    assert refined.defect[0] == 0
    assert refined.defect[1] < Fraction(1, 10**30)
    low, high = refined.payoffs[0]
    assert (low - 1) ** 2 < Fraction(7, 3) < (high - 1) ** 2
    assert high - low < Fraction(1, 10**50)


def test_two_players_have_no_defect():
    game = random_game("uniform", (2, 2), 0)
    entry = box_entry(game, normalised(game, solve(game).prices))
    assert entry is not None
    assert refine(game, read_box(table_of(game), entry)).defect == (0, 0)


def test_payoffs_of_any_size():
    game = random_game("integer", (2, 2, 2), 0)
    prices = normalised(game, solve(game).prices)
    large = StrategicGame.from_arrays(*(10**12 * game.fractions + 10**15))
    entries = [box_entry(g, prices) for g in (game, large)]
    assert entries[0] is not None
    assert entries[0] == entries[1]


def test_an_equilibrium_does_not_lie_next_to_a_side_of_its_box():
    # a kernel ends nearby on one side only: large boxes that reach further on the other side fail
    game = random_game("integer", (2, 2, 2), 20261337)
    prices = np.array([0.25600186, 0.47058824, 0.2734099])
    entry = box_entry(game, prices)
    assert entry is not None
    for price, centre, radius in zip(prices, entry["center"], entry["radius"], strict=False):
        distance = float(Fraction(radius)) - abs(price - float(Fraction(centre)))
        assert distance > 0.03 * float(Fraction(radius))
