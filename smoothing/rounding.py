"""Rounded bodies, whose outer normals are unique, and the entropic choice.

Facts page, "Smoothing".

Outer rounding ``K ⊕ εB`` contains ``K``; sanding ``(K ⊖ εB) ⊕ εB`` stays inside. Both are a core
dilated by a ball, and the normal at a frontier point is the direction from its projection onto the
core. Entropic rounding leaves the body and makes the choice of a maximiser single-valued.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from smoothing.affine import AffineHull
from smoothing.bodies import Ball, ConvexBody
from smoothing.erosion import erode
from smoothing.errors import GeometryError
from smoothing.polytope import as_body
from smoothing.reading import read_direction, read_point, read_points, read_positive
from smoothing.vectors import FloatArray, norm, turning, unit

__all__ = ["DilatedBody", "EntropicChoice", "entropic_choice", "outer", "sanded"]

_ROUNDING = 1e-14


@dataclass(frozen=True, eq=False)
class DilatedBody(ConvexBody):
    """The body ``core ⊕ radius B``, with one outer normal at every frontier point.

    Attributes
    ----------
    core : ConvexBody
    radius : float
        Positive.
    """

    core: ConvexBody
    radius: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "radius", read_positive(self.radius, "radius"))

    @property
    def hull(self) -> AffineHull:
        """All of space."""
        return Ball(self.core.hull.origin, self.radius).hull

    def support(self, a: ArrayLike) -> float:
        """Return ``h_core(a) + radius |a|``."""
        direction = read_direction(a, self.dimension)
        return self.core.support(direction) + self.radius * norm(direction)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return the core's maximiser plus ``radius a/|a|``: a frontier point with normal ``a``."""
        direction = read_direction(a, self.dimension)
        point: FloatArray = self.core.maximizer(direction) + self.radius * unit(direction)
        return point

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return the core's derivative plus ``radius (I - aa'/|a|²)/|a|``."""
        direction = read_direction(a, self.dimension)
        jacobian: FloatArray = self.core.maximizer_jacobian(direction) + self.radius * turning(
            direction
        )
        return jacobian

    def project(self, x: ArrayLike) -> FloatArray:
        """Return `x` if it is inside, else its retraction to the frontier."""
        point = read_point(x, self.dimension)
        inner = self.core.project(point)
        away = point - inner
        if norm(away) <= self.radius:
            return point
        nearest: FloatArray = inner + self.radius * unit(away)
        return nearest

    def retract(self, x: ArrayLike) -> FloatArray:
        """Return the frontier point on the ray from the core's nearest point through `x`.

        The nearest frontier point to an `x` outside the core; the identity on the frontier.

        Raises
        ------
        GeometryError
            If `x` lies in the core, where no ray is distinguished.
        """
        inner, away = self._outside_core(x)
        point: FloatArray = inner + self.radius * unit(away)
        return point

    def normal(self, u: ArrayLike, tolerance: float = 1e-6) -> FloatArray:
        """Return the outer unit normal at a frontier point.

        Parameters
        ----------
        u : array_like of shape (d,)
        tolerance : float, optional
            How far from the frontier `u` may be, as a part of the radius.

        Returns
        -------
        (d,)
            Its error is about the rounding of `u` divided by the radius.

        Raises
        ------
        GeometryError
            If `u` lies in the core, or off the frontier.
        """
        _, away = self._outside_core(u)
        off = norm(away) - self.radius
        if abs(off) > read_positive(tolerance, "tolerance") * self.radius:
            side = "outside" if off > 0 else "inside"
            raise GeometryError(
                f"is {abs(off):.3g} {side} the frontier of the body",
                place="point",
                mend="retract it first",
            )
        return unit(away)

    def _outside_core(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        point = read_point(x, self.dimension)
        inner = self.core.project(point)
        away = point - inner
        if norm(away) <= _ROUNDING * max(norm(point), norm(inner)):
            raise GeometryError(
                "lies in the core of the body, where there is no outer normal",
                place="point",
                mend="give a point of the frontier",
            )
        return inner, away


def outer(points_or_body: ArrayLike | ConvexBody, radius: float) -> DilatedBody:
    """Return the outer rounding ``K ⊕ radius B``, which contains ``K``."""
    return DilatedBody(as_body(points_or_body), radius)


def sanded(points_or_body: ArrayLike | ConvexBody, radius: float) -> DilatedBody:
    """Return the sanded body ``(K ⊖ radius B) ⊕ radius B``, which ``K`` contains.

    Raises
    ------
    GeometryError
        If the radius is larger than the inradius (which the message gives), if the body is flat, or
        if it is neither a polytope nor a box nor a ball.
    """
    return DilatedBody(erode(as_body(points_or_body), radius), radius)


@dataclass(frozen=True, eq=False)
class EntropicChoice:
    """The choice of a planner who also values entropy: ``max a·u + τ H(weights)``.

    Attributes
    ----------
    weights : (k,)
        ``softmax(points @ a / τ)``.
    point : (d,)
        ``weights @ points``, the gradient of `value` with respect to ``a``.
    value : float
        ``τ log Σ exp(a·p/τ)``; between ``h(a)`` and ``h(a) + τ log k``.
    jacobian : (d, d)
        Derivative of `point` with respect to ``a``: the covariance of the points under the weights,
        divided by ``τ``.
    """

    weights: FloatArray
    point: FloatArray
    value: float
    jacobian: FloatArray


def entropic_choice(points: ArrayLike, a: ArrayLike, tau: float) -> EntropicChoice:
    """Return the entropic choice among points.

    Parameters
    ----------
    points : array_like of shape (k, d)
        A point listed twice has twice the weight.
    a : array_like of shape (d,)
    tau : float
        Temperature, positive, in the units of ``a·u``: the choice depends on ``a/τ`` alone.

    Raises
    ------
    GeometryError
        If the points, the direction or the temperature are unusable.
    """
    doubles, _ = read_points(points)
    direction = read_direction(a, doubles.shape[1])
    temperature = read_positive(tau, "tau")
    centred = doubles - doubles[0]
    reach = centred @ direction
    with np.errstate(over="ignore"):  # a quotient of minus infinity has weight zero, as it should
        powers = np.exp((reach - reach.max()) / temperature)
    weights = powers / powers.sum()
    mean = weights @ centred
    around = centred - mean
    with np.errstate(over="ignore"):
        jacobian = (around.T * weights) @ around / temperature
    value = direction @ doubles[0] + reach.max() + temperature * np.log(powers.sum())
    return EntropicChoice(weights, doubles[0] + mean, float(value), jacobian)
