"""Lifting: full-dimensional bodies that converge to a flat one (facts page, "Smoothing")."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from smoothing.bodies import Box, ConvexBody, Ellipsoid
from smoothing.errors import GeometryError
from smoothing.polytope import Polytope, as_body
from smoothing.reading import read_positive
from smoothing.rounding import outer
from smoothing.sums import MinkowskiSum

__all__ = ["Lift", "LiftKind", "lift"]

LiftKind = Literal["complement", "ball", "box"]


@dataclass(frozen=True, eq=False)
class Lift:
    """A lifted body and what it was lifted from.

    Attributes
    ----------
    body : ConvexBody
        Full-dimensional.
    flat : ConvexBody
        The body lifted; `body` contains it.
    kind : str
    deficit : int
        The dimensions that were missing.
    hausdorff : float
        The Hausdorff distance of the two bodies: epsilon, or 0 where nothing was missing and
        nothing added (kind ``"complement"``).
    """

    body: ConvexBody
    flat: ConvexBody
    kind: LiftKind
    deficit: int
    hausdorff: float


def lift(
    points_or_body: ArrayLike | ConvexBody, epsilon: float, kind: LiftKind = "complement"
) -> Lift:
    """Thicken a body by `epsilon`, so that it becomes full-dimensional.

    Parameters
    ----------
    points_or_body : array_like of shape (k, d), or ConvexBody
    epsilon : float
        Positive; the Hausdorff distance between the lifted body and the flat one.
    kind : {"complement", "ball", "box"}
        What is added: the ball of radius `epsilon` in the orthogonal complement of the affine
        hull's directions (nothing to a full-dimensional body); the ball of radius `epsilon`: outer
        rounding; or the cube ``[-ε/√d, ε/√d]^d`` inscribed in that ball. The cube, unlike one in
        a basis of the complement, depends on no choice of a basis and keeps its shape when
        coordinates are permuted; a polytope lifted by it is a polytope, so that it can be sanded.

    Returns
    -------
    Lift

    Raises
    ------
    GeometryError
        If the points are unusable, epsilon is not positive or too small to matter beside the size
        of the body (the lifted polytope would count as flat), or the kind is unknown.
    """
    flat = as_body(points_or_body)
    epsilon = read_positive(epsilon, "epsilon")
    if kind not in get_args(LiftKind):
        raise GeometryError(
            f"{kind!r:.40} is unknown",
            place="kind",
            mend='choose "complement", "ball" or "box"',
        )
    hull = flat.hull
    body: ConvexBody
    if kind == "ball":
        body = outer(flat, epsilon)
    elif kind == "box":
        body = _boxed(flat, epsilon / math.sqrt(flat.dimension))
    elif hull.deficit == 0:
        body = flat
        epsilon = 0.0
    else:
        disc = Ellipsoid(np.zeros(flat.dimension), epsilon * hull.complement.T)
        body = MinkowskiSum(flat, disc)
    return Lift(body, flat, kind, hull.deficit, epsilon)


def _boxed(flat: ConvexBody, half_width: float) -> ConvexBody:
    half_widths = np.full(flat.dimension, half_width)
    box = Box(np.zeros(flat.dimension), half_widths)
    if not isinstance(flat, Polytope):
        return MinkowskiSum(flat, box)
    signs = 2.0 * (np.indices((2,) * flat.dimension).reshape(flat.dimension, -1).T) - 1.0
    corners = signs * half_widths
    lifted = Polytope((flat.points[:, None, :] + corners[None]).reshape(-1, flat.dimension))
    if lifted.hull.deficit:
        raise GeometryError(
            f"is so small beside the body, of size {flat.spread:.3g}, that it remains flat",
            place="epsilon",
            mend="take a larger one",
        )
    return lifted
