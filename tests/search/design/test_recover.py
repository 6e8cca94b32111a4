"""Exact points from bases, against hand calculations and scipy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from harsanyi_aux.search.design.conditions import rows_of
from harsanyi_aux.search.design.exact_vertices import (
    BASIC,
    LOWER,
    UPPER,
    Basis,
    Bounded,
    exact_point,
)
from harsanyi_aux.search.design.programs import Designer, screen
from harsanyi_aux.search.design.structures import pattern_of, random_structures

INFINITY = np.inf


def program(matrix, lower, upper, columns):
    return Bounded(np.array(matrix), np.array([lower, upper]), np.array(columns))


def test_a_vertex_by_hand():
    # 3x + y = 0.5 and x - 2y = 0: y = 1/14, x = 1/7; z stays at its upper bound 1
    bounded = program(
        [[3, 1, 0], [1, -2, 0]], [-INFINITY, 0.0], [0.5, 0.0], [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    )
    basis = Basis(np.array([BASIC, BASIC, UPPER]), np.array([UPPER, LOWER]))
    assert exact_point(bounded, basis) == [Fraction(1, 7), Fraction(1, 14), 1]


def test_columns_at_bounds_move_the_right_side():
    # x + 4z = 1 with z at its upper bound 1/8: x = 1/2
    bounded = program([[1, 4]], [1.0], [1.0], [[0.0, 0.0], [1.0, 0.125]])
    basis = Basis(np.array([BASIC, UPPER]), np.array([LOWER]))
    assert exact_point(bounded, basis) == [Fraction(1, 2), Fraction(1, 8)]


def test_all_columns_at_bounds():
    bounded = program([[1, 1]], [-INFINITY], [5.0], [[0.0, 0.0], [1.0, 1.0]])
    basis = Basis(np.array([LOWER, UPPER]), np.array([BASIC]))
    assert exact_point(bounded, basis) == [0, 1]


def test_free_rows_outside_the_basis_stand_at_zero():
    bounded = program([[2, -1]], [-INFINITY], [INFINITY], [[0.0, 0.0], [1.0, 1.0]])
    basis = Basis(np.array([BASIC, UPPER]), np.array([3]))
    assert exact_point(bounded, basis) == [Fraction(1, 2), 1]


@pytest.mark.parametrize(
    ("columns", "rows"), [([BASIC, BASIC], [LOWER, LOWER]), ([BASIC, LOWER], [LOWER, LOWER])]
)
def test_no_basis_gives_no_point(columns, rows):
    bounded = program(
        [[1, 2], [2, 4]], [0.0, 0.0], [0.0, 0.0], [[0.0, 0.0], [1.0, 1.0]]
    )  # singular, or of the wrong size
    assert exact_point(bounded, Basis(np.array(columns), np.array(rows))) is None


@pytest.mark.parametrize("objective", ["separation", "margin", "both"])
def test_recovered_points_satisfy_every_row_and_have_the_value(objective):
    pattern = pattern_of((3, 3, 3), 2, "coalition-perfect")
    designer = Designer()
    met = 0
    for structure in random_structures(pattern, 60, np.random.default_rng(1)):
        rows = rows_of(pattern, structure)
        lead = screen(pattern, structure, rows)
        vertex = None if lead is None else designer.best(pattern, rows, lead, objective)
        if vertex is None:
            continue
        met += 1
        point = exact_point(vertex.program, vertex.basis)
        payoffs = point[: pattern.unknowns]
        ((player, sign),) = vertex.choice
        gap = rows.gaps[0, player].astype(object) @ payoffs / int(rows.scales[0])
        gap = -gap if sign else gap
        # with this objective the payoffs are the only unknowns
        separation, margin = point[pattern.unknowns :] if objective != "separation" else (gap, 0)
        assert all(0 <= value <= 1 for value in payoffs)
        assert not any(rows.equal.astype(object) @ payoffs)
        losses = -(rows.below.astype(object) @ payoffs)
        assert all(loss >= margin * int(s) for loss, s in zip(losses, rows.norms, strict=True))
        assert gap >= separation > 0
        value = {"separation": separation, "margin": margin, "both": min(separation, margin)}
        assert float(value[objective]) == pytest.approx(vertex.value, abs=1e-9)
        assert (margin > 0) == (objective != "separation")
    assert met >= 3
