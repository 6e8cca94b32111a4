"""Erosion ``K ⊖ εB = {u : u + εB ⊆ K}``, and the largest ``ε`` that leaves anything: the inradius.

A polytope is eroded by moving its facets inwards. R. Schneider, "Convex Bodies: The Brunn-Minkowski
Theory" (2014), section 3.1 (there: Minkowski subtraction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smoothing.errors import GeometryError
from smoothing.halfspaces import deepest_point, vertices
from smoothing.polytope import Polytope
from smoothing.reading import read_positive
from smoothing.vectors import FloatArray

__all__ = ["erode", "inradius"]

_AT_INRADIUS = 1e-9


def inradius(polytope: Polytope) -> float:
    """Return the radius of a largest ball inside a polytope; 0 for a flat one.

    Raises
    ------
    AccuracyError
        If the polytope is not flat but thinner than about 1e-8 of its length.
    """
    if polytope.hull.deficit:
        return 0.0
    rounded = _rounded(polytope)
    return deepest_point(rounded.normals, rounded.offsets, rounded.weights)[1]


def erode(polytope: Polytope, radius: float) -> Polytope:
    """Return ``K ⊖ radius B`` of a polytope.

    Parameters
    ----------
    polytope : Polytope
        Full-dimensional.
    radius : float
        Positive, at most the inradius. Within 1e-9 (relative) of the inradius it is taken for the
        inradius, where the eroded body is flat or a point.

    Raises
    ------
    GeometryError
        If the radius is larger than the inradius, which the message gives; if the polytope is flat.
    AccuracyError
        If the polytope is not flat but thinner than about 1e-8 of its length.
    """
    radius = read_positive(radius, "radius")
    if polytope.hull.deficit:
        raise GeometryError(
            f"the body is flat, of dimension {polytope.hull.dimension} in {polytope.dimension}: "
            "nothing is left of it",
            place="body",
            mend="lift it first, with kind 'box'",
        )
    rounded = _rounded(polytope)
    _, largest = deepest_point(rounded.normals, rounded.offsets, rounded.weights)
    if radius > largest * (1.0 + _AT_INRADIUS):
        raise GeometryError(
            f"is {radius:.6g}, larger than the inradius {largest:.12g}: nothing is left",
            place="radius",
            mend="take a smaller one",
        )
    if radius >= largest * (1.0 - _AT_INRADIUS):
        radius = largest
    inner = vertices(rounded.normals, rounded.offsets - radius * rounded.weights)
    return Polytope(polytope.points[0] + inner @ rounded.frame.T)


@dataclass(frozen=True, eq=False)
class _Rounded:
    """A polytope in coordinates ``z`` that make it round: ``u = first point + frame z``.

    Moving a facet inwards by ``ε`` (in ``u``) lowers its offset by ``ε weights``.
    """

    frame: FloatArray
    normals: FloatArray
    offsets: FloatArray
    weights: FloatArray


def _rounded(polytope: Polytope) -> _Rounded:
    first = polytope.points[0]
    centred = polytope.points - first
    _, widths, axes = np.linalg.svd(centred - centred.mean(axis=0), full_matrices=False)
    frame = axes.T * (widths / np.sqrt(len(centred)))
    outward, _ = polytope.facets
    moved = outward @ frame
    lengths = np.linalg.norm(moved, axis=1)
    reach = (outward @ centred.T).max(axis=1)
    return _Rounded(frame, moved / lengths[:, None], reach / lengths, 1.0 / lengths)
