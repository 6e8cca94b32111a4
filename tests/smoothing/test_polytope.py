from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from clouds import clouds, distance, full_clouds, size
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import Polytope
from smoothing.nearest import nearest_in_hull


def face(points, a, tolerance):
    """Points that maximise a unit direction, up to a tolerance relative to their spread."""
    reach = (points - points[0]) @ a
    spread = np.linalg.norm(points - points[0], axis=1).max()
    return points[reach >= reach.max() - tolerance * spread]


def nearest_by_enumeration(points, x):
    """Nearest point of a hull: the best over the affine hulls of all small sets of points.

    By Caratheodory the nearest point is a mean, with non-negative weights, of at most d + 1
    affinely independent points, and the nearest point of their affine hull.
    """
    best = None
    for count in range(1, min(len(points), points.shape[1] + 1) + 1):
        for chosen in itertools.combinations(points, count):
            base, edges = chosen[0], np.array(chosen)[1:] - chosen[0]
            if count > 1 and np.linalg.matrix_rank(edges) < count - 1:
                continue
            weights = np.linalg.pinv(edges.T) @ (x - base)
            if (weights < -1e-12).any() or weights.sum() > 1 + 1e-12:
                continue
            p = base + weights @ edges
            if best is None or np.linalg.norm(x - p) < np.linalg.norm(x - best):
                best = p
    return best


@given(clouds(dimensions=(1, 2, 3), kinds=("general", "lattice", "flat", "repeated")))
@settings(max_examples=60, deadline=None)
def test_projection_agrees_with_enumeration(made):
    points, rng = made
    points = points[:7]
    for away in (0.3, 3.0):
        x = points.mean(axis=0) + away * rng.normal(size=points.shape[1])
        assert Polytope(points).project(x) == pytest.approx(
            nearest_by_enumeration(points, x), abs=1e-10 * (1 + np.abs(points).max())
        )


@given(clouds(), st.sampled_from([1e-6, 1.0, 1e6]))
@settings(max_examples=150, deadline=None)
def test_projection_weights(made, away):
    points, rng = made
    polytope = Polytope(points)
    x = points[0] + away * rng.normal(size=points.shape[1])
    weights = polytope.weights(x)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1, abs=1e-14)
    assert (weights > 0).sum() <= points.shape[1] + 1
    p = polytope.project(x)
    scale = polytope.spread + np.linalg.norm(x - p)
    assert ((points - p) @ (x - p)).max() <= 1e-12 * scale * max(polytope.spread, scale)
    assert polytope.project(p) == pytest.approx(p, abs=1e-10 * size(polytope))


@pytest.mark.parametrize("scatter", [0.0, 1e-15, 1e-12, 1e-9, 1e-6])
def test_projection_onto_near_duplicates(scatter):
    rng = np.random.default_rng(3)
    corners = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    points = np.repeat(corners, 20, axis=0) + scatter * rng.normal(size=(60, 3))
    # the foot of (1, 1, 1) on the line x + y = 1 is (1/2, 1/2, 0)
    foot = Polytope(points).project([1, 1, 1])
    assert foot == pytest.approx([0.5, 0.5, 0], abs=10 * scatter + 1e-14)


def test_projection_onto_a_cube():
    corners = np.array(list(itertools.product([-1.0, 1.0], repeat=4)))
    for x in 3 * np.random.default_rng(0).normal(size=(20, 4)):
        assert nearest_in_hull(corners, x) @ corners == pytest.approx(np.clip(x, -1, 1), abs=1e-12)


@given(clouds())
@settings(max_examples=60, deadline=None)
def test_facets_hold_all_points_and_the_normals_support(made):
    points, _ = made
    polytope = Polytope(points)
    normals, offsets = polytope.facets
    assert np.linalg.norm(normals, axis=1) == pytest.approx(np.ones(len(normals)))
    assert (points @ normals.T <= offsets + 1e-11 * size(polytope)).all()
    for normal, offset in zip(normals[:20], offsets[:20], strict=True):
        assert polytope.support(normal) == pytest.approx(offset, abs=1e-11 * size(polytope))
        # a facet holds as many independent points as its dimension needs
        on = face(points, normal, 1e-7)
        assert Polytope(on).hull.dimension >= polytope.hull.dimension - 1


@given(full_clouds(dimensions=(2, 3, 4)))
@settings(max_examples=40, deadline=None)
def test_half_spaces_and_points_describe_the_same_body(made):
    # a point pushed out through a facet is outside both descriptions, by the same distance
    points, _ = made
    polytope = Polytope(points)
    normals, offsets = polytope.facets
    for normal in normals[:10]:
        inside = face(points, normal, 1e-9).mean(axis=0)
        assert (normals @ inside <= offsets + 1e-9 * size(polytope)).all()
        assert distance(polytope, inside + normal) == pytest.approx(1.0, abs=1e-9 * size(polytope))


def test_facets_of_a_cube_and_of_a_square_in_space():
    cube = Polytope(list(itertools.product([0, 1], repeat=4)))
    normals, _ = cube.facets
    assert len(normals) == 8
    assert np.abs(normals).sum(axis=1) == pytest.approx(np.ones(8))
    square = Polytope([[x, y, x + y] for x, y in itertools.product([0, 1], repeat=2)])
    normals, _ = square.facets
    assert len(normals) == 4
    assert normals @ [1, 1, -1] == pytest.approx(np.zeros(4), abs=1e-14)


def test_a_common_shift_costs_only_its_own_rounding():
    points = np.array([[0, 0], [1, 0], [0, 1]]) + 2.0**40
    polytope = Polytope(points)
    assert polytope.maximiser([1, -1e-3]).tolist() == points[1].tolist()
    assert polytope.project(points[0] + 1.0).tolist() == (points[0] + 0.5).tolist()


def test_exact_points_keep_an_exact_dimension():
    assert Polytope([[0, 0], [1, 1], [2, 2 + Fraction(1, 10**30)]]).hull.dimension == 2
