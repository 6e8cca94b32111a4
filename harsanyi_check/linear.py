"""Exact linear algebra over the rationals, for all sections."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

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
    rest = [list(row) for row in rows]
    done: list[list[Fraction]] = []
    pivots: list[int] = []
    for column in range(len(rest[0]) if rest else 0):
        place = next((k for k, row in enumerate(rest) if row[column]), None)
        if place is None:
            continue
        found = rest.pop(place)
        lead = [value / found[column] for value in found]
        done, rest = (
            [
                [a - row[column] * b for a, b in zip(row, lead, strict=True)]
                if row[column]
                else row
                for row in group
            ]
            for group in (done, rest)
        )
        done.append(lead)
        pivots.append(column)
    return done, pivots


def rank(rows: Matrix) -> int:
    """Return the rank."""
    return len(reduced(rows)[1])


def affine_rank(points: Matrix) -> int:
    """Return the dimension of the affine hull of points."""
    return rank([minus(point, points[0]) for point in points[1:]])


def solution(columns: Matrix, target: Vector) -> list[Fraction] | None:
    """Return the only coefficients with which the columns add up to the target, or None."""
    rows = transposed([*columns, target])
    found, pivots = reduced(rows)
    if pivots != list(range(len(columns))):
        return None
    return [row[-1] for row in found]


def barycentric(points: Matrix, point: Vector) -> list[Fraction] | None:
    """Return the barycentric coordinates in affinely independent points, or None."""
    one = Fraction(1)
    return solution([[*corner, one] for corner in points], [*point, one])


def inverse(rows: Matrix) -> list[list[Fraction]] | None:
    """Return the inverse of a square matrix, or None."""
    size = len(rows)
    units = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    found, pivots = reduced([[*row, *unit] for row, unit in zip(rows, units, strict=True)])
    if pivots != list(range(size)):
        return None
    return [row[size:] for row in found]


def normal(points: Matrix) -> list[Fraction] | None:
    """Return a normal of the hyperplane through points, or None if they do not span one."""
    size = len(points[0])
    found, pivots = reduced([minus(point, points[0]) for point in points[1:]])
    free = [k for k in range(size) if k not in pivots]
    if len(free) != 1:
        return None
    direction = [Fraction(int(k == free[0])) for k in range(size)]
    for row, pivot in zip(found, pivots, strict=True):
        direction[pivot] = -row[free[0]]
    return direction


def in_hull(points: Matrix, point: Vector) -> bool:
    """Tell whether a point is a convex combination of others.

    The first phase of the simplex method: artificial variables start as the basis, and Bland's
    rule (the first column that improves, the first variable that blocks) always ends.
    """
    one, count, size = Fraction(1), len(points), len(point) + 1
    table = transposed([*([*corner, one] for corner in points), [*point, one]])
    table = [[-value for value in row] if row[-1] < 0 else row for row in table]
    basis = [count + k for k in range(size)]  # artificial, their columns are never needed again
    while True:
        real = [b < count for b in basis]
        gain = [
            sum((row[j] for row, is_real in zip(table, real, strict=True) if not is_real), 0 * one)
            for j in range(count + 1)
        ]
        if gain[-1] == 0:
            return True
        column = next((j for j in range(count) if gain[j] > 0), None)
        if column is None:
            return False
        blocking = [
            (row[-1] / row[column], basis[k]) for k, row in enumerate(table) if row[column] > 0
        ]
        leaving = basis.index(min(blocking)[1])
        lead = [value / table[leaving][column] for value in table[leaving]]
        table = [
            lead
            if k == leaving
            else [a - row[column] * b for a, b in zip(row, lead, strict=True)]
            for k, row in enumerate(table)
        ]
        basis[leaving] = column
