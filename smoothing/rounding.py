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

from smoothing.erosion import erode
from smoothing.errors import GeometryError
from smoothing.polytope import Polytope, as_polytope
from smoothing.reading import read_direction, read_point, read_points, read_positive
from smoothing.vectors import FloatArray, norm, turning, unit

__all__ = ["DilatedBody", "EntropicChoice", "entropic_choice", "outer", "sanded"]

_ROUNDING = 1e-14
_ORTHOGONAL = 1e-13


@dataclass(frozen=True, eq=False)
class DilatedBody:
    """The full-dimensional body ``core ⊕ radius B``, or ``core ⊕ radius (B ∩ span(frame))``.

    Attributes
    ----------
    core : Polytope or DilatedBody
    radius : float
        Positive.
    frame : (k, d) or None
        None for all of space, where every frontier point has one outer normal. Else orthonormal
        rows that span what is orthogonal to a flat core (`lifting.lift`).
    """

    core: Polytope | DilatedBody
    radius: float
    frame: FloatArray | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "radius", read_positive(self.radius, "radius"))

    @property
    def dimension(self) -> int:
        """The dimension ``d`` of the space and of the body."""
        return self.core.dimension

    def support(self, a: ArrayLike) -> float:
        """Return ``h_core(a) + radius |a|``; with a frame ``|frame a|`` for ``|a|``."""
        direction = read_direction(a, self.dimension)
        across = direction if self.frame is None else self.frame @ direction
        return self.core.support(direction) + self.radius * norm(across)

    def maximiser(self, a: ArrayLike) -> FloatArray:
        """Return a point that maximises ``a·``: the core's maximiser plus the ball's."""
        point: FloatArray = self.core.maximiser(a) + self.ball_choice(a)[0]
        return point

    def ball_choice(self, a: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return the point (d,) of the ball that maximises ``a·``, and its derivative (d, d).

        ``radius a/|a|`` and ``radius (I - aa'/|a|²)/|a|``, within the frame if there is one. Where
        ``a`` is orthogonal to the frame all of the ball is maximal: its centre is chosen, with
        derivative zero.
        """
        direction = read_direction(a, self.dimension)
        if self.frame is None:
            return self.radius * unit(direction), turning(direction) * self.radius
        axes = self.radius * self.frame.T
        seen = direction @ axes
        if np.abs(seen).max() <= _ORTHOGONAL * np.abs(axes).max() * np.abs(direction).max():
            return np.zeros(self.dimension), np.zeros((self.dimension, self.dimension))
        return axes @ unit(seen), axes @ turning(seen) @ axes.T

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the nearest point: the core's, moved towards `x` by at most the radius."""
        point = read_point(x, self.dimension)
        inner = self.core.project(point)
        away = point - inner
        if self.frame is not None:
            away = self.frame.T @ (self.frame @ away)
        elif norm(away) <= self.radius:
            return point
        length = norm(away)
        nearest: FloatArray = inner + (away if length <= self.radius else self.radius * unit(away))
        return nearest

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
            The direction from the core's nearest point to `u`. Its error is about the rounding of
            `u` divided by the radius.

        Raises
        ------
        GeometryError
            If `u` lies in the core or off the frontier, or the body is lifted only, not rounded.
        """
        if self.frame is not None:
            raise GeometryError(
                "is lifted only, and has edges where there is no unique normal",
                place="body",
                mend="round it, with outer",
            )
        point = read_point(u, self.dimension)
        inner = self.core.project(point)
        away = point - inner
        if norm(away) <= _ROUNDING * max(norm(point), norm(inner)):
            raise GeometryError(
                "lies in the core of the body, where there is no outer normal",
                place="point",
                mend="give a point of the frontier",
            )
        off = norm(away) - self.radius
        if abs(off) > read_positive(tolerance, "tolerance") * self.radius:
            side = "outside" if off > 0 else "inside"
            raise GeometryError(
                f"is {abs(off):.3g} {side} the frontier of the body",
                place="point",
                mend="give a point of the frontier",
            )
        return unit(away)


def outer(body: ArrayLike | Polytope | DilatedBody, radius: float) -> DilatedBody:
    """Return the outer rounding ``K ⊕ radius B`` of a body or of the hull of points."""
    return DilatedBody(body if isinstance(body, DilatedBody) else as_polytope(body), radius)


def sanded(points: ArrayLike | Polytope, radius: float) -> DilatedBody:
    """Return the sanded polytope ``(K ⊖ radius B) ⊕ radius B``, which ``K`` contains.

    Raises
    ------
    GeometryError
        If the radius is larger than the inradius (which the message gives), or the body is flat.
    """
    return DilatedBody(erode(as_polytope(points), radius), radius)


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
