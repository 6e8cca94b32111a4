"""The dense simplex method against scipy, on programs that are as degenerate as they come."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from harsanyi_aux.search.design.conditions import rows_of
from harsanyi_aux.search.design.exact_vertices import Bounded, exact_point
from harsanyi_aux.search.design.simplex import widest
from harsanyi_aux.search.design.structures import pattern_of, random_structures


def largest(equal, below, objective):
    return -linprog(
        -objective,
        A_ub=below,
        b_ub=np.zeros(len(below)),
        A_eq=equal if len(equal) else None,
        b_eq=np.zeros(len(equal)) if len(equal) else None,
        bounds=(0, 1),
    ).fun


def bounded(equal, below):
    bounds = np.zeros((2, len(equal) + len(below)))
    bounds[0, len(equal) :] = -np.inf
    columns = np.array([np.zeros(equal.shape[1]), np.ones(equal.shape[1])])
    return Bounded(np.concatenate([equal, below]), bounds, columns)


def checked(equal, below, objectives):
    """Compare with scipy, and the exact point of the basis with the program."""
    reference = [largest(equal, below, objective) for objective in objectives]
    found = widest(equal, below, objectives, 1e-6)
    if found is None:
        assert max(reference) < 2e-6
        return None
    value, number, basis = found
    assert value == pytest.approx(max(reference), abs=2e-6)
    assert value == pytest.approx(reference[number], abs=1e-9)
    point = exact_point(bounded(equal, below), basis)
    assert all(0 <= x <= 1 for x in point)
    assert not any(equal.astype(object) @ point)
    assert all(x <= 0 for x in below.astype(object) @ point)
    assert float(objectives[number] @ np.array(point, dtype=float)) == pytest.approx(value)
    return value


def test_one_step_by_hand():
    # x <= y, both in [0, 1]: the largest y is 1, the largest x is 1, with y at its bound as well
    none = np.zeros((0, 2), dtype=np.int64)
    below = np.array([[1, -1]])
    for objective in ([0.0, 1.0], [1.0, 0.0]):
        value, number, basis = widest(none, below, np.array([objective]), 1e-6)
        assert (value, number) == (1.0, 0)
        point = exact_point(bounded(none, below), basis)
        assert point[1] == 1
        assert value == objective[0] * point[0] + objective[1] * point[1]


def test_nothing_is_found_where_the_cone_is_a_point():
    equal = np.array([[1, 1]])
    none = np.zeros((0, 2), dtype=np.int64)
    assert widest(equal, none, np.array([[1.0, 0.0], [0.0, 1.0]]), 1e-6) is None


def test_the_first_of_equal_maxima_is_kept():
    none = np.zeros((0, 2), dtype=np.int64)
    for order in ([0, 1], [1, 0]):
        value, number, _ = widest(none, none, np.eye(2)[order], 1e-6)
        assert (value, number) == (1.0, 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_random_cones(seed):
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 9))
    equal = draw.integers(-2, 3, size=(int(draw.integers(0, 3)), n))
    below = draw.integers(-2, 3, size=(int(draw.integers(1, 12)), n))
    equal, below = equal[equal.any(axis=1)], below[below.any(axis=1)]
    objectives = draw.integers(-2, 3, size=(3, n)).astype(float)
    checked(equal, below, objectives)


@pytest.mark.parametrize(
    ("shape", "concept", "mixed"),
    [
        ((2, 2, 2), "coalition-perfect", False),
        ((2, 2, 3), "coalition-perfect", False),
        ((3, 3, 3), "coalition-perfect", False),
        ((2, 2, 2), "coco", True),
    ],
)
def test_programs_of_structures(shape, concept, mixed):
    pattern = pattern_of(shape, 2, concept)
    met = []
    for structure in random_structures(pattern, 60, np.random.default_rng(7), mixed=mixed):
        rows = rows_of(pattern, structure)
        gaps = rows.gaps[0] / rows.scales[0]
        met.append(checked(rows.equal, rows.below, np.concatenate([gaps, -gaps])))
    assert any(met)
