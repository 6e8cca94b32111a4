"""Exact linear algebra of the second checker, on small cases that are known."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from harsanyi_check.linear import (
    affine_rank,
    convex_weights,
    in_hull,
    inverse,
    mix,
    rank,
    times,
)


def rows(*values: tuple[int, ...]) -> list[list[Fraction]]:
    return [[Fraction(value) for value in row] for row in values]


def test_ranks() -> None:
    assert rank(rows((1, 2), (2, 4))) == 1
    assert rank(rows((0, 1), (1, 0))) == 2
    assert rank([]) == 0
    assert affine_rank(rows((1, 1), (2, 2), (5, 5))) == 1
    assert affine_rank(rows((1, 1), (1, 1))) == 0


def test_convex_weights() -> None:
    triangle = rows((0, 0), (4, 0), (0, 4))
    quarter = Fraction(1, 4)
    assert convex_weights(triangle, rows((1, 1))[0]) == [2 * quarter, quarter, quarter]
    assert convex_weights(triangle, rows((2, 2))[0]) == [0, 2 * quarter, 2 * quarter]
    assert convex_weights(triangle, rows((3, 2))[0]) == []
    assert convex_weights(triangle[:2], rows((1, 1))[0]) == []
    assert convex_weights(rows((1, 1), (1, 1)), rows((1, 1))[0]) == []


@pytest.mark.parametrize("seed", range(30))
def test_inverses(seed: int) -> None:
    rng = random.Random(seed)
    matrix = [[Fraction(rng.randrange(-4, 5), 3) for _ in range(3)] for _ in range(3)]
    found = inverse(matrix)
    if found is None:
        assert rank(matrix) < 3
        return
    for i, row in enumerate(matrix):
        assert mix(row, found) == [int(i == j) for j in range(3)]
        assert times(matrix, [line[i] for line in found]) == [int(i == j) for j in range(3)]


@pytest.mark.parametrize("seed", range(60))
def test_hulls(seed: int) -> None:
    """A point of the plane is in the hull iff no line through it has all others on one side."""
    rng = random.Random(seed)
    points = [[Fraction(rng.randrange(6)) for _ in range(2)] for _ in range(rng.randrange(1, 6))]
    point = [Fraction(rng.randrange(6)) for _ in range(2)]
    moved = [[a - b for a, b in zip(p, point, strict=True)] for p in points]
    # a line that separates can be turned until it is orthogonal to some point, or is near one
    normals = [(x, y) for x in range(-30, 31) for y in range(-30, 31)]
    separated = any(all(x * a + y * b > 0 for a, b in moved) for x, y in normals)
    assert in_hull(points, point) != separated
