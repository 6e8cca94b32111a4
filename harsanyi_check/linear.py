"""Exact linear algebra over the rationals, for all sections."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

Vector = Sequence[Fraction]
Matrix = Sequence[Vector]


def dot(x: Vector, y: Vector) -> Fraction:
    """Return the inner product."""
    return sum((a * b for a, b in zip(x, y, strict=True) if a and b), Fraction(0))


def minus(x: Vector, y: Vector) -> list[Fraction]:
    """Return the difference of two vectors."""
    return [a - b for a, b in zip(x, y, strict=True)]


def transposed(rows: Matrix) -> list[list[Fraction]]:
    """Return the transposed matrix."""
    return [list(column) for column in zip(*rows, strict=True)]


def reduced(rows: Matrix) -> tuple[list[list[Fraction]], list[int]]:
    """Return the reduced row echelon form without zero rows, and its pivot columns."""
    rest, pivots = [list(row) for row in rows], list[int]()
    for column in range(len(rest[0]) if rest else 0):
        done = len(pivots)
        place = next((k for k in range(done, len(rest)) if rest[k][column]), None)
        if place is None:
            continue
        rest[done], rest[place] = rest[place], rest[done]
        lead = rest[done] = [value / rest[done][column] for value in rest[done]]
        for k, row in enumerate(rest):
            if k != done and row[column]:
                rest[k] = [a - row[column] * b for a, b in zip(row, lead, strict=True)]
        pivots.append(column)
    return rest[: len(pivots)], pivots


def rank(rows: Matrix) -> int:
    """Return the rank."""
    return len(reduced(rows)[1])


def affine_rank(points: Matrix) -> int:
    """Return the dimension of the affine hull of points."""
    return rank([minus(point, points[0]) for point in points[1:]])


def solution(columns: Matrix, target: Vector) -> list[Fraction] | None:
    """Return the only coefficients with which the columns add up to the target, or None."""
    found, pivots = reduced(transposed([*columns, target]))
    return [row[-1] for row in found] if pivots == list(range(len(columns))) else None


def inverse(rows: Matrix) -> list[list[Fraction]] | None:
    """Return the inverse of a square matrix, or None."""
    size = len(rows)
    units = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    found, pivots = reduced([[*row, *unit] for row, unit in zip(rows, units, strict=True)])
    return [row[size:] for row in found] if pivots == list(range(size)) else None


def barycentric(points: Matrix, point: Vector) -> list[Fraction] | None:
    """Return the barycentric coordinates of a point in affinely independent points, or None."""
    one = Fraction(1)
    return solution([[*corner, one] for corner in points], [*point, one])


def within(points: Matrix, point: Vector) -> bool:
    """Tell whether a point lies in the simplex of affinely independent points."""
    return min(barycentric(points, point) or [Fraction(-1)]) >= 0


def in_hull(points: Matrix, point: Vector) -> bool:
    """Tell whether a point is a convex combination of others, by Carathéodory's theorem."""
    corners = combinations(points, affine_rank(points) + 1)
    return point in points or any(within(simplex, point) for simplex in corners)
