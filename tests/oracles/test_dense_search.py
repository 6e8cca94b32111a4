"""The dense search: its parts, games solved by hand, and the lists that are proved complete."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from oracles.classical import zero_sum_value
from oracles.dense.campaign import BOX_GAP, DRAWS, compared
from oracles.dense.cells import centred, least, refine_triangles, without_zero
from oracles.dense.compare import boxes, compare
from oracles.dense.exact import exact_equilibrium, exact_value
from oracles.dense.fights import excess, fight_tables, guarantees, saddles, workspace
from oracles.dense.search import LAST, Search, centres, connected, dense_equilibria
from oracles.dense.ties import crossings, tie_points, tie_segments

from harsanyi_aux import random_game
from harsanyi_aux.equilibria.enumeration import enumerate_equilibria
from harsanyi_aux.game.payoffs import AS_FRACTION


def matrix_of(V, index, rows, columns, b, i):
    """The matrix of player i against the others, from its definition."""
    signs = np.where(np.arange(3) == i, b, -b)
    return np.tensordot(signs, V[:, index[i, : rows[i], : columns[i]]], 1)


# -- fights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("actions", [(2, 2, 2), (2, 2, 3), (3, 3, 3), (4, 2, 1), (1, 5, 2)])
@pytest.mark.parametrize("largest", [2, 9, None])
def test_values_of_fights(actions, largest):
    rng = np.random.default_rng(0)
    index, rows, columns = fight_tables(actions)
    work = workspace(rows, columns)
    v = np.empty(3)
    for _ in range(20):
        V = rng.random((3, np.prod(actions)))
        if largest:
            V = np.floor((largest + 1) * V) / largest
        b = rng.dirichlet(np.ones(3))
        saddles(V, index, rows, columns, b, work, v)
        for i in range(3):
            M = matrix_of(V, index, rows, columns, b, i)
            x, y = work[3][i, : rows[i]], work[4][i, : columns[i]]
            assert x.sum() == pytest.approx(1)
            assert y.sum() == pytest.approx(1)
            assert (x @ M).min() == pytest.approx(v[i], abs=1e-14)
            assert (M @ y).max() == pytest.approx(v[i], abs=1e-14)
            assert zero_sum_value(M) == pytest.approx(v[i], abs=1e-9)


def test_exact_values():
    rng = np.random.default_rng(0)
    for shape in [(1, 3), (2, 4), (3, 4), (3, 9), (4, 2)]:
        M = AS_FRACTION(rng.integers(-3, 4, shape).astype(object))
        assert float(exact_value(M.tolist())) == pytest.approx(
            zero_sum_value(M.astype(float)), abs=1e-9
        )


@pytest.mark.parametrize("actions", [(2, 2, 2), (3, 2, 2), (3, 3, 3)])
def test_bounds_hold_all_over_a_cell(actions):
    rng = np.random.default_rng(1)
    index, rows, columns = fight_tables(actions)
    work = workspace(rows, columns)
    v, low, high = np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    slack = []
    for _ in range(50):
        V = rng.random((3, np.prod(actions)))
        corners = rng.dirichlet(np.ones(3), size=3)
        saddles(V, index, rows, columns, corners.mean(axis=0), work, v)
        guarantees(V, index, rows, columns, work[3], work[4], corners, low, high)
        for weights in rng.dirichlet(np.ones(3), size=20):
            saddles(V, index, rows, columns, weights @ corners, work, v)
            assert (weights @ low <= v + 1e-14).all()
            assert (weights @ high >= v - 1e-14).all()
            slack.append((weights @ (high - low)).max())
    assert np.median(slack) < 0.5  # of values between -1 and 1


def test_bounds_of_the_excess_hold_all_over_a_triangle():
    rng = np.random.default_rng(2)
    index, rows, columns = fight_tables((2, 2, 2))
    work = workspace(rows, columns)
    v, e, low, high = np.empty(3), np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    positive = 0
    for _ in range(200):
        V = rng.random((3, 8))
        corners = rng.dirichlet(np.ones(3)) + 0.3 * (np.eye(3) - 1 / 3)
        centre = corners.mean(axis=0)
        saddles(V, index, rows, columns, centre, work, v)
        guarantees(V, index, rows, columns, work[3], work[4], corners, low, high)
        excess(v, centre, V[:, 0], e)
        assert centred(e)
        bound = least(e, low, high, corners, V[:, 0])
        positive += bound > 0
        for weights in rng.dirichlet(np.ones(3), size=20):
            b = weights @ corners
            saddles(V, index, rows, columns, b, work, v)
            there = np.empty(3)
            excess(v, b, V[:, 0], there)
            assert e @ there >= bound - 1e-14
    assert 20 < positive < 200


def test_a_triangle_with_a_zero_is_never_discarded():
    rng = np.random.default_rng(3)
    v, e, low, high = np.empty(3), np.empty(3), np.empty((3, 3)), np.empty((3, 3))
    tried = 0
    for k in range(60):
        search = Search(random_game("uniform", (2, 2, 2), k).scaled)
        work = workspace(search.rows, search.columns)
        for find in search.run().proper:
            if find.outcomes > 1:
                continue
            for size in 10.0 ** -np.arange(9):
                # a triangle in which the zero lies anywhere
                corners = find.prices + size * (np.eye(3) - rng.dirichlet(np.ones(3)))
                centre = corners.mean(axis=0)
                saddles(search.V, *search.tables, centre, work, v)
                args = (search.V, *search.tables, work[3], work[4], corners, low, high)
                guarantees(*args)
                excess(v, centre, find.payoffs, e)
                assert not without_zero(e, low, high, corners, find.payoffs)
                tried += 1
    assert tried > 50


# -- cells -----------------------------------------------------------------------------------------


def test_triangles_cover_what_they_divide():
    # with one outcome and no fights worth anything nothing is ever discarded
    V = np.zeros((3, 1))
    tables = fight_tables((1, 1, 1))
    start = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    cells, _, steps = refine_triangles(V, V.T, *tables, start, np.ones(4, dtype=int), 2, 16, 9999)
    assert steps == 16
    assert len({tuple(cell) for cell in cells.tolist()}) == len(cells) == 256
    assert (centres(cells, steps) > 0).all()
    assert (cells.sum(axis=1) < 16).all()


def test_triangles_that_hang_together():
    cells = np.array([[0, 0, 0], [1, 1, 1], [5, 0, 0], [5, 0, 1], [3, 5, 0]])
    assert sorted(map(len, connected(cells))) == [1, 2, 2]


def test_where_outcomes_tie():
    # payoffs e_0, e_1, e_2 and less: the three tie at equal prices, two on half of a median
    U = np.vstack([np.eye(3), np.full(3, 0.2)])
    assert tie_points(U) == pytest.approx(np.full((1, 3), 1 / 3))
    pairs, ends = tie_segments(U)
    assert sorted(map(sorted, pairs.tolist())) == [[0, 1], [0, 2], [1, 2]]
    for (o, p), segment in zip(pairs, ends, strict=True):
        (third,) = {0, 1, 2} - {o, p}
        assert np.sort(segment[:, third]) == pytest.approx([0, 1 / 3], abs=1e-13)
        assert segment[:, o] == pytest.approx(segment[:, p], abs=1e-13)


def test_where_a_mixture_of_two_pays_what_is_owed():
    # the excess of the mixture has the direction of either alone
    v, e, f = np.empty(3), np.empty(3), np.empty(3)
    found = 0
    for k in range(20):
        search = Search(random_game("uniform", (2, 2, 2), k).scaled)
        work = workspace(search.rows, search.columns)
        for (o, p), ends in zip(*tie_segments(search.U), strict=True):
            pays = search.U[o], search.U[p]
            for b in crossings(search.V, *pays, *search.tables, ends, 64, 0, 64):
                saddles(search.V, *search.tables, b, work, v)
                excess(v, b, pays[0], e)
                excess(v, b, pays[1], f)
                assert np.cross(e, f) == pytest.approx(np.zeros(3), abs=1e-14)
                found += 1
    assert found > 20


def test_other_arguments_are_refused():
    with pytest.raises(ValueError, match="three players"):
        Search(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="62"):
        Search(np.random.default_rng(0).random((3, 4, 4, 4)))


# -- a game solved exactly; others in test_oracles.py ----------------------------------------------


def test_three_equilibria_of_which_one_box_held_two():
    findings = dense_equilibria(BOX_GAP)
    assert len(findings.proper) == 3
    (pure,) = [f for f in findings.proper if f.outcomes == 1]
    scaled = BOX_GAP.ranges * np.array([141 / 88, 173 / 176, 1])
    assert pure.prices == pytest.approx(scaled / scaled.sum(), abs=1e-14)
    assert BOX_GAP.minima + BOX_GAP.ranges * pure.payoffs == pytest.approx([7, 25, 11])


# -- judged anew -----------------------------------------------------------------------------------


def test_a_residual_is_that_of_the_definition():
    search = Search(BOX_GAP.scaled)
    (pure,) = [f for f in search.run().proper if f.outcomes == 1]
    for step in (1e-3, 1e-6, 1e-9):
        b = pure.prices + step * np.array([1, -1, 0])
        assert 1e-3 * step < search.judge(b)[1] < 3 * step
    # one outcome is optimal: what it pays is what counts, not what is owed
    away = np.array([0.2, 0.3, 0.5])
    payoffs, residual = search.judge(away)
    assert payoffs == pytest.approx(search.V[:, (away @ search.V).argmax()])
    assert residual > 1e-2


def test_rational_equilibria_are_confirmed_exactly():
    confirmed, refused = Counter(), Counter()
    for k in range(60):
        game = random_game("integer", (2, 2, 2), k)
        least_payoffs, ranges = (
            np.array(numbers, dtype=object).reshape(3, 1, 1, 1)
            for numbers in (game.exact_minima, game.exact_ranges)
        )
        V = (game.fractions - least_payoffs) / ranges
        for find in dense_equilibria(game).proper:
            if find.broad:
                continue
            exact = exact_equilibrium(V, find)
            if exact is None:
                refused[find.outcomes] += 1
                continue
            confirmed[find.outcomes] += 1
            assert np.array(exact[1], dtype=float) == pytest.approx(find.payoffs, abs=1e-9)
            moved = replace(find, prices=find.prices + 1e-4 * np.array([1, -1, 0]))
            assert exact_equilibrium(V, moved) is None
    # prices at which three outcomes tie are rational
    assert confirmed[3] > 5
    assert refused[3] == 0


# -- against lists ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listed():
    return dense_equilibria(BOX_GAP), enumerate_equilibria(BOX_GAP)


def test_what_is_left_out_of_a_list_is_missed(listed):
    findings, enumeration = listed
    agreed = compare(BOX_GAP, findings, enumeration)
    assert not any([agreed.missed, agreed.unseen, agreed.wrong, agreed.crowded])
    for k in range(3):
        fewer = replace(enumeration, equilibria=_without(enumeration.equilibria, k))
        assert len(compare(BOX_GAP, findings, fewer).missed) == 1
        found_less = replace(findings, proper=_without(findings.proper, k))
        assert len(compare(BOX_GAP, found_less, enumeration).unseen) == 1


def _without(sequence, k):
    return [*sequence[:k], *sequence[k + 1 :]]


def test_a_box_that_holds_two_is_crowded(listed):
    findings, enumeration = listed
    certificate = dict(enumeration.certificate)
    entries = [dict(entry) for entry in certificate["equilibria"]]
    certificate["equilibria"] = entries
    (box,) = [e for e in entries if e["form"] == "box" and len(boxes(enumeration))][:1]
    box["radius"] = ["1/2", "1/2"]
    wide = replace(enumeration, certificate=certificate)
    (crowd,) = compare(BOX_GAP, findings, wide).crowded
    assert len(crowd) == 3


def test_what_is_no_equilibrium_is_listed_wrongly(listed):
    findings, enumeration = listed
    first = enumeration.equilibria[0]
    moved = replace(first, prices=np.array(first.prices, dtype=float) * [1.0001, 1, 1])
    other_payoffs = replace(first, payoffs=np.add(first.payoffs, np.array([0.01, 0, 0])))
    for changed in (moved, other_payoffs):
        list_of = replace(enumeration, equilibria=(changed, *enumeration.equilibria[1:]))
        comparison = compare(BOX_GAP, findings, list_of)
        assert len(comparison.wrong) == 1
        assert len(comparison.missed) == 1


KINDS = [
    ("uniform", (2, 2, 2), {}),
    ("integer", (2, 2, 2), {}),
    ("integer", (2, 2, 2), {"largest": 4}),
    ("normal", (2, 2, 2), {}),
    ("symmetric", (2, 2, 2), {}),
    ("zero-sum-plus", (2, 2, 2), {}),
    ("bargaining", (2, 2, 2), {}),
    ("uniform", (2, 2, 3), {}),
    ("uniform", (3, 3, 3), {}),
]


def test_several_equilibria_are_all_listed():
    # 100 games of each kind are searched; those with several are enumerated, and a few others
    several = 0
    for family, shape, options in KINDS:
        searched = [random_game(family, shape, 10_000 + k, **options) for k in range(100)]
        found = [dense_equilibria(game) for game in searched]
        many = [k for k in range(100) if sum(not find.broad for find in found[k].proper) > 1]
        several += len(many)
        for k in [*many[:3], *range(2)]:
            assert not found[k].unsettled
            enumeration = enumerate_equilibria(searched[k], time_limit=30)
            comparison = compare(searched[k], found[k], enumeration)
            assert not any([comparison.missed, comparison.wrong, comparison.crowded]), (family, k)
            assert not comparison.unseen, (family, k)
    assert several > 5


@pytest.mark.slow
@pytest.mark.parametrize("draw", DRAWS, ids=[draw.name for draw in DRAWS])
def test_what_is_found_is_listed(draw):
    # the first games of every kind of the campaign, `make dense`
    for k in range(15):
        result = compared(draw, k, 60)
        assert not any([result["missed"], result["wrong"], result["crowded"]]), k


def test_the_number_is_odd():
    # facts page, F10; payoffs in general position, and no continuum
    numbers = Counter()
    for k in range(300):
        findings = dense_equilibria(random_game("normal", (2, 2, 2), 20_000 + k))
        if not findings.boundary and not any(find.broad for find in findings.proper):
            numbers[len(findings.proper)] += 1
            assert not findings.unsettled
    assert numbers.total() > 250
    assert all(number % 2 == 1 for number in numbers), numbers


def test_the_last_lattice_is_exact_in_doubles():
    assert LAST < 2**50
