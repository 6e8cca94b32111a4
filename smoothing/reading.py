"""Reading points, vectors and radii: the only way in for numbers from outside.

Everything behind these functions may assume finite doubles of a sane size, so that squares neither
overflow nor lose the sign of a difference.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smoothing.errors import GeometryError
from smoothing.vectors import FloatArray, ObjectArray

__all__ = ["read_direction", "read_point", "read_points", "read_positive"]

_LARGEST = 1e100  # squares of coordinates, and of their differences, must be finite


def read_points(points: ArrayLike) -> tuple[FloatArray, ObjectArray | None]:
    """Read a list of points.

    Parameters
    ----------
    points : array_like of shape (k, d)
        One point per row, ``k, d >= 1``; ints, Fractions or floats.

    Returns
    -------
    doubles : (k, d)
        Read-only.
    exact : object array (k, d) of Fractions, or None
        None if any of the numbers is a float.

    Raises
    ------
    GeometryError
        If there are none, the rows differ in length, or a number is not finite or beyond 1e100.
    """
    array = _as_array(points, "points")
    if array.ndim != 2:
        raise GeometryError(
            f"a list of points has two axes, not {array.ndim}",
            place="points",
            mend="write one row per point, a single point as [[x, y]]",
        )
    if 0 in array.shape:
        raise GeometryError(
            f"no points or no coordinates (shape {array.shape})",
            place="points",
            mend="a convex body needs at least one point, with at least one coordinate",
        )
    exact = _as_fractions(array)
    doubles = _as_doubles(array, "points")
    doubles.flags.writeable = False
    return doubles, exact


def read_point(x: ArrayLike, dimension: int, place: str = "point") -> FloatArray:
    """Read one vector of the given dimension; finite, below 1e100 in size."""
    array = _as_array(x, place)
    if array.shape != (dimension,):
        raise GeometryError(
            f"has shape {array.shape}",
            place=place,
            mend=f"the body lives in dimension {dimension}: give {dimension} coordinates",
        )
    return _as_doubles(array, place)


def read_direction(a: ArrayLike, dimension: int) -> FloatArray:
    """Read a vector of the given dimension that is not zero."""
    direction = read_point(a, dimension, "direction")
    if not direction.any():
        raise GeometryError(
            "is zero", place="direction", mend="at least one entry must differ from 0"
        )
    return direction


def read_positive(value: object, place: str) -> float:
    """Read a positive finite number, such as a radius."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise GeometryError(f"{value!r:.40} is not a number", place=place) from None
    if not 0 < number <= _LARGEST:
        raise GeometryError(f"is {number}", place=place, mend="give a positive finite number")
    return number


def _as_array(values: ArrayLike, place: str) -> NDArray[Any]:
    try:
        array = np.asarray(values)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if array.dtype == object:
        flat = array.reshape(-1).tolist()
        numbers = all(
            isinstance(v, int | float | Fraction | np.number) and not isinstance(v, bool)
            for v in flat
        )
    else:
        numbers = array.dtype.kind in "iuf"
    if not numbers:
        raise GeometryError(
            "is not an array of numbers",
            place=place,
            mend="give rows of equal length holding ints, Fractions or floats",
        )
    return array


def _as_fractions(array: NDArray[Any]) -> ObjectArray | None:
    flat = array.reshape(-1).tolist()
    if not all(isinstance(v, int | Fraction | np.integer) for v in flat):
        return None
    exact = np.empty(array.shape, dtype=object)
    exact.reshape(-1)[:] = [v if isinstance(v, Fraction) else Fraction(int(v)) for v in flat]
    return exact


def _as_doubles(array: NDArray[Any], place: str) -> FloatArray:
    try:
        doubles: FloatArray = array.astype(np.float64)
    except OverflowError:
        doubles = np.full(array.shape, np.inf)
    bad = np.argwhere(~(np.abs(doubles) <= _LARGEST))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        names = ("row", "coordinate")[-len(index) :]
        where = ", ".join(f"{name} {i}" for name, i in zip(names, index, strict=True))
        raise GeometryError(
            f"{float(doubles[index])} cannot be used",
            place=f"{place}, {where}",
            mend="coordinates must be finite and at most 1e100 in size",
        )
    return doubles
