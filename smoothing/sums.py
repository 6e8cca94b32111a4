"""Minkowski sums of convex bodies, and their scaled and translated copies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from smoothing.affine import AffineHull, spanned
from smoothing.bodies import Ball, ConvexBody
from smoothing.errors import GeometryError
from smoothing.nearest import nearest_by_oracle
from smoothing.reading import read_direction, read_point, read_positive
from smoothing.vectors import FloatArray

__all__ = ["MinkowskiSum", "Similar", "minkowski_sum", "scaled", "translated"]

_ORTHOGONAL = 1e-12


@dataclass(frozen=True, eq=False)
class MinkowskiSum(ConvexBody):
    """The sum ``{u + v : u ∈ first, v ∈ second}``; several bodies: `minkowski_sum`."""

    first: ConvexBody
    second: ConvexBody

    def __post_init__(self) -> None:
        if self.first.dimension != self.second.dimension:
            raise GeometryError(
                f"dimensions {self.first.dimension} and {self.second.dimension} do not add up",
                mend="both bodies must live in the same space",
            )

    @cached_property
    def hull(self) -> AffineHull:
        """The flat spanned by the directions of both hulls."""
        first, second = self.first.hull, self.second.hull
        return spanned(first.origin + second.origin, np.vstack([first.basis, second.basis]))

    def support(self, a: ArrayLike) -> float:
        """Return the sum of the two support functions."""
        return self.first.support(a) + self.second.support(a)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return the sum of the two maximisers."""
        point: FloatArray = self.first.maximizer(a) + self.second.maximizer(a)
        return point

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return the sum of the two derivatives."""
        jacobian: FloatArray = self.first.maximizer_jacobian(a) + self.second.maximizer_jacobian(a)
        return jacobian

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the nearest point.

        Exactly if `second` is a ball, or the bodies lie in orthogonal flats; else by the general
        method, with the accuracy stated for `nearest_by_oracle`.

        Raises
        ------
        AccuracyError
            If the general method fails its check.
        """
        point = read_point(x, self.dimension)
        middle = self.second.hull.origin
        if isinstance(self.second, Ball) or self._orthogonal:
            part = self.first.project(point - middle)
            nearest: FloatArray = part + self.second.project(point - part)
            return nearest
        return nearest_by_oracle(self.maximizer, point, self.first.hull.origin + middle)

    @cached_property
    def _orthogonal(self) -> bool:
        cosines = self.first.hull.basis @ self.second.hull.basis.T
        return bool((np.abs(cosines) <= _ORTHOGONAL).all())


@dataclass(frozen=True, eq=False)
class Similar(ConvexBody):
    """The body ``shift + factor K`` with ``factor > 0``; made by `scaled` and `translated`."""

    body: ConvexBody
    factor: float
    shift: FloatArray

    def __post_init__(self) -> None:
        shift = read_point(self.shift, self.body.dimension, "shift")
        shift.flags.writeable = False
        object.__setattr__(self, "shift", shift)
        object.__setattr__(self, "factor", read_positive(self.factor, "factor"))

    @cached_property
    def hull(self) -> AffineHull:
        """The hull of the body, moved."""
        old = self.body.hull
        return AffineHull(
            self.shift + self.factor * old.origin, old.basis, old.complement, old.exact
        )

    def support(self, a: ArrayLike) -> float:
        """Return ``a·shift + factor h(a)``."""
        direction = read_direction(a, self.dimension)
        return float(direction @ self.shift) + self.factor * self.body.support(direction)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return the maximiser of the body, moved."""
        point: FloatArray = self.shift + self.factor * self.body.maximizer(a)
        return point

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return the derivative of the body's maximiser times the factor."""
        jacobian: FloatArray = self.factor * self.body.maximizer_jacobian(a)
        return jacobian

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the nearest point; similarities keep nearness."""
        moved = (read_point(x, self.dimension) - self.shift) / self.factor
        point: FloatArray = self.shift + self.factor * self.body.project(moved)
        return point


def scaled(body: ConvexBody, factor: float) -> Similar:
    """Return ``factor K`` (about the origin of the space), ``factor > 0``."""
    return Similar(body, factor, np.zeros(body.dimension))


def translated(body: ConvexBody, shift: ArrayLike) -> Similar:
    """Return ``K + shift``."""
    return Similar(body, 1.0, np.asarray(shift))


def minkowski_sum(first: ConvexBody, *more: ConvexBody) -> ConvexBody:
    """Return the Minkowski sum of one or more bodies.

    Balls are added up and put last, where `MinkowskiSum` projects exactly.

    Raises
    ------
    GeometryError
        If the bodies live in spaces of different dimensions.
    """
    total: ConvexBody | None = None
    ball: Ball | None = None
    for body in (first, *more):
        if body.dimension != first.dimension:
            raise GeometryError(
                f"dimensions {first.dimension} and {body.dimension} do not add up",
                mend="all bodies must live in the same space",
            )
        if isinstance(body, Ball):
            ball = Ball(ball.centre + body.centre, ball.radius + body.radius) if ball else body
        else:
            total = MinkowskiSum(total, body) if total else body
    if total is None or ball is None:
        return total or ball or first
    return MinkowskiSum(total, ball)
