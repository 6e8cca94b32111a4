"""Array types and lengths of vectors: the ground floor."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["FloatArray", "ObjectArray", "norm", "turning", "unit"]

FloatArray: TypeAlias = NDArray[np.float64]
ObjectArray: TypeAlias = NDArray[np.object_]


def norm(a: FloatArray) -> float:
    """Return the Euclidean length of a vector; tiny and huge ones are neither lost nor infinite."""
    return math.hypot(*a.tolist())


def unit(a: FloatArray) -> FloatArray:
    """Return ``a / |a|`` of a vector that is not zero."""
    shrunk = a / np.abs(a).max()
    direction: FloatArray = shrunk / norm(shrunk)
    return direction


def turning(a: FloatArray) -> FloatArray:
    """Return ``(I - aa'/|a|²) / |a|``, the derivative (d, d) of ``a/|a|``."""
    direction = unit(a)
    derivative: FloatArray = (np.eye(len(a)) - np.outer(direction, direction)) / norm(a)
    return derivative
