"""The same constructions in the plane by shapely: a second opinion, and outlines for pictures.

Shapely (GEOS) knows polygons only. It turns an arc into chords of a quarter circle divided by
``quad_segs``, rounding the number of chords of a short arc: a chord spans at most 3/2 of that
angle, so less than ``π/quad_segs``, and lies within ``ε (1 - cos(π/(2 quad_segs)))`` of the arc,
always inside. That is `arc_error`, the bound on every support function below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from smoothing.bodies import ConvexBody
from smoothing.errors import GeometryError
from smoothing.polytope import Polytope
from smoothing.reading import read_direction, read_point, read_positive
from smoothing.rounding import DilatedBody
from smoothing.vectors import FloatArray, unit

if TYPE_CHECKING:
    from shapely import Geometry

__all__ = [
    "arc_error",
    "dilated",
    "eroded",
    "hull_of",
    "minkowski_sum",
    "outline",
    "polygon_ball",
    "sanded",
    "support",
]

QUAD_SEGS = 64


def arc_error(radius: float, quad_segs: int = QUAD_SEGS) -> float:
    """Return the largest distance between an arc of the given radius and its chords."""
    segments = _read_segments(quad_segs)
    return read_positive(radius, "radius", or_zero=True) * 2 * math.sin(math.pi / 4 / segments) ** 2


def hull_of(points: ArrayLike | Polytope) -> Geometry:
    """Return the convex hull of points in the plane: a polygon, a segment or a point.

    Parameters
    ----------
    points : array_like of shape (k, 2), or Polytope

    Raises
    ------
    GeometryError
        If the points are unusable or not in the plane.
    """
    from shapely import LineString, MultiPoint, Point

    polytope = points if isinstance(points, Polytope) else Polytope(points)  # type: ignore[arg-type]
    read_point(polytope.points[0], 2, "points, row 0")
    hull = polytope.hull
    # GEOS may take the wrong side of a polygon that is flat but for rounding for its inside
    if hull.dimension == 0:
        return Point(polytope.points[0])
    if hull.dimension == 1:
        along = polytope.points @ hull.basis[0]
        return LineString(polytope.points[[along.argmin(), along.argmax()]])
    return MultiPoint(polytope.points).convex_hull


def dilated(geometry: Geometry, radius: float, quad_segs: int = QUAD_SEGS) -> Geometry:
    """Return ``K ⊕ radius B``, by shapely's buffer; inside by at most `arc_error`."""
    return geometry.buffer(
        read_positive(radius, "radius"), quad_segs=_read_segments(quad_segs), join_style="round"
    )


def eroded(geometry: Geometry, radius: float) -> Geometry:
    """Return ``K ⊖ radius B`` of a convex polygon: the polygon clipped by every edge moved inwards.

    Not by a negative buffer, which simplifies the polygon first by up to a hundredth of the radius.

    Raises
    ------
    GeometryError
        If the radius is not below the inradius, so that no polygon is left.
    """
    from shapely import Polygon, maximum_inscribed_circle

    radius = read_positive(radius, "radius")
    corners = outline(geometry)
    inner = hull_of(corners)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if inner.area == 0.0:
            break
        along = unit(end - start)
        inwards = np.array([-along[1], along[0]])
        reach = 2.0 * np.ptp(corners, axis=0).sum() * np.array([along, inwards])
        base = start + radius * inwards
        ends = np.array([base - reach[0], base + reach[0]])
        half_plane = np.vstack([ends, ends[::-1] + reach[1]])
        inner = inner.intersection(Polygon(half_plane))
    if inner.area == 0.0:
        largest = maximum_inscribed_circle(geometry).length if geometry.area else 0.0
        raise GeometryError(
            f"is {radius:.6g}, not below the inradius, about {largest:.6g}: nothing is left",
            place="radius",
            mend="take a smaller one",
        )
    return inner


def sanded(geometry: Geometry, radius: float, quad_segs: int = QUAD_SEGS) -> Geometry:
    """Return ``(K ⊖ radius B) ⊕ radius B`` of a convex polygon; raises as `eroded` does."""
    return dilated(eroded(geometry, radius), radius, quad_segs)


def polygon_ball(radius: float, quad_segs: int = QUAD_SEGS) -> Geometry:
    """Return the regular polygon of ``4 quad_segs`` vertices inscribed in the disc about 0."""
    from shapely import Point

    return dilated(Point(0.0, 0.0), radius, quad_segs)


def minkowski_sum(first: Geometry, second: Geometry) -> Geometry:
    """Return the Minkowski sum of two convex geometries: the hull of all sums of vertices."""
    sums = _vertices(first)[:, None] + _vertices(second)[None]
    return hull_of(sums.reshape(-1, 2))


def support(geometry: Geometry, a: ArrayLike) -> float:
    """Return the support function ``h(a)`` of a geometry's convex hull; `a` of shape (2,)."""
    return float((_vertices(geometry) @ read_direction(a, 2)).max())


def outline(body: ConvexBody | Geometry, segments: int = 256) -> FloatArray:
    """Return the frontier of a body in the plane, for pictures.

    Parameters
    ----------
    body : ConvexBody or shapely geometry
        A geometry that is not convex is replaced by its hull.
    segments : int, optional
        Directions tried on a body that is no polytope.

    Returns
    -------
    (k, 2)
        Vertices in counter-clockwise order, the first not repeated; two for a segment, one for a
        point. All are points of the frontier, and straight edges are exact.

    Raises
    ------
    GeometryError
        If the body is not in the plane, or a geometry is empty.
    """
    if not isinstance(body, ConvexBody):
        points = _vertices(body)
    else:
        read_point(body.hull.origin, 2, "body")
        points = _frontier(body, _read_segments(segments))
    hull = hull_of(points)
    corners = _vertices(hull)
    if hull.geom_type != "Polygon":
        return corners
    following = np.roll(corners[:-1], -1, axis=0)
    turned = np.sum(corners[:-1, 0] * following[:, 1] - corners[:-1, 1] * following[:, 0])
    return corners[:-1] if turned > 0 else corners[-2::-1].copy()


def _frontier(body: ConvexBody, segments: int) -> FloatArray:
    """Return frontier points whose hull shows the body, both ends of straight edges among them."""
    if isinstance(body, Polytope):
        return body.points
    angles = 2 * np.pi * np.arange(segments) / segments
    points = [body.maximizer(a) for a in np.column_stack([np.cos(angles), np.sin(angles)])]
    if isinstance(body, DilatedBody) and isinstance(body.core, Polytope):
        core = body.core
        sides = np.vstack([core.facets[0], core.hull.complement, -core.hull.complement])
        for a in sides:
            points.extend(core.points[core.face(a)] + body.radius * a)
    return np.array(points)


def _vertices(geometry: Geometry) -> FloatArray:
    from shapely import get_coordinates

    vertices: FloatArray = get_coordinates(geometry)
    if not len(vertices):
        raise GeometryError("is empty", place="geometry", mend="give at least one point")
    return vertices


def _read_segments(segments: int) -> int:
    if isinstance(segments, bool) or not isinstance(segments, int | np.integer) or segments < 1:
        raise GeometryError(
            f"is {segments!r:.40}", place="segments", mend="give a whole number >= 1"
        )
    return int(segments)
