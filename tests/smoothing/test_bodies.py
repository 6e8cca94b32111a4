from __future__ import annotations

import numpy as np
import pytest
from clouds import bodies, clouds, size
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from smoothing import (
    Ball,
    Box,
    Ellipsoid,
    GeometryError,
    MinkowskiSum,
    Polytope,
    minkowski_sum,
    scaled,
    translated,
)


@given(bodies(), st.floats(0.01, 100))
@settings(max_examples=100, deadline=None)
def test_support_functions_are_sublinear(made, factor):
    body, rng = made
    a, b = rng.normal(size=(2, body.dimension))
    rounding = 1e-12 * size(body)
    assert body.support(a + b) <= body.support(a) + body.support(b) + rounding
    assert body.support(factor * a) == pytest.approx(factor * body.support(a), abs=100 * rounding)
    assert body.support(a) + body.support(-a) >= -rounding


@given(bodies())
@settings(max_examples=100, deadline=None)
def test_the_maximizer_attains_the_support_and_lies_in_the_body(made):
    body, rng = made
    a = rng.normal(size=body.dimension)
    u = body.maximizer(a)
    assert a @ u == pytest.approx(body.support(a), abs=1e-12 * size(body))
    assert body.contains(u, 1e-9 * size(body))


@given(bodies(), st.sampled_from([1e-3, 1.0, 1e3]))
@settings(max_examples=150, deadline=None)
def test_projections_are_optimal(made, away):
    # p is the nearest point iff p is in the body and (x - p) is an outer normal at p
    body, rng = made
    x = body.maximizer(np.ones(body.dimension)) + away * rng.normal(size=body.dimension)
    p = body.project(x)
    residual = x - p
    scale = size(body) + away
    assert body.distance(x) == pytest.approx(np.linalg.norm(residual), abs=1e-15 * scale)
    for a in rng.normal(size=(10, body.dimension)):
        assert a @ p <= body.support(a) + 1e-9 * scale
    if np.linalg.norm(residual) > 1e-12 * scale:
        assert body.support(residual) - residual @ p <= 1e-11 * scale**2


@given(bodies())
@settings(max_examples=60, deadline=None)
def test_the_jacobian_is_the_derivative_of_the_maximizer(made):
    body, rng = made
    a = rng.normal(size=body.dimension)
    try:
        jacobian = body.maximizer_jacobian(a)
    except GeometryError:  # a repeated or lattice cloud may have a face here
        assume(False)
    assert jacobian == pytest.approx(jacobian.T)
    assert jacobian @ a == pytest.approx(np.zeros(body.dimension), abs=1e-9 * size(body))
    step = 1e-6 * rng.normal(size=body.dimension)
    moved = (body.maximizer(a + step) - body.maximizer(a - step)) / 2
    assume(np.linalg.norm(moved) <= 1e-3)  # a vertex lost in between
    assert moved == pytest.approx(jacobian @ step, abs=1e-8 * size(body))


@given(clouds(dimensions=(1, 2, 3)))
@settings(max_examples=40, deadline=None)
def test_minkowski_sums_add_support_functions(made):
    points, rng = made
    d = points.shape[1]
    parts = [Polytope(points[:9]), Ball(np.ones(d), 0.5), Box(points[0], np.ones(d))]
    parts.append(Ball(-points[0], 0.25))
    total = minkowski_sum(*parts)
    sums = Polytope((points[:9, None] + points[:4]).reshape(-1, d))
    for a in rng.normal(size=(5, d)):
        assert total.support(a) == pytest.approx(sum(p.support(a) for p in parts), rel=1e-12)
        two = minkowski_sum(Polytope(points[:9]), Polytope(points[:4]))
        assert two.support(a) == pytest.approx(sums.support(a), abs=1e-12 * size(sums))


@given(clouds(dimensions=(1, 2, 3, 4)))
@settings(max_examples=40, deadline=None)
def test_the_general_projection_agrees_with_wolfes_on_polytopes(made):
    # the sum of two polytopes by oracle, and the hull of all sums of points
    points, rng = made
    one, two = points[:7], points[-4:]
    total = MinkowskiSum(Polytope(one), Polytope(two))
    sums = Polytope((one[:, None] + two).reshape(-1, points.shape[1]))
    x = sums.points[0] + rng.normal(size=points.shape[1])
    assert total.project(x) == pytest.approx(sums.project(x), abs=1e-6 * size(sums))
    assert total.distance(x) == pytest.approx(sums.distance(x), abs=1e-6 * size(sums))


def test_projection_onto_an_ellipse_by_hand():
    # x²/4 + y² = 1; at (√2, √½) the normal is (√2/2, √2): that point plus any multiple projects
    # back to it
    ellipse = Ellipsoid([0, 0], [[2, 0], [0, 1]])
    u = np.array([np.sqrt(2), np.sqrt(0.5)])
    normal = np.array([np.sqrt(2) / 2, np.sqrt(2)])
    for t in (1e-6, 1.0, 1e6):
        assert ellipse.project(u + t * normal) == pytest.approx(u, abs=1e-9)
    assert ellipse.project([0.5, 0.5]) == pytest.approx([0.5, 0.5])
    assert ellipse.support([3, 4]) == pytest.approx(np.sqrt(36 + 16))


@pytest.mark.parametrize("thin", [1e-3, 1e-8, 0.0])
def test_thin_ellipsoids(thin):
    disc = Ellipsoid(np.zeros(3), np.diag([1.0, 1.0, thin]))
    assert disc.project([3, 4, 0]) == pytest.approx([0.6, 0.8, 0])
    # the multiplier of the constraint is about 5 thin, so the foot is drawn in by about that part
    assert disc.project([0.1, 0.2, 5.0]) == pytest.approx([0.1, 0.2, thin], abs=2 * thin + 1e-15)
    assert disc.hull.dimension == (3 if thin > 1e-10 else 2)


def test_flat_directions_of_balls_boxes_and_ellipsoids():
    assert Ball([1, 2], 0).hull.dimension == 0
    assert Ball([1, 2], 1).hull.dimension == 2
    assert Box([1, 2, 3], [1, 0, 0]).hull.dimension == 1
    assert Ellipsoid([0, 0, 0], [[1, 2], [1, 2], [1, 2]]).hull.dimension == 1
    assert Ellipsoid([1, 1], [[0.0], [0.0]]).project([5, 5]) == pytest.approx([1, 1])
    assert Ellipsoid([1, 1], [[1], [0]]).maximizer([0, 1]) == pytest.approx([1, 1])
    assert Ball([1, 2], 0).project([1, 2]) == pytest.approx([1, 2])


def test_the_middle_of_a_boxs_face_is_chosen():
    assert Box([0, 0], [1, 2]).maximizer([0, 1]) == pytest.approx([0, 2])


def test_similar_bodies():
    body = translated(scaled(Ball([1.0, 0.0], 2.0), 3.0), [0.0, 5.0])
    assert body.support([0, 1]) == pytest.approx(5 + 6)
    assert body.project([3, 100]) == pytest.approx([3, 11])


def test_tiny_and_huge_directions_are_not_lost():
    ball = Ball([0, 0], 2)
    for factor in (1e-99, 1e99):
        assert ball.maximizer([3 * factor, 4 * factor]) == pytest.approx([1.2, 1.6])
        assert ball.support([3 * factor, 4 * factor]) == pytest.approx(10 * factor)
