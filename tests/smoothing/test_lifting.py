from __future__ import annotations

import numpy as np
import pytest
from clouds import clouds, size
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import Ball, DilatedBody, Ellipsoid, GeometryError, Polytope, lift

KINDS = ["complement", "ball", "box"]


def flat_points(dimension, deficit, rng):
    rank = dimension - deficit
    corners = np.vstack([np.zeros((1, rank)), np.eye(rank), rng.normal(size=(5, rank))])
    return corners @ rng.normal(size=(rank, dimension)) + rng.normal(size=dimension)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("dimension", "deficit"), [(d, k) for d in range(1, 6) for k in range(d + 1)]
)
def test_lifted_bodies_are_full_dimensional_and_near(kind, dimension, deficit):
    rng = np.random.default_rng(10 * dimension + deficit)
    flat = Polytope(flat_points(dimension, deficit, rng))
    assert flat.hull.deficit == deficit
    lifted = lift(flat, 1e-3, kind)
    assert lifted.deficit == deficit
    assert lifted.body.hull.deficit == 0
    nothing_added = kind == "complement" and deficit == 0
    assert lifted.hausdorff == (0 if nothing_added else 1e-3)
    # the Hausdorff distance is the largest difference of the support functions at unit directions
    directions = rng.normal(size=(50, dimension))
    best = flat.hull.complement.sum(axis=0) if kind == "complement" else np.ones(dimension)
    gaps = [lifted.body.support(a) - flat.support(a) for a in directions]
    gaps = gaps / np.linalg.norm(directions, axis=1)
    assert gaps.min() >= -1e-15 * size(flat)
    assert gaps.max() <= lifted.hausdorff + 1e-14 * size(flat)
    if not nothing_added:
        attained = lifted.body.support(best) - flat.support(best)
        assert attained / np.linalg.norm(best) == pytest.approx(1e-3, abs=1e-14 * size(flat))


@given(clouds(dimensions=(2, 3, 4), kinds=("flat", "repeated", "lattice")), st.sampled_from(KINDS))
@settings(max_examples=60, deadline=None)
def test_lifts_contain_the_flat_body_and_stay_near(made, kind):
    points, rng = made
    lifted = lift(points[:20], 0.01, kind)
    flat = lifted.flat
    rounding = 1e-8 * size(flat)
    for u in flat.points[:3]:
        assert lifted.body.contains(u, rounding)
    u = lifted.body.maximizer(rng.normal(size=points.shape[1]))
    assert flat.distance(u) <= 0.01 + rounding


def test_support_functions_by_hand():
    # a segment along the first axis of space
    segment = [[0, 0, 0], [1, 0, 0]]
    assert lift(segment, 0.1, "complement").body.support([2, 3, 4]) == pytest.approx(2 + 0.5)
    assert lift(segment, 0.1, "ball").body.support([2, 3, 6]) == pytest.approx(2 + 0.7)
    assert lift(segment, 0.1, "box").body.support([2, 3, 4]) == pytest.approx(2 + 0.9 / np.sqrt(3))


def test_projection_onto_a_lift_into_the_complement():
    body = lift([[0, 0, 0], [1, 0, 0]], 0.1, "complement").body
    assert body.project([2, 3, 4]) == pytest.approx([1, 0.06, 0.08], abs=1e-14)
    assert body.project([0.5, 0.03, 0.04]) == pytest.approx([0.5, 0.03, 0.04], abs=1e-14)


def test_the_ball_lift_is_outer_rounding_and_the_boxed_polytope_a_polytope():
    assert isinstance(lift([[0, 0]], 0.1, "ball").body, DilatedBody)
    assert isinstance(lift([[0, 0]], 0.1, "box").body, Polytope)


def test_other_flat_bodies_can_be_lifted():
    disc = Ellipsoid([0, 0, 0], [[1, 0], [0, 1], [0, 0]])
    assert lift(disc, 0.1, "complement").body.support([3, 4, 2]) == pytest.approx(5 + 0.2)
    assert lift(disc, 0.1, "box").body.support([0, 0, 1]) == pytest.approx(0.1 / np.sqrt(3))
    assert lift(Ball([1, 1], 0), 0.1, "complement").body.support([3, 4]) == pytest.approx(7.5)


def test_what_cannot_be_lifted():
    with pytest.raises(GeometryError, match=r"epsilon: is 0"):
        lift([[0, 0]], 0)
    with pytest.raises(GeometryError, match=r"'prism' is unknown; choose"):
        lift([[0, 0]], 1, "prism")
    with pytest.raises(GeometryError, match=r"remains flat; take a larger one"):
        lift([[0, 0], [1, 1]], 1e-12, "box")
