from __future__ import annotations

import itertools

import numpy as np
import pytest
from clouds import bodies, clouds, full_clouds, size
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from smoothing import (
    GeometryError,
    Polytope,
    entropic_choice,
    erode,
    inradius,
    lift,
    outer,
    sanded,
)

RIGHT_TRIANGLE = [[0, 0], [3, 0], [0, 4]]


def rows(points):
    return sorted(map(tuple, np.round(points, 10) + 0.0))


@given(bodies(), st.sampled_from([1e-6, 1e-2, 1.0]))
@settings(max_examples=100, deadline=None)
def test_the_normal_of_a_maximizer_is_its_direction(made, radius):
    body, rng = made
    rounded = outer(body, radius)
    a = rng.normal(size=body.dimension)
    u = rounded.maximiser(a)
    accuracy = 1e-12 * size(body) / radius
    assert rounded.normal(u, 1e-3) == pytest.approx(a / np.linalg.norm(a), abs=accuracy + 1e-12)
    assert rounded.support(a) == pytest.approx(
        body.support(a) + radius * np.linalg.norm(a), abs=1e-12 * size(body)
    )


@given(full_clouds(), st.sampled_from([0.01, 0.3, 0.9, 0.999999, 1.0]))
@settings(max_examples=80, deadline=None)
def test_sanded_inside_the_body_inside_outer(made, part):
    points, rng = made
    polytope = Polytope(points)
    radius = part * inradius(polytope)
    inner, wider = sanded(polytope, radius), outer(polytope, radius)
    rounding = 1e-9 * size(polytope)
    normals, offsets = polytope.facets
    for a in [*rng.normal(size=(5, polytope.dimension)), *normals[:5]]:
        assert inner.support(a) <= polytope.support(a) + rounding
        assert polytope.support(a) <= wider.support(a) + rounding
    # the core is the erosion: its points are deep enough, and no direction is cut short
    assert (inner.core.points @ normals.T <= offsets - radius + rounding).all()
    if part < 0.99 and polytope.spread < 50 * inradius(polytope):
        a = rng.normal(size=polytope.dimension)
        centred = offsets - normals @ points[0] - radius
        best = linprog(-a, A_ub=normals, b_ub=centred, bounds=[(None, None)] * len(a))
        assert inner.core.support(a) - a @ points[0] == pytest.approx(-best.fun, abs=1e-6)


@given(full_clouds(dimensions=(2, 3)))
@settings(max_examples=40, deadline=None)
def test_sanded_bodies_have_one_normal_everywhere(made):
    points, rng = made
    polytope = Polytope(points)
    radius = 0.5 * inradius(polytope)
    rounded = sanded(polytope, radius)
    a = rng.normal(size=polytope.dimension)
    found = rounded.normal(rounded.maximiser(a), 1e-3)
    accuracy = 1e-11 * size(polytope) / radius
    assert found == pytest.approx(a / np.linalg.norm(a), abs=accuracy)
    # the frontier between two maximisers, too
    u = rounded.project(points[0] + 10 * size(polytope) * rng.normal(size=len(a)))
    normal = rounded.normal(u, 1e-3)
    assert rounded.support(normal) - normal @ u <= 1e-9 * size(polytope)


def test_inradius_of_a_right_triangle_by_hand():
    # (3 + 4 - 5)/2 = 1
    triangle = Polytope(RIGHT_TRIANGLE)
    assert inradius(triangle) == pytest.approx(1.0, abs=1e-12)
    # at half of it a similar triangle of half the size, about the incentre (1, 1)
    assert rows(erode(triangle, 0.5).points) == [(0.5, 0.5), (0.5, 2.5), (2.0, 0.5)]
    assert rows(erode(triangle, 1.0).points) == [(1, 1)]
    assert sanded(triangle, 1.0).support([3, 4]) == pytest.approx(7 + 5)


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_erosion_of_a_cube_by_hand(dimension):
    cube = Polytope(list(itertools.product([0, 2], repeat=dimension)))
    assert inradius(cube) == pytest.approx(1.0, abs=1e-12)
    smaller = erode(cube, 0.25)
    assert rows(smaller.points) == rows(list(itertools.product([0.25, 1.75], repeat=dimension)))
    assert erode(cube, 1.0).hull.dimension == 0
    for a in np.random.default_rng(0).normal(size=(5, dimension)):
        reach = np.sum(np.maximum(0.25 * a, 1.75 * a))
        assert sanded(cube, 0.25).support(a) == pytest.approx(reach + 0.25 * np.linalg.norm(a))


def test_erosion_to_the_inradius_leaves_the_middle():
    # of a box 2 x 2 x 3 a segment; of a prism over the triangle a segment; of a slab a square
    long = Polytope(list(itertools.product([0, 2], [0, 2], [0, 3])))
    assert rows(erode(long, 1.0).points) == [(1, 1, 1), (1, 1, 2)]
    prism = Polytope([[*p, z] for p in RIGHT_TRIANGLE for z in (0, 5)])
    assert rows(erode(prism, 1.0).points) == [(1, 1, 1), (1, 1, 4)]
    slab = Polytope(list(itertools.product([0, 4], [0, 4], [0, 2])))
    assert rows(erode(slab, 1.0).points) == [(1, 1, 1), (1, 3, 1), (3, 1, 1), (3, 3, 1)]


def test_too_large_a_radius_names_the_inradius():
    with pytest.raises(GeometryError, match=r"radius: is 1\.001, larger than the inradius 1"):
        sanded(RIGHT_TRIANGLE, 1.001)


def test_flat_bodies_cannot_be_sanded():
    with pytest.raises(GeometryError, match=r"flat, of dimension 1 in 2.*lift it first"):
        sanded([[0, 0], [1, 1]], 0.1)
    assert inradius(Polytope([[0, 0], [1, 1]])) == 0


def test_a_lifted_polytope_can_be_sanded():
    # half-width 0.1/√2 about a segment along the first axis
    body = sanded(lift([[0, 0], [1, 0]], 0.1, "box"), 0.05)
    assert body.support([0, 1]) == pytest.approx(0.1 / np.sqrt(2))
    assert body.support([1, 0]) == pytest.approx(1 + 0.1 / np.sqrt(2))


@pytest.mark.parametrize("thickness", [1e-3, 1e-6, 1e-8])
def test_thin_bodies_can_be_sanded(thickness):
    slab = Polytope([[x, y * thickness] for x, y in itertools.product([0, 1], repeat=2)])
    assert inradius(slab) == pytest.approx(thickness / 2, rel=1e-9)
    core = erode(slab, thickness / 4)
    assert core.support([0, 1]) == pytest.approx(0.75 * thickness, rel=1e-9)
    assert core.support([1, 0]) == pytest.approx(1 - thickness / 4)


def test_the_normal_refuses_points_off_the_frontier():
    body = outer([[0, 0], [1, 0]], 0.1)
    assert body.normal([0.5, 0.1]) == pytest.approx([0, 1])
    assert body.normal([1.08, 0.06]) == pytest.approx([0.8, 0.6])
    with pytest.raises(GeometryError, match=r"in the core"):
        body.normal([0.5, 0])
    with pytest.raises(GeometryError, match=r"0\.05 inside"):
        body.normal([0.5, 0.05])
    with pytest.raises(GeometryError, match=r"0\.1 outside.*give a point of the frontier"):
        body.normal([0.5, 0.2])
    assert body.project([0.5, 0.2]) == pytest.approx([0.5, 0.1])
    assert body.project([0.5, 0.05]).tolist() == [0.5, 0.05]
    with pytest.raises(GeometryError, match=r"lifted only.*round it"):
        lift([[0, 0, 0], [1, 0, 0]], 0.1).normal([0.5, 0.1, 0])


@given(clouds(), st.sampled_from([1e-3, 0.1, 10.0]))
@settings(max_examples=60, deadline=None)
def test_entropic_choice(made, tau):
    points, rng = made
    a = rng.normal(size=points.shape[1])
    choice = entropic_choice(points, a, tau)
    best = Polytope(points).support(a)
    rounding = 1e-12 * (1 + abs(best))
    assert choice.weights.sum() == pytest.approx(1)
    assert best - rounding <= choice.value <= best + tau * np.log(len(points)) + rounding
    # max of a·u + τ H(w), attained
    w = choice.weights[choice.weights > 0]
    mixed = a @ choice.point - tau * w @ np.log(w)
    assert mixed == pytest.approx(choice.value, abs=1e-9 + rounding)
    # derivatives: the point is that of the value, the Jacobian that of the point
    step = 1e-5 * min(1.0, tau) * rng.normal(size=len(a)) / max(1.0, np.ptp(points))
    ahead, behind = entropic_choice(points, a + step, tau), entropic_choice(points, a - step, tau)
    assert (ahead.value - behind.value) / 2 == pytest.approx(
        choice.point @ step, abs=1e-9 * np.linalg.norm(step) + 10 * rounding
    )
    assert (ahead.point - behind.point) / 2 == pytest.approx(
        choice.jacobian @ step, abs=1e-8 + rounding
    )


def test_entropic_choice_by_hand():
    # softmax of (0, log 3): weights 1/4, 3/4; τ log(1 + 3); variance 3/16
    choice = entropic_choice([[0], [1]], [np.log(3)], 1.0)
    assert choice.weights == pytest.approx([0.25, 0.75])
    assert choice.value == pytest.approx(np.log(4))
    assert choice.jacobian == pytest.approx(np.array([[3 / 16]]))


def test_entropic_choice_at_tiny_temperatures():
    choice = entropic_choice([[0, 0], [1, 1], [1, 1]], [1, 1], 1e-310)
    assert choice.weights.tolist() == [0, 0.5, 0.5]
    assert choice.value == 2
    assert not choice.jacobian.any()
