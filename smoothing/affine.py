"""Affine hulls: the flat a set of points lies in, and its dimension.

The dimension is a rank. Rational data get it by elimination in rational arithmetic, without any
tolerance; floats get it by a tolerance relative to the spread of the points.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

from smoothing.reading import read_points
from smoothing.vectors import FloatArray, ObjectArray, norm

__all__ = ["RANK_TOLERANCE", "AffineHull", "affine_hull"]

RANK_TOLERANCE = 1e-10


@dataclass(frozen=True, eq=False)
class AffineHull:
    """The flat ``origin + span(basis)``.

    Attributes
    ----------
    origin : (d,)
        A point of the flat.
    basis : (k, d)
        Orthonormal rows spanning its directions ``L``.
    complement : (d - k, d)
        Orthonormal rows spanning the orthogonal complement of ``L``.
    exact : bool
        Whether the dimension was decided in rational arithmetic.
    """

    origin: FloatArray
    basis: FloatArray
    complement: FloatArray
    exact: bool

    @property
    def dimension(self) -> int:
        """The dimension ``k`` of the flat."""
        return len(self.basis)

    @property
    def deficit(self) -> int:
        """How many dimensions the flat lacks, ``d - k``."""
        return len(self.complement)


def affine_hull(points: ArrayLike) -> AffineHull:
    """Return the affine hull of a list of points.

    Parameters
    ----------
    points : array_like of shape (k, d)
        Ints and Fractions are exact, and so is the dimension then. For floats the flat is grown by
        the farthest point until every point lies within `RANK_TOLERANCE` times the spread, the
        largest distance from the first point.

    Returns
    -------
    AffineHull

    Raises
    ------
    GeometryError
        If the points are unusable; see `read_points`.
    """
    doubles, exact = read_points(points)
    if exact is None:
        basis = _grown(doubles - doubles[0])
        complement = _completed(basis)
    else:
        basis, complement = _rational_bases(exact)
    for array in (basis, complement):
        array.flags.writeable = False
    return AffineHull(doubles[0], basis, complement, exact is not None)


def _grown(differences: FloatArray) -> FloatArray:
    """Gram-Schmidt with the farthest difference first; orthonormal rows."""
    dimension = differences.shape[1]
    basis = np.zeros((0, dimension))
    scale = np.abs(differences).max()
    if scale == 0.0:
        return basis
    residual = differences / scale
    lengths = np.linalg.norm(residual, axis=1)
    spread = lengths.max()
    while len(basis) < dimension and lengths.max() > RANK_TOLERANCE * spread:
        new = residual[int(np.argmax(lengths))]
        for _ in range(2):  # once more against the rounding of the first pass
            new = new - (new @ basis.T) @ basis
            new = new / norm(new)
        basis = np.vstack([basis, new])
        residual = residual - np.outer(residual @ new, new)
        lengths = np.linalg.norm(residual, axis=1)
    return basis


def _completed(basis: FloatArray) -> FloatArray:
    """Return orthonormal rows spanning what is orthogonal to the rows of `basis`."""
    if not len(basis):
        return np.eye(basis.shape[1])
    complement: FloatArray = np.linalg.svd(basis)[2][len(basis) :].copy()
    return complement


def _rational_bases(points: ObjectArray) -> tuple[FloatArray, FloatArray]:
    """Orthogonal bases of the directions and of their complement, rational until normalised."""
    dimension = points.shape[1]
    directions = _orthogonalised(_independent_rows(points - points[0]))
    units = np.array([[Fraction(int(i == j)) for j in range(dimension)] for i in range(dimension)])
    both = _orthogonalised([*directions, *units])
    return (
        _normalised(directions, dimension),
        _normalised(both[len(directions) :], dimension),
    )


def _independent_rows(rows: ObjectArray) -> list[ObjectArray]:
    """Return a maximal independent choice of rows, the first possible ones."""
    chosen: list[ObjectArray] = []
    echelon: list[tuple[int, ObjectArray]] = []
    for row in rows:
        if len(chosen) == rows.shape[1]:
            break
        rest = row
        for pivot, reduced in echelon:
            if rest[pivot]:
                rest = rest - rest[pivot] * reduced
        pivots = np.flatnonzero(rest != 0)
        if len(pivots):
            pivot = int(pivots[0])
            echelon.append((pivot, rest / rest[pivot]))
            chosen.append(row)
    return chosen


def _orthogonalised(rows: list[ObjectArray]) -> list[ObjectArray]:
    """Gram-Schmidt without square roots; rows that depend on earlier ones are left out."""
    found: list[ObjectArray] = []
    for row in rows:
        rest = row
        for one in found:
            rest = rest - (rest @ one) / (one @ one) * one
        if any(rest):
            found.append(rest)
    return found


def _normalised(rows: list[ObjectArray], dimension: int) -> FloatArray:
    result = np.zeros((len(rows), dimension))
    for k, row in enumerate(rows):
        shrunk = (row / max(abs(v) for v in row)).astype(np.float64)
        result[k] = shrunk / norm(shrunk)
    return result
