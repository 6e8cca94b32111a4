"""What the forms share: shapes, prices and changed strategies, at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from hostile.claims import Mixture, Vector, joint, others
from hostile.sketch import Case, Sketch

Draw = Callable[[np.random.Generator], "Case | None"]

SHAPES = [(2, 2, 2)] * 10 + [(2, 2, 3)] * 3 + [(2, 3, 2), (3, 3, 3), (2, 2, 2, 2), (3, 3), (2, 4)]
BOXED = [(2, 2, 2)] * 8 + [(2, 2, 3), (2, 3, 2), (2, 3, 3), (3, 3, 3), (3, 3, 3), (2, 2, 2, 2)]
SMALL = [(2, 2, 2)] * 6 + [(2, 2, 3), (2, 3, 2)]


def sketch(
    rng: np.random.Generator, shapes: list[tuple[int, ...]] = SHAPES, *, pinned: bool = False
) -> Sketch:
    shape = shapes[int(rng.integers(len(shapes)))]
    return Sketch(rng, shape, int(rng.choice([4, 6, 12, 24, 64])), pinned=pinned)


def prices(rng: np.random.Generator, n: int, *, least: int = 1) -> Vector:
    """Return random prices that are small fractions."""
    total = int(rng.choice([8, 12, 16, 30, 64]))
    total = max(total, n * least + 1)
    while True:
        cuts = np.sort(rng.integers(0, total + 1, n - 1))
        parts = np.diff(np.concatenate([[0], cuts, [total]]))
        if parts.min() >= least:
            return tuple(Fraction(int(p), total) for p in parts)


def moved(rng: np.random.Generator, start: Vector, distance: float) -> Vector:
    """Return prices at about a distance from others, in a random direction."""
    while True:
        step = rng.normal(size=len(start))
        step -= step.mean()
        step *= distance / np.abs(step).max()
        unit = 2 ** int(rng.integers(4, 8)) * max(1, round(1 / distance))
        moves = [Fraction(round(float(s) * unit), unit) for s in step]
        moves[-1] = -sum(moves[:-1], Fraction(0))
        end = tuple(p + m for p, m in zip(start, moves, strict=True))
        if any(moves) and min(end) > 0:
            return end
        distance *= 0.7


def near(rng: np.random.Generator, start: Vector) -> Vector:
    """Return prices not far from others, at a random scale."""
    return moved(rng, start, float(10 ** rng.uniform(-2.5, -0.5)))


def other_kernel(s: Sketch, mask: int, sides: tuple[Mixture, Mixture]) -> tuple[Mixture, Mixture]:
    """Return strategies with other supports, overlapping the given ones as a rule."""
    sizes = len(joint(s.actions, mask)), len(joint(s.actions, others(s.n, mask)))
    while True:
        count = int(s.rng.integers(1, min(*sizes, 2) + 1))
        new = []
        for side, size in zip(sides, sizes, strict=True):
            kept = [k for k in side if s.rng.random() < 0.6][:count]
            rest = [k for k in range(size) if k not in kept]
            s.rng.shuffle(rest)
            new.append(s.mixture(sorted(kept + rest[: count - len(kept)])))
        if any(set(a) != set(b) for a, b in zip(new, sides, strict=True)):
            return new[0], new[1]


def jittered(
    s: Sketch, threats: dict[int, tuple[Mixture, Mixture]]
) -> dict[int, tuple[Mixture, Mixture]]:
    """Return strategies with the same supports and slightly other probabilities."""
    unit = int(s.rng.choice([20, 200, 2000]))

    def changed(side: Mixture) -> Mixture:
        if len(side) == 1:
            return side
        parts = {
            k: max(1, round(float(p) * unit)) + int(s.rng.integers(0, 3)) for k, p in side.items()
        }
        total = sum(parts.values())
        return {k: Fraction(p, total) for k, p in parts.items()}

    return {mask: (changed(x), changed(y)) for mask, (x, y) in threats.items()}


def pure(s: Sketch, threats: Mapping[int, tuple[Mixture, Mixture]]) -> dict[int, Any]:
    """Return pure threats: of each mixture one action."""
    return {
        mask: tuple({int(s.rng.choice(sorted(side))): Fraction(1)} for side in sides)
        for mask, sides in threats.items()
    }
