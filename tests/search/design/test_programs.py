"""The kept model finds what a fresh linear program of scipy finds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from harsanyi_aux.search.design.conditions import rows_of
from harsanyi_aux.search.design.integers import smallest_integers
from harsanyi_aux.search.design.programs import Designer, screen
from harsanyi_aux.search.design.structures import pattern_of, random_structures


def largest_separation(rows):
    """By one fresh program for each player and direction."""
    best = 0.0
    for gap in rows.gaps[0]:
        for objective in (gap, -gap):
            answer = linprog(
                -objective / rows.scales[0],
                A_ub=rows.below,
                b_ub=np.zeros(len(rows.below)),
                A_eq=rows.equal,
                b_eq=np.zeros(len(rows.equal)),
                bounds=(0, 1),
            )
            best = max(best, -answer.fun)
    return best


@pytest.mark.parametrize(
    ("shape", "concept", "symmetry"),
    [
        ((2, 2, 3), "coalition-perfect", None),
        ((2, 2, 2), "coco", None),
        ((3, 3, 3), "coalition-perfect", "swap"),
    ],
)
def test_one_model_for_many_structures_finds_what_fresh_programs_find(shape, concept, symmetry):
    pattern = pattern_of(shape, 2, concept, symmetry)
    designer = Designer()
    met = 0
    for structure in random_structures(pattern, 150, np.random.default_rng(4)):
        rows = rows_of(pattern, structure)
        lead = screen(pattern, structure, rows)
        if lead is None:
            continue
        vertex = designer.best(pattern, rows, lead, "separation")
        assert vertex.value == pytest.approx(largest_separation(rows), abs=1e-7)
        met += 1
        if met == 5:
            break
    assert met >= 2


def test_structures_without_a_game_are_without_one_for_scipy_too():
    pattern = pattern_of((2, 2, 2), 2, "coalition-perfect")
    designer = Designer()
    for structure in random_structures(pattern, 15, np.random.default_rng(8)):
        rows = rows_of(pattern, structure)
        vertex = designer.best(pattern, rows, None, "separation")
        expected = 0.0 if vertex is None else vertex.value
        assert largest_separation(rows) == pytest.approx(expected, abs=1e-6)


def test_a_twist_keeps_half_of_the_separation():
    pattern = pattern_of((3, 3, 3), 2, "coalition-perfect")
    designer = Designer()
    rng = np.random.default_rng(0)
    for structure in random_structures(pattern, 60, rng):
        rows = rows_of(pattern, structure)
        lead = screen(pattern, structure, rows)
        if lead is not None:
            best = designer.best(pattern, rows, lead, "separation")
            other = designer.best(pattern, rows, lead, "separation", twist=rng)
            kept = other.program.column_bounds[0, pattern.unknowns]
            assert best.value / 4 < kept <= best.value / 2
            return
    pytest.fail("no structure passed the screen")


def test_small_integers_satisfy_the_rows():
    pattern = pattern_of((2, 2, 3), 2, "coalition-perfect")
    designer = Designer()
    met = 0
    for structure in random_structures(pattern, 600, np.random.default_rng(1)):
        rows = rows_of(pattern, structure)
        lead = screen(pattern, structure, rows)
        if lead is None:
            continue
        vertex = designer.best(pattern, rows, lead, "separation")
        payoffs = smallest_integers(pattern, rows, vertex.choice, 12, nodes=200)
        if payoffs is None or not (rows.gaps @ payoffs).any():
            continue
        met += 1
        assert payoffs.min() >= 0
        assert payoffs.max() <= 12
        assert not (rows.equal @ payoffs).any()
        assert (rows.below @ payoffs <= 0).all()
        # payoffs up to K, divided by K, are payoffs in [0, 1]
        ((player, sign),) = vertex.choice
        gap = (rows.gaps[0, player] @ payoffs) * (-1 if sign else 1) / rows.scales[0]
        assert 0 < gap / payoffs.max() <= vertex.value + 1e-9
        if met == 3:
            break
    assert met
