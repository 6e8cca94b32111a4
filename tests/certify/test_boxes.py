"""Boxes with exactly one equilibrium: hand-solved games, and claims that must be refused."""

from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np
import pytest
from certificates.boxes import entry_of, mixed_threats, mixed_threats_entry, reject
from enumerations import box_entry
from flint import ctx

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify.boxes.check import check_box
from harsanyi_aux.certify.boxes.claims import read_box
from harsanyi_aux.certify.boxes.forms import Domain, Form, collapse, reciprocal
from harsanyi_aux.equilibria.certificates import table_of, write_box
from harsanyi_aux.game.families import random_game


def bargaining():
    """Return the game in which (3,1,2), (1,3,1) or mixtures can be agreed upon.

    With (1+2t, 3-2t, 1+t) the derivative of the Nash product vanishes where 7 = 12 t², so that the
    first player's payoff is ``1 + √(7/3)``.
    """
    return StrategicGame.from_bargaining([[3, 1, 2], [1, 3, 1]], [0, 0, 0])


def test_irrational_prices_of_mixed_threats():
    game = mixed_threats()
    report = check_box(table_of(game), mixed_threats_entry())
    (low, high), _ = report.prices
    ratios = [b / (1 - b) for b in (low, high)]
    below, above = (6 * x * x - 2 * x - 5 for x in ratios)
    assert below < 0 < above
    assert high - low < Fraction(1, 10**15)
    assert report.lower[0] < low
    assert high < report.upper[0]
    for bottom, top in report.payoffs:
        assert bottom <= 1 <= top
        assert top - bottom < Fraction(1, 10**15)


def test_irrational_payoffs_of_nash_bargaining():
    game = bargaining()
    report = check_box(table_of(game), entry_of(game))
    low, high = report.payoffs[0]
    assert (low - 1) ** 2 < Fraction(7, 3) < (high - 1) ** 2
    assert high - low < Fraction(1, 10**15)
    # u_0 + u_1 = 4 on the edge
    assert report.payoffs[1][0] <= 4 - low
    assert 4 - high <= report.payoffs[1][1]


def test_bounds_of_the_box_are_exact():
    report = check_box(table_of(mixed_threats()), mixed_threats_entry())
    centre = Fraction(mixed_threats_entry()["center"][0])
    assert report.lower == (centre - Fraction(1, 50), 1 - centre - Fraction(1, 50))
    assert report.upper == (centre + Fraction(1, 50), 1 - centre + Fraction(1, 50))


def test_units_of_the_game():
    # payoffs u -> 10¹² u + 7 and prices divided by the scale: the normalised game is the same
    game = mixed_threats()
    scaled = StrategicGame.from_arrays(*(10**12 * game.fractions + 7))
    report = check_box(table_of(game), mixed_threats_entry())
    other = check_box(table_of(scaled), mixed_threats_entry())
    assert other.prices == report.prices
    assert other.payoffs[0] == tuple(10**12 * u + 7 for u in report.payoffs[0])


def test_one_player():
    game = StrategicGame.from_arrays([5, 7, 7])
    entry = {
        "form": "box",
        "center": [],
        "radius": [],
        "face": [1],
        "kernels": {},
        "precision": 64,
    }
    assert check_box(table_of(game), entry).payoffs == ((7, 7),)
    reject(game, entry | {"face": [0]}, "outcome 1")


def test_narrow_box_and_coarse_precision():
    entry = mixed_threats_entry()
    fine = entry | {"radius": ["1/10000000000"]}
    check_box(table_of(mixed_threats()), fine)
    reject(mixed_threats(), fine | {"precision": 32})


def test_working_precision_is_restored():
    before = ctx.prec
    check_box(table_of(mixed_threats()), mixed_threats_entry())
    reject(mixed_threats(), mixed_threats_entry() | {"face": [0]})
    assert ctx.prec == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"center": ["3/5"]}, ""),  # the equilibrium is at 0.5226
        ({"center": ["51/100"], "radius": ["1/100"]}, ""),
        ({"radius": ["20"]}, "price of player 0"),
        ({"radius": ["-1/50"]}, "positive"),
        ({"radius": [0]}, "positive"),
        ({"radius": ["1/50", "1/50"]}, "entries"),
        ({"center": [0.5226]}, "exact"),
        ({"center": [True]}, "exact"),
        ({"center": ["nan"]}, "exact"),
        ({"face": [0]}, "outcome"),
        ({"face": []}, "face"),
        ({"face": [8, 8]}, "independent"),
        ({"face": [8, 0]}, ""),
        ({"face": [8, 0, 1]}, "2 outcomes"),
        ({"face": [9]}, "index"),
        ({"face": 8}, "list"),
        ({"kernels": {"0": [[0], [0]]}}, "may do better"),
        ({"kernels": {"0": [[0, 1], [0]]}}, "as many"),
        ({"kernels": {"0": [[0, 0], [0, 1]]}}, "distinct"),
        ({"kernels": {"0": [[], []]}}, "at least one"),
        ({"kernels": {"0": [[0, 2], [0, 1]]}}, ""),
        ({"kernels": {"0": [[0, 1], [0, 3]]}}, "index"),
        ({"kernels": {}}, "missing"),
        ({"kernels": {"0": [[0, 1], [0, 1]], "0,1": [[0], [0]]}}, "unknown"),
        ({"precision": 8}, "precision"),
        ({"precision": 10**6}, "precision"),
        ({"precision": "128"}, "precision"),
        ({"form": "rational"}, "box"),
        ({"note": 1}, "unknown"),
    ],
)
def test_wrong_claims(change, reason):
    reject(mixed_threats(), mixed_threats_entry() | change, reason)


@pytest.mark.parametrize("key", ["center", "radius", "face", "kernels", "precision", "form"])
def test_missing_keys(key):
    entry = mixed_threats_entry()
    del entry[key]
    reject(mixed_threats(), entry, key)


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 6])
def test_damaged_boxes_of_random_games(seed):
    game = random_game("normal", (2, 2, 2), seed)
    entry = entry_of(game)
    report = check_box(table_of(game), entry)
    radius = [Fraction(r) for r in entry["radius"]]
    reject(game, entry | {"radius": [str(1000 * r) for r in radius]})
    # a box of the same size beside the solution
    moved = [b[1] + r + Fraction(1, 10**9) for b, r in zip(report.prices, radius, strict=False)]
    reject(game, entry | {"center": [str(c) for c in moved]})
    # one that has it in its outermost thousandth is good enough
    edge = [b[0] + r * Fraction(999, 64000) for b, r in zip(report.prices, radius, strict=False)]
    small = entry | {"center": [str(c) for c in edge], "radius": [str(r / 64) for r in radius]}
    assert check_box(table_of(game), small).prices[0][0] <= report.prices[0][1]
    wrong = copy.deepcopy(entry)
    rows, columns = wrong["kernels"]["0"]
    wrong["kernels"]["0"] = [[1 - rows[0]], columns[:1]] if len(rows) == 1 else [[0], [0]]
    reject(game, wrong)
    reject(game, entry | {"face": [next(o for o in range(8) if o not in entry["face"])]})
    if len(entry["face"]) > 1:
        reject(game, entry | {"face": entry["face"][1:]})


def test_a_continuum_of_prices_is_refused():
    # (0,0) pays (1,1), which is best for both, and is the saddle point [[b0-b1, b0], [-b1, 0]] of
    # the threats at all prices: all prices are equilibrium prices.
    game = StrategicGame.from_arrays([[1, 1], [0, 0]], [[1, 0], [1, 0]])
    entry = mixed_threats_entry() | {"face": [0], "center": ["1/2"]}
    reject(game, entry | {"kernels": {"0": [[0], [0]]}}, "singular")
    assert box_entry(game, np.array([0.5, 0.5])) is None


def test_a_tie_of_the_planner():
    # (2,0), (0,2) and (1,1) are worth the same at equal prices; (1,1) lies between the others
    game = StrategicGame.from_bargaining([[2, 0], [0, 2], [1, 1]], [0, 0])
    # both reject: nobody can get more than nothing from the other
    kernels = {"0": [[3], [1]]}
    entry = mixed_threats_entry() | {"center": ["1/2"], "kernels": kernels, "face": [0, 2]}
    for low, high in check_box(table_of(game), entry).payoffs:
        assert low <= 1 <= high
    reject(game, entry | {"face": [0, 4]}, "outcome 2")
    reject(game, entry | {"face": [4]}, "outcome")
    reject(game, entry | {"face": [0, 4, 2]}, "2 outcomes")
    # the prices of the three outcomes' line do not depend on the threats: too far off is too far
    reject(game, entry | {"center": ["9/16"]})


def test_a_large_box():
    # the only positive zero of 6x² - 2x - 5; the threats are mixed at all positive prices
    report = check_box(table_of(mixed_threats()), mixed_threats_entry() | {"radius": ["2/5"]})
    assert report.upper[0] > Fraction(9, 10)


@pytest.mark.parametrize("player", range(3))
def test_duplicated_actions_are_no_obstacle(player):
    game = random_game("uniform", (2, 2, 2), 1)
    doubled = StrategicGame.from_arrays(*np.repeat(game.payoffs, 2, axis=1 + player))
    report, other = (check_box(table_of(g), entry_of(g)) for g in (game, doubled))
    bounds = zip(report.payoffs, other.payoffs, strict=True)
    assert all(max(a[0], b[0]) <= min(a[1], b[1]) for a, b in bounds)


# -- forms: enclosures compared with exact evaluation ------------------------------------------


def _points(box, rng):
    for _ in range(40):
        t = [int(k) for k in rng.integers(-8, 9, size=box.n - 1)]
        free = [c + r * k / 8 for c, r, k in zip(box.centre, box.radius, t, strict=True)]
        yield [*free, 1 - sum(free)]


def test_forms_enclose_products_and_quotients():
    from flint import arb, fmpq

    rng = np.random.default_rng(0)
    box = Domain([fmpq(1, 3), fmpq(1, 4)], [fmpq(1, 5), fmpq(1, 7)])
    slopes = [[fmpq(int(k), 7) for k in rng.integers(-9, 10, size=3)] for _ in range(2)]
    f, g = (box.linear(s) for s in slopes)
    prices = box.prices()
    quotient = f * reciprocal(prices[2]) - g * reciprocal(prices[0])
    for b in _points(box, rng):
        at = [sum(s * x for s, x in zip(slope, b, strict=True)) for slope in slopes]
        assert (f * g).range().contains(arb(at[0] * at[1]))
        assert quotient.range().contains(arb(at[0] / b[2] - at[1] / b[0]))


def test_squares_of_different_directions_do_not_cancel():
    # (t_1 + t_2)(t_1 - t_2) = t_1² - t_2² takes all values from -1 to 1
    from flint import arb, arb_mat

    one, none = arb(1), arb(0)
    product = Form([none, one, one]) * Form([none, one, -one])
    collapsed = collapse(arb_mat(3, 3, [0, 0, 0, 0, 1, 0, 0, 0, -1]))
    for form in (product, collapsed):
        assert form.range().contains(arb(1))
        assert form.range().contains(arb(-1))


def test_what_has_been_read_is_written_as_it_was():
    game, entry = mixed_threats(), mixed_threats_entry()
    table = table_of(game)
    assert write_box(table, read_box(table, entry)) == entry
