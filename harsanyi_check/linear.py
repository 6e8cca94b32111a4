"""Exact linear algebra over the rationals, for all sections."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import Any

Vector = Sequence[Fraction]
Matrix = Sequence[Vector]


def dot(x: Vector, y: Vector) -> Fraction:
    """Return the inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True) if a and b), Fraction(0))


def minus(x: Sequence[Any], y: Sequence[Any]) -> list[Any]:
    """Return the difference of two vectors, of rationals or of forms."""
    return [a - b for a, b in zip(x, y, strict=True)]


def plus(x: Sequence[Any], y: Sequence[Any]) -> list[Any]:
    """Return the sum of two vectors, of rationals or of forms."""
    return [a + b for a, b in zip(x, y, strict=True)]


def scale(factor: Fraction, x: Vector) -> list[Fraction]:
    """Return a multiple of a vector."""
    return [factor * a for a in x]


def products(x: Vector, y: Vector) -> list[Fraction]:
    """Return the products of the coordinates."""
    return [a * b for a, b in zip(x, y, strict=True)]


def transposed(rows: Matrix) -> list[list[Fraction]]:
    """Return the transposed matrix."""
    return [list(column) for column in zip(*rows, strict=True)]


def times(rows: Matrix, y: Vector) -> list[Fraction]:
    """Return a matrix times a column."""
    return [dot(row, y) for row in rows]


def mix(x: Vector, rows: Matrix) -> list[Fraction]:
    """Return a row times a matrix: a combination of its rows."""
    return [dot(x, column) for column in zip(*rows, strict=True)]


def multiplied(left: Matrix, right: Matrix) -> list[list[Fraction]]:
    """Return the product of two matrices."""
    return [mix(row, right) for row in left]


def identity(size: int) -> list[list[Fraction]]:
    """Return the unit vectors."""
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def clear(rows: list[list[Any]], k: int, column: int) -> None:
    """Make the entry of row k in a column 1 and those of all other rows 0 (Gauss and Jordan).

    The entries may be rationals or intervals.
    """
    lead = rows[k] = [value / rows[k][column] for value in rows[k]]
    for j, row in enumerate(rows):
        if j != k and row[column]:
            rows[j] = [a - row[column] * b for a, b in zip(row, lead, strict=True)]


def reduced(rows: Matrix) -> tuple[list[list[Fraction]], list[int]]:
    """Return the reduced row echelon form without zero rows, and its pivot columns."""
    rest, pivots = [list(row) for row in rows], list[int]()
    for column in range(len(rest[0]) if rest else 0):
        k = len(pivots)
        place = next((j for j in range(k, len(rest)) if rest[j][column]), None)
        if place is not None:
            rest[k], rest[place] = rest[place], rest[k]
            clear(rest, k, column)
            pivots.append(column)
    return rest[: len(pivots)], pivots


def rank(rows: Matrix) -> int:
    """Return the rank."""
    return len(reduced(rows)[1])


def affine_rank(points: Matrix) -> int:
    """Return the dimension of the affine hull of points."""
    return rank([minus(point, points[0]) for point in points[1:]])


def inverse(rows: Matrix) -> list[list[Fraction]] | None:
    """Return the inverse of a square matrix, or None."""
    size = len(rows)
    found, pivots = reduced([[*row, *u] for row, u in zip(rows, identity(size), strict=True)])
    return [row[size:] for row in found] if pivots == list(range(size)) else None


def convex_weights(points: Matrix, point: Vector) -> list[Fraction]:
    """Return the barycentric coordinates of a point in the simplex of others.

    There are none if it lies outside, or the others are affinely dependent.
    """
    columns = [[*corner, Fraction(1)] for corner in (*points, point)]
    found, pivots = reduced(transposed(columns))
    weights = [row[-1] for row in found]
    return weights if pivots == list(range(len(points))) and min(weights) >= 0 else []


def in_hull(points: Matrix, point: Vector) -> bool:
    """Tell whether a point is a convex combination of others, by Carathéodory's theorem."""
    corners = combinations(points, affine_rank(points) + 1)
    return point in points or any(convex_weights(simplex, point) for simplex in corners)
