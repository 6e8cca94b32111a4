from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import affine_hull


@st.composite
def rational_flats(draw):
    """Return points of a flat of known dimension, as Fractions."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dimension = draw(st.integers(1, 5))
    rank = draw(st.integers(0, dimension))
    # a unit lower triangle keeps the rows of the frame independent
    frame = np.tril(rng.integers(-3, 4, (rank, dimension)), -1) + np.eye(rank, dimension, dtype=int)
    frame = frame[:, rng.permutation(dimension)]
    corners = np.vstack([np.zeros((1, rank), dtype=int), np.eye(rank, dtype=int)])
    weights = np.vstack([corners, rng.integers(-4, 5, (int(rng.integers(0, 59)), rank))])
    shift = rng.integers(-9, 10, dimension)
    points = np.vectorize(Fraction, otypes=[object])(weights @ frame + shift) / 7
    return points[rng.permutation(len(points))], rank


@given(rational_flats())
@settings(max_examples=100, deadline=None)
def test_exact_and_float_dimensions_agree_with_the_construction(made):
    points, rank = made
    for given_points in (points, points.astype(float)):
        hull = affine_hull(given_points)
        assert hull.dimension == rank
        assert hull.deficit == points.shape[1] - rank
        assert hull.exact == (given_points.dtype == object)
        frame = np.vstack([hull.basis, hull.complement])
        assert frame @ frame.T == pytest.approx(np.eye(points.shape[1]), abs=1e-12)
        away = (points.astype(float) - hull.origin) @ hull.complement.T
        assert np.abs(away).max(initial=0.0) <= 1e-12


def test_exact_data_keep_a_dimension_that_doubles_lose():
    tiny = Fraction(1, 10**30)
    points = [[0, 0], [1, 1], [2, 2 + tiny]]
    assert affine_hull(points).dimension == 2
    assert affine_hull(np.array(points, dtype=float)).dimension == 1


def test_exact_data_have_no_dimension_that_only_rounding_gives():
    points = [[Fraction(k, 10), Fraction(3 * k, 10)] for k in range(5)]
    assert affine_hull(points).dimension == 1
    # 0.1 * 3 != 0.3 in doubles: the tolerance settles it
    assert affine_hull([[k * 0.1, k * 0.1 * 3] for k in range(5)]).dimension == 1


def test_the_tolerance_is_relative_to_the_spread():
    for unit in (1e-50, 1.0, 1e50):
        thick = np.array([[0, 0], [1, 0], [0.5, 1e-9]]) * unit
        thin = np.array([[0, 0], [1, 0], [0.5, 1e-11]]) * unit
        assert affine_hull(thick).dimension == 2
        assert affine_hull(thin).dimension == 1


def test_integers_are_exact_and_mixtures_are_not():
    assert affine_hull([[1, 2], [3, 4]]).exact
    assert affine_hull([[1, Fraction(1, 3)], [3, 4]]).exact
    assert not affine_hull(np.array([[1, Fraction(1, 3)], [3, 4.0]], dtype=object)).exact


def test_huge_integers_do_not_overflow():
    big = 2**62
    hull = affine_hull([[big, -big], [big + 1, -big], [-big, big]])
    assert hull.dimension == 2
