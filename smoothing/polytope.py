"""Convex hulls of finitely many points: faces, facets, normal cones, projection."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smoothing.affine import AffineHull, affine_hull, spanned
from smoothing.bodies import ConvexBody
from smoothing.errors import GeometryError, not_differentiable
from smoothing.facets import facet_normals
from smoothing.nearest import nearest_in_hull
from smoothing.reading import read_direction, read_point, read_points, read_positive
from smoothing.vectors import FloatArray, norm

__all__ = ["NormalCone", "Polytope", "as_body"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class NormalCone:
    """The outer normals of a polytope at one point, as a finitely generated cone.

    Attributes
    ----------
    rays : (r, d)
        Unit normals, within the polytope's affine hull, of the facets through the point: the
        extreme rays of the cone's pointed part.
    lines : (d - k, d)
        Orthonormal basis of the normals of the affine hull, which count with both signs.
    """

    rays: FloatArray
    lines: FloatArray

    @property
    def dimension(self) -> int:
        """The dimension of the cone: d at a vertex, 1 inside a facet, 0 inside the body."""
        if not len(self.rays):
            return len(self.lines)
        return spanned(0.0 * self.rays[0], self.rays).dimension + len(self.lines)


@dataclass(frozen=True, eq=False)
class Polytope(ConvexBody):
    """The convex hull of finitely many points, of any dimension from 0 to d.

    Parameters
    ----------
    points : array_like of shape (k, d)
        Kept as doubles, in the order given, duplicates and inner points included. Of ints and
        Fractions the dimension of the hull is decided exactly.

    Attributes
    ----------
    points : (k, d)

    Raises
    ------
    GeometryError
        See `read_points`.
    """

    points: FloatArray
    _hull: AffineHull = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hull", affine_hull(self.points))
        object.__setattr__(self, "points", read_points(self.points)[0])

    @property
    def hull(self) -> AffineHull:
        """The affine hull, found when the polytope was made."""
        return self._hull

    @cached_property
    def spread(self) -> float:
        """The largest distance of a point from the first; the unit of the tolerances."""
        return max(norm(row) for row in self._centred)

    @cached_property
    def _centred(self) -> FloatArray:
        # differences lose less than products of coordinates that share a large shift
        centred: FloatArray = self.points - self.points[0]
        return centred

    def support(self, a: ArrayLike) -> float:
        """Return ``h(a)``, the largest ``a·p`` over the points."""
        direction = read_direction(a, self.dimension)
        return float(direction @ self.points[0] + (self._centred @ direction).max())

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return a vertex that maximises ``a·``, the first in order where several tie exactly."""
        direction = read_direction(a, self.dimension)
        vertex: FloatArray = self.points[int(np.argmax(self._centred @ direction))]
        return vertex

    def face(self, a: ArrayLike, tolerance: float = _TOLERANCE) -> NDArray[np.intp]:
        """Return the indices of all points on the face that maximises ``a·``.

        Parameters
        ----------
        a : array_like of shape (d,)
        tolerance : float, optional
            A point is on the face if its ``a·p`` falls short of ``h(a)`` by at most `tolerance`
            times ``|a|`` times the spread.
        """
        direction = read_direction(a, self.dimension)
        reach = self._centred @ direction
        within = read_positive(tolerance, "tolerance", or_zero=True) * norm(direction) * self.spread
        return np.flatnonzero(reach >= reach.max() - within)

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return zeros where the maximising vertex is unique."""
        face = self._centred[self.face(a)]
        if np.abs(face - face[0]).max() > _TOLERANCE * self.spread:
            raise not_differentiable()
        return np.zeros((self.dimension, self.dimension))

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the nearest point, by Wolfe's algorithm; exact up to rounding.

        Raises
        ------
        AccuracyError
            If the answer fails the check stated for `nearest_in_hull`.
        """
        point: FloatArray = self.points[0] + self.weights(x) @ self._centred
        return point

    def weights(self, x: ArrayLike) -> FloatArray:
        """Return weights (k,) on the points whose mean is the projection of `x`.

        At most ``d + 1`` of them are positive.
        """
        away = read_point(x, self.dimension) - self.points[0]
        unit = self.spread or 1.0
        return nearest_in_hull(self._centred / unit, away / unit)

    @cached_property
    def facets(self) -> tuple[FloatArray, FloatArray]:
        """Normals (f, d) and offsets (f,): within its hull the body is ``normals @ u <= offsets``.

        The normals have length one and lie in the directions of the affine hull.
        """
        normals = facet_normals(self._centred @ self.hull.basis.T) @ self.hull.basis
        reach = (normals @ self._centred.T).max(axis=1, initial=-np.inf)
        return normals, normals @ self.points[0] + reach

    def normal_cone(self, u: ArrayLike, tolerance: float = _TOLERANCE) -> NormalCone:
        """Return the outer normals at a point of the body.

        Parameters
        ----------
        u : array_like of shape (d,)
        tolerance : float, optional
            A facet passes through `u` if it does so within `tolerance` times the spread.

        Returns
        -------
        NormalCone
            Without rays at a point of the relative interior.

        Raises
        ------
        GeometryError
            If `u` is farther than that from the body.
        """
        point = read_point(u, self.dimension)
        within = read_positive(tolerance, "tolerance", or_zero=True) * self.spread
        if self.distance(point) > within:
            raise GeometryError(
                f"is {self.distance(point):.3g} away from the body",
                place="point",
                mend="project it first",
            )
        normals, _ = self.facets
        reach = (normals @ self._centred.T).max(axis=1, initial=-np.inf)
        active = normals @ (point - self.points[0]) >= reach - within
        return NormalCone(rays=normals[active], lines=self.hull.complement)

    def in_normal_cone(self, a: ArrayLike, u: ArrayLike, tolerance: float = _TOLERANCE) -> bool:
        """Tell whether ``a·`` is maximal at `u`, up to `tolerance` times ``|a|`` and the spread."""
        direction = read_direction(a, self.dimension)
        point = read_point(u, self.dimension)
        short = (self._centred @ direction).max() - direction @ (point - self.points[0])
        within = read_positive(tolerance, "tolerance", or_zero=True) * norm(direction) * self.spread
        return bool(short <= within)


def as_body(points_or_body: ArrayLike | ConvexBody) -> ConvexBody:
    """Return a body as it is, and the hull of a list of points as a `Polytope`."""
    if isinstance(points_or_body, ConvexBody):
        return points_or_body
    return Polytope(points_or_body)  # type: ignore[arg-type]
