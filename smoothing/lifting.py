"""Lifting: full-dimensional bodies that converge to a flat one (facts page, "Smoothing")."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from smoothing.errors import GeometryError
from smoothing.polytope import Polytope, as_polytope
from smoothing.reading import read_positive
from smoothing.rounding import DilatedBody, outer
from smoothing.vectors import FloatArray

__all__ = ["Lift", "lift"]

Lift: TypeAlias = Literal["complement", "ball", "box"]


def lift(
    points: ArrayLike | Polytope, epsilon: float, kind: Lift = "complement"
) -> Polytope | DilatedBody:
    """Thicken a polytope by `epsilon`, so that it becomes full-dimensional.

    Parameters
    ----------
    points : array_like of shape (k, d), or Polytope
    epsilon : float
        Positive; the Hausdorff distance between the lifted body and the flat one.
    kind : {"complement", "ball", "box"}
        What is added: the ball of radius `epsilon` in the orthogonal complement of the affine
        hull's directions (nothing to a full-dimensional body); the ball of radius `epsilon`: outer
        rounding; or the cube ``[-ε/√d, ε/√d]^d`` inscribed in that ball. The cube, unlike one in
        a basis of the complement, depends on no choice of a basis and keeps its shape when
        coordinates are permuted.

    Returns
    -------
    Polytope or DilatedBody
        A polytope, which can be sanded, for a cube and where the complement has dimension one at
        most: there the ball is a segment.

    Raises
    ------
    GeometryError
        If the points are unusable, epsilon is not positive, or the kind is unknown.
    """
    flat = as_polytope(points)
    epsilon = read_positive(epsilon, "epsilon")
    if kind not in get_args(Lift):
        raise GeometryError(
            f"{kind!r:.40} is unknown",
            place="kind",
            mend='choose "complement", "ball" or "box"',
        )
    if kind == "ball":
        return outer(flat, epsilon)
    if kind == "box":
        d = flat.dimension
        signs = 2.0 * np.indices((2,) * d).reshape(d, -1).T.astype(np.float64) - 1.0
        return _plus(flat, signs * epsilon / math.sqrt(d))
    complement = flat.hull.complement
    if len(complement) == 0:
        return flat
    if len(complement) == 1:
        return _plus(flat, epsilon * np.vstack([complement, -complement]))
    return DilatedBody(flat, epsilon, complement)


def _plus(flat: Polytope, points: FloatArray) -> Polytope:
    """Return the sum of two polytopes, by the sums of their points."""
    return Polytope((flat.points[:, None, :] + points[None]).reshape(-1, flat.dimension))
