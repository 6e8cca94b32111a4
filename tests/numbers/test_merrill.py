from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harsanyi_aux.numbers.merrill import surround_zero
from harsanyi_aux.prices.problem import project_to_simplex


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_linear_maps_are_solved_exactly(d):
    # The labels are interpolated linearly, so the zero of an affine map is hit up to rounding.
    rng = np.random.default_rng(d)
    root = rng.random(d)
    skew = rng.standard_normal((d, d))
    matrix = -np.eye(d) + 0.5 * (skew - skew.T)
    found = surround_zero(lambda x: (matrix @ (x - root), 0), np.zeros(d), 0.25, 10_000)
    assert found is not None
    assert found.centre == pytest.approx(root, abs=1e-10)
    assert found.weights.min() >= 0


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 4), st.integers(0, 10**6), st.sampled_from([0.5, 0.1, 0.01]))
def test_discontinuous_inward_maps_are_surrounded_within_the_mesh(d, seed, mesh):
    # g(x) = -sign(x - root): a correspondence whose only zero is the jump at the root.
    rng = np.random.default_rng(seed)
    root, start = rng.random(d), rng.random(d)
    found = surround_zero(
        lambda x: (-np.sign(x - root) + 0.0, int(x[0] > root[0])), start, mesh, 100_000
    )
    assert found is not None
    assert np.abs(found.points - root).max() <= mesh * (1 + 1e-9) * np.sqrt(d) * 2
    assert found.weights.sum() == pytest.approx(1)
    assert set(found.tags) <= {0, 1}


def test_zero_everywhere_ends_at_once():
    found = surround_zero(lambda x: (np.zeros_like(x), 0), np.array([0.3, 0.4]), 0.25, 100)
    assert found is not None


def test_the_pivot_limit_is_kept():
    assert surround_zero(lambda x: (5 - x, 0), np.zeros(2), 0.01, 10) is None


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=6))
def test_projection_onto_the_simplex(values):
    x = np.array(values)
    p = project_to_simplex(x)
    assert p.min() >= 0
    assert p.sum() == pytest.approx(1)
    # optimality: (x - p)·(vertex - p) <= 0 for every vertex
    assert ((x - p) - (x - p) @ p).max() <= 1e-9
