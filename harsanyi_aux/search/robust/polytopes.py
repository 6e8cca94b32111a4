"""Polytopes of prices in doubles: boundaries, normals, shapes.

Prices are given by their free coordinates ``b_0 … b_{n-2}``. Used by `regions`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from harsanyi_aux.numbers.arrays import FloatArray

#: Least distance between two regions.
APART = 1e-3

IntArray: TypeAlias = NDArray[np.int64]

_DIRECTIONS = {2: 2, 3: 8, 4: 14}
_MOST_DIRECTIONS = 24
_FLATTEST = 1e-4


@dataclass(frozen=True, eq=False)
class Cells:
    """Simplices on the boundary of a polytope.

    Attributes
    ----------
    indices : (m, n - 1)
        Positions of the polytope's points.
    normals : (m, n - 1)
        Inner, of length one, in the free coordinates.
    """

    indices: IntArray
    normals: FloatArray


def boundary_cells(points: FloatArray) -> Cells | None:
    """Return the boundary of the convex hull, None if it is flat or some point is not extreme."""
    d = points.shape[1]
    if d == 1:
        order = np.argsort(points[:, 0])
        return Cells(order[:, None].astype(np.int64), np.array([[1.0], [-1.0]]))
    try:
        hull = ConvexHull(points)
    except (QhullError, ValueError):
        return None
    if len(hull.vertices) < len(points):
        return None
    return Cells(hull.simplices.astype(np.int64), -hull.equations[:, :-1])


def inner_normals(points: FloatArray, indices: IntArray) -> FloatArray:
    """Return the normals of cells that point to the middle of the points, of length one."""
    d = points.shape[1]
    corners = points[indices]
    edges = corners[:, 1:] - corners[:, :1]
    normals = np.stack(
        [(-1.0) ** k * np.linalg.det(np.delete(edges, k, axis=2)) for k in range(d)], axis=1
    )
    inside = (normals * (points.mean(axis=0) - corners[:, 0])).sum(axis=1, keepdims=True)
    normals = normals * np.where(inside < 0, -1.0, 1.0)
    unit: FloatArray = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    return unit


def extreme(points: FloatArray) -> FloatArray:
    """Return the points that are vertices of their convex hull; all of them if it is flat."""
    if points.shape[1] == 1:
        return points
    try:
        kept: FloatArray = points[np.sort(ConvexHull(points).vertices)]
    except (QhullError, ValueError):
        return points
    return kept


def between(points: FloatArray, others: FloatArray) -> tuple[FloatArray, float] | None:
    """Return a hyperplane ``a·p < c`` that has one polytope below and the other above it.

    It is parallel to a facet of one of them, midway. None where they are not clearly apart.
    """
    best, gap = None, APART
    for sign, one, two in ((-1.0, points, others), (1.0, others, points)):
        cells = boundary_cells(one)
        if cells is None:
            continue
        low = (cells.normals * one[cells.indices[:, 0]]).sum(axis=1)
        high = (cells.normals @ two.T).max(axis=1)
        k = int((low - high).argmax())
        if low[k] - high[k] >= gap:
            best, gap = (sign * cells.normals[k], sign * (low[k] + high[k]) / 2), low[k] - high[k]
    return best


def directions(d: int) -> FloatArray:
    """Return unit vectors spread over the sphere in d dimensions, in general position."""
    if d == 1:
        return np.array([[-1.0], [1.0]])
    count = _DIRECTIONS.get(d + 1, _MOST_DIRECTIONS)
    if d == 2:
        angles = 2 * np.pi * (np.arange(count) + 0.3) / count
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(count, d))
    for _ in range(200):  # points that repel each other spread out
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        between = vectors[:, None] - vectors[None]
        distance = np.linalg.norm(between, axis=2) + np.eye(count)
        vectors = vectors + 0.05 * (between / distance[:, :, None] ** 3).sum(axis=1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def barycentric(corners: int) -> FloatArray:
    """Return points of a simplex: its corners and points between."""
    steps = 4 if corners <= 2 else 2
    listed = [
        mixture
        for mixture in itertools.product(range(steps + 1), repeat=corners)
        if sum(mixture) == steps
    ]
    return np.array(listed) / steps


def principal_root(covariance: FloatArray) -> FloatArray:
    """Return a symmetric square root, its eigenvalues not too different."""
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, _FLATTEST * max(values.max(), 1e-12))
    root: FloatArray = vectors * np.sqrt(values) @ vectors.T
    return root


def with_last(free: FloatArray) -> FloatArray:
    """Return all n prices from the free ones."""
    return np.concatenate([free, 1 - free.sum(axis=-1, keepdims=True)], axis=-1)


def neighbours(mixtures: FloatArray) -> list[IntArray]:
    """Return which of the points of `barycentric` are next to each, itself included."""
    between = np.abs(mixtures[:, None] - mixtures[None]).sum(axis=2)
    step = between[between > 0].min(initial=np.inf)
    return [np.flatnonzero(row < 1.5 * step) for row in between]
