"""All optimal strategies of matrix games: against enumeration of bases, and by hand."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq, fmpq_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux import StrategicGame
from harsanyi_aux.errors import InputError
from harsanyi_aux.numbers.optimal_strategies import optimal_strategies
from harsanyi_aux.numbers.saddle_points import to_fractions
from harsanyi_aux.prices.exact_threats import threat_polytopes

HALF = Fraction(1, 2)


def lines(array):
    return [tuple(line) for line in array]


def vertices_by_bases(matrix, value):
    """Vertices of {x >= 0, Σx = 1, x M >= v}: every choice of m - 1 tight constraints."""
    m = len(matrix)
    constraints = [[Fraction(int(i == r)) for i in range(m)] for r in range(m)]
    constraints += [[row[c] - value for row in matrix] for c in range(len(matrix[0]))]
    found = set()
    for tight in itertools.combinations(constraints, m - 1):
        system = fmpq_mat(
            [[fmpq(x.numerator, x.denominator) for x in line] for line in (*tight, [HALF * 2] * m)]
        )
        if system.rank() < m:
            continue
        solution = system.solve(fmpq_mat(m, 1, [0] * (m - 1) + [1]))
        x = [Fraction(int(p.p), int(p.q)) for p in solution.entries()]
        if all(sum(a * p for a, p in zip(line, x, strict=True)) >= 0 for line in constraints):
            found.add(tuple(x))
    return sorted(found)


@st.composite
def matrices(draw):
    m, k = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    top = draw(st.sampled_from([1, 2, 5]))  # few different payoffs: many ties
    entry = st.integers(0, top)
    return draw(st.lists(st.lists(entry, min_size=k, max_size=k), min_size=m, max_size=m))


@given(matrices())
@settings(max_examples=150, deadline=None)
def test_vertices_are_those_that_bases_give(matrix):
    exact = to_fractions(matrix)
    found = optimal_strategies(exact)
    assert lines(found.rows) == vertices_by_bases(exact.tolist(), found.value)
    assert lines(found.columns) == vertices_by_bases((-exact.T).tolist(), -found.value)


def test_matching_pennies_has_one_saddle_point():
    found = optimal_strategies(np.array([[1, -1], [-1, 1]], dtype=object))
    assert found.unique
    assert found.value == 0
    assert lines(found.rows) == lines(found.columns) == [(HALF, HALF)]


def test_all_strategies_are_optimal_in_a_constant_game():
    found = optimal_strategies(np.full((3, 2), Fraction(1, 3), dtype=object))
    assert found.value == Fraction(1, 3)
    assert lines(found.rows) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
    assert lines(found.columns) == [(0, 1), (1, 0)]


def test_one_action_each():
    found = optimal_strategies(np.array([[7]], dtype=object))
    assert found.unique
    assert (found.value, lines(found.rows), lines(found.columns)) == (7, [(1,)], [(1,)])


def test_duplicated_row_of_matching_pennies():
    # the weight 1/2 on the first row may be divided among its two copies
    found = optimal_strategies(np.array([[1, -1], [1, -1], [-1, 1]], dtype=object))
    assert not found.unique
    assert lines(found.rows) == [(0, HALF, HALF), (HALF, 0, HALF)]
    assert lines(found.columns) == [(HALF, HALF)]


def test_a_segment_that_ends_inside_the_simplex():
    # rows (2,0), (0,2), (1,1) against value 1: (1/2,1/2,0) and (0,0,1) both secure it
    found = optimal_strategies(np.array([[2, 0], [0, 2], [1, 1]], dtype=object))
    assert found.value == 1
    assert lines(found.rows) == [(0, 0, 1), (HALF, HALF, 0)]
    assert found.columns.tolist() == [[HALF, HALF]]


@pytest.mark.parametrize("unit", [Fraction(10) ** 12, Fraction(10) ** -12])
def test_scale_and_shift_do_not_matter(unit):
    matrix = to_fractions([[2, 0, 1], [0, 2, 1], [1, 1, 1]])
    plain, other = optimal_strategies(matrix), optimal_strategies(matrix * unit + 5)
    assert other.value == plain.value * unit + 5
    assert lines(other.rows) == lines(plain.rows)
    assert lines(other.columns) == lines(plain.columns)


def test_ties_in_doubles_are_taken_literally():
    # 0.1 + 0.2 exceeds 0.3 in doubles: the second row is better by 2**-54
    found = optimal_strategies(to_fractions([[0.3], [0.1 + 0.2]]))
    assert found.unique
    assert lines(found.rows) == [(0, 1)]


def test_more_vertices_than_the_limit():
    # optimal is weight 1/2 on the first six rows together; a vertex uses one of each kind: 6 * 6
    ones = np.array([[1, -1]] * 6 + [[-1, 1]] * 6, dtype=object)
    assert len(optimal_strategies(ones).rows) == 36
    with pytest.raises(InputError, match="raise the limit"):
        optimal_strategies(ones, limit=35)


def test_everything_is_optimal_after_a_veto():
    # bargaining over (2,0,0), (0,2,0), (0,0,2) with prices 1: every coalition but N can be vetoed
    # down to 0 and cannot be pushed below; {1} and {2} alone can only accept or veto
    game = StrategicGame.from_bargaining(2 * np.eye(3, dtype=int), [0, 0, 0])
    found = threat_polytopes(game, [Fraction(1, 3)] * 3)
    assert sorted(found) == [0b001, 0b011, 0b101]
    assert all(polytope.value == 0 for polytope in found.values())
    assert not any(polytope.unique for polytope in found.values())


def test_threat_polytopes_of_games_without_threats():
    assert threat_polytopes(StrategicGame.from_arrays([1, 2]), [Fraction(1)]) == {}
    with pytest.raises(InputError, match="floats"):
        threat_polytopes(StrategicGame.from_arrays([[0.5, 1.0]], [[0.0, 1.0]]), [HALF, HALF])
