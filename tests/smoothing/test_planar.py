"""Shapely as an independent witness in the plane."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from clouds import clouds, full_clouds, size
from hypothesis import given, settings
from hypothesis import strategies as st

from smoothing import GeometryError, Polytope, inradius, outer, planar, sanded


def directions(count=17):
    angles = 2 * np.pi * (np.arange(count) + 0.3) / count
    return np.column_stack([np.cos(angles), np.sin(angles)])


def area(corners):
    following = np.roll(corners, -1, axis=0)
    return 0.5 * np.sum(corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0])


@given(clouds(dimensions=(2,)), st.sampled_from([0.01, 1.0]), st.sampled_from([8, 64]))
@settings(max_examples=60, deadline=None)
def test_outer_rounding_agrees_within_the_arc_resolution(made, radius, quad_segs):
    points, _ = made
    theirs = planar.dilated(planar.hull_of(points), radius, quad_segs)
    ours = outer(points, radius)
    bound = planar.arc_error(radius, quad_segs)
    for a in directions():
        missing = ours.support(a) - planar.support(theirs, a)
        assert -1e-9 * size(ours) <= missing <= bound + 1e-9 * size(ours)


@given(full_clouds(dimensions=(2,)), st.sampled_from([0.1, 0.5, 0.9]))
@settings(max_examples=60, deadline=None)
def test_sanding_agrees_within_the_arc_resolution(made, part):
    points, _ = made
    polytope = Polytope(points)
    radius = part * inradius(polytope)
    theirs = planar.dilated(planar.eroded(planar.hull_of(polytope), radius), radius)
    ours = sanded(polytope, radius)
    bound = planar.arc_error(radius)
    for a in directions():
        missing = ours.support(a) - planar.support(theirs, a)
        assert -1e-9 * size(ours) <= missing <= bound + 1e-9 * size(ours)


def test_the_arc_bound_by_hand():
    # one chord per quarter circle spans 90 degrees; the bound allows for one of 180
    assert planar.arc_error(2.0, 1) == pytest.approx(2 * (1 - np.cos(np.pi / 2)))
    assert planar.arc_error(1.0, 64) == pytest.approx(3.01e-4, rel=1e-3)


@given(full_clouds(dimensions=(2,)))
@settings(max_examples=30, deadline=None)
def test_inradius_agrees_with_the_largest_inscribed_circle(made):
    polytope = Polytope(made[0])
    circle = shapely.maximum_inscribed_circle(planar.hull_of(polytope), tolerance=1e-9)
    # theirs is the depth of a point, found by refining a grid: never too large
    assert inradius(polytope) == pytest.approx(circle.length, abs=1e-4 * size(polytope))
    assert inradius(polytope) >= circle.length - 1e-9 * size(polytope)


def test_outlines():
    def outline(points):
        return planar.outline(planar.hull_of(points))

    assert outline([[1, 2], [1, 2]]).tolist() == [[1, 2]]
    segment = outline([[0, 0], [2, 2], [1, 1]])
    assert sorted(map(tuple, segment.tolist())) == [(0, 0), (2, 2)]
    corners = outline([[0, 0], [2, 0], [0, 2], [2, 2], [1, 1]])
    assert len(corners) == 4
    assert area(corners) == pytest.approx(4)  # positive: counter-clockwise
    assert area(planar.outline(shapely.box(0, 0, 1, 3))) == pytest.approx(3)


def test_what_the_plane_refuses():
    square = planar.hull_of([[0, 0], [1, 0], [0, 1], [1, 1]])
    with pytest.raises(GeometryError, match=r"inradius, about 0\.5"):
        planar.eroded(square, 0.6)
    with pytest.raises(GeometryError, match=r"inradius, about 0:"):
        planar.eroded(planar.hull_of([[0, 0], [1, 1]]), 0.1)
    with pytest.raises(GeometryError, match=r"row 0: has shape \(3,\)"):
        planar.hull_of([[0, 0, 0]])
    with pytest.raises(GeometryError, match=r"geometry: is empty"):
        planar.outline(shapely.Polygon())
