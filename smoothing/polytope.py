"""Convex hulls of finitely many points: support functions, facets, projection.

A convex body ``K`` in ``R^d`` answers for a direction ``a``: how far it reaches,
``h(a) = max_{u∈K} a·u`` (its support function), and where; and for a point: which point of ``K`` is
nearest. R. Schneider, "Convex Bodies: The Brunn-Minkowski Theory" (2014), sections 1.7 and 1.8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from smoothing.affine import AffineHull, affine_hull
from smoothing.facets import facet_normals
from smoothing.nearest import nearest_in_hull
from smoothing.reading import read_direction, read_point, read_points
from smoothing.vectors import FloatArray, norm

__all__ = ["Polytope", "as_polytope"]


@dataclass(frozen=True, eq=False)
class Polytope:
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

    @property
    def dimension(self) -> int:
        """The dimension ``d`` of the space; that of the body is ``hull.dimension``."""
        return len(self.points[0])

    @cached_property
    def spread(self) -> float:
        """The largest distance of a point from the first."""
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

    def maximiser(self, a: ArrayLike) -> FloatArray:
        """Return a vertex that maximises ``a·``, the first in order where several tie exactly."""
        direction = read_direction(a, self.dimension)
        vertex: FloatArray = self.points[int(np.argmax(self._centred @ direction))]
        return vertex

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


def as_polytope(points: ArrayLike | Polytope) -> Polytope:
    """Return a polytope as it is, and the hull of a list of points."""
    return points if isinstance(points, Polytope) else Polytope(points)  # type: ignore[arg-type]
