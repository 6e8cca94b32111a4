"""Multipliers that exclude a cell: judged by the exact checker; none where an equilibrium is."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from harsanyi_aux import StrategicGame
from harsanyi_aux.certify.cells.excluded import (
    check_excluded,
    least_coefficients,
    prepare_vertex,
    read_exclusion,
)
from harsanyi_aux.certify.errors import InvalidCertificate
from harsanyi_aux.certify.reading.table import Table
from harsanyi_aux.equilibria.division.multipliers import as_reason
from harsanyi_aux.equilibria.division.program import (
    LEAST_MARGIN,
    Cell,
    DivisionProgram,
    PairMultipliers,
    StrategyBound,
    Weights,
)
from harsanyi_aux.equilibria.reasons import exclusion, read_reason, write_reason
from harsanyi_aux.numbers.saddle_points import exact_saddle_point
from harsanyi_aux.prices.exact_threats import threat_matrix
from harsanyi_aux.prices.threats import threat_games


def exact_cell(game, corners):
    """A cell with exact saddle points at its corners: for the program, and for the checker.

    Returns the cell, the checker's table and vertices, and why the planner drops outcomes.
    """
    n, scaled = game.n_players, game.exact_scaled
    table = Table(game.actions, tuple(map(tuple, game.fractions.reshape(n, -1).tolist())))
    flat = scaled.reshape(n, -1)
    earned = [np.array(b, dtype=object) @ flat for b in corners]
    best = [int(np.argmax(line)) for line in earned]
    dropped = {
        o: better
        for o, better in itertools.product(range(flat.shape[1]), repeat=2)
        if all(line[better] > line[o] for line in earned)
    }
    solved, vertices = [], []
    for b, outcome in zip(corners, best, strict=True):
        own = {}
        for mask in table.pairs:
            matrix = threat_matrix(game, b, mask)
            own[mask] = (*exact_saddle_point(matrix)[:2], matrix)
        solved.append(own)
        threats = {
            table.key(mask): [[(i, p) for i, p in enumerate(side) if p] for side in (x, y)]
            for mask, (x, y, _) in own.items()
        }
        entry = {"prices": list(b), "threats": threats, "outcome": outcome}
        vertices.append(prepare_vertex(table, entry))
    points = []
    for k, m in itertools.combinations_with_replacement(range(len(corners)), 2):
        low, high = [], []
        for mask in table.pairs:
            (x, y, at_k), (x2, y2, at_m) = solved[k][mask], solved[m][mask]
            low.append(min((x @ at_m + x2 @ at_k) / 2))
            high.append(max((at_m @ y + at_k @ y2) / 2))
        low.append((earned[m][best[k]] + earned[k][best[m]]) / 2)
        high.append(max((earned[k] + earned[m]) / 2))
        middle = [(p + q) / 2 for p, q in zip(corners[k], corners[m], strict=True)]
        points.append((middle, low, high))
    arrays = [np.array(part, dtype=object).astype(float) for part in zip(*points, strict=True)]
    kept = [o for o in range(flat.shape[1]) if o not in dropped]
    cell = Cell(*arrays, np.array(kept, dtype=np.int64))
    return cell, table, vertices, [list(pair) for pair in dropped.items()]


def around(centre, size):
    """The corners of a small simplex around a price, exact."""
    n = len(centre)
    return [tuple((1 - size) * p + size * (i == k) for i, p in enumerate(centre)) for k in range(n)]


def random_game(seed, shape, top=5):
    rng = np.random.default_rng(seed)
    return StrategicGame.from_arrays(*rng.integers(-top, top + 1, (len(shape), *shape)))


def one_price(game, b):
    """The same for a single price."""
    cell, *rest = exact_cell(game, [b] * game.n_players)
    return cell.at(np.array([0])), *rest


@pytest.mark.parametrize("shape", [(2, 2, 2), (3, 2, 2), (2, 2, 2, 2)])
@pytest.mark.parametrize("size", [Fraction(1, 5), Fraction(1, 50)])
def test_refutations_pass_the_exact_checker(shape, size):
    refuted = 0
    for seed in range(4):
        game = random_game(seed, shape)
        centre = [Fraction(w, 10) for w in {3: (3, 3, 4), 4: (2, 3, 2, 3)}[len(shape)]]
        cell, table, vertices, dropped = exact_cell(game, around(centre, size))
        program = DivisionProgram(game)
        refutation = program.refute(cell)
        if refutation is None:
            continue
        refuted += 1
        found = program.reason(refutation, tuple(map(tuple, dropped)))
        reason = write_reason(found)
        check_excluded(table, vertices, reason)
        assert read_exclusion(table, reason) == exclusion(table, found)
        assert read_reason(reason) == found
        least = min(least_coefficients(table, vertices, reason).values())
        assert float(Fraction(int(least.p), int(least.q))) >= refutation.margin / 2 - 1e-9
        assert program.margins(cell, refutation.weights).min() == pytest.approx(refutation.margin)
    assert refuted >= 2


def test_the_margin_is_at_least_half_of_the_largest():
    for seed in range(6):
        game = random_game(seed, (2, 2, 2))
        cell, *_ = exact_cell(game, around([Fraction(1, 3)] * 3, Fraction(1, 8)))
        program = DivisionProgram(game)
        found = program.refute(cell)
        largest = program.relax(cell).defect  # the whole program at once
        if found is None:
            assert largest <= LEAST_MARGIN
        else:
            assert largest / 2 - 1e-9 <= found.margin <= largest + 1e-9


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_coefficients_are_those_of_the_checker(seed):
    # for any weights, most of which prove nothing: the two are computed independently
    rng = np.random.default_rng(seed)
    game = random_game(seed, (2, 3, 2))
    cell, table, vertices, dropped = exact_cell(game, around([Fraction(1, 3)] * 3, Fraction(1, 3)))
    bounds = (
        StrategyBound(0b011, "row", 4, Fraction(1, 3), 1),
        StrategyBound(0b001, "column", 5, Fraction(1, 4), -1),
        StrategyBound(0b001, "row", 0, Fraction(1, 2), -1),
    )

    def some(count, above, own=None):
        return tuple(
            (int(rng.integers(above)), int(rng.integers(own or above)), Fraction(int(w), 8))
            for w in rng.integers(1, 8, count)
        )

    weights = Weights(
        np.array([Fraction(int(w), 8) for w in rng.integers(-8, 9, 3)]),
        {0b101: np.array([Fraction(3, 8), Fraction(-3, 8)]), 0b110: np.array([1, -1])},
        {
            0b001: PairMultipliers(
                some(3, 6), some(2, 2), ((1, 1, Fraction(1, 2)), (2, 4, Fraction(1, 8)))
            ),
            0b011: PairMultipliers(some(1, 2), some(3, 6), ((0, 1, Fraction(3, 4)),)),
        },
    )
    program = DivisionProgram(game)
    found = program.margins(replace(cell, bounds=bounds), weights)
    splits = [(s.pair, s.side, s.index, s.bound, s.sign) for s in bounds]
    reason = write_reason(as_reason(weights, dropped))
    exact = least_coefficients(table, vertices, reason, splits=splits)
    assert found.tolist() == pytest.approx([int(c.p) / int(c.q) for c in exact.values()])


@given(st.integers(0, 10**6))
@example(44532)
@settings(max_examples=40, deadline=None)
def test_one_price_is_excluded_unless_it_is_an_equilibrium(seed):
    # generic payoffs: saddle points are unique, so the relaxation loses nothing. Division holds
    # only if one outcome is the saddle point of all fights: then all dividends but those of single
    # players vanish.
    rng = np.random.default_rng(seed)
    game = StrategicGame.from_arrays(*rng.integers(-1000, 1001, (3, 2, 2, 2)))
    weights = [int(w) for w in rng.integers(1, 6, 3)]
    b = [Fraction(w, sum(weights)) for w in weights]
    cell, table, vertices, dropped = one_price(game, b)
    program = DivisionProgram(game)
    refutation = program.refute(cell)
    utilities = threat_games(game, [w / r for w, r in zip(weights, game.ranges, strict=True)])
    same_outcome = bool(np.ptp(utilities.utilities[1:], axis=0).max() < 1e-6)
    assert (refutation is None) == same_outcome
    if refutation is not None:
        check_excluded(table, vertices, write_reason(program.reason(refutation, dropped)))


def test_a_cell_with_an_equilibrium_is_never_excluded():
    # everyone can veto; equal prices and shares are coalition-perfect (facts page, F3)
    game = StrategicGame.from_bargaining(np.eye(3, dtype=int), [0, 0, 0])
    program = DivisionProgram(game)
    for size in (Fraction(0), Fraction(1, 100), Fraction(1, 3)):
        cell, *_ = exact_cell(game, around([Fraction(1, 3)] * 3, size))
        assert program.refute(cell) is None


def test_cells_of_f8_are_excluded(no_coalition_perfect_game):
    # facts page, F8: no coalition-perfect equilibrium at all
    program = DivisionProgram(no_coalition_perfect_game)
    for centre in ((1, 1, 1), (6, 2, 2), (8, 1, 1)):
        b = [Fraction(w, sum(centre)) for w in centre]
        cell, table, vertices, dropped = exact_cell(
            no_coalition_perfect_game, around(b, Fraction(1, 20))
        )
        refutation = program.refute(cell)
        assert refutation is not None
        reason = write_reason(program.reason(refutation, dropped))
        check_excluded(table, vertices, reason)


def test_the_checker_of_these_tests_rejects(no_coalition_perfect_game):
    _, table, vertices, dropped = one_price(no_coalition_perfect_game, [Fraction(1, 3)] * 3)
    with pytest.raises(InvalidCertificate, match="not positive"):
        check_excluded(table, vertices, {"weights": [0, 0, 0], "dropped": dropped})


def test_an_empty_part_of_the_strategies_is_excluded():
    # matching pennies played by 0 and 1 while 2 looks on: {0} mixes evenly, never 3/4 to 1/4
    pennies = np.array([[1, -1], [-1, 1]])[:, :, None]
    game = StrategicGame.from_arrays(pennies, -pennies, 0 * pennies)
    b = [Fraction(1, 2), Fraction(1, 2), Fraction(0)]
    cell, table, vertices, _ = one_price(game, b)
    program = DivisionProgram(game)
    assert program.refute(cell) is None
    for sign, bound in ((1, Fraction(3, 4)), (-1, Fraction(1, 4))):
        split = StrategyBound(0b001, "row", 1, bound, sign)
        refutation = program.refute(replace(cell, bounds=(split,)))
        assert refutation is not None
        splits = [(0b001, "row", 1, bound, sign)]
        check_excluded(table, vertices, write_reason(program.reason(refutation, ())), splits=splits)


def test_what_cannot_be_excluded_is_a_correlated_selection():
    # everyone can veto: the relaxation's marginals are optimal (all are) and it has no defect
    game = StrategicGame.from_bargaining(np.eye(3, dtype=int), [0, 0, 0])
    cell, *_ = one_price(game, [Fraction(1, 3)] * 3)
    relaxed = DivisionProgram(game).relax(cell)
    assert relaxed.refutation is None
    assert relaxed.defect == pytest.approx(0, abs=1e-9)
    assert sorted(relaxed.joints) == [0b001, 0b011, 0b101]
    assert all(joint.sum() == pytest.approx(1) for joint in relaxed.joints.values())
    assert all(joint.min() >= 0 for joint in relaxed.joints.values())


def test_nothing_is_said_without_outcomes():
    game = random_game(0, (2, 2, 2))
    cell, *_ = exact_cell(game, around([Fraction(1, 3)] * 3, Fraction(1, 50)))
    assert DivisionProgram(game).refute(replace(cell, outcomes=cell.outcomes[:0])) is None


def test_one_player_is_never_excluded():
    game = StrategicGame.from_arrays([3, 1, 2])
    assert DivisionProgram(game).refute(one_price(game, [Fraction(1)])[0]) is None


def test_two_players_without_a_choice():
    # constant payoffs are scaled to 0, so everyone gets what is owed: nothing
    game = StrategicGame.from_arrays([[5]], [[7]])
    cell, *_ = one_price(game, [Fraction(1, 2)] * 2)
    assert DivisionProgram(game).refute(cell) is None
