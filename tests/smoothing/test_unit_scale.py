from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from clouds import clouds
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import GeometryError, Polytope, lift, outer, sanded, unit_scale


def smoothings(points):
    """Return every smoothed body that scaled points admit."""
    bodies = [outer(points, 0.1), *(lift(points, 0.1, kind).body for kind in ("complement", "box"))]
    if Polytope(points).hull.deficit == 0:
        bodies.append(sanded(points, 1e-3))
    return bodies


@st.composite
def rational_maps(draw, dimension=3):
    positive = st.fractions(Fraction(1, 50), 50)
    factors = [draw(positive) for _ in range(dimension)]
    shifts = [draw(st.fractions(-100, 100)) for _ in range(dimension)]
    return np.array(factors, dtype=object), np.array(shifts, dtype=object)


@given(st.integers(0, 10**6), rational_maps())
@settings(max_examples=30, deadline=None)
def test_smoothing_commutes_with_affine_maps_of_the_coordinates_exactly(seed, affine):
    # exact points: scaled points, and so the smoothed bodies, are the same to the last bit
    factors, shifts = affine
    points = np.random.default_rng(seed).integers(-9, 10, (7, 3)).astype(object)
    moved = points * factors + shifts
    one, two = unit_scale(points), unit_scale(moved)
    assert (one.apply(points) == two.apply(moved)).all()
    for b, c in zip(smoothings(one.apply(points)), smoothings(two.apply(moved)), strict=True):
        for a in np.random.default_rng(seed).normal(size=(4, 3)):
            assert b.support(a) == c.support(a)
            # seen in the original coordinates: h'(a) = h(a ∘ factors) + a·shifts
            original = one.undo_body(b).support(a * factors.astype(float))
            assert two.undo_body(c).support(a) == pytest.approx(
                original + a @ shifts.astype(float), rel=1e-12, abs=1e-11
            )


@given(clouds(dimensions=(1, 2, 3)), st.integers(-20, 20))
@settings(max_examples=30, deadline=None)
def test_powers_of_two_are_exact_for_floats_too(made, power):
    points, rng = made
    moved = points * 2.0**power
    scale, other = unit_scale(points), unit_scale(moved)
    assert (scale.apply(points) == other.apply(moved)).all()
    a = rng.normal(size=points.shape[1])
    assert outer(scale.apply(points), 0.1).support(a) == outer(other.apply(moved), 0.1).support(a)


@given(clouds())
@settings(max_examples=40, deadline=None)
def test_ranges_become_one_and_constant_coordinates_keep_their_unit(made):
    points, rng = made
    scale = unit_scale(points)
    scaled = scale.apply(points)
    ranges = np.ptp(points, axis=0)
    assert np.ptp(scaled, axis=0) == pytest.approx((ranges > 0).astype(float), abs=1e-15)
    assert (scale.units[ranges == 0] == 1).all()
    assert scale.undo(scaled) == pytest.approx(points, abs=1e-12 * np.abs(points).max())
    a = rng.normal(size=points.shape[1])
    assert scale.undo_direction(scale.apply_to_direction(a)) == pytest.approx(a)


def test_exact_points_stay_exact():
    points = [[0, Fraction(1, 3), 5], [3, Fraction(2, 3), 5]]
    scale = unit_scale(points)
    assert scale.apply(points).tolist() == [[0, 0, 0], [1, 1, 0]]
    assert scale.undo(scale.apply(points)).tolist() == points
    assert scale.undo([[Fraction(1, 2)] * 3]).tolist() == [[Fraction(3, 2), Fraction(1, 2), 5.5]]
    # exactness ends with the first float, on either side
    assert scale.apply([[0.5, 0.5, 5.0]]).dtype == float
    assert unit_scale([[0.0, 1.0]]).apply([[1, 2]]).dtype == float


def test_a_ball_seen_in_other_units_is_an_ellipse():
    points = [[0, 0], [2, 10]]
    scale = unit_scale(points)
    body = scale.undo_body(outer(scale.apply(points), 0.5))
    # h(a) = 2a_0 + 10 a_1 + |(2 a_0, 10 a_1)| / 2
    assert body.support([3, 0.8]) == pytest.approx(6 + 8 + 5)
    u = body.maximizer([3, 0.8])
    assert u == pytest.approx([2 + 0.5 * 2 * 0.6, 10 + 0.5 * 10 * 0.8])
    jacobian = body.maximizer_jacobian([3, 0.8])
    step = 1e-6 * np.array([1.0, -2.0])
    moved = body.maximizer(np.array([3, 0.8]) + step) - body.maximizer(np.array([3, 0.8]) - step)
    assert moved / 2 == pytest.approx(jacobian @ step, abs=1e-11)
    assert body.project(u + 3 * np.array([3, 0.8])) == pytest.approx(u, abs=1e-4)
    assert body.hull.dimension == 2


def test_points_of_another_dimension_are_refused():
    with pytest.raises(GeometryError, match=r"points, row 0: has shape \(3,\).*dimension 2"):
        unit_scale([[0, 1]]).apply([[1, 2, 3]])
