from __future__ import annotations

import numpy as np
import pytest
from clouds import clouds, distance, size
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import DilatedBody, GeometryError, Polytope, lift

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
    largest = 0.0 if kind == "complement" and deficit == 0 else 1e-3
    # no direction in which the lifted body is flat
    for a in [*flat.hull.complement, *flat.hull.basis]:
        assert lifted.support(a) + lifted.support(-a) > 1e-4
    # the Hausdorff distance is the largest difference of the support functions at unit directions
    directions = rng.normal(size=(50, dimension))
    best = flat.hull.complement.sum(axis=0) if kind == "complement" else np.ones(dimension)
    gaps = [lifted.support(a) - flat.support(a) for a in directions]
    gaps = gaps / np.linalg.norm(directions, axis=1)
    assert gaps.min() >= -1e-15 * size(flat)
    assert gaps.max() <= largest + 1e-14 * size(flat)
    if largest:
        attained = lifted.support(best) - flat.support(best)
        assert attained / np.linalg.norm(best) == pytest.approx(1e-3, abs=1e-14 * size(flat))


@given(clouds(dimensions=(2, 3, 4), kinds=("flat", "repeated", "lattice")), st.sampled_from(KINDS))
@settings(max_examples=60, deadline=None)
def test_lifts_contain_the_flat_body_and_stay_near(made, kind):
    points, rng = made
    lifted = lift(points[:20], 0.01, kind)
    flat = Polytope(points[:20])
    rounding = 1e-8 * size(flat)
    for u in flat.points[:3]:
        assert distance(lifted, u) <= rounding
    u = lifted.maximiser(rng.normal(size=points.shape[1]))
    assert distance(flat, u) <= 0.01 + rounding


def test_support_functions_by_hand():
    # a segment along the first axis of space
    segment = [[0, 0, 0], [1, 0, 0]]
    assert lift(segment, 0.1, "complement").support([2, 3, 4]) == pytest.approx(2 + 0.5)
    assert lift(segment, 0.1, "ball").support([2, 3, 6]) == pytest.approx(2 + 0.7)
    assert lift(segment, 0.1, "box").support([2, 3, 4]) == pytest.approx(2 + 0.9 / np.sqrt(3))


def test_projection_onto_a_lift_into_the_complement():
    body = lift([[0, 0, 0], [1, 0, 0]], 0.1, "complement")
    assert body.project([2, 3, 4]) == pytest.approx([1, 0.06, 0.08], abs=1e-14)
    assert body.project([0.5, 0.03, 0.04]) == pytest.approx([0.5, 0.03, 0.04], abs=1e-14)


def test_the_ball_lift_is_outer_rounding_and_the_boxed_polytope_a_polytope():
    assert isinstance(lift([[0, 0]], 0.1, "ball"), DilatedBody)
    assert isinstance(lift([[0, 0]], 0.1, "box"), Polytope)


def test_a_disc_of_one_dimension_is_a_segment():
    body = lift([[0, 0], [1, 0]], 0.1)
    assert isinstance(body, Polytope)
    assert body.points[:, 1] == pytest.approx([0.1, -0.1, 0.1, -0.1])
    assert isinstance(lift([[0, 0], [1, 0], [0, 1]], 0.1), Polytope)


def test_what_cannot_be_lifted():
    with pytest.raises(GeometryError, match=r"epsilon: is 0"):
        lift([[0, 0]], 0)
    with pytest.raises(GeometryError, match=r"'prism' is unknown; choose"):
        lift([[0, 0]], 1, "prism")
