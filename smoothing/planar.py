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

from smoothing.errors import GeometryError
from smoothing.polytope import Polytope, as_polytope
from smoothing.reading import read_direction, read_point, read_positive
from smoothing.vectors import FloatArray, unit

if TYPE_CHECKING:
    from shapely import Geometry

__all__ = [
    "arc_error",
    "dilated",
    "eroded",
    "hull_of",
    "outline",
    "support",
]

QUAD_SEGS = 64


def arc_error(radius: float, quad_segs: int = QUAD_SEGS) -> float:
    """Return the largest distance between an arc of the given radius and its chords."""
    return 2 * read_positive(radius, "radius") * math.sin(math.pi / 4 / quad_segs) ** 2


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

    polytope = as_polytope(points)
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
    return geometry.buffer(read_positive(radius, "radius"), quad_segs, join_style="round")


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


def support(geometry: Geometry, a: ArrayLike) -> float:
    """Return the support function ``h(a)`` of a geometry's convex hull; `a` of shape (2,)."""
    return float((_vertices(geometry) @ read_direction(a, 2)).max())


def outline(geometry: Geometry) -> FloatArray:
    """Return the vertices of a geometry's convex hull, for pictures.

    Returns
    -------
    (k, 2)
        In counter-clockwise order, the first not repeated; two for a segment, one for a point.

    Raises
    ------
    GeometryError
        If the geometry is empty.
    """
    hull = hull_of(_vertices(geometry))
    corners = _vertices(hull)
    if hull.geom_type != "Polygon":
        return corners
    following = np.roll(corners[:-1], -1, axis=0)
    turned = np.sum(corners[:-1, 0] * following[:, 1] - corners[:-1, 1] * following[:, 0])
    return corners[:-1] if turned > 0 else corners[-2::-1].copy()


def _vertices(geometry: Geometry) -> FloatArray:
    from shapely import get_coordinates

    vertices: FloatArray = get_coordinates(geometry)
    if not len(vertices):
        raise GeometryError("is empty", place="geometry", mend="give at least one point")
    return vertices
