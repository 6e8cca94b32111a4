"""Scaling every coordinate's range to one, and back.

Distances make sense only after scaling (facts page, "Smoothing"): then smoothing commutes with
positive affine maps of the single coordinates, which is equivariance, facts page, F4. A direction
``a`` scales the other way: ``a·u = (a ∘ units)·scaled(u) + a·low``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from smoothing.affine import AffineHull, spanned
from smoothing.bodies import ConvexBody
from smoothing.nearest import nearest_by_oracle
from smoothing.reading import read_direction, read_point, read_points
from smoothing.vectors import FloatArray, ObjectArray

__all__ = ["Scale", "Unscaled", "unit_scale"]


@dataclass(frozen=True, eq=False)
class Scale:
    """The map ``u ↦ (u - low) / units``, coordinate by coordinate.

    Attributes
    ----------
    low, units : (d,)
        Fractions if the points were exact; doubles otherwise. The units are positive.
    """

    low: FloatArray | ObjectArray
    units: FloatArray | ObjectArray

    def apply(self, points: ArrayLike) -> FloatArray | ObjectArray:
        """Return the points (k, d) in scaled coordinates; exact if they and the scale are."""
        given = self._read(points)
        scaled: FloatArray | ObjectArray = (given - self._low(given)) / self._units(given)
        return scaled

    def undo(self, points: ArrayLike) -> FloatArray | ObjectArray:
        """Return scaled points (k, d) in the original coordinates; exact if all is."""
        given = self._read(points)
        original: FloatArray | ObjectArray = given * self._units(given) + self._low(given)
        return original

    def apply_to_direction(self, a: ArrayLike) -> FloatArray:
        """Return ``a ∘ units``, which orders scaled points as ``a`` orders the original ones."""
        units = self.units.astype(np.float64)
        direction: FloatArray = read_direction(a, len(units)) * units
        return direction

    def undo_direction(self, a: ArrayLike) -> FloatArray:
        """Return ``a / units``, the original direction of a direction in scaled coordinates."""
        units = self.units.astype(np.float64)
        direction: FloatArray = read_direction(a, len(units)) / units
        return direction

    def undo_body(self, body: ConvexBody) -> Unscaled:
        """Return a body of the scaled coordinates as a body of the original ones."""
        return Unscaled(body, self)

    def _read(self, points: ArrayLike) -> FloatArray | ObjectArray:
        doubles, exact = read_points(points)
        if doubles.shape[1] != len(self.low):
            read_point(doubles[0], len(self.low), "points, row 0")  # raises, naming the mend
        return exact if exact is not None and self.low.dtype == object else doubles

    def _low(self, given: FloatArray | ObjectArray) -> FloatArray | ObjectArray:
        return self.low if given.dtype == object else self.low.astype(np.float64)

    def _units(self, given: FloatArray | ObjectArray) -> FloatArray | ObjectArray:
        return self.units if given.dtype == object else self.units.astype(np.float64)


def unit_scale(points: ArrayLike) -> Scale:
    """Return the scale that gives every coordinate of the points the range [0, 1].

    A constant coordinate keeps the unit 1.

    Parameters
    ----------
    points : array_like of shape (k, d)
        Ints and Fractions give an exact scale: scaled points are then the same whatever rational
        units the original ones were in, and so is everything computed from them.
    """
    doubles, exact = read_points(points)
    given = doubles if exact is None else exact
    low, high = given.min(axis=0), given.max(axis=0)
    one = 1.0 if exact is None else Fraction(1)
    units: Any = high - low
    units[~(high > low).astype(bool)] = one
    low.flags.writeable = units.flags.writeable = False
    return Scale(low, units)


@dataclass(frozen=True, eq=False)
class Unscaled(ConvexBody):
    """A body of scaled coordinates, seen in the original ones; made by `Scale.undo_body`."""

    body: ConvexBody
    scale: Scale

    @property
    def hull(self) -> AffineHull:
        """The image of the hull (dimension by the tolerance of `affine_hull`)."""
        old = self.body.hull
        return spanned(self._original(old.origin), old.basis * self._units)

    @property
    def _units(self) -> FloatArray:
        return self.scale.units.astype(np.float64)

    def _original(self, u: FloatArray) -> FloatArray:
        point: FloatArray = u * self._units + self.scale.low.astype(np.float64)
        return point

    def support(self, a: ArrayLike) -> float:
        """Return ``a·low + h(a ∘ units)``."""
        direction = read_direction(a, len(self.scale.low))
        low = self.scale.low.astype(np.float64)
        return float(direction @ low) + self.body.support(direction * self._units)

    def maximizer(self, a: ArrayLike) -> FloatArray:
        """Return the image of the maximiser of the scaled direction."""
        return self._original(self.body.maximizer(self.scale.apply_to_direction(a)))

    def maximizer_jacobian(self, a: ArrayLike) -> FloatArray:
        """Return the derivative, with the units on both sides."""
        inner = self.body.maximizer_jacobian(self.scale.apply_to_direction(a))
        jacobian: FloatArray = self._units[:, None] * inner * self._units
        return jacobian

    def project(self, x: ArrayLike) -> FloatArray:
        """Return the point nearest in the original units, with the accuracy of `nearest_by_oracle`.

        Project in scaled coordinates where the distance need not be that of the original ones.
        """
        point = read_point(x, len(self.scale.low))
        return nearest_by_oracle(self.maximizer, point, self._original(self.body.hull.origin))
