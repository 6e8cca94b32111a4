"""Convex bodies: what they all answer, and the ones known by a formula.

A body ``K`` in ``R^d`` answers for a direction ``a``: how far it reaches,
``h(a) = max_{u∈K} a·u`` (its support function), where it does so, and how that place moves with
``a``; and for a point: which point of ``K`` is nearest.
R. Schneider, "Convex Bodies: The Brunn-Minkowski Theory" (2014), sections 1.7 and 1.8.

Bodies given by points are in `smoothing.polytope`, sums and copies in `smoothing.sums`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from smoothing.affine import AffineHull, spanned
from smoothing.errors import GeometryError, not_differentiable
from smoothing.reading import read_direction, read_point, read_points, read_positive
from smoothing.vectors import FloatArray, norm, turning, unit

__all__ = ["Ball", "Box", "ConvexBody", "Ellipsoid"]


class ConvexBody(ABC):
    """A compact convex set, not empty.

    A body defines `hull`, `support`, `maximizer`, `maximizer_jacobian` and `project`; the rest
    follows. All methods raise `GeometryError` for vectors of the wrong dimension, with entries that
    are not finite, and for a direction that is zero.
    """

    @property
    @abstractmethod
    def hull(self) -> AffineHull:
        """The affine hull; its origin lies in the body."""

    @abstractmethod
    def support(self, a: ArrayLike) -> float:
        """Return ``h(a) = max a·u`` over the body, for a direction of shape (d,)."""

    @abstractmethod
    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return a point (d,) of the body that maximises ``a·``, always the same one."""

    @abstractmethod
    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return the derivative (d, d) of the maximiser with respect to ``a``.

        It is the second derivative of the support function: symmetric, positive semidefinite, and
        ``a`` is in its kernel.

        Raises
        ------
        GeometryError
            If the maximiser is not unique, so that there is no derivative.
        """

    @abstractmethod
    def project(self, x: ArrayLike) -> FloatArray:
        """Return the point (d,) of the body nearest to `x`."""

    @property
    def dimension(self) -> int:
        """The dimension ``d`` of the space; that of the body is ``hull.dimension``."""
        return len(self.hull.origin)

    def distance(self, x: ArrayLike) -> float:
        """Return the distance from `x` to the body; zero inside, up to rounding."""
        point = read_point(x, self.dimension)
        return norm(point - self.project(point))

    def contains(self, x: ArrayLike, tolerance: float = 1e-9) -> bool:
        """Tell whether `x` lies within `tolerance` (a distance) of the body."""
        return self.distance(x) <= read_positive(tolerance, "tolerance", or_zero=True)


@dataclass(frozen=True, eq=False)
class Ball(ConvexBody):
    """The ball ``{u : |u - centre| <= radius}``; radius zero is a point."""

    centre: FloatArray
    radius: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "centre", _read_centre(self.centre))
        object.__setattr__(self, "radius", read_positive(self.radius, "radius", or_zero=True))

    @cached_property
    def hull(self) -> AffineHull:
        """All of space, or the centre alone."""
        full = np.eye(len(self.centre))
        some = len(full) if self.radius else 0
        return AffineHull(self.centre, full[:some], full[some:], exact=True)

    def support(self, a: ArrayLike) -> float:
        """Return ``a·centre + radius |a|``."""
        direction = read_direction(a, self.dimension)
        return float(direction @ self.centre) + self.radius * norm(direction)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return ``centre + radius a/|a|``."""
        point: FloatArray = self.centre + self.radius * unit(read_direction(a, self.dimension))
        return point

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return ``radius (I - aa'/|a|²)/|a|``."""
        direction = read_direction(a, self.dimension)
        return turning(direction) * self.radius

    def project(self, x: ArrayLike) -> FloatArray:
        """Return `x` drawn towards the centre as far as needed."""
        away = read_point(x, self.dimension) - self.centre
        length = norm(away)
        point: FloatArray = self.centre + away * (
            self.radius / max(length, self.radius) if length else 0.0
        )
        return point


@dataclass(frozen=True, eq=False)
class Box(ConvexBody):
    """The box ``{u : |u_i - centre_i| <= half_widths_i}``; half-widths may be zero."""

    centre: FloatArray
    half_widths: FloatArray

    def __post_init__(self) -> None:
        centre = _read_centre(self.centre)
        half_widths = read_point(self.half_widths, len(centre), "half_widths")
        if (half_widths < 0).any():
            raise GeometryError(
                f"holds {half_widths.min()}",
                place=f"half_widths, coordinate {int(half_widths.argmin())}",
                mend="half-widths are not negative",
            )
        half_widths.flags.writeable = False
        object.__setattr__(self, "centre", centre)
        object.__setattr__(self, "half_widths", half_widths)

    @cached_property
    def hull(self) -> AffineHull:
        """The coordinates in which the box has a width."""
        full = np.eye(len(self.centre))
        wide = self.half_widths > 0
        return AffineHull(self.centre, full[wide], full[~wide], exact=True)

    def support(self, a: ArrayLike) -> float:
        """Return ``a·centre + Σ |a_i| half_widths_i``."""
        direction = read_direction(a, self.dimension)
        return float(direction @ self.centre + np.abs(direction) @ self.half_widths)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return the corner; the middle of the face where some ``a_i`` is zero."""
        corner: FloatArray = self.centre + self.half_widths * np.sign(
            read_direction(a, self.dimension)
        )
        return corner

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return zeros: a box has vertices."""
        direction = read_direction(a, self.dimension)
        if ((direction == 0) & (self.half_widths > 0)).any():
            raise not_differentiable()
        return np.zeros((self.dimension, self.dimension))

    def project(self, x: ArrayLike) -> FloatArray:
        """Return `x` clipped coordinate by coordinate."""
        point: FloatArray = np.clip(
            read_point(x, self.dimension),
            self.centre - self.half_widths,
            self.centre + self.half_widths,
        )
        return point


@dataclass(frozen=True, eq=False)
class Ellipsoid(ConvexBody):
    """The image ``{centre + axes z : |z| <= 1}`` of a unit ball, possibly flat.

    Attributes
    ----------
    centre : (d,)
    axes : (d, k)
        The columns need be neither orthogonal nor independent.
    """

    centre: FloatArray
    axes: FloatArray

    def __post_init__(self) -> None:
        centre = _read_centre(self.centre)
        axes, _ = read_points(self.axes, "axes")
        if len(axes) != len(centre):
            raise GeometryError(
                f"has shape {axes.shape}",
                place="axes",
                mend=f"the centre has {len(centre)} coordinates: give {len(centre)} rows",
            )
        object.__setattr__(self, "centre", centre)
        object.__setattr__(self, "axes", axes)

    @cached_property
    def hull(self) -> AffineHull:
        """The span of the axes (rank by the tolerance of `affine_hull`)."""
        return spanned(self.centre, self.axes.T)

    def support(self, a: ArrayLike) -> float:
        """Return ``a·centre + |axes' a|``."""
        direction = read_direction(a, self.dimension)
        return float(direction @ self.centre) + norm(direction @ self.axes)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return ``centre + axes axes'a / |axes'a|``; the centre if that is 0/0."""
        seen = read_direction(a, self.dimension) @ self.axes
        if not seen.any():
            return self.centre
        point: FloatArray = self.centre + self.axes @ unit(seen)
        return point

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return ``axes (I - cc'/|c|²) axes' / |c|`` with ``c = axes'a``."""
        seen = read_direction(a, self.dimension) @ self.axes
        if not seen.any():
            raise not_differentiable()
        jacobian: FloatArray = self.axes @ turning(seen) @ self.axes.T
        return jacobian

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the nearest point, by Newton's method on the multiplier of ``|z| <= 1``.

        In principal axes ``z_i = σ_i y_i / (σ_i² + λ)``, and ``|z|² - 1`` is convex and falls as
        ``λ`` grows: from ``λ = 0`` the iteration climbs to the root without overshooting.
        """
        away = read_point(x, self.dimension) - self.centre
        frame, widths = self._principal_axes
        y = away @ frame
        if not len(widths):
            return self.centre
        multiplier = 0.0
        squares = widths**2
        for _ in range(200):
            z = widths * y / (squares + multiplier)
            excess = float(z @ z) - 1.0
            slope = 2.0 * float(z @ (z / (squares + multiplier)))
            step = excess / slope if slope else 0.0
            if step <= 1e-16 * multiplier:
                break
            multiplier += step
        z = widths * y / (squares + multiplier)
        point: FloatArray = self.centre + frame @ (widths * z / max(1.0, norm(z)))
        return point

    @cached_property
    def _principal_axes(self) -> tuple[FloatArray, FloatArray]:
        frame, widths, _ = np.linalg.svd(self.axes, full_matrices=False)
        real = widths > np.finfo(float).eps * max(self.axes.shape) * widths.max()
        return frame[:, real], widths[real]


def _read_centre(centre: ArrayLike) -> FloatArray:
    row, _ = read_points(np.asarray(centre)[None], "centre")
    point: FloatArray = row[0]
    return point
